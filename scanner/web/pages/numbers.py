"""Numbers by kind, place, device and department: one question each, as bars and as a table."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.answers.figures import (
    Counted,
    OfKind,
    by_department,
    by_device,
    by_kind,
    by_kind_of_part,
    by_place,
    counted_on,
)
from scanner.web.asked import Asked
from scanner.web.kept import Keeping
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply

BY = ("kind", "place", "device", "department")
BARS = 20
"""Bars drawn; the table below has all."""
ROWS = 500


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its number, and how long it is of a hundred."""

    name: str
    number: int
    share: float


def numbers(asked: Asked) -> Reply:
    """Answer one question: where, or what kinds, most documents with findings are."""
    by = asked.query.one("by", BY[0])
    if by not in BY:
        raise Refused(404, "web not found")
    rows: list[OfKind] | list[Counted] = kinds(asked) if by == "kind" else _rows(asked, by)
    named = [(_name(asked, by, row), row.documents) for row in rows]
    most = max((number for _, number in named), default=0)
    bars = [
        Bar(name, number, 100 * number / most if most else 0.0) for name, number in named[:BARS]
    ]
    return asked.show(
        "numbers.html",
        by=by,
        counted=counted_on(asked.opened) if by == "kind" else None,
        choices=BY,
        bars=bars,
        rows=rows[:ROWS],
        names=[name for name, _ in named[:ROWS]],
        more=len(rows) - ROWS,
        empty="" if rows or asked.counting else "all",
    )


def kinds(asked: Asked) -> list[OfKind]:
    """Return the kinds: of the whole index as scans counted them, of a part as the pages do."""
    if not asked.session.account.narrowed:
        return by_kind(asked.opened)
    return asked.kept(("kinds",), by_kind_of_part, keeping=KINDS) or []


KINDS: Keeping[list[OfKind]] = Keeping(
    lambda kinds: [(each.kind, each.documents, each.hits) for each in kinds],
    lambda held: [OfKind(str(kind), int(n), None, int(hits)) for kind, n, hits in held],
)


def _rows(asked: Asked, by: str) -> list[Counted]:
    opened = asked.opened
    match by:
        case "place":
            return by_place(opened)
        case "device":
            return by_device(opened)
    return by_department(opened)


def _name(asked: Asked, by: str, row: OfKind | Counted) -> str:
    if isinstance(row, OfKind):
        return asked.words.kind(row.kind)
    if by == "place":
        return f"{row.device}: {row.name}"
    return (row.name or row.device) or asked.words.text("numbers no department")


PAGES = (Page("numbers", "/numbers", "numbers", numbers, menu=20, warm=("by=kind",)),)

"""Numbers by kind, place, device and department: one question each, as bars and as a table.

Of one kind or group: which of them have most documents with it. Each number leads to its documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from scanner.answers.crossed import By, by, by_readers, crossed
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
from scanner.privacy import shown
from scanner.web.asked import Asked
from scanner.web.background import Made
from scanner.web.kept import Keeping
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply
from scanner.web.sheet import MEDIA_TYPE, as_csv
from scanner.web.wanted import GROUPS, Narrowed, read

BY = ("kind", "place", "device", "department")
CHOICES = (*BY, "readers")
ASKED = ("by", "kind", "group")
"""All that an address of these pages says."""
BARS = 20
"""Bars drawn; the table below has all."""
ROWS = 500


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its number, and how long it is of a hundred."""

    name: str
    number: int
    share: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: its name, its numbers under the heads, where its documents are."""

    name: str
    documents: int
    others: tuple[int, ...]
    level: str
    address: str


@dataclass(frozen=True, slots=True)
class Table:
    """One question with its answer. `made`: when it was counted, where that took long."""

    by: str
    question: str
    heads: tuple[str, ...]
    rows: list[Row]
    made: Made[object] | None = None


def numbers(asked: Asked) -> Reply:
    """Answer one question: where, or what kinds, most documents with findings are."""
    narrowed = _narrowed(asked)
    table = _table(asked, narrowed)
    most = max((row.documents for row in table.rows), default=0)
    bars = [
        Bar(row.name, row.documents, 100 * row.documents / most if most else 0.0)
        for row in table.rows[:BARS]
    ]
    waits = asked.counting or (table.made is not None and table.made.result is None)
    return asked.show(
        "numbers.html",
        table=table,
        by=table.by,
        counted=counted_on(asked.opened) if table.by == "kind" else None,
        choices=CHOICES,
        bars=bars,
        rows=table.rows[:ROWS],
        more=len(table.rows) - ROWS,
        narrowed=narrowed,
        groups=GROUPS,
        kinds=_kinds(asked),
        employees=asked.site.address("employees", asked.session),
        covered=asked.filters(kinds=narrowed.wanted.filters.kinds) if narrowed.kept else None,
        empty="" if table.rows or waits else "matching" if narrowed.kept else "all",
    )


def _narrowed(asked: Asked) -> Narrowed:
    if any(name not in ASKED for name in asked.query.names):
        raise Refused(404, "web not found")
    return read(asked)


def _table(asked: Asked, narrowed: Narrowed) -> Table:
    what = asked.query.one("by", BY[0])
    if what not in CHOICES:
        raise Refused(404, "web not found")
    words = asked.words
    if what == "readers":
        return _readers(asked)
    if what == "kind" or not narrowed.kept:
        counted = _counted(asked, what)
        question = words.text(f"numbers question {what}")
        heads: tuple[str, ...] = ("numbers high", "numbers worst")
        if what == "kind":
            distinct = all(isinstance(each, OfKind) and each.values is not None for each in counted)
            heads = ("numbers values", "numbers hits") if distinct else ("numbers hits",)
        return Table(what, question, heads, _rows(asked, what, counted))
    filters = narrowed.wanted.filters
    made = asked.site.background.get(
        ("crossed", filters), asked.session.account, lambda opened: crossed(opened, filters)
    )
    question = words.text(f"numbers which {what}", kind=narrowed.told[-1])
    rows: list[Row] = []
    if made.result is not None:
        shares: By = "place" if what == "place" else "device" if what == "device" else "department"
        rows = [
            Row(
                each.name or words.text("numbers no department"),
                each.documents,
                (),
                "",
                _documents(asked, narrowed, **{what: each.key}) if each.key else "",
            )
            for each in by(asked.opened, made.result, shares)
        ]
    return Table(what, question, (), rows, made)  # type: ignore[arg-type]


def _readers(asked: Asked) -> Table:
    """Answer who can read the documents, of all kinds."""
    words = asked.words
    made = asked.site.background.get(("readers",), asked.session.account, by_readers)
    rows = [
        Row(
            words.text(f"readers {who or 'unknown'}"),
            made.result[who],
            (),
            "",
            _documents(asked, Narrowed.nothing(), readers=who) if who else "",
        )
        for who in ("everyone", "group", "owner", "")
        if made.result and who in made.result
    ]
    question = words.text("numbers question readers")
    return Table("readers", question, (), rows, made)  # type: ignore[arg-type]


def _documents(asked: Asked, narrowed: Narrowed, **more: str) -> str:
    """Return where the documents behind a number are listed, for those who may see them."""
    address = asked.site.address("documents", asked.session)
    said = {name: text for name, text in narrowed.kept.items() if name in ASKED} | more
    return f"{address}?{urlencode(said)}" if address else ""


def kinds(asked: Asked) -> list[OfKind]:
    """Return the kinds: of the whole index as scans counted them, of a part as the pages do."""
    if not asked.session.account.narrowed:
        return by_kind(asked.opened)
    return asked.kept(("kinds",), by_kind_of_part, keeping=KINDS) or []


KINDS: Keeping[list[OfKind]] = Keeping(
    lambda kinds: [(each.kind, each.documents, each.hits) for each in kinds],
    lambda held: [OfKind(str(kind), int(n), None, int(hits)) for kind, n, hits in held],
)


def _counted(asked: Asked, what: str) -> list[OfKind] | list[Counted]:
    if what == "kind":
        return kinds(asked)
    opened = asked.opened
    match what:
        case "place":
            return by_place(opened)
        case "device":
            return by_device(opened)
    return by_department(opened)


def _rows(asked: Asked, what: str, counted: list[OfKind] | list[Counted]) -> list[Row]:
    words, nothing = asked.words, Narrowed.nothing()
    keys = _keys(asked, what)
    rows = []
    for each in counted:
        if isinstance(each, OfKind):
            others = (each.hits,) if each.values is None else (each.values, each.hits)
            address = _documents(asked, nothing, kind=each.kind)
            rows.append(Row(words.kind(each.kind), each.documents, others, "", address))
            continue
        name = f"{each.device}: {each.name}" if what == "place" else each.name or each.device
        key = keys.get((each.device, each.name), "") if what != "department" else each.name
        rows.append(
            Row(
                name or words.text("numbers no department"),
                each.documents,
                (each.high,),
                each.level,
                _documents(asked, nothing, **{what: key}) if key else "",
            )
        )
    return rows


def _keys(asked: Asked, what: str) -> dict[tuple[str, str], str]:
    """Return what places and devices are asked by, by the names that answers give them."""
    devices = asked.opened.devices
    if what == "device":
        return {(shown(label), ""): number for number, label in devices.items()}
    if what != "place":
        return {}
    return {
        (shown(devices.get(device, device)), shown(name)): str(number)
        for number, device, name in asked.opened.connection.execute(
            "SELECT id, device, name FROM place"
        )
    }


def _kinds(asked: Asked) -> list[tuple[str, str]]:
    """Return the kinds that there are, by name."""
    found = kinds(asked)
    named = [(each.kind, asked.words.kind(each.kind)) for each in found]
    return sorted(named, key=lambda each: each[1])


def export(asked: Asked) -> Reply:
    """Return the same table as CSV, in which no cell is a formula."""
    narrowed = _narrowed(asked)
    table = _table(asked, narrowed)
    words = asked.words
    asked.log("export", "numbers", table.by)
    heads = [words.text(f"numbers by {table.by}"), words.text("numbers documents")]
    heads += map(words.text, table.heads)
    rows = [
        (row.name, row.documents, *row.others, *((words.level(row.level),) if row.level else ()))
        for row in table.rows
    ]
    return asked.file("tal.csv", as_csv(heads, rows), MEDIA_TYPE)


PAGES = (
    Page("numbers", "/numbers", "numbers", numbers, menu=20, warm=("by=kind",)),
    Page("numbers csv", "/numbers.csv", "numbers", export),
)

"""Tell which owners the list of employees knows, and which documents' owners it does not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from connectors.employees import has_left
from scanner.answers.opened import Opened
from scanner.privacy import shown


@dataclass(frozen=True, slots=True)
class Unknown:
    """An owner that the list does not know; None: documents without any. `example`: one path."""

    owner: str | None
    documents: int
    with_findings: int
    example: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Known:
    """How many employees the index knows, how many of them have left, and their documents."""

    employees: int
    left: int
    documents: int


def known(opened: Opened) -> Known:
    """Count the employees of the list, and the documents that are theirs."""
    today = opened.moment.astimezone().date()
    rows = opened.connection.execute("SELECT coalesce(left_on,'') FROM employee").fetchall()
    (documents,) = opened.connection.execute(
        "SELECT count(*) FROM document d JOIN employee e ON e.account=d.owner"
        " WHERE d.gone_run IS NULL AND NOT coalesce(d.folder,0)"
    ).fetchone()
    return Known(len(rows), sum(has_left(left, today) for (left,) in rows), documents)


def unknown(opened: Opened) -> list[Unknown]:
    """Return the owners that no employee is, by name; last the documents that have none."""
    rows = opened.connection.execute(
        "SELECT nullif(d.owner,''), count(*), sum(coalesce(d.risk,0) > 0), min(d.display)"
        " FROM document d LEFT JOIN employee e ON e.account=d.owner"
        " WHERE d.gone_run IS NULL AND NOT coalesce(d.folder,0) AND e.account IS NULL GROUP BY 1"
    ).fetchall()
    found = [
        Unknown(shown(owner) if owner else None, number, held, path)
        for owner, number, held, path in rows
    ]
    return sorted(found, key=lambda each: (each.owner is None, (each.owner or "").casefold()))

"""Tell what the index holds in all, by kind, place and owner, and what the last runs changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from scanner.answers.findings import EMPLOYEE, OWNER
from scanner.answers.opened import Opened
from scanner.privacy import shown
from scanner.risk import Level, level_of


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: documents that hold it, distinct values in all of them, and hits."""

    kind: str
    group: str
    documents: int
    values: int
    hits: int


@dataclass(frozen=True, slots=True)
class Group:
    """The documents of one place or one owner; `risk` is that of the riskiest of them."""

    name: str | None
    device: str | None
    documents: int
    with_findings: int
    risk: Level


@dataclass(frozen=True, slots=True)
class Change:
    """What the last run of a place changed, against the one before it."""

    device: str
    place: str
    run: str
    previous: str | None
    status: str
    new_documents: int
    moved: int
    gone_documents: int
    new_findings: dict[str, int]


def statuses(opened: Opened) -> dict[str, int]:
    """Return the documents by status; those that are gone under "gone"."""
    return dict(
        opened.connection.execute(
            "SELECT status, count(*) FROM document WHERE NOT coalesce(folder,0) GROUP BY 1"
            " ORDER BY 2 DESC, 1"
        ).fetchall()
    )


def kinds(opened: Opened, groups: dict[str, str]) -> list[Kind]:
    """Return the kinds found, most documents first. Hits count every place a value stands in."""
    kept = opened.not_ignored("f.fingerprint")
    open_content = (
        "EXISTS (SELECT 1 FROM occurrence o WHERE o.content=f.content AND o.gone_run IS NULL"
        f" AND {opened.is_wanted_in('f.kind', 'o.document')})"
    )
    values = dict(
        opened.connection.execute(
            "SELECT f.kind, count(DISTINCT f.fingerprint) FROM finding f"
            f" WHERE {opened.is_finding('f')} AND {kept} AND {open_content} GROUP BY 1"
        ).fetchall()
    )
    rows = opened.connection.execute(
        "SELECT t.kind, count(DISTINCT o.document), sum(t.hits) FROM"
        " (SELECT content, kind, sum(count) AS hits FROM finding f"
        f" WHERE {opened.is_finding()} AND {kept} GROUP BY content, kind) t"
        " JOIN occurrence o ON o.content=t.content WHERE o.gone_run IS NULL"
        f" AND {opened.is_wanted_in('t.kind', 'o.document')} GROUP BY 1"
        " ORDER BY 2 DESC, 1"
    ).fetchall()
    return [
        Kind(kind, groups.get(kind, "ordinary"), number, values.get(kind, 0), hits)
        for kind, number, hits in rows
    ]


def by_place(opened: Opened) -> list[Group]:
    """Return the places, riskiest first."""
    rows = opened.connection.execute(
        "SELECT p.name, p.device, count(d.id), coalesce(sum(d.risk > 0), 0), max(d.risk)"
        " FROM place p LEFT JOIN document d ON d.place=p.id AND d.gone_run IS NULL"
        " AND NOT coalesce(d.folder,0) GROUP BY p.id ORDER BY 5 DESC, 2, 1"
    ).fetchall()
    return [
        Group(
            shown(name),
            shown(opened.devices.get(device, device)),
            number,
            found,
            level_of(risk or 0.0),
        )
        for name, device, number, found, risk in rows
    ]


def by_owner(opened: Opened) -> list[Group]:
    """Return the owners by name (no ranking of people), last the documents without one."""
    rows = opened.connection.execute(
        f"SELECT nullif({OWNER},''), count(*), sum(risk > 0), max(risk) FROM document d {EMPLOYEE}"
        " WHERE gone_run IS NULL AND NOT coalesce(folder,0) GROUP BY 1"
    ).fetchall()
    found = [
        Group(shown(owner) if owner else None, None, number, held, level_of(risk or 0.0))
        for owner, number, held, risk in rows
    ]
    return sorted(found, key=lambda each: (each.name is None, (each.name or "").casefold()))


def changes(opened: Opened) -> list[Change]:
    """Return what changed in each place since the scan before the last one, by watch mode too."""
    found = []
    for place, name, device in opened.connection.execute(
        "SELECT id, name, device FROM place ORDER BY device, name"
    ).fetchall():
        runs = opened.connection.execute(
            "SELECT id, started, status, counts FROM run WHERE place=? AND ended IS NOT NULL"
            " AND number>0 ORDER BY number DESC LIMIT 2",
            (place,),
        ).fetchall()
        if runs:
            found.append(_change(opened, place, (shown(name), device), runs))
    return found


def _change(
    opened: Opened, place: int, names: tuple[str, str], runs: list[tuple[Any, ...]]
) -> Change:
    _, started, status, counts = runs[0]
    before = runs[1][0] if len(runs) > 1 else 0
    execute = opened.connection.execute
    (new,) = execute(
        "SELECT count(*) FROM document WHERE place=? AND first_run>? AND NOT coalesce(folder,0)",
        (place, before),
    ).fetchone()
    findings = execute(
        "SELECT f.kind, count(DISTINCT f.fingerprint) FROM document d"
        " CROSS JOIN occurrence o ON o.document=d.id CROSS JOIN finding f ON f.content=o.content"
        " WHERE d.place=? AND d.gone_run IS NULL AND o.gone_run IS NULL AND o.first_run>?"
        f" AND {opened.is_finding('f')} AND {opened.not_ignored('f.fingerprint')}"
        f" AND {opened.is_wanted('f.kind', 'd.place')} GROUP BY 1 ORDER BY 2 DESC, 1",
        (place, before),
    ).fetchall()
    counted = json.loads(counts or "{}")
    return Change(
        shown(opened.devices.get(names[1], names[1])),
        names[0],
        started,
        runs[1][1] if len(runs) > 1 else None,
        status,
        new,
        int(counted.get("moved", 0)),
        int(counted.get("gone", 0)),
        dict(findings),
    )

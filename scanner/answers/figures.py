"""Count what the index holds by kind, place, device and department, from small tables and indexes.

For pages: nothing here reads every document or finding. No person is told, nor ranked.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from scanner.answers.opened import Opened
from scanner.privacy import shown
from scanner.risk import LEVELS, Level

Cause = Literal["new place", "version", "rules", "documents"]
"""Why a place counts otherwise than a week ago; of several, the first that is so."""


@dataclass(frozen=True, slots=True)
class OfKind:
    """A kind: its documents and hits, and its distinct values.

    `values` None: not counted, or counted in several places, where one value may lie in each.
    """

    kind: str
    documents: int
    values: int | None
    hits: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Documents of one place, device or department: with findings, of those at high risk."""

    name: str
    device: str
    documents: int
    high: int
    level: Level


@dataclass(frozen=True, slots=True)
class Changed:
    """How many more documents hold a kind than at the border, and why."""

    kind: str
    before: int
    now: int
    causes: dict[Cause, int]


def _latest(opened: Opened, day: str) -> dict[int, str]:
    return dict(
        opened.connection.execute(
            "SELECT place, max(day) FROM totals WHERE day<=? GROUP BY place", (day,)
        ).fetchall()
    )


def _on(opened: Opened, days: dict[int, str]) -> dict[tuple[int, str], tuple[int, int, int]]:
    held: dict[tuple[int, str], tuple[int, int, int]] = {}
    for place, day in days.items():
        for kind, documents, values, hits in opened.connection.execute(
            "SELECT kind, documents, distinct_values, hits FROM totals WHERE place=? AND day=?",
            (place, day),
        ):
            held[(place, kind)] = (documents, values, hits)
    return held


def counted_on(opened: Opened) -> tuple[str, str] | None:
    """Return the days on which a place was last counted by kind: the earliest, the latest."""
    days = _latest(opened, "9").values()
    return (min(days), max(days)) if days else None


def by_kind(opened: Opened) -> list[OfKind]:
    """Return the kinds as each place last counted them, most documents first."""
    found: dict[str, list[int]] = {}
    places = set()
    for (place, kind), counts in _on(opened, _latest(opened, "9")).items():
        places.add(place)
        held = found.setdefault(kind, [0, 0, 0])
        for at, number in enumerate(counts):
            held[at] += number
    alone = len(places) == 1
    kinds = [
        OfKind(kind, documents, values if alone else None, hits)
        for kind, (documents, values, hits) in found.items()
    ]
    return sorted(kinds, key=lambda each: (-each.documents, each.kind))


def by_kind_of_part(opened: Opened) -> list[OfKind]:
    """Return the kinds of a part of the index, which `totals` does not count: its own rows.

    Distinct values are not counted: that takes three times as long.
    """
    rows = opened.connection.execute(
        "SELECT kind, count(*), sum(hits) FROM (SELECT f.kind, sum(f.count) AS hits"
        " FROM document d CROSS JOIN occurrence o ON o.document=d.id AND o.gone_run IS NULL"
        " CROSS JOIN finding f ON f.content=o.content WHERE d.gone_run IS NULL"
        f" AND {opened.is_finding('f')} AND {opened.is_wanted('f.kind', 'd.place')}"
        " GROUP BY d.id, f.kind) GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    return [OfKind(kind, documents, None, hits) for kind, documents, hits in rows]


_Levels = tuple[int, ...]
"""Documents with findings: of low, medium, high and critical risk."""


def _counts(opened: Opened, column: str) -> dict[Any, _Levels]:
    return {
        key: tuple(levels)
        for key, *levels in opened.connection.execute(
            f"SELECT {column}, sum(low), sum(medium), sum(high), sum(critical)"
            " FROM document_count GROUP BY 1"
        )
        if any(levels)
    }


def _added(one: _Levels | None, other: _Levels) -> _Levels:
    return tuple(map(sum, zip(one, other, strict=True))) if one else other


def by_place(opened: Opened) -> list[Counted]:
    """Return the places with their documents with findings, riskiest first."""
    held = _counts(opened, "place")
    found = [
        _counted(shown(name), shown(opened.devices.get(device, device)), held.get(number))
        for number, device, name in opened.connection.execute("SELECT id, device, name FROM place")
    ]
    return sorted(found, key=lambda each: (-each.high, -each.documents, each.device, each.name))


def by_device(opened: Opened) -> list[Counted]:
    """Return the devices by name with their documents with findings."""
    of_place = dict(opened.connection.execute("SELECT id, device FROM place").fetchall())
    held: dict[str, _Levels | None] = dict.fromkeys(of_place.values())
    for place, levels in _counts(opened, "place").items():
        held[of_place[place]] = _added(held[of_place[place]], levels)
    found = [
        _counted("", shown(opened.devices.get(device, device)), levels)
        for device, levels in held.items()
    ]
    return sorted(found, key=lambda each: each.device.casefold())


def by_department(opened: Opened) -> list[Counted]:
    """Return the departments by name; last, without a name, what belongs to none."""
    of_owner = dict(opened.connection.execute("SELECT account, department FROM employee"))
    held: dict[str, _Levels] = {}
    for owner, levels in _counts(opened, "owner").items():
        department = of_owner.get(owner) or ""
        held[department] = _added(held.get(department), levels)
    found = [_counted(shown(name), "", levels) for name, levels in held.items()]
    return sorted(found, key=lambda each: (not each.name, each.name.casefold()))


def _counted(name: str, device: str, levels: _Levels | None) -> Counted:
    held = levels or (0,) * len(LEVELS)
    worst = max(
        (level for level, n in zip(LEVELS, held, strict=True) if n),
        key=LEVELS.index,
        default=LEVELS[0],
    )
    return Counted(name, device, sum(held), sum(held[LEVELS.index("high") :]), worst)


def changed(opened: Opened, today: date, days: int = 7) -> list[Changed]:
    """Return the kinds that more or fewer documents hold than `days` ago, largest change first."""
    border = (today - timedelta(days=days)).isoformat()
    latest, before = _latest(opened, "9"), _latest(opened, border)
    new, old = _on(opened, latest), _on(opened, before)
    why = {place: _why(opened, place, before.get(place), border) for place in latest}
    found = []
    for kind in sorted({kind for _, kind in (*new, *old)}):
        causes: Counter[Cause] = Counter()
        sums = [0, 0]
        for place in latest:
            now, then = new.get((place, kind), (0,))[0], old.get((place, kind), (0,))[0]
            sums[0] += then
            sums[1] += now
            causes[why[place]] += now - then
        if sums[0] != sums[1]:
            kept: dict[Cause, int] = {cause: n for cause, n in causes.items() if n}
            found.append(Changed(kind, sums[0], sums[1], kept))
    return sorted(found, key=lambda each: (-abs(each.now - each.before), each.kind))


def _why(opened: Opened, place: int, before: str | None, border: str) -> Cause:
    if before is None:
        return "new place"
    runs = [
        opened.connection.execute(
            "SELECT versions FROM run WHERE place=? AND number>0 AND ended IS NOT NULL"
            f" {condition} ORDER BY number DESC LIMIT 1",
            values,
        ).fetchone()
        for condition, values in (
            ("", (place,)),
            ("AND substr(started, 1, 10)<=?", (place, border)),
        )
    ]
    now, then = (json.loads(row[0] or "{}") if row else {} for row in runs)
    if now.get("fodspor") != then.get("fodspor"):
        return "version"
    if now != then:
        return "rules"
    return "documents"

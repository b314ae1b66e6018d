"""Say how each device fares and what its runs did: for who keeps them running. No findings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scanner.answers.devices import reporting
from scanner.answers.opened import Opened
from scanner.compromised import Marked
from scanner.kontrolfil import RED
from scanner.privacy import shown

NOT_READ = ("partial", "unread", "placeholder")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a place. `counts` as scanner.index.counts writes them; `left`: at least so many.

    `below`: it was limited to a folder. `ended` empty: it is under way, or was killed.
    """

    id: int
    device: str
    place: str
    started: str
    ended: str
    status: str
    below: bool
    met: int
    left: int
    unchanged: int
    moved: int
    gone: int
    statuses: Counter[str]
    reasons: Counter[str]
    folders: int
    excluded: int
    kontrolfil: str

    @property
    def seconds(self) -> int | None:
        """How long it took; None while that is not known."""
        if not self.ended:
            return None
        span = datetime.fromisoformat(self.ended) - datetime.fromisoformat(self.started)
        return int(span.total_seconds())

    @property
    def kontrolfil_red(self) -> bool:
        return self.kontrolfil in RED


@dataclass(frozen=True, slots=True)
class Machine:
    """A device. `reported`: when it last delivered, in its own index when a run last ended.

    `silent`: not within the days of [collect] silent_days, hence since `reported`. `runs`: the
    last one of each place. `marked`: its key was told to be in the hands of others.
    """

    id: str
    device: str
    platform: str
    reported: str
    silent: bool
    documents: int
    not_read: int
    encryption: str | None
    version: str
    runs: tuple[Run, ...] = field(repr=False)
    marked: Marked | None = None
    unknown_places: tuple[str, ...] = ()

    @property
    def last(self) -> Run | None:
        return max(self.runs, key=lambda run: run.started, default=None)

    @property
    def red(self) -> bool:
        """Whether a kontrolfil was not found as it lies."""
        return any(run.kontrolfil_red for run in self.runs)


def fleet(opened: Opened, silent_days: int, marked: Mapping[str, Marked]) -> list[Machine]:
    """Return the devices: whose key is out first, then silent ones, then by name."""
    execute = opened.connection.execute
    places = execute("SELECT id, device, name, unknown_since FROM place").fetchall()
    of_place = {row[0]: row[1] for row in places}
    documents: Counter[str] = Counter()
    not_read: Counter[str] = Counter()
    for place, status, number in execute(
        "SELECT place, status, sum(documents) FROM document_count WHERE NOT folder GROUP BY 1, 2"
    ):
        documents[of_place[place]] += number
        not_read[of_place[place]] += number if status in NOT_READ else 0
    known = {row[0]: row[1:] for row in execute("SELECT id, platform, encryption FROM device")}
    reported = {each.id: each for each in reporting(opened, silent_days)}
    border = opened.moment - timedelta(days=silent_days)
    versions = _versions(opened)
    last: dict[str, list[Run]] = {}
    for place, device in of_place.items():
        last.setdefault(device, []).extend(runs(opened, place=place, most=1))
    found = []
    for number in {*of_place.values(), *reported}:
        mine = last.get(number, [])
        if number in reported:
            each = reported[number]
            at, silent = min(each.reported, each.collected), each.silent
        else:
            at = max((run.ended for run in mine), default="")
            silent = not at or datetime.fromisoformat(at) < border
        platform, encryption = known.get(number, ("", None))
        found.append(
            Machine(
                number,
                shown(opened.devices.get(number, number)),
                shown(platform or ""),
                at,
                silent,
                documents[number],
                not_read[number],
                encryption or None,
                shown(versions.get(number, "")),
                tuple(sorted(mine, key=lambda run: run.place)),
                marked.get(number),
                tuple(shown(row[2]) for row in places if row[1] == number and row[3]),
            )
        )
    return sorted(
        found, key=lambda each: (each.marked is None, not each.silent, each.device.casefold())
    )


def _versions(opened: Opened) -> dict[str, str]:
    """Return the version of Fodspor that each device last scanned with."""
    found: dict[str, tuple[str, str]] = {}
    for device, started, told in opened.connection.execute(
        "SELECT p.device, r.started, r.versions FROM run r JOIN place p ON p.id=r.place"
        " WHERE r.id IN (SELECT max(id) FROM run WHERE number>0 GROUP BY place)"
    ):
        version = str(json.loads(told or "{}").get("fodspor", ""))
        found[device] = max(found.get(device, ("", "")), (started, version))
    return {device: version for device, (_, version) in found.items()}


_OF = "number>0"
"""Scans. Watch mode's runs are numbered below 0: one for each thing that was saved."""


def runs(
    opened: Opened, *, device: str = "", place: int = 0, start: int = 0, most: int = 50
) -> list[Run]:
    """Return the scans of a device or place, or all: the newest first, `most` behind `start`."""
    condition, values = _asked(device, place)
    rows = opened.connection.execute(
        "SELECT r.id, r.place, p.device, p.name, r.started, r.ended, r.status, r.coverage, r.counts"
        f" FROM run r JOIN place p ON p.id=r.place WHERE r.{_OF}{condition}"
        " ORDER BY r.started DESC, r.id DESC LIMIT ? OFFSET ?",
        (*values, most, start),
    ).fetchall()
    return [_run(opened, *row) for row in rows]


def runs_number(opened: Opened, *, device: str = "", place: int = 0) -> int:
    """Count the same."""
    condition, values = _asked(device, place)
    (number,) = opened.connection.execute(
        f"SELECT count(*) FROM run r JOIN place p ON p.id=r.place WHERE r.{_OF}{condition}", values
    ).fetchone()
    return int(number)


def _asked(device: str, place: int) -> tuple[str, tuple[object, ...]]:
    if place:
        return " AND r.place=?", (place,)
    return (" AND p.device=?", (device,)) if device else ("", ())


def _run(
    opened: Opened,
    number: int,
    place: int,
    device: str,
    name: str,
    started: str,
    ended: str | None,
    status: str,
    coverage: str | None,
    counts: str | None,
) -> Run:
    held: dict[str, Any] = json.loads(counts or "{}")
    statuses = Counter(held.get("statuses", {}))
    met = int(held.get("met", 0))
    below = bool(json.loads(coverage or "{}").get("below"))
    expected = met
    if status != "done" and not below:
        row = opened.connection.execute(
            f"SELECT counts FROM run WHERE place=? AND {_OF} AND status='done' AND id<?"
            " AND coalesce(coverage, '{}')='{}' ORDER BY number DESC LIMIT 1",
            (place, number),
        ).fetchone()
        expected = max(met, int(json.loads(row[0] or "{}").get("met", 0)) if row else 0)
    return Run(
        number,
        shown(opened.devices.get(device, device)),
        shown(name),
        started,
        ended or "",
        status or "running",
        below,
        met,
        max(0, expected - statuses.total()),
        int(held.get("unchanged", 0)),
        int(held.get("moved", 0)),
        int(held.get("gone", 0)),
        statuses,
        Counter(held.get("reasons", {})),
        sum(held.get("folders", {}).values()),
        sum(held.get("excluded", {}).values()),
        str(held.get("kontrolfil", "")),
    )

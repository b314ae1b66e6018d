"""Say what an answer rests on: what was met, read, left out, unread, and what was never looked at.

Every answer ends with it. It judges nothing as harmless.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.answers.devices import Reporting, reporting
from scanner.answers.opened import Opened
from scanner.privacy import shown

NOT_FULL = ("partial", "unread", "placeholder")


@dataclass(slots=True)
class PlaceRuns:
    """The runs of one place: how the last one ended, and when the last whole one did.

    `last_status` done, interrupted, failed, offline, killed or running; `below` names the folder
    that the last run was limited to; `unwanted` are kinds looked for elsewhere, and not here;
    `unknown_since`: a collected place that its device's newest index knows no more.
    """

    id: int
    device: str
    place: str
    last_started: str | None
    last_status: str
    last_complete: str | None
    complete_run: int | None
    below: str | None = None
    unwanted: tuple[str, ...] = ()
    unknown_since: str | None = None
    share: str | None = None

    @property
    def whole(self) -> bool:
        known = self.unknown_since is None
        return known and self.complete_run is not None and self.last_status == "done"


@dataclass(slots=True)
class Rule:
    """What one rule left out. `at_least`: a large folder was not counted to its end."""

    rule: str
    count: int = 0
    bytes: int = 0
    at_least: bool = False


@dataclass(slots=True)
class Coverage:
    """What an answer rests on. Counts are of documents met and not gone.

    `in_vain`: kinds that the answer is about and that nobody looked for. `finding_from`: the
    configuration's own borders, by kind. `weighed`: whether the risks are those of today's ones.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    bytes_unread: int = 0
    folders: int = 0
    excluded: list[Rule] = field(default_factory=list)
    places: list[PlaceRuns] = field(default_factory=list)
    never_scanned: list[str] = field(default_factory=list)
    not_looked_for: list[str] = field(default_factory=list)
    in_vain: list[str] = field(default_factory=list)
    ignored_values: int = 0
    ignored_findings: int = 0
    finding_from: dict[str, float] = field(default_factory=dict)
    weighed: bool = True
    asked: Collection[str] = ()
    devices: list[Reporting] = field(default_factory=list)
    """Of a collected index: when each device that the answer is about last reported."""

    @property
    def silent(self) -> list[Reporting]:
        return [device for device in self.devices if device.silent]

    @property
    def asked_elsewhere(self) -> bool:
        """Whether a kind that the answer is about is not looked for in one of the places."""
        return any(not set(self.asked).isdisjoint(place.unwanted) for place in self.places)

    @property
    def documents(self) -> int:
        return sum(self.statuses.values())

    @property
    def not_fully_read(self) -> int:
        return sum(self.statuses[status] for status in NOT_FULL)

    @property
    def complete(self) -> bool:
        """Whether all met is read, every place walked to its end, every kind looked for.

        Of a collected index: and no device is silent.
        """
        return (
            not self.silent
            and not self.not_fully_read
            and not self.folders
            and not self.never_scanned
            and not self.in_vain
            and not self.asked_elsewhere
            and bool(self.places)
            and all(place.whole for place in self.places)
        )

    @property
    def last(self) -> str | None:
        """When the place whose last whole run is oldest was walked."""
        ends = [place.last_complete for place in self.places]
        return min((end for end in ends if end), default=None)

    def as_dict(self) -> dict[str, Any]:
        """Return it as the last line of a JSON answer (docs/answers.md, Coverage)."""
        return {
            "complete": self.complete,
            "documents": self.documents,
            "read": self.statuses["read"],
            "partial": self.statuses["partial"],
            "unread": self.statuses["unread"],
            "no_text": self.statuses["no_text"],
            "placeholder": self.statuses["placeholder"],
            "reasons": dict(sorted(self.reasons.items())),
            "folders_not_listed": self.folders,
            "bytes_not_read": self.bytes_unread,
            "excluded": [
                {"rule": r.rule, "count": r.count, "bytes": r.bytes, "at_least": r.at_least}
                for r in self.excluded
            ],
            "places": [
                {
                    "device": place.device,
                    "place": place.place,
                    "last_run": place.last_started,
                    "last_status": place.last_status,
                    "last_complete": place.last_complete,
                    "below": place.below,
                    "not_looked_for": list(place.unwanted),
                    **({"share": place.share} if place.share else {}),
                    **({"unknown_since": since} if (since := place.unknown_since) else {}),
                }
                for place in self.places
            ],
            "never_scanned": self.never_scanned,
            "not_looked_for": self.not_looked_for,
            "asked_but_not_looked_for": self.in_vain,
            "finding_from": self.finding_from,
            "risk_outdated": not self.weighed,
            "ignored": {"values": self.ignored_values, "findings": self.ignored_findings},
            **({"devices": [each.as_dict() for each in self.devices]} if self.devices else {}),
        }


@dataclass(frozen=True, slots=True)
class Configured:
    """What the configuration says of coverage: places by name, kinds looked for.

    `silent_days`: without a delivery, after which a device of a collected index is silent.
    """

    places: tuple[str, ...] = ()
    kinds: Collection[str] = ()
    not_looked_for: Sequence[str] = ()
    finding_from: Mapping[str, float] = field(default_factory=dict)
    weighed: bool = True
    silent_days: int = 7


def coverage_of(
    opened: Opened,
    configured: Configured,
    *,
    places: Collection[int] = (),
    devices: Collection[str] = (),
    kinds: Collection[str] = (),
) -> Coverage:
    """Count the coverage of all places, or of those given; `kinds`: what the answer is about."""
    missing = list(configured.not_looked_for)
    found = Coverage(not_looked_for=missing, in_vain=[kind for kind in missing if kind in kinds])
    found.finding_from = dict(configured.finding_from)
    found.weighed = configured.weighed
    found.asked = kinds
    held = _places(opened, places, devices)
    found.places = [runs for _, runs in held]
    found.devices = _devices(opened, configured.silent_days, places, devices)
    _documents(opened, found)
    _excluded(opened, found)
    if not places and not devices:
        scanned = {name for (name, runs) in held if runs.last_started}
        found.never_scanned = [name for name in configured.places if name not in scanned]
    if opened.decided:
        found.ignored_values, found.ignored_findings = _ignored(opened)
    return found


def _devices(
    opened: Opened, silent_days: int, places: Collection[int], devices: Collection[str]
) -> list[Reporting]:
    """Return the devices that an answer about some places or devices rests on."""
    held = reporting(opened, silent_days)
    if places:
        of_place = dict(opened.connection.execute("SELECT id, device FROM place").fetchall())
        devices = {of_place[place] for place in places if place in of_place}
    return [each for each in held if not devices or each.id in devices]


def _places(
    opened: Opened, places: Collection[int], devices: Collection[str]
) -> list[tuple[str, PlaceRuns]]:
    held = []
    for number, device, name, unknown, share in opened.connection.execute(
        "SELECT id, device, name, unknown_since, share FROM place ORDER BY device, name"
    ).fetchall():
        if (places and number not in places) or (devices and device not in devices):
            continue
        runs = PlaceRuns(
            number,
            shown(opened.devices.get(device, device)),
            shown(name),
            None,
            "never",
            None,
            None,
            unwanted=opened.unwanted.get(number, ()),
            unknown_since=unknown,
            share=share,
        )
        for run, started, ended, status, below in opened.connection.execute(
            "SELECT id, started, ended, status, coverage FROM run WHERE place=? AND number>0"
            " ORDER BY number DESC",
            (number,),
        ):
            limited = _below(below)
            if runs.last_started is None:
                runs.last_started, runs.last_status, runs.below = started, status, limited
            if status == "done" and limited is None:
                runs.last_complete, runs.complete_run = ended or started, run
                break
        held.append((name, runs))
    return held


def _below(coverage: str | None) -> str | None:
    if not coverage:
        return None
    try:
        below = json.loads(coverage).get("below")
    except (ValueError, AttributeError):
        return None
    return shown(str(below)) if below else None


def _documents(opened: Opened, found: Coverage) -> None:
    places = {place.id for place in found.places}
    for place, status, folder, reason, count, size in opened.connection.execute(
        "SELECT place, status, folder, reason, sum(documents), sum(bytes) FROM document_count"
        " GROUP BY place, status, folder, reason"
    ):
        if place not in places:
            continue
        if folder:
            found.folders += count
            continue
        found.statuses[status] += count
        if reason and status in ("unread", "partial"):
            found.reasons[reason] += count
        if status in NOT_FULL:
            found.bytes_unread += size


def _excluded(opened: Opened, found: Coverage) -> None:
    rules: dict[str, Rule] = {}
    for place in found.places:
        for name, count, size in opened.connection.execute(
            "SELECT rule, count, bytes FROM excluded WHERE run=?", (place.complete_run,)
        ):
            rule = name.removesuffix(":at_least")
            held = rules.setdefault(rule, Rule(rule))
            held.count += count
            held.bytes += size
            held.at_least |= rule != name
    found.excluded = sorted(rules.values(), key=lambda each: (-each.count, each.rule))


def _ignored(opened: Opened) -> tuple[int, int]:
    values = opened.connection.execute("SELECT count(*) FROM decisions.ignored").fetchone()[0]
    if not values:
        return 0, 0
    findings = opened.connection.execute(
        "SELECT (SELECT count(*) FROM finding WHERE fingerprint IN"
        " (SELECT fingerprint FROM decisions.ignored)) + (SELECT count(*) FROM name_finding"
        " WHERE fingerprint IN (SELECT fingerprint FROM decisions.ignored))"
    ).fetchone()[0]
    return int(values), int(findings)

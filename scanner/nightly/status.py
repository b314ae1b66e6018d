"""Say how the nightly scan fares: the last night, what is left, what comes next. No findings.

Needs no key. Changes nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from scanner.kontrolfil import RED
from scanner.nightly.nights import Night, is_held, night_lock, nights, stored
from scanner.nightly.window import next_time
from scanner.platform import FileLock
from scanner.privacy import shown
from scanner.recipe import EVERY_RUN
from scanner.typed import typed

if TYPE_CHECKING:
    from scanner.config.schedule import Schedule
    from scanner.index.store import Index
    from scanner.setup import Setup

SILENT_NIGHTS = 3
"""So many nights in a row without a scan, for whatever reason, are a fault and no chance."""
LATE = timedelta(hours=1)
"""After its time and jitter a scan that did not begin is missed."""

Trouble = Literal[
    "put_off",
    "missed",
    "failed",
    "killed",
    "no_night",
    "window",
    "battery",
    "outside",
    "interrupted",
    "left_out",
    "unreached",
    "never_scanned",
    "place",
    "kontrolfil",
    "unread",
]
FAULTS: frozenset[Trouble] = frozenset({"put_off", "missed", "failed", "killed"})
"""The nightly scan itself does not work; of the others something is left, and goes on."""
OF_NIGHTS: dict[str, Trouble] = {
    "window": "window",
    "battery": "battery",
    "outside": "outside",
    "interrupted": "interrupted",
    "failed": "failed",
    "killed": "killed",
}


@dataclass(frozen=True, slots=True)
class PlaceStatus:
    """The last run of all of a place. `met` and `done` are documents of that run.

    `number` is the index's own; 0 for a place that it does not know. `status` as in
    docs/operations.md, "never" without a run. `expected`: what the last whole run met; `left`: how
    many at least are not done. `unread` have no or a partial reading; `waiting` are those that the
    next run tries again. `kontrolfil`: "" where none is configured.
    """

    place: str
    configured: bool
    number: int = 0
    status: str = "never"
    started: str = ""
    ended: str = ""
    met: int = 0
    done: int = 0
    expected: int = 0
    unread: int = 0
    folders: int = 0
    waiting: int = 0
    kontrolfil: str = ""

    @property
    def left(self) -> int:
        if self.status == "done":
            return self.met - self.done
        return max(self.met, self.expected) - self.done


@dataclass(frozen=True, slots=True)
class Status:
    """How the nightly scan fares. `missed`: nights without any record since the last one.

    `put_off`: nights in a row, up to the last, in which nothing was read. `schedulers`: where it is
    installed. `troubles`: what is amiss, worst first. `process` holds the lock of the night.
    """

    night: Night | None
    running: bool
    process: int | None
    put_off: int
    missed: int
    next_start: str
    schedulers: Sequence[str]
    watches: bool
    places: Sequence[PlaceStatus]
    troubles: Sequence[Trouble] = field(default_factory=tuple)

    @property
    def faulty(self) -> bool:
        return not FAULTS.isdisjoint(self.troubles)

    def as_dict(self) -> dict[str, Any]:
        told = asdict(self)
        for place, held in zip(told["places"], self.places, strict=True):
            place["left"] = held.left
        return told | {"state": "fault" if self.faulty else "left" if self.troubles else "ok"}


def status_of(setup: Setup, index: Index, now: datetime) -> Status:
    """Return how the nightly scan of a configuration fares at a moment."""
    path, schedule = setup.config.index_path, setup.config.schedule
    held = nights(path)
    last = held[-1] if held else None
    running = last is not None and last.how == "running"
    days = set()
    for night in reversed(held[:-1] if running else held):
        if night.read:
            break
        days.add(datetime.fromisoformat(night.started).astimezone().date())
    missed = _missed(schedule, last, now) if last and not running else 0
    places = places_of(setup, index)
    found = Status(
        last,
        running,
        night_lock(path).holder() if running else None,
        len(days),
        missed,
        stored(next_time(schedule.begins, now)),
        installed(setup),
        is_held(watch_lock(path)),
        places,
    )
    return replace(found, troubles=tuple(_troubles(found)))


def _missed(schedule: Schedule, last: Night, now: datetime) -> int:
    began = datetime.fromisoformat(last.started)
    if schedule.hours:
        return len(schedule.hours.over(began + timedelta(seconds=1), now))
    late = LATE + timedelta(minutes=schedule.jitter_minutes)
    return max(0, (now - began - late) // timedelta(days=1))


def _troubles(found: Status) -> list[Trouble]:
    told: list[Trouble] = []
    if found.put_off >= SILENT_NIGHTS:
        told.append("put_off")
    if found.missed >= SILENT_NIGHTS:
        told.append("missed")
    night = found.night
    if night is None and found.schedulers:
        told.append("no_night")
    if night is not None:
        if night.how in OF_NIGHTS:
            told.append(OF_NIGHTS[night.how])
        told += ["left_out"] if night.left_out else []
        told += ["unreached"] if night.unreached else []
    ours = [place for place in found.places if place.configured]
    if any(place.status == "never" for place in ours):
        told.append("never_scanned")
    if any(place.status in ("offline", "failed", "killed") for place in ours):
        told.append("place")
    if any(place.kontrolfil in RED for place in ours):
        told.append("kontrolfil")
    if any(place.unread or place.folders for place in ours):
        told.append("unread")
    return sorted(dict.fromkeys(told), key=lambda each: each not in FAULTS)


def places_of(setup: Setup, index: Index) -> list[PlaceStatus]:
    """Return the places of the index and of the configuration, by name."""
    config = setup.config
    names = {place.name for place in config.place}
    found = []
    for number, name in index.connection.execute(
        "SELECT id, name FROM place ORDER BY name"
    ).fetchall():
        sealed = name != shown(name)  # the key would tell which of the configuration it is
        found.append(_place(index, number, shown(name), configured=sealed or name in names))
    known = {each.place for each in found}
    sealed_ones = sum(1 for each in found if each.configured and each.place not in names)
    missing = [name for name in names if name not in known]
    for name in sorted(missing)[: max(0, len(missing) - sealed_ones)]:
        found.append(PlaceStatus(typed(name), True))
    return found


def _place(index: Index, number: int, name: str, *, configured: bool) -> PlaceStatus:
    execute = index.connection.execute
    whole = "place=? AND coalesce(coverage, '{}')='{}'"
    last = execute(
        f"SELECT status, started, ended, counts FROM run WHERE {whole}"
        " ORDER BY number DESC LIMIT 1",
        (number,),
    ).fetchone()
    if last is None:
        return PlaceStatus(name, configured, number)
    before = execute(
        f"SELECT counts FROM run WHERE {whole} AND status='done' ORDER BY number DESC LIMIT 1",
        (number,),
    ).fetchone()
    counts = json.loads(last[3] or "{}")
    every = ",".join("?" * len(EVERY_RUN))
    unread, folders, waiting = execute(
        "SELECT coalesce(sum(status IN ('unread','partial','placeholder') AND NOT folder), 0),"
        " coalesce(sum(folder), 0),"
        f" coalesce(sum(coalesce(retry_run, 0) > 0 OR reason IN ({every})), 0)"
        " FROM document WHERE place=? AND gone_run IS NULL",
        (*sorted(EVERY_RUN), number),
    ).fetchone()
    return PlaceStatus(
        name,
        configured,
        number,
        last[0],
        last[1],
        last[2] or "",
        int(counts.get("met", 0)),
        sum(counts.get("statuses", {}).values()),
        int(json.loads(before[0] or "{}").get("met", 0)) if before else 0,
        unread,
        folders,
        waiting,
        str(counts.get("kontrolfil", "")),
    )


def installed(setup: Setup) -> list[str]:
    """Return the schedulers that hold an entry of the nightly scan."""
    from scanner.config import ConfigError
    from scanner.index.store import IndexTrouble
    from scanner.nightly.installing import Kind, fits, scheduler
    from scanner.nightly.plan import plan_of

    try:
        plan = plan_of(setup)
    except (ConfigError, IndexTrouble):
        return []
    asked: list[tuple[Kind, bool]] = [
        ("systemd", False),
        ("systemd", True),
        ("windows", False),
        ("launchd", False),
    ]
    if shutil.which("crontab"):
        asked.append(("cron", False))
    found = []
    for kind, system in asked:
        if fits(kind):
            entries = scheduler(kind, plan, system=system).entries()
            if any(entry.state != "none" for entry in entries):
                found.append(f"{kind} (system)" if system else kind)
    return found


def watch_lock(index: Path) -> FileLock:
    """Return the lock that watch mode holds while it runs."""
    return FileLock(index.with_name(f"{index.name}.watch.lock"))

"""Keep how the last nights went, in a small file beside the index. Holds no value and no path."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from scanner.platform import FileLock, LockedError, make_private_file

How = Literal["running", "done", "window", "battery", "outside", "interrupted", "failed", "killed"]
"""How a night ended. `window`: stopped at its end; `battery`: never fed by mains; `outside`: begun
at another hour, and nothing was read; `killed`: it ended without a word."""
PUT_OFF: frozenset[How] = frozenset({"battery", "outside"})
"""Ends of nights in which nothing may have been read."""
KEPT = 60
"""Nights that are kept."""
MAX_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Night:
    """One nightly run. Times are stored ones (UTC). Places by their names, as people see them.

    `places`: how the run of each place that was reached ended. `left_out`: places on the network
    that a metered line put off. `unreached`: places for which no time was left. `waited_seconds`:
    for mains.
    """

    started: str
    ended: str = ""
    how: How = "running"
    code: int | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    unreached: Sequence[str] = ()
    waited_seconds: int = 0

    @property
    def read(self) -> bool:
        """Whether it was let to read anything."""
        return self.how not in PUT_OFF or bool(self.places)


def nights_path(index: Path) -> Path:
    """Return where the nights of an index are kept: beside it."""
    return index.with_name(f"{index.name}.nights.json")


def night_lock(index: Path) -> FileLock:
    """Return the lock that a nightly run holds."""
    return FileLock(index.with_name(f"{index.name}.night.lock"))


def is_held(lock: FileLock) -> bool:
    """Whether another process holds a lock; it is free again when this returns."""
    if not lock.path.exists():
        return False
    try:
        lock.acquire()
    except LockedError:
        return True
    lock.release()
    return False


def nights(index: Path) -> list[Night]:
    """Return the nights that are kept, oldest first; one that was killed is told as such.

    A file that cannot be understood holds none: it is a record for people, and made anew.
    """
    path = nights_path(index)
    try:
        with path.open("rb") as stream:
            held = json.loads(stream.read(MAX_BYTES))
        found = [_night(each) for each in held["nights"]]
    except (OSError, ValueError, TypeError, KeyError):
        return []
    if found and found[-1].how == "running" and not is_held(night_lock(index)):
        found[-1] = replace(found[-1], how="killed")
    return [
        replace(night, how="killed") if night.how == "running" and night is not found[-1] else night
        for night in found
    ]


def _night(row: Any) -> Night:
    night = Night(**row)
    datetime.fromisoformat(night.started)
    if night.how not in get_args(How):
        raise ValueError("no such end of a night")
    return night


def keep(index: Path, night: Night) -> None:
    """Store a night: how the last one that was begun ended, or a new one. Atomic."""
    held = nights(index)
    if held and held[-1].started == night.started and held[-1].how in ("running", "killed"):
        held.pop()
    rows = [asdict(each) for each in (*held, night)][-KEPT:]
    path = nights_path(index)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    make_private_file(fresh)
    fresh.write_text(json.dumps({"nights": rows}, indent=1), encoding="utf-8")
    fresh.replace(path)


def stored(moment: datetime) -> str:
    """Return a moment as it is stored: UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")

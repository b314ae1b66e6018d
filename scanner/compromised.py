"""What is to be done when a device is stolen: who may still use its key, and the steps in order.

Writes one row to the audit, and changes nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

from scanner.index.store import Decisions, Index, decisions_path, explain, readonly_uri
from scanner.rekey import ROTATED

COMPROMISED = "key compromised"
"""The action of the audit row that names a stolen device by its id."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device as the index knows it. `last_seen`: UTC, ISO 8601; empty: never."""

    id: str
    label: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class Situation:
    """A stolen device, when that was told, whether the key was rotated since, and who is behind.

    `waiting`: the other devices that have not reported since the rotation, all before one.
    `unknown`: the index does not know the device, so the name is as it was typed.
    """

    device: Device
    told: str
    rotated: str | None
    waiting: tuple[Device, ...]
    unknown: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Marked:
    """A device whose key was told to be in the hands of others, and when the key was rotated."""

    told: str
    rotated: str | None


def marked(*indexes: Path) -> dict[str, Marked]:
    """Return the devices so marked beside some indexes, by id. Writes nothing."""
    found: dict[str, Marked] = {}
    for path in map(decisions_path, dict.fromkeys(indexes)):
        if not path.exists():
            continue
        with closing(sqlite3.connect(readonly_uri(path), uri=True)) as connection:
            try:
                told = connection.execute(
                    "SELECT subject, min(at) FROM audit WHERE action=? GROUP BY 1", (COMPROMISED,)
                ).fetchall()
                rotations = connection.execute(
                    "SELECT at FROM audit WHERE action=? ORDER BY at", (ROTATED,)
                ).fetchall()
            except sqlite3.Error as error:
                raise explain(error, path) from None
        for device, at in told:
            after = [row[0] for row in rotations if row[0] >= at]
            found.setdefault(device, Marked(at, after[-1] if after else None))
    return found


def devices(*indexes: Path) -> list[Device]:
    """Return the devices of some indexes, by label; each as it was seen last."""
    found: list[Device] = []
    for path in indexes:
        if path.exists():
            with Index(path) as opened:
                rows = opened.connection.execute(
                    "SELECT id, coalesce(nullif(label, ''), id), coalesce(last_seen, '')"
                    " FROM device"
                ).fetchall()
            found += [Device(*row) for row in rows]
    return _latest(found)


def _latest(found: Iterable[Device]) -> list[Device]:
    latest: dict[str, Device] = {}
    for each in found:
        if each.id not in latest or latest[each.id].last_seen <= each.last_seen:
            latest[each.id] = each
    return sorted(latest.values(), key=lambda each: (each.label, each.id))


def mark(
    index: Path, named: Device, known: Sequence[Device], *, unknown: bool, own: str, who: str = ""
) -> Situation:
    """Write down that a device is in the hands of others, once; return how things stand.

    `index`: beside it lies the audit. `known`: the devices that there are; they are written down
    too, for an index that is collected anew knows only those that came back. `own`: the id of the
    device that this runs on, which needs no carrying. `who`: the account that says so.
    """
    with Decisions(decisions_path(index)) as decisions:
        query = "SELECT at, detail FROM audit WHERE action=? AND subject=? ORDER BY id LIMIT 1"
        execute = decisions.connection.execute
        row = execute(query, (COMPROMISED, named.id)).fetchone()
        if row is None:
            detail = {"label": named.label, "devices": [list(astuple(each)) for each in known]}
            decisions.log(COMPROMISED, named.id, json.dumps(detail, ensure_ascii=False), who=who)
            row = execute(query, (COMPROMISED, named.id)).fetchone()
        told = str(row[0])
        remembered = [Device(*each) for each in json.loads(row[1])["devices"]]
        rotated = execute(
            "SELECT at FROM audit WHERE action=? AND at>=? ORDER BY id DESC LIMIT 1",
            (ROTATED, told),
        ).fetchone()
    since = rotated[0] if rotated else None
    waiting = tuple(
        each
        for each in _latest((*remembered, *known))
        if each.id not in (named.id, own) and (since is None or each.last_seen < since)
    )
    return Situation(named, told, since, waiting, unknown)

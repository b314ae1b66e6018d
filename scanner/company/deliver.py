"""Hand a device's index over: a whole copy, put into a folder under the device's id."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from scanner.company.handed import DELIVERED
from scanner.index.store import COLLECTED, Index, IndexTrouble, explain, now
from scanner.platform import make_private_file

PART = ".part"
"""Ending of what is being written; no collector takes it."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was handed over. `changed`: false where the last copy there is still the newest."""

    path: Path
    bytes: int
    changed: bool


def deliver(index: Path, device: str, folder: Path, temp: Path) -> Delivered:
    """Put a consistent copy of an index into `folder` as DEVICE.db; scans may go on meanwhile.

    Made in `temp`, a private folder of this machine, then copied and renamed: nobody meets half
    a file. Does nothing when neither the index nor what lies there changed since. Decisions and
    register stay. Raises IndexTrouble.
    """
    target = folder / f"{device}.db"
    note = index.with_name(f"{index.stem}-delivered.json")
    where = hashlib.blake2b(os.fsencode(target.absolute()), digest_size=16).hexdigest()
    notes = _notes(note)
    state = [_state(index), _state(index.with_name(index.name + "-wal"))]
    if notes.get(where) == [*state, _state(target)] and _state(target) is not None:
        return Delivered(target, target.stat().st_size, changed=False)
    copy = temp / "delivery.db"
    try:
        _copy(index, copy)
        try:
            _put(copy, target)
        except OSError as error:
            raise IndexTrouble(
                f"{folder} cannot be written to ({error.strerror or type(error).__name__}); "
                "check that it is there, and this account's rights"
            ) from None
    finally:
        copy.unlink(missing_ok=True)
    notes[where] = [*state, _state(target)]
    make_private_file(note)
    note.write_text(json.dumps(notes), "utf-8")
    return Delivered(target, target.stat().st_size, changed=True)


def _state(path: Path) -> list[int] | None:
    """Return what changes when a file is written; None where there is none, or an empty one."""
    try:
        info = path.stat()
    except OSError:
        return None
    return [info.st_size, info.st_mtime_ns] if info.st_size else None


def _notes(path: Path) -> dict[str, list[list[int] | None]]:
    try:
        held = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _copy(index: Path, copy: Path) -> None:
    with Index(index, readonly=True) as opened:
        if opened.meta(COLLECTED) is not None:
            raise IndexTrouble(f"{index} is a collected index; what is delivered is a device's own")
        try:
            make_private_file(copy)
            connection = sqlite3.connect(copy, isolation_level=None)
            try:
                opened.connection.backup(connection)
                connection.execute("PRAGMA journal_mode=DELETE")
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (DELIVERED, now()))
                connection.execute("VACUUM")
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise explain(error, copy) from None


def _put(copy: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{target.stem}.*{PART}"):
        left.unlink(missing_ok=True)  # of a delivery that was killed
    part = target.with_name(f"{target.stem}.{secrets.token_hex(4)}{PART}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with copy.open("rb") as read, os.fdopen(os.open(part, flags, 0o600), "wb") as written:
            shutil.copyfileobj(read, written, 4 * 1024**2)
            written.flush()
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)

"""Check a database that was handed over, in a private copy. Trusts nothing of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import stat
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner.company.sound import unsound
from scanner.index.schema import MIGRATIONS
from scanner.index.store import COLLECTED, migrate
from scanner.links import part_of
from scanner.privacy import Seal

MAGIC = b"SQLite format 3\0"
CHUNK = 4 * 1024**2
ROOM = 3
"""Times the size of a file that must be free: its copy, what is written anew in it, and more."""
MAX_CELL = 64 * 1024**2
CHECK_SECONDS = 120.0
CHECK_SECONDS_PER_MB = 1.0
STEPS = 1_000_000
"""Of SQLite's machine between two looks at the clock: some hundredths of a second."""
DELIVERED = "delivered"
"""The key of `meta` that says when a copy was made to be handed over."""


class Refused(Exception):
    """A file is not merged. `code` names why ("collect refused CODE" in the catalogue)."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Handed:
    """An index handed over: whose it is, as of when (UTC), and how many documents it knows."""

    device: str
    label: str
    reported: str
    documents: int


def mark_of(path: Path) -> bytes:
    """Return what changes when a file does: name, size and time, hashed. Raises Refused."""
    try:
        info = path.stat()
    except OSError as error:
        raise Refused("unreadable", error=error.strerror or type(error).__name__) from None
    if not stat.S_ISREG(info.st_mode):
        raise Refused("no file")
    told = f"{path.absolute()}\x1f{info.st_size}\x1f{info.st_mtime_ns}"
    return hashlib.blake2b(os.fsencode(told), digest_size=16).digest()


def copied(path: Path, target: Path) -> tuple[bytes, int]:
    """Copy a file and its journal into our folder; return digest and size. Raises Refused."""
    digest = hashlib.blake2b(digest_size=32)
    total = 0
    try:
        for ending in ("", "-wal"):
            source = path.with_name(path.name + ending)
            if ending and not source.exists():
                continue
            size = source.stat().st_size
            if shutil.disk_usage(target.parent).free < ROOM * size:
                raise Refused("no room", bytes=size)
            with (
                source.open("rb") as read,
                open(
                    os.open(
                        target.with_name(target.name + ending),
                        os.O_WRONLY | os.O_CREAT | os.O_EXCL,
                        0o600,
                    ),
                    "wb",
                ) as written,
            ):
                while chunk := read.read(CHUNK):
                    digest.update(chunk)
                    written.write(chunk)
                    total += len(chunk)
    except OSError as error:
        raise Refused("unreadable", error=error.strerror or type(error).__name__) from None
    _check_whole(target)
    return digest.digest(), total


def _check_whole(path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(100)
    if head[:16] != MAGIC or len(head) < 100:
        raise Refused("no index")
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    if head[24:28] == head[92:96] and int.from_bytes(head[28:32], "big") * page > size:
        raise Refused("truncated")


def opened(path: Path) -> sqlite3.Connection:
    """Open a copy so that nothing in it runs and nothing in it is boundless."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "temp_store=FILE"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def check(connection: sqlite3.Connection, seal: Seal, size: int) -> Handed:
    """Return whose index this is, brought up to today's tables. Raises Refused."""
    until = time.monotonic() + CHECK_SECONDS + CHECK_SECONDS_PER_MB * size / 1_000_000
    connection.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        return _checked(connection, seal)
    except sqlite3.OperationalError as error:
        raise Refused("too slow" if "interrupted" in str(error) else "damaged") from None
    except (sqlite3.Error, UnicodeDecodeError, OverflowError):
        raise Refused("damaged") from None
    finally:
        connection.set_progress_handler(None, 0)


def _checked(connection: sqlite3.Connection, seal: Seal) -> Handed:
    execute = connection.execute
    (version,) = execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise Refused("newer", version=version, known=len(MIGRATIONS))
    if version < 1 or schema_of(connection) != _schema(version):
        raise Refused("no index")
    (said,) = execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise Refused("damaged")
    meta = dict(execute("SELECT key, value FROM meta LIMIT 1000").fetchall())
    if COLLECTED in meta:
        raise Refused("centre")
    if meta.get("key_id") != seal.key_id:
        older = part_of(seal, str(meta.get("key_id"))) is not None
        raise Refused("older key" if older else "foreign")
    devices = execute("SELECT id, label, last_seen FROM device LIMIT 2").fetchall()
    if len(devices) != 1:
        raise Refused("devices")
    device, label, seen = devices[0]
    if not _is_uuid(device):
        raise Refused("unsound", table="device")
    if (table := unsound(connection, device)) is not None:
        raise Refused("unsound", table=table)
    (last,) = execute("SELECT max(max(started), coalesce(max(ended), '')) FROM run").fetchone()
    if last is None:
        raise Refused("no run")
    migrate(connection, MIGRATIONS, Path("index"))
    (documents,) = execute(
        "SELECT count(*) FROM document WHERE gone_run IS NULL AND NOT coalesce(folder, 0)"
    ).fetchone()
    reported = max(map(_moment, (last, seen or last, meta.get(DELIVERED) or last)))
    return Handed(device, label or device, reported, documents)


def _moment(text: str) -> str:
    """Return a stored time spelled as we do: UTC, seconds. Raises Refused."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, TypeError, OverflowError):
        raise Refused("unsound", table="run") from None


def _is_uuid(device: Any) -> bool:
    try:
        return isinstance(device, str) and str(uuid.UUID(device)) == device
    except (ValueError, TypeError, AttributeError):
        return False


def schema_of(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Return tables, indexes and whatever else a database has, spelled alike.

    sqlite-utils spells them otherwise in other versions: quotes, blanks, FLOAT for REAL.
    """
    spelled = str.maketrans("", "", " \t\r\n\"'`[]")
    return {
        (kind, name, (sql or "").translate(spelled).lower().replace("float", "real"))
        for kind, name, sql in connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'"
            " OR type NOT IN ('table', 'index')"
        ).fetchall()
    }


def _schema(version: int) -> set[tuple[str, str, str]]:
    with sqlite3.connect(":memory:", isolation_level=None) as connection:
        migrate(connection, MIGRATIONS[:version], Path("index"))
        found = schema_of(connection)
    connection.close()
    return found

"""Keep figures that took long in a file beside the index, so that a new start answers at once.

Holds counts and numbers of rows, under hashes; no name, path or value. Whatever is wrong with the
file, it is made anew: all in it can be counted again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Generic, TypeVar

from scanner.index.store import readonly_uri
from scanner.platform import make_private_file
from scanner.web.where import kept_path

T = TypeVar("T")
APPLICATION = 0x466F6470
MOST_FIGURES = 500
MOST_BYTES = 20_000_000
BUSY_MILLISECONDS = 200


@dataclass(frozen=True, slots=True)
class Keeping(Generic[T]):
    """How a figure is written as JSON and read again. `read` raises for what is none of its."""

    write: Callable[[T], Any]
    read: Callable[[Any], T]


@dataclass(frozen=True, slots=True)
class Kept:
    """A figure as it was kept: as of when, and how many seconds it had taken."""

    value: Any
    at: datetime
    seconds: float


class KeptFile:
    """The file of figures of one index. May be used by any thread and by several programs.

    `rules`: what else the figures depend on, such as thresholds; others are not found.
    """

    def __init__(self, index: Path, rules: str = "") -> None:
        self.path = kept_path(index)
        self._index = index
        self._rules = rules
        self._lock = threading.Lock()

    def get(self, key: str) -> Kept | None:
        """Return what is kept under a key for this index; None where nothing is."""
        name = self._name(key)
        if name is None or not self.path.exists():
            return None
        query = "SELECT value, at, seconds FROM figure WHERE name=?"
        row = self._do(lambda connection: connection.execute(query, (name,)).fetchone())
        try:
            if row is None or (at := datetime.fromisoformat(row[1])).tzinfo is None:
                return None
            return Kept(json.loads(row[0]), at, float(row[2]))
        except (ValueError, TypeError):
            return None

    def put(self, key: str, value: Any, at: datetime, seconds: float) -> None:
        """Keep a figure; where that cannot be, nothing is kept."""
        name, text = self._name(key), json.dumps(value)
        if name is None or len(text) > MOST_BYTES:
            return

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO figure(name, at, seconds, value) VALUES (?,?,?,?)",
                (name, at.isoformat(), seconds, text),
            )
            connection.execute(
                "DELETE FROM figure WHERE name NOT IN"
                " (SELECT name FROM figure ORDER BY at DESC LIMIT ?)",
                (MOST_FIGURES,),
            )

        self._do(write)

    def _name(self, key: str) -> bytes | None:
        """Return the hash under which a key of this very index is kept; None: it has no mark."""
        mark = self._mark()
        if mark is None:
            return None
        return blake2b("\x1f".join((mark, self._rules, key)).encode(), digest_size=16).digest()

    def _mark(self) -> str | None:
        """Return what tells this index from another one, or from itself made anew."""
        try:
            number = self._index.stat().st_ino
            with closing(sqlite3.connect(readonly_uri(self._index), uri=True)) as connection:
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                first = connection.execute(
                    "SELECT id, place, started FROM run ORDER BY id LIMIT 1"
                ).fetchone()
                key = connection.execute("SELECT value FROM meta WHERE key='key_id'").fetchone()
        except (OSError, sqlite3.Error):
            return None
        return repr((number, version, first, key))

    def _do(self, what: Callable[[sqlite3.Connection], Any]) -> Any:
        """Return what `what` does with the open file, or None where nothing can be kept."""
        with self._lock:
            for again in (False, True):
                try:
                    with self._opened() as connection:
                        return what(connection)
                except sqlite3.OperationalError:
                    return None  # in use, or not to be written: it is counted again instead
                except (sqlite3.DatabaseError, OSError):
                    if again or not self._remove():
                        return None
        return None

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        make_private_file(self.path)
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
            connection.execute("PRAGMA synchronous=OFF")
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables and application != APPLICATION:
                raise sqlite3.DatabaseError("not ours")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS figure"
                "(name BLOB PRIMARY KEY, at TEXT, seconds REAL, value TEXT)"
            )
            if application != APPLICATION:
                connection.execute(f"PRAGMA application_id={APPLICATION}")
            columns = [row[1] for row in connection.execute("PRAGMA table_info(figure)")]
            if columns != ["name", "at", "seconds", "value"]:
                raise sqlite3.DatabaseError("of another version")
            yield connection
            connection.execute("COMMIT")

    def _remove(self) -> bool:
        try:
            for suffix in ("", "-journal"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        except OSError:
            return False
        return True

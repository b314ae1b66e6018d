"""Keep what costs to answer until the index or what was decided has changed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

from scanner.index.store import readonly_uri
from scanner.web.sessions import Clock

T = TypeVar("T")
KEPT = 200
"""Costly answers that are kept."""


class Cache:
    """Costly answers, each kept until the index or the decisions change, or a new day begins."""

    def __init__(self, index: Path, decisions: Path, clock: Clock) -> None:
        self._index = index
        self._decisions = decisions
        self._clock = clock
        self._lock = threading.Lock()
        self._watching: dict[Path, tuple[sqlite3.Connection, int]] = {}
        self._version: tuple[Any, ...] = ()
        self._seen: tuple[Any, Any] = (object(), None)
        self._held: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], T], keep: Callable[[], bool]) -> T:
        """Return what is kept under a key, else what `make` returns now.

        `keep`, asked afterwards: whether it rests on nothing that is older than the index.
        """
        with self._lock:
            version = self._now()
            if version != self._version:
                self._held.clear()
                self._version = version
            if key in self._held:
                held: T = self._held[key]
                return held
        made = make()
        with self._lock:
            if version == self._version and keep():
                while len(self._held) >= KEPT:
                    self._held.pop(next(iter(self._held)))
                self._held[key] = made
        return made

    def version(self) -> tuple[Any, ...]:
        """Return what changes with the index, the decisions and the day."""
        with self._lock:
            return self._now()

    def _now(self) -> tuple[Any, ...]:
        return self._clock().date(), self._version_of(self._index), self._decided()

    def _decided(self) -> Any:
        """Return what changes with what is decided, but not with each line of the audit."""
        version = self._version_of(self._decisions)
        if version is None or version == self._seen[0]:
            return self._seen[1] if version is not None else None
        connection = self._watching[self._decisions][0]
        try:
            seen = connection.execute("SELECT number FROM change").fetchone()
        except sqlite3.Error:  # of an earlier version, which the first line of the log brings up
            return version
        self._seen = (version, (version[0], seen))
        return self._seen[1]

    def close(self) -> None:
        with self._lock:
            for connection, _ in self._watching.values():
                connection.close()
            self._watching.clear()

    def _version_of(self, path: Path) -> Any:
        """Return what changes whenever somebody else writes into a file."""
        try:
            number = path.stat().st_ino
        except OSError:
            return None
        connection, held = self._watching.get(path, (None, -1))
        try:
            if connection is None or held != number:
                if connection is not None:
                    connection.close()
                connection = sqlite3.connect(readonly_uri(path), uri=True, check_same_thread=False)
                self._watching[path] = (connection, number)
            return number, connection.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:
            return object()  # unequal to everything: nothing is kept

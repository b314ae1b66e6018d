"""Keep what sessions search for by words, until it is found: the numbers of rows, never the words.

In memory alone; what a session searched no other session sees.
"""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import Future

from scanner.answers.by_name import Named
from scanner.web.sessions import hashed

MOST = 100
"""Of all sessions; the oldest goes."""

Search = Future[list[Named]]


class Searches:
    """May be used by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[tuple[bytes, str], Search] = {}

    def add(self, token: str, search: Search) -> str:
        """Keep a search of a session; return the mark by which it is asked for."""
        mark = secrets.token_hex(8)
        with self._lock:
            while len(self._held) >= MOST:
                self._held.pop(next(iter(self._held))).cancel()
            self._held[hashed(token), mark] = search
        return mark

    def get(self, token: str, mark: str) -> Search | None:
        with self._lock:
            return self._held.get((hashed(token), mark))

    def end(self, token: str) -> None:
        """Forget what a session searched."""
        with self._lock:
            for each in [each for each in self._held if each[0] == hashed(token)]:
                self._held.pop(each).cancel()

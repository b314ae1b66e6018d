"""Hold what is read live until the page that asked for it is shown: once, and for a minute at most.

In memory alone; what a session has read no other session sees.
"""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field

from scanner.live.told import Live
from scanner.web.sessions import hashed

MOST = 8
"""Readings of all sessions that are on their way or wait to be shown."""
KEPT_SECONDS = 60.0
"""For which a reading that nobody fetches is held."""

Reading = Future[Live]
Key = tuple[bytes, int, str]
"""The session, the document, the mark by which the page asks for it."""


@dataclass(slots=True)
class _Held:
    reading: Reading = field(repr=False)
    timer: threading.Timer | None = None


class Readings:
    """May be used by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[Key, _Held] = {}

    @property
    def full(self) -> bool:
        """Whether there is no room for one more."""
        with self._lock:
            return len(self._held) >= MOST

    def add(self, token: str, document: int, reading: Reading) -> str:
        """Keep a session's reading of a document; return the mark by which it is asked for."""
        mark = secrets.token_hex(8)
        key = (hashed(token), document, mark)
        with self._lock:
            self._held[key] = _Held(reading)
        reading.add_done_callback(lambda _: self._done(key))
        return mark

    def take(self, token: str, document: int, mark: str) -> tuple[Reading | None, bool]:
        """Return a reading and whether it is done; None for a mark that is not known.

        One that is done is handed out once.
        """
        key = (hashed(token), document, mark)
        with self._lock:
            held = self._held.get(key)
        done = held is not None and held.reading.done()
        if done:
            held = self._drop(key)  # None: another request was faster
        return (held.reading, done) if held is not None else (None, False)

    def end(self, token: str) -> None:
        """Forget what a session has read."""
        with self._lock:
            keys = [key for key in self._held if key[0] == hashed(token)]
        for key in keys:
            self._drop(key)

    def close(self) -> None:
        with self._lock:
            keys = list(self._held)
        for key in keys:
            self._drop(key)

    def _done(self, key: Key) -> None:
        timer = threading.Timer(KEPT_SECONDS, self._drop, (key,))
        timer.daemon = True
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return
            held.timer = timer
        timer.start()

    def _drop(self, key: Key) -> _Held | None:
        with self._lock:
            held = self._held.pop(key, None)
        if held is not None:
            held.reading.cancel()
            if held.timer is not None:
                held.timer.cancel()
        return held

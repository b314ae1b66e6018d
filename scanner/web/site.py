"""What all requests share: the configuration, accounts, sessions, pages, words, and the audit."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from argon2 import PasswordHasher

from scanner.config import Config
from scanner.index.store import Decisions, IndexTrouble, decisions_path, readonly_uri
from scanner.log import NAME, origin
from scanner.web.accounts import Accounts, WebFile, web_path
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply
from scanner.web.sessions import Attempts, Clock, Sessions
from scanner.web.templating import Templates

T = TypeVar("T")
THREADS = 4
KEPT = 200
"""Costly answers that are kept until the index changes."""

logger = logging.getLogger(NAME)


class Cache:
    """Costly answers, each kept until the index or the decisions change, or a new day begins."""

    def __init__(self, files: Sequence[Path], clock: Clock) -> None:
        self._files = files
        self._clock = clock
        self._lock = threading.Lock()
        self._watching: dict[Path, tuple[sqlite3.Connection, int]] = {}
        self._version: tuple[Any, ...] = ()
        self._held: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, else what `make` returns now."""
        with self._lock:
            version = (self._clock().date(), *map(self._version_of, self._files))
            if version != self._version:
                self._held.clear()
                self._version = version
            if key in self._held:
                held: T = self._held[key]
                return held
        made = make()
        with self._lock:
            if version == self._version:
                while len(self._held) >= KEPT:
                    self._held.pop(next(iter(self._held)))
                self._held[key] = made
        return made

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


class Site:
    """The running pages. `clock` is asked for the time; `hasher` makes hashes of passwords."""

    def __init__(
        self,
        config: Config,
        index: Path,
        pages: Sequence[Page],
        *,
        clock: Clock = lambda: datetime.now(UTC),
        hasher: PasswordHasher | None = None,
        weighed: bool = True,
    ) -> None:
        self.config = config
        self.index = index
        self.pages = tuple(pages)
        self.clock = clock
        self.weighed = weighed
        self.secure = bool(config.serve.certificate)
        self.file = WebFile(web_path(index))
        self.accounts = Accounts(self.file, hasher)
        self.sessions = Sessions(
            self.file,
            self.accounts,
            clock,
            timedelta(minutes=config.serve.idle_minutes),
            timedelta(hours=config.serve.hours),
        )
        self.attempts = Attempts(self.file, clock)
        self.logins = threading.BoundedSemaphore(2)
        """Hashing a password takes 64 MB: a flood of logins may not take all memory."""
        self.templates = Templates(self)
        self.cache = Cache((index, decisions_path(index)), clock)
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="page")

    def close(self) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.cache.close()
        self.file.close()

    def page_at(self, path: str) -> Page | None:
        """Return the page of a path; the first one of the list that fits."""
        return next((page for page in self.pages if page.pattern.match(path)), None)

    def log(self, who: str, action: str, subject: str, detail: str = "") -> None:
        """Write one line into the audit. Raises IndexTrouble: what cannot be logged is not done."""
        with Decisions(decisions_path(self.index)) as decisions:
            decisions.log(action, subject, detail, who=who)

    def answer(self, asked: Asked) -> Reply:
        """Return a page's answer; what goes wrong is a page too, and a line without values."""
        try:
            with asked:
                return asked.page.answer(asked)
        except Refused as error:
            return self.refusal(asked, error)
        except Exception as error:  # the one seam of all pages: nothing of it reaches the browser
            logger.error(
                "page %s: %s at %s%s",
                asked.page.name,
                type(error).__name__,
                origin(error),
                " (out of time)" if asked.late else "",
            )
            if asked.late:
                return self.refusal(asked, Refused(503, "web timeout"))
            if isinstance(error, IndexTrouble):
                return self.refusal(asked, Refused(503, "web no index"))
            return self.refusal(asked, Refused(500, "web failed"))

    def refusal(self, asked: Asked, error: Refused) -> Reply:
        """Return the page that says why there is no answer."""
        with Asked(self, asked.page, asked.somebody, method=asked.method, path=asked.path) as anew:
            return anew.show("error.html", status=error.status, key=error.key, code=error.status)

"""Work that takes longer than a page may: in a thread of its own, one at a time, kept when done.

A page shows what was found when, and says that newer is on its way.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from scanner.answers.opened import Opened, opened
from scanner.log import NAME, origin
from scanner.web.accounts import Account
from scanner.web.narrow import narrow

if TYPE_CHECKING:
    from scanner.web.site import Site

T = TypeVar("T")
STEPS = 10_000
PATIENCE_SECONDS = 0.2
"""For which a page waits: a small index is answered at once."""
MOST_SECONDS = 900.0
FRESH_SECONDS = 60.0
"""For which a result is told though the index has changed: a scan writes all the time."""
KEPT = 8

logger = logging.getLogger(NAME)


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """What there is of a work. `result` None: not yet; `at`: as of when it is.

    `running`: it, or a newer one, is on its way; `failed`: the last try was broken off.
    """

    result: T | None = field(repr=False)
    at: datetime | None
    running: bool
    failed: bool = False


@dataclass(slots=True)
class _Work:
    result: Any = field(default=None, repr=False)
    at: datetime | None = None
    finished: float = 0.0
    version: Any = None
    begun_version: Any = None
    future: Future[Any] | None = None
    failed: bool = False


class Background:
    """The long works of a site. May be used by any thread."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="background")
        self._works: dict[Hashable, _Work] = {}
        self._closing = False

    def get(
        self,
        key: Hashable,
        account: Account,
        make: Callable[[Opened], T],
        *,
        begin: bool = True,
    ) -> Made[T]:
        """Return what there is of a work, and begin it where there is none or it is out of date.

        `make` gets an index of its own, of it what `account` may see. With `begin` false nothing
        is begun. Waits PATIENCE_SECONDS for a work that has no result yet.
        """
        part = account.part
        version = self._site.cache.version()
        with self._lock:
            work = self._works.get((key, part))
            if work is None:
                if not begin:
                    return Made(None, None, False)
                work = self._works[(key, part)] = _Work()
                self._drop_oldest((key, part))
            stale = work.version != version and time.monotonic() - work.finished > FRESH_SECONDS
            idle = work.future is None or work.future.done()
            if begin and idle and not self._closing and (work.at is None or stale):
                work.begun_version = version
                work.future = self._pool.submit(self._run, work, account, make)
            future = work.future
        if work.at is None and future is not None:
            try:
                future.result(PATIENCE_SECONDS)
            except TimeoutError:
                pass
        with self._lock:
            running = work.future is not None and not work.future.done()
            return Made(work.result, work.at, running, work.failed and not running)

    def close(self) -> None:
        self._closing = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _drop_oldest(self, kept: Hashable) -> None:
        for key, work in list(self._works.items()):
            if len(self._works) <= KEPT:
                return
            if key != kept and (work.future is None or work.future.done()):
                del self._works[key]

    def _run(self, work: _Work, account: Account, make: Callable[[Opened], Any]) -> None:
        until = time.monotonic() + MOST_SECONDS

        def late() -> int:
            return int(self._closing or time.monotonic() > until)

        site = self._site
        at = site.clock()
        try:
            with opened(site.index, site.config.judging) as held:
                held.connection.set_progress_handler(late, STEPS)
                if account.narrowed:
                    narrow(held, account)
                result = make(held)
        except Exception as error:  # of a page's own thread: told on the page, without values
            logger.error("background: %s at %s", type(error).__name__, origin(error))
            with self._lock:
                work.failed = True
            return
        with self._lock:
            work.result, work.at, work.failed = result, at, False
            work.version, work.finished = work.begun_version, time.monotonic()

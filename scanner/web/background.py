"""Work that takes longer than a page may: in a thread of its own, one at a time, kept when done.

A page shows what was found when, and says that newer is on its way.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from scanner.answers.opened import Opened, opened
from scanner.index.store import IndexTrouble
from scanner.log import NAME, origin
from scanner.web.accounts import Account
from scanner.web.kept import Keeping
from scanner.web.narrow import narrow

if TYPE_CHECKING:
    from scanner.web.site import Site

T = TypeVar("T")
STEPS = 10_000
PATIENCE_SECONDS = 0.1
"""For which a page waits: a small index is answered at once."""
MOST_SECONDS = 900.0
AGAIN_SECONDS = 60.0
"""After which a work that failed is tried again."""
SHARE = 10
"""A work that took long is done again when so many times as long has passed: a scan writes all the
time."""
COMPARED: tuple[Hashable, ...] = ("compared",)
"""The work on which others rest: how verdicts hold."""
KEPT = 8
"""Long works of one sort whose results are held."""

logger = logging.getLogger(NAME)


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """What there is of a work. `result` None: not yet; `at`: as of when it is.

    `running`: it, or a newer one, is on its way; `failed`: the last try was broken off; `current`:
    nothing has changed since.
    """

    result: T | None = field(repr=False)
    at: datetime | None
    running: bool
    failed: bool = False
    current: bool = False


@dataclass(slots=True)
class _Work:
    result: Any = field(default=None, repr=False)
    at: datetime | None = None
    finished: float = -math.inf
    seconds: float = 0.0
    version: Any = None
    begun_version: Any = None
    begun: float = 0.0
    future: Future[Any] | None = None
    failed: bool = False

    @property
    def quick(self) -> bool:
        """Whether a page may wait for it."""
        return self.seconds < PATIENCE_SECONDS

    @property
    def running(self) -> bool:
        return self.future is not None and not self.future.done()

    def due(self, version: Any, again: float) -> bool:
        """Whether it is to be done, or done again, for this state of the index."""
        waited = time.monotonic() - self.finished
        if self.failed:
            return waited > AGAIN_SECONDS
        if self.at is None:
            return True
        pause = 0.0 if self.quick else self.seconds * (1 if self._decided(version) else SHARE)
        if again < math.inf and (self.quick or waited > max(pause, again)):
            return True
        return self.version != version and waited > pause

    def _decided(self, version: Any) -> bool:
        """Whether something was decided since: who decides looks at what is left right after."""
        return self.version is not None and self.version[-1] != version[-1]


class Background:
    """The long works of a site. May be used by any thread.

    Those of pages that somebody waits for are not behind those that take minutes.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._pools = {
            long: ThreadPoolExecutor(1, thread_name_prefix="background") for long in (False, True)
        }
        self._asking = ThreadPoolExecutor(2, thread_name_prefix="asking")
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._works: dict[tuple[tuple[Hashable, ...], Hashable], _Work] = {}
        self._closing = False

    def get(
        self,
        key: tuple[Hashable, ...],
        account: Account,
        make: Callable[[Opened], T],
        *,
        begin: bool = True,
        long: bool = False,
        again: float = math.inf,
        patience: float = PATIENCE_SECONDS,
        keeping: Keeping[T] | None = None,
    ) -> Made[T]:
        """Return what there is of a work, and begin it where there is none or it is out of date.

        `make` gets an index of its own, of it what `account` may see. With `begin` false nothing
        is begun. Waits `patience` for a work that has no result yet, or is a quick one.
        `again`: seconds after which it is done again though nothing has changed.
        `long`: minutes are to be expected. `keeping`: the result is kept when the program ends.
        """
        part = account.part
        version = self._site.cache.version()
        name = repr((key, part))
        with self._lock:
            work = self._works.get((key, part))
            if work is None:
                work = _Work()
                if keeping is not None:
                    self._take_up(work, name, keeping)
                elif not begin:
                    return Made(None, None, False)
                self._works[(key, part)] = work
                self._drop_oldest(key, part)
            if begin and not work.running and not self._closing and work.due(version, again):
                work.begun_version, work.begun = version, time.monotonic()
                work.future = self._pools[long].submit(
                    self._run, work, account, make, name, keeping
                )
            future = work.future
            waits = work.running and (work.at is None or work.quick)
            left = work.begun + patience - time.monotonic()
        if waits and future is not None and left > 0:
            try:
                future.result(left)
            except TimeoutError:
                pass
        with self._lock:
            return Made(
                work.result,
                work.at,
                work.running,
                work.failed and not work.running,
                work.at is not None and work.version == version,
            )

    def _comparison(self, rested: list[Any] | None) -> Any:
        """Return how verdicts were last compared with the index, without waiting for more."""
        with self._lock:
            work = self._works.get((COMPARED, ()))
            if work is None or work.result is None:
                return None
            if rested is not None:
                rested.append(work.version)
            return work.result

    def ask(
        self, account: Account, make: Callable[[Opened], T], *, live: bool = False
    ) -> Future[T]:
        """Begin what one request asks for alone, and wait PATIENCE_SECONDS for it.

        `live`: it reads a document from its place, one at a time.
        """
        pool = self._reading if live else self._asking
        asked = pool.submit(self._answered, account, make)
        try:
            asked.exception(PATIENCE_SECONDS)
        except TimeoutError:
            pass
        return asked

    def _answered(self, account: Account, make: Callable[[Opened], T]) -> T:
        until = time.monotonic() + MOST_SECONDS
        try:
            with self._opened(account, until) as held:
                return make(held)
        except Exception as error:  # of a page's own thread: told on the page, without values
            if not self._closing:
                logger.error("asking: %s at %s", type(error).__name__, origin(error))
            raise IndexTrouble("not answered") from None

    @contextmanager
    def _opened(
        self, account: Account, until: float, rested: list[Any] | None = None
    ) -> Iterator[Opened]:
        """Open the index for a work. `rested`: takes the versions of comparisons that it used."""

        def late() -> int:
            return int(self._closing or time.monotonic() > until)

        with opened(self._site.index, self._site.config.judging) as held:
            held.connection.set_progress_handler(late, STEPS)
            if account.narrowed:
                narrow(held, account)
            held.compared = lambda: self._comparison(rested)
            yield held

    def wait(self, ended: threading.Event) -> None:
        """Return when no work is on its way, or `ended` is set."""
        while not ended.is_set():
            with self._lock:
                running = [work.future for work in self._works.values() if work.running]
            if not running:
                return
            wait([future for future in running if future is not None], timeout=1.0)

    def close(self) -> None:
        self._closing = True
        for pool in (self._asking, self._reading, *self._pools.values()):
            pool.shutdown(wait=True, cancel_futures=True)

    def _take_up(self, work: _Work, name: str, keeping: Keeping[Any]) -> None:
        """Begin with what was kept when the program ended before."""
        kept = self._site.kept.get(name)
        if kept is None:
            return
        try:
            work.result = keeping.read(kept.value)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            return
        work.at, work.seconds = kept.at, kept.seconds

    def _drop_oldest(self, key: tuple[Hashable, ...], part: Hashable) -> None:
        same = [each for each in self._works if each[0][0] == key[0]]
        for each in same[: max(0, len(same) - KEPT)]:
            if each != (key, part) and not self._works[each].running:
                del self._works[each]

    def _run(
        self,
        work: _Work,
        account: Account,
        make: Callable[[Opened], Any],
        name: str,
        keeping: Keeping[Any] | None,
    ) -> None:
        began = time.monotonic()
        site = self._site
        at = site.clock()
        rested: list[Any] = []
        try:
            with self._opened(account, began + MOST_SECONDS, rested) as held:
                result = make(held)
                kept = keeping.write(result) if keeping is not None else None
        except Exception as error:  # of a page's own thread: told on the page, without values
            if self._closing:  # broken off
                return
            logger.error("background: %s at %s", type(error).__name__, origin(error))
            with self._lock:
                work.failed, work.finished = True, time.monotonic()
            return
        seconds = time.monotonic() - began
        with self._lock:
            work.result, work.at, work.failed = result, at, False
            # What rests on an older comparison of the verdicts is as old as that.
            current = all(version == work.begun_version for version in rested)
            work.version = work.begun_version if current else None
            work.finished = time.monotonic()
            work.seconds = seconds
        if keeping is not None and not self._closing:
            site.kept.put(name, kept, at, seconds)

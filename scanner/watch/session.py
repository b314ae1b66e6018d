"""Watch places: gather what is touched, scan it, have it told. Single-threaded but for observers.

Whatever goes wrong with one place or file is said and made good later; the watch goes on.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from connectors import Document
from scanner.answers.opened import opened
from scanner.executor import Executor
from scanner.flagged import Teller
from scanner.index.store import Index, IndexTrouble
from scanner.pipeline import Summary, scan
from scanner.platform import LockedError
from scanner.recipe import Recipe
from scanner.tools import tools_of
from scanner.touched import ChangedSince, Touched
from scanner.watch.gathering import Due
from scanner.watch.memory import Memory
from scanner.watch.noted import Noted
from scanner.watch.observing import Native, Unwatchable
from scanner.watch.place import POLL_SHARE, Watched, observe

MAX_BATCH = 200
"""Paths scanned at a time, so that the first of a burst are told while the last are copied."""
BATCH_SECONDS = 30.0
"""A batch that takes longer ends early and goes on, so that others get their turn."""
LOOK_SECONDS = 2.0
"""How often the places themselves are looked at, and the clock."""
ASLEEP_SECONDS = 60.0
"""A clock that went on so much further than this process slept while the machine did."""
BUSY_SECONDS = 0.5
"""Until the next try where another process keeps the index for itself."""
RETRY_SECONDS = (5.0, 300.0)
"""Until the next try where the index cannot be used: doubling, from and to."""
TROUBLES = 3
"""Tries in vain after which everything is begun anew: with another key, or a mended file."""
KEEP_SECONDS = 300.0
"""How often it is written down until when places were watched."""
SLACK_NS = 5 * 10**9
"""Clocks of disks and machines differ: what changed so shortly before is looked at again."""


class Says(Protocol):
    """Tells who runs the watch what happens to it: a code, and the place where it is of one."""

    def __call__(self, code: str, place: str = "", **more: object) -> None: ...


class Pools(Protocol):
    """The worker processes (scanner.watch.workers)."""

    def warm(self, recipe: Recipe) -> None: ...
    def of(self, recipe: Recipe) -> Executor: ...
    def done(self, recipe: Recipe) -> None: ...
    def end(self, recipe: Recipe) -> None: ...
    def rest(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """The numbers of the configuration's [watch]."""

    poll_seconds: float = 60.0
    rescan_seconds: float = 6 * 3600.0


@dataclass
class Session:
    """One `fodspor watch`. `run` returns when `stop` says so.

    `guard` keeps an index's places as they are for one batch, and says whether somebody waits for
    that to end; raises LockedError where it cannot.
    `clock` counts seconds and stands still while the machine sleeps; `wall` is the time.
    """

    index: Path
    places: Sequence[Watched]
    teller: Teller
    pools: Pools
    memory: Memory
    says: Says
    guard: Callable[[Path], AbstractContextManager[Callable[[], bool]]]
    stop: Callable[[], bool]
    ended: Callable[[], bool] = lambda: False
    """Asked now and then: whether this session ends, as the configuration is another one."""
    settings: Settings = Settings()
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    native: Callable[[], Native] = Native
    _woken: threading.Event = field(default_factory=threading.Event)
    _observer: Native | None = None
    _looked: float = -LOOK_SECONDS
    _kept: float = 0.0
    troubled: bool = False
    """Whether it ended because the index could not be used again and again."""
    _over: bool = False
    _apart: float | None = None
    _tend_at: float = 0.0
    _overslept: bool = False

    def run(self) -> None:
        """Watch until `stop`, `ended` or trouble that a new beginning may mend."""
        try:
            self.begin()
            while not (self.stop() or self._over):
                self.step()
                self.rest()
        finally:
            self.end()

    def end(self) -> None:
        """Let go of everything, and write down until when places were watched."""
        if self._observer is not None:
            self._observer.close()
        self._remember()
        self.pools.close()
        self.teller.close()

    def begin(self) -> None:
        """Observe the places from now on."""
        self._kept = self.clock()
        self._observer = self._native()
        for place in self.places:
            before = self.memory.until(place.key)
            if before is None:
                place.since_ns = self._now_ns()
                place.sweep_at = self.clock() + self.settings.rescan_seconds
                if place.must_poll():
                    place.sweep_at = self.clock() + self.settings.poll_seconds
            else:
                place.since_ns = before
            self._observe(place)
        self._write()  # killed a moment later, it knows from when on to look
        self.says("started", places=len(self.places))

    def _now_ns(self) -> int:
        return int(self.wall().timestamp() * 1e9)

    def rest(self, most: float = LOOK_SECONDS) -> None:
        """Wait until something is touched, or due; at most so many seconds."""
        before = self.clock()
        self._woken.wait(min(most, self._wait_seconds()))
        self._woken.clear()
        if self.clock() - before > most + ASLEEP_SECONDS:  # Windows counts the time asleep
            self._overslept = True

    def _wait_seconds(self) -> float:
        now = self.clock()
        due = [self._looked + LOOK_SECONDS, self._tend_at]
        due += [max(place.gatherer.next_due, place.retry_at) for place in self.places]
        return max(0.0, min(due) - now)

    def step(self) -> None:
        """Do what is due now, and return."""
        now = self.clock()
        if now >= self._looked + LOOK_SECONDS:
            self._look(now)
        for place in self.places:
            if place.away or place.refused or now < place.retry_at:
                continue
            if place.gatherer.soon(now):
                self._warm(place)
            if place.gatherer.lost or now >= place.sweep_at:
                self._sweep(place)
            elif paths := place.gatherer.take(now, MAX_BATCH):
                self._batch(place, paths)
            if self.stop():
                return
        if self.clock() >= self._tend_at:
            self._tend_at = self.clock() + max(0.2, self.teller.tend(self.wall()))
        self.pools.rest()

    def _warm(self, place: Watched) -> None:
        self.pools.warm(place.recipe)

    # What the system says

    def _observe(self, place: Watched) -> None:
        """Have a place observed from now on, or polled where the system cannot."""
        place.away = place.look() == "away" if place.on_disk is not None else False
        if place.away:
            self.says("away", place.target.place)
            return
        if place.must_poll():
            place.is_share = True
            self._poll(place, "share")
            return
        if self._observer is None:
            self._poll(place, "limit")
            return
        place.observed = observe(place, self._woken.set, self.clock)
        place.how = "native"
        try:
            self._observer.add(place.observed)
        except Unwatchable as error:
            place.observed = None
            self._poll(place, "limit" if error.limit else "unwatchable")

    def _native(self) -> Native | None:
        """Return a new observer; None where the system has none left to give."""
        try:
            return self.native()
        except OSError:
            return None

    def _unobserve(self, place: Watched) -> None:
        if place.observed is not None and self._observer is not None:
            self._observer.remove(place.observed)
        place.observed = None

    def _poll(self, place: Watched, why: str) -> None:
        place.how = "poll"
        place.sweep_at = min(place.sweep_at, self.clock() + self.settings.poll_seconds)
        self.says(f"polled {why}", place.target.place)

    def _look(self, now: float) -> None:
        """Look at the places, the observer and the clock: has something been missed?"""
        self._looked = now
        apart = self.wall().timestamp() - now
        slept = self._apart is not None and apart - self._apart > ASLEEP_SECONDS
        if slept or self._overslept:
            self._overslept = False
            self.says("slept")
            self._miss(self.places)
        self._apart = apart
        if self._observer is not None and not self._observer.alive:
            self.says("observer")
            self._observer.close()
            self._observer = self._native()
            for place in self.places:
                if place.observed is not None:
                    self._observe(place)
            self._miss(self.places)
        for place in self.places:
            self._look_at(place)
        if now - self._kept >= KEEP_SECONDS:
            self._remember()
        self._over |= self.ended()

    def _look_at(self, place: Watched) -> None:
        if place.on_disk is None or place.is_share:  # a server that hangs would hold up all
            return
        found = place.look()
        if found == "away":
            if not place.away:
                self._unobserve(place)
                place.away = True
                self.says("away", place.target.place)
        elif place.away or found == "changed":
            self._unobserve(place)
            self.says("back" if place.away else "changed", place.target.place)
            self._observe(place)
            self._miss([place])
        elif place.observed is not None and place.observed.limited:
            self._unobserve(place)
            self._poll(place, "limit")
            self._miss([place])

    def _miss(self, places: Sequence[Watched]) -> None:
        for place in places:
            place.gatherer.lose()

    # Scanning

    def _sweep(self, place: Watched) -> None:
        """Look through a whole place: what changed is read, what is not there any more is gone."""
        began, ended = self._now_ns(), self.clock()
        place.gatherer.found()
        since = place.since_ns - SLACK_NS
        whole = self._is_known(place)
        touched: Touched | None = None
        if not whole and place.on_disk is not None:
            touched = ChangedSince(place.on_disk, since)
        elif place.on_disk is not None:
            touched = Touched(place.on_disk, (place.folder,), since_ns=since)
        done = self._scan(place, touched, since, whole=whole)
        took = self.clock() - ended
        if done is None or done.status == "interrupted":
            place.gatherer.lose()
            return
        if done.lost in ("login", "account"):
            self.says("refused", place.target.place)
            place.refused = True
            return
        if done.status == "done":
            place.since_ns = began
        polls = place.how == "poll"
        pause = self.settings.poll_seconds if polls else self.settings.rescan_seconds
        place.sweep_at = self.clock() + max(pause, took * POLL_SHARE)

    def _batch(self, place: Watched, paths: list[Due]) -> None:
        """Scan what was touched."""
        assert place.on_disk is not None
        touched = Touched(
            place.on_disk, (path for path, _ in paths), [path for path, folder in paths if folder]
        )
        done = self._scan(place, touched)
        if done is None or done.status == "interrupted":
            place.gatherer.again(paths, self.clock())
        elif done.status == "offline":
            place.gatherer.lose()

    def _is_known(self, place: Watched) -> bool:
        """Whether a scan has been through the whole place, so that what is new there is new."""
        try:
            with opened(self.index) as held:
                row = held.connection.execute(
                    "SELECT 1 FROM run JOIN place p ON p.id=run.place WHERE p.device=? AND p.name=?"
                    " AND run.status='done' AND run.number>0 LIMIT 1",
                    (place.target.device, place.target.place),
                ).fetchone()
        except IndexTrouble:
            return False
        return row is not None

    def _scan(
        self,
        place: Watched,
        touched: Touched | None,
        since_ns: int | None = None,
        *,
        whole: bool = False,
    ) -> Summary | None:
        """Scan, and have told what is flagged. None where not all of it could be told.

        `since_ns`: it is the whole place that is looked through, and what changed later is told;
        with `whole` what the index did not know at all, too.
        """
        noted = Noted(since_ns)
        ends = math.inf if since_ns is not None else self.clock() + BATCH_SECONDS
        try:
            with self.guard(self.index) as wanted, Index(self.index) as index:
                tools = tools_of(place.recipe)
                index.claim_key(tools.seal.key_id)
                done = scan(
                    place.target,
                    place.recipe,
                    index,
                    self.pools.of(place.recipe),
                    progress=noted.note,
                    stop=lambda: self.stop() or self.clock() > ends or wanted(),
                    touched=touched,
                    watch=True,
                )
        except LockedError:
            place.retry_at = self.clock() + BUSY_SECONDS
            return None
        except IndexTrouble as error:
            self._trouble(place, str(error))
            return None
        except Exception as error:  # a pool that broke, a bug: said, and tried again
            self.pools.end(place.recipe)
            self._trouble(place, type(error).__name__, "unread")
            return None
        self.pools.done(place.recipe)
        met = touched.met if touched is not None else []
        told = self._tell(place, noted.documents(met), done.run)
        if whole:
            told &= self._tell(place, noted.older(), done.run, only_new=True)
        if not told:
            return None
        if beyond := max(noted.beyond, touched.beyond if touched is not None else 0):
            self.says("beyond", place.target.place, number=beyond)
        if place.trouble:
            self.says("usable", place.target.place)
        place.trouble = 0
        return done

    def _trouble(self, place: Watched, why: str, code: str = "trouble") -> None:
        if not place.trouble:
            self.says(code, place.target.place, why=why)
        first, last = RETRY_SECONDS
        place.retry_at = self.clock() + min(first * 2**place.trouble, last)
        place.trouble += 1
        if place.trouble >= TROUBLES:
            self._over = self.troubled = True

    def _tell(
        self,
        place: Watched,
        documents: Sequence[Document],
        run: int,
        *,
        only_new: bool = False,
    ) -> bool:
        """Have told what of the documents is flagged; whether the index could be asked."""
        if not documents:
            return True
        at = self.wall()
        try:
            with opened(self.index, place.recipe.judging) as held:
                first = run if only_new else None
                found = list(place.flagging.flagged(held, documents, at, first_run=first))
        except IndexTrouble as error:
            self._trouble(place, str(error))
            return False
        if found:
            self.teller.tell(found, at)
            self._tend_at = 0.0
        return True

    def _remember(self) -> None:
        """Write down until when places were watched, where nothing waits to be read."""
        self._kept = self.clock()
        now = self._now_ns()
        for place in self.places:
            waits = place.gatherer.lost or len(place.gatherer)
            if place.how == "native" and not (place.away or waits):
                place.since_ns = now
        self._write()

    def _write(self) -> None:
        for place in self.places:
            self.memory.watched(place.key, place.since_ns)
        try:
            self.memory.keep()
        except OSError as error:
            self.says("memory", why=error.strerror or type(error).__name__)

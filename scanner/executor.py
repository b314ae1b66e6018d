"""Spread documents over worker processes: bounded window, deadlines, memory limits, blame.

A worker that hangs or dies is replaced; its batch is retried one by one, so that the guilty
document alone is recorded as such. The seam is concurrent.futures: other executors fit.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from connectors import Document
from scanner.model import Limits, Outcome, Problem
from scanner.recipe import Recipe

BATCH_DOCUMENTS = 32
BATCH_BYTES = 4_000_000
BATCHES_AHEAD = 3
"""Batches waiting per worker: enough to keep it busy, few enough to keep memory flat."""
TASKS_PER_WORKER = 200
"""Batches after which a worker is replaced, so that no native reader's leak adds up."""
STOP_SECONDS = 5
READY_SECONDS = 60.0
COLLECT_AFTER = (100_000, 50, 100)
"""Thresholds of the cycle collector in a worker; its defaults make dense tables cost 7 % more."""
PRELOADED = ["scanner.examine", "scanner.log", "scanner.platform", "detectors.catalogue"]
"""Imported once by the process that workers are forked from, instead of once by each."""


class Executor(Protocol):
    """Runs batches of documents somewhere else, each within a deadline in seconds."""

    @property
    def width(self) -> int: ...

    def submit(self, batch: tuple[Document, ...], deadline: float) -> Future[list[Outcome]]: ...


def examine_batch(batch: tuple[Document, ...], recipe: Recipe) -> list[Outcome]:
    """Examine documents. Runs in a worker."""
    from scanner.examine import examine_all
    from scanner.tools import tools_of

    tools = tools_of(recipe)
    try:
        tools.expect(batch)
        return examine_all(batch, recipe)
    finally:
        tools.archive.close()


def prepare_worker(recipe: Recipe) -> None:
    """Set up a fresh worker: limits and manners first, then the tools. Runs once per process."""
    from multiprocessing.util import Finalize

    from scanner import platform
    from scanner.log import silence_others
    from scanner.tools import tools_of

    platform.ignore_interrupts()  # the coordinator decides when to stop
    platform.end_with_parent()
    platform.lower_priority()
    platform.silence_stderr()
    silence_others()
    Finalize(None, tools_of(recipe).leave, exitpriority=1)
    gc.freeze()  # what is loaded now stays; matches are many and hold no cycles
    gc.set_threshold(*COLLECT_AFTER)
    platform.limit_memory(recipe.limits.memory_bytes)


def make_ready(recipe: Recipe) -> None:
    """Load what the first document would load. Runs in a worker."""
    from scanner.tools import tools_of

    tools = tools_of(recipe)
    tools.freshness  # noqa: B018  # computed once a process
    if tools.people is not None:
        tools.people.model(["-"])


class LocalExecutor:
    """A pool of local processes that kills what hangs (pebble). Use as a context manager."""

    def __init__(self, recipe: Recipe, workers: int) -> None:
        self.width = workers
        self._recipe = recipe

    def __enter__(self) -> LocalExecutor:
        import multiprocessing

        from pebble import ProcessPool

        from scanner.platform import quiet_tracker, spawn_method

        quiet_tracker()
        context = multiprocessing.get_context(spawn_method())
        context.set_forkserver_preload(PRELOADED)  # without effect where workers are spawned
        self._pool = ProcessPool(
            max_workers=self.width,
            max_tasks=TASKS_PER_WORKER,
            initializer=prepare_worker,
            initargs=(self._recipe,),
            context=context,
        )
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join(STOP_SECONDS if kind is not None else None)

    def prepare(self) -> None:
        """Start the workers now, so that the first document need not wait for them."""
        self._pool.schedule(make_ready, args=(self._recipe,), timeout=READY_SECONDS)

    def kill(self) -> None:
        """End the workers at once, whatever they do."""
        self._pool.stop()

    def submit(self, batch: tuple[Document, ...], deadline: float) -> Future[list[Outcome]]:
        future: Future[list[Outcome]] = self._pool.schedule(
            examine_batch, args=(batch, self._recipe), timeout=deadline
        )
        return future


class InProcess:
    """Examines in this process, without deadline: for one file (`inspect`) and for tests."""

    width = 1

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe

    def submit(self, batch: tuple[Document, ...], deadline: float) -> Future[list[Outcome]]:
        future: Future[list[Outcome]] = Future()
        future.set_result(examine_batch(batch, self._recipe))
        return future


@dataclass(slots=True)
class _Window:
    executor: Executor
    limits: Limits
    running: dict[Future[list[Outcome]], tuple[Document, ...]] = field(default_factory=dict)
    retry: deque[Document] = field(default_factory=deque)

    def submit(self, batch: tuple[Document, ...]) -> None:
        size = sum(document.size for document in batch)
        deadline = self.limits.deadline(size) + batch[0].connector.seconds(len(batch), size)
        self.running[self.executor.submit(batch, deadline)] = batch

    @property
    def full(self) -> bool:
        return len(self.running) >= self.executor.width * BATCHES_AHEAD

    def finished(self) -> Iterator[Outcome]:
        if not self.running:
            return
        done, _ = wait(self.running, return_when=FIRST_COMPLETED)
        for future in done:
            batch = self.running.pop(future)
            yield from self._outcomes(future, batch)

    def _outcomes(
        self, future: Future[list[Outcome]], batch: tuple[Document, ...]
    ) -> Iterator[Outcome]:
        try:
            yield from future.result()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a dead or hung worker says so through its future
            if len(batch) > 1:
                self.retry.extend(batch)
                return
            yield Outcome(batch[0], "unread", problem=_blame(error))


def _blame(error: BaseException) -> Problem:
    if isinstance(error, TimeoutError):
        return Problem((), "timeout")
    if isinstance(error, MemoryError):
        return Problem((), "memory")
    return Problem((), "crash")


def spread(
    documents: Iterable[Document],
    executor: Executor,
    limits: Limits,
    more: deque[Document] | None = None,
) -> Iterator[Outcome]:
    """Yield one Outcome for every document, in the order in which they are done.

    Takes documents only as fast as they are worked off. Small ones travel in batches; those of a
    batch that timed out or crashed are tried again alone. `more`: what the caller puts there on
    the way (messages of an archive that was listed) goes first.
    """
    window = _Window(executor, limits)
    met = batches(documents)
    more = deque() if more is None else more
    while True:
        batch = _taken(more) or next(met, None)
        if batch is not None:
            window.submit(batch)
            while window.full:
                yield from window.finished()
            yield from _alone(window)
        elif window.running or window.retry:
            yield from window.finished()
            yield from _alone(window)
        elif not more:
            return


def _taken(more: deque[Document]) -> tuple[Document, ...] | None:
    """Take the next batch out of `more`, of the same measures as any; None where there is none."""
    batch: list[Document] = []
    size = 0
    while more and len(batch) < BATCH_DOCUMENTS:
        if batch and size + more[0].size > BATCH_BYTES:
            break
        size += more[0].size
        batch.append(more.popleft())
    return tuple(batch) or None


def _alone(window: _Window) -> Iterator[Outcome]:
    while window.retry:
        window.submit((window.retry.popleft(),))
        while window.full:
            yield from window.finished()


def batches(documents: Iterable[Document]) -> Iterator[tuple[Document, ...]]:
    """Yield documents in order, in batches of at most BATCH_DOCUMENTS or about BATCH_BYTES."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        if batch and (len(batch) >= BATCH_DOCUMENTS or size + document.size > BATCH_BYTES):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(document)
        size += document.size
    if batch:
        yield tuple(batch)


@contextmanager
def executor_for(recipe: Recipe, workers: int) -> Iterator[Executor]:
    """Yield a pool of `workers` processes, or this process itself for 0."""
    if workers == 0:
        yield InProcess(recipe)
        return
    with LocalExecutor(recipe, workers) as executor:
        yield executor

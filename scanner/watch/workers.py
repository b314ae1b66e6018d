"""Keep worker processes for watch mode: made when something happens, ended when nothing does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from scanner.executor import Executor, LocalExecutor
from scanner.recipe import Recipe


@dataclass(slots=True)
class _Pool:
    executor: LocalExecutor
    stack: ExitStack
    used: float


@dataclass(slots=True)
class Workers:
    """Pools by recipe. After `idle_seconds` of rest no process of theirs is alive."""

    count: int
    idle_seconds: float
    clock: Callable[[], float]
    _pools: dict[Recipe, _Pool] = field(default_factory=dict)

    def warm(self, recipe: Recipe) -> None:
        """Have a worker that is ready to read, without waiting for it."""
        if recipe not in self._pools:
            self._pool(recipe).executor.prepare()

    def of(self, recipe: Recipe) -> Executor:
        """Return the pool for a recipe."""
        pool = self._pool(recipe)
        pool.used = self.clock()
        return pool.executor

    def _pool(self, recipe: Recipe) -> _Pool:
        pool = self._pools.get(recipe)
        if pool is None:
            stack = ExitStack()
            executor = stack.enter_context(LocalExecutor(recipe, self.count))
            pool = self._pools[recipe] = _Pool(executor, stack, self.clock())
        return pool

    def rest(self) -> None:
        """End the pools that had nothing to do for a while, and what they were forked from."""
        border = self.clock() - self.idle_seconds
        idle = [recipe for recipe, pool in self._pools.items() if pool.used <= border]
        for recipe in idle:
            self._pools.pop(recipe).stack.close()
        if idle and not self._pools:
            end_server()

    def done(self, recipe: Recipe) -> None:
        """Take note that a pool has worked until now."""
        if recipe in self._pools:
            self._pools[recipe].used = self.clock()

    def end(self, recipe: Recipe) -> None:
        """End a pool that is of no use any more."""
        pool = self._pools.pop(recipe, None)
        if pool is not None:
            pool.executor.kill()
            pool.stack.close()

    def close(self) -> None:
        for recipe in list(self._pools):
            self._pools.pop(recipe).stack.close()
        end_server()


def end_server() -> None:
    """End the process that Linux workers are forked from; the next worker makes it anew.

    The standard library has no public word for it (multiprocessing.forkserver, 3.11 to 3.14).
    """
    from multiprocessing import forkserver

    stop = getattr(getattr(forkserver, "_forkserver", None), "_stop", None)
    if stop is not None:
        stop()

"""Have one document of the index read live in a process of its own, within a deadline.

Runs in the coordinator. What comes back is in memory alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.addresses import is_remote
from connectors.remote import RemoteConnector
from connectors.spelling import real
from connectors.walking import steps_below
from scanner.company.wrapping import centre_key_source
from scanner.config import Config, ConfigError
from scanner.live.meeting import Known
from scanner.live.reading import Wish, read_live
from scanner.live.told import Live, unread
from scanner.names import unsealed_path
from scanner.pipeline import Target
from scanner.places import Root, innermost
from scanner.platform import private_temp
from scanner.privacy import Seal, WrongKey
from scanner.setup import Setup, state_folder
from scanner.two_persons import in_force

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from scanner.recipe import Recipe

Run = Callable[[Sequence[Wish], float], list[Live]]
TIMES_OF_SEVERAL = 3
STARTING_SECONDS = 10.0
"""What a process may take to load what it reads with, on top of the reading."""
STOP_SECONDS = 5


class Reader:
    """Reads documents of one index live, one after the other. `seconds`: for each at most.

    `run`: what reads, within so many seconds each.
    """

    def __init__(
        self, config: Config, index: Path, seal: Seal, seconds: float, run: Run | None = None
    ) -> None:
        self._run = run or apart
        self._setup = Setup(in_force(config), None)
        self._centre = centre_key_source(config) if index != config.index_path else None
        self._seal = seal
        self._seconds = seconds

    def read(
        self,
        connection: sqlite3.Connection,
        numbers: Sequence[int],
        wanted: frozenset[bytes] | None = None,
    ) -> list[Live]:
        """Return documents of the index as they are now, in order. `wanted`: see Wish.

        Several have three times the time of one together; which then have not had their turn
        took too long.
        """
        with private_temp(state_folder()) as folder:
            met = [self._wish(connection, number, wanted, str(folder)) for number in numbers]
            wishes = [each for each in met if isinstance(each, Wish)]
            told = iter(self._run(wishes, self._seconds)) if wishes else iter(())
            return [next(told) if isinstance(each, Wish) else each for each in met]

    def _wish(
        self,
        connection: sqlite3.Connection,
        number: int,
        wanted: frozenset[bytes] | None,
        folder: str,
    ) -> Wish | Live:
        row = connection.execute(
            "SELECT d.device, d.path, d.item, d.size, d.token, p.name, p.root FROM document d"
            " JOIN place p ON p.id=d.place WHERE d.id=?",
            (number,),
        ).fetchone()
        if row is None:
            return Live("gone")
        device, stored, item, size, token, place, stored_root = row
        try:
            path = unsealed_path(bytes(stored), self._seal)
            place_root = unsealed_path(bytes(stored_root), self._seal)
        except WrongKey:
            return Live("no place")
        own = device == self._setup.config.device.id
        if not is_remote(path) and not own:
            return Live("elsewhere")
        try:
            if is_remote(path):
                target = self._address(path)
            else:
                path, target = self._file(path, Root(place, place_root, real(place_root)))
        except (ConfigError, ValueError):
            return Live("no place" if own else "elsewhere")
        known = Known(path, item, size or 0, bytes(token or b""))
        recipe = self._recipe(self._setup.recipe_of(target, folder), wanted is not None)
        return Wish(target, known, recipe, wanted, self._centre)

    def _recipe(self, recipe: Recipe, for_one: bool) -> Recipe:
        """Return how to read. For one person's extracts everything that may be another's is sought.

        Whatever the configuration looks for in a scan.
        """
        most = self._seconds
        limits = replace(
            recipe.limits,
            deadline_seconds=min(most, recipe.limits.deadline_seconds),
            deadline_ceiling_seconds=min(most, recipe.limits.deadline_ceiling_seconds),
        )
        recipe = replace(recipe, index=None, limits=limits)
        return replace(recipe, kinds=None, names="everywhere") if for_one else recipe

    def _file(self, path: bytes, held: Root) -> tuple[bytes, Target]:
        """Return a path as its place spells it, and how to reach it.

        Only the place itself may be a link: a document that is one now leads nowhere. Of a
        collected index only configured places: what lies elsewhere here no other device decides.
        """
        roots = self._setup.roots()
        root = innermost(roots, held.real)
        if root is None and self._centre is not None:
            raise ConfigError("no place of the configuration leads there")
        if root is None:
            below = path if path != held.path else None
            return path, self._setup.target(held, below, roots)
        spelled = os.path.join(root.spelled(held.real), *steps_below(held.path, path))
        return spelled, self._setup.target(root, spelled if spelled != root.path else None, roots)

    def _address(self, path: bytes) -> Target:
        roots = self._setup.roots()
        root = innermost(roots, path)
        if root is None:
            raise ConfigError("no place of the configuration leads there")
        target = self._setup.target(root, path if path != root.path else None, roots)
        if isinstance(target.connector, RemoteConnector) and path != root.path:
            above = os.path.dirname(path)  # its listing tells of the file
            return self._setup.target(root, above if above != root.path else None, roots)
        return target


def apart(wishes: Sequence[Wish], seconds: float) -> list[Live]:
    """Read in a process that ends with the reading. It dies when it takes longer, or too much."""
    import multiprocessing

    from pebble import ProcessPool

    from scanner.executor import PRELOADED
    from scanner.platform import quiet_tracker, spawn_method

    quiet_tracker()
    context = multiprocessing.get_context(spawn_method())
    context.set_forkserver_preload(PRELOADED)
    pool = ProcessPool(
        max_workers=1, initializer=prepare, initargs=(wishes[0].recipe,), context=context
    )
    until = time.monotonic() + TIMES_OF_SEVERAL * seconds
    try:
        told = []
        for number, wish in enumerate(wishes):
            if number and time.monotonic() > until:
                told.append(unread("timeout"))
                continue
            more = wish.target.connector.seconds(1, wish.known.size)
            future = pool.schedule(
                read_live, args=(wish,), timeout=seconds + STARTING_SECONDS + more
            )
            told.append(_ended(future))
        return told
    finally:
        pool.stop()
        pool.join(STOP_SECONDS)


def _ended(future: Future[Live]) -> Live:
    try:
        return future.result()
    except TimeoutError:
        return unread("timeout")
    except MemoryError:
        return unread("memory")
    except Exception:  # a dead worker says so through its future
        return unread("crash")


def prepare(recipe: Recipe) -> None:
    """Set up a fresh worker: limits and manners. Runs once per process."""
    from scanner import platform
    from scanner.log import silence_others

    platform.ignore_interrupts()
    platform.end_with_parent()
    platform.silence_stderr()
    silence_others()
    platform.limit_memory(recipe.limits.memory_bytes)

"""Settle which place a scan is of, tell what changed for it, and hold the locks meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click

from scanner.index.places import Change, carry_out, held_places, touched
from scanner.index.store import Index, IndexTrouble
from scanner.pipeline import Target
from scanner.places import plan
from scanner.platform import FileLock, LockedError
from scanner.privacy import shown
from scanner.setup import Setup
from scanner.tools import Tools

WAIT_SECONDS = 60.0
"""For another process that gives documents to the places that own them."""
ASK_SECONDS = 1.0
"""How often watch mode asks whether somebody waits for it."""
WATCH_WAIT_SECONDS = 600.0
"""For watch mode, which reads what was just saved: seconds, but for a document of gigabytes."""


class PlaceBusy(IndexTrouble):
    """A place is scanned by another process at this moment."""


@contextmanager
def settled(
    target: Target, setup: Setup, index: Index, tools: Tools, *, quiet: bool
) -> Iterator[Target]:
    """Give the place as the index has it, locked; raises IndexTrouble when it is scanned already.

    Places that were renamed, or lie inside one another since the last scan, are settled first.
    """
    assert target.where is not None
    label = tools.names.label
    roots = setup.roots()
    labelled = [replace(root, name=label(root.name)) for root in roots]
    asked = replace(target.where, name=label(target.where.name))
    with locked(index.path, ()) as locks:
        index.claim_key(tools.seal.key_id)  # it may have been rotated while this scan began
        held = held_places(index, tools, target.device)
        wanted = plan(held, labelled, asked)
        with locked(index.path, touched(wanted, held) - {wanted.target}, alone=False):
            if wanted.target is not None:
                locks.hold(wanted.target)
            number, changes = carry_out(index, tools, target.device, wanted, held)
            if wanted.target is None:
                locks.hold(number)
        name = index.connection.execute("SELECT name FROM place WHERE id=?", (number,)).fetchone()[
            0
        ]
        locks.settled()
        if not quiet:
            for change in changes:
                click.echo(in_words(change), err=True)
        if not target.configured:
            target = setup.target(wanted.root, wanted.below, roots)
        yield replace(target, place=name)


class Locks:
    """The locks of places, files beside the index; and one that who settles places holds."""

    def __init__(self, index: Path, stack: ExitStack) -> None:
        self._index = index
        self._stack = stack
        self._settling = _settling(index)
        self._watch = _saves(index)

    def settle(self) -> None:
        self._settling.acquire(wait_seconds=WAIT_SECONDS)
        self._stack.callback(self._settling.release)
        self._watch.acquire(wait_seconds=WATCH_WAIT_SECONDS)
        self._stack.callback(self._watch.release)

    def settled(self) -> None:
        """Let others settle places, and watch mode go on; the locks of places stay."""
        self._watch.release()
        self._settling.release()

    def hold(self, place: int) -> None:
        """Take the lock of one place, without waiting. Raises LockedError."""
        self._stack.enter_context(FileLock(lock_path(self._index, place)))


@contextmanager
def reading_saves(index: Path) -> Iterator[Callable[[], bool]]:
    """Keep places as they are while watch mode reads what was saved; scans go on meanwhile.

    Gives what says whether somebody waits for that to end. Raises LockedError, without waiting,
    where somebody settles places or keeps everyone out.
    """
    settling = _settling(index)
    asked = time.monotonic()

    def waited_for() -> bool:
        nonlocal asked
        if time.monotonic() - asked < ASK_SECONDS:
            return False
        asked = time.monotonic()
        try:
            settling.acquire()
        except LockedError:
            return True
        settling.release()
        return False

    with _saves(index):
        settling.acquire()
        settling.release()
        yield waited_for


def _settling(index: Path) -> FileLock:
    return FileLock(index.with_name(f"{index.name}.places.lock"))


def _saves(index: Path) -> FileLock:
    return FileLock(index.with_name(f"{index.name}.saves.lock"))


def lock_path(index: Path, place: int) -> Path:
    """Return the file that is locked while a place is scanned."""
    return index.with_name(f"{index.name}.place-{place}.lock")


@contextmanager
def locked(index: Path, places: Iterable[int | None], *, alone: bool = True) -> Iterator[Locks]:
    """Hold the locks of places; with `alone` nobody else settles places until `settled`.

    Raises IndexTrouble when one is being scanned.
    """
    with ExitStack() as stack:
        locks = Locks(index, stack)
        try:
            if alone:
                locks.settle()
            for place in sorted(each for each in places if each is not None):
                locks.hold(place)
            yield locks
        except LockedError as error:
            raise PlaceBusy(f"another scan of this place is running: {error}") from None


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep every scan of an index out. Raises IndexTrouble where one is under way."""
    places: list[int] = []
    if path.exists():
        with Index(path) as index:
            places = [row[0] for row in index.connection.execute("SELECT id FROM place")]
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path, places):
        yield


def in_words(change: Change) -> str:
    """Say in one line what happened to a place."""
    place, other = shown(change.place), shown(change.other)
    files = f"{change.documents} document{'' if change.documents == 1 else 's'}"
    match change.what:
        case "renamed":
            return f"place {place} is called {other} now: the same folder, nothing is read again"
        case "moved":
            return f"place {place} lies in another folder now; the one before is no more"
        case "absorbed":
            return f"place {place} is part of {other} now: {files}, history kept"
        case "split":
            return f"{files} of place {place} belong to {other} now, history kept"
    return (
        f"place {place} is another folder now; the one before stays in the index as {other} "
        "('fodspor index forget' removes it)"
    )

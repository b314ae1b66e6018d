"""Learn from the operating system which paths of a place were touched. Opens no document.

What the system could not tell (its queue was full, its watches are used up) is told as lost.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from watchdog.events import (
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)

from scanner.watch.gathering import Gatherer

if TYPE_CHECKING:  # on Linux watchdog opens an inotify instance as it is imported
    from watchdog.observers.api import BaseObserver

EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileAttribEvent,  # who can read it
    FileClosedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]
"""Never what only looks: a scan would be told of each folder that it lists itself."""

STAYS = (FileCreatedEvent, FileModifiedEvent, FileAttribEvent, FileClosedEvent)
"""Events after which the path is still there."""
SETTLED = (FileClosedEvent, FileAttribEvent)
"""Events after which nobody writes to it: copying sets times and rights last."""
LIMITS = frozenset({errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM})


class Unwatchable(Exception):
    """A place that the system cannot watch. `limit`: its watches are used up, not the place."""

    def __init__(self, *, limit: bool) -> None:
        super().__init__("limit" if limit else "away")
        self.limit = limit


@dataclass(eq=False)
class Observed:
    """One place that is observed. `root` as its documents' paths begin, `real` as events' do."""

    root: bytes
    gatherer: Gatherer
    wake: Callable[[], None]
    clock: Callable[[], float]
    leaves_out: Callable[[bytes], bool] = lambda path: False
    real: bytes = field(init=False)
    limited: bool = False
    """Whether some folder below could not be watched, as the system's watches are used up."""

    def __post_init__(self) -> None:
        self.real = os.path.realpath(self.root)

    def holds(self, path: bytes) -> bool:
        return path == self.real or path.startswith(os.path.join(self.real, b""))

    def touch(
        self, path: str | bytes, *, closed: bool = False, gone: bool = False, folder: bool = False
    ) -> None:
        """Take note of an event, in watchdog's thread."""
        if not path:
            return
        given = os.fsencode(path)
        if not self.holds(given) or given == self.real:
            return
        spelled = given
        if self.real != self.root:
            spelled = os.path.join(self.root, os.path.relpath(given, self.real))
        if self.leaves_out(spelled):
            return
        self.gatherer.touch(spelled, self.clock(), closed=closed, gone=gone, folder=folder)
        self.wake()

    def lose(self) -> None:
        self.gatherer.lose()
        self.wake()


class _Handler(FileSystemEventHandler):
    """Runs in watchdog's thread."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed

    def dispatch(self, event: FileSystemEvent) -> None:
        if isinstance(event, STAYS):
            self._observed.touch(event.src_path, closed=isinstance(event, SETTLED))
            return
        folder = event.is_directory or sys.platform == "win32"  # which does not say what is gone
        self._observed.touch(event.src_path, gone=True, folder=folder)
        self._observed.touch(event.dest_path, closed=True)


class Native:
    """Observes places natively (inotify, FSEvents, ReadDirectoryChangesW), all by one observer.

    Raises OSError where the system has no observer left to give.
    """

    def __init__(self) -> None:
        self._places: dict[Observed, Any] = {}
        self._observer, self._threads = _linux(self) if sys.platform == "linux" else _other()
        self._observer.start()

    @property
    def alive(self) -> bool:
        """Whether all its threads still run; if not, it is to be made anew."""
        threads = (self._observer, *self._threads, *self._observer.emitters)
        return all(thread.is_alive() for thread in threads)

    def add(self, observed: Observed) -> None:
        """Observe a place from now on. Raises Unwatchable."""
        self._places[observed] = None
        try:
            self._places[observed] = self._observer.schedule(
                _Handler(observed), os.fsdecode(observed.real), recursive=True, event_filter=EVENTS
            )
        except OSError as error:
            del self._places[observed]
            raise Unwatchable(limit=error.errno in LIMITS) from None

    def remove(self, observed: Observed) -> None:
        """Observe a place no longer."""
        watch = self._places.pop(observed, None)
        if watch is not None:
            try:
                self._observer.unschedule(watch)
            except KeyError:  # its emitter ended by itself, when the root went
                pass

    def lose(self) -> None:
        """Take note that events were lost, of whatever place."""
        for observed in list(self._places):
            observed.lose()

    def failed(self, path: bytes, error: OSError) -> None:
        """Take note that a folder could not be watched."""
        if error.errno not in LIMITS:  # gone again, or closed to us: nothing to be seen there
            return
        for observed in list(self._places):
            if observed.holds(path):
                observed.limited = True
                observed.wake()

    def close(self) -> None:
        self._observer.stop()
        self._observer.join(5)
        for thread in self._threads:
            thread.stop()
            thread.join(5)


def _other() -> tuple[BaseObserver, tuple[Any, ...]]:
    from watchdog.observers import Observer

    return Observer(), ()


def _linux(native: Native) -> tuple[BaseObserver, tuple[Any, ...]]:
    from watchdog.observers.api import BaseObserver

    from scanner.watch.inotify import Descriptor, Emitter

    descriptor = Descriptor(native.lose, native.failed)
    descriptor.start()
    return BaseObserver(Emitter, inotify_fd=descriptor), (descriptor,)

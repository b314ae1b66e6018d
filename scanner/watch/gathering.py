"""Wait until what was touched is quiet, and hand it out once. Knows no file and no clock."""

from __future__ import annotations

import math
import os
import re
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

MAX_WAITING = 50_000
"""Paths kept apart in one place; beyond, the place is walked instead."""

INFINITE = math.inf
OFTEN = 10
"""Times that a path is handed out within `RESTLESS_SECONDS` before it has to wait longer."""
RESTLESS_SECONDS = 600.0
SOON_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 60.0
MAX_REMEMBERED = 10_000
PATIENT_SECONDS = 300.0
"""For names that programs write under until a file is whole; normally it is renamed before."""

_TEMPORARY = re.compile(
    rb"""(?ix)
      (?: ~\$ | \.~lock\. | \.goutputstream- | \.\# | \.syncthing\. | \.sync\. | ~wr[dl]\d )[^/\\]*
    | \.[^/\\]+ \.[a-z0-9]{6}                          # rsync
    | [^/\\]+ (?: \.part | \.partial | \.crdownload | \.download | \.opdownload | \.filepart
                | \.tmp | \.temp | \.swp | \.swx | \.swpx | \.kate-swp | ~ | \.!ut | \.ldtmp
                | \.unconfirmed | \.!sync | \.ds_store )
    | lu[0-9a-z]{4,} \.tmp                             # LibreOffice
    | [0-9a-f]{8}                                      # Excel saves under eight digits
    | 4913                                             # Vim asks whether it may write
    """
)
"""Names of files that are being written: browsers', editors', offices', sync clients'."""


def is_temporary(path: bytes) -> bool:
    """Whether a file's name says that it is being written and will get another one."""
    return _TEMPORARY.fullmatch(os.path.basename(path)) is not None


def _in_turn(paths: Iterable[bytes]) -> list[bytes]:
    """Return paths so that the first of every folder come first, then the second ones."""
    of_folder: Counter[bytes] = Counter()
    turns = []
    for path in paths:
        folder = os.path.dirname(path)
        turns.append((of_folder[folder], path))
        of_folder[folder] += 1
    return [path for _, path in sorted(turns, key=itemgetter(0))]


@dataclass(slots=True)
class _Restless:
    """A path that is written again and again: a database, a log."""

    since: float
    times: int = 0
    free_at: float = 0.0


class Due(NamedTuple):
    """A path that was touched. `folder`: a folder that was moved or removed."""

    path: bytes
    folder: bool = False


@dataclass(slots=True)
class _Waiting:
    first: float
    due: float
    folder: bool = False


class Gatherer:
    """What was touched in one place and is not read yet. For several threads.

    A path is handed out when nothing happened to it for `quiet` seconds (`settled` where its
    writer has closed it), or when it was touched first `ceiling` seconds ago; one that is handed
    out over and over, after pauses that grow. Times are seconds of any clock that only goes on.
    """

    def __init__(self, *, quiet: float = 1.0, settled: float = 0.25, ceiling: float = 60.0) -> None:
        self._quiet = quiet
        self._settled = settled
        self._ceiling = ceiling
        self._paths: dict[bytes, _Waiting] = {}
        self._lock = threading.Lock()
        self._next = INFINITE
        self._lost = False
        self._often: OrderedDict[bytes, _Restless] = OrderedDict()

    def __len__(self) -> int:
        return len(self._paths)

    def soon(self, at: float) -> bool:
        """Whether something is to be read in a moment."""
        return self._next <= at + SOON_SECONDS

    @property
    def lost(self) -> bool:
        """Whether something was touched that is not known: the whole place is to be walked."""
        return self._lost

    def lose(self) -> None:
        """Take note that something happened somewhere in the place, and nobody knows where."""
        with self._lock:
            self._lost = True
            self._forget()

    def found(self) -> None:
        """Take note that the whole place is walked from now on: what waited is met there."""
        with self._lock:
            self._lost = False
            self._forget()

    def _forget(self) -> None:
        self._paths.clear()
        self._next = INFINITE

    def touch(
        self,
        path: bytes,
        at: float,
        *,
        closed: bool = False,
        gone: bool = False,
        folder: bool = False,
    ) -> None:
        """Take note that something happened to a path.

        `closed`: its writer is done with it. `gone`: it was moved away or removed, `folder` a
        folder with all that lay in it.
        """
        with self._lock:
            if self._lost:
                return
            held = self._paths.get(path)
            if held is None:
                if len(self._paths) >= MAX_WAITING:
                    self._lost = True
                    self._forget()
                    return
                held = self._paths[path] = _Waiting(at, at)
            held.folder |= folder
            if not gone and is_temporary(path):
                held.due = at + PATIENT_SECONDS
            else:
                quiet = self._settled if closed or gone else self._quiet
                held.due = min(at + quiet, held.first + self._ceiling)
                if (often := self._often.get(path)) is not None:
                    held.due = max(held.due, often.free_at)
            self._next = min(self._next, held.due)

    def again(self, paths: Iterable[Due], at: float) -> None:
        """Take back what was handed out and could not be read."""
        for path, folder in paths:
            self.touch(path, at, closed=True, folder=folder)

    def take(self, at: float, most: int) -> list[Due]:
        """Hand out at most `most` paths that are due.

        Of each folder the ones touched first, folders in turn: a file saved alone does not wait
        for the thousands that are unpacked elsewhere.
        """
        with self._lock:
            if at < self._next:
                return []
            due = [path for path, held in self._paths.items() if held.due <= at]
            if len(due) > most:
                due = _in_turn(due)[:most]
            found = [Due(path, self._paths.pop(path).folder) for path in due]
            for path in due:
                self._count(path, at)
            self._next = min((held.due for held in self._paths.values()), default=INFINITE)
            return found

    def _count(self, path: bytes, at: float) -> None:
        often = self._often.pop(path, None)
        if often is None or at - max(often.since, often.free_at) > RESTLESS_SECONDS:
            often = _Restless(at)
        often.times += 1
        if often.times >= OFTEN:
            pause = FIRST_PAUSE_SECONDS * 2 ** min(often.times - OFTEN, 10)
            often.free_at = at + min(pause, RESTLESS_SECONDS)
        self._often[path] = often
        while len(self._often) > MAX_REMEMBERED:
            self._often.popitem(last=False)

    @property
    def next_due(self) -> float:
        """When the next path is due, at the earliest; infinite when nothing waits."""
        return self._next

"""Walk what was touched in a place instead of all of it: shorter walks for the one pipeline.

They read metadata only, and run in the coordinator.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from connectors import Document, Excluded, Unreadable
from connectors.disk import DiskConnector
from connectors.entries import changed_ns

MAX_MET = 200_000
"""Documents of one walk that are remembered, to be told of."""


class Touched:
    """The documents at some paths of a place, and below those that are folders.

    `folders`: those of the paths that were folders, if nothing lies there any more. `whole`: where
    all that the index holds below and the walk did not meet is gone. `met`: what the walk met,
    of a large place only what changed since `since_ns`; `beyond`: how much more than is remembered.
    """

    def __init__(
        self,
        connector: DiskConnector,
        paths: Iterable[bytes],
        folders: Collection[bytes] = (),
        since_ns: int | None = None,
    ) -> None:
        self.connector = connector
        self.paths = tuple(sorted(dict.fromkeys(paths)))
        self._folders = frozenset(folders)
        self._since = since_ns
        self.whole: list[bytes] = []
        self._whole: set[bytes] = set()
        self.met: list[Document] = []
        self.beyond = 0

    def walk(self) -> Iterator[Document | Unreadable | Excluded]:
        """Yield what a walk of the whole place would yield at these paths.

        Raises Unreadable when the root is away, so that nothing is taken for gone.
        """
        for path in self.paths:
            if self._is_inside(path):
                continue
            met = self.connector.meet(path)
            if met is None:
                yield from self._folder(path)
            elif isinstance(met, Unreadable) and met.reason == "vanished":
                self._gone(path)
            else:
                yield self._seen(met)

    def _is_inside(self, path: bytes) -> bool:
        """Whether a folder above was walked, or is gone with all that lay in it."""
        above = os.path.dirname(path)
        while above != path:
            if above in self._whole:
                return True
            path, above = above, os.path.dirname(above)
        return False

    def _take(self, path: bytes) -> None:
        self.whole.append(path)
        self._whole.add(path)

    def _folder(self, path: bytes) -> Iterator[Document | Unreadable | Excluded]:
        self._take(path)
        try:
            for event in replace(self.connector, below=path).walk():
                yield self._seen(event)
        except Unreadable as error:
            self._root()
            if error.reason != "offline":  # it is there, and what lies in it cannot be known
                yield Unreadable(path, error.reason, folder=True)

    def _gone(self, path: bytes) -> None:
        self._root()
        if path in self._folders:
            self._take(path)

    def _root(self) -> None:
        if not os.path.exists(self.connector.root):
            raise Unreadable(self.connector.root, "offline", folder=True)

    def _seen(self, event: Document | Unreadable | Excluded) -> Document | Unreadable | Excluded:
        if isinstance(event, Document) and self._counts(event):
            if len(self.met) < MAX_MET:
                self.met.append(event)
            else:
                self.beyond += 1
        return event

    def _counts(self, document: Document) -> bool:
        return self._since is None or changed_ns(document) >= self._since


class ChangedSince(Touched):
    """The documents of a whole place that changed since a moment (nanoseconds since 1970, UTC).

    What did not change is passed by, so nothing is taken for gone.
    """

    def __init__(self, connector: DiskConnector, since_ns: int) -> None:
        super().__init__(connector, (), since_ns=since_ns)

    def walk(self) -> Iterator[Document | Unreadable | Excluded]:
        """Yield them as the whole walk does. Raises Unreadable when the root is away."""
        for event in self.connector.walk():
            if isinstance(event, Document) and self._counts(event):
                yield self._seen(event)

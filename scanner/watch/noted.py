"""Which documents of one scan of watch mode may be told of. Reads nothing."""

from __future__ import annotations

from collections.abc import Sequence

from connectors import Document
from connectors.disk import DiskConnector
from connectors.entries import changed_ns
from scanner.index.counts import Counts
from scanner.model import Outcome

MAX_TOLD = 100_000
"""Documents of one scan that are asked for in the index afterwards."""


class Noted:
    """Remembers which documents of a scan may be told of: read, and changed since a moment.

    `beyond`: how many more were read than are remembered; they are in the index, and not told.
    """

    def __init__(self, since_ns: int | None) -> None:
        self._since = since_ns
        self._read: dict[tuple[bytes, str], Document] = {}
        self._older: list[Document] = []
        self.beyond = 0

    def note(self, counts: Counts, outcome: Outcome | None) -> None:
        """Take note of an outcome: what scanner.pipeline.scan reports to."""
        if outcome is None or outcome.listing is not None:
            return
        document = outcome.document
        recent = self._is_recent(document)
        if len(self._read if recent else self._older) >= MAX_TOLD:
            self.beyond += 1
        elif recent:
            self._read[document.path, document.item] = document
        else:
            self._older.append(document)

    def older(self) -> list[Document]:
        """Return what was read and did not change since: moved here, or read for another reason."""
        return self._older

    def documents(self, met: Sequence[Document]) -> list[Document]:
        """Return those, and what was met besides, as a file that was only moved is not read."""
        held = dict(self._read)
        for document in met:
            if self._is_recent(document):
                held.setdefault((document.path, document.item), document)
        return list(held.values())

    def _is_recent(self, document: Document) -> bool:
        if self._since is None:
            return True
        if not isinstance(document.connector, DiskConnector):
            return document.modified_ns >= self._since
        return changed_ns(document) >= self._since

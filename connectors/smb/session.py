"""Open the documents of one share, over one session that is kept. One process, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from connectors import Document, Unreadable
from connectors.smb.connector import SmbConnector
from connectors.smb.opening import Bytes, Opener, Pieces, ShareFile


class Session:
    """A session at the server of `connector`, made when first needed."""

    def __init__(self, connector: SmbConnector) -> None:
        self._connector = connector
        self._share = connector.connect()
        self._opener = Opener(self._share)

    def expect(self, documents: Sequence[Document]) -> None:
        """Take note of what will be opened next, in this order."""
        names = self._connector.names
        self._opener.expect([(names(each), each.size) for each in documents])

    def open(self, document: Document, *, keep: bool = True) -> BinaryIO:
        """Open a document, seekable. Raises Unreadable. Not `keep`: the session ends with it."""
        connector = self._connector
        if document.placeholder:
            raise Unreadable(document.path, "offline")
        names = connector.names(document)
        try:
            taken = self._opener.taken(names, document.size)
            if taken is not None:
                if not keep:
                    self.close()
                return Bytes(taken.data, connector.access(document, taken.said))
            file = ShareFile(self._share, names, document.path, owns=not keep)
        except Unreadable as error:
            raise Unreadable(
                document.path, error.reason, folder=error.folder, lost=error.lost
            ) from None
        line = connector.account.seconds(2 * file.size)
        return Pieces(file, connector.access(document, file.said), line)

    def close(self) -> None:
        """Say goodbye. The next document would connect again."""
        self._share.close()

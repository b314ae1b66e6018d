"""Keep the session at a file server open between documents, in a worker. Reads no document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, cast

from connectors import Document
from connectors.smb.connector import SmbConnector

if TYPE_CHECKING:
    from connectors.smb.session import Session


class OpenShare:
    """Keeps the session of the share that was used last. One per process."""

    def __init__(self) -> None:
        self._connector: SmbConnector | None = None
        self._session: Session | None = None

    def open(self, document: Document) -> BinaryIO:
        """Open a document of a share. Raises Unreadable."""
        return self._of(document).open(document)

    def expect(self, batch: Sequence[Document]) -> None:
        """Tell the share's connector which documents will be opened next."""
        documents = [each for each in batch if is_on_share(each) and not each.placeholder]
        if documents:
            self._of(documents[0]).expect([each for each in documents if not each.item])

    def close(self) -> None:
        """Say goodbye to the server: at the end of a place's scan, and of a process."""
        if self._session is not None:
            self._session.close()
        self._session = self._connector = None

    def _of(self, document: Document) -> Session:
        connector = cast(SmbConnector, document.connector)
        if self._session is None or connector != self._connector:
            from connectors.smb.session import Session

            self.close()
            self._session = Session(connector)
            self._connector = connector
        return self._session


def is_on_share(document: Document) -> bool:
    """Whether a document lies on a share that is read over the network."""
    return isinstance(document.connector, SmbConnector)

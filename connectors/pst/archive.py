"""A PST or OST file as an Archive: lists its items, opens one as MIME. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from connectors import Unreadable
from connectors.archives import IsPrivate, Listed
from connectors.pst.form import Broken
from connectors.pst.letter import opened
from connectors.pst.listing import LOCATOR, listed
from connectors.pst.names import Names
from connectors.pst.store import Store
from connectors.pst.text import DEFAULT_CODEPAGE


def _none(name: str) -> bool:
    return False


class PstArchive:
    """The items of one PST or OST file: messages, contacts, appointments, tasks, notes …

    `stream` stays the caller's. `codepage` is that of texts in files of Outlook 97 to 2002 that
    do not say. `folder` is where an opened message that is too large for memory is written.
    Raises Unreadable: corrupt (no PST), truncated, unsupported, encrypted (by Windows). The
    password of a PST is a mark that asks Outlook to ask for it; nothing is encrypted by it.
    """

    def __init__(
        self,
        stream: BinaryIO,
        is_private: IsPrivate = _none,
        *,
        codepage: int = DEFAULT_CODEPAGE,
        folder: str | None = None,
    ) -> None:
        self._store = Store(stream)
        self._is_private = is_private
        self._codepage = codepage
        self._folder = folder
        self._names: Names | None = None

    def messages(self, state: bytes = b"") -> Iterator[Listed]:
        """Yield every item a person has in it, once, with a Mark at least every 1 000.

        A PST has no untouched part to go on behind: `state` continues a listing of the very same
        file, and with one of an earlier state of the file, or none, it begins at the beginning.
        """
        try:
            yield from listed(self._store, self._codepage, self._is_private, state)
        except Broken as error:
            raise Unreadable(b"", error.reason) from None

    def open(self, locator: bytes) -> BinaryIO:
        """Return an item as MIME, seekable: the same item in the same bytes, every time."""
        if len(locator) != LOCATOR.size:
            raise Unreadable(b"", "vanished")
        try:
            node = self._store.node(*LOCATOR.unpack(locator))
            if node is None:
                raise Unreadable(b"", "corrupt" if self._store.is_damaged else "vanished")
            if self._names is None:
                self._names = Names(self._store)
            return opened(self._store, node, self._names, self._codepage, self._folder)
        except Broken as error:
            raise Unreadable(b"", error.reason) from None

    def close(self) -> None:
        """Nothing is held open."""

"""Remember what a walk met and what it could not list: all else below its root is gone."""

from __future__ import annotations

import os

from connectors import Unreadable
from connectors.maildir import CUR, NEW

SEPARATOR = os.sep.encode()
GROWTH_BYTES = 65_536
_MAIL = (CUR.encode(), NEW.encode())


class Seen:
    """Ids of documents, a bit each."""

    def __init__(self, last_id: int) -> None:
        self._bits = bytearray(last_id // 8 + 4096)

    def add(self, number: int) -> None:
        byte = number >> 3
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte - len(self._bits) + GROWTH_BYTES))
        self._bits[byte] |= 1 << (number & 7)

    def __contains__(self, number: int) -> bool:
        byte = number >> 3
        return byte < len(self._bits) and bool(self._bits[byte] >> (number & 7) & 1)


class Unlisted:
    """Where a walk could not look: nothing there may be taken for gone."""

    def __init__(self) -> None:
        self._below: list[bytes] = []
        self._mailboxes: set[bytes] = set()

    def add(self, event: Unreadable) -> None:
        """Take note of a folder that could not be listed, or a file that could not be asked."""
        if event.folder:
            self._below.append(_folder(event.path))
        # a message of a Maildir has the path of its mailbox, whose `cur` or `new` it lies in
        inside = event.path if event.folder else os.path.dirname(event.path)
        if os.path.basename(inside.rstrip(SEPARATOR)) in _MAIL:
            self._mailboxes.add(os.path.dirname(inside.rstrip(SEPARATOR)))

    def hides(self, path: bytes, *, is_message: bool) -> bool:
        """Whether the document at `path` may still be there, unseen."""
        if is_message and path in self._mailboxes:
            return True
        inside = _folder(path) if is_message else path
        return any(inside.startswith(each) for each in self._below)


def is_below(path: bytes, folder: bytes) -> bool:
    """Whether `path` is `folder` or lies in it."""
    return path == folder or path.startswith(_folder(folder))


def _folder(path: bytes) -> bytes:
    return path.rstrip(SEPARATOR) + SEPARATOR

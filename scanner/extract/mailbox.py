"""Read a mail archive that lies inside another document: each message is a part.

One that lies on a disk by itself is listed instead, and each message is a document of its own
(scanner.mailboxes).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO

from connectors import Excluded, Unreadable
from connectors.archives import MESSAGE, Archive, Damaged, Hasher, IsPrivate, Message
from scanner.extract import Event, Source
from scanner.extract.budget import Budget, Trouble
from scanner.model import Part, Problem

MBOX = "application/mbox"
PST = "application/vnd.ms-outlook-pst"
ARCHIVES = frozenset((MBOX, PST))


def open_archive(
    type_: str, stream: BinaryIO, hasher: Callable[[], Hasher], is_private: IsPrivate
) -> Archive:
    """Return the archive of one of the types ARCHIVES. Raises Unreadable."""
    if type_ == MBOX:
        from connectors.mbox import MboxArchive

        return MboxArchive(stream, hasher, is_private)
    from connectors.pst import PstArchive

    return PstArchive(stream, is_private)


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield every message as a part, named by its mail folder and its number there.

    What a rule keeps closed comes as Excluded, what could not be listed as a Problem.
    """
    try:
        archive = open_archive(source.type, source.stream, _Unkeyed, budget.is_private)
    except Unreadable as error:
        raise Trouble(error.reason) from None
    numbers: Counter[tuple[str, ...]] = Counter()
    left = source.size
    try:
        for event in archive.messages():
            match event:
                case Message():
                    numbers[event.folder] += 1
                    name = "/".join((*event.folder, f"{numbers[event.folder]}.eml"))
                    try:
                        stream = archive.open(event.locator)
                    except Unreadable as error:
                        yield Problem((name,), error.reason)
                        continue
                    with stream:
                        yield Part(name, stream, event.size, MESSAGE)
                    as_it_is = min(event.size, left)  # a slice, not unpacked, as often as it fits
                    left -= as_it_is
                    budget.refund(as_it_is)
                case Excluded():
                    yield event
                case Damaged():
                    yield Problem(event.folder, event.reason)
    finally:
        archive.close()


class _Unkeyed:
    """Hashes nothing: a part's messages are known by their content."""

    def update(self, chunk: bytes, /) -> None:
        pass

    def digest(self) -> bytes:
        return bytes(32)

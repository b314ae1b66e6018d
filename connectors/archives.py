"""What a mail archive is to a scan: a folder of messages in one file. Understands no format itself.

connectors.mbox and connectors.pst read archives from any seekable stream: a file on disk or on a
share, or a part of a zip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from connectors import Excluded, Reason

MESSAGE = "message/rfc822"
"""The type of what `Archive.open` gives, whatever form the archive keeps its messages in."""


class Hasher(Protocol):
    """A keyed hash under way. Keyed, for a plain hash of a short message is as good as its text."""

    def update(self, chunk: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a listing meets it: metadata only.

    `name`: what names it in its archive for good (Message-ID, entry id), not yet keyed; two
    messages may have the same. `locator`: how `Archive.open` finds it, good for this state of the
    archive only. `version`: equal means unchanged; flags and moves within the file leave it equal.
    `folder`: the mail folders it lies in, outermost first. `modified_ns`: since 1970, UTC; 0: not
    known. `item`: its name where that is no secret, and no two have the same. `identity`: equal in
    two folders means the same bytes; empty where that cannot be said.
    """

    name: bytes = field(repr=False)
    locator: bytes = field(repr=False)
    size: int  # bytes
    modified_ns: int
    version: bytes = field(repr=False)
    folder: tuple[str, ...] = field(default=(), repr=False)
    item: str = ""
    identity: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A part of an archive that could not be listed. Names of messages are not told."""

    reason: Reason
    folder: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """All messages that the last listing met are still there, byte for byte, but for `gone`."""

    gone: tuple[str, ...] = ()  # items


@dataclass(frozen=True, slots=True)
class Mark:
    """The place up to which an archive is listed: `Archive.messages` goes on from here.

    The last Mark of a listing that came to its end is given back when the archive has changed.
    """

    state: bytes = field(repr=False)


Listed = Message | Excluded | Damaged | Kept | Mark


class Archive(Protocol):
    """A mail archive read from a seekable stream, which stays the caller's. Runs in a worker."""

    def messages(self, state: bytes = b"") -> Iterator[Listed]:
        """Yield what the archive holds, and a Mark now and then, and at the end.

        `state`: where to go on, from a Mark of this listing or of an earlier one; empty: from the
        beginning. Private folders and messages come as Excluded, rule "private". Damage is
        yielded, and what can be listed goes on. Raises Unreadable when it is no archive at all.
        """
        ...

    def open(self, locator: bytes) -> BinaryIO:
        """Return a message as MIME (RFC 5322), seekable. Raises Unreadable."""
        ...

    def close(self) -> None: ...


IsPrivate = Callable[[str], bool]
"""Whether a mail folder of this name is private."""

"""List and open the messages of an mbox file. Decodes no message.

One pass, a few megabytes at a time: where each message begins, what names it, and a keyed digest
of it without what mail programs change in place.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from connectors import Excluded, Unreadable
from connectors.archives import Damaged, Hasher, IsPrivate, Kept, Listed, Mark, Message
from connectors.excludes import PRIVATE
from connectors.mbox.heads import HEADER_BYTES, divided, head_of, lasting, trimmed
from connectors.mbox.lines import CHUNK_BYTES, Span, goes_on, spans
from connectors.mbox.state import State
from connectors.slices import Slice

PIECE_BYTES = 256 * 1024**2
PIECE_MESSAGES = 5_000
"""After so much a Mark is given: a worker lists no longer than that at a time."""
UNQUOTED_BYTES = 256 * 1024**2
"""A longer message is given with its quoted "From " lines as they stand."""
TAIL_BYTES = 4

_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_LOCATOR = struct.Struct(">QQ8s")


@dataclass(frozen=True, slots=True)
class MboxArchive:
    """An mbox in any of its dialects (mboxo, mboxrd, mboxcl, Takeout, Thunderbird; LF or CRLF).

    `hasher` makes the keyed hashers of messages and pieces. A message begins at a From line with
    a date, or behind a blank line at one with a sender or nothing in it, that a header follows.
    """

    stream: BinaryIO = field(repr=False)
    hasher: Callable[[], Hasher]
    is_private: IsPrivate = lambda name: False

    def messages(self, state: bytes = b"") -> Iterator[Listed]:
        """Yield the messages; after a listing that was done, only what has been appended.

        A Mark of an earlier listing says how much was listed and what it was: if all of that is
        still there byte for byte, Kept comes first, then what lies behind. Else everything. A
        listing that goes on where no message begins any more, because the file changed meanwhile,
        yields Damaged("vanished") and what it finds.
        """
        held = State.of(state)
        size = self.stream.seek(0, io.SEEK_END)
        if held.done:
            if self._is_untouched(held, size):
                yield Kept()
                if held.private:
                    yield Excluded(PRIVATE, held.private, held.private_bytes)
                held.done = False
            else:
                held = State()
        elif held.end and (held.end > size or not goes_on(self.stream, held.end)):
            yield Damaged("vanished")
        piece, began, count = self.hasher(), held.end, 0
        end = held.end
        for span in spans(self.stream, held.end):
            if count >= PIECE_MESSAGES or (count and end - began >= PIECE_BYTES):
                held.pieces.append((end, piece.digest()))
                yield Mark(held.packed())
                piece, began, count = self.hasher(), end, 0
            if end < span.start:
                self._feed(end, span.start, piece)
            message, private = self._message(span, piece)
            end = span.end
            count += 1
            if private:
                held.private += 1
                held.private_bytes += message.size
                yield Excluded(PRIVATE, 1, message.size)
            else:
                yield message
        if end < size:
            self._feed(end, size, piece)
        if size > began:
            held.pieces.append((size, piece.digest()))
        held.done = True
        yield Mark(held.packed())

    def open(self, locator: bytes) -> BinaryIO:
        """Return a message as it lies there, with its quoted "From " lines undone.

        Raises Unreadable("vanished") when it is not the one that was listed there.
        """
        start, size, digest = _LOCATOR.unpack(locator)
        self.stream.seek(start)
        text = self.stream.read(min(size, UNQUOTED_BYTES))
        header, body = divided(text)
        hasher = self.hasher()
        hasher.update(lasting(header))
        hasher.update(body)
        if size > len(text):
            self._feed(start + len(text), start + size, hasher)
        if hasher.digest()[: len(digest)] != digest:  # the file has changed meanwhile
            raise Unreadable(b"", "vanished")
        if size > UNQUOTED_BYTES:
            return io.BufferedReader(Slice(self.stream, start, size))
        if b"\n>From " in text or b">>From " in text:
            text = _QUOTED.sub(rb"\1", text)
        return io.BytesIO(text)

    def close(self) -> None:
        """Do nothing: the stream is the caller's."""

    def _is_untouched(self, held: State, size: int) -> bool:
        if held.end > size:
            return False
        at = 0
        for end, digest in held.pieces:
            hasher = self.hasher()
            self._feed(at, end, hasher)
            if hasher.digest() != digest:
                return False
            at = end
        return goes_on(self.stream, at)  # else the last message grew

    def _feed(self, start: int, end: int, *hashers: Hasher) -> None:
        self.stream.seek(start)
        while start < end:
            chunk = self.stream.read(min(CHUNK_BYTES, end - start))
            if not chunk:
                return
            for hasher in hashers:
                hasher.update(chunk)
            start += len(chunk)

    def _message(self, span: Span, piece: Hasher) -> tuple[Message, bool]:
        """Name a message by its header, and hash it, also into its piece."""
        hasher = self.hasher()
        if span.held is not None:
            piece.update(span.held)
            header, body = divided(span.held[span.content - span.start :])
            body = trimmed(body)
            hasher.update(lasting(header))
            hasher.update(body)
            size = len(header) + len(body)
        else:
            self.stream.seek(span.content)
            header, _ = divided(self.stream.read(min(HEADER_BYTES, span.end - span.content)))
            hasher.update(lasting(header))
            body_at, body_end = span.content + len(header), self._trimmed_end(span)
            self._feed(span.start, body_at, piece)
            self._feed(body_at, body_end, hasher, piece)
            self._feed(body_end, span.end, piece)
            size = body_end - span.content
        digest = hasher.digest()
        head = head_of(header)
        message = Message(
            head.name,
            _LOCATOR.pack(span.content, size, digest[:8]),
            size,
            head.modified_ns,
            digest,
            head.labels[:1],
        )
        return message, head.is_private or any(map(self.is_private, head.labels))

    def _trimmed_end(self, span: Span) -> int:
        start = max(span.content, span.end - TAIL_BYTES)
        self.stream.seek(start)
        return start + len(trimmed(self.stream.read(span.end - start)))

"""List and open the messages of an mbox file, as any mail program wrote it. Decodes no message.

One pass, a few megabytes at a time: where each message begins, what names it, and a keyed digest
of it without what mail programs change in place (read, flagged, deleted).
"""

from __future__ import annotations

import email.header
import io
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import BinaryIO, NamedTuple

from connectors import Excluded, Unreadable
from connectors.archives import Hasher, IsPrivate, Kept, Listed, Mark, Message
from connectors.excludes import PRIVATE

CHUNK_BYTES = 4 * 1024**2
HEADER_BYTES = 64 * 1024
"""Where a header ends that does not end: of a longer one the beginning names the message."""
KEPT_BYTES = 8 * 1024**2
"""A message up to this size is hashed as it was read; a longer one is read a second time."""
BEFORE_BYTES = 4
LINE = b"\nFrom "
LOOK_BYTES = 2 * 1024
"""What must lie behind a line that begins with "From ", to tell whether a message begins there."""
PIECE_BYTES = 256 * 1024**2
PIECE_MESSAGES = 5_000
"""After so much a Mark is given: a worker lists no longer than that at a time."""
UNQUOTED_BYTES = 256 * 1024**2
"""A longer message is given with its quoted "From " lines as they stand."""

_FROM = re.compile(
    rb"From (?P<envelope>[^\r\n]{0,400})\r?\n(?=(?:>From [^\n]{0,400}\n)?[!-9;-~]{1,76}[ \t]*:)"
)
_DATED = re.compile(rb"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b.*\b\d{1,2}:\d\d|\A- ")
_ADDRESS = re.compile(rb"[^\s@]{1,100}@[^\s@]{1,200}\s*")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_IN_PLACE = re.compile(
    rb"^(?:X-)?(?:Status|Mozilla-Status2?|Mozilla-Keys|Keywords|UID|IMAP|IMAPbase|Label|Evolution"
    rb"|KMail-[\w-]{1,40}):[^\n]*(?:\n[ \t][^\n]*)*\n?",
    re.MULTILINE | re.IGNORECASE,
)
"""Fields that mail programs write into a message that lies there: they are none of it."""
_FIELD = re.compile(
    rb"^(message-id|date|sensitivity|x-gmail-labels):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)",
    re.MULTILINE | re.IGNORECASE,
)
_STATE = struct.Struct(">BQQQ")
_PIECE = struct.Struct(">Q32s")
_LOCATOR = struct.Struct(">QQ8s")
_UNDER_WAY, _DONE = 1, 2


class _Span(NamedTuple):
    """A message: where its From line begins, its content, and its end; the bytes if at hand."""

    start: int
    content: int
    end: int
    held: bytes | None


@dataclass(slots=True)
class _State:
    """What is listed: pieces (end, digest) one after the other, and the private messages in it."""

    done: bool = False
    private: int = 0
    private_bytes: int = 0
    pieces: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.pieces[-1][0] if self.pieces else 0

    def packed(self) -> bytes:
        head = _STATE.pack(
            _DONE if self.done else _UNDER_WAY, len(self.pieces), self.private, self.private_bytes
        )
        return head + b"".join(_PIECE.pack(*piece) for piece in self.pieces)

    @classmethod
    def of(cls, packed: bytes) -> _State:
        if len(packed) < _STATE.size:
            return cls()
        kind, count, private, size = _STATE.unpack_from(packed)
        if kind not in (_UNDER_WAY, _DONE) or len(packed) != _STATE.size + count * _PIECE.size:
            return cls()
        pieces = [_PIECE.unpack_from(packed, _STATE.size + n * _PIECE.size) for n in range(count)]
        return cls(kind == _DONE, private, size, pieces)


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
        still there byte for byte, Kept comes first, then what lies behind. Else everything.
        """
        held = _State.of(state)
        size = self.stream.seek(0, io.SEEK_END)
        if held.done:
            if self._is_untouched(held, size):
                yield Kept()
                if held.private:
                    yield Excluded(PRIVATE, held.private, held.private_bytes)
                held.done = False
            else:
                held = _State()
        piece, began, count = self.hasher(), held.end, 0
        end = held.end
        for span in self._spans(held.end):
            if count >= PIECE_MESSAGES or (count and end - began >= PIECE_BYTES):
                held.pieces.append((end, piece.digest()))
                yield Mark(held.packed())
                piece, began, count = self.hasher(), end, 0
            message, private = self._message(span, piece, end)
            end = span.end
            count += 1
            if private:
                held.private += 1
                held.private_bytes += message.size
                yield Excluded(PRIVATE, 1, message.size)
            else:
                yield message
        if end < size:
            self._feed(piece, end, size)
        if size > began:
            held.pieces.append((size, piece.digest()))
        held.done = True
        yield Mark(held.packed())

    def open(self, locator: bytes) -> BinaryIO:
        start, size, digest = _LOCATOR.unpack(locator)
        if self._digest(start, size)[: len(digest)] != digest:  # the file has changed meanwhile
            raise Unreadable(b"", "vanished")
        if size <= UNQUOTED_BYTES:
            self.stream.seek(start)
            text = self.stream.read(size)
            if b"\n>From " in text or b">>From " in text:
                text = _QUOTED.sub(rb"\1", text)
            return io.BytesIO(text)
        return io.BufferedReader(Slice(self.stream, start, size))

    def _digest(self, start: int, size: int) -> bytes:
        self.stream.seek(start)
        header, _ = _divided(self.stream.read(min(HEADER_BYTES, size)))
        hasher = self.hasher()
        hasher.update(_IN_PLACE.sub(b"", header))
        self._feed(hasher, start + len(header), start + size)
        return hasher.digest()

    def close(self) -> None:
        """Do nothing: the stream is the caller's."""

    def _is_untouched(self, held: _State, size: int) -> bool:
        if held.end > size:
            return False
        at = 0
        for end, digest in held.pieces:
            hasher = self.hasher()
            self._feed(hasher, at, end)
            if hasher.digest() != digest:
                return False
            at = end
        window = _Window(self.stream, at)
        position = window.line_at(at)
        if position is None:
            return not window.between(at, at + LOOK_BYTES).strip()  # else the last message grew
        between = window.between(at, position)
        before = window.between(position - BEFORE_BYTES, position)
        return not between.strip() and _begins(before, window.at(position)) is not None

    def _feed(self, hasher: Hasher, start: int, end: int) -> None:
        self.stream.seek(start)
        while start < end:
            chunk = self.stream.read(min(CHUNK_BYTES, end - start))
            if not chunk:
                return
            hasher.update(chunk)
            start += len(chunk)

    def _message(self, span: _Span, piece: Hasher, piece_end: int) -> tuple[Message, bool]:
        """Name a message by its header, and hash it and what lies before it since `piece_end`."""
        hasher = self.hasher()
        if span.held is not None:
            data = span.held
            content = span.content - span.start
            if piece_end < span.start:
                self._feed(piece, piece_end, span.start)
            piece.update(data)
            header, body = _divided(data[content:])
        else:
            self._feed(piece, piece_end, span.end)
            self.stream.seek(span.content)
            header, body = _divided(self.stream.read(min(HEADER_BYTES, span.end - span.content)))
        hasher.update(_IN_PLACE.sub(b"", header))
        if span.held is not None:
            hasher.update(_trimmed(body))
            size = len(header) + len(_trimmed(body))
        else:
            end = self._trimmed_end(span)
            self._feed(hasher, span.content + len(header), end)
            size = end - span.content
        digest = hasher.digest()
        fields = {name.lower(): value for name, value in reversed(_FIELD.findall(header))}
        labels = tuple(_labels(fields.get(b"x-gmail-labels", b"")))
        private = fields.get(b"sensitivity", b"").strip().lower() in (b"personal", b"private")
        message = Message(
            fields.get(b"message-id", b"").strip() or _IN_PLACE.sub(b"", header),
            _LOCATOR.pack(span.content, size, digest[:8]),
            size,
            _nanoseconds(fields.get(b"date", b"")),
            digest,
            labels[:1],
        )
        return message, private or any(map(self.is_private, labels))

    def _trimmed_end(self, span: _Span) -> int:
        self.stream.seek(max(span.content, span.end - 4))
        tail = self.stream.read(span.end - max(span.content, span.end - 4))
        return span.end - len(tail) + len(_trimmed(tail))

    def _spans(self, at: int) -> Iterator[_Span]:
        """Yield the messages from offset `at` on."""
        window = _Window(self.stream, at)
        message: tuple[int, int] | None = None  # where its From line and its content begin
        position = window.line_at(at)
        while position is not None:
            begins = _begins(window.between(position - BEFORE_BYTES, position), window.at(position))
            if begins is not None:
                if message is not None:
                    yield _span(message, position, window)
                message = position, position + begins
                window.wanted = position
            position = window.line_at(position + 1)
        if message is not None:
            yield _span(message, window.end, window)


def _span(message: tuple[int, int], end: int, window: _Window) -> _Span:
    start, content = message
    held = window.between(start, end) if start >= window.base else None
    return _Span(start, content, end, held)


class _Window:
    """The part of a stream around the lines that are looked at; a few chunks at most.

    `wanted`: bytes from here on are kept, as long as they are not too many.
    """

    def __init__(self, stream: BinaryIO, at: int) -> None:
        self._stream = stream
        self.wanted = at
        self.base = max(0, at - BEFORE_BYTES)
        self._held = b""
        self._ended = False

    @property
    def end(self) -> int:
        return self.base + len(self._held)

    def between(self, start: int, end: int) -> bytes:
        return self._held[max(0, start - self.base) : max(0, end - self.base)]

    def at(self, position: int) -> bytes:
        return self.between(position, position + LOOK_BYTES)

    def line_at(self, position: int) -> int | None:
        """Return where the next line that opens with "From " begins, at `position` or behind it.

        What must be seen behind it is in the window then. None: there is none.
        """
        while True:
            found = self._find(position)
            if found is not None and (self.end - found >= LOOK_BYTES or self._ended):
                return found
            if self._ended:
                return None
            position = max(position, self.end - len(LINE)) if found is None else found
            self._read_on(position)

    def _find(self, position: int) -> int | None:
        at = max(0, position - self.base)
        if self.base == 0 and position == 0:
            blank = len(self._held) - len(self._held.lstrip(b"\r\n \t\xef\xbb\xbf"))
            if self._held.startswith(LINE[1:], blank):
                return blank
        found = self._held.find(LINE, max(0, at - 1))
        return self.base + found + 1 if found >= 0 else None

    def _read_on(self, position: int) -> None:
        keep = max(self.base, min(self.wanted, position - BEFORE_BYTES))
        if position - keep > KEPT_BYTES:
            keep = position - BEFORE_BYTES
        self._stream.seek(self.end)
        chunk = self._stream.read(CHUNK_BYTES)
        self._ended = not chunk
        self._held = self._held[keep - self.base :] + chunk
        self.base = keep


def _begins(before: bytes, text: bytes) -> int | None:
    """Return the length of the From line that `text` opens with, if a message begins with it."""
    line = _FROM.match(text)
    if line is None:
        return None
    envelope = line["envelope"]
    if _DATED.search(envelope):
        return line.end()
    blank = before.endswith((b"\n\n", b"\n\r\n")) or not before.strip()
    if blank and (not envelope.strip(b"\r") or _ADDRESS.fullmatch(envelope)):
        return line.end()
    return None


def _divided(data: bytes) -> tuple[bytes, bytes]:
    found = _HEADER_END.search(data, 0, HEADER_BYTES)
    end = found.end() if found else min(len(data), HEADER_BYTES)
    return data[:end], data[end:]


def _trimmed(body: bytes) -> bytes:
    """Return a body without the blank line that stands between messages."""
    if body.endswith(b"\r\n\r\n"):
        return body[:-2]
    return body[:-1] if body.endswith(b"\n\n") else body


def _nanoseconds(date: bytes) -> int:
    try:
        moment = parsedate_to_datetime(date.decode("ascii", "replace"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = int(moment.timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0
    return seconds * 10**9 if 0 < seconds < 2**33 else 0


def _labels(value: bytes) -> Iterator[str]:
    """Yield the labels that Google Takeout writes into a message."""
    if not value:
        return
    text = value.decode("utf-8", "replace").replace("\r", "").replace("\n", "")
    try:
        text = str(email.header.make_header(email.header.decode_header(text)))
    except (ValueError, LookupError, email.errors.MessageError):
        pass  # as it stands
    for label in text.split(",")[:50]:
        if named := label.strip().strip('"'):
            yield named


class Slice(io.RawIOBase):
    """A part of a seekable stream as a stream of its own."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._stream = stream
        self._start = start
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._stream.seek(self._start + self._at)
        data = self._stream.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

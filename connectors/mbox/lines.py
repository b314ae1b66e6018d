"""Find where the messages of an mbox begin, a few megabytes at a time. Reads no message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

CHUNK_BYTES = 4 * 1024**2
KEPT_BYTES = 8 * 1024**2
"""A message up to this size is given with its bytes; a longer one must be read a second time."""
BEFORE_BYTES = 4
LOOK_BYTES = 2 * 1024
"""What must lie behind a line that begins with "From ", to tell whether a message begins there."""

_FROM = rb"From (?P<envelope>[^\r\n]{0,400})\r?\n(?=(?:>From [^\n]{0,400}\n)?[!-9;-~]{1,76}[ \t]*:)"
_FIRST, _NEXT = re.compile(_FROM), re.compile(rb"\n" + _FROM)
_DAY = re.compile(rb"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b")
_TIME = re.compile(rb"\b\d{1,2}:\d\d")
_ADDRESS = re.compile(rb"[^\s@]{1,100}@[^\s@]{1,200}\s*")


class Span(NamedTuple):
    """A message: where its From line begins, its content, and its end; the bytes if at hand."""

    start: int
    content: int
    end: int
    held: bytes | None


def spans(stream: BinaryIO, at: int) -> Iterator[Span]:
    """Yield the messages from offset `at` on. The stream may be read elsewhere meanwhile."""
    window = _Window(stream, at)
    message: tuple[int, int] | None = None  # where its From line and its content begin
    position = window.line_at(at)
    while position is not None:
        begins = window.begins(position)
        if begins is not None:
            if message is not None:
                yield window.span(message, position)
            message = position, position + begins
            window.wanted = position
        position = window.line_at(position + 1)
    if message is not None:
        yield window.span(message, window.end)


def goes_on(stream: BinaryIO, at: int) -> bool:
    """Whether nothing but blank space lies between `at` and the next message, or the end."""
    window = _Window(stream, at)
    position = window.line_at(at)
    if position is None:
        return not window.between(at, at + LOOK_BYTES).strip()
    return not window.between(at, position).strip() and window.begins(position) is not None


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

    def begins(self, position: int) -> int | None:
        """Return the length of the From line at `position`, if a message begins with it."""
        text = self.between(position, position + LOOK_BYTES)
        return _begins(self.between(position - BEFORE_BYTES, position), text)

    def span(self, message: tuple[int, int], end: int) -> Span:
        start, content = message
        return Span(start, content, end, self.between(start, end) if start >= self.base else None)

    def line_at(self, position: int) -> int | None:
        """Return where the next From line with a header below it is, at `position` or behind it.

        What must be seen behind it is in the window then. None: there is none.
        """
        while True:
            found = self._find(position)
            if found is not None and (self.end - found >= LOOK_BYTES or self._ended):
                return found
            if self._ended:
                return None
            position = max(position, self.end - LOOK_BYTES) if found is None else found
            self._read_on(position)

    def _find(self, position: int) -> int | None:
        at = max(0, position - self.base)
        if self.base == 0 and position == 0:
            blank = len(self._held) - len(self._held.lstrip(b"\r\n \t\xef\xbb\xbf"))
            if _FIRST.match(self._held, blank):
                return blank
        found = _NEXT.search(self._held, max(0, at - 1))
        return self.base + found.start() + 1 if found else None

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
    line = _FIRST.match(text)
    if line is None:
        return None
    envelope = line["envelope"]
    if envelope.startswith(b"- "):  # Mozilla's programs
        return line.end()
    if (day := _DAY.search(envelope)) and _TIME.search(envelope, day.end()):
        return line.end()
    blank = before.endswith((b"\n\n", b"\n\r\n")) or not before.strip()
    if blank and (not envelope.strip(b"\r") or _ADDRESS.fullmatch(envelope)):
        return line.end()
    return None

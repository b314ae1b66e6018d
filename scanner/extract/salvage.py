"""Find the members of a zip file whose directory is missing, because the file was cut."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

HEADER = struct.Struct("<4s5H3I2H")
"""Local file header, APPNOTE.TXT 6.3.10 section 4.3.7."""
MAGIC = b"PK\x03\x04"
SEARCH_BYTES = 512 * 1024**2
MOST_MEMBERS = 10_000
STORED, DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class Salvaged:
    """One member: where its packed bytes start. `packed` is -1 where the header does not say."""

    name: str = field(repr=False)
    method: int
    start: int
    packed: int

    def open(self, stream: BinaryIO) -> io.RawIOBase:
        """Open the member; it ends where its bytes end or are broken."""
        return Inflating(stream, self)


class Inflating(io.RawIOBase):
    def __init__(self, stream: BinaryIO, member: Salvaged) -> None:
        self._stream = stream
        self._position = member.start
        self._left = member.packed if member.packed >= 0 else SEARCH_BYTES
        self._inflate = zlib.decompressobj(-15) if member.method == DEFLATED else None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = len(buffer)
        while wanted:
            packed = self._packed(65536)
            if self._inflate is None:
                data = packed[:wanted]
                self._position -= len(packed) - len(data)
                self._left += len(packed) - len(data)
            else:
                try:
                    data = self._inflate.decompress(packed, wanted)
                except zlib.error:
                    return 0
            buffer[: len(data)] = data
            if data or not packed or (self._inflate and self._inflate.eof):
                return len(data)
        return 0

    def _packed(self, size: int) -> bytes:
        if self._inflate is not None and self._inflate.unconsumed_tail:
            return self._inflate.unconsumed_tail
        self._stream.seek(self._position)
        data = self._stream.read(min(size, self._left))
        self._position += len(data)
        self._left -= len(data)
        return data


def salvage(stream: BinaryIO) -> Iterator[Salvaged]:
    """Yield the members whose local headers are found, in order; the last may be cut."""
    found = 0
    for offset in _headers(stream):
        stream.seek(offset)
        raw = stream.read(HEADER.size)
        if len(raw) < HEADER.size:
            return
        _, _, flags, method, _, _, _, packed, _, name_length, extra = HEADER.unpack(raw)
        name = stream.read(name_length)
        if flags & 1 or method not in (STORED, DEFLATED) or not name or b"\0" in name:
            continue
        size = packed if packed and not flags & 8 else -1
        if size < 0 and method == STORED:
            continue
        start = offset + HEADER.size + name_length + extra
        yield Salvaged(name.decode("utf-8", "replace"), method, start, size)
        found += 1
        if found >= MOST_MEMBERS:
            return


def _headers(stream: BinaryIO) -> Iterator[int]:
    stream.seek(0)
    base, tail = 0, b""
    while base < SEARCH_BYTES and (chunk := stream.read(1 << 20)):
        block = tail + chunk
        start = base - len(tail)
        position = block.find(MAGIC)
        while position >= 0:
            yield start + position
            position = block.find(MAGIC, position + 4)
        tail = block[-3:]
        base += len(chunk)
        stream.seek(base)

"""Turn packed bytes into plain ones, step by step; never more than a few megabytes at once."""

from __future__ import annotations

import bz2
import io
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from scanner.extract.budget import CHUNK_BYTES, Trouble

PACKED_BYTES = 64 * 1024
"""How much packed data is read at a time."""
DEFLATE64_BYTES = 512
"""Deflate64 repeats up to 64 KB per code and its library has no output limit: 13 MB at most."""
DAMAGE = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError)
"""What the decompressors raise on damaged data (zstd's error is an Exception of its own)."""


class Decoder(Protocol):
    """What bz2, lzma and zstd decompressors have in common; zlib's is wrapped to fit."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Deflate:
    """zlib with the interface of the others. `wbits`: -15 raw, 31 gzip with header and check."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._full and not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        plain = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self._full = len(plain) == max_length
        return plain


class Deflate64:
    """Windows' own way to pack large members. Where its data ends is not known to the library."""

    unused_data = b""

    def __init__(self) -> None:
        import inflate64

        self._inner = inflate64.Inflater()
        self._waiting = b""

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def needs_input(self) -> bool:
        return not self._waiting

    def decompress(self, data: bytes, max_length: int) -> bytes:
        self._waiting += data
        piece, self._waiting = (
            self._waiting[:DEFLATE64_BYTES],
            self._waiting[DEFLATE64_BYTES:],
        )
        return bytes(self._inner.inflate(piece))


def bzip2() -> Decoder:
    return cast(Decoder, bz2.BZ2Decompressor())


def xz(memory_bytes: int) -> Decoder:
    """Raises, when it is fed, where the data asks for more than `memory_bytes` (`is_memory`)."""
    return cast(Decoder, lzma.LZMADecompressor(lzma.FORMAT_AUTO, memory_bytes))


def is_memory(error: BaseException) -> bool:
    """Whether liblzma refused for want of memory: it says so in no other way than its words."""
    return isinstance(error, lzma.LZMAError) and "limit" in str(error)


def zstd(memory_bytes: int) -> Decoder:
    """Raises ImportError where neither Python (3.14) nor a package brings zstd."""
    library = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    window = library.DecompressionParameter.window_log_max
    log = min(memory_bytes.bit_length() - 1, window.bounds()[1])
    return cast(Decoder, library.ZstdDecompressor(options={window: log}))


def decode(packed: Iterator[bytes], decoder: Decoder) -> Iterator[bytes]:
    """Yield plain pieces of about CHUNK_BYTES until `decoder` is at its end.

    Raises Trouble("truncated") when `packed` ends first, Trouble("corrupt") on damage.
    """
    while not decoder.eof:
        data = b""
        if decoder.needs_input:
            data = next(packed, b"")
            if not data:
                raise Trouble("truncated")
        try:
            plain = decoder.decompress(data, CHUNK_BYTES)
        except DAMAGE as error:
            raise damage(error) from None
        except Exception as error:
            if type(error).__name__ != "ZstdError":
                raise
            raise Trouble("corrupt") from None
        if plain:
            yield plain


def damage(error: BaseException) -> Trouble:
    return Trouble("limit", "memory_bytes") if is_memory(error) else Trouble("corrupt")


class Window:
    """The bytes of [position, end), piece by piece, wherever the stream was moved in between."""

    def __init__(self, stream: BinaryIO, position: int, end: int) -> None:
        self._stream = stream
        self.position = position
        self._end = end

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._stream.seek(self.position)
        data = self._stream.read(min(PACKED_BYTES, self._end - self.position))
        if not data:
            raise StopIteration
        self.position += len(data)
        return data


class Unpacked(io.RawIOBase):
    """Pieces as a stream, for a Part. Trouble ends the stream and is kept, to be told afterwards.

    So what came before the damage is read. `given` counts the bytes that were taken.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._left = memoryview(b"")
        self.trouble: Trouble | None = None
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            try:
                self._left = memoryview(next(self._pieces, b""))
            except Trouble as trouble:
                self.trouble = trouble
                return 0
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        self.given += count
        return count

    def drain(self, spend: Callable[[int], None]) -> None:
        """Read on to the end, to find what lies behind, and `spend` what nobody has read."""
        while piece := self.read(CHUNK_BYTES):
            spend(len(piece))

    def as_part_stream(self) -> BinaryIO:
        return cast(BinaryIO, self)

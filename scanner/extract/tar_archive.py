"""Read tar files of every dialect: every regular file becomes a Part. Writes nothing to disk."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from scanner.extract import Event, Source
from scanner.extract.archive_names import decode_name
from scanner.extract.budget import CHUNK_BYTES, Budget, Trouble
from scanner.extract.unpack import Unpacked, Window
from scanner.model import Part, Problem

BLOCK = tarfile.BLOCKSIZE
HEADER_READ_BYTES = 256 * 1024
"""The most that one header field block (a long name, pax fields) may take."""
MAGIC, MAGIC_OFFSET = b"ustar", 257  # POSIX.1-2017, pax, "ustar Header Block"
BAD_HEADER = (
    tarfile.TarError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    ValueError,
)
"""What the library's parser raises on headers made to break it."""


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield a Part per regular file; links, folders and devices hold no content and are passed by.

    Behind a damaged header the next good one is looked for. Archives written behind one another
    are all read.
    """
    archive = _Archive(cast(BinaryIO, _Bounded(source.stream)))
    at, ended, damaged = 0, False, False
    while at >= 0:
        source.stream.seek(at)
        block = source.stream.read(BLOCK)
        if len(block) < BLOCK:
            if block.strip(b"\x00") or not (ended or damaged):
                yield Problem((), "truncated")
            return
        if not block.strip(b"\x00"):
            ended, at = True, _next_block(source.stream, at + BLOCK, zero=False)
            continue
        member = archive.member(at)
        if member is None:
            if not damaged:
                yield Problem((), "corrupt", "trailing_data" if ended else "")
            damaged, at = True, _next_block(source.stream, archive.offset, zero=None)
            continue
        ended = damaged = False
        at = archive.offset
        if _holds_content(member):
            yield from _part(source, budget, member)


def _holds_content(member: tarfile.TarInfo) -> bool:
    return member.isreg() or (member.type not in tarfile.SUPPORTED_TYPES and member.size > 0)


def _part(source: Source, budget: Budget, member: tarfile.TarInfo) -> Iterator[Event]:
    name = _name(member)
    stretches = _stretches(member)
    try:
        if stretches is None:
            raise Trouble("corrupt")
        held = sum(length for _, length in stretches)
        available = max(0, min(held, source.size - member.offset_data))
        budget.check_room(available + member.size - held)
    except Trouble as trouble:
        budget.enter_part()  # what becomes no Part counts all the same
        yield Problem((name,), trouble.reason, trouble.detail)
        return
    stream = Unpacked(_pieces(source.stream, member, stretches))
    yield Part(name, stream.as_part_stream(), member.size)
    budget.refund(min(stream.given, available))
    if stream.trouble is not None:
        yield Problem((name,), stream.trouble.reason)


def _name(member: tarfile.TarInfo) -> str:
    return decode_name(member.name.encode("utf-8", "surrogateescape"))


def _stretches(member: tarfile.TarInfo) -> list[tuple[int, int]] | None:
    """Return (offset in the file, length) of what is stored, or None where the map is a lie."""
    if member.sparse is None:
        return [(0, member.size)]
    stretches = []
    end = 0
    for offset, length in cast("list[tuple[int, int]]", member.sparse):
        if not length:
            continue
        if length < 0 or offset < end:
            return None
        end = offset + length
        stretches.append((offset, length))
    return stretches if end <= member.size else None


def _pieces(
    stream: BinaryIO, member: tarfile.TarInfo, stretches: list[tuple[int, int]]
) -> Iterator[bytes]:
    at, stored = 0, member.offset_data
    for offset, length in stretches:
        yield from _zeros(offset - at)
        for piece in Window(stream, stored, stored + length):
            stored += len(piece)
            length -= len(piece)
            offset += len(piece)
            yield piece
        if length:
            raise Trouble("truncated")
        at = offset
    yield from _zeros(member.size - at)


def _zeros(count: int) -> Iterator[bytes]:
    while count > 0:
        yield bytes(min(count, CHUNK_BYTES))
        count -= CHUNK_BYTES


def _next_block(stream: BinaryIO, at: int, *, zero: bool | None) -> int:
    """Return where the next block lies that is not zero (False) or a header by its magic (None)."""
    while True:
        stream.seek(at)
        data = stream.read(CHUNK_BYTES)
        if not data:
            return at if zero is None else -1
        if zero is None or data.strip(b"\x00"):
            for start in range(0, len(data), BLOCK):
                block = data[start : start + BLOCK]
                if zero is None:
                    if block[MAGIC_OFFSET : MAGIC_OFFSET + len(MAGIC)] == MAGIC:
                        return at + start
                elif block.strip(b"\x00"):
                    return at + start
        at += len(data)


class _Bounded:
    """A stream for the library's header parser: a header may not ask for gigabytes at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        if not 0 <= size <= HEADER_READ_BYTES:
            raise tarfile.ReadError
        return self._stream.read(size)

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int) -> int:
        return self._stream.seek(offset)


@dataclass(slots=True)
class _Archive:
    """As much of a TarFile as TarInfo needs to parse one header. Its own loop can be made endless.

    (CVE-2025-8194, and sparse maps with gaps.)
    """

    fileobj: BinaryIO
    offset: int = 0
    encoding: str = "utf-8"
    errors: str = "surrogateescape"
    pax_headers: dict[str, str] = field(default_factory=dict, repr=False)

    def member(self, at: int) -> tarfile.TarInfo | None:
        """Parse the header at `at` and move `offset` behind its data.

        Where it is damaged: None, and `offset` behind all that was read for it, so that a chain of
        headers is walked once only.
        """
        self.pax_headers.clear()
        self.offset = at
        self.fileobj.seek(at)
        try:
            member = tarfile.TarInfo.fromtarfile(cast(tarfile.TarFile, self))
            if member.size >= 0 and member.offset_data > at and self.offset > at:
                return member
        except BAD_HEADER:
            pass
        reached = max(at + BLOCK, self.fileobj.tell())
        self.offset = reached + -reached % BLOCK
        return None

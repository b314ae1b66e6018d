"""Read 7z files: every member becomes a Part, unpacked as it is read. Writes nothing to disk."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from scanner.extract import Event, Source
from scanner.extract.archive_names import clean_text
from scanner.extract.budget import CHUNK_BYTES, Budget, Trouble
from scanner.extract.sevenzip_block import BROKEN, PPMD, Block, Keys
from scanner.extract.unpack import Unpacked
from scanner.model import Part, Problem

if TYPE_CHECKING:
    from py7zr import SevenZipFile

MEMORY_SHARE = 4
"""A decompressor may take this part of a worker's memory; 7-Zip's `-mx9` needs 64 MB."""
START_BYTES, ENCODED = 32, b"\x17"  # 7zFormat.txt, SignatureHeader, Property IDs


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield a Part per member in the archive's order, and a Problem for what is not read.

    Passwords are tried on the header (encrypted names) and on each block of members. A block packed
    by a method that the library does not know (BCJ2) costs its own members only.
    """
    archive, passwords = _open(source, budget)
    for member in archive.files:
        if member.emptystream and not member.is_directory:
            yield Part(clean_text(member.filename), Unpacked(iter(())).as_part_stream(), 0)
    for block in _blocks(source, archive, budget):
        yield from _members(block, budget, passwords)


def _open(source: Source, budget: Budget) -> tuple[SevenZipFile, tuple[str, ...]]:
    """Return the archive with its header read, and the passwords worth trying on its blocks."""
    import py7zr
    from py7zr.exceptions import UnsupportedCompressionMethodError

    encrypted = False
    if PPMD in _packed_header(source):
        raise Trouble("unsupported", "ppmd")
    for password in (None, *budget.passwords):
        try:
            archive = py7zr.SevenZipFile(
                cast("IO[bytes]", _Plain(source.stream)), "r", password=password
            )
        except py7zr.PasswordRequired:
            encrypted = True
        except UnsupportedCompressionMethodError:
            raise Trouble("unsupported") from None
        except (py7zr.exceptions.ArchiveError, *BROKEN):
            if not encrypted:  # else it is what a wrong password makes of a header
                raise _cut_or_corrupt(source) from None
        else:
            return archive, budget.passwords if password is None else (password,)
    raise Trouble("encrypted")


def _packed_header(source: Source) -> bytes:
    """Return how the header is packed, which the library unpacks unasked; empty where it is not."""
    source.stream.seek(0)
    start = source.stream.read(START_BYTES)
    offset, length = struct.unpack("<2Q", start[12:28].ljust(16, b"\0"))
    if START_BYTES + offset + length > source.size:
        return b""
    source.stream.seek(START_BYTES + offset)
    header = source.stream.read(min(length, CHUNK_BYTES))
    return header if header.startswith(ENCODED) else b""


def _cut_or_corrupt(source: Source) -> Trouble:
    source.stream.seek(0)
    start = source.stream.read(START_BYTES)
    if len(start) < START_BYTES:
        return Trouble("truncated")
    (check,) = struct.unpack("<L", start[8:12])
    if zlib.crc32(start[12:32]) != check:
        return Trouble("corrupt")
    offset, length = struct.unpack("<2Q", start[12:28])
    return Trouble("truncated" if START_BYTES + offset + length > source.size else "corrupt")


def _blocks(source: Source, archive: Any, budget: Budget) -> Iterator[Block]:
    streams = getattr(archive.header, "main_streams", None)
    if streams is None:
        return
    packed, position = streams.packinfo, 0
    keys: Keys = {}
    for folder in streams.unpackinfo.folders:
        count = max(1, len(folder.packed_indices))
        start = archive.afterheader + packed.packpos + packed.packpositions[position]
        size = sum(packed.packsizes[position : position + count])
        position += count
        memory = budget.limits.memory_bytes // MEMORY_SHARE
        yield Block(source.stream, folder, start, size, memory=memory, keys=keys)


def _members(block: Block, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Event]:
    trouble: Trouble | None = None
    try:
        block.open(passwords)
    except Trouble as refused:
        trouble = refused
    for member in block.members:
        name = clean_text(member.filename)
        if trouble is None:
            try:
                budget.check_room(member.uncompressed)
            except Trouble as refused:
                trouble = refused
        if trouble is not None:  # what follows lies behind it in the same stream
            budget.enter_part()  # what becomes no Part counts all the same
            yield Problem((name,), trouble.reason, trouble.detail)
            continue
        stream = Unpacked(block.pieces(member.uncompressed, member.crc32))
        yield Part(name, stream.as_part_stream(), member.uncompressed)
        stream.drain(budget.spend)
        if stream.trouble is not None:
            yield Problem((name,), stream.trouble.reason)
            trouble = stream.trouble if not block.in_step else None


class _Plain(io.RawIOBase):
    """The source's stream as the library wants it: it takes nothing but an io.IOBase."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        stream.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int | None = -1) -> bytes:
        return self._stream.read(CHUNK_BYTES if size is None else size)

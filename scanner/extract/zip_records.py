"""Find and parse the records of a zip file; reads no member's data."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from scanner.extract.archive_names import zip_name
from scanner.extract.budget import CHUNK_BYTES, Trouble

# Numbers and layouts: APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
END64, LOCATOR64, DESCRIPTOR = b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"
END_SEARCH_BYTES = 22 + 65535
UTF8, HAS_DESCRIPTOR, ENCRYPTED = 0x800, 0x8, 0x1
FULL32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """One member as its header tells it. `packed` -1 and `crc` None: the header does not say.

    `offset` is where its local header lies, `data` where its bytes start (-1: not known yet).
    """

    name: str = field(repr=False)
    flags: int
    method: int
    time: int
    crc: int | None
    packed: int
    unpacked: int
    offset: int
    data: int
    is_folder: bool
    extra: dict[int, bytes] = field(repr=False)
    comment: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the central directory lies; `shift` is how many bytes stand before the archive.

    `count` is how many members it says it lists.
    """

    start: int
    end: int
    shift: int
    count: int
    comment: bytes = field(repr=False)


def find_directory(stream: BinaryIO, size: int) -> Directory | None:
    """Return the central directory of the whole archive, or None where there is none in reach."""
    stream.seek(max(0, size - END_SEARCH_BYTES))
    tail = stream.read(END_SEARCH_BYTES)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < 22:
        return None
    disk, disks, _, count, length, offset, comment = struct.unpack("<4H2LH", tail[at + 4 : at + 22])
    end = size - len(tail) + at
    text = tail[at + 22 : at + 22 + comment]
    if at >= 20 and tail[at - 20 : at - 16] == LOCATOR64:
        (claimed,) = struct.unpack("<Q", tail[at - 12 : at - 4])
        for position in (claimed, end - 76):  # where it says, else where it lies without extras
            record = _read(stream, position, 56) if 0 <= position <= size else b""
            if record[:4] == END64 and len(record) == 56:
                disk, disks, count, length, offset = struct.unpack("<2L8x3Q", record[16:56])
                end = position
                break
        else:
            return None
    shift = end - length - offset
    if disk or disks or shift < 0 or length > end:
        return None
    return Directory(end - length, end, shift, count, text)


def central_members(stream: BinaryIO, directory: Directory) -> Iterator[Member]:
    """Yield members in the directory's order. Raises Trouble("corrupt") at the first bad record."""
    at = directory.start
    while at < directory.end:
        record = _read(stream, at, 46)
        if record[:4] != CENTRAL or len(record) < 46:
            raise Trouble("corrupt")
        (made_by, _, flags, method, time, _, crc, packed, unpacked) = struct.unpack(
            "<6H3L", record[4:28]
        )
        names, extras, comments, _, _, attributes, offset = struct.unpack("<5H2L", record[28:46])
        rest = _read(stream, at + 46, names + extras + comments)
        at += 46 + names + extras + comments
        extra = _extra(rest[names : names + extras])
        raw = rest[:names]
        unpacked, packed, offset = _wide(extra, unpacked, packed, offset)
        # Upper half: Unix mode when made on Unix (3) or macOS (19); bit 4: folder in DOS.
        is_folder = raw.endswith(b"/") or (
            (attributes >> 28) == 4 if made_by >> 8 in (3, 19) else bool(attributes & 0x10)
        )
        yield Member(
            zip_name(raw, is_utf8=bool(flags & UTF8), extra=extra),
            flags,
            method,
            time,
            crc,
            packed,
            unpacked,
            offset + directory.shift,
            -1,
            is_folder,
            extra,
            rest[names + extras :],
        )


def data_start(stream: BinaryIO, offset: int) -> int:
    """Return where the data behind the local header at `offset` starts; Trouble where none is."""
    record = _read(stream, offset, 30)
    if record[:4] != LOCAL or len(record) < 30:
        raise Trouble("corrupt")
    names, extras = struct.unpack("<2H", record[26:30])
    return int(offset + 30 + names + extras)


def local_member(stream: BinaryIO, offset: int) -> Member | None:
    """Return the member whose local header lies at `offset`, or None where none is whole."""
    record = _read(stream, offset, 30)
    if record[:4] != LOCAL or len(record) < 30:
        return None
    _, flags, method, time, _, crc, packed, unpacked, names, extras = struct.unpack(
        "<5H3L2H", record[4:30]
    )
    rest = _read(stream, offset + 30, names + extras)
    if len(rest) < names + extras:
        return None
    extra = _extra(rest[names:])
    unpacked, packed, _ = _wide(extra, unpacked, packed, 0)
    unknown = bool(flags & HAS_DESCRIPTOR) and not packed
    return Member(
        zip_name(rest[:names], is_utf8=bool(flags & UTF8), extra=extra),
        flags,
        method,
        time,
        None if flags & HAS_DESCRIPTOR and not crc else crc,
        -1 if unknown else packed,
        -1 if unknown else unpacked,
        offset,
        offset + 30 + names + extras,
        rest[:names].endswith(b"/"),
        extra,
    )


def find_signature(stream: BinaryIO, start: int, signatures: tuple[bytes, ...]) -> int:
    """Return the first offset from `start` on where one of the 4-byte `signatures` lies, or -1."""
    carried = b""
    while True:
        stream.seek(start)
        block = stream.read(CHUNK_BYTES)
        data = carried + block
        found = [at for at in map(data.find, signatures) if at >= 0]
        if found:
            return start - len(carried) + min(found)
        if not block:
            return -1
        start += len(block)
        carried = data[-3:]


def _read(stream: BinaryIO, offset: int, count: int) -> bytes:
    stream.seek(offset)
    return stream.read(count)


def _extra(raw: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(raw):
        kind, length = struct.unpack("<2H", raw[at : at + 4])
        fields.setdefault(kind, raw[at + 4 : at + 4 + length])
        at += 4 + length
    return fields


def _wide(extra: dict[int, bytes], *values: int) -> list[int]:
    """Replace those of `values` that are full by the 64-bit ones of the zip64 field, in order."""
    wide = extra.get(0x0001, b"")
    result = []
    for value in values:
        if value == FULL32 and len(wide) >= 8:
            value, wide = int.from_bytes(wide[:8], "little"), wide[8:]
        result.append(value)
    return result

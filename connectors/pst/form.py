"""The forms that a PST file is written in, and its header. Reads no trees and no mail.

Numbers and names are those of [MS-PST], Outlook Personal Folders (.pst) File Format, version 10;
of the form with 4096-byte pages, which Microsoft does not describe, those of libpff.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO

from connectors import Reason, Unreadable
from connectors.errors import reason_of

SIGNATURE = b"!BDN"
HEADER_BYTES = 564
TOKEN_BYTES = 16

NOT_CODED, PERMUTED, CYCLIC = 0, 1, 2
"""How blocks are coded (2.2.2.6): the last two hide text from a look at the bytes, no more."""
_PROTECTED = 0x10
"""Encrypted by Windows Information Protection: the key is not in the file."""


class Broken(Exception):
    """A structure that is not as it must be. `reason`: corrupt, truncated or limit."""

    def __init__(self, reason: Reason = "corrupt") -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Form:
    """Sizes and layouts of one of the three forms."""

    page_bytes: int
    counts_at: int  # in a page of a tree: entries, the most there can be, their size, level
    counts: Struct
    trailer_at: int
    page_trailer: Struct  # type, type again, signature, then checksum and id
    branch: Struct  # key, id of the page, its offset
    node: Struct  # id, data, subnodes, parent
    block: Struct  # id, offset, bytes, references
    align_bytes: int
    block_trailer: Struct  # bytes, signature, then checksum and id
    block_bytes: int  # at most, with trailer
    id_bytes: int
    sub_leaf: Struct
    sub_branch: Struct
    sub_head: int  # bytes before the entries of a list of subnodes
    heap_index_bits: int
    checksum_first: bool  # in trailers, before the id

    @property
    def is_packed(self) -> bool:
        """Whether blocks may be compressed."""
        return self.page_bytes == 4096


ANSI = Form(
    512, 496, Struct("<BBBB"), 500, Struct("<BBHII"), Struct("<III"), Struct("<IIII"),
    Struct("<IIHH"), 64, Struct("<HHII"), 8192, 4, Struct("<III"), Struct("<II"), 4, 11, False,
)  # fmt: skip
"""Outlook 97 to 2002: 32-bit, at most 2 GB."""
UNICODE = Form(
    512, 488, Struct("<BBBB"), 496, Struct("<BBHIQ"), Struct("<QQQ"), Struct("<QQQII"),
    Struct("<QQHHI"), 64, Struct("<HHIQ"), 8192, 8, Struct("<QQQ"), Struct("<QQ"), 8, 11, True,
)  # fmt: skip
"""Since Outlook 2003."""
LARGE_PAGES = Form(
    4096, 4056, Struct("<HHBB"), 4072, Struct("<BBHIQ"), Struct("<QQQ"), Struct("<QQQII"),
    Struct("<QQHHI"), 512, Struct("<HHIQHH4x"), 65536, 8, Struct("<QQQ"), Struct("<QQ"), 8, 14,
    True,
)  # fmt: skip
"""OST files since Outlook 2013."""

NODES_PAGE, BLOCKS_PAGE = 0x81, 0x80


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes of the file say. `token` changes with every change of the file."""

    form: Form
    coding: int
    declared_bytes: int
    nodes_root: int  # offset
    nodes_root_id: int
    blocks_root: int
    blocks_root_id: int
    token: bytes


def checksum(data: bytes | memoryview) -> int:
    """Return the file format's checksum (5.3): CRC-32 without its two inversions."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def read_at(stream: BinaryIO, offset: int, count: int) -> bytes:
    """Return up to `count` bytes at `offset`. Raises Unreadable for whatever the stream raises."""
    try:
        stream.seek(offset)
        return stream.read(count)
    except Unreadable:
        raise
    except OSError as error:
        raise Unreadable(b"", reason_of(error)) from None
    except Exception:
        raise Unreadable(b"", "corrupt") from None


def read_header(stream: BinaryIO) -> Header:
    """Return the file's header. Raises Unreadable: no PST, or one encrypted by Windows."""
    data = read_at(stream, 0, HEADER_BYTES)
    if data[:4] != SIGNATURE or data[8:10] not in (b"SM", b"SO", b"AB"):
        raise Unreadable(b"", "corrupt")
    if len(data) < HEADER_BYTES:
        raise Unreadable(b"", "truncated")
    (version,) = struct.unpack_from("<H", data, 10)
    if version in (14, 15):
        form, coding = ANSI, data[461]
        size, nodes_id, nodes, blocks_id, blocks = (
            *struct.unpack_from("<I", data, 168),
            *struct.unpack_from("<IIII", data, 184),
        )
    elif version >= 20:
        form, coding = (LARGE_PAGES if version >= 36 else UNICODE), data[513]
        size, nodes_id, nodes, blocks_id, blocks = (
            *struct.unpack_from("<Q", data, 184),
            *struct.unpack_from("<QQQQ", data, 216),
        )
    else:
        raise Unreadable(b"", "unsupported")
    if coding == _PROTECTED:
        raise Unreadable(b"", "encrypted")
    if coding not in (NOT_CODED, PERMUTED, CYCLIC):
        raise Unreadable(b"", "corrupt")
    token = hashlib.blake2b(data, digest_size=TOKEN_BYTES).digest()
    return Header(form, coding, size, nodes, nodes_id, blocks, blocks_id, token)

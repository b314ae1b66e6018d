"""Unpack one member of a zip file as a run of plain pieces; checks it, and spends nothing."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import cast

from scanner.extract.budget import Trouble
from scanner.extract.unpack import Decoder, Deflate, Deflate64, Window, bzip2, decode, xz, zstd
from scanner.extract.zip_crypto import (
    AES_FIELD,
    AES_METHOD,
    decrypt_aes,
    decrypt_old,
    spellings,
)
from scanner.extract.zip_records import ENCRYPTED, HAS_DESCRIPTOR, Member

STORED, DEFLATED, DEFLATED64, BZIP2, LZMA, ZSTD, XZ = 0, 8, 9, 12, 14, 93, 95
SELF_ENDING = frozenset({DEFLATED, BZIP2, ZSTD, XZ})
"""Methods whose data tell where they end, so that a header need not."""
STRONG_ENCRYPTION = 0x40
PROBE_PIECES = 2
"""A wrong password shows in the first pieces: as damage, or as a wrong check sum of short data."""


def open_member(
    make_window: Callable[[], Window],
    member: Member,
    passwords: tuple[str, ...],
    memory_bytes: int,
) -> tuple[Iterator[bytes], Window, Decoder | None]:
    """Return the plain pieces of `member`, the window they come from, and what decodes them.

    The pieces raise Trouble when the data are damaged or end too soon. Raises Trouble at once when
    no password fits ("encrypted") or the method is not known ("unsupported").
    """
    if member.flags & STRONG_ENCRYPTION:
        raise Trouble("encrypted")
    if not member.flags & ENCRYPTED:
        window = make_window()
        pieces, decoder = _plain(window, member, member.method, member.crc, memory_bytes)
        return pieces, window, decoder
    if member.method == AES_METHOD and len(member.extra.get(AES_FIELD, b"")) < 7:
        raise Trouble("corrupt")
    likely: bytes | None = None
    for raw in (raw for password in passwords for raw in spellings(password)):
        trouble = _probe(_decrypted(make_window(), member, raw, memory_bytes)[0])
        if trouble is None:
            likely = raw
            break
        if trouble.reason != "encrypted" and member.method == AES_METHOD:
            likely = raw  # 16 bits say that it fits: it is the data that are damaged
    if likely is None:
        raise Trouble("encrypted")
    window = make_window()
    pieces, decoder = _decrypted(window, member, likely, memory_bytes)
    return pieces, window, decoder


def _probe(pieces: Iterator[bytes]) -> Trouble | None:
    try:
        for _ in islice(pieces, PROBE_PIECES):
            pass
    except Trouble as trouble:
        if trouble.reason in ("unsupported", "limit"):
            raise
        return trouble
    return None


def _decrypted(
    window: Window, member: Member, password: bytes, memory_bytes: int
) -> tuple[Iterator[bytes], Decoder | None]:
    if member.method != AES_METHOD:
        check = member.time >> 8 if member.flags & HAS_DESCRIPTOR else (member.crc or 0) >> 24
        packed = decrypt_old(window, password, check)
        return _plain(packed, member, member.method, member.crc, memory_bytes)
    version, _, strength, method = struct.unpack("<H2sBH", member.extra[AES_FIELD][:7])
    packed = decrypt_aes(window, password, strength, member.packed)
    # Version 2 leaves the check sum out, because it would tell about the content.
    crc = member.crc if version == 1 else None
    pieces, decoder = _plain(packed, member, method, crc, memory_bytes)
    return _sealed(pieces, packed), decoder


def _sealed(pieces: Iterator[bytes], packed: Iterator[bytes]) -> Iterator[bytes]:
    yield from pieces
    for _ in packed:  # on to the seal, which stands behind what the decoder wanted
        pass


def _plain(
    packed: Iterator[bytes], member: Member, method: int, crc: int | None, memory_bytes: int
) -> tuple[Iterator[bytes], Decoder | None]:
    decoder: Decoder | None = None
    if method == STORED:
        pieces = _stored(packed, member)
    elif method == LZMA:
        pieces = _lzma(packed, memory_bytes)
    else:
        decoder = _decoder(method, memory_bytes)
        pieces = decode(packed, decoder)
    return _checked(pieces, crc, method), decoder


def _decoder(method: int, memory_bytes: int) -> Decoder:
    try:
        if method == DEFLATED:
            return Deflate(-15)
        if method == DEFLATED64:
            return Deflate64()
        if method == BZIP2:
            return bzip2()
        if method == XZ:
            return xz(memory_bytes)
        if method == ZSTD:
            return zstd(memory_bytes)
    except ImportError:
        raise Trouble("unsupported", f"method_{method}") from None
    raise Trouble("unsupported", f"method_{method}")


def _stored(packed: Iterator[bytes], member: Member) -> Iterator[bytes]:
    count = 0
    for piece in packed:
        count += len(piece)
        yield piece
    if not member.flags & ENCRYPTED and count < member.packed:
        raise Trouble("truncated")


def _lzma(packed: Iterator[bytes], memory_bytes: int) -> Iterator[bytes]:
    head = b""
    while len(head) < 9 and (piece := next(packed, b"")):
        head += piece
    if len(head) < 9:
        raise Trouble("truncated")
    (length,) = struct.unpack("<H", head[2:4])
    properties = head[4 : 4 + length]
    lc_lp_pb, dictionary = properties[0] if properties else 255, int.from_bytes(head[5:9], "little")
    if length != 5 or lc_lp_pb >= 9 * 5 * 5:
        raise Trouble("corrupt")
    if dictionary > memory_bytes:
        raise Trouble("limit", "memory_bytes")
    rest, lc = divmod(lc_lp_pb, 9)
    pb, lp = divmod(rest, 5)
    if lc + lp > 4:
        raise Trouble("corrupt")
    settings = {
        "id": lzma.FILTER_LZMA1,
        "dict_size": max(dictionary, 4096),
        "lc": lc,
        "lp": lp,
        "pb": pb,
    }
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[settings])
    yield from decode(_with(head[9:], packed), cast(Decoder, decoder))


def _with(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _checked(pieces: Iterator[bytes], crc: int | None, method: int) -> Iterator[bytes]:
    found = 0
    try:
        for piece in pieces:
            found = zlib.crc32(piece, found)
            yield piece
    except Trouble as trouble:
        # LZMA may have no end mark: then the data are whole when the check sum says so.
        if method == LZMA and trouble.reason == "truncated" and found == crc:
            return
        raise
    if crc is not None and found != crc:
        raise Trouble("corrupt")

"""Undo the two encryptions of zip members, given the password; guesses none."""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Iterator

from scanner.extract.budget import Trouble

AES_FIELD, AES_METHOD = 0x9901, 99
AES_ROUNDS = 1000  # WinZip's AE-1 and AE-2 specification
AES_CHECK_BYTES = 10
OLD_HEADER_BYTES = 12
BYTE_CRC = tuple(zlib.crc32(bytes([byte]), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256))


def spellings(password: str) -> list[bytes]:
    """Return the bytes that programs make of a password: UTF-8, Windows and DOS letters."""
    made = []
    for encoding in ("utf-8", "cp1252", "cp850"):
        raw = password.encode(encoding, "replace")
        if raw not in made:
            made.append(raw)
    return made


def decrypt_old(packed: Iterator[bytes], password: bytes, check: int) -> Iterator[bytes]:
    """Yield plain pieces of PKWARE's old cipher. The first `next` raises on a wrong password.

    `check` is the byte that the last byte of the header must be; one wrong password in 256 has it.
    """
    table = BYTE_CRC
    a, b, c = 0x12345678, 0x23456789, 0x34567890
    for byte in password:
        a = (a >> 8) ^ table[(a ^ byte) & 0xFF]
        b = ((b + (a & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        c = (c >> 8) ^ table[(c ^ (b >> 24)) & 0xFF]
    skip = OLD_HEADER_BYTES
    for piece in packed:
        plain = bytearray()
        for byte in piece:
            key = c | 2
            byte ^= ((key * (key ^ 1)) >> 8) & 0xFF
            a = (a >> 8) ^ table[(a ^ byte) & 0xFF]
            b = ((b + (a & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
            c = (c >> 8) ^ table[(c ^ (b >> 24)) & 0xFF]
            plain.append(byte)
        if skip:
            if len(plain) < skip:
                raise Trouble("truncated")
            if plain[skip - 1] != check:
                raise Trouble("encrypted")
            del plain[:skip]
            skip = 0
        yield bytes(plain)


def decrypt_aes(
    packed: Iterator[bytes], password: bytes, strength: int, size: int
) -> Iterator[bytes]:
    """Yield plain pieces of WinZip's AES. The first `next` raises on a wrong password.

    `size` is all of `packed`. Raises Trouble("corrupt") at the end when the seal does not fit.
    """
    from Cryptodome.Cipher import AES
    from Cryptodome.Util import Counter

    if strength not in (1, 2, 3):
        raise Trouble("unsupported")
    salt_bytes, key_bytes = 4 + 4 * strength, 8 + 8 * strength
    head = salt_bytes + 2
    left = size - head - AES_CHECK_BYTES
    buffer = b""
    while len(buffer) < head and (piece := next(packed, b"")):
        buffer += piece
    if len(buffer) < head or left < 0:
        raise Trouble("truncated")
    keys = hashlib.pbkdf2_hmac("sha1", password, buffer[:salt_bytes], AES_ROUNDS, 2 * key_bytes + 2)
    if keys[-2:] != buffer[salt_bytes:head]:
        raise Trouble("encrypted")
    cipher = AES.new(keys[:key_bytes], AES.MODE_CTR, counter=Counter.new(128, little_endian=True))
    seal = hmac.new(keys[key_bytes : 2 * key_bytes], digestmod="sha1")
    buffer = buffer[head:]
    while left:
        buffer = buffer or next(packed, b"")
        if not buffer:
            raise Trouble("truncated")
        piece, buffer = buffer[:left], buffer[left:]
        left -= len(piece)
        seal.update(piece)
        yield cipher.decrypt(piece)
    while len(buffer) < AES_CHECK_BYTES and (piece := next(packed, b"")):
        buffer += piece
    if seal.digest()[:AES_CHECK_BYTES] != buffer[:AES_CHECK_BYTES]:
        raise Trouble("corrupt")

"""Unpack one block ("folder") of a 7z file, whose members lie behind one another in one stream."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

from scanner.extract.budget import CHUNK_BYTES, Trouble
from scanner.extract.unpack import DAMAGE, Window

BLOCK_BYTES = 4096
"""Packed bytes fed at a time: some of the library's decompressors have no output limit.

The worst, zstd, makes 128 KB of 4 bytes: 128 MB of a block.
"""
MAX_KEY_POWER = 20
"""2**19 rounds is what 7-Zip writes, about half a second here. Much more is an attack on time."""
PROBE_BYTES = 1024**2
"""A password fits when the first member, or this much of it, unpacks without damage."""
LZMA1, LZMA2, AES256 = b"\x03\x01\x01", b"\x21", b"\x06\xf1\x07\x01"
PPMD = b"\x03\x04\x01"
"""Not unpacked: on damaged data pyppmd 1.3.1 writes where it may not, and the process dies."""
BROKEN = (AssertionError, TypeError, KeyError, IndexError, struct.error, OverflowError, *DAMAGE)
"""What the library raises on damaged headers and data, beside its own errors."""


Keys = dict[tuple[str, bytes, int], bytes]
"""Keys made so far, by password, salt and rounds: all blocks of an archive mostly share one."""


PACKERS = ("backports", "compression", "brotli", "_brotli", "inflate64", "bcj")
"""Packages whose decompressors raise errors of their own."""


class Readable(Protocol):
    def read(self, size: int) -> bytes: ...


class Block:
    """One stream of packed members. Open it, then take the pieces of each member in order."""

    def __init__(
        self, stream: BinaryIO, folder: Any, start: int, size: int, *, memory: int, keys: Keys
    ) -> None:
        self._stream = stream
        self._folder = folder
        self._start, self._size = start, size
        self._memory = memory
        self._decompressor: Any = None
        self._packed: Readable = _Packed(stream, start, size)
        self._keys = keys
        self.in_step = True

    @property
    def members(self) -> list[Any]:
        """The members that lie in this block, in their order."""
        return list(self._folder.files or ())

    def open(self, passwords: tuple[str, ...]) -> None:
        """Make ready to unpack. Raises Trouble: encrypted, unsupported, limit or corrupt."""
        coders = self._folder.coders
        for coder in coders:
            if coder["method"] == PPMD:
                raise Trouble("unsupported", "ppmd")
            if _memory(coder) > self._memory:
                raise Trouble("limit", "memory_bytes")
        if not any(coder["method"] == AES256 for coder in coders):
            self._begin(None)
            return
        first = self.members[0] if self.members else None
        for password in passwords:
            self._begin(password)
            if first is None or self._fits(first):
                self._begin(password)
                return
        raise Trouble("encrypted")

    def pieces(self, size: int, crc: int | None) -> Iterator[bytes]:
        """Yield the next `size` bytes. Raises Trouble; `in_step` tells if the next can be read."""
        self.in_step = False
        found = 0
        while size:
            piece = self._step(min(size, CHUNK_BYTES))
            size -= len(piece)
            found = zlib.crc32(piece, found)
            yield piece
        self.in_step = True
        if crc is not None and found != crc:
            raise Trouble("corrupt")

    def _step(self, count: int) -> bytes:
        from py7zr.exceptions import ArchiveError, UnsupportedCompressionMethodError

        idle = 0
        while True:
            before = self._decompressor.consumed
            try:
                piece = self._decompressor.decompress(self._packed, count)
            except UnsupportedCompressionMethodError:
                raise Trouble("unsupported") from None
            except (ArchiveError, *BROKEN):
                raise Trouble("corrupt") from None
            except Exception as error:
                if type(error).__module__.partition(".")[0] not in PACKERS:
                    raise
                raise Trouble("corrupt") from None
            if piece:
                return bytes(piece)
            idle = idle + 1 if self._decompressor.consumed == before else 0
            if idle > 1:  # once without progress flushes what is held back
                raise Trouble("truncated")

    def _fits(self, first: Any) -> bool:
        whole = first.uncompressed <= PROBE_BYTES
        size = min(first.uncompressed, PROBE_BYTES)
        try:
            for _ in self.pieces(size, first.crc32 if whole else None):
                pass
        except Trouble as trouble:
            if trouble.reason == "unsupported":
                raise
            return False
        return True

    def _begin(self, password: str | None) -> None:
        from py7zr.compressor import SevenZipDecompressor
        from py7zr.exceptions import ArchiveError, PasswordRequired

        coders, sizes, size = self._folder.coders, self._folder.unpacksizes, self._size
        packed: Readable = _Packed(self._stream, self._start, size)
        if password is not None and coders[0]["method"] == AES256:
            packed = self._decrypted(packed, coders[0]["properties"] or b"", password)
            coders, sizes, size = coders[1:], sizes[1:], sizes[0]
        self._packed = packed
        if not coders:
            self._decompressor = _Copy(size)
            return
        try:
            self._decompressor = SevenZipDecompressor(
                coders, size, sizes, None, blocksize=BLOCK_BYTES
            )
        except (ArchiveError, PasswordRequired):
            raise Trouble("unsupported") from None
        except BROKEN:
            raise Trouble("corrupt") from None

    def _decrypted(self, packed: Readable, properties: bytes, password: str) -> Readable:
        # 7zAES properties: rounds and two size bits, two sizes, salt, first vector (7-Zip source).
        if len(properties) < 2 or not properties[0] & 0xC0:
            raise Trouble("corrupt")
        salt_bytes = (properties[0] >> 7) + (properties[1] >> 4)
        vector_bytes = (properties[0] >> 6 & 1) + (properties[1] & 0x0F)
        salt = properties[2 : 2 + salt_bytes]
        vector = properties[2 + salt_bytes : 2 + salt_bytes + vector_bytes].ljust(16, b"\x00")
        power = properties[0] & 0x3F
        if power > MAX_KEY_POWER:
            raise Trouble("limit", "key_rounds")
        key = (password, salt, power)
        if key not in self._keys:
            self._keys[key] = derive_key(*key)
        return _Decrypted(packed, self._keys[key], vector[:16])


def derive_key(password: str, salt: bytes, power: int) -> bytes:
    """Return the AES key of a password after 2**power rounds of SHA-256."""
    stem = salt + password.encode("utf-16-le")
    digest = hashlib.sha256()
    step = min(1 << power, 1024)
    for start in range(0, 1 << power, step):
        rounds = (stem + count.to_bytes(8, "little") for count in range(start, start + step))
        digest.update(b"".join(rounds))
    return digest.digest()


def _memory(coder: dict[str, Any]) -> int:
    """Return the bytes of dictionary that a coder asks for."""
    properties, method = coder["properties"] or b"", coder["method"]
    if method == LZMA1:
        return int.from_bytes(properties[1:5], "little")
    if method == LZMA2 and properties:
        return (2 | properties[0] & 1) << (properties[0] // 2 + 11)
    return 0


class _Packed:
    """The packed bytes as something to read from, wherever the stream was moved in between."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        self._window = Window(stream, start, start + size)
        self._left = b""

    def read(self, size: int) -> bytes:
        while len(self._left) < size and (piece := next(self._window, b"")):
            self._left += piece
        data, self._left = self._left[:size], self._left[size:]
        return data


class _Decrypted:
    def __init__(self, packed: Readable, key: bytes, vector: bytes) -> None:
        from Cryptodome.Cipher import AES

        self._packed = packed
        self._cipher = AES.new(key, AES.MODE_CBC, vector)
        self._left = b""

    def read(self, size: int) -> bytes:
        while len(self._left) < size:
            data = self._packed.read(max(16, size + 15 & ~15))
            if not data:
                break
            self._left += self._cipher.decrypt(data[: len(data) & ~15])
        data, self._left = self._left[:size], self._left[size:]
        return data


class _Copy:
    """Members that are encrypted and not packed."""

    def __init__(self, size: int) -> None:
        self._left = size
        self.consumed = 0

    def decompress(self, packed: Readable, count: int) -> bytes:
        data = packed.read(min(count, self._left))
        self._left -= len(data)
        self.consumed += len(data)
        return data

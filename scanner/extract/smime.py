"""Take what was signed or packed out of a cryptographic message (CMS, RFC 5652). Checks nothing.

Both encodings are read: DER, and BER with lengths that are not told.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

from connectors.archives import MESSAGE
from scanner.extract import Event, Source
from scanner.extract.budget import Budget, Trouble
from scanner.model import Part

PKCS7 = "application/pkcs7-mime"
MAX_DEPTH = 20
_DATA = bytes.fromhex("06092a864886f70d0107")
_SIGNED, _ENVELOPED, _ENCRYPTED = _DATA + b"\x02", _DATA + b"\x03", _DATA + b"\x06"
_MORE = bytes.fromhex("060b2a864886f70d0109100117")
_COMPRESSED = bytes.fromhex("060b2a864886f70d0109100109")
_CLOSED = (_ENVELOPED, _ENCRYPTED, _MORE)
_OCTETS, _CONSTRUCTED = 0x04, 0x20
_MAIL = (b"content-", b"mime-version:", b"from:", b"subject:", b"received:", b"return-path:")


class _BrokenError(Exception):
    """The bytes are not as the encoding asks."""


def is_cms(head: bytes) -> bool:
    """Whether bytes begin as a cryptographic message does."""
    return _kind(head) in (_SIGNED, _COMPRESSED, *_CLOSED)


def is_closed(head: bytes) -> bool:
    """Whether bytes begin as a message does that only a key opens."""
    return _kind(head) in _CLOSED


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield what was signed or packed as a part; nothing for a signature by itself.

    Raises Trouble: encrypted, corrupt, limit.
    """
    source.stream.seek(0)
    data = source.stream.read()
    kind = _kind(data)
    if kind in _CLOSED:
        raise Trouble("encrypted")
    try:
        found = _content(data)
    except (_BrokenError, IndexError):
        raise Trouble("corrupt") from None
    if kind == _COMPRESSED and found:
        try:
            unpacker = zlib.decompressobj()
            found = unpacker.decompress(found, budget.room + 1)
        except zlib.error:
            raise Trouble("corrupt") from None
    if found:
        is_mail = found[:200].lstrip().lower().startswith(_MAIL)
        stem = source.name.rpartition(".")[0] if source.name.lower().endswith(".p7m") else ""
        name = "message.eml" if is_mail else stem or "content"
        yield Part(name, io.BytesIO(found), len(found), MESSAGE if is_mail else "")


def _kind(data: bytes) -> bytes:
    """Return the object identifier that a message begins with; empty for what is none."""
    if data[:1] != b"\x30" or len(data) < 16:
        return b""
    try:
        _, at, _ = _head(data, 0)
    except (_BrokenError, IndexError):
        return b""
    return data[at : at + 2 + data[at + 1]] if data[at : at + 1] == b"\x06" else b""


def _content(data: bytes) -> bytes:
    """Return the octets in SignedData or CompressedData: the first that its third field holds."""
    _, at, _ = _head(data, 0)
    at = _behind(data, at)  # the identifier
    _, at, _ = _head(data, at)  # [0]
    _, at, _ = _head(data, at)  # the sequence
    at = _behind(data, _behind(data, at))  # version, algorithms
    _, at, size = _head(data, at)
    end = len(data) if size < 0 else at + size
    at = _behind(data, at)  # the identifier of the content
    if at >= end or data[at] != 0xA0:
        return b""
    _, at, _ = _head(data, at)
    return b"".join(_octets(data, at, 0))


def _octets(data: bytes, at: int, depth: int) -> Iterator[bytes]:
    tag, start, size = _head(data, at)
    if tag & ~_CONSTRUCTED != _OCTETS or depth > MAX_DEPTH:
        raise _BrokenError
    if not tag & _CONSTRUCTED:
        yield data[start : start + size]
        return
    end = len(data) if size < 0 else start + size
    while start < end and data[start : start + 2] != b"\0\0":
        yield from _octets(data, start, depth + 1)
        start = _behind(data, start)


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return tag, where the value begins, and its size, -1 where that is not told."""
    tag, size = data[at], data[at + 1]
    at += 2
    if tag & 0x1F == 0x1F:
        raise _BrokenError
    if size == 0x80:
        return tag, at, -1
    if size & 0x80:
        count = size & 0x7F
        if count > 8:
            raise _BrokenError
        size = int.from_bytes(data[at : at + count], "big")
        at += count
    return tag, at, size


def _behind(data: bytes, at: int, depth: int = 0) -> int:
    """Return where a value ends, without a step back: what is not told is walked through."""
    _, start, size = _head(data, at)
    if size >= 0:
        return start + size
    if depth > MAX_DEPTH:
        raise _BrokenError
    while data[start : start + 2] != b"\0\0":
        start = _behind(data, start, depth + 1)
    return start + 2

"""Read the addresses that Outlook packs into entry ids ([MS-OXCDATA] 2.2.5.1, [MS-OXOCNTC])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from connectors.pst.text import decoded

_ONE_OFF = bytes.fromhex("812b1fa4bea310199d6e00dd010f5402")
_WRAPPED = bytes.fromhex("c091add3519dcf11a4a900aa0047faa4")
_EXCHANGE = bytes.fromhex("dca740c8c042101ab4b908002b2fe182")
_WIDE = 0x8000
MAX_ENTRIES = 10_000


class Address(NamedTuple):
    name: str
    address: str


def one_off(raw: bytes, codepage: int) -> Address | None:
    """Return the name and address that an entry id holds itself, or None."""
    if raw[4:20] == _WRAPPED and raw[21:37] != _WRAPPED:
        return one_off(raw[21:], codepage)
    if raw[4:20] == _EXCHANGE:
        return Address("", decoded(raw[28:].partition(b"\0")[0], codepage))
    if raw[4:20] != _ONE_OFF or len(raw) < 24:
        return None
    (flags,) = struct.unpack_from("<H", raw, 22)
    if flags & _WIDE:
        texts = raw[24:].decode("utf-16-le", "replace").split("\0")
    else:
        texts = decoded(raw[24:], codepage).split("\0")
    return Address(texts[0], texts[2]) if len(texts) >= 3 else None


def node_of(raw: bytes) -> int:
    """Return which item of the same file an entry id names, or 0."""
    if raw[4:20] == _WRAPPED:
        raw = raw[21:]
    return int.from_bytes(raw[20:24], "little") if len(raw) == 24 else 0


def listed(raw: bytes) -> Iterator[bytes]:
    """Yield the entry ids of a list of them, such as PR_REPLY_RECIPIENT_ENTRIES."""
    at = 8
    for _ in range(min(int.from_bytes(raw[:4], "little"), MAX_ENTRIES)):
        size = int.from_bytes(raw[at : at + 4], "little")
        if not size or at + 4 + size > len(raw):
            return
        yield raw[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4

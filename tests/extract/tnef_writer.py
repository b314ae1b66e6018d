"""Write TNEF streams ([MS-OXTNEF]) of the same items that tests.connectors.pst_writer writes."""

from __future__ import annotations

import struct
from uuid import UUID

from tests.connectors.pst_writer import FIXED, LONG, Item, Name, Value, Wanted, encoded

HEAD = struct.pack("<IH", 0x223E9F78, 1)
MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
TNEF_VERSION, CODEPAGE = (0x9006, 0x0008), (0x9007, 0x0006)
SUBJECT, BODY, CLASS = (0x8004, 0x0001), (0x800C, 0x0002), (0x8008, 0x0007)
FROM, SENT = (0x8000, 0x0000), (0x8005, 0x0003)
RENDERED, DATA, TITLE = (0x9002, 0x0006), (0x800F, 0x0006), (0x8010, 0x0001)
PROPERTIES, RECIPIENTS, ATTACHMENT = (0x9003, 0x0006), (0x9004, 0x0006), (0x9005, 0x0006)


def attribute(level: int, which: tuple[int, int], data: bytes) -> bytes:
    head = struct.pack("<BHHI", level, *which, len(data))
    return head + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef(item: Item, *, codepage: int = 1252) -> bytes:
    numbers: dict[Name, int] = {}
    out = HEAD + attribute(1, TNEF_VERSION, struct.pack("<I", 0x10000))
    out += attribute(1, CODEPAGE, struct.pack("<II", codepage, 0))
    out += attribute(1, PROPERTIES, properties(item.properties, numbers))
    if item.recipients:
        rows = b"".join(properties(each, numbers) for each in item.recipients)
        out += attribute(1, RECIPIENTS, struct.pack("<I", len(item.recipients)) + rows)
    for each in item.attachments:
        out += attribute(2, RENDERED, bytes(14))
        held = dict(each.properties)
        if each.inner is not None:
            held[0x3701] = (0x000D, MESSAGE + tnef(each.inner, codepage=codepage))
        elif 0x3701 in held:
            kind, data = held.pop(0x3701)
            out += attribute(2, DATA, encoded(kind, data))
        out += attribute(2, ATTACHMENT, properties(held, numbers))
    return out


def properties(wanted: Wanted, numbers: dict[Name, int]) -> bytes:
    out = struct.pack("<I", len(wanted))
    for name, value in wanted.items():
        number = name if isinstance(name, int) else numbers.setdefault(name, 0x8000 + len(numbers))
        out += struct.pack("<HH", value[0], number)
        if isinstance(name, tuple):
            out += _named(*name)
        out += _value(value)
    return out


def _named(group: UUID, name: int | str) -> bytes:
    if isinstance(name, int):
        return group.bytes_le + struct.pack("<II", 0, name)
    raw = name.encode("utf-16-le") + b"\0\0"
    return group.bytes_le + struct.pack("<II", 1, len(raw)) + _padded(raw)


def _value(value: Value) -> bytes:
    kind, held = value
    plain = kind & ~0x1000
    if plain in FIXED or plain in LONG:
        assert not kind & 0x1000
        return _padded(encoded(kind, held))
    parts = held if isinstance(held, list) else [held]
    raws = [encoded(plain, each) for each in parts]
    ends = {0x001F: b"\0\0", 0x001E: b"\0"}.get(plain, b"")
    out = struct.pack("<I", len(raws))
    for raw in raws:
        out += struct.pack("<I", len(raw + ends)) + _padded(raw + ends)
    return out


def _padded(raw: bytes) -> bytes:
    return raw + b"\0" * (-len(raw) % 4)

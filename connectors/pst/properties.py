"""Read the properties of one item: a number, a type, a value ([MS-PST] 2.3.3).

Values are decoded when they are asked for; one that cannot be read raises Broken.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from connectors.pst.form import Broken
from connectors.pst.heap import Heap
from connectors.pst.store import Node, Store
from connectors.pst.text import NEVER, decoded, nanoseconds, wide

STRING, WIDE, BINARY, OBJECT, TIME, FLAG = 0x001E, 0x001F, 0x0102, 0x000D, 0x0040, 0x000B
INTEGERS = {0x0002: "<h", 0x0003: "<i", 0x000A: "<i", 0x000B: "<B", 0x0014: "<q", 0x0006: "<q"}
FLOATS = {0x0004: "<f", 0x0005: "<d"}
INLINE = {0x0002: 2, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 1}
"""Types whose value stands in the record itself, and their bytes."""
MANY = 0x1000
MAX_VALUES = 10_000
MAX_PROPERTIES = 65_536
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLIENT = 0xBC
_MESSAGE_CODEPAGE = 0x3FFD


def text_of(kind: int, data: bytes, codepage: int) -> str:
    """Return a property's value as text, whatever its type; empty for what has no text."""
    if kind == WIDE:
        return wide(data)
    if kind in (STRING, BINARY):
        return decoded(data, codepage).rstrip("\0")
    if kind == FLAG:
        return "yes" if any(data) else "no"
    if kind == TIME:
        return time_of(data)
    layout = INTEGERS.get(kind) or FLOATS.get(kind)
    if layout is None or len(data) < struct.calcsize(layout):
        return ""
    (number,) = struct.unpack_from(layout, data)
    if kind == 0x0006:
        number /= 10_000  # currency
    return f"{number:g}" if isinstance(number, float) else str(number)


def time_of(data: bytes) -> str:
    """Return a time as people write it, in UTC; a day alone where it begins one."""
    value = nanoseconds(int.from_bytes(data[:8], "little"))
    if not value or value >= NEVER:
        return ""
    then = EPOCH + timedelta(microseconds=value // 1000)
    return then.strftime("%Y-%m-%d %H:%M UTC").removesuffix(" 00:00 UTC")


def values_of(kind: int, data: bytes) -> list[bytes]:
    """Return the values of a type of a fixed size that stand one behind the other."""
    width = INLINE.get(kind, 16 if kind == 0x0048 else 8)
    return [data[at : at + width] for at in range(0, len(data) - width + 1, width)]


class Values:
    """The properties of one item, wherever they lie: a subclass says what their bytes are.

    `codepage` is that of texts in bytes.
    """

    codepage: int

    def own_codepage(self, other: int) -> int:
        """Return the code page that the item names for its texts, else `other`."""
        own = self.integer(_MESSAGE_CODEPAGE)
        return own if own not in (0, 1200, 1201) else other

    def __contains__(self, name: int) -> bool:
        return bool(self.kind(name))

    def __iter__(self) -> Iterator[int]:
        raise NotImplementedError

    def kind(self, name: int) -> int:
        """Return the type of a property, 0 where there is none."""
        raise NotImplementedError

    def raw(self, name: int) -> bytes:
        """Return the bytes of a value, empty where there is none."""
        raise NotImplementedError

    def many(self, name: int) -> list[bytes]:
        """Return the bytes of every value of a property that holds many."""
        raise NotImplementedError

    def text(self, name: int) -> str:
        return text_of(self.kind(name), self.raw(name), self.codepage)

    def texts(self, name: int) -> list[str]:
        """Return every value of a property that may hold many."""
        kind = self.kind(name)
        if not kind & MANY:
            return [text] if (text := self.text(name)) else []
        texts = (text_of(kind & ~MANY, data, self.codepage) for data in self.many(name))
        return [text for text in texts if text]

    def integer(self, name: int) -> int:
        """Return a whole number, 0 where there is none."""
        layout = INTEGERS.get(self.kind(name))
        data = self.raw(name) if layout else b""
        if layout is None or len(data) < struct.calcsize(layout):
            return 0
        return int(struct.unpack_from(layout, data)[0])

    def time(self, name: int) -> int:
        """Return a time in nanoseconds since 1970, UTC; 0: not known."""
        if self.kind(name) != TIME:
            return 0
        return nanoseconds(int.from_bytes(self.raw(name)[:8], "little"))


class Properties(Values):
    """The properties of a node. `codepage` is that of texts in bytes, unless the item says."""

    def __init__(self, store: Store, node: Node, codepage: int) -> None:
        self.heap = Heap(store, node, _CLIENT)
        self._entries: dict[int, tuple[int, int]] = {}
        left = MAX_PROPERTIES
        for run, key, width in self.heap.records(self.heap.root):
            if (key, width) != (2, 6):
                raise Broken
            left -= len(run) // 8
            if left < 0:
                raise Broken("limit")
            for name, kind, value in struct.iter_unpack("<HHI", run):
                self._entries[name] = (kind, value)
        self.codepage = self.own_codepage(codepage)

    def __contains__(self, name: int) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[int]:
        return iter(self._entries)

    def kind(self, name: int) -> int:
        """Return the type of a property, 0 where there is none."""
        return self._entries.get(name, (0, 0))[0]

    def raw(self, name: int) -> bytes:
        """Return the bytes of a value, empty where there is none."""
        kind, value = self._entries.get(name, (0, 0))
        if not kind:
            return b""
        if (inline := INLINE.get(kind)) is not None:
            return value.to_bytes(4, "little")[:inline]
        return self.heap.value(value)

    def chunks(self, name: int) -> Iterator[bytes]:
        """Yield the bytes of a value that may be large."""
        kind, value = self._entries.get(name, (0, 0))
        if kind in (STRING, WIDE, BINARY):
            yield from self.heap.chunks(value)

    def many(self, name: int) -> list[bytes]:
        """Return the bytes of every value of a property that holds many (2.3.3.4)."""
        kind, data = self.kind(name) & ~MANY, self.raw(name)
        if kind not in (STRING, WIDE, BINARY, OBJECT):
            return values_of(kind, data)
        count = int.from_bytes(data[:4], "little")
        if count > MAX_VALUES or len(data) < 4 + 4 * count:
            raise Broken
        starts = [*struct.unpack_from(f"<{count}I", data, 4), len(data)]
        if any(start > end for start, end in pairwise(starts)):
            raise Broken
        return [data[start:end] for start, end in pairwise(starts)]

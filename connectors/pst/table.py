"""Read a table of a PST, row by row: folders, messages, recipients, attachments (2.3.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from connectors.pst.form import Broken
from connectors.pst.heap import Heap
from connectors.pst.properties import INTEGERS, TIME, text_of
from connectors.pst.store import Node, Store
from connectors.pst.text import nanoseconds

MAX_ROWS = 2_000_000
_CLIENT = 0x7C
_INLINE = {0x0002: 2, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 1, 0x0005: 8, 0x0006: 8, 0x0007: 8}
_INLINE |= {0x0014: 8, TIME: 8}
"""Types whose value stands in the row, and their bytes. All others leave an id there."""


class _Column(NamedTuple):
    kind: int
    at: int
    width: int
    byte: int
    mask: int


class Table:
    """The rows of a table. `codepage` is that of texts in bytes. Raises Broken."""

    def __init__(self, store: Store, node: Node, codepage: int) -> None:
        self.heap = heap = Heap(store, node, _CLIENT)
        self.codepage = codepage
        head = heap.item(heap.root)
        if len(head) < 22 or head[0] != _CLIENT or len(head) < 22 + 8 * head[1]:
            raise Broken
        self._bits_at, self._row_bytes = struct.unpack_from("<HH", head, 6)
        self._index, self._rows = struct.unpack_from("<II", head, 10)
        if not self._bits_at < self._row_bytes:
            raise Broken
        self.columns: dict[int, _Column] = {}
        for at in range(22, 22 + 8 * head[1], 8):
            kind, name, start, width, bit = struct.unpack_from("<HHHBB", head, at)
            byte = self._bits_at + bit // 8
            if start + width <= self._bits_at and byte < self._row_bytes:
                self.columns[name] = _Column(kind, start, width, byte, 0x80 >> bit % 8)

    def rows(self, damage: list[Broken]) -> Iterator[Row]:
        """Yield the rows as they lie. A block that cannot be read is added to `damage`."""
        order: list[int] = []
        for run, key, width in self.heap.records(self._index):
            if key != 4 or width not in (2, 4):
                raise Broken
            order += [
                at << 32 | row
                for row, at in struct.iter_unpack("<IH" if width == 2 else "<II", run)
            ]
            if len(order) > MAX_ROWS:
                raise Broken("limit")
        order.sort()
        waiting = iter(order)
        entry = next(waiting, None)
        base = 0
        for block, count in self._blocks(damage) if self._rows else ():
            while entry is not None and entry >> 32 < base + count:
                at = (entry >> 32) - base
                if block:
                    row = block[at * self._row_bytes : (at + 1) * self._row_bytes]
                    yield Row(self, entry & 0xFFFFFFFF, row)
                entry = next(waiting, None)
            base += count
            if entry is None:
                return
        if entry is not None:
            damage.append(Broken())

    def _blocks(self, damage: list[Broken]) -> Iterator[tuple[bytes, int]]:
        size = self._row_bytes
        if not self._rows & 0x1F:
            data = self.heap.item(self._rows)
            yield data, len(data) // size
            return
        node = self.heap.subnodes.get(self._rows)
        if node is None:
            raise Broken
        store = self.heap.store
        whole = (store.form.block_bytes - store.form.block_trailer.size) // size
        for bid in store.leaves(node.data):
            try:
                data = store.block(bid)
            except Broken as error:
                damage.append(error)
                yield b"", whole
            else:
                yield data, len(data) // size


class Row(NamedTuple):
    """One row: `nid` names the node that it is about."""

    table: Table
    nid: int
    data: bytes

    def raw(self, name: int) -> bytes:
        """Return the bytes of a cell, empty where there is none."""
        column = self.table.columns.get(name)
        if column is None or not self.data[column.byte] & column.mask:
            return b""
        cell = self.data[column.at : column.at + column.width]
        if column.kind in _INLINE:
            return cell
        return self.table.heap.value(int.from_bytes(cell[:4], "little"))

    def has(self, name: int) -> bool:
        column = self.table.columns.get(name)
        return column is not None and bool(self.data[column.byte] & column.mask)

    def integer(self, name: int) -> int:
        column = self.table.columns.get(name)
        layout = INTEGERS.get(column.kind) if column else None
        data = self.raw(name) if layout else b""
        if layout is None or len(data) < struct.calcsize(layout):
            return 0
        return int(struct.unpack_from(layout, data)[0])

    def time(self, name: int) -> int:
        """Return a time in nanoseconds since 1970, UTC; 0: not known."""
        column = self.table.columns.get(name)
        if column is None or column.kind != TIME:
            return 0
        return nanoseconds(int.from_bytes(self.raw(name), "little"))

    def text(self, name: int) -> str:
        column = self.table.columns.get(name)
        return text_of(column.kind, self.raw(name), self.table.codepage) if column else ""

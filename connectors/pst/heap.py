"""Read the heap that a node's data is, and the sorted records kept in it ([MS-PST] 2.3.1, 2.3.2).

What is held in memory, and how often a loop goes round, is bounded whatever the file says.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from connectors.pst.form import Broken
from connectors.pst.store import Node, Store

VALUE_BYTES = 64 * 1024**2
"""Of one heap, or one value, that is held in memory."""
MAX_LEVEL = 8
_SIGNATURE = 0xEC
_RECORDS = 0xB5


class Heap:
    """A node's data as numbered items, and its subnodes. Raises Broken."""

    def __init__(self, store: Store, node: Node, client: int) -> None:
        self.store = store
        self.node = node
        self._bids = store.leaves(node.data)
        self._blocks: dict[int, bytes] = {}
        self._held = 0
        self._subnodes: dict[int, Node] | None = None
        first = self._block(0)
        if len(first) < 12 or first[2] != _SIGNATURE or first[3] != client:
            raise Broken
        self.root = int.from_bytes(first[4:8], "little")

    def item(self, hid: int) -> bytes:
        """Return one item; the id 0 stands for an empty one."""
        if not hid:
            return b""
        bits = self.store.form.heap_index_bits
        number, block = (hid >> 5) & ((1 << bits) - 1), self._block(hid >> (5 + bits))
        at = int.from_bytes(block[:2], "little")
        if hid & 0x1F or not number or at + 4 > len(block):
            raise Broken
        (count,) = struct.unpack_from("<H", block, at)
        if number > count or at + 4 + 2 * (number + 1) > len(block):
            raise Broken
        start, end = struct.unpack_from("<HH", block, at + 2 + 2 * number)
        if not start <= end <= len(block):
            raise Broken
        return block[start:end]

    def value(self, hnid: int) -> bytes:
        """Return an item, or a subnode's data, whole."""
        if not hnid & 0x1F:
            return self.item(hnid)
        chunks: list[bytes] = []
        size = 0
        for chunk in self.chunks(hnid):
            size += len(chunk)
            if size > VALUE_BYTES:
                raise Broken("limit")
            chunks.append(chunk)
        return b"".join(chunks)

    def chunks(self, hnid: int) -> Iterator[bytes]:
        """Yield an item, or a subnode's data block by block."""
        if not hnid & 0x1F:
            yield self.item(hnid)
            return
        node = self.subnodes.get(hnid)
        if node is None:
            raise Broken
        for bid in self.store.leaves(node.data):
            yield self.store.block(bid)

    @property
    def subnodes(self) -> dict[int, Node]:
        if self._subnodes is None:
            self._subnodes = self.store.subnodes(self.node.sub)
        return self._subnodes

    def records(self, hid: int) -> Iterator[tuple[bytes, int, int]]:
        """Yield runs of sorted records below the head at `hid`: the run, bytes of key and rest."""
        head = self.item(hid)
        if len(head) < 8 or head[0] != _RECORDS or not head[1] or head[3] > MAX_LEVEL:
            raise Broken
        key, width = head[1], head[2]
        waiting = [(int.from_bytes(head[4:8], "little"), head[3])]
        left = len(self._bids) * self.store.form.block_bytes // 8 + 2
        while waiting:
            each, level = waiting.pop()
            data = self.item(each)
            step = key + (4 if level else width)
            left -= 1 + len(data) // step
            if left < 0:
                raise Broken
            if level:
                inner = [
                    (int.from_bytes(data[at + key : at + step], "little"), level - 1)
                    for at in range(0, len(data) - step + 1, step)
                ]
                waiting.extend(reversed(inner))
            elif data:
                yield data[: len(data) - len(data) % step], key, width

    def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is None:
            if number >= len(self._bids):
                raise Broken
            block = self.store.block(self._bids[number])
            self._held += len(block)
            if self._held > VALUE_BYTES:
                self._blocks.clear()
                self._held = len(block)
            self._blocks[number] = block
        return block

"""Find the nodes and blocks of a PST file by their ids, and decode blocks. Knows no properties.

Every number comes from the file and is checked before it is used; what does not fit is Broken.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from connectors import Unreadable
from connectors.pst import coding
from connectors.pst.form import (
    BLOCKS_PAGE,
    NODES_PAGE,
    NOT_CODED,
    PERMUTED,
    Broken,
    Header,
    checksum,
    read_at,
    read_header,
)
from connectors.pst.salvage import Entries, salvaged

PAGES_KEPT = 512
MAX_LEVEL = 8
"""Of a tree of pages. Eight levels of 20 entries are more than a file can hold."""
MAX_TREE_BLOCKS = 1 << 20
"""Blocks of one node: 8 GB of data."""
_INTERNAL = 2
"""Bit of a block's id: lists of blocks, which are never coded."""


class Node(NamedTuple):
    """An entry of the tree of nodes: what holds its data, and its subnodes (0: none)."""

    nid: int
    data: int
    sub: int
    parent: int


class _Page(NamedTuple):
    level: int
    keys: list[int]
    entries: list[tuple[int, ...]]


class Store:
    """A PST file's two trees and its blocks, read from a stream that stays the caller's.

    `suspect_pages` and `suspect_blocks` count those whose checksum is wrong and which were read
    all the same. Raises Broken for what cannot be read, Unreadable where the stream fails.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.header: Header = read_header(stream)
        self.form = self.header.form
        self.suspect_pages = self.suspect_blocks = 0
        try:
            self.size = stream.seek(0, 2)
        except OSError:
            raise Unreadable(b"", "corrupt") from None
        self._pages: dict[int, _Page] = {}
        self._salvage: dict[int, Entries] | None = None

    @property
    def is_truncated(self) -> bool:
        return self.size < self.header.declared_bytes

    @property
    def is_damaged(self) -> bool:
        """Whether anything that was read so far is not as it must be."""
        salvaged = self._salvage is not None
        return salvaged or self.is_truncated or bool(self.suspect_pages or self.suspect_blocks)

    def node(self, nid: int) -> Node | None:
        """Return the node of this id, or None where there is none."""
        entry = self._find(NODES_PAGE, nid)
        return None if entry is None else _node(entry)

    def nodes(self, damage: list[Broken]) -> Iterator[Node]:
        """Yield every node, by id. Where pages cannot be read, which is added to `damage`, what
        lies in whole pages is yielded behind the others.
        """
        header = self.header
        waiting = [(header.nodes_root, header.nodes_root_id, MAX_LEVEL + 1)]
        already = len(damage)
        left = self.size // self.form.page_bytes + 1
        while waiting:
            offset, page_id, above = waiting.pop()
            left -= 1
            try:
                if left < 0:
                    raise Broken
                page = self._page(offset, page_id, NODES_PAGE)
                if page.level >= above:
                    raise Broken
            except Broken as error:
                damage.append(error)
                if left < 0:
                    break
                continue
            if page.level:
                waiting.extend((entry[2], entry[1], page.level) for entry in reversed(page.entries))
            else:
                yield from map(_node, page.entries)
        if len(damage) > already:
            for nid, entry in self._salvaged(NODES_PAGE).items():
                if not self._is_in_tree(nid):
                    yield _node(entry)

    def block(self, bid: int) -> bytes:
        """Return a block's bytes, decoded and unpacked."""
        form = self.form
        entry = self._find(BLOCKS_PAGE, bid & ~1)
        if entry is None:
            raise Broken("truncated" if self.is_truncated else "corrupt")
        offset, count = entry[1], entry[2]
        whole = -(-(count + form.block_trailer.size) // form.align_bytes) * form.align_bytes
        if whole > form.block_bytes:
            raise Broken
        data = self._read(offset, whole)
        trailer = form.block_trailer.unpack_from(data, whole - form.block_trailer.size)
        data = data[:count]
        wanted, named = trailer[2:4] if form.checksum_first else trailer[3:1:-1]
        is_other = named & ~1 != bid & ~1
        if wanted and wanted != checksum(data):
            if is_other:
                raise Broken
            self.suspect_blocks += 1
        elif trailer[0] != count or is_other:
            self.suspect_blocks += 1
        if form.is_packed and trailer[5] not in (0, count):
            data = _unpacked(data, trailer[5])
        if self.header.coding == NOT_CODED or bid & _INTERNAL:
            return data
        if self.header.coding == PERMUTED:
            return data.translate(coding.PLAIN)
        return coding.cyclic(data, bid & 0xFFFFFFFF)

    def leaves(self, bid: int) -> list[int]:
        """Return the ids of the blocks that hold a node's data, in order."""
        if not bid:
            return []
        if not bid & _INTERNAL:
            return [bid]
        found: list[int] = []
        waiting = [(bid, 3)]
        while waiting:
            each, above = waiting.pop()
            data = self.block(each)
            if len(data) < 8 or data[0] != 1 or not 0 < data[1] < above:
                raise Broken
            ids = self._ids(data)
            if len(found) + len(ids) > MAX_TREE_BLOCKS:
                raise Broken("limit")
            if data[1] == 1:
                found.extend(ids)
            else:
                waiting.extend((child, data[1]) for child in reversed(ids))
        return found

    def data_bytes(self, bid: int) -> int:
        """Return how many bytes a node's data has, as the file states it."""
        if bid & _INTERNAL:
            return int.from_bytes(self.block(bid)[4:8], "little")
        entry = self._find(BLOCKS_PAGE, bid & ~1)
        return 0 if entry is None else entry[2]

    def subnodes(self, bid: int) -> dict[int, Node]:
        """Return the subnodes listed below a block, by id."""
        form = self.form
        found: dict[int, Node] = {}
        waiting = [(bid, 2)] if bid else []
        while waiting:
            each, above = waiting.pop()
            data = self.block(each)
            if len(data) < form.sub_head or data[0] != 2 or not data[1] < above:
                raise Broken
            count = int.from_bytes(data[2:4], "little")
            entry = form.sub_branch if data[1] else form.sub_leaf
            body = data[form.sub_head : form.sub_head + count * entry.size]
            if len(body) != count * entry.size:
                raise Broken
            if len(found) + count > MAX_TREE_BLOCKS:
                raise Broken("limit")
            if data[1]:
                waiting.extend((child, 1) for _, child in entry.iter_unpack(body))
            else:
                for nid, inner, sub in entry.iter_unpack(body):
                    nid &= 0xFFFFFFFF
                    found[nid] = Node(nid, inner, sub, 0)
        return found

    def _ids(self, data: bytes) -> list[int]:
        count = int.from_bytes(data[2:4], "little")
        width = self.form.id_bytes
        body = data[8 : 8 + count * width]
        if len(body) != count * width:
            raise Broken
        return [
            int.from_bytes(body[at : at + width], "little") for at in range(0, len(body), width)
        ]

    def _find(self, kind: int, key: int) -> tuple[int, ...] | None:
        try:
            return self._descend(kind, key)
        except Broken:
            if (entry := self._salvaged(kind).get(key)) is None:
                raise
            return entry

    def _is_in_tree(self, nid: int) -> bool:
        try:
            return self._descend(NODES_PAGE, nid) is not None
        except Broken:
            return False

    def _salvaged(self, kind: int) -> Entries:
        if self._salvage is None:
            nodes, blocks = salvaged(self._stream, self.size, self.form)
            self._salvage = {NODES_PAGE: nodes, BLOCKS_PAGE: blocks}
        return self._salvage[kind]

    def _descend(self, kind: int, key: int) -> tuple[int, ...] | None:
        header = self.header
        offset, page_id = header.nodes_root, header.nodes_root_id
        if kind == BLOCKS_PAGE:
            offset, page_id = header.blocks_root, header.blocks_root_id
        above = MAX_LEVEL + 1
        while True:
            page = self._page(offset, page_id, kind)
            if page.level >= above:
                raise Broken
            if not page.level:
                at = bisect_left(page.keys, key)
                if at < len(page.keys) and page.keys[at] == key:
                    return page.entries[at]
                return None
            at = bisect_right(page.keys, key) - 1
            if at < 0:
                return None
            above = page.level
            _, page_id, offset = page.entries[at]

    def _page(self, offset: int, page_id: int, kind: int) -> _Page:
        page = self._pages.get(offset)
        if page is None:
            page = self._read_page(offset, page_id, kind)
            if len(self._pages) >= PAGES_KEPT:
                del self._pages[next(iter(self._pages))]
            self._pages[offset] = page
        return page

    def _read_page(self, offset: int, page_id: int, kind: int) -> _Page:
        form = self.form
        data = self._read(offset, form.page_bytes)
        trailer = form.page_trailer.unpack_from(data, form.trailer_at)
        if trailer[0] != kind or trailer[1] != kind:
            raise Broken
        wanted, named = trailer[3:5] if form.checksum_first else trailer[4:2:-1]
        if named != page_id or (wanted and wanted != checksum(data[: form.trailer_at])):
            self.suspect_pages += 1
        count, _, width, level = form.counts.unpack_from(data, form.counts_at)
        entry = form.branch if level else form.node if kind == NODES_PAGE else form.block
        if level > MAX_LEVEL or width != entry.size or count * width > form.counts_at:
            raise Broken
        entries = list(entry.iter_unpack(memoryview(data)[: count * width]))
        if self.suspect_pages:
            entries.sort()
        keys = [entry[0] for entry in entries]
        if kind == NODES_PAGE:
            keys = [key & 0xFFFFFFFF for key in keys]
        return _Page(level, keys, entries)

    def _read(self, offset: int, count: int) -> bytes:
        data = read_at(self._stream, offset, count) if offset < self.size else b""
        if len(data) < count:
            raise Broken("truncated" if self.is_truncated else "corrupt")
        return data


def _node(entry: tuple[int, ...]) -> Node:
    return Node(entry[0] & 0xFFFFFFFF, entry[1], entry[2], entry[3])


def _unpacked(data: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, size)
    except zlib.error:
        raise Broken from None

"""Write PST files of all three forms: small, but such that readpst and libpff read them.

Only what readers need: no maps of free space, so Outlook would mend such a file first.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from connectors.pst import coding
from connectors.pst.form import ANSI, BLOCKS_PAGE, LARGE_PAGES, NODES_PAGE, UNICODE, Form, checksum

Name = int | tuple[UUID, int | str]
"""A property's number, or for a named one its set and its number or name there."""
Value = tuple[int, object]
Wanted = Mapping[Name, Value]

STORE, NAMES, ROOT = 0x21, 0x61, 0x122
HIERARCHY, CONTENTS, HIDDEN, ATTACHMENTS, RECIPIENTS = 0x0D, 0x0E, 0x0F, 0x671, 0x692
RECORD_KEY = bytes(range(16))
SMALL_BYTES = 3580
TEXT_CODECS = {0x001E: "cp1252", 0x001F: "utf-16-le"}
FIXED = {0x0002: "<h", 0x0003: "<I", 0x0004: "<f", 0x000B: "<B"}
LONG = {0x0005: "<d", 0x0014: "<q", 0x0040: "<Q", 0x0006: "<q"}
COMMON = UUID("00062008-0000-0000-c000-000000000046")


def text(value: str) -> Value:
    return 0x001F, value


def narrow(value: str | bytes) -> Value:
    return 0x001E, value


def number(value: int) -> Value:
    return 0x0003, value


def flag(value: bool) -> Value:
    return 0x000B, int(value)


def binary(value: bytes) -> Value:
    return 0x0102, value


def time(nanoseconds: int) -> Value:
    return 0x0040, nanoseconds // 100 + 116_444_736_000_000_000


@dataclass
class Attachment:
    """`inner` is an embedded message; `blob` any other value of property 0x3701."""

    properties: Wanted
    inner: Item | None = None


@dataclass
class Item:
    """A message, or what else lies in a folder."""

    properties: Wanted
    recipients: Sequence[Wanted] = ()
    attachments: Sequence[Attachment] = ()


@dataclass
class Local:
    """A node below a node."""

    nid: int
    data: int
    sub: int = 0


@dataclass
class Built:
    data: int
    subs: list[Local] = field(default_factory=list)


class PstWriter:
    """Writes to a file as it goes; `close` adds folders, names, trees and the header."""

    def __init__(
        self, path: Path, form: Form = UNICODE, coded: int = 1, kind: bytes = b"SM"
    ) -> None:
        self.form = form
        self.coded = coded
        self.kind = kind
        self._file: BinaryIO = path.open("wb")
        self._file.write(b"\0" * 0x4600)
        self._at = 0x4600
        self._bid = 4
        self._blocks: list[tuple[int, int, int, int]] = []
        self._nodes: list[tuple[int, int, int, int]] = []
        self._folders: list[tuple[int, int, str, Wanted]] = []
        self._rows: dict[int, list[tuple[int, Wanted]]] = {}
        self._hidden: dict[int, list[tuple[int, Wanted]]] = {}
        self._names: dict[tuple[UUID, int | str], int] = {(COMMON, 0x8506): 0x8000}
        self.store_properties: Wanted = {}
        self.columns: Mapping[int, int] = _ROW
        self._next = {"folder": 0x401, "message": 0x10001, "local": 1}
        self.top = self.folder(ROOT, "Top of Personal Folders")

    def folder(self, parent: int, name: str, properties: Wanted | None = None) -> int:
        nid = self._number("folder") << 5 | 2
        self._folders.append((nid, parent, name, properties or {}))
        return nid

    def message(
        self,
        folder: int,
        item: Item,
        *,
        hidden: bool = False,
        row: Wanted | None = None,
        listed: bool = True,
    ) -> int:
        """Add an item; `row`: other values in the folder's table; not `listed`: no row."""
        nid = self._number("message") << 5 | (8 if hidden else 4)
        built = self._item(item)
        self._node(nid, built, folder)
        if listed:
            rows = self._hidden if hidden else self._rows
            known: dict[Name, Value] = {k: v for k, v in item.properties.items() if k in _ROW}
            rows.setdefault(folder, []).append((nid, {**known, **(row or {})}))
        return nid

    def row(self, folder: int, nid: int, values: Wanted) -> None:
        """Add a row to a folder's table, for an item that need not be there."""
        self._rows.setdefault(folder, []).append((nid, values))

    def move(self, folder: int, parent: int) -> None:
        at = next(at for at, each in enumerate(self._folders) if each[0] == folder)
        nid, _, name, properties = self._folders[at]
        self._folders[at] = (nid, parent, name, properties)

    def close(self) -> None:
        self._folder(ROOT, ROOT, "", {})
        for nid, parent, name, properties in self._folders:
            self._folder(nid, parent, name, properties)
        store: dict[Name, Value] = {
            0x0FF9: binary(RECORD_KEY),
            0x3001: text("Personal Folders"),
            0x35E0: binary(b"\0" * 4 + RECORD_KEY + struct.pack("<I", self.top)),
            0x35E3: binary(b"\0" * 4 + RECORD_KEY + struct.pack("<I", self.top)),
            0x35DF: number(0xFF),
        }
        self._node(STORE, self._properties({**store, **self.store_properties}), 0)
        self._node(NAMES, self._properties(self._name_map()), 0)
        blocks_root = self._tree(BLOCKS_PAGE, [self._block_entry(*b) for b in sorted(self._blocks)])
        nodes = [self.form.node.pack(*self._node_entry(*n)) for n in sorted(self._nodes)]
        nodes_root = self._tree(NODES_PAGE, nodes)
        self._header(nodes_root, blocks_root)
        self._file.close()

    # nodes

    def _number(self, kind: str) -> int:
        self._next[kind] += 1
        return self._next[kind]

    def _node(self, nid: int, built: Built, parent: int) -> None:
        self._nodes.append((nid, built.data, self._subnodes(built.subs), parent))

    def _node_entry(self, nid: int, data: int, sub: int, parent: int) -> tuple[int, ...]:
        return (nid, data, sub, parent) if self.form is ANSI else (nid, data, sub, parent, 0)

    def _block_entry(self, bid: int, at: int, size: int, plain: int) -> bytes:
        if self.form is ANSI:
            return self.form.block.pack(bid, at, size, 2)
        return self.form.block.pack(bid, at, size, plain if self.form.is_packed else 2, 0)

    def _folder(self, nid: int, parent: int, name: str, properties: Wanted) -> None:
        rows = self._rows.get(nid, [])
        inner = [each for each in self._folders if each[1] == nid]
        base: dict[Name, Value] = {
            0x3001: text(name),
            0x3602: number(len(rows)),
            0x3603: number(0),
            0x360A: flag(bool(inner)),
        }
        self._node(nid, self._properties({**base, **properties}), parent)
        table: list[tuple[int, Wanted]] = [
            (each[0], {0x3001: text(each[2]), 0x3602: number(0)}) for each in inner
        ]
        index = nid & ~0x1F
        self._node(index | HIERARCHY, self._table(_HIERARCHY_ROW, table), 0)
        self._node(index | CONTENTS, self._table(self.columns, rows), 0)
        self._node(index | HIDDEN, self._table(_ROW, self._hidden.get(nid, [])), 0)

    def _item(self, item: Item) -> Built:
        built = self._properties(item.properties)
        if item.recipients:
            rows = [(at, each) for at, each in enumerate(item.recipients)]
            table = self._table(_RECIPIENT_ROW, rows)
            built.subs.append(Local(RECIPIENTS, table.data, self._subnodes(table.subs)))
        if item.attachments:
            rows = []
            for attachment in item.attachments:
                inner = self._attachment(attachment)
                nid = self._number("local") << 5 | 5
                built.subs.append(Local(nid, inner.data, self._subnodes(inner.subs)))
                rows.append((nid, {0x3705: attachment.properties.get(0x3705, number(1))}))
            table = self._table(_ATTACHMENT_ROW, rows)
            built.subs.append(Local(ATTACHMENTS, table.data, self._subnodes(table.subs)))
        return built

    def _attachment(self, attachment: Attachment) -> Built:
        if attachment.inner is None:
            return self._properties(attachment.properties)
        inner = self._item(attachment.inner)
        nid = self._number("local") << 5 | 4
        blob = struct.pack("<II", nid, 1000)
        built = self._properties({**attachment.properties, 0x3701: (0x000D, blob)})
        built.subs.append(Local(nid, inner.data, self._subnodes(inner.subs)))
        return built

    def _name_map(self) -> dict[Name, Value]:
        sets = sorted({each[0] for each in self._names})
        entries, strings = b"", b""
        for (group, name), npid in sorted(self._names.items(), key=lambda each: each[1]):
            where = sets.index(group) + 3 << 1
            if isinstance(name, str):
                entries += struct.pack("<IHH", len(strings), where | 1, npid - 0x8000)
                raw = name.encode("utf-16-le")
                strings += struct.pack("<I", len(raw)) + raw + b"\0" * (-len(raw) % 4)
            else:
                entries += struct.pack("<IHH", name, where, npid - 0x8000)
        found: dict[Name, Value] = {
            0x0001: number(251),
            0x0002: binary(b"".join(each.bytes_le for each in sets)),
            0x0003: binary(entries),
            0x0004: binary(strings),
        }
        return found

    def _npid(self, name: Name) -> int:
        if isinstance(name, int):
            return name
        return self._names.setdefault(name, 0x8000 + len(self._names))

    # heaps

    def _properties(self, wanted: Wanted) -> Built:
        heap = _Heap(self, 0xBC)
        entries = []
        for name, (kind, value) in wanted.items():
            raw = encoded(kind, value)
            hnid = int.from_bytes(raw, "little") if kind in FIXED else heap.put(raw)
            entries.append((self._npid(name), struct.pack("<HI", kind, hnid)))
        entries.sort()
        heap.records([struct.pack("<H", key) + rest for key, rest in entries], 2, 6, root=True)
        return heap.built()

    def _table(self, columns: Mapping[int, int], rows: Sequence[tuple[int, Wanted]]) -> Built:
        heap = _Heap(self, 0x7C)
        columns = {**columns, 0x67F2: 3, 0x67F3: 3}
        widths = {name: _width(kind) for name, kind in columns.items()}
        order = sorted(columns, key=lambda name: (-min(widths[name], 4), name))
        order = [0x67F2, 0x67F3, *(name for name in order if name not in (0x67F2, 0x67F3))]
        eights = [name for name in order if widths[name] == 8]
        order = [*(name for name in order if widths[name] == 4), *eights,
                 *(name for name in order if widths[name] < 4)]  # fmt: skip
        starts, at, ends = {}, 0, {8: 0, 4: 0, 2: 0, 1: 0}
        for name in order:
            starts[name] = at
            at += widths[name]
            ends[widths[name]] = at
        four = max(ends[8], ends[4])
        two = max(four, ends[2])
        bits_at = max(two, ends[1])
        size = bits_at + -(-len(order) // 8)
        kinds = columns
        matrix = []
        for nid, values in rows:
            cells = bytearray(size)
            filled: dict[int, Value] = {0x67F2: number(nid), 0x67F3: number(1)}
            filled.update({k: v for k, v in values.items() if isinstance(k, int) and k in columns})
            for name, (_, value) in filled.items():
                kind = kinds[name]
                raw = encoded(kind, value)
                if kind not in FIXED and kind not in LONG:
                    raw = struct.pack("<I", heap.put(raw))
                cells[starts[name] : starts[name] + widths[name]] = raw
                bit = order.index(name)
                cells[bits_at + bit // 8] |= 0x80 >> bit % 8
            matrix.append(bytes(cells))
        ordinal = "<IH" if self.form is ANSI else "<II"
        index = sorted((nid, at) for at, (nid, _) in enumerate(rows))
        width = 2 if self.form is ANSI else 4
        row_index = heap.records([struct.pack(ordinal, *each) for each in index], 4, width)
        whole = b"".join(matrix)
        where = heap.put(whole) if len(whole) <= SMALL_BYTES else heap.matrix(matrix)
        described = b"".join(
            struct.pack("<HHHBB", kinds[name], name, starts[name], widths[name], order.index(name))
            for name in sorted(order)
        )
        head = struct.pack("<BBHHHHIII", 0x7C, len(order), four, two, bits_at, size, row_index,
                           where, 0)  # fmt: skip
        heap.root = heap.put(head + described)
        return heap.built()

    # blocks

    def data(self, chunks: Iterable[bytes]) -> int:
        """Write a node's data, a block for each chunk; return the id of what leads to it."""
        bids, total = [], 0
        for chunk in chunks:
            bids.append(self._block(chunk))
            total += len(chunk)
        if not bids:
            return 0
        if len(bids) == 1:
            return bids[0]
        room = (self.form.block_bytes - self.form.block_trailer.size - 8) // self.form.id_bytes
        if self.form is LARGE_PAGES:
            room = 1000
        lists = [bids[at : at + room] for at in range(0, len(bids), room)]
        if len(lists) == 1:
            return self._list(1, bids, total)
        piece = self.form.block_bytes - self.form.block_trailer.size
        inner = [self._list(1, each, len(each) * piece) for each in lists]
        return self._list(2, inner, total)

    def pieces(self, raw: bytes) -> Iterator[bytes]:
        size = self.form.block_bytes - self.form.block_trailer.size
        for at in range(0, len(raw), size):
            yield raw[at : at + size]

    def _list(self, level: int, bids: Sequence[int], total: int) -> int:
        width = self.form.id_bytes
        body = b"".join(bid.to_bytes(width, "little") for bid in bids)
        return self._block(struct.pack("<BBHI", 1, level, len(bids), total) + body, internal=True)

    def _subnodes(self, subs: Sequence[Local]) -> int:
        if not subs:
            return 0
        form = self.form
        ordered = sorted(subs, key=lambda each: each.nid)
        room = 300
        lists = [ordered[at : at + room] for at in range(0, len(ordered), room)]
        pad = b"\0" * (form.sub_head - 4)
        leaves = []
        for each in lists:
            body = b"".join(form.sub_leaf.pack(sub.nid, sub.data, sub.sub) for sub in each)
            head = struct.pack("<BBH", 2, 0, len(each)) + pad
            leaves.append((each[0].nid, self._block(head + body, internal=True)))
        if len(leaves) == 1:
            return leaves[0][1]
        body = b"".join(form.sub_branch.pack(*each) for each in leaves)
        return self._block(struct.pack("<BBH", 2, 1, len(leaves)) + pad + body, internal=True)

    def _block(self, data: bytes, *, internal: bool = False) -> int:
        form = self.form
        bid = self._bid | (2 if internal else 0)
        self._bid += 4
        if not internal:
            if self.coded == 1:
                data = data.translate(_CODED)
            elif self.coded == 2:
                data = _cycled(data, bid)
        plain = len(data)
        if form.is_packed and len(packed := zlib.compress(data)) < plain:
            data = packed
        whole = -(-(len(data) + form.block_trailer.size) // form.align_bytes) * form.align_bytes
        signed = (self._at ^ bid) & 0xFFFFFFFF
        signature = (signed >> 16 ^ signed) & 0xFFFF
        check = checksum(data)
        if form is ANSI:
            trailer = form.block_trailer.pack(len(data), signature, bid, check)
        elif form.is_packed:
            trailer = form.block_trailer.pack(len(data), signature, check, bid, 0, plain)
        else:
            trailer = form.block_trailer.pack(len(data), signature, check, bid)
        self._blocks.append((bid, self._at, len(data), plain))
        self._write(data + b"\0" * (whole - len(data) - len(trailer)) + trailer)
        return bid

    def _write(self, raw: bytes) -> None:
        self._file.write(raw)
        self._at += len(raw)

    # trees and header

    def _tree(self, kind: int, entries: list[bytes]) -> tuple[int, int]:
        form = self.form
        level = 0
        self._write(b"\0" * (-self._at % form.page_bytes))
        while True:
            width = len(entries[0])
            room = form.counts_at // width
            above = []
            for at in range(0, len(entries), room):
                inner = entries[at : at + room]
                bid, where = self._page(kind, level, inner, width, room)
                key = int.from_bytes(inner[0][: form.id_bytes], "little")
                above.append(form.branch.pack(key, bid, where))
            if len(above) == 1:
                return bid, where
            entries, level = above, level + 1

    def _page(
        self, kind: int, level: int, entries: list[bytes], width: int, room: int
    ) -> tuple[int, int]:
        form = self.form
        bid, where = self._bid, self._at
        self._bid += 4
        body = b"".join(entries)
        counts = form.counts.pack(len(entries), room, width, level)
        page = (body + b"\0" * (form.counts_at - len(body)) + counts).ljust(form.trailer_at, b"\0")
        check = checksum(page)
        last = (bid, check) if form is ANSI else (check, bid)
        self._write(
            (page + form.page_trailer.pack(kind, kind, 0, *last)).ljust(form.page_bytes, b"\0")
        )
        return bid, where

    def _header(self, nodes: tuple[int, int], blocks: tuple[int, int]) -> None:
        raw = bytearray(564)
        version = {ANSI: 14, UNICODE: 23, LARGE_PAGES: 36}[self.form]
        struct.pack_into("<4s4x2sHHBB", raw, 0, b"!BDN", self.kind, version, 19, 1, 1)
        if self.form is ANSI:
            struct.pack_into("<I", raw, 168, self._at)
            struct.pack_into("<IIII", raw, 184, *nodes, *blocks)
            raw[460:462] = bytes((0x80, self.coded))
            struct.pack_into("<I", raw, 4, checksum(bytes(raw[8 : 8 + 471])))
        else:
            struct.pack_into("<Q", raw, 184, self._at)
            struct.pack_into("<QQQQ", raw, 216, *nodes, *blocks)
            raw[512:514] = bytes((0x80, self.coded))
            struct.pack_into("<I", raw, 4, checksum(bytes(raw[8 : 8 + 471])))
            struct.pack_into("<I", raw, 524, checksum(bytes(raw[8 : 8 + 516])))
        self._file.seek(0)
        self._file.write(raw)


_CODED = bytes(coding.PLAIN.index(value) for value in range(256))
_HIERARCHY_ROW = {0x3001: 0x1F, 0x3602: 3}
_ROW = {
    0x001A: 0x1F, 0x0036: 3, 0x0037: 0x1F, 0x0E07: 3, 0x0E08: 3, 0x3008: 0x40,
}  # fmt: skip
_RECIPIENT_ROW = {
    0x0C15: 3, 0x3001: 0x1F, 0x3002: 0x1F, 0x3003: 0x1F, 0x39FE: 0x1F,
}  # fmt: skip
_ATTACHMENT_ROW = {0x3705: 3}


class _Heap:
    """A heap under construction: items, and what became too large for one as subnodes."""

    def __init__(self, writer: PstWriter, client: int) -> None:
        self.writer = writer
        self.client = client
        self.root = 0
        self._blocks: list[list[bytes]] = [[]]
        self._used = 12
        self._subs: list[Local] = []

    def put(self, raw: bytes) -> int:
        if not raw:
            return 0
        if len(raw) > SMALL_BYTES:
            return self._outside(self.writer.pieces(raw))
        form = self.writer.form
        room = min(form.block_bytes, 8192) - form.block_trailer.size
        items = self._blocks[-1]
        if self._used + len(raw) + 2 * (len(items) + 2) + 8 > room:
            self._blocks.append([])
            items = self._blocks[-1]
            self._used = 66 if (len(self._blocks) - 1) % 128 == 8 else 2
        items.append(raw)
        self._used += len(raw)
        return (len(self._blocks) - 1) << (5 + form.heap_index_bits) | len(items) << 5

    def matrix(self, rows: Sequence[bytes]) -> int:
        form = self.writer.form
        room = form.block_bytes - form.block_trailer.size
        each = room // len(rows[0])
        return self._outside(
            b"".join(rows[at : at + each]).ljust(room if at + each < len(rows) else 0, b"\0")
            for at in range(0, len(rows), each)
        )

    def _outside(self, chunks: Iterable[bytes]) -> int:
        nid = self.writer._number("local") << 5 | 0x1F
        self._subs.append(Local(nid, self.writer.data(chunks)))
        return nid

    def records(self, entries: list[bytes], key: int, width: int, *, root: bool = False) -> int:
        level, step = 0, key + width
        while len(entries) * step > SMALL_BYTES:
            each = SMALL_BYTES // step
            entries = [
                entries[at][:key] + struct.pack("<I", self.put(b"".join(entries[at : at + each])))
                for at in range(0, len(entries), each)
            ]
            level, step = level + 1, key + 4
        top = self.put(b"".join(entries))
        head = self.put(struct.pack("<BBBBI", 0xB5, key, width, level, top))
        if root:
            self.root = head
        return head

    def built(self) -> Built:
        chunks = []
        for number, items in enumerate(self._blocks):
            head = 12 if not number else 66 if number % 128 == 8 else 2
            body, starts = b"", [head]
            for item in items:
                body += item
                starts.append(head + len(body))
            pad = b"\0" * ((head + len(body)) % 2)
            at = head + len(body) + len(pad)
            where = struct.pack(f"<HH{len(starts)}H", len(items), 0, *starts)
            if number:
                first = struct.pack("<H", at).ljust(head, b"\0")
            else:
                first = struct.pack("<HBBII", at, 0xEC, self.client, self.root, 0)
            chunks.append(first + body + pad + where)
        return Built(self.writer.data(chunks), self._subs)


def _width(kind: int) -> int:
    layout = FIXED.get(kind) or LONG.get(kind)
    return struct.calcsize(layout) if layout else 4


def encoded(kind: int, value: object) -> bytes:
    """Return a value as it stands in a file."""
    if isinstance(value, bytes):
        return value
    if layout := FIXED.get(kind) or LONG.get(kind):
        return struct.pack(layout, value)
    if kind & 0x1000:
        assert isinstance(value, (list, tuple))
        parts = [encoded(kind & ~0x1000, each) for each in value]
        if kind & ~0x1000 in FIXED or kind & ~0x1000 in LONG:
            return b"".join(parts)
        at = 4 + 4 * len(parts)
        starts = []
        for part in parts:
            starts.append(at)
            at += len(part)
        return struct.pack(f"<{len(parts) + 1}I", len(parts), *starts) + b"".join(parts)
    assert isinstance(value, str)
    return value.encode(TEXT_CODECS[kind])


def _cycled(data: bytes, key: int) -> bytes:
    return coding.cyclic(data, key & 0xFFFFFFFF)

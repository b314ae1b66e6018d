"""Write .msg files ([MS-OXMSG]) of the same items that tests.connectors.pst_writer writes.

The container is written by extract-msg, which also reads what is written here.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from uuid import UUID

from extract_msg.ole_writer import OleWriter

from tests.connectors.pst_writer import FIXED, LONG, Item, Name, Wanted, encoded

NAMES = "__nameid_version1.0"
Storage = Mapping[str, "bytes | Storage"]
"""An OLE object: its streams and storages."""


class Msg:
    """One file. `objects`: the storages of OLE attachments, by their number among all, from 0."""

    def __init__(self, item: Item, objects: Mapping[int, Storage] | None = None) -> None:
        self._writer = OleWriter()
        self._objects = objects or {}
        self._names: dict[tuple[UUID, int | str], int] = {}
        self._writer.addEntry(NAMES, storage=True)
        self._item(item, [], 32)
        self._name_map()

    def data(self) -> bytes:
        out = io.BytesIO()
        self._writer.write(out)
        return out.getvalue()

    def _item(self, item: Item, path: list[str], head: int) -> None:
        self._properties(item.properties, path, head)
        for number, recipient in enumerate(item.recipients):
            inner = [*path, f"__recip_version1.0_#{number:08X}"]
            self._writer.addEntry(inner, storage=True)
            self._properties(recipient, inner, 8)
        for number, attachment in enumerate(item.attachments):
            inner = [*path, f"__attach_version1.0_#{number:08X}"]
            self._writer.addEntry(inner, storage=True)
            more = b""
            storage = [*inner, "__substg1.0_3701000D"]
            if attachment.inner is not None:
                more = struct.pack("<HHI8s", 0x000D, 0x3701, 6, b"\xff\xff\xff\xff\1\0\0\0")
                self._writer.addEntry(storage, storage=True)
                self._item(attachment.inner, storage, 24)
            elif not path and number in self._objects:
                more = struct.pack("<HHI8s", 0x000D, 0x3701, 6, b"\xff\xff\xff\xff\4\0\0\0")
                self._writer.addEntry(storage, storage=True)
                self._storage(self._objects[number], storage)
            self._properties(attachment.properties, inner, 8, more)

    def _storage(self, storage: Storage, path: list[str]) -> None:
        for name, held in storage.items():
            if isinstance(held, bytes):
                self._writer.addEntry([*path, name], held)
            else:
                self._writer.addEntry([*path, name], storage=True)
                self._storage(held, [*path, name])

    def _properties(self, wanted: Wanted, path: list[str], head: int, more: bytes = b"") -> None:
        records = bytes(head) + more
        for name, (kind, value) in wanted.items():
            number = self._number(name)
            stream = f"__substg1.0_{number:04X}{kind:04X}"
            plain = kind & ~0x1000
            if kind in FIXED or kind in LONG:
                field = encoded(kind, value).ljust(8, b"\0")
            elif kind & 0x1000 and plain not in FIXED and plain not in LONG:
                assert isinstance(value, (list, tuple))
                parts = [encoded(plain, each) for each in value]
                layout = "<II" if plain == 0x0102 else "<I"
                sizes = b"".join(
                    struct.pack(layout, *(len(p), 0)[: len(layout) - 1]) for p in parts
                )
                self._writer.addEntry([*path, stream], sizes)
                for each, part in enumerate(parts):
                    self._writer.addEntry([*path, f"{stream}-{each:08X}"], part)
                field = struct.pack("<II", len(sizes), 0)
            else:
                raw = encoded(kind, value)
                self._writer.addEntry([*path, stream], raw)
                field = struct.pack("<II", len(raw) + {0x001F: 2, 0x001E: 1}.get(kind, 0), 0)
            records += struct.pack("<HHI8s", kind, number, 6, field)
        self._writer.addEntry([*path, "__properties_version1.0"], records)

    def _number(self, name: Name) -> int:
        if isinstance(name, int):
            return name
        return self._names.setdefault(name, 0x8000 + len(self._names))

    def _name_map(self) -> None:
        sets = sorted({each[0] for each in self._names})
        entries, strings = b"", b""
        for (group, name), number in self._names.items():
            where = sets.index(group) + 3 << 1
            if isinstance(name, str):
                entries += struct.pack("<IHH", len(strings), where | 1, number - 0x8000)
                raw = name.encode("utf-16-le")
                strings += struct.pack("<I", len(raw)) + raw + b"\0" * (-len(raw) % 4)
            else:
                entries += struct.pack("<IHH", name, where, number - 0x8000)
        guids = b"".join(each.bytes_le for each in sets)
        for number, data in ((2, guids), (3, entries), (4, strings)):
            self._writer.addEntry([NAMES, f"__substg1.0_{number:04X}0102"], data)

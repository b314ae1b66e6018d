"""Know named properties: which number stands for which name in this file ([MS-PST] 2.4.7)."""

from __future__ import annotations

import struct
from uuid import UUID

from connectors.pst.form import Broken
from connectors.pst.properties import Properties
from connectors.pst.store import Store
from connectors.pst.text import wide

NAME_MAP = 0x61
FIRST = 0x8000
Name = tuple[UUID, int | str]
"""A set of properties, and the number or name in it."""

_BASE = "-0000-0000-c000-000000000046"
COMMON = UUID(f"00062008{_BASE}")
ADDRESS = UUID(f"00062004{_BASE}")
APPOINTMENT = UUID(f"00062002{_BASE}")
TASK = UUID(f"00062003{_BASE}")
JOURNAL = UUID(f"0006200a{_BASE}")
MAPI = UUID(f"00020328{_BASE}")
PUBLIC = UUID(f"00020329{_BASE}")
HEADERS = UUID(f"00020386{_BASE}")
MEETING = UUID("6ed8da90-450b-101b-98da-00aa003f1305")

_SETS, _ENTRIES, _STRINGS = 0x0002, 0x0003, 0x0004
_ENTRY = struct.Struct("<IHH")


class NameMap:
    """Both ways between numbers and names. `is_damaged`: the map could not be read."""

    def __init__(self) -> None:
        self.is_damaged = False
        self._numbers: dict[Name, int] = {}
        self._names: dict[int, Name] = {}

    def number(self, name: Name) -> int:
        """Return the number of a named property in this file, 0 where it has none."""
        return self._numbers.get(name, 0)

    def name(self, number: int) -> Name | None:
        return self._names.get(number)

    def add(self, name: Name, number: int) -> None:
        self._numbers.setdefault(name, number)
        self._names.setdefault(number, name)

    def read(self, raw_sets: bytes, entries: bytes, strings: bytes) -> None:
        """Take in the three streams that a PST and an .msg keep their names in."""
        sets = [UUID(bytes_le=raw_sets[at : at + 16]) for at in range(0, len(raw_sets) - 15, 16)]
        whole = entries[: len(entries) - len(entries) % _ENTRY.size]
        for what, where, index in _ENTRY.iter_unpack(whole):
            group = {1: MAPI, 2: PUBLIC}.get(where >> 1)
            if where >> 1 >= 3 and where >> 1 < len(sets) + 3:
                group = sets[(where >> 1) - 3]
            if group is None:
                continue
            name: Name = (group, what)
            if where & 1:
                size = int.from_bytes(strings[what : what + 4], "little")
                name = (group, wide(strings[what + 4 : what + 4 + size]))
            self.add(name, FIRST + index)


class Names(NameMap):
    """The names of a PST file."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        try:
            node = store.node(NAME_MAP)
            if node is not None:
                properties = Properties(store, node, 1252)
                self.read(*map(properties.raw, (_SETS, _ENTRIES, _STRINGS)))
        except Broken:
            self.is_damaged = True

"""An Outlook item in a compound file of its own: .msg, .oft ([MS-OXMSG]). Writes nothing.

olefile reads the container. extract-msg's reader on top of it takes two to five times as long
(2 000 recipients: 4.9 s against 2.1), half a second and 33 MB in each process to import, gives no
attachment of an encrypted mail, and tells nothing of streams that are cut short (version 0.57).
Its writer is used, where an object's storage is to be a file again.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO

from connectors.pst.form import Broken
from connectors.pst.item import MAX_ROWS, Item, Recipient, recipients
from connectors.pst.names import NameMap
from connectors.pst.properties import (
    BINARY,
    MANY,
    MAX_VALUES,
    OBJECT,
    STRING,
    WIDE,
    Values,
    values_of,
)

DAMAGE = (OSError, ValueError, IndexError, KeyError, TypeError, OverflowError, struct.error)
"""What olefile raises for a damaged file."""
PROPERTIES = "__properties_version1.0"
NAMES = "__nameid_version1.0"
VALUE = "__substg1.0_"
RECIPIENT, ATTACHMENT = "__recip_version1.0_#", "__attach_version1.0_#"
TOP_HEAD, MESSAGE_HEAD, OTHER_HEAD = 32, 24, 8
"""Bytes before the records of a property stream: of the file, of an inner message, of all else."""
MAX_OBJECT_ENTRIES = 2_000
"""Streams and storages of one object: writing them takes a time that grows with their square."""
_RECORD = struct.Struct("<HHI8s")
_NAME_STREAMS = tuple(f"{VALUE}{number:04x}0102" for number in (2, 3, 4))
_VARIABLE = (STRING, WIDE, BINARY, OBJECT)


class Compound:
    """A compound file, held by a stream that stays the caller's. Raises Broken when it is none.

    `is_cut`: something of it was found to lie behind its end.
    """

    def __init__(self, stream: BinaryIO, size: int) -> None:
        import olefile

        stream.seek(0)
        try:
            self._container = olefile.OleFileIO(stream, raise_defects=olefile.DEFECT_FATAL)
        except DAMAGE:
            raise Broken from None
        self.size = size
        fat = self._container.fat
        self.is_cut = any(len(fat) <= each <= olefile.MAXREGSECT for each in fat)
        self.top = Storage(self, self._container.root)

    def bytes(self, entry: Any) -> bytes:
        """Return what a stream holds, as far as it is there. Raises Broken."""
        if entry.size > self.size:  # olefile would go round in circles for it
            raise Broken
        try:  # not openstream(path), which looks through all names again
            found: bytes = self._container._open(entry.isectStart, entry.size).read()
        except DAMAGE:
            raise Broken from None
        self.is_cut = self.is_cut or len(found) < entry.size
        return found


class Storage:
    """A storage of a compound file. Names are known in lower case."""

    def __init__(self, file: Compound, entry: Any) -> None:
        self._file = file
        self._kids = {kid.name.lower(): kid for kid in entry.kids}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._kids))

    def stream(self, name: str) -> bytes:
        """Return a stream's bytes as far as they are there, empty for none. Raises Broken."""
        kid = self._kids.get(name)
        return self._file.bytes(kid) if kid is not None and not kid.kids else b""

    def storage(self, name: str) -> Storage:
        """Return a storage in this one. Raises Broken where there is none."""
        kid = self._kids.get(name)
        if kid is None:
            raise Broken
        return Storage(self._file, kid)

    def written(self) -> bytes:
        """Return this storage as a compound file of its own. Raises Broken."""
        from extract_msg.ole_writer import OleWriter

        writer = OleWriter()
        counts = [0, 0]
        try:
            self._copy(writer, [], counts)
            out = io.BytesIO()
            writer.write(out)
        except (OSError, ValueError, KeyError, struct.error):
            raise Broken from None
        return out.getvalue()

    def _copy(self, writer: Any, path: list[str], counts: list[int]) -> None:
        for name in self:
            kid = self._kids[name]
            counts[0] += 1
            counts[1] += kid.size
            if counts[0] > MAX_OBJECT_ENTRIES or counts[1] > self._file.size:
                raise Broken("limit")
            inner = [*path, kid.name]
            if kid.kids:
                writer.addOleEntry(inner, kid)
                self.storage(name)._copy(writer, inner, counts)
            else:
                writer.addOleEntry(inner, kid, self.stream(name))


class MsgValues(Values):
    """The properties of a storage: records of a stream, long values in streams of their own."""

    def __init__(self, storage: Storage, head: int, codepage: int) -> None:
        self._storage = storage
        self._records: dict[int, tuple[int, bytes]] = {}
        records = storage.stream(PROPERTIES)[head:]
        whole = records[: len(records) - len(records) % _RECORD.size]
        for kind, number, _, value in _RECORD.iter_unpack(whole):
            self._records[number] = (kind, value)
        for name in storage:  # what no record names is there all the same
            if (found := _number(name)) and found[0] not in self._records:
                self._records[found[0]] = (found[1], b"")
        self.codepage = codepage
        self.codepage = self.own_codepage(codepage)

    def __iter__(self) -> Iterator[int]:
        return iter(self._records)

    def kind(self, name: int) -> int:
        return self._records.get(name, (0, b""))[0]

    def raw(self, name: int) -> bytes:
        kind, value = self._records.get(name, (0, b""))
        if kind == OBJECT:
            return b""
        if kind in _VARIABLE or kind & MANY or kind == 0x0048:
            return self._storage.stream(_stream(name, kind))
        return value

    def many(self, name: int) -> list[bytes]:
        kind, data = self.kind(name), self.raw(name)
        if kind & ~MANY not in _VARIABLE:
            return values_of(kind & ~MANY, data)
        count = len(data) // (8 if kind & ~MANY == BINARY else 4)
        if count > MAX_VALUES:
            raise Broken
        stream = _stream(name, kind)
        return [self._storage.stream(f"{stream}-{each:08x}") for each in range(count)]


class MsgItem(Item):
    """A message or another item: that of the file, one in an attachment, or an attachment."""

    def __init__(self, storage: Storage, head: int, names: NameMap, codepage: int) -> None:
        self._storage = storage
        self._map = names
        super().__init__(MsgValues(storage, head, codepage), names)

    def recipients(self) -> list[Recipient]:
        return recipients(
            MsgValues(self._storage.storage(name), OTHER_HEAD, self.properties.codepage)
            for name in self._storage
            if name.startswith(RECIPIENT)
        )

    def attachments(self) -> list[Callable[[], Item]]:
        found = [name for name in self._storage if name.startswith(ATTACHMENT)]
        if len(found) > MAX_ROWS:
            raise Broken("limit")
        return [partial(self._attachment, name) for name in found]

    def chunks(self, number: int) -> Iterator[bytes]:
        if self.properties.kind(number) == OBJECT:
            yield self._object(number).written()
        else:
            yield self.properties.raw(number)

    def embedded(self, number: int) -> Item:
        inner = self._object(number)
        return MsgItem(inner, MESSAGE_HEAD, self._map, self.properties.codepage)

    def _attachment(self, name: str) -> Item:
        inner = self._storage.storage(name)
        return MsgItem(inner, OTHER_HEAD, self._map, self.properties.codepage)

    def _object(self, number: int) -> Storage:
        return self._storage.storage(_stream(number, OBJECT))


def names_of(top: Storage) -> NameMap:
    """Return the names of a file's named properties, which its inner messages share."""
    names = NameMap()
    try:
        if NAMES in set(top):
            names.read(*map(top.storage(NAMES).stream, _NAME_STREAMS))
    except Broken:
        names.is_damaged = True
    return names


def _stream(number: int, kind: int) -> str:
    return f"{VALUE}{number:04x}{kind:04x}"


def _number(name: str) -> tuple[int, int] | None:
    digits = name.removeprefix(VALUE)
    if len(digits) != 8 or digits == name:
        return None
    try:
        return int(digits[:4], 16), int(digits[4:], 16)
    except ValueError:
        return None

"""List a PST's items from the tables of its folders, without opening one. Decides what is private.

A folder's table tells of each message its size, when it was changed and whether it is private. A
message without a row is asked itself.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from connectors import Excluded
from connectors.archives import Damaged, Listed, Mark, Message
from connectors.pst.folders import CONTENTS_TABLE, Folder, Folders, folders_of
from connectors.pst.form import TOKEN_BYTES, Broken
from connectors.pst.properties import Properties
from connectors.pst.store import Store
from connectors.pst.table import Row, Table

PRIVATE, INTERNAL = "private", "outlook_internal"
MARK_EVERY = 1000
LOCATOR = struct.Struct("<I")
_STATE = struct.Struct(f"<4s{TOKEN_BYTES}sII")
_MAGIC = b"pst1"
_VERSION = struct.Struct("<IqQ")
_SENSITIVITY, _SIZE, _MODIFIED = 0x0036, 0x0E08, 0x3008
MOST = 2**63 - 1
_PRIVATE_SENSITIVITY = (1, 2)  # personal, private; 3 is the company's own secret


class _Told(NamedTuple):
    """What is known of one message. `row`: its table has it, its node is not there."""

    nid: int
    size: int
    modified_ns: int
    is_private: bool
    is_lost: bool = False


def listed(
    store: Store, codepage: int, is_private: Callable[[str], bool], state: bytes
) -> Iterator[Listed]:
    """Yield what the file holds. Raises Broken when its folders cannot be read at all.

    `state` of a Mark is good for the very same file; with any other the listing begins anew.
    """
    folders = folders_of(store, codepage, is_private)
    start, skip = _resumed(state, store.header.token)
    waiting = MARK_EVERY
    group: list[Folder] = []
    for number, folder in enumerate(folders.folders):
        if number < start:
            continue
        if group and folder.private != group[0].private:
            yield from _private(store, codepage, group)
            group = []
        if folder.private:
            group.append(folder)
            continue
        at = lost = 0
        for told in _messages(store, codepage, folder, folders):
            if told.is_lost:
                lost += 1
                continue
            at += 1
            if number == start and at <= skip:
                continue
            yield _entry(told, folder, folders.record_key)
            waiting -= 1
            if not waiting:
                yield Mark(_STATE.pack(_MAGIC, store.header.token, number, at))
                waiting = MARK_EVERY
        if lost or folder.is_nameless:
            yield Damaged("truncated" if store.is_truncated else "corrupt", folder.path)
    if group:
        yield from _private(store, codepage, group)
    if folders.hidden:
        yield Excluded(INTERNAL, len(folders.hidden), sum(_sizes(store, folders)))
    yield from _trouble(store, folders)
    yield Mark(b"")


def _resumed(state: bytes, token: bytes) -> tuple[int, int]:
    if len(state) == _STATE.size:
        magic, of, number, at = _STATE.unpack(state)
        if magic == _MAGIC and of == token:
            return number, at
    return 0, 0


def _entry(told: _Told, folder: Folder, record_key: bytes) -> Message | Excluded:
    if told.is_private:
        return Excluded(PRIVATE, 1, told.size)
    return Message(
        # PR_ENTRYID as Outlook gives it: flags, the store's key, the item's number. The number is
        # never given to another item, and outlives flags, moves inside the file and compaction.
        name=bytes(4) + record_key + LOCATOR.pack(told.nid),
        locator=LOCATOR.pack(told.nid),
        size=told.size,
        modified_ns=told.modified_ns,
        version=_VERSION.pack(told.nid, told.modified_ns, told.size),
        folder=folder.path,
    )


def _private(store: Store, codepage: int, group: list[Folder]) -> Iterator[Excluded]:
    count = size = 0
    for folder in group:
        for told in _messages(store, codepage, folder, None):
            count += 1
            size += told.size
    if count:
        yield Excluded(PRIVATE, count, size)


def _messages(
    store: Store, codepage: int, folder: Folder, folders: Folders | None
) -> Iterator[_Told]:
    """Yield a folder's messages: its table's rows in their order, then those without a row."""
    met = bytearray(len(folder.messages))
    left = len(folder.messages)
    try:
        for row in _rows(store, codepage, folder.nid):
            at = folder.position(row.nid)
            if at >= 0 and not met[at]:
                met[at] = 1
                left -= 1
                yield _of_row(store, codepage, row)
            elif at < 0 and folders is not None and not folders.present(row.nid):
                yield _Told(row.nid, 0, 0, False, is_lost=True)
    except Broken:
        pass  # nothing is lost by it: all messages have the folder as their parent
    if left:
        for at, nid in enumerate(folder.messages):
            if not met[at]:
                yield _of_item(store, codepage, nid)


def _rows(store: Store, codepage: int, nid: int) -> Iterator[Row]:
    node = store.node(nid & ~0x1F | CONTENTS_TABLE)
    if node is not None:
        yield from Table(store, node, codepage).rows([])


def _of_row(store: Store, codepage: int, row: Row) -> _Told:
    columns = row.table.columns
    if _SENSITIVITY not in columns or _SIZE not in columns or _MODIFIED not in columns:
        return _of_item(store, codepage, row.nid)
    private = row.integer(_SENSITIVITY) in _PRIVATE_SENSITIVITY
    return _told(row.nid, row.integer(_SIZE), row.time(_MODIFIED), private)


def _told(nid: int, size: int, modified_ns: int, is_private: bool) -> _Told:
    known = modified_ns if modified_ns <= MOST else 0
    return _Told(nid, min(max(size, 0), MOST), known, is_private)


def _of_item(store: Store, codepage: int, nid: int) -> _Told:
    try:
        node = store.node(nid)
        if node is None:
            return _Told(nid, 0, 0, False)
        size = store.data_bytes(node.data)
        properties = Properties(store, node, codepage)
        private = properties.integer(_SENSITIVITY) in _PRIVATE_SENSITIVITY
        size = properties.integer(_SIZE) or size
        return _told(nid, size, properties.time(_MODIFIED), private)
    except Broken:
        return _Told(nid, 0, 0, False)  # opening it will tell why


def _sizes(store: Store, folders: Folders) -> Iterator[int]:
    for nid in folders.hidden:
        try:
            node = store.node(nid)
            yield store.data_bytes(node.data) if node else 0
        except Broken:
            yield 0


def _trouble(store: Store, folders: Folders) -> Iterator[Damaged]:
    if store.is_truncated:
        yield Damaged("truncated")
    elif folders.damage or store.is_damaged:
        yield Damaged("corrupt")

"""Lay a PST's nodes out as folders with messages. Opens no message.

What lies in which folder is told by the tree of nodes, which names every item once, with its
parent: so a message that no folder's table lists any more is met as well, and none twice.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from connectors.pst.form import Broken
from connectors.pst.properties import Properties
from connectors.pst.store import Store

MESSAGE_STORE, ROOT = 0x21, 0x122
FOLDER, SEARCH_FOLDER, MESSAGE, HIDDEN = 0x02, 0x03, 0x04, 0x08
HIERARCHY_TABLE, CONTENTS_TABLE, HIDDEN_TABLE = 0x0D, 0x0E, 0x0F
ORPHANS = "orphans"
"""Folder name of what no folder holds any more."""
MAX_DEPTH = 100
"""Of folder names that a message tells; deeper ones lie in the hundredth."""
NAME_CHARACTERS = 255
TOPS = frozenset(
    (
        "top of personal folders",
        "top of outlook data file",
        "top of information store",
        "ipm_subtree",
    )
)
"""What the folder that Outlook shows the others below is called, where the file does not say."""
_NAME, _RECORD_KEY, _TOP = 0x3001, 0x0FF9, 0x35E0


@dataclass(slots=True)
class Folder:
    """One mail folder: its names, outermost first, and the messages that have it as parent."""

    nid: int
    path: tuple[str, ...] = field(repr=False)
    private: int = 0  # the private folder it lies in, or itself
    is_nameless: bool = False
    messages: array[int] = field(default_factory=lambda: array("I"), repr=False)

    def position(self, nid: int) -> int:
        """Return where a message stands among `messages`, or -1."""
        at = bisect_left(self.messages, nid)
        return at if at < len(self.messages) and self.messages[at] == nid else -1


@dataclass(slots=True)
class Folders:
    """Every folder with items, in an order that the file alone decides.

    `hidden`: ids of what Outlook keeps beside the messages for itself. `damage`: why a part of
    the tree of nodes could not be read.
    """

    record_key: bytes
    folders: list[Folder]
    hidden: array[int]
    damage: list[Broken]
    present: Callable[[int], bool] = field(repr=False)


def folders_of(store: Store, codepage: int, is_private: Callable[[str], bool]) -> Folders:
    """Read the tree of nodes once. Raises Broken when not even its root can be read."""
    damage: list[Broken] = []
    parents: dict[int, int] = {}
    messages: dict[int, array[int]] = {}
    hidden = array("I")
    seen = False
    for node in store.nodes(damage):
        seen = True
        kind = node.nid & 0x1F
        if kind == MESSAGE:
            messages.setdefault(node.parent, array("I")).append(node.nid)
        elif kind == HIDDEN:
            hidden.append(node.nid)
        elif kind == FOLDER:
            parents[node.nid] = node.parent
    if not seen and damage:
        raise damage[0]
    known = _Names(store, codepage)
    for each in messages.values():
        if any(each[at] >= each[at + 1] for at in range(len(each) - 1)):
            each[:] = array("I", sorted(set(each)))
    return Folders(
        known.record_key,
        _ordered(parents, messages, known, is_private),
        hidden,
        damage,
        partial(_is_there, store),
    )


def _is_there(store: Store, nid: int) -> bool:
    try:
        return store.node(nid) is not None
    except Broken:
        return False


class _Names:
    """Names of folders, and of the store."""

    def __init__(self, store: Store, codepage: int) -> None:
        self._store = store
        self._codepage = codepage
        self.record_key, self.store_name, self.top = bytes(16), "", 0
        try:
            if properties := self._properties(MESSAGE_STORE):
                self.record_key = properties.raw(_RECORD_KEY).ljust(16, b"\0")[:16]
                self.top = int.from_bytes(properties.raw(_TOP)[20:24], "little")
                self.store_name = properties.text(_NAME)
        except Broken:
            pass  # without it folders have one name more

    def of(self, nid: int) -> str | None:
        """Return a folder's name, or None where it cannot be read."""
        try:
            properties = self._properties(nid)
            return None if properties is None else _short(properties.text(_NAME))
        except Broken:
            return None

    def _properties(self, nid: int) -> Properties | None:
        node = self._store.node(nid)
        return None if node is None else Properties(self._store, node, self._codepage)


def _ordered(
    parents: dict[int, int],
    messages: dict[int, array[int]],
    known: _Names,
    is_private: Callable[[str], bool],
) -> list[Folder]:
    children: dict[int, list[int]] = {}
    for nid, parent in parents.items():
        if nid != parent:
            children.setdefault(parent, []).append(nid)
    done: set[int] = set()
    found: list[Folder] = []

    def below(start: int, path: tuple[str, ...], *, is_root: bool) -> None:
        private = ROOT if is_root and is_private(known.store_name) else 0
        waiting = [(start, path, private, 0)]
        while waiting:
            nid, path, private, depth = waiting.pop()
            if nid in done:
                continue
            done.add(nid)
            name = None if nid == ROOT and is_root else known.of(nid)
            is_top = nid == known.top or (depth == 1 and (name or "").casefold() in TOPS)
            if nid != ROOT and not private and name is not None and is_private(name):
                private = nid
            if nid != ROOT and not is_top and len(path) < MAX_DEPTH:
                path = (*path, name or "?")
            folder = Folder(nid, path, private, name is None and nid != ROOT)
            folder.messages = messages.pop(nid, folder.messages)
            found.append(folder)
            inner = sorted(children.get(nid, ()), reverse=True)
            waiting.extend((each, path, private, depth + 1) for each in inner)

    below(ROOT, (), is_root=True)
    for nid in sorted(parents, key=lambda each: (parents[each] in parents, each)):
        if nid not in done:
            below(nid, (ORPHANS,), is_root=False)
    for parent in sorted(messages):
        lost = Folder(parent, (ORPHANS,))
        lost.messages = messages[parent]
        found.append(lost)
    return found


def _short(name: str) -> str:
    return "".join(c if c.isprintable() else " " for c in name)[:NAME_CHARACTERS].strip()

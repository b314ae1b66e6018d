"""An item of a PST file: a node, whose subnodes are its recipients and attachments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from connectors.pst.entries import node_of
from connectors.pst.form import Broken
from connectors.pst.item import MAX_ROWS, Item, Recipient, recipients
from connectors.pst.names import Names
from connectors.pst.properties import OBJECT, Properties
from connectors.pst.store import Node, Store
from connectors.pst.table import Row, Table

ATTACHMENT_TABLE, RECIPIENT_TABLE = 0x671, 0x692
ATTACHMENT = 0x05


class StoredItem(Item):
    """A message, or anything else that lies in a folder or in an attachment. Raises Broken.

    `codepage` is that of the file, for texts in bytes of an item that names none.
    """

    properties: Properties
    names: Names

    def __init__(self, store: Store, node: Node, names: Names, codepage: int) -> None:
        self._store = store
        self._codepage = codepage
        super().__init__(Properties(store, node, codepage), names)

    def recipients(self) -> list[Recipient]:
        return recipients(self._rows(RECIPIENT_TABLE))

    def attachments(self) -> list[Callable[[], Item]]:
        """Return those of the table, then those it forgot."""
        return [partial(self._opened, node) for node in self._attachments()]

    def chunks(self, number: int) -> Iterator[bytes]:
        if self.properties.kind(number) == OBJECT:
            for bid in self._store.leaves(self._object(number).data):
                yield self._store.block(bid)
        else:
            yield from self.properties.chunks(number)

    def embedded(self, number: int) -> Item:
        return StoredItem(self._store, self._object(number), self.names, self._codepage)

    def neighbour(self, entry: bytes) -> Item | None:
        nid = node_of(entry)
        node = self._store.node(nid) if nid else None
        if node is None:
            return None
        return StoredItem(self._store, node, self.names, self.properties.codepage)

    def _opened(self, node: Node) -> Item:
        return StoredItem(self._store, node, self.names, self._codepage)

    def _attachments(self) -> list[Node]:
        subnodes = self.properties.heap.subnodes
        try:
            listed = [row.nid for row in self._rows(ATTACHMENT_TABLE)]
        except Broken as error:
            if error.reason == "limit":
                raise
            listed = []
        forgotten = [nid for nid in subnodes if nid & 0x1F == ATTACHMENT and nid not in listed]
        missing = [nid for nid in listed if nid not in subnodes]
        if len(forgotten) > MAX_ROWS:
            raise Broken("limit")
        found = [subnodes[nid] for nid in (*listed, *sorted(forgotten)) if nid in subnodes]
        return found + [Node(nid, 0, 0, 0) for nid in missing]

    def _object(self, number: int) -> Node:
        nid = int.from_bytes(self.properties.raw(number)[:4], "little")
        node = self.properties.heap.subnodes.get(nid)
        if node is None:
            raise Broken
        return node

    def _rows(self, nid: int) -> Iterator[Row]:
        node = self.properties.heap.subnodes.get(nid)
        if node is None:
            return
        damage: list[Broken] = []
        for number, row in enumerate(
            Table(self._store, node, self.properties.codepage).rows(damage)
        ):
            if number >= MAX_ROWS:
                raise Broken("limit")
            yield row
        if damage:
            raise damage[0]

"""One item of a PST: its properties, recipients and attachments. Decodes, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from connectors.pst.form import Broken
from connectors.pst.names import Name, Names
from connectors.pst.properties import Properties
from connectors.pst.store import Node, Store
from connectors.pst.table import Row, Table
from connectors.pst.text import NEVER

ATTACHMENT_TABLE, RECIPIENT_TABLE = 0x671, 0x692
ATTACHMENT = 0x05
MAX_ROWS = 10_000
"""Of recipients, and of attachments, of one item."""


class Recipient(NamedTuple):
    """`role`: 1 To, 2 Cc, 3 Bcc or a room, else the sender. `address` may be an X.500 name."""

    role: int
    name: str
    address: str


class Item:
    """A message, or anything else that lies in a folder or in an attachment. Raises Broken.

    `troubles` gathers what single values could not be read for; they count as not there.
    """

    def __init__(self, store: Store, node: Node, names: Names, codepage: int) -> None:
        self.store = store
        self.names = names
        self.properties = Properties(store, node, codepage)
        self.troubles: list[Broken] = []
        self.kind = self.text(0x001A).casefold()

    def text(self, name: int | Name) -> str:
        """Return a text on one line, empty where it is not there or cannot be read."""
        return " ".join(self.body(name).split())

    def body(self, name: int | Name) -> str:
        """Return a text as it is, empty where it is not there or cannot be read."""
        number = self.number(name)
        if number not in self.properties:
            return ""
        try:
            return self.properties.text(number)
        except Broken as error:
            self.troubles.append(error)
            return ""

    def texts(self, name: int | Name) -> list[str]:
        """Return each value, on one line, of a property that may hold many."""
        number = self.number(name)
        if number not in self.properties:
            return []
        try:
            found = self.properties.texts(number)
        except Broken as error:
            self.troubles.append(error)
            return []
        return [line for text in found if (line := " ".join(text.split()))]

    def raw(self, name: int | Name) -> bytes:
        """Return the bytes of a value, empty where it is not there or cannot be read."""
        try:
            return self.properties.raw(self.number(name))
        except Broken as error:
            self.troubles.append(error)
            return b""

    def many(self, name: int | Name) -> list[bytes]:
        """Return the bytes of each value of a property that holds many."""
        try:
            return self.properties.many(self.number(name)) if self.has(name) else []
        except Broken as error:
            self.troubles.append(error)
            return []

    def integer(self, name: int | Name) -> int:
        try:
            return self.properties.integer(self.number(name))
        except Broken as error:
            self.troubles.append(error)
            return 0

    def time(self, name: int | Name) -> int:
        """Return a time in nanoseconds since 1970, UTC; 0: none."""
        try:
            value = self.properties.time(self.number(name))
        except Broken as error:
            self.troubles.append(error)
            return 0
        return value if value < NEVER else 0

    def number(self, name: int | Name) -> int:
        """Return the number of a property in this file; 0, which no property has, for none."""
        return name if isinstance(name, int) else self.names.number(name)

    def has(self, name: int | Name) -> bool:
        return self.number(name) in self.properties

    def recipients(self) -> list[Recipient]:
        """Return the recipients in their order. Raises Broken, "limit" beyond MAX_ROWS."""
        return [
            Recipient(
                row.integer(0x0C15) & 0xF,
                " ".join((row.text(0x3001) or row.text(0x5FF6)).split()),
                row.text(0x39FE) or row.text(0x3003),
            )
            for row in self._rows(RECIPIENT_TABLE)
        ]

    def attachments(self) -> list[Node]:
        """Return the nodes of the attachments: those of the table, then those it forgot."""
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

    def _rows(self, nid: int) -> Iterator[Row]:
        node = self.properties.heap.subnodes.get(nid)
        if node is None:
            return
        damage: list[Broken] = []
        for number, row in enumerate(
            Table(self.store, node, self.properties.codepage).rows(damage)
        ):
            if number >= MAX_ROWS:
                raise Broken("limit")
            yield row
        if damage:
            raise damage[0]

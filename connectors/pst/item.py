"""One Outlook item: its properties, recipients and attachments. Decodes, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from connectors.pst.form import Broken
from connectors.pst.names import Name
from connectors.pst.properties import Values
from connectors.pst.text import NEVER

MAX_ROWS = 10_000
"""Of recipients, and of attachments, of one item."""


class Recipient(NamedTuple):
    """`role`: 1 To, 2 Cc, 3 Bcc or a room, else the sender. `address` may be an X.500 name."""

    role: int
    name: str
    address: str


class Row(Protocol):
    """A row of a table, or the properties of one recipient."""

    def integer(self, name: int) -> int: ...
    def text(self, name: int) -> str: ...


class Named(Protocol):
    """Both ways between the numbers of properties in a file and their names."""

    is_damaged: bool

    def number(self, name: Name) -> int: ...
    def name(self, number: int) -> Name | None: ...


class Item:
    """A message, or anything else that lies in a folder, a file or an attachment.

    A subclass says where recipients and attachments lie. `troubles` gathers what single values
    could not be read for; they count as not there.
    """

    def __init__(self, properties: Values, names: Named) -> None:
        self.properties = properties
        self.names = names
        self.troubles: list[Broken] = []
        self.kind = self.text(0x001A).casefold()

    def recipients(self) -> list[Recipient]:
        """Return the recipients in their order. Raises Broken, "limit" beyond MAX_ROWS."""
        raise NotImplementedError

    def attachments(self) -> Sequence[Callable[[], Item]]:
        """Return what opens each attachment, in their order. Both raise Broken."""
        raise NotImplementedError

    def chunks(self, number: int) -> Iterator[bytes]:
        """Yield the bytes of a value that may be large, or of an object. Raises Broken."""
        raise NotImplementedError

    def embedded(self, number: int) -> Item:
        """Return the message that a value holds. Raises Broken."""
        raise NotImplementedError

    def neighbour(self, entry: bytes) -> Item | None:
        """Return the item of the same file that an entry id names, if there is one."""
        return None

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


def recipients(rows: Iterable[Row]) -> list[Recipient]:
    """Return who the rows of a table of recipients name. Raises Broken, "limit" beyond MAX_ROWS."""
    found: list[Recipient] = []
    for row in rows:
        if len(found) >= MAX_ROWS:
            raise Broken("limit")
        name = " ".join((row.text(0x3001) or row.text(0x5FF6)).split())
        found.append(
            Recipient(row.integer(0x0C15) & 0xF, name, row.text(0x39FE) or row.text(0x3003))
        )
    return found

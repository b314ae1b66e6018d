"""Take messages from an open folder, a large one in pieces. Marks none as read."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from connectors import Unreadable
from connectors.imap.responses import fetched, number
from connectors.imap.wire import Lie, Wire
from connectors.pace import Pace

PIECE_BYTES = 1024 * 1024
"""A larger message is taken piece by piece; what is taken already survives a lost connection."""
TOGETHER_BYTES = 1024 * 1024
TOGETHER_EACH = 256 * 1024
TOGETHER = 32
"""So many small messages that are wanted next are asked for at once: one answer's wait for all."""
BESIDE_BYTES = 64 * 1024
"""What an answer may hold besides the messages."""


class Wanted(NamedTuple):
    """A message: its folder as the server calls it, its item, and its size as listed."""

    key: bytes
    item: str
    size: int

    @property
    def uid(self) -> int:
        return number(self.item.rpartition("/")[2].encode())

    @property
    def validity(self) -> int:
        return number(self.item.partition("/")[0].encode())


class Ahead:
    """The messages that are wanted next, and those of them that are here already."""

    def __init__(self) -> None:
        self._wanted: deque[Wanted] = deque()
        self._here: dict[tuple[bytes, str], bytes] = {}

    def expect(self, wanted: Sequence[Wanted]) -> None:
        self._wanted = deque(wanted)
        self._here.clear()

    def taken(self, message: Wanted) -> bytes | None:
        return self._here.pop((message.key, message.item), None)

    def group(self, first: Wanted) -> list[Wanted]:
        """Return `first` with what can be asked for together with it, which is no longer ahead."""
        while self._wanted and self._wanted[0] != first:
            self._wanted.popleft()
        group: list[Wanted] = []
        size = 0
        while self._wanted and len(group) < TOGETHER:
            each = self._wanted[0]
            size += each.size
            if each[0] != first.key or each.validity != first.validity:
                break
            if each.size >= TOGETHER_EACH or size > TOGETHER_BYTES:
                break
            group.append(self._wanted.popleft())
        return group

    def here(self, message: Wanted, data: bytes) -> None:
        self._here[(message.key, message.item)] = data


def take_together(wire: Wire, group: Sequence[Wanted], ahead: Ahead, pace: Pace) -> None:
    """Fetch small messages in one answer. One that is larger than it was listed is left out."""
    by_uid = {each.uid: each for each in group}
    numbers = ",".join(map(str, sorted(by_uid)))
    size = sum(each.size for each in group)
    answer = wire.ask(
        "UID FETCH",
        numbers.encode(),
        b"(UID BODY.PEEK[]<0.%d>)" % TOGETHER_EACH,
        room=2 * size + len(group) * 1024 + BESIDE_BYTES,
    )
    taken = 0
    for table in fetched(answer.get("FETCH", ())):
        body = table.get(b"BODY")
        message = by_uid.get(number(table[b"UID"]))
        if message is not None and isinstance(body, bytes):
            taken += len(body)
            if message.size <= len(body) < TOGETHER_EACH:
                ahead.here(message, body)
    pace.took(len(group), taken)


def take(wire: Wire, message: Wanted, into: BinaryIO, pace: Pace) -> None:
    """Append what is missing of a message to `into`, from its end on. Raises Unreadable."""
    at = into.seek(0, io.SEEK_END)
    if not at:
        pace.took(1, 0)
    while True:
        piece = _piece(wire, message.uid, at)
        into.write(piece)
        at += len(piece)
        pace.took(0, len(piece))
        if not piece or (len(piece) < PIECE_BYTES and at >= message.size):
            if not at and message.size:
                raise Unreadable(b"", "corrupt")
            return
        if at > 2 * message.size + PIECE_BYTES:  # no honest size is that wrong
            raise Unreadable(b"", "corrupt")


def _piece(wire: Wire, uid: int, at: int) -> bytes:
    answer = wire.ask(
        "UID FETCH",
        b"%d" % uid,
        b"(UID BODY.PEEK[]<%d.%d>)" % (at, PIECE_BYTES),
        room=PIECE_BYTES + BESIDE_BYTES,
    )
    for table in fetched(answer.get("FETCH", ())):
        if number(table[b"UID"]) == uid and b"BODY" in table:
            piece = table[b"BODY"]
            if isinstance(piece, bytes) and len(piece) > PIECE_BYTES:
                raise Lie
            return piece if isinstance(piece, bytes) else b""
    raise Unreadable(b"", "vanished")

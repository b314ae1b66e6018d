"""A mailbox on an IMAP server as one process sees it. Opens folders read-only, changes nothing."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from typing import BinaryIO, TypeVar

from connectors import Reason, Unreadable
from connectors.archives import Damaged, Hasher, Listed
from connectors.imap.account import ATTEMPTS, FIRST_PAUSES, LATER_PAUSES, ImapAccount, lost
from connectors.imap.folders import folders_of
from connectors.imap.listing import FolderListing
from connectors.imap.opening import Ahead, Wanted, take, take_together
from connectors.imap.reasons import reason_of
from connectors.imap.responses import Raw, grouped, number, values
from connectors.imap.uids import UidSet
from connectors.imap.wire import Dropped, Lie, Refusal, Wire, quoted
from connectors.mailserver import MailFolder

MAX_MESSAGES = 20_000_000
MAX_BREAKS = 30
"""Connections that may break in the life of one object; then the server is not worth another."""
T = TypeVar("T")


class ImapMailbox:
    """See connectors.mailserver.Mailbox. `pause` waits so many seconds."""

    def __init__(
        self,
        account: ImapAccount,
        hasher: Callable[[], Hasher],
        spool: Callable[[], BinaryIO],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._hasher = hasher
        self._spool = spool
        self._pause = pause
        self._pace = account.pace()
        self._ahead = Ahead()
        self._wire: Wire | None = None
        self._was_reached = False
        self._breaks = 0
        self._lost: Unreadable | None = None
        self._open: tuple[bytes, int] | None = None  # the open folder, and its UIDVALIDITY

    def folders(self) -> Iterator[MailFolder]:
        try:
            yield from self._persistently(lambda wire: folders_of(wire, self._account))
        except Refusal:  # of the list itself
            raise lost("busy") from None
        except Unreadable as error:
            raise error if error.lost else lost("unreachable") from None

    def messages(
        self, key: bytes, state: bytes, again: Collection[str], max_size: int | None
    ) -> Iterator[Listed]:
        listing = FolderListing(state, again, max_size, self._hasher)
        self._open = None
        try:
            present = self._inside(key, listing.opened, _present)
        except Refusal as refusal:
            raise Unreadable(b"", reason_of(refusal)) from None
        yield from listing.begun(present)
        for piece in listing.pieces():
            yield from self._described(key, listing, piece)
            yield listing.mark()
        yield listing.mark(done=True)

    def _described(self, key: bytes, listing: FolderListing, piece: UidSet) -> Iterator[Listed]:
        """Yield the messages of a piece; where the server fails at one, all the others."""
        reason: Reason
        try:
            answer = self._inside(
                key,
                listing.opened,
                lambda wire: wire.ask(
                    "UID FETCH", str(piece).encode(), listing.question(wire.offers)
                ),
            )
        except Refusal as refusal:
            reason = reason_of(refusal)
        except Unreadable as error:
            if error.lost or error.reason == "vanished":
                raise
            reason = error.reason
        else:
            yield from listing.described(piece, answer.get("FETCH", ()))
            return
        if len(piece) == 1:
            yield Damaged(reason)
            return
        for half in piece.pieces((len(piece) + 1) // 2):
            yield from self._described(key, listing, half)

    def open(self, key: bytes, item: str, size: int) -> BinaryIO:
        message = Wanted(key, item, size)
        here = self._ahead.taken(message)
        if here is None:
            self._fetch_ahead(message)
            here = self._ahead.taken(message)
        if here is not None:
            return io.BytesIO(here)
        into = self._spool()
        try:
            self._inside(
                key,
                lambda validity: _same(validity, message),
                lambda wire: take(wire, message, into, self._pace),
            )
        except Refusal as refusal:
            into.close()
            raise Unreadable(b"", reason_of(refusal)) from None
        except BaseException:
            into.close()
            raise
        into.seek(0)
        return into

    def _fetch_ahead(self, message: Wanted) -> None:
        group = self._ahead.group(message)
        if len(group) < 2:
            return
        try:
            wire = self._connected()
            _same(self._entered(wire, message.key), message)
            take_together(wire, group, self._ahead, self._pace)
        except (Dropped, Refusal) as trouble:  # each by itself, then
            if isinstance(trouble, Dropped):
                self._break()

    def expect(self, wanted: Sequence[tuple[bytes, str, int]]) -> None:
        self._ahead.expect([Wanted(*each) for each in wanted])

    def close(self) -> None:
        self._ahead.expect(())
        if self._wire is not None:
            wire, self._wire, self._open = self._wire, None, None
            wire.leave()

    # connections

    def _inside(
        self,
        key: bytes,
        opened: Callable[[int], None],
        work: Callable[[Wire], T],
    ) -> T:
        """Do `work` inside a folder, `opened` being told its UIDVALIDITY before."""

        def entered(wire: Wire) -> T:
            opened(self._entered(wire, key))
            return work(wire)

        return self._persistently(entered)

    def _entered(self, wire: Wire, key: bytes) -> int:
        """Open a folder, if it is not the open one; return its UIDVALIDITY."""
        if self._open is None or self._open[0] != key:
            self._open = None
            try:
                name = quoted(key)
            except ValueError:
                raise Unreadable(b"", "unsupported") from None
            answer = wire.examine(name)
            self._open = key, number(_only(answer.get("UIDVALIDITY", ())), 0)
        return self._open[1]

    def _persistently(self, work: Callable[[Wire], T]) -> T:
        """Do something over the connection, again over a new one where it breaks."""
        reason: Reason = "offline"
        for _ in range(ATTEMPTS):
            wire = self._connected()
            try:
                return work(wire)
            except Dropped as error:
                reason = "corrupt" if isinstance(error, Lie) else "offline"
                self._break()
        raise Unreadable(b"", reason)

    def _connected(self) -> Wire:
        if self._lost is not None:
            raise self._lost
        pauses = iter(LATER_PAUSES if self._was_reached else FIRST_PAUSES)
        while self._wire is None:
            try:
                self._wire = self._account.logged_in()
                self._was_reached = True
            except Unreadable as error:  # no second try: accounts are locked by those
                self._lost = error
                raise
            except Dropped:
                pause = next(pauses, None)
                if pause is None:
                    self._lost = lost("unreachable")
                    raise self._lost from None
                self._pause(pause)
        return self._wire

    def _break(self) -> None:
        wire, self._wire, self._open = self._wire, None, None
        if wire is not None:
            wire.shutdown()
        self._breaks += 1
        if self._breaks > MAX_BREAKS:
            self._lost = lost("unreachable")


def _same(validity: int, message: Wanted) -> None:
    if validity != message.validity:  # the folder was made anew: no such number any more
        raise Unreadable(b"", "vanished")


def _only(pieces: Sequence[Raw]) -> bytes | None:
    last = pieces[-1] if pieces else None
    return last if isinstance(last, bytes) else None


def _present(wire: Wire) -> UidSet:
    """Return the numbers of the messages in the open folder."""
    compact = "ESEARCH" in wire.offers
    answer = wire.ask("UID SEARCH", *((b"RETURN (ALL)",) if compact else ()), b"ALL")
    try:
        found = UidSet()
        for group in grouped(answer.get("ESEARCH", ())):
            words = values(group)
            for name, held in pairwise(words):
                if name == b"ALL" and isinstance(held, bytes):
                    found = found | UidSet.parsed(held.decode("ascii"))
        for group in grouped(answer.get("SEARCH", ())):
            found = found | UidSet.of(number(each) for each in values(group) if number(each) > 0)
    except ValueError:
        raise Lie from None
    if len(found) > MAX_MESSAGES:
        raise Unreadable(b"", "limit")
    return found

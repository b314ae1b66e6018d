"""What one folder holds, message by message, and what of it an earlier listing knows already.

Asks for numbers, sizes, dates and five header fields, and for no text.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from email.message import Message as Header
from email.parser import BytesHeaderParser

from connectors import Excluded
from connectors.archives import Damaged, Hasher, Kept, Listed, Mark, Message
from connectors.excludes import PRIVATE, SIZE
from connectors.imap.responses import Raw, Value, fetched, number
from connectors.imap.uids import UidSet

PIECE_MESSAGES = 500
"""Messages asked about at a time."""
MAX_AGAIN = 2_000
"""So many known messages are listed again one by one; where there are more, the whole folder is."""
_FIELDS = b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT SENSITIVITY)]"
_SIZE = b"RFC822.SIZE"
_PRIVATE = ("personal", "private")
_VERSION = struct.Struct(">QQ")
_DATE = re.compile(
    rb" ?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)", re.IGNORECASE
)
_MONTHS = b"jan feb mar apr may jun jul aug sep oct nov dec".split()


class FolderListing:
    """One listing of one folder. `state` and what it yields: connectors.mailserver.Mailbox."""

    def __init__(
        self,
        state: bytes,
        again: Collection[str],
        max_size: int | None,
        hasher: Callable[[], Hasher],
    ) -> None:
        self._max_size = max_size
        self._hasher = hasher
        self._again = again
        self.validity = 0
        self._known = UidSet()
        self._withheld: dict[int, tuple[str, int]] = {}  # by UID: the rule, and bytes
        self._is_new = False
        self._wanted = UidSet()
        self._read_state(state)

    def _read_state(self, state: bytes) -> None:
        try:
            held = json.loads(state)
            if held["max_size"] != self._max_size:
                return
            self.validity = int(held["validity"])
            self._known = UidSet.parsed(held["known"])
            self._withheld = {int(u): (str(r), int(s)) for u, r, s in held["withheld"]}
            self._is_new = not held["done"]
        except (ValueError, TypeError, KeyError):
            self.validity, self._known, self._withheld = 0, UidSet(), {}

    def opened(self, validity: int) -> None:
        """Take note of the folder's UIDVALIDITY: under another one no number is known."""
        if validity != self.validity:
            self.validity, self._known, self._withheld = validity, UidSet(), {}
            self._is_new = True

    def begun(self, present: UidSet) -> Iterator[Listed]:
        """Take the numbers that are there; yield what stays of an earlier listing."""
        gone = self._known - present
        self._known = self._known & present
        again = UidSet()
        if not self._is_new:
            again = UidSet.of(self._numbers(self._again)) & self._known
            yield Kept(tuple(map(self.item, gone)))
            yield from self._still_withheld(present)
        self._is_new = True  # from now on a state is one of a listing under way
        self._withheld = {u: held for u, held in self._withheld.items() if u in present}
        self._wanted = (present - self._known) | again

    def _numbers(self, items: Iterable[str]) -> Iterator[int]:
        for each in items:
            validity, _, uid = each.partition("/")
            if validity == str(self.validity) and uid.isdigit():
                yield int(uid)

    def _still_withheld(self, present: UidSet) -> Iterator[Excluded]:
        totals: dict[str, list[int]] = {}
        for uid, (rule, size) in self._withheld.items():
            if uid in present:
                total = totals.setdefault(rule, [0, 0])
                total[0] += 1
                total[1] += size
        for rule, (count, size) in sorted(totals.items()):
            yield Excluded(rule, count, size)

    def pieces(self) -> Iterator[UidSet]:
        """Yield the numbers to ask about."""
        return self._wanted.pieces(PIECE_MESSAGES)

    def question(self, offers: Collection[str]) -> bytes:
        """Return what to FETCH, by what the server offers."""
        more = b""
        if "X-GM-EXT-1" in offers:
            more = b" X-GM-MSGID"
        elif "OBJECTID" in offers:
            more = b" EMAILID"
        return b"(UID RFC822.SIZE INTERNALDATE" + more + b" " + _FIELDS + b")"

    def described(self, asked: UidSet, answer: Iterable[Raw]) -> Iterator[Listed]:
        """Yield the messages of one answer; what was not asked for is passed by.

        One that was asked for and is not told is gone meanwhile, or lost to its server.
        """
        told: dict[int, dict[bytes, Value]] = {}
        for table in fetched(answer):
            uid = number(table[b"UID"])
            if uid in asked:
                told.setdefault(uid, {}).update(table)
        for uid, table in sorted(told.items()):
            if _SIZE in table:
                yield self._message(uid, table)
            else:
                yield Damaged("corrupt")
        for _ in asked - UidSet.of(told):
            yield Damaged("vanished")
        self._known = self._known | UidSet.of(u for u, each in told.items() if _SIZE in each)

    def _message(self, uid: int, table: dict[bytes, Value]) -> Listed:
        size = max(number(table[_SIZE], 0), 0)
        received = _nanoseconds(table.get(b"INTERNALDATE"))
        body = table.get(b"BODY")
        header = BytesHeaderParser().parsebytes(body if isinstance(body, bytes) else b"")
        rule = ""
        if str(header.get("Sensitivity", "")).strip().lower() in _PRIVATE:
            rule = PRIVATE
        elif self._max_size is not None and size > self._max_size:
            rule = SIZE
        if rule:
            self._withheld[uid] = (rule, size)
            return Excluded(rule, 1, size)
        return Message(
            name=b"",
            locator=b"",
            size=size,
            modified_ns=received,
            version=_VERSION.pack(size, received),
            item=self.item(uid),
            identity=self._identity(table, header, size, received),
        )

    def _identity(
        self, table: dict[bytes, Value], header: Header, size: int, received: int
    ) -> bytes:
        """Return what two copies of a message have in common, keyed; empty where nothing tells.

        The server's own number of a content where it has one (Gmail; RFC 8474). Else Message-ID,
        From, Date, Subject, size and time of arrival together.
        """
        own = table.get(b"X-GM-MSGID") or table.get(b"EMAILID")
        while isinstance(own, list) and own:
            own = own[0]
        hasher = self._hasher()
        if isinstance(own, bytes):
            hasher.update(b"server\0" + own)
        elif identity := str(header.get("Message-ID", "")).strip():
            told = (identity, *(str(header.get(name, "")) for name in ("From", "Date", "Subject")))
            hasher.update("\0".join(told).encode("utf-8", "surrogateescape"))
        else:
            return b""
        hasher.update(_VERSION.pack(size, received))
        return hasher.digest()[:16]

    def item(self, uid: int) -> str:
        return f"{self.validity}/{uid}"

    def mark(self, *, done: bool = False) -> Mark:
        """Return how far the listing has come."""
        state = {
            "validity": self.validity,
            "known": str(self._known),
            "withheld": [[uid, *held] for uid, held in sorted(self._withheld.items())],
            "max_size": self._max_size,
            "done": done,
        }
        return Mark(json.dumps(state, separators=(",", ":")).encode())


def _nanoseconds(value: Value) -> int:
    """Return a time of arrival in nanoseconds since 1970, 0 where it is none."""
    found = _DATE.fullmatch(value) if isinstance(value, bytes) else None
    if found is None:
        return 0
    try:
        ahead = timedelta(hours=int(found[8]), minutes=int(found[9]))
        zone = timezone(-ahead if found[7] == b"-" else ahead)
        day, year, hour, minute, second = (int(found[n]) for n in (1, 3, 4, 5, 6))
        month = _MONTHS.index(found[2].lower()) + 1
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        return max(0, int(moment.timestamp())) * 10**9
    except (ValueError, OverflowError):
        return 0

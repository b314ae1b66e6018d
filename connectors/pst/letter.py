"""Write one item as MIME: header, bodies, what Outlook shows beside them, attachments.

What of an item cannot be read leaves a part behind that is broken on purpose, a multipart without
its boundary: a reader of mail reports it, so nothing is taken for read that was not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from connectors.pst.details import details
from connectors.pst.fields import fields
from connectors.pst.form import Broken
from connectors.pst.heap import VALUE_BYTES
from connectors.pst.item import Item
from connectors.pst.meeting import NAME as CALENDAR
from connectors.pst.meeting import calendar, is_meeting
from connectors.pst.mime import Writer, boundary, type_of, typed
from connectors.pst.names import FIRST, Names
from connectors.pst.properties import BINARY, OBJECT, STRING, WIDE
from connectors.pst.rtf import unpacked
from connectors.pst.store import Node, Store
from connectors.pst.stored import StoredItem
from connectors.pst.text import charset_of

MAX_DEPTH = 50
"""Of messages in messages."""
TIMES, PACKED_TIMES = 6, 200
"""A message is written in at most so many times the bytes of its file (packed: each block may be
64 kB in 512 bytes). Base64 takes 1.4; hostile files name one block again and again."""
LEAST_BYTES = 1024**2
MAX_PARTS = 10_000
EMBEDDED = 5
BY_REFERENCE = (2, 3, 4, 7)
RTF_NAME = "body.rtf"
_TEXT, _HTML, _RTF, _CODEPAGE = 0x1000, 0x1013, 0x1009, 0x3FDE
_DATA, _METHOD, _MIME = 0x3701, 0x3705, 0x370E
_NAMES = (0x3707, 0x3704, 0x3001)
_PATHS = (0x370D, 0x3708)
_SIGNED, _ENVELOPED = "multipart/signed", bytes.fromhex("06092a864886f70d010703")
_PKCS7 = "application/pkcs7-mime"


def opened(
    store: Store, node: Node, names: Names, codepage: int, folder: str | None = None
) -> BinaryIO:
    """Return an item as MIME, at its beginning. Raises Broken when there is nothing to write."""
    suspect = store.suspect_blocks
    item = StoredItem(store, node, names, codepage)
    times = PACKED_TIMES if store.form.is_packed else TIMES
    most = LEAST_BYTES + times * store.size
    return written(item, most, folder, lambda: store.suspect_blocks > suspect)


def written(
    item: Item, most_bytes: int, folder: str | None, is_suspect: Callable[[], bool] = bool
) -> BinaryIO:
    """Return any item as MIME of at most `most_bytes`, at its beginning. Raises Broken.

    `is_suspect`: whether the bytes that were read so far are not those that were written.
    """
    out = Writer(most_bytes, folder)
    try:
        _Letter(item, out, (0,), is_suspect).write()
    except BaseException:
        out.close()
        raise
    return out.done()


class _Letter:
    """One message on its way into a file. `path` numbers it among the parts it lies in."""

    def __init__(
        self,
        item: Item,
        out: Writer,
        path: tuple[int, ...],
        is_suspect: Callable[[], bool],
        depth: int = 0,
    ) -> None:
        self._item = item
        self._out = out
        self._path = path
        self._is_suspect = is_suspect
        self._depth = depth
        self._parts = 0

    def write(self) -> None:
        item, out = self._item, self._out
        for name, value in fields(item):
            out.field(name, value)
        out.line("MIME-Version: 1.0")
        self._multipart("mixed", self._path)
        if lines := list(details(item)):
            self._part()
            self._text("text/plain", "\r\n".join([*lines, ""]))
        self._bodies()
        if is_meeting(item):
            self._part()
            self._head(typed("text/calendar", CALENDAR, {"charset": "utf-8"}, inline=True))
            out.base64([calendar(item)])
        self._attachments()
        self._unread()
        if not self._parts:
            self._part()
            self._text("text/plain", "")
        out.line(f"--{boundary(self._path)}--")

    def _bodies(self) -> None:
        item = self._item
        text, html, rtf = item.body(_TEXT), self._html(), b""
        if not html[0]:
            rtf = self._rtf()
        if sum(map(bool, (text, html[0], rtf))) > 1:
            self._part()
            inner = (*self._path, self._parts)
            self._multipart("alternative", inner)
            self._alternatives(text, html, rtf, lambda: self._out.line(f"--{boundary(inner)}"))
            self._out.line(f"--{boundary(inner)}--")
        else:
            self._alternatives(text, html, rtf, self._part)

    def _alternatives(
        self, text: str, html: tuple[bytes, str], rtf: bytes, begin: Callable[[], None]
    ) -> None:
        if text:
            begin()
            self._text("text/plain", text)
        if rtf:
            begin()
            self._head(typed("application/rtf", RTF_NAME, inline=True))
            self._out.base64([rtf])
        if html[0]:
            begin()
            charset = f'; charset="{html[1]}"' if html[1] else ""
            self._out.line(f"Content-Type: text/html{charset}")
            self._out.base64([html[0]])

    def _html(self) -> tuple[bytes, str]:
        item = self._item
        if item.properties.kind(_HTML) in (WIDE, STRING):
            return item.body(_HTML).encode("utf-8", "replace"), "utf-8"
        html = item.raw(_HTML)
        return html, charset_of(html, item.integer(_CODEPAGE))

    def _rtf(self) -> bytes:
        packed = self._item.raw(_RTF)
        if not packed:
            return b""
        try:
            rtf, is_whole = unpacked(packed)
        except Broken as error:
            self._item.troubles.append(error)
            return b""
        if not is_whole:
            self._item.troubles.append(Broken())
        return rtf

    def _attachments(self) -> None:
        item = self._item
        try:
            attachments = item.attachments()
        except Broken as error:
            item.troubles.append(error)
            return
        for number, attachment in enumerate(attachments, 1):
            try:
                inner = attachment()
            except Broken as error:
                item.troubles.append(error)
                continue
            self._attachment(inner, number)
            item.troubles += inner.troubles

    def _attachment(self, inner: Item, number: int) -> None:
        method = inner.integer(_METHOD)
        name = next(filter(None, map(inner.text, _NAMES)), "")
        kind = inner.properties.kind(_DATA)
        if method == EMBEDDED and kind == OBJECT:
            self._embedded(inner)
            return
        if method in BY_REFERENCE and not inner.raw(_DATA):
            where = next(filter(None, map(inner.text, _PATHS)), "")
            self._part()
            self._text("text/plain", f"Attachment kept elsewhere: {name} {where}\r\n")
            return
        if kind not in (BINARY, OBJECT, STRING, WIDE):
            inner.troubles.append(Broken())  # its bytes were never fetched, or are lost
            if not name:
                return
        claimed = inner.text(_MIME).lower()
        if claimed == _SIGNED and self._signed(inner):
            return
        self._part()
        kind_told = type_of(claimed)
        more: dict[str, str] = {}
        if kind_told == _PKCS7 and _ENVELOPED in next(iter(self._chunks(inner)), b"")[:64]:
            more = {"smime-type": "enveloped-data"}
        name = name or f"attachment {number}{inner.text(0x3703)}"
        self._head(typed(kind_told, name, more))
        self._out.base64(self._chunks(inner))

    def _chunks(self, inner: Item) -> Iterator[bytes]:
        """Yield an attachment's bytes as far as they go."""
        try:
            yield from inner.chunks(_DATA)
        except Broken as error:
            inner.troubles.append(error)

    def _embedded(self, inner: Item) -> None:
        try:
            if self._depth >= MAX_DEPTH:
                raise Broken("limit")
            message = inner.embedded(_DATA)
        except Broken as error:
            inner.troubles.append(error)
            return
        self._part()
        self._out.line("Content-Type: message/rfc822")
        self._out.line()
        path = (*self._path, self._parts)
        depth = self._depth + 1
        _Letter(message, self._out, path, bool, depth).write()

    def _signed(self, inner: Item) -> bool:
        """Write a signed message, which Outlook keeps with its own MIME header, as a message."""
        pieces: list[bytes] = []
        size = 0
        for chunk in self._chunks(inner):
            pieces.append(chunk)
            size += len(chunk)
            if size > VALUE_BYTES:
                return False
        whole = b"".join(pieces)
        if not whole[:2000].lower().lstrip().startswith((b"content-type:", b"mime-version:")):
            return False
        if b"=_0" in whole:  # it could end a part of ours
            return False
        self._part()
        self._out.line("Content-Type: message/rfc822")
        self._out.line()
        self._out.write(b"Subject: " + b"smime.p7m\r\n" + whole.lstrip() + b"\r\n")
        return True

    def _unread(self) -> None:
        item = self._item
        lacks_names = item.names.is_damaged and any(each >= FIRST for each in item.properties)
        if item.troubles or self._is_suspect() or (lacks_names and item.kind != "ipm.note"):
            self._part()
            self._out.line('Content-Type: multipart/mixed; boundary="unread"')
            self._out.line()

    def _part(self) -> None:
        self._parts += 1
        self._out.parts += 1
        if self._out.parts > MAX_PARTS:
            raise Broken("limit")
        self._out.line(f"--{boundary(self._path)}")

    def _multipart(self, form: str, path: tuple[int, ...]) -> None:
        self._out.line(f'Content-Type: multipart/{form}; boundary="{boundary(path)}"')
        self._out.line()

    def _text(self, kind: str, text: str) -> None:
        self._out.line(f"Content-Type: {kind}; charset=utf-8")
        self._out.base64([text.encode("utf-8", "replace")])

    def _head(self, lines: Iterable[tuple[str, str]]) -> None:
        for name, value in lines:
            self._out.field(name, value)

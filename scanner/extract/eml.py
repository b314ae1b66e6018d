"""Read one mail: header fields, every body, and attachments as parts. Opens and fetches nothing.

Broken MIME is read as far as it goes: what has no form is read as text.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator
from email.errors import StartBoundaryNotFoundDefect
from email.message import Message
from email.parser import BytesFeedParser
from functools import partial
from mimetypes import MimeTypes
from typing import BinaryIO

from scanner.extract import Event, Source
from scanner.extract.budget import Budget, Trouble
from scanner.extract.cut import cut, pieces
from scanner.extract.encoding import decode, detect
from scanner.extract.html import page
from scanner.extract.layout import Lines
from scanner.extract.mail_head import head
from scanner.extract.mail_headers import decoded, told_fields
from scanner.extract.quoted import marked
from scanner.extract.renderings import Choice, Renderings, choices, numbered
from scanner.model import Part, Place, Problem

NAME_CHARACTERS = 120
CHUNK_BYTES = 64 * 1024
MEMORY_TIMES = 6
"""Memory that a mail takes, in times its size (measured: 5.6 with one large attachment)."""
MESSAGE = "message.eml"
HTML = frozenset(("text/html", "text/x-amp-html", "text/watch-html"))

_ENDINGS = MimeTypes(filenames=())  # the built-in table: the same on every machine
for _kind, _ending in (
    ("text/calendar", ".ics"),
    ("text/vcard", ".vcf"),
    ("text/x-vcard", ".vcf"),
    ("application/ms-tnef", ".dat"),
):
    _ENDINGS.add_type(_kind, _ending)
_LENGTH_LINE = re.compile(rb"\s*\d{1,12}[ \t]*\r?\n(?=[!-9;-~]+:)")
_UUENCODED = re.compile(
    r"^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[!-`][ -`]{0,90}\n)*?)[` ]?\n?end[ \t]*$", re.MULTILINE
)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]+")


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the Letter, the header fields ("header", "Subject"), bodies ("text", "line 3") and
    ("html", "line 3"), all alternatives, the later ones as `again`, then parts in their order.

    A nested message is a part named after its subject, also one that is all there is of the
    mail; an encrypted mail gives a Problem. Of a mail nested too deep for the parser the header
    fields are read, and a Problem says so.
    Holds the mail in memory, MEMORY_TIMES its size; one for which the process has not that much
    raises Trouble("too_large").
    """
    if source.size * MEMORY_TIMES > budget.limits.memory_bytes:
        raise Trouble("too_large", "memory_bytes")
    try:
        message, is_whole = _parsed(source.stream), True
    except RecursionError:
        message, is_whole = _parsed(source.stream, header_only=True), False
    yield from head(message)
    if is_whole:
        yield from _Mail(budget).events(message)
    else:
        yield Problem((), "limit", "max_depth")


class _Mail:
    """Walks the parts of one message and numbers what has no name."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._parts = 0
        self._bodies = {"text": 0, "html": 0}
        self._renderings = Renderings()

    def events(self, message: Message) -> Iterator[Event]:
        waiting: list[tuple[Message, Choice | None]] = [(message, None)]
        while waiting:
            part, choice = waiting.pop()
            self._parts += 1
            if self._parts > self._budget.limits.max_parts:
                raise Trouble("limit", "max_parts")
            kind = part.get_content_type()
            if kind in ("message/rfc822", "message/global", "message/news"):
                yield self._nested(part)
            elif kind == "multipart/encrypted" or _is_enveloped(part):
                yield Problem((f"part {self._parts}",), "encrypted")
            elif part.is_multipart():
                inner = [p for p in part.get_payload() if isinstance(p, Message)]
                if kind == "multipart/alternative":
                    waiting.extend(reversed(choices(inner, choice)))
                    yield from self._around(part)
                elif kind.startswith("multipart/"):
                    waiting.extend((each, choice) for each in reversed(inner))
                    yield from self._around(part)
                else:  # delivery reports: fields in groups
                    yield from self._text("\n".join(map(_fields, inner)))
                    waiting.extend(
                        (each, choice) for each in reversed(inner) if each.is_multipart()
                    )
            else:
                yield from self._leaf(part, kind, choice)

    def _leaf(self, part: Message, kind: str, choice: Choice | None) -> Iterator[Event]:
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        name = _file_name(part)
        charset = _charset(part)
        attached = name or part.get_content_disposition() == "attachment"
        if kind.startswith("multipart/"):
            if data.strip():
                yield from self._text(decode(data, charset))
            if any(isinstance(d, StartBoundaryNotFoundDefect) for d in part.defects):
                yield Problem((f"part {self._parts}",), "corrupt")
        elif kind in HTML and not attached:
            segments = map(marked, page(decode(data, charset), self._body("html")))
            if choice is None:
                yield from self._renderings.compared(segments)
            else:
                yield from numbered(segments, choice)
        elif kind == "text/plain" and not attached:
            text = decode(data, charset)
            if choice is None:
                if self._parts > 1:
                    self._renderings.said(text)
                yield from self._with_uuencoded(text)
            else:
                yield from numbered(self._with_uuencoded(text), choice)
        elif data or name:
            yield self._part(name or self._nameless(kind), data)

    def _nested(self, part: Message) -> Part | Problem:
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            subject = _subject(inner[0])
            try:
                data = inner[0].as_bytes()
            except RecursionError:
                return Problem((f"part {self._parts}",), "limit", "max_depth")
            except (ValueError, LookupError):
                return Problem((f"part {self._parts}",), "corrupt")
            if not inner[0].keys():  # the whole message was encoded, which the standard forbids
                data = _unencoded(data, str(part.get("Content-Transfer-Encoding", "")))
        else:
            payload = part.get_payload(decode=True)
            data, subject = payload if isinstance(payload, bytes) else b"", ""
        named = _file_name(part) or (f"{_short(subject)}.eml" if subject.strip() else MESSAGE)
        return self._part(named, data)

    def _around(self, part: Message) -> Iterator[Event]:
        for text in (part.preamble, part.epilogue):
            if text and not text.isspace() and "MIME" not in text:
                yield from self._text(decode(text.encode("utf-8", "surrogateescape")))

    def _with_uuencoded(self, text: str) -> Iterator[Event]:
        if "\nend" not in text or "begin " not in text:
            yield from self._text(text)
            return
        files: list[tuple[str, bytes]] = []

        def taken(found: re.Match[str]) -> str:
            try:
                data = b"".join(map(_uu_line, found[2].splitlines()))
            except (binascii.Error, ValueError):
                return found[0]
            files.append((found[1].strip(), data))
            return "\n" * found[0].count("\n")

        yield from self._text(_UUENCODED.sub(taken, text))
        for name, data in files:
            yield self._part(_short(name), data)

    def _text(self, text: str) -> Iterator[Event]:
        yield from map(marked, cut(pieces(text), partial(Lines, prefix=self._body("text"))))

    def _body(self, form: str) -> Place:
        self._bodies[form] += 1
        number = self._bodies[form]
        return (form,) if number == 1 else (f"{form} {number}",)

    def _part(self, name: str, data: bytes) -> Part:
        return Part(name, io.BytesIO(data), len(data))

    def _nameless(self, kind: str) -> str:
        return f"part {self._parts}{_ENDINGS.guess_extension(kind, strict=False) or ''}"


def _parsed(stream: BinaryIO, *, header_only: bool = False) -> Message:
    stream.seek(0)
    chunk = stream.read(CHUNK_BYTES)
    if detect(chunk[:4096]).startswith(("utf-16", "utf-32")):
        stream = io.BytesIO(decode(chunk + stream.read()).encode("utf-8"))
        chunk = stream.read(CHUNK_BYTES)
    chunk = chunk.removeprefix(b"\xef\xbb\xbf")
    if found := _LENGTH_LINE.match(chunk[:200]):  # Apple Mail's emlx
        chunk = chunk[found.end() :]
    chunk = chunk.lstrip(b"\r\n")
    parser = BytesFeedParser()  # in chunks: given all at once, the parser takes twice the memory
    if header_only:
        parser._set_headersonly()  # type: ignore[attr-defined]
    while chunk:
        parser.feed(chunk)
        chunk = stream.read(CHUNK_BYTES)
    return parser.close()


def _fields(message: Message) -> str:
    lines = [f"{name}: {text}" for name, text in told_fields(message)]
    payload = message.get_payload()
    return "\n".join([*lines, decoded(payload) if isinstance(payload, str) else "", ""])


def _subject(message: Message) -> str:
    for name, value in message.raw_items():
        if name.lower() == "subject":
            return decoded(str(value))
    return ""


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, IndexError):  # malformed RFC 2231 parameters
        name = "attachment"
    return _short(decoded(name))


def _short(name: str) -> str:
    name = _UNSAFE.sub(" ", name).strip()
    if len(name) <= NAME_CHARACTERS:
        return name
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 8:
        return stem[: NAME_CHARACTERS - len(ending) - 1] + dot + ending
    return name[:NAME_CHARACTERS]


def _charset(part: Message) -> str | None:
    try:
        charset = part.get_content_charset()
    except (ValueError, LookupError, TypeError, IndexError):
        return None
    return charset if isinstance(charset, str) else None


def _is_enveloped(part: Message) -> bool:
    if part.get_content_type() not in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return False
    return str(part.get_param("smime-type", "")).lower() in ("enveloped-data", "authenveloped-data")


def _unencoded(data: bytes, encoding: str) -> bytes:
    encoding = encoding.strip().lower()
    try:
        if encoding == "base64":
            return base64.b64decode(data)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(data)
    except (binascii.Error, ValueError):
        return data
    return data


def _uu_line(line: str) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # encoders that pad differently: the length says how much counts
        count = (((ord(line[0]) - 32) & 63) * 4 + 5) // 3
        return binascii.a2b_uu(line[:count])

"""Read one mail: header fields, every body, and attachments as parts. Opens and fetches nothing.

Broken MIME is read as far as it goes: what has no form is read as text.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect
from email.message import Message
from functools import partial
from mimetypes import MimeTypes
from urllib.parse import unquote

from connectors import Reason
from connectors.archives import MESSAGE
from connectors.excludes import PRIVATE
from scanner.extract import Event, Source, Withheld, inline_files
from scanner.extract.budget import Budget, Trouble
from scanner.extract.cut import cut, pieces
from scanner.extract.encoding import decode
from scanner.extract.flowed import unflowed
from scanner.extract.html import declared, page
from scanner.extract.layout import Lines, Within
from scanner.extract.mail_bytes import file_name, payload, short
from scanner.extract.mail_head import head, is_private
from scanner.extract.mail_headers import decoded, told_fields, unfolded
from scanner.extract.mail_parse import parsed
from scanner.extract.quoted import marked
from scanner.extract.renderings import Choice, Renderings, choices, numbered
from scanner.extract.smime import is_closed
from scanner.model import Part, Place, Problem, Segment

MEMORY_TIMES = 6
"""Memory that a mail takes, in times its size (measured: 5.6 with one large attachment)."""
NAMELESS = "message.eml"
HTML = frozenset(("text/html", "text/x-amp-html", "text/watch-html"))
RETURNED = "text/rfc822-headers"
"""The header of a mail that came back (RFC 6522): text, for as a mail it lacks its body."""
RTF = frozenset(("application/rtf", "text/rtf"))
RTF_BODY = "body.rtf"
"""What connectors.pst.letter names a body in RTF."""
MOST_MENDED = 10
"""Multiparts of one mail whose boundary is looked for where it is not the one that is told."""

_ENDINGS = MimeTypes(filenames=())  # the built-in table: the same on every machine
for _kind, _ending in (
    ("text/calendar", ".ics"),
    ("text/vcard", ".vcf"),
    ("text/x-vcard", ".vcf"),
    ("application/ms-tnef", ".dat"),
):
    _ENDINGS.add_type(_kind, _ending)
_BOUNDARY = re.compile(
    rb"^--([^\r\n\"\\]{1,200}?)[ \t]*\r?\n(?=content-[a-z-]{1,40}[ \t]*:)",
    re.MULTILINE | re.IGNORECASE,
)
_PGP = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE)
_WHERE = ("name", "url", "site", "directory", "server", "subject")
"""Parameters of message/external-body that say where it is (RFC 2046, 5.2.3)."""


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the Letter, the header fields ("header", "Subject"), bodies ("text", "line 3") and
    ("html", "line 3"), all alternatives, the later ones as `again`, then parts in their order.

    Bodies in RTF that render another one are at ("rtf", "paragraph 3"), or ("html", "line 3") when
    they are HTML wrapped in RTF. A nested message is a part named after its subject, also one
    that is all there is of the mail; what is encrypted gives a Problem. Of a mail nested too deep
    for the parser the header fields are read, and a Problem says so.
    Holds the mail in memory, MEMORY_TIMES its size; one for which the process has not that much
    raises Trouble("too_large"). Raises Withheld for a mail marked private, or so labelled.
    A mail that ends within a line of a part is read, and a Problem says that it is truncated.
    """
    if source.size * MEMORY_TIMES > budget.limits.memory_bytes:
        raise Trouble("too_large", "memory_bytes")
    try:
        message, is_whole = parsed(source.stream), True
    except RecursionError:
        message, is_whole = parsed(source.stream, header_only=True), False
    if is_private(message, budget.is_private):
        raise Withheld(PRIVATE)
    yield from head(message)
    if is_whole:
        yield from _Mail(budget).events(message)
    else:
        yield Problem((), "limit", "max_depth")
    if _breaks_off(message, source):
        yield Problem((), "truncated")


def _breaks_off(message: Message, source: Source) -> bool:
    """Whether a mail ends in the middle of a line and of a part. One without its last boundary
    that ends with a line is whole: some programs write none.
    """
    if not source.size or CloseBoundaryNotFoundDefect not in map(type, message.defects):
        return False
    source.stream.seek(-1, io.SEEK_END)
    return source.stream.read(1) not in (b"\n", b"\r")


class _Mail:
    """Walks the parts of one message and numbers what has no name."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._parts = 0
        self._mended = 0
        self._bodies = {"text": 0, "html": 0, "rtf": 0}
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
                yield self._problem("encrypted")
            elif part.is_multipart():
                inner = [p for p in part.get_payload() if isinstance(p, Message)]
                if kind == "multipart/alternative":
                    waiting.extend(reversed(choices(inner, choice)))
                    yield from self._around(part)
                elif kind.startswith("multipart/"):
                    waiting.extend((each, choice) for each in reversed(inner))
                    yield from self._around(part)
                else:  # delivery reports: fields in groups
                    yield from self._fields(part, kind, inner)
                    waiting.extend((each, choice) for each in reversed(inner))
            elif kind.startswith("multipart/") and (mended := self._with_boundary(part)):
                waiting.append((mended, choice))
            else:
                yield from self._leaf(part, kind, choice)

    def _leaf(self, part: Message, kind: str, choice: Choice | None) -> Iterator[Event]:
        data = payload(part)
        name = file_name(part)
        charset = _charset(part)
        attached = name or part.get_content_disposition() == "attachment"
        if kind.startswith("multipart/"):
            if data.strip():
                yield from self._text(decode(data, charset))
            if any(isinstance(d, StartBoundaryNotFoundDefect) for d in part.defects):
                yield self._problem("corrupt")
        elif kind in HTML and not attached:
            yield from self._html(decode(data, charset or declared(data)), choice)
        elif kind in RTF and (name == RTF_BODY or (choice is not None and not attached)):
            yield from self._rtf(data, choice)
        elif kind == RETURNED or (kind == "text/plain" and not attached):
            yield from self._plain(part, data, charset, choice)
        elif is_closed(data[:64]) or name.lower().endswith(".rpmsg"):  # of Outlook's rights
            yield self._problem("encrypted")
        elif part.get("X-Apple-Content-Length") and not data:
            yield from self._text(f"Attachment kept elsewhere: {name}\n")
        elif data or name:
            yield self._part(name or self._nameless(part, kind), data)

    def _html(self, text: str, choice: Choice | None) -> Iterator[Event]:
        segments = map(marked, page(text, self._body("html")))
        if choice is None:
            yield from self._renderings.compared(segments)
        else:
            yield from numbered(segments, choice)

    def _rtf(self, data: bytes, choice: Choice | None) -> Iterator[Event]:
        from scanner.extract import rtf
        from scanner.extract.rtf_html import html_of

        if (html := html_of(data)) is not None:
            yield from self._html(html, choice)
            return
        source = Source(io.BytesIO(data), len(data), RTF_BODY, "application/rtf")
        events = _within(self._body("rtf"), rtf.read(source, self._budget))
        yield from events if choice is None else numbered(events, choice)

    def _plain(
        self, part: Message, data: bytes, charset: str | None, choice: Choice | None
    ) -> Iterator[Event]:
        data, files = inline_files.yenc(data)
        text, more = inline_files.uuencoded(decode(data, charset))
        if str(part.get_param("format", "")).lower() == "flowed":
            delsp = str(part.get_param("delsp", "")).lower() == "yes"
            text = unflowed(text, without_blank=delsp)
        if choice is None and self._parts > 1:
            self._renderings.said(text)
        segments = self._text(text)
        yield from segments if choice is None else numbered(segments, choice)
        if _PGP.search(text):
            yield self._problem("encrypted")
        for file in (*files, *more):
            yield self._part(file.name, file.data)
            if not file.is_whole:
                yield self._problem("truncated")

    def _fields(self, part: Message, kind: str, inner: list[Message]) -> Iterator[Event]:
        """Yield what the parts of a message/… say in front of their bodies."""
        if kind == "message/external-body":
            where = (str(part.get_param(each, "")) for each in _WHERE)
            yield from self._text(f"Attachment kept elsewhere: {' '.join(filter(None, where))}\n")
            inner.clear()  # a body that is none
        yield from self._text("\n".join(map(_lines, inner)))
        if kind == "message/partial" and str(part.get_param("total", "")) != "1":
            yield self._problem("truncated")

    def _with_boundary(self, part: Message) -> Message | None:
        """Return a multipart as it is with the boundary that its parts have, if there is one."""
        if self._mended >= MOST_MENDED:
            return None
        data = payload(part)
        found = _BOUNDARY.search(data)
        if found is None:
            return None
        self._mended += 1
        field = b'Content-Type: %s; boundary="%s"\n\n' % (
            part.get_content_type().encode("ascii", "replace"),
            found[1],
        )
        mended = parsed(io.BytesIO(field + data))
        return mended if mended.is_multipart() else None

    def _nested(self, part: Message) -> Part | Problem:
        inner, type_ = part.get_payload(), ""
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            subject = _subject(inner[0])
            try:
                data = inner[0].as_bytes()
            except RecursionError:
                return self._problem("limit", "max_depth")
            except (ValueError, LookupError):
                return self._problem("corrupt")
            if inner[0].keys():
                type_ = MESSAGE
            else:  # the whole message was encoded, which the standard forbids
                data = _unencoded(data, str(part.get("Content-Transfer-Encoding", "")))
        else:
            data, subject = payload(part), ""
        named = file_name(part) or (f"{short(subject)}.eml" if subject.strip() else NAMELESS)
        return self._part(named, data, type_)

    def _around(self, part: Message) -> Iterator[Event]:
        for text in (part.preamble, part.epilogue):
            if text and not text.isspace() and "MIME" not in text:
                yield from self._text(decode(text.encode("utf-8", "surrogateescape")))

    def _text(self, text: str) -> Iterator[Event]:
        yield from map(marked, cut(pieces(text), partial(Lines, prefix=self._body("text"))))

    def _body(self, form: str) -> Place:
        self._bodies[form] += 1
        number = self._bodies[form]
        return (form,) if number == 1 else (f"{form} {number}",)

    def _part(self, name: str, data: bytes, type_: str = "") -> Part:
        return Part(name, io.BytesIO(data), len(data), type_)

    def _problem(self, reason: Reason, detail: str = "") -> Problem:
        return Problem((f"part {self._parts}",), reason, detail)

    def _nameless(self, part: Message, kind: str) -> str:
        located = unfolded(str(part.get("Content-Location", ""))).partition("?")[0]
        if name := short(unquote(located.rstrip("/").rpartition("/")[2])):
            return name
        return f"part {self._parts}{_ENDINGS.guess_extension(kind, strict=False) or ''}"


def _lines(message: Message) -> str:
    return "".join(f"{name}: {text}\n" for name, text in told_fields(message))


def _within(steps: Place, events: Iterable[Event]) -> Iterator[Event]:
    for event in events:
        if isinstance(event, Segment):
            yield marked(replace(event, layout=Within(steps, event.layout)))
        else:
            yield event


def _subject(message: Message) -> str:
    for name, value in message.raw_items():
        if name.lower() == "subject":
            return decoded(str(value))
    return ""


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

"""Decode a mail's part to its bytes and its name, whatever it says of itself. Never raises.

Clients and gateways get this wrong in known ways: encodings misspelt or not told, text put behind
the end of base64, a base64 body cut or joined from several.
"""

from __future__ import annotations

import binascii
import quopri
import re
from email.message import Message

from scanner.extract.encoding import decode, is_text
from scanner.extract.mail_headers import decoded, unfolded

NAME_CHARACTERS = 120
LEAST_BASE64 = 60
"""A body that nobody calls base64 and that is shorter is taken as it stands."""
LEAST_QUOTED = 3

_ENCODING = re.compile(r"[\s\"'(<]*([A-Za-z0-9_-]+)")
_BASE64_NAMES = frozenset(("base64", "x-base64", "base-64", "b64"))
_QUOTED_NAMES = frozenset(("quoted-printable", "quotedprintable", "quoted_printable", "qp"))
_UU_NAMES = frozenset(("x-uuencode", "uuencode", "uue", "x-uue"))
_ENCODED = re.compile(rb"\s*(?:[A-Za-z0-9+/]{60,998}\r?\n)*[A-Za-z0-9+/]{1,998}={0,2}\s*")
_PROSE = re.compile(rb"\s*[^\s=]+ +[^\s=]+ +[^\s=]")
_BEHIND = re.compile(rb"=[ \t]*\r?\n(?=\s*\S)|\r?\n[ \t]*\r?\n(?=\s*\S)")
_JOINED = re.compile(rb"(?<==)\s*(?=[A-Za-z0-9+/])")
_NO_DIGIT = re.compile(rb"[^A-Za-z0-9+/]+")
_PADDED = re.compile(rb"=[ \t]+\r?\n")
_QUOTED = re.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n)")
_SURELY_QUOTED = re.compile(rb"=\r?\n|=[Cc]3=[89AaBb][0-9A-Fa-f]|=3[Dd]|=[EeFf][0-9A-Fa-f]")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]+")
_NAME_FIELDS = ("content-disposition", "content-type")


def payload(part: Message) -> bytes:
    """Return the bytes of a part that holds no parts, its transfer encoding undone.

    Where that is not told, or told as none, a body that is base64 or quoted-printable throughout
    is decoded too. Text that stands behind base64 is kept behind what it decodes to.
    """
    told = _ENCODING.match(str(part.get("Content-Transfer-Encoding", "")))
    encoding = told[1].lower() if told else ""
    if encoding in _UU_NAMES:
        return _bytes(part.get_payload(decode=True))
    del part["Content-Transfer-Encoding"]  # so that the bytes come as they stand
    raw = _bytes(part.get_payload(decode=True))
    words = part.get_content_maintype() == "text"
    if encoding in _BASE64_NAMES:
        return _base64(raw, words=words)
    if encoding in _QUOTED_NAMES:
        return quopri.decodestring(_PADDED.sub(b"=\n", raw))
    return _guessed(raw, words=words)


def file_name(part: Message) -> str:
    """Return a part's file name, shortened to NAME_CHARACTERS; empty where it has none."""
    told = Message()
    for field, value in part.raw_items():
        if field.lower() in _NAME_FIELDS and "name" in str(value).lower() and field not in told:
            told[field] = unfolded(str(value))
    if not told.keys():
        return ""
    try:
        found = told.get_param("filename", None, "content-disposition") or told.get_param("name")
    except (ValueError, LookupError, TypeError, IndexError):  # malformed RFC 2231 parameters
        return "attachment"
    if isinstance(found, tuple):
        raw = str(found[2]).encode("raw-unicode-escape", "replace")
        return short(decode(raw, found[0]))
    return short(decoded(found or ""))


def short(name: str) -> str:
    """Return a name fit to show: no control characters, its ending kept where it is cut."""
    name = _UNSAFE.sub(" ", name).strip()
    if len(name) <= NAME_CHARACTERS:
        return name
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 8:
        return stem[: NAME_CHARACTERS - len(ending) - 1] + dot + ending
    return name[:NAME_CHARACTERS]


def _bytes(found: object) -> bytes:
    return found if isinstance(found, bytes) else b""


def _guessed(raw: bytes, *, words: bool) -> bytes:
    if len(raw) >= LEAST_BASE64 and _ENCODED.fullmatch(raw):
        found = _base64(raw, words=words)
        if not words or is_text(found[:4096]):
            return found
    if words and _SURELY_QUOTED.search(raw):
        quoted = len(_QUOTED.findall(raw))
        if quoted >= LEAST_QUOTED and quoted == raw.count(b"=") and raw.isascii():
            return quopri.decodestring(raw)
    return raw


def _base64(raw: bytes, *, words: bool) -> bytes:
    try:
        return binascii.a2b_base64(raw.translate(None, b"\r\n"), strict_mode=True)
    except binascii.Error:
        pass  # as clients write it, below
    if words and _PROSE.match(raw):
        return raw  # it only says that it is base64
    behind = b""
    if end := _BEHIND.search(raw):
        rest = raw[end.end() :]
        if not _ENCODED.fullmatch(rest) and _PROSE.search(rest):
            raw, behind = raw[: end.end()], b"\n" + rest if words else b""
    return b"".join(map(_piece, _JOINED.split(raw))) + behind


def _piece(raw: bytes) -> bytes:
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:  # cut: without the last character, or without what fills it up
        digits = _NO_DIGIT.sub(b"", raw)
        digits = digits[: len(digits) - (len(digits) % 4 == 1)]
        return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))

"""Take files out of a mail's text: uuencoded and yEnc ones, as old mail and news programs put them.

Lines keep their numbers: where a file stood, as many blank ones stay.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from scanner.extract.encoding import decode
from scanner.extract.mail_bytes import short

_UUENCODED = re.compile(
    r"^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[!-`][ -`]{0,90}\n)*?)[` ]?\n?end[ \t]*$", re.MULTILINE
)
_YENC = re.compile(
    rb"^=ybegin ([^\r\n]{0,200}?)name=([^\r\n]{1,300})\r?\n(=ypart [^\r\n]{0,200}\r?\n)?"
    rb"(.*?)^=yend ([^\r\n]{0,200})(?:\r?\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
_TOTAL = re.compile(rb"\btotal=(\d{1,9})\b")
_SIZE = re.compile(rb"\bsize=(\d{1,12})\b")
_PLAIN = bytes((byte - 42) & 0xFF for byte in range(256))


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A file that stood in a text. Not `whole`: it is a part of one, or not of the size it says."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)
    is_whole: bool = True


def uuencoded(text: str) -> tuple[str, list[InlineFile]]:
    """Return a text without the uuencoded files in it, and these."""
    files: list[InlineFile] = []
    if "\nend" not in text or "begin " not in text:
        return text, files

    def taken(found: re.Match[str]) -> str:
        try:
            data = b"".join(map(_uu_line, found[2].splitlines()))
        except (binascii.Error, ValueError):
            return found[0]
        files.append(InlineFile(short(found[1].strip()), data))
        return "\n" * found[0].count("\n")

    return _UUENCODED.sub(taken, text), files


def yenc(raw: bytes) -> tuple[bytes, list[InlineFile]]:
    """Return a text's bytes without the yEnc files in them (yenc 1.3), and these."""
    files: list[InlineFile] = []
    if b"=ybegin " not in raw:
        return raw, files

    def taken(found: re.Match[bytes]) -> bytes:
        lines = found[4].replace(b"\r", b"").replace(b"\n", b"")
        first, *escaped = lines.split(b"=")
        data = first.translate(_PLAIN) + b"".join(
            bytes(((each[0] - 106) & 0xFF,)) + each[1:].translate(_PLAIN)
            for each in escaped
            if each
        )
        total, size = _TOTAL.search(found[1]), _SIZE.search(found[5])
        is_whole = (not total or int(total[1]) == 1) and (not size or int(size[1]) == len(data))
        files.append(InlineFile(short(decode(found[2].strip())), data, is_whole))
        return b"\n" * found[0].count(b"\n")

    return _YENC.sub(taken, raw), files


def _unescaped(piece: bytes) -> bytes:
    return bytes(((piece[0] - 106) & 0xFF,)) + piece[1:].translate(_PLAIN)


def _uu_line(line: str) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # encoders that pad differently: the length says how much counts
        count = (((ord(line[0]) - 32) & 63) * 4 + 5) // 3
        return binascii.a2b_uu(line[:count])

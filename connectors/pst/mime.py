"""Write MIME: header fields, multiparts, base64. What it writes has no text but in base64.

So no line of a message can be taken for a boundary, and boundaries need no chance: they number
the parts, and the same item becomes the same bytes wherever it lies.
"""

from __future__ import annotations

import binascii
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from email.utils import formatdate
from typing import BinaryIO, cast

from connectors.pst.form import Broken

MEMORY_BYTES = 4 * 1024**2
"""What is written beyond it goes to a temporary file."""
LINE_BYTES = 57  # 76 characters of base64
PIECE_BYTES = LINE_BYTES * 1024
FIELD_CHARACTERS = 2_000_000
WORD_BYTES = 42  # of UTF-8 in one encoded word
FOLD_CHARACTERS = 76

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u0085]+")
_BETWEEN = re.compile(r"([ <>\"(),:;@]+)")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,80}")
_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,60}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,100}")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\@\x00-\x1f\x7f]+@[^\s<>()\[\],;:\"\\@\x00-\x1f\x7f]+")


class Writer:
    """MIME into a file of its own. `left` bytes may still be written; then Broken("limit").

    `parts` is for who writes to count.
    """

    def __init__(self, left: int, folder: str | None) -> None:
        self._out = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - the caller closes it
            MEMORY_BYTES, dir=folder
        )
        self._left = left
        self.parts = 0

    def write(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise Broken("limit")
        self._out.write(data)

    def field(self, name: str, value: str) -> None:
        """Write one header field; `value` may hold any character, in any number."""
        self.write(_folded(name, encoded(value)))

    def line(self, text: str = "") -> None:
        self.write(text.encode("ascii") + b"\r\n")

    def base64(self, chunks: Iterable[bytes]) -> None:
        """Write the chunks as one body in base64, one piece in memory at a time."""
        self.line("Content-Transfer-Encoding: base64")
        self.line()
        rest = b""
        for chunk in chunks:
            rest += chunk
            whole = len(rest) - len(rest) % PIECE_BYTES
            for at in range(0, whole, PIECE_BYTES):
                self.write(_lines(rest[at : at + PIECE_BYTES]))
            rest = rest[whole:]
        self.write(_lines(rest))

    def done(self) -> BinaryIO:
        self._out.seek(0)
        return cast(BinaryIO, self._out)

    def close(self) -> None:
        self._out.close()


def boundary(path: Sequence[int]) -> str:
    """Return the boundary of the multipart at `path`; none is the beginning of another."""
    return f"=_{'.'.join(map(str, path))}_="


def typed(
    kind: str, name: str, more: Mapping[str, str] | None = None, *, inline: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield the header fields of a part with a file name: (field, value in ASCII)."""
    parameters = (f"; {key}={_quoted(value)}" for key, value in (more or {}).items())
    yield "Content-Type", f"{kind}{''.join(parameters)}"
    disposition = "inline" if inline else "attachment"
    yield "Content-Disposition", disposition + (_parameter("filename", name) if name else "")


def type_of(claimed: str) -> str:
    """Return a MIME type as it may stand before any bytes; multiparts and messages may not."""
    claimed = claimed.strip().lower()
    if not _TYPE.fullmatch(claimed) or claimed.startswith(("multipart/", "message/")):
        return "application/octet-stream"
    return claimed


def is_address(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text)) and len(text) <= 320


def mailbox(name: str, address: str) -> str:
    """Return one entry of an address field, in ASCII; a name alone is an empty group."""
    name = _CONTROL.sub(" ", name).strip()
    if not is_address(address):
        bare = name.strip("'\"")
        if is_address(bare):
            return encoded(bare)
        known = name or _CONTROL.sub(" ", address).strip()
        return f"{_phrase(known)}:;" if known else ""
    address = encoded(address)
    if not name or name.strip("'\"").casefold() == address.casefold():
        return address
    return f"{_phrase(name)} <{address}>"


def date(nanoseconds: int) -> str:
    return formatdate(nanoseconds // 10**9).replace("-0000", "+0000")


def encoded(value: str) -> str:
    """Return a field's value in ASCII on one line: other words as encoded words (RFC 2047)."""
    value = " ".join(_CONTROL.sub(" ", value).split())[:FIELD_CHARACTERS]
    if value.isascii():
        return value
    done: list[str] = []
    foreign = ""
    pieces = _BETWEEN.split(value)  # words and what stands between them, in turns
    for word, between in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        if word.isascii() and foreign:
            blank = foreign.endswith(" ")
            done.append(_words(foreign.removesuffix(" ")) + " " * blank)
            foreign = ""
        if word.isascii():
            done.append(word + between)
        elif between == " ":
            foreign += word + between
        else:
            done.append(_words(foreign + word) + between)
            foreign = ""
    return "".join(done) + (_words(foreign) if foreign else "")


def is_token(text: str) -> bool:
    return bool(_TOKEN.fullmatch(text))


def _phrase(name: str) -> str:
    return _quoted(name) if name.isascii() else _words(name)


def _quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _words(text: str) -> str:
    raw, words = text.encode("utf-8", "replace"), []
    while raw:
        end = min(WORD_BYTES, len(raw))
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        words.append(f"=?utf-8?b?{binascii.b2a_base64(raw[:end], newline=False).decode()}?=")
        raw = raw[end:]
    return " ".join(words)


def _parameter(key: str, value: str) -> str:
    value = _CONTROL.sub(" ", value).strip()
    if value.isascii():
        return f"; {key}={_quoted(value)}"
    safe = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_"
    coded = (chr(b) if b in safe else f"%{b:02X}" for b in value.encode("utf-8", "replace"))
    return f"; {key}*=utf-8''{''.join(coded)}"


def _folded(name: str, value: str) -> bytes:
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > FOLD_CHARACTERS and line:
            lines.append(line)
            line = ""
        line += f" {word}"
    return ("\r\n".join([*lines, line]) + "\r\n").encode("ascii")


def _lines(data: bytes) -> bytes:
    pieces = (data[at : at + LINE_BYTES] for at in range(0, len(data), LINE_BYTES))
    return b"".join(binascii.b2a_base64(each)[:-1] + b"\r\n" for each in pieces)

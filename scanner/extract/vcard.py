"""Read address cards (vcf) and calendars (ics): folded lines joined, encodings undone.

Values keep the property's name in front of them; what a value holds as bytes is a part.
"""

from __future__ import annotations

import binascii
import io
import quopri
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.extract import Event, Source
from scanner.extract.budget import Budget
from scanner.extract.cut import cut
from scanner.extract.encoding import decode, decode_blocks
from scanner.extract.html_strip import strip_tags
from scanner.extract.layout import Lines
from scanner.model import Part, Place, Problem

LINE_CHARACTERS = 16 * 1024**2
"""A folded line is not joined beyond this; what follows is read as a line of its own."""

_NAME = re.compile(r"(?:[\w-]{1,40}\.)?([A-Za-z][\w-]{0,40})[;:]")
_QUOTED_PRINTABLE = re.compile(r"(?:[;]ENCODING=)?[;=]?QUOTED-PRINTABLE(?=[;:])", re.IGNORECASE)
_BASE64 = re.compile(r";(?:ENCODING=)?(?:b|base64)(?=[;:])", re.IGNORECASE)
_DATA = re.compile(r"data:[\w.+/-]{0,80}(?:;[\w=.-]{1,40}){0,4};base64,", re.IGNORECASE)
_CHARSET = re.compile(r";CHARSET=\"?([\w.:-]{1,40})", re.IGNORECASE)
_FILE_NAME = re.compile(r";(?:X-)?FILENAME=(?:\"([^\"]{1,200})\"|([^;:]{1,200}))", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([nN,;:\\\"])")


@dataclass(frozen=True, slots=True)
class Properties:
    """One property a line: ("line 20",), and the property's name as column and header."""

    first_line: int = 1
    _lines: Lines = field(default_factory=Lines, repr=False, compare=False)

    def place(self, text: str, offset: int) -> Place:
        (step,) = self._lines.place(text, offset)
        return (f"line {int(step[5:]) + self.first_line - 1}",)

    def column(self, text: str, offset: int) -> str | None:
        name = _NAME.match(text, text.rfind("\n", 0, offset) + 1)
        return name[1].upper() if name else None

    def header(self, key: str) -> str:
        return key


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the properties, one a line with places ("line 20",), and pictures and files as parts.

    A folded property's text stands in the line where it begins; the numbers of all others stay.
    """
    files = [0]
    source.stream.seek(0)
    yield from cut(_plain(decode_blocks(source.stream), files), Properties)
    if files[0]:  # a second pass, so that not all pictures of a large file are held at once
        source.stream.seek(0)
        yield from _parts(decode_blocks(source.stream))


def _plain(blocks: Iterable[str], files: list[int]) -> Iterator[str]:
    for line, folds in _unfolded(blocks):
        head, colon, value = line.partition(":")
        if colon and _is_file(head, value):
            files[0] += 1
            value = ""
        elif colon and _QUOTED_PRINTABLE.search(head + ":"):
            charset = _CHARSET.search(head)
            raw = quopri.decodestring(value.encode("utf-8"))
            value = decode(raw, charset[1] if charset else None).replace("\n", " ")
        if "\\" in value:
            value = _ESCAPE.sub(lambda m: " " if m[1] in "nN" else m[1], value)
        if "text/html" in head.lower():
            value = strip_tags(value).replace("\n", " ")
        yield f"{head}{colon}{value}" + "\n" * (folds + 1)


def _parts(blocks: Iterable[str]) -> Iterator[Part | Problem]:
    number = 1
    for line, folds in _unfolded(blocks):
        head, _, value = line.partition(":")
        if _is_file(head, value):
            yield _part(head, value, number)
        number += folds + 1


def _is_file(head: str, value: str) -> bool:
    return bool(_BASE64.search(head + ":") or _DATA.match(value))


def _unfolded(blocks: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield each property on one line, with the number of line ends it was folded by."""
    parts: list[str] = []
    length, printable = 0, False
    for line in _lines(blocks):
        if parts and length < LINE_CHARACTERS:
            if printable and parts[-1].endswith("="):
                parts[-1] = parts[-1][:-1]
                parts.append(line.removeprefix(" ") if line.startswith(" =") else line)
                length += len(line)
                continue
            if line[:1] in (" ", "\t"):
                parts.append(line[1:])
                length += len(line)
                continue
        if parts:
            yield "".join(parts), len(parts) - 1
        parts, length = [line], len(line)
        printable = bool(_QUOTED_PRINTABLE.search(line[: line.find(":") + 1]))
    if parts:
        yield "".join(parts), len(parts) - 1


def _lines(blocks: Iterable[str]) -> Iterator[str]:
    rest = ""
    for block in blocks:
        *lines, rest = (rest + block).split("\n")
        yield from lines
        if len(rest) > LINE_CHARACTERS:
            yield rest
            rest = ""
    if rest:
        yield rest


def _part(head: str, value: str, line: int) -> Part | Problem:
    name = _FILE_NAME.search(head)
    label = head.partition(";")[0].rpartition(".")[2].lower()
    data = _DATA.match(value)
    try:
        raw = b64decode(value[data.end() :] if data else value)
    except (binascii.Error, ValueError):
        return Problem((f"line {line}",), "corrupt")
    named = (name[1] or name[2]) if name else f"{label} line {line}"
    return Part(named, io.BytesIO(raw), len(raw))

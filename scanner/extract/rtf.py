"""Read RTF: body, headers, notes, comments, text boxes, properties, embedded objects.

Places: ("paragraph 12",), ("footnote 2",), ("property", "author").
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import groupby

from scanner.extract import Event, Source
from scanner.extract.budget import Budget
from scanner.extract.flow import Flow
from scanner.extract.ole_object import native, unwrap
from scanner.extract.ooxml import OLE_MAGIC, PICTURE_BYTES, link
from scanner.extract.rtf_tokens import Piece, Tokens
from scanner.model import Part, Place, Problem, Segment

MAX_BYTES = 256 * 1024**2
MAX_OBJECT_CHARACTERS = 256 * 1024**2


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the document's text by paragraphs, then embedded files, then what was not read."""
    source.stream.seek(0)
    data = source.stream.read(MAX_BYTES + 1)
    tokens = Tokens(data[:MAX_BYTES].decode("latin-1"))
    reading = _Reading()
    for (route, group), pieces in groupby(tokens.pieces(), key=_stream):
        yield from reading.take(route, group, pieces)
    yield from reading.end()
    if tokens.too_deep:
        yield Problem((), "limit", "groups")
    elif len(data) > MAX_BYTES:
        yield Problem((), "limit", "rtf_bytes")
    elif tokens.open_groups or not data.rstrip(b"\0\r\n\t ").endswith(b"}"):
        yield Problem((), "truncated")


def _stream(piece: Piece) -> tuple[str, int]:
    return piece.route, piece.group


class _Reading:
    def __init__(self) -> None:
        self._flow = Flow()
        self._counts: dict[str, int] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        self._paragraph = 1
        self._line: list[str] = []
        self._links: list[str] = []
        self._author = ""
        self._property = ""
        self._objects: list[tuple[int, list[str], int]] = []
        self._picture = False

    def take(self, route: str, group: int, pieces: Iterator[Piece]) -> Iterator[Segment]:
        """Take in what one destination says, up to where another begins."""
        if route == "body":
            for piece in pieces:
                yield from self._body(piece.text)
            return
        if route == "deleted":
            deleted = _whole("".join(piece.text for piece in pieces))
            yield from self._flow.add((f"paragraph {self._paragraph}", "before changes"), deleted)
            return
        if route in ("objdata", "pict"):
            self._binary(route, group, pieces)
            return
        text = _whole("".join(piece.text for piece in pieces)).strip()
        if route == "link":
            self._links.append(text)
        elif route == "comment author":
            self._author = text
        elif route == "property:name":
            self._property = text
        elif route == "property:value":
            yield from self._flow.add(("property", self._property), f"{self._property}: {text}")
        elif route.startswith("property:"):
            name = route.partition(":")[2]
            yield from self._flow.add(("property", name), f"{name}: {text}")
        elif route in ("header", "footer", "footnote", "comment", "text box", "field", "shape"):
            author = f"{self._author}: " if route == "comment" and self._author else ""
            if text:
                yield from self._flow.add(self._place(route, group), author + text)

    def end(self) -> Iterator[Event]:
        """Yield what is left, embedded files and problems."""
        yield from self._body("\n")
        yield from self._flow.end()
        for _, pieces, _ in self._objects:
            yield from _object("".join(pieces))
        if self._picture:
            yield Problem(("pictures",), "missing_extra", "ocr")

    def _body(self, text: str) -> Iterator[Segment]:
        if text != "\n":
            self._line.append(text)
            return
        place = (f"paragraph {self._paragraph}",)
        line = _whole("".join(self._line))
        yield from self._flow.add(place, line)
        for said in self._links:
            target = link(said.replace("HYPERLINK", "").strip().strip('"'))
            if target not in line:
                yield from self._flow.add((*place, "link"), target)
        self._line, self._links = [], []
        self._paragraph += 1

    def _place(self, route: str, group: int) -> Place:
        if (route, group) not in self._numbers:
            self._counts[route] = self._counts.get(route, 0) + 1
            self._numbers[(route, group)] = self._counts[route]
        return (f"{route} {self._numbers[(route, group)]}",)

    def _binary(self, route: str, group: int, pieces: Iterator[Piece]) -> None:
        if route == "pict":
            length = sum(len(piece.text) for piece in pieces)
            self._picture = self._picture or length >= 2 * PICTURE_BYTES
            return
        if not self._objects or self._objects[-1][0] != group:
            self._objects.append((group, [], 0))
        _, texts, length = self._objects[-1]
        for piece in pieces:
            if length + len(piece.text) <= MAX_OBJECT_CHARACTERS:
                texts.append(piece.text)
                length += len(piece.text)
        self._objects[-1] = (group, texts, length)


def _whole(text: str) -> str:
    """Join the halves of characters that RTF writes as two numbers."""
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _object(text: str) -> Iterator[Event]:
    """Yield the files in one OLE 1.0 object, [MS-OLEDS] 2.2.5."""
    digits = "".join(text.split())
    try:
        data = bytes.fromhex(digits[: len(digits) // 2 * 2])
        position = 8
        names = []
        for _ in range(3):
            (length,) = struct.unpack_from("<I", data, position)
            names.append(data[position + 4 : position + 4 + length].rstrip(b"\0"))
            position += 4 + length
        (size,) = struct.unpack_from("<I", data, position)
        inner = data[position + 4 : position + 4 + size]
    except (ValueError, struct.error):
        yield Problem(("embedded",), "corrupt")
        return
    if inner.startswith(OLE_MAGIC):
        yield from unwrap(io.BytesIO(inner), len(inner), "embedded")
    elif names[0] == b"Package":
        label, file = native(b"\0\0\0\0" + inner)
        yield Part(label or "embedded", io.BytesIO(file), len(file))
    else:
        yield Problem(("embedded",), "unsupported", "embedded object")

"""Rows of cells as text: cleaning, column heads, and the layout of tables in documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from scanner.extract.cut import cut
from scanner.extract.flow import Flow
from scanner.extract.layout import LineNumbers
from scanner.model import Place, Segment

PEEK_ROWS = 30
"""Column heads are looked for among so many first rows."""
HEAD_CHARACTERS = 80
DATA_ROWS = 4
"""A table in a document with so many rows is data with columns; a shorter one is read as lines."""
BLOCK_CHARACTERS = 30_000

_BREAK = re.compile(r"[\n\r\x0b\x0c]")
_BLANK = str.maketrans({"\t": " ", "\n": " ", "\r": " ", "\x0b": " ", "\x0c": " "})


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows of a table in a document, one row a line: place (…prefix, "row 3")."""

    first_row: int
    prefix: Place = field(repr=False)
    headers: tuple[str, ...] = field(default=(), repr=False)
    _lines: LineNumbers = field(default_factory=LineNumbers, repr=False, compare=False)

    def place(self, text: str, offset: int) -> Place:
        return (*self.prefix, f"row {self.first_row + self._lines.before(text, offset)}")

    def column(self, text: str, offset: int) -> str | None:
        start = text.rfind("\n", 0, offset) + 1
        index = text.count("\t", start, offset)
        return "\x1f".join((*self.prefix, str(index)))

    def header(self, key: str) -> str:
        index = int(key.rpartition("\x1f")[2])
        return self.headers[index] if index < len(self.headers) else ""


def cell(text: str) -> str:
    """Return a cell's text on one line, without tabs."""
    return text.translate(_BLANK).strip()


def line(cells: Sequence[str]) -> str:
    """Return one row as text: cells joined by tabs, empty cells at the end left out."""
    joined = "\t".join(cells)
    if joined.count("\t") != len(cells) - 1 or _BREAK.search(joined):
        joined = "\t".join([cell(text) for text in cells])
    return joined.rstrip("\t")


def heads(rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the first row that reads as column heads; empty where none does.

    Heads are short words without digits' weight, in more than half as many cells as the
    widest of the given rows has.
    """
    filled = [[text for text in row if text and not text.isspace()] for row in rows]
    width = max(map(len, filled), default=0)
    for row, texts in zip(rows, filled, strict=True):
        if texts and len(texts) * 2 > width and all(map(_is_head, texts)):
            return tuple(cell(text) for text in row)
    return ()


def segments(prefix: Place, rows: Iterable[Sequence[str]], first_row: int = 1) -> Iterator[Segment]:
    """Yield a table's rows as segments of their own, with columns and heads."""
    iterator = iter(rows)
    peeked = list(islice(iterator, PEEK_ROWS))
    found = heads(peeked)

    def blocks() -> Iterator[str]:
        yield from (line(row) + "\n" for row in peeked)
        yield from (line(row) + "\n" for row in iterator)

    def layout(number: int) -> TableRows:
        return TableRows(first_row + number - 1, prefix, found)

    yield from cut(blocks(), layout, rows=True)


def in_document(prefix: Place, rows: Iterator[Sequence[str]], flow: Flow) -> Iterator[Segment]:
    """Read a table of a document: a short one as lines of the text, a longer one as columns."""
    first = list(islice(rows, DATA_ROWS))
    if len(first) == DATA_ROWS and max(map(len, first)) > 1:
        yield from segments(prefix, chain(first, rows))
        return
    for number, row in enumerate(chain(first, rows), 1):
        yield from flow.add((*prefix, f"row {number}"), line(row))


def batches(lines: Iterable[str], characters: int = BLOCK_CHARACTERS) -> Iterator[str]:
    """Yield lines, a line end after each, joined to blocks of about `characters`."""
    batch: list[str] = []
    length = 0
    for text in lines:
        batch.append(text)
        length += len(text) + 1
        if length >= characters:
            batch.append("")
            yield "\n".join(batch)
            batch, length = [], 0
    if batch:
        batch.append("")
        yield "\n".join(batch)


def _is_head(text: str) -> bool:
    if len(text) > HEAD_CHARACTERS or "@" in text:
        return False
    digits = sum(map(str.isdigit, text))
    letters = sum(map(str.isalpha, text))
    return letters > 0 and digits <= letters

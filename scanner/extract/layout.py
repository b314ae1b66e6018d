"""Layouts: from an offset in a segment's text to the place a person looks at.

They read the text they are asked about and keep nothing of it but positions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from scanner.extract.cut import INNER_BREAK
from scanner.model import Layout, Place

KEY_CHARACTERS = 60
KEY_WINDOW = 300
"""How far before a value its JSON key, XML tag or attribute is looked for."""
COUNTED_ASKS = 16
"""So many places are found by counting line ends, which costs about as much as one index."""

_XML_NAME = re.compile(r"(?:[\w.-]{1,40}:)?([\w.-]{1,60})")
_XML_ATTRIBUTE = re.compile(r"(?:[\w.-]{1,40}:)?([\w.-]{1,60})\s*=\s*[\"'][^\"']*\Z")


COUNTED_CELLS = 8
"""Asks in one row from which an index of its cells is quicker than counting."""


class LineNumbers:
    """Numbers of lines in one text, from 0. Few asks are counted, many share an index."""

    __slots__ = ("_asked", "_inner", "_starts", "_text")

    def __init__(self, inner: bool = False) -> None:
        self._text = ""
        self._asked = 0
        self._inner = inner
        self._starts: list[int] = []

    def before(self, text: str, offset: int) -> int:
        if text is not self._text:
            self._text, self._asked, self._starts = text, 0, []
        self._asked += 1
        if self._asked <= COUNTED_ASKS:
            count = text.count("\n", 0, offset)
            return count + text.count(INNER_BREAK, 0, offset) if self._inner else count
        if not self._starts:
            lines = (text.replace(INNER_BREAK, "\n") if self._inner else text).split("\n")
            self._starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        return bisect_right(self._starts, offset) - 1


class _Row:
    """Where the cells of one row start: the row that was asked for last. Few asks are counted."""

    __slots__ = ("_asked", "_end", "_plain", "_start", "_starts", "_text")

    def __init__(self) -> None:
        self._text = ""
        self._start, self._end = 0, -1
        self._asked, self._plain = 0, True
        self._starts: list[int] = []

    def index(self, text: str, offset: int, delimiter: str, quoted: bool) -> int:
        if text is not self._text or not self._start <= offset <= self._end:
            self._text = text
            self._start = text.rfind("\n", 0, offset) + 1
            end = text.find("\n", offset)
            self._end = len(text) if end < 0 else end
            self._asked, self._starts = 0, []
            self._plain = not quoted or text.find('"', self._start, self._end) < 0
        self._asked += 1
        if self._plain and self._asked <= COUNTED_CELLS:
            return text.count(delimiter, self._start, offset)
        if not self._starts:
            row = text[self._start : self._end]
            if quoted and '"' in row:
                cells = _cells(delimiter).finditer(row)
                self._starts = [self._start + cell.start() for cell in cells]
            else:
                sizes = (len(cell) + 1 for cell in row.split(delimiter))
                self._starts = list(accumulate(sizes, initial=self._start))[:-1]
        return max(0, bisect_right(self._starts, offset) - 1)


@lru_cache(maxsize=16)
def _cells(delimiter: str) -> re.Pattern[str]:
    # A cell up to its delimiter: quoted as in CSV, or as it stands (a stray quote is a letter).
    mark = re.escape(delimiter)
    return re.compile(
        rf'(?:^|(?<={mark}))(?:"(?:[^"]++|"")*+"(?={mark}|\Z)|[^{mark}]*+)(?:{mark}|\Z)'
    )


@dataclass(frozen=True, slots=True)
class Lines:
    """Text by lines: ("line 20",), after the steps of `prefix`."""

    first_line: int = 1
    prefix: Place = field(default=(), repr=False)
    _lines: LineNumbers = field(default_factory=LineNumbers, repr=False, compare=False)

    def place(self, text: str, offset: int) -> Place:
        return self.at(self.first_line + self._lines.before(text, offset))

    def at(self, line: int) -> Place:
        """Return the place of a line by its number."""
        return (*self.prefix, f"line {line}")

    def lines(self, text: str, offsets: Sequence[int]) -> list[int]:
        """Return the numbers of the lines of ascending offsets, in one pass over the text."""
        line, last, count = self.first_line, 0, text.count
        out: list[int] = []
        for offset in offsets:
            line += count("\n", last, offset)
            last = offset
            out.append(line)
        return out

    def column(self, text: str, offset: int) -> str | None:
        return None

    def header(self, key: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """All of the text lies in one place: a page, a slide, a header field."""

    steps: Place = field(repr=False)

    def place(self, text: str, offset: int) -> Place:
        return self.steps

    def column(self, text: str, offset: int) -> str | None:
        return None

    def header(self, key: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Within:
    """The places of another layout, below `steps`."""

    steps: Place = field(repr=False)
    layout: Layout

    def place(self, text: str, offset: int) -> Place:
        return (*self.steps, *self.layout.place(text, offset))

    def column(self, text: str, offset: int) -> str | None:
        return self.layout.column(text, offset)

    def header(self, key: str) -> str:
        return self.layout.header(key)


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells, one row a line: a sheet (`sheet` named) or delimited text (`sheet` None).

    `first_row` (from 1) and `first_column` (from 0) are where the text's first cell lies;
    `headers` are the column heads from `first_column` on. `quoted`: cells may be quoted as in CSV;
    a line end in such a cell is an INNER_BREAK. `table_row` is the first row of the table:
    rows above it have no columns. A text must start at a row's start.
    """

    first_row: int = 1
    first_column: int = 0
    sheet: str | None = field(default=None, repr=False)
    delimiter: str = "\t"
    quoted: bool = False
    headers: tuple[str, ...] = field(default=(), repr=False)
    prefix: Place = field(default=(), repr=False)
    table_row: int = 0
    _lines: LineNumbers = field(
        default_factory=lambda: LineNumbers(inner=True), repr=False, compare=False
    )
    _row: _Row = field(default_factory=_Row, repr=False, compare=False)

    def place(self, text: str, offset: int) -> Place:
        row = self.first_row + self._lines.before(text, offset)
        return self.at(row, self._index(text, offset))

    def at(self, row: int, cell: int) -> Place:
        """Return the place of a cell by its row's number and its index in the text's rows."""
        column = self.first_column + cell
        if self.sheet is not None:
            return (*self.prefix, self.sheet, f"{letters(column)}{row}")
        if row < self.table_row:
            return (*self.prefix, f"line {row}")
        return (*self.prefix, f"line {row}", f"column {column + 1}")

    def column(self, text: str, offset: int) -> str | None:
        if self.table_row and self.first_row + self._lines.before(text, offset) < self.table_row:
            return None
        return self.key(self._index(text, offset))

    def key(self, cell: int) -> str:
        """Return the key of the column of cells with this index."""
        return f"{self.sheet or ''}\x1f{cell}"

    def cells(self, text: str, offsets: Sequence[int]) -> list[tuple[int, int]]:
        """Return the row's number and the cell's index in it of ascending offsets.

        One pass over the text, much cheaper than asking for each. Rows below `table_row` lie
        above the table.
        """
        plain = not self.quoted or '"' not in text
        broken = INNER_BREAK in text
        delimiter, index_of = self.delimiter, self._index
        count, find, rfind = text.count, text.find, text.rfind
        row, passed = self.first_row, 0  # rows before `passed` are counted
        end, last, index = -1, 0, 0
        out: list[tuple[int, int]] = []
        for offset in offsets:
            if offset > end:
                start = rfind("\n", 0, offset) + 1
                row += count("\n", passed, start)
                if broken:
                    row += count(INNER_BREAK, passed, start)
                end = find("\n", offset)
                if end < 0:
                    end = len(text)
                passed = last = start
                index = 0
            if plain:
                index += count(delimiter, last, offset)
                last = offset
            else:
                index = index_of(text, offset)
            inner = count(INNER_BREAK, passed, offset) if broken else 0
            out.append((row + inner, index))
        return out

    def header(self, key: str) -> str:
        index = int(key.rpartition("\x1f")[2])
        return self.headers[index] if index < len(self.headers) else ""

    def _index(self, text: str, offset: int) -> int:
        return self._row.index(text, offset, self.delimiter, self.quoted)


@dataclass(frozen=True, slots=True)
class Keys:
    """JSON or XML as it stands, by lines; the key, tag or attribute before a value labels it.

    `markup`: XML. Keys longer than KEY_CHARACTERS, or further off than KEY_WINDOW, are none.
    """

    first_line: int = 1
    prefix: Place = field(default=(), repr=False)
    markup: bool = False
    _lines: LineNumbers = field(default_factory=LineNumbers, repr=False, compare=False)

    def place(self, text: str, offset: int) -> Place:
        return (*self.prefix, f"line {self.first_line + self._lines.before(text, offset)}")

    def column(self, text: str, offset: int) -> str | None:
        before = text[max(0, offset - KEY_WINDOW) : offset]
        return _tag(before) if self.markup else _key(before)

    def header(self, key: str) -> str:
        return key


def letters(index: int) -> str:
    """Return a column's letters, from 0: A … Z, AA …"""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _key(before: str) -> str | None:
    colon = before.rfind('":')
    if colon < 0:
        colon = before.rfind('" :')
    if colon < 0 or "}" in before[colon:] or "{" in before[colon:]:
        return None
    key = before[before.rfind('"', 0, colon) + 1 : colon]
    return key if 0 < len(key) <= KEY_CHARACTERS and "\n" not in key else None


def _tag(before: str) -> str | None:
    opening = before.rfind("<")
    if opening < 0:
        return None
    if before.rfind(">") > opening:
        found = _XML_NAME.match(before, opening + 1)
    else:
        found = _XML_ATTRIBUTE.search(before, opening + 1)
    return found[1] if found else None

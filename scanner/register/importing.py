"""Read a customer export and hand on what may be kept of each row. No value leaves this module."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from detectors import Detector
from scanner.extract.csv_text import form_of
from scanner.extract.encoding import decode_blocks
from scanner.names import Names
from scanner.privacy import Seal, mask
from scanner.register.columns import (
    CONSENT,
    CONSENTED,
    DELETE_AFTER,
    NUMBER,
    PURPOSE,
    SOURCE,
    WITHDRAWN,
    Columns,
    ColumnsWrong,
    columns_of,
)
from scanner.register.store import Row
from scanner.register.values import MAX_CHARACTERS, Read, answer_of, day_of, reader_of

WORDS_KEPT = 80
"""Characters kept of a purpose or a source."""
HIDDEN = "…"
"""What is shown of one that stays sealed."""


@dataclass(slots=True)
class Told:
    """What was met: rows, rows by which nobody can be known, and cells that are not what the
    column's head says, by column. Counts only."""

    rows: int = 0
    unknown: int = 0
    wrong: Counter[int] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Given:
    """What an import needs besides the file."""

    seal: Seal
    names: Names
    detectors: Sequence[Detector]
    custom: Mapping[str, Sequence[str]]
    today: date

    @property
    def kinds(self) -> set[str]:
        return {kind for each in self.detectors for kind in each.kinds}

    def spoken(self, sealed: str) -> str:
        """Return the words of a purpose or source, sealed still where they hold an identifier."""
        words = self.seal.unseal_name(sealed).decode("utf-8", "surrogateescape")
        return self.names.sealed(words)


class Export:
    """A CSV export, opened: its columns, and its rows one after the other.

    Encoding (UTF-8, UTF-16, cp1252 …) and delimiter are told from the text. Raises ColumnsWrong
    for what has no header or no column to know a customer by.
    """

    def __init__(self, stream: BinaryIO, given: Given, said: Mapping[str, str]) -> None:
        blocks = decode_blocks(stream)
        first = next(blocks, "")
        form = form_of(first)
        if not form.headers:
            raise ColumnsWrong(
                "the file does not begin with column heads; export it with a header line"
            )
        self._given = given
        self._line = form.table_line
        self._rows = csv.reader(_lines(chain((first,), blocks)), delimiter=form.delimiter)
        self.columns: Columns = columns_of(form.headers, given.custom, said, given.kinds)
        self.told = Told()

    def rows(self, progress: Callable[[int], None] = lambda number: None) -> Iterator[Row]:
        """Yield what may be kept of each row; `told` counts. `progress` hears of rows read.

        Raises ColumnsWrong naming the line of a row that is no CSV.
        """
        keep = _Keeper(self._given, self.columns, self.told)
        try:
            for cells in self._rows:
                if self._rows.line_num <= self._line or not any(cells):
                    continue
                self.told.rows += 1
                if self.told.rows % 10_000 == 0:
                    progress(self.told.rows)
                row = keep.row(cells)
                if row is not None:
                    yield row
        except csv.Error:
            raise ColumnsWrong(
                f"line {self._rows.line_num} is no CSV (a quote that never ends?); mend the export"
            ) from None


class _Keeper:
    """Turns the cells of a row into what is kept of it."""

    def __init__(self, given: Given, columns: Columns, told: Told) -> None:
        self._seal, self._told = given.seal, told
        self._reads: list[tuple[int, str, Read]] = [
            (index, kind, reader_of(kind, given.detectors, given.custom, given.today))
            for kind in columns.kinds
            for index in columns.of(kind)
        ]
        self._at = {role: next(iter(columns.of(role)), -1) for role in _SAID}
        self._words: dict[str, str] = {}

    def row(self, cells: list[str]) -> Row | None:
        size, told = len(cells), self._told
        fingerprints = []
        for index, kind, read in self._reads:
            written = cells[index] if index < size else ""
            if not written or written.isspace():
                continue
            value = read(written)
            if value:
                fingerprints.append(self._seal.fingerprint(kind, value))
                told.values[kind] += 1
            else:
                told.wrong[index] += 1
        number, masked = self._number(cells)
        if not fingerprints:
            told.unknown += 1
            return None
        consent, consented = self._consent(cells)
        return Row(
            number,
            masked,
            consent,
            self._kept(self._cell(cells, PURPOSE)),
            self._day(cells, CONSENTED) or consented,
            self._kept(self._cell(cells, SOURCE)),
            self._withdrawn(cells),
            self._day(cells, DELETE_AFTER),
            tuple(fingerprints),
        )

    def _cell(self, cells: list[str], role: str) -> str:
        index = self._at[role]
        return cells[index].strip() if 0 <= index < len(cells) else ""

    def _number(self, cells: list[str]) -> tuple[str, str]:
        written = self._cell(cells, NUMBER)
        if not written:
            return "", ""
        if len(written) > MAX_CHARACTERS:
            self._told.wrong[self._at[NUMBER]] += 1
            return "", ""
        masked = mask("CUSTOMER_NUMBER", written)
        return self._seal.seal_name(written.encode("utf-8", "surrogateescape"), masked), masked

    def _consent(self, cells: list[str]) -> tuple[bool | None, str]:
        if self._at[CONSENT] < 0:
            return None, ""
        written = self._cell(cells, CONSENT)
        said = answer_of(written)
        if said is None:
            day = day_of(written)
            if day:
                return True, day
            self._told.wrong[self._at[CONSENT]] += 1
            return False, ""
        return said, ""

    def _withdrawn(self, cells: list[str]) -> str:
        written = self._cell(cells, WITHDRAWN)
        said = answer_of(written)
        if said is None:
            day = day_of(written)
            if day is None:
                self._told.wrong[self._at[WITHDRAWN]] += 1
                return "yes"  # something stands there: nobody may be written to by mistake
            return day
        return "yes" if said else ""

    def _day(self, cells: list[str], role: str) -> str:
        day = day_of(self._cell(cells, role))
        if day is None:
            self._told.wrong[self._at[role]] += 1
        return day or ""

    def _kept(self, words: str) -> str:
        """Return a purpose or a source, sealed: equal words stay equal."""
        if not words:
            return ""
        known = self._words.get(words)
        if known is None:
            written = words[:WORDS_KEPT].encode("utf-8", "surrogateescape")
            known = self._seal.seal_name(written, HIDDEN)
            if len(self._words) < 10_000:
                self._words[words] = known
        return known


_SAID = (NUMBER, CONSENT, PURPOSE, CONSENTED, SOURCE, WITHDRAWN, DELETE_AFTER)


def _lines(blocks: Iterator[str]) -> Iterator[str]:
    rest = ""
    for block in blocks:
        *lines, rest = (rest + block).split("\n")
        for line in lines:
            yield line + "\n"
    if rest:
        yield rest


def open_export(path: Path) -> BinaryIO:
    """Open an export for reading. Raises ColumnsWrong when it cannot be opened."""
    try:
        return path.open("rb")
    except OSError as error:
        raise ColumnsWrong(f"the export cannot be opened ({error.strerror})") from None

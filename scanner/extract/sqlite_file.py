"""Read SQLite databases from a private copy: rows of real tables, and documents held in blobs.

Nothing of a database's own is run: no view, trigger, virtual table, generated column or extension.
"""

from __future__ import annotations

import io
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from connectors import Reason
from scanner.extract import Event, Source
from scanner.extract.budget import CHUNK_BYTES, MEMORY_SPOOL_BYTES, Budget, Trouble
from scanner.extract.cut import cut, pieces
from scanner.extract.layout import Fixed
from scanner.extract.sqlite_rows import (
    BREAKS,
    Cell,
    Rows,
    Span,
    Table,
    blob_text,
    guard,
    is_document,
    next_row,
    place_of,
    rows_of,
    tables_of,
)
from scanner.model import Part, Problem, Segment

MEMORY_SHARE = 8
"""One row may take this part of a worker's memory: SQLite and Python hold it more than once."""
STEP_OPERATIONS, STEPS_PER_ROW = 10_000, 10_000
"""A row that takes more than 10**8 steps of SQLite's machine (a few seconds) is none."""
SEGMENT_CHARACTERS = 150_000
LONG_CELL = 50_000
SHORT_CELL = 100
"""A longer text is cut on its own, outside its row; in a long row, all that is not short."""
ROW_BYTES = 8
"""What a row counts for at the least when text is counted."""
CELL_BYTES = 5
"""The least a row takes in a file (2.2 and 2.3): two lengths, one header, one pointer."""
HEADER_BYTES = 100  # sqlite.org/fileformat2.html, 1.3
WITHOUT_LOG = b"\x01\x01"
"""Read and write version without WAL, since the copy stands alone (1.3.3)."""


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield each table's rows as text, and a Part per blob that is a document.

    Rows behind damage are read from the table's other end; a Problem says that some are missing.
    What still lies in a write-ahead log beside the file is not seen.
    """
    with _opened(source, budget) as database:
        if database.is_cut:
            yield Problem((), "truncated")
        for table in database.tables():
            if isinstance(table, Problem):
                yield table
            else:
                yield from database.read_table(table)


class _Database:
    def __init__(
        self, source: Source, budget: Budget, connection: sqlite3.Connection, *, is_cut: bool
    ) -> None:
        self._budget, self._connection = budget, connection
        self.is_cut = is_cut
        self._steps = 0
        self._free = source.size
        self._rows = source.size // CELL_BYTES
        self._blobs_refused = False
        memory = min(budget.limits.memory_bytes // MEMORY_SHARE, 2**30)
        guard(connection, memory, self._is_stuck, STEP_OPERATIONS)

    def tables(self) -> Iterator[Table | Problem]:
        """Yield the tables; those that a damaged schema still names, after a Problem."""
        try:
            found: list[Table] = tables_of(self._connection)
        except (sqlite3.Error, UnicodeError):
            yield Problem((), self._damage())
            try:
                found = tables_of(self._connection, ignore_damage=True)
            except (sqlite3.Error, UnicodeError):
                return
        yield from found

    def read_table(self, table: Table) -> Iterator[Event]:
        """Yield the rows from the top; past damage from the bottom, as far as both go."""
        where = (f"table {table.name}",)
        if not table.columns:
            yield Problem(where, "corrupt")
            return
        batch, span, one, turned = _Batch(table), Span(), False, False
        while True:
            self._steps = 0
            met = False
            try:
                for row, cells in rows_of(self._connection, table, span, one=one):
                    self._steps, met = 0, True
                    self._rows -= 1
                    if self._rows < 0:  # pages that form a ring
                        yield from self._flush(batch)
                        raise Trouble("corrupt", "", where)
                    yield from self._row(batch, row, cells)
                    span = span.past(row)
            except (sqlite3.Error, UnicodeError) as error:
                if not one and table.row_name:
                    one = True  # the row in front of the damage
                    continue
                yield from self._flush(batch)
                too_large = isinstance(error, sqlite3.DataError)
                if too_large:
                    yield Problem(where, "limit", "memory_bytes")
                elif not turned:
                    yield Problem(where, self._damage())
                passed = self._pass(table, span) if too_large else None
                if passed is not None:
                    span = span.past(passed)
                elif turned or not table.row_name:
                    return
                else:
                    span, turned = span.turned(), True
                one = False
            else:
                if not (one and met):
                    yield from self._flush(batch)
                    return
                one = False

    def _pass(self, table: Table, span: Span) -> int | None:
        try:
            return next_row(self._connection, table, span)
        except sqlite3.Error:
            return None

    def _row(self, batch: _Batch, row: int, cells: tuple[Cell, ...]) -> Iterator[Event]:
        texts, size = [], 0
        for index, cell in enumerate(cells):
            if isinstance(cell, bytes):
                if is_document(cell):
                    yield from self._flush(batch)
                    yield from self._blob(batch.table, index, row, cell)
                    texts.append("")
                    continue
                cell = blob_text(cell)
            text = "" if cell is None else str(cell)
            size += len(text)
            if len(text) > SHORT_CELL and len(text) > (
                SHORT_CELL if size > LONG_CELL else LONG_CELL
            ):
                yield from self._flush(batch)
                self._spend(len(text))
                yield from _alone(text, Fixed(place_of(batch.table, index, row)))
                text = ""
            texts.append(text)
        batch.add(row, texts)
        if batch.characters > SEGMENT_CHARACTERS:
            yield from self._flush(batch)

    def _blob(self, table: Table, index: int, row: int, blob: bytes) -> Iterator[Event]:
        place = place_of(table, index, row)
        if self._budget.parts >= self._budget.limits.max_parts:
            if not self._blobs_refused:  # once: the text of the tables is still worth reading
                yield Problem(place, "limit", "max_parts")
            self._blobs_refused = True
            return
        yield Part(" ".join(place), io.BytesIO(blob), len(blob))

    def _flush(self, batch: _Batch) -> Iterator[Event]:
        count = batch.characters
        yield from batch.flush()
        self._spend(count)

    def _spend(self, count: int) -> None:
        """Text beyond the file's own size was made out of less: it counts as unpacked."""
        free = min(self._free, count)
        self._free -= free
        self._budget.spend(count - free)

    def _is_stuck(self) -> bool:
        self._steps += 1
        return self._steps > STEPS_PER_ROW

    def _damage(self) -> Reason:
        return "truncated" if self.is_cut else "corrupt"


def _alone(text: str, place: Fixed) -> Iterator[Segment]:
    return cut(pieces(text), lambda _line: place)


class _Batch:
    """Rows on their way into one segment."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._lines: list[str] = []
        self._rows: list[int] = []
        self.characters = 0

    def add(self, row: int, texts: list[str]) -> None:
        line = "\t".join(texts)
        if line.count("\t") >= len(texts) or "\n" in line or "\r" in line:
            line = "\t".join(BREAKS.sub(" ", text) for text in texts)
        self._lines.append(line)
        self._rows.append(row)
        self.characters += len(line) + ROW_BYTES

    def flush(self) -> Iterator[Segment]:
        if not self._lines:
            return
        rows = Rows(self.table, tuple(self._rows))
        yield Segment("\n".join(self._lines), rows, rows=len(self._lines))
        self._lines, self._rows, self.characters = [], [], 0


def _mended(header: bytes, size: int) -> tuple[bytes, bool]:
    """Return a header that SQLite opens the copy with, and whether the file was cut."""
    if len(header) < HEADER_BYTES:
        raise Trouble("truncated")
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    is_current = header[24:28] == header[92:96]
    is_cut = is_current and page * int.from_bytes(header[28:32], "big") > size
    made = bytearray(header)
    made[18:20] = WITHOUT_LOG
    if is_cut:
        made[28:32] = (size // page).to_bytes(4, "big")
    return bytes(made), is_cut


@contextmanager
def _opened(source: Source, budget: Budget) -> Iterator[_Database]:
    source.stream.seek(0)
    header, is_cut = _mended(source.stream.read(HEADER_BYTES), source.size)
    if source.size <= MEMORY_SPOOL_BYTES:
        with closing(sqlite3.connect(":memory:", cached_statements=0)) as connection:
            connection.deserialize(header + source.stream.read(source.size))
            yield _Database(source, budget, connection, is_cut=is_cut)
        return
    folder = Path(tempfile.mkdtemp(dir=budget.folder))
    try:
        path = folder / "copy.sqlite"
        with path.open("wb") as copy:
            copy.write(header)
            shutil.copyfileobj(source.stream, copy, CHUNK_BYTES)
        address = path.absolute().as_uri() + "?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True, cached_statements=0)) as connection:
            yield _Database(source, budget, connection, is_cut=is_cut)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

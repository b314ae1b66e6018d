"""Ask a SQLite database for its tables and rows, and lay rows out as text. Runs nothing else."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scanner.extract import encoding
from scanner.extract.kind_binary import by_signature, packed_type
from scanner.extract.layout import LineNumbers
from scanner.model import Place

VIRTUAL_COLUMN, HIDDEN_COLUMN = 2, 1  # sqlite.org/pragma.html#pragma_table_xinfo
ROW_NAMES = ("rowid", "_rowid_", "oid")
HEAD_BYTES = 8192
READABLE = re.compile(rb"[\t\x20-\x7e\x80-\xff]{6,}")
READABLE_WIDE = re.compile(rb"(?:[\t\x20-\x7e\xa0-\xff]\x00){6,}")
BREAKS = re.compile(r"[\t\n\r]")
ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA})

Cell = None | int | float | str | bytes


@dataclass(frozen=True, slots=True)
class Table:
    """A real table. `row_name` is what its row number is called, empty where it has none."""

    name: str = field(repr=False)
    columns: tuple[str, ...] = field(repr=False)
    row_name: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table, one a line: ("table customers", "column cpr", "row 14").

    The row is SQLite's rowid, or the count from the top where a table has none. `rows` holds one
    per line of the text.
    """

    table: Table
    rows: tuple[int, ...]
    _lines: LineNumbers = field(default_factory=LineNumbers, repr=False, compare=False)

    @property
    def sheet(self) -> str:
        """What the columns belong to, as for a sheet: rows are counted under it."""
        return self.table.name

    @property
    def headers(self) -> tuple[str, ...]:
        return self.table.columns

    def place(self, text: str, offset: int) -> Place:
        row = self.rows[self._lines.before(text, offset)]
        return place_of(self.table, _column(text, offset), row)

    def column(self, text: str, offset: int) -> str | None:
        return f"{self.table.name}\x1f{_column(text, offset)}"

    def header(self, key: str) -> str:
        return self.table.columns[int(key.rpartition("\x1f")[2])]


def _column(text: str, offset: int) -> int:
    return text.count("\t", text.rfind("\n", 0, offset) + 1, offset)


def place_of(table: Table, column: int, row: int) -> Place:
    """Return the steps to one cell."""
    return (f"table {table.name}", f"column {table.columns[column]}", f"row {row}")


def guard(
    connection: sqlite3.Connection, cell_bytes: int, is_stuck: Callable[[], bool], operations: int
) -> None:
    """Shut off everything but plain reading. `is_stuck` is asked every `operations` steps."""
    connection.text_factory = _text
    for setting in ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0"):
        connection.execute(f"PRAGMA {setting}")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, cell_bytes)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)
    connection.set_authorizer(_authorize)
    connection.set_progress_handler(is_stuck, operations)


def tables_of(connection: sqlite3.Connection, *, ignore_damage: bool = False) -> list[Table]:
    """Return the tables that hold rows of their own, without SQLite's. Raises DatabaseError.

    `ignore_damage` passes over what of the schema cannot be parsed.
    """
    if ignore_damage:
        connection.set_authorizer(None)
        connection.execute("PRAGMA writable_schema=ON")
        connection.set_authorizer(_authorize)
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY rowid"
    )
    tables = []
    for name, sql in found.fetchall():
        if not isinstance(name, str) or name.lower().startswith("sqlite_"):
            continue
        if re.match(r"\s*create\s+virtual", str(sql or ""), re.IGNORECASE):
            continue
        try:
            information = connection.execute(f"PRAGMA table_xinfo({quoted(name)})").fetchall()
        except sqlite3.DatabaseError:
            information = []
        columns = tuple(
            str(row[1]) for row in information if row[6] not in (VIRTUAL_COLUMN, HIDDEN_COLUMN)
        )
        taken = {column.lower() for column in columns}
        row_name = next((known for known in ROW_NAMES if known not in taken), "")
        if row_name and not _has_rows_numbered(connection, name, row_name):
            row_name = ""
        tables.append(Table(name, columns, row_name))
    return tables


@dataclass(frozen=True, slots=True)
class Span:
    """The rows still to be read: those between `after` and `before`, both outside."""

    after: int | None = None
    before: int | None = None
    backward: bool = False

    def past(self, row: int) -> Span:
        """What is left when `row` has been read."""
        if self.backward:
            return Span(self.after, row, True)
        return Span(row, self.before, False)

    def turned(self) -> Span:
        """The same rows from the other end."""
        return Span(self.after, self.before, not self.backward)


def rows_of(
    connection: sqlite3.Connection, table: Table, span: Span, *, one: bool = False
) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """Yield (row number, cells) in the order of `span`. Raises sqlite3.Error midway.

    Python steps to the next row before it hands one out, so the row in front of a damaged one is
    lost with it: ask for it with `one`.
    """
    columns = ", ".join(map(quoted, table.columns))
    if not table.row_name:
        query = f"SELECT {columns} FROM {quoted(table.name)} NOT INDEXED"
        yield from enumerate(connection.execute(query), 1)
        return
    for row in connection.execute(_query(table, columns, span, one=one)):
        yield int(row[0]), row[1:]


def next_row(connection: sqlite3.Connection, table: Table, span: Span) -> int | None:
    """Return the number of the first row of `span` without reading its cells, or None."""
    found = connection.execute(_query(table, "NULL", span, one=True)).fetchone()
    return None if found is None else int(found[0])


def _query(table: Table, columns: str, span: Span, *, one: bool) -> str:
    name = table.row_name
    query = f"SELECT {name}, {columns} FROM {quoted(table.name)} NOT INDEXED WHERE 1"
    if span.after is not None:
        query += f" AND {name} > {span.after}"
    if span.before is not None:
        query += f" AND {name} < {span.before}"
    return f"{query} ORDER BY {name} {'DESC' if span.backward else 'ASC'}{' LIMIT 1' * one}"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def is_document(blob: bytes) -> bool:
    """Whether a blob is a document of its own: a PDF, a picture, an archive …"""
    head = blob[:HEAD_BYTES]
    return bool(packed_type(head, io.BytesIO(blob), "") or by_signature(head))


def blob_text(blob: bytes) -> str:
    """Return a blob as text; where it is none, the readable stretches in it."""
    if encoding.is_text(blob[:HEAD_BYTES]):
        return encoding.decode(blob)
    runs = [encoding.decode(run) for run in READABLE.findall(blob)]
    runs += [run.decode("utf-16-le") for run in READABLE_WIDE.findall(blob)]
    return " ".join(runs)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return encoding.decode(raw)


def _authorize(
    action: int, first: str | None, second: str | None, base: str | None, trigger: str | None
) -> int:
    if action not in ALLOWED or trigger is not None:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and first != "table_xinfo":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _has_rows_numbered(connection: sqlite3.Connection, name: str, row_name: str) -> bool:
    """Whether the table has row numbers: preparing the question is enough, no row is read."""
    try:
        connection.execute(f"SELECT {row_name} FROM {quoted(name)} NOT INDEXED LIMIT 0").fetchall()
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True
    return True

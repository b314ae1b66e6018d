"""Follow the tables of one content: their heads, their rows, and where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from detectors import MAYBE, Column, Match
from detectors.customer_table import recognise
from scanner.extract.layout import Grid
from scanner.extract.table import TableRows
from scanner.model import Place, Segment

MOST_TABLES = 1_000
"""Tables of one content that are followed; the cells of all are read."""
_NOTHING: Mapping[str, int] = {}


@dataclass(slots=True)
class _Seen:
    place: Place = field(repr=False)
    headers: tuple[str, ...] = field(repr=False)
    rows: int


class Tables:
    """Takes the segments of one content; `found` says which tables are of people."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def saw(self, segment: Segment) -> None:
        """Note a segment that belongs to a table; others are nothing to it."""
        layout = segment.layout
        if isinstance(layout, Grid):
            key = layout.sheet or ""
        elif isinstance(layout, TableRows):
            key = "\x1f".join(layout.prefix)
        else:
            return
        known = self._seen.get(key)
        if known is not None:
            known.rows += segment.rows
        elif len(self._seen) < MOST_TABLES:
            self._seen[key] = _Seen(_place(layout), layout.headers, segment.rows)

    def found(self, columns: Mapping[str, Column]) -> Iterator[tuple[Match, Sequence[Place]]]:
        """Yield the tables of people, each with its place.

        `columns` are the columns in which something was found, by the key of their layout.
        """
        held: dict[str, dict[int, Column]] = {}
        for key, column in columns.items():
            table, _, number = key.rpartition("\x1f")
            if number.isdecimal() and table in self._seen:
                held.setdefault(table, {})[int(number)] = column
        for key, seen in self._seen.items():
            filled = held.get(key, {})
            numbers = sorted({*range(len(seen.headers)), *filled})
            # In a sheet the row of heads is counted with the others.
            rows = seen.rows - (1 if seen.headers and key else 0)
            match = recognise([_column(seen, filled, number, rows) for number in numbers])
            if match is not None and match.confidence >= MAYBE:
                yield match, [seen.place]


def _column(seen: _Seen, filled: Mapping[int, Column], number: int, rows: int) -> Column:
    header = seen.headers[number] if number < len(seen.headers) else ""
    column = filled.get(number)
    return Column(header, rows, _NOTHING, column.likely if column else _NOTHING)


def _place(layout: Grid | TableRows) -> Place:
    if isinstance(layout, TableRows):
        return (*layout.prefix, f"row {layout.first_row}")
    if layout.sheet is not None:
        return (*layout.prefix, layout.sheet)
    return (*layout.prefix, f"line {max(layout.table_row, 1)}")

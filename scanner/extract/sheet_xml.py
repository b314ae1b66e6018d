"""Read the cells of an xlsx package with lxml, where the fast reader must not or cannot.

Slower, but bounded by what is in the file: a stray cell in a far corner costs one line.
Dates stay serial numbers here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from scanner.extract import table
from scanner.extract.budget import Trouble
from scanner.extract.cut import cut
from scanner.extract.flow import Flow
from scanner.extract.layout import Grid, letters
from scanner.extract.ooxml import Package, local, release, words
from scanner.extract.sheet_scan import column_index
from scanner.model import Segment

if TYPE_CHECKING:
    from lxml.etree import _Element

FAR_COLUMN = 1000
FAR_ROWS = 10_000
"""A cell this far from the rest is told with its own place, not by tabs and line ends."""
FAR_HELD = 5000
"""So many rows with such cells are held; then they are told, and the sheet goes on anew."""
MAX_SHARED_STRINGS = 5_000_000

Row = tuple[int, dict[int, str]]


def shared_strings(package: Package, name: str | None) -> list[str]:
    """Return the workbook's table of strings. What lies behind a break in it is lost."""
    strings: list[str] = []
    if name is None:
        return strings
    try:
        for _, element in package.walk(name, tags=("{*}si",)):
            if local(element) == "si":
                strings.append(_text(element))
                release(element)
                if len(strings) > MAX_SHARED_STRINGS:
                    raise Trouble("limit", "shared_strings")
    except Trouble as trouble:
        if trouble.reason != "corrupt":
            raise
    return strings


def rows(package: Package, member: str, strings: list[str]) -> Iterator[Row]:
    """Yield (row from 1, cells by column from 0) of a worksheet. Raises Trouble where it breaks."""
    number = 0
    for _, element in package.walk(member, tags=("{*}row",)):
        if local(element) != "row":
            continue
        written = element.get("r", "")
        number = int(written) if written.isdigit() and len(written) < 8 else number + 1
        cells: dict[int, str] = {}
        column = -1
        for item in element:
            if local(item) != "c":
                continue
            name = item.get("r", "").rstrip("0123456789")
            column = column_index(name) if name.isalpha() and len(name) <= 3 else column + 1
            if value := _value(item, strings):
                cells[column] = value
        release(element)
        if cells:
            yield number, cells


def segments(package: Package, member: str, sheet: str, strings: list[str]) -> Iterator[Segment]:
    """Yield a worksheet's segments; a break in the XML comes as Trouble after what was read."""
    yield from row_segments(rows(package, member, strings), sheet)


def row_segments(rows: Iterator[Row], sheet: str) -> Iterator[Segment]:
    """Yield the segments of rows; Trouble from them comes after what was read."""
    stray = Flow()
    trouble: list[Trouble] = []
    source = _until(rows, trouble)
    peeked = list(islice(source, table.PEEK_ROWS))
    if not peeked:
        if trouble:
            raise trouble[0]
        return
    near = [_cells(cells) for _, cells in peeked]
    heads = table.heads(near)
    first = expected = peeked[0][0]
    far: list[Row] = []
    waiting = chain(peeked, source)
    is_over = False

    def lines() -> Iterator[str]:
        nonlocal expected, is_over
        for number, cells in waiting:
            if len(far) >= FAR_HELD:
                far.append((number, cells))
                return
            if not expected <= number <= expected + FAR_ROWS:
                far.append((number, cells))
                continue
            outlying = {column: text for column, text in cells.items() if column > FAR_COLUMN}
            if outlying:
                far.append((number, outlying))
            yield from [""] * (number - expected)
            yield table.line(_cells(cells))
            expected = number + 1
        is_over = True

    def layout(line: int) -> Grid:
        return Grid(first_row=first + line - 1, sheet=sheet, headers=heads)

    while not is_over:
        for block in cut(table.batches(lines()), layout, rows=True):
            yield block
            yield from _far(far, sheet, stray)
        yield from _far(far, sheet, stray)
        first = expected
    yield from stray.end()
    if trouble:
        raise trouble[0]


def _far(far: list[Row], sheet: str, stray: Flow) -> Iterator[Segment]:
    for number, cells in far:
        for column, text in cells.items():
            yield from stray.add((sheet, f"{letters(column)}{number}"), text)
    far.clear()


def _until(source: Iterator[Row], trouble: list[Trouble]) -> Iterator[Row]:
    try:
        yield from source
    except Trouble as found:
        trouble.append(found)


def _cells(cells: dict[int, str]) -> list[str]:
    width = 1 + max((column for column in cells if column <= FAR_COLUMN), default=-1)
    return [cells.get(column, "") for column in range(width)]


def _value(cell: _Element, strings: list[str]) -> str:
    kind = cell.get("t", "n")
    for item in cell:
        name = local(item)
        if name == "is":
            return _text(item)
        if name == "v":
            value = words(item)
            if kind == "s":
                index = int(value) if value.strip().isdigit() else -1
                return strings[index] if 0 <= index < len(strings) else ""
            if kind == "n" and value.endswith(".0"):
                return value[:-2]
            return value
    return ""


def _text(element: _Element) -> str:
    """Join the runs of a rich string; phonetic guides are not part of it."""
    return "".join(
        words(item)
        for item in element.iter("{*}t")
        if (parent := item.getparent()) is None or local(parent) != "rPh"
    )

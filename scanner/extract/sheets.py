"""Read spreadsheets (xlsx, xlsm, xlsb, xls, ods): cells by calamine, the rest by a second pass.

Places are ("Ark1", "B14"). Hidden sheets are read like others.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

from scanner.extract import Event, Source, table
from scanner.extract.budget import Budget, Trouble
from scanner.extract.cut import cut
from scanner.extract.flow import Flow
from scanner.extract.layout import Grid
from scanner.model import Problem, Segment

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MAX_SHEETS = 5000
MAX_DENSE_CELLS = 20_000_000
"""calamine lays a sheet out as a full rectangle of 24-byte cells: about 500 MB at this size."""
OLE_MAGIC = b"\xd0\xcf\x11\xe0"


class Panic(Exception):
    """calamine could not read it; what it said stays with it, as it may quote cells."""


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the workbook's rows, what calamine does not give, and embedded documents."""
    source.stream.seek(0)
    magic = source.stream.read(4)
    source.stream.seek(0)
    if magic[:2] == b"PK":
        yield from _read_package(source, budget)
    elif magic == OLE_MAGIC:
        from scanner.extract.sheets_xls import read_xls

        yield from read_xls(source, budget)
    else:
        yield from workbook(source.stream)


def _read_package(source: Source, budget: Budget) -> Iterator[Event]:
    from scanner.extract.ooxml import Package

    package = Package(source, budget)
    if package.name("content.xml") or package.name("mimetype"):
        from scanner.extract.opendocument import read_sheets

        yield from read_sheets(source, package, budget)
        return
    from scanner.extract.sheets_ooxml import read_workbook

    yield from read_workbook(source, package, budget)


def open_workbook(stream: BinaryIO) -> CalamineWorkbook:
    """Open with calamine. Raises Trouble("encrypted"), or Panic for whatever else is wrong."""
    import python_calamine

    stream.seek(0)
    try:
        return python_calamine.CalamineWorkbook.from_filelike(stream)
    except python_calamine.PasswordError:
        raise Trouble("encrypted") from None
    except BaseException as error:
        _contain(error)
        raise Panic from None


def workbook(stream: BinaryIO, skip: Sequence[str] = ()) -> Iterator[Event]:
    """Yield every sheet's segments but those of `skip`; raises Trouble("corrupt") if none opens."""
    try:
        book = open_workbook(stream)
    except Panic:
        raise Trouble("corrupt") from None
    with book:
        names = book.sheet_names
        yield from name_segments(names[:MAX_SHEETS])
        for index, name in enumerate(names[:MAX_SHEETS]):
            if name in skip:
                continue
            try:
                yield from sheet(book, index, name)
            except Panic:
                yield Problem((name,), "corrupt")
        if len(names) > MAX_SHEETS:
            yield Problem((), "limit", "sheets")


def name_segments(names: Sequence[str]) -> Iterator[Segment]:
    """Yield the sheets' names as text: a name can hold an identifier too."""
    flow = Flow()
    for name in names:
        yield from flow.add((name, "sheet name"), name)
    yield from flow.end()


def sheet(book: CalamineWorkbook, index: int, name: str) -> Iterator[Segment]:
    """Yield one sheet's segments. Raises Panic before the first of them or not at all."""
    try:
        content = book.get_sheet_by_index(index)
        start = content.start
    except BaseException as error:
        _contain(error)
        raise Panic from None
    if start is None:
        return
    rows = _rows(content, start[0])
    peeked = list(islice(rows, table.PEEK_ROWS))
    heads = table.heads(peeked)

    def layout(line: int) -> Grid:
        return Grid(first_row=start[0] + line, first_column=start[1], sheet=name, headers=heads)

    lines = map(table.line, chain(peeked, rows))
    yield from cut(table.batches(lines), layout, rows=True)


def shown(value: object) -> str:
    """Return a cell as a person sees it; whole numbers without a decimal point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e17 else repr(value)
    if isinstance(value, datetime.datetime):
        whole = value.time() == datetime.time()
        return value.date().isoformat() if whole else value.isoformat(" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _rows(content: CalamineSheet, first: int) -> Iterator[list[str]]:
    for row in islice(content.iter_rows(), first, None):
        yield [value if value.__class__ is str else shown(value) for value in row]


def _contain(error: BaseException) -> None:
    """Let through what is not calamine's: its panics are no Exception, but BaseException."""
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
        raise error

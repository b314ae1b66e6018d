"""Read the cells of xlsb sheets that the fast reader passes over: those written in short records.

A short record names no column; it stands right of the cell before it ([MS-XLSB] 2.4). SheetJS
writes every cell but a row's first like that. Dates stay serial numbers here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from scanner.extract.budget import Trouble
from scanner.extract.ooxml import Package
from scanner.extract.sheet_xml import MAX_SHARED_STRINGS, Row, row_segments
from scanner.extract.sheets import shown
from scanner.model import Segment

ROW, BLANK, RK, ERROR, BOOL, REAL, TEXT, SHARED = range(8)
FORMULA_TEXT, FORMULA_NUMBER, FORMULA_BOOL, FORMULA_ERROR = range(8, 12)
SHORT_BLANK, SHORT_RK, SHORT_ERROR, SHORT_BOOL, SHORT_REAL, SHORT_TEXT, SHORT_SHARED = range(12, 19)
SHARED_ITEM, RICH_TEXT, SHEET_NAME = 19, 62, 156
"""Record numbers, [MS-XLSB] 2.3.2."""
SHORT = frozenset(range(SHORT_BLANK, SHORT_SHARED + 1))
CELLS = frozenset((*range(BLANK, SHORT_SHARED + 1), RICH_TEXT))
LIKE = {
    FORMULA_TEXT: TEXT,
    FORMULA_NUMBER: REAL,
    FORMULA_BOOL: BOOL,
    SHORT_RK: RK,
    SHORT_BOOL: BOOL,
    SHORT_REAL: REAL,
    SHORT_TEXT: TEXT,
    SHORT_SHARED: SHARED,
}
MAX_COLUMN = 16_383
MAX_RECORD_BYTES = 16 * 1024**2
CHUNK_BYTES = 1 << 20


def sheets_with_short_cells(package: Package, main: str) -> dict[str, str]:
    """Return name and member of the sheets that hold short records.

    A sheet or list of sheets that is broken is left to the other reader.
    """
    found: dict[str, str] = {}
    targets = {relation.id: relation.target for relation in package.relations(main)}
    try:
        for kind, body in _records(package, main):
            if kind == SHEET_NAME:
                relation, end = _text(body, 8)
                member = package.name(targets.get(relation, ""))
                if member is not None and _has_short_cells(package, member):
                    found[_text(body, end)[0]] = member
    except (Trouble, struct.error) as error:
        if isinstance(error, Trouble) and error.reason == "limit":
            raise
    return found


def segments(package: Package, member: str, sheet: str, strings: list[str]) -> Iterator[Segment]:
    """Yield a worksheet's segments; a break comes as Trouble after what was read."""
    yield from row_segments(_rows(package, member, strings), sheet)


def shared_strings(package: Package) -> list[str]:
    """Return the workbook's table of strings. What lies behind a break in it is lost."""
    strings: list[str] = []
    name = package.name("xl/sharedStrings.bin")
    if name is None:
        return strings
    try:
        for kind, body in _records(package, name):
            if kind == SHARED_ITEM:
                strings.append(_text(body, 1)[0])
                if len(strings) > MAX_SHARED_STRINGS:
                    raise Trouble("limit", "shared_strings")
    except (Trouble, struct.error) as error:
        if isinstance(error, Trouble) and error.reason == "limit":
            raise
    return strings


def _has_short_cells(package: Package, member: str) -> bool:
    try:
        return any(kind in SHORT for kind, _ in _records(package, member))
    except Trouble as trouble:
        if trouble.reason == "limit":
            raise
        return False


def _rows(package: Package, member: str, strings: list[str]) -> Iterator[Row]:
    number, column = 0, -1
    cells: dict[int, str] = {}
    try:
        for kind, body in _records(package, member):
            if kind == ROW:
                if cells:
                    yield number, cells
                (row,) = struct.unpack_from("<I", body)
                number, column, cells = row + 1, -1, {}
            elif kind in CELLS:
                if kind in SHORT:
                    column, start = column + 1, 4
                else:
                    ((column,), start) = struct.unpack_from("<I", body), 8
                if column > MAX_COLUMN:
                    raise Trouble("corrupt")
                if value := _value(LIKE.get(kind, kind), body, start, strings):
                    cells[column] = value
    except (Trouble, struct.error) as error:
        if cells:
            yield number, cells
        raise error if isinstance(error, Trouble) else Trouble("corrupt") from None
    if cells:
        yield number, cells


def _value(kind: int, body: bytes, start: int, strings: list[str]) -> str:
    if kind == TEXT:
        return _text(body, start)[0]
    if kind == RICH_TEXT:
        return _text(body, start + 1)[0]
    if kind == SHARED:
        (index,) = struct.unpack_from("<I", body, start)
        return strings[index] if index < len(strings) else ""
    if kind == REAL:
        return shown(struct.unpack_from("<d", body, start)[0])
    if kind == RK:
        return shown(_packed(body, start))
    if kind == BOOL:
        return "TRUE" if body[start : start + 1] == b"\1" else "FALSE"
    return ""


def _packed(body: bytes, start: int) -> float:
    """An RkNumber, [MS-XLSB] 2.5.123: an integer or the upper half of a float, maybe by 100."""
    (raw,) = struct.unpack_from("<i", body, start)
    value: float = raw >> 2
    if not raw & 2:
        (value,) = struct.unpack("<d", bytes(4) + struct.pack("<i", raw & ~3))
    return value / 100 if raw & 1 else value


def _text(body: bytes, start: int) -> tuple[str, int]:
    """An XLWideString and where it ends; a nullable one without text counts as empty."""
    (length,) = struct.unpack_from("<I", body, start)
    start += 4
    if length == 0xFFFFFFFF:
        return "", start
    end = start + 2 * length
    if end > len(body):
        raise Trouble("corrupt")
    return body[start:end].decode("utf-16-le", "replace"), end


def _records(package: Package, member: str) -> Iterator[tuple[int, bytes]]:
    """Yield number and body of every record ([MS-XLSB] 2.1.4). Raises Trouble at a break."""
    with package.open(member) as stream:
        held, position = b"", 0
        while True:
            if len(held) - position < 6:  # the longest head of a record
                held, position = held[position:] + stream.read(CHUNK_BYTES), 0
                if not held:
                    return
            kind, position = _number(held, position, 2)
            size, position = _number(held, position, 4)
            if size > MAX_RECORD_BYTES:
                raise Trouble("corrupt")
            while len(held) - position < size:
                more = stream.read(CHUNK_BYTES)
                if not more:
                    raise Trouble("corrupt")
                held, position = held[position:] + more, 0
            yield kind, held[position : position + size]
            position += size


def _number(held: bytes, position: int, most: int) -> tuple[int, int]:
    """Seven bits a byte, lowest first; the record's number keeps its two bytes as one value."""
    value = 0
    for index in range(most):
        if position >= len(held):
            raise Trouble("corrupt")
        byte = held[position]
        position += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return value, position

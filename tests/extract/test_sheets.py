"""Spreadsheets: cells as people see them, heads, hidden sheets, hostile sizes, broken files."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest

from scanner.demo import fake
from scanner.extract import sheet_scan, sheets
from scanner.model import Limits
from tests.extract import office_files
from tests.extract.office_files import member, with_members
from tests.extract.seen import read

SHEET = "xl/worksheets/sheet1.xml"


def book(rows: list[list[object]], *, row: int = 1, column: int = 1) -> bytes:
    workbook = openpyxl.Workbook()
    for down, cells in enumerate(rows):
        for right, value in enumerate(cells):
            workbook.active.cell(row + down, column + right, value)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(101101234, "101101234", id="a CPR number that lost its zero"),
        pytest.param(101101234.0, "101101234", id="a float of a whole number"),
        pytest.param(1234567890123456, "1234567890123456", id="a card number kept as a number"),
        pytest.param(1.5, "1.5", id="a fraction"),
        pytest.param(-3.0, "-3", id="negative"),
        pytest.param(True, "TRUE", id="a truth value"),
        pytest.param(datetime.date(1990, 1, 2), "1990-01-02", id="a date"),
        pytest.param(datetime.datetime(1990, 1, 2, 3, 4), "1990-01-02 03:04:00", id="with time"),
        pytest.param("a\tb\nc", "a b c", id="tabs and line ends become blanks"),
        pytest.param("0101101234", "0101101234", id="text keeps its zero"),
    ],
)
def test_cells_are_shown_as_people_see_them(value: object, shown: str) -> None:
    assert f"{shown}\n" in [s.text for s in read(book([[value]]), "xlsx").segments]


def test_the_sheet_may_start_anywhere() -> None:
    value = fake.cpr(hyphen=True)
    seen = read(book([["Navn", "CPR"], ["Anna", value]], row=70_000, column=30), "xlsx")
    assert seen.places(value) == [("Sheet", "AE70001")]
    assert seen.header(value) == "CPR"


def test_the_name_of_a_sheet_is_text_too() -> None:
    value = fake.cpr()
    workbook = openpyxl.Workbook()
    workbook.active.title = f"Sag {value}"
    out = io.BytesIO()
    workbook.save(out)
    assert read(out.getvalue(), "xlsx").places(value) == [(f"Sag {value}", "sheet name")]


@pytest.mark.parametrize(
    ("rows", "head"),
    [
        pytest.param([["Navn", "CPR"], ["Anna", "?"]], "CPR", id="first row"),
        pytest.param(
            [["Kundeliste 2024"], [], ["Navn", "CPR"], ["A", "?"]], "CPR", id="below title"
        ),
        pytest.param([["Anna", 12], ["Bo", "?"]], "", id="no head"),
    ],
)
def test_heads(rows: list[list[object]], head: str) -> None:
    value = fake.cpr(hyphen=True)
    filled = [[value if cell == "?" else cell for cell in row] for row in rows]
    assert read(book(filled), "xlsx").header(value) == head


def test_a_long_sheet_is_cut_into_segments_that_own_every_row_once() -> None:
    rows: list[list[object]] = [["Nr", "Mail"]]
    rows += [[number, f"k{number}@firma.example"] for number in range(20_000)]
    seen = read(book(rows), "xlsx")
    assert len(seen.segments) > 1
    assert sum(segment.rows for segment in seen.segments) == len(rows)
    for number in (0, 9_999, 19_999):
        assert seen.places(f"k{number}@firma.example") == [("Sheet", f"B{number + 2}")]
        assert seen.header(f"k{number}@firma.example") == "Mail"


def test_a_cell_in_the_far_corner_costs_a_line_not_the_memory() -> None:
    value, corner = fake.cpr(hyphen=True), fake.cpr(hyphen=True)
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["B1"] = "Navn", "CPR"
    workbook.active["B2"], workbook.active["XFD1048576"] = value, corner
    out = io.BytesIO()
    workbook.save(out)
    seen = read(out.getvalue(), "xlsx")
    assert seen.places(value) == [("Sheet", "B2")]
    assert seen.places(corner) == [("Sheet", "XFD1048576")]
    assert seen.header(value) == "CPR"
    assert len(seen.text) < 1000


def test_both_cell_readers_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data, planted = office_files.xlsx()
    fast = read(data, "xlsx")
    monkeypatch.setattr("scanner.extract.sheets_ooxml.MAX_DENSE_CELLS", 0)
    slow = read(data, "xlsx")
    assert {v: slow.places(v) for v in planted} == {v: fast.places(v) for v in planted}
    assert {v: slow.header(v) for v in planted} == {v: fast.header(v) for v in planted}


def test_a_panic_of_the_native_reader_is_contained(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        pass

    def panic(_: object) -> None:
        raise Panic("a cell's value")

    import python_calamine

    class Broken:
        from_filelike = staticmethod(panic)

    data, planted = office_files.xlsx()
    monkeypatch.setattr(python_calamine, "CalamineWorkbook", Broken)
    seen = read(data, "xlsx")
    assert seen.reasons == []
    assert all(value in seen.text for value in planted)
    assert read(office_files.xls()[0], "xls").reasons == ["corrupt"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, SystemExit])
def test_what_is_not_the_readers_panic_passes(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    import python_calamine

    class Stopped:
        @staticmethod
        def from_filelike(_: object) -> None:
            raise error

    monkeypatch.setattr(python_calamine, "CalamineWorkbook", Stopped)
    with pytest.raises(error):
        list(sheets.workbook(io.BytesIO(b"")))


def bomb(name: str, head: bytes, unit: bytes, tail: bytes, size: int) -> bytes:
    """A workbook whose member `name` unpacks to about `size` bytes."""
    out = io.BytesIO()
    base = book([["x"]])
    with (
        zipfile.ZipFile(io.BytesIO(base)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for other in old.namelist():
            if other != name:
                new.writestr(other, old.read(other))
        with new.open(name, "w") as stream:
            stream.write(head)
            for _ in range(size // (len(unit) * 1000)):
                stream.write(unit * 1000)
            stream.write(tail)
    return out.getvalue()


MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.mark.parametrize(
    ("name", "head", "unit"),
    [
        pytest.param(
            SHEET, b"<worksheet " + MAIN + b"><sheetData>", b"<row><c/></row>", id="sheet"
        ),
        pytest.param("xl/sharedStrings.xml", b"<sst " + MAIN + b">", b"<si/>", id="strings"),
        pytest.param("xl/styles.xml", b"<styleSheet " + MAIN + b">", b"<xf/>", id="styles"),
        pytest.param("xl/pivotCache/pivotCacheRecords1.xml", b"<r>", b"<s/>", id="pivot data"),
    ],
)
def test_a_zip_bomb_meets_the_budget(name: str, head: bytes, unit: bytes) -> None:
    data = bomb(name, head, unit, b"", 40_000_000)
    seen = read(data, "xlsx", limits=Limits(max_unpacked_bytes=1_000_000))
    assert [(p.where, p.reason, p.detail) for p in seen.problems] == [
        (("sheets",), "limit", "max_unpacked_bytes")
    ]
    assert (seen.trouble is None) == (name == "xl/styles.xml"), "which the slow reader leaves alone"


def test_a_zip_bomb_meets_the_ratio() -> None:
    data = bomb("xl/styles.xml", b"<styleSheet " + MAIN + b">", b"<xf/>", b"", 40_000_000)
    assert [problem.detail for problem in read(data, "xlsx").problems] == ["max_ratio"]


def test_a_broken_sheet_costs_only_itself() -> None:
    data, planted = office_files.xlsx()
    sheet = member(data, SHEET)
    broken = with_members(data, {SHEET: sheet[: len(sheet) // 2]})
    seen = read(broken, "xlsx")
    assert [problem.where[0] for problem in seen.problems] == ["Ark æ"]
    hidden = next(value for value, place in planted.items() if place == ("Skjult", "B14"))
    first = next(value for value, place in planted.items() if place == ("Ark æ", "D6"))
    assert hidden in seen.text
    assert first in seen.text


@pytest.mark.parametrize(
    ("xml", "rows", "columns", "readable"),
    [
        pytest.param(
            b'<worksheet><sheetData><row><c r="B2"><v>1</v></c></row></sheetData></worksheet>',
            2,
            2,
            True,
            id="plain",
        ),
        pytest.param(
            b'<x:worksheet xmlns:x="u"><x:sheetData><x:c s="1" r="AB20"><x:v>1</x:v></x:c>'
            b"</x:sheetData></x:worksheet>",
            20,
            28,
            True,
            id="prefixed, r not first",
        ),
        pytest.param(
            b'<worksheet><sheetData><c r="XFD9" s="1"/></sheetData></worksheet>',
            0,
            0,
            True,
            id="an empty formatted cell has no weight",
        ),
        pytest.param(
            b"<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>",
            0,
            0,
            False,
            id="cells without names go to the slow reader",
        ),
        pytest.param("<worksheet/>".encode("utf-16"), 0, 0, False, id="not ASCII at all"),
    ],
)
def test_scan_measures(xml: bytes, rows: int, columns: int, readable: bool) -> None:
    found = sheet_scan.scan(io.BytesIO(xml), exact=True)
    assert (found.rows, found.columns, found.readable) == (rows, columns, readable)
    rough = sheet_scan.scan(io.BytesIO(xml))
    assert rough.readable == readable
    assert rough.rows >= rows
    assert rough.columns >= columns


@pytest.mark.parametrize("chunk", [64, 100, 1000, 1 << 20])
def test_scan_does_not_depend_on_where_the_bytes_are_cut(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = "".join(
        f'<c r="C{row}"><f>IF(A1,"ord {row}",12345678)</f><v>1</v></c>' for row in range(1, 60)
    )
    xml = (
        f"<worksheet><sheetData>{cells}</sheetData><headerFooter><oddHeader>&amp;LHej</oddHeader>"
        "</headerFooter></worksheet>"
    ).encode()
    monkeypatch.setattr(sheet_scan, "CHUNK_BYTES", chunk)
    found = sheet_scan.scan(io.BytesIO(xml))
    assert found.rows == 59
    assert found.constants["ord 59"] == "C59"
    assert len(found.constants) == 60
    assert b"oddHeader" in found.tail


@pytest.mark.parametrize(
    "unit", [b"<c ", b"<c r=", b'<c r="A1" ', b"<f>", b"</sheetDat"], ids=lambda unit: unit.decode()
)
def test_scan_is_linear_on_hostile_bytes(unit: bytes) -> None:
    import time

    xml = b"<worksheet>" + unit * (4_000_000 // len(unit))
    started = time.process_time()
    sheet_scan.scan(io.BytesIO(xml))
    assert time.process_time() - started < 5  # quadratic takes hours

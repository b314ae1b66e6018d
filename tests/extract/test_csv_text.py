"""Delimited text is a grid: every cell is read, with its line, its column and the column's head."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.extract.csv_text import NO_DELIMITER, form_of, joined_rows
from tests.extract.soffice import converted
from tests.extract.told import Told, told

RNG = random.Random(12)
HEAD = ("Navn", "CPR-nr.", "Adresse")


def person() -> list[str]:
    return [fake.name(RNG), fake.cpr(RNG, hyphen=True), fake.address(RNG)]


def written(
    rows: Sequence[Sequence[object]], delimiter: str, quoting: int = csv.QUOTE_MINIMAL
) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def read(text: str, codec: str = "utf-8") -> Told:
    return told("csv_text", text.encode(codec), "a.csv", "text/csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("codec", ["utf-8-sig", "cp1252", "utf-16"])
def test_every_cell_has_its_line_column_and_head(delimiter: str, quoting: int, codec: str) -> None:
    people = [person() for _ in range(50)]
    seen = read(written([HEAD, *people], delimiter, quoting), codec)
    for number, (_, cpr, _) in enumerate(people, start=2):
        assert seen.places(cpr) == [(f"line {number}", "column 2")]
        assert seen.headers(cpr) == ["CPR-nr."]
    assert "CPR-nr." in seen.text, "the header is text as well"
    assert sum(segment.rows for segment in seen.segments) == 50


def test_a_long_list_keeps_lines_and_columns_over_segments() -> None:
    people = [person() for _ in range(8000)]
    people[7777][1] = cpr = "SIDSTE-1"
    people[100][2] = "Ågade 1\r\n2. sal"
    seen = read(written([HEAD, *people], ";"))
    assert len(seen.segments) > 1
    assert seen.places(cpr) == [("line 7780", "column 2")]
    assert seen.headers(cpr) == ["CPR-nr."]
    assert sum(segment.rows for segment in seen.segments) == 8000


@pytest.mark.parametrize(
    ("text", "head", "line"),
    [
        pytest.param("sep=;\nNavn;Tlf\nAnna;X\n", "Tlf", 3, id="Excel's separator line"),
        pytest.param(
            "Kundeliste\nUdskrevet 2. januar\n\nNavn;Tlf\nAnna;X\nBo;2\n", "Tlf", 5, id="title"
        ),
        pytest.param("Anna;12345678\nBo;X\n", "", 2, id="no header"),
        pytest.param(
            '"Navn, fuldt";"Tlf"\n"Holm, Anna";"X"\n', "Tlf", 2, id="commas in quoted cells"
        ),
        pytest.param("Navn;Beløb;Tlf\nAnna;1,5;X\nBo;2,5;1\n", "Tlf", 2, id="decimal commas"),
        pytest.param('Navn;Note;Tlf\nAnna;"a\nb;c";X\n', "Tlf", 3, id="a line end in a cell"),
        pytest.param('Navn;Note;Tlf\nAnna;5" disk;X\nBo;3" disk;1\n', "Tlf", 2, id="inches"),
        pytest.param("Navn;Telefon 1;Tlf 2\nAnna;1;X\n", "Tlf 2", 2, id="digits in heads"),
        pytest.param("Tlf\nX\n12\n", "Tlf", 2, id="one column"),
        pytest.param("Navn;Tlf\nAnna;X", "Tlf", 2, id="no line end at the end"),
    ],
)
def test_forms(text: str, head: str, line: int) -> None:
    seen = read(text)
    assert seen.headers("X") == [head]
    assert [place[0] for place in seen.places("X")] == [f"line {line}"]


def test_lines_above_the_table_are_examined() -> None:
    cpr = fake.cpr(RNG, hyphen=True)
    seen = read(f"Liste for {cpr}\nNavn;Tlf\nAnna;1\nBo;2\n")
    assert seen.places(cpr) == [("line 1",)]


cells = st.text(st.sampled_from('ab1 ;,"\n'), max_size=6)


@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=8), st.integers(1, 9))
@settings(max_examples=100, deadline=None)
def test_joining_rows_changes_nothing_but_line_ends_in_cells(
    rows: list[list[str]], step: int
) -> None:
    text = written(rows, ";", csv.QUOTE_ALL).replace("\r\n", "\n")
    blocks = [text[start : start + step] for start in range(0, len(text), step)]
    joined = "".join(joined_rows(blocks, ";"))
    assert joined.replace("\v", "\n") == text
    assert joined.count("\n") == len(rows)


@given(st.text(st.sampled_from('a1;"\n '), max_size=200), st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_no_character_of_broken_csv_is_lost(text: str, step: int) -> None:
    blocks = [text[start : start + step] for start in range(0, len(text), step)]
    joined = "".join(joined_rows(blocks, ";")).replace("\v", "\n")
    assert joined.rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        pytest.param("a\nb\nc", NO_DELIMITER, id="none"),
        pytest.param("a,b\n1,2\n3,4", ",", id="comma"),
        pytest.param('sep=|\n"a;b"|c', "|", id="said"),
        pytest.param("", NO_DELIMITER, id="nothing"),
        pytest.param('"' * 100_000, NO_DELIMITER, id="quotes"),
        pytest.param(";" * 100_000, ";", id="delimiters"),
    ],
)
def test_delimiters(text: str, delimiter: str) -> None:
    assert form_of(text).delimiter == delimiter


def test_what_libreoffice_exports() -> None:
    from openpyxl import Workbook

    people = [person() for _ in range(20)]
    people[3][2] = 'Ågade 1 "kælderen"; baghuset'
    book = Workbook()
    for row in [HEAD, *people]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    data = converted(out.getvalue(), "xlsx", "csv:Text - txt - csv (StarCalc):59,34,1252,1")
    seen = told("csv_text", data, "a.csv")
    for number, (_, cpr, _) in enumerate(people, start=2):
        assert seen.places(cpr) == [(f"line {number}", "column 2")]
        assert seen.headers(cpr) == ["CPR-nr."]

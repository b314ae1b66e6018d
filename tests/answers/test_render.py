"""How answers are written: pipes get plain text, terminals tables, spreadsheets no formula."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.render import CONTROL, Paper, cell, write_csv, write_json


@given(st.text(max_size=30))
def test_no_text_becomes_a_formula_and_none_is_lost(text: str) -> None:
    written = cell(text)
    assert not written.lstrip().startswith(("=", "+", "-", "@"))
    plain = CONTROL.sub(" ", text)
    assert written in (plain, f"'{plain}")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param("=cmd()", "'=cmd()", id="formula"),
        pytest.param(" =1+1", "' =1+1", id="after a blank"),
        pytest.param("＝1+1", "'＝1+1", id="full width"),
        pytest.param("-5", "'-5", id="text that looks like a number"),
        pytest.param(-5, "-5", id="a number is no text"),
        pytest.param(None, "", id="nothing"),
        pytest.param(["Ark1", "B14"], "Ark1, B14", id="steps"),
        pytest.param("a=b", "a=b", id="inside is harmless"),
    ],
)
def test_cells(value: object, written: str) -> None:
    assert cell(value) == written


@given(st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.integers()}), max_size=5))
def test_csv_reads_back(rows: list[dict[str, object]]) -> None:
    stream = io.StringIO()
    write_csv(("a", "b"), rows, stream)
    read = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))
    assert read == [["a", "b"], *([cell(row["a"]), str(row["b"])] for row in rows)]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_json_survives_any_encoding(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="replace")
    write_json([{"path": "løn › 0101••-••••"}, {"n": 1}], stream)
    stream.flush()
    lines = raw.getvalue().decode(encoding).splitlines()
    assert [json.loads(line) for line in lines] == [{"path": "løn › 0101••-••••"}, {"n": 1}]


def test_a_pipe_gets_plain_text() -> None:
    stream = io.StringIO()
    paper = Paper(stream)
    paper.title("Head")
    paper.table(["a", "bb"], [["x", "1"], ["long one", "20"]], right=(1,))
    assert stream.getvalue() == "Head\na         bb\nx          1\nlong one  20\n"


def test_a_terminal_gets_styles_and_no_markup_of_the_data() -> None:
    stream = io.StringIO()
    paper = Paper(stream, terminal=True)
    paper.title("Head")
    paper.table(["path"], [["[red]brev[/red].txt :smile:"]])
    text = stream.getvalue()
    assert "\x1b[1m" in text
    assert "[red]brev[/red].txt :smile:" in text


def test_an_empty_table_is_nothing() -> None:
    stream = io.StringIO()
    Paper(stream).table(["a"], [])
    assert stream.getvalue() == ""

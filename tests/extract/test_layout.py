"""Places and columns are right, and asking for many of them is cheap."""

from __future__ import annotations

import csv
import io
import pickle
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.extract.layout import COUNTED_ASKS, Fixed, Grid, Keys, Lines, letters
from scanner.model import Layout


@given(st.lists(st.text("ab\v ", max_size=5), min_size=1, max_size=60), st.data())
@settings(max_examples=60)
def test_lines_are_counted_alike_by_few_and_many_asks(
    lines: list[str], data: st.DataObject
) -> None:
    text = "\n".join(lines)
    offsets = data.draw(
        st.lists(st.integers(0, len(text)), min_size=COUNTED_ASKS * 2, max_size=COUNTED_ASKS * 3)
    )
    layout, grid = Lines(7, ("text",)), Grid(first_row=7, sheet="Ark1")
    for offset in offsets:
        line = 7 + text.count("\n", 0, offset)
        assert layout.place(text, offset) == ("text", f"line {line}")
        inner = line + text.count("\v", 0, offset)
        assert grid.place(text, offset)[1].endswith(str(inner))


def test_a_layout_may_be_asked_about_several_texts() -> None:
    layout = Lines()
    for text in ("a\nb", "\n\n\nb"):
        for _ in range(COUNTED_ASKS * 2):
            assert layout.place(text, len(text) - 1) == (f"line {text.count(chr(10)) + 1}",)


cells = st.text(st.sampled_from("ab1;\"', æ"), max_size=8)


@given(st.lists(st.lists(cells, min_size=1, max_size=5), min_size=1, max_size=5))
@settings(max_examples=100)
def test_columns_agree_with_the_csv_module(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(rows)
    text = out.getvalue()
    layout = Grid(delimiter=";", quoted=True)
    for number, line in enumerate(text.split("\n")[:-1]):
        start = len("\n".join(text.split("\n")[:number])) + bool(number)
        for index, cell in enumerate(next(csv.reader([line], delimiter=";"), [])):
            if cell.isalnum() and line.count(cell) == 1:
                at = start + line.index(cell)
                assert layout.place(text, at) == (f"line {number + 1}", f"column {index + 1}")


@pytest.mark.parametrize(
    ("row", "value", "column"),
    [
        pytest.param('a;"b;c";X', "X", 3, id="a delimiter in quotes"),
        pytest.param('a;"b""; c";X', "X", 3, id="doubled quotes"),
        pytest.param('a;5" disk;X', "X", 3, id="a stray quote is a letter"),
        pytest.param('a;"b;X', "X", 3, id="a quote that is never closed"),
        pytest.param(";;X", "X", 3, id="empty cells"),
        pytest.param('"X";b', "X", 1, id="in quotes"),
        pytest.param("X", "X", 1, id="one cell"),
        pytest.param('a;"p\vq";X', "X", 3, id="a line end in a cell"),
    ],
)
def test_cells_of_csv(row: str, value: str, column: int) -> None:
    text = f"x;y;z\n{row}\nz;z;z"
    assert Grid(delimiter=";", quoted=True).place(text, text.index(value))[1] == f"column {column}"


def test_sheets_name_cells() -> None:
    text = "Navn\tCPR\nAnna\tX"
    layout = Grid(first_row=3, first_column=26, sheet="Ark1", headers=("Navn", "CPR"))
    assert layout.place(text, text.index("X")) == ("Ark1", "AB4")
    key = layout.column(text, text.index("X"))
    assert key is not None
    assert layout.header(key) == "CPR"


def test_rows_above_a_table_have_no_column() -> None:
    text = "Udskrift af kunder; i dag\nNavn;CPR\n1;2"
    layout = Grid(delimiter=";", table_row=2)
    assert layout.place(text, 0) == ("line 1",)
    assert layout.column(text, 0) is None
    assert layout.column(text, text.index("CPR")) is not None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param('{"cpr": "X"}', "cpr", id="value"),
        pytest.param('{"cpr":X}', "cpr", id="number, no blank"),
        pytest.param('{"cpr" : "X"}', "cpr", id="blank before the colon"),
        pytest.param('{"cpr":\n  "X"}', "cpr", id="on the next line"),
        pytest.param('{"tlf": ["1", "X"]}', "tlf", id="in a list"),
        pytest.param('{"a": {"b": 1}, "c": "X"}', "c", id="the nearest key"),
        pytest.param('{"a": {"b": 1}}, "X"', None, id="behind a closed object"),
        pytest.param('["X"]', None, id="no key"),
        pytest.param(f'{{"{"k" * 61}": "X"}}', None, id="too long for a label"),
        pytest.param('"note": "' + "æ" * 400 + 'X"', None, id="too far off to label it"),
    ],
)
def test_json_keys(text: str, key: str | None) -> None:
    assert Keys().column(text, text.index("X")) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("<cpr>X</cpr>", "cpr", id="element"),
        pytest.param("<n:cpr a='1'>X</n:cpr>", "cpr", id="prefix and attribute"),
        pytest.param('<kunde cpr="X">', "cpr", id="attribute"),
        pytest.param("<kunde navn='a' n:cpr = 'X'>", "cpr", id="second attribute, prefix"),
        pytest.param("<a>b</a> X", None, id="behind an element"),
        pytest.param("X", None, id="no tag"),
    ],
)
def test_xml_tags(text: str, key: str | None) -> None:
    assert Keys(markup=True).column(text, text.index("X")) == key


def rows(count: int) -> str:
    rng = random.Random(5)
    return "".join(
        f'"{fake.name(rng)}";{fake.cpr(rng)};{fake.phone(rng)};{fake.email(rng)}\n'
        for _ in range(count)
    )


LINES = rows(2_500)


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        pytest.param(Lines(), LINES, id="lines"),
        pytest.param(Grid(delimiter=";", quoted=True), LINES, id="CSV"),
        pytest.param(Grid(delimiter=";", quoted=True), LINES.replace("\n", ";"), id="one long row"),
        pytest.param(
            Grid(delimiter=";", quoted=True),
            '"' + LINES.replace('"', "") + '"',
            id="one quoted cell",
        ),
        pytest.param(Grid(sheet="A"), LINES.replace(";", "\t"), id="sheet"),
        pytest.param(Keys(), LINES.replace(";", '":'), id="JSON"),
        pytest.param(Keys(markup=True), LINES.replace(";", "<"), id="XML"),
    ],
)
def test_ten_thousand_asks_take_no_long_time(layout: Layout, text: str) -> None:
    offsets = list(range(0, len(text), len(text) // 10_000))
    random.Random(6).shuffle(offsets)
    ordered = sorted(offsets[: len(offsets) // 2]) + sorted(offsets[len(offsets) // 2 :])
    started = time.process_time()
    for offset in ordered:
        layout.place(text, offset)
        layout.column(text, offset)
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (16_383, "XFD")])
def test_letters_of_columns(index: int, name: str) -> None:
    assert letters(index) == name


@pytest.mark.parametrize(
    "layout",
    [Lines(2, ("a",)), Fixed(("page 3",)), Grid(sheet="Hemmelig", headers=("Hemmelig",)), Keys()],
)
def test_layouts_pickle_and_show_nothing_of_a_text(layout: Layout) -> None:
    layout.place("Hemmelig\nHemmelig", 12)
    assert pickle.loads(pickle.dumps(layout)) == layout
    assert "Hemmelig" not in repr(layout)


@given(
    st.text(st.sampled_from('a;"\n\v'), max_size=60),
    st.booleans(),
    st.booleans(),
    st.integers(0, 4),
    st.data(),
)
@settings(max_examples=300)
def test_many_offsets_in_one_pass_are_placed_as_one_by_one(
    text: str, quoted: bool, sheet: bool, table_row: int, data: st.DataObject
) -> None:
    offsets = sorted(data.draw(st.lists(st.integers(0, max(0, len(text) - 1)), max_size=30)))
    grid = Grid(2, 3, "Ark1" if sheet else None, ";", quoted, table_row=table_row)
    alone = [(grid.place(text, each), grid.column(text, each)) for each in offsets]
    together = [
        (grid.at(row, cell), grid.key(cell) if row >= table_row else None)
        for row, cell in grid.cells(text, offsets)
    ]
    assert together == alone
    lines = Lines(5, ("text",))
    assert list(map(lines.at, lines.lines(text, offsets))) == [
        lines.place(text, each) for each in offsets
    ]

"""Segments partition a text, wherever it is cut; a value on a cut is found once."""

from __future__ import annotations

import random
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.extract import cut as cutting
from scanner.extract.cut import AFTER, INNER_BREAK, OWN_CHARACTERS, cut, pieces
from scanner.extract.layout import Grid, Lines
from scanner.model import Segment
from tests.extract.told import Told, owned


@pytest.fixture(params=[40, 400, OWN_CHARACTERS])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Cut small texts as large ones are."""
    monkeypatch.setattr(cutting, "OWN_CHARACTERS", request.param)
    monkeypatch.setattr(cutting, "BEFORE", 16)
    monkeypatch.setattr(cutting, "AFTER", 24)
    own: int = request.param
    return own


def segments(blocks: list[str], rows: bool = False) -> list[Segment]:
    return list(cut(blocks, Lines, rows=rows))


@given(blocks=st.lists(st.text("ab \n\v", max_size=120), max_size=12), rows=st.booleans())
@settings(max_examples=100, deadline=None)
@pytest.mark.parametrize("size", [40, 97])
def test_every_character_is_owned_exactly_once(blocks: list[str], rows: bool, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "OWN_CHARACTERS", size)
        patch.setattr(cutting, "BEFORE", 16)
        patch.setattr(cutting, "AFTER", 24)
        found = segments(blocks, rows)
    text = "".join(blocks)
    assert "".join(map(owned, found)) == text
    if rows:
        expected = text.count("\n") + (not text.endswith("\n") and text != "")
        assert sum(segment.rows for segment in found) == expected
    start = 0
    for segment in found:
        own = start - segment.own_start
        assert text[own : own + len(segment.text)] == segment.text, "context is what stands there"
        start += segment.own_end - segment.own_start


@given(st.integers(0, 10_000), st.integers(20, 200))
@settings(max_examples=60, deadline=None)
def test_a_value_on_a_cut_is_found_once_and_in_its_line(seed: int, width: int) -> None:
    rng = random.Random(seed)
    values = [f"v{number:05d}v" for number in range(40)]
    text = "".join(
        value + rng.choice(["\n", " ", "x" * rng.randrange(width), "\n" * rng.randrange(4)])
        for value in values
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "OWN_CHARACTERS", 50)
        patch.setattr(cutting, "BEFORE", 16)
        patch.setattr(cutting, "AFTER", 24)
        told = Told(segments(list(pieces(text, 33))))
    for value in values:
        line = text.count("\n", 0, text.index(value)) + 1
        assert told.places(value) == [(f"line {line}",)]


def test_a_value_has_its_context(small: int) -> None:
    text = "".join(f"Etiket {n:05d}: {n:05d}\n" for n in range(3000))
    for segment in segments(list(pieces(text, 1000))):
        if segment.own_start:
            assert segment.text[segment.own_start - 1] == "\n"
            assert len(segment.text) - segment.own_end <= 24
        if segment.own_end < len(segment.text):
            assert len(segment.text) - segment.own_end == 24


def test_one_line_of_a_million_characters_is_cut(small: int) -> None:
    text = "0123456789" * 100_000
    found = segments(list(pieces(text)))
    assert "".join(map(owned, found)) == text
    assert max(len(segment.text) for segment in found) <= max(OWN_CHARACTERS, small) + AFTER + 256


def test_cells_with_line_ends_shift_lines_but_not_rows() -> None:
    text = "".join(f'{n};"a{INNER_BREAK}b"\n' for n in range(20_000))
    found = list(cut(pieces(text), partial(Grid, delimiter=";", quoted=True), rows=True))
    assert len(found) > 1
    assert sum(segment.rows for segment in found) == 20_000
    assert Told(found).places("19999;")[-1] == ("line 39999", "column 1")


def test_tiny_blocks_cost_no_more_than_large_ones() -> None:
    rng = random.Random(4)
    lines = [f"{fake.name(rng)};{fake.phone(rng)}\n" for _ in range(2000)] * 10
    assert [s.text for s in cut(lines, Lines)] == [
        s.text for s in cut(pieces("".join(lines), 50_000), Lines)
    ]

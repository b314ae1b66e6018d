"""What touches a value: #, in these texts."""

from __future__ import annotations

import re

import pytest

from detectors.edges import edge_of, is_cell, starting_in


@pytest.mark.parametrize(
    ("text", "edge"),
    [
        pytest.param("0", "", id="nothing"),
        pytest.param("a, 0, b", "", id="blanks and commas"),
        pytest.param("7,0,8", "", id="commas and digits: fields"),
        pytest.param('"0"', "", id="quotes"),
        pytest.param("(0)", "", id="brackets"),
        pytest.param("nr:0", "", id="colon of a label"),
        pytest.param("nr.0.", "", id="full stops of an abbreviation and a sentence"),
        pytest.param("\\n0\\t", "", id="escapes of JSON"),
        pytest.param("a0", "inside", id="letter in front"),
        pytest.param("0a", "inside", id="letter behind"),
        pytest.param("æ0", "inside", id="Danish letter"),
        pytest.param("1.0", "edge", id="digit and full stop"),
        pytest.param("0.1", "edge", id="full stop and digit"),
        pytest.param("1:0", "edge", id="time"),
        pytest.param("0:1", "edge", id="time behind"),
        pytest.param("1/0", "edge", id="fraction"),
        pytest.param("a/0", "joined", id="path"),
        pytest.param("0\\x", "joined", id="path of Windows"),
        pytest.param("_0_", "joined", id="underscores"),
        pytest.param("ab-0", "joined", id="word and hyphen"),
        pytest.param("0-ab", "joined", id="hyphen and word"),
        pytest.param("1-0", "edge", id="number and hyphen"),
        pytest.param(" -0", "edge", id="minus"),
        pytest.param("0-1", "edge", id="hyphen and number"),
        pytest.param("+0", "edge", id="plus"),
        pytest.param("0%", "edge", id="percent"),
        pytest.param("_0%", "edge", id="the worse counts"),
    ],
)
def test_edge_of(text: str, edge: str) -> None:
    at = text.index("0")
    assert edge_of(text, at, at + 1) == edge


def test_a_label_may_be_glued() -> None:
    assert edge_of("cpr0", 3, 4, glued=True) == ""
    assert edge_of("cpr0", 3, 4) == "inside"
    assert edge_of("xyz0", 3, 4, glued=True) == "inside"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("0", True),
        ("a\t0\tb", True),
        ("a;0;b", True),
        ('"a": 0,', True),
        ("<td>0</td>", True),
        ("a\n0\r\nb", True),
        ("sag 0 lukket", False),
        ("a;0 kr", False),
    ],
)
def test_is_cell(text: str, cell: bool) -> None:
    at = text.index("0")
    assert is_cell(text, at, at + 1) is cell


def test_starting_in_sees_beyond_the_stretch() -> None:
    digits = re.compile("[0-9](?<![0-9].)[0-9]*")
    text = "12 345 678"
    assert [found[0] for found in starting_in(digits, text, 0, 4)] == ["12", "345"]
    assert [found[0] for found in starting_in(digits, text, 4, 10)] == ["678"]

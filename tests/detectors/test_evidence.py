"""From codes to confidence, and what a column adds."""

from __future__ import annotations

import pytest

from detectors import Column, Match, Table
from detectors.evidence import FEW, MOST, Evidence
from detectors.vocabulary import Vocabulary

WEIGHTS = {
    "check": 45,
    "label": 30,
    "header": 30,
    "against": -40,
    "header-against": -40,
    "column:most": 25,
    "column:few": -20,
    "share": 10,
}
EVIDENCE = Evidence("KIND", WEIGHTS, Vocabulary(label=("kort",), alone=("ordre",)))


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        pytest.param("check", 0.45, id="one"),
        pytest.param("check label", 0.75, id="the sum"),
        pytest.param("check share:7", 0.55, id="a code with a parameter"),
        pytest.param("check column:most", 0.70, id="a code with a colon of its own"),
        pytest.param("check label header column:most", 0.99, id="never certain"),
        pytest.param("check against header-against", 0.01, id="never nothing"),
    ],
)
def test_confidence(codes: str, expected: float) -> None:
    assert EVIDENCE.confidence(tuple(codes.split())) == pytest.approx(expected)


def judged(codes: str, header: str, shapes: int, likely: int) -> tuple[str, ...]:
    match = EVIDENCE.match(0, 1, "v", tuple(codes.split()))._replace(column=0)
    table = Table([Column(header, 0, {"KIND": shapes}, {"KIND": likely})], {})
    (after,) = EVIDENCE.judge([match], table)
    assert after.confidence == EVIDENCE.confidence(after.evidence)
    return after.evidence


@pytest.mark.parametrize(
    ("codes", "header", "shapes", "likely", "after"),
    [
        pytest.param("check", "", 1, 1, "check", id="nothing to say"),
        pytest.param("check", "Kort", 1, 1, "check header", id="header"),
        pytest.param("check label", "Kort", 1, 1, "check label", id="labelled already"),
        pytest.param("check against", "Kort", 1, 1, "check header", id="a header overrides"),
        pytest.param("check", "Ordre", 1, 1, "check header-against", id="header against"),
        pytest.param("check label", "Ordre", 1, 1, "check label", id="a label near overrides"),
        pytest.param("check against", "Ordre", 1, 1, "check against", id="counted once"),
        pytest.param("check", "", MOST, MOST, "check column:most", id="a column of them"),
        pytest.param("check", "", MOST - 1, MOST - 1, "check", id="too few to say"),
        pytest.param("check", "", MOST * 2, MOST, "check column:most", id="half of them"),
        pytest.param("check", "", FEW, 1, "check column:few", id="one of ten"),
        pytest.param("check", "", FEW - 1, 1, "check", id="too few to say against"),
        pytest.param("check", "Kort", FEW, 1, "check header", id="a header needs no neighbours"),
    ],
)
def test_judge(codes: str, header: str, shapes: int, likely: int, after: str) -> None:
    assert judged(codes, header, shapes, likely) == tuple(after.split())


def test_without_a_column_nothing_changes() -> None:
    match = Match("KIND", 0, 1, "v", 0.45, ("check",))
    (after,) = EVIDENCE.judge([match], Table([], {}))
    assert after is match

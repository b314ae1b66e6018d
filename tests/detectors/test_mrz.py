"""Machine readable zones: lines made at run time."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import FINDING, Detector, Table
from detectors.mrz import Mrz, check_digit, passed
from scanner.demo import fake

MRZ = Mrz()
FORMS: list[fake.MrzForm] = ["TD3", "TD2", "TD1"]


def zone(form: fake.MrzForm, seed: int = 1) -> str:
    return fake.mrz(random.Random(seed), form=form)


def test_it_is_a_detector() -> None:
    assert isinstance(MRZ, Detector)


def test_check_digit_of_the_standards_example() -> None:
    assert check_digit("520727") == 3, "the date that ICAO Doc 9303-3 works out"
    assert check_digit("AB2134<<<") == 5, "the document number that it works out"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda lines: lines, id="lines"),
        pytest.param(lambda lines: lines.replace("\n", "\r\n"), id="Windows"),
        pytest.param(lambda lines: f"Pas:\n  {lines}\n\nside 2", id="in a text, indented"),
        pytest.param(lambda lines: lines.replace("\n", "  \n"), id="blanks behind"),
    ],
)
def test_zones(form: fake.MrzForm, written: Callable[[str], str]) -> None:
    lines = zone(form)
    (match,) = MRZ.find(written(lines))
    assert match.value == lines.replace("\n", "")
    assert match.evidence[0] == f"form:{form}"
    assert match.confidence == 0.95
    assert list(MRZ.judge([match], Table([], {}))) == [match]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(str.lower, id="lower case"),
        pytest.param(lambda lines: lines[1:], id="first line one short"),
        pytest.param(lambda lines: lines + "<", id="last line one long"),
        pytest.param(lambda lines: lines.replace("\n", " "), id="in one line"),
        pytest.param(lambda lines: lines.replace("<", "A"), id="no fillers"),
        pytest.param(lambda lines: lines.split("\n")[0], id="first line only"),
    ],
)
def test_what_is_none(form: fake.MrzForm, change: Callable[[str], str]) -> None:
    assert list(MRZ.find(change(zone(form)))) == []


@pytest.mark.parametrize("form", FORMS)
def test_fewer_right_check_digits_are_less_sure(form: fake.MrzForm) -> None:
    lines = zone(form)
    sure = [next(iter(MRZ.find(lines))).confidence]
    number = 5 if form == "TD1" else lines.index("\n") + 1
    for at in (number, len(lines) - 1 if form != "TD1" else 60):  # number, then the last digit
        digit = str((int(lines[at]) + 1) % 10)
        lines = lines[:at] + digit + lines[at + 1 :]
        (match,) = MRZ.find(lines)
        right, total = passed(form, lines.replace("\n", ""))
        assert match.evidence[1] == f"check-digits:{right}/{total}"
        formula = (40 + round(55 * right / total)) / 100
        expected = formula if right * 2 > total else min(formula, 0.55)
        assert match.confidence == pytest.approx(expected, abs=0.01)
        sure.append(match.confidence)
    assert sure[0] > sure[1]


def test_form_without_check_digits_is_a_maybe() -> None:
    lines = (
        "P<UTOHOLM<<ANNA"
        + "<" * 29
        + "\n"
        + "A" * 9
        + "9UTO"
        + "0" * 6
        + "9F"
        + "0" * 6
        + "9"
        + "A" * 14
        + "99"
    )
    (match,) = MRZ.find(lines)
    assert 0.40 <= match.confidence < FINDING


@pytest.mark.parametrize(
    ("right", "is_finding"),
    [
        pytest.param(1, False, id="one of four"),
        pytest.param(2, False, id="half is no majority"),
        pytest.param(3, True, id="three of four"),
    ],
)
def test_an_unused_field_counts_for_nothing(right: int, is_finding: bool) -> None:
    """Number, two dates and the composite count; the optional field holds fillers only."""
    fields, digits = ["AB2134<<<", "000101", "000101"], []
    for at, value in enumerate(fields):
        digits.append((check_digit(value) + (at >= right)) % 10)
    number, born, until = (f"{value}{digit}" for value, digit in zip(fields, digits, strict=True))
    unused = "<" * 15
    last = (check_digit(number + born + until + unused) + 1) % 10
    lines = f"P<UTOHOLM<<ANNA{'<' * 29}\n{number}UTO{born}F{until}{unused}{last}"
    (match,) = MRZ.find(lines)
    assert match.evidence[1] == f"check-digits:{right}/4"
    assert (match.confidence >= FINDING) == is_finding


def test_names_in_capitals_of_source_are_none() -> None:
    text = "PUBLICSTATICFINALINTMAXIMUMVALUEOFTHEWHOLETABLE\n" * 5
    assert list(MRZ.find(text + "a << b")) == []


@given(st.integers(0, 2**32), st.sampled_from(FORMS))
@settings(max_examples=60, deadline=None)
def test_a_slice_of_the_text_is_the_value(seed: int, form: fake.MrzForm) -> None:
    text = f"x\n{zone(form, seed)}\ny"
    (match,) = MRZ.find(text)
    assert text[match.start : match.end].replace("\n", "") == match.value

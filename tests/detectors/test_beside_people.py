"""Numbers that only a person beside them, and the other numbers of their column, explain."""

from __future__ import annotations

import random

import pytest

from detectors import FINDING, MAYBE, Match, Nearby, Table
from detectors import Column as TableColumn
from detectors.beside_people import Column, is_keyed, stands
from detectors.cpr import Cpr
from detectors.denmark import ACCOUNT
from detectors.phone_number import Phone, danish_starts
from scanner.demo import fake

RNG = random.Random(7)
PHONE = Phone()
NAME = "Anna Holm"
MAIL = "anna@firma.dk"


def phone() -> str:
    """Eight digits of a valid number that does not pass the check of CVR numbers."""
    while True:
        number = fake.phone(RNG)
        weighed = sum(int(d) * w for d, w in zip(number, (2, 7, 6, 5, 4, 3, 2, 1), strict=True))
        if weighed % 11:
            return number


def near(text: str, *people: str, detector: Nearby = PHONE) -> list[Match]:
    spans = sorted(
        (at, at + len(who)) for who in people for at in range(len(text)) if text.startswith(who, at)
    )
    return list(detector.near(text, (0, len(text)), spans))


def judged(rows: list[str], *people: str, column: int = 0) -> list[Match]:
    found = near("\n".join(rows), *people)
    table = Table([TableColumn("", len(rows), {}, {})], {"PERSON": len(rows)})
    return list(PHONE.judge([match._replace(column=column) for match in found], table))


def test_they_look_at_the_lines_of_people() -> None:
    assert isinstance(PHONE, Nearby)
    assert isinstance(ACCOUNT, Nearby)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(f"{NAME} ({phone()})", "behind-name", id="in brackets behind a name"),
        pytest.param(f"{NAME}, {phone()}", "behind-name", id="behind a name and a comma"),
        pytest.param(f"{NAME};{phone()};8000", "behind-name", id="in the next cell"),
        pytest.param(f"('{NAME}', '{phone()}')", "behind-name", id="in the next value of a row"),
        pytest.param(f"('{phone()}', '{MAIL}')", "behind-name", id="in front of a mail address"),
        pytest.param(f"{NAME} og hund, {phone()}", "beside", id="on the line"),
    ],
)
def test_where_a_bare_number_stands(text: str, code: str) -> None:
    (match,) = near(text, NAME, MAIL)
    assert match.evidence == ("number", code)
    assert (match.confidence >= FINDING) is (code == "behind-name")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{NAME}\n{phone()}", id="on another line"),
        pytest.param(f'"navn": "{NAME}", "ref": {phone()}', id="a key says what it is"),
        pytest.param(f'<a nr="{phone()}">{NAME}</a>', id="an attribute says so"),
        pytest.param(f"{NAME}, 1{phone()}", id="nine digits"),
        pytest.param(f"{NAME}, {phone()},50", id="an amount"),
        pytest.param(f"{NAME} A{phone()}", id="a code"),
    ],
)
def test_what_a_person_does_not_explain(text: str) -> None:
    assert near(text, NAME) == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param("12345678", 0.01, id="no number of Denmark"),
        pytest.param("20241231", 0.60, id="a date, just: dates are weighed in their column"),
    ],
)
def test_what_is_written_behind_a_name(number: str, expected: float) -> None:
    (match,) = near(f"{NAME}, {number}", NAME)
    assert match.confidence == pytest.approx(expected)


ROWS = 12


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        pytest.param([phone() for _ in range(ROWS)], True, id="valid ones that differ"),
        pytest.param([fake.cvr(RNG) for _ in range(ROWS)], False, id="CVR numbers"),
        pytest.param([f"455{RNG.randrange(10**5):05}" for _ in range(ROWS)], False, id="a series"),
        pytest.param(
            sorted(phone() for _ in range(ROWS)), False, id="each higher than the one before"
        ),
        pytest.param(
            [f"2024{month:02}{day:02}" for month in (3, 4, 9) for day in (9, 3, 28, 14)],
            False,
            id="dates",
        ),
        pytest.param(
            [phone() for _ in range(ROWS - 3)] + ["10234567", "13330066", "19998887"],
            False,
            id="a quarter is not valid",
        ),
    ],
)
def test_a_column_beside_names(numbers: list[str], found: bool) -> None:
    rows = [f"{NAME} og x;{number};42" for number in numbers]
    matches = judged(rows, NAME)
    sure = [match.confidence >= FINDING for match in matches if "invalid" not in match.evidence]
    assert all(sure) is found
    assert any(sure) is found


def test_a_few_numbers_do_not_speak_for_each_other() -> None:
    matches = judged([f"{NAME} og x;{phone()}" for _ in range(3)], NAME)
    assert all(match.confidence < FINDING for match in matches)


@pytest.mark.parametrize(
    ("people", "others", "kept"),
    [
        pytest.param(0, 1, False, id="nobody is told of, and one is no phone number"),
        pytest.param(0, 0, True, id="nobody is told of, but all are valid"),
        pytest.param(9, 1, True, id="a list of people with one wrong number"),
        pytest.param(9, 3, False, id="too many are not valid"),
    ],
)
def test_pairs_in_a_list(people: int, others: int, kept: bool) -> None:
    wrong = next(str(at) for at in range(2000, 9999) if str(at) not in danish_starts())
    numbers = [phone() for _ in range(8)] + [f"{wrong}{at:04}" for at in range(others)]
    pairs = [" ".join(number[at : at + 2] for at in (0, 2, 4, 6)) for number in numbers]
    found = list(PHONE.find("\n".join(f"{each}   bolt" for each in pairs)))
    told = list(PHONE.judge(found, Table((), {"PERSON": people})))
    sure = [match.confidence >= FINDING for match in told if "invalid" not in match.evidence]
    assert len(sure) == 8
    assert set(sure) == {kept}


def test_accounts_fill_a_column_beside_names() -> None:
    rows = [f"{NAME};{fake.account(RNG)[:4]} {RNG.randrange(10**9, 10**10)};5" for _ in range(6)]
    found = near("\n".join(rows), NAME, detector=ACCOUNT)
    assert len(found) == 6
    assert all(match.confidence < MAYBE for match in found), "one alone says nothing"
    table = Table([TableColumn("", 6, {}, {})], {})
    judged = list(ACCOUNT.judge([match._replace(column=0) for match in found], table))
    assert all(match.confidence >= FINDING for match in judged)
    few = list(ACCOUNT.judge([match._replace(column=0) for match in found[:3]], table))
    assert all(match.confidence < MAYBE for match in few)


def test_a_cpr_number_beside_a_person() -> None:
    cpr = Cpr()
    number = fake.cpr(RNG)
    text = f"Første linje\n{NAME}\nGåsevej 3\n8000 Aarhus\n{number}\n\nMere"
    (match,) = cpr.find(text)
    assert MAYBE <= match.confidence < FINDING
    low, high = cpr.stretch(text, match)
    assert NAME in text[low:high], "a number on a line of its own belongs to the lines above"
    assert cpr.beside(match, "PERSON").confidence == pytest.approx(0.65)
    assert cpr.beside(match, "DK_CPR") == match, "another number is nobody more"
    (match,) = cpr.find(f"ordre {number} {NAME}")
    low, high = cpr.stretch(f"ordre {number} {NAME}", match)
    assert low == high, "a word against it stays"


def test_the_row_and_its_keys() -> None:
    assert stands("Bo Dam;12345678", 7, 15, [(0, 6)]) == (True, True)
    assert stands("Bo Dam\n12345678", 7, 15, [(0, 6)]) == (False, False)
    assert is_keyed('"id": 12345678', 6)
    assert not is_keyed("a;12345678", 2)
    assert Column().says == ""

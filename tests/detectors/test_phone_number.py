"""What is a phone number. Every number is made at run time."""

from __future__ import annotations

import random
import re

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import FINDING, MAYBE, Detector, Match
from detectors.checks import weighted
from detectors.contact import PHONE_EVIDENCE, Phone
from detectors.phone_number import danish_starts
from scanner.demo import fake
from tests.detectors.tables import column

PHONE = Phone()
_RNG = random.Random(45)
_CVR = weighted((2, 7, 6, 5, 4, 3, 2, 1), 11)


def _phone(*, company: bool) -> str:
    """Make a number that passes, or fails, the check of company numbers too, and is no date."""
    while True:
        number = fake.phone(_RNG)
        if _CVR(number) is company and not re.search("19|20", number):
            return number


P = _phone(company=False)
PAIRS, HALVES = f"{P[:2]} {P[2:4]} {P[4:6]} {P[6:]}", f"{P[:4]} {P[4:]}"
GROUPS, DOTS, DASHES = f"{P[:2]} {P[2:5]} {P[5:]}", PAIRS.replace(" ", "."), PAIRS.replace(" ", "-")
CVR = _phone(company=True)
VALUE = f"+45{P}"


def found(text: str) -> list[Match]:
    return [match for match in PHONE.find(text) if match.confidence >= MAYBE]


def test_it_is_a_detector() -> None:
    assert isinstance(PHONE, Detector)
    assert phonenumbers.__version__ in PHONE.version, "other metadata can find others"


def test_the_first_four_digits_decide_as_phonenumbers_does() -> None:
    rng = random.Random(45)
    for _ in range(2000):
        digits = str(rng.randrange(10**7, 10**8))
        parsed = phonenumbers.PhoneNumber(country_code=45, national_number=int(digits))
        assert (digits[:4] in danish_starts()) is phonenumbers.is_valid_number(parsed)


@pytest.mark.parametrize(
    ("text", "codes", "expected"),
    [
        pytest.param(f"ring {PAIRS} nu", "number pairs label", 0.99, id="pairs and a word"),
        pytest.param(f"på {PAIRS} nu", "number pairs", 0.65, id="pairs"),
        pytest.param(f"på {HALVES} nu", "number halves", 0.60, id="halves"),
        pytest.param(f"+45 {PAIRS}", "number country-code pairs", 0.99, id="+45 and pairs"),
        pytest.param(f"+45{P}", "number country-code", 0.70, id="+45"),
        pytest.param(f"+45-{P}", "number country-code", 0.70, id="+45 and a hyphen"),
        pytest.param(f"0045{P}", "number country-code", 0.70, id="0045"),
        pytest.param(f"(+45) {P}", "number country-code", 0.70, id="(+45)"),
        pytest.param(f"(45){P}", "number country-code", 0.70, id="(45)"),
        pytest.param(f"45 {PAIRS}", "number bare-country-code pairs", 0.75, id="45 and pairs"),
        pytest.param(f"tlf 45{P}", "number bare-country-code label", 0.80, id="45, labelled"),
        pytest.param(f"Tlf.nr.: {P}", "number label", 0.70, id="bare, labelled"),
        pytest.param(f"tlf{P}", "number label", 0.70, id="glued to its word"),
        pytest.param(f"M: {P}", "number label", 0.70, id="one letter as a word"),
        pytest.param(f"F: {P}", "number label", 0.70, id="F as a word"),
        pytest.param(f"De kan ringe på {P}", "number label", 0.70, id="to ring"),
        pytest.param(f"der træffes på hhv. {P}", "number label", 0.70, id="is met at"),
        pytest.param(f'"mobil": "{P}"', "number label", 0.70, id="key of JSON"),
        pytest.param(f"(M: {P})", "number label", 0.70, id="one letter in brackets"),
        pytest.param(f"tlf. {DOTS}", "number marked label", 0.80, id="full stops, labelled"),
        pytest.param(f"tlf. {GROUPS}", "number groups label", 0.75, id="other groups, labelled"),
        pytest.param(f"bed de {PAIRS} om", "number pairs", 0.65, id="de is no byte by itself"),
        pytest.param(f"Kontakt {PAIRS}", "number pairs person", 0.75, id="contact"),
        pytest.param(f"tlf {P}/{P}", "number label", 0.70, id="two, slash"),
    ],
)
def test_numbers(text: str, codes: str, expected: float) -> None:
    matches = found(text)
    assert matches
    assert {match.value for match in matches} == {VALUE}
    assert set(matches[0].evidence) == set(codes.split())
    assert matches[0].confidence == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(P, id="eight digits alone"),
        pytest.param(f"sag {P} lukket", id="eight digits in a sentence"),
        pytest.param(f"a;{P};b", id="eight digits in a cell"),
        pytest.param(f"CVR {P}", id="company number"),
        pytest.param(f"CVR-nr.: {PAIRS}", id="company number in pairs"),
        pytest.param(f"CVR-nummer\n{PAIRS}", id="company number, broken before it"),
        pytest.param(f"Ordrenr. {P}", id="order"),
        pytest.param(f"varenr {HALVES}", id="part"),
        pytest.param(f"konto {HALVES}", id="account"),
        pytest.param(f"kr. {P}", id="amount"),
        pytest.param(f"{PAIRS} kr.", id="amount, currency behind"),
        pytest.param("20241231", id="date, year first"),
        pytest.param("31122024", id="date, day first"),
        pytest.param(f"1{P}", id="nine digits"),
        pytest.param(f"{P}90123", id="piece of an EAN"),
        pytest.param(f"{P}-1234-4a5b-8c9d-001122334455", id="piece of a GUID"),
        pytest.param(f"0x{P}f", id="hexadecimal"),
        pytest.param(DOTS, id="could be a machine's address"),
        pytest.param(DASHES, id="company numbers are written so too"),
        pytest.param(GROUPS, id="a sum with blanks"),
        pytest.param(f"12 {PAIRS} 34 56", id="a row of pairs"),
        pytest.param(f"4571 {HALVES} 9012", id="piece of a card"),
        pytest.param(f"a1 {PAIRS} ff", id="a dump of bytes"),
        pytest.param(f"{PAIRS} 7f 00", id="a dump of bytes that begins so"),
        pytest.param(f"string {P}, Entel {P}", id="words that only end like a label"),
        pytest.param("12 34 56 78", id="no Danish number begins with 1"),
        pytest.param("+4512345678", id="not with +45 either"),
        pytest.param("+45 1234", id="too short"),
        pytest.param("+999 12345678", id="no such country"),
        pytest.param("0000000000000", id="zeros"),
    ],
)
def test_what_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "code", "low", "high"),
    [
        pytest.param(f"tlf {CVR}", "company-number", FINDING, 1, id="labelled, passes CVR's check"),
        pytest.param("tlf 20241231", "calendar", FINDING, 1, id="labelled, reads as a date"),
        pytest.param(f"tlf {PAIRS} 12", "number-row", FINDING, 1, id="labelled, number behind"),
        pytest.param(f"{PAIRS} kr.", "money", 0, MAYBE, id="currency behind"),
        pytest.param(f"tlf #{P}", "edge", MAYBE, FINDING, id="labelled, hash in front"),
        pytest.param(f"tlf_{P}.vcf", "joined", FINDING, 1, id="in a file's name"),
        pytest.param(f"ordre {PAIRS}", "against", 0, MAYBE, id="order"),
        pytest.param("0046 8 465 004 17", "trunk-code", MAYBE, FINDING, id="00 and a country"),
        pytest.param("tlf 0046 8 465 004 17", "trunk-code", FINDING, 1, id="00, labelled"),
    ],
)
def test_doubts(text: str, code: str, low: float, high: float) -> None:
    matches = [match for match in PHONE.find(text) if code in match.evidence]
    assert matches
    assert all(low <= match.confidence < high for match in matches)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("+46 8 465 004 17", "+46846500417", id="Stockholm, set aside for fiction"),
        pytest.param("+44 20 7946 0958", "+442079460958", id="London, set aside for fiction"),
        pytest.param("+1 (212) 555-0123", "+12125550123", id="New York, set aside for fiction"),
        pytest.param("tel: +44-20-7946-0958", "+442079460958", id="hyphens"),
    ],
)
def test_other_countries_are_one_number_each(text: str, value: str) -> None:
    (match,) = found(text)
    assert match.value == value
    assert match.confidence >= FINDING


def test_a_header_makes_bare_numbers_findings() -> None:
    numbers = [fake.phone(random.Random(seed)) for seed in range(5)]
    for header in ("Telefon", "Mobilnr.", "phoneNumber", "Tlf"):
        judged = column(PHONE, numbers, header)
        assert all(match.confidence >= FINDING for match in judged)
        assert {match.value for match in judged} == {f"+45{number}" for number in numbers}
    for header in ("CVR-nr.", "Beløb", "Ordrenr", "Dato", ""):
        assert all(match.confidence < MAYBE for match in column(PHONE, numbers, header))
    pairs = column(PHONE, [PAIRS], "CVR")
    assert "header-against" in pairs[0].evidence
    assert pairs[0].confidence < MAYBE


def test_a_word_that_has_had_its_number_says_nothing_of_the_next_line() -> None:
    (match,) = found(f"Tlf. {PAIRS}\nRegning nr. {P}")
    assert match.start == len("Tlf. ")


def test_bare_numbers_of_running_text_are_not_even_kept() -> None:
    assert list(PHONE.find(f"linje {P} slut")) == []


def test_every_weight_is_met_above() -> None:
    met = (
        "number country-code bare-country-code trunk-code pairs halves groups marked label header "
        "person against header-against money company-number calendar number-row edge joined"
    )
    met += " beside behind-name invalid column:most column:few"  # tests of beside_people
    assert set(PHONE_EVIDENCE.weights) == set(met.split())


STYLES: list[fake.PhoneStyle] = ["pairs", "halves", "+45", "0045", "(+45)"]


@given(st.integers(0, 2**32), st.sampled_from(STYLES))
@settings(max_examples=80, deadline=None)
def test_however_written_it_is_the_same_number(seed: int, style: fake.PhoneStyle) -> None:
    plain = fake.phone(random.Random(seed))
    written = fake.phone(random.Random(seed), style=style)
    (match,) = found(f"tlf. {written}, Anna")
    assert match.value == f"+45{plain}"
    text = f"tlf. {written}, Anna"
    slice_ = text[match.start : match.end]
    parsed = phonenumbers.parse(slice_.replace("(", "").replace(")", ""), "DK")
    assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == match.value


@given(st.text(alphabet="0123456789 +-.()/\nkrtlf", max_size=150))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_ordered_matches_inside_it(text: str) -> None:
    start = 0
    for match in PHONE.find(text):
        assert start <= match.start < match.end <= len(text)
        start = match.start
        parsed = phonenumbers.parse(match.value)
        assert phonenumbers.is_valid_number(parsed)

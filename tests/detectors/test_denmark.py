"""Numbers that are nothing without their word: accounts, passports, driving licences."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import FINDING, MAYBE, Detector, Match
from detectors.denmark import (
    ACCOUNT,
    HEALTH_CARD,
    LICENSE,
    PASSPORT,
    WEIGHTS,
    Worded,
    account,
    plain,
)
from scanner.demo import fake
from tests.detectors.tables import column

RNG = random.Random(14)
A = fake.account(RNG)
REG, NUMBER = A.split()
VALUE = REG + NUMBER
PASS = fake.passport(RNG)
LICENCE = fake.driver_license(RNG)
WORDED = [
    pytest.param(ACCOUNT, A, id="account"),
    pytest.param(PASSPORT, PASS, id="passport"),
    pytest.param(LICENSE, LICENCE, id="driving licence"),
]


def kept(detector: Worded, text: str) -> list[Match]:
    return [match for match in detector.find(text) if match.confidence >= MAYBE]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(f"Kontonr. {A}", VALUE, id="word, blank"),
        pytest.param(f"konto: {REG}-{NUMBER}", VALUE, id="hyphen"),
        pytest.param(f"konto {REG} - {NUMBER}", VALUE, id="spaced hyphen"),
        pytest.param(f"Konto {REG}/{NUMBER}", VALUE, id="slash"),
        pytest.param(f"Konto: {VALUE}", VALUE, id="undivided"),
        pytest.param(f"Reg.nr. {REG} Kontonr.: {NUMBER}", VALUE, id="each with its word"),
        pytest.param(f"REGNR {REG} KONTONR {NUMBER}", VALUE, id="capitals"),
        pytest.param(f"Reg.: {REG}  Kto.: {NUMBER}", VALUE, id="abbreviated"),
        pytest.param(f"Account no: {A}", VALUE, id="English"),
        pytest.param(f"bankAccount: {VALUE}", VALUE, id="English, a bank's"),
        pytest.param(f"Reg.nr.: {REG}\nKontonr.: {NUMBER}", VALUE, id="each on its line"),
        pytest.param(f"på min konto {REG}\n{NUMBER}.", VALUE, id="broken at the line's end"),
        pytest.param(f"reg. {REG}, konto {NUMBER}", VALUE, id="each with a short word"),
        pytest.param(f"Reg.nr. {REG} 1234567", f"{REG}0001234567", id="seven digits are padded"),
        pytest.param(f"bankkonto {REG} 123 456 7890", f"{REG}1234567890", id="in groups"),
        pytest.param(f"NemKonto {A} (bank)", VALUE, id="compound"),
    ],
)
def test_accounts(text: str, value: str) -> None:
    (match,) = kept(ACCOUNT, text)
    assert match.value == value
    assert match.confidence >= FINDING


@pytest.mark.parametrize(
    ("detector", "text", "value"),
    [
        pytest.param(PASSPORT, f"Pas nr. {PASS}", PASS, id="pas nr."),
        pytest.param(PASSPORT, f"Pasnummer: {PASS}", PASS, id="pasnummer"),
        pytest.param(PASSPORT, f"Passport No: {PASS}", PASS, id="English"),
        pytest.param(PASSPORT, "rejsepas A12345678", "A12345678", id="a letter in front"),
        pytest.param(LICENSE, f"Kørekort nr. {LICENCE}", LICENCE, id="kørekort"),
        pytest.param(LICENSE, f"kørekortnummer:{LICENCE}", LICENCE, id="compound"),
        pytest.param(LICENSE, f"driver's license {LICENCE}", LICENCE, id="English licence"),
    ],
)
def test_documents(detector: Worded, text: str, value: str) -> None:
    (match,) = kept(detector, text)
    assert match.value == value
    assert match.confidence == 0.7


@pytest.mark.parametrize(("detector", "number"), WORDED)
def test_without_its_word_it_is_nothing(detector: Worded, number: str) -> None:
    assert isinstance(detector, Detector)
    assert list(detector.find(f"linje {number} slut")) == []
    assert kept(detector, number) == []
    assert kept(detector, f"ordrenr {number}") == []


@pytest.mark.parametrize(("detector", "number"), WORDED)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda n: f"9{n}", id="a digit in front"),
        pytest.param(lambda n: f"{n}12345", id="digits behind"),
        pytest.param(lambda n: f"x{n}", id="a letter in front"),
        pytest.param(lambda n: f"{n}x", id="a letter behind"),
        pytest.param(lambda n: re.sub("[0-9]", "0", n), id="zeros"),
    ],
)
def test_labelled_but_not_one(detector: Worded, number: str, change: Callable[[str], str]) -> None:
    words = "konto pasnr. kørekort "
    for word in words.split():
        assert not any(
            m.value in (plain(number), VALUE) for m in kept(detector, f"{word} {change(number)}")
        )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"kompas {PASS}", id="compass"),
        pytest.param(f"passer {PASS}", id="fits"),
        pytest.param(f"Kontor: {A}", id="office"),
        pytest.param(f"konto {NUMBER}", id="ten digits: account without registration number"),
        pytest.param("konto 0000 0000000000", id="zeros"),
        pytest.param('"accountId": "123456789012"', id="an account of a cloud: twelve digits"),
        pytest.param("in account 123456789012", id="the same in a sentence"),
        pytest.param("Konto 1010\n20240101 husleje", id="an account of a ledger, then a date"),
        pytest.param(f"konto;{REG}\n{NUMBER};8", id="cells that lie below each other"),
        pytest.param(f"i {REG}\nKonto: {NUMBER}", id="a number on the line above without word"),
        pytest.param(f"kørekort, tlf {LICENCE}", id="a later word says what it is"),
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    assert not any(kept(each, text) for each in (ACCOUNT, PASSPORT, LICENSE))


@pytest.mark.parametrize(
    ("detector", "cells", "header"),
    [
        pytest.param(ACCOUNT, [f"{REG}\t{NUMBER}"], "Reg.nr.", id="two columns, TSV"),
        pytest.param(ACCOUNT, [f"{REG};{NUMBER}"], "Reg.nr.", id="two columns, CSV"),
        pytest.param(ACCOUNT, [A], "Kontonummer", id="one column"),
        pytest.param(ACCOUNT, [VALUE], "bankkonto", id="one column, undivided"),
        pytest.param(PASSPORT, [PASS], "Pasnr", id="passport"),
        pytest.param(LICENSE, [LICENCE], "Kørekort", id="driving licence"),
    ],
)
def test_headers_give_the_word(detector: Worded, cells: list[str], header: str) -> None:
    (match,) = column(detector, cells, header)
    assert match.evidence == ("form", "header")
    assert match.confidence >= FINDING
    (match,) = column(detector, cells, "Ordrenr.")
    assert match.evidence == ("form", "header-against")
    assert match.confidence < MAYBE


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(f"kørekort #{LICENCE}", "form edge label", id="hash"),
        pytest.param(f"kørekort_{LICENCE}.pdf", "form joined label", id="file name"),
        pytest.param(f"kørekort {LICENCE}", "form label", id="word"),
    ],
)
def test_evidence(text: str, codes: str) -> None:
    (match,) = LICENSE.find(text)
    assert set(match.evidence) == set(codes.split())
    assert match.confidence == pytest.approx(sum(WEIGHTS[code] for code in match.evidence) / 100)


def test_a_bank_near_a_cell_is_a_maybe() -> None:
    (match,) = ACCOUNT.find(f"bank;{A};")
    assert match.evidence == ("form", "person")
    assert match.confidence == MAYBE


def test_every_weight_is_met_above() -> None:
    met = "form label header person against header-against edge joined both-words"
    met += " beside column:most"  # tests of beside_people
    assert set(WEIGHTS) == set(met.split())


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_slice_of_the_text_is_the_value(seed: int) -> None:
    rng = random.Random(seed)
    text = (
        f"konto {fake.account(rng)} pasnr. {fake.passport(rng)} kørekort {fake.driver_license(rng)}"
    )
    for detector, canonical in ((ACCOUNT, account), (PASSPORT, plain), (LICENSE, plain)):
        (match,) = kept(detector, text)
        assert canonical(text[match.start : match.end]) == match.value
        assert canonical(match.value) == match.value


@given(st.text(alphabet="0123456789 -/.;\tkontoregpas", max_size=120))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_ordered_matches_inside_it(text: str) -> None:
    for detector in (ACCOUNT, PASSPORT, LICENSE):
        start = 0
        for match in detector.find(text):
            assert start <= match.start < match.end <= len(text)
            start = match.end


CARD = fake.health_card(RNG)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"EU-sygesikringskort {CARD}", [0.85], id="labelled"),
        pytest.param(f"nr. {CARD}", [0.45], id="the form alone: a maybe"),
        pytest.param(
            f"EHIC {CARD[:5]} {CARD[5:10]} {CARD[10:15]} {CARD[15:]}", [0.85], id="groups"
        ),
        pytest.param(f"EHIC 1{CARD}", [], id="inside a longer number"),
        pytest.param(f"EHIC 80276{CARD[5:]}", [], id="another country's"),
        pytest.param(f"EHIC {CARD[:-1]}", [], id="too short"),
    ],
)
def test_health_cards(text: str, expected: list[float]) -> None:
    found = list(HEALTH_CARD.find(text))
    assert [match.confidence for match in found] == pytest.approx(expected)
    assert {match.value for match in found} <= {CARD}

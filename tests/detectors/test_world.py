"""IBAN and payment cards: numbers made at run time, or the test numbers of the schemes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import FINDING, MAYBE, Detector, Match
from detectors.checks import luhn, mod97
from detectors.world import CARD_EVIDENCE, IBAN_EVIDENCE, IBAN_LENGTHS, Card, Iban
from scanner.demo import fake
from tests.detectors.tables import column

IBAN, CARD = Iban(), Card()
RNG = random.Random(97)


def kept(detector: Detector, text: str) -> list[Match]:
    return [match for match in detector.find(text) if match.confidence >= MAYBE]


def compact(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def test_they_are_detectors() -> None:
    assert isinstance(IBAN, Detector)
    assert isinstance(CARD, Detector)


@pytest.mark.parametrize("country", fake.IBAN_FORMS)
@pytest.mark.parametrize("grouped", [False, True], ids=["in one", "in fours"])
def test_ibans_of_countries(country: str, grouped: bool) -> None:
    number = fake.iban(RNG, country=country, grouped=grouped)
    assert len(compact(number)) == IBAN_LENGTHS[country]
    for text in (number, f"IBAN: {number}.", f"a;{number};b", f"{number} BIC DABADKKK"):
        (match,) = kept(IBAN, text)
        assert match.value == compact(number)
        assert match.confidence >= FINDING


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(lambda: fake.iban(RNG), "check", id="alone"),
        pytest.param(lambda: f"konto {fake.iban(RNG)}", "check label", id="labelled"),
        pytest.param(lambda: fake.iban(RNG).lower(), "check lower-case", id="lower case: a maybe"),
    ],
)
def test_iban_evidence(text: Callable[[], str], codes: str) -> None:
    (match,) = kept(IBAN, text())
    assert set(match.evidence) == set(codes.split())
    expected = sum(IBAN_EVIDENCE.weights[code] for code in match.evidence)
    assert match.confidence == pytest.approx(expected / 100)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda iban: iban[:-1] + str((int(iban[-1]) + 1) % 10), id="wrong check"),
        pytest.param(lambda iban: iban + "1", id="a digit too many"),
        pytest.param(lambda iban: iban[:-1], id="a digit too few"),
        pytest.param(lambda iban: "X" + iban, id="inside a longer word"),
        pytest.param(lambda iban: "ZZ" + iban[2:], id="no such country"),
        pytest.param(lambda iban: "DK00" + "0" * 14, id="zeros"),
    ],
)
def test_what_is_no_iban(change: Callable[[str], str]) -> None:
    assert kept(IBAN, change(fake.iban(RNG))) == []


@pytest.mark.parametrize("brand", fake.CARDS)
@pytest.mark.parametrize(
    ("before", "grouped", "codes"),
    [
        pytest.param("tal ", False, "check", id="bare: a maybe"),
        pytest.param("tal ", True, "check grouped", id="in groups"),
        pytest.param("Kortnr. ", False, "check label", id="labelled"),
        pytest.param("Kortnr. ", True, "check grouped label", id="both"),
        pytest.param("udløb 12/30, ", False, "check person", id="expiry near"),
        pytest.param("Ordrenr. ", True, "check grouped against", id="order"),
        pytest.param("EAN ", False, "check against", id="EAN"),
        pytest.param("ref-", False, "check joined", id="joined to a word"),
        pytest.param("#", False, "check edge", id="hash"),
        pytest.param("1234 ", True, "check grouped number-row", id="a row of groups"),
    ],
)
def test_card_evidence(brand: fake.Brand, before: str, grouped: bool, codes: str) -> None:
    number = fake.card(RNG, brand=brand, grouped=grouped)
    (match,) = CARD.find(f"{before}{number} her")
    assert match.value == compact(number)
    assert set(match.evidence) == set(codes.split())
    total = sum(CARD_EVIDENCE.weights[code] for code in match.evidence)
    assert match.confidence == pytest.approx(min(max(total, 1), 99) / 100)


def test_every_weight_of_cards_is_met() -> None:
    rows = "check grouped label header person against header-against edge joined number-row"
    assert {*rows.split(), "column:most", "column:few"} == set(CARD_EVIDENCE.weights)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("4111 1111 1111 1111", id="Visa's test number"),
        pytest.param("4242424242424242", id="two digits over and over"),
        pytest.param("5555 5555 5555 4444", id="Mastercard's test number"),
        pytest.param("4000 0000 0000 0002", id="mostly zeros"),
        pytest.param("0000 0000 0000 0000", id="zeros"),
        pytest.param(lambda: "1" + fake.card(RNG), id="inside a longer run"),
        pytest.param(lambda: fake.card(RNG) + "1", id="a digit too many"),
        pytest.param(
            lambda: fake.card(RNG)[:-1] + "x", id="a letter behind a piece"
        ),
        pytest.param(lambda: "9" + fake.card(RNG)[1:], id="no brand"),
        pytest.param(
            lambda: (n := fake.card(RNG))[:-1] + str((int(n[-1]) + 1) % 10), id="wrong check"
        ),
    ],
)  # fmt: skip
def test_what_is_no_card(text: str | Callable[[], str]) -> None:
    assert kept(CARD, text if isinstance(text, str) else text()) == []


def test_columns_of_cards_and_of_others() -> None:
    cards = [fake.card(RNG) for _ in range(12)]
    assert all(match.confidence >= FINDING for match in column(CARD, cards))
    numbers = [f"4{RNG.randrange(10**15):015}" for _ in range(200)]
    judged = column(CARD, numbers)
    assert judged, "one in ten passes Luhn"
    assert all(match.evidence[-1] == "column:few" for match in judged)
    assert all(match.confidence < MAYBE for match in judged)
    (labelled,) = column(CARD, cards[:1], "Kortnummer")
    assert labelled.evidence == ("check", "header")
    (order,) = column(CARD, cards[:1], "Ordrenr")
    assert order.evidence == ("check", "header-against")


@given(st.integers(0, 2**32), st.sampled_from(list(fake.IBAN_FORMS)), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_slice_of_the_text_is_the_value(seed: int, country: str, grouped: bool) -> None:
    rng = random.Random(seed)
    text = f"{fake.iban(rng, country=country, grouped=grouped)}, {fake.card(rng, grouped=grouped)}."
    for detector, check in ((IBAN, mod97), (CARD, luhn)):
        (match,) = kept(detector, text)
        assert compact(text[match.start : match.end]) == match.value
        assert compact(match.value) == match.value
        assert check(match.value)


@given(st.text(alphabet="0123456789 -DKdkA4\u00a0", max_size=150))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_ordered_matches_inside_it(text: str) -> None:
    for detector in (IBAN, CARD):
        start = 0
        for match in detector.find(text):
            assert start <= match.start < match.end <= len(text)
            start = match.start

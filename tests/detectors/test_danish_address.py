"""When words and numbers are taken for a Danish address, and what of it is compared."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import FINDING, MAYBE, Beside, Column, Detector, Headed, Match, Table
from detectors.danish_address import WEIGHTS, Address
from detectors.gate import Gate
from scanner.demo import fake
from scanner.demo.truth import canonical
from tests.detectors.tables import column

ADDRESS = Address()
WHOLE = "nørregade 12 2 tv 8000"


def sure(text: str) -> list[tuple[str, float]]:
    return [(each.value, each.confidence) for each in found(text)]


def found(text: str) -> list[Match]:
    return [match for match in ADDRESS.find(text) if match.confidence >= MAYBE]


def only(text: str) -> Match:
    (match,) = found(text)
    return match


def test_it_is_a_detector_that_listens() -> None:
    assert isinstance(ADDRESS, Detector)
    assert isinstance(ADDRESS, Headed)
    assert isinstance(ADDRESS, Beside)
    assert Gate(ADDRESS.parts).ungated == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Nørregade 12, 2. tv., 8000 Aarhus C", id="one line"),
        pytest.param("Nørregade 12, 2.tv, 8000 Århus C", id="floor without a blank, the old town"),
        pytest.param("Nørregade 12, 2 t.v. 8000 Aarhus", id="door with full stops, no comma"),
        pytest.param("Nørregade 12, 2. sal tv, 8000 Aarhus C", id="floor in words"),
        pytest.param("Nørregade 12, 2. t. v.\n8000 Aarhus C", id="two lines"),
        pytest.param("Nørregade 12, 2. tv.\r\nDK-8000 Aarhus C", id="with the country"),
        pytest.param("NØRREGADE 12, 2. TV, 8000 AARHUS C", id="capitals"),
        pytest.param("nørregade 12, 2. tv, 8000 aarhus c", id="small letters"),
        pytest.param("Nørregade\t12\t2. tv\t8000\tAarhus C", id="four cells"),
        pytest.param("Nørregade 12, 2. tv;8000;Aarhus C", id="CSV"),
        pytest.param('"Nørregade 12, 2. tv","8000","Aarhus C"', id="CSV, quoted"),
        pytest.param("Adresse: Nørregade 12, 2. tv\nPostnr.: 8000\nBy: Aarhus C", id="a form"),
        pytest.param("Nørregade 12, 2. tv\nPostnr. og by: 8000 Aarhus C", id="a form, in one"),
        pytest.param("Nørregade\u00a012, 2.\u00a0tv, 8000\u00a0Aarhus C", id="non-breaking blanks"),
        pytest.param("Nørregade 12, 2. tv, Tilst By, 8000 Aarhus C", id="with a village"),
    ],
)
def test_one_address_has_one_form(text: str) -> None:
    match = only(text)
    assert match.value == WHOLE
    assert match.confidence >= FINDING
    assert {"street", "floor", "town"} <= set(match.evidence)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("Gl. Kongevej 10, 1610 København V", "gl kongevej 10 1610", id="abbreviated"),
        pytest.param(
            "Gammel Kongevej 10, 1610 København V", "gammel kongevej 10 1610", id="in full: kept"
        ),
        pytest.param(
            "H.C. Andersens Boulevard 12, 4. sal, 1553 København V",
            "h c andersens boulevard 12 4 1553",
            id="initials",
        ),
        pytest.param(
            "Peter Bangs Vej 12 B, 2000 Frederiksberg", "peter bangs vej 12b 2000", id="letter"
        ),
        pytest.param("Sankt Hans Torv 4, 2200 København N", "sankt hans torv 4 2200", id="saint"),
        pytest.param("Åboulevarden 20, 3. mf., 8000 Aarhus", "aaboulevarden 20 3 mf 8000", id="å"),
        pytest.param("Aaboulevarden 20, 3 mf, 8000 Aarhus", "aaboulevarden 20 3 mf 8000", id="aa"),
        pytest.param("Skovvej 3-5, 4000 Roskilde", "skovvej 3-5 4000", id="two numbers"),
        pytest.param("Toften 3, 8000 Aarhus C", "toften 3 8000", id="the ending alone"),
        pytest.param(
            "Søborg Hovedgade 11, 1. sal, dør 3, 2860 Søborg",
            "søborg hovedgade 11 1 3 2860",
            id="a town in the street, a numbered door",
        ),
        pytest.param("Skolevej 7, st. th, 2800 Kgs. Lyngby", "skolevej 7 st th 2800", id="ground"),
        pytest.param("Skolevej 7, kld., 4800 Nykøbing F", "skolevej 7 kl 4800", id="basement"),
        pytest.param("Enghavevej 9 7260 Sdr. Omme", "enghavevej 9 7260", id="no commas"),
    ],
)
def test_a_street_with_its_town_is_a_finding(text: str, value: str) -> None:
    assert only(text).value == value
    assert only(text).confidence >= FINDING


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Nørregade 12, 8000 Aarhus C", 0.60, id="street and town, just"),
        pytest.param("Nørregade 12, 2. tv, 8000 Aarhus C", 0.80, id="with a floor"),
        pytest.param("Anna Holm, Nørregade 12, 8000 Aarhus C", 0.80, id="behind a name"),
        pytest.param("Anna Holm\nNørregade 12\n8000 Aarhus C", 0.80, id="under a name"),
        pytest.param("c/o Xi Li, Nørregade 12, 8000 Aarhus C", 0.80, id="care of"),
        pytest.param("Adresse: Nørregade 12", 0.65, id="street with a label"),
        pytest.param("Hun bor på Engvej 7, 4. th", 0.65, id="street, floor, a word of a person"),
        pytest.param("Vi ses: Engvej 7, 4. th", 0.45, id="street and floor: a maybe"),
        pytest.param("Strandlodden 5, 6200 Aabenraa", 0.55, id="no known ending: a maybe"),
        pytest.param("Anna Holm, Strandlodden 5, 6200 Aabenraa", 0.75, id="the same with a name"),
        pytest.param("Nordlys A/S\nNørregade 12\n8000 Aarhus C", 0.40, id="under a company"),
        pytest.param("Nørregade 12, 8000 Aarhus C, CVR 12345674", 0.40, id="with a CVR number"),
    ],
)
def test_what_stands_beside_it_decides(text: str, expected: float) -> None:
    assert only(text).confidence == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Side 12, 8000 stk", id="a page and a number of pieces"),
        pytest.param("Butikken på Nørregade 12 lukker til sommer.", id="a street in a sentence"),
        pytest.param("Vi mødtes på Nørregade 12 gange i alt", id="times, no house"),
        pytest.param("alle 3 personer fik plads 2 i parken", id="small words with endings"),
        pytest.param("I kan have 12 dage, parken 3 år", id="verbs and periods"),
        pytest.param("10 stk. Havebord, vare 12, 8000 Aarhus", id="an order line"),
        pytest.param("Ordre 12, 8000 Aarhus C", id="an order and a town"),
        pytest.param("Vi leverer 12 stk. fra 8000 Aarhus C", id="a town alone"),
        pytest.param("den 3. maj 2026 Roskilde", id="a date and a town"),
        pytest.param("Projekt Søen 2026 Holbæk", id="a year"),
        pytest.param("Nørregade 12,5 m bred", id="a measure"),
        pytest.param("Nørregade 2026", id="a year behind a street"),
        pytest.param("https://firma.dk/nyhedsvej 12", id="in a URL"),
        pytest.param("Vej 3", id="the ending alone"),
        pytest.param("Omkørsel ad Strandvej 12 km", id="kilometres"),
        pytest.param("for i in array 12, 1234 Nothing", id="source code"),
        pytest.param("Ringvejen 3, 9999 Ingensteds", id="no such code: a street alone"),
    ],
)
def test_what_is_none(text: str) -> None:
    assert sure(text) == []


def test_every_weight_has_a_row() -> None:
    shown = {code for text in ROWS for match in ADDRESS.find(text) for code in match.evidence}
    assert shown | {"header", "header-against"} == set(WEIGHTS)


ROWS = (
    "Anna Holm, Nørregade 12, 2. tv, 8000 Aarhus C",
    "Adresse: Strandlodden 5, 6200 Aabenraa",
    "Nordlys A/S, Nørregade 12, 8000 Aarhus C",
    "Varenummer: Nørregade 12, 8000 Aarhus C",
)


# Columns


@pytest.mark.parametrize("head", ["Adresse", "Vejnavn", "Bopæl", "Gade", "Hjemmeadresse", "Street"])
def test_a_head_makes_any_street_a_finding(head: str) -> None:
    assert ADDRESS.headed(head)
    judged = column(ADDRESS, ["Nørregade 12", "Strandlodden 5", "Skovly 14 B"], head)
    assert [match.value for match in judged] == ["nørregade 12", "strandlodden 5", "skovly 14b"]
    assert all(match.confidence >= FINDING for match in judged)


@pytest.mark.parametrize("head", ["Vare", "E-mailadresse", "IP-adresse", "Webadresse", "Vejret"])
def test_other_heads_do_not(head: str) -> None:
    assert not ADDRESS.headed(head)
    judged = column(ADDRESS, ["Nørregade 12", "Strandlodden 5"], head)
    assert [match for match in judged if match.confidence >= MAYBE] == []


def test_a_column_of_names_is_a_person_beside_it() -> None:
    match = only("Nørregade 12, 8000 Aarhus C")._replace(column=1)
    columns = [Column("Navn", 3, {}, {}), Column("Sted", 3, {}, {})]
    (judged,) = ADDRESS.judge([match], Table(columns, {}))
    assert "person" in judged.evidence
    assert judged.confidence == 0.8


# Beside


def test_a_person_that_another_detector_found() -> None:
    text = "Ali B.\nNørregade 12\n8000 Aarhus C"
    match = only(text)
    low, high = ADDRESS.stretch(text, match)
    assert text[low:high] == text
    assert ADDRESS.beside(match, "PERSON").confidence == 0.8
    far = "Ali B.\n\n" + "Nørregade 12\n8000 Aarhus C"
    low, _ = ADDRESS.stretch(far, only(far))
    assert "Ali" not in far[low:], "another paragraph"


def test_who_lives_there_although_a_company_stands_behind() -> None:
    text = "Xi Li, Nørregade 12, 8000 Aarhus C, ansættes hos Nordlys A/S"
    match = only(text)
    assert "company" in match.evidence
    low, high = ADDRESS.stretch(text, match)
    assert text[low:high] == "Xi Li, "
    assert ADDRESS.beside(match, "PERSON").confidence >= FINDING
    text = "Nordlys A/S, att. Xi Li, Nørregade 12, 8000 Aarhus C"
    match = only(text)
    low, high = ADDRESS.stretch(text, match)
    assert low == high, "a company in front keeps it"


def test_a_company_stays_one() -> None:
    match = only("Nordlys A/S\nNørregade 12\n8000 Aarhus C")
    assert ADDRESS.beside(match, "EMAIL_ADDRESS") == match


# Laws


@given(st.integers(0, 2**32), st.sampled_from(["", "Til ", "Navn: Anna Holm, ", "\t", "; "]))
@settings(max_examples=150, deadline=None)
def test_what_the_demo_company_makes_is_found(seed: int, before: str) -> None:
    written = fake.address(random.Random(seed))
    text = f"{before}{written}\n"
    match = only(text)
    assert match.value == canonical("DK_ADDRESS", written)
    assert text[match.start : match.end] == written


@given(st.text(alphabet="NørregadeVj ,.\n\t;0123456789AarhusC tv", max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_ordered_matches_inside_it(text: str) -> None:
    end = 0
    for match in ADDRESS.find(text):
        assert end <= match.start < match.end <= len(text)
        assert match.value
        end = match.end


@given(st.integers(0, 2**32), st.text(alphabet="Anørvej gade123 ,.\n", max_size=60))
@settings(max_examples=100, deadline=None)
def test_the_gate_loses_none(seed: int, filler: str) -> None:
    rng = random.Random(seed)
    between = "Det er en smuk dag. " * 20
    text = f"{filler} x\n{fake.address(rng)}\n{between}\n{fake.address(rng)}, {filler}"
    gated = [match for _, match in Gate(ADDRESS.parts).find(text)]
    assert gated == list(ADDRESS.parts[0].find(text))


def test_nothing_of_a_match_is_printed() -> None:
    assert "ørregade" not in repr(only("Nørregade 12, 8000 Aarhus C"))

"""When words are about a person."""

from __future__ import annotations

import pytest

from detectors.persons import FIRST_NAMES, first_name_in, identified_in, name_in, names_people
from scanner.demo import fake


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("Anna Holm", True, id="first and last name"),
        pytest.param("Holm, Anna", True, id="turned round"),
        pytest.param("Torben P. Krogh", True, id="an initial"),
        pytest.param("vi talte med Anna Marie Holm i går", True, id="in a sentence"),
        pytest.param("Navn: Xi Li", True, id="behind its label"),
        pytest.param("hr. Holm", True, id="a title"),
        pytest.param("Anna", False, id="a first name alone"),
        pytest.param("Peter Bangs Vej 12", False, id="a street"),
        pytest.param("Hans Vej", False, id="a street of two words"),
        pytest.param("Maja Hospital", False, id="an institution"),
        pytest.param("Aarhus Kommune", False, id="capitals without a first name"),
        pytest.param("Storm Danmark", False, id="weather"),
    ],
)
def test_names(text: str, named: bool) -> None:
    assert name_in(text) is named


def test_a_first_name_that_is_a_word_is_none_alone() -> None:
    assert first_name_in("ifølge Anna er det slut")
    assert not first_name_in("Storm og Per Mark")


@pytest.mark.parametrize(
    ("text", "identified"),
    [
        pytest.param("anna.holm@firma.dk", True, id="mail address"),
        pytest.param("010110-1234", True, id="like a CPR number"),
        pytest.param("CPR-nr. 2", True, id="the word and a digit"),
        pytest.param("version 1.2.3", False, id="a version"),
        pytest.param("12345678", False, id="eight digits"),
    ],
)
def test_identifiers(text: str, identified: bool) -> None:
    assert identified_in(text) is identified


@pytest.mark.parametrize(
    ("head", "people"),
    [
        ("Navn", True),
        ("CPR-nummer", True),
        ("Patient", True),
        ("Filnavn", False),
        ("Varenavn", False),
        ("Adresse", False),
    ],
)
def test_heads(head: str, people: bool) -> None:
    assert names_people(head) is people


def test_common_names_are_listed() -> None:
    names = [fake.name().split()[0] for _ in range(300)]
    assert sum(name in FIRST_NAMES for name in names) > 200

"""One form for each name: order, titles, case, composed letters, genitive."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.names import tagger
from detectors.names.canonical import canonical, short

KNOWN = {"holm", "jens", "hansen", "lars"}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("Anna Marie Holm", "anna marie holm", id="as people say it"),
        pytest.param("Holm, Anna Marie", "anna marie holm", id="surname first"),
        pytest.param("HOLM,Anna", "anna holm", id="no blank behind the comma"),
        pytest.param("ANNA HOLM", "anna holm", id="capitals"),
        pytest.param("  Anna \n Holm ", "anna holm", id="blanks and line ends"),
        pytest.param("Hr. Anders Holm", "anders holm", id="title"),
        pytest.param("Dr. med. Anders Holm", "anders holm", id="two titles"),
        pytest.param("Anna K. Holm", "anna k. holm", id="initial"),
        pytest.param("Anna K Holm", "anna k. holm", id="initial without a dot"),
        pytest.param("Anne‐Marie Holm", "anne-marie holm", id="another hyphen"),
        pytest.param("Conan O’Hara", "conan o'hara", id="another apostrophe"),
        pytest.param(unicodedata.normalize("NFD", "Åse Bø"), "åse bø", id="decomposed letters"),
        pytest.param("Anna Holm,", "anna holm", id="a comma behind"),
        pytest.param("Anna Holms", "anna holm", id="genitive"),
        pytest.param("Jens", "jens", id="an s of its own"),
        pytest.param("Lars'", "lars", id="apostrophe of a genitive"),
        pytest.param("Anna Holm's", "anna holm", id="English genitive"),
        pytest.param("Hr.", "", id="nothing but a title"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_names_are_brought_to_one_form(written: str, name: str) -> None:
    assert canonical(written, KNOWN.__contains__) == name


def test_without_lists_no_genitive_is_guessed() -> None:
    assert canonical("Anna Holms") == "anna holms"


@pytest.mark.parametrize(
    ("name", "first_and_last"),
    [
        pytest.param("anna marie holm", "anna holm", id="between left out"),
        pytest.param("anna holm", "anna holm", id="two words are themselves"),
        pytest.param("anna", "", id="one word has none"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_first_and_last(name: str, first_and_last: str) -> None:
    assert short(name) == first_and_last


@given(st.text(max_size=80))
def test_the_form_of_a_form_is_itself(written: str) -> None:
    once = canonical(written)
    assert canonical(once) == once


@given(st.lists(st.sampled_from(["Anna", "Bo", "Holm", "Krag"]), min_size=2, max_size=4))
def test_order_does_not_matter(words: list[str]) -> None:
    turned = f"{words[-1]}, {' '.join(words[:-1])}"
    assert canonical(turned) == canonical(" ".join(words))


def test_listed_names_decide_on_the_genitive() -> None:
    from detectors.names.person import Person

    assert tagger().lists.first_name("Anne-Marie")
    assert Person().canonical("Sørensens") == "sørensen"
    assert Person().canonical("Jens") == "jens"

"""Clusters of words: what a form of a word finds, and that they are kept whole."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.names import COMPONENT
from detectors.names.clusters import BITS, LONGEST, Clusters

PATH = 0b1011010111001
KNOWN = Clusters.made({"en": {"Holm": PATH, "bakker": 5, "til": 0}, "de": {"Bakker": 6}})
NONE = ("",) * (1 + len(BITS))


@pytest.mark.parametrize(
    ("word", "path"),
    [
        pytest.param("Holm", PATH, id="as it is written"),
        pytest.param("HOLM", PATH, id="in capitals"),
        pytest.param("holm", PATH, id="in small letters"),
        pytest.param("Holms", PATH, id="genitive"),
        pytest.param("Holm's", PATH, id="genitive with an apostrophe"),
        pytest.param("HOLMS", PATH, id="genitive in capitals"),
        pytest.param("Bakker", 5, id="another case where its own has none"),
        pytest.param("Krag", 0, id="not known"),
        pytest.param("til", 0, id="known without a path"),
        pytest.param("", 0, id="empty"),
        pytest.param("Holm" * LONGEST, 0, id="longer than any word"),
        pytest.param("\ud800", 0, id="half a sign"),
    ],
)
def test_a_word_is_found_in_its_forms(word: str, path: int) -> None:
    bits = (str(path), *(str(path % 2**bits) for bits in BITS)) if path else NONE
    assert KNOWN.of(word)[: len(NONE)] == bits


def test_each_language_has_its_own() -> None:
    assert KNOWN.of("Bakker") == ("5", "5", "5", "5", "6", "6", "6", "6")


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.integers(0, 2**20), max_size=30))
def test_they_are_kept_whole(paths: dict[str, int]) -> None:
    made = Clusters.made({"en": paths})
    with TemporaryDirectory() as folder:
        made.save(Path(folder))
        again = Clusters.load(Path(folder))
    assert all(made.of(word) == again.of(word) for word in [*paths, "Anna"])


def test_the_shipped_ones_know_names_apart_from_words() -> None:
    held = Clusters.load(COMPONENT)
    begins = 2  # the first six bits of the English path
    assert held.of("Hansen")[begins] == held.of("Jensen")[begins] != ""
    assert held.of("Hansen")[begins] != held.of("betaling")[begins]

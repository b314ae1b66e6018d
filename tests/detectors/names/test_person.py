"""The detector of names: what it says of a text alone, of labels, heads and columns."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from detectors import FINDING, MAYBE, Column, Detector, Headed, Match, Table
from detectors.names import MODEL
from detectors.names.person import KIND, WEIGHTS, Labels, Person, confidence, installed

ALONE = "I går talte Anders Bo Knudsen længe om planen for den nye bro."


def found(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(match.value, match.evidence) for match in Person().find(text)]


def test_it_is_a_detector_with_parts() -> None:
    assert isinstance(Person(), Detector)
    assert isinstance(Person(), Headed)
    assert not Person().headed("Navn")
    again = pickle.loads(pickle.dumps(Person(setting="beside")))
    assert again.version == Person(setting="beside").version


def test_what_changes_findings_changes_the_version() -> None:
    versions = {
        Person().version,
        Person(setting="beside").version,
        Person(setting="everywhere").version,
        Person("da_core_news_sm").version,
    }
    assert len(versions) == 4


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(ALONE, [("anders bo knudsen", ("full-name", "listed"))], id="alone"),
        pytest.param(
            "Navn: Anders Bo Knudsen",
            [("anders bo knudsen", ("full-name", "listed", "label"))],
            id="behind a label",
        ),
        pytest.param("Kære Kirsten", [("kirsten", ("one-name", "listed"))], id="a single name"),
        pytest.param("Ordre nr. 17 er sendt.", [], id="nobody"),
    ],
)
def test_evidence(text: str, names: list[tuple[str, tuple[str, ...]]]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("codes", "low", "high"),
    [
        pytest.param(("full-name", "listed"), MAYBE, FINDING, id="a name alone is a maybe"),
        pytest.param(("full-name", "unsure"), 0, MAYBE, id="an unsure one is dropped"),
        pytest.param(
            ("full-name", "listed", "unsure", "beside"), FINDING, 1, id="unsure, known and beside"
        ),
        pytest.param(("one-name", "listed"), 0, MAYBE, id="a single name alone is dropped"),
        pytest.param(("full-name", "beside"), FINDING, 1, id="beside another finding"),
        pytest.param(("one-name", "listed", "beside"), MAYBE, FINDING, id="single and beside"),
        pytest.param(("full-name", "label"), FINDING, 1, id="labelled"),
        pytest.param(("full-name", "header"), FINDING, 1, id="below a head"),
        pytest.param(("one-name", "header"), FINDING, 1, id="single below a head"),
        pytest.param(("full-name", "header", "unlisted"), 0, MAYBE, id="perhaps a thing"),
        pytest.param(
            ("full-name", "header", "unlisted", "column:people"), FINDING, 1, id="among people"
        ),
    ],
)
def test_weights(codes: Sequence[str], low: float, high: float) -> None:
    assert low <= confidence(codes) < high
    assert set(codes) <= set(WEIGHTS)


def test_a_long_text_is_looked_at_in_pieces_and_loses_nothing() -> None:
    filler = "Det regner i dag, og vi bliver hjemme.\n" * 1500
    text = f"{filler}Navn: Anna Holm\n{filler}Navn: Bo Friis\n"
    assert [value for value, _ in found(text)] == ["anna holm", "bo friis"]
    for match in Person().find(text):
        assert text[match.start : match.end].lower() == match.value


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        pytest.param("Navn: Anna", "Anna", id="colon"),
        pytest.param("NAVN : Anna", "Anna", id="blank before the colon"),
        pytest.param("Navn........: Anna", "Anna", id="dots"),
        pytest.param("Navn\tAnna", "Anna", id="tab"),
        pytest.param('"kundenavn": "Anna"', 'Anna"', id="key of JSON"),
        pytest.param("<fornavn>Anna</fornavn>", "Anna</fornavn>", id="tag of XML"),
        pytest.param("Att.: Anna", "Anna", id="abbreviation with a dot"),
        pytest.param("Navn: 17", None, id="a number behind it"),
        pytest.param("Filnavn: liste", None, id="inside another word"),
        pytest.param("Navn og adresse", None, id="no colon"),
    ],
)
def test_labels_are_marked(text: str, behind: str | None) -> None:
    marks = [text[mark.start :] for mark in Labels().find(text)]
    assert marks == ([] if behind is None else [behind])
    assert all(mark.confidence == 0 and not mark.value for mark in Labels().find(text))


def judged(cells: Mapping[str, tuple[str, ...]], header: str) -> dict[str, float]:
    matches = [Match(KIND, 0, 1, v, confidence(codes), codes, 0) for v, codes in cells.items()]
    likely = sum(match.confidence >= MAYBE for match in matches)
    table = Table([Column(header, len(cells), {KIND: len(cells)}, {KIND: likely})], {})
    return {match.value: match.confidence for match in Person().judge(matches, table)}


def test_a_column_mostly_of_names_speaks_for_the_others() -> None:
    known = {f"anna holm {number}": ("full-name", "listed", "header") for number in range(4)}
    strange = {"xu qwe": ("full-name", "header", "unlisted")}
    assert judged({**known, **strange}, "Navn")["xu qwe"] >= FINDING
    assert judged(strange, "Navn")["xu qwe"] < MAYBE


def test_a_head_of_persons_lifts_what_stands_below() -> None:
    assert judged({"anna holm": ("full-name", "listed")}, "Medarbejder")["anna holm"] >= FINDING
    assert judged({"anna holm": ("full-name", "listed")}, "Bemærkning")["anna holm"] < FINDING


def test_an_installed_model_takes_the_place_of_the_shipped_one() -> None:
    pytest.importorskip("spacy")
    installed(str(MODEL))
    own = Person(str(MODEL))
    assert [match.value for match in own.find(ALONE)] == ["anders bo knudsen"]


def test_a_model_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    for name in ("da_core_news_of_nowhere", str(tmp_path / "none")):
        with pytest.raises(ValueError, match=r"\[names\] model .* is not installed"):
            installed(name)

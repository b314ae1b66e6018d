"""Which sentences the model sees, and that nothing else is lost by cutting them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.names import tagger
from detectors.names.gate import NameGate, sentences


@pytest.fixture(scope="module")
def gate() -> NameGate:
    return NameGate(tagger().lists)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("I går kom Anna Holm forbi.", id="two capitals"),
        pytest.param("Det har Kirsten sagt.", id="a known first name"),
        pytest.param("Ifølge Hansen er det en fejl.", id="a known surname within a sentence"),
        pytest.param("Han mødte Zyrqwin i byen.", id="a capital that no list explains"),
        pytest.param("navn: anna holm", id="a label"),
        pytest.param("hej anna", id="a greeting"),
        pytest.param("ANNA HOLM", id="capitals"),
        pytest.param("A. Holm", id="initial"),
    ],
)
def test_let_through(gate: NameGate, text: str) -> None:
    assert gate.wanted(text) == [(0, len(text))]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Mødet er flyttet til mandag.", id="a capital at the start"),
        pytest.param("vi ses i morgen", id="no capital"),
        pytest.param("17,4 56-8 2026", id="numbers"),
        pytest.param("", id="nothing"),
    ],
)
def test_held_back(gate: NameGate, text: str) -> None:
    assert gate.wanted(text) == []


def test_only_the_sentence_is_let_through(gate: NameGate) -> None:
    wanted = "Jeg talte med Anna Holm om det."
    text = f"Det regner i dag. {wanted} Vi ses.\nI morgen er der møde."
    assert [text[low:high] for low, high in gate.wanted(text)] == [wanted]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        pytest.param("Et. To.", ["Et.", "To."], id="full stop"),
        pytest.param("Hr. Holm kom.", ["Hr. Holm kom."], id="a title is no end"),
        pytest.param("A. Holm kom.", ["A. Holm kom."], id="an initial is no end"),
        pytest.param("Kl. 8. Så gik vi", ["Kl. 8. Så gik vi"], id="a number is no end"),
        pytest.param("en\n\nto", ["en", "to"], id="line ends"),
    ],
)
def test_sentences(text: str, cut: list[str]) -> None:
    assert [text[low:high] for low, high in sentences(text)] == cut


@given(st.text(alphabet="aA. \n!?Æ", max_size=60))
def test_sentences_hold_everything_but_blanks(text: str) -> None:
    cut = sentences(text)
    assert "".join("".join(text[a:b].split()) for a, b in cut) == "".join(text.split())
    assert all(a < b for a, b in cut)
    assert cut == sorted(cut)

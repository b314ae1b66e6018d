"""The names model is asked for many segments at once, with the answers each would get alone."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from detectors import Match
from scanner.asking import TOGETHER, Asking, Question, answer_all
from scanner.demo import fake
from scanner.examine import examine, examine_all
from tests.conftest import Installation
from tests.faults import Faulty


def echo(texts: Sequence[str]) -> list[list[Match]]:
    """Return one match a text, as long as the text."""
    return [[Match("PERSON", 0, len(text), text, 1.0)] for text in texts]


def asking(*rounds: list[str]) -> Asking:
    heard: list[Match] = []
    for texts in rounds:
        names = yield texts
        heard += [match for each in names for match in each]
    return heard


def values(question: Question) -> list[str]:
    return [match.value for match in question.found]


def test_each_question_hears_the_answers_to_its_own_texts() -> None:
    questions = [
        Question(asking()),
        Question(asking(["a"], ["b", "c"], ["d"])),
        Question(asking(["e", "f"])),
    ]
    assert [bool(each.texts) for each in questions] == [False, True, True]
    answer_all(questions, echo)
    assert [values(each) for each in questions] == [[], ["a", "b", "c", "d"], ["e", "f"]]
    assert not any(each.texts for each in questions)


@pytest.mark.parametrize(
    ("size", "calls"),
    [
        pytest.param(10, 1, id="short ones in one call"),
        pytest.param(TOGETHER, 5, id="a long one is a call of its own"),
        pytest.param(TOGETHER // 2, 3, id="as many as the bound takes"),
    ],
)
def test_the_model_is_asked_as_seldom_as_the_bound_lets_it(size: int, calls: int) -> None:
    asked: list[int] = []

    def model(texts: Sequence[str]) -> list[list[Match]]:
        asked.append(len(texts))
        return echo(texts)

    answer_all([Question(asking(["x" * size])) for _ in range(5)], model)
    assert len(asked) == calls
    assert sum(asked) == 5


def test_documents_of_a_batch_hold_what_they_hold_alone(installation: Installation) -> None:
    rng = random.Random(5)
    recipe = installation.setup().recipe(None)
    lines = [f"{fake.name(rng)} {fake.cpr(rng, hyphen=True)}" for _ in range(12)]
    documents = tuple(Faulty(tuple(f"good-{line}" for line in lines)).walk())
    together = examine_all(documents, recipe)
    alone = [examine(each, recipe) for each in documents]
    assert [each.readings for each in together] == [each.readings for each in alone]
    readings = [reading for each in together for reading in each.readings]
    kinds = {found.kind for reading in readings for found in reading.findings}
    assert {"PERSON", "DK_CPR"} <= kinds

"""Ask the names model about many texts at once: a segment waits until its answer is there.

A call of the model costs as much as two thousand characters; most documents are shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from detectors import Match

Asking = Generator[list[str], list[list[Match]], list[Match]]
"""Yields texts, is sent the names of each, and returns the matches of its segment in the end."""
Model = Callable[[Sequence[str]], list[list[Match]]]
TOGETHER = 200_000
"""Characters that the model is asked about at once, about: so its memory has a bound."""


class Question:
    """What one segment asks. `texts` is empty when `found` is the answer."""

    __slots__ = ("_asking", "found", "texts")

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.found: list[Match] = []
        self.texts: list[str] = []
        self._go_on(lambda: next(asking))

    def answer(self, names: list[list[Match]]) -> None:
        """Go on with the names of `texts`, one list each; it may ask again."""
        self._go_on(lambda: self._asking.send(names))

    def _go_on(self, step: Callable[[], list[str]]) -> None:
        try:
            self.texts = step()
        except StopIteration as ended:
            self.texts, self.found = [], ended.value


def answer_all(questions: Sequence[Question], model: Model) -> None:
    """Ask the model until every question has its answer; as few times as TOGETHER lets it."""
    waiting = [each for each in questions if each.texts]
    while waiting:
        some: list[Question] = []
        size = 0
        for each in waiting:
            some.append(each)
            size += sum(map(len, each.texts))
            if size >= TOGETHER:
                _answer(some, model)
                some, size = [], 0
        if some:
            _answer(some, model)
        waiting = [each for each in waiting if each.texts]


def _answer(questions: Sequence[Question], model: Model) -> None:
    names = model([text for each in questions for text in each.texts])
    at = 0
    for each in questions:
        count = len(each.texts)
        each.answer(names[at : at + count])
        at += count

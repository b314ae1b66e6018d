"""Tell detectors which of their matches stand beside a person that another detector has found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from detectors import FINDING, Beside, Detector, Match

PERSONS = frozenset(
    {
        "PERSON",
        "DK_CPR",
        "EMAIL_ADDRESS",
        "PASSPORT_MRZ",
        "DK_PASSPORT",
        "DK_DRIVER_LICENSE",
        "DK_HEALTH_CARD",
        "DATE_OF_BIRTH",
    }
)
"""Kinds that say: a person. Findings only; a phone number may be a company's."""


def listening(detectors: Iterable[Detector]) -> dict[str, Beside]:
    """Return the detectors that want to know of persons, by kind."""
    return {kind: each for each in detectors if isinstance(each, Beside) for kind in each.kinds}


def weighed(text: str, found: Sequence[Match], listeners: dict[str, Beside]) -> list[Match]:
    """Return the matches of one text, those of `listeners` weighed with the persons beside them.

    What a detector of names finds must be among `found`. Order is kept.
    """
    persons: list[Match] | None = None
    starts: list[int] = []
    weighed = list(found)
    for number, match in enumerate(found):
        listener = listeners.get(match[0])
        if listener is None or match[4] <= 0:
            continue
        if persons is None:
            persons = sorted(
                (each for each in found if each[0] in PERSONS and each[4] >= FINDING),
                key=lambda each: each[1],
            )
            starts = [each[1] for each in persons]
        if not persons:
            return weighed
        low, high = listener.stretch(text, match)
        at = bisect_left(starts, low)
        if at < len(persons) and persons[at].end <= high:
            weighed[number] = listener.beside(match, persons[at].kind)
    return weighed

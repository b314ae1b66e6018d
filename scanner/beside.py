"""Tell detectors which of their matches stand beside a person that another detector has found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from detectors import FINDING, MAYBE, Beside, Detector, Match, Nearby
from detectors.beside_people import ROW

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


SOME = 8
"""Persons of a stretch that are looked at for one of another kind."""


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
        if listener is None or not 0 < match[4] < listener.certain:
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
        inside = [each.kind for each in islice(persons, at, at + SOME) if each.end <= high]
        if inside:
            kind = next((kind for kind in inside if kind != match[0]), inside[0])
            weighed[number] = listener.beside(match, kind)
    return weighed


NAMED = frozenset({"PERSON", "EMAIL_ADDRESS", "DK_CPR", "DATE_OF_BIRTH"})
"""Kinds beside which a number may be somebody's. Maybes too, but for mail addresses: an address of
a function is a company's."""


def neighbours(detectors: Iterable[Detector]) -> tuple[Nearby, ...]:
    """Return the detectors that look at the lines of persons."""
    return tuple(each for each in detectors if isinstance(each, Nearby))


def near_people(text: str, found: list[Match], detectors: Sequence[Nearby]) -> list[Match]:
    """Return what `detectors` find on the lines of the persons among `found`, and nowhere else."""
    persons = sorted(
        (match[1], match[2])
        for match in found
        if match[0] in NAMED and match[4] >= (FINDING if match[0] == "EMAIL_ADDRESS" else MAYBE)
    )
    if not persons:
        return []
    windows = [*_windows(text, persons)]
    more: list[Match] = []
    for each in detectors:
        taken = {match[1] for match in found if match[0] in each.kinds}
        for window in windows:
            more += (match for match in each.near(text, window, persons) if match[1] not in taken)
    return more


def _windows(text: str, persons: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the lines of persons, neighbouring ones as one."""
    low = high = -1
    for start, end in persons:
        if start < high:
            continue
        first = max(text.rfind("\n", max(0, start - ROW), start) + 1, start - ROW)
        if first > high + 1 and high >= 0:
            yield low, high
            low = -1
        low = first if low < 0 else low
        newline = text.find("\n", end, end + ROW)
        high = min(len(text), end + ROW) if newline < 0 else newline
    yield low, high

"""The record of processing as the verdicts "it belongs here" give it: purposes, grounds, places.

GDPR Art. 30(1)(b), (c) and (f): a draft of what lies here. It knows nothing of what Fodspor does
not read, of recipients, nor of transfers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.answers.opened import Opened
from scanner.answers.verdicts import Decided
from scanner.index.verdicts import Basis


@dataclass(frozen=True, slots=True)
class Activity:
    """One purpose on one ground. `until`: the earliest end; `kinds` as they were decided about."""

    purpose: str
    ground: str
    verdicts: int
    until: str | None
    kinds: tuple[str, ...]
    places: tuple[str, ...] = field(repr=False)


def activities(opened: Opened, verdicts: Iterable[Decided]) -> list[Activity]:
    """Return the activities by purpose and ground, of those of `verdicts` that hold now."""
    held: dict[tuple[str, str], list[Decided]] = {}
    for each in verdicts:
        if each.decision == "belongs" and opened.verdicts.state(each) == "standing":
            held.setdefault((each.purpose, each.ground), []).append(each)
    return [
        Activity(
            purpose,
            ground,
            len(found),
            min((each.until for each in found if each.until), default=None),
            tuple(sorted({kind for basis in _bases(found) for kind in basis.kinds})),
            tuple(dict.fromkeys(each.shown for each in found)),
        )
        for (purpose, ground), found in sorted(held.items())
    ]


def _bases(found: Iterable[Decided]) -> Iterator[Basis]:
    """Yield what the documents were like; many verdicts of a purpose were given over the same."""
    told: set[str] = set()
    for each in found:
        if each.basis_text not in told and (basis := each.basis) is not None:
            told.add(each.basis_text)
            yield basis

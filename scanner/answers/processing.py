"""The record of processing as the verdicts "it belongs here" give it: purposes, grounds, places.

GDPR Art. 30(1)(b), (c) and (f): a draft of what lies here. It knows nothing of what Fodspor does
not read, of recipients, nor of transfers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.answers.naming import Naming
from scanner.answers.opened import Opened
from scanner.answers.verdicts import Decided
from scanner.index.verdicts import kinds_of


@dataclass(frozen=True, slots=True)
class Activity:
    """One purpose on one ground. `until`: the earliest end.

    `kinds`: all of a document now; of a folder or rule those that are more than ordinary.
    """

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
    naming = Naming(opened)
    return [
        Activity(
            purpose,
            ground,
            len(found),
            min((each.until for each in found if each.until), default=None),
            tuple(sorted({*_kinds_now(opened, found), *_kinds_then(found)})),
            tuple(dict.fromkeys(naming.verdict(each) for each in found)),
        )
        for (purpose, ground), found in sorted(held.items())
    ]


def _kinds_now(opened: Opened, found: Iterable[Decided]) -> Iterator[str]:
    for each in found:
        if each.about == "document" and each.document is not None:
            yield from kinds_of(opened.connection, each.document, opened.judging)
        elif each.kind:
            yield each.kind


def _kinds_then(found: Iterable[Decided]) -> Iterator[str]:
    """Yield what the documents were like; many verdicts of a purpose were given over the same."""
    told: set[str] = set()
    for each in found:
        if each.basis_text not in told and (basis := each.basis) is not None:
            told.add(each.basis_text)
            yield from basis.kinds

"""Compare all verdicts with the index at once: which no longer hold, and what rules ask about.

For pages: to compare one with a large folder, or with a rule, takes longer than a page may.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from scanner.answers.filters import path_matcher
from scanner.index.verdicts import Basis, Change

if TYPE_CHECKING:
    from scanner.answers.opened import Opened
    from scanner.answers.verdicts import Decided

MOST_BELOW = 1000
"""Documents told of one folder or rule."""
_WILD = re.compile(r"\[!?\]?[^\]/]*\]|[*?{}\[\]/\\]")


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found, by the verdicts' numbers. `below`: documents with findings that
    a task about a folder or rule asks for.

    `bases`: what folders and rules were like whose verdicts did not know it yet.
    """

    changes: Mapping[int, tuple[Change, ...]]
    below: Mapping[int, tuple[int, ...]]
    bases: Mapping[int, Basis] = field(default_factory=dict)

    def written(self) -> Any:
        """Return it as JSON, numbers and codes alone."""
        return {
            "changes": {str(number): list(each) for number, each in self.changes.items()},
            "below": {str(number): list(each) for number, each in self.below.items()},
        }

    @classmethod
    def read(cls, held: Any) -> Compared:
        return cls(
            {
                int(number): tuple(each for each in get_args(Change) if each in codes)
                for number, codes in held["changes"].items()
            },
            {int(number): tuple(map(int, each)) for number, each in held["below"].items()},
        )


def compare(opened: Opened) -> Compared:
    """Compare every verdict that has not ended. Takes seconds; `opened` is the whole index."""
    from scanner.answers.verdicts import basis_of_documents

    verdicts = opened.verdicts
    open_ = [each for each in verdicts.all if each.ended is None]
    wide = [each for each in open_ if each.about in ("folder", "rule")]
    under = _under(opened, wide)
    changes: dict[int, tuple[Change, ...]] = {}
    bases: dict[int, Basis] = {}
    for each in open_:
        if each.id not in under:
            changes[each.id] = verdicts.changes(each)
            continue
        if each.is_task and each.basis_text:
            continue
        after = basis_of_documents(opened, under[each.id].all, each.kind)
        if each.basis is None:
            bases[each.id] = after
        elif not each.is_task:
            changes[each.id] = each.basis.changes(after)
    below = {each.id: under[each.id].first(MOST_BELOW) for each in wide if each.is_task}
    return Compared(changes, below, bases)


@dataclass(slots=True)
class _Under:
    all: list[int] = field(default_factory=list)
    risky: list[tuple[str, int]] = field(default_factory=list)

    def first(self, most: int) -> tuple[int, ...]:
        """Return the first documents with findings, by path."""
        return tuple(number for _, number in sorted(self.risky)[:most])


def _under(opened: Opened, wide: Sequence[Decided]) -> dict[int, _Under]:
    """Return the documents below each folder and under each rule, in one walk over all of them."""
    found = {each.id: _Under() for each in wide}
    if not wide:
        return found
    rules = [
        (found[each.id], *_literals(each.glob), path_matcher(each.glob, bytes))
        for each in wide
        if each.about == "rule"
    ]
    folders: dict[str, dict[int, dict[bytes, list[_Under]]]] = {}
    for each in wide:
        if each.about == "folder" and each.folder:
            lengths = folders.setdefault(each.device, {})
            of_length = lengths.setdefault(len(each.folder), {})
            of_length.setdefault(each.folder, []).append(found[each.id])
    for number, device, path, display, risk in opened.connection.execute(
        "SELECT id, device, path, display, risk FROM document WHERE gone_run IS NULL"
    ):
        held = [
            under
            for length, of_length in folders.get(device, {}).items()
            for under in of_length.get(path[:length], ())
        ]
        told = display or ""
        folded = told.casefold()
        for under, longest, others, matches in rules:
            if longest not in folded or not all(each in folded for each in others):
                continue
            if matches(told.encode("utf-8", "surrogateescape")):
                held.append(under)
        for under in held:
            under.all.append(number)
            if risk and risk > 0:
                under.risky.append((told, number))
    return found


def _literals(glob: str) -> tuple[str, list[str]]:
    """Return the parts of a glob that a path must have in it as they are: the longest, others."""
    pieces = {each for each in _WILD.split(glob.casefold()) if each and each.isascii()}
    first, *others = sorted(pieces, key=len, reverse=True) or [""]
    return first, others

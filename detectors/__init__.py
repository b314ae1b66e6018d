"""What a detector is, what it says of a text, and which detectors there are.

Detectors work on `str`, stand alone and import nothing else of Fodspor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, runtime_checkable

FINDING = 0.60
"""Confidence from which a match is a finding."""
MAYBE = 0.40
"""Confidence from which a match is kept as maybe; below it is dropped."""


class Match(NamedTuple):
    """One value in a text. A named tuple, because dense tables make millions of them.

    `start` and `end` are half-open code points of the text; `value` is canonical
    (docs/detectors.md) and never printed. `confidence` 0-1; 0 says "has the shape, is none": it
    only feeds the column's count. `evidence` holds codes, `code` or `code:parameter`, never words
    or values. `column` (index in Table.columns, -1 for none) and `count` are set before `judge`.
    """

    kind: str
    start: int
    end: int
    value: str
    confidence: float
    evidence: tuple[str, ...] = ()
    column: int = -1
    count: int = 1  # type: ignore[assignment]  # instead of the method of tuples

    def __repr__(self) -> str:
        return (
            f"Match({self.kind}, {self.start}-{self.end}, {self.confidence:.2f}, {self.evidence})"
        )


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet or CSV, or one key of JSON or XML, as counted over a whole content.

    `rows` counts data rows (0 where unknown). `shapes` counts per kind the matches of any
    confidence, `likely` those whose own evidence reached MAYBE, before any judging.
    """

    header: str = field(repr=False)
    rows: int
    shapes: Mapping[str, int]
    likely: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Table:
    """What `judge` may look at besides its matches: the content's columns and kinds.

    `kinds` counts, per kind, the matches of the whole content at or above MAYBE.
    """

    columns: Sequence[Column]
    kinds: Mapping[str, int]


class Shape(NamedTuple):
    """A regular expression (Python syntax, on `str`) that every match of a detector contains.

    The gate derives a superset automaton from it. `flags` are those of `re`.
    `reach` is how many code points before and after the shape's end `find` wants to see.
    """

    regex: str
    flags: int = 0
    reach: int = 160


@runtime_checkable
class Detector(Protocol):
    """Finds values of some kinds in a text. Pure: no state between calls, any process."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str:
        """Changes whenever other findings could appear: rules, weights or word lists."""
        ...

    @property
    def kinds(self) -> tuple[str, ...]: ...

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """What the gate looks for; empty: `find` sees all text (slow, `doctor` says so)."""
        ...

    def find(self, text: str) -> Iterable[Match]:
        """Yield the matches in one window of text, ordered by start, own evidence only."""
        ...

    def judge(self, matches: Sequence[Match], table: Table) -> Iterable[Match]:
        """Weigh each distinct (value, column) of one content again, knowing the whole table.

        Called once per content with all its matches of this detector's kinds above 0; yields
        one Match for one Match, in order, with confidence and evidence as they finally are.
        """
        ...


@runtime_checkable
class Counting(Protocol):
    """A detector whose columns are judged by how much in them has its shape and is none.

    Instead of matches of confidence 0, which cost as much as real ones where there are many: it is
    asked only for texts that have columns. It has one kind.
    """

    @property
    def kinds(self) -> tuple[str, ...]: ...

    def shapes_in(self, text: str) -> Sequence[int]:
        """Return the starts of all that has the kind's shape in `text`, ascending."""
        ...


@runtime_checkable
class Headed(Protocol):
    """A detector of numbers that are nothing without a word near them or at their column's head.

    A scan does not ask it to look at every number: its `parts` look where a word or a form speaks
    for one, and all of it looks at a text only under a head for which `headed` is true.
    """

    @property
    def parts(self) -> tuple[Detector, ...]:
        """Detectors that together find each match of `find` that reaches MAYBE by itself."""
        ...

    def headed(self, header: str) -> bool:
        """Whether the head of a column, or a key, makes numbers below it likely ones."""
        ...


@runtime_checkable
class Beside(Protocol):
    """A detector to which it matters that another detector finds a person beside its match.

    A scan asks it after all detectors have looked at a text, and before matches are counted.
    """

    @property
    def certain(self) -> float:
        """The confidence from which it is not asked about a match; 1.0 for always."""
        ...

    def stretch(self, text: str, match: Match) -> tuple[int, int]:
        """Return where in `text` a person would stand beside `match`: half-open code points."""
        ...

    def beside(self, match: Match, kind: str) -> Match:
        """Return `match` as it is when a finding of `kind` stands in its stretch."""
        ...


@runtime_checkable
class Nearby(Protocol):
    """A detector of numbers that are nothing but for a person in their row or right in front.

    A scan asks it after all detectors have looked at a text, for the lines that hold a person; its
    columns then tell in `judge` what such a number is.
    """

    @property
    def kinds(self) -> tuple[str, ...]: ...

    def near(
        self, text: str, window: tuple[int, int], persons: Sequence[tuple[int, int]]
    ) -> Iterable[Match]:
        """Yield the matches that start in text[window], some lines.

        `persons` are the half-open stretches of all persons in the text, ascending by start.
        """
        ...


def load(kinds: Sequence[str] | None = None) -> tuple[Detector, ...]:
    """Return the built-in detectors, then those of entry points "fodspor.detectors".

    `kinds` keeps only detectors of these kinds; an unknown kind raises ValueError naming it.
    """
    from detectors.catalogue import select

    return select(kinds)

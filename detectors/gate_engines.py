"""Run the gate's byte expressions over a text in one pass: hyperscan, else RE2, else `re`.

An engine says where its expressions occur; it decides nothing about matches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple, Protocol

from detectors.gate_factors import Factors, factors
from detectors.gate_nodes import add
from detectors.gate_superset import NEUTRAL, Superset

RE2_BYTES = 64 << 20
"""Memory that RE2's automata may grow to; too little would make its set miss in silence."""


_PAD = NEUTRAL * 128
"""Vectorscan 5.4.12, which is in the hyperscan wheels up to 0.9.1, may miss an occurrence in the
last vector (64 bytes) of what it is given (its issue 358 and pull request 378)."""


class Reach(NamedTuple):
    """How far a match may reach around a hit, in code points (None: to the end of its run)."""

    left: int | None
    right: int | None


class Hits(NamedTuple):
    """Where one expression occurs: starts and ends in code points, both ascending, pairwise.

    Every occurrence ends in, or overlaps, one of them. hyperscan knows ends only: both are equal.
    """

    starts: list[int]
    ends: list[int]


class Engine(Protocol):
    """Expressions compiled once. `refused` are the numbers of those it cannot run, and why."""

    name: str
    refused: dict[int, str]

    def reach(self, superset: Superset) -> Reach:
        """Return how far a match of `superset` may reach around this engine's hits."""
        ...

    def hits(self, data: bytes) -> list[tuple[int, Hits]]:
        """Return the hits in what `gate_classes.encode` made, for the expressions that have any."""
        ...


class HyperscanEngine:
    """Block mode, ends only: the callback appends and nothing else."""

    name = "hyperscan"

    def __init__(self, supersets: Sequence[Superset]) -> None:
        import hyperscan

        self.refused: dict[int, str] = {}
        expressions = [superset.expression.encode("ascii") for superset in supersets]
        wanted = list(range(len(expressions)))
        try:
            self._database = self._compiled(hyperscan, expressions, wanted)
        except hyperscan.error:
            for number in list(wanted):
                try:
                    self._compiled(hyperscan, expressions, [number])
                except hyperscan.error:
                    self.refused[number] = "hyperscan cannot run it"
                    wanted.remove(number)
            self._database = self._compiled(hyperscan, expressions, wanted)
        self._count = len(expressions)

    @staticmethod
    def _compiled(hyperscan: object, expressions: list[bytes], wanted: list[int]) -> object:
        from hyperscan import HS_MODE_BLOCK, Database

        if not wanted:
            return None
        database = Database(mode=HS_MODE_BLOCK)
        database.compile(
            expressions=[expressions[number] for number in wanted],
            ids=wanted,
            elements=len(wanted),
            flags=[0] * len(wanted),
        )
        return database

    def reach(self, superset: Superset) -> Reach:
        return Reach(add(superset.left, 1), superset.right)

    def hits(self, data: bytes) -> list[tuple[int, Hits]]:
        if self._database is None or not data:
            return []
        size = len(data)
        ends: list[list[int]] = [[] for _ in range(self._count)]
        appends = [each.append for each in ends]

        def on_hit(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            appends[number](end)

        self._database.scan(data + _PAD, match_event_handler=on_hit)  # type: ignore[attr-defined]
        found = []
        for number, each in enumerate(ends):
            if each:
                each.sort()
                if each[-1] > size:
                    each = [min(end, size) for end in each]
                found.append((number, Hits(each, each)))
        return found


class Re2Engine:
    """RE2's set says which expressions occur at all; RE2 then says where."""

    name = "re2"

    def __init__(self, supersets: Sequence[Superset]) -> None:
        import re2

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        options.max_mem = RE2_BYTES
        self.refused: dict[int, str] = {}
        self._searches: list[tuple[int, Callable[..., Any]]] = []
        members = re2.Set.SearchSet(options)
        for number, superset in enumerate(supersets):
            expression = superset.expression.encode("ascii")
            try:
                search = re2.compile(expression, options).search
                members.Add(expression)
            except re2.error:
                self.refused[number] = "RE2 cannot run it"
                continue
            self._searches.append((number, search))
        self._set: Any = None
        if self._searches:
            try:
                members.Compile()  # fails when RE2_BYTES are too few for a set: search them all
                self._set = members
            except re2.error:
                pass

    def _members(self, data: bytes) -> Sequence[int]:
        if self._set is None:
            return range(len(self._searches))
        return self._set.Match(data) or ()

    def reach(self, superset: Superset) -> Reach:
        # Occurrences that overlap a hit are not reported: each lies within its width of it.
        return Reach(add(superset.width, 1), add(superset.width, 1))

    def hits(self, data: bytes) -> list[tuple[int, Hits]]:
        if not self._searches or not data:
            return []
        found = []
        for member in sorted(self._members(data)):
            number, search = self._searches[member]
            hits = Hits([], [])
            position = 0
            while (match := search(data, position)) is not None:
                start, end = match.span()
                hits.starts.append(start)
                hits.ends.append(end)
                position = max(start + 1, end - 1)  # an edge took one byte that the next may need
            found.append((number, hits))
        return found


class ReEngine:
    """The standard library alone: bytes are mapped to classes, then fixed strings are found."""

    name = "re"

    def __init__(self, supersets: Sequence[Superset]) -> None:
        self.refused: dict[int, str] = {}
        self._wanted: list[tuple[int, Factors]] = []
        for number, superset in enumerate(supersets):
            found = factors(superset.core)
            if found is None:
                self.refused[number] = "it has no fixed part that the standard library can find"
            else:
                self._wanted.append((number, found))

    def reach(self, superset: Superset) -> Reach:
        return Reach(superset.width, superset.width)

    def hits(self, data: bytes) -> list[tuple[int, Hits]]:
        mapped: dict[bytes, bytes] = {}
        found = []
        for number, (table, strings, search) in self._wanted:
            text = mapped.get(table)
            if text is None:
                text = mapped[table] = data.translate(table)
            if search is None:
                starts = _occurrences(text, strings[0])
                size = len(strings[0])
                ends = [start + size for start in starts]
            else:
                spans = [match.span() for match in search(text)]
                starts, ends = [start for start, _ in spans], [end for _, end in spans]
            if starts:
                found.append((number, Hits(starts, ends)))
        return found


def _occurrences(text: bytes, string: bytes) -> list[int]:
    starts: list[int] = []
    find, append, size = text.find, starts.append, len(string)
    position = find(string)
    while position >= 0:
        append(position)
        position = find(string, position + size)
    return starts


_ENGINES: dict[str, Callable[[Sequence[Superset]], Engine]] = {
    "hyperscan": HyperscanEngine,
    "re2": Re2Engine,
    "re": ReEngine,
}
AVAILABLE: tuple[str, ...] = tuple(
    name for name in _ENGINES if name == "re" or find_spec(name) is not None
)
"""The engines that are installed, fastest first."""


def start(supersets: Sequence[Superset], name: str | None = None) -> Engine:
    """Return the engine `name` (default: the fastest that loads), with `supersets` compiled.

    Raises ValueError for an unknown name and ImportError when a named engine is not installed.
    """
    if name is not None:
        if name not in _ENGINES:
            raise ValueError(f"unknown gate engine {name!r}; known are {', '.join(_ENGINES)}")
        return _ENGINES[name](supersets)
    for each in AVAILABLE:
        try:
            return _ENGINES[each](supersets)
        except ImportError:  # a wheel for another processor: the next engine finds the same
            continue
    return ReEngine(supersets)

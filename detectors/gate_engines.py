"""Run the gate's byte expressions over a text in one pass: RE2, else hyperscan, else `re`.

An engine says where its expressions occur; it decides nothing about matches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, NamedTuple, Protocol

from detectors.gate_factors import Factors, factors
from detectors.gate_nodes import add
from detectors.gate_superset import Superset

RE2_BYTES = 64 << 20
"""Memory that RE2's automata may grow to; too little would make its set miss in silence."""
CHUNK = 4096
"""Bytes that RE2's set looks at at once: fewer cost calls, more make its automaton lose states."""
OVERLAP = 512
"""Bytes that a chunk sees of the next; expressions whose core can be longer are always searched."""
_SOUND_BEFORE, _SOUND_AFTER = (5, 4, 3), (5, 4, 12)
"""Hyperscan up to 5.4.2 (Intel) is sound. Vectorscan, which took its place in the wheels from 0.7.0
on, lets what it scans overwrite the stack (fixed by its pull request 392, April 2026) and misses
occurrences near the end (its issue 358) up to 5.4.12: no engine for documents of strangers."""


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


class Re2Engine:
    """RE2's set says which expressions occur in which chunk; RE2 then says where."""

    name = "re2"

    def __init__(self, supersets: Sequence[Superset]) -> None:
        import re2

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        options.never_capture = True
        options.longest_match = True  # of those with one start, so that each start tells all
        options.max_mem = RE2_BYTES
        self.refused: dict[int, str] = {}
        self._always: list[int] = []
        self._searches: dict[int, _Search] = {}
        self._members: list[int] = []
        self._begins = [superset.begins for superset in supersets]
        self._set: Any = re2.Set.SearchSet(options)
        for number, superset in enumerate(supersets):
            expression = superset.expression.encode("ascii")
            try:
                self._searches[number] = _searching(re2, re2.compile(expression, options))
                if superset.left is None or superset.left + 2 > OVERLAP:
                    self._always.append(number)
                else:
                    self._set.Add(superset.coarse.encode("ascii"))
                    self._members.append(number)
            except re2.error:
                self._searches.pop(number, None)
                self.refused[number] = "RE2 cannot run it"
        try:
            self._set.Compile()
        except re2.error:  # its automaton needs more than RE2_BYTES: search for each
            self._always += self._members
            self._members = []

    def reach(self, superset: Superset) -> Reach:
        if superset.begins:
            return Reach(add(superset.before, 1), add(superset.after, 1))
        # Occurrences that overlap a hit are not reported: they start in it, and an edge took one.
        return Reach(add(superset.before, 1), add(superset.width, 1))

    def hits(self, data: bytes) -> list[tuple[int, Hits]]:
        if not data:
            return []
        stretches: dict[int, list[tuple[int, int]]] = {
            number: [(0, len(data))] for number in self._always
        }
        if self._members:
            occurs = self._set.Match
            for start in range(0, len(data), CHUNK):
                end = start + CHUNK + OVERLAP
                for member in occurs(data[start:end]) or ():
                    _extend(stretches.setdefault(self._members[member], []), start, end)
        found = []
        for number, ranges in sorted(stretches.items()):
            hits = self._hits(data, ranges, self._searches[number], self._begins[number])
            if hits.ends:
                found.append((number, hits))
        return found

    @staticmethod
    def _hits(
        data: bytes, ranges: Sequence[tuple[int, int]], search: _Search, begins: bool
    ) -> Hits:
        starts: list[int] = []
        ends: list[int] = []
        for low, high in ranges:
            high = min(high, len(data))
            ((start, end),) = search(data, low, high)
            while start >= 0:
                starts.append(start)
                ends.append(end)
                # An edge took one byte that the next occurrence may need.
                position = start + 1 if begins or end - 1 <= start else end - 1
                ((start, end),) = search(data, position, high)
        return Hits(starts, ends)


_Search = Callable[[bytes, int, int], Sequence[tuple[int, int]]]
"""Takes bytes, start and end; returns one span, (-1, -1) for none."""


def _searching(re2: Any, compiled: Any) -> _Search:
    try:  # without the wrapper's generator and match objects: a third of the time of a hit
        search = partial(compiled._regexp.Match, re2._re2.RE2.Anchor.UNANCHORED)
        ((start, _),) = search(b"", 0, 0)
        if start == -1:
            return search
    except (AttributeError, TypeError, ValueError):
        pass  # another version of the wrapper: by its own door then

    def found(data: bytes, start: int, end: int) -> Sequence[tuple[int, int]]:
        match = compiled.search(data, start, end)
        return ((-1, -1),) if match is None else (match.span(),)

    return found


def _extend(ranges: list[tuple[int, int]], start: int, end: int) -> None:
    if ranges and start <= ranges[-1][1]:
        ranges[-1] = (ranges[-1][0], end)
    else:
        ranges.append((start, end))


class HyperscanEngine:
    """Block mode, ends only: the callback appends and nothing else.

    Raises ImportError for a build that documents of strangers may crash or worse.
    """

    name = "hyperscan"

    def __init__(self, supersets: Sequence[Superset]) -> None:
        import hyperscan

        _refuse_unsound(hyperscan)
        self.refused: dict[int, str] = {}
        expressions = [superset.expression.encode("ascii") for superset in supersets]
        wanted = list(range(len(expressions)))
        try:
            self._database = _database(hyperscan, expressions, wanted)
        except hyperscan.error:
            for number in list(wanted):
                try:
                    _database(hyperscan, expressions, [number])
                except hyperscan.error:
                    self.refused[number] = "hyperscan cannot run it"
                    wanted.remove(number)
            self._database = _database(hyperscan, expressions, wanted)
        self._count = len(expressions)

    def reach(self, superset: Superset) -> Reach:
        return Reach(add(superset.left, 1), superset.after)

    def hits(self, data: bytes) -> list[tuple[int, Hits]]:
        if self._database is None or not data:
            return []
        ends: list[list[int]] = [[] for _ in range(self._count)]
        appends = [each.append for each in ends]

        def on_hit(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            appends[number](end)

        self._database.scan(data, match_event_handler=on_hit)
        found = []
        for number, each in enumerate(ends):
            if each:
                each.sort()
                found.append((number, Hits(each, each)))
        return found


def _database(hyperscan: Any, expressions: Sequence[bytes], wanted: Sequence[int]) -> Any:
    if not wanted:
        return None
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expressions[number] for number in wanted],
        ids=list(wanted),
        elements=len(wanted),
        flags=[0] * len(wanted),
    )
    return database


def _refuse_unsound(hyperscan: Any) -> None:
    said = re.match(rb"Version: (\d+)\.(\d+)\.(\d+)", _database(hyperscan, [b"a"], [0]).info())
    version = tuple(map(int, said.groups())) if said else ()
    if not version or _SOUND_BEFORE <= version <= _SOUND_AFTER:
        raise ImportError("this build of hyperscan is not safe with documents of strangers")


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
    "re2": Re2Engine,
    "hyperscan": HyperscanEngine,
    "re": ReEngine,
}


def _loads(name: str) -> bool:
    try:
        _ENGINES[name](())
    except ImportError:
        return False
    return True


@cache
def available() -> tuple[str, ...]:
    """Return the engines that load here, fastest first."""
    return tuple(name for name in _ENGINES if _loads(name))


def start(supersets: Sequence[Superset], name: str | None = None) -> Engine:
    """Return the engine `name` (default: the fastest that loads), with `supersets` compiled.

    Raises ValueError for an unknown name and ImportError when a named engine does not load.
    """
    if name is not None:
        if name not in _ENGINES:
            raise ValueError(f"unknown gate engine {name!r}; known are {', '.join(_ENGINES)}")
        return _ENGINES[name](supersets)
    return _ENGINES[available()[0]](supersets)

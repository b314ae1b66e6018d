"""Gather the matches of one content, have them judged with its table, and seal them as findings."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from detectors import MAYBE, Column, Match, Table
from scanner.asking import Question, answer_all
from scanner.beside import near_people, weighed
from scanner.extract.layout import Fixed, Grid, Lines
from scanner.joined import ADDRESS_KINDS, Told, joined
from scanner.matches import plain_digits, touching, uncovered
from scanner.model import Finding, Layout, Place, Segment
from scanner.privacy import mask
from scanner.spill import Spill
from scanner.tables import Tables

if TYPE_CHECKING:
    from scanner.tools import Tools

PLACES_KEPT = 5
SPILL_AT = 200_000
"""Distinct values of one content held in memory; beyond, judged ones go to a temporary store."""
WAITING = 500_000
"""Characters of a content that wait for the names model before it is asked for them."""
NO_COLUMN = -1
_START = itemgetter(1)
_new = tuple.__new__  # a third of the time of Match._replace


class _Column:
    __slots__ = ("header", "likely", "shapes", "sheet")

    def __init__(self, header: str, sheet: str) -> None:
        self.header = header
        self.sheet = sheet
        self.shapes: Counter[str] = Counter()
        self.likely: Counter[str] = Counter()


class _Entry:
    __slots__ = ("count", "match", "places")

    def __init__(self, match: Match) -> None:
        self.match = match
        self.count = 0
        self.places: list[Place] = []


class _Waiting:
    """A segment that waits for names, with its text as detectors see it."""

    __slots__ = ("question", "segment", "text")

    def __init__(self, segment: Segment, text: str, question: Question) -> None:
        self.segment, self.text, self.question = segment, text, question


_Entries = dict[tuple[str, str, int], _Entry]


class Collector:
    """Takes the segments of one content; `findings` judges and seals. One per content, in a worker.

    Raw values live here and in the matches only, and die with them.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._columns: dict[str, int] = {}
        self._counts: list[_Column] = []
        self._rows: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._entries: _Entries = {}
        self._again: dict[int, tuple[_Entries, Counter[str]]] = {}
        """Of each other rendering of what `_entries` holds, by its number."""
        self._fields: dict[int, tuple[_Entries, Counter[str]]] = {}
        """Of address fields, by the rendering that they stand in."""
        self._spill: Spill | None = None
        self._tables = Tables()
        self._finished = False
        self._waiting: list[_Waiting] = []
        self.waiting = 0
        """Characters that wait for the names model."""
        self._named = False
        """Whether a place may hold a name that somebody gave, which must be sealed."""
        self.segments = 0
        self._weak: set[str] = set()
        self._touching: set[str] = set()

    def shapes(self) -> tuple[str, ...]:
        """Return what findings do not say of the configuration's kinds (Reading.shapes).

        To be asked after `findings`.
        """
        weak = (f"{kind}:weak" for kind in sorted(self._weak & self._tools.own.keys()))
        return (*weak, *(f"{kind}:touching" for kind in sorted(self._touching)))

    def add(self, segment: Segment) -> None:
        """Find the matches that a segment owns."""
        self.segments += 1
        self._tables.saw(segment)
        text, layout = plain_digits(segment.text), segment.layout
        if segment.rows:
            self._rows[getattr(layout, "sheet", None) or ""] += segment.rows
        start, end = _own(segment, text)
        found = [match for _, each in self._tools.gate.matches(text) for match in each]
        if headers := getattr(layout, "headers", ()):
            found = self._under_heads(text, headers, found)
        if self._tools.people is None:
            self._take(segment, text, found)
            return
        question = self._tools.people.question(text, layout, (start, end), found)
        if not question.texts and not self._waiting:
            self._take(segment, text, question.found)
            return
        self._waiting.append(_Waiting(segment, text, question))
        self.waiting += len(text)
        if self.waiting > WAITING:
            self._catch_up()

    def questions(self) -> list[Question]:
        """Return what waits for the names model. Who answers it spares `findings` to ask."""
        return [each.question for each in self._waiting]

    def _catch_up(self) -> None:
        """Take the segments that wait, in their order."""
        if self._tools.people is None:
            return
        waiting, self._waiting, self.waiting = self._waiting, [], 0
        answer_all([each.question for each in waiting], self._tools.people.model)
        for each in waiting:
            self._take(each.segment, each.text, each.question.found)

    def _take(self, segment: Segment, text: str, found: list[Match]) -> None:
        layout = segment.layout
        start, end = _own(segment, text)
        if self._tools.neighbours and not getattr(layout, "headers", ()):
            # a head says what its numbers are
            near = near_people(text, found, self._tools.neighbours)
            if near and self._tools.people is not None:
                found = self._tools.people.beside(found, near)
            found = [*found, *near] if near else found
        if self._tools.listeners:
            found = weighed(text, found, self._tools.listeners)
        matches: list[Match] = []
        shapes: list[tuple[str, int]] = []
        for match in found:
            if start <= match[1] < end:
                if match[4] > 0:
                    matches.append(match)
                else:
                    shapes.append(match[:2])
        if not isinstance(layout, Lines | Fixed):  # these have no columns
            for kind, shapes_in in self._tools.counting:
                known = {match[1] for match in found if match[0] == kind}
                shapes += (
                    (kind, at) for at in shapes_in(text) if start <= at < end and at not in known
                )
            if shapes:
                self._count_shapes(shapes, text, layout)
        if not matches:
            return
        if len(matches) > 1:
            chosen = uncovered(matches)
            if chosen is not matches and self._tools.own:
                self._touching |= touching(matches, self._tools.own)
            matches = chosen
        if segment.again or segment.addresses:
            self._aside(segment, matches)
            return
        self._enter(matches, text, layout)
        if len(self._entries) > SPILL_AT:
            self._spill_now()

    def _aside(self, segment: Segment, matches: list[Match]) -> None:
        """Count what is another rendering, or stands in a mail's address fields, by itself."""
        fields: list[Match] = []
        if segment.addresses:
            starts = [start for start, _ in segment.addresses]
            texts: list[Match] = []
            for match in matches:
                at = bisect_right(starts, match[1]) - 1
                within = at >= 0 and match[1] < segment.addresses[at][1]
                (fields if within and match[0] in ADDRESS_KINDS else texts).append(match)
            matches = texts
        main, kinds = self._entries, self._kinds
        for some, held in ((matches, self._again), (fields, self._fields)):
            if not some:
                continue
            if held is self._fields or segment.again:
                self._entries, self._kinds = held.setdefault(segment.again, ({}, Counter()))
            self._enter(some, segment.text, segment.layout)
            full = len(self._entries) > SPILL_AT
            self._entries, self._kinds = main, kinds
            if full:
                self._spill_now()

    def _enter(self, matches: list[Match], text: str, layout: Layout) -> None:
        """Count matches by value and column, with their places."""
        self._named = self._named or not (
            (isinstance(layout, Lines) and not layout.prefix)
            or (isinstance(layout, Grid) and layout.sheet is None and not layout.prefix)
        )
        if isinstance(layout, Grid):
            self._count_cells(matches, text, layout)
        elif isinstance(layout, Lines):
            numbers = layout.lines(text, [match[1] for match in matches])
            for match, number in zip(matches, numbers, strict=True):
                places = self._count(match, NO_COLUMN)
                if places is not None:
                    places.append(layout.at(number))
        else:
            for match in matches:
                key = layout.column(text, match[1])
                places = self._count(match, NO_COLUMN if key is None else self._column(key, layout))
                if places is not None:
                    places.append(layout.place(text, match[1]))

    def _under_heads(self, text: str, headers: tuple[str, ...], found: list[Match]) -> list[Match]:
        """Let the detectors for which a column head speaks look at all of the text."""
        headed = self._tools.headed(headers)
        if not headed:
            return found
        kinds = {kind for each in headed for kind in each.kinds}
        return [
            *(match for match in found if match.kind not in kinds),
            *(match for each in headed for match in each.find(text)),
        ]

    def _column(self, key: str, layout: Layout) -> int:
        index = self._columns.get(key, NO_COLUMN)
        if index == NO_COLUMN:
            index = self._columns[key] = len(self._counts)
            self._counts.append(_Column(layout.header(key), key.rpartition("\x1f")[0]))
        return index

    def _count_shapes(self, shapes: list[tuple[str, int]], text: str, layout: Layout) -> None:
        """Count what has a kind's shape and is none: it only tells what a column holds."""
        if isinstance(layout, Grid):
            shapes.sort(key=_START)
            cells = layout.cells(text, [shape[1] for shape in shapes])
            top = layout.table_row
            counted = Counter(
                (shape[0], cell)
                for shape, (row, cell) in zip(shapes, cells, strict=True)
                if row >= top
            )
            for (kind, cell), count in counted.items():
                column = self._counts[self._column(layout.key(cell), layout)]
                column.shapes[kind] += count
            return
        for shape in shapes:
            key = layout.column(text, shape[1])
            if key is not None:
                self._counts[self._column(key, layout)].shapes[shape[0]] += 1

    def _count_cells(self, matches: list[Match], text: str, layout: Grid) -> None:
        columns: dict[int, int] = {}
        top = layout.table_row
        cells = layout.cells(text, [match[1] for match in matches])
        for match, (row, cell) in zip(matches, cells, strict=True):
            index = NO_COLUMN
            if row >= top:
                known = columns.get(cell)
                if known is None:
                    known = columns[cell] = self._column(layout.key(cell), layout)
                index = known
            places = self._count(match, index)
            if places is not None:
                places.append(layout.at(row, cell))

    def _count(self, match: Match, index: int) -> list[Place] | None:
        """Count a match of a column; return its places where one more is wanted."""
        kind, _, _, value, confidence, _, _, _ = match
        if index != NO_COLUMN:
            column = self._counts[index]
            column.shapes[kind] += 1
            if confidence >= MAYBE:
                column.likely[kind] += 1
        if confidence >= MAYBE:
            self._kinds[kind] += 1
        else:
            self._weak.add(kind)
        entry = self._entries.get((kind, value, index))
        if entry is None:
            self._entries[kind, value, index] = entry = _Entry(match)
        elif confidence > entry.match.confidence:
            entry.match = match
        entry.count += 1
        return entry.places if len(entry.places) < PLACES_KEPT else None

    def judged(self) -> Iterator[Told]:
        """Yield each distinct value and column with its final confidence, and its first places."""
        self._catch_up()
        columns = [Column(c.header, self._rows[c.sheet], c.shapes, c.likely) for c in self._counts]
        if self._again or self._fields:
            yield from self._joined(columns)
        else:
            yield from self._weighed(self._entries, Table(columns, self._kinds))
        if self._finished and self._tools.tables:
            self._named = True
            by_key = {key: columns[number] for key, number in self._columns.items()}
            yield from self._tables.found(by_key)

    def _joined(self, columns: Sequence[Column]) -> Iterator[Told]:
        kinds = self._kinds.copy()
        for _, its_kinds in self._fields.values():
            kinds += its_kinds

        def weighed(held: dict[int, tuple[_Entries, Counter[str]]]) -> dict[int, Iterator[Told]]:
            return {
                number: self._weighed(entries, Table(columns, kinds + its_kinds))
                for number, (entries, its_kinds) in held.items()
            }

        main = self._weighed(self._entries, Table(columns, kinds))
        return joined(main, weighed(self._again), weighed(self._fields))

    def _weighed(self, held: _Entries, table: Table) -> Iterator[Told]:
        by_detector: dict[int, list[tuple[int, _Entry]]] = {}
        for (kind, _, column), entry in held.items():
            by_detector.setdefault(self._tools.owner_of(kind), []).append((column, entry))
        for number, entries in by_detector.items():
            matches = [
                _new(Match, (*entry.match[:6], column, entry.count)) for column, entry in entries
            ]
            judged = self._tools.detectors[number].judge(matches, table)
            for (_, entry), match in zip(entries, judged, strict=True):
                if match.confidence >= MAYBE:
                    yield match, entry.places
                else:
                    self._weak.add(match.kind)

    def findings(self) -> Sequence[Finding]:
        """Return one finding for each distinct value and kind; a large number comes as a Spill."""
        self._catch_up()
        self._finished = True
        if self._spill is None:
            return self._sealed()
        self._spill_now()
        return self._spill

    def _spill_now(self) -> None:
        if self._spill is None:
            self._spill = Spill(self._tools.folder)
        self._spill.add(self._sealed())
        self._entries.clear()
        self._again.clear()
        self._fields.clear()

    def _sealed(self) -> list[Finding]:
        merged: dict[tuple[str, str], tuple[Match, int, Sequence[Place]]] = {}
        get = merged.get
        for match, places in self.judged():
            key = (match[0], match[3])
            held = get(key)
            if held is None:
                merged[key] = (match, match[7], places)
            else:
                best = held[0] if held[0].confidence >= match.confidence else match
                merged[key] = (best, held[1] + match.count, [*held[2], *places][:PLACES_KEPT])
        fingerprint = self._tools.seal.fingerprint
        steps = self._tools.names.steps if self._named else tuple
        second = self._tools.seal.second_fingerprint
        return [
            _new(
                Finding,
                (
                    kind,
                    fingerprint(kind, value),
                    mask(kind, value),
                    round(match[4], 3),
                    match[5],
                    (steps(places[0]),) if len(places) == 1 else tuple(map(steps, places)),
                    count,
                    second(kind, value) if kind == "PERSON" else b"",
                ),
            )
            for (kind, value), (match, count, places) in merged.items()
        ]


def _own(segment: Segment, text: str) -> tuple[int, int]:
    """Return the stretch in which the matches of a segment start."""
    return segment.own_start, segment.own_end if segment.own_end >= 0 else len(text)

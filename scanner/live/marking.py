"""Keep the text around found values while a document is read. Lives and dies in a worker."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detectors import Match
from detectors.customer_table import KIND as CUSTOMER_TABLE
from scanner.collect import Collector
from scanner.extract.layout import Grid
from scanner.live.told import Passage, Piece
from scanner.model import Finding, Layout, Place, Segment

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.tools import Tools

AROUND = 80
"""Characters shown on each side of a value."""
FAR = 20
"""Characters more, so that no word is cut."""
MOST_SIGNS = 500
"""Of a passage that grows by values that stand close together."""
MOST_KEPT = 4_000
"""Passages kept of one document while it is not yet judged which values hold."""
PLACES_OF_ONE = 3
PLACES_OF_OWN = 50
"""Times that one value is shown: of all values, and where only a person's own are."""

Key = tuple[str, str]


@dataclass(slots=True)
class _Stretch:
    start: int
    end: int
    matches: list[Match] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A passage that waits to be judged. Spans are offsets of `text`."""

    text: str = field(repr=False)
    places: tuple[tuple[Key, Place], ...] = field(repr=False)
    spans: tuple[tuple[int, int, Key], ...] = field(repr=False)
    opened: bool
    closed: bool


class Marking(Collector):
    """A collector that keeps passages instead of findings.

    `wanted`: fingerprints; then only passages with such a value are kept, and all other values in
    them are hidden, however unsure. None: all values. `border`: how sure one must be.
    """

    def __init__(
        self, tools: Tools, border: Callable[[str], float], wanted: Collection[bytes] | None
    ) -> None:
        super().__init__(tools)
        self.cut = False
        self.values = 0
        self._border = border
        self._wanted = wanted
        self._own: dict[Key, bool] = {}
        self._kept: list[_Kept] = []
        self._places: Counter[Key] = Counter()
        self._sure: set[Key] = set()
        self._met: Sequence[Match] = ()
        self._is_again = False

    def passages(self, inner: tuple[str, ...]) -> Iterator[Passage]:
        """Yield what was kept, in the document's order. To be asked after `findings`."""
        for each in self._kept:
            pieces = tuple(self._pieces(each))
            if any(self._is_told(key) for key, _ in each.places):
                where = next(place for key, place in each.places if self._is_told(key))
                yield Passage(inner, where, pieces, each.opened, each.closed)

    def findings(self) -> Sequence[Finding]:
        self._finished = True
        self._settle()
        return ()

    def _settle(self) -> None:
        """Take note which values are sure, of those that passages were kept of."""
        sure = 0
        for match, _ in self.judged():
            if match.confidence >= self._border(match.kind) and match.kind != CUSTOMER_TABLE:
                sure += 1
                if (match.kind, match.value) in self._places:
                    self._sure.add((match.kind, match.value))
        self.values = max(self.values, sure)

    def _spill_now(self) -> None:
        self.cut = True  # so many that they are not counted to the end: that is said, not stored
        self._settle()
        for held in (self._entries, self._again, self._fields):
            held.clear()

    def _take(self, segment: Segment, text: str, found: list[Match]) -> None:
        self._met = found
        self._is_again = bool(segment.again)
        super()._take(segment, text, found)

    def _enter(self, matches: list[Match], text: str, layout: Layout) -> None:
        super()._enter(matches, text, layout)
        shown = [match for match in sorted(matches, key=_start) if self._is_shown(match)]
        if not shown:
            return
        everything = sorted({*self._met, *matches}, key=_start)
        everything = [match for match in everything if match.confidence > 0]
        starts = [match.start for match in everything]
        longest = max((match.end - match.start for match in everything), default=0)
        for stretch in _stretches(shown, text, isinstance(layout, Grid)):
            if len(self._kept) >= MOST_KEPT:
                self.cut = True
                return
            near = everything[
                bisect_left(starts, stretch.start - longest) : bisect_left(starts, stretch.end)
            ]
            self._kept.append(_kept(stretch, near, text, layout))

    def _is_shown(self, match: Match) -> bool:
        key = (match.kind, match.value)
        if not self._is_own(key) or (self._is_again and self._places[key]):
            return False
        self._places[key] += 1
        if self._wanted is None:
            return self._places[key] <= PLACES_OF_ONE
        self.cut = self.cut or self._places[key] > PLACES_OF_OWN
        return self._places[key] <= PLACES_OF_OWN

    def _is_own(self, key: Key) -> bool:
        if self._wanted is None:
            return True
        held = self._own.get(key)
        if held is None:
            seal = self._tools.seal
            prints = (seal.fingerprint(*key), seal.second_fingerprint(*key))
            held = self._own[key] = any(each in self._wanted for each in prints)
        return held

    def _is_told(self, key: Key) -> bool:
        """Whether a value is one that the passage is there for."""
        return key in self._sure if self._wanted is None else self._is_own(key)

    def _pieces(self, kept: _Kept) -> Iterator[Piece]:
        """Yield the text, what is a value marked, and what is nobody's business left out."""
        spans = kept.spans
        if self._wanted is None:
            spans = tuple(span for span in spans if span[2] in self._sure)
        else:
            own = [span for span in spans if self._is_own(span[2])]
            others = [span for span in spans if not self._is_own(span[2])]
            spans = (*own, *others)
        taken: list[tuple[int, int, Key]] = []
        for start, end, key in spans:
            taken += [(*rest, key) for rest in _without(start, end, taken)]
        at = 0
        for start, end, key in sorted(taken):
            if start > at:
                yield Piece(kept.text[at:start])
            if self._is_own(key):
                yield Piece(kept.text[start:end], "value", key[0])
            else:
                yield Piece("", "hidden", key[0])
            at = end
        if at < len(kept.text):
            yield Piece(kept.text[at:])


def _start(match: Match) -> tuple[int, int]:
    return match.start, -match.end


def _stretches(matches: Sequence[Match], text: str, rows: bool) -> Iterator[_Stretch]:
    """Yield what is shown of a text: around each match, within its own row of a table."""
    held: _Stretch | None = None
    for match in matches:
        start = _word_start(text, max(0, match.start - AROUND))
        end = _word_end(text, min(len(text), match.end + AROUND))
        if rows:
            start = max(start, text.rfind("\n", 0, match.start) + 1)
            line_end = text.find("\n", match.end)
            end = end if line_end < 0 else min(end, line_end)
        if held is not None and start <= held.end and end - held.start <= MOST_SIGNS:
            held.end = max(held.end, end)
            held.matches.append(match)
            continue
        if held is not None:
            held.end = min(held.end, max(match.start, held.matches[-1].end))
            start = max(start, min(held.end, match.start))
            yield held
        held = _Stretch(start, max(end, start), [match])
    if held is not None:
        yield held


def _word_start(text: str, at: int) -> int:
    """Return the start of the word that `at` lies in, unless it is far."""
    for start in range(at, max(-1, at - FAR), -1):
        if start == 0 or text[start - 1].isspace():
            return start
    return at


def _word_end(text: str, at: int) -> int:
    for end in range(at, min(len(text), at + FAR) + 1):
        if end == len(text) or text[end].isspace():
            return end
    return at


def _kept(stretch: _Stretch, near: Sequence[Match], text: str, layout: Layout) -> _Kept:
    start, end = stretch.start, stretch.end
    spans = tuple(
        (max(m.start, start) - start, min(m.end, end) - start, (m.kind, m.value))
        for m in near
        if m.end > start and m.start < end
    )
    return _Kept(
        text[start:end],
        tuple(((m.kind, m.value), layout.place(text, m.start)) for m in stretch.matches),
        spans,
        start > 0 and text[start - 1] != "\n",
        end < len(text) and text[end] != "\n",
    )


def _without(
    start: int, end: int, taken: Sequence[tuple[int, int, Key]]
) -> Iterator[tuple[int, int]]:
    """Yield what is left of a span when those that were taken are cut out of it."""
    rest = [(start, end)]
    for low, high, _ in taken:
        rest = [
            piece
            for a, b in rest
            for piece in ((a, min(b, low)), (max(a, high), b))
            if piece[0] < piece[1]
        ]
    yield from rest

"""Join many short texts, each with its own place, into few segments. Knows no format."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from scanner.extract.cut import AFTER, BEFORE, OWN_CHARACTERS, pieces
from scanner.model import Place, Segment

PIECE_CHARACTERS = 100_000

Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Blocks:
    """A text of blocks one after the other: block `i` starts at `starts[i]` in `places[i]`."""

    starts: tuple[int, ...]
    places: tuple[Place, ...] = field(repr=False)

    def place(self, text: str, offset: int) -> Place:
        return self.places[max(0, bisect_right(self.starts, offset) - 1)]

    def column(self, text: str, offset: int) -> str | None:
        return None

    def header(self, key: str) -> str:
        return ""


class Flow:
    """Collects blocks of text, a line end after each, and gives segments as they fill.

    `add` and `end` return the segments that are ready; their own ranges partition the text.
    Holds one segment in memory.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._starts: list[int] = []
        self._places: list[Place] = []
        self._length = 0
        self._own = 0

    def add(self, place: Place, text: str) -> Sequence[Segment]:
        """Append one block that lies at `place`. Blank text is left out."""
        if not text or text.isspace():
            return ()
        if len(text) < PIECE_CHARACTERS:
            return self._append(place, text + "\n")
        ready: list[Segment] = []
        for piece in pieces(text + "\n", PIECE_CHARACTERS):
            ready.extend(self._append(place, piece))
        return ready

    def add_all(self, blocks: Iterable[tuple[Place, str]]) -> Iterator[Segment]:
        """Append blocks one by one, yielding what is ready."""
        for place, text in blocks:
            yield from self.add(place, text)

    def end(self) -> Sequence[Segment]:
        """Return what is left."""
        if self._length <= self._own:
            return ()
        text = "".join(self._pieces)
        layout = Blocks(tuple(self._starts), tuple(self._places))
        segment = Segment(text, layout, self._own, len(text))
        self._pieces, self._starts, self._places = [], [], []
        self._length = self._own = 0
        return (segment,)

    def saving(self, events: Iterator[Given]) -> Iterator[Given | Segment]:
        """Pass on `events`; where they raise, give what is left first."""
        try:
            yield from events
        except Exception:
            yield from self.end()
            raise

    def _append(self, place: Place, text: str) -> Sequence[Segment]:
        if not self._places or self._places[-1] != place:
            self._starts.append(self._length)
            self._places.append(place)
        self._pieces.append(text)
        self._length += len(text)
        if self._length - self._own < OWN_CHARACTERS + AFTER:
            return ()
        return (self._take(),)

    def _take(self) -> Segment:
        text = "".join(self._pieces)
        least, most = self._own + OWN_CHARACTERS // 2, self._own + OWN_CHARACTERS
        newline = text.rfind("\n", least, most)
        end = newline + 1 if newline >= 0 else most
        layout = Blocks(tuple(self._starts), tuple(self._places))
        segment = Segment(text[: end + AFTER], layout, self._own, end)
        keep = end - BEFORE
        first = max(0, bisect_right(self._starts, keep) - 1)
        self._starts = [max(0, start - keep) for start in self._starts[first:]]
        self._places = self._places[first:]
        self._pieces = [text[keep:]]
        self._length, self._own = len(text) - keep, end - keep
        return segment

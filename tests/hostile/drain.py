"""Put bytes through the real examining code, with an ear for planted words, not detectors."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from scanner.collect import Collector
from scanner.examine import Session
from scanner.extract.budget import Budget
from scanner.model import Letter, Letterhead, Limits, Problem, Reading, Segment
from scanner.privacy import Seal
from scanner.tools import Tools

OVERLAP = 400


class Ear:
    """A collector that remembers which of the wanted words it heard, and how much was said."""

    def __init__(self, wanted: tuple[str, ...], seen: Drained) -> None:
        self.wanted, self.seen, self.segments = wanted, seen, 0

    def add(self, segment: Segment) -> None:
        self.segments += 1
        text = segment.text
        self.seen.longest = max(self.seen.longest, len(text))
        self.seen.characters += len(text)
        end = segment.own_end if segment.own_end >= 0 else len(text)
        for word in self.wanted:
            at = text.find(word, segment.own_start)
            while 0 <= at < end:
                self.seen.found[word] = self.seen.found.get(word, 0) + 1
                if word not in self.seen.places:
                    self.seen.places[word] = segment.layout.place(text, at)
                at = text.find(word, at + 1)

    def findings(self) -> tuple[()]:
        return ()

    def shapes(self) -> tuple[()]:
        return ()


@dataclass
class Drained:
    """What came of one document: planted words heard, readings, problems, and what it cost."""

    found: dict[str, int] = field(default_factory=dict)
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    characters: int = 0
    longest: int = 0
    budget: Budget | None = None
    seconds: float = 0.0

    @property
    def problems(self) -> list[Problem]:
        return [problem for reading in self.readings for problem in reading.problems]

    @property
    def reasons(self) -> set[str]:
        return {problem.reason for problem in self.problems}

    @property
    def details(self) -> set[str]:
        return {problem.detail for problem in self.problems}


class _Names:
    def sealed(self, name: str) -> str:
        return name

    def steps(self, place: tuple[str, ...]) -> tuple[str, ...]:
        return place


class _Recipe:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.no_text = ("application/octet-stream", "image/*", "*portable-executable")


class StandIn:
    """As much of scanner.tools.Tools as reading needs."""

    def __init__(self, limits: Limits, folder: str | None, passwords: tuple[str, ...]) -> None:
        self.recipe = _Recipe(limits)
        self.seal = Seal(bytes(32))
        self.names = _Names()
        self.folder, self.passwords = folder, passwords

    def knows(self, digest: bytes) -> bool:
        return False

    def letterhead(self, letter: Letter) -> Letterhead:
        return Letterhead("", "", "", len(letter.recipients), (), b"")


def drain(
    content: bytes | BinaryIO,
    name: str = "document",
    *,
    wanted: Iterable[str] = (),
    limits: Limits | None = None,
    passwords: tuple[str, ...] = (),
    folder: str | None = None,
) -> Drained:
    """Examine `content` with everything below it, as a worker does."""
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    seen, words = Drained(), tuple(wanted)
    tools = cast(Tools, StandIn(limits or Limits(), folder, passwords))
    started = time.monotonic()
    session = Session(tools, size, started, lambda: cast(Collector, Ear(words, seen)))
    session.content(stream, name, (), 0)
    seen.seconds = time.monotonic() - started
    seen.readings = tuple(reading for reading in session.readings if reading is not None)
    seen.budget = session.budget
    return seen

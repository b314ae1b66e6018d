"""Read documents as a scan does, and say where in the read text each planted value stands.

What a reader loses counts as missed: the truth is sought in the text it gave, never put there.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.quality.documents import Document
from bench.quality.template import Mark
from bench.quality.whole import WHOLE, is_whole
from detectors import MAYBE
from scanner.collect import Collector
from scanner.examine import Session
from scanner.model import Finding, Layout, Place, Segment
from scanner.recipe import Recipe
from scanner.secret import SecretSource
from scanner.tools import Tools

SPECIAL = (
    *("HEALTH", "RELIGION", "POLITICS", "UNION_MEMBERSHIP", "ETHNICITY"),
    *("SEXUALITY", "CRIMINAL_RECORD", "GENETIC", "BIOMETRIC"),
)
"""Kinds of which the place counts and the value is a category; off unless the recipe has them."""
Spot = tuple[int, Place]
"""Which content of a document (0: itself), and where in it."""
ANYWHERE: Spot = (0, ())
"""The place of what a document is as a whole."""


class Found(NamedTuple):
    """One value that a system reported in one place."""

    kind: str
    value: str
    spot: Spot
    confidence: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of read text, and what finds places in it."""

    content: int
    text: str = field(repr=False)
    layout: Layout = field(repr=False)

    def spot(self, offset: int) -> Spot:
        return self.content, self.layout.place(self.text, offset)


@dataclass(frozen=True, slots=True)
class Truth:
    """A mark of the draft and where it stands in what was read; `spot` None: it was not read."""

    mark: Mark
    written: str = field(repr=False)
    spot: Spot | None


@dataclass(slots=True)
class Read:
    """One document as it was read: texts, what Fodspor found, and the truth in the same places."""

    document: Document
    texts: list[Text] = field(repr=False)
    found: list[Found] = field(repr=False)
    truths: list[Truth] = field(repr=False)
    problems: tuple[str, ...] = ()


class _Keeping(Collector):
    """A collector that keeps the text it was given and its judged matches."""

    def __init__(self, tools: Tools, number: int, texts: list[Text]) -> None:
        super().__init__(tools)
        self._number = number
        self._texts = texts
        self.kept: list[Found] = []

    def add(self, segment: Segment) -> None:
        end = segment.own_end if segment.own_end >= 0 else len(segment.text)
        if segment.own_start == 0 and end == len(segment.text):
            self._texts.append(Text(self._number, segment.text, segment.layout))
        else:
            raise ValueError("a document of this corpus fits in one segment")
        super().add(segment)

    def findings(self) -> Sequence[Finding]:
        self._finished = True  # tables are told when all is read
        for match, places in self.judged():
            for place in dict.fromkeys(places):
                spot = ANYWHERE if match.kind in WHOLE else (self._number, place)
                found = Found(match.kind, match.value, spot, match.confidence, match.evidence)
                self.kept.append(found)
        return ()


def tools() -> Tools:
    """Return what a scan with every kind has, with a key of no worth."""
    return Tools(Recipe(SecretSource(command=("echo", "00" * 32)), special=SPECIAL))


def read(document: Document, with_tools: Tools) -> Read:
    """Read one document through the readers and `examine`'s session, as `inspect` does."""
    texts: list[Text] = []
    collectors: list[_Keeping] = []

    def collect() -> Collector:
        collectors.append(_Keeping(with_tools, len(collectors), texts))
        return collectors[-1]

    session = Session(with_tools, len(document.data), time.monotonic(), collect)
    session.content(io.BytesIO(document.data), document.name, (), 0)
    problems = tuple(
        problem.reason for each in session.readings if each for problem in each.problems
    )
    found = [each for collector in collectors for each in collector.kept]
    return Read(
        document,
        texts,
        [each for each in found if each.confidence >= MAYBE],
        list(_truths(document, texts)),
        problems,
    )


def _truths(document: Document, texts: Sequence[Text]) -> Iterator[Truth]:
    """Yield each mark: the third "Anna" of the draft is the third "Anna" of what was read."""
    draft = document.draft
    for kind, role in is_whole(draft, document.format):
        yield Truth(Mark(kind, role, 0, 0, kind), "", ANYWHERE)
    expressions: dict[str, tuple[list[int], list[Spot]]] = {}
    for mark in draft.marks:
        written = draft.text[mark.start : mark.end]
        if written not in expressions:
            expression = _expression(written)
            there = [found.start() for found in expression.finditer(draft.text)]
            read_at = [
                text.spot(found.start())
                for text in texts
                for found in expression.finditer(text.text)
            ]
            expressions[written] = (there, read_at)
        there, spots = expressions[written]
        ordinal = there.index(mark.start) if mark.start in there else -1
        spot = spots[ordinal] if 0 <= ordinal < len(spots) else None
        yield Truth(mark, written, spot)


def _expression(written: str) -> re.Pattern[str]:
    # Readers may join and break lines: blanks match any blanks.
    words = r"\s+".join(re.escape(word) for word in written.split())
    left = r"(?<!\w)" if written[:1].isalnum() else ""
    right = r"(?!\w)" if written[-1:].isalnum() else ""
    return re.compile(left + words + right)


def read_all(documents: Iterable[Document]) -> list[Read]:
    """Read all documents of a corpus in this process."""
    with_tools = tools()
    return [read(each, with_tools) for each in documents]

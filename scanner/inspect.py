"""Show what is in one file or folder, values included; the index and the key stay untouched.

One of the three places where a value may be shown, to somebody who can open the file anyway.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from connectors import Document, Unreadable
from detectors import MAYBE, Match
from scanner.collect import Collector
from scanner.examine import Session, problem_of
from scanner.model import Finding, Place, Problem
from scanner.tools import Tools

SLOW_SECONDS = 600.0
Border = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Seen:
    """One value in one place of a file; to be shown, never stored."""

    kind: str
    value: str = field(repr=False)
    confidence: float
    evidence: tuple[str, ...]
    inner: tuple[str, ...] = field(repr=False)
    where: Place = field(repr=False)
    count: int = 1


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something in a file that could not be read."""

    problem: Problem
    inner: tuple[str, ...] = field(repr=False)


class _Showing(Collector):
    """A collector that keeps its judged matches, to show them."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self.shown: list[tuple[Match, Sequence[Place]]] = []

    def findings(self) -> Sequence[Finding]:
        self._finished = True
        self.shown = list(self.judged())
        return ()


def inspect(document: Document, tools: Tools, *, maybe: bool = False) -> Iterator[Seen | Unseen]:
    """Yield every value of one document, then what could not be read. Runs in this process.

    `tools` must know no index, so that everything is read anew.
    """
    border: Border = (lambda kind: MAYBE) if maybe else tools.judging.border
    yield from _in_name(document, tools, border)
    if document.placeholder:
        yield Unseen(Problem((), "offline"), ())
        return
    collectors: list[_Showing] = []

    def collect() -> Collector:
        collectors.append(_Showing(tools))
        return collectors[-1]

    session = Session(tools, document.size, time.monotonic(), collect)
    try:
        with tools.open(document) as stream:
            session.content(stream, os.fsdecode(os.path.basename(document.path)), (), 0)
    except (Unreadable, OSError) as error:
        yield Unseen(problem_of(error), ())
        return
    readings = [reading for reading in session.readings if reading is not None]
    for reading, collector in zip(readings, collectors, strict=True):
        inner = tuple(_open(tools, name) for name in reading.inner)
        for match, places in collector.shown:
            if match.confidence >= border(match.kind):
                for where in places:
                    yield Seen(
                        match.kind,
                        match.value,
                        round(match.confidence, 3),
                        match.evidence,
                        inner,
                        where,
                        match.count,
                    )
        for problem in reading.problems:
            where = tuple(_open(tools, step) for step in problem.where)
            yield Unseen(Problem(where, problem.reason, problem.detail), inner)


def _in_name(document: Document, tools: Tools, border: Border) -> Iterator[Seen]:
    for match, place in tools.names.in_path(document.path):
        if match.confidence >= border(match.kind):
            yield Seen(match.kind, match.value, match.confidence, match.evidence, (), place)


def _open(tools: Tools, name: str) -> str:
    return tools.seal.unseal_name(name).decode("utf-8", "surrogateescape")

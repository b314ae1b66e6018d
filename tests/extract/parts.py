"""Read containers in tests: a reader's parts with their bytes, and its problems."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from scanner.extract import Source
from scanner.extract.budget import Budget
from scanner.extract.readers import BY_TYPE
from scanner.model import Limits, Part, Problem, Segment


@dataclass
class Contents:
    parts: list[tuple[str, bytes]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.parts]

    @property
    def texts(self) -> list[str]:
        return [segment.text for segment in self.segments]

    @property
    def told(self) -> list[tuple[tuple[str, ...], str]]:
        return [(problem.where, problem.reason) for problem in self.problems]


def contents(
    raw: bytes,
    type_: str,
    *,
    name: str = "archive",
    passwords: tuple[str, ...] = (),
    limits: Limits | None = None,
    folder: str | None = None,
) -> Contents:
    """Read `raw` with the reader of `type_`; every part is spooled as examining does."""
    budget = Budget(limits or Limits(), len(raw), folder, passwords)
    result = Contents()
    for event in BY_TYPE[type_].load()(Source(io.BytesIO(raw), len(raw), name, type_), budget):
        match event:
            case Part():
                budget.enter_part()
                stream, size = budget.spool(event.stream)
                with stream:
                    data = stream.read()
                assert len(data) == size
                result.parts.append((event.name, data))
            case Problem():
                result.problems.append(event)
            case Segment():
                result.segments.append(event)
    return result

"""What a reader said of some bytes, gathered so that tests can ask for places."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module

from scanner.extract import Event, Read, Source
from scanner.extract.budget import Budget
from scanner.extract.kind import type_of
from scanner.model import Letter, Limits, Part, Place, Problem, Segment


@dataclass
class Told:
    """All segments, parts (name, bytes) and problems of one document."""

    segments: list[Segment] = field(default_factory=list)
    parts: list[tuple[str, bytes]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Every owned character, in order."""
        return "".join(owned(segment) for segment in self.segments)

    def hits(self, value: str) -> Iterator[tuple[Segment, int]]:
        for segment in self.segments:
            end = len(segment.text) if segment.own_end < 0 else segment.own_end
            at = segment.text.find(value, segment.own_start)
            while 0 <= at < end:
                yield segment, at
                at = segment.text.find(value, at + 1)

    def places(self, value: str) -> list[Place]:
        return [segment.layout.place(segment.text, at) for segment, at in self.hits(value)]

    def headers(self, value: str) -> list[str]:
        found = []
        for segment, at in self.hits(value):
            key = segment.layout.column(segment.text, at)
            found.append("" if key is None else segment.layout.header(key))
        return found


def owned(segment: Segment) -> str:
    return segment.text[
        segment.own_start : len(segment.text) if segment.own_end < 0 else segment.own_end
    ]


def events(module: str, data: bytes, name: str = "", type_: str | None = None) -> Iterator[Event]:
    stream = io.BytesIO(data)
    kind = type_ or type_of(stream, name, len(data))
    read: Read = import_module(f"scanner.extract.{module}").read
    return read(Source(stream, len(data), name, kind), Budget(Limits(), packed=len(data)))


def told(module: str, data: bytes, name: str = "", type_: str | None = None) -> Told:
    result = Told()
    for event in events(module, data, name, type_):
        if isinstance(event, Segment):
            result.segments.append(event)
        elif isinstance(event, Part):
            result.parts.append((event.name, event.stream.read()))
        elif isinstance(event, Letter):
            result.letters.append(event)
        elif isinstance(event, Problem):
            result.problems.append(event)
    return result

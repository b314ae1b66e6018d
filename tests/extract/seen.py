"""Run one reader over made bytes, and ask what it gave and where."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from scanner.extract import Source
from scanner.extract.budget import Budget, Trouble
from scanner.extract.readers import BY_TYPE
from scanner.model import Limits, Part, Place, Problem, Segment

OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "docx": OFFICE + "wordprocessingml.document",
    "pptx": OFFICE + "presentationml.presentation",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "xlsm": "application/vnd.ms-excel.sheet.macroenabled.12",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "rtf": "application/rtf",
    "pdf": "application/pdf",
    "encrypted": "application/x-ooxml-encrypted",
}


@dataclass
class Seen:
    """What a reader gave. `trouble` is what it raised, as a Problem."""

    segments: list[Segment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    parts: dict[str, bytes] = field(default_factory=dict)
    trouble: Problem | None = None

    @property
    def text(self) -> str:
        """All text, each character once: what the segments own."""
        return "".join(s.text[s.own_start : s.own_end] for s in self.segments)

    @property
    def reasons(self) -> list[str]:
        found = [problem.reason for problem in self.problems]
        return [*found, self.trouble.reason] if self.trouble else list(found)

    def places(self, value: str) -> list[Place]:
        """Where `value` stands, once for each time a segment owns its start."""
        found = []
        for segment in self.segments:
            start = segment.text.find(value)
            while start >= 0:
                if segment.own_start <= start < segment.own_end:
                    found.append(segment.layout.place(segment.text, start))
                start = segment.text.find(value, start + 1)
        return found

    def header(self, value: str) -> str:
        """The head of the column that the first `value` stands in."""
        for segment in self.segments:
            start = segment.text.find(value)
            if segment.own_start <= start < segment.own_end:
                key = segment.layout.column(segment.text, start)
                return segment.layout.header(key) if key is not None else ""
        return ""

    @property
    def silent(self) -> bool:
        return not self.text.strip() and not self.reasons and not self.parts


def read(
    data: bytes,
    kind: str,
    *,
    passwords: tuple[str, ...] = (),
    limits: Limits | None = None,
    name: str = "document",
) -> Seen:
    """Read `data` with the reader of the type that `kind` (an ending) stands for."""
    seen = Seen()
    budget = Budget(limits or Limits(), packed=len(data), passwords=passwords)
    source = Source(io.BytesIO(data), len(data), f"{name}.{kind}", TYPES[kind])
    try:
        for event in BY_TYPE[TYPES[kind]].load()(source, budget):
            if isinstance(event, Segment):
                end = event.own_end if event.own_end >= 0 else len(event.text)
                assert 0 <= event.own_start < end <= len(event.text) <= 256 * 1024
                seen.segments.append(
                    Segment(event.text, event.layout, event.own_start, end, event.rows)
                )
            elif isinstance(event, Problem):
                seen.problems.append(event)
            elif isinstance(event, Part):
                seen.parts[event.name] = event.stream.read()
    except Trouble as trouble:
        seen.trouble = trouble.problem()
    return seen

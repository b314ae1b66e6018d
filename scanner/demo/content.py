"""Carry a made document together with the truth about it, through any number of containers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib import import_module
from typing import Any

from scanner.demo.truth import Expected, Mark, Negative, canonical

Cell = str | int | float | date
MADE = datetime(2026, 3, 2, 9, 30)
"""The time that made documents carry, so that the same seed gives the same company."""


class DemoExtraMissing(ImportError):
    """A library that only the demo company needs is not installed."""


def need(name: str) -> Any:
    """Import a library of the demo extra. Raises DemoExtraMissing saying how to install it."""
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise DemoExtraMissing(
            f"the demo company needs {package!r}; install fodspor[demo]"
        ) from error


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes of one document, with what stands in it and what a scan may rightly say of it."""

    data: bytes = field(repr=False)
    format: str
    marks: tuple[Mark, ...] = field(default=(), repr=False)
    negatives: tuple[Negative, ...] = field(default=(), repr=False)
    statuses: tuple[str, ...] = ("read",)
    reasons: tuple[str, ...] = ()

    def locked(
        self, data: bytes, *reasons: str, statuses: tuple[str, ...] = ("unread",)
    ) -> Content:
        """Return this content in a form that cannot be read, or only in part, and why."""
        marks = tuple(replace(mark, expected="unreadable") for mark in self.marks)
        return Content(data, self.format, marks, (), statuses, reasons)

    def broken(self, keep: float) -> Content:
        """Return the first part of this content's bytes; what can still be read is open."""
        marks = tuple(replace(mark, expected="maybe") for mark in self.marks)
        kept = self.data[: int(len(self.data) * keep)]
        reasons = ("corrupt", "truncated")
        return Content(kept, self.format, marks, (), ("unread", "partial"), reasons)


@dataclass(slots=True)
class Pen:
    """Writes values into one document and keeps the truth about each."""

    marks: list[Mark] = field(default_factory=list, repr=False)
    negatives: list[Negative] = field(default_factory=list, repr=False)

    def put(
        self, kind: str, written: str, where: str = "text", expected: Expected = "finding"
    ) -> str:
        """Record that `written` stands in the document, and return it."""
        self.marks.append(Mark(kind, canonical(kind, written), written, where, expected))
        return written

    def address(self, written: str, header: str) -> str:
        """Record a mail address in an address field, where it is a maybe, and return it."""
        return self.put("EMAIL_ADDRESS", written, f"header {header}", "maybe")

    def number(self, kind: str, digits: str, where: str) -> int:
        """Record that a value stands as a number, leading zeros lost, and return that."""
        written = str(int(digits))
        self.marks.append(Mark(kind, canonical(kind, digits), written, where))
        return int(written)

    def none(self, kind: str, written: str, why: str) -> str:
        """Record that `written` looks like a value of `kind` and is none, and return it."""
        self.negatives.append(Negative(kind, written, why))
        return written

    def content(self, data: bytes, format_: str) -> Content:
        """Return the finished document."""
        return Content(data, format_, tuple(self.marks), tuple(self.negatives))


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: of a document, or one sheet of a workbook."""

    name: str = field(repr=False)
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]] = field(repr=False)

    def texts(self) -> list[list[str]]:
        """Return headers and rows as text."""
        rows = [[str(cell) for cell in row] for row in self.rows]
        return [list(self.headers), *rows] if self.headers else rows


@dataclass(frozen=True, slots=True)
class Body:
    """What a document says, before a format is chosen: paragraphs and tables, and what lies aside.

    `extras` maps a place aside (header, footer, footnote, comment, box, inserted, deleted, author,
    subject, field, notes) to its text. A writer that has no such place raises ValueError, so that
    no planted value is lost without a word. `hidden` is a hidden sheet or slide.
    """

    title: str = field(repr=False)
    blocks: Sequence[str | Grid] = field(repr=False)
    extras: dict[str, str] = field(default_factory=dict, repr=False)
    hidden: Grid | None = field(default=None, repr=False)
    run_length: int = 0  # docx: text is cut in runs of this many characters; 0: whole

    def grids(self) -> list[Grid]:
        """Return the tables alone."""
        return [block for block in self.blocks if isinstance(block, Grid)]

    def only(self, *extras: str, hidden: bool = False) -> None:
        """Raise ValueError when the document holds something that this format has no place for."""
        lost = set(self.extras) - set(extras)
        if lost or (self.hidden is not None and not hidden):
            raise ValueError(f"this format has no place for {sorted(lost) or 'a hidden part'}")


def packed_marks(members: Sequence[tuple[str, Content]]) -> tuple[list[Mark], list[Negative]]:
    """Return what stands in the members of a container, as seen from the container."""
    marks = [mark.inside(name) for name, content in members for mark in content.marks]
    negatives = [none.inside(name) for name, content in members for none in content.negatives]
    inner = {name: content.format for name, content in members}
    named = [mark if mark.format else replace(mark, format=inner[mark.inner[0]]) for mark in marks]
    return named, negatives


def packed(pen: Pen, data: bytes, format_: str, members: Sequence[tuple[str, Content]]) -> Content:
    """Return a container's content: what `pen` wrote of its own, and what its members hold."""
    marks, negatives = packed_marks(members)
    unread = [content for _, content in members if content.statuses != ("read",)]
    faulty = [content for content in unread if not {"read", "no_text"} & {*content.statuses}]
    reasons = tuple(sorted({reason for content in unread for reason in content.reasons}))
    statuses = ("read", "partial") if unread else ("read",)
    if faulty:
        statuses = ("partial", "unread")
    return Content(
        data,
        format_,
        (*pen.marks, *marks),
        (*pen.negatives, *negatives),
        statuses,
        reasons,
    )

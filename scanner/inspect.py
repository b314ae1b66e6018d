"""Show what is in one file or folder, values included; the index and the key stay untouched.

One of the three places where a value may be shown, to somebody who can open the file anyway.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from connectors import Document, Excluded, Unreadable
from connectors.archives import MESSAGE, Damaged, Message
from detectors import MAYBE, Match
from scanner.answers.findings import message_of
from scanner.collect import Collector
from scanner.examine import MESSAGE_NAME, Session, problem_of
from scanner.extract import Withheld
from scanner.extract.mailbox import open_archive
from scanner.mailboxes import archive_type, as_document
from scanner.model import Finding, Letterhead, Place, Problem
from scanner.tools import Tools

SLOW_SECONDS = 600.0
Border = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Seen:
    """One value in one place of a file; to be shown, never stored.

    `message`: of a mail in an archive or mailbox its folder, time and masked sender.
    """

    kind: str
    value: str = field(repr=False)
    confidence: float
    evidence: tuple[str, ...]
    inner: tuple[str, ...] = field(repr=False)
    where: Place = field(repr=False)
    count: int = 1
    message: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something in a file that could not be read."""

    problem: Problem
    inner: tuple[str, ...] = field(repr=False)
    message: str = field(default="", repr=False)


Told = Seen | Unseen | Excluded
"""Excluded: what a rule keeps closed in it, as in a scan."""


class _Showing(Collector):
    """A collector that keeps its judged matches, to show them."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self.shown: list[tuple[Match, Sequence[Place]]] = []

    def findings(self) -> Sequence[Finding]:
        self._finished = True
        self.shown += self.judged()
        return ()

    def _spill_now(self) -> None:
        self.shown += self.judged()  # to be shown, not stored
        for held in (self._entries, self._again, self._fields):
            held.clear()


def inspect(document: Document, tools: Tools, *, maybe: bool = False) -> Iterator[Told]:
    """Yield every value of one document, then what could not be read. Runs in this process.

    A mail archive is gone through message by message. `tools` must know no index, so that
    everything is read anew.
    """
    border: Border = (lambda kind: MAYBE) if maybe else tools.judging.border
    yield from _in_name(document, tools, border)
    if document.placeholder:
        yield Unseen(Problem((), "offline"), ())
        return
    try:
        with tools.open(document) as stream:
            name = os.fsdecode(os.path.basename(document.path))
            size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            if document.item:
                yield from _read(stream, MESSAGE_NAME, document, tools, border)
            elif archive := archive_type(stream, name, size):
                yield from _messages(archive, stream, document, tools, border)
            else:
                yield from _read(stream, name, document, tools, border)
    except (Unreadable, OSError) as error:
        yield Unseen(problem_of(error), ())


def _messages(
    type_: str, stream: BinaryIO, document: Document, tools: Tools, border: Border
) -> Iterator[Told]:
    archive = open_archive(type_, stream, tools.seal.hasher, document.connector.is_private)
    ordinals: Counter[str] = Counter()
    try:
        for event in archive.messages():
            match event:
                case Excluded():
                    yield event
                case Damaged():
                    yield Unseen(Problem(event.folder, event.reason), ())
                case Message():
                    name = tools.seal.message_key(event.name).hex()
                    found = as_document(document, event, name, ordinals[name], type_)
                    ordinals[name] += 1
                    try:
                        with archive.open(event.locator) as opened:
                            yield from _read(opened, MESSAGE_NAME, found, tools, border)
                    except Unreadable as error:
                        yield Unseen(problem_of(error), (), _named(found, None))
    finally:
        archive.close()


def _read(
    stream: BinaryIO, name: str, document: Document, tools: Tools, border: Border
) -> Iterator[Told]:
    session = Session(
        tools,
        document.size,
        time.monotonic(),
        lambda: _Showing(tools),
        document.connector.is_private,
    )
    try:
        session.content(stream, name, (), 0, MESSAGE if document.item else "")
    except Withheld as withheld:
        yield Excluded(withheld.rule, 1, document.size)
        return
    first = session.readings[0]
    message = _named(document, first.letter if first else None) if document.item else ""
    for reading, collector in zip(session.readings, session.collectors, strict=True):
        if reading is None or not isinstance(collector, _Showing):
            continue
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
                        message,
                    )
        for problem in reading.problems:
            where = tuple(_open(tools, step) for step in problem.where)
            yield Unseen(Problem(where, problem.reason, problem.detail), inner, message)
    yield from session.left_out()


def _named(document: Document, letter: Letterhead | None) -> str:
    head = (letter.sent, letter.sender) if letter else ("", "")
    return message_of(json.dumps(document.folder), "\x1f".join((*head, document.item)))


def _in_name(document: Document, tools: Tools, border: Border) -> Iterator[Seen]:
    for match, place in tools.names.in_path(document.path):
        if match.confidence >= border(match.kind):
            yield Seen(match.kind, match.value, match.confidence, match.evidence, (), place)


def _open(tools: Tools, name: str) -> str:
    return tools.seal.unseal_name(name).decode("utf-8", "surrogateescape")

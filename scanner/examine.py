"""Examine one document in a worker: bytes to readings. The only broad catch in the program."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import BinaryIO

from connectors import Access, Document, Excluded, Reason, Told, Unreadable
from connectors.archives import MESSAGE, IsPrivate
from connectors.errors import reason_of as reason_of_system
from scanner.asking import Question, answer_all
from scanner.collect import WAITING, Collector
from scanner.extract import Source, Withheld
from scanner.extract.budget import Budget, Trouble
from scanner.extract.kind import type_of
from scanner.extract.layout import Fixed
from scanner.extract.readers import BY_TYPE
from scanner.mailboxes import archive_type, is_on_server, list_messages
from scanner.model import (
    Letter,
    Letterhead,
    Outcome,
    Part,
    Place,
    Problem,
    Reading,
    Segment,
    Status,
    add_problem,
)
from scanner.recipe import Recipe
from scanner.shares import is_on_share
from scanner.tools import Tools, tools_of

CHUNK_BYTES = 1024 * 1024
MESSAGE_NAME = "message.eml"
SOFT_SHARE = 0.8
"""Part of the deadline after which reading stops by itself and keeps what it has."""
MOST_INNER = 50
"""Documents around a part, mails among them: a mail in a mail counts as one with it for max_depth.
People forward a thread as an attachment again and again, which costs no more than its bytes."""


def examine(document: Document, recipe: Recipe) -> Outcome:
    """Read one document and all parts below it; always returns an Outcome. Runs in a worker."""
    (outcome,) = examine_all((document,), recipe)
    return outcome


def examine_all(documents: Sequence[Document], recipe: Recipe) -> list[Outcome]:
    """Read documents, each with all parts below it; one Outcome each, in order. Runs in a worker.

    The names model is asked for all of them together. What fails there, fails for all.
    """
    tools = tools_of(recipe)
    read = [_read_one(document, tools) for document in documents]
    if tools.people is not None:
        sessions = [each for each in read if isinstance(each, Session)]
        answer_all([q for each in sessions for q in each.questions()], tools.people.model)
    return [_told(each) if isinstance(each, Session) else each for each in read]


def _read_one(document: Document, tools: Tools) -> Outcome | Session:
    """Return the session of a document that was read, or the outcome of one that was not."""
    recipe = tools.recipe
    started = time.monotonic()
    if document.placeholder:
        return Outcome(document, "placeholder")
    on_server = is_on_server(document)
    begins_late = on_server or is_on_share(document)
    try:
        if on_server and not document.item:
            return tools.mailbox.listed(document, started + SOFT_SHARE * recipe.limits.deadline(0))
        if document.item and document.size > recipe.limits.max_file_bytes:
            return too_large(document)
        with tools.open(document) as stream:
            begun = time.monotonic() if begins_late else started  # the line's time is no reading
            told = stream if isinstance(stream, Told) else None
            left_out: tuple[Excluded, ...] = ()
            if told is not None:
                begun += told.seconds
                if told.access is not None:
                    document, left_out = _as_told(document, told.access)
            size = stream.seek(0, os.SEEK_END)  # holes of a sparse file are not in the stream
            stream.seek(0)
            name = MESSAGE_NAME if document.item else os.fsdecode(os.path.basename(document.path))
            if not document.item and (archive := archive_type(stream, name, size)):
                stop_at = started + SOFT_SHARE * recipe.limits.deadline(size)
                return list_messages(document, stream, archive, tools.seal, stop_at)
            if size > recipe.limits.max_file_bytes:
                return too_large(document)
            is_private = document.connector.is_private
            session = Session(tools, size, begun, is_private=is_private, later=True)
            session.document = document
            for each in left_out:
                session.leave_out(each)
            session.content(stream, name, (), 0, MESSAGE if document.item else "")
            if told is not None and told.failed is not None:  # whatever a reader made of that
                raise told.failed
    except Withheld as withheld:
        return Outcome(document, "unread", excluded=(Excluded(withheld.rule, 1, size),))
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # the same seam, for what opening does
        lost = error.lost if isinstance(error, Unreadable) else ""
        return Outcome(document, "unread", problem=problem_of(error), lost=lost)
    session.seconds = round(time.monotonic() - started, 3)
    return session


def _as_told(document: Document, access: Access) -> tuple[Document, tuple[Excluded, ...]]:
    """Return a document with what it said of itself, and what is left out beside it."""
    told = replace(document, owner=access.owner, readable_by=access.readable_by, tells_access=False)
    return told, access.left_out


def _told(session: Session) -> Outcome:
    document = session.document
    assert document is not None
    try:
        session.finish()
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # the same seam, for what judging does
        return Outcome(document, "unread", problem=problem_of(error))
    readings = tuple(each for each in session.readings if each is not None)
    return Outcome(
        document,
        readings[0].status,
        readings,
        seconds=session.seconds,
        excluded=session.left_out(),
    )


def too_large(document: Document) -> Outcome:
    """Return the outcome of a document beyond the limit, which is not read at all."""
    return Outcome(document, "unread", problem=Problem((), "too_large", "max_file_bytes"))


class Session:
    """One document being read: its budget, its clock, and the readings so far.

    `later`: what asks the names model waits for `finish`, so that others can ask with it.
    """

    def __init__(
        self,
        tools: Tools,
        size: int,
        started: float,
        collect: Callable[[], Collector] | None = None,
        is_private: IsPrivate = lambda name: False,
        *,
        later: bool = False,
    ) -> None:
        self.tools = tools
        self.limits = tools.recipe.limits
        self.stop_at = started + SOFT_SHARE * self.limits.deadline(size)
        self.budget = Budget(self.limits, size, tools.folder, tools.passwords)
        self.budget.is_private = is_private
        self.collect = collect or (lambda: Collector(tools))
        self.document: Document | None = None
        self.readings: list[Reading | None] = []
        self.seconds = 0.0
        self._later = later
        self._waiting: dict[int, Collector] = {}
        self._ahead = 0  # characters that wait
        self.collectors: list[Collector | None] = []
        """Of each reading the collector that its findings are from, where `collect` was given."""
        self._shown = collect is not None
        self._left_out: dict[str, list[int]] = {}

    def questions(self) -> list[Question]:
        """Return what the readings that wait for `finish` ask the names model."""
        return [question for each in self._waiting.values() for question in each.questions()]

    def finish(self) -> None:
        """Judge and seal what waits, for the readings it belongs to; ask what is not answered."""
        people = self.tools.people
        if people is not None:
            answer_all(self.questions(), people.model)
        for slot, collector in self._waiting.items():
            reading = self.readings[slot]
            assert reading is not None
            findings = collector.findings()  # its shapes are whole only then
            self.readings[slot] = replace(reading, findings=findings, shapes=collector.shapes())
        self._waiting.clear()
        self._ahead = 0

    def _wait(self, slot: int, collector: Collector) -> None:
        self._waiting[slot] = collector
        self._ahead += collector.waiting
        if self._ahead > WAITING:
            self.finish()

    def left_out(self) -> tuple[Excluded, ...]:
        """Return what rules kept closed inside, a line for each rule."""
        return tuple(Excluded(rule, *both) for rule, both in sorted(self._left_out.items()))

    def leave_out(self, left_out: Excluded) -> None:
        """Count what a rule leaves out inside the document or beside it."""
        total = self._left_out.setdefault(left_out.rule, [0, 0])
        total[0] += left_out.count
        total[1] += left_out.size

    def content(
        self, stream: BinaryIO, name: str, inner: tuple[str, ...], depth: int, given_type: str = ""
    ) -> None:
        """Read one content and append its Reading in front of those of its parts.

        Raises Withheld where a rule keeps the document itself closed; for a part it is counted.
        """
        slot = len(self.readings)
        self.readings.append(None)
        self.collectors.append(None)
        digest, size = self._hash(stream)
        if self.tools.knows(digest):
            self.readings[slot] = Reading(inner, digest, size, "", "read", (), (), (), known=True)
            return
        problems: list[Problem] = []
        collector = self.collect()
        if self._shown:
            self.collectors[slot] = collector
        type_ = "application/octet-stream"
        status: Status = "read"
        readers: tuple[str, ...] = ()
        letter: Letterhead | None = None
        try:
            type_ = given_type or type_of(stream, name, size)
            stream.seek(0)
            source = Source(stream, size, name, type_)
            status, readers, letter = self._read(source, inner, depth, collector, problems)
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except Withheld as withheld:
            if not inner:
                raise
            self.leave_out(Excluded(withheld.rule, 1, size))
            del self.readings[slot:], self.collectors[slot:]
            for number in [each for each in self._waiting if each >= slot]:
                del self._waiting[number]
            return
        except BaseException as error:  # hostile input, panics of native readers: the one catch
            problems.append(problem_of(error))
            readers = self._label(type_)
        waits = self._later and collector.waiting > 0
        findings = () if waits else collector.findings()
        if status != "no_text":
            status = status_of(problems, something=collector.segments > 0)
        self.readings[slot] = Reading(
            inner,
            digest,
            size,
            type_,
            status,
            readers,
            findings,
            tuple(problems),
            letter=letter,
            shapes=() if waits else collector.shapes(),
        )
        if waits:
            self._wait(slot, collector)

    def _read(
        self,
        source: Source,
        inner: tuple[str, ...],
        depth: int,
        collector: Collector,
        problems: list[Problem],
    ) -> tuple[Status, tuple[str, ...], Letterhead | None]:
        letter: Letterhead | None = None
        if source.size == 0:
            return "read", (), None
        reader = BY_TYPE.get(source.type)
        if reader is None:
            if any(fnmatchcase(source.type, each) for each in self.tools.recipe.no_text):
                return "no_text", (), None
            problems.append(missing_reader(source.type))
            return "unread", (), None
        labels = (reader.label,)
        number = 0
        try:
            for event in reader.load()(source, self.budget):
                match event:
                    case Segment():
                        collector.add(event)
                    case Part():
                        number += 1
                        is_forwarded = source.type == event.type == MESSAGE
                        at = depth - 1 if is_forwarded else depth
                        self._part(event, number, inner, at, collector, problems)
                    case Problem():
                        self._problem(event, problems)
                    case Letter():
                        letter = self.tools.letterhead(event)
                    case Excluded():
                        self.leave_out(event)
                if time.monotonic() > self.stop_at:
                    raise Trouble("timeout")
        except (KeyboardInterrupt, SystemExit, GeneratorExit, Withheld):
            raise
        except ImportError as error:
            problems.append(Problem((), "missing_extra", (error.name or "").partition(".")[0]))
        except BaseException as error:  # the same seam: keep what was read before it broke
            problems.append(problem_of(error))
        return "read", labels, letter

    def _part(
        self,
        part: Part,
        number: int,
        inner: tuple[str, ...],
        depth: int,
        collector: Collector,
        problems: list[Problem],
    ) -> None:
        self.budget.enter_part()
        place = (f"part {number}",)
        collector.add(Segment(part.name, Fixed((*place, "name"))))
        if depth >= self.limits.max_depth or len(inner) >= MOST_INNER:
            self._problem(Problem(place, "limit", "max_depth"), problems)
            return
        try:
            stream, _ = self.budget.spool(part.stream)
        except Trouble as error:
            self._problem(Problem(place, error.reason, error.detail), problems)
            if error.reason == "limit":
                raise
            return
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # a broken member: the others are still read
            problem = problem_of(error)
            self._problem(Problem(place, problem.reason, problem.detail), problems)
            return
        with stream:
            sealed = self.tools.names.sealed(part.name)
            self.content(stream, part.name, (*inner, sealed), depth + 1, part.type)

    def _problem(self, problem: Problem, problems: list[Problem]) -> None:
        sealed = self.tools.names.steps(problem.where)
        add_problem(problems, Problem(sealed, problem.reason, problem.detail))

    def _hash(self, stream: BinaryIO) -> tuple[bytes, int]:
        hasher = self.tools.seal.hasher()
        size = 0
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            if size > self.limits.max_file_bytes:
                raise Trouble("too_large", "max_file_bytes")
            hasher.update(chunk)
        stream.seek(0)
        return hasher.digest(), size

    def _label(self, type_: str) -> tuple[str, ...]:
        reader = BY_TYPE.get(type_)
        return (reader.label,) if reader else ()


def missing_reader(type_: str) -> Problem:
    """Say why a type without reader is not read: an extra that reads it, or no reader at all."""
    if type_.startswith("image/") and type_ != "image/svg+xml":
        return Problem((), "missing_extra", "ocr")
    return Problem((), "unsupported")


def status_of(problems: list[Problem], *, something: bool) -> Status:
    """Return the status of a content from its problems and whether any text came of it."""
    if not problems:
        return "read"
    return "partial" if something else "unread"


def problem_of(error: BaseException, where: Place = ()) -> Problem:
    """Turn what a reader raised into a Problem: its reason, never its words."""
    if isinstance(error, Trouble):
        return Problem(error.where or where, error.reason, error.detail)
    return Problem(where, reason_of(error))


def reason_of(error: BaseException) -> Reason:
    """Return the closed reason for an exception, by its type."""
    if isinstance(error, Unreadable):
        return error.reason
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, EOFError):
        return "truncated"
    if isinstance(error, OSError) and error.errno is not None:
        return reason_of_system(error)
    if isinstance(error, RecursionError):
        return "limit"
    return "corrupt"

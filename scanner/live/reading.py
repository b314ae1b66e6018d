"""Read one document and keep the text around its values, in a worker that ends with it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import BinaryIO

from connectors import Document, Unreadable
from connectors.archives import MESSAGE
from scanner.examine import MESSAGE_NAME, SOFT_SHARE, Session, problem_of
from scanner.extract import Withheld
from scanner.extract.mailbox import ARCHIVES
from scanner.live.marking import Marking
from scanner.live.meeting import Known, meet
from scanner.live.told import Live, Passage, Piece, unread
from scanner.mailboxes import archive_type
from scanner.model import Problem
from scanner.pipeline import Target
from scanner.privacy import shown
from scanner.recipe import Recipe
from scanner.secret import SecretSource
from scanner.tools import Tools

MOST_PASSAGES = 200
MOST_TOLD_SIGNS = 100_000
"""Of one document: what somebody can still look through, and a page can hold."""
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be read. `wanted`: fingerprints of one person; None: all values.

    `centre`: where the key lies that a collected index has beside the company's.
    """

    target: Target = field(repr=False)
    known: Known
    recipe: Recipe
    wanted: frozenset[bytes] | None = field(default=None, repr=False)
    centre: SecretSource | None = None


def read_live(wish: Wish) -> Live:
    """Return one document as it is now. Raises nothing that could quote it. Runs in a worker."""
    stop_at = time.monotonic() + SOFT_SHARE * wish.recipe.limits.deadline(wish.known.size)
    try:
        tools = _tools(wish)
        try:
            met = meet(wish.target, wish.known, tools, stop_at)
            return met if isinstance(met, Live) else _read(met, wish, tools)
        finally:
            tools.archive.close()
            tools.leave()
    except Withheld as withheld:
        return Live("rule", rule=withheld.rule)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # hostile input, panics of native readers
        problem = problem_of(error)
        return unread(problem.reason, problem.detail)


def _tools(wish: Wish) -> Tools:
    if wish.centre is None:
        return Tools(wish.recipe)
    from scanner.company.wrapping import linked
    from scanner.company_key import company_seal

    return Tools(wish.recipe, linked(company_seal(wish.recipe.key), wish.centre))


def _read(document: Document, wish: Wish, tools: Tools) -> Live:
    limits = wish.recipe.limits
    if document.size > limits.max_file_bytes:
        return unread("too_large", "max_file_bytes")
    try:
        with tools.open(document) as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            name = MESSAGE_NAME if document.item else os.fsdecode(os.path.basename(document.path))
            if size > limits.max_file_bytes:
                return unread("too_large", "max_file_bytes")
            if not document.item and archive_type(stream, name, size) in ARCHIVES:
                return unread("unsupported", "archive")
            return _told(_session(stream, name, size, document, wish, tools), document, wish, tools)
    except (Unreadable, OSError) as error:
        problem = problem_of(error)
        return unread(problem.reason, problem.detail)


def _session(
    stream: BinaryIO, name: str, size: int, document: Document, wish: Wish, tools: Tools
) -> Session:
    session = Session(
        tools,
        size,
        time.monotonic(),
        lambda: Marking(tools, tools.judging.border, wish.wanted),
        document.connector.is_private,
    )
    session.content(stream, name, (), 0, MESSAGE if document.item else "")
    return session


def _told(session: Session, document: Document, wish: Wish, tools: Tools) -> Live:
    whole = session.readings[0]
    if whole is not None and whole.status == "no_text":
        return Live("no text")
    if whole is not None and whole.status == "unread" and whole.problems:
        problem = whole.problems[0]
        return unread(problem.reason, problem.detail)
    passages: list[Passage] = [] if wish.wanted is not None else _in_name(document, tools)
    problems: list[tuple[tuple[str, ...], Problem]] = []
    signs, values, cut = 0, 0, False
    for reading, collector in zip(session.readings, session.collectors, strict=True):
        if reading is None or not isinstance(collector, Marking):
            continue
        inner = tuple(_open(tools, name) for name in reading.inner)
        values += collector.values
        cut = cut or collector.cut
        part = " › ".join(map(shown, reading.inner))
        for passage in collector.passages(inner):
            signs += sum(len(piece.text) for piece in passage.pieces)
            if len(passages) >= MOST_PASSAGES or signs > MOST_TOLD_SIGNS:
                cut = True
                break
            passages.append(_of_one(passage, part, tools) if wish.wanted is not None else passage)
        for problem in reading.problems[: MOST_PROBLEMS - len(problems)]:
            where = tuple(_open(tools, step) for step in problem.where)
            problems.append((inner, Problem(where, problem.reason, problem.detail)))
    at = datetime.fromtimestamp(document.modified_ns / 1e9, UTC).isoformat(timespec="seconds")
    changed = bool(wish.known.token) and document.version != wish.known.token
    return Live("read", tuple(passages), values, cut, changed, at, problems=tuple(problems))


def _in_name(document: Document, tools: Tools) -> list[Passage]:
    found = []
    for match, place in tools.names.in_path(document.path):
        if match.confidence >= tools.judging.border(match.kind):
            found.append(Passage((), place, (Piece(match.value, "value", match.kind),)))
    return found


def _of_one(passage: Passage, part: str, tools: Tools) -> Passage:
    """Return a passage of one person's extracts: names of parts and sheets may be another's."""
    masked = tools.names.masked
    inner = (part,) if part else ()
    return replace(passage, inner=inner, where=tuple(map(masked, passage.where)), part=part)


def _open(tools: Tools, name: str) -> str:
    return tools.seal.unseal_name(name).decode("utf-8", "surrogateescape")

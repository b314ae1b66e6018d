"""What pages share that show text read live: whose turn it is, how passages and refusals read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scanner.live.asking import Reader
from scanner.live.told import Live, Passage, Piece
from scanner.messages import Words
from scanner.web.asked import Asked
from scanner.web.reply import Refused

WAIT_SECONDS = 5.0
"""For which a preview waits for another one to end; then it says so."""
_BREAKS = re.compile(r"[ \t]*(?:\r?\n|\r)[\s]*")
_CELLS = re.compile(r"\t+")


@dataclass(frozen=True, slots=True)
class Line:
    """A passage as it is shown: where it stands, in words, and its pieces."""

    where: str = field(repr=False)
    pieces: tuple[Piece, ...] = field(repr=False)
    opened: bool
    closed: bool


class Turn:
    """Let one reading at a time take a process and its memory. Raises Refused."""

    def __init__(self, asked: Asked) -> None:
        self._turn = asked.site.reading_turn

    def __enter__(self) -> None:
        if not self._turn.acquire(timeout=WAIT_SECONDS):
            raise Refused(503, "preview busy")

    def __exit__(self, *_: object) -> None:
        self._turn.release()


def reader_of(asked: Asked) -> Reader:
    """Return what reads documents of this index live."""
    site = asked.site
    seal = asked.answer.seal()
    return Reader(site.config, site.index, seal, site.config.serve.seconds, site.apart)


def why_not(live: Live, words: Words) -> list[str]:
    """Return in words why a document was not read, and what to do; empty where it was."""
    if live.state == "read":
        return []
    if live.state == "rule":
        rule = "private" if live.rule.partition(":")[0] == "private" else ""
        if rule:
            return [words.text("preview private")]
        return [words.text("preview rule", rule=words.rule(live.rule))]
    if live.state == "unread" and live.problem is not None:
        problem = live.problem
        reason = words.reason(problem.reason, problem.detail)
        advice = "" if problem.reason == "timeout" else words.advice(problem.reason).rstrip(":")
        return [words.text("preview unread", reason=reason), *([advice] if advice else [])]
    return [words.text(f"preview {live.state}")]


def line_of(passage: Passage, words: Words) -> Line:
    """Return a passage as it is shown."""
    where = ": ".join(filter(None, (" › ".join(passage.inner), words.where(passage.where))))
    pieces = tuple(piece._replace(text=readable(piece.text)) for piece in passage.pieces)
    return Line(where, pieces, passage.opened, passage.closed)


def readable(text: str) -> str:
    """Return a document's text in one line: line ends and cells as signs that can be seen."""
    return _CELLS.sub(" │ ", _BREAKS.sub(" ↵ ", text))

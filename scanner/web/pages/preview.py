"""One document with its values marked, read live from its place for whoever was given that right.

Nothing of what is read is kept: it goes into the answer and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scanner.answers.findings import Shown, shown_document
from scanner.answers.naming import Naming
from scanner.live.asking import Reader
from scanner.live.told import Live, Passage, Piece
from scanner.messages import Words
from scanner.typed import typed
from scanner.web.asked import Asked
from scanner.web.lookups import PURPOSES
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply

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


def preview(asked: Asked) -> Reply:
    """Ask for a purpose, or read the document and show what is in it."""
    number = int(asked.given["number"])
    if (
        asked.opened.connection.execute("SELECT 1 FROM document WHERE id=?", (number,)).fetchone()
        is None
    ):
        raise Refused(404, "web not found")
    document = shown_document(asked.opened, number)
    if asked.method == "GET":
        return _shown(asked, document)
    purpose = asked.form.one("purpose")
    if purpose not in PURPOSES:
        return _shown(asked, document, key="person no purpose")
    reference = typed(asked.form.one("reference", most=200))
    asked.log("preview", f"document {number}", f"{purpose} {reference}".strip())
    with Turn(asked):
        live = reader_of(asked).read(asked.opened.connection, number)
    return _shown(asked, document, live)


class Turn:
    """Let one reading at a time take a process and its memory. Raises Refused."""

    def __init__(self, asked: Asked) -> None:
        self._turn = asked.site.reading

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


def _shown(asked: Asked, document: Shown, live: Live | None = None, key: str = "") -> Reply:
    words = asked.words
    title = Naming(asked.opened).document(document)
    above = asked.site.address("document", asked.session, number=document.id)
    text = asked.site.templates.render(
        "preview.html",
        asked,
        coverage=[],
        trail=((above, title),) if above else (),
        document=document,
        title=title,
        live=live,
        lines=[line_of(each, words) for each in live.passages] if live else [],
        why=why_not(live, words) if live else [],
        problems=[
            (" › ".join(inner), words.where(p.where), words.reason(p.reason, p.detail))
            for inner, p in (live.problems if live else ())
        ],
        purposes=PURPOSES,
        key=key,
    )
    return Reply(text.encode("utf-8", "replace"), 400 if key else 200)


PAGES = (
    Page(
        "preview",
        r"/document/(?P<number>[0-9]{1,15})/preview",
        "preview",
        preview,
        methods=("GET", "POST"),
    ),
)

"""A person's extracts for the dossier: read live, all other values taken out, two persons for many.

Knows no page. What is read goes into one file and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2s

from scanner.index.decided import propose
from scanner.index.store import Decisions, decisions_path
from scanner.messages import Words
from scanner.web.asked import Asked
from scanner.web.found import Found
from scanner.web.lookups import Lookup
from scanner.web.passages import Line, Turn, line_of, reader_of, why_not

WHAT = "extracts"
"""What the proposal of a second person's approval is called."""
MOST_DOCUMENTS = 20
"""Read for one file, while somebody waits."""
ALONE = 1
"""Documents of which one account may take extracts without another."""
HOLDS = timedelta(days=7)
"""For which an approval can be used."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What stands of a person in one document. `why`: sentences, where nothing could be read."""

    title: str = field(repr=False)
    lines: tuple[Line, ...] = field(default=(), repr=False)
    why: tuple[str, ...] = ()
    cut: bool = False

    def rows(self, words: Words) -> list[tuple[str, str]]:
        """Return (where, text) of each passage, as files without marks have it."""
        return [(line.where, text_of(line, words)) for line in self.lines]


@dataclass(frozen=True, slots=True)
class Asking:
    """A proposal to take extracts of several documents, and how it stands."""

    number: int
    documents: frozenset[int]
    made: str
    answer: str
    answered: str
    by: str


def text_of(line: Line, words: Words) -> str:
    """Return a passage as plain text; what is hidden is named by its kind."""
    told = "".join(
        f"[{words.text('extract hidden', kind=words.kind(piece.kind))}]"
        if piece.role == "hidden"
        else piece.text
        for piece in line.pieces
    )
    return f"{'… ' if line.opened else ''}{told}{' …' if line.closed else ''}"


def subject_of(lookup: Lookup, documents: Sequence[int]) -> str:
    """Return what a proposal is about: whose fingerprint, all of them digested, which documents."""
    numbers = " ".join(map(str, sorted(documents)))
    return f"{lookup.fingerprints[0].hex()} {_digest(lookup)} {numbers}"


def _digest(lookup: Lookup) -> str:
    return blake2s(b"".join(sorted(lookup.fingerprints)), digest_size=8).hexdigest()


def documents_of(subject: str) -> list[int]:
    """Return the numbers of the documents that a proposal's subject names."""
    return [int(each) for each in subject.split()[2:] if each.isdecimal()]


def asked_for(asked: Asked, lookup: Lookup) -> list[Asking]:
    """Return this account's proposals for this very person, the newest first."""
    begins = f"{lookup.fingerprints[0].hex()} {_digest(lookup)} "
    with Decisions(decisions_path(asked.site.index)) as decisions:
        rows = decisions.connection.execute(
            "SELECT id, subject, made, answer, answered, answered_by FROM proposal"
            " WHERE what=? AND who=? AND substr(subject, 1, ?)=? ORDER BY id DESC LIMIT 20",
            (WHAT, asked.session.account.name, len(begins), begins),
        ).fetchall()
    return [
        Asking(
            number,
            frozenset(documents_of(subject)),
            made,
            answer or "",
            answered or "",
            by or "",
        )
        for number, subject, made, answer, answered, by in rows
    ]


def approved(asking: Sequence[Asking], documents: Sequence[int], now: datetime) -> Asking | None:
    """Return the approval that holds for these documents; None where there is none."""
    for each in asking:
        if each.answer != "approved" or not set(documents) <= each.documents:
            continue
        if now - datetime.fromisoformat(each.answered) <= HOLDS:
            return each
    return None


def ask(asked: Asked, lookup: Lookup, documents: Sequence[int], reason: str) -> None:
    """Propose that another account lets this one take extracts of these documents."""
    masks = ", ".join(f"{asked.words.kind(kind)} {masked}" for kind, masked in lookup.masks)
    said = f"{asked.words.text(f'purpose {lookup.purpose}')}, {masks}: {reason}"
    with Decisions(decisions_path(asked.site.index)) as decisions:
        subject = subject_of(lookup, documents)
        propose(decisions, WHAT, subject, said, asked.session.account.name)


def read(
    asked: Asked, lookup: Lookup, places: Sequence[Found], titles: dict[int, str]
) -> tuple[Extract, ...]:
    """Return what stands of the person in these documents now. `places`: confirmed ones alone."""
    words = asked.words
    parts: dict[int, set[str]] = {}
    for place in places:
        number = place.where.document.id
        if number in titles:
            parts.setdefault(number, set()).add(place.where.inner_path)
    with Turn(asked):
        told = reader_of(asked).read(
            asked.opened.connection, list(titles), frozenset(lookup.fingerprints)
        )
    made = []
    for (number, title), live in zip(titles.items(), told, strict=True):
        lines = tuple(
            line_of(passage, words) for passage in live.passages if passage.part in parts[number]
        )
        why = why_not(live, words)
        if not why and not lines:
            why = [words.text("extract nothing")]
        if live.problems:
            why.append(words.text("preview partly").rstrip(":") + ".")
        made.append(Extract(title, lines, tuple(why), live.cut))
    return tuple(made)

"""The values that travel between reading, judging and recording. They print no personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Literal, NamedTuple, Protocol

from connectors import Document, Excluded, Lost, Reason
from connectors.archives import Message

Status = Literal["read", "partial", "unread", "no_text", "placeholder", "gone"]

Place = tuple[str, ...]
"""Steps to a place inside the innermost part: ("page 3",), ("Ark1", "B14"), ("line 20",)."""


class Layout(Protocol):
    """Knows where in a document an offset of a segment's text lies. Asked for hits only."""

    def place(self, text: str, offset: int) -> Place:
        """Return the steps a person follows to find `offset`."""
        ...

    def column(self, text: str, offset: int) -> str | None:
        """Return the key of the column (sheet column, CSV column, JSON key), or None."""
        ...

    def header(self, key: str) -> str:
        """Return the words at the head of the column `key`; empty where there are none."""
        ...


@dataclass(frozen=True, slots=True)
class Segment:
    """Up to 256 KB of text of one kind of place.

    Only matches that start in [own_start, own_end) count here; the text around them is context
    that a neighbouring segment owns, so a value on a cut is found once. `own_end` -1: the end.
    `rows` is how many table rows this segment owns (0 outside tables).
    `again`: not 0 for text that renders once more what came before in this content (a mail's HTML
    beside its plain text), numbered from 1: a value counts only where no rendering before has it.
    `addresses`: half-open spans of `text`, ascending, that say whom a mail is from and to.
    """

    text: str = field(repr=False)
    layout: Layout = field(repr=False)
    own_start: int = 0
    own_end: int = -1
    rows: int = 0
    again: int = 0
    addresses: Sequence[tuple[int, int]] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A document inside a document (attachment, archive member); never leaves the worker.

    `name` is its name as a person would see it; `stream` need not be seekable and is valid only
    until the reader is asked for its next value. `size` is -1 where unknown. `type` is given where
    the container says what it is; else the bytes decide.
    """

    name: str = field(repr=False)
    stream: BinaryIO = field(repr=False)
    size: int = -1
    type: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was met and not read. `detail` names an extra or a limit, never a value."""

    where: Place = field(repr=False)
    reason: Reason
    detail: str = ""


MAX_PROBLEMS = 200
"""Problems kept for one content or archive; one more says that there were more."""


def add_problem(problems: list[Problem], problem: Problem) -> None:
    """Keep a problem, or that there were more than MAX_PROBLEMS."""
    if len(problems) < MAX_PROBLEMS:
        problems.append(problem)
    elif len(problems) == MAX_PROBLEMS:
        problems.append(Problem((), "limit", "more problems"))


@dataclass(frozen=True, slots=True)
class Letter:
    """Who sent a mail to whom, and when: read from its header. Addresses as written, in ASCII form.

    Never leaves the worker; what is kept of it says `Letterhead`.
    """

    sender: str = field(repr=False)
    recipients: tuple[str, ...] = field(repr=False)
    sent: datetime | None
    identity: str = field(repr=False)  # Message-ID, empty without


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What the index keeps of a Letter: the sender masked, the domains of the recipients.

    `sent` is UTC in ISO 8601, empty where it is not known; `identity` the keyed Message-ID.
    """

    sent: str
    sender: str
    sender_domain: str
    recipients: int
    domains: tuple[str, ...]
    identity: bytes


class Finding(NamedTuple):
    """One distinct value of one kind in one content: no value, no text.

    `places` holds the first five places (steps sealed where they hold an identifier); `count` all.
    `name_fingerprint` is the second fingerprint of a person's name (first and last), else empty.
    A named tuple for the same reason as Match.
    """

    kind: str
    fingerprint: bytes
    masked: str
    confidence: float
    evidence: tuple[str, ...]
    places: tuple[Place, ...]
    count: int  # type: ignore[assignment]  # instead of the method of tuples
    name_fingerprint: bytes = b""

    def __repr__(self) -> str:
        return f"Finding({self.kind}, {self.masked}, {self.confidence:.2f}, {self.count})"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one content gave: the document itself (`inner` empty) or a part below it.

    `inner` holds the part names outermost first, sealed where they hold an identifier. `known`:
    the index already holds this content and all that lies in it; nothing was read again.
    `readers` names those used as "name/version", `type` is a MIME type. `shapes` says of the kinds
    of the configuration what findings do not: "KIND:weak", a match too weak to be kept;
    "KIND:touching", one that shares text with another match.
    """

    inner: tuple[str, ...] = field(repr=False)
    hash: bytes
    size: int
    type: str
    status: Status
    readers: tuple[str, ...]
    findings: Sequence[Finding]
    problems: tuple[Problem, ...]
    known: bool = False
    letter: Letterhead | None = None
    shapes: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[object, ...]:
        findings: object = self.findings
        if isinstance(findings, list):  # plain tuples travel in a third of the time
            findings = [tuple(each) for each in findings]
        return _reading, (
            (self.inner, self.hash, self.size, self.type, self.status, self.readers),
            findings,
            self.problems,
            self.known,
            self.letter,
            self.shapes,
        )


def _reading(
    head: tuple[tuple[str, ...], bytes, int, str, Status, tuple[str, ...]],
    findings: Sequence[Finding],
    problems: tuple[Problem, ...],
    known: bool,
    letter: Letterhead | None,
    shapes: tuple[str, ...],
) -> Reading:
    if isinstance(findings, list):
        findings = list(map(Finding._make, findings))
    return Reading(*head, findings, problems, known, letter, shapes)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exactly one per document: the readings, outermost first, or the reason there is none.

    A mail archive has no reading but a `listing`, one for each piece of it. `excluded`: what a rule
    kept closed in it; with no reading, problem or listing, the document itself. `lost`: its whole
    place is out of reach, and this outcome says nothing of the document.
    """

    document: Document
    status: Status
    readings: tuple[Reading, ...] = ()
    problem: Problem | None = None
    seconds: float = 0.0
    listing: Listing | None = None
    excluded: tuple[Excluded, ...] = ()
    lost: Lost = ""

    @property
    def is_excluded(self) -> bool:
        """Whether a rule leaves the whole document out, so that it has no row."""
        return bool(self.excluded) and not (self.readings or self.problem or self.listing)


@dataclass(frozen=True, slots=True)
class Listing:
    """A piece of what a mail archive holds; messages named by keyed hashes.

    `kept`: all that the last listing met is still there, besides what is listed now. `more`: the
    archive goes on, from `state` on; else `state` is what the next listing is to be given. `gone`:
    items that the last listing met and that are there no more.
    """

    type: str
    reader: str
    messages: tuple[Message, ...] = field(repr=False)
    problems: tuple[Problem, ...]
    kept: bool
    more: bool
    state: bytes = field(repr=False)
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on hostile input. Changing one re-reads only what it had kept from being read."""

    max_file_bytes: int = 2 * 1024**3
    max_unpacked_bytes: int = 1024**3  # of all parts of one document together
    max_ratio: int = 200  # unpacked to packed bytes, once past 10 MB
    max_depth: int = 8  # parts in parts
    max_parts: int = 10_000
    deadline_seconds: float = 60.0  # of a small document
    deadline_seconds_per_mb: float = 2.0
    deadline_ceiling_seconds: float = 1800.0
    memory_bytes: int = 2 * 1024**3  # of one worker process

    def deadline(self, size: int) -> float:
        """Return the seconds that a document of `size` bytes may take."""
        seconds = self.deadline_seconds + self.deadline_seconds_per_mb * size / 1_000_000
        return min(seconds, self.deadline_ceiling_seconds)

"""Find the findings that somebody asks for, riskiest document first, one at a time."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from connectors import Audience
from scanner.answers.filters import Condition, Filters, lowest, of_documents, of_findings
from scanner.answers.opened import Opened
from scanner.messages import Words
from scanner.privacy import shown
from scanner.risk import Level, level_of

COLUMNS = (
    "id",
    "kind",
    "masked",
    "confidence",
    "why",
    "risk",
    "count",
    "device",
    "place",
    "owner",
    "department",
    "path",
    "inner_path",
    "where",
    "status",
    "modified",
    "first_seen",
    "read_at",
    "verdict",
    "manager",
    "readable_by",
)
"""The keys of a line, in order (CONTRACTS, Output lines)."""
CUSTOMER = "customer"
"""One more, last, where there is a register: whether it knows the value."""
MESSAGE = "message"
"""One more for a mail in an archive or mailbox: its folder, time, masked sender and mark."""
FIRST_HERE = "f.first_run, o.first_run"
"""The later of the two; the runs of several devices are not numbered by time."""

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as answers name it: nothing of it is sealed, what was is masked."""

    id: int
    device: str
    place: str
    owner: str | None
    path: str = field(repr=False)
    status: str
    reason: str
    modified: str
    read_at: str
    risk: float
    size: int
    department: str | None = None
    manager: str | None = None
    readable_by: Audience = ""
    """Who can read it, where that is known."""
    message: str = field(default="", repr=False)
    """Of a mail in an archive or mailbox: its folder, time and masked sender, for eyes."""

    @property
    def level(self) -> Level:
        return level_of(self.risk)

    @property
    def whose(self) -> str | None:
        """The owner, with the department in brackets where it is known."""
        if self.owner and self.department:
            return f"{self.owner} ({self.department})"
        return self.owner

    def owned(self) -> dict[str, str | None]:
        """Return whose it is, as lines of JSON say it."""
        return {"owner": self.owner, "department": self.department, "manager": self.manager}


EMPLOYEE = "LEFT JOIN employee e ON e.account=d.owner"
OWNER = "coalesce(nullif(e.name, ''), d.owner)"
"""How answers name the owner of a document: an employee of the list by name."""
SHOWN = (
    f"SELECT d.id, d.device, p.name, {OWNER}, d.display, d.status, d.reason, d.modified,"
    " d.read_at, d.risk, d.size, e.department, e.manager, d.readable_by, d.mail_folder,"
    " CASE WHEN d.item='' THEN '' ELSE"
    " coalesce((SELECT l.sent || char(31) || l.sender FROM occurrence o"
    " JOIN letter l ON l.content=o.content WHERE o.document=d.id AND o.inner='[]'"
    " ORDER BY o.id DESC LIMIT 1), char(31)) || char(31) || d.item END"
    f" FROM document d JOIN place p ON p.id=d.place {EMPLOYEE}"
)


def shown_document(opened: Opened, number: int) -> Shown:
    """Return one document as answers name it."""
    row = opened.connection.execute(f"{SHOWN} WHERE d.id=?", (number,)).fetchone()
    return as_shown(opened, row)


def as_shown(opened: Opened, row: tuple[Any, ...]) -> Shown:
    """Return a row of SHOWN as answers name it."""
    (number, device, place, owner, path, status, reason, modified, read_at, risk, size) = row[:11]
    department, manager, readable_by = row[11:14]
    return Shown(
        number,
        shown(opened.devices.get(device, device)),
        shown(place),
        shown(owner) if owner else None,
        path,
        status,
        reason or "",
        modified,
        read_at,
        risk or 0.0,
        size,
        shown(department) if department else None,
        shown(manager) if manager else None,
        readable_by or "",
        message_of(*row[14:]),
    )


def message_of(folder: str | None, letter: str) -> str:
    """Return how a person finds a message: folders, time, masked sender, a mark of its own."""
    if not letter:
        return ""
    sent, sender, item = letter.split("\x1f", 2)
    told = f"{time_and_sender(sent, sender)} #{mark_of(item)}".lstrip()
    return " › ".join((*map(shown, json.loads(folder or "[]")), told))


def time_and_sender(sent: str, sender: str) -> str:
    """Return when a mail was sent, to the minute, and its masked sender, for eyes."""
    return " ".join(filter(None, (sent[:16].replace("T", " "), shown(sender))))


def mark_of(item: str) -> str:
    """Return a short mark of a message that tells it from its neighbours, of its key alone."""
    return hashlib.blake2s(item.encode("utf-8", "surrogateescape"), digest_size=3).hexdigest()


class Search:
    """One search through the index: which documents, and what in them."""

    def __init__(self, opened: Opened, filters: Filters) -> None:
        self.opened = opened
        self.filters = filters
        self._documents = of_documents(filters)
        inside = self._with_ignored(of_findings(filters, "f", FIRST_HERE), "f")
        wanted = opened.is_wanted("f.kind", "d.place")
        self._inside = Condition(f"{inside.sql} AND {wanted}", inside.values)
        self._in_name = self._with_ignored(of_findings(filters, "n", "n.first_run"), "n")
        self._order = "d.risk DESC, d.display, d.id"
        if lowest(filters.risk) > 0 and not filters.gone:
            self._order = "d.risk DESC, d.id"
        self._open = "1" if filters.gone else "o.gone_run IS NULL"
        if filters.gone:
            # what a document held when it went, not what earlier versions of it did
            self._open = "(o.gone_run IS NULL OR o.gone_run = d.gone_run)"

    def _with_ignored(self, condition: Condition, table: str) -> Condition:
        kept = self.opened.not_ignored(f"{table}.fingerprint")
        if self.filters.customers:
            kept += " AND " + self.opened.of_customers(f"{table}.fingerprint")
        return Condition(f"{condition.sql} AND {kept}", condition.values)

    def documents(self) -> Iterator[int]:
        """Yield the ids of documents with such findings, riskiest first.

        Of one risk by path; where some risk is asked for, as they were met, which needs no sorting.
        """
        inside, in_name = self._inside, self._in_name
        cursor = self.opened.connection.execute(
            f"SELECT d.id FROM document d WHERE {self._documents.sql} AND ("
            f"EXISTS (SELECT 1 FROM occurrence o CROSS JOIN finding f ON f.content=o.content"
            f" WHERE o.document=d.id AND {self._open} AND {inside.sql})"
            f" OR EXISTS (SELECT 1 FROM name_finding n WHERE n.document=d.id AND {in_name.sql}))"
            f" ORDER BY {self._order}",
            (*self._documents.values, *inside.values, *in_name.values),
        )
        for row in cursor:
            yield row[0]

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of this search's lines, in order."""
        return (*COLUMNS, CUSTOMER) if self.opened.registered else COLUMNS

    def _rows(self, number: int) -> Iterator[tuple[Any, ...]]:
        inside, in_name = self._inside, self._in_name
        yield from self.opened.connection.execute(
            "SELECT n.kind, n.fingerprint, n.masked, n.confidence, n.evidence, n.count, n.places,"
            " 0, '', (SELECT started FROM run WHERE id=n.first_run)"
            f" FROM name_finding n WHERE n.document=? AND {in_name.sql} ORDER BY n.id",
            (number, *in_name.values),
        )
        for (part,) in self.opened.connection.execute(
            "SELECT o.id FROM document d CROSS JOIN occurrence o ON o.document=d.id"
            f" WHERE d.id=? AND {self._open} ORDER BY o.id",
            (number,),
        ).fetchall():  # part by part, so that nothing is sorted
            yield from self.opened.connection.execute(
                "SELECT f.kind, f.fingerprint, f.masked, f.confidence, f.evidence, f.count,"
                f" f.places, o.id, o.inner_path,"
                f" (SELECT max(started) FROM run WHERE id IN ({FIRST_HERE}))"
                " FROM occurrence o CROSS JOIN document d ON d.id=o.document"
                " CROSS JOIN finding f ON f.content=o.content"
                f" WHERE o.id=? AND {inside.sql} ORDER BY f.id",
                (part, *inside.values),
            )

    def lines(self, words: Words) -> Iterator[Line]:
        """Yield a line for each finding and occurrence, as CONTRACTS says it."""
        why = lru_cache(maxsize=4096)(lambda evidence: words.why(evidence.split()))
        for number in self.documents():
            document = shown_document(self.opened, number)
            for row in self._rows(number):
                yield self._line(document, row, why)

    def lines_of(self, number: int, words: Words, start: int, most: int) -> Iterator[Line]:
        """Yield the lines of one document behind `start`, at most so many."""
        document = shown_document(self.opened, number)
        for row in islice(self._rows(number), start, start + most):
            yield self._line(document, row, lambda evidence: words.why(evidence.split()))

    def _line(self, document: Shown, row: tuple[Any, ...], why: Callable[[str], str]) -> Line:
        kind, fingerprint, masked, confidence, evidence, count, places, part, inner, first = row
        verdict = self.opened.verdict(fingerprint, document.id, kind)
        line = {
            "id": f"{document.id}-{part}-{fingerprint.hex()[:12]}",
            "kind": kind,
            "masked": shown(masked),
            "confidence": confidence,
            "why": why(evidence),
            "risk": document.level,
            "count": count,
            "device": document.device,
            "place": document.place,
            "owner": document.owner,
            "department": document.department,
            "path": document.path,
            "inner_path": inner,
            "where": first_place(places),
            "status": document.status,
            "modified": document.modified,
            "first_seen": first,
            "read_at": document.read_at,
            "verdict": verdict.decision if verdict else None,
            "manager": document.manager,
            "readable_by": document.readable_by or None,
        }
        if document.message:
            line[MESSAGE] = document.message
        if self.opened.registered:
            line[CUSTOMER] = self.opened.is_customers(fingerprint)
        return line

    def summary(self, number: int) -> list[KindCount]:
        """Return what one document holds, kind by kind, most values first."""
        inside, in_name = self._inside, self._in_name
        (several,) = self.opened.connection.execute(
            "SELECT count(*) FROM (SELECT o.content FROM document d CROSS JOIN occurrence o"
            f" ON o.document=d.id WHERE d.id=?1 AND {self._open}"
            " UNION ALL SELECT 1 FROM name_finding WHERE document=?1 LIMIT 2)",
            (number,),
        ).fetchone()
        values = "count(DISTINCT fingerprint)" if several > 1 else "count(*)"  # once in a content
        rows = self.opened.connection.execute(
            f"SELECT kind, {values}, sum(count), max(confidence), masked FROM ("
            "SELECT f.kind, f.fingerprint, f.count, f.confidence, f.masked FROM document d"
            " CROSS JOIN occurrence o ON o.document=d.id"
            " CROSS JOIN finding f ON f.content=o.content"
            f" WHERE d.id=? AND {self._open} AND {inside.sql} UNION ALL"
            " SELECT n.kind, n.fingerprint, n.count, n.confidence, n.masked"
            f" FROM name_finding n WHERE n.document=? AND {in_name.sql})"
            " GROUP BY kind ORDER BY 2 DESC, kind",
            (number, *inside.values, number, *in_name.values),
        )
        return [
            KindCount(kind, values, hits, best, shown(masked))
            for kind, values, hits, best, masked in rows
        ]


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many distinct values and hits of a kind; `example` is the mask of the surest one."""

    kind: str
    values: int
    hits: int
    confidence: float
    example: str


def first_place(places: str) -> list[str]:
    """Return the first of a finding's places, steps masked where they are sealed."""
    try:
        held = json.loads(places)
    except ValueError:
        return []
    return [shown(str(step)) for step in held[0]] if held else []


def add_path_filter(connection: sqlite3.Connection, matches: Any) -> None:
    """Give a connection the SQL function `path_matches` that a path filter needs."""
    connection.create_function("path_matches", 1, matches, deterministic=True)

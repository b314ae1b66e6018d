"""Find every place that holds a value, by its fingerprint. Sees values only to fingerprint them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.answers.findings import Shown, first_place, shown_document, time_and_sender
from scanner.answers.opened import Opened
from scanner.answers.written import Candidate
from scanner.index.store import IndexTrouble, explain
from scanner.messages import certainty
from scanner.privacy import Seal, mask, shown


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value that is looked for: its fingerprints and its mask, no longer the value."""

    kind: str
    fingerprint: bytes
    masked: str


@dataclass(frozen=True, slots=True)
class Where:
    """One place: a document, and the part inside it."""

    document: Shown
    inner_path: str = field(repr=False)
    first_seen: str
    gone: bool
    message: str = field(default="", repr=False)
    """Of what lies in a mail inside the document: the mail's time and masked sender."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One value in one content, with every place where that content lies.

    `content` is None for a value in a path or file name. `where` is the first place inside.
    """

    wanted: Wanted
    content: int | None
    confidence: float
    evidence: tuple[str, ...]
    count: int
    where: list[str] = field(repr=False)
    places: list[Where] = field(repr=False)


def check_key(opened: Opened, seal: Seal) -> None:
    """Raise IndexTrouble when the index was made under another key: it would find nothing."""
    held = opened.index.meta("key_id")
    if held is not None and held != seal.key_id:
        raise IndexTrouble(
            f"{opened.index.path} was made under another company key ({held}, this one is "
            f"{seal.key_id}); 'fodspor key show' says how they belong together; else mend [key] in "
            "the config, or name another index"
        )


def check_sound(opened: Opened) -> None:
    """Raise IndexTrouble when the database is damaged: it may hold what a look-up did not find.

    Reads the whole index, so it is for answers that would say "no findings".
    """
    try:
        (said,) = opened.connection.execute("PRAGMA quick_check(1)").fetchone()
    except UnicodeDecodeError:
        said = ""
    if said != "ok":
        raise explain(sqlite3.DatabaseError("malformed"), opened.index.path)


def wanted(candidates: Sequence[Candidate], seal: Seal) -> list[Wanted]:
    """Fingerprint what is looked for."""
    return [
        Wanted(each.kind, seal.fingerprint(each.kind, each.value), mask(each.kind, each.value))
        for each in candidates
    ]


def names_indexed(opened: Opened) -> bool:
    """Whether the index holds any names of persons: `totals` knows without reading findings."""
    row = opened.connection.execute("SELECT 1 FROM totals WHERE kind='PERSON' LIMIT 1").fetchone()
    return row is not None


def hits(opened: Opened, values: Sequence[Wanted], *, gone: bool = False) -> Iterator[Hit]:
    """Yield what the index holds of the values, surest first; with `gone`, what it held as well."""
    told: set[tuple[str, int]] = set()
    for value in values:
        yield from _in_names(opened, value, gone, told)
        yield from _in_contents(opened, value, gone, told)


def _new(told: set[tuple[str, int]], table: str, number: int) -> bool:
    """Whether a finding was not told yet: a name is found by itself and by first and last word."""
    if (table, number) in told:
        return False
    told.add((table, number))
    return True


def _evidence(evidence: str, exact: int) -> tuple[str, ...]:
    return (*evidence.split(), *(() if exact else ("first-and-last",)))


def _in_names(
    opened: Opened, value: Wanted, gone: bool, told: set[tuple[str, int]]
) -> Iterator[Hit]:
    rows = opened.connection.execute(
        "SELECT n.document, n.confidence, n.evidence, n.count, n.places, d.gone_run,"
        " (SELECT started FROM run WHERE id=n.first_run), n.id, n.fingerprint=?1"
        " FROM name_finding n JOIN document d ON d.id=n.document"
        " WHERE (n.fingerprint=?1 OR n.name_fingerprint=?1) AND (?2 OR d.gone_run IS NULL)"
        " ORDER BY n.confidence DESC, n.id",
        (value.fingerprint, gone),
    ).fetchall()
    for document, confidence, evidence, count, places, gone_run, first, number, exact in rows:
        if not _new(told, "name", number):
            continue
        where = Where(shown_document(opened, document), "", first or "", gone_run is not None)
        codes = _evidence(evidence, exact)
        yield Hit(value, None, confidence, codes, count, first_place(places), [where])


def _in_contents(
    opened: Opened, value: Wanted, gone: bool, told: set[tuple[str, int]]
) -> Iterator[Hit]:
    rows = opened.connection.execute(
        "SELECT id, content, confidence, evidence, count, places, first_run, 1 FROM finding"
        " WHERE fingerprint=?1 UNION SELECT id, content, confidence, evidence, count, places,"
        " first_run, fingerprint=?1 FROM finding"
        " WHERE name_fingerprint=?1 AND name_fingerprint IS NOT NULL"
        " ORDER BY confidence DESC, content",
        (value.fingerprint,),
    )
    for number, content, confidence, evidence, count, places, first_run, exact in rows:
        if not _new(told, "content", number):
            continue
        lying = [
            Where(
                shown_document(opened, document),
                inner_path,
                first or "",
                gone_run is not None,
                mail_inside(opened, document, inner),
            )
            for document, inner_path, inner, gone_run, first in opened.connection.execute(
                "SELECT document, inner_path, inner, gone_run,"
                " (SELECT max(started) FROM run WHERE id IN (first_run, ?))"
                " FROM occurrence WHERE content=? AND (? OR gone_run IS NULL)"
                " ORDER BY gone_run IS NOT NULL, document, id",
                (first_run, content, gone),
            ).fetchall()
        ]
        if lying:
            yield Hit(
                value,
                content,
                confidence,
                _evidence(evidence, exact),
                count,
                first_place(places),
                lying,
            )


def mail_inside(opened: Opened, document: int, inner: str) -> str:
    """Return time and masked sender of the mail that a part of a document is or lies in.

    `inner` as the index has it. Empty where the document itself is the mail, or none is.
    """
    parts = json.loads(inner)
    above = [json.dumps(parts[:end], ensure_ascii=False) for end in range(1, len(parts) + 1)]
    if not above:
        return ""
    row = opened.connection.execute(
        "SELECT l.sent, l.sender FROM occurrence o JOIN letter l ON l.content=o.content"
        f" WHERE o.document=? AND o.inner IN ({','.join('?' * len(above))})"
        " ORDER BY length(o.inner) DESC, o.id DESC LIMIT 1",
        (document, *above),
    ).fetchone()
    return time_and_sender(*row) if row else ""


def gone_documents(opened: Opened, values: Sequence[Wanted]) -> int:
    """Count the documents that held a value and no longer do, as far as history goes back."""
    held: set[int] = set()
    for value in values:
        held |= {
            row[0]
            for row in opened.connection.execute(
                "WITH content_of(id) AS (SELECT content FROM finding WHERE fingerprint=?1"
                " UNION SELECT content FROM finding"
                " WHERE name_fingerprint=?1 AND name_fingerprint IS NOT NULL)"
                " SELECT document FROM occurrence WHERE content IN content_of"
                " UNION SELECT document FROM name_finding"
                " WHERE fingerprint=?1 OR name_fingerprint=?1"
                " EXCEPT SELECT document FROM occurrence"
                " WHERE content IN content_of AND gone_run IS NULL"
                " EXCEPT SELECT n.document FROM name_finding n JOIN document d ON d.id=n.document"
                " WHERE (n.fingerprint=?1 OR n.name_fingerprint=?1) AND d.gone_run IS NULL",
                (value.fingerprint,),
            )
        }
    return len(held)


def lines(hit: Hit, why: str) -> Iterator[dict[str, Any]]:
    """Yield a JSON line for each place of a hit; places of one `content` are copies."""
    for place in hit.places:
        document = place.document
        yield {
            "kind": hit.wanted.kind,
            "masked": shown(hit.wanted.masked),
            "confidence": hit.confidence,
            "certainty": certainty(hit.confidence),
            "why": why,
            "count": hit.count,
            "content": hit.content,
            "device": document.device,
            "place": document.place,
            **document.owned(),
            "path": document.path,
            "inner_path": place.inner_path,
            **({"message": told} if (told := document.message or place.message) else {}),
            "where": hit.where,
            "status": "gone" if place.gone else document.status,
            "modified": document.modified,
            "first_seen": place.first_seen,
            "read_at": document.read_at,
        }

"""Store contents: what lies below each, its findings and its problems. Knows no document."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from scanner.index.store import Index, now
from scanner.judging import Judging
from scanner.model import Finding, Letterhead, Place, Problem, Reading
from scanner.risk import risk_of
from scanner.spill import Spill

if TYPE_CHECKING:
    from scanner.tools import Tools

MAX_EXPANDED = 200_000
"""Occurrences made from one known container, a bound on what a repeated archive can cost."""

_PLAIN = re.compile(r'[0-9A-Za-z ]+(?:(?:", "|"\], \[")[0-9A-Za-z ]+)*').fullmatch
FINDING_COLUMNS = (
    "kind, fingerprint, name_fingerprint, masked, confidence, evidence, count, places, first_run"
)


@dataclass(slots=True)
class Held:
    """A content as the index holds it now, with all that lies below it."""

    id: int
    status: str
    readers: set[str]
    problems: set[str]
    kinds: Counter[str] = field(default_factory=Counter)


class Contents:
    """Writes contents for one run, inside the transaction of whoever calls."""

    def __init__(self, index: Index, tools: Tools, run: int) -> None:
        self.connection = index.connection
        self.tools = tools
        self.run = run
        self.spills: list[Spill] = []
        """Temporary files of findings that are written; to be removed after the commit."""
        self._execute = index.connection.execute
        self.judging = tools.judging
        self.groups = self.judging.groups()

    def store(self, readings: Sequence[Reading]) -> tuple[Held | None, dict[str, int]]:
        """Store readings from the innermost out; return the outermost and every occurrence."""
        below: dict[tuple[str, ...], list[tuple[str, Held]]] = {}
        occurrences: dict[str, int] = {}
        root: Held | None = None
        for reading in reversed(readings):
            children = below.pop(reading.inner, [])
            held = self._known(reading) if reading.known else self._content(reading, children)
            if held is None:
                continue
            if reading.known:
                self._expand(held.id, reading.inner, occurrences)
            occurrences[json.dumps(reading.inner, ensure_ascii=False)] = held.id
            if reading.inner:
                below.setdefault(reading.inner[:-1], []).append((reading.inner[-1], held))
            else:
                root = held
        return root, occurrences

    def _known(self, reading: Reading) -> Held | None:
        row = self._execute(
            "SELECT id, status, readers, mend FROM content WHERE hash=?", (reading.hash,)
        ).fetchone()
        if row is None:
            return None
        problems = {each.rpartition("=")[0] for each in row[3].split("|") if each}
        kinds = kinds_below(self.connection, row[0], self.judging)
        return Held(row[0], row[1], set(row[2].split()), problems, kinds)

    def _expand(self, parent: int, inner: tuple[str, ...], occurrences: dict[str, int]) -> None:
        waiting = [(parent, inner)]
        while waiting and len(occurrences) < MAX_EXPANDED:
            number, path = waiting.pop()
            for name, child in self._execute(
                "SELECT name, child FROM part WHERE parent=?", (number,)
            ).fetchall():
                occurrences[json.dumps((*path, name), ensure_ascii=False)] = child
                waiting.append((child, (*path, name)))

    def _content(self, reading: Reading, children: list[tuple[str, Held]]) -> Held:
        row = self._execute(
            "SELECT id, recipe, readers, mend, read_at FROM content WHERE hash=?", (reading.hash,)
        ).fetchone()
        if row is not None and self.tools.holds(*row[1:]):
            known = self._known(reading)
            if known is not None:  # read by two workers at the same time
                return known
        status: str = reading.status
        readers = set(reading.readers)
        problems = {name_of(problem) for problem in reading.problems}
        kinds = self.counted(reading.findings)
        for _, child in children:
            readers |= child.readers
            problems |= child.problems
            kinds += child.kinds
            if child.status in ("unread", "partial") and status == "read":
                status = "partial"
        values = (
            reading.size,
            reading.type,
            self.tools.freshness.detectors,
            " ".join(sorted(readers)),
            self.tools.freshness.mend(problems),
            status,
            risk_of(kinds, self.groups),
            now(),
            f" {' '.join(reading.shapes)} ",
        )
        seen: dict[tuple[str, bytes], int] = {}
        if row is not None:
            number = int(row[0])
            if row[1] in self.tools.freshness.accepted and row[1] != values[2]:
                self._execute(  # read with less than before: where that is wanted, again
                    "UPDATE document SET detectors='' WHERE id IN (SELECT document FROM occurrence"
                    " WHERE content=? AND gone_run IS NULL)",
                    (number,),
                )
            seen = {
                (kind, fingerprint): first
                for kind, fingerprint, first in self._execute(
                    "SELECT kind, fingerprint, first_run FROM finding WHERE content=?", (number,)
                )
            }
            self._execute(
                "UPDATE content SET size=?, type=?, recipe=?, readers=?, mend=?, status=?, risk=?,"
                " read_at=?, shapes=? WHERE id=?",
                (*values, number),
            )
            for table, column in (
                ("finding", "content"),
                ("problem", "content"),
                ("part", "parent"),
                ("letter", "content"),
            ):
                self._execute(f"DELETE FROM {table} WHERE {column}=?", (number,))
        else:
            done = self._execute(
                "INSERT INTO content(size, type, recipe, readers, mend, status, risk, read_at,"
                " shapes, hash) VALUES (?,?,?,?,?,?,?,?,?,?)",
                (*values, reading.hash),
            )
            number = int(done.lastrowid or 0)
        self.findings("finding", "content", number, reading.findings, seen)
        self.problems("content", number, reading.problems)
        if reading.letter is not None:
            self._letter(number, reading.letter)
        self.many(
            "INSERT INTO part(parent, name, child) VALUES (?,?,?)",
            [(number, name, child.id) for name, child in reversed(children)],
        )
        return Held(number, status, readers, problems, kinds)

    def counted(self, findings: Iterable[Finding]) -> Counter[str]:
        """Count what of some findings counts, by kind."""
        border = lru_cache(self.judging.border)
        return Counter(each.kind for each in findings if each.confidence >= border(each.kind))

    def _letter(self, number: int, letter: Letterhead) -> None:
        self._execute(
            "INSERT INTO letter(content, sent, sender, sender_domain, recipients, domains,"
            " identity) VALUES (?,?,?,?,?,?,?)",
            (
                number,
                letter.sent,
                letter.sender,
                letter.sender_domain,
                letter.recipients,
                json.dumps(letter.domains),
                letter.identity or None,
            ),
        )

    def findings(
        self,
        table: str,
        column: str,
        number: int,
        findings: Sequence[Finding],
        seen: dict[tuple[str, bytes], int],
    ) -> None:
        if not findings:
            return
        self.connection.executemany(
            f"INSERT INTO {table}({column}, {FINDING_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)",
            (
                (
                    number,
                    each.kind,
                    each.fingerprint,
                    each.name_fingerprint or None,
                    each.masked,
                    each.confidence,
                    " ".join(each.evidence),
                    each.count,
                    places_json(each.places),
                    seen.get((each.kind, each.fingerprint), self.run),
                )
                for each in findings
            ),
        )
        if isinstance(findings, Spill):
            self._merge_doubles(number)
            self.spills.append(findings)

    def _merge_doubles(self, content: int) -> None:
        doubles = self._execute(
            "SELECT kind, fingerprint, min(id), sum(count), max(confidence) FROM finding"
            " WHERE content=? GROUP BY kind, fingerprint HAVING count(*) > 1",
            (content,),
        ).fetchall()
        for kind, fingerprint, first, count, confidence in doubles:
            self._execute(
                "UPDATE finding SET count=?, confidence=? WHERE id=?", (count, confidence, first)
            )
            self._execute(
                "DELETE FROM finding WHERE content=? AND kind=? AND fingerprint=? AND id<>?",
                (content, kind, fingerprint, first),
            )

    def problems(self, column: str, number: int, problems: Iterable[Problem]) -> None:
        self.many(
            f'INSERT INTO problem({column}, inner, "where", reason, detail) VALUES (?,?,?,?,?)',
            [
                (number, "[]", json.dumps(each.where, ensure_ascii=False), each.reason, each.detail)
                for each in problems
            ],
        )

    def many(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            self.connection.executemany(statement, rows)


def kinds_below(connection: sqlite3.Connection, content: int, judging: Judging) -> Counter[str]:
    """Count the findings in a content and all that lies in it, by kind."""
    kinds: Counter[str] = Counter()
    for number in {content, *_descendants(connection, content)}:
        kinds.update(
            dict(
                connection.execute(
                    f"SELECT kind, count(*) FROM finding WHERE content=? AND {judging.is_finding()}"
                    " GROUP BY kind",
                    (number,),
                ).fetchall()
            )
        )
    return kinds


def _descendants(connection: sqlite3.Connection, content: int) -> Iterator[int]:
    yield from (
        row[0]
        for row in connection.execute(
            "WITH RECURSIVE below(id, depth) AS (SELECT child, 1 FROM part WHERE parent=?"
            " UNION SELECT child, depth+1 FROM part, below WHERE parent=below.id"
            " AND depth<100) SELECT DISTINCT id FROM below LIMIT ?",
            (content, MAX_EXPANDED),
        )
    )


def places_json(places: Sequence[Place]) -> str:
    """Return places as JSON; written by hand where no character needs care, three times as fast."""
    text = '"], ["'.join(['", "'.join(place) for place in places])
    if _PLAIN(text) and text.count('"') == 2 * (sum(map(len, places)) - 1):
        return f'[["{text}"]]'
    return json.dumps(places, ensure_ascii=False)


def name_of(problem: Problem) -> str:
    return f"{problem.reason}:{problem.detail}" if problem.detail else problem.reason

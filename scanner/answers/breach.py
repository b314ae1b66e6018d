"""Say what lay on a device, in a mailbox or one document at a moment, and whom it concerns.

Persons are told as an interval, because the index knows values and not persons. It sees no value:
fingerprints that stand in one row, line or single letter are taken for one person's.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from scanner.answers.opened import Opened

IDENTIFY = ("DK_CPR", "EMAIL_ADDRESS", "PHONE_NUMBER", "PERSON")
"""Kinds that name or reach somebody."""
CHUNK = 500
_ROW = re.compile(r"(?:row|line|paragraph) [0-9]+")
_CELL = re.compile(r"[A-Z]{1,3}([0-9]{1,8})")

Print = tuple[str, bytes]
"""Kind and keyed fingerprint."""


@dataclass(frozen=True, slots=True)
class Persons:
    """How many persons: at least, at most; of those at most, how many can be named, and how.

    `register`: through the register of customers; `copy`: through what lies elsewhere and is
    still there; `nobody`: not from here. The three add up to `most`.
    """

    least: int = 0
    most: int = 0
    register: int = 0
    copy: int = 0
    nobody: int = 0


@dataclass(frozen=True, slots=True)
class Breach:
    """What lay there. `kinds`: distinct values; `read`: when the last run before `at` began.

    `encryption`: of the device's disk, "on" or "off"; None where its system did not say, or where
    not a device is asked about.
    """

    documents: int
    not_read: int
    kinds: dict[str, int]
    groups: dict[str, int]
    persons: Persons
    read: str | None
    encryption: str | None
    device: str = field(default="", repr=False)


class Sets:
    """Values that belong together, joined as it becomes known (union-find)."""

    def __init__(self) -> None:
        self._above: dict[Print, Print] = {}

    def find(self, value: Print) -> Print:
        above = self._above.setdefault(value, value)
        while above != self._above[above]:
            self._above[above] = above = self._above[self._above[above]]
        return above

    def join(self, values: Iterable[Print]) -> None:
        first: Print | None = None
        for value in values:
            root = self.find(value)
            if first is None:
                first = root
            elif root != first:
                self._above[root] = first

    def groups(self) -> Iterator[list[Print]]:
        held: dict[Print, list[Print]] = defaultdict(list)
        for value in list(self._above):
            held[self.find(value)].append(value)
        yield from held.values()


@dataclass(frozen=True, slots=True)
class Scope:
    """What is out of hand, as an SQL condition on `document d`. `of_device`: all of a device."""

    device: str
    sql: str
    values: tuple[object, ...]
    of_device: bool = False
    place: int | None = None


def scope_of(
    opened: Opened, *, device: str = "", document: int = 0, archive: int = 0, place: int = 0
) -> Scope | None:
    """Return what is asked about; None where there is no such thing.

    Of a device, places on the network are not on it. `archive`: a mail archive, by itself or by
    one of its mails: all of them.
    """
    connection = opened.connection
    if document or archive:
        row = connection.execute(
            "SELECT device, path_key FROM document WHERE id=?", (document or archive,)
        ).fetchone()
        if row is None:
            return None
        if document:
            return Scope(row[0], "d.id=?", (document,))
        return Scope(row[0], "(d.device=? AND d.path_key=?)", (row[0], row[1]))
    if place:
        row = connection.execute("SELECT device FROM place WHERE id=?", (place,)).fetchone()
        return Scope(row[0], "d.place=?", (place,), place=place) if row else None
    if device in opened.devices:
        places = ",".join(map(str, _on_device(connection, device))) or "NULL"
        return Scope(device, f"d.place IN ({places})", (), of_device=True)
    return None


def breach(opened: Opened, at: str, about: Scope) -> Breach:
    """Return what lay there at a stored moment, and how many persons it concerns."""
    connection, scope, values = opened.connection, about.sql, about.values
    there = (
        "JOIN run b ON b.id=o.first_run LEFT JOIN run g ON g.id=o.gone_run"
        f" WHERE {scope} AND b.started<=? AND (o.gone_run IS NULL OR g.started>?)"
    )
    rows = connection.execute(
        "SELECT DISTINCT o.content, d.id FROM document d"
        f" JOIN occurrence o ON o.document=d.id {there}",
        (*values, at, at),
    ).fetchall()
    contents = sorted({content for content, _ in rows if content is not None})
    documents = {number for _, number in rows}
    not_read = connection.execute(
        "SELECT count(*) FROM document d JOIN run b ON b.id=d.first_run"
        f" LEFT JOIN run g ON g.id=d.gone_run WHERE {scope} AND b.started<=?"
        " AND (d.gone_run IS NULL OR g.started>?) AND NOT coalesce(d.folder, 0)"
        " AND (d.status IN ('unread', 'partial', 'placeholder') OR d.status='gone'"
        " AND NOT EXISTS (SELECT 1 FROM occurrence WHERE document=d.id))",
        (*values, at, at),
    ).fetchone()[0]
    kinds: Counter[str] = Counter()
    seen: set[Print] = set()
    counting = Counting()
    for content in contents:
        findings = _findings(opened, "finding", "content", content)
        seen |= {(kind, print_) for kind, print_, _ in findings}
        counting.content(findings)
    for number in sorted(documents):
        findings = _findings(opened, "name_finding", "document", number)
        seen |= {(kind, print_) for kind, print_, _ in findings}
        counting.content(findings)
    kinds.update(kind for kind, _ in seen)
    groups: Counter[str] = Counter()
    named = opened.judging.groups()
    for kind, count in kinds.items():
        groups[named.get(kind, "ordinary")] += count
    (read,) = connection.execute(
        "SELECT max(r.started) FROM run r JOIN place p ON p.id=r.place"
        " WHERE p.device=? AND r.started<=? AND (? IS NULL OR p.id=?)",
        (about.device, at, about.place, about.place),
    ).fetchone()
    encryption = connection.execute(
        "SELECT encryption FROM device WHERE id=?", (about.device,)
    ).fetchone()
    elsewhere = _elsewhere(opened, scope, tuple(values), counting.values)
    return Breach(
        len(documents),
        not_read,
        dict(kinds.most_common()),
        dict(groups),
        counting.persons(_registered(opened, counting.values), elsewhere),
        read,
        (encryption[0] or None) if encryption and about.of_device else None,
        about.device,
    )


def _on_device(connection: sqlite3.Connection, device: str) -> list[int]:
    return [
        number
        for number, display, share in connection.execute(
            "SELECT id, display, share FROM place WHERE device=?", (device,)
        )
        if not share and "://" not in (display or "")
    ]


Found = tuple[str, bytes, str]
"""Kind, fingerprint, places as JSON."""


def _findings(opened: Opened, table: str, column: str, number: int) -> list[Found]:
    return opened.connection.execute(
        f"SELECT kind, fingerprint, places FROM {table} WHERE {column}=?"
        f" AND {opened.is_finding(table)} AND {opened.not_ignored('fingerprint')}",
        (number,),
    ).fetchall()


class Counting:
    """Counts persons, content by content."""

    def __init__(self) -> None:
        self._sets = Sets()
        self._numbers: set[bytes] = set()
        self._least = 0

    @property
    def values(self) -> set[bytes]:
        return {print_ for group in self._sets.groups() for _, print_ in group}

    def content(self, findings: Iterable[Found]) -> None:
        """Take what one content holds."""
        rows: dict[tuple[str, ...], list[Print]] = defaultdict(list)
        all_: dict[str, set[Print]] = defaultdict(set)
        own = Sets()
        for kind, print_, places in findings:
            if kind not in IDENTIFY:
                continue
            value = (kind, print_)
            all_[kind].add(value)
            for each in (self._sets, own):
                each.find(value)
            if kind == "DK_CPR":
                self._numbers.add(print_)
            for place in json.loads(places):
                row = row_of(place)
                if row:
                    rows[row].append(value)
        if all(len(held) == 1 for held in all_.values()):  # a letter about one person
            rows[("all",)] = [value for held in all_.values() for value in held]
        for held in rows.values():
            self._sets.join(held)
            own.join(held)
        apart = sum(1 for group in own.groups() if len({kind for kind, _ in group}) > 1)
        self._least = max(self._least, apart)

    def persons(self, registered: set[bytes], elsewhere: set[bytes]) -> Persons:
        most = register = copy = 0
        for group in self._sets.groups():
            kind, number = Counter(kind for kind, _ in group).most_common(1)[0]
            most += number
            persons = [{print_} for each, print_ in group if each == kind]
            if number == 1:
                persons = [{print_ for _, print_ in group}]
            for person in persons:
                if person & registered:
                    register += 1
                elif person & elsewhere:
                    copy += 1
        least = max(len(self._numbers), self._least, 1 if most else 0)
        return Persons(min(least, most), most, register, copy, most - register - copy)


def row_of(place: list[str]) -> tuple[str, ...]:
    """Return the row, line or paragraph that a place lies in; empty where it lies in none."""
    for at, step in enumerate(place):
        if _ROW.fullmatch(step):
            return tuple(place[: at + 1])
    cell = _CELL.fullmatch(place[-1]) if place else None
    return (*place[:-1], cell[1]) if cell else ()


def _chunks(values: Iterable[bytes]) -> Iterator[list[bytes]]:
    held = iter(sorted(values))
    while chunk := list(islice(held, CHUNK)):
        yield chunk


def _registered(opened: Opened, values: set[bytes]) -> set[bytes]:
    if not opened.registered:
        return set()
    found: set[bytes] = set()
    for chunk in _chunks(values):
        marks = ",".join("?" * len(chunk))
        found |= {
            row[0]
            for row in opened.connection.execute(
                f"SELECT fingerprint FROM register.known WHERE fingerprint IN ({marks})", chunk
            )
        }
    return found


def _elsewhere(
    opened: Opened, scope: str, values: tuple[object, ...], prints: set[bytes]
) -> set[bytes]:
    """Return the fingerprints that lie outside the scope, too, and are still there."""
    found: set[bytes] = set()
    for chunk in _chunks(prints):
        marks = ",".join("?" * len(chunk))
        found |= {
            row[0]
            for row in opened.connection.execute(
                f"SELECT DISTINCT f.fingerprint FROM finding f WHERE f.fingerprint IN ({marks})"
                " AND EXISTS (SELECT 1 FROM occurrence o JOIN document d ON d.id=o.document"
                f" WHERE o.content=f.content AND o.gone_run IS NULL AND NOT ({scope}))",
                (*chunk, *values),
            )
        }
    return found

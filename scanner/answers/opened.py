"""Open an index for answering: read-only, with the decisions beside it. Needs no key by itself."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from scanner.answers.compared import Compared
from scanner.answers.verdicts import Decided, Verdicts
from scanner.index.store import (
    COLLECTED,
    Index,
    IndexTrouble,
    decisions_path,
    explain,
    readonly_uri,
)
from scanner.judging import DEFAULT, Judging
from scanner.register.store import register_path


class Verdict(NamedTuple):
    """What was decided about a value in a document (`document` None: everywhere)."""

    decision: str
    reason: str
    until: str | None


@dataclass(slots=False)
class Opened:
    """An index opened for reading. `decided`: whether a decisions file is attached to it."""

    index: Index
    decided: bool
    registered: bool = False
    """Whether a register of known customers is attached."""
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    judging: Judging = DEFAULT
    part: bool = False
    """Whether it shows a part of the index alone."""
    compared: Callable[[], Compared | None] | None = None
    """How verdicts were found to hold when they were last compared, where somebody keeps that."""
    loaded: Callable[[Callable[[], list[Decided]]], list[Decided]] | None = None
    """Keeps the verdicts that were read, where somebody answers more than once."""

    @property
    def connection(self) -> sqlite3.Connection:
        return self.index.connection

    def is_finding(self, table: str = "") -> str:
        """Return the SQL condition that keeps what is a finding, not what is less sure."""
        return self.judging.is_finding(table)

    @cached_property
    def unwanted(self) -> dict[int, tuple[str, ...]]:
        """Places in which kinds are not looked for that are looked for in others, with these."""
        rows = self.connection.execute("SELECT id, unwanted FROM place WHERE unwanted<>''")
        return {place: tuple(kinds.split()) for place, kinds in rows.fetchall()}

    def is_wanted(self, kind: str, place: str) -> str:
        """Return the SQL condition that a kind may be told of a place, both given as SQL."""
        if not self.unwanted:
            return "1"
        held = f"(SELECT ' '||unwanted||' ' FROM place WHERE id={place})"
        return f"NOT coalesce(instr({held}, ' '||{kind}||' '), 0)"

    def is_wanted_in(self, kind: str, document: str) -> str:
        """Return the same for the place of a document."""
        return self.is_wanted(kind, f"(SELECT place FROM document WHERE id={document})")

    def not_ignored(self, column: str) -> str:
        """Return the SQL condition that leaves out values on the ignore list."""
        if not self.decided:
            return "1"
        return f"{column} NOT IN (SELECT fingerprint FROM decisions.ignored)"

    def of_customers(self, column: str) -> str:
        """Return the SQL condition that keeps values of known customers only."""
        if not self.registered:
            return "0"
        return f"{column} IN (SELECT fingerprint FROM register.known)"

    def is_customers(self, fingerprint: bytes) -> bool:
        """Whether a value is a known customer's. Needs a register."""
        return (
            self.connection.execute(
                "SELECT 1 FROM register.known WHERE fingerprint=? LIMIT 1", (fingerprint,)
            ).fetchone()
            is not None
        )

    @cached_property
    def collected(self) -> bool:
        """Whether this is the company's index, collected from many devices."""
        return self.index.meta(COLLECTED) is not None

    @cached_property
    def readings(self) -> dict[int, tuple[int, ...]]:
        """Contents of a collected index that devices read otherwise, with all their rows."""
        held: dict[int, set[int]] = {}
        for own, common in self.connection.execute(
            "SELECT v.id, coalesce((SELECT id FROM content WHERE hash=substr(v.hash, 1, 32)),"
            " (SELECT min(o.id) FROM content o WHERE length(o.hash) > 32"
            " AND substr(o.hash, 1, 32)=substr(v.hash, 1, 32)))"
            " FROM content v WHERE length(v.hash) > 32"
        ):
            held.setdefault(common, {common}).add(own)
        return {common: tuple(sorted(each)) for common, each in held.items()}

    @cached_property
    def devices(self) -> dict[str, str]:
        """Labels of devices by id; the id itself where there is no label.

        Of two with one label, each has the beginning of its id behind it.
        """
        held = dict(self.connection.execute("SELECT id, label FROM device"))
        asked = [row[0] for row in self.connection.execute("SELECT DISTINCT device FROM place")]
        labels = {number: held.get(number) or number for number in {*held, *asked}}
        often = Counter(labels.values())
        return {
            number: label if often[label] == 1 else f"{label} ({number[:8]})"
            for number, label in labels.items()
        }

    @cached_property
    def verdicts(self) -> Verdicts:
        """The verdicts, compared with the index as they are asked for."""
        return Verdicts(self)

    def verdict(self, fingerprint: bytes, document: int, kind: str = "") -> Verdict | None:
        """Return the verdict that holds for a value in a document; the nearest one wins."""
        held = self.verdicts.of_finding(fingerprint, document, kind)
        return Verdict(held.decision, held.reason, held.until) if held else None


@contextmanager
def opened(path: Path, judging: Judging = DEFAULT) -> Iterator[Opened]:
    """Open the index at `path` and its decisions file, if there is one. Raises IndexTrouble."""
    with Index(path, readonly=True) as index:
        decisions = decisions_path(path)
        decided = decisions.exists()
        try:
            if decided:
                uri = readonly_uri(decisions)
                index.connection.execute("ATTACH DATABASE ? AS decisions", (uri,))
                decided = bool(
                    index.connection.execute(
                        "SELECT 1 FROM decisions.sqlite_master WHERE name='ignored'"
                    ).fetchone()
                )
        except sqlite3.Error as error:
            raise explain(error, decisions) from None
        registered = _attach_register(index)
        try:
            index.connection.execute("BEGIN")  # one state of the index for the whole answer
            yield Opened(index, decided, registered, judging=judging)
        except sqlite3.Error as error:
            raise explain(error, path) from None
        except UnicodeDecodeError:  # what SQLite says of a damaged schema quotes its bytes
            raise explain(sqlite3.DatabaseError("malformed"), path) from None


def _attach_register(index: Index) -> bool:
    path = register_path(index.path)
    if not path.exists():
        return False
    connection = index.connection
    try:
        connection.execute("ATTACH DATABASE ? AS register", (readonly_uri(path),))
        if not connection.execute(
            "SELECT 1 FROM register.sqlite_master WHERE name='meta'"
        ).fetchone():
            return False
        row = connection.execute("SELECT value FROM register.meta WHERE key='key_id'").fetchone()
    except sqlite3.Error as error:
        raise explain(error, path) from None
    held = index.meta("key_id")
    if row is None or (held is not None and row[0] != held):
        raise IndexTrouble(
            f"{path} was made under another company key; import the register again, or end a "
            "rotation with 'fodspor key rotate'"
        )
    return True

"""Keep the verdict "it belongs here" about a document, and say when it no longer holds.

It covers one document until its end, and reopens when the document grows by a fifth, gains a kind,
moves, or more people can read it. The reason is kept masked: a value in it is no longer one.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from scanner.index.contents import kinds_below
from scanner.index.store import Decisions, explain, now
from scanner.index.weighing import kinds_named
from scanner.judging import Judging
from scanner.typed import typed

BELONGS = "belongs"
FIFTH = 5
REASON_SIGNS = 300
AUDIENCES = ("owner", "group", "everyone")
"""From few to many; what is not known is compared with nothing."""

Change = Literal["grown", "kind", "moved", "readers"]
"""Why a verdict reopens: more values, a kind that was not there, another place, more readers."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a document was like: distinct values by kind, the keyed hash of its path, readers.

    The path tells a move, and an index made anew, in which the number is another document's.
    """

    kinds: Mapping[str, int] = field(default_factory=dict)
    path_key: bytes = field(default=b"", repr=False)
    readable_by: str = ""

    def as_text(self) -> str:
        """Return what is not keyed of it."""
        told = {"kinds": dict(self.kinds), "readable_by": self.readable_by}
        return json.dumps(told, sort_keys=True)

    @classmethod
    def from_text(cls, text: str, path_key: bytes) -> Basis:
        held = json.loads(text)
        return cls(held["kinds"], path_key, held["readable_by"])

    def with_kinds(self, kinds: Mapping[str, int]) -> Basis:
        """Return it with these kinds too, of each the larger number."""
        more = {kind: max(count, self.kinds.get(kind, 0)) for kind, count in kinds.items()}
        return Basis({**self.kinds, **more}, self.path_key, self.readable_by)

    def changes(self, after: Basis) -> tuple[Change, ...]:
        """Return why what held for this no longer holds for `after`, which may name less kinds."""
        found: list[Change] = []
        known = {kind: count for kind, count in self.kinds.items() if count}
        if any(
            count * FIFTH > known[kind] * (FIFTH + 1)
            for kind, count in after.kinds.items()
            if kind in known
        ):
            found.append("grown")
        if any(count and kind not in known for kind, count in after.kinds.items()):
            found.append("kind")
        if self.path_key and after.path_key not in (b"", self.path_key):
            found.append("moved")
        if {self.readable_by, after.readable_by} <= {*AUDIENCES} and AUDIENCES.index(
            after.readable_by
        ) > AUDIENCES.index(self.readable_by):
            found.append("readers")
        return tuple(found)


def kinds_of(connection: sqlite3.Connection, document: int, judging: Judging) -> Counter[str]:
    """Count the distinct values that a document and its name hold in the index now, by kind."""
    kinds = kinds_named(connection, document, judging)
    for (content,) in connection.execute(
        "SELECT content FROM occurrence WHERE document=? AND inner='[]' AND gone_run IS NULL",
        (document,),
    ).fetchall():
        kinds.update(kinds_below(connection, content, judging))
    return kinds


def basis_of(connection: sqlite3.Connection, document: int, judging: Judging) -> Basis | None:
    """Return what a document is like in the index now, or None where it is gone.

    Of its kinds those that are more than ordinary: an e-mail address more reopens nothing.
    """
    row = connection.execute(
        "SELECT path_key, readable_by FROM document WHERE id=? AND gone_run IS NULL", (document,)
    ).fetchone()
    if row is None:
        return None
    groups = judging.groups()
    held = kinds_of(connection, document, judging)
    kinds = {k: n for k, n in held.items() if groups.get(k, "ordinary") != "ordinary"}
    return Basis(kinds, row[0], row[1] or "")


def path_key_of(connection: sqlite3.Connection, document: int) -> bytes:
    """Return the keyed hash of a document's path; empty where the index has no such document."""
    row = connection.execute("SELECT path_key FROM document WHERE id=?", (document,)).fetchone()
    return bytes(row[0]) if row else b""


def keep(decisions: Decisions, document: int, reason: str, until: date, basis: Basis) -> str:
    """Keep the verdict, in place of one that stood, and write it into the audit.

    Returns the reason as it is kept: masked, in one line, bounded. Raises IndexTrouble.
    """
    told = typed(" ".join(reason.split()))[:REASON_SIGNS]
    try:
        undo(decisions, document)
        decisions.connection.execute(
            "INSERT INTO verdict(document, decision, reason, until, made, basis, path_key)"
            " VALUES (?,?,?,?,?,?,?)",
            (document, BELONGS, told, until.isoformat(), now(), basis.as_text(), basis.path_key),
        )
        decisions.log("verdict belongs", f"document {document}", f"until {until}: {told}")
    except sqlite3.Error as error:
        raise explain(error, decisions.path) from None
    return told


def undo(decisions: Decisions, document: int) -> int:
    """End the verdicts "it belongs here" about a document; return how many stood."""
    done = decisions.connection.execute(
        "UPDATE verdict SET undone=? WHERE document=? AND fingerprint IS NULL AND decision=?"
        " AND undone IS NULL",
        (now(), document, BELONGS),
    )
    return done.rowcount


def standing(
    connection: sqlite3.Connection, at: datetime, schema: str = "main"
) -> dict[int, Basis | None]:
    """Return the documents that belong where they lie, by a verdict that has not ended at `at`.

    The basis is None where a verdict was made without one. `schema`: the name under which the
    decisions file is open in `connection`.
    """
    columns = {row[1] for row in connection.execute(f"PRAGMA {schema}.table_info(verdict)")}
    if "basis" not in columns:  # made by an older Fodspor, and only read since
        return {}
    today = at.astimezone(UTC).isoformat(timespec="seconds")
    return {
        document: Basis.from_text(basis, key or b"") if basis else None
        for document, until, basis, key in connection.execute(
            f"SELECT document, until, basis, path_key FROM {schema}.verdict"
            " WHERE decision=? AND undone IS NULL AND document IS NOT NULL"
            " AND fingerprint IS NULL ORDER BY id",
            (BELONGS,),
        ).fetchall()
        if not until or until >= today[: len(until)]
    }


def reopen(decisions: Decisions, document: int, changes: Iterable[Change]) -> None:
    """End a document's verdict because of what changed, and write why into the audit."""
    undo(decisions, document)
    decisions.log("verdict reopened", f"document {document}", ", ".join(changes))

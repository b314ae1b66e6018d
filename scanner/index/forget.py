"""Delete a place from the index: its documents, what only they hold, its history."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from scanner.index.store import RUNS_IN_USE, Decisions, Index, explain, now

SMALL_BYTES = 200_000_000
"""Indexes up to this size are rewritten at once: seconds on a slow disk."""
WORTH = 0.2
"""Larger ones when this part of them is free."""


@dataclass(frozen=True, slots=True)
class Forgettable:
    """What goes with a place. `gone`: of the documents, those that lie there no more.

    `findings` are values in contents that no other place holds; `since` is the first run's start.
    """

    id: int
    name: str
    device: str
    documents: int
    gone: int
    findings: int
    runs: int
    since: str | None


def forgettable(index: Index, place: int) -> Forgettable:
    """Count what `forget` would delete. Changes nothing."""
    execute = index.connection.execute
    name, device = execute("SELECT name, device FROM place WHERE id=?", (place,)).fetchone()
    documents, gone = execute(
        "SELECT count(*), coalesce(sum(gone_run IS NOT NULL), 0) FROM document"
        " WHERE place=? AND NOT coalesce(folder, 0)",
        (place,),
    ).fetchone()
    findings = execute(
        "SELECT (SELECT count(*) FROM finding WHERE content IN (SELECT o.content FROM occurrence o"
        " JOIN document d ON d.id=o.document GROUP BY o.content HAVING max(d.place<>?1)=0))"
        " + (SELECT count(*) FROM name_finding n JOIN document d ON d.id=n.document"
        " WHERE d.place=?1)",
        (place,),
    ).fetchone()[0]
    runs, since = execute(
        "SELECT count(*), min(started) FROM run WHERE place=?", (place,)
    ).fetchone()
    return Forgettable(place, name, device, documents, gone, findings, runs, since)


def forget(index: Index, decisions: Decisions, place: Forgettable) -> None:
    """Delete a place and all that only it holds; the audit says so before it happens.

    Verdicts about its documents end. What its contents are in other places too stays; so does,
    without anything else of a run, the time in which a value there was first seen. All or nothing
    in the index. Runs under the lock of the place.
    """
    numbers = [
        row[0]
        for row in index.connection.execute("SELECT id FROM document WHERE place=?", (place.id,))
    ]
    said = f"{place.documents} documents, {place.findings} findings, {place.runs} runs"
    decisions.log("index forget", place.name, said)
    decisions.connection.executemany(
        "UPDATE verdict SET undone=? WHERE document=? AND undone IS NULL",
        [(now(), number) for number in numbers],
    )
    with index.transaction() as connection:
        _delete(connection, place.id)


def _delete(connection: sqlite3.Connection, place: int) -> None:
    execute = connection.execute
    of_place = "(SELECT id FROM document WHERE place=?)"
    for table in ("occurrence", "name_finding", "problem", "moved"):
        execute(f"DELETE FROM {table} WHERE document IN {of_place}", (place,))
    execute("DELETE FROM document WHERE place=?", (place,))
    execute("DELETE FROM content WHERE id NOT IN (SELECT content FROM occurrence)")
    for table, column in (("finding", "content"), ("problem", "content"), ("part", "parent")):
        execute(
            f"DELETE FROM {table} WHERE {column} IS NOT NULL"
            f" AND {column} NOT IN (SELECT id FROM content)"
        )
    execute("DELETE FROM totals WHERE place=?", (place,))
    execute("DELETE FROM excluded WHERE run IN (SELECT id FROM run WHERE place=?)", (place,))
    execute(f"DELETE FROM run WHERE place IN (?, 0) AND id NOT IN ({RUNS_IN_USE})", (place,))
    execute(
        "UPDATE run SET place=0, number=id, counts='{}', coverage='{}', versions='{}'"
        " WHERE place=?",
        (place,),
    )
    execute("DELETE FROM place WHERE id=?", (place,))


def give_back(index: Index) -> bool:
    """Give the space back where that is quick or worth it; return whether it was done.

    What was deleted is overwritten in any case (secure_delete), in the journal too.
    """
    execute = index.connection.execute
    try:
        size, pages, free = (
            execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_size", "page_count", "freelist_count")
        )
        worth = bool(free) and (size * pages <= SMALL_BYTES or free / pages >= WORTH)
        if worth:
            execute("VACUUM")
        execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise explain(error, index.path) from None
    return worth or not free

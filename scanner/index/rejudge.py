"""Weigh anew what the index holds where the configuration judges otherwise. Opens nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from scanner.index.contents import kinds_below
from scanner.index.record import count_totals
from scanner.index.store import Decisions, Index, decisions_path
from scanner.index.weighing import weigh_documents
from scanner.judging import Judging
from scanner.risk import risk_of

JUDGED = "judged"
"""The key of `meta` that says how the risks and today's totals in the index were judged."""


def is_judged(index: Index, judging: Judging) -> bool:
    """Whether the index's risks and totals are those of this judging."""
    held = index.meta(JUDGED)
    if held is None:  # never told: as by default, with the own kinds as they are now
        return not judging.finding
    return held == judging.as_text()


def rejudge(index: Index, judging: Judging) -> tuple[str, ...]:
    """Bring risks and today's totals up to a judging; return the kinds that it judges anew.

    A border that changed is written to the audit before. One transaction: killed, nothing is
    done. Raises IndexTrouble where the index or its decisions cannot be written.
    """
    if is_judged(index, judging):
        if index.meta(JUDGED) is None:
            index.set_meta(JUDGED, judging.as_text())
        return ()
    held = index.meta(JUDGED)
    before = Judging.from_text(held) if held else Judging(own=judging.own)
    kinds = tuple(before.differing(judging))
    _audit(index, before, judging, kinds)
    with index.transaction() as connection:
        if held == "":
            kinds = tuple(row[0] for row in connection.execute("SELECT DISTINCT kind FROM finding"))
        documents = weigh(connection, judging, kinds)
        if documents:
            day = datetime.now(UTC).date().isoformat()
            for (place,) in connection.execute("SELECT id FROM place").fetchall():
                count_totals(connection, place, day, judging)
        index.set_meta(JUDGED, judging.as_text())
    return kinds


def disown(index: Index, judging: Judging) -> None:
    """Say that the index was written by this judging, if another one was at work meanwhile.

    The next `rejudge` then weighs all of it. Runs inside a transaction of the caller.
    """
    if not is_judged(index, judging):
        index.set_meta(JUDGED, "")


def _audit(index: Index, before: Judging, after: Judging, kinds: Sequence[str]) -> None:
    moved = [kind for kind in kinds if before.border(kind) != after.border(kind)]
    if moved:
        with Decisions(decisions_path(index.path)) as decisions:
            for kind in moved:
                said = f"{before.border(kind):.2f} > {after.border(kind):.2f}"
                decisions.log("threshold", kind, said)


def weigh(connection: sqlite3.Connection, judging: Judging, kinds: Collection[str]) -> int:
    """Weigh anew the contents and documents that hold something of some kinds; count documents.

    Runs inside a transaction of the caller.
    """
    marks = ",".join("?" * len(kinds))
    connection.execute("DROP TABLE IF EXISTS temp.weighed")
    connection.execute("CREATE TEMP TABLE weighed(content INTEGER PRIMARY KEY)")
    connection.execute(
        f"INSERT INTO temp.weighed SELECT DISTINCT content FROM finding WHERE kind IN ({marks})",
        tuple(kinds),
    )
    add_containers(connection, "weighed")
    groups = judging.groups()
    held: dict[int, Counter[str]] = {}
    for (content,) in connection.execute("SELECT content FROM temp.weighed").fetchall():
        held[content] = kinds_below(connection, content, judging)
    connection.executemany(
        "UPDATE content SET risk=? WHERE id=?",
        [(risk_of(counts, groups), content) for content, counts in held.items()],
    )
    documents = connection.execute(
        "SELECT DISTINCT d.id FROM document d LEFT JOIN occurrence o ON o.document=d.id"
        " AND o.inner='[]' AND (o.gone_run IS NULL OR o.gone_run=d.gone_run)"
        " WHERE o.content IN (SELECT content FROM temp.weighed)"
        f" OR d.id IN (SELECT document FROM name_finding WHERE kind IN ({marks}))",
        tuple(kinds),
    ).fetchall()
    weigh_documents(connection, judging, (row[0] for row in documents), held)
    connection.execute("DROP TABLE temp.weighed")
    return len(documents)


def add_containers(connection: sqlite3.Connection, table: str) -> None:
    """Add to a temporary table of contents all that hold one of them, at any depth."""
    added = 1
    while added > 0:  # ends: a content is added once
        added = connection.execute(
            f"INSERT OR IGNORE INTO temp.{table} SELECT parent FROM part"
            f" WHERE child IN (SELECT content FROM temp.{table})"
        ).rowcount

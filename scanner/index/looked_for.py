"""Keep what the index tells of a place to the kinds that are looked for there. Opens no document.

One content can lie in two places, and special categories be looked for in one of them alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scanner.index.record import count_totals
from scanner.index.rejudge import add_containers, weigh

if TYPE_CHECKING:
    from scanner.tools import Tools


def settle(connection: sqlite3.Connection, tools: Tools, place: int) -> None:
    """Write down what is not looked for in a place although it is elsewhere; act where it changed.

    What was found of it in contents that no other place may show is deleted, and counts as not
    looked for: switched on again, it is read. Runs inside a transaction of the caller.
    """
    row = connection.execute("SELECT unwanted FROM place WHERE id=?", (place,)).fetchone()
    before, now = set((row[0] or "").split()), set(tools.unwanted)
    if before == now:
        return
    connection.execute("UPDATE place SET unwanted=? WHERE id=?", (" ".join(sorted(now)), place))
    if added := sorted(now - before):
        _void(connection, tools, place, added)
    weigh(connection, tools.judging, sorted(now ^ before))
    connection.execute("DELETE FROM finding WHERE confidence=0")
    count_totals(connection, place, datetime.now(UTC).date().isoformat(), tools.judging)


def _void(connection: sqlite3.Connection, tools: Tools, place: int, kinds: Sequence[str]) -> None:
    """Give what no place may show any more the confidence 0, and call it not looked for."""
    marks = ",".join("?" * len(kinds))
    connection.execute("DROP TABLE IF EXISTS temp.unwanted")
    connection.execute("CREATE TEMP TABLE unwanted(content INTEGER PRIMARY KEY)")
    connection.execute(
        "INSERT INTO temp.unwanted SELECT DISTINCT f.content FROM occurrence o"
        " JOIN document d ON d.id=o.document AND d.place=? JOIN finding f ON f.content=o.content"
        f" WHERE f.kind IN ({marks}) AND NOT EXISTS (SELECT 1 FROM occurrence e"
        " JOIN document b ON b.id=e.document JOIN place p ON p.id=b.place"
        " WHERE e.content=o.content AND e.gone_run IS NULL AND coalesce(p.unwanted,'')='')",
        (place, *kinds),
    )
    connection.execute(
        f"UPDATE finding SET confidence=0 WHERE kind IN ({marks})"
        " AND content IN (SELECT content FROM temp.unwanted)",
        tuple(kinds),
    )
    add_containers(connection, "unwanted")
    digest = tools.freshness.detectors
    connection.execute(
        "UPDATE content SET recipe=? WHERE id IN (SELECT content FROM temp.unwanted)", (digest,)
    )
    accepted = sorted(tools.freshness.accepted)
    marks = ",".join("?" * len(accepted))
    connection.execute(
        f"UPDATE document SET detectors=? WHERE place=? AND detectors IN ({marks})",
        (digest, place, *accepted),
    )
    connection.execute("DROP TABLE temp.unwanted")

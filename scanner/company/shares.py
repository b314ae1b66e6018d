"""Find places that two devices scanned both: one share, whose documents would count twice."""

from __future__ import annotations

import sqlite3

SAMPLE = 200
"""Contents of a place that are looked up in the places of other devices."""
FEWEST = 10
"""Contents from which a place can be told by them: a handful is alike by chance."""
ALIKE = 0.8
MOST_HOLDERS = 100
"""Places of a content beyond which it says nothing: a logo lies everywhere."""

ADDRESS = "(instr({0}, CAST('://' AS BLOB)) > 1 OR substr({0}, 1, 2) IN (x'5c5c', x'2f2f'))"
"""Whether a root is an address or a UNC path: the same for every device."""


def find_shared(connection: sqlite3.Connection, device: str) -> None:
    """Write anew which places of a device are those of other devices too.

    By the share that a place lies on, or its root where that is an address; else by the same name,
    when most contents of a sample lie in the other place too. Part of the transaction of a merge.
    """
    execute = connection.execute
    execute(
        "DELETE FROM main.shared_place WHERE place IN (SELECT id FROM main.place WHERE device=?1)"
        " OR other IN (SELECT id FROM main.place WHERE device=?1)",
        (device,),
    )
    execute(
        "INSERT INTO main.shared_place(place, other, reason) SELECT p.id, o.id, 'address'"
        " FROM main.place p JOIN main.place o ON o.device<>p.device"
        f" AND (o.share=p.share OR o.root=p.root AND {ADDRESS.format('p.root')})"
        " WHERE p.device=?",
        (device,),
    )
    for (place,) in execute(
        "SELECT p.id FROM main.place p WHERE p.device=? AND EXISTS (SELECT 1 FROM main.place o"
        " WHERE o.name=p.name AND o.device<>p.device)",
        (device,),
    ).fetchall():
        _by_contents(connection, place)


def _by_contents(connection: sqlite3.Connection, place: int) -> None:
    execute = connection.execute
    execute("DROP TABLE IF EXISTS temp.sample")
    execute("CREATE TEMP TABLE sample(content INTEGER PRIMARY KEY)")
    execute(
        "INSERT OR IGNORE INTO temp.sample SELECT o.content FROM (SELECT id FROM main.document"
        " WHERE place=?1 AND gone_run IS NULL AND item='' ORDER BY path_key LIMIT ?3) d"
        " JOIN main.occurrence o ON o.document=d.id AND o.inner='[]' AND o.gone_run IS NULL"
        " WHERE (SELECT count(*) FROM (SELECT 1 FROM main.occurrence WHERE content=o.content"
        " LIMIT ?2+1)) <= ?2",
        (place, MOST_HOLDERS, SAMPLE),
    )
    sampled = execute("SELECT count(*) FROM temp.sample").fetchone()[0]
    if sampled < FEWEST:
        return
    execute(
        "INSERT OR IGNORE INTO main.shared_place(place, other, reason, sampled, common)"
        " SELECT ?1, q.id, 'contents', ?2, count(DISTINCT s.content) AS common FROM temp.sample s"
        " JOIN main.occurrence o ON o.content=s.content AND o.gone_run IS NULL"
        " JOIN main.document d ON d.id=o.document JOIN main.place q ON q.id=d.place"
        " WHERE q.name=(SELECT name FROM main.place WHERE id=?1)"
        " AND q.device<>(SELECT device FROM main.place WHERE id=?1)"
        " GROUP BY q.id HAVING count(DISTINCT s.content) >= ?3",
        (place, sampled, max(FEWEST, int(ALIKE * sampled))),
    )

"""Make one document of several that are the same file. Runs once, in a migration."""

from __future__ import annotations

from typing import Any


def merge_doubles(database: Any) -> None:
    """Merge documents of one (device, path, item) that lie in several places, history kept.

    The one that was read last stays, open ones first. Closed occurrences of the others move to
    it; what they still held open and it does not is closed.
    """
    execute = database.execute
    execute(
        "CREATE TEMP TABLE double AS SELECT id AS loser, survivor FROM (SELECT id,"
        " first_value(id) OVER same AS survivor FROM document WINDOW same AS"
        " (PARTITION BY device, path_key, item"
        " ORDER BY gone_run IS NOT NULL, read_at DESC, id)) WHERE id<>survivor"
    )
    execute("CREATE INDEX temp.double_loser ON double(loser)")
    for survivor, first in execute(
        "SELECT survivor, min(d.first_run) FROM double JOIN document d ON d.id=loser"
        " GROUP BY survivor"
    ).fetchall():
        execute("UPDATE document SET first_run=min(first_run, ?) WHERE id=?", (first, survivor))
    for loser, survivor in execute("SELECT loser, survivor FROM double").fetchall():
        for inner, content, first in execute(
            "SELECT inner, content, first_run FROM occurrence WHERE document=?"
            " AND gone_run IS NULL",
            (loser,),
        ).fetchall():
            execute(
                "UPDATE occurrence SET first_run=min(first_run, ?) WHERE document=? AND inner=?"
                " AND content=? AND gone_run IS NULL",
                (first, survivor, inner, content),
            )
        execute(
            "DELETE FROM occurrence WHERE document=? AND gone_run IS NULL AND (inner, content) IN"
            " (SELECT inner, content FROM occurrence WHERE document=? AND gone_run IS NULL)",
            (loser, survivor),
        )
        execute(
            "UPDATE occurrence SET document=?, gone_run=coalesce(gone_run, max(first_run,"
            " coalesce((SELECT max(first_run) FROM occurrence WHERE document=?), 0)))"
            " WHERE document=?",
            (survivor, survivor, loser),
        )
        execute("UPDATE moved SET document=? WHERE document=?", (survivor, loser))
    for table, column in (
        ("name_finding", "document"),
        ("problem", "document"),
        ("document", "id"),
    ):
        execute(f"DELETE FROM {table} WHERE {column} IN (SELECT loser FROM double)")
    execute("DROP TABLE double")

"""Make one document of two that are the same file, history kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def merge(execute: Callable[..., Any], loser: int, survivor: int) -> None:
    """Let document `survivor` take over the history of `loser`, which is deleted.

    Closed occurrences of the loser move; what it still holds open and the survivor does not is
    closed. Runs inside a transaction of the caller.
    """
    execute(
        "UPDATE document SET first_run=min(first_run, (SELECT first_run FROM document WHERE id=?))"
        " WHERE id=?",
        (loser, survivor),
    )
    for inner, content, first in execute(
        "SELECT inner, content, first_run FROM occurrence WHERE document=? AND gone_run IS NULL",
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
        " coalesce((SELECT max(first_run) FROM occurrence WHERE document=?), 0))) WHERE document=?",
        (survivor, survivor, loser),
    )
    execute("UPDATE moved SET document=? WHERE document=?", (survivor, loser))
    for table, column in (
        ("name_finding", "document"),
        ("problem", "document"),
        ("document", "id"),
    ):
        execute(f"DELETE FROM {table} WHERE {column}=?", (loser,))


def merge_doubles(database: Any) -> None:
    """Merge documents of one (device, path, item) that lie in several places.

    The one that was read last stays, open ones first. Runs once, in a migration.
    """
    for loser, survivor in database.execute(
        "SELECT id, survivor FROM (SELECT id, first_value(id) OVER same AS survivor FROM document"
        " WINDOW same AS (PARTITION BY device, path_key, item"
        " ORDER BY gone_run IS NOT NULL, read_at DESC, id)) WHERE id<>survivor"
    ).fetchall():
        merge(database.execute, loser, survivor)

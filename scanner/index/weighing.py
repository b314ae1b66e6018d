"""Weigh documents by what they hold and what their names give away, but for what is unwanted."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from scanner.index.contents import kinds_below
from scanner.judging import Judging
from scanner.risk import risk_of


def weigh_documents(
    connection: sqlite3.Connection,
    judging: Judging,
    documents: Iterable[int],
    held: dict[int, Counter[str]] | None = None,
) -> None:
    """Write the risk of some documents; `held`: what some contents are known to hold, by kind.

    Runs inside a transaction of the caller.
    """
    held = {} if held is None else held
    groups = judging.groups()
    unwanted = {
        place: (kinds or "").split()
        for place, kinds in connection.execute("SELECT id, unwanted FROM place")
    }
    for document in documents:
        place, readable_by, content = connection.execute(
            "SELECT d.place, d.readable_by, max(o.content) FROM document d LEFT JOIN occurrence o"
            " ON o.document=d.id AND o.inner='[]' AND (o.gone_run IS NULL OR o.gone_run=d.gone_run)"
            " WHERE d.id=?",
            (document,),
        ).fetchone()
        if content is not None and content not in held:
            held[content] = kinds_below(connection, content, judging)
        counts = held.get(content, Counter()) + kinds_named(connection, document, judging)
        for kind in unwanted.get(place, ()):
            counts.pop(kind, None)
        connection.execute(
            "UPDATE document SET risk=? WHERE id=?",
            (risk_of(counts, groups, readable_by), document),
        )


def kinds_named(connection: sqlite3.Connection, document: int, judging: Judging) -> Counter[str]:
    """Count the findings in a document's own name and those of its folders, by kind."""
    return Counter(
        dict(
            connection.execute(
                "SELECT kind, count(*) FROM name_finding WHERE document=?"
                f" AND {judging.is_finding()} GROUP BY kind",
                (document,),
            ).fetchall()
        )
    )

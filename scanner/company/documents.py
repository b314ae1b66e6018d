"""Merge a device's documents, what lies in them, and what their names give away.

Part of the transaction of `scanner.company.merge`. Closed intervals stay as they are; a document
that the device's index does not know any more is closed, once its place was walked to the end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from scanner.company.runs import number_fresh, our_run
from scanner.company.tables import columns, of

_MINE = "document IN (SELECT ours FROM temp.of_document)"


def merge_documents(
    connection: sqlite3.Connection, device: str, newest: int, key_of: Callable[[bytes], bytes]
) -> None:
    """Fill temp.of_document and write the rows. `key_of`: the path key of a stored path."""
    execute = connection.execute
    execute(
        "CREATE TEMP TABLE of_document(theirs INTEGER PRIMARY KEY, ours INTEGER,"
        " fresh INTEGER DEFAULT 0)"
    )
    execute(
        "INSERT INTO temp.of_document(theirs, ours) SELECT t.id, o.id FROM handed.document t"
        " LEFT JOIN main.document o"
        " ON o.device=t.device AND o.path_key=t.path_key AND o.item=t.item"
    )
    _follow_moves(connection, device, key_of)
    execute("UPDATE temp.of_document SET fresh=1 WHERE ours IS NULL")
    number_fresh(connection, "document")
    execute("CREATE UNIQUE INDEX temp.of_document_ours ON of_document(ours)")
    values = {"newest": newest}
    but = ("id", "place", "first_run", "gone_run", "mend", "listing", "device")
    names = columns(connection, "document", but)
    theirs = (
        f"{of('t', names)}, '', CASE WHEN t.listing IS NOT NULL THEN x'' END, p.ours,"
        f" {our_run('t.gone_run')}"
    )
    listed = f"{', '.join(names)}, mend, listing, place, gone_run"
    joined = (
        " FROM temp.of_document d JOIN handed.document t ON t.id=d.theirs"
        " JOIN temp.of_place p ON p.theirs=t.place"
    )
    execute(
        f"INSERT INTO main.document(id, device, first_run, {listed})"
        f" SELECT d.ours, :device, {our_run('t.first_run')}, {theirs} {joined} WHERE d.fresh"
        " ORDER BY d.theirs",
        {**values, "device": device},
    )
    execute(
        f"UPDATE main.document SET ({listed}) = ({theirs}) {joined}"
        " WHERE document.id=d.ours AND NOT d.fresh"
        f" AND ({of('document', listed.split(', '))}) IS NOT ({theirs})",
        values,
    )
    _close_unknown(connection, device)


def _follow_moves(
    connection: sqlite3.Connection, device: str, key_of: Callable[[bytes], bytes]
) -> None:
    """Let documents that were moved keep their row, and so their verdicts; messages too."""
    execute = connection.execute
    execute("CREATE TEMP TABLE renamed(theirs INTEGER PRIMARY KEY, ours INTEGER)")
    moved = execute(
        "SELECT d.theirs, t.path_key, t.item, m.path FROM temp.of_document d"
        " JOIN handed.document t ON t.id=d.theirs JOIN handed.moved m ON m.document=t.id"
        " WHERE d.ours IS NULL ORDER BY m.id DESC"
    )
    for theirs, path_key, item, path in moved.fetchall():
        before = key_of(path)
        execute(
            "INSERT OR IGNORE INTO temp.renamed SELECT ?, id FROM main.document"
            " WHERE device=? AND path_key=? AND item=?",
            (theirs, device, before, item),
        )
        if not item:
            execute(
                "INSERT OR IGNORE INTO temp.renamed SELECT d.theirs, o.id FROM temp.of_document d"
                " JOIN handed.document t ON t.id=d.theirs JOIN main.document o"
                " ON o.device=t.device AND o.path_key=? AND o.item=t.item"
                " WHERE d.ours IS NULL AND t.path_key=? AND t.item<>''",
                (before, path_key),
            )
    execute(
        "DELETE FROM temp.renamed WHERE ours IN (SELECT ours FROM temp.of_document"
        " WHERE ours IS NOT NULL) OR theirs NOT IN"
        " (SELECT min(theirs) FROM temp.renamed GROUP BY ours)"
    )
    execute(
        "UPDATE temp.of_document SET ours=r.ours FROM temp.renamed r"
        " WHERE r.theirs=of_document.theirs"
    )
    execute(  # out of each other's way: one may have taken the place of another
        "UPDATE main.document SET path_key=CAST('moving ' || id AS BLOB)"
        " WHERE id IN (SELECT ours FROM temp.renamed)"
    )


def _close_unknown(connection: sqlite3.Connection, device: str) -> None:
    execute = connection.execute
    unknown = (
        "SELECT d.id, w.run FROM main.document d JOIN temp.whole_run w ON w.place=d.place"
        " WHERE d.device=? AND d.gone_run IS NULL AND w.run IS NOT NULL"
        " AND d.id NOT IN (SELECT ours FROM temp.of_document)"
    )
    execute("CREATE TEMP TABLE unknown(document INTEGER PRIMARY KEY, run INTEGER)")
    execute(f"INSERT INTO temp.unknown {unknown}", (device,))
    execute(
        "UPDATE main.occurrence SET gone_run=u.run FROM temp.unknown u"
        " WHERE occurrence.document=u.document AND gone_run IS NULL"
    )
    execute(
        "UPDATE main.document SET status='gone', gone_run=u.run FROM temp.unknown u"
        " WHERE document.id=u.document"
    )


def merge_occurrences(connection: sqlite3.Connection, newest: int) -> None:
    """Bring what lies in the device's documents up to what its index says."""
    execute = connection.execute
    values = {"newest": newest}
    names = columns(
        connection, "occurrence", ("id", "document", "content", "first_run", "gone_run", "inner")
    )
    execute(
        "CREATE TEMP TABLE lying AS SELECT d.ours AS document, t.inner AS inner,"
        f" c.ours AS content, {our_run('t.first_run')} AS first_run,"
        f" {our_run('t.gone_run')} AS gone_run, {of('t', names)}"
        " FROM handed.occurrence t JOIN temp.of_document d ON d.theirs=t.document"
        " JOIN temp.of_content c ON c.theirs=t.content ORDER BY t.document, t.id",
        values,
    )
    execute("CREATE INDEX temp.lying_where ON lying(document, inner, content, gone_run)")
    same = "l.document=o.document AND l.inner=o.inner AND l.content=o.content"
    execute(
        "UPDATE main.occurrence AS o SET gone_run=coalesce("
        f"(SELECT max(l.gone_run) FROM temp.lying l WHERE {same}),"
        " (SELECT gone_run FROM main.document WHERE id=o.document), :newest)"
        f" WHERE o.gone_run IS NULL AND o.{_MINE} AND NOT EXISTS"
        f" (SELECT 1 FROM temp.lying l WHERE {same} AND l.gone_run IS NULL)",
        values,
    )
    pairs = f"({', '.join(names)}) = ({of('l', names)})"
    execute(
        f"UPDATE main.occurrence AS o SET {pairs} FROM temp.lying l WHERE {same}"
        " AND l.gone_run IS NULL AND o.gone_run IS NULL"
        f" AND ({of('o', names)}) IS NOT ({of('l', names)})"
    )
    listed = f"document, inner, content, first_run, gone_run, {', '.join(names)}"
    execute(
        f"INSERT INTO main.occurrence({listed}) SELECT {listed} FROM temp.lying l"
        f" WHERE NOT EXISTS (SELECT 1 FROM main.occurrence o WHERE {same}"
        " AND o.gone_run IS l.gone_run) ORDER BY l.rowid"
    )


def merge_rows_of_documents(connection: sqlite3.Connection, newest: int) -> None:
    """Bring what hangs on the documents themselves up to the device's index."""
    values = {"newest": newest}
    for table in ("name_finding", "problem", "moved"):
        names = columns(
            connection, table, ("id", "document", "content", "occurrence", "first_run", "run")
        )
        run = {"name_finding": "first_run", "moved": "run"}.get(table)
        theirs = (
            f"SELECT d.ours, {of('t', names)}{', ' + our_run('t.' + run) if run else ''}"
            f" FROM handed.{table} t JOIN temp.of_document d ON d.theirs=t.document"
        )
        same = " AND ".join(f"t.{name} IS o.{name}" for name in names)
        if table != "moved":  # history
            connection.execute(
                f"DELETE FROM main.{table} AS o WHERE {_MINE} AND NOT EXISTS"
                f" (SELECT 1 FROM temp.of_document d JOIN handed.{table} t ON t.document=d.theirs"
                f" WHERE d.ours=o.document AND {same})"
            )
        elif run:
            same += f" AND {our_run('t.' + run)} IS o.{run}"
        connection.execute(
            f"INSERT INTO main.{table}(document, {', '.join(names)}{', ' + run if run else ''})"
            f" {theirs} WHERE NOT EXISTS (SELECT 1 FROM main.{table} o"
            f" WHERE o.document=d.ours AND {same}) ORDER BY t.id",
            values if run else {},
        )


def merge_counts(connection: sqlite3.Connection) -> None:
    """Take over what runs left out by rule, and the totals of each day."""
    for table, column in (("excluded", "run"), ("totals", "place")):
        names = columns(connection, table, (column,))
        connection.execute(
            f"INSERT OR REPLACE INTO main.{table}({column}, {', '.join(names)})"
            f" SELECT m.ours, {of('t', names)} FROM handed.{table} t"
            f" JOIN temp.of_{column} m ON m.theirs=t.{column}"
        )

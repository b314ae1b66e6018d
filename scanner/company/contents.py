"""Merge a device's contents: one row for the same bytes, as long as the devices read the same.

Part of the transaction of `scanner.company.merge`. Where a device's reading of bytes that other
devices hold differs from theirs, it gets a row of its own (its hash is longer by the device), so
that what one device says of a content changes nothing of what others hold.
"""

from __future__ import annotations

import sqlite3

from scanner.company.runs import number_fresh, our_run
from scanner.company.tables import HASH_BYTES, columns, of

COMPARED = {
    "finding": "kind fingerprint name_fingerprint masked confidence evidence count places",
    "problem": 'inner "where" reason detail',
    "letter": "sent sender sender_domain recipients domains identity",
}
_READING = ("read_at", "recipe", "readers", "status", "size", "type")


def merge_contents(connection: sqlite3.Connection, device: str, newest: int) -> None:
    """Fill temp.of_content, and write what is new or was read anew. `device`: its UUID's bytes."""
    execute = connection.execute
    values = {"device": device.encode(), "newest": newest, "hash_bytes": HASH_BYTES}
    execute(
        "CREATE TEMP TABLE of_content(theirs INTEGER PRIMARY KEY, ours INTEGER, common INTEGER,"
        " own INTEGER DEFAULT 0, fresh INTEGER DEFAULT 0, written INTEGER DEFAULT 0)"
    )
    execute(
        "INSERT INTO temp.of_content(theirs, common) SELECT t.id, o.id FROM handed.content t"
        " LEFT JOIN main.content o ON o.hash=t.hash"
    )
    execute("CREATE INDEX temp.of_content_common ON of_content(common)")
    _dissent(connection, values)
    execute("UPDATE temp.of_content SET ours=common WHERE NOT own")
    execute(
        "UPDATE temp.of_content SET ours=(SELECT v.id FROM main.content v JOIN handed.content t"
        " ON v.hash=CAST(t.hash || :device AS BLOB) WHERE t.id=theirs) WHERE own",
        values,
    )
    execute("UPDATE temp.of_content SET fresh=1, written=1 WHERE ours IS NULL")
    number_fresh(connection, "content")
    _switch(connection, values)
    same = " AND ".join(f"o.{name} IS t.{name}" for name in _READING)
    execute(
        "UPDATE temp.of_content SET written=1 WHERE NOT fresh"
        " AND (own OR common NOT IN (SELECT content FROM temp.elsewhere))"
        " AND NOT EXISTS (SELECT 1 FROM handed.content t JOIN main.content o ON o.id=ours"
        f" WHERE t.id=theirs AND {same})"
    )
    _write(connection, values)


def _dissent(connection: sqlite3.Connection, values: dict[str, object]) -> None:
    """Mark as `own` what other devices hold too and have read otherwise, and what contains it."""
    execute = connection.execute
    execute("CREATE TEMP TABLE elsewhere(content INTEGER PRIMARY KEY)")
    execute(
        "INSERT OR IGNORE INTO temp.elsewhere SELECT common FROM temp.of_content"
        " WHERE common IS NOT NULL AND EXISTS (SELECT 1 FROM main.occurrence o"
        " JOIN main.document d ON d.id=o.document WHERE o.content=common"
        " AND CAST(d.device AS BLOB)<>:device)",
        values,
    )
    execute("CREATE TEMP TABLE dissent(theirs INTEGER PRIMARY KEY)")
    shared = (
        "SELECT s.theirs, {0} FROM temp.of_content s JOIN {1} ON {2}"
        " WHERE s.common IN (SELECT content FROM temp.elsewhere)"
    )
    readings = [
        (
            shared.format("t.size, t.type, t.status", "handed.content t", "t.id=s.theirs"),
            shared.format("t.size, t.type, t.status", "main.content t", "t.id=s.common"),
        ),
        (
            shared.format(
                "t.name, c.hash",
                "handed.part t",
                "t.parent=s.theirs JOIN handed.content c ON c.id=t.child",
            ),
            shared.format(
                "t.name, c.hash",
                "main.part t",
                "t.parent=s.common JOIN main.content c ON c.id=t.child",
            ),
        ),
    ]
    for table, names in COMPARED.items():
        listed = of("t", names.split())
        readings.append(
            (
                shared.format(listed, f"handed.{table} t", "t.content=s.theirs"),
                shared.format(listed, f"main.{table} t", "t.content=s.common"),
            )
        )
    for one, two in readings:
        for left, right in ((one, two), (two, one)):
            execute(
                f"INSERT OR IGNORE INTO temp.dissent SELECT theirs FROM ({left} EXCEPT {right})"
            )
    added = 1
    while added > 0:  # ends: a content is added once
        added = execute(
            "INSERT OR IGNORE INTO temp.dissent SELECT parent FROM handed.part"
            " WHERE child IN (SELECT theirs FROM temp.dissent)"
        ).rowcount
    execute(
        "UPDATE temp.of_content SET own=1 WHERE theirs IN (SELECT theirs FROM temp.dissent)"
        " AND common IN (SELECT content FROM temp.elsewhere)"
    )
    execute(  # a container that no other device holds is written anew around what is its own
        "UPDATE temp.of_content SET written=1 WHERE NOT own AND common IS NOT NULL"
        " AND theirs IN (SELECT theirs FROM temp.dissent)"
    )


def _switch(connection: sqlite3.Connection, values: dict[str, object]) -> None:
    """Let what the device holds follow its reading from the common row to its own, or back."""
    execute = connection.execute
    execute("CREATE TEMP TABLE switched(was INTEGER PRIMARY KEY, now INTEGER, back INTEGER)")
    execute("INSERT INTO temp.switched SELECT common, ours, 0 FROM temp.of_content WHERE own")
    execute(
        "INSERT OR IGNORE INTO temp.switched SELECT v.id, c.ours, 1 FROM main.content v"
        " JOIN main.content s ON s.hash=substr(v.hash, 1, :hash_bytes)"
        " JOIN temp.of_content c ON c.common=s.id AND NOT c.own"
        " WHERE length(v.hash) > 32 AND substr(v.hash, :hash_bytes + 1)=:device",
        values,
    )
    execute(
        "UPDATE main.occurrence SET content=s.now FROM temp.switched s"
        " WHERE content=s.was AND (s.back OR EXISTS (SELECT 1 FROM main.document d"
        " WHERE d.id=document AND CAST(d.device AS BLOB)=:device))",
        values,
    )
    execute("UPDATE main.part SET child=s.now FROM temp.switched s WHERE child=s.was AND s.back")


def _write(connection: sqlite3.Connection, values: dict[str, object]) -> None:
    """Write the contents that are new or changed, with all that was found in them."""
    execute = connection.execute
    names = columns(connection, "content", ("id", "hash", "mend", "shapes"))
    execute(
        f"INSERT INTO main.content(id, hash, mend, {', '.join(names)})"
        " SELECT c.ours, CASE WHEN c.own THEN CAST(t.hash || :device AS BLOB) ELSE t.hash END, '',"
        f" {of('t', names)} FROM temp.of_content c JOIN handed.content t ON t.id=c.theirs"
        " WHERE c.fresh ORDER BY c.theirs",
        values,
    )
    execute(
        f"UPDATE main.content SET ({', '.join(names)}) = ({of('t', names)})"
        " FROM temp.of_content c JOIN handed.content t ON t.id=c.theirs"
        " WHERE c.written AND NOT c.fresh AND content.id=c.ours"
    )
    execute(
        "CREATE TEMP TABLE first_known(content INTEGER, kind TEXT, fingerprint BLOB,"
        " first_run INTEGER, PRIMARY KEY (content, kind, fingerprint)) WITHOUT ROWID"
    )
    replaced = "(SELECT ours FROM temp.of_content WHERE written AND NOT fresh)"
    execute(
        "INSERT OR IGNORE INTO temp.first_known SELECT content, kind, fingerprint, first_run"
        f" FROM main.finding WHERE content IN {replaced}"
    )
    for table, column in (*((table, "content") for table in COMPARED), ("part", "parent")):
        execute(f"DELETE FROM main.{table} WHERE {column} IN {replaced}")
    joined = "FROM temp.of_content c JOIN handed.{} t ON t.{}=c.theirs {} WHERE c.written"
    for table in COMPARED:
        names = columns(connection, table, ("id", "content", "document", "first_run"))
        first = table == "finding"
        more = f", coalesce(k.first_run, {our_run('t.first_run')})" if first else ""
        known = (
            "LEFT JOIN temp.first_known k ON k.content=c.ours AND k.kind=t.kind"
            " AND k.fingerprint=t.fingerprint"
            if first
            else ""
        )
        execute(
            f"INSERT INTO main.{table}(content, {', '.join(names)}{', first_run' if first else ''})"
            f" SELECT c.ours, {of('t', names)}{more}"
            f" {joined.format(table, 'content', known)} ORDER BY c.theirs, t.rowid",
            values if first else {},
        )
    execute(
        "INSERT INTO main.part(parent, name, child) SELECT c.ours, t.name, b.ours"
        f" {joined.format('part', 'parent', 'JOIN temp.of_content b ON b.theirs=t.child')}"
        " ORDER BY t.id"
    )


def drop_left_over(connection: sqlite3.Connection, device: str) -> None:
    """Delete the device's own readings that nothing refers to any more."""
    execute = connection.execute
    execute("CREATE TEMP TABLE left_over(content INTEGER PRIMARY KEY)")
    execute(
        "INSERT INTO temp.left_over SELECT id FROM main.content v WHERE length(hash) > 32"
        " AND substr(hash, ?)=? AND NOT EXISTS (SELECT 1 FROM main.occurrence WHERE content=v.id)",
        (HASH_BYTES + 1, device.encode()),
    )
    for table, column in (
        *((table, "content") for table in COMPARED),
        ("part", "parent"),
        ("content", "id"),
    ):
        execute(f"DELETE FROM main.{table} WHERE {column} IN (SELECT content FROM temp.left_over)")

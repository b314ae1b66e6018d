"""Bring a file of fingerprints and sealed names under a chain with more links. Reads no document.

What is keyed is wrapped, what is sealed is opened and sealed anew, row by row inside the database:
no value is met, and memory stays flat.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from scanner.index.store import chain_start
from scanner.privacy import Seal
from scanner.rewrap import HASH_BYTES, Wrapping

PAGE = 100_000
"""Rows changed by one statement."""
ROTATED = "key rotated"
"""The action of the audit row that says under which key its fingerprints are from then on."""
UNSCRUBBED = "unscrubbed"
"""The key of `meta` that says that bytes of another key may still lie in the file."""

INDEX: Mapping[str, Mapping[str, str]] = {
    "finding": {"fingerprint": "fp", "name_fingerprint": "fp", "places": "sealed_json"},
    "name_finding": {"fingerprint": "fp", "name_fingerprint": "fp", "places": "sealed_json"},
    "content": {"hash": "hash", "mend": "mend"},
    "document": {
        "path": "sealed_path",
        "path_key": "key",
        "token": "token(item, token)",
        "file_id": "identity(item, file_id)",
        "item": "item",
        "listing": "listing",
        "mail_folder": "sealed_json",
        "mend": "mend",
    },
    "occurrence": {"inner": "sealed_json"},
    "part": {"name": "sealed_name"},
    "problem": {"inner": "sealed_json", "where": "sealed_json"},
    "letter": {"identity": "key"},
    "moved": {"path": "sealed_path"},
    "place": {"name": "label(root, name)", "root": "sealed_path"},
}
"""What is keyed or sealed in an index: tables, columns, and what is done to each."""
DECISIONS: Mapping[str, Mapping[str, str]] = {
    "verdict": {
        "fingerprint": "fp",
        "path_key": "key",
        "item": "item",
        "folder": "sealed_path",
    },
    "case_value": {"fingerprint": "fp"},
    "ignored": {"fingerprint": "fp"},
}
REGISTER: Mapping[str, Mapping[str, str]] = {
    "record": {"number": "sealed_name", "purpose": "sealed_name", "source": "sealed_name"},
}


def rekey(connection: sqlite3.Connection, old: Seal, new: Seal) -> int:
    """Bring an index from `old` to `new`, a chain that begins with it, in one transaction.

    Afterwards it answers as one that was scanned under `new` from the start, and the next scan
    reads nothing anew. Returns how many sealed names were left as they are because `old` does not
    open them. Call `scrub` once it is done. Nothing is done where it is under `new` already.
    Raises ValueError where `new` is no chain on `old`, or the index was made under neither.
    """
    if _held(connection) == new.key_id:
        return 0
    if _held(connection) not in (None, old.key_id):
        raise ValueError(f"the index was made under the key {_held(connection)}")
    wrapping = Wrapping(old, new)
    with _writing(connection, wrapping):
        _change(connection, INDEX)
        connection.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?,?)",
            [("key_id", new.key_id), (UNSCRUBBED, old.key_id)],
        )
    return wrapping.unopened


def rekey_register(connection: sqlite3.Connection, old: Seal, new: Seal) -> int:
    """Do the same for a register of customers; nothing for one that holds none."""
    if not _has(connection, "meta") or _held(connection) == new.key_id:
        return 0
    wrapping = Wrapping(old, new)
    with _writing(connection, wrapping):
        _change(connection, REGISTER)
        # its key is its order: a table made anew needs no temporary copy of the old one
        connection.execute(
            "CREATE TABLE known_new(fingerprint BLOB, customer INTEGER,"
            " PRIMARY KEY(fingerprint, customer)) WITHOUT ROWID"
        )
        connection.execute(
            "INSERT INTO known_new SELECT rekey_fp(fingerprint), customer FROM known"
        )
        connection.execute("DROP TABLE known")
        connection.execute("ALTER TABLE known_new RENAME TO known")
        connection.execute("UPDATE meta SET value=? WHERE key='key_id'", (new.key_id,))
    return wrapping.unopened


def rekey_decisions(
    connection: sqlite3.Connection, old: Seal, new: Seal, who: str, at: str
) -> None:
    """Do the same for verdicts, ignored values and the audit.

    Fingerprints in the audit are wrapped too, so that it can still be asked who looked for a
    value, and its chain is made anew; a last row names both keys and the end of the chain before,
    for whoever kept it. `at`: the time as it is stored.
    """
    wrapping = Wrapping(old, new)
    with _writing(connection, wrapping):
        _change(connection, DECISIONS)
        end = connection.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
        previous = _chain_anew(connection, wrapping)
        detail = f"from {old.key_id}; chain before ends in {end[0].hex() if end else '-'}"
        row = (at, who, ROTATED, new.key_id, detail)
        digest = _chained(previous, row)
        connection.execute(
            "INSERT INTO audit(at, who, action, subject, detail, previous, hash)"
            " VALUES (?,?,?,?,?,?,?)",
            (*row, previous, digest),
        )


def scrub(connection: sqlite3.Connection) -> None:
    """Write a file anew, so that no byte of what stood there before is left in it or its journal.

    What the disk itself keeps of deleted blocks is not in its power. Raises sqlite3.Error where
    another program reads it; the index then still says UNSCRUBBED.
    """
    _empty_journal(connection)  # before it grows again
    connection.execute("VACUUM")
    _empty_journal(connection)
    if _has(connection, "meta"):
        connection.execute("DELETE FROM meta WHERE key=?", (UNSCRUBBED,))
        _empty_journal(connection)


def _empty_journal(connection: sqlite3.Connection) -> None:
    (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("database is locked")


def _held(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE key='key_id'").fetchone()
    return row[0] if row else None


def _has(connection: sqlite3.Connection, table: str) -> bool:
    query = "SELECT count(*) FROM sqlite_master WHERE type='table' AND name=?"
    return bool(connection.execute(query, (table,)).fetchone()[0])


@contextmanager
def _writing(connection: sqlite3.Connection, wrapping: Wrapping) -> Iterator[None]:
    """Run one transaction in which SQL can wrap; afterwards it cannot any more."""
    for name, arguments, function in wrapping.functions():
        connection.create_function(name, arguments, function, deterministic=True)
    try:
        connection.execute("PRAGMA secure_delete=1")
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        for name, arguments, _ in wrapping.functions():
            connection.create_function(name, arguments, None)


def _change(connection: sqlite3.Connection, tables: Mapping[str, Mapping[str, str]]) -> None:
    """Change all keyed columns, a page of rows at a time; their indexes are made anew after."""
    for table, columns in tables.items():
        if not _has(connection, table):
            continue
        known = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        changes = ", ".join(
            f'"{column}"=rekey_{call}' if "(" in call else f'"{column}"=rekey_{call}("{column}")'
            for column, call in columns.items()
            if column in known
        )
        indexes = _dropped_indexes(connection, table, columns)
        last = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] or 0
        first = connection.execute(f"SELECT min(rowid) FROM {table}").fetchone()[0] or 0
        while first <= last:
            connection.execute(
                f"UPDATE {table} SET {changes} WHERE rowid>=? AND rowid<?", (first, first + PAGE)
            )
            first += PAGE
        for statement in indexes:
            connection.execute(statement)


def _dropped_indexes(
    connection: sqlite3.Connection, table: str, columns: Mapping[str, str]
) -> list[str]:
    """Drop the indexes over some columns of a table; return what makes them again."""
    made = []
    for name, statement in connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type='index' AND tbl_name=? AND sql IS NOT NULL",
        (table,),
    ).fetchall():
        over = {row[2] for row in connection.execute(f'PRAGMA index_info("{name}")')}
        if over & columns.keys():
            connection.execute(f'DROP INDEX "{name}"')
            made.append(statement)
    return made


def _chain_anew(connection: sqlite3.Connection, wrapping: Wrapping) -> bytes:
    """Wrap the subjects of the audit, and chain its rows again; return the last hash.

    A row at which the chain was broken stays one.
    """
    previous, before = b"", chain_start(connection)
    last = 0
    while rows := connection.execute(
        "SELECT id, previous, hash, at, who, action, subject, detail FROM audit"
        " WHERE id>? ORDER BY id LIMIT ?",
        (last, PAGE),
    ).fetchall():
        changed = []
        for number, link, held, *row in rows:
            sound = link == before and held == _chained(before, row)
            before, last = held, number
            row[3] = wrapping.subject(row[3])
            digest = _chained(previous, row) if sound else bytes(HASH_BYTES)
            changed.append((row[3], previous, digest, number))
            previous = digest
        connection.executemany("UPDATE audit SET subject=?, previous=?, hash=? WHERE id=?", changed)
    return previous


def _chained(previous: bytes, row: Sequence[str]) -> bytes:
    return hashlib.sha256(previous + "\x1f".join(row).encode()).digest()

"""Bring a file of fingerprints and sealed names under a chain with more links. Reads no document.

What is keyed is wrapped, what is sealed is opened and sealed anew, row by row inside the database:
no value is met, and memory stays flat.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from connectors.mbox.state import State
from scanner.links import links_between
from scanner.names import unsealed_path
from scanner.privacy import MARK, Seal, WrongKey

PAGE = 100_000
"""Rows changed by one statement."""
KEPT = 50_000
"""Sealed names and states that are known for the next row."""

_SEALED = re.compile(rb"\x00([A-Za-z0-9_=-]+)\x00")
_KEYED_ITEM = re.compile(r"([0-9a-f]{32})(-[0-9]+)?")
"""A message of an archive; a Maildir's names have a dot, a mail server's a slash."""
_HEX = re.compile(r"[0-9a-f]{32}")
_LABEL = re.compile(r" #([0-9a-f]{6})( #[0-9]+)?\Z")
_SHORT = re.compile(r"[0-9a-f]{16}")
HASH_BYTES = 32
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
    "verdict": {"fingerprint": "fp"},
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


class Wrapping:
    """What each kind of column becomes on the way from one chain to a longer one.

    NULL and what is not keyed stay as they are. `unopened` counts sealed names that `old` does
    not open; they stay too.
    """

    def __init__(self, old: Seal, new: Seal) -> None:
        self._old, self._new = old, new
        self._links = links_between(old, new)
        self.unopened = 0
        self.sealed_name = lru_cache(KEPT)(self._sealed_name)
        self.mend = lru_cache(KEPT)(self._mend)

    def functions(self) -> Iterator[tuple[str, int, Callable[..., Any]]]:
        """Yield the functions as SQL calls them: name, number of arguments, function."""
        for name, arguments in {
            "fp": 1,
            "hash": 1,
            "key": 1,
            "token": 2,
            "identity": 2,
            "item": 1,
            "listing": 1,
            "mend": 1,
            "label": 2,
            "sealed_name": 1,
            "sealed_path": 1,
            "sealed_json": 1,
        }.items():
            yield f"rekey_{name}", arguments, getattr(self, name)

    def fp(self, fingerprint: bytes | None) -> bytes | None:
        if fingerprint:
            for link in self._links:
                fingerprint = link.wrapped_fingerprint(fingerprint)
        return fingerprint

    def hash(self, digest: bytes | None) -> bytes | None:
        if digest:
            for link in self._links:
                digest = link.wrapped_hash(digest)
        return digest

    def key(self, key: bytes | None) -> bytes | None:
        if key:
            for link in self._links:
                key = link.wrapped_key(key)
        return key

    def item(self, item: str | None) -> str | None:
        found = _KEYED_ITEM.fullmatch(item or "")
        if found is None:
            return item
        wrapped = self.key(bytes.fromhex(found[1])) or b""
        return wrapped.hex() + (found[2] or "")

    def token(self, item: str | None, token: bytes | None) -> bytes | None:
        """Wrap the change token of a message of an mbox: a keyed hash of its bytes."""
        keyed = token is not None and len(token) == HASH_BYTES and _KEYED_ITEM.fullmatch(item or "")
        return self.hash(token) if keyed else token

    def identity(self, item: str | None, file_id: bytes | None) -> bytes | None:
        """Wrap what a message of a mail server shares with its copies; other ids are no secret."""
        return self.key(file_id) if "/" in (item or "") else file_id

    def listing(self, state: bytes | None) -> bytes | None:
        """Wrap the digests in what is listed of an mbox; other archives keep none."""
        held = State.of(state or b"")
        if not held.pieces:
            return state
        held.pieces = [(end, self.hash(digest) or b"") for end, digest in held.pieces]
        return held.packed()

    def _mend(self, mend: str | None) -> str | None:
        """Wrap the digest of the passwords that were tried on what is encrypted."""
        if not mend or "encrypted" not in mend:
            return mend
        entries = []
        for entry in mend.split("|"):
            name, mark, state = entry.rpartition("=")
            if name.partition(":")[0] == "encrypted" and _SHORT.fullmatch(state):
                short = bytes.fromhex(state)
                for link in self._links:
                    short = link.wrapped_short(short)
                state = short.hex()
            entries.append(name + mark + state)
        return "|".join(entries)

    def label(self, root: bytes, name: str) -> str:
        """Give a place that is named by its sealed path the keyed number of its new key."""
        found = _LABEL.search(name)
        if found is None or b"\x00" not in root:
            return name
        try:
            path = unsealed_path(root, self._old)
        except WrongKey:  # counted with its root
            return name
        if found[1] != self._old.path_key(path)[:3].hex():
            return name
        number = self._new.path_key(path)[:3].hex()
        return f"{name[: found.start()]} #{number}{found[2] or ''}"

    def subject(self, subject: str) -> str:
        """Wrap what an audit row is about, where that is a fingerprint or a place's label."""
        if _HEX.fullmatch(subject):
            return (self.fp(bytes.fromhex(subject)) or b"").hex()
        if (found := _LABEL.search(subject)) is not None:
            number = (self.key(bytes.fromhex(found[1])) or b"")[:3].hex()
            return f"{subject[: found.start()]} #{number}{found[2] or ''}"
        return subject

    def _sealed_name(self, name: str | None) -> str | None:
        """Seal a name anew; a plain one stays, and one that does not open is counted."""
        if not name or not name.startswith(MARK) or name.count(MARK) < 2:
            return name
        sealed, masked = name[1:].split(MARK, 1)
        try:
            base64.urlsafe_b64decode(sealed)
            return self._new.seal_name(self._old.unseal_name(name), masked)
        except (WrongKey, binascii.Error):
            self.unopened += 1
            return name

    def sealed_path(self, path: bytes | None) -> bytes | None:
        """Seal the components of a path anew, whatever platform's separator stands in it."""
        if not path or b"\x00" not in path:
            return path
        return _SEALED.sub(self._component, path)

    def _component(self, found: re.Match[bytes]) -> bytes:
        name = self.sealed_name(found[0].decode("ascii"))
        return (name or "").encode("ascii")

    def sealed_json(self, text: str | None) -> str | None:
        """Seal anew the names in JSON, written as the index writes it."""
        if not text or "\\u0000" not in text:
            return text
        try:
            names = json.loads(text)
        except ValueError:  # not written by an index: nobody reads it
            self.unopened += 1
            return text
        return json.dumps(self._names(names), ensure_ascii=False)

    def _names(self, value: object) -> object:
        if isinstance(value, list):
            return [self._names(each) for each in value]
        return self.sealed_name(value) if isinstance(value, str) else value


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
    previous = before = b""
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

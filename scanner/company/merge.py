"""Merge one checked and wrapped copy into the central index: wholly, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scanner.company.contents import drop_left_over, merge_contents
from scanner.company.documents import (
    merge_counts,
    merge_documents,
    merge_occurrences,
    merge_rows_of_documents,
)
from scanner.company.handed import Handed
from scanner.company.runs import merge_places, merge_runs
from scanner.company.shares import find_shared
from scanner.company.tables import columns, of
from scanner.index.employees import META as EMPLOYEES
from scanner.index.rejudge import JUDGED
from scanner.index.store import Index, explain
from scanner.names import unsealed_path
from scanner.privacy import Seal, WrongKey


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: documents new here, and those closed because the device knows them not."""

    new: int
    closed: int


def merge(
    central: Index, copy: Path, handed: Handed, seal: Seal, moment: str, receipt: tuple[bytes, ...]
) -> Merged:
    """Merge a device's index, wrapped under the central one's seal, in one transaction.

    `receipt`: mark and digest of the file, kept so that the same file is known again.
    Raises IndexTrouble; the central index is then as it was.
    """
    connection = central.connection

    def key_of(stored: bytes) -> bytes:
        try:
            return seal.path_key(unsealed_path(stored, seal))
        except WrongKey:
            return b""

    with _attached(connection, copy, central.path), central.transaction():
        _device(connection, handed, moment, receipt)
        merge_places(connection, handed.device, moment)
        newest = merge_runs(connection, handed.device)
        merge_contents(connection, handed.device, newest)
        merge_documents(connection, handed.device, newest, key_of)
        merge_occurrences(connection, newest)
        merge_rows_of_documents(connection, newest)
        merge_counts(connection)
        _employees(central)
        drop_left_over(connection, handed.device)
        find_shared(connection, handed.device)
        _judged(central)
        new, closed = connection.execute(
            "SELECT (SELECT count(*) FROM temp.of_document WHERE fresh),"
            " (SELECT count(*) FROM temp.unknown)"
        ).fetchone()
    return Merged(new, closed)


@contextmanager
def _attached(connection: sqlite3.Connection, copy: Path, path: Path) -> Iterator[None]:
    try:
        connection.execute("ATTACH DATABASE ? AS handed", (str(copy),))
        try:
            yield
        finally:
            for (name,) in connection.execute(
                "SELECT name FROM temp.sqlite_master WHERE type='table'"
            ).fetchall():
                connection.execute(f"DROP TABLE temp.{name}")
            connection.execute("DETACH DATABASE handed")
    except sqlite3.Error as error:
        raise explain(error, path) from None


def _device(
    connection: sqlite3.Connection, handed: Handed, moment: str, receipt: tuple[bytes, ...]
) -> None:
    names = columns(connection, "device", ("id",))
    connection.execute(
        f"INSERT INTO main.device(id, {', '.join(names)})"
        f" SELECT id, {', '.join(names)} FROM handed.device WHERE true"
        f" ON CONFLICT(id) DO UPDATE SET ({', '.join(names)}) = ({of('excluded', names)})"
    )
    mark, digest = receipt
    connection.execute(
        "INSERT OR REPLACE INTO main.delivery(device, mark, digest, reported, collected)"
        " VALUES (?,?,?,?,?)",
        (handed.device, mark, digest, handed.reported, moment),
    )


def _employees(central: Index) -> None:
    """Take over whom a device knows as owners, where the centre has no list of its own."""
    if central.meta(EMPLOYEES) is None:
        names = ", ".join(columns(central.connection, "employee"))
        central.connection.execute(
            f"INSERT OR REPLACE INTO main.employee({names}) SELECT {names} FROM handed.employee"
        )


def _judged(central: Index) -> None:
    """Remember where devices judge otherwise than one another: the next answer weighs anew."""
    row = central.connection.execute("SELECT value FROM handed.meta WHERE key=?", (JUDGED,))
    (theirs,) = row.fetchone() or (None,)
    ours = central.meta(JUDGED)
    if theirs is None or theirs == ours:  # None: by default
        return
    (devices,) = central.connection.execute("SELECT count(*) FROM main.delivery").fetchone()
    central.set_meta(JUDGED, theirs if ours is None and devices == 1 else "")

"""The register's own database file, beside the index: fingerprints, sealed numbers and terms."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scanner.index.store import IndexTrouble, connect, explain, now

VERSION = 1
ROW = "(number, masked, consent, purpose, consented, source, withdrawn, delete_after)"
_MADE = (
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT)",
    "CREATE TABLE record(id INTEGER PRIMARY KEY, customer INTEGER, number TEXT, masked TEXT,"
    " consent INTEGER, purpose TEXT, consented TEXT, source TEXT, withdrawn TEXT,"
    " delete_after TEXT)",
    "CREATE TABLE known(fingerprint BLOB, customer INTEGER,"
    " PRIMARY KEY(fingerprint, customer)) WITHOUT ROWID",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an export, fit to be kept: dates as ISO 8601, `withdrawn` a date or "yes".

    `consent` None: the export does not say. `number` is sealed; empty where there is none.
    """

    number: str
    masked: str
    consent: bool | None
    purpose: str
    consented: str
    source: str
    withdrawn: str
    delete_after: str
    fingerprints: tuple[bytes, ...]


def register_path(index: Path) -> Path:
    """Return where the register of the index at `index` lies: beside it."""
    return index.with_name(index.stem + "-register" + index.suffix)


class Register:
    """An open register. One writer at a time; answers attach the file for reading."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = connect(path)
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            self.connection.close()
            raise IndexTrouble(f"{path} was written by a newer Fodspor; update Fodspor")

    def __enter__(self) -> Register:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def meta(self) -> dict[str, str]:
        """Return what is known of the register; empty when nothing was imported."""
        if not self._filled():
            return {}
        return dict(self.connection.execute("SELECT key, value FROM meta"))

    def replace(self, rows: Iterable[Row], key_id: str, said: dict[str, str]) -> dict[str, int]:
        """Put `rows` in place of all that was held, in one transaction; return counts.

        Rows with one number are one customer. `said` is kept as it is with the counts.
        """
        with self._transaction() as connection:
            connection.execute("DROP TABLE IF EXISTS temp.row")
            connection.execute("DROP TABLE IF EXISTS temp.value")
            connection.execute(f"CREATE TEMP TABLE row {ROW}")
            connection.execute("CREATE TEMP TABLE value(fingerprint BLOB, row INTEGER)")
            for batch in _batches(rows, 5_000):
                self._stage(batch)
            self._empty()
            for statement in _MADE:
                connection.execute(statement)
            connection.execute(
                "INSERT INTO record SELECT rowid, CASE WHEN number='' THEN rowid"
                " ELSE min(rowid) OVER (PARTITION BY number) END, * FROM temp.row"
            )
            connection.execute(
                "INSERT OR IGNORE INTO known SELECT v.fingerprint, r.customer FROM temp.value v"
                " JOIN record r ON r.id=v.row ORDER BY 1, 2"
            )
            connection.execute("DROP TABLE temp.row")
            connection.execute("DROP TABLE temp.value")
            counts = {
                "rows": self._count("SELECT count(*) FROM record"),
                "customers": self._count("SELECT count(DISTINCT customer) FROM record"),
                "values": self._count("SELECT count(DISTINCT fingerprint) FROM known"),
            }
            told = {"key_id": key_id, "imported": now(), **said, **_texts(counts)}
            connection.executemany("INSERT INTO meta VALUES (?,?)", told.items())
            connection.execute(f"PRAGMA user_version={VERSION}")
        return counts

    def clear(self) -> None:
        """Forget every customer."""
        with self._transaction():
            self._empty()
        self.connection.execute("VACUUM")

    def _stage(self, batch: list[Row]) -> None:
        connection = self.connection
        first = self._count("SELECT coalesce(max(rowid), 0) FROM temp.row") + 1
        connection.executemany(
            "INSERT INTO temp.row VALUES (?,?,?,?,?,?,?,?)",
            [
                (
                    row.number,
                    row.masked,
                    row.consent,
                    row.purpose,
                    row.consented,
                    row.source,
                    row.withdrawn,
                    row.delete_after,
                )
                for row in batch
            ],
        )
        connection.executemany(
            "INSERT INTO temp.value VALUES (?,?)",
            [
                (fingerprint, first + at)
                for at, row in enumerate(batch)
                for fingerprint in row.fingerprints
            ],
        )

    def _empty(self) -> None:
        for table in ("meta", "record", "known"):
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")

    def _filled(self) -> bool:
        return bool(self._count("SELECT count(*) FROM sqlite_master WHERE name='meta'"))

    def _count(self, query: str) -> int:
        return int(self.connection.execute(query).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise explain(error, self.path) from None
            raise


def _texts(counts: dict[str, int]) -> dict[str, str]:
    return {name: str(count) for name, count in counts.items()}


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch

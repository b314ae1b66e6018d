"""The register's own database file, beside the index: fingerprints, sealed numbers and terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.index.store import IndexTrouble, connect, now, transaction

VERSION = 1
COMMON = 5
"""Rows that must share a purpose or source for its words to be kept readable: what fewer share may
be a remark about one person."""
MOST_WORDS = 1_000
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

    `consent` None: the export does not say. `number`, `purpose` and `source` are sealed; empty
    where there is none.
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

    def replace(
        self,
        rows: Iterable[Row],
        key_id: str,
        said: dict[str, str],
        opened: Callable[[str], str],
    ) -> dict[str, int]:
        """Put `rows` in place of all that was held, in one transaction; return counts.

        Rows with one number are one customer. `said` is kept as it is with the counts. A purpose
        or source of COMMON rows or more is kept as `opened` gives it, others stay sealed.
        """
        connection = self.connection
        with transaction(connection, self.path):
            for table in ("row", "value", "word"):
                connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
            connection.execute(f"CREATE TEMP TABLE row {ROW}")
            connection.execute("CREATE TEMP TABLE value(fingerprint BLOB, row INTEGER)")
            for batch in _batches(rows, 5_000):
                self._stage(batch)
            self._open_common(opened)
            self._empty()
            for statement in _MADE:
                connection.execute(statement)
            connection.execute(
                "INSERT INTO record SELECT r.rowid, CASE WHEN number='' THEN r.rowid"
                " ELSE min(r.rowid) OVER (PARTITION BY number) END, number, masked, consent,"
                " coalesce(p.spoken, purpose), consented, coalesce(s.spoken, source),"
                " withdrawn, delete_after FROM temp.row r"
                " LEFT JOIN temp.word p ON p.sealed=purpose"
                " LEFT JOIN temp.word s ON s.sealed=source"
            )
            connection.execute(
                "INSERT OR IGNORE INTO known SELECT v.fingerprint, r.customer FROM temp.value v"
                " JOIN record r ON r.id=v.row ORDER BY 1, 2"
            )
            for table in ("row", "value", "word"):
                connection.execute(f"DROP TABLE temp.{table}")
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
        with transaction(self.connection, self.path):
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

    def _open_common(self, opened: Callable[[str], str]) -> None:
        """Put the words that many rows share beside their sealed form, in temp.word."""
        connection = self.connection
        connection.execute("CREATE TEMP TABLE word(sealed TEXT PRIMARY KEY, spoken TEXT)")
        for column in ("purpose", "source"):
            common = connection.execute(
                f"SELECT {column} FROM temp.row WHERE {column}<>'' GROUP BY 1"
                " HAVING count(*)>=? ORDER BY count(*) DESC LIMIT ?",
                (COMMON, MOST_WORDS),
            ).fetchall()
            connection.executemany(
                "INSERT OR IGNORE INTO temp.word VALUES (?,?)",
                [(sealed, opened(sealed)) for (sealed,) in common],
            )

    def _empty(self) -> None:
        for table in ("meta", "record", "known"):
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")

    def _filled(self) -> bool:
        return bool(self._count("SELECT count(*) FROM sqlite_master WHERE name='meta'"))

    def _count(self, query: str) -> int:
        return int(self.connection.execute(query).fetchone()[0])


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

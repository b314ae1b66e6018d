"""Open the index and its decisions file, bring them up to date, check and compact them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from scanner.index.schema import DECISION_MIGRATIONS, MIGRATIONS, Migration
from scanner.platform import make_private_file

BUSY_MILLISECONDS = 30_000
COLLECTED = "collected"
"""The key of `meta` that makes an index the company's, collected: it is never scanned into."""


SHORTENED = "log shortened"
"""The action of the audit's row that says what was deleted of it."""


class IndexTrouble(Exception):
    """The index cannot be used: says why, and what to do."""


def now() -> str:
    """Return the time as it is stored: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def connect(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """Open a database file with the settings of CONTRACTS. Raises IndexTrouble."""
    if readonly and not path.exists():
        raise IndexTrouble(
            f"there is no index at {path}; run 'fodspor scan' or 'fodspor scan FOLDER' first"
        )
    try:
        if readonly:
            connection = sqlite3.connect(readonly_uri(path), uri=True, isolation_level=None)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            make_private_file(path)
            connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        connection.execute("PRAGMA query_only=1" if readonly else "PRAGMA secure_delete=1")
        if not readonly:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA cache_size=-64000")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except (sqlite3.Error, OSError) as error:
        raise explain(error, path) from None
    return connection


def readonly_uri(path: Path) -> str:
    """Return how to open a database for reading: as it stands where nobody may write beside it."""
    journal = path.with_name(path.name + "-wal")
    still = not journal.exists() and not os.access(path.parent, os.W_OK)
    return f"{path.absolute().as_uri()}?{'immutable=1' if still else 'mode=ro'}"


def explain(error: Exception, path: Path) -> IndexTrouble:
    """Turn a database error into a sentence that says what to do."""
    text = str(error).lower()
    if "full" in text:
        return IndexTrouble(f"the disk of {path} is full; free some space and run again")
    if any(word in text for word in ("readonly", "permission", "permitted", "unable to open")):
        return IndexTrouble(
            f"{path} cannot be opened for writing; check its owner and the folder's rights"
        )
    if "locked" in text:
        return IndexTrouble(f"{path} is in use by another program; try again when it has ended")
    if "malformed" in text or "not a database" in text:
        return IndexTrouble(
            f"{path} is damaged; move it away and scan again (verdicts lie in another file)"
        )
    return IndexTrouble(f"{path}: {error}")


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration], path: Path) -> None:
    """Bring a database up to date, one transaction each. Raises IndexTrouble on a newer one."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(migrations):
        raise IndexTrouble(
            f"{path} was written by a newer Fodspor (version {version}, this one knows "
            f"{len(migrations)}); update Fodspor, or name another index"
        )
    for number in range(version, len(migrations)):
        import sqlite_utils  # slow to import, and needed for a new index only

        connection.execute("BEGIN IMMEDIATE")
        try:
            current = connection.execute("PRAGMA user_version").fetchone()[0]
            if current == number:
                migrations[number](sqlite_utils.Database(connection))
                connection.execute(f"PRAGMA user_version={number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Run one write of the database at `path`, wholly or not at all. Raises IndexTrouble."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            raise explain(error, path) from None
        raise


class Index:
    """An open index. One writer at a time; any number of readers."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self.readonly = readonly
        self.connection = connect(path, readonly=readonly)
        try:
            if readonly:
                version = self.connection.execute("PRAGMA user_version").fetchone()[0]
                if version == 0:  # its first scan was killed before the tables were made
                    raise IndexTrouble(f"there is no index at {path} yet; run 'fodspor scan' first")
                if version != len(MIGRATIONS):
                    raise IndexTrouble(
                        f"{path} has version {version}, this Fodspor reads {len(MIGRATIONS)}; "
                        "run a scan with it first, or update Fodspor"
                    )
            else:
                migrate(self.connection, MIGRATIONS, path)
        except BaseException as error:
            self.connection.close()
            if isinstance(error, sqlite3.Error):
                raise explain(error, path) from None
            raise

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, value))

    def claim_key(self, key_id: str) -> None:
        """Tie the index to a company key. Raises IndexTrouble when it was made under another."""
        held = self.meta("key_id")
        if held is None:
            self.set_meta("key_id", key_id)
        elif held != key_id:
            raise IndexTrouble(
                f"{self.path} was made under another company key ({held}, this one is {key_id}); "
                "'fodspor key show' says how they belong together; else mend [key] in the config, "
                "or name another index"
            )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run one short write. Raises IndexTrouble with what to do; nothing stays half done."""
        with transaction(self.connection, self.path):
            yield self.connection

    def check(self) -> list[str]:
        """Return what is wrong with the index; empty when nothing is."""
        found: list[str] = []
        try:
            for (said,) in self.connection.execute("PRAGMA integrity_check(20)"):
                if said != "ok":
                    found.append(said)
            for name, query in CONSISTENCY.items():
                count = self.connection.execute(query).fetchone()[0]
                if count:
                    found.append(f"{count} {name}")
        except sqlite3.Error as error:
            found.append(str(explain(error, self.path)))
        return found

    def compact(self, keep_days: int, today: datetime) -> dict[str, int]:
        """End history older than `keep_days`, drop content that no place has, and give back space.

        Returns how many rows of each table went.
        """
        from datetime import timedelta

        border = (today - timedelta(days=keep_days)).isoformat(timespec="seconds")
        before = self._counts()
        with self.transaction() as connection:
            connection.execute(
                "CREATE TEMP TABLE old AS SELECT id FROM run WHERE started < ?", (border,)
            )
            connection.execute("DELETE FROM occurrence WHERE gone_run IN (SELECT id FROM old)")
            connection.execute(
                "DELETE FROM document WHERE gone_run IN (SELECT id FROM old)"
                " AND id NOT IN (SELECT document FROM occurrence)"
            )
            connection.execute("DELETE FROM moved WHERE run IN (SELECT id FROM old)")
            connection.execute("DELETE FROM excluded WHERE run IN (SELECT id FROM old)")
            for table in ("name_finding", "problem"):
                connection.execute(
                    f"DELETE FROM {table} WHERE document IS NOT NULL"
                    " AND document NOT IN (SELECT id FROM document)"
                )
            connection.execute(
                "DELETE FROM content WHERE id NOT IN (SELECT content FROM occurrence)"
            )
            connection.execute("DELETE FROM finding WHERE content NOT IN (SELECT id FROM content)")
            connection.execute("DELETE FROM part WHERE parent NOT IN (SELECT id FROM content)")
            connection.execute(
                "DELETE FROM problem WHERE content IS NOT NULL"
                " AND content NOT IN (SELECT id FROM content)"
            )
            connection.execute(  # watch mode begins one for every few saves
                "DELETE FROM run WHERE number<0 AND id IN (SELECT id FROM old)"
                f" AND id NOT IN ({RUNS_IN_USE})"
            )
            connection.execute("DROP TABLE old")
        try:
            self.connection.execute("VACUUM")
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise explain(error, self.path) from None
        after = self._counts()
        return {name: before[name] - after[name] for name in before}

    def _counts(self) -> dict[str, int]:
        tables = ("document", "occurrence", "content", "finding", "problem", "part")
        execute = self.connection.execute
        return {name: execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


RUNS_IN_USE = " UNION ".join(
    f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"
    for table, columns in {
        "document": ("first_run", "gone_run"),
        "occurrence": ("first_run", "gone_run"),
        "finding": ("first_run",),
        "name_finding": ("first_run",),
        "moved": ("run",),
    }.items()
    for column in columns
)
"""The runs by which the index says since when something is known, gone or moved, as SQL."""

CONSISTENCY = {
    "findings without content": "SELECT count(*) FROM finding"
    " WHERE content NOT IN (SELECT id FROM content)",
    "occurrences without document": "SELECT count(*) FROM occurrence"
    " WHERE document NOT IN (SELECT id FROM document)",
    "occurrences without content": "SELECT count(*) FROM occurrence"
    " WHERE content NOT IN (SELECT id FROM content)",
    "documents read but without occurrence": "SELECT count(*) FROM document d"
    " WHERE status IN ('read','partial') AND listing IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM occurrence o WHERE o.document=d.id AND o.gone_run IS NULL)",
    "places in a document held twice": "SELECT count(*) FROM (SELECT 1 FROM occurrence"
    " WHERE gone_run IS NULL GROUP BY document, inner, content HAVING count(*) > 1)",
    "values held twice in one content": "SELECT count(*) FROM (SELECT 1 FROM finding"
    " GROUP BY content, kind, fingerprint HAVING count(*) > 1)",
}


class Line(NamedTuple):
    """One line of the audit: who did what about what, when. Holds no value."""

    id: int
    at: str
    who: str
    action: str
    subject: str
    detail: str


class Checked(NamedTuple):
    """The audit as far as its chain is whole: lines, the last one's id and hash.

    `broken`: the id of the first line whose chain is broken, or None.
    """

    number: int
    last: int
    hash: bytes
    broken: int | None


class Decisions:
    """The second file: values to ignore, verdicts, and the audit. Survives a rebuilt index."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = connect(path)
        migrate(self.connection, DECISION_MIGRATIONS, path)

    def __enter__(self) -> Decisions:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def log(self, action: str, subject: str, detail: str = "", *, who: str = "") -> None:
        """Append one row to the audit, chained to the row before. `subject` holds no value.

        `who`: the account that did it; empty: the system's account that this process runs as.
        """
        import getpass
        import hashlib

        try:
            who = who or getpass.getuser()
        except (OSError, KeyError, ImportError):
            who = str(os.getpid())
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            last = connection.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
            previous = last[0] if last else b""
            row = (now(), who, action, subject, detail)
            digest = hashlib.sha256(previous + "\x1f".join(row).encode()).digest()
            connection.execute(
                "INSERT INTO audit(at, who, action, subject, detail, previous, hash)"
                " VALUES (?,?,?,?,?,?,?)",
                (*row, previous, digest),
            )
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def verify(self) -> int | None:
        """Return the id of the first audit row whose chain is broken, or None."""
        return self.checked().broken

    def checked(self, before: Checked | None = None) -> Checked:
        """Check the chain of the audit, from its beginning or on from where it was whole before.

        It begins where it was shortened to, if a row of its own says so.
        """
        import hashlib

        start = chain_start(self.connection)
        execute = self.connection.execute
        number, last, previous = (
            (before.number, before.last, before.hash) if before else (0, 0, start)
        )
        if last:
            row = execute("SELECT hash FROM audit WHERE id=?", (last,)).fetchone()
            if row is None and start:  # shortened since
                return self.checked()
            if row is None or row[0] != previous:
                return Checked(number, last, previous, last)
        for at, *row, held, digest in execute(
            "SELECT id, at, who, action, subject, detail, previous, hash FROM audit WHERE id>?"
            " ORDER BY id",
            (last,),
        ):
            expected = hashlib.sha256(previous + "\x1f".join(row).encode()).digest()
            if held != previous or digest != expected:
                return Checked(number, last, previous, int(at))
            number, last, previous = number + 1, int(at), digest
        return Checked(number, last, previous, None)

    def shorten(self, before: str, again: Collection[str] = ()) -> int:
        """Delete the audit's rows from before a time (as it is stored); return how many.

        A row says so, with the hash in which the deleted ones ended. Of the actions `again` the
        last row is written anew: others rest on it.
        """
        rest = self.connection.execute("SELECT min(id) FROM audit WHERE at>=?", (before,))
        last = "SELECT id, hash, count(*) OVER () FROM audit WHERE id<?1 ORDER BY id DESC LIMIT 1"
        (first,) = rest.fetchone()
        found = self.connection.execute(last, (2**62 if first is None else first,)).fetchone()
        if found is None:
            return 0
        number, anchor, count = found
        for action in again:
            row = self.connection.execute(
                "SELECT id, subject, detail FROM audit WHERE action=? ORDER BY id DESC LIMIT 1",
                (action,),
            ).fetchone()
            if row is not None and row[0] <= number:
                self.log(action, row[1], row[2])
        self.log(SHORTENED, f"{count} lines", f"before {before}, ending in {anchor.hex()}")
        self.connection.execute("DELETE FROM audit WHERE id<=?", (number,))
        return int(count)

    def head(self) -> tuple[int, bytes]:
        """Return how many lines the audit has, and the hash of the last one: the chain's head."""
        row = self.connection.execute(
            "SELECT (SELECT count(*) FROM audit), hash FROM audit ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return (int(row[0]), bytes(row[1])) if row else (0, b"")

    def lines(self, limit: int, *, who: str | None = None, before: int = 0) -> list[Line]:
        """Return the last lines of the audit, newest last; `who`: of one account alone.

        `before`: of those before the line of this id.
        """
        rows = self.connection.execute(
            "SELECT id, at, who, action, subject, detail FROM audit"
            " WHERE (?1 IS NULL OR who=?1) AND (?3=0 OR id<?3) ORDER BY id DESC LIMIT ?2",
            (who, limit, before),
        ).fetchall()
        return [Line(*row) for row in reversed(rows)]

    def ignore(self, fingerprint: bytes, kind: str, masked: str, reason: str) -> None:
        """Ignore a value from now on. One that is ignored keeps its reason unless one is given."""
        self.connection.execute(
            "INSERT INTO ignored(fingerprint, kind, masked, reason, added) VALUES (?,?,?,?,?)"
            " ON CONFLICT(fingerprint) DO UPDATE SET reason=excluded.reason"
            " WHERE excluded.reason <> ''",
            (fingerprint, kind, masked, reason, now()),
        )

    def unignore(self, fingerprint: bytes) -> bool:
        done = self.connection.execute("DELETE FROM ignored WHERE fingerprint=?", (fingerprint,))
        return done.rowcount > 0

    def ignored(self) -> list[tuple[bytes, str, str, str, str]]:
        return self.connection.execute(
            "SELECT fingerprint, kind, masked, reason, added FROM ignored ORDER BY added"
        ).fetchall()


def chain_start(connection: sqlite3.Connection) -> bytes:
    """Return the hash that the audit's first row must hold: nothing, or where it was shortened."""
    row = connection.execute("SELECT previous FROM audit ORDER BY id LIMIT 1").fetchone()
    if row is None or not row[0]:
        return b""
    told = f"ending in {bytes(row[0]).hex()}"
    known = connection.execute(
        "SELECT 1 FROM audit WHERE action=? AND substr(detail, -length(?2))=?2", (SHORTENED, told)
    ).fetchone()
    return bytes(row[0]) if known else b""


def decisions_path(index: Path) -> Path:
    """Return where the decisions of the index at `index` lie: beside it."""
    return index.with_name(index.stem + "-decisions" + index.suffix)

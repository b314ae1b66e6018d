"""Remember across restarts what was told, what waits, and what is not sent yet. Holds no value.

One SQLite file beside the index. A broken one is moved aside: words may then come twice, none is
lost for ever, because the index has the documents.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from scanner.alert.state_file import TABLES, connected, opened, why

KEPT_WORDS = timedelta(days=3)


class StateTrouble(Exception):
    """The state could not be written: says why. What was told in this process stays told."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that the employee is still to be told of, not before `after`.

    `rank`: the higher, the worse. `body`: what is left of a Flagged.
    """

    document: int
    mark: bytes = field(repr=False)
    at: datetime
    after: datetime
    rank: float
    body: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What waits to be sent over one channel: its id is the same however often it is tried."""

    number: int
    id: str
    made: datetime
    body: dict[str, Any] = field(repr=False)
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """How a channel is doing: failed `tries` in a row, next attempt when `due`, last arrival."""

    tries: int
    due: datetime
    sent: datetime


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def state_path(index: Path) -> Path:
    """Return where the state of the index at `index` lies: beside it."""
    return index.with_name(index.stem + "-watch.db")


class State:
    """The open file; `trouble` says what was wrong with it. Methods may be called by any thread.

    Every method raises StateTrouble where the file can no longer be used.
    """

    def __init__(self, path: Path, at: datetime) -> None:
        self.path = path
        self.trouble = ""
        self._lock = threading.RLock()
        try:
            self._connection = opened(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
                self._connection = self._in_memory(why(error))
            else:
                self._connection = self._anew(at)
        except OSError as error:
            self._connection = self._in_memory(error.strerror or type(error).__name__)

    def _in_memory(self, reason: str) -> sqlite3.Connection:
        self.trouble = f"{self.path} cannot be written ({reason}): what is told is not remembered"
        connection = connected(":memory:")
        connection.executescript(TABLES)
        return connection

    def _anew(self, at: datetime) -> sqlite3.Connection:
        aside = self.path.with_name(f"{self.path.name}.broken-{at:%Y%m%dT%H%M%S}")
        try:
            self.path.replace(aside)
            for end in ("-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
            connection = opened(self.path)
        except (OSError, sqlite3.Error) as error:
            return self._in_memory(why(error))
        self.trouble = f"{self.path} was damaged: moved to {aside.name}, a new one begun"
        return connection

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Make several changes wholly or not at all."""
        with self._lock:
            if self._connection.in_transaction:  # inside another change
                yield
                return
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            except BaseException as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise StateTrouble(f"{self.path}: {why(error)}") from None
                raise

    def _read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise StateTrouble(f"{self.path}: {why(error)}") from None

    def _write(self, query: str, *rows: Sequence[object]) -> None:
        with self.change():
            self._connection.executemany(query, rows)

    def began(self, at: datetime) -> datetime:
        """Return when watching began for the first time; now, if this is it.

        A beginning that is still to come was told by a clock that was ahead: it is now.
        """
        rows = self._read("SELECT value FROM meta WHERE key='began'")
        if rows and (began := datetime.fromisoformat(rows[0][0])) <= at:
            return began
        self._write("INSERT OR REPLACE INTO meta VALUES ('began', ?)", (_text(at),))
        return at

    def told(self, channel: str, document: int) -> bytes | None:
        """Return the mark under which a document was told last, None where it never was."""
        rows = self._read("SELECT mark FROM told WHERE channel=? AND document=?", channel, document)
        return rows[0][0] if rows else None

    def note_told(self, channel: str, marks: Iterable[tuple[int, bytes]], at: datetime) -> None:
        rows = ((channel, document, mark, _text(at)) for document, mark in marks)
        self._write("INSERT OR REPLACE INTO told VALUES (?,?,?,?)", *rows)

    def hold(self, waiting: Iterable[Waiting]) -> None:
        """Let documents wait for the employee; a newer state of one replaces the older."""
        self._write(
            "INSERT OR REPLACE INTO held(document, mark, at, after, rank, body)"
            " VALUES (?,?,?,?,?,?)",
            *(
                (w.document, w.mark, _text(w.at), _text(w.after), w.rank, json.dumps(w.body))
                for w in waiting
            ),
        )

    def held(self, at: datetime, limit: int) -> list[Waiting]:
        """Return what the employee can be told of at `at`, the worst first."""
        return [
            Waiting(document, mark, _time(since), _time(after), rank, json.loads(body))
            for document, mark, since, after, rank, body in self._read(
                "SELECT document, mark, at, after, rank, body FROM held"
                " WHERE word='' AND after<=? ORDER BY rank DESC, document LIMIT ?",
                _text(at),
                limit,
            )
        ]

    def count_held(self, at: datetime) -> int:
        """Return how many documents the employee can be told of at `at`."""
        query = "SELECT count(*) FROM held WHERE word='' AND after<=?"
        return int(self._read(query, _text(at))[0][0])

    def shown(self, word: str, channel: str, at: datetime) -> None:
        """Note that all that waited at `at` was told in one word, which can still be answered."""
        with self.change():
            self.note_word(at)
            ready = "FROM held WHERE word='' AND after<=?"
            told = f"INSERT OR REPLACE INTO told SELECT ?, document, mark, ? {ready}"
            self._write(told, (channel, _text(at), _text(at)))
            self._write("UPDATE held SET word=? WHERE word='' AND after<=?", (word, _text(at)))

    def answered(self, word: str, later: datetime | None = None) -> int:
        """Let go of what a word was about, or let it wait until `later`; return how many."""
        with self.change():
            if later is None:
                done = self._connection.execute("DELETE FROM held WHERE word=?", (word,))
            else:
                done = self._connection.execute(
                    "UPDATE held SET word='', after=? WHERE word=?", (_text(later), word)
                )
            return done.rowcount

    def answer_all(self) -> None:
        """Let go of what was shown by a process that ended: its buttons lead nowhere."""
        self._write("DELETE FROM held WHERE word<>?", ("",))

    def expire_held(self, before: datetime) -> int:
        """Drop what has waited since `before`; return how many."""
        with self.change():
            done = self._connection.execute(
                "DELETE FROM held WHERE word='' AND at<?", (_text(before),)
            )
            return done.rowcount

    def next_held(self) -> datetime | None:
        """Return from when on something waits for the employee; None where nothing does."""
        moment = self._read("SELECT min(after) FROM held WHERE word=''")[0][0]
        return _time(moment) if moment else None

    def release(self, documents: Iterable[int]) -> None:
        self._write("DELETE FROM held WHERE document=?", *((each,) for each in documents))

    def words(self) -> list[datetime]:
        """Return when words were shown lately."""
        return [_time(at) for (at,) in self._read("SELECT at FROM word ORDER BY at")]

    def note_word(self, at: datetime) -> None:
        with self.change():
            self._write("DELETE FROM word WHERE at < ?", (_text(at - KEPT_WORDS),))
            self._write("INSERT INTO word VALUES (?)", (_text(at),))

    def post(self, channel: str, body: dict[str, Any], at: datetime, bound: int) -> int:
        """Add a parcel to a channel; return how many of the oldest gave way to `bound`."""
        with self.change():
            self._write(
                "INSERT INTO outbox(channel, id, made, body) VALUES (?,?,?,?)",
                (channel, uuid4().hex, _text(at), json.dumps(body, ensure_ascii=False)),
            )
            return self._delete(
                "channel=? AND number NOT IN (SELECT number FROM outbox WHERE channel=?"
                " ORDER BY number DESC LIMIT ?)",
                channel,
                channel,
                bound,
            )

    def expire(self, channel: str, before: datetime) -> int:
        """Drop parcels that are older than `before`; return how many."""
        return self._delete("channel=? AND made < ?", channel, _text(before))

    def _delete(self, condition: str, *values: object) -> int:
        with self.change():
            done = self._connection.execute(f"DELETE FROM outbox WHERE {condition}", values)
            return done.rowcount

    def parcels(self, channel: str, limit: int) -> list[Parcel]:
        """Return what waits on a channel, in order: a begun batch alone, else the oldest."""
        rows = self._read(
            "SELECT number, id, made, body, batch FROM outbox WHERE channel=?"
            " ORDER BY number LIMIT ?",
            channel,
            limit,
        )
        found = [
            Parcel(n, i, _time(made), json.loads(body), batch) for n, i, made, body, batch in rows
        ]
        return [each for each in found if each.batch == found[0].batch]

    def batch(self, parcels: Iterable[Parcel], name: str) -> None:
        """Bind parcels together under one id, so that another try sends the same."""
        self._write(
            "UPDATE outbox SET batch=? WHERE number=?", *((name, p.number) for p in parcels)
        )

    def sent(self, parcels: Iterable[Parcel]) -> None:
        self._write("DELETE FROM outbox WHERE number=?", *((each.number,) for each in parcels))

    def waiting(self, channel: str) -> int:
        return int(self._read("SELECT count(*) FROM outbox WHERE channel=?", channel)[0][0])

    def tried(self, channel: str) -> Tried:
        rows = self._read("SELECT tries, due, sent FROM channel WHERE name=?", channel)
        return (
            Tried(rows[0][0], _time(rows[0][1]), _time(rows[0][2]))
            if rows
            else Tried(0, LONG_AGO, LONG_AGO)
        )

    def note_tried(self, channel: str, tried: Tried) -> None:
        row = (channel, tried.tries, _text(tried.due), _text(tried.sent))
        self._write("INSERT OR REPLACE INTO channel VALUES (?,?,?,?)", row)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""Open the file in which alerts remember, make its tables, and say what is wrong with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from scanner.platform import make_private_file

VERSION = 1
BUSY_MILLISECONDS = 5_000
TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (channel TEXT, document INTEGER, mark BLOB NOT NULL,
    at TEXT NOT NULL, PRIMARY KEY (channel, document)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (document INTEGER PRIMARY KEY, mark BLOB NOT NULL,
    at TEXT NOT NULL, after TEXT NOT NULL, rank REAL NOT NULL, word TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS word (at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL,
    id TEXT NOT NULL, made TEXT NOT NULL, body TEXT NOT NULL, batch TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS outbox_channel ON outbox(channel, number);
CREATE TABLE IF NOT EXISTS channel (name TEXT PRIMARY KEY, tries INTEGER NOT NULL,
    due TEXT NOT NULL, sent TEXT NOT NULL) WITHOUT ROWID;
"""


def opened(path: Path) -> sqlite3.Connection:
    """Open or make the file. Raises sqlite3.Error, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    make_private_file(path)
    connection = connected(path)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise sqlite3.OperationalError("a newer Fodspor wrote it")
        if version == 0:
            connection.executescript(
                f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version={VERSION}; COMMIT;"
            )
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("malformed")
    except BaseException:
        connection.close()
        raise
    return connection


def connected(path: Path | str) -> sqlite3.Connection:
    """Return a connection with the settings of all our databases, and a small cache."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA secure_delete=1")
        connection.execute("PRAGMA cache_size=-2000")
    except BaseException:
        connection.close()
        raise
    return connection


def why(error: Exception) -> str:
    """Say what a database or file error means."""
    text = str(error).lower()
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if "full" in text:
        return "the disk is full; free some space"
    if "locked" in text or "busy" in text:
        return "another process writes to it"
    if any(word in text for word in ("readonly", "unable to open", "permi")):
        return "check its owner and the folder's rights"
    return text if "malformed" not in text else "it is damaged"

"""Keep counts of documents beside them, by triggers: whoever writes a document, they are right.

Pages read these few rows instead of a million documents. A row counts the documents of one place
and owner that are there now, with one status and reason.
"""

from __future__ import annotations

from typing import Any

from scanner.risk import BORDERS

KEY = ("place", "owner", "status", "folder", "reason", "detail")
NUMBERS = ("documents", "bytes", "low", "medium", "high", "critical")
"""`low` to `critical`: documents with findings, by the level of their risk."""


def create(database: Any) -> None:
    """Create the table and its triggers, and count what the index holds."""
    execute = database.execute
    numbers = ", ".join(f"{name} INTEGER NOT NULL" for name in NUMBERS)
    execute(
        "CREATE TABLE document_count (place INTEGER NOT NULL, owner TEXT NOT NULL,"
        f" status TEXT NOT NULL, folder INTEGER NOT NULL, reason TEXT NOT NULL,"
        f" detail TEXT NOT NULL, {numbers})"
    )
    execute(f"CREATE UNIQUE INDEX document_count_key ON document_count({', '.join(KEY)})")
    execute("CREATE INDEX document_count_owner ON document_count(owner)")
    sums = ", ".join(f"sum({each})" for each in _counted("d"))
    execute(
        f"INSERT INTO document_count SELECT {', '.join(_key('d'))}, {sums} FROM document d"
        " WHERE gone_run IS NULL GROUP BY 1, 2, 3, 4, 5, 6"
    )
    execute(
        "CREATE TRIGGER document_met AFTER INSERT ON document WHEN NEW.gone_run IS NULL"
        f" BEGIN {_more()} END"
    )
    execute(
        "CREATE TRIGGER document_deleted AFTER DELETE ON document WHEN OLD.gone_run IS NULL"
        f" BEGIN {_less()} END"
    )
    still = f"NEW.gone_run IS OLD.gone_run AND {_same()}"
    columns = "place, owner, status, folder, reason, detail, size, risk, gone_run"
    for name, when, what in (
        ("left", "OLD.gone_run IS NULL", _less()),
        ("came", "NEW.gone_run IS NULL", _more()),
    ):
        execute(
            f"CREATE TRIGGER document_{name} AFTER UPDATE OF {columns} ON document"
            f" WHEN {when} AND NOT ({still}) BEGIN {what} END"
        )


def _key(row: str) -> tuple[str, ...]:
    texts = ("owner", "status", "reason", "detail")
    return tuple(f"coalesce({row}.{name}, {repr('') if name in texts else 0})" for name in KEY)


def _counted(row: str) -> tuple[str, ...]:
    """Return what one document counts in each of NUMBERS."""
    risk = f"coalesce({row}.risk, 0)"
    medium, high, critical = BORDERS
    return (
        "1",
        f"coalesce({row}.size, 0)",
        f"({risk} > 0 AND {risk} < {medium})",
        f"({risk} >= {medium} AND {risk} < {high})",
        f"({risk} >= {high} AND {risk} < {critical})",
        f"({risk} >= {critical})",
    )


def _same() -> str:
    pairs = zip((*_key("OLD"), *_counted("OLD")), (*_key("NEW"), *_counted("NEW")), strict=True)
    return " AND ".join(f"{old}={new}" for old, new in pairs if old != new)


def _more() -> str:
    changes = ", ".join(f"{name}={name}+excluded.{name}" for name in NUMBERS)
    return (
        f"INSERT INTO document_count VALUES ({', '.join((*_key('NEW'), *_counted('NEW')))})"
        f" ON CONFLICT({', '.join(KEY)}) DO UPDATE SET {changes};"
    )


def _less() -> str:
    here = " AND ".join(f"{name}={of}" for name, of in zip(KEY, _key("OLD"), strict=True))
    changes = ", ".join(
        f"{name}={name}-{of}" for name, of in zip(NUMBERS, _counted("OLD"), strict=True)
    )
    return (
        f"UPDATE document_count SET {changes} WHERE {here};"
        f" DELETE FROM document_count WHERE {here} AND documents=0;"
    )

"""An index that holds a file twice, as old versions could make, is mended when it is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlite_utils

from scanner.index.schema import MIGRATIONS
from scanner.index.store import Index

Row = tuple[int, int, bytes, str, int | None, int, str]
"""Document: id, place, path, item, run in which it went, run in which it came, read at."""
Lying = tuple[int, str, int, int, int | None]
"""Occurrence: document, inner, content, first run, run in which it went."""


def old_index(path: Path, rows: list[Row], lying: list[Lying]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    database = sqlite_utils.Database(connection)
    MIGRATIONS[0](database)
    for number, place, name, item, gone, first, read_at in rows:
        connection.execute(
            "INSERT INTO document(id, device, place, path, path_key, item, gone_run, first_run,"
            " read_at, status) VALUES (?,'d',?,?,?,?,?,?,?,?)",
            (number, place, name, name, item, gone, first, read_at, "gone" if gone else "read"),
        )
        connection.execute("INSERT INTO name_finding(document, kind) VALUES (?,'X')", (number,))
        connection.execute("INSERT INTO moved(document, run) VALUES (?,1)", (number,))
    connection.executemany(
        "INSERT INTO occurrence(document, inner, content, first_run, gone_run) VALUES (?,?,?,?,?)",
        lying,
    )
    for content in sorted({each[2] for each in lying}):
        connection.execute(
            "INSERT INTO content(id, hash) VALUES (?,?)", (content, bytes([content]))
        )
    connection.execute("PRAGMA user_version=1")
    connection.close()


@pytest.mark.parametrize(
    ("rows", "lying", "documents", "occurrences"),
    [
        pytest.param(
            [(1, 1, b"/a", "", None, 1, "2026-01"), (2, 1, b"/b", "", None, 1, "2026-01")],
            [(1, "[]", 7, 1, None), (2, "[]", 7, 1, None)],
            [(1, 1), (2, 1)],
            [(1, "[]", 7, 1, None), (2, "[]", 7, 1, None)],
            id="two files stay two",
        ),
        pytest.param(
            [(1, 1, b"/a", "", None, 1, "2026-01"), (2, 2, b"/a", "", None, 5, "2026-02")],
            [(1, "[]", 7, 1, None), (2, "[]", 7, 5, None)],
            [(2, 1)],
            [(2, "[]", 7, 1, None)],
            id="the same content is known since it was first met",
        ),
        pytest.param(
            [(1, 1, b"/a", "", None, 1, "2026-01"), (2, 2, b"/a", "", None, 5, "2026-02")],
            [(1, "[]", 6, 1, 3), (1, "[]", 7, 3, None), (2, "[]", 8, 5, None)],
            [(2, 1)],
            [(2, "[]", 6, 1, 3), (2, "[]", 7, 3, 5), (2, "[]", 8, 5, None)],
            id="what it held before is history",
        ),
        pytest.param(
            [(1, 1, b"/a", "", None, 1, "2026-01"), (2, 2, b"/a", "", 9, 5, "2026-02")],
            [(1, "[]", 7, 1, None), (2, "[]", 7, 5, 9)],
            [(1, 1)],
            [(1, "[]", 7, 1, None), (1, "[]", 7, 5, 9)],
            id="what is there outlives what is gone",
        ),
        pytest.param(
            [(n, n, b"/a", "", None, n, f"2026-0{n}") for n in (1, 2, 3)],
            [(n, "[]", 7, n, None) for n in (1, 2, 3)],
            [(3, 1)],
            [(3, "[]", 7, 1, None)],
            id="three of one",
        ),
        pytest.param(
            [(1, 1, b"/a", "x", None, 1, "2026-01"), (2, 2, b"/a", "y", None, 1, "2026-01")],
            [(1, "[]", 7, 1, None), (2, "[]", 7, 1, None)],
            [(1, 1), (2, 1)],
            [(1, "[]", 7, 1, None), (2, "[]", 7, 1, None)],
            id="two messages of one archive stay two",
        ),
    ],
)
def test_doubles_become_one_document(
    tmp_path: Path,
    rows: list[Row],
    lying: list[Lying],
    documents: list[tuple[int, int]],
    occurrences: list[Lying],
) -> None:
    path = tmp_path / "index.db"
    old_index(path, rows, lying)
    with Index(path) as index:
        execute = index.connection.execute
        held = execute("SELECT id, first_run FROM document ORDER BY id").fetchall()
        assert held == documents
        assert sorted(
            execute("SELECT document, inner, content, first_run, gone_run FROM occurrence"),
            key=str,
        ) == sorted(occurrences, key=str)
        assert execute("SELECT count(*) FROM moved").fetchone() == (len(rows),)
        assert execute("SELECT count(*) FROM name_finding").fetchone() == (len(held),)
        assert index.check() == []
        with pytest.raises(sqlite3.IntegrityError):
            execute("INSERT INTO document(device, path_key, item) VALUES ('d', ?, ?)", rows[0][2:4])

"""The counts beside the documents are those of the documents, whatever is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.index.document_counts import KEY, NUMBERS
from scanner.index.forget import forget, forgettable
from scanner.index.rejudge import rejudge
from scanner.index.schema import MIGRATIONS
from scanner.index.store import Decisions, Index, decisions_path, migrate
from scanner.judging import Judging
from scanner.risk import BORDERS
from tests.answers.shelf import Doc, Shelf, cprs

LIST = cprs(30)
FIRST = (
    Doc("/srv/share/list.xlsx", LIST, owner="anna", size=700),
    Doc("/srv/share/note.txt", cprs(1, seed=2), owner="bo"),
    Doc("/srv/share/empty.txt", owner="bo"),
    Doc("/srv/share/locked.docx", status="unread", reason="encrypted"),
    Doc("/srv/share/half.pdf", cprs(12, seed=3), status="partial", reason="timeout", owner="bo"),
    Doc("/srv/share/cloud.docx", status="placeholder", owner="anna"),
)
COLUMNS = ", ".join((*KEY, *NUMBERS))
MEDIUM, HIGH, CRITICAL = BORDERS


def kept(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    query = f"SELECT {COLUMNS} FROM document_count ORDER BY 1, 2, 3, 4, 5, 6"
    return connection.execute(query).fetchall()


def fresh(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Count the documents anew, in other words than the triggers do."""
    held: dict[tuple[object, ...], list[int]] = {}
    for place, owner, status, folder, reason, detail, size, risk in connection.execute(
        "SELECT place, owner, status, folder, reason, detail, size, risk FROM document"
        " WHERE gone_run IS NULL"
    ):
        key = (place or 0, owner or "", status or "", folder or 0, reason or "", detail or "")
        row = held.setdefault(key, [0] * len(NUMBERS))
        row[0] += 1
        row[1] += size or 0
        if risk:
            row[2 + (risk >= MEDIUM) + (risk >= HIGH) + (risk >= CRITICAL)] += 1
    return sorted((*key, *row) for key, row in held.items())


def _other_place(shelf: Shelf) -> None:
    shelf.run([Doc("/srv/hr/one.txt", LIST, owner="carl")], place="hr")


def _forgotten(shelf: Shelf) -> None:
    _other_place(shelf)
    (number,) = shelf.sql("SELECT id FROM place WHERE name='hr'")[0]
    with Index(shelf.path) as index, Decisions(decisions_path(shelf.path)) as decisions:
        forget(index, decisions, forgettable(index, number))


def _rejudged(shelf: Shelf) -> None:
    with Index(shelf.path) as index:
        assert rejudge(index, Judging((("DK_CPR", 0.99),)))


def _compacted(shelf: Shelf) -> None:
    shelf.run(FIRST[2:])
    with Index(shelf.path) as index:
        index.compact(0, datetime(2100, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda shelf: shelf.run(FIRST), id="the same again"),
        pytest.param(lambda shelf: shelf.run(FIRST[1:]), id="gone"),
        pytest.param(lambda shelf: (shelf.run(FIRST[3:]), shelf.run(FIRST)), id="back again"),
        pytest.param(
            lambda shelf: shelf.run(
                [Doc("/srv/share/list.xlsx", cprs(300), owner="anna", size=9000), *FIRST[1:]]
            ),
            id="grown to another risk",
        ),
        pytest.param(
            lambda shelf: shelf.run([Doc("/srv/share/locked.docx", LIST), *FIRST[:3]]),
            id="read at last",
        ),
        pytest.param(
            lambda shelf: shelf.run([Doc("/srv/share/list.xlsx", LIST, owner="dan"), *FIRST[1:]]),
            id="another owner",
        ),
        pytest.param(
            lambda shelf: shelf.run(FIRST, folders=["/srv/share/closed"]), id="a folder not listed"
        ),
        pytest.param(lambda shelf: shelf.run(FIRST[:2], finish=False), id="a run that was killed"),
        pytest.param(_other_place, id="another place"),
        pytest.param(_forgotten, id="a place forgotten"),
        pytest.param(_rejudged, id="other thresholds"),
        pytest.param(_compacted, id="compacted"),
    ],
)
def test_counts_are_those_of_the_documents(tmp_path: Path, change: Callable[[Shelf], None]) -> None:
    shelf = Shelf(tmp_path, places=("share", "hr"))
    shelf.run(FIRST)
    with Index(shelf.path) as index:
        assert sum(row[6] for row in kept(index.connection)) == len(FIRST)  # type: ignore[misc]
    change(shelf)
    with Index(shelf.path) as index:
        assert kept(index.connection) == fresh(index.connection)
        assert all(row[6] for row in kept(index.connection)), "nobody is named that holds nothing"


def test_an_earlier_index_is_counted_when_it_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    before = next(at for at, each in enumerate(MIGRATIONS) if each.__name__ == "counted")
    connection = sqlite3.connect(path, isolation_level=None)
    migrate(connection, MIGRATIONS[:before], path)
    for number, risk in enumerate((None, 0, 1.0, MEDIUM, HIGH, CRITICAL, 99.0)):
        connection.execute(
            "INSERT INTO document(id, device, place, path, path_key, item, status, risk, size)"
            " VALUES (?,'d',1,x'00',?,'','read',?,10)",
            (number + 1, bytes([number]), risk),
        )
    connection.close()
    with Index(path) as index:
        assert kept(index.connection) == fresh(index.connection)
        assert kept(index.connection)[0][6:] == (7, 70, 1, 1, 1, 2)

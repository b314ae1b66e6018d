"""Who sees a part of the index sees that part, whatever a page asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.answers.opened import Opened, opened
from scanner.index.store import Index
from scanner.web.accounts import Account
from scanner.web.narrow import MOST_LISTED, narrow, views
from tests.answers.shelf import Doc, Shelf, cprs

ROOT = Path(__file__).parents[2]
OPEN = {"meta", "sqlite_sequence"}
"""Tables of which nothing is hidden: they say nothing of documents."""


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Shelf]:
    """Two departments, each with a document in a place of its own and one in a common place."""
    shelf = Shelf(tmp_path / "home", places=("salg", "hr", "fælles"))
    for place, owners in (("salg", ["anna"]), ("hr", ["bo"]), ("fælles", ["anna", "bo", ""])):
        shelf.run(
            [
                Doc(
                    f"/srv/{place}/{owner or 'nobody'}.txt",
                    cprs(2, seed=len(place) * 10 + len(owner)),
                    parts={("inner.txt",): cprs(1, seed=7)} if owner == "anna" else {},
                    owner=owner or None,
                )
                for owner in owners
            ],
            place=place,
        )
    for account, department in (("anna", "Salg"), ("bo", "HR")):
        shelf.sql(
            "INSERT INTO employee(account, name, department) VALUES (?,?,?)",
            *(account, account, department),
        )
    yield shelf


def seen(held: Opened, query: str) -> set[object]:
    return {row[0] for row in held.connection.execute(query)}


@pytest.mark.parametrize(
    ("account", "documents", "places"),
    [
        pytest.param(
            Account("m", "manager", ("Salg",)), {"anna.txt"}, {"salg", "fælles"}, id="a department"
        ),
        pytest.param(
            Account("m", "compliance", ("Salg", "HR")),
            {"anna.txt", "bo.txt"},
            {"salg", "hr", "fælles"},
            id="two",
        ),
        pytest.param(
            Account("m", "employee", employee="bo"), {"bo.txt"}, {"hr", "fælles"}, id="an employee"
        ),
        pytest.param(Account("m", "manager", ("Nowhere",)), set(), set(), id="no such department"),
        pytest.param(Account("m", "manager"), set(), set(), id="none said: nothing"),
        pytest.param(Account("m", "employee"), set(), set(), id="no owner said: nothing"),
    ],
)
@pytest.mark.parametrize(
    "listed", [pytest.param(MOST_LISTED, id="listed"), pytest.param(-1, id="asked one by one")]
)
def test_a_part(
    two: Shelf, account: Account, documents: set[str], places: set[str], listed: int
) -> None:
    with opened(two.path) as held:
        assert len(seen(held, "SELECT id FROM document")) == 5
        narrow(held, account, listed)
        names = {
            str(path).rpartition("/")[2] for path in seen(held, "SELECT display FROM document")
        }
        assert names == documents
        assert seen(held, "SELECT name FROM place") == places
        own = seen(held, "SELECT id FROM document")
        assert seen(held, "SELECT DISTINCT document FROM occurrence") == own
        contents = seen(held, "SELECT content FROM occurrence")
        assert seen(held, "SELECT id FROM content") == contents
        assert seen(held, "SELECT DISTINCT content FROM finding") == contents
        count = "SELECT sum(documents) FROM document_count"
        assert seen(held, count) == {len(own) or None}
        assert seen(held, "SELECT place FROM run") == seen(held, "SELECT id FROM place")
        with pytest.raises(Exception, match="readonly"):
            held.connection.execute("DROP VIEW temp.document")


def test_every_table_is_a_part_or_says_nothing_of_documents(two: Shelf) -> None:
    with Index(two.path, readonly=True) as index:
        tables = {
            name
            for (name,) in index.connection.execute(
                "SELECT name FROM sqlite_master WHERE type='table'"
            )
        }
    assert tables == {*views(True)} | (OPEN & tables)
    assert {*views(True)} == {*views(False)}


def test_no_answer_reaches_past_the_part() -> None:
    """`main.` names the index's own tables. The register's answer alone does: it is not open."""
    found = {
        path.name
        for folder in ("answers", "web/pages")
        for path in (ROOT / "scanner" / folder).rglob("*.py")
        if re.search(r"\bmain\.\w", path.read_text("utf-8"))
    }
    assert found == {"customers.py"}


def test_the_register_is_closed(two: Shelf) -> None:
    with opened(two.path) as held:
        held.registered = True
        narrow(held, Account("m", "manager", ("Salg",)))
        assert held.registered is False

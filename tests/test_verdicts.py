"""A verdict covers one document until something about it changes, and says what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.demo import fake
from scanner.index.store import Decisions, Index, decisions_path
from scanner.index.verdicts import Basis, basis_of, keep, reopen, standing, undo
from scanner.judging import DEFAULT
from scanner.privacy import Seal
from scanner.rekey import rekey_decisions
from tests.answers.shelf import Doc, Shelf, Value, cprs

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
BEFORE = Basis({"DK_CPR": 100, "EMAIL_ADDRESS": 3}, b"here", "group")


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        pytest.param(BEFORE, (), id="as it was"),
        pytest.param(
            Basis({"DK_CPR": 120}, b"here", "group"), (), id="a fifth is not more than one"
        ),
        pytest.param(Basis({"DK_CPR": 121}, b"here", "group"), ("grown",), id="more than a fifth"),
        pytest.param(Basis({"DK_CPR": 2}, b"here", "group"), (), id="it shrank"),
        pytest.param(
            Basis({"DK_CPR": 100, "IBAN_CODE": 1}, b"here", "group"), ("kind",), id="a kind"
        ),
        pytest.param(
            Basis({"DK_CPR": 100, "IBAN_CODE": 0}, b"here", "group"), (), id="none of a kind"
        ),
        pytest.param(Basis({"DK_CPR": 100}, b"there", "group"), ("moved",), id="moved"),
        pytest.param(Basis({"DK_CPR": 100}, b"", "group"), (), id="nobody knows where it lies"),
        pytest.param(Basis({}, b"here", "everyone"), ("readers",), id="everyone can read it"),
        pytest.param(Basis({}, b"here", "owner"), (), id="fewer can read it"),
        pytest.param(Basis({}, b"here", ""), (), id="nobody knows who can read it"),
        pytest.param(
            Basis({"DK_CPR": 500, "HEALTH": 1}, b"there", "everyone"),
            ("grown", "kind", "moved", "readers"),
            id="all of it",
        ),
    ],
)
def test_when_a_verdict_reopens(after: Basis, changes: tuple[str, ...]) -> None:
    assert Basis.from_text(BEFORE.as_text(), b"here").changes(after) == changes


@pytest.fixture
def decisions(tmp_path: Path) -> Iterator[Decisions]:
    with Decisions(tmp_path / "index-decisions.db") as opened:
        yield opened


@pytest.mark.parametrize(
    ("until", "stands"),
    [
        pytest.param(date(2026, 12, 1), True, id="until tomorrow"),
        pytest.param(date(2026, 11, 30), True, id="its last day"),
        pytest.param(date(2026, 11, 29), False, id="until yesterday"),
    ],
)
def test_a_verdict_has_an_end(decisions: Decisions, until: date, stands: bool) -> None:
    keep(decisions, 4, "Kundelisten hører til her", until, BEFORE)
    assert (4 in standing(decisions.connection, AT)) is stands


def test_one_verdict_stands_and_the_audit_has_all(decisions: Decisions) -> None:
    for reason in ("first", "second"):
        keep(decisions, 4, reason, date(2027, 1, 1), BEFORE)
    assert standing(decisions.connection, AT) == {4: BEFORE}
    reopen(decisions, 4, ("grown", "moved"))
    assert standing(decisions.connection, AT) == {}
    assert undo(decisions, 4) == 0
    rows = decisions.connection.execute("SELECT action, subject, detail FROM audit").fetchall()
    assert rows[0] == ("verdict belongs", "document 4", "until 2027-01-01: first")
    assert rows[-1] == ("verdict reopened", "document 4", "grown, moved")
    assert decisions.verify() is None


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param(fake.cpr(hyphen=True), id="CPR number"),
        pytest.param(fake.email(), id="address"),
        pytest.param(fake.card(), id="card"),
        pytest.param(fake.phone(), id="phone"),
    ],
)
def test_a_value_in_the_reason_is_not_kept(decisions: Decisions, reason: str) -> None:
    told = keep(decisions, 4, f"because of\n{reason}, see there", date(2027, 1, 1), BEFORE)
    assert reason not in told
    assert told.startswith("because of •")
    held = decisions.connection.execute("SELECT reason FROM verdict").fetchall()
    assert held == [(told,)]
    assert reason not in str(decisions.connection.execute("SELECT * FROM audit").fetchall())


def test_an_endless_reason_is_bounded(decisions: Decisions) -> None:
    assert len(keep(decisions, 4, "x" * 10_000, date(2027, 1, 1), BEFORE)) == 300


def test_a_verdict_still_knows_its_place_after_the_key_was_rotated(decisions: Decisions) -> None:
    old = Seal(b"a" * 32)
    new = old.linked(b"b" * 32)
    before = Basis({"DK_CPR": 1}, old.path_key(b"/srv/a.txt"), "owner")
    keep(decisions, 4, "first", date(2027, 1, 1), before)
    rekey_decisions(decisions.connection, old, new, "it", "2026-12-01T00:00:00+00:00")
    held = standing(decisions.connection, AT)[4]
    assert held is not None
    assert held.changes(Basis({"DK_CPR": 1}, new.path_key(b"/srv/a.txt"), "owner")) == ()
    assert held.changes(Basis({"DK_CPR": 1}, new.path_key(b"/srv/b.txt"))) == ("moved",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({}, "belongs", id="as it was"),
        pytest.param({"number": 12}, "belongs", id="a fifth more"),
        pytest.param({"number": 13}, None, id="grown"),
        pytest.param({"kind": "EMAIL_ADDRESS"}, "belongs", id="what is ordinary reopens nothing"),
        pytest.param({"kind": "IBAN_CODE"}, None, id="another kind"),
    ],
)
def test_answers_tell_a_verdict_until_it_reopens(
    tmp_path: Path, change: dict[str, Any], told: str | None
) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", cprs(10), content="before")])
    basis = shelf_basis(shelf)
    with Decisions(decisions_path(shelf.path)) as decisions:
        keep(decisions, 1, "vores kunder", date(2999, 1, 1), basis)
    values = cprs(change.get("number", 10))
    if kind := change.get("kind"):
        values = (*values, Value(kind, fake.iban() if kind == "IBAN_CODE" else fake.email()))
    shelf.run([Doc("/srv/share/a.txt", values, content="after")])
    assert {line["verdict"] for line in shelf.ask("findings", "--json").lines} == {told}


def shelf_basis(shelf: Shelf) -> Basis:
    with Index(shelf.path, readonly=True) as index:
        basis = basis_of(index.connection, 1, DEFAULT)
    assert basis is not None
    return basis


def test_a_decisions_file_of_before_has_no_such_verdict(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", cprs(1))])
    with Decisions(decisions_path(shelf.path)) as decisions:
        for column in ("basis", "path_key"):
            decisions.connection.execute(f"ALTER TABLE verdict DROP COLUMN {column}")
        decisions.connection.execute(
            "INSERT INTO verdict(document, decision, reason) VALUES (1, 'belongs', 'by hand')"
        )
    assert [line["verdict"] for line in shelf.ask("findings", "--json").lines] == ["belongs"]

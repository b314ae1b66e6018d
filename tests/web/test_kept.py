"""What pages keep of long counts: the figures of a fresh count, told with as of when they are."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.answers.compared import Compared, compare
from scanner.answers.deciding import weighed
from scanner.answers.figures import by_department, by_device, by_kind_of_part, by_place
from scanner.answers.opened import opened
from scanner.answers.verdicts import basis_of_rule
from scanner.index.decided import Said, Target, decide
from scanner.index.store import Decisions, Index, decisions_path
from scanner.web.accounts import EVERYTHING, Account
from scanner.web.asked import Asked
from scanner.web.kept import APPLICATION, Keeping, KeptFile
from scanner.web.narrow import narrow
from scanner.web.pages.overview import DECISIONS
from scanner.web.sessions import Session
from scanner.web.where import kept_path
from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.served import Served, serving

LIST = Doc("/srv/share/Kunder.xlsx", cprs(30), owner="anna", content="list")
NOTE = Doc("/srv/share/note.txt", cprs(1, seed=2), owner="bo")
OTHER = Doc("/srv/share/Andre kunder.xlsx", cprs(40, seed=3), owner="bo")
PART = Account("part", "compliance", ("HR",))
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
PLAIN: Keeping[Any] = Keeping(lambda value: value, lambda held: held)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "home")
    made.run([LIST, NOTE])
    for account, department in (("anna", "Salg"), ("bo", "HR")):
        made.sql(
            "INSERT INTO employee(account, name, department) VALUES (?,?,?)",
            *(account, account, department),
        )
    return made


@pytest.fixture
def served(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr("scanner.web.background.SHARE", 0)  # however slow the machine is
    with serving(shelf.config, shelf.path) as site:
        yield site


def told(served: Served, account: Account) -> dict[str, Any]:
    """Return the figures that pages of this account tell, when they are counted to the end."""
    with Asked(served.site, served.site.pages[0], Session(account, "")) as asked:
        for _ in range(2):  # begun; then of now
            decisions = asked.kept(("decisions",), weighed, keeping=DECISIONS)
            kinds = asked.kept(("kinds",), by_kind_of_part)
            served.site.compared()
            served.site.background.wait(threading.Event())
        held = asked.opened
        return {
            "decisions": decisions,
            "kinds": kinds,
            "place": by_place(held),
            "device": by_device(held),
            "department": by_department(held),
            "coverage": asked.answer.coverage().as_dict(),
        }


def fresh(shelf: Shelf, account: Account) -> dict[str, Any]:
    """Count the same anew, document by document."""
    with opened(shelf.path) as held:
        if account.narrowed:
            narrow(held, account)
        rows = held.connection.execute(
            "SELECT place, device, owner, risk, status, size, folder FROM document"
            " WHERE gone_run IS NULL"
        ).fetchall()
        return {
            "decisions": weighed(held),
            "kinds": by_kind_of_part(held),
            "risky": sum(bool(row[3] and row[3] > 0) for row in rows),
            "documents": sum(not row[6] for row in rows),
            "unread": sum(row[4] == "unread" for row in rows),
        }


def _run(shelf: Shelf) -> None:
    shelf.run([LIST, NOTE, OTHER, Doc("/srv/share/x.docx", status="unread", reason="encrypted")])


def _gone(shelf: Shelf) -> None:
    shelf.run([NOTE])


def _verdict(shelf: Shelf) -> None:
    number = shelf.sql("SELECT id FROM document WHERE display LIKE '%Kunder%'")[0][0]
    with Decisions(decisions_path(shelf.path)) as decisions:
        said = Said("belongs", "because", date(2100, 1, 1), "contract", "customers")
        decide(decisions, [Target("list", document=number)], said, "anna")


def _ignored(shelf: Shelf) -> None:
    shelf.ignore(LIST.values[0])


def _another_owner(shelf: Shelf) -> None:
    shelf.run([Doc(LIST.path, LIST.values, owner="bo", content="list"), NOTE])


def _deleted(shelf: Shelf) -> None:
    _gone(shelf)
    with Index(shelf.path) as index:
        index.compact(0, datetime(2100, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "account", [pytest.param(EVERYTHING, id="whole"), pytest.param(PART, id="a part")]
)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_run, id="a new run"),
        pytest.param(_gone, id="a document gone"),
        pytest.param(_deleted, id="deleted and compacted"),
        pytest.param(_verdict, id="a verdict"),
        pytest.param(_ignored, id="a value ignored"),
        pytest.param(_another_owner, id="another owner"),
    ],
)
def test_kept_figures_are_those_of_a_fresh_count(
    shelf: Shelf, served: Served, account: Account, change: Callable[[Shelf], None]
) -> None:
    told(served, account)
    change(shelf)
    found, counted = told(served, account), fresh(shelf, account)
    assert found["decisions"] == counted["decisions"]
    assert found["kinds"] == counted["kinds"]
    for by in ("place", "device", "department"):
        assert sum(each.documents for each in found[by]) == counted["risky"], by
    assert found["coverage"]["documents"] == counted["documents"]
    assert found["coverage"]["unread"] == counted["unread"]


def made_once(shelf: Shelf) -> None:
    """Serve the index as it is, until its figures are kept."""
    with serving(shelf.config, shelf.path) as site:
        told(site, EVERYTHING)


def test_a_new_start_tells_the_last_known_state_and_as_of_when(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_once(shelf)
    kept = KeptFile(shelf.path)
    connection = sqlite3.connect(kept.path, isolation_level=None)
    assert connection.execute("SELECT count(*) FROM figure").fetchone()[0] > 1
    connection.execute("UPDATE figure SET seconds=100, at=?", (AT.isoformat(),))
    connection.close()
    _run(shelf)
    begun = threading.Event()

    def waits(held: Any) -> list[Any]:
        begun.wait()
        return weighed(held)

    monkeypatch.setattr("scanner.web.pages.overview.weighed", waits)
    with serving(shelf.config, shelf.path) as site:
        browser = site.as_("compliance", language="en")
        text = browser.get("/overview").text
        assert "list with 30" in text and "list with 40" not in text
        assert "Some figures on this page are as of" in text
        assert 'http-equiv="refresh"' not in text
        begun.set()
        site.site.background.wait(threading.Event())
        text = browser.get("/overview").text
        assert "list with 40" in text and "Some figures" not in text


def test_what_was_never_counted_is_said_to_be_counted_now(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    monkeypatch.setattr(
        "scanner.web.pages.overview.weighed", lambda held: begun.wait() and weighed(held)
    )
    with serving(shelf.config, shelf.path) as site:
        browser = site.as_("compliance", language="en")
        text = browser.get("/overview").text
        assert "It is being counted" in text and 'http-equiv="refresh"' in text
        assert "Nothing" not in text.partition("<main")[2].partition("<footer")[0]
        begun.set()
        site.site.background.wait(threading.Event())
        assert "list with 30" in browser.get("/overview").text


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(5000))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:700])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _foreign(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE figure(name, at, seconds, value)")
    connection.commit()
    connection.close()


def _other_columns(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE figure(other)")
    connection.execute(f"PRAGMA application_id={APPLICATION}")
    connection.commit()
    connection.close()


def _values(text: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("UPDATE figure SET value=?", (text,))
        connection.close()

    return change


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(_garbage, id="no database"),
        pytest.param(_cut, id="cut off"),
        pytest.param(_empty, id="empty"),
        pytest.param(_foreign, id="of another program"),
        pytest.param(_other_columns, id="of other columns"),
        pytest.param(_values("{"), id="values that are no JSON"),
        pytest.param(_values('[{"code": "nothing of ours"}]'), id="values of another form"),
        pytest.param(_values("null"), id="no values"),
    ],
)
def test_a_broken_file_is_made_anew(shelf: Shelf, broken: Callable[[Path], None]) -> None:
    made_once(shelf)
    broken(kept_path(shelf.path))
    with serving(shelf.config, shelf.path) as site:
        assert told(site, EVERYTHING)["decisions"] == fresh(shelf, EVERYTHING)["decisions"]
    kept = KeptFile(shelf.path)
    kept.put("key", [1], AT, 1.0)
    found = kept.get("key")
    assert found is not None and (found.value, found.at) == ([1], AT)


def test_the_file_is_its_owners_alone_and_holds_no_name_nor_value(shelf: Shelf) -> None:
    made_once(shelf)
    path = kept_path(shelf.path)
    held = path.read_bytes()
    with Index(shelf.path, readonly=True) as index:
        prints = [row[0] for row in index.connection.execute("SELECT fingerprint FROM finding")]
    for said in ("Kunder", "share", "anna", "HR", LIST.values[0].value, "0101"):
        assert said.encode() not in held, said
    assert not any(print_ in held or print_.hex().encode() in held for print_ in prints)
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)
        KeptFile(shelf.path).put("key", 1, AT, 1.0)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("index", "rules", "found"),
    [
        pytest.param("same", "a", True, id="the same index"),
        pytest.param("same", "b", False, id="other thresholds"),
        pytest.param("copy", "a", False, id="a copy put in its place"),
        pytest.param("anew", "a", False, id="made anew"),
    ],
)
def test_figures_are_of_this_very_index(
    shelf: Shelf, index: str, rules: str, found: bool, tmp_path: Path
) -> None:
    KeptFile(shelf.path, "a").put("key", 7, AT, 1.0)
    if index == "copy":
        shutil.copy(shelf.path, tmp_path / "copy.db")
        (tmp_path / "copy.db").replace(shelf.path)
    elif index == "anew":
        shelf.sql("UPDATE run SET started='2020-01-01T00:00:00+00:00'")
    assert (KeptFile(shelf.path, rules).get("key") is not None) is found


def test_two_servers_at_once(shelf: Shelf) -> None:
    with serving(shelf.config, shelf.path) as one, serving(shelf.config, shelf.path) as two:
        threads = [threading.Thread(target=told, args=(site, EVERYTHING)) for site in (one, two)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        _run(shelf)
        expected = fresh(shelf, EVERYTHING)
        for site in (one, two):
            found = told(site, EVERYTHING)
            assert (found["decisions"], found["kinds"]) == (
                expected["decisions"],
                expected["kinds"],
            )


def test_many_writers_lose_nothing_of_each_other(shelf: Shelf) -> None:
    files = [KeptFile(shelf.path) for _ in range(4)]

    def write(at: int) -> None:
        for number in range(10):
            files[at].put(f"{at} {number}", [at, number], AT + timedelta(seconds=number), 0.1)

    threads = [threading.Thread(target=write, args=(at,)) for at in range(len(files))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    held = [KeptFile(shelf.path).get(f"{at} {n}") for at in range(len(files)) for n in range(10)]
    kept = [each.value for each in held if each is not None]
    assert len(kept) >= 35  # one that waited too long is counted again instead
    assert all(value in [[at, n] for at in range(4) for n in range(10)] for value in kept)


def test_a_figure_is_as_old_as_the_comparison_on_which_it_rests(
    shelf: Shelf, served: Served
) -> None:
    """The index changed while verdicts were compared: what was counted with that is not of now."""
    _verdict(shelf)
    background = served.site.background
    served.site.compared()
    background.wait(threading.Event())
    shelf.run([Doc(LIST.path, cprs(60), owner="anna", content="grown"), NOTE])
    before = background.get(("decisions",), EVERYTHING, weighed)
    assert not before.current
    served.site.compared()
    background.wait(threading.Event())
    background.get(("decisions",), EVERYTHING, weighed)
    background.wait(threading.Event())
    after = background.get(("decisions",), EVERYTHING, weighed)
    assert after.current
    assert after.result is not None and any(each.code == "list" for each in after.result)


def test_verdicts_are_compared_at_once_as_one_by_one(shelf: Shelf) -> None:
    rule = "**/*.xlsx"
    with opened(shelf.path) as held:
        basis = basis_of_rule(held, rule)
    folder = b"/srv/share/"
    (device,) = shelf.sql("SELECT device FROM place")[0]
    _verdict(shelf)
    with Decisions(decisions_path(shelf.path)) as decisions:
        said = Said("belongs", "because", date(2100, 1, 1), "contract", "customers")
        targets = [
            Target(rule, glob=rule, basis=basis),
            Target("share", device=device, folder=folder, basis=basis),
            Target("other", glob="[xy]/**", basis=basis),
            Target("counted later", glob="**/Kunder.*", basis=None),
        ]
        decide(decisions, targets, said, "anna")
        due = Said("move", "because", due=date(2100, 1, 1))
        decide(decisions, [Target("task", glob="**/*.xlsx", kind="DK_CPR")], due, "anna")
    _run(shelf)
    with opened(shelf.path) as held:
        single = {each.id: held.verdicts.changes(each) for each in held.verdicts.all}
    with opened(shelf.path) as held:
        found = compare(held)
        assert {number: found.changes.get(number, ()) for number in single} == single
        assert "grown" in found.changes[2]
        names = {
            row[0]
            for row in held.connection.execute(
                "SELECT display FROM document WHERE id IN (SELECT value FROM json_each(?))",
                (str(list(found.below[6])),),
            )
        }
        assert names == {LIST.path, OTHER.path}
        (later,) = found.bases
        assert found.bases[later].kinds == {"DK_CPR": 30}
    assert Compared.read(found.written()).changes == found.changes

"""The private rule and the log's term: lowered by two; what else lowers is written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.company_key import company_seal
from scanner.compromised import COMPROMISED
from scanner.demo import fake
from scanner.index.decided import answer, end, propose
from scanner.index.store import SHORTENED, Decisions, decisions_path
from scanner.links import Linked
from scanner.lowering import ACTION
from scanner.rekey import ROTATED, rekey_decisions
from scanner.two_persons import LOG, PRIVATE, in_force, lifted, log_days
from scanner.web.accounts import Account, Accounts, WebFile, web_path
from tests.conftest import Installation
from tests.web.served import HASHER, PASSWORD

Agree = Callable[[Installation], None]


def accounts(installation: Installation, *names: str, departments: tuple[str, ...] = ()) -> None:
    with WebFile(web_path(installation.index_path)) as file:
        for name in names:
            Accounts(file, HASHER).add(Account(name, "compliance", departments), PASSWORD)


def decided(installation: Installation) -> Decisions:
    return Decisions(decisions_path(installation.index_path))


def agreed(installation: Installation, what: str, subject: str, by: str = "bo") -> int:
    with decided(installation) as decisions:
        number = propose(decisions, what, subject, "aftalt", "ida")
        answer(decisions, number, True, by)
    return number


def audited(installation: Installation, action: str) -> list[tuple[str, str]]:
    with decided(installation) as decisions:
        return decisions.connection.execute(
            "SELECT subject, detail FROM audit WHERE action=? ORDER BY id", (action,)
        ).fetchall()


def set_option(installation: Installation, name: str, value: str) -> None:
    text = installation.config.read_text("utf-8")
    held = rf"(?m)^{name} = (?:\[[^\]]*\]|.*)$"
    commented = rf"(?m)^# {name} = .*$"
    pattern = held if re.search(held, text) else commented
    changed = re.sub(pattern, f"{name} = {value}", text, count=1)
    assert changed != text
    installation.config.write_text(changed, "utf-8")


def two(installation: Installation) -> None:
    accounts(installation, "ida", "bo")


def nobody(installation: Installation) -> None:
    """A machine without the pages."""


def one(installation: Installation) -> None:
    accounts(installation, "ida")


def two_of_a_part(installation: Installation) -> None:
    accounts(installation, "ida", "bo", departments=("Salg",))


def broken(installation: Installation) -> None:
    two(installation)
    path = web_path(installation.index_path)
    for held in path.parent.glob(f"{path.name}*"):
        held.write_bytes(b"no database")


def emptied(installation: Installation) -> None:
    two(installation)
    path = web_path(installation.index_path)
    for held in path.parent.glob(f"{path.name}*"):
        held.unlink()
    path.touch()


def both(installation: Installation) -> None:
    two(installation)
    agreed(installation, PRIVATE, "Privat, Private")


def other_names(installation: Installation) -> None:
    two(installation)
    agreed(installation, PRIVATE, "Personlig")


def ended(installation: Installation) -> None:
    two(installation)
    number = agreed(installation, PRIVATE, "Privat")
    with decided(installation) as decisions:
        assert end(decisions, number, "bo")


def asked_alone(installation: Installation) -> None:
    two(installation)
    with decided(installation) as decisions:
        propose(decisions, PRIVATE, "Privat", "fordi", "ida")


@pytest.mark.parametrize(
    ("agree", "opened"),
    [
        pytest.param(two, False, id="two could agree and did not"),
        pytest.param(asked_alone, False, id="one has asked"),
        pytest.param(other_names, False, id="agreed on another name"),
        pytest.param(ended, False, id="agreed, and ended since"),
        pytest.param(broken, False, id="the file of accounts is broken"),
        pytest.param(emptied, False, id="the file of accounts was emptied"),
        pytest.param(both, True, id="agreed"),
        pytest.param(nobody, True, id="nobody could agree here"),
        pytest.param(one, True, id="one account alone"),
        pytest.param(two_of_a_part, True, id="accounts of a part approve nothing"),
    ],
)
def test_the_private_rule_is_lifted_by_two(
    installation: Installation, agree: Agree, opened: bool
) -> None:
    agree(installation)
    set_option(installation, "private_folders", '["private", "Personligt", "Personlig"]')
    written = installation.setup().written
    assert written is not None
    assert lifted(written) == ("Privat",)
    closed = in_force(written).privacy.private_folders
    assert ("Privat" not in closed) is opened
    assert installation.setup().config.privacy.private_folders == closed


def test_a_scan_keeps_it_closed_says_so_and_writes_it_down(installation: Installation) -> None:
    two(installation)
    installation.write("Privat/a.txt", f"CPR: {fake.cpr()}")
    set_option(installation, "private_folders", "[]")
    said = installation.run("scan", installation.files, code=0)
    assert "Two accounts have not agreed" in said.err
    assert installation.rows("SELECT count(*) FROM document") == [(0,)]
    ((name, detail),) = audited(installation, ACTION)
    assert name == "private_folders"
    assert "not agreed by two" in detail


def test_where_nobody_could_agree_it_holds_and_is_written_down(installation: Installation) -> None:
    installation.write("Privat/a.txt", f"CPR: {fake.cpr()}")
    set_option(installation, "private_folders", "[]")
    installation.run("scan", installation.files, code=0)
    assert installation.rows("SELECT count(*) FROM document") == [(1,)]
    assert [name for name, _ in audited(installation, ACTION)] == ["private_folders"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("exclude", '["*.xlsx"]', id="excludes"),
        pytest.param("default_excludes", "false", id="default excludes"),
        pytest.param("max_size", "1000", id="size"),
        pytest.param("max_file_bytes", "1000", id="what is too large"),
        pytest.param("kinds", '["DK_CPR"]', id="kinds"),
        pytest.param("no_text", '["*/*"]', id="types without text"),
        pytest.param("look", '"off"', id="names"),
        pytest.param("keep_history_days", "3", id="history"),
        pytest.param("keep_log_days", "3", id="log"),
    ],
)
def test_a_setting_that_lowers_what_is_found_is_written_down_once(
    installation: Installation, name: str, value: str
) -> None:
    setup = installation.setup()
    setup.note_changes()
    setup.note_changes()
    assert audited(installation, ACTION) == []
    set_option(installation, name, value)
    installation.setup().note_changes()
    installation.setup().note_changes()
    ((subject, detail),) = audited(installation, ACTION)
    assert subject == {"look": "names"}.get(name, name)
    assert " > " in detail


def test_a_place_that_goes_or_is_narrowed_is_written_down_without_values(
    installation: Installation,
) -> None:
    cpr = fake.cpr()
    installation.configure(f'[[place]]\nname = "salg"\npath = "{installation.files}"\n')
    installation.setup().note_changes()
    text = installation.config.read_text("utf-8")
    installation.config.write_text(f'{text}exclude = ["*{cpr}*"]\n', "utf-8")
    installation.setup().note_changes()
    installation.config.write_text(text.partition("[[place]]")[0], "utf-8")
    installation.setup().note_changes()
    met = audited(installation, ACTION)
    assert [subject for subject, _ in met] == ["place salg", "place salg"]
    assert met[1][1].endswith("> -")
    assert cpr not in str(met)


@pytest.mark.parametrize(
    ("asked", "agree", "days"),
    [
        pytest.param(30, None, 730, id="nobody agreed"),
        pytest.param(30, "90 days", 90, id="agreed on more than is asked"),
        pytest.param(90, "30 days", 90, id="agreed on less than is asked"),
        pytest.param(1000, None, 1000, id="longer needs nobody"),
    ],
)
def test_the_log_is_shortened_by_two(
    installation: Installation, asked: int, agree: str | None, days: int
) -> None:
    set_option(installation, "keep_log_days", str(asked))
    if agree:
        agreed(installation, LOG, agree)
    assert log_days(installation.setup().config, installation.index_path) == days


def old_line(decisions: Decisions, days: int, action: str = "person") -> None:
    """Write a line that is so many days old, at the end of the chain."""
    import hashlib

    decisions.log(action, "before")
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    number, who, previous = decisions.connection.execute(
        "SELECT id, who, previous FROM audit ORDER BY id DESC LIMIT 1"
    ).fetchone()
    row = (at, who, action, "before", "")
    digest = hashlib.sha256(previous + "\x1f".join(row).encode()).digest()
    decisions.connection.execute("UPDATE audit SET at=?, hash=? WHERE id=?", (at, digest, number))


def test_a_shortened_log_says_so_and_its_chain_holds(installation: Installation) -> None:
    with decided(installation) as decisions:
        for days in (900, 800, 740, 10):
            old_line(decisions, days)
    assert "3 lines" in installation.run("index", "compact", code=0).out
    ((subject, detail),) = audited(installation, SHORTENED)
    assert subject == "3 lines"
    assert re.search(r"ending in [0-9a-f]{64}$", detail)
    assert installation.run("audit", "verify").code == 0
    assert "lines of the log" not in installation.run("index", "compact", code=0).out
    with decided(installation) as decisions:
        assert decisions.verify() is None
        old_line(decisions, 731)
        whole = decisions.checked()
        assert decisions.shorten("2999") == 3
        assert decisions.verify() is None
        assert decisions.checked(whole).broken is None  # checked on from a line that is gone
        assert len(decisions.lines(10)) == 1
        decisions.connection.execute("DELETE FROM audit")
        for _ in range(3):
            decisions.log("person", "x")
        decisions.connection.execute("DELETE FROM audit WHERE id=(SELECT min(id) FROM audit)")
        assert decisions.verify() is not None  # nobody said that it was shortened


def test_a_shortened_log_is_brought_under_another_key_whole(installation: Installation) -> None:
    present = company_seal(installation.setup().config.key_source)
    with decided(installation) as decisions:
        old_line(decisions, 900, ROTATED)
        old_line(decisions, 5)
        border = (datetime.now(UTC) - timedelta(days=730)).isoformat(timespec="seconds")
        assert decisions.shorten(border, (ROTATED,)) == 1
        assert [line.subject for line in decisions.lines(9) if line.action == ROTATED] == ["before"]
        target = Linked(bytes(range(32)), present)
        rekey_decisions(decisions.connection, present, target, "ida", "2026-01-01T00:00:00+00:00")
        assert decisions.verify() is None


def test_the_key_that_is_carried_is_written_down(tmp_path: Path) -> None:
    first, second = Installation(tmp_path / "a"), Installation(tmp_path / "b")
    for each in (first, second):
        each.folder.mkdir()
    first.run("init", "--company", code=0)
    (join,) = (first.folder / "home").glob("*.join")
    second.run("init", "--join", join, code=0)
    assert len(audited(first, "key handed out")) == 1
    assert len(audited(second, "key joined")) == 1


CPR = fake.cpr()


def test_a_value_that_is_reported_again_is_a_line_of_the_log(installation: Installation) -> None:
    installation.run("ignore", "add", "--kind", "cpr", stdin=f"{CPR}\n", code=0)
    ((fingerprint, _),) = audited(installation, "ignore add")
    installation.run("ignore", "remove", fingerprint, code=0)
    assert audited(installation, "ignore remove") == [(fingerprint, "")]


@pytest.mark.parametrize(
    ("arguments", "stdin", "action", "told"),
    [
        pytest.param(("ignore", "add", "--kind", "cpr"), CPR, "ignore add", "DK_CPR", id="ignored"),
        pytest.param(("register", "clear", "--yes"), "", "register clear", "", id="register"),
        pytest.param(("key", "rotate", "--yes"), "", ROTATED, "", id="key rotated"),
        pytest.param(("key", "compromised", "PC-7"), "", COMPROMISED, "PC-7", id="key stolen"),
        pytest.param(
            ("serve", "account", "add", "eva", "--role", "compliance", "--may", "sql"),
            PASSWORD,
            "account added",
            "eva compliance sql",
            id="an account with more than its role has",
        ),
    ],
)
def test_what_else_lowers_or_opens_is_a_line_of_the_log(
    installation: Installation, arguments: tuple[str, ...], stdin: str, action: str, told: str
) -> None:
    if action == "register clear":
        customers = installation.folder / "kunder.csv"
        customers.write_text(f"Kundenr;CPR\n12345;{CPR}\n", "utf-8")
        installation.run("register", "import", customers, code=0)
        assert len(audited(installation, "register import")) == 1
    installation.run(*arguments, stdin=f"{stdin}\n", code=0)
    (line,) = audited(installation, action)
    assert told in " ".join(line)
    assert CPR not in " ".join(line)

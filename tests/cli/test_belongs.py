"""The choice "it belongs here" exists without a desktop too."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from scanner.demo import fake
from scanner.index.store import decisions_path
from tests.conftest import Installation


def scanned(installation: Installation) -> Installation:
    installation.write("Kundeliste.txt", f"cpr {fake.cpr()}")
    installation.run("scan", installation.files, code=0)
    return installation


@pytest.fixture
def saved(installation: Installation) -> Installation:
    return scanned(installation)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """One for all that changes nothing that another test looks at."""
    made = Installation(tmp_path_factory.mktemp("belongs"))
    made.files.mkdir()
    made.run("init", code=0)
    return scanned(made)


def verdicts(held: Installation) -> list[tuple[object, ...]]:
    with sqlite3.connect(decisions_path(held.index_path)) as decisions:
        found: list[tuple[object, ...]] = decisions.execute(
            "SELECT document, decision, reason, until, undone IS NULL FROM verdict ORDER BY id"
        ).fetchall()
    return found


def test_the_reason_is_read_and_kept(saved: Installation) -> None:
    file = saved.files / "Kundeliste.txt"
    ran = saved.run("--language", "en", "belongs", file, stdin="vi skal bruge den\n", code=0)
    until = (datetime.now(UTC) + timedelta(days=365)).date().isoformat()
    assert ran.out == (
        f"It belongs here, until {until}; then, or when it changes, it is asked about again.\n"
    )
    (number,) = saved.rows("SELECT id FROM document")[0]
    assert verdicts(saved) == [(number, "belongs", "vi skal bruge den", until, 1)]
    (line,) = saved.run("findings", "--json", code=0).lines[:-1]
    assert line["verdict"] == "belongs"
    again = saved.run("belongs", file, "--until", "2099-01-02", stdin="igen", code=0)
    assert "2099" in again.out
    assert [row[3:] for row in verdicts(saved)] == [(until, 0), ("2099-01-02", 1)]
    saved.run("belongs", "--undo", file, code=0)
    assert [row[4] for row in verdicts(saved)] == [0, 0]
    assert saved.run("findings", "--json", code=0).lines[0]["verdict"] is None


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        pytest.param(("Kundeliste.txt",), " \n", "no reason given", id="no reason"),
        pytest.param(("none.txt",), "x", "is not in the index", id="a file that was not scanned"),
        pytest.param((".",), "x", "is not in the index", id="a folder"),
        pytest.param(
            ("Kundeliste.txt", "--until", "2020-01-01"), "x", "is over already", id="a day gone by"
        ),
        pytest.param(
            ("Kundeliste.txt", "--until", "soon"), "x", "does not match", id="what is no day"
        ),
    ],
)
def test_what_is_refused(
    unchanged: Installation, arguments: tuple[str, ...], stdin: str, said: str
) -> None:
    path = unchanged.files / arguments[0]
    ran = unchanged.run("belongs", path, *arguments[1:], stdin=stdin, code=2)
    assert said in ran.err


def test_a_value_in_the_reason_is_kept_nowhere(unchanged: Installation) -> None:
    value = fake.cpr(hyphen=True)
    unchanged.run("belongs", unchanged.files / "Kundeliste.txt", stdin=f"han har {value}", code=0)
    assert verdicts(unchanged)[0][2] == "han har ••••••-••••"
    held = b"".join(path.read_bytes() for path in unchanged.folder.rglob("*.db*"))
    assert value.encode() not in held


def test_those_responsible_learn_of_the_answer(saved: Installation) -> None:
    saved.configure('[alert.webhook]\nurl = "https://127.0.0.1:1/in"\nsecret = {env = "S"}')
    saved.run("belongs", saved.files / "Kundeliste.txt", stdin="vi skal bruge den", code=0)
    with sqlite3.connect(saved.index_path.with_name("fodspor-watch.db")) as state:
        ((body,),) = state.execute("SELECT body FROM outbox").fetchall()
    assert "vi skal bruge den" in body
    line = saved.run("scan", saved.folder, "--json").lines[0]
    shown = [row[0] for row in saved.rows("SELECT display FROM document")]
    assert not [name for name in shown if "-watch.db" in name], line

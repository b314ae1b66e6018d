"""A place that is forgotten is in no answer any more; what other places hold stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.demo import fake
from scanner.index.store import Decisions, decisions_path
from scanner.platform import FileLock
from tests.conftest import Installation

TABLES = "document occurrence content finding name_finding problem part moved run place totals"


@pytest.fixture
def two(installation: Installation) -> tuple[Installation, str, str]:
    """Two places scanned by hand, each with a value of its own, and one that both hold."""
    own, both = fake.cpr(hyphen=True), fake.cpr(hyphen=True)
    installation.write("en/a.txt", f"cpr {own}")
    installation.write("en/b.txt", f"cpr {both}")
    installation.write("to/c.txt", f"cpr {both}")
    installation.run("scan", installation.files / "en", installation.files / "to", code=0)
    return installation, own, both


def audit(installation: Installation) -> list[tuple[str, str]]:
    with Decisions(decisions_path(installation.index_path)) as decisions:
        rows: list[tuple[str, str]] = decisions.connection.execute(
            "SELECT action, detail FROM audit ORDER BY id"
        ).fetchall()
        assert decisions.verify() is None
        return rows


def test_a_forgotten_place_is_in_no_answer(two: tuple[Installation, str, str]) -> None:
    installation, own, both = two
    ran = installation.run("index", "forget", installation.files / "en", "--yes", code=0)
    assert "2 documents (0 gone), 1 findings that no other place holds, 1 runs since" in ran.err
    assert (installation.files / "en" / "a.txt").exists()
    coverage = installation.run("findings", "--json", code=0).lines[-1]["coverage"]
    assert coverage["documents"] == 1
    assert [each["place"] for each in coverage["places"]] == [f"{installation.files}/to"]
    assert len(installation.run("person", "--json", stdin=own, code=0).lines) == 1
    held = installation.run("person", "--json", stdin=both, code=0).lines
    assert [line["path"] for line in held[:-1]] == [f"{installation.files}/to/c.txt"]
    assert held[0]["first_seen"]
    installation.run("index", "check", code=0)
    assert audit(installation)[0] == ("index forget", "2 documents, 1 findings, 1 runs")
    again = installation.run("scan", installation.files / "en", "--json", code=0).lines[0]
    assert (again["met"], again["unchanged"]) == (2, 0)


def test_the_last_place_leaves_nothing_behind(two: tuple[Installation, str, str]) -> None:
    installation, *_ = two
    for place in ("en", "to"):
        installation.run("index", "forget", installation.files / place, "--yes", code=0)
    for table in TABLES.split():
        assert installation.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert installation.rows("PRAGMA freelist_count") == [(0,)]


def test_times_of_what_stays_are_kept(installation: Installation) -> None:
    installation.write("en/a.txt", "x")
    installation.write("to/b.txt", f"cpr {fake.cpr()}")
    installation.run("scan", installation.files / "to", code=0)
    installation.run("scan", installation.files, code=0)
    config = f'[[place]]\nname = "to"\npath = "{installation.files / "to"}"'
    installation.configure(config)
    installation.run("scan", code=0)
    before = installation.run("findings", "--json", code=0).lines[0]["first_seen"]
    installation.run("index", "forget", installation.files, "--yes", code=0)
    line = installation.run("findings", "--json", code=0).lines[0]
    assert (line["place"], line["first_seen"]) == ("to", before)
    left = installation.rows("SELECT place, counts, coverage FROM run WHERE place=0")
    assert left == [(0, "{}", "{}")]


def test_a_verdict_ends_with_its_document(two: tuple[Installation, str, str]) -> None:
    installation, *_ = two
    documents = installation.rows("SELECT id FROM document ORDER BY id")
    with Decisions(decisions_path(installation.index_path)) as decisions:
        for (number,) in documents:
            decisions.connection.execute("INSERT INTO verdict(document) VALUES (?)", (number,))
    installation.run("index", "forget", installation.files / "en", "--yes", code=0)
    with Decisions(decisions_path(installation.index_path)) as decisions:
        ended = decisions.connection.execute(
            "SELECT undone IS NOT NULL FROM verdict ORDER BY document"
        ).fetchall()
    assert ended == [(1,), (1,), (0,)]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(("{en}",), 2, "--yes", id="nobody can be asked"),
        pytest.param(("nowhere", "--yes"), 2, "no place 'nowhere'", id="no such place"),
        pytest.param(("{en}", "--device", "x", "--yes"), 2, "no place", id="not of that device"),
        pytest.param((), 2, "PLACE", id="no place named"),
    ],
)
def test_what_is_not_clear_deletes_nothing(
    two: tuple[Installation, str, str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    installation, *_ = two
    given = [each.format(en=installation.files / "en") for each in arguments]
    assert said in installation.run("index", "forget", *given, code=code).err
    assert installation.rows("SELECT count(*) FROM document") == [(3,)]
    assert audit(installation) == []


def test_a_place_that_is_scanned_is_not_forgotten(two: tuple[Installation, str, str]) -> None:
    installation, *_ = two
    with FileLock(installation.index_path.with_name("fodspor.db.place-1.lock")):
        ran = installation.run("index", "forget", installation.files / "en", "--yes", code=1)
    assert "another scan" in ran.err
    assert installation.rows("SELECT count(*) FROM document") == [(3,)]


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal is made with a pty")
@pytest.mark.parametrize(
    ("answer", "code", "left"),
    [pytest.param("y", 0, 1, id="yes"), pytest.param("n", 1, 3, id="no")],
)
def test_on_a_terminal_it_asks(
    two: tuple[Installation, str, str], answer: str, code: int, left: int
) -> None:
    import pty

    installation, *_ = two
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        installation.command("index", "forget", installation.files / "en"),
        env=installation.environment,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    _, err = process.communicate(timeout=120)
    os.close(ours)
    assert b"Delete this from the index for good?" in err
    assert process.returncode == code, err
    assert installation.rows("SELECT count(*) FROM document") == [(left,)]


def test_a_configured_place_comes_back(installation: Installation) -> None:
    installation.configure(f'[[place]]\nname = "share"\npath = "{installation.files}"')
    installation.write("a.txt", "x")
    installation.run("scan", code=0)
    ran = installation.run("index", "forget", "share", "--yes", code=0)
    assert "the next scan reads it anew" in ran.err
    assert "Configured but never scanned: share" in installation.run("findings", code=0).out
    assert installation.run("scan", "--json", code=0).lines[0]["met"] == 1


def test_a_masked_place_is_named_as_answers_show_it(installation: Installation) -> None:
    number = fake.cpr(hyphen=True)
    folder: Path = installation.files / number
    installation.write(f"{number}/a.txt", "x")
    installation.run("scan", folder, code=0)
    name = installation.rows("SELECT name FROM place")[0][0]
    ran = installation.run("index", "forget", name, "--yes", code=0)
    assert number not in ran.out + ran.err
    assert installation.rows("SELECT count(*) FROM place") == [(0,)]

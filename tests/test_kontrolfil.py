"""The kontrolfil: found by every run, or the run is red; and in no answer about people."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from connectors import Document
from connectors.disk import DiskConnector
from connectors.smb.address import START
from detectors.cpr_number import YEARS
from scanner.config import ConfigError
from scanner.config.loading import load_config
from scanner.executor import InProcess
from scanner.index.store import Index
from scanner.kontrolfil import NAME, Control, path_in, planted
from scanner.model import Outcome, Problem
from scanner.pipeline import scan
from scanner.tools import tools_of
from scanner.touched import Touched
from tests.conftest import Installation
from tests.here import Run, scan_here

DEVICE = "0b5f0b52-5a59-4a0e-9c55-3f8f3b9f6a01"


@pytest.fixture
def place(installation: Installation) -> Installation:
    """A place with a document and its kontrolfil planted in a folder."""
    installation.write("intern/a.txt", "x")
    installation.configure(
        f'[[place]]\nname = "fil01"\npath = "{installation.files}"\nkontrolfil = "intern/{NAME}"'
    )
    installation.run("kontrolfil", "plant", "fil01", code=0)
    return installation


def file_of(installation: Installation) -> Path:
    return installation.files / "intern" / NAME


def test_what_is_planted_is_about_nobody() -> None:
    for number in range(50):
        made = planted(f"device {number}")
        value = made.values["DK_CPR"]
        assert YEARS[value[4:7]][0] < 1915
        assert made.values["EMAIL_ADDRESS"].endswith(".example.com")
    assert planted(DEVICE) == planted(DEVICE)
    assert planted(DEVICE) != planted("another")
    assert "opdigtet" in made.content.decode() and "made up" in made.content.decode()
    year = 1900 + int(value[4:6])
    assert date(year, int(value[2:4]), int(value[:2])) < date(1915, 1, 1)


def test_a_run_finds_it_and_no_answer_does(place: Installation) -> None:
    ran = place.run("scan", "--json", code=0).lines[0]
    assert ran["kontrolfil"] == "found"
    assert (ran["met"], ran["excluded"]) == (1, {"kontrolfil": 1})
    again = place.run("scan", "--json", code=0).lines[0]  # it is read in every run
    assert (again["kontrolfil"], again["unchanged"]) == ("found", 1)
    *found, coverage = place.run("findings", "--maybe", "--json", code=0).lines
    assert found == []
    assert coverage["coverage"]["complete"] is True
    assert [rule["rule"] for rule in coverage["coverage"]["excluded"]] == ["kontrolfil"]
    for value in planted(place.setup().device()).values.values():
        told = place.run("person", "--json", stdin=value + "\n").lines
        assert [line for line in told if "coverage" not in line] == []
    assert place.rows("SELECT count(*) FROM finding") == [(0,)]
    assert place.rows("SELECT count(*) FROM document") == [(1,)]


def remove(place: Installation) -> None:
    file_of(place).unlink()


def move(place: Installation) -> None:
    file_of(place).rename(place.files / "andet navn.txt")


def change(place: Installation) -> None:
    file_of(place).write_text("en anden fil")


def append(place: Installation) -> None:
    with file_of(place).open("ab") as file:
        file.write(b"mere")


def replace_by_folder(place: Installation) -> None:
    file_of(place).unlink()
    file_of(place).mkdir()


@pytest.mark.parametrize(
    ("act", "said"),
    [
        pytest.param(lambda place: None, "found", id="untouched"),
        pytest.param(remove, "missing", id="removed"),
        pytest.param(move, "moved", id="moved within the place"),
        pytest.param(change, "changed", id="another file"),
        pytest.param(append, "changed", id="something more in it"),
        pytest.param(replace_by_folder, "missing", id="a folder"),
    ],
)
def test_what_happened_to_it_turns_the_run_red(
    place: Installation, act: Callable[[Installation], None], said: str
) -> None:
    act(place)
    ran = scan_here(place)
    assert ran.counts.kontrolfil == said
    stored = json.loads(place.rows("SELECT counts FROM run ORDER BY id DESC")[0][0])
    assert stored["kontrolfil"] == said


def test_a_red_run_says_so_and_ends_with_3(place: Installation) -> None:
    file_of(place).unlink()
    ran = place.run("scan", "--quiet", code=3)
    assert "The kontrolfil is missing" in ran.out
    danish = place.run("--language", "da", "scan", code=3)
    assert "Kontrolfilen mangler" in danish.out


class Broken(InProcess):
    """A worker that breaks down over one file."""

    def submit(self, batch: tuple[Document, ...], deadline: float) -> Future[list[Outcome]]:
        done = super().submit(batch, deadline)
        made: Future[list[Outcome]] = Future()
        made.set_result([self.spoilt(each) for each in done.result()])
        return made

    def spoilt(self, outcome: Outcome) -> Outcome:
        if NAME.encode() not in outcome.document.path:
            return outcome
        return Outcome(outcome.document, "unread", problem=Problem((), "crash"))


class Blind(Broken):
    """A worker whose detectors find nothing."""

    def spoilt(self, outcome: Outcome) -> Outcome:
        blind = tuple(replace(reading, findings=()) for reading in outcome.readings)
        return replace(outcome, readings=blind)


@pytest.mark.parametrize(
    ("executor", "said"),
    [
        pytest.param(Broken, "unread", id="it cannot be read"),
        pytest.param(Blind, "no_findings", id="nothing is found in it"),
    ],
)
def test_a_scan_that_does_not_work_is_red(
    place: Installation, executor: type[InProcess], said: str
) -> None:
    ran: Run = scan_here(place, executor=executor)
    assert ran.counts.kontrolfil == said


@pytest.mark.long
def test_a_run_that_did_not_come_to_it_does_not_judge(place: Installation) -> None:
    for number in range(200):
        place.write(f"a/{number}.txt", f"{number}")
    assert scan_here(place, stop_after=1).counts.kontrolfil == ""
    assert scan_here(place, place.files / "a").counts.kontrolfil == ""
    assert scan_here(place, place.files / "intern").counts.kontrolfil == "found"


def test_copies_are_no_findings_either(place: Installation) -> None:
    place.write("kopi/b.txt", file_of(place).read_bytes())
    ran = scan_here(place)
    assert (ran.counts.kontrolfil, ran.counts.excluded) == ("found", {"kontrolfil": 2})
    assert place.rows("SELECT count(*) FROM finding") == [(0,)]


def test_what_hides_behind_it_is_found(place: Installation) -> None:
    """Whoever writes more into a copy of it hides nothing."""
    from scanner.demo import fake

    number = fake.cpr(hyphen=True).encode()
    place.write("skjult.txt", file_of(place).read_bytes() + b"\r\nCPR-nr. " + number)
    scan_here(place)
    assert place.rows("SELECT count(*) FROM finding")[0][0] >= 2


def test_only_kinds_that_are_looked_for_are_expected(place: Installation) -> None:
    text = place.config.read_text("utf-8").replace("kinds = []", 'kinds = ["IBAN_CODE"]', 1)
    place.config.write_text(text, encoding="utf-8")
    assert scan_here(place).counts.kontrolfil == "found"


@pytest.mark.long
def test_a_new_key_finds_it_too(place: Installation) -> None:
    scan_here(place)
    place.run("key", "rotate", "--yes", code=0)
    assert place.run("scan", "--json", code=0).lines[0]["kontrolfil"] == "found"


def test_planting_overwrites_nothing(place: Installation) -> None:
    place.run("kontrolfil", "plant", "fil01", code=0)  # again: it is there already
    change(place)
    ran = place.run("kontrolfil", "plant", "fil01", code=1)
    assert "another file" in ran.err
    assert file_of(place).read_text() == "en anden fil"
    place.run("kontrolfil", "plant", "nowhere", code=2)
    from scanner.index.store import Decisions, decisions_path

    with Decisions(decisions_path(place.index_path)) as decisions:
        rows = decisions.connection.execute("SELECT action, subject FROM audit").fetchall()
    assert rows == [("kontrolfil plant", "fil01")]


def test_planting_says_which_line_is_missing(installation: Installation) -> None:
    installation.configure(f'[[place]]\nname = "a"\npath = "{installation.files}"')
    ran = installation.run("kontrolfil", "plant", "a", code=0)
    assert ran.out.splitlines()[-1] == f'kontrolfil = "{NAME}"'
    assert (installation.files / NAME).exists()
    scan = installation.run("scan", "--json", code=0).lines[0]
    assert "kontrolfil" not in scan  # nobody expects it, and it is no finding


def test_a_share_gets_it_by_hand(installation: Installation, tmp_path: Path) -> None:
    installation.configure(
        '[[place]]\nname = "salg"\npath = "smb://fil01/salg"\nkontrolfil = "x/k.txt"\n'
        '[place.smb]\nuser = "a"\npassword = {env = "NONE"}'
    )
    installation.run("kontrolfil", "plant", "salg", code=2)
    target = tmp_path / "k.txt"
    installation.run("kontrolfil", "plant", "salg", "--to", target, code=0)
    assert target.read_bytes() == planted(installation.setup().device()).content
    (share,) = installation.setup().targets(())
    assert share.control == START + b"fil01/salg/x/k.txt"


def test_paths_of_servers() -> None:
    assert path_in(b"sftp://fil01/salg", "x/k.txt") == b"sftp://fil01/salg/x/k.txt"
    assert path_in(b"/srv/share", "k.txt") == b"/srv/share/k.txt"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../k.txt", id="above the place"),
        pytest.param("/k.txt", id="absolute"),
        pytest.param("a//k.txt", id="an empty folder"),
        pytest.param("a\\\\k.txt", id="backslashes"),
    ],
)
def test_a_kontrolfil_lies_in_its_place(tmp_path: Path, name: str) -> None:
    config = tmp_path / "fodspor.toml"
    config.write_text(f'[[place]]\nname = "a"\npath = "/x"\nkontrolfil = "{name}"\n')
    with pytest.raises(ConfigError, match="lies outside"):
        load_config(config)


def test_nothing_is_judged_without_a_path(installation: Installation) -> None:
    control = Control(installation.tools().seal, DEVICE, ("DK_CPR",))
    assert control.ended(whole=True) == ""


def test_watch_mode_neither_flags_nor_judges_it(place: Installation) -> None:
    setup = place.setup()
    recipe = setup.recipe(None)
    (target,) = setup.targets(())
    assert isinstance(target.connector, DiskConnector)
    with Index(place.index_path) as index:
        index.claim_key(tools_of(recipe).seal.key_id)
        for there in (True, False):
            if not there:
                file_of(place).unlink()
            touched = Touched(target.connector, [os.fsencode(file_of(place))])
            ran = scan(target, recipe, index, InProcess(recipe), touched=touched, watch=True)
            assert ran.counts.kontrolfil == ""
            assert ran.counts.excluded == ({"kontrolfil": 1} if there else {})
        assert index.connection.execute("SELECT count(*) FROM finding").fetchone() == (0,)
    assert scan_here(place).counts.kontrolfil == "missing"

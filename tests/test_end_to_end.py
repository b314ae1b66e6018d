"""The demo company as users meet it: scanned, asked, and searched for every planted value."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from scanner.demo.company import make_company
from scanner.demo.score import Score, score
from scanner.demo.story import places
from scanner.demo.truth import Truth
from tests.conftest import Installation, Ran
from tests.leak import Searcher, names_seen, search

ANSWERS = (
    ("findings",),
    ("findings", "--json"),
    ("findings", "--csv"),
    ("findings", "--maybe", "--each"),
    ("report", "overview"),
    ("report", "risk"),
    ("report", "copies"),
    ("report", "unread"),
    ("report", "copies", "--json"),
    ("index", "check"),
    ("doctor",),
)


@dataclass(frozen=True, slots=True)
class World:
    """A scanned company, its truth, and how each command ended."""

    installation: Installation
    company: Path
    truth: Truth
    first: Ran
    second: Ran


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    installation = Installation(folder)
    company = folder / "company"
    truth = make_company(company, files=200)
    installation.run("init", code=0)
    installation.configure(places(company))
    scan = ("scan", "--json", "--workers", "2")
    return World(
        installation,
        company,
        truth,
        installation.run(*scan, code=3),
        installation.run(*scan, code=3),
    )


def test_every_document_has_exactly_one_outcome(world: World) -> None:
    for ran in (world.first, world.second):
        for line in ran.lines:
            assert sum(line["statuses"].values()) == line["met"]
    rows = world.installation.rows(
        "SELECT count(*), count(DISTINCT hex(path_key) || ':' || item), sum(status='gone')"
        " FROM document"
    )
    ((mails,),) = world.installation.rows("SELECT count(*) FROM document WHERE item<>''")
    met = sum(line["met"] for line in world.first.lines)
    assert rows == [(met, met, 0)]
    files = sum(path.is_file() for path in world.company.rglob("*"))
    left_out = sum(sum(line["excluded"].values()) for line in world.first.lines)
    assert met - mails + left_out == files


def test_a_second_scan_reads_nothing(world: World) -> None:
    for line in world.second.lines:
        assert line["unchanged"] == line["met"]


@pytest.fixture(scope="module")
def measured(world: World) -> Score:
    ran = world.installation.run("inspect", "--json", world.company, code=3)
    return score(ran.lines, world.truth)


def test_planted_values_are_found_and_traps_are_not(measured: Score) -> None:
    """Floors below what was measured (docs/demo.md), so that a loss is seen and noise is not."""
    for kind, tally in measured.kinds.items():
        assert tally.found >= 0.99 * tally.planted, kind
        assert tally.alarms <= 0.005 * max(tally.planted, 200), kind
    for name, tally in measured.formats.items():
        assert tally.found >= 0.95 * tally.planted, name


def test_nothing_is_silent_and_nothing_private_is_opened(measured: Score) -> None:
    assert measured.silent == []
    assert measured.opened == 0
    assert measured.loud == []
    assert measured.reasons == []
    assert measured.strangers == 0


def test_the_index_holds_what_inspect_shows(world: World) -> None:
    """Fingerprints of the index against values made from the truth: recall per place."""
    from scanner.tools import Tools

    tools = Tools(world.installation.setup().recipe(None, with_index=False))
    held = {
        (kind, bytes(fingerprint))
        for kind, fingerprint in world.installation.rows(
            "SELECT kind, fingerprint FROM finding WHERE confidence >= 0.6"
            " UNION SELECT kind, fingerprint FROM name_finding"
        )
    }
    wanted = {(p.kind, p.value) for p in world.truth.planted if p.expected == "finding"}
    missed = [
        kind for kind, value in wanted if (kind, tools.seal.fingerprint(kind, value)) not in held
    ]
    assert len(missed) <= 0.002 * len(wanted), missed


def test_no_planted_value_stands_anywhere_but_in_the_files(world: World) -> None:
    home, state = world.installation.folder / "home", world.installation.folder / "state"
    out = world.installation.folder / "out"
    out.mkdir(exist_ok=True)
    (out / "scan.txt").write_text(world.first.out + world.first.err + world.second.out)
    for number, arguments in enumerate(ANSWERS):
        for language in ("en", "da"):
            ran = world.installation.run("--language", language, *arguments)
            assert ran.code == 0, (arguments, ran.err)
            assert "Traceback" not in ran.err
            (out / f"{number}-{language}.txt").write_text(ran.out + ran.err)
    for kind in ("DK_CPR", "EMAIL_ADDRESS", "PHONE_NUMBER"):
        ran = world.installation.run("person", stdin=world.truth.person[kind] + "\n")
        (out / f"person-{kind}.txt").write_text(ran.out + ran.err)
    searcher = Searcher(world.truth.values())
    assert list(search([home, state, out], searcher)) == []
    assert sum(names_seen([home], world.truth).values()) >= 0


def test_each_document_has_a_status_that_is_right_for_it(world: World) -> None:
    from scanner.names import unsealed_path

    seal = world.installation.tools().seal
    held = {
        unsealed_path(path, seal): (status, reason)
        for path, status, reason in world.installation.rows(
            "SELECT path, status, reason FROM document"
        )
    }
    for file in world.truth.files:
        found = held.get(os.fsencode(world.company / file.path))
        if found is None:
            assert "excluded" in file.statuses, file.path
        else:
            assert found[0] in file.statuses, (file.path, found)


def test_a_person_is_found_in_every_place(world: World) -> None:
    number = world.truth.person["DK_CPR"]
    ran = world.installation.run("person", "--json", stdin=f"{number}\n", code=0)
    found = {line["path"] for line in ran.lines if "path" in line}
    wanted = {
        planted.path
        for planted in world.truth.planted
        if (planted.kind, planted.value, planted.expected) == ("DK_CPR", number, "finding")
    }
    assert len(found) >= len(wanted) * 0.99


def test_a_killed_scan_leaves_no_value_behind(world: World, tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.run("init", code=0)
    installation.configure(places(world.company))
    process = subprocess.Popen(
        installation.command("scan", "--workers", "2"),
        env=installation.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(4)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert list(search([tmp_path], Searcher(world.truth.values()))) == []

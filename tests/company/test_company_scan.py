"""Three devices with one company key scan real folders; the centre answers for all of them."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.company.tables import MERGED
from scanner.company_key import company_seal
from scanner.demo import fake
from scanner.index.store import Index
from scanner.platform import write_private
from scanner.secret import SecretSource
from tests.conftest import Installation
from tests.leak import Searcher, search

NAMES = ("anna", "bo", "carl")


@pytest.fixture
def three(tmp_path: Path) -> list[Installation]:
    """Three devices: each has a list of its own, two have the same one, one has it in a zip."""
    made: list[Installation] = []
    for name in NAMES:
        installation = Installation(tmp_path / name)
        installation.folder.mkdir()
        installation.files.mkdir()
        home = installation.config.parent
        home.mkdir()
        if made:
            key = (made[0].config.parent / "fodspor.key").read_text("utf-8")
            write_private(home / "fodspor.key", key)
        installation.run("init", code=0)
        text = installation.config.read_text("utf-8").replace('label = ""', f'label = "{name}"')
        installation.config.write_text(text, "utf-8")
        made.append(installation)
    return made


def rows(chance: random.Random, number: int) -> list[tuple[str, str, str]]:
    return [(fake.name(chance), fake.cpr(chance), fake.email(chance)) for _ in range(number)]


def csv(people: list[tuple[str, str, str]]) -> str:
    return "navn;cpr;mail\n" + "\n".join(";".join(each) for each in people) + "\n"


def hand_over(devices: list[Installation], drop: Path) -> None:
    for device in devices:
        device.run("scan", device.files, "--quiet", code=0)
        device.run("deliver", drop, code=0)


def test_real_devices_meet_and_the_centre_keeps_no_value(
    three: list[Installation], tmp_path: Path
) -> None:
    chance = random.Random(7)
    common, own = rows(chance, 30), [rows(chance, 10) for _ in NAMES]
    for device, people in zip(three, own, strict=True):
        device.write("own.csv", csv(people))
        device.write(f"{people[0][1]} afsked.txt", "tak for alt")
    for device in three[:2]:
        device.write("kunder.csv", csv(common))
    drop = tmp_path / "drop"
    hand_over(three, drop)
    centre = Installation(tmp_path / "centre")
    shutil.copytree(three[0].config.parent, centre.config.parent)
    (centre.index_path).unlink()
    ran = centre.run("collect", drop, "--json", code=0)
    assert [line["what"] for line in ran.lines] == ["merged"] * 3

    looked = centre.run("person", "--json", stdin=common[3][1], code=0).lines
    assert {(line["device"], Path(line["path"]).name) for line in looked[:-1]} == {
        ("anna", "kunder.csv"),
        ("bo", "kunder.csv"),
    }
    assert looked[-1]["coverage"]["complete"]
    for name, people in zip(NAMES, own, strict=True):
        found = centre.run("person", "--json", stdin=people[0][1], code=0).lines[:-1]
        assert {line["device"] for line in found} == {name}
        assert {line["where"][0] for line in found} >= {"name"}  # sealed, and known all the same
    (copies,) = [
        line
        for line in centre.run("report", "copies", "--json", code=0).lines[:-1]
        if line["copies"] == "exact"
    ]
    assert (copies["number"], copies["kinds"]["DK_CPR"]) == (2, 30)
    centre.run("index", "check", code=0)
    with Index(centre.config.parent / "company.db", readonly=True) as index:
        assert index.check() == []

    planted = {("DK_CPR", cpr) for people in (common, *own) for _, cpr, _ in people}
    planted |= {("EMAIL_ADDRESS", mail) for people in (common, *own) for _, _, mail in people}
    assert not leaks_of(centre.folder, planted)
    assert not leaks_of(tmp_path / "centre" / "state", planted)
    seal = company_seal(SecretSource(file=str(three[0].config.parent / "fodspor.key")))
    stored = b"".join(path.read_bytes() for path in centre.config.parent.glob("company*"))
    handed = b"".join(path.read_bytes() for path in drop.iterdir())
    prints = {seal.fingerprint(kind, value) for kind, value in planted}
    assert sum(each in handed for each in prints) > len(common)  # the search finds them where
    assert not any(each in stored for each in prints)  # they are, and the centre has none
    with Index(three[0].index_path, readonly=True) as index:
        keyed = index.connection.execute(
            "SELECT hash FROM content UNION SELECT path_key FROM document"
        ).fetchall()
    assert not any(each in stored for (each,) in keyed)


def leaks_of(folder: Path, planted: set[tuple[str, str]]) -> list[object]:
    return list(search([folder], Searcher(planted)))


KILLED = """
import os, signal, sys
from scanner.company import collect
merging = collect.merge
steps = int(sys.argv.pop(1))

def merge(central, *given):
    left = [steps]
    def step():
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    central.connection.set_progress_handler(step, 100)
    try:
        return merging(central, *given)
    finally:
        central.connection.set_progress_handler(None, 0)

collect.merge = merge
from scanner.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize(
    "moments",
    [
        pytest.param((60, 10_000_000), id="once"),
        pytest.param(
            (0, 1, 3, 10, 30, 60, 100, 150, 300, 1000, 10_000_000),
            id="often",
            marks=pytest.mark.long,
        ),
    ],
)
def test_killed_in_the_middle_of_a_merge_nothing_is_half_merged(
    three: list[Installation], tmp_path: Path, moments: tuple[int, ...]
) -> None:
    chance = random.Random(8)
    drop = tmp_path / "drop"
    for device in three:
        for number in range(4):
            device.write(f"{number}.csv", csv(rows(chance, 20)))
    hand_over(three[:2], drop)
    centre = Installation(tmp_path / "centre")
    shutil.copytree(three[0].config.parent, centre.config.parent)
    centre.run("collect", drop, code=0)
    hand_over(three, drop)
    unharmed = Installation(tmp_path / "unharmed")
    shutil.copytree(centre.config.parent, unharmed.config.parent)
    states = [dump(unharmed)]
    for path in sorted(drop.iterdir()):
        unharmed.run("collect", path, code=0)
        states.append(dump(unharmed))
    killed = 0
    for steps in moments:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(steps), "--config", centre.config, "collect", drop],
            env=centre.environment,
            capture_output=True,
            check=False,
        )
        killed += done.returncode != 0
        assert dump(centre) in states
    assert killed >= len(moments) / 3
    assert dump(centre) == states[-1]


def dump(centre: Installation) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of the company's index, but for when they were collected."""
    with Index(centre.config.parent / "company.db", readonly=True) as index:
        assert index.check() == []
        held = {
            table: sorted(index.connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in sorted(MERGED)
        }
        held["delivery"] = index.connection.execute(
            "SELECT device, digest, reported FROM delivery ORDER BY device"
        ).fetchall()
    return held

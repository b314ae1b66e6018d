"""What is saved in a watched folder is read, recorded and told; what goes is gone."""

from __future__ import annotations

import random

import pytest

from scanner.demo import fake
from tests.conftest import Installation
from tests.watch.watching import watching

OPEN = "SELECT display FROM document WHERE gone_run IS NULL ORDER BY 1"


@pytest.fixture
def office(installation: Installation) -> Installation:
    installation.configure(f"[[place]]\nname = 'office'\npath = '{installation.files}'")
    return installation


def customers(number: int, seed: int = 1) -> str:
    chance = random.Random(seed)
    rows = [f"{fake.name(chance)};{fake.cpr(chance)}" for _ in range(number)]
    return "Navn;CPR-nr.\n" + "\n".join(rows) + "\n"


def test_a_saved_file_is_told(office: Installation) -> None:
    with watching(office) as watch:
        office.write("liste.csv", customers(12))
        watch.until(lambda: bool(watch.teller.told))
    (told,) = watch.teller.told
    held = {each.kind: each for each in told.kinds}
    assert held["DK_CPR"].values == 12 and told.level == "high"
    assert watch.teller.closed


def test_deleted_and_moved_files_update_the_index(office: Installation) -> None:
    office.write("old/one.csv", customers(2, 1))
    office.write("old/two.csv", customers(2, 2))
    office.write("three.csv", customers(2, 3))
    office.run("scan", "--quiet", code=0)
    before = dict(office.rows("SELECT display, id FROM document"))
    with watching(office) as watch:
        (office.files / "old").rename(office.files / "new")
        (office.files / "three.csv").unlink()
        watch.until(lambda: len(office.rows(OPEN)) == 2)
    after = dict(office.rows("SELECT display, id FROM document WHERE gone_run IS NULL"))
    assert {path.replace("/new/", "/old/"): number for path, number in after.items()} == {
        path: number for path, number in before.items() if "/old/" in path
    }

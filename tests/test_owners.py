"""Whose documents are and who can read them, from the list of employees to the answers."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.demo import fake
from tests.conftest import Installation
from tests.here import scan_here
from tests.leak import Searcher

ADDRESS = "anna.aeblegaard@firma.dk"
YESTERDAY = (date.today() - timedelta(days=1)).isoformat()


def listed(installation: Installation, *rows: str, home: str = "") -> None:
    """Write owners.csv beside the configuration, as a directory would export it."""
    head = "SamAccountName;DisplayName;Department;Manager;Mail;HomeDirectory;Fratrådt"
    anna = f"anna;Anna Æblegård;Løn;bo;{ADDRESS};{home};"
    bo = "bo;Bo Beck;Salg;;;;"
    text = "\r\n".join([head, *(rows or (anna, bo))])
    (installation.config.parent / "owners.csv").write_bytes(text.encode("cp1252"))
    config = installation.config.read_text("utf-8")
    installation.config.write_text(
        config.replace('\nfile = ""\n', '\nfile = "owners.csv"\n'), "utf-8"
    )


@pytest.fixture
def shared(installation: Installation) -> Installation:
    """A share with home folders, one of them of somebody whom no list knows."""
    for owner in ("anna", "bo", "ukendt"):
        installation.write(f"hjem/{owner}/kunder.txt", f"{owner}: cpr {fake.cpr(hyphen=True)}")
    installation.configure(
        f'[[place]]\nname = "hjem"\npath = "{installation.files / "hjem"}"\n'
        f'owners = {{"{installation.files / "hjem"}/{{owner}}" = "{{owner}}"}}'
    )
    return installation


def found(installation: Installation, *arguments: str) -> dict[str, dict[str, Any]]:
    """Return the findings by owner."""
    lines = installation.run("findings", "--json", *arguments, code=0).lines[:-1]
    return {line["owner"]: line for line in lines}


def test_findings_carry_employee_department_and_manager(shared: Installation) -> None:
    listed(shared)
    shared.run("scan", code=0)
    lines = found(shared)
    assert set(lines) == {"Anna Æblegård", "Bo Beck", "ukendt"}
    anna, unknown = lines["Anna Æblegård"], lines["ukendt"]
    assert (anna["department"], anna["manager"]) == ("Løn", "Bo Beck")
    assert (unknown["department"], unknown["manager"]) == (None, None)


@pytest.mark.parametrize("owner", ["anna", "ANNA ÆBLEGÅRD"])
def test_an_owner_is_asked_for_by_account_or_name(shared: Installation, owner: str) -> None:
    listed(shared)
    shared.run("scan", code=0)
    assert set(found(shared, "--owner", owner)) == {"Anna Æblegård"}


def test_a_department_is_asked_for(shared: Installation) -> None:
    listed(shared)
    shared.run("scan", code=0)
    assert set(found(shared, "--department", "salg")) == {"Bo Beck"}
    assert "known: Løn, Salg" in shared.run("findings", "--department", "It", code=2).err


def test_a_list_that_comes_later_reads_nothing_again(shared: Installation) -> None:
    listed(shared, "konto;navn")
    (shared.config.parent / "owners.csv").unlink()
    ran = shared.run("scan", "--json", code=0)
    assert "owners stay as they are" in ran.err
    assert set(found(shared)) == {"anna", "bo", "ukendt"}
    listed(shared)
    before = shared.rows("SELECT id, read_at FROM document ORDER BY id")
    shared.run("owners", code=0)
    assert set(found(shared)) == {"Anna Æblegård", "Bo Beck", "ukendt"}
    assert shared.rows("SELECT id, read_at FROM document ORDER BY id") == before


def test_owners_lists_whom_the_list_does_not_know(shared: Installation) -> None:
    listed(shared)
    shared.run("scan", code=0)
    held, unknown, coverage = shared.run("owners", "--json", code=0).lines
    assert held == {"employees": 2, "left": 0, "documents": 2, "unusable_lines": 0}
    assert (unknown["owner"], unknown["documents"], unknown["with_findings"]) == ("ukendt", 1, 1)
    assert coverage["coverage"]["documents"] == 3
    told = shared.run("--language", "da", "owners", code=0).out
    assert "2 medarbejdere i listen, heraf 0 fratrådte; 2 dokumenter er deres." in told
    assert "ukendt" in told


def test_leavers_still_hold_what_they_held(shared: Installation) -> None:
    listed(shared)
    shared.run("scan", code=0)
    assert "None." in shared.run("report", "leavers", code=0).out
    listed(
        shared,
        f"anna;Anna Æblegård;Løn;bo;{ADDRESS};;{YESTERDAY}",
        "bo;Bo Beck;Salg;;;;",
    )
    shared.run("owners", code=0)
    line = shared.run("report", "leavers", "--json", code=0).lines[0]
    assert (line["name"], line["manager"], line["left"]) == ("Anna Æblegård", "Bo Beck", YESTERDAY)
    assert line["kinds"] == {"DK_CPR": 1}
    assert line["places"] == [
        {"device": line["places"][0]["device"], "place": "hjem"} | {"documents": 1}
    ]
    told = shared.run("--language", "da", "report", "leavers", code=0).out
    assert "Anna Æblegård · Løn · fratrådt" in told


def test_who_is_no_longer_in_the_list_has_left(shared: Installation) -> None:
    listed(shared)
    shared.run("scan", code=0)
    listed(shared, "anna;Anna Æblegård;Løn;bo;;;")
    shared.run("owners", code=0)
    (line, _) = shared.run("report", "leavers", "--json", code=0).lines
    assert line["name"] == "Bo Beck"


def test_leavers_need_a_list(installation: Installation) -> None:
    installation.write("a.txt", "x")
    installation.run("scan", installation.files, code=0)
    assert "[owners] file" in installation.run("report", "leavers", code=2).err


def test_a_home_folder_of_the_list_says_whose_it_is(installation: Installation) -> None:
    installation.write("u17/a.txt", f"cpr {fake.cpr(hyphen=True)}")
    listed(installation, home=str(installation.files / "u17"))
    installation.configure(f'[[place]]\nname = "d"\npath = "{installation.files}"')
    installation.run("scan", code=0)
    assert set(found(installation)) == {"Anna Æblegård"}


def test_an_address_of_the_list_is_nowhere_in_the_index(installation: Installation) -> None:
    installation.write("a.txt", f"cpr {fake.cpr(hyphen=True)}")
    installation.configure(
        f'[[place]]\nname = "d"\npath = "{installation.files}"\nowner = "{ADDRESS}"\n'
    )
    listed(installation)
    installation.run("scan", code=0)
    assert set(found(installation)) == {"Anna Æblegård"}
    searcher = Searcher([("EMAIL_ADDRESS", ADDRESS)])
    for file in installation.index_path.parent.glob(installation.index_path.name + "*"):
        assert not list(searcher.find(file.read_bytes())), file.name


@pytest.mark.skipif(sys.platform == "win32", reason="modes")
class TestReaders:
    @pytest.fixture
    def top(self) -> Iterator[Path]:
        """A folder that everyone can come to: pytest closes its own."""
        folder = Path(tempfile.mkdtemp(prefix="fodspor-readers-"))
        folder.chmod(0o755)
        yield folder
        shutil.rmtree(folder)

    @pytest.fixture
    def share(self, installation: Installation, top: Path) -> Installation:
        """Three lists: for everyone, for a group, for one."""
        for name, mode in (("alle", 0o644), ("gruppe", 0o640), ("egen", 0o600)):
            path = top / f"{name}.txt"
            path.write_text(f"cpr {fake.cpr(hyphen=True)}")
            os.chown(path, -1, 100)
            path.chmod(mode)
        installation.run("scan", top, code=0)
        return installation

    def readers(self, installation: Installation, *arguments: str) -> dict[str, str]:
        lines = installation.run("findings", "--json", *arguments, code=0).lines[:-1]
        return {os.path.basename(line["path"]): line["readable_by"] for line in lines}

    def test_are_a_column_of_every_finding(self, share: Installation) -> None:
        expected = {"alle.txt": "everyone", "gruppe.txt": "group", "egen.txt": "owner"}
        assert self.readers(share) == expected
        assert self.readers(share, "--readable-by", "group") == {"gruppe.txt": "group"}
        told = share.run("--language", "da", "findings", code=0).out
        assert "Læses af" in told
        assert "gruppe" in told

    def test_are_part_of_the_risk(self, share: Installation) -> None:
        risks = dict(share.rows("SELECT readable_by, risk FROM document"))
        assert risks == {"everyone": 15.0, "group": 10.0, "owner": 10.0}

    def test_report_open_lists_what_everyone_can_read(self, share: Installation) -> None:
        line, coverage = share.run("report", "open", "--json", code=0).lines
        assert os.path.basename(line["path"]) == "alle.txt"
        assert coverage["coverage"]["readers_not_known"] == 0
        told = share.run("report", "open", code=0).out
        assert "What everyone can read: CPR number" in told
        assert "alle.txt" in told
        assert "gruppe.txt" not in told
        assert "None." in share.run("report", "open", "--kind", "e-mail", code=0).out

    def test_unknown_readers_are_counted(self, share: Installation) -> None:
        with closing(sqlite3.connect(share.index_path)) as connection, connection:
            connection.execute("UPDATE document SET readable_by=NULL WHERE display LIKE '%gruppe%'")
        coverage = share.run("report", "open", "--json", code=0).lines[-1]["coverage"]
        assert coverage["readers_not_known"] == 1
        assert "Of 1 more document" in share.run("report", "open", code=0).out

    def test_a_folder_that_is_closed_closes_without_reading(
        self, share: Installation, top: Path
    ) -> None:
        before = share.rows("SELECT id, read_at FROM document ORDER BY id")
        top.chmod(0o700)
        ran = share.run("scan", top, "--json", code=0)
        assert ran.lines[0]["unchanged"] == 3
        assert set(self.readers(share).values()) == {"owner"}
        assert share.rows("SELECT DISTINCT risk FROM document") == [(10.0,)]
        assert share.rows("SELECT id, read_at FROM document ORDER BY id") == before
        assert json.loads(share.rows("SELECT counts FROM run ORDER BY id DESC")[0][0])["unchanged"]


def test_the_device_tells_whether_its_disk_is_encrypted(installation: Installation) -> None:
    installation.write("a.txt", "x")
    installation.run("scan", installation.files, code=0)
    assert installation.rows("SELECT encryption FROM device")[0][0] in (None, "on", "off")


def test_a_place_says_on_which_share_it_lies(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.write("a.txt", "x")
    monkeypatch.setattr("scanner.index.beginning.share_of", lambda path: "//fil01/salg")
    scan_here(installation)
    assert installation.rows("SELECT share FROM place") == [("//fil01/salg",)]
    (place,) = installation.run("findings", "--json", code=0).lines[-1]["coverage"]["places"]
    assert place["share"] == "//fil01/salg"


def test_an_answer_says_on_which_share_its_places_lie(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.write("a.txt", f"cpr {fake.cpr(hyphen=True)}")
    installation.configure(f'[[place]]\nname = "Salg"\npath = "{installation.files}"')
    monkeypatch.setattr("scanner.index.beginning.share_of", lambda path: "//fil01/salg")
    scan_here(installation)
    told = installation.run("findings", code=0).out
    assert f"Salg is {installation.files} (//fil01/salg)" in told

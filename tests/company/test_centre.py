"""The machine that collects: its own key, its own ignore list and register, its own index."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from scanner.demo import fake
from scanner.secret import SecretError
from tests.answers.shelf import KEY, Doc, cprs
from tests.company.office import Office
from tests.conftest import Installation

VALUES = cprs(3)


@pytest.fixture
def centre(office: Office) -> Office:
    """Two devices collected; the centre is a device too, which holds another value."""
    office.centre.scan(Doc("/srv/share/own.txt", VALUES[2:]))
    for name, values in (("anna", VALUES[:1]), ("bo", VALUES[1:2])):
        device = office.device(name)
        device.scan(Doc(f"/srv/share/{name}.txt", values))
        device.deliver(office.drop)
    office.collect()
    return office


def found(office: Office, *before: str) -> set[str]:
    return {line["device"] for line in office.centre.ask(*before, "findings", "--json").lines}


def test_answers_are_the_companys_and_on_request_the_devices_own(centre: Office) -> None:
    assert found(centre) == {"anna", "bo"}
    assert found(centre, "--own") == {"centre"}
    value = VALUES[2].value
    assert centre.centre.ask("person", "--json", stdin=value).lines == []
    assert len(centre.centre.ask("--own", "person", "--json", stdin=value).lines) == 1
    centre.centre.deliver(centre.drop)
    centre.collect()
    assert found(centre) == {"anna", "bo", "centre"}
    assert "the index is sound" in centre.centre.ask("index", "check").out
    assert "the index is sound" in centre.centre.ask("--own", "index", "check").out


def test_the_ignore_list_is_of_the_index_that_answers(centre: Office) -> None:
    centre.centre.ask("ignore", "add", "--kind", "cpr", stdin=VALUES[0].value)
    assert found(centre) == {"bo"}
    assert "DK_CPR" not in centre.centre.ask("--own", "ignore", "list").out
    centre.centre.ask("index", "compact")
    assert found(centre) == {"bo"}


def test_a_register_at_the_centre_knows_what_the_devices_hold(
    centre: Office, tmp_path: Path
) -> None:
    export = tmp_path / "customers.csv"
    export.write_text(f"kundenr;cpr\n1;{VALUES[1].value}\n", "utf-8")
    centre.centre.ask("register", "import", str(export), "--quiet")
    lines = centre.centre.ask("findings", "--customers", "--json").lines
    assert [line["device"] for line in lines] == ["bo"]


def test_the_centres_key_is_private_and_its_own(centre: Office) -> None:
    key = centre.centre.folder / "company.key"
    if os.name == "posix":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    held = key.read_text("utf-8")
    key.write_text("6b" * 32 + "\n", "utf-8")
    said = centre.centre.ask_failing("person", stdin=VALUES[0].value)
    assert "was made under another company key" in said
    assert "was collected under other keys" in centre.centre.ask_failing(
        "collect", str(centre.drop)
    )
    key.write_text(KEY + "\n", "utf-8")
    with pytest.raises(SecretError, match="the centre needs one of its own"):
        centre.centre.ask("collect", str(centre.drop))
    key.unlink()
    with pytest.raises(SecretError, match="put back the copy from the safe"):
        centre.centre.ask("collect", str(centre.drop))
    key.touch(0o600)
    key.write_text(held, "utf-8")
    assert [line["what"] for line in centre.collect()] == ["known", "known"]


def test_a_devices_own_index_is_not_collected_into(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", VALUES))
    path = anna.deliver(office.drop)
    office.centre.scan(Doc("/srv/share/a.txt", VALUES))
    config = office.centre.config
    config.write_text(config.read_text("utf-8") + '[collect]\nindex = "index.db"\n', "utf-8")
    assert "is the index of this device" in office.centre.ask_failing("collect", str(path))
    config.write_text(config.read_text("utf-8").replace('path = "index.db"', 'path = "x.db"'))
    (office.centre.folder / "company.key").write_text("6b" * 32 + "\n")
    (office.centre.folder / "company.key").chmod(0o600)
    assert "is the index of a device" in office.centre.ask_failing("collect", str(path))
    assert office.centre.sql("SELECT count(*) FROM document") == [(1,)]


def test_employees_are_those_of_the_devices_or_of_the_centres_list(centre: Office) -> None:
    anna = centre.device("carl")
    anna.scan(Doc("/srv/share/a.txt", VALUES, owner="ida"))
    anna.sql("INSERT INTO employee VALUES ('ida', 'Ida Holm', 'Salg', NULL, NULL)")
    anna.deliver(centre.drop)
    centre.collect()
    assert centre.sql("SELECT department FROM employee") == [("Salg",)]


def scanned(installation: Installation, folder: str) -> None:
    text = installation.config.read_text("utf-8")
    installation.config.write_text(text.replace('deliver = ""', f'deliver = "{folder}"'), "utf-8")
    installation.write("a.txt", f"cpr {fake.cpr()}")


def test_a_scan_ends_with_handing_over(installation: Installation) -> None:
    scanned(installation, "drop")
    installation.run("scan", installation.files, code=0)
    drop = installation.config.parent / "drop"
    assert [path.suffix for path in drop.iterdir()] == [".db"]
    assert "nothing changed" in installation.run("deliver", code=0).out


def test_a_drop_folder_out_of_reach_is_told_and_the_scan_is_kept(
    installation: Installation,
) -> None:
    scanned(installation, "file/drop")
    (installation.config.parent / "file").write_text("x")
    ran = installation.run("scan", installation.files, "--quiet", code=3)
    assert "the index was not handed over" in ran.err
    assert installation.rows("SELECT count(*) FROM document") == [(1,)]

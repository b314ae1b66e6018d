"""The company's key from device to device: given, rotated, lost, stolen; killed at any moment."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from scanner.cli import cli
from scanner.cli.keys import STEPS
from scanner.cli.settling import lock_path
from scanner.company_key import as_text, company_seal, store
from scanner.demo import fake
from scanner.index.store import Decisions, Index, decisions_path
from scanner.joining import read_join_file
from scanner.messages import LANGUAGES, words
from scanner.platform import FileLock
from scanner.privacy import Seal
from scanner.secret import SecretError, SecretSource
from scanner.setup import Setup
from scanner.tools import tools_of
from tests.conftest import Installation

NUMBER = fake.cpr(hyphen=True)


@pytest.fixture(autouse=True)
def no_tools_of_another_key() -> Iterator[None]:
    yield
    tools_of.cache_clear()


@pytest.fixture
def device(tmp_path: Path) -> Installation:
    """Another machine: nothing is set up on it."""
    made = Installation(tmp_path / "device")
    made.files.mkdir(parents=True)
    made.config.parent.mkdir()
    return made


def seal(installation: Installation) -> Seal:
    return company_seal(installation.setup().config.key_source)


def key_file(installation: Installation) -> Path:
    return installation.config.with_name("fodspor.key")


def filled(installation: Installation) -> None:
    """Scan a file, ignore a value, import a customer: all that is under the key."""
    installation.write("kunde.txt", f"cpr-nr. {NUMBER}")
    installation.write(f"sag {fake.cpr(hyphen=True)}.txt", "Hej")
    installation.run("scan", installation.files, code=0)
    installation.run("ignore", "add", "--kind", "DK_CPR", stdin=fake.cpr(), code=0)
    export = installation.folder / "kunder.csv"
    export.write_text(f"kundenr;cpr\nK-1;{NUMBER}\n")
    installation.run("register", "import", export, code=0)


def answers(installation: Installation) -> None:
    """All that is under the key answers under the key at hand, and nothing is to be read."""
    found = installation.run("person", "--json", stdin=NUMBER, code=0).lines
    assert len(found) == 2
    assert found[-1]["coverage"]["looked_for"][0]["customers"]
    run = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert run["unchanged"] == run["met"] == 2
    assert len(installation.run("ignore", "list", code=0).out.splitlines()) == 1
    assert installation.run("index", "check", code=0)
    state = installation.run("key", "show", "--json", code=0).lines[0]
    assert (state["index"], state["key_id"]) == ("same", seal(installation).key_id)
    with Decisions(decisions_path(installation.index_path)) as decisions:
        (held,) = [row[0] for row in decisions.ignored()]
        audit = decisions.connection.execute("SELECT subject FROM audit WHERE action='ignore add'")
        assert audit.fetchone()[0] == held.hex()


def join_file(installation: Installation) -> Path:
    installation.run("init", "--company", code=0)
    return installation.index_path.with_name(f"fodspor-{seal(installation).key_id[:8]}.join")


def test_a_device_gets_the_companys_key(installation: Installation, device: Installation) -> None:
    path = join_file(installation)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for _ in range(2):
        assert join_file(installation) == path
        device.run("init", "--join", path, code=0)
    assert seal(device) == seal(installation)
    assert stat.S_IMODE(key_file(device).stat().st_mode) == 0o600
    assert seal(device).key_id in path.read_text("utf-8")
    filled(device)
    answers(device)


def test_a_new_company_is_made_and_handed_out_at_once(device: Installation) -> None:
    told = device.run("init", "--company", code=0).out
    (path,) = device.config.parent.glob("*.join")
    assert str(path) in told
    assert seal(device).key.hex() not in told
    device.run("scan", device.config.parent, code=0)
    assert device.rows("SELECT count(*) FROM document WHERE display LIKE '%.join'") == [(0,)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("checksum ", "checksum 0", id="another checksum"),
        pytest.param("key-id ", "key-id 0", id="another key id"),
        pytest.param("\nchecksum", "0\nchecksum", id="a digit too many"),
        pytest.param("join file 1", "join file 2", id="of another version"),
        pytest.param("fodspor join", "# fodspor join", id="no first line"),
    ],
)
def test_a_damaged_join_file_is_refused(
    installation: Installation, device: Installation, old: str, new: str
) -> None:
    path = join_file(installation)
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new), "utf-8")
    ran = device.run("init", "--join", path, code=2)
    assert str(path) in ran.err
    assert seal(installation).key.hex()[:16] not in ran.err + ran.out
    assert not device.config.exists()


@pytest.mark.parametrize("end", [0, 100, -5, -40, -100])
def test_a_join_file_that_was_cut_off_is_refused(installation: Installation, end: int) -> None:
    path = join_file(installation)
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(SecretError):
        read_join_file(path)


def test_a_device_with_an_index_of_its_own_key_is_told_what_to_do(
    installation: Installation, device: Installation
) -> None:
    device.run("init", code=0)
    own = seal(device)
    path = join_file(installation)
    filled(device)
    ran = device.run("init", "--join", path, code=1)
    assert "scan again" in ran.err
    assert own.key_id in ran.err
    assert seal(device) == own
    device.run("key", "rotate", "--join", path, code=2)
    answers(device)


def test_a_device_that_has_scanned_nothing_takes_the_key(
    installation: Installation, device: Installation
) -> None:
    device.run("init", code=0)
    device.run("init", "--join", join_file(installation), code=0)
    filled(device)
    answers(device)


def test_a_key_that_was_taken_half_is_taken_whole(
    installation: Installation, device: Installation
) -> None:
    device.run("init", code=0)
    key_file(device).write_text(as_text(seal(installation).keys))  # killed behind this
    device.run("init", "--join", join_file(installation), code=0)
    filled(device)
    answers(device)


def test_a_lost_key_is_told_and_the_join_file_brings_it_back(installation: Installation) -> None:
    filled(installation)
    path = join_file(installation)
    key_file(installation).unlink()
    for command in (("person",), ("scan", installation.files), ("key", "show")):
        ran = installation.run(*command, stdin=NUMBER, code=2)
        assert "A lost key" in ran.err
    assert installation.run("findings", "--json", code=0).lines
    assert installation.run("report", "overview", code=0)
    installation.run("init", "--join", path, code=0)
    answers(installation)


def test_a_rotated_key_goes_from_device_to_device(
    installation: Installation, device: Installation
) -> None:
    first = join_file(installation)
    device.run("init", "--join", first, code=0)
    for each in (installation, device):
        filled(each)
    for links in (2, 3):
        installation.run("key", "rotate", "--yes", code=0)
        assert len(seal(installation).keys) == links
        answers(installation)
    second = join_file(installation)
    told = device.run("init", "--join", second, code=1)
    assert "key rotate --join" in told.err
    device.run("key", "rotate", "--join", second, code=0)
    assert seal(device) == seal(installation)
    answers(device)
    before = key_file(device).read_bytes()
    device.run("key", "rotate", "--join", second, code=0)
    assert "older" in device.run("key", "rotate", "--join", first, code=2).err
    assert "older" in device.run("init", "--join", first, code=1).err
    assert key_file(device).read_bytes() == before


def test_two_devices_that_rotated_by_themselves_do_not_meet(
    installation: Installation, device: Installation
) -> None:
    device.run("init", "--join", join_file(installation), code=0)
    for each in (installation, device):
        each.run("key", "rotate", "--yes", code=0)
    assert (
        "rotated by itself"
        in device.run("key", "rotate", "--join", join_file(installation), code=2).err
    )


def test_a_key_is_not_rotated_unasked_nor_while_a_place_is_scanned(
    installation: Installation,
) -> None:
    filled(installation)
    installation.run("key", "rotate", stdin="n\n", code=130)
    with FileLock(lock_path(installation.index_path, 1)):
        assert "scan" in installation.run("key", "rotate", "--yes", code=1).err
    assert len(seal(installation).keys) == 1
    answers(installation)


DEATHS = ("store", "rekey_decisions", "rekey_register", "rekey", "scrub")
EACH_RUN = {("store", True), ("rekey", False)}
"""Those that end between two files; the others are tried in `make test-long`."""
DYING = """
import os, sys
from scanner import rotating
from scanner.cli import main
really = rotating.{name}
def dying(*given):
    if {after}:
        really(*given)
    os._exit(9)
rotating.{name} = dying
sys.argv = ["fodspor", "--config", sys.argv[1], "key", "rotate", "--yes"]
main()
"""


@pytest.mark.parametrize(
    ("name", "after"),
    [
        pytest.param(
            name,
            after,
            id=f"{name}-{'after' if after else 'before'}",
            marks=() if (name, after) in EACH_RUN else pytest.mark.long,
        )
        for name in DEATHS
        for after in (False, True)
    ],
)
def test_a_rotation_that_is_killed_goes_on(
    installation: Installation, name: str, after: bool
) -> None:
    filled(installation)
    old = seal(installation)
    code = DYING.format(name=name, after=after)
    ended = subprocess.run(
        [sys.executable, "-c", code, str(installation.config)],
        env=installation.environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 9, ended.stderr
    held = seal(installation)
    assert len(held.keys) == (1 if (name, after) == ("store", False) else 2)
    if held != old and name != "scrub" and (name, after) != ("rekey", True):
        ran = installation.run("person", stdin=NUMBER, code=1)
        assert "fodspor key" in ran.err
        installation.run("scan", installation.files, code=1)
        installation.run("ignore", "add", "--kind", "DK_CPR", stdin=NUMBER, code=1)
        state = installation.run("key", "show", "--json", code=0).lines[0]
        assert state["index"] == "unfinished"
    installation.run("key", "rotate", "--yes", code=0)
    assert len(seal(installation).keys) == 2
    answers(installation)
    for path in installation.config.parent.glob("*.db*"):
        assert old.fingerprint("DK_CPR", NUMBER.replace("-", "")) not in path.read_bytes()


def test_a_key_that_fodspor_cannot_store_is_given_to_who_can(installation: Installation) -> None:
    filled(installation)
    config = installation.config
    config.write_text(
        config.read_text("utf-8").replace('file = "fodspor.key"', 'env = "COMPANY_KEY"'), "utf-8"
    )
    os.environ["COMPANY_KEY"] = key_file(installation).read_text("utf-8")
    try:
        waiting = config.with_name("fodspor-next.key")
        for _ in range(2):
            assert str(waiting) in installation.run("key", "rotate", "--yes", code=0).out
            keys = waiting.read_text("utf-8")
        assert stat.S_IMODE(waiting.stat().st_mode) == 0o600
        assert len(seal(installation).keys) == 1
        os.environ["COMPANY_KEY"] = keys.replace("\n", " ")
        installation.run("key", "rotate", code=0)
        assert not waiting.exists()
        assert len(seal(installation).keys) == 2
        answers(installation)
    finally:
        del os.environ["COMPANY_KEY"]


def test_a_keyring_keeps_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    held: dict[tuple[str, str], str] = {}
    monkeypatch.setattr("keyring.get_password", lambda *entry: held.get(entry))
    monkeypatch.setattr(
        "keyring.set_password", lambda service, user, secret: held.update({(service, user): secret})
    )
    source = SecretSource(keyring="fodspor/company")
    made = Seal(bytes(32)).linked(bytes(range(32)))
    store(source, made)
    assert company_seal(source) == made
    assert held == {("fodspor", "company"): as_text(made.keys)}


def test_init_keeps_the_key_in_the_keyring_if_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, installation: Installation
) -> None:
    held: dict[tuple[str, str], str] = {}
    monkeypatch.setattr("keyring.get_password", lambda *entry: held.get(entry))
    monkeypatch.setattr(
        "keyring.set_password", lambda service, user, secret: held.update({(service, user): secret})
    )
    config = tmp_path / "other" / "fodspor.toml"
    given = ("init", "--keyring", "fodspor/x", "--join", str(join_file(installation)))
    ran = CliRunner().invoke(cli, ["--config", str(config), *given], standalone_mode=False)
    assert ran.exception is None
    assert held == {("fodspor", "x"): as_text(seal(installation).keys)}
    assert not list(config.parent.glob("*.key"))
    assert company_seal(Setup.find(str(config)).config.key_source) == seal(installation)


def test_what_only_a_new_config_takes_is_not_passed_over(installation: Installation) -> None:
    for option in (("--place", "x"), ("--keyring", "x/y")):
        assert "new config" in installation.run("init", "--company", *option, code=2).err


def known(
    installation: Installation, *devices: tuple[str, str, str], path: Path | None = None
) -> None:
    with Index(path or installation.index_path) as index:
        index.connection.executemany(
            "INSERT INTO device(id, label, last_seen, platform) VALUES (?,?,?,'')", devices
        )


STOLEN = "4be6c0f3-9b1a-4c55-8f2c-2f1d6a5f7a10"
OTHER = "a1d0f6f7-2a55-44f6-9a1e-6f7f1f0e9b11"


def test_a_stolen_device_is_written_down_once_and_the_steps_told(
    installation: Installation,
) -> None:
    known(
        installation,
        (STOLEN, "LAPTOP-7", "2026-01-01T00:00:00+00:00"),
        (OTHER, "LAPTOP-8", "2026-01-02T00:00:00+00:00"),
    )

    def told(name: str) -> dict[str, Any]:
        return installation.run("key", "compromised", name, "--json", code=0).lines[0]

    first = told("LAPTOP-7")
    assert told(STOLEN[:8]) == told("laptop-7") == first
    assert (first["device"]["id"], first["unknown"], first["rotated"]) == (STOLEN, False, None)
    assert [each["label"] for each in first["waiting"]] == ["LAPTOP-8"]
    with Decisions(decisions_path(installation.index_path)) as decisions:
        rows = decisions.connection.execute(
            "SELECT subject, detail FROM audit WHERE action='key compromised'"
        ).fetchall()
    ((subject, detail),) = rows
    assert (subject, json.loads(detail)["label"]) == (STOLEN, "LAPTOP-7")
    installation.run("key", "rotate", "--yes", code=0)
    assert told("LAPTOP-7")["rotated"]
    assert told("LAPTOP-7")["waiting"] == first["waiting"]
    with Index(installation.index_path) as index:  # as one that is collected anew
        index.connection.execute("DELETE FROM device WHERE id=?", (OTHER,))
    assert told("LAPTOP-7")["waiting"] == first["waiting"]
    known(installation, (OTHER, "LAPTOP-8", "2999-01-01T00:00:00+00:00"))
    assert told("LAPTOP-7")["waiting"] == []


def test_a_device_that_the_index_does_not_know_is_told_so_and_shows_no_value(
    installation: Installation,
) -> None:
    ran = installation.run("key", "compromised", f"PC {NUMBER}", code=0)
    assert NUMBER not in ran.out
    assert "knows no device" in ran.out
    known(installation, (STOLEN, "PC", ""), (OTHER, "PC", ""))
    assert STOLEN in installation.run("key", "compromised", "PC", code=2).err


def test_devices_that_the_collected_index_knows_are_told_too(installation: Installation) -> None:
    collected = installation.setup().config.collected_path
    known(installation, (STOLEN, "LAPTOP-7", ""), (OTHER, "LAPTOP-8", ""), path=collected)
    (told,) = installation.run("key", "compromised", "LAPTOP-7", "--json", code=0).lines
    assert (told["unknown"], [each["label"] for each in told["waiting"]]) == (False, ["LAPTOP-8"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_name_commands_that_exist(language: str) -> None:
    said = [words(language).text(f"stolen step {n}", device="PC") for n in range(1, STEPS + 1)]
    commands = [line for step in said for line in step.splitlines() if line.startswith("fodspor ")]
    assert len(commands) >= 6
    for line in commands:
        _, *parts = line.split()
        command: click.Command = cli
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), parts.pop(0))
            assert found is not None, line
            command = found
        options = {each for parameter in command.params for each in parameter.opts}
        assert {part for part in parts if part.startswith("--")} <= options, line


def test_the_procedure_is_told_in_danish(installation: Installation) -> None:
    ran = installation.run("--language", "da", "key", "compromised", "PC-9", code=0)
    assert "72 timer" in ran.out
    assert "6. " in ran.out

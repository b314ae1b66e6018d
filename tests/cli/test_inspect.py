"""What is said of one file: values with reasons, problems with what to do, in both languages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors import Unreadable
from connectors.disk import DiskConnector
from scanner.cli import cli
from scanner.demo import fake
from tests.conftest import Installation


@pytest.mark.parametrize(
    ("language", "says"),
    [
        pytest.param(
            "en",
            ("CPR number", "certain 0.9", "line 1", "its word stands near it"),
            id="English",
        ),
        pytest.param(
            "da", ("CPR-nummer", "sikker 0,9", "linje 1", "dets ord står ved siden af"), id="Danish"
        ),
    ],
)
def test_a_value_is_told_in_words(
    installation: Installation, language: str, says: tuple[str, ...]
) -> None:
    number = fake.cpr()
    path = installation.write("a.txt", f"cpr {number}")
    out = installation.run("--language", language, "inspect", path, code=0).out
    assert number in out
    assert out.splitlines()[0] == str(path)
    for words in says:
        assert words in out


@pytest.mark.parametrize(
    ("language", "says"),
    [
        pytest.param(
            "en", ("Not read: Cut short", "→ Ask the owner for a whole copy."), id="English"
        ),
        pytest.param("da", ("Ikke læst: Afkortet", "→ Bed ejeren om en hel kopi."), id="Danish"),
    ],
)
def test_a_problem_has_its_reason_and_what_to_do(
    installation: Installation, language: str, says: tuple[str, ...]
) -> None:
    installation.write("a.pdf", b"%PDF-1.7\nbroken")
    out = installation.run("--language", language, "inspect", installation.files, code=3).out
    for words in says:
        assert words in out


def test_nothing_found_is_said(installation: Installation) -> None:
    path = installation.write("a.txt", "nothing")
    assert "Ingen fund." in installation.run("--language", "da", "inspect", path, code=0).out


def test_more_values_than_are_held_at_a_time_are_all_told(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [fake.cpr() for _ in range(200)]
    rows = (f"{number};{'x' * 1000}" for number in numbers)
    path = installation.write("a.csv", "\n".join(("CPR;Note", *rows)))
    monkeypatch.setattr("scanner.collect.SPILL_AT", 20)
    told = CliRunner().invoke(cli, ["--config", str(installation.config), "inspect", str(path)])
    assert [number for number in numbers if number not in told.output] == []


def test_a_file_that_may_not_be_read_is_unread_not_a_wrong_use(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = installation.write("a.txt", "x")

    def refused(self: DiskConnector, document: object) -> None:
        raise Unreadable(os.fsencode(path), "no_access")

    monkeypatch.setattr(DiskConnector, "open", refused)
    monkeypatch.setattr(os, "access", lambda *given, **how: False)
    monkeypatch.setenv("FODSPOR_STATE", str(installation.folder / "state"))
    done = CliRunner().invoke(
        cli, ["--config", str(installation.config), "inspect", str(path)], standalone_mode=False
    )
    assert done.return_value == 3
    assert "Not read: No access for the service account" in done.stdout
    assert "→ Give the account that scans the right to read it." in done.stdout


def test_a_path_that_is_not_there_is_a_wrong_use_and_not_repeated(
    installation: Installation,
) -> None:
    number = fake.cpr()
    ran = installation.run("inspect", f"brev {number}.txt", code=2)
    assert "there is no such file" in ran.err
    assert number not in ran.err + ran.out


def test_a_mailbox_on_a_server_is_no_file(installation: Installation) -> None:
    ran = installation.run("inspect", "imap://anna@mail.example.com/Sager", code=2)
    assert "what lies on a server is scanned, not inspected" in ran.err
    assert "anna" not in ran.err


def test_before_init_the_first_step_is_named(tmp_path: Path) -> None:
    fresh = Installation(tmp_path)
    fresh.files.mkdir()
    fresh.config.parent.mkdir()
    fresh.config.write_text("")
    path = fresh.write("a.txt", "x")
    assert "run 'fodspor init' once" in fresh.run("inspect", path, code=2).err

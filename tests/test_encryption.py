"""Whether a disk is encrypted: what systems say of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from scanner.encryption import bitlocker, disk_encryption, filevault, of_device

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="device numbers")


def block(folder: Path, name: str, uuid: str = "", below: tuple[str, ...] = ()) -> Path:
    device = folder / name
    (device / "slaves").mkdir(parents=True)
    if uuid:
        (device / "dm").mkdir()
        (device / "dm" / "uuid").write_text(uuid + "\n")
    for each in below:
        (device / "slaves" / each.replace(":", "!")).symlink_to(folder / each)
    return device


@POSIX
@pytest.mark.parametrize(
    ("top", "bottom", "said"),
    [
        pytest.param("", "", "off", id="a plain partition"),
        pytest.param("CRYPT-LUKS2-0a1b-luks", "", "on", id="LUKS"),
        pytest.param("LVM-abc", "CRYPT-LUKS2-0a1b-luks", "on", id="LVM on LUKS"),
        pytest.param("LVM-abc", "", "off", id="LVM on a partition"),
    ],
)
def test_linux(tmp_path: Path, top: str, bottom: str, said: str) -> None:
    block(tmp_path, "8:2", bottom)
    block(tmp_path, "253:1", top, ("8:2",))
    assert of_device(os.makedev(253, 1), tmp_path) == said


@POSIX
def test_what_is_no_disk_is_not_known(tmp_path: Path) -> None:
    assert of_device(os.makedev(0, 45), tmp_path) == ""


@POSIX
def test_layers_that_go_round_end(tmp_path: Path) -> None:
    block(tmp_path, "253:1", "LVM-abc", ("253:1",))
    assert of_device(os.makedev(253, 1), tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [("FileVault is On.\n", "on"), ("FileVault is Off.\n", "off"), ("Error\n", "")],
)
def test_macos(text: str, said: str) -> None:
    assert filevault(text) == said


@pytest.mark.parametrize(("text", "said"), [("1\r\n", "on"), ("2\r\n", "off"), ("", ""), ("6", "")])
def test_windows(text: str, said: str) -> None:
    assert bitlocker(text) == said


def test_this_machine_answers(tmp_path: Path) -> None:
    assert disk_encryption(tmp_path) in ("", "on", "off")

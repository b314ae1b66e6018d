"""What feeds the machine, and whether its line is metered, as systems say it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from scanner.nightly.power import asked, linux_power, network, networkmanager, pmset_power, power

MAINS = {"type": "Mains", "online": "1"}
OUT = {"type": "Mains", "online": "0"}
BATTERY = {"type": "Battery", "status": "Discharging"}
FULL = {"type": "Battery", "status": "Full"}
MOUSE = {"type": "Battery", "status": "Discharging", "scope": "Device"}
USB = {"type": "USB", "online": "1"}


@pytest.mark.parametrize(
    ("supplies", "said"),
    [
        pytest.param([], "mains", id="none: a desktop"),
        pytest.param([MAINS, BATTERY], "mains", id="plugged in, whatever the battery does"),
        pytest.param([OUT, BATTERY], "battery", id="plugged out"),
        pytest.param([BATTERY], "battery", id="a battery alone"),
        pytest.param([OUT, FULL], "mains", id="a full battery is not discharged"),
        pytest.param([OUT, MOUSE], "mains", id="a mouse's battery is none of the machine"),
        pytest.param([OUT, USB, BATTERY], "mains", id="fed by USB"),
        pytest.param([{"type": "Mains"}, BATTERY], "battery", id="a supply that says nothing"),
    ],
)
def test_linux(tmp_path: Path, supplies: list[dict[str, str]], said: str) -> None:
    for number, supply in enumerate(supplies):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, value in supply.items():
            (folder / name).write_text(f"{value}\n")
    assert linux_power(tmp_path) == said
    assert power(system="linux", supplies=tmp_path) == said


def test_linux_without_sysfs(tmp_path: Path) -> None:
    assert linux_power(tmp_path / "none") == "unknown"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("Now drawing from 'AC Power'\n -InternalBattery-0", "mains", id="mains"),
        pytest.param("Now drawing from 'Battery Power'\n", "battery", id="battery"),
        pytest.param("", "unknown", id="no answer"),
    ],
)
def test_macos(line: str, said: str) -> None:
    assert pmset_power(line) == said
    assert power(system="darwin", ask=lambda program: line) == said


def answering(answers: dict[str, str]) -> Callable[[Sequence[str]], str]:
    return lambda program: answers.get(program[0], "")


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        pytest.param({"nmcli": "yes\n"}, "metered", id="metered"),
        pytest.param({"nmcli": "yes (guessed)\n"}, "metered", id="guessed to be"),
        pytest.param({"nmcli": "no (guessed)\n"}, "free", id="guessed to be free"),
        pytest.param({"nmcli": "unknown\n"}, "unknown", id="it does not know"),
        pytest.param({"busctl": "u 1\n"}, "metered", id="by D-Bus"),
        pytest.param({"busctl": "u 4\n"}, "free", id="by D-Bus, free"),
        pytest.param({"busctl": "u 0\n"}, "unknown", id="by D-Bus, unknown"),
        pytest.param({}, "unknown", id="no NetworkManager"),
    ],
)
def test_networkmanager(answers: dict[str, str], said: str) -> None:
    assert networkmanager(answering(answers)) == said
    assert network(system="linux", ask=answering(answers)) == said


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        pytest.param("Unrestricted\r\n", "free", id="free"),
        pytest.param("Variable\r\n", "metered", id="by what is used"),
        pytest.param("Fixed\r\n", "metered", id="up to a limit"),
        pytest.param("", "unknown", id="no answer"),
    ],
)
def test_windows(cost: str, said: str) -> None:
    assert network(system="win32", ask=answering({"powershell": cost})) == said


def test_a_program_that_is_not_there_says_nothing() -> None:
    assert asked(("no-such-program-of-any-system",)) == ""
    assert asked(("false",)) == ""


def test_another_system_is_unknown() -> None:
    assert (power(system="plan9"), network(system="plan9")) == ("unknown", "unknown")

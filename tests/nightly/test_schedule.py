"""The entries of schedulers: what they say, that systemd takes them, that nothing of them stays."""

from __future__ import annotations

import json
import os
import plistlib
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from scanner.nightly import cron, launchd, systemd, windows_task
from scanner.nightly.installing import Answered, Crontab, Systemd, Trouble, WindowsTask
from scanner.nightly.plan import Plan, plan_of
from tests.conftest import Installation

DOCS = Path(__file__).parents[2] / "docs" / "nightly.md"
ODD = 'æ ø%i "q" $HOME'
"""A folder's name with all that units, crontabs and command lines take for signs of theirs."""
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed (make system)"
)


def a_plan(folder: Path = Path("/srv/fodspor"), **changes: Any) -> Plan:
    made = Plan(
        (str(folder / "fodspor"), "--config", str(folder / "a.toml"), "scan", "--nightly"),
        time(22, 0),
        540,
        30,
        True,
        "wait",
        (str(folder),),
        False,
        False,
        3 * 1024**3,
        "scanner",
        "0b5f0b52-5a59-4a0e-9c55-3f8f3b9f6a01",
        str(folder / "state"),
    )
    return replace(made, **changes)


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder of an odd name with a program in it that prints its arguments and its state."""
    folder = tmp_path / ODD
    folder.mkdir()
    script = folder / "fodspor"
    script.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys\nprint(json.dumps([*sys.argv, os.environ['FODSPOR_STATE']]))\n"
    )
    script.chmod(0o755)
    return folder


def lines(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.splitlines():
        name, mark, value = line.partition("=")
        if mark:
            found.setdefault(name, []).append(value)
    return found


def service(plan: Plan, *, system: bool = False) -> dict[str, list[str]]:
    return lines(systemd.units(plan, system=system)[f"{plan.name}.service"])


# -- systemd


@needs_systemd
@pytest.mark.parametrize(
    ("system", "watch", "network", "most"),
    [
        pytest.param(True, False, False, 2.0, id="the machine's"),
        pytest.param(True, False, True, 2.5, id="the machine's, with the network"),
        pytest.param(False, False, False, 6.1, id="a user's"),
        pytest.param(False, True, True, 6.7, id="a user's watch"),
    ],
)
def test_systemd_takes_the_units(
    odd: Path, tmp_path: Path, system: bool, watch: bool, network: bool, most: float
) -> None:
    plan = a_plan(odd, account="root", watch=watch, network=network)
    files = []
    for name, text in systemd.units(plan, system=system).items():
        files.append(tmp_path / name)
        files[-1].write_text(text, encoding="utf-8")
    mode = [] if system else ["--user"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(
        ["systemd-analyze", "verify", *mode, *files],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "fodspor" in line or ODD in line]
    assert (done.returncode, said) == (0, [])
    weighed = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", files[0]],
        capture_output=True,
        text=True,
        check=False,
    )
    level = re.search(r"Overall exposure level for [^:]*: ([0-9.]+)", weighed.stdout)
    assert level is not None, weighed.stderr
    assert float(level[1]) <= most


@pytest.mark.parametrize(
    ("changes", "system", "key", "value"),
    [
        pytest.param({}, False, "RuntimeMaxSec", ["540min"], id="the window's end is a stop"),
        pytest.param({"minutes": None}, False, "RuntimeMaxSec", None, id="no window"),
        pytest.param({}, False, "ConditionACPower", None, id="it waits for mains by itself"),
        pytest.param({"battery": "skip"}, False, "ConditionACPower", ["true"], id="battery skips"),
        pytest.param({}, False, "RestrictAddressFamilies", ["AF_UNIX"], id="no network"),
        pytest.param(
            {"network": True},
            False,
            "RestrictAddressFamilies",
            ["AF_UNIX AF_INET AF_INET6 AF_NETLINK"],
            id="with the network",
        ),
        pytest.param({}, True, "IPAddressDeny", ["any"], id="no address is reached"),
        pytest.param({"network": True}, True, "IPAddressDeny", None, id="addresses are"),
        pytest.param({}, True, "PrivateTmp", ["yes"], id="a /tmp of its own"),
        pytest.param({"temporary": True}, True, "PrivateTmp", None, id="a place lies in /tmp"),
        pytest.param({}, True, "User", ["scanner"], id="the account of the configuration"),
        pytest.param({"account": "root"}, True, "User", None, id="root without most of its rights"),
        pytest.param(
            {}, True, "CapabilityBoundingSet", ["CAP_DAC_READ_SEARCH"], id="one capability"
        ),
        pytest.param({}, True, "ReadWritePaths", ['"-/srv/fodspor"'], id="it writes there alone"),
        pytest.param({}, False, "ProtectSystem", None, id="a user's manager makes no mounts"),
        pytest.param({"watch": True}, False, "Restart", ["on-failure"], id="watch is restarted"),
        pytest.param({"watch": True}, False, "RuntimeMaxSec", None, id="watch has no end"),
        pytest.param(
            {"watch": True}, False, "RestartPreventExitStatus", ["2"], id="but no bad configuration"
        ),
        pytest.param({}, False, "MemoryMax", [str(3 * 1024**3)], id="memory"),
        pytest.param({}, False, "SuccessExitStatus", ["3 75 130"], id="what is no failure"),
    ],
)
def test_what_a_service_says(
    changes: dict[str, Any], system: bool, key: str, value: list[str] | None
) -> None:
    assert service(a_plan(**changes), system=system).get(key) == value


@pytest.mark.parametrize(
    ("changes", "key", "value"),
    [
        pytest.param({}, "OnCalendar", ["*-*-* 22:00:00"], id="when"),
        pytest.param({}, "RandomizedDelaySec", ["30min"], id="jitter"),
        pytest.param({}, "Persistent", ["true"], id="it catches up"),
        pytest.param({"catch_up": False}, "Persistent", ["false"], id="or does not"),
    ],
)
def test_what_a_timer_says(changes: dict[str, Any], key: str, value: list[str]) -> None:
    timer = systemd.units(a_plan(**changes), system=False)["fodspor-nightly.timer"]
    assert lines(timer)[key] == value


def test_every_right_that_is_taken_is_documented() -> None:
    text = DOCS.read_text("utf-8")
    for each in systemd.HARDENING:
        scope = "both" if each.user else "machine"
        assert f"| `{each.name}={each.value}` | {scope} | {each.why} |" in text, each.name


@pytest.fixture
def home(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(installation.folder / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(installation.folder / "data"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(installation.folder / "no-manager"))
    return installation


@pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux'")
def test_install_show_remove(home: Installation) -> None:
    show = ("schedule", "show", "--as", "systemd", "--json")
    before = home.run(*show, code=3).lines
    assert {line["state"] for line in before} == {"none"}
    first = home.run("schedule", "install", "--as", "systemd", code=0)
    assert "systemctl --user daemon-reload" in first.out  # there is no manager here: it is told
    shown = home.run(*show, code=0).lines
    assert [line["text"] for line in shown] == [line["text"] for line in before]
    held = {path: path.stat().st_mtime_ns for path in (home.folder / "config").rglob("fodspor*")}
    assert len(held) == 3
    home.run("schedule", "install", "--as", "systemd", code=0)
    assert {path: path.stat().st_mtime_ns for path in held} == held  # again: nothing is written

    text = home.config.read_text("utf-8").replace("jitter_minutes = 30", "jitter_minutes = 5")
    home.config.write_text(text, encoding="utf-8")
    states = [line["state"] for line in home.run(*show, code=3).lines]
    assert states == ["same", "other", "same"]
    home.run("schedule", "install", "--as", "systemd", code=0)
    home.run(*show, code=0)

    stamp = home.folder / "data" / "systemd" / "timers" / "stamp-fodspor-nightly.timer"
    stamp.parent.mkdir(parents=True)
    stamp.write_text("")  # as systemd leaves it
    home.run("schedule", "remove", "--as", "systemd", code=0)
    assert not [path for path in home.folder.rglob("*") if "fodspor-nightly" in path.name]
    assert not list((home.folder / "config").rglob("timers.target.wants"))
    again = home.run("schedule", "remove", "--as", "systemd", code=0)
    assert "systemctl" not in again.out
    assert "Nothing was there" in again.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("install", "--as", "windows"), 2, id="a scheduler of another system"),
        pytest.param(("remove", "--as", "launchd"), 2, id="and to take it away"),
        pytest.param(("show", "--as", "cron", "--system"), 2, id="cron has no machine"),
        pytest.param(("show", "--as", "windows"), 3, id="shown anywhere"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="as Linux says it")
def test_what_is_refused(home: Installation, arguments: tuple[str, ...], code: int) -> None:
    ran = home.run("schedule", *arguments)
    assert ran.code == code, ran.err


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "systemd").write_text("a file")

    class Elsewhere(Systemd):
        @property
        def folder(self) -> Path:
            return tmp_path / "systemd" / "user"

    held = Elsewhere(
        a_plan(tmp_path, account=""),
        system=False,
        run=lambda program, given: Answered(True, b"", ""),
    )
    with pytest.raises(Trouble, match="cannot be written"):
        held.install()


@pytest.mark.skipif(sys.platform == "win32", reason="accounts of POSIX")
def test_folders_that_are_written_are_there(home: Installation) -> None:
    """In its view of the disk the service can make none."""
    state = home.folder / "other" / "state"
    held = Systemd(
        a_plan(home.folder, account="", writes=(str(state), str(home.files)), state=str(state)),
        system=False,
        run=lambda program, given: Answered(True, b"", ""),
    )
    held.install()
    assert state.is_dir()
    assert state.stat().st_mode & 0o077 == 0
    file = home.write("a.txt", "x")
    blocked = a_plan(home.folder, account="", writes=(str(file / "x"),))
    with pytest.raises(Trouble, match="cannot be made"):
        Systemd(blocked, system=False, run=held.run).install()


def test_the_manager_is_told(home: Installation) -> None:
    said: list[str] = []

    def run(program: Sequence[str], given: bytes) -> Answered:
        said.append(" ".join(program))
        return Answered(True, b"", "")

    held = Systemd(a_plan(home.folder, account=""), system=False, run=run)
    assert held.install() == []
    assert held.remove() == []
    assert said == [
        "systemctl --user daemon-reload",
        "systemctl --user restart fodspor-nightly.timer",
        "systemctl --user stop fodspor-nightly.timer",
        "systemctl --user stop fodspor-nightly.service",
        "systemctl --user daemon-reload",
    ]


MANAGER = """
    mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/user/0 || exit 99
    export XDG_RUNTIME_DIR=/run/user/0
    /usr/lib/systemd/systemd --user --log-target=null & manager=$!
    n=0; until systemctl --user is-system-running >/dev/null 2>&1 || [ $n = 100 ]; do
        n=$((n+1)); systemctl --user list-units >/dev/null 2>&1; sleep 0.05; done
    systemctl --user start --wait fodspor-nightly.service; echo "started $?"
    systemctl --user show fodspor-nightly.service -p ExecMainStatus -p Result
    systemctl --user list-timers --all --no-pager --no-legend
    systemctl --user exit; wait $manager
"""


@needs_systemd
@pytest.mark.long
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="a manager of its own wants root"
)
def test_a_real_manager_runs_the_scan_in_its_sandbox(home: Installation) -> None:
    """A user's manager in a mount namespace of its own; the unit's filters hold for the workers."""
    home.write("a.txt", "x")
    home.configure(f'[[place]]\nname = "a"\npath = "{home.files}"')
    environment = {**home.environment, "HOME": str(home.folder)}
    install = home.command("schedule", "install", "--as", "systemd")
    subprocess.run(install, env=environment, check=True, capture_output=True)
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", MANAGER],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == 99:
        pytest.skip("no mounts here")
    assert "started 0" in done.stdout, done.stderr
    assert "Result=success" in done.stdout
    assert "fodspor-nightly.timer" in done.stdout
    assert home.rows("SELECT status FROM run") == [("done",)]
    assert home.rows("SELECT status FROM document") == [("read",)]


# -- Windows

SCHEMA = f"{{{windows_task.NAMESPACE}}}"


def below(element: ElementTree.Element) -> list[str]:
    return [child.tag.removeprefix(SCHEMA) for child in element]


def found(task: ElementTree.Element, path: str) -> ElementTree.Element:
    held = task.find("/".join(SCHEMA + step for step in path.split("/")))
    assert held is not None, path
    return held


def test_the_windows_task(odd: Path) -> None:
    content = windows_task.task_xml(a_plan(odd, account="FIRMA\\jens"), system=False)
    assert content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16")
    assert text.startswith('<?xml version="1.0" encoding="UTF-16"?>')
    task = ElementTree.fromstring(content)
    assert task.tag == f"{SCHEMA}Task"
    assert below(task) == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]
    trigger = found(task, "Triggers/CalendarTrigger")
    assert below(trigger) == ["Enabled", "StartBoundary", "RandomDelay", "ScheduleByDay"]
    assert found(task, "Triggers/CalendarTrigger/StartBoundary").text == "2026-01-01T22:00:00"
    assert found(task, "Triggers/CalendarTrigger/RandomDelay").text == "PT30M"
    assert below(found(task, "Principals/Principal")) == ["UserId", "LogonType", "RunLevel"]
    told = {child.tag.removeprefix(SCHEMA): child.text for child in found(task, "Settings")}
    assert told["ExecutionTimeLimit"] == "PT9H"
    assert told["StartWhenAvailable"] == "true"
    assert told["DisallowStartIfOnBatteries"] == "false"
    assert told["Priority"] == "7"
    command = found(task, "Actions/Exec/Command").text
    arguments = found(task, "Actions/Exec/Arguments").text
    assert command == str(odd / "fodspor")
    assert arguments is not None
    assert ODD.replace('"', '\\"') in arguments
    assert arguments.count('"') - 2 * arguments.count('\\"') >= 0


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        pytest.param({"battery": "skip"}, "DisallowStartIfOnBatteries", "true", id="battery"),
        pytest.param({"catch_up": False}, "StartWhenAvailable", "false", id="no catching up"),
        pytest.param({"minutes": None}, "ExecutionTimeLimit", "PT0S", id="no end"),
        pytest.param({"minutes": 75}, "ExecutionTimeLimit", "PT1H15M", id="an end"),
        pytest.param({"watch": True, "minutes": None}, "StartWhenAvailable", "true", id="watch"),
    ],
)
def test_settings_of_the_windows_task(changes: dict[str, Any], name: str, value: str) -> None:
    task = ElementTree.fromstring(windows_task.task_xml(a_plan(**changes), system=True))
    assert found(task, f"Settings/{name}").text == value


def test_the_windows_task_of_watch_mode_starts_with_the_session() -> None:
    task = ElementTree.fromstring(windows_task.task_xml(a_plan(watch=True), system=False))
    assert below(found(task, "Triggers")) == ["LogonTrigger"]
    assert found(task, "RegistrationInfo/URI").text == "\\Fodspor\\Watch"


def test_schtasks_is_called() -> None:
    said: list[tuple[str, ...]] = []

    def run(program: Sequence[str], given: bytes) -> Answered:
        said.append(tuple(program))
        if "/Create" in program:
            content = Path(program[program.index("/XML") + 1]).read_bytes()
            assert b"N\x00i\x00g\x00h\x00t" in content
        return Answered("/Query" not in program or len(said) > 2, b"<Task/>", "")

    task = WindowsTask(a_plan(), system=False, run=run)
    assert [entry.state for entry in task.entries()] == ["none"]
    task.install()
    task.remove()
    assert [program[1] for program in said] == ["/Query", "/Create", "/Query", "/Delete"]


# -- cron


class Table:
    """A crontab, as crontab(1) keeps it."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.writes = 0

    def __call__(self, program: Sequence[str], given: bytes) -> Answered:
        if program[1] == "-l":
            if self.text is None:
                return Answered(False, b"", "no crontab for jens")
            return Answered(True, self.text.encode(), "")
        self.writes += 1
        self.text = given.decode() if program[1] == "-" else None
        return Answered(True, b"", "")


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(None, id="none before"),
        pytest.param("MAILTO=it@firma.dk\n0 1 * * * backup\n", id="other lines stay"),
        pytest.param("0 1 * * * backup", id="no line's end"),
        pytest.param("# æøå\n\n\n", id="blank lines"),
    ],
)
def test_a_crontab_gets_our_line_once_and_loses_it_again(before: str | None) -> None:
    table = Table(before)
    held = Crontab(a_plan(), run=table)
    held.install()
    held.install()
    assert table.writes == 1
    assert table.text is not None
    assert table.text.count(cron.BEGIN) == 1
    assert [entry.state for entry in held.entries()] == ["same"]
    Crontab(a_plan(start=time(1, 0)), run=table).install()
    assert table.text.count(cron.BEGIN) == 1
    held.remove()
    assert (table.text or "").rstrip("\n") == (before or "").rstrip("\n")


def test_a_crontab_that_cannot_be_read_is_not_overwritten() -> None:
    held = Crontab(a_plan(), run=lambda program, given: Answered(False, b"", "not allowed"))
    with pytest.raises(Trouble, match="not allowed"):
        held.install()


def test_cron_runs_what_was_meant(odd: Path) -> None:
    """The command of the line, as cron hands it to the shell, arrives with its arguments."""
    plan = a_plan(odd)
    line = cron.block(plan).splitlines()[1]
    minute, hour, *_, command = line.split(maxsplit=5)
    assert (int(hour), int(minute)) == (plan.spread_start.hour, plan.spread_start.minute)
    assert not re.search(r"(?<!\\)%", command)
    shell = subprocess.run(
        ["/bin/sh", "-c", command.replace("\\%", "%")], capture_output=True, text=True, check=True
    )
    assert json.loads(shell.stdout) == [*plan.command, plan.state]


def test_devices_spread_their_starts() -> None:
    starts = {a_plan(device=str(number)).spread_start for number in range(200)}
    assert len(starts) > 25
    assert min(starts) == time(22, 0)
    assert max(starts) <= time(22, 30)


# -- launchd


def test_the_agent_of_macos(odd: Path) -> None:
    told: Mapping[str, Any] = plistlib.loads(launchd.agent(a_plan(odd)))
    assert told["ProgramArguments"] == list(a_plan(odd).command)
    assert told["StartCalendarInterval"]["Hour"] == 22
    assert told["ProcessType"] == "Background"
    watch = plistlib.loads(launchd.agent(a_plan(odd, watch=True)))
    assert watch["KeepAlive"] == {"SuccessfulExit": False}
    assert "StartCalendarInterval" not in watch


# -- the plan


def test_alerts_need_the_network(installation: Installation) -> None:
    assert not plan_of(installation.setup()).network
    installation.configure(
        '[alert.mail]\nhost = "mail.example"\nsender = "a@firma.dk"\nto = ["b@firma.dk"]'
    )
    assert plan_of(installation.setup()).network


def test_the_plan_of_a_configuration(installation: Installation) -> None:
    text = installation.config.read_text("utf-8")
    text = text.replace('window = ""', 'window = "23:00-05:30"')
    installation.config.write_text(text, encoding="utf-8")
    installation.configure(
        f'[[place]]\nname = "a"\npath = "{installation.files}"\n'
        '[[place]]\nname = "salg"\npath = "smb://fil01/salg"\n'
        '[place.smb]\nuser = "a"\npassword = {env = "NONE"}'
    )
    plan = plan_of(installation.setup())
    assert plan.start == time(23, 0)
    assert plan.minutes == 6 * 60 + 30 + 60
    assert plan.network
    assert plan.temporary  # pytest's folders lie in /tmp
    assert plan.command[-3:] == ("scan", "--nightly", "--quiet")
    assert str(installation.index_path.parent) in plan.writes
    assert plan_of(installation.setup(), watch=True).command[-2:] == ("watch", "--quiet")

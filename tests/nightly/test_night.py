"""A night keeps to its window and manners, and the next one goes on where it stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from scanner.cli import DONE, INTERRUPTED, PUT_OFF, UNREAD
from scanner.cli.nightly import night
from scanner.cli.scan import run_scan
from scanner.cli.settling import lock_path
from scanner.config.schedule import Schedule
from scanner.messages import words
from scanner.nightly.manners import Manners, on_network
from scanner.nightly.nights import KEPT, Night, keep, night_lock, nights, nights_path
from scanner.nightly.power import Network, Power
from scanner.platform import FileLock
from tests.conftest import Installation

EVENING = datetime(2026, 11, 23, 22, 5).astimezone(UTC)


def set_window(installation: Installation, window: str = "22:00-06:00") -> None:
    text = installation.config.read_text("utf-8")
    assert text.count('window = ""') == 1
    text = text.replace('window = ""', f'window = "{window}"')
    installation.config.write_text(text, encoding="utf-8")


class Clock:
    """Time that passes by `step` seconds whenever it is asked for, and by what is slept."""

    def __init__(self, now: datetime = EVENING, step: float = 0.0) -> None:
        self.now = now
        self.step = step

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=self.step)
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def manners(
    clock: Clock,
    *,
    power: Callable[[], Power] = lambda: "mains",
    network: Callable[[], Network] = lambda: "free",
    **options: str,
) -> Manners:
    schedule = Schedule.model_validate({"window": "22:00-06:00", **options})
    return Manners(schedule, None, clock, power, network)


@pytest.fixture
def places(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Three places of twenty documents each."""
    monkeypatch.setenv("FODSPOR_STATE", str(installation.folder / "state"))
    for name in "abc":
        for number in range(20):
            installation.write(f"{name}/{number:02}.txt", f"nummer {number} i {name}")
        installation.configure(f'[[place]]\nname = "{name}"\npath = "{installation.files / name}"')
    set_window(installation)
    return installation


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A share, a disk and a window; nothing of it is scanned."""
    made = Installation(tmp_path_factory.mktemp("idle"))
    made.files.mkdir()
    made.run("init", code=0)
    set_window(made)
    made.configure(
        '[[place]]\nname = "salg"\npath = "smb://fil01/salg"\n'
        '[place.smb]\nuser = "a"\npassword = {env = "NONE"}\n'
        f'[[place]]\nname = "disk"\npath = "{made.files}"\n'
    )
    return made


@pytest.fixture
def idle(made_once: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The same without any night yet."""
    monkeypatch.setenv("FODSPOR_STATE", str(made_once.folder / "state"))
    nights_path(made_once.index_path).unlink(missing_ok=True)
    return made_once


def tonight(installation: Installation, clock: Clock, held: Manners | None = None) -> int:
    setup = installation.setup()
    targets = setup.targets(())
    language = words("en")
    scan = partial(run_scan, setup, targets, language, False, 1, True, False)
    given = held or manners(clock)
    return night(setup, targets, language, scan, quiet=True, manners=given, sleep=clock.sleep)


def met(installation: Installation) -> list[tuple[str, str, int, int]]:
    """Return place, status, documents done and unchanged of each run, in order."""
    found = []
    for place, status, counts in installation.rows(
        "SELECT p.name, r.status, r.counts FROM run r JOIN place p ON p.id=r.place ORDER BY r.id"
    ):
        held = json.loads(counts)
        found.append((place, status, sum(held["statuses"].values()), held["unchanged"]))
    return found


def test_a_night_that_is_too_short_goes_on_the_next_one(places: Installation) -> None:
    short = Clock(EVENING + timedelta(hours=7, minutes=49), step=30)
    assert tonight(places, short) == UNREAD
    first = met(places)
    assert [(place, status) for place, status, *_ in first] == [("a", "interrupted")]
    done = first[0][2]
    assert 0 < done < 20
    (ended,) = nights(places.index_path)
    assert (ended.how, ended.places, ended.unreached) == (
        "window",
        {"a": "interrupted"},
        ["b", "c"],
    )

    assert tonight(places, Clock(EVENING + timedelta(days=1))) == DONE
    second = met(places)[1:]
    assert [place for place, *_ in second] == ["b", "c", "a"]  # what was not reached comes first
    assert second[-1] == ("a", "done", 20, done)  # and nothing is read twice
    assert nights(places.index_path)[-1].how == "done"
    log = (places.folder / "state" / "logs" / "fodspor.log").read_text("utf-8")
    assert "night: the window has ended" in log


def test_outside_the_window_nothing_is_read(places: Installation) -> None:
    assert tonight(places, Clock(EVENING + timedelta(hours=12))) == PUT_OFF
    (ended,) = nights(places.index_path)
    assert (ended.how, ended.read) == ("outside", False)
    assert met(places) == []


class Turns:
    """Battery for so many questions, then mains."""

    def __init__(self, *turns: tuple[Power, int]) -> None:
        self.left = [power for power, times in turns for _ in range(times)]

    def __call__(self) -> Power:
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


@pytest.mark.parametrize(
    ("mode", "turns", "code", "how", "waited"),
    [
        pytest.param("wait", [("battery", 6), ("mains", 1)], DONE, "done", 60, id="waits"),
        pytest.param("wait", [("battery", 1)], PUT_OFF, "battery", 28500, id="the whole night"),
        pytest.param("skip", [("battery", 1)], PUT_OFF, "battery", 0, id="skips the night"),
        pytest.param("run", [("battery", 1)], DONE, "done", 0, id="runs on battery"),
        pytest.param("wait", [("unknown", 1)], DONE, "done", 0, id="who does not know, runs"),
    ],
)
def test_on_battery(
    idle: Installation,
    mode: str,
    turns: list[tuple[Power, int]],
    code: int,
    how: str,
    waited: int,
) -> None:
    clock = Clock()
    held = manners(clock, power=Turns(*turns), battery=mode)
    setup = idle.setup()
    ended = night(
        setup, [], words("en"), lambda m: DONE, quiet=True, manners=held, sleep=clock.sleep
    )
    assert ended == code
    (kept,) = nights(idle.index_path)
    assert (kept.how, kept.waited_seconds) == (how, waited)


def test_a_plug_that_is_pulled_stops_the_night_until_it_is_back(idle: Installation) -> None:
    clock = Clock(step=20)
    held = manners(clock, power=Turns(("mains", 2), ("battery", 4), ("mains", 1)))
    rounds = []

    def scan(given: Manners) -> int:
        asked = 0
        while asked < 5 and not given.stop():
            asked += 1
        rounds.append(asked)
        return UNREAD if given.stopped else DONE

    setup = idle.setup()
    code = night(setup, [], words("en"), scan, quiet=True, manners=held, sleep=clock.sleep)
    assert (code, len(rounds)) == (DONE, 2)
    assert rounds[0] < 5 == rounds[1]


def test_a_metered_line_puts_off_what_lies_on_the_network(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FODSPOR_STATE", str(installation.folder / "state"))
    installation.write("a.txt", "x")
    installation.configure(
        f'[[place]]\nname = "disk"\npath = "{installation.files}"\n'
        '[[place]]\nname = "salg"\npath = "smb://fil01/salg"\n'
        '[place.smb]\nuser = "a"\npassword = {env = "NONE"}\n'
        '[[place]]\nname = "post"\npath = "imap://anna@mail.example"\n'
        '[place.imap]\npassword = {env = "NONE"}\n'
    )
    set_window(installation)
    clock = Clock()
    code = tonight(installation, clock, manners(clock, network=lambda: "metered"))
    (ended,) = nights(installation.index_path)
    assert (code, ended.left_out) == (UNREAD, ["salg", "post"])
    assert ended.places == {"disk": "done"}
    log = (installation.folder / "state" / "logs" / "fodspor.log").read_text("utf-8")
    assert log.count("the line is metered") == 2
    assert "salg" not in log


@pytest.mark.parametrize(
    ("line", "mode", "left"),
    [
        pytest.param("metered", "skip", True, id="metered"),
        pytest.param("unknown", "skip", False, id="who does not know, runs"),
        pytest.param("free", "skip", False, id="free"),
        pytest.param("metered", "run", False, id="told to run"),
    ],
)
def test_when_a_share_is_left_out(idle: Installation, line: Network, mode: str, left: bool) -> None:
    setup = idle.setup()
    share, disk = setup.targets(())
    held = manners(Clock(), network=lambda: line, metered=mode)
    assert held.leaves_out(share, setup.config) is left
    assert not held.leaves_out(disk, setup.config)
    assert (on_network(share, setup.config), on_network(disk, setup.config)) == (True, False)


def test_one_night_at_a_time(installation: Installation) -> None:
    installation.configure(f'[[place]]\nname = "a"\npath = "{installation.files}"')
    with night_lock(installation.index_path) as lock:
        ran = installation.run("scan", "--nightly", code=PUT_OFF)
        assert f"process {lock.holder()}" in ran.err
        assert len(ran.err.splitlines()) == 1
        quiet = installation.run("scan", "--nightly", "--quiet", code=PUT_OFF)
        assert (quiet.out, quiet.err) == ("", "")
    log = (installation.folder / "state" / "logs" / "fodspor.log").read_text("utf-8")
    assert log.count("another one is under way") == 2
    assert nights(installation.index_path) == []


def test_a_place_that_somebody_scans_keeps_nobody_waiting(places: Installation) -> None:
    assert tonight(places, Clock()) == DONE
    with FileLock(lock_path(places.index_path, 1)):
        assert tonight(places, Clock(EVENING + timedelta(days=1))) == UNREAD
    last = nights(places.index_path)[-1]
    assert (last.how, last.unreached) == ("done", ["a"])
    assert last.places == {"b": "done", "c": "done"}


def started(installation: Installation) -> subprocess.Popen[str]:
    """Start a night over many documents; return it when it reads."""
    for number in range(1500):
        installation.write(f"{number % 7}/{number}.txt", f"nummer {number} " + "ord " * 20)
    installation.configure(f'[[place]]\nname = "a"\npath = "{installation.files}"')
    process = subprocess.Popen(
        installation.command("scan", "--nightly", "--workers", "1"),
        env=installation.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    while not installation.rows("SELECT count(*) FROM document")[0][0]:
        assert process.poll() is None
        time.sleep(0.02)  # polling another process, with the bound of the line above
    return process


@pytest.mark.parametrize(
    ("name", "how", "code"),
    [
        pytest.param("SIGKILL", "killed", 1, id="killed"),
        pytest.param("SIGTERM", "interrupted", 3, id="stopped, as by its scheduler"),
    ],
)
@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_night_that_is_ended_goes_on(
    installation: Installation, name: str, how: str, code: int
) -> None:
    process = started(installation)
    process.send_signal(getattr(signal, name))
    process.wait(120)
    done = installation.rows("SELECT count(*) FROM document")[0][0]
    assert 0 < done < 1500
    told = installation.run("status", "--json", code=code).lines[0]
    assert told["night"]["how"] == how
    ran = installation.run("scan", "--nightly", "--json", code=0).lines[0]
    assert (ran["met"], ran["unchanged"]) == (1500, done)
    assert installation.run("status", "--json", code=0).lines[0]["night"]["how"] == "done"


def test_the_command(installation: Installation) -> None:
    installation.write("a.txt", "x")
    installation.configure(f'[[place]]\nname = "a"\npath = "{installation.files}"')
    soon = datetime.now().astimezone()
    hours = [(soon + timedelta(hours=number)).strftime("%H:%M") for number in (2, 4)]
    installation.run("scan", "--nightly", installation.files, code=2)
    installation.run("scan", "--nightly", "--quiet", code=0)
    set_window(installation, f"{hours[0]}-{hours[1]}")
    ran = installation.run("scan", "--nightly", code=PUT_OFF)
    assert f"Outside the window {hours[0]}-{hours[1]}" in ran.err
    installation.run("scan", "--quiet", code=0)  # by hand, no window counts
    assert [each.how for each in nights(installation.index_path)] == ["done", "outside"]
    assert len(installation.rows("SELECT id FROM run")) == 2


def test_the_record_of_nights(tmp_path: Path) -> None:
    index = tmp_path / "fodspor.db"
    assert nights(index) == []
    for day in range(KEPT + 5):
        began = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        keep(index, Night(began.isoformat(), how="done"))
    assert len(nights(index)) == KEPT
    with night_lock(index):
        keep(index, Night("2026-04-01T00:00:00+00:00"))
        assert nights(index)[-1].how == "running"
    assert nights(index)[-1].how == "killed"
    assert nights_path(index).stat().st_mode & 0o077 == 0
    nights_path(index).write_text("{broken")
    assert nights(index) == []


def test_an_interrupted_night_is_told(idle: Installation) -> None:
    clock = Clock()
    setup = idle.setup()
    night(setup, [], words("en"), lambda m: INTERRUPTED, quiet=True, manners=manners(clock))
    assert nights(idle.index_path)[-1].how == "interrupted"

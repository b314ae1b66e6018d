"""`fodspor watch` as users run it: real processes, real saves, nothing leaks, nothing is left."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.watch import KINDS, family
from scanner.demo import fake
from scanner.demo.forms import SHORTEST
from tests.conftest import Installation
from tests.connectors.samba import Samba
from tests.extract.soffice import SOFFICE
from tests.leak import Searcher, search
from tests.test_smb_scan import Shared
from tests.watch.test_watch import setting

DEADLINE_SECONDS = 120.0


class Running:
    """A watch in a process of its own, and the lines that it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self.err: list[str] = []
        self._threads = [
            threading.Thread(target=self._read_out),
            threading.Thread(target=self._read_err),
        ]
        for thread in self._threads:
            thread.start()

    def _read_out(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def _read_err(self) -> None:
        assert self.process.stderr is not None
        self.err += self.process.stderr

    def paths(self) -> list[str]:
        return [line["path"] for line in self.lines if line["event"] == "flagged"]

    def until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not done():
            assert time.monotonic() < deadline, (self.paths(), self.err)
            assert self.process.poll() is None, self.err
            time.sleep(0.02)

    def ended(self) -> int:
        code = self.process.wait(60)
        for thread in self._threads:
            thread.join()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code


@contextmanager
def running(installation: Installation, *options: str) -> Iterator[Running]:
    process = subprocess.Popen(
        installation.command("watch", "--json", *options),
        env=installation.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    made = Running(process)
    try:
        made.until(lambda: any("Watching" in line for line in made.err) or "--quiet" in options)
        yield made
    finally:
        if process.poll() is None:
            process.kill()
        made.ended()


@pytest.fixture
def office(installation: Installation) -> Installation:
    installation.configure(f"[[place]]\nname = 'office'\npath = '{installation.files}'")
    text = installation.config.read_text("utf-8").replace("desktop = true", "desktop = false")
    installation.config.write_text(text, "utf-8")
    return installation


class Bench:
    """What the ways of saving in bench.watch need."""

    def __init__(self, installation: Installation) -> None:
        self.folder = installation.folder
        self.files = installation.files
        self.beside = installation.folder / "beside"
        self.beside.mkdir()


def remembering(
    real: Callable[..., str], kind: str, planted: list[tuple[str, str]]
) -> Callable[..., str]:
    def make(*given: Any, **more: Any) -> str:
        value = real(*given, **more)
        planted.append((kind, value.replace("-", "") if kind == "DK_CPR" else value))
        return value

    return make


@pytest.mark.parametrize(
    "saves",
    [
        pytest.param(50, id="50 saves"),
        pytest.param(500, id="500 saves", marks=pytest.mark.long),
    ],
)
def test_saves_of_ten_kinds_are_all_told_and_nothing_leaks(
    office: Installation, saves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if SOFFICE is None:
        pytest.skip("needs LibreOffice")
    chance = random.Random(saves)
    planted: list[tuple[str, str]] = []
    for maker, kind in (("cpr", "DK_CPR"), ("name", "PERSON")):
        monkeypatch.setattr(fake, maker, remembering(getattr(fake, maker), kind, planted))
    place = Bench(office)
    expected = set()
    with running(office) as watch:
        for number in range(saves):
            folder = office.files / f"{number % 7}"
            folder.mkdir(exist_ok=True)
            kind_of_save = KINDS[number % len(KINDS)]
            path, _ = kind_of_save(place, folder / f"{number}.csv", chance)  # type: ignore[arg-type]
            expected.add(path)
        watch.until(lambda: expected <= set(watch.paths()))
        watch.process.send_signal(signal.SIGINT)
        assert watch.ended() == 130
    assert expected == set(watch.paths())
    assert len(planted) >= 4 * saves
    (office.folder / "told.json").write_text(json.dumps(watch.lines), "utf-8")
    searcher = Searcher([each for each in planted if len(each[1]) >= SHORTEST])
    kept = [
        each
        for each in office.folder.rglob("*")
        if each.is_file()
        and not {"files", "beside", "soffice"} & set(each.relative_to(office.folder).parts)
    ]
    assert any(each.name == "fodspor.db" for each in kept)
    assert list(search(kept, searcher)) == []


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(2_000, id="2000 files"),
        pytest.param(20_000, id="20000 files", marks=pytest.mark.long),
    ],
)
def test_a_burst_loses_nothing_and_starves_nobody(office: Installation, files: int) -> None:
    chance = random.Random(files)
    numbers = [fake.cpr(chance) for _ in range(200)]
    with running(office) as watch:
        for number in range(files):
            folder = office.files / "unpacked" / str(number // 200)
            folder.mkdir(parents=True, exist_ok=True)
            text = f"CPR-nr. {numbers[number % 200]}, nr. {number}\n"
            (folder / f"{number}.txt").write_text(text, "utf-8")
        office.write("alone.txt", f"CPR-nr. {fake.cpr(chance)}\n")
        watch.until(lambda: len(set(watch.paths())) == files + 1)
        order = watch.paths()
    assert len(order) == files + 1
    assert [Path(path).name for path in order].index("alone.txt") < files * 0.9


def test_killed_and_begun_again_it_finds_what_happened_meanwhile(office: Installation) -> None:
    chance = random.Random(5)
    office.write("stays.txt", f"CPR-nr. {fake.cpr(chance)}\n")
    office.write("goes.txt", f"CPR-nr. {fake.cpr(chance)}\n")
    office.run("scan", "--quiet", code=0)
    with running(office) as watch:
        path = office.write("before.txt", f"CPR-nr. {fake.cpr(chance)}\n")
        watch.until(lambda: str(path) in watch.paths())
        watch.process.send_signal(signal.SIGKILL)
        watch.ended()
    (office.files / "goes.txt").unlink()
    path = office.write("between.txt", f"CPR-nr. {fake.cpr(chance)}\n")
    with running(office) as watch:
        watch.until(lambda: str(path) in watch.paths())
    rows = office.rows("SELECT display FROM document WHERE gone_run IS NULL ORDER BY 1")
    assert [Path(each).name for (each,) in rows] == ["before.txt", "between.txt", "stays.txt"]


def test_no_process_is_left_when_nothing_happens(office: Installation) -> None:
    if sys.platform != "linux":
        pytest.skip("looks into /proc")
    setting(office, "idle_seconds", "1.0")
    with running(office) as watch:
        path = office.write("a.txt", f"CPR-nr. {fake.cpr(random.Random(1))}\n")
        watch.until(lambda: str(path) in watch.paths())
        assert len(family(watch.process.pid)) > 2
        (office.files / ".a.txt.part").touch()  # waits for minutes, and keeps nobody awake
        watch.until(lambda: len(family(watch.process.pid)) <= 2)  # Python's tracker of semaphores
        again = office.write("b.txt", f"CPR-nr. {fake.cpr(random.Random(2))}\n")
        watch.until(lambda: str(again) in watch.paths())
        statm = Path(f"/proc/{watch.process.pid}/statm").read_text("ascii").split()
        assert int(statm[1]) * os.sysconf("SC_PAGE_SIZE") < 150_000_000
        maps = Path(f"/proc/{watch.process.pid}/maps").read_text("ascii", "replace")
        assert "/spacy/" not in maps and "/thinc/" not in maps


def test_the_parent_imports_neither_spacy_nor_presidio(office: Installation) -> None:
    code = (
        "import sys, time\n"
        "from scanner.setup import Setup\n"
        "from pathlib import Path\n"
        "from scanner.cli.watch import _Command\n"
        "from scanner.messages import words\n"
        "import logging\n"
        f"setup = Setup.find({str(office.config)!r})\n"
        "options = {'config': None, 'language': None}\n"
        f"command = _Command(options, (), words('en'), logging.getLogger(), "
        f"Path({str(office.folder)!r}), True, True)\n"
        "ends = time.monotonic() + 1\n"
        "command.run(setup, lambda: time.monotonic() > ends)\n"
        "heavy = {'spacy', 'presidio_analyzer', 'thinc', 'torch', 'pandas'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], env=office.environment, check=True, timeout=120)


def test_a_second_watch_of_an_index_is_refused(office: Installation) -> None:
    with running(office):
        refused = office.run("watch", code=1)
    assert "running already" in refused.err and "Traceback" not in refused.err


def test_it_begins_anew_when_the_configuration_changes(office: Installation) -> None:
    with running(office) as watch:
        other = office.folder / "other"
        other.mkdir()
        office.configure(f"[[place]]\nname = 'other'\npath = '{other}'")
        watch.until(lambda: sum("Watching" in line for line in watch.err) == 2)
        path = other / "a.txt"
        path.write_text(f"CPR-nr. {fake.cpr(random.Random(3))}\n", "utf-8")
        watch.until(lambda: str(path) in watch.paths())
        good = office.config.read_text("utf-8")
        office.config.write_text(good + "\nnonsense = 1\n", "utf-8")
        watch.until(lambda: any("nonsense" in line for line in watch.err))
        path = other / "b.txt"
        path.write_text(f"CPR-nr. {fake.cpr(random.Random(4))}\n", "utf-8")
        watch.until(lambda: str(path) in watch.paths())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_who_no_longer_listens_ends_no_watch(office: Installation) -> None:
    def until(line: str, number: int) -> None:
        deadline, found = time.monotonic() + DEADLINE_SECONDS, 0
        while found < number:
            assert time.monotonic() < deadline and process.poll() is None
            logs = (office.folder / "state").rglob("fodspor.log")
            found = sum(each.read_text("utf-8").count(line) for each in logs)
            time.sleep(0.02)

    with open("/dev/full", "w", encoding="utf-8") as full:
        command, environment = office.command("watch"), office.environment
        process = subprocess.Popen(command, env=environment, stdout=full, stderr=full)
    try:
        until("watch started", 1)
        for number in (1, 2):
            path = office.files / f"{number}.txt"
            path.write_text(f"CPR-nr. {fake.cpr(random.Random(number))}\n", "utf-8")
            until("flagged document", number)
    finally:
        process.terminate()
        process.wait(60)


def test_a_watch_that_broke_down_begins_anew(
    office: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import logging

    from scanner.cli import watch
    from scanner.messages import Words
    from scanner.watch.session import Session

    begun: list[Session] = []

    def run(session: Session) -> None:
        begun.append(session)
        session.end()
        if len(begun) == 1:
            raise KeyError("Anna And")

    monkeypatch.setattr(Session, "run", run)
    monkeypatch.setattr(watch, "AGAIN_SECONDS", (0.0, 0.0))
    command = watch._Command(
        {"config": office.config, "language": "en"},
        (),
        Words("en"),
        logging.getLogger("test"),
        office.folder,
        False,
        False,
    )
    command.run(office.setup(), lambda: len(begun) == 2)
    said = capsys.readouterr().err
    assert "broke down (KeyError" in said and "Anna" not in said


def test_what_cannot_be_watched_is_said(office: Installation) -> None:
    setting(office, "places", '["nowhere"]')
    assert "nowhere" in office.run("watch", code=2).err
    setting(office, "places", "[]")
    setting(office, "rules", '["allow DK_CRP in HR"]')
    assert "did you mean DK_CPR" in office.run("watch", code=2).err


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param(1, id="in one look"),
        pytest.param(2, id="in two looks, ten times their time apart", marks=pytest.mark.long),
    ],
)
def test_saves_on_a_share_are_found_by_looking(
    samba: Samba, installation: Installation, looks: int
) -> None:
    folder = samba.share() / f"watch-{time.monotonic_ns()}"
    folder.mkdir()
    shared = Shared(samba, installation, folder)
    shared.configure()
    setting(installation, "poll_seconds", "1.0")
    text = installation.config.read_text("utf-8").replace("desktop = true", "desktop = false")
    installation.config.write_text(text, "utf-8")
    shared.put("old.txt")
    installation.run("scan", "--quiet", code=0)
    with running(installation) as watch:
        assert any("is a share" in line for line in watch.err)
        if looks == 1:
            (folder / "old.txt").unlink()
        shared.put("ny.txt")
        watch.until(lambda: len(watch.paths()) == 1)
        if looks == 2:
            (folder / "old.txt").unlink()
        rows = "SELECT count(*) FROM document WHERE gone_run IS NULL"
        watch.until(lambda: installation.rows(rows) == [(1,)])
    assert watch.paths()[0].endswith("ny.txt")
    kept = installation.rows("SELECT count(*) FROM run WHERE number<0")[0][0]
    assert kept <= 3  # looking that found nothing leaves no trace

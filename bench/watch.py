"""How fast watch mode tells of a save, what a burst costs it, what it costs when nothing happens.

One `fodspor watch` as users run it, in a tree of many folders, on this machine's disk. Saves are of
ten kinds, in turn; the latency is from the last close or rename until the line is there. Every
figure printed is measured.
"""

from __future__ import annotations

import argparse
import json
import mailbox
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scanner.demo import fake

ROOT = Path(__file__).parent.parent
SAVES, BURST, FOLDERS = 500, 20_000, 10_000
PAUSE_SECONDS = 0.7
LATEST_SECONDS = 120.0
IDLE_SECONDS = 60.0


class Office:
    """A configuration with one watched place, and the way to run commands in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"
        self.beside = folder / "beside"
        for each in (self.files, self.beside):
            each.mkdir()
        self.environment = {**os.environ, "FODSPOR_STATE": str(folder / "state")}
        self.run("init", "--place", str(self.files))
        config = folder / "fodspor.toml"
        text = config.read_text("utf-8")
        config.write_text(text.replace("desktop = true", "desktop = false"), "utf-8")

    def command(self, *arguments: str) -> list[str]:
        config = str(self.folder / "fodspor.toml")
        return [sys.executable, "-m", "scanner.cli", "--config", config, *arguments]

    def run(self, *arguments: str) -> None:
        subprocess.run(
            self.command(*arguments), env=self.environment, cwd=ROOT, check=False, stdout=sys.stderr
        )


class Lines:
    """Reads what the watch tells, and when each path was told first."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.at: dict[str, float] = {}
        self._process = process
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                told = json.loads(line)
                if told.get("event") == "flagged":
                    self.at.setdefault(told["path"], time.time())

    def until(self, paths: list[str], seconds: float) -> list[str]:
        """Wait until all were told; return those that were not."""
        end = time.time() + seconds
        while time.time() < end and not all(path in self.at for path in paths):
            time.sleep(0.05)
        return [path for path in paths if path not in self.at]


@contextmanager
def watching(office: Office) -> Iterator[tuple[subprocess.Popen[str], Lines]]:
    process = subprocess.Popen(
        office.command("watch", "--json"),
        env=office.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        process.stderr.readline()  # "Watching …": it observes from here on
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield process, Lines(process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(60)


def table(chance: random.Random, rows: int = 3) -> str:
    lines = [f"{fake.name(chance)};{fake.cpr(chance)}" for _ in range(rows)]
    return "Navn;CPR-nr.\n" + "\n".join(lines) + "\n"


Saved = tuple[str, float]
Kind = Callable[[Office, Path, random.Random], Saved]


def plain(office: Office, path: Path, chance: random.Random) -> Saved:
    path.write_text(table(chance), "utf-8")
    return str(path), time.time()


def beside_and_renamed(office: Office, path: Path, chance: random.Random) -> Saved:
    new = path.with_name(f".{path.name}.x7Gq2a")
    new.write_text(table(chance), "utf-8")
    new.rename(path)
    return str(path), time.time()


def empty_first(office: Office, path: Path, chance: random.Random) -> Saved:
    path.touch()
    time.sleep(0.2)
    path.write_text(table(chance), "utf-8")
    return str(path), time.time()


def in_pieces(office: Office, path: Path, chance: random.Random) -> Saved:
    text = table(chance, 30)
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, len(text), len(text) // 5):
            file.write(text[start : start + len(text) // 5])
            file.flush()
            time.sleep(0.15)
    return str(path), time.time()


def appended(office: Office, path: Path, chance: random.Random) -> Saved:
    for _ in range(3):
        with path.open("a", encoding="utf-8") as file:
            file.write(table(chance))
        time.sleep(0.1)
    return str(path), time.time()


def downloaded(office: Office, path: Path, chance: random.Random) -> Saved:
    part = path.with_name(f"{path.name}.crdownload")
    part.write_text(table(chance), "utf-8")
    time.sleep(0.2)
    part.rename(path)
    return str(path), time.time()


def like_excel(office: Office, path: Path, chance: random.Random) -> Saved:
    from openpyxl import Workbook

    path = path.with_suffix(".xlsx")
    book = Workbook()
    for line in table(chance).splitlines():
        book.active.append(line.split(";"))
    owner = path.with_name(f"~${path.name}")
    owner.write_bytes(b"\x05Bo Hansen")
    new, old = path.with_name(f"{chance.getrandbits(32):08X}"), path.with_name(f"{path.stem}.tmp")
    book.save(new)
    if path.exists():
        path.rename(old)
    new.rename(path)
    closed = time.time()
    old.unlink(missing_ok=True)
    owner.unlink()
    return str(path), closed


def moved_in(office: Office, path: Path, chance: random.Random) -> Saved:
    made = office.beside / path.name
    made.write_text(table(chance), "utf-8")
    made.rename(path)
    return str(path), time.time()


def copied(office: Office, path: Path, chance: random.Random) -> Saved:
    made = office.beside / path.name
    made.write_text(table(chance), "utf-8")
    os.utime(made, (1_600_000_000, 1_600_000_000))
    shutil.copy2(made, path)
    return str(path), time.time()


def delivered(office: Office, path: Path, chance: random.Random) -> Saved:
    box = mailbox.Maildir(path.with_suffix(""))
    message = mailbox.MaildirMessage()
    message["Subject"], message["From"] = "Liste", "bo@firma.dk"
    message.set_payload(f"CPR-nr. {fake.cpr(chance)} og CPR-nr. {fake.cpr(chance)}")
    box.add(message)
    return str(path.with_suffix("")), time.time()


def by_libreoffice(office: Office, path: Path, chance: random.Random) -> Saved:
    made = office.beside / path.with_suffix(".csv").name
    made.write_text(table(chance), "utf-8")
    profile = (office.folder / "soffice").as_uri()
    subprocess.run(
        [
            *("soffice", "--headless", f"-env:UserInstallation={profile}"),
            *("--convert-to", "ods", "--outdir", str(path.parent), str(made)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    saved = path.with_suffix(".ods")
    return str(saved), max(saved.stat().st_mtime, saved.stat().st_ctime)


KINDS: tuple[Kind, ...] = (
    plain,
    beside_and_renamed,
    empty_first,
    in_pieces,
    appended,
    downloaded,
    like_excel,
    moved_in,
    copied,
    delivered if not shutil.which("soffice") else by_libreoffice,
)


def tree(folder: Path, count: int) -> list[Path]:
    """Make a tree of so many folders; return them."""
    made = []
    for number in range(count):
        path = folder / f"{number % 25}" / f"{number // 25 % 20}" / f"{number}"
        path.mkdir(parents=True, exist_ok=True)
        made.append(path)
    return made


def saves(office: Office, lines: Lines, folders: list[Path], count: int) -> None:
    chance = random.Random(6)
    closed: dict[str, tuple[str, float]] = {}
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        path, at = kind(office, chance.choice(folders) / f"save-{number}.csv", chance)
        closed[path] = (kind.__name__, at)
        time.sleep(PAUSE_SECONDS * chance.uniform(0.5, 1.5))
    missed = lines.until(list(closed), LATEST_SECONDS)
    took: dict[str, list[float]] = defaultdict(list)
    for path, (kind_name, at) in closed.items():
        if path in lines.at:
            took[kind_name].append(lines.at[path] - at)
    every = sorted(each for of_kind in took.values() for each in of_kind)
    print(
        f"{count} saves in a tree of {len(folders)} folders: {len(every)} told, {len(missed)} not"
    )
    print("| kind | saves | median s | 95 % s | longest s |\n|---|---|---|---|---|")
    for name, found in (*took.items(), *([("all", every)] if every else [])):
        found = sorted(found)
        print(
            f"| {name} | {len(found)} | {statistics.median(found):.2f}"
            f" | {found[int(len(found) * 0.95) - 1 if len(found) > 1 else 0]:.2f}"
            f" | {found[-1]:.2f} |"
        )
    within = sum(each <= 2.0 for each in every)
    print(f"within 2 s: {within} of {count} ({100 * within / count:.1f} %)", flush=True)


def burst(office: Office, lines: Lines, count: int) -> None:
    chance = random.Random(7)
    paths = []
    texts = [table(chance) for _ in range(count)]
    began = time.time()
    for number, text in enumerate(texts):
        folder = office.files / "unpacked" / str(number // 100)
        if number % 100 == 0:
            folder.mkdir(parents=True)
        path = folder / f"{number}.csv"
        path.write_text(text, "utf-8")
        paths.append(str(path))
    written = time.time()
    alone = office.files / "alene.csv"
    alone.write_text(table(chance), "utf-8")
    closed = time.time()
    missed = lines.until([*paths, str(alone)], 3600)
    ended = time.time()
    told = count - len(set(paths) & set(missed))
    print(
        f"burst of {count}: written in {written - began:.1f} s, all told {ended - written:.1f} s"
        f" later; told {told}, missed {len(missed)}"
    )
    if str(alone) in lines.at:
        print(f"a file saved alone right after: told after {lines.at[str(alone)] - closed:.1f} s")
    sys.stdout.flush()


def family(process: int) -> list[int]:
    """Return a process and all below it."""
    found = [process]
    for each in found:
        with suppress(OSError):  # a thread or process that just ended
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text("ascii").split())
    return found


def cost(processes: list[int]) -> tuple[float, float, int]:
    """Return seconds of the processor, megabytes of the first, and how many there are."""
    seconds = 0.0
    for each in processes:
        fields = Path(f"/proc/{each}/stat").read_text("ascii").rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    pages = int(Path(f"/proc/{processes[0]}/statm").read_text("ascii").split()[1])
    return seconds, pages * os.sysconf("SC_PAGE_SIZE") / 1e6, len(processes)


def idle(process: int, seconds: float) -> None:
    time.sleep(60)
    before, _, _ = cost(family(process))
    began = time.time()
    time.sleep(seconds)
    after, megabytes, count = cost(family(process))
    share = 100 * (after - before) / (time.time() - began)
    commands = [
        Path(f"/proc/{each}/cmdline").read_bytes().replace(b"\0", b" ").decode()[-60:]
        for each in family(process)[1:]
    ]
    print(f"idle for {seconds:.0f} s: {share:.2f} % of a core, the parent {megabytes:.0f} MB")
    print(f"processes besides the parent: {count - 1} {commands}", flush=True)


def restarted(office: Office) -> None:
    chance = random.Random(8)
    with watching(office) as (process, lines):
        first = office.files / "before.csv"
        first.write_text(table(chance), "utf-8")
        lines.until([str(first)], 60)
        process.kill()
    made = []
    for number in range(200):
        path = office.files / "between" / f"{number}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(table(chance), "utf-8")
        made.append(str(path))
    began = time.time()
    with watching(office) as (_, lines):
        missed = lines.until(made, LATEST_SECONDS)
        print(
            f"killed, 200 files saved, begun again: {200 - len(missed)} told,"
            f" the last {max(lines.at.values(), default=0) - began:.1f} s after the start"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=SAVES)
    parser.add_argument("--burst", type=int, default=BURST)
    parser.add_argument("--folders", type=int, default=FOLDERS)
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        office = Office(Path(name))
        folders = tree(office.files, given.folders)
        office.run("scan", "--quiet")
        with watching(office) as (process, lines):
            saves(office, lines, folders, given.saves)
            if given.burst:
                burst(office, lines, given.burst)
            if given.idle:
                idle(process.pid, given.idle)
        restarted(office)


if __name__ == "__main__":
    main()

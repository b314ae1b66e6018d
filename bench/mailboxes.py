"""Measure mail archives: against Python's mailbox and an expression, and from run to run.

Ours is the whole way of a scan in one process: listing, reading, finding, recording. The other
reads every message with `mailbox` and looks through its bodies with one expression for CPR numbers:
no checks, no attachments unpacked but for base64, no index. Then a scan of a large archive in
workers: bytes read, seconds and the memory of coordinator and workers, for the first run, one
behind ten appended mails, one behind a changed flag, and one of nothing new.
"""

from __future__ import annotations

import argparse
import base64
import json
import mailbox
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from scanner.demo import fake

MESSAGES = 5_000
LARGE_MEGABYTES = 1_000
WORDS = [
    "kunden",
    "faktura",
    "aftale",
    "møde",
    "tilbud",
    "levering",
    "ordre",
    "spørgsmål",
    "vedhæftet",
    "venlig",
    "hilsen",
    "tak",
    "for",
    "din",
    "mail",
    "vi",
    "vender",
    "tilbage",
    "på",
    "mandag",
    "næste",
    "uge",
    "kontoret",
]
CPR = re.compile(r"\b[0-3]\d[01]\d{3}[- ]?\d{4}\b")
WORDS_EACH = 600
HEAD = """From: Bo Beck <bo@firma.example>
To: Ida Holm <ida@kunde.example>
Subject: Sag {number}
Date: Mon, 02 Mar 2026 10:00:00 +0100
Message-ID: <{number}@firma.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

"""
FILE = """--b
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="a.bin"
Content-Transfer-Encoding: base64

"""
EVERY = 50  # messages, of which one has a number
SECONDS_BETWEEN_LOOKS = 0.05


def letters(first: int, count: int, attachment: int = 0) -> Iterator[bytes]:
    """Yield mails of some 4 kB of text, the same every time; each its own."""
    chance = random.Random(first)
    block = chance.randbytes(attachment)
    for number in range(first, first + count):
        words = [chance.choice(WORDS) for _ in range(WORDS_EACH)]
        if number % EVERY == 0:
            words.insert(len(words) // 2, f"CPR-nr. {fake.cpr(chance)}")
        lines = [" ".join(words[at : at + 12]) for at in range(0, len(words), 12)]
        text = HEAD.format(number=number) + "\n".join(lines) + "\n"
        if attachment:
            data = number.to_bytes(8, "big") + block
            text += FILE + base64.encodebytes(data).decode("ascii") + "--b--\n"
        yield text.encode()


def write_mbox(path: Path, messages: Iterable[bytes]) -> None:
    with path.open("ab") as file:
        for message in messages:
            file.write(b"From bo@firma.example Mon Mar  2 10:00:00 2026\n")
            file.write(message.replace(b"\nFrom ", b"\n>From ") + b"\n")


def write_maildir(path: Path, messages: Iterable[bytes]) -> None:
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    for number, message in enumerate(messages):
        (path / "cur" / f"{1_700_000_000 + number}.M1P1.host:2,S").write_bytes(message)


def other(box: mailbox.Mailbox[mailbox.Message]) -> tuple[int, int, float]:
    """Return messages, numbers found, and seconds of the processor."""
    began = time.process_time()
    count = found = 0
    for message in box:
        count += 1
        for part in message.walk():
            if part.is_multipart():
                continue
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                found += len(CPR.findall(payload.decode("utf-8", "replace")))
    return count, found, time.process_time() - began


class Place:
    """A configuration, key, index and folder of the measurement's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"
        self.files.mkdir(parents=True)
        self._environment = {**os.environ, "FODSPOR_STATE": str(folder / "state")}
        self._run("init")

    def command(self, *arguments: str) -> list[str]:
        config = str(self.folder / "home" / "fodspor.toml")
        return [sys.executable, "-m", "scanner.cli", "--config", config, *arguments]

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            self.command(*arguments),
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 3):
            sys.exit(done.stderr)
        return done.stdout

    def scan(self, workers: int, place: str = "") -> dict[str, object]:
        """Scan; return the summary, with seconds, MB read, and the greatest memory in MB."""
        target = place or str(self.files)
        command = self.command("scan", target, "--json", "--workers", str(workers))
        began = time.monotonic()
        process = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        watch = _Watch(process.pid)
        out, _ = process.communicate()
        watch.stop()
        line = json.loads(out.splitlines()[0])
        return {
            "met": line["met"],
            "unchanged": line["unchanged"],
            "seconds": round(time.monotonic() - began, 1),
            "processor s": round(watch.seconds, 1),
            "read MB": round(watch.read / 1e6, 1),
            "coordinator MB": watch.own // 1000,
            "worker MB": watch.worker // 1000,
        }


class _Watch:
    """Looks at a process and those below it until it ends: memory in kB, bytes read, seconds.

    What a process read and took includes what those did that it has seen end.
    """

    def __init__(self, process: int) -> None:
        self.own = self.worker = self.read = 0
        self.seconds = 0.0
        self._process = process
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_LOOKS):
            waiting = [self._process]
            read = ticks = 0
            while waiting:
                each = waiting.pop()
                try:
                    waiting += _children(each)
                    peak = _field(Path(f"/proc/{each}/status"), "VmHWM:")
                    read += _field(Path(f"/proc/{each}/io"), "rchar:")
                    told = Path(f"/proc/{each}/stat").read_text("ascii").rpartition(")")[2].split()
                    ticks += sum(map(int, told[11:15]))
                except (OSError, IndexError):  # it has just ended
                    continue
                if each == self._process:
                    self.own = max(self.own, peak)
                else:
                    self.worker = max(self.worker, peak)
            self.read = max(self.read, read)
            self.seconds = max(self.seconds, ticks / os.sysconf("SC_CLK_TCK"))


def _children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        found += map(int, (task / "children").read_text("ascii").split())
    return found


def _field(path: Path, name: str) -> int:
    return int(path.read_text("ascii").partition(name)[2].split()[0])


def ours(place: Place, name: str = "") -> tuple[int, float]:
    """Return documents met and seconds of the processor of a scan in one process."""
    from scanner.executor import InProcess
    from scanner.index.store import Index
    from scanner.pipeline import scan
    from scanner.setup import Setup
    from scanner.tools import tools_of

    setup = Setup.find(str(place.folder / "home" / "fodspor.toml"))
    recipe = setup.recipe(None)
    tools = tools_of(recipe)
    (target,) = setup.targets([name or str(place.files)])
    with Index(setup.config.index_path) as index:
        index.claim_key(tools.seal.key_id)
        began = time.process_time()
        summary = scan(target, recipe, index, InProcess(recipe))
        return summary.counts.met, time.process_time() - began


def ratios(folder: Path, messages: int) -> None:
    """Print what a scan of a mbox and a Maildir takes beside `mailbox` and an expression."""
    print("archive   messages      MB    ours s   other s   ratio   ours MB/s")
    for form in ("mbox", "Maildir"):
        place = Place(folder / form)
        path = place.files / "arkiv"
        if form == "mbox":
            write_mbox(path, letters(0, messages))
            box: mailbox.Mailbox[mailbox.Message] = mailbox.mbox(path)
            size = path.stat().st_size
        else:
            write_maildir(path, letters(0, messages))
            box = mailbox.Maildir(path)
            size = sum(each.stat().st_size for each in (path / "cur").iterdir())
        met, seconds = ours(place)
        count, _, theirs = other(box)
        assert met == count + (form == "mbox")
        print(
            f"{form:9} {count:8} {size / 1e6:7.1f} {seconds:9.2f} {theirs:9.2f}"
            f" {seconds / theirs:7.1f} {size / 1e6 / seconds:9.1f}"
        )


def runs(folder: Path, megabytes: int, workers: int) -> None:
    """Print what the runs over one large mbox take."""
    place = Place(folder / "large")
    path = place.files / "arkiv.mbox"
    count = megabytes * 1_000_000 // 95_000
    write_mbox(path, letters(0, count, 66_000))
    print(f"mbox of {path.stat().st_size / 1e6:.0f} MB, {count} mails, {workers} workers")

    def append() -> None:
        write_mbox(path, letters(count, 10))

    def flag() -> None:
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            at = path.stat().st_size // 2 + file.read(1_000_000).index(b"Subject: Sag")
            file.seek(at)
            file.write(b"X-Status:")  # as long as what stood there

    for name, change in (("first", None), ("appended", append), ("nothing", None), ("flag", flag)):
        if change is not None:
            change()
        told = place.scan(workers)
        print(f"{name:9} " + "  ".join(f"{key} {value}" for key, value in told.items()))


def main() -> None:
    """Print the ratios, then the runs over a large archive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--megabytes", type=int, default=LARGE_MEGABYTES, help="0: leave out")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.messages:
            ratios(Path(folder), given.messages)
        if given.megabytes:
            runs(Path(folder), given.megabytes, given.workers)


if __name__ == "__main__":
    main()

"""Measure reading PST files against readpst and libpff: processor time, as ratios in one run.

Ours is a listing and every item opened and read as MIME; readpst writes every item to a folder;
libpff opens the file and counts its messages, which is where its time goes in large files. Then
one process opens messages again and again, and says how it grew.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from connectors.archives import Message
from connectors.pst import PstArchive
from tests.connectors.pst_writer import Item, PstWriter, Wanted, number, text
from tests.connectors.pst_writer import time as moment

ROUNDS = 3
"""The best of so many: other programs can only make a run slower."""
MESSAGES = (1_000, 5_000, 20_000)
OPENS = 2_000


def make(path: Path, messages: int) -> Path:
    """Write a PST of short mails in ten folders, the same every time."""
    writer = PstWriter(path)
    folders = [writer.folder(writer.top, f"Folder {each}") for each in range(10)]
    for each in range(messages):
        then = moment((1_400_000_000 + each * 60) * 10**9)
        properties: Wanted = {
            0x001A: text("IPM.Note"),
            0x0036: number(0),
            0x0037: text(f"Subject {each}"),
            0x0039: then,
            0x0E07: number(1),
            0x0E08: number(2000),
            0x0C1A: text("Bo Beck"),
            0x0C1E: text("SMTP"),
            0x0C1F: text("bo@example.com"),
            0x1000: text(f"Text {each} æøå\r\n" * 40),
            0x3008: then,
        }
        recipient: Wanted = {
            0x0C15: number(1),
            0x3001: text("Anna Holm"),
            0x3002: text("SMTP"),
            0x3003: text("anna@example.com"),
        }
        writer.message(folders[each % 10], Item(properties, [recipient]))
    writer.close()
    return path


def ours(path: Path) -> tuple[int, float, float]:
    """Return messages, and seconds of the processor: for the listing, and with every opening."""
    began = time.process_time()
    with path.open("rb") as stream:
        archive = PstArchive(stream)
        found = [each.locator for each in archive.messages() if isinstance(each, Message)]
        listed = time.process_time() - began
        for locator in found:
            with archive.open(locator) as opened:
                opened.read()
    return len(found), listed, time.process_time() - began


def readpst(path: Path) -> float:
    """Return the seconds of the processor that readpst takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        command = ["readpst", "-q", "-j", "0", "-D", "-e", "-o", folder, str(path)]
        subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def libpff(path: Path) -> float:
    """Return the seconds of the processor that libpff takes to open and count."""
    import pypff

    began = time.process_time()
    file = pypff.file()
    file.open(str(path))
    waiting = [file.root_folder]
    while waiting:
        folder = waiting.pop()
        waiting += list(folder.sub_folders)
        for each in range(folder.number_of_sub_messages):
            folder.get_sub_message(each)
    file.close()
    return time.process_time() - began


def grown(path: Path, opens: int) -> tuple[int, int]:
    """Return this process's memory in kB after a tenth of the openings, and after all."""
    with path.open("rb") as stream:
        archive = PstArchive(stream)
        found = [each.locator for each in archive.messages() if isinstance(each, Message)]
        after = []
        for share in (opens // 10, opens - opens // 10):
            for each in range(share):
                with archive.open(found[each % len(found)]) as opened:
                    opened.read()
            after.append(resident())
    return after[0], after[1]


def resident() -> int:
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


def main() -> None:
    """Print a line for each file, and what opening again and again takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    samples = Path(os.environ.get("FODSPOR_SAMPLES", "")) / "outlook"
    if shutil.which("readpst") is None:
        sys.exit("readpst is not installed (pst-utils)")
    with tempfile.TemporaryDirectory() as folder:
        files = given.files or [
            *sorted(samples.glob("*.pst")),
            *(make(Path(folder) / f"{each}.pst", each) for each in MESSAGES),
        ]
        print("file                 messages   list s    all s  readpst s   ratio   libpff s")
        for path in files:
            tries = [ours(path) for _ in range(given.rounds)]
            count, listed, whole = min(tries, key=lambda each: each[2])
            other = min(readpst(path) for _ in range(given.rounds))
            native = min(libpff(path) for _ in range(given.rounds))
            print(
                f"{path.name[:20]:20} {count:8} {listed:8.3f} {whole:8.3f}  {other:9.3f}"
                f" {whole / other:7.2f}  {native:9.3f}"
            )
        for path in files[:3]:
            before, after = grown(path, OPENS)
            print(f"{path.name[:20]:20} {OPENS} opened: {before} kB at a tenth, {after} kB at last")


if __name__ == "__main__":
    main()

"""Killed at any moment, nothing is lost or doubled; the next run continues."""

from __future__ import annotations

import mailbox
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from scanner.demo import fake
from tests.conftest import Installation
from tests.letters import letter
from tests.test_pst_scan import mail, pst

DOCUMENTS = 400
EVERYTHING = """
    SELECT d.display, o.inner, f.kind, f.fingerprint, f.count FROM document d
    JOIN occurrence o ON o.document=d.id AND o.gone_run IS NULL
    LEFT JOIN finding f ON f.content=o.content WHERE d.gone_run IS NULL ORDER BY 1, 2, 3, 4
"""

MESSAGES = """
    SELECT d.display, d.item, o.inner, f.kind, f.fingerprint, f.count FROM document d
    JOIN occurrence o ON o.document=d.id AND o.gone_run IS NULL
    LEFT JOIN finding f ON f.content=o.content
    WHERE d.gone_run IS NULL AND d.item<>'' ORDER BY 1, 2, 3, 4, 5
"""


def company(installation: Installation, seed: int, documents: int = DOCUMENTS) -> None:
    chance = random.Random(seed)
    for number in range(documents):
        rows = [f"{fake.name(chance)};{fake.cpr(chance)};{fake.email(chance)}" for _ in range(20)]
        installation.write(f"{number % 9}/{number}.csv", "navn;cpr;mail\n" + "\n".join(rows))


def whole_scan(installation: Installation) -> float:
    """Scan all, started as `killed_scan` starts it; return how many seconds that takes."""
    began = time.monotonic()
    subprocess.run(
        installation.command("scan", installation.files, "--workers", "2", "--quiet"),
        env=installation.environment,
        check=True,
    )
    return time.monotonic() - began


def killed_scan(installation: Installation, seconds: float) -> bool:
    """Start a scan and kill it after `seconds`; return whether it was still running."""
    process = subprocess.Popen(
        installation.command("scan", installation.files, "--workers", "2", "--quiet"),
        env=installation.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
        return True
    return False


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(5, id="five kills"),
        pytest.param(100, id="a hundred kills", marks=pytest.mark.long),
    ],
)
def test_kills_lose_nothing_and_double_nothing(installation: Installation, kills: int) -> None:
    company(installation, 1)
    whole = whole_scan(installation)
    expected = installation.rows(EVERYTHING)
    assert len(expected) > DOCUMENTS * 20
    for path in installation.index_path.parent.glob("fodspor.db*"):
        path.unlink()
    chance = random.Random(kills)
    landed = 0
    for _ in range(kills):
        killed = killed_scan(installation, chance.uniform(whole * 0.15, whole * 1.0))
        landed += killed
        whole = whole if killed else whole / 2  # quicker than when it was measured
        check = installation.run("index", "check")
        assert check.code == 0 or "there is no index" in check.err, check.out
        if chance.random() < 0.3:  # new work, so that later kills meet a scan that writes
            number = chance.randrange(DOCUMENTS)
            path = installation.files / str(number % 9) / f"{number}.csv"
            os.utime(path, ns=(time.time_ns(), time.time_ns()))
    assert landed > 0
    installation.run("scan", installation.files, "--workers", "2", "--quiet", code=0)
    assert installation.rows(EVERYTHING) == expected
    assert installation.run("index", "check").code == 0
    running = installation.rows("SELECT count(*) FROM run WHERE ended IS NULL")
    assert running == [(0,)]
    left = list((installation.folder / "state" / "temp").glob("work-*"))
    assert left == []


def archives(installation: Installation, chance: random.Random, count: int, round_: int) -> None:
    """Append to an mbox, and write a PST of all that it held so far and `count` more."""
    box = mailbox.mbox(installation.files / "arkiv.mbox")
    for number in range(count):
        box.add(letter(round_ * count + number, f"CPR-nr. {fake.cpr(chance)}"))
    box.close()
    texts = random.Random(1)
    items = [
        ("Indbakke", mail(f"Sag {number}", f"CPR-nr. {fake.cpr(texts)}"))
        for number in range((round_ + 1) * count)
    ]
    pst(installation.files / "arkiv.pst", *items)


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(4, id="four kills"),
        pytest.param(60, id="sixty kills", marks=pytest.mark.long),
    ],
)
def test_kills_in_growing_archives_lose_and_double_nothing(
    installation: Installation, kills: int
) -> None:
    chance = random.Random(kills)
    archives(installation, chance, 60, 0)
    whole = whole_scan(installation)
    landed = 0
    for round_ in range(1, kills + 1):
        archives(installation, chance, 60, round_)
        killed = killed_scan(installation, chance.uniform(whole * 0.2, whole * 0.6))
        landed += killed
        whole = whole if killed else whole / 2  # quicker than when it was measured
    assert landed > 0
    installation.run("scan", installation.files, "--workers", "2", "--quiet", code=0)
    assert installation.run("index", "check").code == 0
    in_pieces = installation.rows(MESSAGES)
    assert len({row[:2] for row in in_pieces}) == 2 * 60 * (kills + 1)
    for path in installation.index_path.parent.glob("fodspor.db*"):
        path.unlink()
    installation.run("scan", installation.files, "--workers", "2", "--quiet", code=0)
    assert installation.rows(MESSAGES) == in_pieces


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no tracker of semaphores")
def test_a_killed_scan_leaves_no_words_on_the_terminal(installation: Installation) -> None:
    company(installation, 3, DOCUMENTS)
    process = subprocess.Popen(
        installation.command("scan", installation.files, "--workers", "2", "--quiet"),
        env=installation.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    while not installation.rows("SELECT count(*) FROM document")[0][0]:
        assert process.poll() is None
        time.sleep(0.02)  # polling another process, with the bound of the line above
    process.kill()
    said, _ = process.communicate(timeout=120)  # until the last orphan has closed its end
    assert said == b""


def test_an_interrupted_scan_keeps_its_state(installation: Installation) -> None:
    company(installation, 2, DOCUMENTS)
    process = subprocess.Popen(
        installation.command("scan", installation.files, "--workers", "1"),
        env=installation.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not installation.rows("SELECT count(*) FROM document")[0][0]:
        assert process.poll() is None
        time.sleep(0.02)  # polling another process, with the bound of the line above
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Run the same command again to go on." in err
    done = installation.rows("SELECT count(*) FROM document")[0][0]
    assert done > 0
    again = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert again["unchanged"] >= done
    assert again["met"] == DOCUMENTS

"""The log ends with how a run ended, and why."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.index.store import IndexTrouble
from scanner.log import SharedFile, last_line, open_log
from scanner.platform import FileLock

ROOT = Path(__file__).parent.parent


def last(folder: Path) -> str:
    return (folder / "fodspor.log").read_text("utf-8").splitlines()[-1]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(IndexTrouble("the disk is full"), "failed: the disk is full", id="foreseen"),
        pytest.param(
            ValueError("Anna"),
            "failed: unexpected ValueError at tests.test_log:",
            id="not foreseen: no words",
        ),
        pytest.param(KeyboardInterrupt(), "ended at once: interrupted", id="second Ctrl-C"),
        pytest.param(MemoryError(), "failed: unexpected MemoryError", id="memory"),
    ],
)
def test_a_run_that_fails_leaves_its_reason_last(
    tmp_path: Path, error: BaseException, words: str
) -> None:
    log = open_log(tmp_path, "run1")
    with pytest.raises(type(error)), last_line(log):
        log.info("scan started")
        raise error
    assert words in last(tmp_path)
    assert "Anna" not in last(tmp_path)


WRITER = """
import logging, sys
from pathlib import Path
from scanner.log import SharedFile
logger = logging.getLogger("writer")
logger.addHandler(SharedFile(Path(sys.argv[1]), 4000, 60))
logger.setLevel(logging.INFO)
for number in range(400):
    logger.info("%s line %04d %s", sys.argv[2], number, "x" * 40)
"""


def test_processes_that_share_a_log_lose_no_line(tmp_path: Path) -> None:
    path = tmp_path / "fodspor.log"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], cwd=ROOT)
        for name in ("scan", "night", "watch")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    files = [each for each in tmp_path.iterdir() if each.suffix != ".lock"]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    wanted = {
        f"{name} line {n:04} {'x' * 40}" for name in ("scan", "night", "watch") for n in range(400)
    }
    assert len(lines) == len(wanted)
    assert {*lines} == wanted
    assert max(file.stat().st_size for file in files) < 20_000  # while one renames, others write
    assert len(files) > 5


def written(path: Path, number: int) -> logging.Logger:
    logger = logging.Logger("alone")
    logger.addHandler(SharedFile(path, 1000, 3))
    for each in range(number):
        logger.info("line %04d %s", each, "x" * 80)
    return logger


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_a_log_keeps_so_many_older_ones(tmp_path: Path) -> None:
    written(tmp_path / "a.log", 100)
    assert names(tmp_path) == ["a.log", "a.log.1", "a.log.2", "a.log.3"]
    assert "line 0099" in (tmp_path / "a.log").read_text()


def test_nobody_holds_the_log_open(tmp_path: Path) -> None:
    logger = written(tmp_path / "a.log", 1)
    (handler,) = logger.handlers
    assert isinstance(handler, SharedFile)
    assert handler.stream is None


def test_a_log_that_cannot_be_renamed_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where another program has it open."""
    path = tmp_path / "a.log"
    refused = []

    def refuse(self: Path, target: Path) -> Path:
        refused.append(self.name)
        raise PermissionError(13, "in use", str(self))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        written(path, 20)
    assert refused and {*refused} == {"a.log"}  # the older ones stay where they are
    assert len(path.read_text().splitlines()) == 20
    written(path, 1)
    assert names(tmp_path) == ["a.log", "a.log.1"]


def test_while_another_process_renames_it_lines_are_written(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    with FileLock(tmp_path / "a.log.lock"):
        written(path, 30)
    assert names(tmp_path) == ["a.log"]
    assert len(path.read_text().splitlines()) == 30


def test_a_renaming_that_was_killed_is_ended(tmp_path: Path) -> None:
    (tmp_path / "a.log.0").write_text("left behind\n")
    written(tmp_path / "a.log", 15)
    held = "".join((tmp_path / name).read_text() for name in names(tmp_path))
    assert "left behind" in held
    assert "a.log.0" not in names(tmp_path)
    assert held.count("line") == 15

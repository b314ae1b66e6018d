"""The log ends with how a run ended, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.index.store import IndexTrouble
from scanner.log import last_line, open_log


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

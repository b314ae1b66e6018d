"""An old result holds exactly as long as nothing changed that could change it."""

from __future__ import annotations

import dataclasses

import pytest

from scanner.extract.readers import READERS
from scanner.model import Limits, Problem
from scanner.recipe import Freshness

LIMITS = Limits()
LABEL = READERS[0].label


def freshness(limits: Limits = LIMITS, passwords: str = "p", detectors: str = "d") -> Freshness:
    return Freshness(detectors, limits, passwords)


@pytest.mark.parametrize(
    ("problem", "change", "holds"),
    [
        pytest.param("encrypted", {"passwords": "q"}, False, id="a new password may open it"),
        pytest.param("corrupt", {"passwords": "q"}, True, id="no password mends a broken file"),
        pytest.param("too_large", {"max_file_bytes": 1}, False, id="its limit changed"),
        pytest.param("too_large", {"max_parts": 1}, True, id="another limit changed"),
        pytest.param("limit:max_parts", {"max_parts": 1}, False, id="the limit it met changed"),
        pytest.param("limit:max_parts", {"max_depth": 1}, True, id="a limit it did not meet"),
        pytest.param("timeout", {"deadline_seconds": 1.0}, False, id="a longer deadline"),
        pytest.param("memory", {"memory_bytes": 1}, False, id="more memory"),
        pytest.param("missing_extra:ocr", {"max_parts": 1}, True, id="still missing"),
    ],
)
def test_what_could_mend_a_problem(problem: str, change: dict[str, object], holds: bool) -> None:
    before = freshness()
    reason, _, detail = problem.partition(":")
    mend = before.mend_of([Problem((), reason, detail)])  # type: ignore[arg-type]
    assert before.holds("d", LABEL, mend)
    if "passwords" in change:
        after = freshness(passwords=str(change["passwords"]))
    else:
        after = freshness(dataclasses.replace(LIMITS, **change))  # type: ignore[arg-type]
    assert after.holds("d", LABEL, mend) is holds


def test_a_changed_detector_set_makes_everything_stale() -> None:
    assert not freshness(detectors="e").holds("d", LABEL, "")


def test_a_changed_reader_makes_stale_only_what_it_read() -> None:
    assert freshness().holds("d", LABEL, "")
    assert not freshness().holds("d", "text/0", "")
    assert freshness().holds("d", "", "")

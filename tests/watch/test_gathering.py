"""What was touched waits until it is quiet, is handed out once, and never grows without bound."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.watch.gathering import (
    FIRST_PAUSE_SECONDS,
    INFINITE,
    MAX_WAITING,
    OFTEN,
    PATIENT_SECONDS,
    Due,
    Gatherer,
    is_temporary,
)

HUGE = 10**6


def gatherer() -> Gatherer:
    return Gatherer(quiet=1.0, settled=0.25, ceiling=60.0)


@pytest.mark.parametrize(
    ("touches", "due"),
    [
        pytest.param([(0.0, True)], 0.25, id="its writer closed it"),
        pytest.param([(0.0, False)], 1.0, id="nobody said that it is closed"),
        pytest.param([(0.0, True), (0.2, False)], 1.2, id="written to again"),
        pytest.param([(0.0, False), (0.9, True)], 1.15, id="closed at last"),
        pytest.param([(t * 0.9, False) for t in range(100)], 60.0, id="growing: at the ceiling"),
    ],
)
def test_when_a_path_is_due(touches: list[tuple[float, bool]], due: float) -> None:
    made = gatherer()
    for at, closed in touches:
        assert not made.take(at, HUGE) or at >= 60
        made.touch(b"/a", at, closed=closed)
        if at > due:
            break
    if touches[-1][0] < due:
        assert made.take(due - 0.01, HUGE) == []
        assert made.take(due, HUGE) == [Due(b"/a")]
        assert made.take(HUGE, HUGE) == [] and made.next_due == INFINITE


def test_a_growing_file_is_read_at_the_ceiling_and_again_when_quiet() -> None:
    made = gatherer()
    taken = []
    for tenth in range(650):
        made.touch(b"/a", tenth / 10)
        taken += [(tenth / 10, path) for path, _ in made.take(tenth / 10, HUGE)]
    assert taken == [(60.0, b"/a")]
    assert made.take(66.0, HUGE) == [Due(b"/a")]


@pytest.mark.parametrize(
    ("name", "temporary"),
    [
        pytest.param("~$Kunder.xlsx", True, id="Office's owner file"),
        pytest.param(".~lock.Kunder.ods#", True, id="LibreOffice's lock"),
        pytest.param("Kunder.csv.part", True, id="Firefox"),
        pytest.param("Kunder.csv.crdownload", True, id="Chrome"),
        pytest.param("Ubekræftet 12.crdownload", True, id="Chrome, named by itself"),
        pytest.param("lu123abc.tmp", True, id="LibreOffice's new file"),
        pytest.param("7A1B2C3D", True, id="Excel's new file"),
        pytest.param("Kunder.csv~", True, id="an editor's copy"),
        pytest.param(".Kunder.csv.swp", True, id="Vim"),
        pytest.param(".goutputstream-X1Y2Z3", True, id="GNOME"),
        pytest.param(".Kunder.csv.a1B2c3", True, id="rsync"),
        pytest.param("Kunder.xlsx", False, id="a document"),
        pytest.param("del.part1.rar", False, id="part of an archive"),
        pytest.param("20261130.csv", False, id="a date with an ending"),
        pytest.param("template.docx", False, id="temp at the beginning"),
    ],
)
def test_names_of_files_that_are_being_written(name: str, temporary: bool) -> None:
    assert is_temporary(f"/home/bo/{name}".encode()) is temporary


def test_a_temporary_name_that_stays_is_read_in_the_end() -> None:
    made = gatherer()
    made.touch(b"/a/x.part", 0, closed=True)
    assert made.take(PATIENT_SECONDS - 1, HUGE) == []
    assert made.take(PATIENT_SECONDS, HUGE) == [Due(b"/a/x.part")]


def test_what_is_written_all_the_time_waits_longer_and_longer() -> None:
    made = gatherer()
    taken = []
    for second in range(3600):
        made.touch(b"/mail.db", second, closed=True)
        if second == 3000:
            made.touch(b"/list.csv", second, closed=True)
        found = [path for path, _ in made.take(second + 0.5, HUGE)]
        assert (b"/list.csv" in found) == (second == 3000)  # others do not wait for it
        taken += [second for path in found if path == b"/mail.db"]
    gaps = [later - sooner for sooner, later in pairwise(taken)]
    assert gaps[: OFTEN - 1] == [1] * (OFTEN - 1)
    assert gaps[OFTEN - 1] == FIRST_PAUSE_SECONDS and gaps[-1] >= 600
    assert len(taken) < 25


def test_a_file_saved_alone_does_not_wait_for_thousands() -> None:
    made = gatherer()
    for number in range(5000):
        made.touch(f"/unpacked/{number}".encode(), 0, closed=True)
    made.touch(b"/desktop/list.csv", 0, closed=True)
    assert Due(b"/desktop/list.csv") in made.take(1, 10)


def test_beyond_its_bound_it_only_knows_that_something_happened() -> None:
    made = gatherer()
    for number in range(MAX_WAITING + 1):
        made.touch(b"/%d" % number, 0, closed=True)
    assert made.lost and len(made) == 0 and made.take(HUGE, HUGE) == []
    made.touch(b"/later", 1)
    assert len(made) == 0  # the walk to come will meet it
    made.found()
    made.touch(b"/later", 2, closed=True)
    assert not made.lost and made.take(3, HUGE) == [Due(b"/later")]


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.floats(0, 100), st.booleans()), min_size=1, max_size=60
    ),
    st.integers(1, 7),
)
@example(
    [
        (0, 0.0, False),
        (0, 1.0, False),
        (0, 1.0, False),
        (0, 61.0, False),
        (1, 0.0, False),
        (1, 61.0, False),
    ],
    1,
)
def test_every_touched_path_is_handed_out_after_its_last_touch(
    touches: list[tuple[int, float, bool]], most: int
) -> None:
    made = gatherer()
    last: dict[bytes, float] = {}
    taken: dict[bytes, float] = {}
    for path, at, closed in sorted(touches, key=lambda each: each[1]):
        for found, _ in made.take(at, most):
            taken[found] = at
        made.touch(b"/%d" % path, at, closed=closed)
        last[b"/%d" % path] = at
    at = 10_000.0
    while found_now := made.take(at, most):
        taken |= dict.fromkeys((path for path, _ in found_now), at)
    assert taken.keys() == last.keys()
    assert all(taken[path] >= last[path] for path in last)  # at the ceiling at once
    assert not made.soon(at)

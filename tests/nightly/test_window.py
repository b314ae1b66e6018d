"""The window by the clock on the wall: over midnight, and when clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.nightly.window import Window, next_time, time_of

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def at(text: str) -> datetime:
    """Return a moment of Copenhagen's wall, as UTC; "+" behind it: the second time it is shown."""
    local = datetime.fromisoformat(text.rstrip("+")).replace(tzinfo=COPENHAGEN)
    return local.replace(fold=int(text.endswith("+"))).astimezone(UTC)


@pytest.mark.parametrize(
    ("window", "moment", "end"),
    [
        pytest.param("22:00-06:00", "2026-11-23 22:00", "2026-11-24 06:00", id="at its begin"),
        pytest.param("22:00-06:00", "2026-11-24 05:59", "2026-11-24 06:00", id="after midnight"),
        pytest.param("22:00-06:00", "2026-11-24 06:00", None, id="its end is outside"),
        pytest.param("22:00-06:00", "2026-11-24 12:00", None, id="at noon"),
        pytest.param("01:00-05:30", "2026-11-24 01:30", "2026-11-24 05:30", id="of one day"),
        pytest.param("01:00-05:30", "2026-11-24 23:30", None, id="of one day, the evening"),
        pytest.param("22:00-06:00", "2026-03-29 01:30", "2026-03-29 06:00", id="clocks go on"),
        pytest.param("22:00-02:30", "2026-03-28 23:00", "2026-03-29 03:30", id="an end leapt over"),
        pytest.param("22:00-06:00", "2026-10-25 02:30+", "2026-10-25 06:00", id="clocks go back"),
        pytest.param("22:00-02:30", "2026-10-25 02:10", "2026-10-25 02:30", id="the first of two"),
        pytest.param("22:00-02:30", "2026-10-25 02:10+", None, id="and not the second"),
    ],
)
def test_where_a_window_ends(window: str, moment: str, end: str | None) -> None:
    around = Window.parse(window, COPENHAGEN).around(at(moment))
    assert (around[1] if around else None) == (at(end) if end else None)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param("2026-11-23", 8, id="an ordinary night"),
        pytest.param("2026-03-28", 7, id="clocks go on"),
        pytest.param("2026-10-24", 9, id="clocks go back"),
    ],
)
def test_how_long_a_night_is(day: str, hours: int) -> None:
    start, end = Window.parse("22:00-06:00", COPENHAGEN).on(datetime.fromisoformat(day).date())
    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("at_", "moment", "expected"),
    [
        pytest.param("22:00", "2026-11-23 21:59", "2026-11-23 22:00", id="today"),
        pytest.param("22:00", "2026-11-23 22:00", "2026-11-24 22:00", id="not the one now"),
        pytest.param("02:15", "2026-12-31 23:00", "2027-01-01 02:15", id="over the year"),
        pytest.param("02:15", "2026-03-28 23:00", "2026-03-29 03:15", id="clocks go on"),
    ],
)
def test_the_next_time(at_: str, moment: str, expected: str) -> None:
    assert next_time(time_of(at_), at(moment), COPENHAGEN) == at(expected)


def test_the_windows_that_have_passed() -> None:
    window = Window.parse("22:00-06:00", COPENHAGEN)
    over = window.over(at("2026-11-20 12:00"), at("2026-11-23 05:00"))
    assert [start for start, _ in over] == [at("2026-11-20 22:00"), at("2026-11-21 22:00")]


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda d: d.replace(tzinfo=UTC)),
    st.times(),
    st.times(),
)
def test_a_window_that_holds_a_moment_holds_it(
    moment: datetime, start: object, end: object
) -> None:
    if start == end:
        return
    window = Window(start, end, COPENHAGEN)  # type: ignore[arg-type]
    around = window.around(moment)
    if around:
        assert around[0] <= moment < around[1]
    assert window.next_start(moment) > moment


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("22-06", id="no minutes"),
        pytest.param("24:00-06:00", id="no such hour"),
        pytest.param("22:00-22:00", id="no length"),
        pytest.param("22:00", id="no end"),
        pytest.param("", id="empty"),
    ],
)
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no window|begins when"):
        Window.parse(text)

"""When the employee may be told: every limit by itself, together, and at its edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.alert.policy import Habits, Span, Wait, is_learning, may_speak, reaches, worst_first
from scanner.risk import LEVELS, Level
from tests.alert.made import NOON, flagged

ZONE = ZoneInfo("Europe/Copenhagen")
LONG_AGO = NOON - timedelta(days=400)
NIGHT = (Span.parsed("20:00-07:00"),)


def local(text: str) -> datetime:
    """Return the UTC of a Danish clock: "30 13:00" is a day of November 2026."""
    day, clock = text.split()
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, int(day), hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "words", "why", "until"),
    [
        pytest.param("30 12:00", (), None, None, id="nothing stands against it"),
        pytest.param("30 20:00", (), "quiet", "31 07:00", id="the first quiet minute"),
        pytest.param("30 19:59", (), None, None, id="the minute before"),
        pytest.param("30 06:59", (), "quiet", "30 07:00", id="the last quiet minute"),
        pytest.param("30 07:00", (), None, None, id="the minute after"),
        pytest.param("30 00:00", (), "quiet", "30 07:00", id="after midnight"),
        pytest.param("30 12:00", ("30 11:30",), None, None, id="one in this hour"),
        pytest.param(
            "30 12:00", ("30 11:10", "30 11:30"), "hour", "31 07:00", id="both, and the day's too"
        ),
        pytest.param("30 12:00", ("30 08:00", "30 09:00"), "day", "31 07:00", id="the day's words"),
        pytest.param("30 12:00", ("29 18:00", "29 19:00"), None, None, id="those of yesterday"),
        pytest.param("30 12:00", ("30 15:00", "30 16:00"), None, None, id="a clock that was ahead"),
    ],
)
def test_when_the_employee_is_told(
    at: str, words: tuple[str, ...], why: str | None, until: str | None
) -> None:
    moment = local(at)
    said = may_speak(Habits(NIGHT, zone=ZONE), LONG_AGO, [*map(local, words)], moment)
    end = local("30 07:00") + timedelta(days=1) if until == "31 07:00" else until and local(until)
    assert said == (Wait(end, why) if why and isinstance(end, datetime) else None)  # type: ignore[arg-type]


def test_the_hour_alone_ends_an_hour_after_the_first_of_its_words() -> None:
    habits = Habits(per_hour=2, per_day=10, zone=ZONE)
    words = [local("30 11:10"), local("30 11:30")]
    assert may_speak(habits, LONG_AGO, words, local("30 12:00")) == Wait(local("30 12:10"), "hour")
    assert may_speak(habits, LONG_AGO, words, local("30 12:10")) is None


@pytest.mark.parametrize(
    ("days", "silent"),
    [
        pytest.param(0, True, id="the first moment"),
        pytest.param(27.99, True, id="just before four weeks"),
        pytest.param(28, False, id="after four weeks"),
    ],
)
def test_the_first_weeks_are_silent(days: float, silent: bool) -> None:
    at = NOON + timedelta(days=days)
    assert is_learning(Habits(zone=ZONE), NOON, at) is silent
    said = may_speak(Habits(zone=ZONE), NOON, (), at)
    assert (said is not None and said.why == "learning") is silent


@pytest.mark.parametrize(
    ("at", "until"),
    [
        pytest.param(
            datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC), id="back"
        ),
        pytest.param(
            datetime(2026, 3, 28, 21, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC), id="forth"
        ),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall_when_it_is_changed(
    at: datetime, until: datetime
) -> None:
    said = may_speak(Habits(NIGHT, zone=ZONE), at - timedelta(days=60), (), at)
    assert said == Wait(until, "quiet")


@settings(deadline=None)
@given(
    st.lists(st.integers(-3000, 60), max_size=12),
    st.integers(0, 5),
    st.integers(1, 5),
    st.integers(0, 3000),
    st.sampled_from([(), NIGHT, (*NIGHT, Span.parsed("11:30-12:30"))]),
)
def test_after_the_wait_it_may_be_told(
    minutes: list[int], per_day: int, per_hour: int, at: int, quiet: tuple[Span, ...]
) -> None:
    habits = Habits(quiet, per_hour, max(per_day, 1), timedelta(0), ZONE)
    words = [NOON + timedelta(minutes=each) for each in minutes]
    moment = NOON + timedelta(minutes=at)
    said = may_speak(habits, LONG_AGO, words, moment)
    if said is not None:
        assert said.until > moment
        assert may_speak(habits, LONG_AGO, [w for w in words if w <= moment], said.until) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("20:00", "needs hours", id="one end"),
        pytest.param("24:00-07:00", "needs hours", id="no such hour"),
        pytest.param("8-17", "needs hours", id="no minutes"),
        pytest.param("07:00-7:00", "same minute", id="all day or none"),
    ],
)
def test_hours_that_are_none(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Span.parsed(text)


@pytest.mark.parametrize("threshold", LEVELS)
@pytest.mark.parametrize("level", LEVELS)
def test_a_threshold_is_reached_from_its_level_on(level: Level, threshold: Level) -> None:
    assert reaches(flagged(level=level), threshold) is (
        LEVELS.index(level) >= LEVELS.index(threshold)
    )


@pytest.mark.parametrize(
    ("level", "threshold", "told"),
    [
        pytest.param("low", "medium", True, id="at least medium"),
        pytest.param("low", "high", False, id="no more than that"),
        pytest.param("critical", "critical", True, id="never less than it is"),
    ],
)
def test_where_it_may_not_lie_it_counts_as_medium(
    level: Level, threshold: Level, told: bool
) -> None:
    assert reaches(flagged(level=level, forbidden=True), threshold) is told


def test_the_worst_stands_in_front() -> None:
    made = [
        flagged(1, "high"),
        flagged(2, "critical"),
        flagged(3, "low", forbidden=True),
        flagged(4, "high", risk=30.0),
        flagged(5, "low"),
    ]
    assert [each.document for each in worst_first(made)] == [2, 4, 1, 3, 5]

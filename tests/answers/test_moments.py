"""Spans and dates as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.answers.moments import age, before, since, stored

MOMENT = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        pytest.param("6h", datetime(2026, 3, 31, 6, tzinfo=UTC), id="hours"),
        pytest.param("7d", datetime(2026, 3, 24, 12, tzinfo=UTC), id="days"),
        pytest.param("2w", datetime(2026, 3, 17, 12, tzinfo=UTC), id="weeks"),
        pytest.param("1m", datetime(2026, 2, 28, 12, tzinfo=UTC), id="a month ends where it must"),
        pytest.param("15m", datetime(2024, 12, 31, 12, tzinfo=UTC), id="months over years"),
        pytest.param("2Y", datetime(2024, 3, 31, 12, tzinfo=UTC), id="years, capital"),
        pytest.param("0d", MOMENT, id="now"),
    ],
)
def test_spans(span: str, expected: datetime) -> None:
    assert before(span, MOMENT) == expected


@pytest.mark.parametrize("span", ["", "2", "y", "-1d", "1.5y", "2 years", "99999y", "<<2y", "٣d"])
def test_what_is_no_span_is_refused(span: str) -> None:
    with pytest.raises(ValueError, match=r"span|before the year"):
        age(span, MOMENT)


def test_a_leap_day_has_a_year_before_it() -> None:
    assert before("1y", datetime(2024, 2, 29, tzinfo=UTC)) == datetime(2023, 2, 28, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-01", "01-03-2026", "1.3.2026", "1/3/2026"])
def test_a_date_is_local_midnight(text: str) -> None:
    assert since(text, MOMENT) == stored(datetime(2026, 3, 1).astimezone())


@given(st.integers(0, 5000), st.sampled_from("hdw"))
def test_longer_spans_lie_further_back(number: int, unit: str) -> None:
    assert before(f"{number + 1}{unit}", MOMENT) < before(f"{number}{unit}", MOMENT)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2030, 1, 1)))
def test_stored_times_sort_as_they_follow(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert stored(aware) < stored(aware + timedelta(seconds=1))

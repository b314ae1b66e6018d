"""Count the law's deadlines: a month for a person's request, 72 hours for a breach. Knows no clock.

GDPR Art. 12(3) and 33(1), counted as Regulation (EEC, Euratom) 1182/71 says, Art. 3: a month ends
with the day of the same number, the last of the month where there is none, and the next working
day where that is none. Hours run through nights, Sundays and holidays.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

BREACH = timedelta(hours=72)


@lru_cache(maxsize=64)
def easter(year: int) -> date:
    """Return Easter Sunday (Meeus, Astronomical Algorithms, 1991, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def is_working_day(day: date) -> bool:
    """Whether Danish offices are open: not on Saturdays, Sundays and holidays (2024 and later)."""
    if day.weekday() >= 5 or (day.month, day.day) in ((1, 1), (12, 25), (12, 26)):
        return False
    return (day - easter(day.year)).days not in (-3, -2, 1, 39, 50)


def months_after(day: date, months: int) -> date:
    """Return the last day of a period of months that an event on `day` begins."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    end = date(year, month + 1, min(day.day, last))
    while not is_working_day(end):
        end += timedelta(days=1)
    return end


def due(kind: str, begun: datetime, *, extended: bool = False) -> datetime:
    """Return the moment by which a case has to be answered, UTC.

    `begun`: when a request came in, or a breach became known. `extended`: by the two further
    months of Art. 12(3), which a breach has not.
    """
    if kind == "breach":
        return (begun + BREACH).astimezone(UTC)
    end = months_after(begun.astimezone().date(), 3 if extended else 1)
    return datetime.combine(end, time(23, 59, 59)).astimezone(UTC)


def left(due_at: datetime, at: datetime, *, hours: bool) -> int:
    """Return the whole hours or days that are left; negative: begun hours or days past it.

    Days are those of the calendar: 0 on the last day.
    """
    if hours:
        return int((due_at - at) // timedelta(hours=1))
    return (due_at.astimezone().date() - at.astimezone().date()).days

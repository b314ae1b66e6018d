"""Read spans and dates as people type them: 30d, >2y, 2026-11-23, 23-11-2026. Knows no clock."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

_SPAN = re.compile(r"([0-9]{1,5})\s*([hdwmy])")
_DATES = (
    (re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"), (1, 2, 3)),
    (re.compile(r"([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{4})"), (3, 2, 1)),
)
UNITS = "h, d, w, m or y for hours, days, weeks, months, years"


class Age(NamedTuple):
    """Older than a moment (`modified < border`), or younger (`modified >= border`)."""

    side: Literal["older", "younger"]
    border: str


def before(span: str, moment: datetime) -> datetime:
    """Return the moment that lies a span such as 30d or 2y before another.

    Months and years go by the calendar: one month before 31 March is the last of February.
    Raises ValueError.
    """
    found = _SPAN.fullmatch(span.strip().lower())
    if found is None:
        raise ValueError(f"{span!r} is no span; write a number and {UNITS}, such as 30d or 2y")
    number, unit = int(found[1]), found[2]
    try:
        if unit in "hdw":
            hours = {"h": 1, "d": 24, "w": 168}[unit]
            return moment - timedelta(hours=number * hours)
        months = moment.year * 12 + moment.month - 1 - number * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day)
    except (ValueError, OverflowError):
        raise ValueError(f"{span!r} reaches back before the year 1") from None


def age(text: str, moment: datetime) -> Age:
    """Read an age: `>2y` and `2y` are older than two years, `<30d` younger. Raises ValueError."""
    text = text.strip()
    side: Literal["older", "younger"] = "younger" if text.startswith("<") else "older"
    span = text[1:] if text[:1] in ("<", ">") else text
    return Age(side, stored(before(span, moment)))


def since(text: str, moment: datetime) -> str:
    """Return the stored time of a date (local midnight) or a span back. Raises ValueError."""
    for form, order in _DATES:
        found = form.fullmatch(text.strip())
        if found is not None:
            try:
                local = datetime(*(int(found[group]) for group in order)).astimezone()  # type: ignore[arg-type]
            except (ValueError, OverflowError, OSError):
                raise ValueError(f"{text!r} is no date of the calendar") from None
            return stored(local)
    try:
        return stored(before(text, moment))
    except ValueError:
        raise ValueError(
            f"{text!r} is neither a date (2026-11-23 or 23-11-2026) nor a span ({UNITS})"
        ) from None


def stored(moment: datetime) -> str:
    """Return a time as the index holds it: UTC, ISO 8601, seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")

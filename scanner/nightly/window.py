"""Reckon with the hours in which a nightly scan may run, over midnight and clock changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` by the clock on the wall; `end` may lie on the next day.

    `zone`: whose wall; None: the system's, with its clock changes. Times that are given and
    returned are aware; a time that the clock passes twice is the first of both, one that it leaps
    over is as much later.
    """

    start: time
    end: time
    zone: tzinfo | None = None

    @classmethod
    def parse(cls, text: str, zone: tzinfo | None = None) -> Window:
        """Read "22:00-06:00". Raises ValueError."""
        found = _HOURS.fullmatch(text.strip())
        if found is None:
            raise ValueError('is no window; write it as "22:00-06:00"')
        first, second, third, fourth = (int(group) for group in found.groups())
        start, end = time(first, second), time(third, fourth)
        if start == end:
            raise ValueError("begins when it ends; leave it out where the scan may always run")
        return cls(start, end, zone)

    def around(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """Return begin and end (UTC) of the window that a moment lies in; None outside."""
        today = self._local(moment).date()
        for day in (today - timedelta(days=1), today):
            start, end = self.on(day)
            if start <= moment < end:
                return start, end
        return None

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Return begin and end (UTC) of the window that begins on a day."""
        until = day if self.end > self.start else day + timedelta(days=1)
        return moment_of(day, self.start, self.zone), moment_of(until, self.end, self.zone)

    def next_start(self, moment: datetime) -> datetime:
        """Return when the next window after a moment begins (UTC)."""
        return next_time(self.start, moment, self.zone)

    def over(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """Return the windows that began at or after `since` and have ended by `until`, in order."""
        day, found = self._local(since).date(), []
        while (window := self.on(day))[1] <= until:
            if window[0] >= since:
                found.append(window)
            day += timedelta(days=1)
        return found

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)


def time_of(text: str) -> time:
    """Read "02:15". Raises ValueError."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError('is no time of the day; write it as "02:15"')
    return time(int(found[1]), int(found[2]))


def next_time(at: time, moment: datetime, zone: tzinfo | None = None) -> datetime:
    """Return when the wall clock next shows a time after a moment (UTC)."""
    day = moment.astimezone(zone).date()
    while (found := moment_of(day, at, zone)) <= moment:
        day += timedelta(days=1)
    return found


def moment_of(day: date, at: time, zone: tzinfo | None = None) -> datetime:
    """Return the moment (UTC) at which the wall clock shows a time on a day."""
    naive = datetime.combine(day, at)
    local = naive.astimezone() if zone is None else naive.replace(tzinfo=zone)
    return local.astimezone(UTC)

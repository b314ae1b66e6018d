"""Decide whom a flagged document reaches, and when the employee may be told. Pure: keeps nothing.

Times are passed in, in UTC; hours and days are those of the employee's clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal

from scanner.flagged import Flagged
from scanner.risk import LEVELS, Level

Why = Literal["learning", "quiet", "hour", "day"]

LATER = timedelta(hours=4)
"""After "later" a word comes again when half a working day has gone."""
STEPS = 64
"""How often a wait is looked at anew before a day is taken for all; two limits need a few."""
_SPAN = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*[-–]\s*([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of a day, `begin` included and `end` not; over midnight where it ends earlier."""

    begin: time
    end: time

    @classmethod
    def parsed(cls, text: str) -> Span:
        """Read "20:00-07:00". Raises ValueError, which says what to write."""
        found = _SPAN.fullmatch(text.strip())
        if found is None:
            raise ValueError('needs hours such as "20:00-07:00"')
        one, two, three, four = map(int, found.groups())
        span = cls(time(one, two), time(three, four))
        if span.begin == span.end:
            raise ValueError("begins and ends at the same minute; leave it out, or mend one")
        return span

    def holds(self, moment: time) -> bool:
        if self.begin < self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end


def leaves_time(spans: Iterable[Span]) -> bool:
    """Whether there is a minute of the day that is in none of the spans."""
    held = tuple(spans)
    minutes = (time(minute // 60, minute % 60) for minute in range(24 * 60))
    return any(not any(span.holds(minute) for span in held) for minute in minutes)


@dataclass(frozen=True, slots=True)
class Habits:
    """When the employee may be told, and how often. `zone` None: that of this machine."""

    quiet: tuple[Span, ...] = ()
    per_hour: int = 2
    per_day: int = 2
    silent: timedelta = timedelta(days=28)
    zone: tzinfo | None = None

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def utc(self, local: datetime) -> datetime:
        """Return the UTC of what the employee's clock shows, a time without zone."""
        return (local.replace(tzinfo=self.zone) if self.zone else local.astimezone()).astimezone(
            UTC
        )


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: why, and from when on it is worth asking again."""

    until: datetime
    why: Why


def is_learning(habits: Habits, began: datetime, at: datetime) -> bool:
    """Whether the employee is not told yet."""
    return at < began + habits.silent


def may_speak(
    habits: Habits, began: datetime, words: Sequence[datetime], at: datetime
) -> Wait | None:
    """Return None where one word may be shown now, else why not and until when.

    `began`: when watching began for the first time; `words`: when words were shown.
    """
    if is_learning(habits, began, at):
        return Wait(began + habits.silent, "learning")
    first: Why | None = None
    moment = at
    for _ in range(STEPS):
        step = _next(habits, [each for each in words if each <= at], moment)
        if step is None:
            return Wait(moment, first) if first else None
        first = first or step.why
        moment = step.until
    return Wait(at + timedelta(days=1), first or "quiet")


def _next(habits: Habits, words: Sequence[datetime], at: datetime) -> Wait | None:
    """Return the first limit that stands against `at`, and when it ends."""
    local = habits.local(at)
    clock = local.time()
    for span in habits.quiet:
        if span.holds(clock):
            day = local.date() + timedelta(days=1 if clock >= span.end else 0)
            end = habits.utc(datetime.combine(day, span.end))
            return Wait(max(end, at + timedelta(minutes=1)), "quiet")
    lately = sorted(each for each in words if at - timedelta(hours=1) < each)
    if len(lately) >= habits.per_hour:
        return Wait(lately[-habits.per_hour] + timedelta(hours=1), "hour")
    today = [each for each in words if habits.local(each).date() == local.date()]
    if len(today) >= habits.per_day:
        midnight = datetime.combine(local.date() + timedelta(days=1), time())
        return Wait(max(habits.utc(midnight), at + timedelta(minutes=1)), "day")
    return None


def level_told(level: Level, *, forbidden: bool) -> Level:
    """Return what a level counts for: where something may not lie, at least medium."""
    return max(level, "medium", key=LEVELS.index) if forbidden else level


def reaches(flagged: Flagged, threshold: Level) -> bool:
    """Whether a document is risky enough for a channel that is told from `threshold` on."""
    level = level_told(flagged.level, forbidden=flagged.forbidden)
    return LEVELS.index(level) >= LEVELS.index(threshold)


def rank_of(flagged: Flagged) -> float:
    """Return how bad a document is: the higher, the worse. Its level weighs more than its risk."""
    level = level_told(flagged.level, forbidden=flagged.forbidden)
    return LEVELS.index(level) * 1_000.0 + flagged.risk


def worst_first(flagged: Iterable[Flagged]) -> list[Flagged]:
    """Return documents with the one to be named in front; of equals, the newest."""
    return sorted(
        flagged, key=lambda each: (rank_of(each), each.saved, -each.document), reverse=True
    )

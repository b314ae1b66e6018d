"""How a Danish CPR number is built: dates, centuries, check digit. Knows nothing of text around it.

Sources (cpr.dk): "Opbygning af CPR-nummeret"; "Personnumre uden kontrolciffer", page dated
10-05-2023; "Erstatningspersonnummer i eksterne systemer". eCPR: nspop.dk, "eCPR".
"""

from __future__ import annotations

import re
from datetime import date

WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
"""Of modulus 11. Evidence, never a gate: numbers without it are issued since 1 October 2007."""

EXEMPT = frozenset(
    f"0101{year}" for year in (60, 62, 64, 65, 66, 67, 69, 70, 74, 75, 78, *range(80, 93), 94, 95)
)
"""First six digits of the birth dates (all 1 January, 1960-1995) for which numbers without modulus
11 were issued, as of 10-05-2023; cpr.dk says that it does not keep the list exhaustive."""

REPLACEMENT = 60
"""Added to the day of a replacement number (erstatningspersonnummer): 61-91."""
FIRST_ALIVE = 1900
"""Births before it are nobody alive; the oldest century that digit 7 can say is 1858-1899."""
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LETTERED_CENTURY = {"1": 1900, "7": 2000, "0": 1900, "6": 2000}  # X-eCPR 1 7, older regional 0 6


def _weighed(digits: str, first: int) -> int:
    return sum(int(digit) * WEIGHTS[first + at] for at, digit in enumerate(digits))


def _century(year: int, seventh: int) -> int:
    # cpr.dk, "Opbygning af CPR-nummeret".
    if seventh <= 3:
        return 1900
    if seventh in (4, 9):
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800


DAYS: dict[str, int] = {
    head: _weighed(head, 0)
    for month, days in enumerate(_LONGEST_MONTHS, 1)
    for day in range(1, days + 1)
    for head in (f"{day:02}{month:02}", f"{day + REPLACEMENT:02}{month:02}")
}
"""DDMM of every day and of every replacement day, with its part of the weighted sum."""
YEARS: dict[str, tuple[int, int]] = {
    f"{year:02}{seventh}": (
        _century(year, seventh) + year,
        _weighed(f"{year:02}{seventh}", 4),
    )
    for year in range(100)
    for seventh in range(10)
}
"""Digits 5-7: year of birth in full, and their part of the weighted sum."""
SERIALS: dict[str, int] = {f"{last:03}": _weighed(f"{last:03}", 7) for last in range(1000)}
"""Digits 8-10: their part of the weighted sum."""
LEAP_DAYS = frozenset(("2902", "8902"))

_JOINERS = dict.fromkeys(
    map(
        ord,
        " \t\r\n\v\f-/.\u00a0\u00ad\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
        "\uff0d\u200b\u200c\u200d\u2060\ufeff",
    )
)
_TEN = re.compile(r"[0-9]{10}|[0-9]{7}[A-Z]{2}[0-9]")


def dated(value: str, today: date) -> tuple[str, ...]:
    """Return the codes that ten canonical characters give by themselves, () without a date.

    First "birth-date" (of somebody who can be alive) or "date" (born before 1900 or in the
    future), then lettered, modulus-11, exempt-date or modulus-fails, then replacement.
    """
    head = value[:4]
    part = DAYS.get(head)
    if part is None:
        return ()
    middle = YEARS.get(value[4:7])
    if middle is None:
        return ()
    year, weight = middle
    last = SERIALS.get(value[7:])
    if last is None:
        check = "lettered"
        year = _LETTERED_CENTURY.get(value[6], -100) + int(value[4:6])
        if year < 0:
            return ()
    elif (part + weight + last) % 11 == 0:
        check = "modulus-11"
    else:
        check = "exempt-date" if value[:6] in EXEMPT else "modulus-fails"
    if head in LEAP_DAYS and (year % 4 or year == 1900):
        return ()
    alive = FIRST_ALIVE <= year <= today.year
    if year == today.year:
        day = int(head[:2]) % REPLACEMENT
        alive = (int(head[2:]), day) <= (today.month, today.day)
    codes = _CODES[alive, check]
    return (*codes, "replacement") if head >= "6" else codes


_CODES = {
    (alive, check): ("birth-date" if alive else "date", check)
    for alive in (True, False)
    for check in ("lettered", "modulus-11", "exempt-date", "modulus-fails")
}


def canonical(written: str) -> str:
    """Return the ten characters of a number as people and spreadsheets write it, upper case.

    Leaves out blanks and dashes, and gives a number kept as a number its zero back
    ("101101234.0"). Returns "" for what has not the shape; says nothing of the date.
    """
    text = written.strip()
    if text.endswith(".0") and text[:-2].isascii() and text[:-2].isdigit():
        text = text[:-2]
    text = text.translate(_JOINERS).upper()
    if len(text) == 9 and text.isascii() and text.isdigit():
        text = "0" + text
    return text if _TEN.fullmatch(text) else ""

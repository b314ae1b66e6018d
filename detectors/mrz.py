"""Find machine readable zones of passports and identity cards. Reads whole, plain lines only.

ICAO Doc 9303, parts 4 (TD3), 5 (TD1) and 6 (TD2): line lengths, fields, check digits 7 3 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors import Match, Shape, Table

KIND = "PASSPORT_MRZ"

_START = r"[PVACI][A-Z<][A-Z<]{3}"
_BREAK = r"[ \t]{0,3}\r?\n[ \t]{0,3}"
SHAPE = Shape(_START + r"[A-Z0-9<]{25}")
_FORMS = (
    (
        "TD3",
        re.compile(rf"(?<![A-Z0-9<])({_START}[A-Z<]{{39}}){_BREAK}([A-Z0-9<]{{44}})(?![A-Z0-9<])"),
    ),
    (
        "TD2",
        re.compile(rf"(?<![A-Z0-9<])({_START}[A-Z<]{{31}}){_BREAK}([A-Z0-9<]{{36}})(?![A-Z0-9<])"),
    ),
    (
        "TD1",
        re.compile(
            rf"(?<![A-Z0-9<])({_START}[A-Z0-9<]{{25}}){_BREAK}"
            rf"([0-9]{{6}}[0-9<][FMX<][A-Z0-9<]{{22}}){_BREAK}([A-Z<]{{30}})(?![A-Z0-9<])"
        ),
    ),
)
# Field and place of its check digit, counted in the joined lines after the first for TD3 and TD2,
# in all lines for TD1; then the pieces that the last, composite digit covers.
_CHECKS: dict[str, tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...], int]] = {
    "TD3": (((0, 9), (13, 19), (21, 27), (28, 42)), ((0, 10), (13, 20), (21, 43)), 43),
    "TD2": (((0, 9), (13, 19), (21, 27)), ((0, 10), (13, 20), (21, 35)), 35),
    "TD1": (((5, 14), (30, 36), (38, 44)), ((5, 30), (30, 37), (38, 45), (48, 59)), 59),
}
# Hundredths: the form alone is a maybe, and so is one with half of its check digits; a wrong digit
# is right one time in ten by chance. With more than half of them it is a finding.
FORM, ALL_CHECKS, HALF = 40, 55, 55


def check_digit(field: str) -> int:
    """Return the check digit of a field: letters from A = 10, filler 0, weights 7 3 1."""
    total = 0
    for at, sign in enumerate(field):
        total += (0 if sign == "<" else int(sign, 36)) * (7, 3, 1)[at % 3]
    return total % 10


def passed(form: str, lines: str) -> tuple[int, int]:
    """Return how many check digits of joined lines are right, and how many there are.

    The check digit of an unused field says nothing and is not counted.
    """
    lines = lines if form == "TD1" else lines[len(lines) // 2 :]
    fields, pieces, last = _CHECKS[form]
    checks = [(lines[start:end], lines[end]) for start, end in fields]
    checks.append(("".join(lines[start:end] for start, end in pieces), lines[last]))
    checks = [(field, sign) for field, sign in checks if field.strip("<")]
    return sum(sign == str(check_digit(field)) for field, sign in checks), len(checks)


def _sure(right: int, total: int) -> int:
    if not total:
        return FORM
    sure = round(FORM + ALL_CHECKS * right / total)
    return sure if right * 2 > total else min(sure, HALF)


@dataclass(frozen=True, slots=True)
class Mrz:
    """The detector of PASSPORT_MRZ. The canonical value is all lines joined without breaks."""

    @property
    def name(self) -> str:
        return "mrz"

    @property
    def version(self) -> str:
        return "1"

    @property
    def kinds(self) -> tuple[str, ...]:
        return (KIND,)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (SHAPE,)

    def find(self, text: str) -> Iterator[Match]:
        """Yield each zone whose lines have the lengths and letters of one form."""
        if "<" not in text:
            return
        found: list[Match] = []
        for form, expression in _FORMS:
            for zone in expression.finditer(text):
                lines = "".join(zone.groups())
                if "<<" not in lines:
                    continue
                right, total = passed(form, lines)
                sure = _sure(right, total) / 100
                codes = (f"form:{form}", f"check-digits:{right}/{total}")
                found.append(Match(KIND, zone.start(), zone.end(), lines, sure, codes))
        yield from sorted(found, key=lambda match: match.start)

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match as it is: a zone needs no column."""
        yield from matches

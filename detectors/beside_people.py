"""Numbers that only a person beside them and the other numbers of their column explain.

Where a number stands to a person on its line, and what a group of such numbers looks like. Text
and digits only; which numbers are meant is the detectors' affair.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

ROW = 400
"""Characters on either side within which a line is one row."""
TOUCH = 8
"""Characters between a person and a number right behind or in front of it."""
_TOUCHING = re.compile(r" ?[\t,;|(\[<>/\"':–-]{1,4} ?[(\"'\[]?|, ?(?:og )?| ")
MOST, MOST_SHARE = 5, 0.9
"""Numbers of a column from which they speak for each other, and the share that must be right."""
FEW, DOUBTED = 4, 6
HEADS = 6
"""Different first two digits that many numbers have at least, if nobody counts them up."""
CHECKED_SHARE, DATED_SHARE, ALIKE_SHARE, RISING_SHARE = 0.4, 0.5, 0.6, 0.9


_KEYED = re.compile(r"[\w\"']\s?[:=]\s?[\"']?\Z|>\Z")


def is_keyed(text: str, start: int) -> bool:
    """Whether a key or a tag right in front of a number says what it is (or would say so)."""
    return _KEYED.search(text, max(0, start - 5), start) is not None


def stands(
    text: str, start: int, end: int, persons: Sequence[tuple[int, int]]
) -> tuple[bool, bool]:
    """Say whether a person stands on the line of text[start:end], and whether right beside it.

    Right beside it counts for names and mail addresses, which end in a letter: not for numbers.
    """
    low = max(text.rfind("\n", max(0, start - ROW), start) + 1, start - ROW)
    high = text.find("\n", end, end + ROW)
    high = min(len(text), end + ROW) if high < 0 else high
    at = bisect_left(persons, (low, 0))
    if at >= len(persons) or persons[at][0] >= high:
        return False, False
    behind = bisect_right(persons, (start, 0)) - 1
    if behind >= 0 and 0 < start - persons[behind][1] <= TOUCH:
        stop = persons[behind][1]
        if text[stop - 1].isalpha() and _TOUCHING.fullmatch(text, stop, start):
            return True, True
    ahead = behind + 1
    if ahead < len(persons) and 0 < persons[ahead][0] - end <= TOUCH:
        gap = text[end : persons[ahead][0]]
        named = text[persons[ahead][1] - 1].isalpha()
        return True, named and gap != " " and _TOUCHING.fullmatch(gap) is not None
    return True, False


class Column:
    """What the numbers without a word of one column, or of one text, are like; in order."""

    __slots__ = ("_alike", "_last", "checked", "dated", "others", "rising", "valid")

    def __init__(self) -> None:
        self.valid = self.others = self.checked = self.dated = self.rising = 0
        self._alike: dict[str, int] = {}
        self._last = ""

    def add(self, digits: str, *, valid: bool, checked: bool = False, dated: bool = False) -> None:
        """Count a distinct number. `checked`: it passes the check of another sort of number."""
        if valid:
            self.valid += 1
        else:
            self.others += 1
        self.checked += checked
        self.dated += dated
        self.rising += digits > self._last
        self._last = digits
        head = digits[:3]
        self._alike[head] = self._alike.get(head, 0) + 1

    @property
    def says(self) -> str:
        """Return "most" where the numbers speak for each other, "few" where against, else ""."""
        count = self.valid + self.others
        if count >= FEW and (
            self.valid < MOST_SHARE * count
            or self.checked > CHECKED_SHARE * count
            or self.dated > DATED_SHARE * count
        ):
            return "few"
        if count <= MOST:
            return "most" if count == MOST else ""
        heads = {head[:2] for head in self._alike}
        if (
            max(self._alike.values()) > ALIKE_SHARE * count
            or self.rising > RISING_SHARE * count
            or len(heads) < min(3 + count // 10, HEADS)
        ):
            return "few"
        return "most"

    def is_doubtful(self, people: int) -> bool:
        """Whether numbers that are written as phone numbers are rather measures or codes.

        `people`: how often a person is told of in the whole content.
        """
        count = self.valid + self.others
        if people * DOUBTED < count and self.others and count >= DOUBTED:
            return True
        return self.others >= 2 and count >= FEW and self.valid < MOST_SHARE * count

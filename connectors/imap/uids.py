"""Sets of message numbers as ranges: a million messages are a few bytes. Knows no server."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_UID = 2**32 - 1
_RANGES = re.compile(r"(?:\d{1,10}(?::\d{1,10})?(?:,\d{1,10}(?::\d{1,10})?)*)?")


@dataclass(frozen=True, slots=True)
class UidSet:
    """Numbers from 1 to 2^32-1 as ranges (first, last), ascending, none touching the next."""

    ranges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, numbers: Iterable[int]) -> UidSet:
        return cls._joined((number, number) for number in sorted(set(numbers)))

    @classmethod
    def parsed(cls, text: str) -> UidSet:
        """Read a sequence set ("1:5,7"). Raises ValueError."""
        if not _RANGES.fullmatch(text):
            raise ValueError("no sequence set")
        found = []
        for each in text.split(",") if text else ():
            first, _, last = each.partition(":")
            low, high = sorted((int(first), int(last or first)))
            if low < 1 or high > MAX_UID:
                raise ValueError("no message has such a number")
            found.append((low, high))
        return cls._joined(sorted(found))

    @classmethod
    def _joined(cls, ranges: Iterable[tuple[int, int]]) -> UidSet:
        joined: list[tuple[int, int]] = []
        for low, high in ranges:
            if joined and low <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(joined[-1][1], high))
            else:
                joined.append((low, high))
        return cls(tuple(joined))

    def __str__(self) -> str:
        return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in self.ranges)

    def __len__(self) -> int:
        return sum(high - low + 1 for low, high in self.ranges)

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self.ranges, (number, MAX_UID + 1)) - 1
        return at >= 0 and self.ranges[at][0] <= number <= self.ranges[at][1]

    def __iter__(self) -> Iterator[int]:
        for low, high in self.ranges:
            yield from range(low, high + 1)

    def __or__(self, other: UidSet) -> UidSet:
        return self._joined(sorted((*self.ranges, *other.ranges)))

    def __sub__(self, other: UidSet) -> UidSet:
        left: list[tuple[int, int]] = []
        holes = iter(other.ranges)
        hole = next(holes, None)
        for low, high in self.ranges:
            at = low
            while hole is not None and hole[1] < at:
                hole = next(holes, None)
            while hole is not None and hole[0] <= high:
                if hole[0] > at:
                    left.append((at, hole[0] - 1))
                at = max(at, hole[1] + 1)
                if hole[1] > high:
                    break
                hole = next(holes, None)
            if at <= high:
                left.append((at, high))
        return UidSet(tuple(left))

    def __and__(self, other: UidSet) -> UidSet:
        return self - (self - other)

    def pieces(self, size: int) -> Iterator[UidSet]:
        """Yield sets of at most `size` numbers, ascending."""
        piece: list[tuple[int, int]] = []
        room = size
        for low, high in self.ranges:
            while low <= high:
                last = min(high, low + room - 1)
                piece.append((low, last))
                room -= last - low + 1
                low = last + 1
                if not room:
                    yield UidSet(tuple(piece))
                    piece, room = [], size
        if piece:
            yield UidSet(tuple(piece))

"""From an engine's hits to the stretches of a text, in code points, that a detector must see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from detectors.gate_classes import Ranges, as_class, complement
from detectors.gate_engines import Hits, Reach

Window = tuple[int, int]

NARROW = 96
"""Code points up to which a window is taken as it is; beyond, its characters bound it."""
GAP = 64
"""Windows closer than this become one: a call costs as much as reading that far."""
MOST = 0.75
"""Share of a text from which its windows become the whole text."""
SNAP = 64
"""How far a window's edge may move outwards to stand at white space."""

_STEP = 64


class Run:
    """The longest stretch around a hit that holds only characters a match can have."""

    __slots__ = ("_search",)

    def __init__(self, characters: Ranges) -> None:
        self._search = re.compile(as_class(complement(characters))).search

    def right(self, text: str, position: int, limit: int) -> int:
        """Return where the stretch that holds `position` ends, at most `limit`."""
        found = self._search(text, position, limit)
        return limit if found is None else found.start()

    def left(self, text: str, position: int, limit: int) -> int:
        """Return where the stretch in front of `position` begins, at least `limit`."""
        step = _STEP
        while position > limit:
            low = max(limit, position - step)
            found = self._search(text[low:position][::-1])
            if found is not None:
                return position - found.start()
            position = low
            step *= 2
        return limit


class Plan(NamedTuple):
    """How one expression's hits become windows: the engine's reach, its run, and what is added."""

    reach: Reach
    run: Run | None
    margin: int


def plan(reach: Reach, characters: Ranges, margin: int) -> Plan:
    """Return the plan for an expression whose matches hold `characters` only."""
    left, right = reach
    narrow = left is not None and right is not None and left + right <= NARROW
    return Plan(reach, None if narrow else Run(characters), margin)


def spread(text: str, hits: Hits, plan: Plan) -> list[Window]:
    """Return the windows of one expression, ordered and apart, each with its margin."""
    starts, ends = hits
    (left, right), run, margin = plan
    if run is None:
        assert left is not None and right is not None
        return _narrow(starts, ends, left + margin, right + margin, len(text))
    return _wide(text, starts, ends, plan, run)


def _narrow(
    starts: Sequence[int], ends: Sequence[int], left: int, right: int, size: int
) -> list[Window]:
    windows: list[Window] = []
    append = windows.append
    low, high = starts[0] - left, ends[0] + right
    reach = left + GAP
    for start, end in zip(starts, ends, strict=True):
        if start - reach > high:
            append((low, high))
            low = start - left
        high = end + right
    append((low, high))
    if windows[0][0] < 0:
        windows[0] = (0, windows[0][1])
    if high > size:
        windows[-1] = (windows[-1][0], size)
    return windows


def _wide(
    text: str, starts: Sequence[int], ends: Sequence[int], plan: Plan, run: Run
) -> list[Window]:
    (left, right), _, margin = plan
    size = len(text)
    windows: list[Window] = []
    high = -1
    for start, end in zip(starts, ends, strict=True):
        first = max(0, min(start + 1, end - 2))
        last = max(0, end - 1)
        stop = size if right is None else min(size, end + right)
        if last < high and (right is None or stop <= high):
            continue  # all that a match here could hold is seen already
        limit = 0 if left is None else max(0, start - left)
        low = run.left(text, first, max(limit, min(high, first)))
        known = max(last, high) if last < high else last
        top = run.right(text, known, stop) if known < stop else known
        if windows and low <= high:
            high = max(high, top)
            windows[-1] = (windows[-1][0], high)
        else:
            high = top
            windows.append((low, high))
    return [(max(0, low - margin), min(size, high + margin)) for low, high in windows]


def merge(windows: Sequence[Window], size: int) -> list[Window]:
    """Return windows ordered and apart; the whole text when they cover most of it."""
    ordered = sorted(windows)
    merged: list[Window] = []
    low, high = ordered[0]
    covered = 0
    for start, end in ordered:
        if start > high + GAP:
            merged.append((low, high))
            covered += high - low
            low, high = start, end
        elif end > high:
            high = end
    merged.append((low, high))
    if covered + high - low > MOST * size:
        return [(0, size)]
    return merged


_BLANK = re.compile(r"\s").search


def snapped(text: str, windows: Sequence[Window], reach: int) -> list[Window]:
    """Return windows grown by `reach` on both sides, and on to white space where it is near."""
    size = len(text)
    grown: list[Window] = []
    for start, end in windows:
        low, high = max(0, start - reach), min(size, end + reach)
        if low:
            found = _BLANK(text[max(0, low - SNAP) : low][::-1])
            low -= found.start() if found else 0
        if high < size:
            found = _BLANK(text, high, high + SNAP)
            high = found.start() if found else high
        grown.append((low, high))
    return merge(grown, size)

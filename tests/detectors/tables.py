"""Judge what a detector finds in one column, as a content with that column alone would have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from detectors import MAYBE, Column, Counting, Detector, Match, Table


def column(detector: Detector, cells: Sequence[str], header: str = "") -> list[Match]:
    """Return the judged distinct values of a column of `cells`, in order of their first cell."""
    return _judged(detector, "\n".join(cells), Column(header, len(cells), {}, {}), 0)


def prose(detector: Detector, text: str) -> list[Match]:
    """Return the judged distinct values of a text without columns."""
    return _judged(detector, text, None, -1)


def _judged(detector: Detector, text: str, head: Column | None, index: int) -> list[Match]:
    shapes: Counter[str] = Counter()
    likely: Counter[str] = Counter()
    held: dict[tuple[str, str], Match] = {}
    counts: Counter[tuple[str, str]] = Counter()
    if isinstance(detector, Counting):
        found = {match.start for match in detector.find(text)}
        shapes[detector.kinds[0]] = sum(at not in found for at in detector.shapes_in(text))
    for match in detector.find(text):
        shapes[match.kind] += 1
        likely[match.kind] += match.confidence >= MAYBE
        if match.confidence > 0:
            key = (match.kind, match.value)
            counts[key] += 1
            best = held.get(key)
            if best is None or match.confidence > best.confidence:
                held[key] = match._replace(column=index)
    matches = [match._replace(count=counts[key]) for key, match in held.items()]
    columns = [] if head is None else [Column(head.header, head.rows, shapes, likely)]
    return list(detector.judge(matches, Table(columns, likely)))

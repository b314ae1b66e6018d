"""Find the lists that hold nearly the same values as one content: of that content alone, bounded.

`scanner.answers.near` compares all lists with each other, which takes minutes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from scanner.answers.copies import places_of
from scanner.answers.near import COMMON, CONTAINED, FEWEST, Near, overlap, strong_values
from scanner.answers.opened import Opened

SAMPLED = 1_000
"""Fingerprints of the list that are looked up elsewhere: of a longer one, its smallest."""
CANDIDATES = 50
"""Lists compared value by value: those that share most of the sample."""
LARGEST = 200_000
"""Values from which a list is no longer compared here."""
PLACES = 20
"""Places told of one list."""


@dataclass(frozen=True, slots=True)
class NearOne:
    """What nearly the same lists there are. `values`: of the content itself.

    `cut`: a bound left comparisons out, so that there may be more. A content of fewer than FEWEST
    values is no list, and has none.
    """

    values: int
    near: list[Near]
    cut: bool

    @property
    def is_list(self) -> bool:
        return self.values >= FEWEST


def near_one(opened: Opened, content: int) -> NearOne:
    """Return the lists near one content, the nearest first; `common` values of each `values`."""
    strong = strong_values(opened)
    values = _size(opened, content, strong)
    if values < FEWEST or values > LARGEST:
        return NearOne(values, [], values > LARGEST)
    shared: Counter[int] = Counter()
    for (fingerprint,) in opened.connection.execute(
        f"SELECT fingerprint FROM finding WHERE content=? AND {strong}"
        " ORDER BY fingerprint LIMIT ?",
        (content, SAMPLED),
    ).fetchall():
        holders = [
            row[0]
            for row in opened.connection.execute(
                f"SELECT DISTINCT content FROM finding WHERE fingerprint=? AND {strong} LIMIT ?",
                (fingerprint, COMMON + 1),
            )
        ]
        if len(holders) <= COMMON:
            shared.update(holder for holder in holders if holder != content)
    likely = [
        other
        for other, number in shared.most_common()
        if number >= CONTAINED * FEWEST * min(1.0, SAMPLED / values)
    ]
    found = []
    for other in likely[:CANDIDATES]:
        near = _compared(opened, content, other, values, strong)
        if near is not None:
            found.append(near)
    found.sort(key=lambda each: (-each.jaccard, each.content))
    return NearOne(values, found, values > SAMPLED or len(likely) > CANDIDATES)


def _compared(opened: Opened, content: int, other: int, values: int, strong: str) -> Near | None:
    size = _size(opened, other, strong)
    if not FEWEST <= size <= LARGEST:
        return None
    sizes = {content: values, other: size}
    larger, smaller = sorted(sizes, key=lambda each: -sizes[each])
    common = overlap(opened, larger, smaller, sizes, strong)
    if common.total() < CONTAINED * sizes[smaller]:
        return None
    places = places_of(opened, other, PLACES)
    if not places:
        return None
    kinds = dict(sorted(common.items(), key=lambda each: (-each[1], each[0])))
    return Near(other, size, common.total(), values, kinds, places)


def _size(opened: Opened, content: int, strong: str) -> int:
    """Return how many values a content holds; one more than LARGEST for more than that."""
    (number,) = opened.connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM finding WHERE content=? AND {strong} LIMIT ?)",
        (content, LARGEST + 1),
    ).fetchone()
    return int(number)

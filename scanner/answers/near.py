"""Find lists that hold nearly the same values though their bytes differ, by their fingerprints.

Fingerprints are HMAC outputs, so the smallest ones of a list are a fair sample of it. Lists that
share enough of a sample are compared value by value; what is told is counted, never estimated.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from scanner.answers.copies import Lying, kinds_of, places_of
from scanner.answers.kinds import WEAK
from scanner.answers.opened import Opened
from scanner.risk import Level, level_of

FEWEST = 20
"""Distinct values from which a content counts as a list: fewer agree by chance of subject."""
SAMPLE = 24
"""Fingerprints in a sample."""
SHARED = 8
"""Of them in the other list, for a comparison. A list of which 80 % lie in the other one shares
fewer than 8 of 24 in about one case of a million (binomial)."""
CONTAINED = 0.8
"""Share of the smaller list's values in the larger one from which it is told as a near copy."""
ALIKE = 0.5
"""Jaccard from which two lists are told as near copies; below it the smaller is an extract."""
COMMON = 200
"""Contents that may hold a fingerprint before it says nothing: a firm's own phone number."""
MAX_LISTS = 20_000
"""Lists looked at, largest first: with MAX_WALKED a bound on time; answers say when it bit."""
MAX_WALKED = 50_000_000
"""Fingerprints walked in comparisons: about a minute."""
LOOK_UP = 20
"""How many times larger a list must be, for its values to be looked up instead of walked."""


@dataclass(frozen=True, slots=True)
class Near:
    """A list and how much of it lies in the base list: `common` values of `values`.

    `jaccard`: common by all in either; `contained`: common by those in the smaller one. `shared`
    counts the common values by kind.
    """

    content: int
    values: int
    common: int
    base_values: int
    shared: dict[str, int]
    places: list[Lying] = field(repr=False)

    @property
    def jaccard(self) -> float:
        return self.common / (self.values + self.base_values - self.common)

    @property
    def contained(self) -> float:
        return self.common / min(self.values, self.base_values)

    @property
    def extract(self) -> bool:
        """Whether the other list is so much larger that this one is but a part of it."""
        return self.jaccard < ALIKE

    def as_dict(self) -> dict[str, Any]:
        return {
            "content": self.content,
            "extract": self.extract,
            "values": self.values,
            "common": self.common,
            "shared": self.shared,
            "jaccard": round(self.jaccard, 4),
            "contained": round(self.contained, 4),
            "places": [place.as_dict() for place in self.places],
        }


@dataclass(frozen=True, slots=True)
class Cluster:
    """A largest list and those that hold nearly the same, as one item with all its places."""

    content: int
    values: int
    level: Level
    kinds: dict[str, int]
    places: list[Lying] = field(repr=False)
    near: list[Near] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "copies": "near",
            "content": self.content,
            "values": self.values,
            "risk": self.level,
            "kinds": self.kinds,
            "places": [place.as_dict() for place in self.places],
            "near": [each.as_dict() for each in self.near],
        }


def strong_values(opened: Opened) -> str:
    """Return the SQL condition that keeps findings of kinds that belong to one person."""
    weak = ",".join(f"'{kind}'" for kind in sorted(WEAK))
    return f"{opened.is_finding()} AND kind NOT IN ({weak}) AND {opened.not_ignored('fingerprint')}"


@dataclass(frozen=True, slots=True)
class NearCopies:
    """All clusters, riskiest first. `cut`: a bound on lists or time left comparisons out."""

    clusters: list[Cluster]
    cut: bool


def near_copies(opened: Opened) -> NearCopies:
    """Find each list that has near copies; a list is told once.

    The largest list is the base; others join the first base that holds them. Exact copies are
    places of one content, not near copies.
    """
    strong = strong_values(opened)
    sizes = _lists(opened.connection, strong)
    partners = _partners(opened.connection, sizes, strong)
    order = {number: place for place, number in enumerate(sizes)}
    cut, walked = len(sizes) == MAX_LISTS, 0
    taken: set[int] = set()
    found: list[tuple[int, list[tuple[int, Counter[str]]]]] = []
    for base in sizes:
        if base in taken:
            continue
        members = []
        for other in sorted(partners.get(base, ()), key=order.__getitem__):
            if other in taken or order[other] < order[base]:
                continue
            if walked > MAX_WALKED:
                cut = True
                break
            walked += _cost(sizes[base], sizes[other])
            common = overlap(opened, base, other, sizes, strong)
            if common.total() >= CONTAINED * sizes[other]:
                members.append((other, common))
        if members:
            taken.update((base, *(other for other, _ in members)))
            found.append((base, members))
    clusters = [_cluster(opened, base, members, sizes) for base, members in found]
    return NearCopies([each for _, each in sorted(clusters, key=lambda pair: pair[0])], cut)


def _cluster(
    opened: Opened, base: int, members: list[tuple[int, Counter[str]]], sizes: dict[int, int]
) -> tuple[tuple[float, int], Cluster]:
    row = opened.connection.execute("SELECT risk FROM content WHERE id=?", (base,)).fetchone()
    risk = row[0] or 0.0
    near = [
        Near(
            other,
            sizes[other],
            common.total(),
            sizes[base],
            dict(sorted(common.items(), key=lambda each: (-each[1], each[0]))),
            places_of(opened, other),
        )
        for other, common in sorted(members, key=lambda each: (-each[1].total(), each[0]))
    ]
    cluster = Cluster(
        base,
        sizes[base],
        level_of(risk),
        kinds_of(opened, base),
        places_of(opened, base),
        near,
    )
    return (-risk, base), cluster


def _lists(connection: sqlite3.Connection, strong: str) -> dict[int, int]:
    """Return the contents that lie somewhere and hold enough values, with their numbers."""
    return dict(
        connection.execute(
            f"SELECT content, count(*) AS number FROM finding WHERE {strong}"
            " GROUP BY content HAVING count(*) >= ? AND EXISTS (SELECT 1 FROM occurrence o"
            " WHERE o.content=finding.content AND o.gone_run IS NULL)"
            " ORDER BY number DESC, content LIMIT ?",
            (FEWEST, MAX_LISTS),
        ).fetchall()
    )


def _partners(
    connection: sqlite3.Connection, sizes: dict[int, int], strong: str
) -> dict[int, set[int]]:
    """Return for each list the others that share enough of one of the two samples."""
    partners: dict[int, set[int]] = {}
    for content in sizes:
        shared: Counter[int] = Counter()
        sampled = 0
        for (fingerprint,) in connection.execute(
            f"SELECT fingerprint FROM finding WHERE content=? AND {strong}"
            " ORDER BY fingerprint LIMIT ?",
            (content, 4 * SAMPLE),
        ).fetchall():
            holders = [
                row[0]
                for row in connection.execute(
                    f"SELECT DISTINCT content FROM finding WHERE fingerprint=? AND {strong}"
                    " LIMIT ?",
                    (fingerprint, COMMON + 1),
                )
            ]
            if len(holders) > COMMON:
                continue
            shared.update(holder for holder in holders if holder != content and holder in sizes)
            sampled += 1
            if sampled == SAMPLE:
                break
        enough = min(SHARED, max(1, sampled // 3))
        for other, number in shared.items():
            if number >= enough:
                partners.setdefault(content, set()).add(other)
                partners.setdefault(other, set()).add(content)
    return partners


def _cost(larger: int, smaller: int) -> int:
    return smaller if smaller * LOOK_UP < larger else larger + smaller


def overlap(
    opened: Opened, base: int, other: int, sizes: dict[int, int], strong: str
) -> Counter[str]:
    """Count the values that two lists share, by kind; `sizes[base] >= sizes[other]`."""
    connection = opened.connection
    if sizes[other] * LOOK_UP < sizes[base]:
        return Counter(
            dict(
                connection.execute(
                    f"SELECT f.kind, count(*) FROM finding f WHERE f.content=? AND {strong} AND"
                    " EXISTS (SELECT 1 FROM finding b WHERE b.fingerprint=f.fingerprint AND"
                    f" +b.content=? AND {opened.is_finding('b')}) GROUP BY 1",
                    (other, base),
                ).fetchall()
            )
        )
    query = (
        f"SELECT fingerprint, kind FROM finding WHERE content=? AND {strong} ORDER BY fingerprint"
    )
    left, right = connection.execute(query, (base,)), connection.execute(query, (other,))
    common: Counter[str] = Counter()
    one, two = left.fetchone(), right.fetchone()
    while one is not None and two is not None:
        if one[0] == two[0]:
            common[one[1]] += 1
            one, two = left.fetchone(), right.fetchone()
        elif one[0] < two[0]:
            one = left.fetchone()
        else:
            two = right.fetchone()
    return common

"""Weigh how bad it would be if a place leaked: a number from kinds and counts, and its level.

The law's groups give the weight (docs/detectors.md, Risk): ordinary data alone is always low.
What everybody can read leaks more easily, and weighs more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

Level = Literal["low", "medium", "high", "critical"]
LEVELS: tuple[Level, ...] = ("low", "medium", "high", "critical")

GROUP_WEIGHTS = {"ordinary": 0.4, "confidential": 10.0, "special": 20.0, "criminal": 20.0}
"""Of confidential values one is medium, ten are high, two hundred critical."""
OTHERS_SHARE = 0.5
"""The worst kind counts in full, what lies beside it for half."""
OPEN = 1.5
"""How much more it weighs when everybody who may log in can read it."""
BORDERS = (5.0, 20.0, 33.0)
"""Where medium, high and critical begin."""


def risk_of(
    counts: Mapping[str, int], groups: Mapping[str, str], readable_by: str | None = None
) -> float:
    """Return the risk of a place with `counts` distinct values per kind. 0 with none.

    `readable_by`: who can read it (connectors.Audience), None where nobody knows.
    """
    weights = [
        GROUP_WEIGHTS[groups.get(kind, "ordinary")] * (1 + math.log10(count))
        for kind, count in counts.items()
        if count > 0
    ]
    if not weights:
        return 0.0
    if all(groups.get(kind, "ordinary") == "ordinary" for kind in counts):
        return round(min(sum(weights), BORDERS[0] - 0.1), 2)
    worst = max(weights)
    weight = worst + OTHERS_SHARE * (sum(weights) - worst)
    return round(weight * OPEN if readable_by == "everyone" else weight, 2)


def level_of(risk: float) -> Level:
    """Return the word for a risk."""
    for border, level in zip(BORDERS, LEVELS, strict=False):
        if risk < border:
            return level
    return "critical"

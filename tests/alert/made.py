"""Flagged documents made up by tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.flagged import Flagged, HeldKind
from scanner.risk import LEVELS, Level

NOON = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
"""A Monday, twelve o'clock in Copenhagen."""
RISKS = dict(zip(LEVELS, (2.0, 10.0, 25.0, 40.0), strict=True))


def cpr(values: int = 1990, where: tuple[str, ...] = ("Ark1", "B2")) -> HeldKind:
    return HeldKind("DK_CPR", "confidential", values, values + 3, where)


def flagged(number: int = 1, level: Level = "high", **changes: Any) -> Flagged:
    """Return a document that was saved at noon; `number` is its id and its content."""
    told: dict[str, Any] = {
        "document": number,
        "place": "home",
        "path": f"/home/anna/Skrivebord/Kundeliste {number}.xlsx".encode(),
        "display": f"/home/anna/Skrivebord/Kundeliste {number}.xlsx",
        "owner": "anna",
        "kinds": (cpr(),),
        "risk": RISKS[level],
        "level": level,
        "readable_by": "owner",
        "forbidden": False,
        "mark": b"mark %d" % number,
        "saved": NOON - timedelta(seconds=1),
        "rule": "",
    }
    return Flagged(**{**told, **changes})

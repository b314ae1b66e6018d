"""Make a text ready for detectors, and choose among matches that lie in one another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import itemgetter

from detectors import MAYBE, Match

_START = itemgetter(1)

_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}


def plain_digits(text: str) -> str:
    """Return `text` with full-width digits as plain ones, if it has a 0 or 1 of them.

    Every date has one, and looking for two characters costs nothing in texts of one byte each.
    """
    if "\uff10" in text or "\uff11" in text:
        return text.translate(_FULL_WIDTH)
    return text


def uncovered(matches: list[Match]) -> list[Match]:
    """Drop a match that lies inside a longer one of another kind that is at least as sure.

    A phone number inside an account number is part of that account.
    """
    matches.sort(key=_START)
    end = 0
    for match in matches:
        if match[1] < end:
            break
        end = match[2]
    else:
        return matches  # none touches another: the usual case
    matches.sort(key=lambda m: (m.start, -m.end))
    kept: list[Match] = []
    cover: Match | None = None
    for match in matches:
        if (
            cover is not None
            and match.end <= cover.end
            and match.kind != cover.kind
            and match.end - match.start < cover.end - cover.start
            and match.confidence <= cover.confidence
        ):
            continue
        kept.append(match)
        if match.confidence >= MAYBE and (cover is None or match.end > cover.end):
            cover = match
    return kept


def touching(matches: Sequence[Match], kinds: Collection[str]) -> set[str]:
    """Return those of `kinds` of which a match shares text with another match.

    `matches` are in order of their starts.
    """
    found: set[str] = set()
    end = 0
    ends: dict[str, int] = {}
    for match in matches:
        if match.start < end and match.kind in kinds:
            found.add(match.kind)
        found.update(kind for kind, stop in ends.items() if match.start < stop)
        if match.kind in kinds:
            ends[match.kind] = max(match.end, ends.get(match.kind, 0))
        end = max(end, match.end)
    return found

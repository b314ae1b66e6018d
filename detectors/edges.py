"""What touches a number: whether it stands by itself or is a piece of something longer."""

from __future__ import annotations

import re
from collections.abc import Iterator

CLEAN_BEFORE = frozenset(" \n\t\r\"'([{<>=,;|*\u00a0\u202f«»“”„’‘")
CLEAN_AFTER = frozenset((*" \n\t\r\"')]}<>,;|*\u00a0\u202f«»“”’‘&!?=", ""))
_DIRTY = frozenset("+#$%@~^")
_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_ESCAPES = frozenset("ntrbfv")
_GLUE = re.compile(r"(?:cpr|nr|no|nummer|tlf|tel|telefon|mobil|mob)$")


def edge_of(text: str, start: int, end: int, *, glued: bool = False) -> str:
    """Say what touches text[start:end]: "" nothing, joined, edge, or inside (a longer word).

    Commas, blanks, brackets and quotes touch nothing: they are fields and sentences. `glued` allows
    a label's last letters right in front (cpr0101…).
    """
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    first = "" if before in CLEAN_BEFORE else _before(text, start, before, glued)
    last = "" if after in CLEAN_AFTER else _after(text, end, after)
    for worst in ("inside", "edge", "joined"):
        if worst in (first, last):
            return worst
    return ""


def _before(text: str, start: int, before: str, glued: bool) -> str:
    further = text[start - 2] if start > 1 else " "
    if before.isalpha():
        if further == "\\" and before in _ESCAPES:
            return ""
        if glued and _GLUE.search(text[max(0, start - 12) : start].lower()):
            return ""
        return "inside"
    if before in ".:":
        return "edge" if further.isdigit() else ""
    if before in "/\\":
        return "edge" if further.isdigit() else "joined"
    if before in _HYPHENS:
        return "joined" if text[max(0, start - 3) : start - 1].isalpha() else "edge"
    if before == "_":
        return "joined"
    return "edge" if before in _DIRTY or before.isdigit() else ""


def _after(text: str, end: int, after: str) -> str:
    further = text[end + 1] if end + 1 < len(text) else " "
    if after.isalpha():
        return "inside"
    if after == "\\" and further in _ESCAPES:
        return ""
    if after in ".:":
        return "edge" if further.isdigit() else ""
    if after in "/\\":
        return "edge" if further.isdigit() else "joined"
    if after in _HYPHENS:
        return "joined" if further.isalpha() or further.isspace() else "edge"
    if after == "_":
        return "joined"
    return "edge" if after in _DIRTY or after.isdigit() else ""


_CELL_BEFORE = frozenset("\n\t,;|\"'>:")
_CELL_AFTER = frozenset("\n\r\t,;|\"'<")


def is_cell(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] may fill a cell or value of its own (CSV, sheet, JSON, XML).

    Only there a column's header can turn a number without words near it into a finding.
    """
    before = (
        start == 0 or text[start - 1] in _CELL_BEFORE or text[start - 2 : start] in ('": ', ": ")
    )
    return before and (end == len(text) or text[end] in _CELL_AFTER)


LONGEST = 200
"""Characters of the longest value that a built-in expression matches."""


def starting_in(
    expression: re.Pattern[str], text: str, start: int, end: int
) -> Iterator[re.Match[str]]:
    """Yield what `expression` finds that starts in text[start:end], seeing the text around it."""
    for found in expression.finditer(text, start, min(len(text), end + LONGEST)):
        if found.start() >= end:
            return
        yield found

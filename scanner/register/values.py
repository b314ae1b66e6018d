"""Bring the cells of a customer export into the forms that are compared and counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from detectors import Detector
from detectors.cpr_number import canonical as canonical_cpr
from detectors.cpr_number import dated
from detectors.phone_number import danish_starts
from scanner.answers.written import LABELS

MAX_CHARACTERS = 400
"""A longer cell is no value that a customer is known by."""

_JOINERS = dict.fromkeys(map(ord, " \u00a0\u202f.-"))

Read = Callable[[str], str]
"""From a cell to the canonical value; empty for what is none of the kind."""

_YES = frozenset(("ja", "j", "yes", "y", "true", "sand", "1", "x", "givet", "aktiv", "active"))
_NO = frozenset(("nej", "n", "no", "false", "falsk", "0", "ingen", "none"))
_ISO = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})(?:[T ].*)?")
_DANISH = re.compile(r"([0-9]{1,2})[-/. ]{1,2}([0-9]{1,2})[-/. ]{1,2}([0-9]{4})(?: .*)?")


def reader_of(
    kind: str, detectors: Sequence[Detector], words: Mapping[str, Sequence[str]], today: date
) -> Read:
    """Return the function from cells of a column to canonical values of `kind`."""
    if kind == "DK_CPR":

        def read_cpr(written: str) -> str:
            value = canonical_cpr(written)
            return value if value and dated(value, today) else ""

        return read_cpr
    if kind == "PHONE_NUMBER":
        return _phone(_whole(kind, detectors, words))
    return _whole(kind, detectors, words)


def _phone(otherwise: Read) -> Read:
    """Return a reader that knows Danish numbers at sight; most of an export are."""
    starts = danish_starts()

    def read(written: str) -> str:
        digits = written.translate(_JOINERS).removeprefix("+45")
        if len(digits) == 8 and digits.isascii() and digits.isdigit() and digits[:4] in starts:
            return f"+45{digits}"
        return otherwise(written)

    return read


def _whole(kind: str, detectors: Sequence[Detector], words: Mapping[str, Sequence[str]]) -> Read:
    """Return a reader that asks the kind's detector about the whole cell, labelled if need be."""
    detector = next(each for each in detectors if kind in each.kinds)
    prefixes = ("", *(f"{label}: " for label in (*LABELS.get(kind, ()), *words.get(kind, ()))))
    find = detector.find

    def read(written: str) -> str:
        text = unicodedata.normalize("NFC", written.strip())
        if not text or len(text) > MAX_CHARACTERS:
            return ""
        for prefix in prefixes:
            whole = prefix + text
            for match in find(whole):
                if (
                    match.kind == kind
                    and match.value
                    and match.confidence > 0
                    and match.start <= len(prefix)
                    and match.end >= len(whole)
                ):
                    return match.value
        return ""

    return read


@lru_cache(maxsize=4096)
def day_of(written: str) -> str | None:
    """Return a date as ISO 8601; "" for an empty cell, None for what is no date.

    Year first, or day, month, year as in Denmark; a time behind it is left out.
    """
    text = written.strip()
    if not text:
        return ""
    found = _ISO.fullmatch(text)
    if found:
        year, month, day = found.groups()
    else:
        found = _DANISH.fullmatch(text)
        if not found:
            return None
        day, month, year = found.groups()
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def answer_of(written: str) -> bool | None:
    """Return what a yes or no cell says; None for what says neither. An empty cell says no."""
    text = written.strip().casefold()
    if text in _YES:
        return True
    return False if text in _NO or not text else None

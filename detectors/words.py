"""Label words near a value or at the head of its column: which of two lists speaks last."""

from __future__ import annotations

import re
from collections.abc import Sequence

BEFORE = 60
"""Characters in front of a value that are searched (more only adds other values' labels)."""

_ENDINGS = r"(?:[-_. ]{0,2}(?:nr|nummer|numre|number|no|num))?"
_WORD_ENDS = r"(?![^\W\d_])"
_CAMEL = re.compile(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])")
_SEPARATORS = re.compile(r"[-_. ]+")
_HEADER_CHARACTERS = 200


class Words:
    """Words that speak for a value or against it; the one nearest in front of it counts.

    A word stands alone or with a number's ending (`cvr` meets `CVR-nr.`, `cvrnummer`, `kunde_cvr`,
    not `cvrx`); a trailing `*` allows any ending. Case does not matter, and a blank, hyphen, dot or
    underscore in a word matches any of them or none (`se-nr` meets `SE nr.` and `senr`).
    Raises ValueError for a word without letters or digits.
    """

    __slots__ = ("_meanings", "_search")

    def __init__(self, words: Sequence[str], against: Sequence[str] = ()) -> None:
        meanings = {_expression(word): "label" for word in words}
        meanings |= {_expression(word): f"against:{word}" for word in against}
        longest_first = sorted(meanings, key=lambda expression: (-len(expression), expression))
        self._meanings = tuple((re.compile(each), meanings[each]) for each in longest_first)
        # One flat alternation of literals: sre then skips to the few letters that can start one.
        self._search = re.compile("|".join(longest_first)) if longest_first else None

    def before(self, text: str, start: int) -> str:
        """Say what the words within BEFORE characters in front of `start` mean.

        `label`, `against:word` (the listed word) or empty. Words further than one line break away
        belong to something else.
        """
        if self._search is None:
            return ""
        low = start - BEFORE - 1 if start > BEFORE else 0
        window = text[low:start]
        newline = window.rfind("\n")
        if newline > 0:
            newline = window.rfind("\n", 0, newline)
            if newline >= 0:
                window = window[newline:]
                low = 0
        return self._last(self._search, window.lower(), low > 0)

    def within(self, header: str) -> str:
        """Say what the words of a column's header or of a key mean: as `before`."""
        if self._search is None or not header:
            return ""
        window = _CAMEL.sub(" ", header[:_HEADER_CHARACTERS]).lower()
        return self._last(self._search, window, False)

    def _last(self, search: re.Pattern[str], window: str, cut: bool) -> str:
        said = ""
        for found in search.finditer(window):
            start = found.start()
            if cut if start == 0 else window[start - 1].isalnum():
                continue
            for expression, meaning in self._meanings:
                if expression.match(window, start):
                    said = meaning
                    break
        return said


def _expression(word: str) -> str:
    stem = word.lower().rstrip("*").strip()
    parts = [re.escape(part) for part in _SEPARATORS.split(stem) if part]
    if not parts:
        raise ValueError("a label word needs at least one letter or digit")
    expression = "[-_. ]{0,2}".join(parts)
    return expression if word.endswith("*") else expression + _ENDINGS + _WORD_ENDS

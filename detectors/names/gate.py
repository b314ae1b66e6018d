"""Say which sentences of a text can hold a person's name: the model sees only those. Linear.

What it costs and loses is measured by `python -m detectors.names.score` (docs/names.md).
"""

from __future__ import annotations

import re
from bisect import bisect_right

from detectors.names.lists import Lists

_LABELS = """
navn fornavn efternavn name namn förnamn kunde medarbejder borger patient lejer kontaktperson
sagsbehandler att bruger elev ansøger deltager deltagere referent fra til cc from to
"""
LABELS = frozenset(_LABELS.split())
"""Words that a name follows behind a colon, whatever its case."""
_GREETED = re.compile(
    r"^[ \t>]*(?:hej|kære|hilsen|hilsner|mvh|vh|kh|dear|hi|hello|regards|hei|mvh)\b", re.I | re.M
)
_COLON = re.compile(r"([^\W\d_]{2,20})\.?[ \t]{0,20}[:=]")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž][^\W\d_]*(?:['’-][^\W\d_]+)*")
_END = re.compile(r"[.!?][ \u00a0]+(?=[A-ZÀ-ÖØ-ÞĀ-Ž])|\n+")
_ABBREVIATIONS = "hr fru dr nr att tlf vedr adv cand prof kl ca st pr evt inkl mr mrs ms"
_SHORT = frozenset(_ABBREVIATIONS.split())
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\Z")
_BETWEEN = frozenset((" ", "\u00a0", ", ", ". ", "-", "\t", ";", ".", " .", " - "))


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the sentences and lines of a text, half-open code points, without the gaps."""
    found, start = [], 0
    for end in _END.finditer(text):
        stop = end.start()
        if text[stop] != "\n":
            word = _WORD_BEFORE.search(text, max(start, stop - 12), stop)
            if word is None or len(word[1]) < 2 or word[1].lower() in _SHORT:
                continue
            stop += 1
        if stop > start:
            found.append((start, stop))
        start = end.end()
    if start < len(text):
        found.append((start, len(text)))
    return found


class NameGate:
    """Knows the words of the lists; stateless otherwise."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    def wanted(self, text: str) -> list[tuple[int, int]]:
        """Return the sentences that can hold a name, in order, half-open code points."""
        hits = self._hits(text)
        if not hits:
            return []
        whole = sentences(text)
        starts = [start for start, _ in whole]
        chosen = sorted({bisect_right(starts, hit) - 1 for hit in hits})
        return [whole[number] for number in chosen if number >= 0]

    def _hits(self, text: str) -> list[int]:
        hits = [found.end() for found in _GREETED.finditer(text)]
        hits += [found.start() for found in _COLON.finditer(text) if found[1].lower() in LABELS]
        classes, of = self._lists.classes, self._lists.of
        before, before_common, initial = -9, False, False
        for found in _CAPITAL.finditer(text):
            start, end = found.span()
            word = found[0]
            known = classes.get(word.lower())
            if known is None:
                known = of(word) if end - start > 1 else ""
            begins = start < 2 or text[start - 1] in '\n\t"' or text[start - 2] in ".!?:\n-•*"
            begins = begins and not (initial and start - before < 3)
            common = begins and ("C" in known or known == "c")
            if not common:
                letters = set(known)
                if (
                    "F" in letters
                    or (not begins and (known in UNKNOWN or "L" in letters))
                    or (0 <= start - before <= 3 and not before_common
                        and text[before:start] in _BETWEEN)
                ):  # fmt: skip
                    hits.append(start)
            before, before_common, initial = end, common, end - start == 1
        return hits


UNKNOWN = frozenset(("-", "~sen", "F-F", "-L"))
"""Classes of words that no list explains: within a sentence, a capital then speaks for a name."""

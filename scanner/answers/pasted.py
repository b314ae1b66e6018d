"""Take the value out of what somebody pasted: labels, quotes, schemes and words around it.

Whether something is a value the detectors say; nothing here keeps, prints or stores one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from detectors import Detector
from scanner.answers.kinds import CALLED, plain
from scanner.answers.written import Candidate, candidates

MAX_WORDS = 8
"""Words before and behind a value that are taken off, each."""
MAX_PIECES = 20
"""Values in one line, between commas, semicolons, tabs or bars."""
_SCHEME = re.compile(r"(?:mailto|tel|sip|callto|sms):(?://)?", re.IGNORECASE)
_ANGLES = re.compile(r"<([^<>]{3,})>")
_AROUND = " \t\"'`´«»“”„‘’‚()[]{}<>;,:=|•*"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_AFTER_COLON = re.compile(r"(?<=[^\W\d_])\s*[:=]\s*|(?<=[^\W\d_]\.)\s*[:=]\s*")
_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])\.?(?=[\d+])")
_PIECES = re.compile(r"[;,\t|]")
_TELLS = re.compile(r"[\d@]")
"""What a word must not hold to be left out: it may belong to the value."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of one line. `taken_out`: words or signs around the value were left out.

    `lost_zero`: nine digits were typed, and a CPR number that lost its zero is looked for too.
    `mislabelled`: the kinds that a label names and that the value is none of.
    """

    candidates: list[Candidate] = field(repr=False)
    taken_out: bool = False
    lost_zero: bool = False
    mislabelled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what people write, by the detectors; `kinds` keeps only these (empty: all)."""

    detectors: Sequence[Detector]
    words: Mapping[str, Sequence[str]]
    kinds: Collection[str] = ()

    def understand(self, written: str) -> Understood | None:
        """Return what a line can mean, or None for what holds no value.

        The whole of it first; then without what stands around a value; then piece by piece.
        """
        text = _INVISIBLE.sub("", unicodedata.normalize("NFC", written)).strip()
        whole = self._whole(text)
        if whole and not _only_name(whole):
            return Understood(whole, lost_zero=_lost_zero(text, whole))
        found = self._within(text) or self._in_pieces(text)
        if found is None and whole:
            return Understood(whole)
        return found

    def _whole(self, text: str) -> list[Candidate]:
        return candidates(text, self.detectors, self.words, self.kinds)

    def _within(self, text: str) -> Understood | None:
        for form in _forms(text):
            for core, label in _cores(form):
                meant = frozenset(CALLED[name] for name in _names(label) if name in CALLED)
                if read := self._labelled(core, meant):
                    wrong = frozenset() if any(c.kind in meant for c in read) else meant
                    return Understood(read, True, _lost_zero(core, read), wrong)
        return None

    def _labelled(self, core: str, meant: Collection[str]) -> list[Candidate]:
        """Return what a core can be; a label that names one of these kinds decides."""
        if not _TELLS.search(core):  # words alone are a name only where somebody says so
            if "PERSON" not in meant or (self.kinds and "PERSON" not in self.kinds):
                return []
            return candidates(core, self.detectors, self.words, {"PERSON"})
        read = self._whole(core)
        return [each for each in read if each.kind in meant] or read

    def _in_pieces(self, text: str) -> Understood | None:
        pieces = [piece for piece in map(str.strip, _PIECES.split(text)) if piece]
        if not 1 < len(pieces) <= MAX_PIECES:
            return None
        found: list[Candidate] = []
        lost, wrong = False, frozenset[str]()
        for piece in pieces:
            if not _TELLS.search(piece):
                continue
            whole = self._whole(piece)
            read = Understood(whole) if whole else self._within(piece)
            if read is None:
                return None
            found += read.candidates
            lost = lost or read.lost_zero or _lost_zero(piece, read.candidates)
            wrong |= read.mislabelled
        return Understood(found, True, lost, wrong) if found else None


def _only_name(found: Sequence[Candidate]) -> bool:
    return all(each.kind == "PERSON" for each in found)


def _lost_zero(text: str, found: Sequence[Candidate]) -> bool:
    digits = re.sub(r"[\s.\-–]", "", text)
    return len(digits) == 9 and digits.isdecimal() and any(c.kind == "DK_CPR" for c in found)


def _forms(text: str) -> Iterator[str]:
    """Yield what may stand around a value, less and less of it."""
    if angles := _ANGLES.search(text):
        yield _without_scheme(angles[1])
    bare = _without_scheme(text.strip(_AROUND))
    yield bare
    parted = _AFTER_COLON.sub(": ", bare)
    yield parted
    yield _BEFORE_DIGIT.sub(" ", parted)


def _without_scheme(text: str) -> str:
    scheme = _SCHEME.match(text)
    return unquote(text[scheme.end() :].partition("?")[0]) if scheme else text


def _cores(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the text without its first and last words, fewest left out first, and the first ones.

    A word that holds a digit or an at sign is never left out.
    """
    words = text.split()
    first = next((n for n, word in enumerate(words) if _TELLS.search(word)), len(words))
    last = next((n for n, word in enumerate(reversed(words)) if _TELLS.search(word)), len(words))
    if first == len(words):  # no digit at all: a label and a name, at most
        first, last = min(2, len(words) - 1), 0
    most = (min(first, MAX_WORDS), min(last, MAX_WORDS))
    for left_out in range(sum(most) + 1):
        for before in range(min(left_out, most[0]), -1, -1):
            behind = left_out - before
            if behind <= most[1] and before + behind < len(words):
                core = " ".join(words[before : len(words) - behind]).strip(_AROUND)
                yield core, words[:before]


def _names(label: Sequence[str]) -> Iterator[str]:
    """Yield what a label may name: all its words together, then each."""
    yield plain("".join(label))
    yield from map(plain, label)

"""Bring a person's name to the one form in which names are compared. Keeps no name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_TITLES = """
    hr hr. herr herre fru frøken frk frk. fr. dr dr. prof prof. professor mr mr. mrs mrs. ms ms.
    miss sir adv. advokat læge overlæge direktør lektor cand. ing. ingeniør civ.ing. stud. ph.d. phd
    jur. med. mag. merc. polit. scient. dr.med. cand.jur. cand.merc. cand.polyt. herrn frau
"""
TITLES = frozenset(_TITLES.split())
"""Words in front of a name that are no part of it."""
_BLANKS = re.compile(r"[\s_]+")
_EDGES = ' ,;:."“”„»«()[]<>*/|-–'
_APOSTROPHES = str.maketrans("’´`ʼ", "''''")
_HYPHENS = str.maketrans("‐‑–", "---")


def canonical(written: str, known: Callable[[str], bool] | None = None) -> str:
    """Return a name as it is fingerprinted: NFKC, case-folded, no titles, given names first.

    "Holm, Anna Marie" and "Anna Marie Holm" are one name. `known` says whether a word is a listed
    name; with it, a genitive s is taken off. Empty where nothing is left.
    """
    text = unicodedata.normalize("NFKC", written).translate(_APOSTROPHES).translate(_HYPHENS)
    surname, comma, given = text.partition(",")
    if comma and given.strip(_EDGES):
        text = f"{given} {surname}"
    words = [word for word in _BLANKS.split(text.casefold()) if word.strip(_EDGES)]
    while words and words[0] in TITLES:
        words.pop(0)
    words = [_word(word) for word in words]
    if words and known is not None:
        words[-1] = _without_genitive(words[-1], known)
    return " ".join(word for word in words if word)


def short(name: str) -> str:
    """Return the first and the last word of a canonical name, or "" where it is one word."""
    words = name.split()
    return f"{words[0]} {words[-1]}" if len(words) > 1 else ""


def _word(word: str) -> str:
    bare = word.strip(_EDGES)
    return f"{bare}." if len(bare) == 1 and bare.isalpha() else bare


def _without_genitive(word: str, known: Callable[[str], bool]) -> str:
    if word.endswith("'s"):
        return word[:-2]
    if word.endswith("'"):
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not known(word) and known(word[:-1]):
        return word[:-1]
    return word

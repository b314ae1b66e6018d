"""Offer other ways in which a person's name may be written. Keeps no name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

MOST = 12
SPELLINGS = (("å", "aa"), ("æ", "ae"), ("ø", "oe"), ("ö", "ø"), ("ä", "æ"), ("ü", "y"))
"""How Danish letters are written where a keyboard or a system has none, and their neighbours'."""


def variants(name: str) -> list[str]:
    """Return other forms of a canonical name, likeliest first, at most MOST, without the name.

    Each given name with the last one, half of a double name, Danish letters spelled out or back,
    accents left out. First and last name alone are looked for with every name anyway.
    """
    words = name.split()
    if len(words) < 2:
        return []
    held: dict[str, None] = {}
    for form in (name, *_parts(words)):
        held |= dict.fromkeys((form, *_spelled(form)))
    held.pop(name, None)
    held.pop(f"{words[0]} {words[-1]}", None)
    return list(held)[:MOST]


def _parts(words: list[str]) -> Iterator[str]:
    first, last = words[0], words[-1]
    if len(words) > 2:
        yield f"{first} {last}"
        for middle in words[1:-1]:
            yield f"{middle} {last}"
            yield f"{first} {middle}"
    for half in last.split("-") if "-" in last else ():
        yield f"{first} {half}"
    for half in first.split("-") if "-" in first else ():
        yield f"{half} {last}"


def _spelled(name: str) -> Iterator[str]:
    out, back = name, name
    for letter, spelled in SPELLINGS:
        out = out.replace(letter, spelled)
        back = back.replace(spelled, letter)
    yield out
    yield back
    bare = name.replace("ø", "o").replace("æ", "ae").replace("å", "a")
    yield "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))

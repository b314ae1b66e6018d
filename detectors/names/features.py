"""What the names model sees of a token: a few attributes of it, and which of its neighbours'.

The same tables serve training and use. A token's attributes depend on its text and on the case of
its line only, so each is worked out once.
"""

from __future__ import annotations

import re

from detectors.names.clusters import BITS, LANGUAGES
from detectors.names.lists import Lists

CLUSTERED = tuple(f"{language}{bits}" for language in LANGUAGES for bits in ("", *BITS))
NAMESPACES = ("w", "s", "g", "gf", "gl", "gc", "c", "p3", "x2", "x3", "x4", "sg", *CLUSTERED)
"""Attributes of a token: lower form, shape, class of the lists, whether it is a first name, a
surname, a common word, case of it and its line, first three letters, last two, three and four,
shape with class, its cluster in each language and the first bits of it. What is empty is none."""
BREAK = "\n"
"""The token that stands for a line end and the blank lines after it."""
GAP = "\t"
"""How a tab or several blanks read."""
EDGE = "⌂"
"""The value of every attribute beyond the ends of a text."""
REACH = 3
SINGLES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("w", (-3, -2, -1, 0, 1, 2, 3)),
    ("s", (-2, -1, 0, 1, 2)),
    ("g", (-3, -2, -1, 0, 1, 2, 3)),
    ("gf", (-2, -1, 0, 1, 2)),
    ("gl", (-2, -1, 0, 1, 2)),
    ("gc", (-2, -1, 0, 1, 2)),
    ("c", (0,)),
    ("p3", (-1, 0, 1)),
    ("x2", (0,)),
    ("x3", (-1, 0, 1)),
    ("x4", (0,)),
    ("sg", (-2, -1, 0, 1, 2)),
    *((name, (-2, -1, 0, 1, 2) if name in LANGUAGES else (-1, 0, 1)) for name in CLUSTERED),
)
"""Attributes by themselves, with how far from the token they are looked at."""
SIMPLE: tuple[tuple[tuple[str, int], ...], ...] = (
    (("g", -1), ("g", 0)),
    (("g", 0), ("g", 1)),
    (("s", -1), ("s", 0)),
    (("s", 0), ("s", 1)),
    (("w", -1), ("g", 0)),
    (("g", 0), ("w", 1)),
    (("w", -1), ("g", 1)),
    (("g", -1), ("g", 1)),
    (("sg", -1), ("sg", 0), ("sg", 1)),
    (("sg", -2), ("sg", -1), ("sg", 0)),
    (("sg", 0), ("sg", 1), ("sg", 2)),
)
"""Attributes that are looked at together in every run of training."""
JOINED: tuple[tuple[tuple[str, int], ...], ...] = (
    *SIMPLE,
    *(
        parts
        for path in (f"{language}{BITS[-1]}" for language in LANGUAGES)
        for parts in (
            (("g", 0), (path, -1)),
            (("g", 0), (path, 1)),
            ((path, -1), (path, 0)),
            ((path, 0), (path, 1)),
        )
    ),
    (("w", 0), ("c", 0)),
    (("w", 0), ("g", 1)),
    (("g", -1), ("w", 0)),
)
"""Attributes that are looked at together, those of SIMPLE first."""

_SIGN = {BREAK: "\\n", EDGE: EDGE, GAP: "\\t"}
_DIGIT = re.compile(r"\d")
_REPEATED = re.compile(r"(.)\1{3,}")


def case_of(line: str) -> str:
    """Return how a line is written: `U` in capitals, `L` without any, `T` each word with one."""
    if line.isupper():
        return "U"
    if line.islower():
        return "L"
    return "T" if line.istitle() else ""


def without_digits(token: str) -> str:
    """Return a token with zeros for its digits: it has the same attributes. Else itself."""
    return _DIGIT.sub("0", token) if _DIGIT.search(token) else token


def attributes(token: str, case: str, lists: Lists) -> tuple[str, ...]:
    """Return the attributes of a token, in the order of NAMESPACES."""
    if token in _SIGN:
        return (_SIGN[token],) * len(NAMESPACES)
    if token.isspace():
        return (_SIGN[GAP],) * len(NAMESPACES)
    low = _DIGIT.sub("0", token[:60].lower())
    shape = shape_of(token[:60])
    known = lists.of(token)
    short = shape if len(shape) < 3 else shape[:2] + shape[-1]
    return (
        low,
        shape,
        known,
        "y" if "F" in known else "",
        "y" if "L" in known or known == "~sen" else "",
        "y" if "C" in known or known == "c" else "",
        short + case,
        low[:3],
        low[-2:],
        low[-3:],
        low[-4:],
        f"{short}{case}/{known}",
        *lists.clusters.of(without_digits(token)),
    )


def shape_of(token: str) -> str:
    """Return a token with its letters as X and x, its digits as d, and no more than 3 in a row."""
    letters = [
        "X" if sign.isupper() else "x" if sign.isalpha() else "d" if sign.isdigit() else sign
        for sign in token
    ]
    return _REPEATED.sub(r"\1\1\1", "".join(letters))

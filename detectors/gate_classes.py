"""Which code points a class of a regular expression accepts, asked of `re`, and as single bytes."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

Ranges = tuple[tuple[int, int], ...]
"""Inclusive ranges of code points, ordered and apart."""

LAST = 0x10FFFF
_UTF_32 = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
ALL: Ranges = ((0, LAST),)
_CASED_BELOW = 0x20000  # no letter with case lies above plane 1 (Unicode 16)
OTHER = 0x3F
"""The byte that stands for every character beyond Latin-1: what `encode` replaces them by, "?"."""


def encode(text: str) -> bytes:
    """Return one byte for each code point of `text`: offsets stay what they are."""
    return text.encode("latin-1", "replace")


def union(*sets: Iterable[tuple[int, int]]) -> Ranges:
    """Return the ranges that hold what any of `sets` holds."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(each for ranges in sets for each in ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(ranges: Ranges) -> Ranges:
    """Return the ranges of every code point that `ranges` leaves out."""
    out, following = [], 0
    for low, high in ranges:
        if low > following:
            out.append((following, low - 1))
        following = high + 1
    if following <= LAST:
        out.append((following, LAST))
    return tuple(out)


def contains(ranges: Ranges, code: int) -> bool:
    """Whether `code` lies in one of `ranges`."""
    return any(low <= code <= high for low, high in ranges)


def within(inner: Ranges, outer: Ranges) -> bool:
    """Whether `outer` holds all of `inner`."""
    return union(inner, outer) == union(outer)


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def accepted(items: Sequence[tuple[Any, Any]], flags: int) -> Ranges:
    """Return what the items of a parsed class (the argument of sre's IN) accept under `flags`.

    Without case it is set algebra; with IGNORECASE every letter that has case is tried against
    `re` itself, so that its odd pairs (long s, Kelvin sign, dotless i) come out as `re` has them.
    """
    return _accepted(tuple(items), flags)


@lru_cache(maxsize=4096)  # word lists hold the same few letters thousands of times
def _accepted(items: tuple[tuple[Any, Any], ...], flags: int) -> Ranges:
    ranges: list[tuple[int, int]] = []
    negate = False
    source: list[str] = []
    for operator, argument in items:
        name = str(operator)
        if name == "NEGATE":
            negate = True
        elif name == "LITERAL":
            ranges.append((argument, argument))
            source.append(_escaped(argument))
        elif name == "RANGE":
            ranges.append(argument)
            source.append(f"{_escaped(argument[0])}-{_escaped(argument[1])}")
        elif name == "CATEGORY":
            category = _CATEGORIES[str(argument)]
            ranges.extend(_category(category, bool(flags & re.ASCII)))
            source.append(category)
        else:
            raise NotImplementedError(name)
    plain = union(ranges)
    if negate:
        plain = complement(plain)
    if not flags & re.IGNORECASE:
        return plain
    text, cased = _cased()
    klass = f"[{'^' if negate else ''}{''.join(source)}]"
    kept = re.compile(klass, flags & (re.IGNORECASE | re.ASCII)).findall(text)
    uncased = complement(union(complement(plain), cased))
    return union(uncased, ((ord(each), ord(each)) for each in kept))


def _escaped(code: int) -> str:
    return f"\\U{code:08x}"


@cache
def _category(category: str, ascii_only: bool) -> Ranges:
    if category.isupper() or category[1].isupper():
        return complement(_category(category.lower(), ascii_only))
    below = 0x80 if ascii_only else LAST + 1
    text = array("I", range(below)).tobytes().decode(_UTF_32, "surrogatepass")
    flags = re.ASCII if ascii_only else 0
    runs = re.compile(f"{category}+", flags).finditer(text)
    return tuple((run.start(), run.end() - 1) for run in runs)


@cache
def _cased() -> tuple[str, Ranges]:
    text = "".join(
        character
        for character in map(chr, range(_CASED_BELOW))
        if character.lower() != character or character.upper() != character
    )
    return text, union((ord(each), ord(each)) for each in text)


def as_class(ranges: Ranges) -> str:
    """Return a character class of `re` (on str) that accepts exactly `ranges`."""
    if not ranges:
        return r"[^\x00-\U0010ffff]"
    return "[" + "".join(f"{_escaped(low)}-{_escaped(high)}" for low, high in ranges) + "]"


@lru_cache(maxsize=4096)
def byte_values(ranges: Ranges) -> frozenset[int]:
    """Return the bytes that `encode` can make of what `ranges` holds."""
    values = {
        code for low, high in ranges if low <= 0xFF for code in range(low, min(high, 0xFF) + 1)
    }
    if ranges and ranges[-1][1] > 0xFF:
        values.add(OTHER)
    return frozenset(values)


def byte_class(values: Iterable[int]) -> str:
    """Return a class of byte values, as text that hyperscan, RE2 and `re` all read alike."""
    return _byte_class(frozenset(values))


@lru_cache(maxsize=4096)
def _byte_class(values: frozenset[int]) -> str:
    ranges = union((value, value) for value in values)
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return f"\\x{ranges[0][0]:02x}"
    body = "".join(
        f"\\x{low:02x}" if low == high else f"\\x{low:02x}-\\x{high:02x}" for low, high in ranges
    )
    return f"[{body}]" if body else r"[^\x00-\xff]"

"""Which code points a class of a regular expression accepts, asked of `re`, and as UTF-8 bytes."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

Ranges = tuple[tuple[int, int], ...]
"""Inclusive ranges of code points, ordered and apart."""

LAST = 0x10FFFF
_UTF_32 = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
ALL: Ranges = ((0, LAST),)
_CASED_BELOW = 0x20000  # no letter with case lies above plane 1 (Unicode 16)
_MANY_RANGES = 12
"""Non-ASCII ranges from which a class takes any non-ASCII character: larger, never smaller."""

ANY_NON_ASCII = r"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"


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


def as_bytes(ranges: Ranges) -> str:
    """Return a byte expression that accepts at least the UTF-8 forms of `ranges`.

    ASCII is exact; classes with many ranges beyond it take any non-ASCII character.
    """
    ascii_part = byte_class([(low, min(high, 0x7F)) for low, high in ranges if low < 0x80])
    wide = [(max(low, 0x80), high) for low, high in ranges if high >= 0x80]
    if not wide:
        return ascii_part or "[^\\x00-\\xff]"
    if len(wide) > _MANY_RANGES or wide == [(0x80, LAST)]:
        parts = [ANY_NON_ASCII]
    else:
        parts = sorted({form for low, high in wide for form in _utf8(low, high)})
        if len(parts) > 4 * _MANY_RANGES:
            parts = [ANY_NON_ASCII]
    if ascii_part:
        parts.insert(0, ascii_part)
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def byte_class(ranges: Sequence[tuple[int, int]]) -> str:
    """Return a class of byte values, as text that hyperscan, RE2 and `re` all read alike."""
    if not ranges:
        return ""
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return f"\\x{ranges[0][0]:02x}"
    body = "".join(
        f"\\x{low:02x}" if low == high else f"\\x{low:02x}-\\x{high:02x}" for low, high in ranges
    )
    return f"[{body}]"


def _utf8(low: int, high: int) -> list[str]:
    # Split where the number of bytes changes, then where a lead byte's range is not full.
    for limit in (0x7FF, 0xFFFF):
        if low <= limit < high:
            return _utf8(low, limit) + _utf8(limit + 1, high)
    first, last = _encoded(low), _encoded(high)
    for index in range(1, len(first)):
        below = 6 * (len(first) - index)
        mask = (1 << below) - 1
        if low >> below != high >> below:
            if low & mask:
                return _utf8(low, low | mask) + _utf8((low | mask) + 1, high)
            if high & mask != mask:
                return _utf8(low, (high & ~mask) - 1) + _utf8(high & ~mask, high)
    return ["".join(byte_class([pair]) for pair in zip(first, last, strict=True))]


def _encoded(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass")

"""Decode the texts and times of Outlook's properties, whatever code page they claim."""

from __future__ import annotations

import codecs
from functools import lru_cache

DEFAULT_CODEPAGE = 1252
"""Western European: what Outlook uses where nothing is said on a Danish machine."""
TIME_BETWEEN = 116_444_736_000_000_000
"""Steps of 100 ns from 1601, where the times of Windows begin, to 1970."""
_TIME_END = 2_650_467_744_000_000_000  # the year 10 000
NEVER = 79_860_038_400 * 10**9
"""Since 1970: from here on (1.9.4500, 1.1.4501) Outlook means "no time"."""

_CODECS = {
    708: "iso8859-6",
    936: "gb18030",
    950: "cp950",
    1200: "utf-16-le",
    1201: "utf-16-be",
    10000: "mac-roman",
    20127: "ascii",
    20866: "koi8-r",
    20932: "euc-jp",
    20936: "gb2312",
    21866: "koi8-u",
    38598: "iso8859-8",
    50220: "iso2022-jp",
    50221: "iso2022-jp",
    50222: "iso2022-jp",
    50225: "iso2022-kr",
    51932: "euc-jp",
    51936: "gb2312",
    51949: "euc-kr",
    52936: "hz",
    54936: "gb18030",
    65000: "utf-7",
    65001: "utf-8",
} | {28590 + part: f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))}


@lru_cache
def codec(codepage: int) -> str:
    """Return Python's name of a Windows code page, or an empty text where it has none."""
    name = _CODECS.get(codepage, f"cp{codepage}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def decoded(data: bytes, codepage: int) -> str:
    """Return text in a code page; where it lies, what UTF-8 or Windows 1252 make of it."""
    for name in (codec(codepage), "utf-8", "cp1252"):
        if name:
            try:
                return data.decode(name)
            except UnicodeError:
                pass
    return data.decode("latin-1")


def charset_of(data: bytes, codepage: int) -> str:
    """Return the charset, as mail names it, in which all of `data` is text; empty: none known."""
    for name in (codec(codepage), "utf-8", "cp1252"):
        if name:
            try:
                data.decode(name)
            except UnicodeError:
                continue
            return {"cp1252": "windows-1252", "ascii": "us-ascii"}.get(name, name)
    return ""


def wide(data: bytes) -> str:
    """Return UTF-16 text up to the zero that ends it, if one does; lone halves are replaced."""
    return data.decode("utf-16-le", "replace").rstrip("\0")


def nanoseconds(value: int) -> int:
    """Return a time of Windows in nanoseconds since 1970; 0 for none, or none that can be."""
    return (value - TIME_BETWEEN) * 100 if 0 < value < _TIME_END else 0

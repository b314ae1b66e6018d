"""Take the tags out of HTML without building a tree: for pages too large or too deep for one.

What stood in text, comments, scripts and telling attributes stays, in the source's order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import unquote


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HELD_CHARACTERS = 20_000
"""A tag that is longer than this is taken for text."""
SILENT = _words(
    "align bgcolor border cellpadding cellspacing charset class color colspan dir face font headers"
    " height http-equiv lang language media method name nowrap rel role rowspan rules scope shape"
    " size sizes span src srcset style tabindex target type valign version width xmlns"
)
"""Attributes that lay a page out, and hold nothing that was written for a reader."""
BLOCKS = _words(
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html legend li main menu meta"
    " nav ol optgroup option p pre script section select style summary table tbody textarea tfoot"
    " thead title tr ul"
)
"""Elements that begin and end a line."""
CELLS = frozenset(("td", "th"))

_MARKUP = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"
    r"|<(?P<end>/?)(?P<tag>[a-zA-Z][^\s<>/]{0,60})(?P<rest>(?:[^<>\"']++|\"[^\"]*\"|'[^']*')*+)>"
    r"|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)|<[!?](?P<other>[^<>]*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"([^\s\"'<>/=]{1,80})\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=]+))", re.DOTALL
)
_SPACES = re.compile(r"[ \t\r\n\f]+")


def stripped(blocks: Iterable[str]) -> Iterator[str]:
    """Yield the text of HTML given in blocks, its line ends kept, a line end for each block tag."""
    rest = ""
    for block in blocks:
        text = rest + block
        opening = text.rfind("<", max(0, len(text) - HELD_CHARACTERS))
        comment = text.rfind("<!--", max(0, len(text) - HELD_CHARACTERS))
        if comment >= 0 and text.find("-->", comment) < 0:
            opening = comment
        elif opening >= 0 and text.find(">", opening) >= 0:
            opening = -1
        ampersand = text.rfind("&", max(0, len(text) - 40))
        if opening < 0 and ampersand >= 0 and text.find(";", ampersand) < 0:
            opening = ampersand
        rest = text[opening:] if opening >= 0 else ""
        yield strip_tags(text[: len(text) - len(rest)])
    if rest:
        yield strip_tags(rest)


def strip_tags(text: str) -> str:
    """Return the text of a piece of HTML that begins and ends outside a tag."""
    return unescape(_MARKUP.sub(_replacement, text)) if "<" in text else unescape(text)


def telling(name: str, value: str) -> str:
    """Return what an attribute's value tells a reader, as text; empty for layout."""
    if not value or name in SILENT:
        return ""
    if name in ("id", "for", "key"):  # a name for scripts, unless it is a number of somebody's
        return value if sum(map(str.isdigit, value)) > 5 else ""
    if name in ("href", "action", "data", "cite", "background", "longdesc"):
        scheme, colon, rest = value.partition(":")
        if colon and scheme.strip().lower() in ("mailto", "tel", "sms", "callto", "skype"):
            return unquote(rest.replace("?", " ").replace("&", " "))
        query = value.partition("?")[2]
        return unquote(query.replace("+", " ").replace("&", " ")) if query else ""
    if value.startswith("data:"):
        return ""
    return strip_tags(value) if "<" in value else value


def _replacement(found: re.Match[str]) -> str:
    comment = found["comment"]
    if comment is not None:
        return f"\n{_MARKUP.sub(_replacement, comment)}\n" if "<!--" not in comment else comment
    if found["data"] is not None:
        return found["data"]
    if found["other"] is not None:
        return "" if found["other"][:7].lower() == "doctype" else f" {found['other']} "
    tag = found["tag"].lower()
    around = "\n" if tag in BLOCKS else "\t" if tag in CELLS else ""
    if found["end"]:
        return around
    told = []
    for attribute in _ATTRIBUTE.finditer(found["rest"]):
        value = attribute[2] or attribute[3] or attribute[4] or ""
        if text := telling(attribute[1].lower(), value):
            told.append(_SPACES.sub(" ", text))
    return f"{around} {' '.join(told)} " if told else around

"""Cut text into lines, and lines into words and signs, as the names model counts them. Linear."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MAIL = r"[\w.+%-]{1,64}+@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8} |"
_TOKEN = r"""
    \t[\t ]*|[ ]{2,}[\t ]*                             # a gap, as between columns
    | (?:https?://|www\.)[^\s<>"']{1,200}                # an address of the web
    | [^\W\d_]\.(?=[ ]?[^\W\d_])                       # an initial: D. Holm, J.P. Holm
    | [^\W\d_]{1,3}(?:\.[^\W\d_]{1,3}){1,4}\.?(?!\w)   # bl.a., f.eks.
    | [^\W\d_]+(?:-[^\W_]+|['’´](?![sS]\b)[^\W\d_]+)*  # a word
    | ['’´][sS]\b                                      # the genitive of English
    | \d+(?:[.,:/-]\d+)*                               # a number, date, time
    | [^\w\s]                                          # a sign
    | _+ | [^\W_]+
"""
_PLAIN = re.compile(_TOKEN, re.VERBOSE)
_MAILS = re.compile(_MAIL + _TOKEN, re.VERBOSE)

Spans = list[tuple[int, int]]


def lines(text: str) -> Iterator[tuple[int, str, Spans]]:
    """Yield each line that is not blank: where it starts, its text, and its tokens in the line."""
    start = 0
    for line in text.split("\n"):
        if line and not line.isspace():
            pattern = _MAILS if "@" in line else _PLAIN
            spans = [found.span() for found in pattern.finditer(line)]
            if spans:
                yield start, line, spans
        start += len(line) + 1

"""Join the lines of a text that a mail program has broken for width (RFC 3676, format=flowed)."""

from __future__ import annotations

import re
from itertools import groupby

_QUOTES = re.compile(r">*")


def unflowed(text: str, *, without_blank: bool) -> str:
    """Return `text` with each paragraph on the line where it begins, and blank lines behind it.

    So all other lines keep their numbers. `without_blank`: the blank at a broken line's end was
    put there by the program (delsp=yes). A signature's "-- " stays a line.
    """
    done: list[str] = []
    for quotes, lines in groupby(text.split("\n"), key=_depth):
        held: list[str] = []
        for line in lines:
            said = line[quotes:].removeprefix(" ")
            if said.endswith(" ") and said != "-- ":
                held.append(said[:-1] if without_blank else said)
                continue
            is_signature = said == "-- "
            if held and is_signature:
                done += _paragraph(quotes, held)
                held = []
            held.append(said)
            done += _paragraph(quotes, held)
            held = []
        if held:
            done += _paragraph(quotes, held)
    return "\n".join(done)


def _depth(line: str) -> int:
    found = _QUOTES.match(line)
    return found.end() if found else 0


def _paragraph(quotes: int, lines: list[str]) -> list[str]:
    mark = ">" * quotes + " " if quotes else ""
    return [mark + "".join(lines), *[""] * (len(lines) - 1)]

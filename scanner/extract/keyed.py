"""Read JSON, JSON lines and XML as they stand, with escapes and entities undone.

Nothing is parsed, so nothing can be nested too deep, expanded or fetched; keys, tags and
attributes stay in front of their values and label them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from scanner.extract import Event, Source
from scanner.extract.budget import Budget
from scanner.extract.cut import cut
from scanner.extract.encoding import decode_blocks
from scanner.extract.layout import Keys

DECLARATION_BYTES = 400
HELD_CHARACTERS = 2_000
"""How far back from a block's end the beginning of a cut escape is looked for."""
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE
)
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\."
)
_CUT_ESCAPE = re.compile(  # after pairs of backslashes, half an escape or half a pair of them
    r"(?<!\\)(?:\\\\)*+(?:\\u[dD][89abAB][0-9a-fA-F]{2})?(?:\\(?:u[0-9a-fA-F]{0,3})?)?\Z"
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_CUT_ENTITY = re.compile(r"&[#\w]{0,31}\Z")
_LETTERS = {"n": " ", "r": " ", "t": " ", "b": " ", "f": " ", '"': "'"}
_SIGNS = {"&lt;": "‹", "&gt;": "›", "&quot;": "'", "&amp;": "&"}
"""What would look like a tag or the end of a value is put as its likeness."""


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the text with places ("line 20",) and the key before a value as its column.

    JSON's backslash escapes and XML's entities become their characters, line ends a blank, so
    line numbers stay. Memory does not grow with the size, whatever the length of lines.
    """
    stream = source.stream
    stream.seek(0)
    markup = source.type == "application/xml"
    declared = None
    if markup:
        found = _DECLARED.search(stream.read(DECLARATION_BYTES))
        declared = found[1].decode("ascii") if found else None
        stream.seek(0)
    blocks = decode_blocks(stream, declared)
    plain = (
        replaced(blocks, "&", _ENTITY, _CUT_ENTITY, _character)
        if markup
        else replaced(blocks, "\\", _ESCAPE, _CUT_ESCAPE, _escaped)
    )
    yield from cut(plain, partial(_layout, markup))


def replaced(
    blocks: Iterable[str],
    mark: str,
    pattern: re.Pattern[str],
    unfinished: re.Pattern[str],
    replace: Callable[[re.Match[str]], str],
) -> Iterator[str]:
    """Yield the blocks with `pattern` replaced, also where a block ends inside a match.

    Every match begins with `mark`; `unfinished` matches the beginning of one at a block's end.
    """
    rest = ""
    for block in blocks:
        text = rest + block
        rest = ""
        start = max(0, len(text) - HELD_CHARACTERS)
        if mark in text[-40:] and (cut_off := unfinished.search(text, start)):
            rest, text = cut_off[0], text[: cut_off.start()]
        yield pattern.sub(replace, text) if mark in text else text
    if rest:
        yield pattern.sub(replace, rest)


def _layout(markup: bool, line: int) -> Keys:
    return Keys(first_line=line, markup=markup)


def _escaped(found: re.Match[str]) -> str:
    escape = found[0]
    if escape[1] != "u":
        return _LETTERS.get(escape[1], escape[1])
    if len(escape) == 2:
        return escape
    code = int(escape[2:6], 16)
    if len(escape) == 12:
        code = 0x10000 + ((code - 0xD800) << 10) + int(escape[8:], 16) - 0xDC00
    if 0xD800 <= code < 0xE000:
        return "\ufffd"
    return " " if code < 32 else "'" if code == 34 else chr(code)


def _character(found: re.Match[str]) -> str:
    entity = found[0]
    char = _SIGNS.get(entity) or html.unescape(entity)
    return " " if char in "\n\r\t\0" else {"<": "‹", ">": "›", '"': "'"}.get(char, char)

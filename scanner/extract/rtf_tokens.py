"""Walk through RTF: groups, destinations, characters. Decides where text goes, not more.

The tables of character sets and special characters are striprtf's. Its reader is not used: it
drops headers, footnotes, comments and properties, and its link pattern is quadratic.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+"
    r"|([^\\{}\r\n]+)"
)
ROUTES = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footer"),
    "footnote": "footnote",
    "annotation": "comment",
    "atnauthor": "comment author",
    "fldinst": "link",
    "shptxt": "text box",
    "dptxbxtext": "text box",
    "docvar": "property:variable",
    "propname": "property:name",
    "staticval": "property:value",
    "revtbl": "property:authors of changes",
    "ffdeftext": "field",
    "ffl": "field",
    "ffhelptext": "field",
    "ffstattext": "field",
    "sv": "shape",
    "objdata": "objdata",
    "pict": "pict",
    "fonttbl": "fonttbl",
}
INFO = frozenset(
    (
        "title",
        "subject",
        "author",
        "manager",
        "company",
        "operator",
        "category",
        "keywords",
        "comment",
        "doccomm",
        "hlinkbase",
    )
)
PASSED = frozenset(
    ("shppict", "shpinst", "shp", "field", "formfield", "userprops", "object", "upr")
)
"""Groups that only hold others."""
SKIPPED = frozenset(
    (
        "colortbl",
        "stylesheet",
        "listtable",
        "listoverridetable",
        "generator",
        "nonshppict",
        "shprslt",
        "bkmkstart",
        "bkmkend",
        "sn",
        "datafield",
        "themedata",
        "colorschememapping",
        "latentstyles",
        "rsidtbl",
        "xmlnstbl",
        "filetbl",
        "atnid",
        "atnref",
        "atndate",
        "atntime",
        "atrfstart",
        "atrfend",
        "atnparent",
        "creatim",
        "revtim",
        "printim",
        "buptim",
        "objclass",
        "objname",
        "ftnsep",
        "ftnsepc",
        "aftnsep",
        "aftnsepc",
        "fontemb",
        "panose",
        "falt",
        "blipuid",
        "picprop",
        "background",
    )
)
BREAKS = {"par": "\n", "sect": "\n", "page": "\n", "row": "\n", "nestrow": "\n", "line": "\n"}
SPACES = {"cell": "\t", "nestcell": "\t", "tab": "\t"}
PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850", "ansi": "cp1252"}
MAX_DEPTH = 5000


class Piece(NamedTuple):
    """Text for one route. `group` numbers the group that opened the route, so notes stay apart."""

    route: str
    group: int
    text: str


class _State(NamedTuple):
    route: str
    group: int
    skip: int
    font: str


class Tokens:
    """One walk over one document. `open_groups` above 0 at the end: the document was cut.

    `as_html`: tags of HTML that is wrapped in RTF go to the route "html", and what stands there
    for programs that know no HTML to "htmlrtf" ([MS-OXRTFEX] 2.1.3).
    """

    def __init__(self, text: str, *, as_html: bool = False) -> None:
        from striprtf.striprtf import charset_map, specialchars

        self._text = text
        self._as_html = as_html
        self._charsets: dict[int, str] = dict(charset_map)
        self._special: dict[str, str] = {**specialchars, **BREAKS, **SPACES, "_": "-", "-": ""}
        self._page = "cp1252"
        self._fonts: dict[str, str] = {}
        self.open_groups = 0
        self.too_deep = False

    def pieces(self) -> Iterator[Piece]:
        """Yield what the document says, in order."""
        text, match = self._text, TOKEN.match
        state = _State("body", 0, 1, "")
        stack: list[_State] = []
        groups = position = skip = 0
        starred = False
        raw = bytearray()
        end = len(text)
        while position < end:
            token = match(text, position)
            if token is None:  # a lone backslash at the end
                break
            position = token.end()
            word, argument, code, symbol, brace, plain = token.groups()
            if plain is not None or code is not None:
                starred = False
                data = bytes.fromhex(code) if code else plain.encode("latin-1", "replace")
                taken = min(skip, len(data))
                skip -= taken
                if state.route and len(data) > taken:
                    raw += data[taken:]
                continue
            if raw:
                yield Piece(state.route, state.group, self._decode(raw, state))
                raw.clear()
            skip = 0 if word != "u" else skip
            if brace == "{":
                stack.append(state)
                starred = False
                if len(stack) > MAX_DEPTH:
                    self.too_deep = True
                    break
            elif brace == "}":
                if state.route == "link" and (not stack or stack[-1].route != "link"):
                    yield Piece("link", state.group, "\n")
                state = stack.pop() if stack else _State("", 0, 1, "")
                starred = False
            elif symbol is not None:
                if symbol == "*":
                    starred = True
                elif state.route and (found := self._special.get(symbol)):
                    yield Piece(state.route, state.group, found)
            elif word is not None:
                if word == "bin":
                    position += max(0, min(int(argument or 0), end - position))
                elif word == "u" and argument:
                    if state.route:
                        character = int(argument) % 0x10000
                        yield Piece(state.route, state.group, chr(character))
                    skip = state.skip
                else:
                    groups += 1
                    opened = self._word(word, argument, state, starred, groups)
                    if isinstance(opened, str):
                        if state.route:
                            yield Piece(state.route, state.group, opened)
                    else:
                        state = opened
                starred = False
        if raw:
            yield Piece(state.route, state.group, self._decode(raw, state))
        self.open_groups = len(stack)

    def _word(
        self, word: str, argument: str | None, state: _State, starred: bool, number: int
    ) -> _State | str:
        """Return the new state, or the text the word stands for."""
        if not state.route:
            return state
        if word == "deleted" and state.route in ("body", "deleted"):
            return state._replace(route="body" if argument == "0" else "deleted", group=0)
        if self._as_html and word == "htmlrtf" and state.route in ("body", "htmlrtf"):
            return state._replace(route="body" if argument == "0" else "htmlrtf", group=0)
        if self._as_html and word == "htmltag" and starred:
            return state._replace(route="html", group=0)
        if word in ROUTES:
            return state._replace(route=ROUTES[word], group=number)
        if word == "info":
            return state._replace(route="info", group=number)
        if word in INFO and state.route == "info":
            return state._replace(route=f"property:{word}", group=number)
        if word in SKIPPED or (starred and word not in PASSED):
            return state._replace(route="", group=number)
        if word in self._special:
            return self._special[word]
        if word == "uc":
            return state._replace(
                skip=min(int(argument or 1), 8) if (argument or "1")[0] != "-" else 1
            )
        if word in ("f", "deff"):
            return state._replace(font=argument or "")
        if word == "fcharset" and state.route == "fonttbl":
            charset = self._charsets.get(int(argument or 0), "")
            if charset and len(self._fonts) < 10_000 and int(argument or 0):
                self._fonts[state.font] = charset
        elif word == "ansicpg":
            self._page = _codec(f"cp{argument}")
        elif word in PAGES:
            self._page = PAGES[word]
        return state

    def _decode(self, raw: bytearray, state: _State) -> str:
        return raw.decode(self._fonts.get(state.font, self._page), "replace")


def _codec(name: str) -> str:
    try:
        return codecs.lookup({"cp65001": "utf-8", "cp10000": "mac_roman"}.get(name, name)).name
    except LookupError:
        return "cp1252"

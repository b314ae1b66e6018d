"""Read HTML, broken HTML too: its text by lines, its data tables by rows.

Links, alternative texts, form values, comments and scripts are text as well; whether something
is shown makes no difference. Nothing is fetched and nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from scanner.extract import Event, Source
from scanner.extract.budget import Budget
from scanner.extract.cut import cut, pieces
from scanner.extract.encoding import decode, decode_blocks
from scanner.extract.html_strip import BLOCKS, CELLS, strip_tags, stripped, telling
from scanner.extract.layout import Lines
from scanner.extract.table import DATA_ROWS, segments
from scanner.model import Place, Segment

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

TREE_BYTES = 8 * 1024**2
"""A tree takes twenty times its source (measured): larger pages are read without one."""
TREE_DEPTH = 2_000
"""The parser's time grows with the square of the depth: 0.2 s for 10 000 (measured)."""
DECLARATION_BYTES = 2_048
"""Where a page may say its charset; the standard asks for the first 1 024 bytes."""

_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_NESTING = re.compile(
    r"<(/?)(?!(?:area|base|body|br|col|embed|head|hr|html|img|input|li|link|meta|p|source|td|th|tr|wbr)"
    r"\b)[a-z]",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class _Table:
    """A table while it is read. `layout`: it holds another one, so its cells are lines of text."""

    rows: list[list[str]] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    layout: bool = False

    def end_cell(self) -> None:
        text = _SPACES.sub(" ", "".join(self.cell)).strip()
        self.cell.clear()
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append(text)


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield lines with places ("line 20",), and data tables with places ("table 1", "row 3")."""
    stream = source.stream
    stream.seek(0)
    found = _DECLARED.search(stream.read(DECLARATION_BYTES))
    declared = found[1].decode("ascii") if found else None
    stream.seek(0)
    if 0 <= source.size <= TREE_BYTES:
        yield from page(decode(stream.read(), declared))
    else:
        yield from cut(stripped(decode_blocks(stream, declared)), Lines)


def page(text: str, prefix: Place = ()) -> Iterator[Segment]:
    """Yield the segments of one page, places after the steps of `prefix`. Loses no text."""
    if len(text) > TREE_BYTES or _depth(text) > TREE_DEPTH or "<frameset" in text.lower():
        yield from cut(stripped((text,)), partial(Lines, prefix=prefix))
        return
    line, tables = 1, 0
    waiting: list[str] = []
    for piece in chain(_walk(text), ([],)):
        if isinstance(piece, str):
            waiting.append(piece)
            continue
        written = _tidy("".join(waiting))
        waiting.clear()
        if not written.isspace():
            yield from cut(pieces(written), partial(Lines, prefix=prefix), first_line=line)
            line += written.count("\n")
        line += len(piece)
        if piece:
            tables += 1
            yield from segments((*prefix, f"table {tables}"), piece)


def _depth(text: str) -> int:
    steps = (-1 if tag[1] else 1 for tag in _NESTING.finditer(text))
    return max(accumulate(steps), default=0)


def _tidy(text: str) -> str:
    lines = (line.rstrip(" \t").lstrip(" ") for line in re.sub(r" {2,}", " ", text).split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


def _walk(text: str) -> Iterator[str | list[list[str]]]:
    """Yield the page's text piece by piece, and each data table as its rows."""
    from selectolax.lexbor import LexborHTMLParser

    parser = LexborHTMLParser(text)
    tables: list[_Table] = []
    root = parser.root
    top = root.parent if root is not None else None  # comments may stand outside of the root
    for node, entering in _steps(top or root):
        tag = node.tag or ""
        if node.is_text_node:
            yield from _said(_text_of(node), tables)
        elif node.is_comment_node:
            yield from _said(f"\n{strip_tags(node.comment_content or '')}\n", tables)
        elif tag == "table":
            yield from _begun(tables) if entering else _ended(tables)
        elif tables and not tables[-1].layout and (tag == "tr" or tag in CELLS):
            table = tables[-1]
            if tag == "tr":
                if table.cell and not "".join(table.cell).isspace():
                    table.end_cell()
                table.cell.clear()
                if entering:
                    table.rows.append([])
            elif not entering:
                table.end_cell()
            if entering:
                yield from _said(_told(node, tag), tables)
        else:
            around = "\n" if tag in BLOCKS else "\t" if tag in CELLS else ""
            if entering:
                yield from _said(f"{around}{_told(node, tag)}", tables)
                if tag == "template":
                    yield from _said(strip_tags(node.html or ""), tables)
            elif around:
                yield from _said(around, tables)
    while tables:
        yield from _ended(tables)
    opening = text.rfind("<")
    if opening >= 0 and text[opening + 1 : opening + 2].isalpha() and text.find(">", opening) < 0:
        yield "\n" + strip_tags(text[opening + 1 :])  # the parser drops a tag that never ends


def _steps(root: LexborNode | None) -> Iterator[tuple[LexborNode, bool]]:
    node = root
    while node is not None:
        yield node, True
        child = node.first_child
        if child is not None:
            node = child
            continue
        while node is not None:
            if not node.is_text_node and not node.is_comment_node:
                yield node, False
            following = node.next
            if following is not None:
                node = following
                break
            node = node.parent


def _text_of(node: LexborNode) -> str:
    text = node.text_content or ""
    parent = node.parent
    if parent is not None and parent.tag in (
        "pre",
        "textarea",
        "script",
        "style",
        "listing",
        "xmp",
    ):
        return text
    if parent is not None and parent.tag in ("noframes", "noembed", "iframe", "plaintext"):
        return strip_tags(text)
    return _SPACES.sub(" ", text)


def _told(node: LexborNode, tag: str) -> str:
    attributes = node.attributes
    if not attributes:
        return ""
    told = []
    for name, value in attributes.items():
        if value and (text := telling(name, value)):
            told.append(_SPACES.sub(" ", text))
    if not told:
        return ""
    if tag == "a" and len(told) == 1 and told[0] in (node.text() or ""):
        return ""  # the link's text says it already
    label = attributes.get("name") if tag in ("input", "meta", "param", "button") else None
    return f" {label}: {' '.join(told)} " if label else f" {' '.join(told)} "


def _said(text: str, tables: list[_Table]) -> Iterator[str]:
    if not text:
        return
    if tables and not tables[-1].layout:
        tables[-1].cell.append(text)
    else:
        yield text


def _begun(tables: list[_Table]) -> Iterator[str]:
    if tables and not tables[-1].layout:
        outer = tables[-1]
        outer.layout = True
        yield from _lines(outer.rows)
        yield from outer.cell
        outer.rows.clear()
        outer.cell.clear()
    yield "\n"
    tables.append(_Table())


def _ended(tables: list[_Table]) -> Iterator[str | list[list[str]]]:
    table = tables.pop()
    if table.cell and not "".join(table.cell).isspace():
        table.end_cell()
    rows = [row for row in table.rows if any(row)]
    inside = any(not outer.layout for outer in tables)
    if len(rows) >= DATA_ROWS and max(map(len, rows)) > 1 and not inside:
        yield rows
    else:
        yield from _lines(rows)
    yield "\n"


def _lines(rows: Iterable[list[str]]) -> Iterator[str]:
    for row in rows:
        yield "\t".join(row) + "\n"

"""Read HTML, broken HTML too: its text by lines, its data tables by rows.

Links, alternative texts, form values, comments and scripts are text as well; whether something
is shown makes no difference. Nothing is fetched and nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
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

RAW = frozenset(("pre", "textarea", "script", "style", "listing", "xmp"))
FRAMES = frozenset(("noframes", "noembed", "iframe", "plaintext"))
"""What the parser gives as text with its tags in it."""
VOID = frozenset(
    ("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)

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
        text = self.cell[0] if len(self.cell) == 1 else "".join(self.cell)
        self.cell.clear()
        text = _spaced(text).strip()
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append(text)

    def end_row(self) -> None:
        if self.cell:
            if any(not text.isspace() for text in self.cell):
                self.end_cell()
            self.cell.clear()


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield lines with places ("line 20",), and data tables with places ("table 1", "row 3")."""
    stream = source.stream
    stream.seek(0)
    charset = declared(stream.read(DECLARATION_BYTES))
    stream.seek(0)
    if 0 <= source.size <= TREE_BYTES:
        yield from page(decode(stream.read(), charset))
    else:
        yield from cut(stripped(decode_blocks(stream, charset)), Lines)


def declared(data: bytes) -> str | None:
    """Return the charset that a page names at its beginning, or None."""
    found = _DECLARED.search(data, 0, DECLARATION_BYTES)
    return found[1].decode("ascii") if found else None


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


def _walk(text: str) -> list[str | list[list[str]]]:
    """Return the page's text piece by piece, and each data table as its rows."""
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(text).root
    page = _Page()
    if root is not None:
        page.walk(root.parent or root)  # comments may stand outside of the root
    opening = text.rfind("<")
    if opening >= 0 and text[opening + 1 : opening + 2].isalpha() and text.find(">", opening) < 0:
        page.done.append("\n" + strip_tags(text[opening + 1 :]))  # the parser drops what never ends
    return page.done


class _Page:
    """Walks a tree once. `done` is what is finished; a table's text goes into its cells first."""

    def __init__(self) -> None:
        self.done: list[str | list[list[str]]] = []
        self._tables: list[_Table] = []

    def walk(self, top: LexborNode) -> None:
        add: Callable[[str], None] = self.done.append
        above: list[tuple[LexborNode, str]] = []
        node: LexborNode | None = top
        while True:
            while node is not None:
                tag = node.tag or ""
                child = None
                if tag == "-text":
                    add(_written(node.text_content or "", above[-1][1] if above else ""))
                elif tag == "-comment":
                    add(f"\n{strip_tags(node.comment_content or '')}\n")
                else:
                    add = self._enter(node, tag, add)
                    child = node.first_child
                if child is not None:
                    above.append((node, tag))
                    node = child
                    continue
                if tag[:1] != "-" and tag not in VOID:
                    add = self._leave(tag, add)
                node = node.next
            if not above:
                break
            node, tag = above.pop()
            add = self._leave(tag, add)
            node = node.next
        while self._tables:
            self._end_table()

    def _enter(
        self, node: LexborNode, tag: str, add: Callable[[str], None]
    ) -> Callable[[str], None]:
        if tag in ("table", "tr", "td", "th"):
            add = self._enter_table_part(tag, add)
        elif tag in BLOCKS:
            add("\n")
        if node.attributes and (told := _told(node, tag)):
            add(told)
        if tag == "template":
            add(strip_tags(node.html or ""))
        return add

    def _leave(self, tag: str, add: Callable[[str], None]) -> Callable[[str], None]:
        if tag in BLOCKS or tag in CELLS:
            table = self._tables[-1] if self._tables else None
            if tag == "table":
                self._end_table()
                open_ = self._tables and not self._tables[-1].layout
                return self._tables[-1].cell.append if open_ else self.done.append
            if table is None or table.layout or tag not in ("tr", "td", "th"):
                add("\t" if tag in CELLS else "\n")
            elif tag == "tr":
                table.end_row()
            else:
                table.end_cell()
        return add

    def _enter_table_part(self, tag: str, add: Callable[[str], None]) -> Callable[[str], None]:
        table = self._tables[-1] if self._tables else None
        if tag == "table":
            if table is not None and not table.layout:
                table.layout = True
                self.done.extend(_lines(table.rows))
                self.done.extend(table.cell)
                table.rows.clear()
                table.cell.clear()
            self.done.append("\n")
            self._tables.append(_Table())
            return self._tables[-1].cell.append
        if table is None or table.layout:
            add("\t" if tag in CELLS else "\n")
        elif tag == "tr":
            table.end_row()
            table.rows.append([])
        return add

    def _end_table(self) -> None:
        table = self._tables.pop()
        table.end_row()
        rows = [row for row in table.rows if any(row)]
        if len(rows) >= DATA_ROWS and max(map(len, rows)) > 1:
            self.done.append(rows)
        else:
            self.done.extend(_lines(rows))
        self.done.append("\n")


def _written(text: str, parent: str) -> str:
    if parent in RAW:
        return text
    if parent in FRAMES:
        return strip_tags(text)
    return _spaced(text)


def _spaced(text: str) -> str:
    if "\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text:
        return _SPACES.sub(" ", text)
    return text


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
    if tag == "a" and len(told) == 1 and told[0] in node.text():
        return ""  # the link's text says it already
    label = attributes.get("name") if tag in ("input", "meta", "param", "button") else None
    return f" {label}: {' '.join(told)} " if label else f" {' '.join(told)} "


def _lines(rows: Iterable[list[str]]) -> Iterator[str]:
    for row in rows:
        yield "\t".join(row) + "\n"

"""Turn the XML of OpenDocument content and styles into blocks of text with places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.extract import table
from scanner.extract.flow import Flow
from scanner.extract.layout import letters
from scanner.extract.ooxml import Package, attribute, link, local, release
from scanner.model import Place, Segment

if TYPE_CHECKING:
    from lxml.etree import _Element

PARAGRAPHS = ("p", "h")
ASIDE = frozenset(("annotation", "note", "text-box", "deletion"))
"""What stands inside a paragraph or cell but is told apart from it."""
VALUES = ("string-value", "current-value", "value", "label", "formula")
FORM = ":form:1.0}"
"""The end of the namespace of form controls."""
SKIPPED = frozenset(("creator-initials", "change-info", "note-citation", "binary-data"))
MAX_REPEATED_CELLS = 64
MAX_SPACES = 100


@dataclass(slots=True)
class _Text:
    pieces: list[str] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


class Content:
    """Reads one XML member into a flow. `cells` False: of tables only what is beside the cells."""

    def __init__(
        self,
        package: Package,
        flow: Flow,
        *,
        prefix: Place = (),
        cells: bool = True,
        styles: bool = False,
    ) -> None:
        self._package = package
        self._flow = flow
        self._prefix = prefix
        self._cells = cells
        self._styles = styles
        self._counts: dict[str, int] = {}
        self._page: Place = ()
        self._sheet = ""

    def read(self, member: str) -> Iterator[Segment]:
        """Yield segments. Raises Trouble("corrupt") where the XML breaks, after what was read."""
        if self._package.name(member) is None:
            return
        events = self._package.walk(member, ("start", "end"))
        depth = 0
        heading = ""
        for event, element in events:
            name = local(element)
            if event == "start":
                if name == "page":
                    self._page = (f"slide {self._count('slide')}",)
                elif name in ("header", "footer", "header-left", "footer-left", "header-first"):
                    heading = name.partition("-")[0]
                elif name == "notes":
                    self._page = (*self._page[:1], "notes")
                elif name == "table" and depth == 0:
                    yield from self._table(events, element)
                elif name in PARAGRAPHS or name in ASIDE:
                    depth += 1
                continue
            if name == "creator" and (above := element.getparent()) is not None:
                if local(above) == "change-info":
                    place = ("property", "authors of changes")
                    yield from self._flow.add(place, element.text or "")
            elif name in PARAGRAPHS or name in ASIDE:
                depth -= 1
                if depth == 0:
                    yield from self._block(element, heading)
                    release(element)
            elif name == "notes":
                self._page = self._page[:1]
            elif name in ("header", "footer", "header-left", "footer-left", "header-first"):
                heading = ""
            elif depth == 0:
                yield from self._loose(element, name)

    def _count(self, kind: str) -> int:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]

    def _place(self, kind: str) -> Place:
        if self._sheet:
            return (*self._prefix, self._sheet, kind)
        if self._page:
            return (*self._prefix, *self._page)
        return (*self._prefix, f"{kind} {self._count(kind)}")

    def _block(self, element: _Element, heading: str) -> Iterator[Segment]:
        name = local(element)
        text = _Text()
        if name in ASIDE:
            _aside(element, name, text)
        else:
            _visit(element, text)
        if heading:
            place: Place = (heading,)
        elif name in PARAGRAPHS:
            place = self._place("paragraph")
        else:
            place = (*self._prefix, *self._page)
        yield from self._flow.add(place, "".join(text.pieces))
        yield from self._asides(text, place)

    def _asides(self, text: _Text, place: Place) -> Iterator[Segment]:
        shown = "".join(text.pieces)
        for target in dict.fromkeys(text.links):
            if target not in shown:
                yield from self._flow.add((*place, "link"), target)
        for kind, said in text.aside:
            if kind == "text box" or self._sheet:
                yield from self._flow.add((*place, kind), said)
            else:
                number = f"{kind} {self._count(kind)}"
                yield from self._flow.add((*self._prefix, *self._page, number), said)

    def _loose(self, element: _Element, name: str) -> Iterator[Segment]:
        """Words that stand outside paragraphs: titles of drawings, fields, variables."""
        words = [element.text or ""] if name in ("title", "desc") else []
        if FORM in str(element.tag) or name in (
            "user-field-decl",
            "variable-set",
            "content-validation",
        ):
            words.extend(value for key in VALUES if (value := attribute(element, key)))
            words.append(element.text or "")
        if any(words):
            place = self._place("picture" if name in ("title", "desc") else "field")
            label = attribute(element, "name") if name == "user-field-decl" else ""
            said = "\n".join(dict.fromkeys(filter(None, words)))
            yield from self._flow.add(place, f"{label}: {said}" if label else said)

    def _table(
        self, events: Iterator[tuple[str, _Element]], element: _Element
    ) -> Iterator[Segment]:
        aside: list[tuple[Place, _Text]] = []
        name = attribute(element, "name")
        if self._cells:
            place = (*self._prefix, *self._page, f"table {self._count('table')}")
        else:
            place = (*self._prefix, name)
        rows = self._rows(events, place, aside)
        if self._cells:
            yield from table.in_document(place, rows, self._flow)
        else:
            for _ in rows:
                yield from self._take(aside, name)
        yield from self._take(aside, name)

    def _take(self, aside: list[tuple[Place, _Text]], name: str) -> Iterator[Segment]:
        self._sheet = "" if self._cells else name
        for place, text in aside:
            yield from self._asides(text, place)
        self._sheet = ""
        aside.clear()

    def _rows(
        self,
        events: Iterator[tuple[str, _Element]],
        place: Place,
        aside: list[tuple[Place, _Text]],
    ) -> Iterator[Sequence[str]]:
        depth, rows, number = 1, 0, 1
        for event, element in events:
            name = local(element)
            if name == "table":
                depth += 1 if event == "start" else -1
                if depth == 0:
                    return
            elif name == "table-row":
                rows += 1 if event == "start" else -1
                if event == "end" and depth == 1 and rows == 0:
                    yield self._row(element, number, place, aside)
                    number += _number(attribute(element, "number-rows-repeated"))
                    release(element)
            elif event == "end" and depth == 1 and rows == 0 and name in ("shapes", "text-box"):
                text = _Text()
                _visit(element, text)
                text.aside.append(("text box", "".join(text.pieces)))
                text.pieces = []
                aside.append((place, text))

    def _row(
        self, row: _Element, number: int, place: Place, aside: list[tuple[Place, _Text]]
    ) -> list[str]:
        cells: list[str] = []
        column = 0
        for element in row:
            if local(element) not in ("table-cell", "covered-table-cell"):
                continue
            text = _Text()
            _visit(element, text)
            repeated = _number(attribute(element, "number-columns-repeated"))
            shown = table.cell("".join(text.pieces))
            cells.append(shown)
            if repeated > 1:
                cells.extend([shown if shown else ""] * min(repeated - 1, MAX_REPEATED_CELLS))
            if text.aside or text.links:
                step = f"row {number}" if self._cells else f"{letters(column)}{number}"
                aside.append(((*place, step), text))
            column += repeated
        return cells


def _visit(element: _Element, text: _Text) -> None:
    if element.text:
        text.pieces.append(element.text)
    for child in element:
        name = local(child)
        if name in PARAGRAPHS:
            _visit(child, text)
            text.pieces.append("\n")
        elif name == "s":
            text.pieces.append(" " * min(_number(attribute(child, "c")), MAX_SPACES))
        elif name in ("tab", "line-break"):
            text.pieces.append("\t" if name == "tab" else "\n")
        elif name in ASIDE:
            _aside(child, name, text)
        elif name in ("title", "desc"):
            text.aside.append(("text box", child.text or ""))
        elif name in ("hidden-text", "hidden-paragraph", "conditional-text", "placeholder"):
            text.pieces.append(attribute(child, "string-value"))
            _visit(child, text)
        elif name not in SKIPPED:
            if name == "a" and (target := attribute(child, "href")):
                text.links.append(link(target))
            _visit(child, text)
            if name == "table-cell":
                text.pieces.append("\t")
            elif name == "table-row":
                text.pieces.append("\n")
        if child.tail:
            text.pieces.append(child.tail)


def _aside(element: _Element, name: str, text: _Text) -> None:
    inner = _Text()
    _visit(element, inner)
    said = "".join(inner.pieces).strip()
    kind = {"annotation": "comment", "text-box": "text box", "deletion": "deletion"}.get(name, "")
    if name == "note":
        kind = "endnote" if attribute(element, "note-class") == "endnote" else "footnote"
    if said:
        text.aside.append((kind, said))
    text.aside.extend(inner.aside)
    text.links.extend(inner.links)


def _number(value: str) -> int:
    return int(value) if value.isdigit() and 0 < len(value) < 10 else 1

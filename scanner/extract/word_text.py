"""Turn WordprocessingML elements into text: runs joined, changes kept apart, links beside.

Knows nothing of packages. A table's row becomes cells joined by tabs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.extract import table
from scanner.extract.ooxml import attribute, link, local, words
from scanner.model import Place

if TYPE_CHECKING:
    from lxml.etree import _Element

_SKIPPED = (
    "rPr pPr tblPr tblGrid tblPrEx trPr tcPr sectPr sdtEndPr bookmarkStart bookmarkEnd proofErr "
    "lastRenderedPageBreak Requires footnoteReference endnoteReference commentReference "
    "commentRangeStart commentRangeEnd footnoteRef endnoteRef annotationRef"
)
SKIPPED = frozenset(_SKIPPED.split())
PLAIN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
DELETED = frozenset(("del", "moveFrom"))
INSERTED = frozenset(("ins", "moveTo"))
VALUES = {
    "fldSimple": ("instr",),
    "listItem": ("displayText", "value"),
    "listEntry": ("val",),
    "default": ("val",),
    "statusText": ("val",),
    "helpText": ("val",),
    "docPr": ("descr", "title"),
    "cNvPr": ("descr", "title"),
    "textpath": ("string",),
    "shape": ("alt",),
    "imagedata": ("title",),
    "altChunk": (),
}
"""Elements whose attributes hold words: alternative texts, form fields, choices, watermarks."""
MAX_AUTHORS = 1000
BOTH, ONLY_NEW, ONLY_OLD = 0, 1, 2


@dataclass(slots=True)
class _Text:
    new: list[str] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    changed: bool = False

    def put(self, text: str, mode: int) -> None:
        if mode != ONLY_OLD:
            self.new.append(text)
        if mode != ONLY_NEW:
            self.old.append(text)


class WordText:
    """Reads elements one by one. `links` maps relationship ids to targets outside the document.

    `authors` collects who made the tracked changes.
    """

    def __init__(self) -> None:
        self.links: dict[str, str] = {}
        self.authors: dict[str, None] = {}

    def placed(self, element: _Element, place: Place) -> Iterator[tuple[Place, str]]:
        """Yield the element's text, text boxes in it, and its text before tracked deletions."""
        text = _Text()
        self._visit(element, text, BOTH)
        yield from self._results(text, place)

    def cells(self, row: _Element, place: Place, beside: list[tuple[Place, str]]) -> list[str]:
        """Return the cells of a table row; what lies beside its text is appended to `beside`."""
        cells: list[str] = []
        old: list[str] = []
        changed = False
        for element in self._cell_elements(row):
            text = _Text()
            self._visit(element, text, BOTH)
            changed = changed or text.changed
            new = "".join(text.new)
            before = _before(row, cells)
            cells.extend([""] * before)
            cells.append(table.cell(new))
            old.append(table.cell("".join(text.old)))
            cells.extend([""] * (_span(element) - 1))
            text.changed = False
            results = list(self._results(text, place))
            beside.extend(results[1:] if new and not new.isspace() else results)
        if changed:
            beside.append(((*place, "before changes"), "\t".join(old)))
        return cells

    def _results(self, text: _Text, place: Place) -> Iterator[tuple[Place, str]]:
        new = "".join(text.new).strip("\n")
        if new and not new.isspace():
            yield place, new
        for target in dict.fromkeys(text.links):
            if target not in new:
                yield (*place, "link"), target
        for beside in text.beside:
            yield (*place, "text box"), beside
        if text.changed:
            yield (*place, "before changes"), "".join(text.old).strip("\n")

    def _cell_elements(self, row: _Element) -> Iterator[_Element]:
        for element in row:
            name = local(element)
            if name == "tc":
                yield element
            elif name in ("sdt", "sdtContent", "customXml", "smartTag", *INSERTED, *DELETED):
                yield from self._cell_elements(element)

    def _visit(self, element: _Element, text: _Text, mode: int) -> None:
        for child in element:
            name = local(child)
            if name in ("t", "instrText"):
                text.put(words(child), mode)
            elif name in ("r", "p"):
                self._visit(child, text, mode)
                if name == "p":
                    text.put("\n", mode)
            elif name in SKIPPED:
                continue
            elif name in PLAIN:
                text.put(PLAIN[name], mode)
            elif name in ("delText", "delInstrText"):
                text.changed = True
                text.put(words(child), ONLY_OLD)
            else:
                self._visit_other(child, name, text, mode)

    def _visit_other(self, child: _Element, name: str, text: _Text, mode: int) -> None:
        if name in DELETED or name in INSERTED:
            self._author(child)
            text.changed = text.changed or name in DELETED
            self._visit(child, text, ONLY_OLD if name in DELETED else mode or ONLY_NEW)
        elif name == "txbxContent":
            inner = _Text()
            self._visit(child, inner, BOTH)
            text.beside.extend(found for _, found in self._results(inner, ()))
        elif name == "AlternateContent":
            self._visit_alternative(child, text, mode)
        elif name == "hyperlink":
            if target := self.links.get(attribute(child, "id")):
                text.links.append(link(target))
            self._visit(child, text, mode)
        elif name == "tr":
            beside: list[tuple[Place, str]] = []
            text.put("\t".join(self.cells(child, (), beside)) + "\n", mode)
            text.beside.extend(found for _, found in beside)
        else:
            for key in VALUES.get(name, ()):
                if value := attribute(child, key):
                    text.beside.append(value)
            self._visit(child, text, mode)

    def _visit_alternative(self, element: _Element, text: _Text, mode: int) -> None:
        """Read the first of the same content in several forms that has any text."""
        for child in element:
            before = len(text.new) + len(text.old) + len(text.beside)
            self._visit(child, text, mode)
            if len(text.new) + len(text.old) + len(text.beside) > before:
                return

    def _author(self, element: _Element) -> None:
        author = attribute(element, "author")
        if author and len(self.authors) < MAX_AUTHORS:
            self.authors[author] = None


def _span(cell: _Element) -> int:
    for properties in cell[:1]:
        for item in properties:
            if local(item) == "gridSpan":
                value = attribute(item, "val")
                return min(int(value), 64) if value.isdigit() else 1
    return 1


def _before(row: _Element, cells: list[str]) -> int:
    if cells:
        return 0
    for properties in row[:2]:
        if local(properties) == "trPr":
            for item in properties:
                if local(item) == "gridBefore" and (value := attribute(item, "val")).isdigit():
                    return min(int(value), 64)
    return 0

"""Turn DrawingML (slides, notes, comments) into text lines and tables. Opens nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.extract import table
from scanner.extract.ooxml import attribute, link, local, words

if TYPE_CHECKING:
    from lxml.etree import _Element

WORDS = ("descr", "title")


@dataclass(slots=True)
class Shapes:
    """What the shapes of one part say: lines in order, and tables of rows of cells."""

    lines: list[str] = field(default_factory=list, repr=False)
    tables: list[list[Sequence[str]]] = field(default_factory=list, repr=False)


def shapes(root: _Element, links: Mapping[str, str]) -> Shapes:
    """Read everything below `root`. `links` maps relationship ids to targets outside."""
    found = Shapes()
    _visit(root, links, found)
    return found


def _visit(element: _Element, links: Mapping[str, str], found: Shapes) -> None:
    for child in element:
        name = local(child)
        if name == "p":
            _paragraph(child, links, found)
        elif name == "tbl":
            found.tables.append([_row(row, links, found) for row in child.iter("{*}tr")])
        elif name == "AlternateContent":
            _alternative(child, links, found)
        else:
            if name == "cNvPr":
                found.lines.extend(value for key in WORDS if (value := child.get(key)))
            elif name in ("hlinkClick", "hlinkHover") and (
                target := links.get(attribute(child, "id"))
            ):
                found.lines.append(link(target))
            elif name == "tag":
                found.lines.append(f"{child.get('name', '')}: {child.get('val', '')}")
            elif name == "text":
                found.lines.append(words(child))
            _visit(child, links, found)


def _alternative(element: _Element, links: Mapping[str, str], found: Shapes) -> None:
    """Read the first of the same content in several forms that has any text."""
    for child in element:
        before = len(found.lines) + len(found.tables)
        _visit(child, links, found)
        if len(found.lines) + len(found.tables) > before:
            return


def _paragraph(element: _Element, links: Mapping[str, str], found: Shapes) -> None:
    text = "".join(_runs(element))
    if text.strip():
        found.lines.append(text)
    for target in dict.fromkeys(_targets(element, links)):
        if target not in text:
            found.lines.append(target)


def _runs(element: _Element) -> Iterator[str]:
    for item in element.iter("{*}t", "{*}br", "{*}tab"):
        name = local(item)
        yield words(item) if name == "t" else "\n" if name == "br" else "\t"


def _targets(element: _Element, links: Mapping[str, str]) -> Iterator[str]:
    for item in element.iter("{*}hlinkClick", "{*}hlinkHover", "{*}hlinkMouseOver"):
        if target := links.get(attribute(item, "id")):
            yield link(target)


def _row(row: _Element, links: Mapping[str, str], found: Shapes) -> list[str]:
    cells = []
    for cell in row:
        if local(cell) == "tc":
            texts = ["".join(_runs(item)) for item in cell.iter("{*}p")]
            text = table.cell("\n".join(texts))
            cells.append(text)
            found.lines.extend(target for target in _targets(cell, links) if target not in text)
    return cells

"""Read Word documents (docx): body, tables, notes, comments, changes, properties, what is embedded.

Places count as the file does: ("paragraph 12",), ("table 2", "row 3"), ("comment 4",).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scanner.extract import Event, Source, table
from scanner.extract.budget import Budget, Trouble
from scanner.extract.flow import Flow
from scanner.extract.ooxml import (
    Package,
    attribute,
    custom_data,
    leaves,
    local,
    properties,
    release,
)
from scanner.extract.word_text import WordText
from scanner.model import Part, Place, Problem, Segment

if TYPE_CHECKING:
    from lxml.etree import _Element

MAIN = "word/document.xml"
NOTES = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the document's text, embedded documents and what could not be read."""
    flow = Flow()
    yield from flow.saving(_document(source, budget, flow))


def _document(source: Source, budget: Budget, flow: Flow) -> Iterator[Event]:
    package = Package(source, budget)
    main = next(iter(package.of_kind("", "officeDocument")), None) or package.name(MAIN)
    if main is None and not package.damaged:
        raise Trouble("corrupt")
    words = WordText()
    folder = (main or MAIN).rpartition("/")[0]
    if main is not None:
        yield from _guarded(_body(package, main, words, flow), ("body",))
    for name in package.below(f"{folder}/glossary/", ends="document.xml"):
        yield from _guarded(_lines(package, name, ("building blocks",), words, flow), ())
    for kind in ("header", "footer"):
        for number, name in enumerate(package.below(f"{folder}/{kind}", ends=".xml"), 1):
            place = (f"{kind} {number}",)
            yield from _guarded(_lines(package, name, place, words, flow), place)
    for part, kind in NOTES.items():
        member = package.name(f"{folder}/{part}.xml")
        if member is not None:
            yield from _guarded(_notes(package, member, kind, words, flow), (part,))
    yield from _guarded(_rest(package, folder, words, flow), ("properties",))
    yield from flow.end()
    yield from package.embedded(f"{folder}/embeddings/")
    for name in _alternative(package, main):
        with package.open(name) as stream:
            yield Part(name.rpartition("/")[2], stream, package.size(name))
    yield from package.pictures(f"{folder}/media/")
    yield from package.damage()


def _guarded(events: Iterator[Event], place: Place) -> Iterator[Event]:
    """One broken member costs its own text, not that of the others."""
    try:
        yield from events
    except Trouble as trouble:
        if trouble.reason not in ("corrupt", "truncated"):
            raise
        yield Problem(trouble.where or place, trouble.reason, trouble.detail)


def _body(package: Package, main: str, words: WordText, flow: Flow) -> Iterator[Event]:
    words.links = _links(package, main)
    events = package.walk(main, ("start", "end"), ("{*}p", "{*}tbl", "{*}tr"))
    paragraphs = tables = depth = 0
    for event, element in events:
        name = local(element)
        if name == "tbl" and event == "start" and depth == 0:
            tables += 1
            beside: list[tuple[Place, str]] = []
            place = (f"table {tables}",)
            rows = _rows(events, words, place, beside)
            yield from table.in_document(place, rows, flow)
            yield from flow.add_all(beside)
            release(element)
        elif name == "p" and event == "start":
            depth += 1
        elif name == "p":
            depth -= 1
            if depth == 0:
                paragraphs += 1
                yield from flow.add_all(words.placed(element, (f"paragraph {paragraphs}",)))
                release(element)


def _rows(
    events: Iterator[tuple[str, _Element]],
    words: WordText,
    place: Place,
    beside: list[tuple[Place, str]],
) -> Iterator[Sequence[str]]:
    """Yield the rows of the table whose start was just read, up to its end."""
    depth, row = 1, 0
    for event, element in events:
        name = local(element)
        if name == "tbl":
            depth += 1 if event == "start" else -1
            if depth == 0:
                return
        elif name == "tr" and event == "end" and depth == 1:
            row += 1
            yield words.cells(element, (*place, f"row {row}"), beside)
            release(element)


def _lines(
    package: Package, name: str, place: Place, words: WordText, flow: Flow
) -> Iterator[Segment]:
    """Read a header, a footer or another small part as one place."""
    root = package.tree(name)
    if root is not None:
        words.links = _links(package, name)
        yield from flow.add_all(words.placed(root, place))


def _notes(
    package: Package, name: str, kind: str, words: WordText, flow: Flow
) -> Iterator[Segment]:
    words.links = _links(package, name)
    number = 0
    for _, element in package.walk(name):
        if local(element) != kind:
            continue
        if attribute(element, "type") in ("", "normal"):
            number += 1
        place = (f"{kind} {number}",)
        author = attribute(element, "author")
        for where, text in words.placed(element, place):
            yield from flow.add(where, f"{author}: {text}" if author else text)
        release(element)


def _rest(package: Package, folder: str, words: WordText, flow: Flow) -> Iterator[Segment]:
    """Read what lies around the text: properties, charts, data bound to fields, people."""
    yield from flow.add_all(properties(package))
    if words.authors:
        authors = "\n".join(words.authors)
        yield from flow.add(("property", "authors of changes"), authors)
    if package.name(f"{folder}/people.xml"):
        people = leaves(package, f"{folder}/people.xml", ("author", "userId"))
        yield from flow.add(("property", "people"), "\n".join(dict.fromkeys(people)))
    if package.name(f"{folder}/settings.xml"):
        root = package.tree(f"{folder}/settings.xml")
        for element in root.iter("{*}docVar") if root is not None else ():
            name, value = attribute(element, "name"), attribute(element, "val")
            yield from flow.add(("property", name), f"{name}: {value}")
    for kind, names in (
        ("chart", package.below(f"{folder}/charts/chart", ends=".xml")),
        ("diagram", package.below(f"{folder}/diagrams/data", ends=".xml")),
    ):
        for number, name in enumerate(names, 1):
            yield from flow.add((f"{kind} {number}",), "\n".join(leaves(package, name)))
    yield from flow.add_all(custom_data(package))


def _links(package: Package, name: str) -> dict[str, str]:
    return {
        relation.id: relation.target for relation in package.relations(name) if relation.external
    }


def _alternative(package: Package, main: str | None) -> list[str]:
    return package.of_kind(main, "aFChunk") if main is not None else []

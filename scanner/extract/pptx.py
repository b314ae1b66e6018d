"""Read PowerPoint presentations (pptx): slides, hidden ones too, tables, notes, comments, masters.

Places: ("slide 3",), ("slide 3", "table 1", "row 2"), ("slide 3", "notes"), ("master 1",).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.extract import Event, Source, table
from scanner.extract.budget import Budget, Trouble
from scanner.extract.drawing_text import shapes
from scanner.extract.flow import Flow
from scanner.extract.ooxml import (
    Package,
    attribute,
    custom_data,
    leaves,
    local,
    properties,
    words,
)
from scanner.model import Place, Problem, Segment

MAIN = "ppt/presentation.xml"
AUTHORS = ("ppt/commentAuthors.xml", "ppt/authors.xml")


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the slides' text in order, what lies around them, and embedded documents."""
    flow = Flow()
    yield from flow.saving(_presentation(source, budget, flow))


def _presentation(source: Source, budget: Budget, flow: Flow) -> Iterator[Event]:
    package = Package(source, budget)
    main = next(iter(package.of_kind("", "officeDocument")), None) or package.name(MAIN)
    if main is None and not package.damaged:
        raise Trouble("corrupt")
    authors = _authors(package)
    listed = _slides(package, main)
    for number, name in enumerate(listed, 1):
        yield from _guarded(_slide(package, name, (f"slide {number}",), authors, flow), number)
    unlisted = [name for name in package.below("ppt/slides/", ends=".xml") if name not in listed]
    for number, name in enumerate(unlisted, 1):
        place = (f"slide {number}",) if package.damaged else ("removed slide", str(number))
        yield from _guarded(_slide(package, name, place, authors, flow), number)
    yield from _guarded(_around(package, flow), 0)
    yield from flow.end()
    yield from package.embedded("ppt/embeddings/")
    yield from package.pictures("ppt/media/")
    yield from package.damage()


def _guarded(segments: Iterator[Segment], number: int) -> Iterator[Event]:
    """One broken member costs its own text, not that of the others."""
    try:
        yield from segments
    except Trouble as trouble:
        if trouble.reason != "corrupt":
            raise
        yield Problem((f"slide {number}",) if number else ("properties",), "corrupt")


def _slides(package: Package, main: str | None) -> list[str]:
    root = package.tree(main) if main is not None else None
    if main is None or root is None:
        return []
    targets = {relation.id: relation.target for relation in package.relations(main)}
    names = []
    for element in root.iter("{*}sldId"):
        # sldId has an id of its own besides that of the relationship
        identity = next(
            (str(value) for key, value in element.attrib.items() if str(key).endswith("}id")), ""
        )
        if name := package.name(targets.get(identity, "")):
            names.append(name)
    return names


def _slide(
    package: Package, name: str, place: Place, authors: dict[str, str], flow: Flow
) -> Iterator[Segment]:
    yield from _part(package, name, place, flow)
    comments = 0
    for relation in package.relations(name):
        member = package.name(relation.target) if not relation.external else None
        if member is None:
            continue
        if relation.kind == "notesSlide":
            yield from _part(package, member, (*place, "notes"), flow)
        elif relation.kind == "chart":
            yield from flow.add((*place, "chart"), "\n".join(leaves(package, member)))
        elif relation.kind == "diagramData":
            yield from flow.add((*place, "diagram"), "\n".join(leaves(package, member)))
        elif relation.kind == "tags":
            yield from _part(package, member, (*place, "tags"), flow)
        elif relation.kind == "comments":
            for text in _comments(package, member, authors):
                comments += 1
                yield from flow.add((*place, f"comment {comments}"), text)


def _part(package: Package, name: str, place: Place, flow: Flow) -> Iterator[Segment]:
    root = package.tree(name)
    if root is None:
        return
    links = {r.id: r.target for r in package.relations(name) if r.external}
    found = shapes(root, links)
    yield from flow.add(place, "\n".join(found.lines))
    for number, rows in enumerate(found.tables, 1):
        yield from table.in_document((*place, f"table {number}"), iter(rows), flow)


def _authors(package: Package) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in AUTHORS:
        try:
            root = package.tree(name)
        except Trouble as trouble:
            if trouble.reason != "corrupt":
                raise
            continue  # names of commenters only; the comments themselves are read
        for element in root if root is not None else ():
            words = (element.get("name", ""), element.get("userId", ""))
            found[element.get("id", "")] = " ".join(filter(None, words))
    return found


def _comments(package: Package, name: str, authors: dict[str, str]) -> Iterator[str]:
    """Yield "author: text" for comments and replies, of the old form and the new."""
    root = package.tree(name)
    for element in root.iter("{*}cm", "{*}reply") if root is not None else ():
        texts = []
        for child in element:
            if local(child) == "text":
                texts.append(words(child))
            elif local(child) == "txBody":
                texts.extend(shapes(child, {}).lines)
        author = authors.get(attribute(element, "authorId"), "")
        yield f"{author}: {' '.join(texts)}" if author else " ".join(texts)


def _around(package: Package, flow: Flow) -> Iterator[Segment]:
    for kind, folder in (
        ("master", "ppt/slideMasters/"),
        ("layout", "ppt/slideLayouts/"),
        ("notes master", "ppt/notesMasters/"),
        ("handout master", "ppt/handoutMasters/"),
        ("tags", "ppt/tags/"),
    ):
        for number, name in enumerate(package.below(folder, ends=".xml"), 1):
            yield from _part(package, name, (f"{kind} {number}",), flow)
    people = [text for text in _authors(package).values() if text]
    yield from flow.add(("property", "people"), "\n".join(people))
    yield from flow.add_all(properties(package))
    yield from flow.add_all(custom_data(package))

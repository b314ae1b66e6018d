"""Read an xlsx or xlsb package: which sheets go to which cell reader, and all around the cells."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field

from scanner.extract import Event, Source, sheet_binary, sheet_xml
from scanner.extract.budget import Budget, Trouble
from scanner.extract.flow import Flow
from scanner.extract.ooxml import (
    Package,
    attribute,
    custom_data,
    leaves,
    link,
    local,
    properties,
    words,
)
from scanner.extract.sheet_scan import Scan, scan
from scanner.extract.sheet_tail import tail_texts
from scanner.extract.sheets import MAX_DENSE_CELLS, Panic, name_segments, open_workbook, sheet
from scanner.model import Place, Problem, Segment

WIDE_STRING = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00){3,}")


@dataclass(slots=True)
class Sheet:
    """One sheet: its name as people see it, its member, and what the scan found."""

    name: str = field(repr=False)
    member: str = field(repr=False)
    found: Scan = field(default_factory=Scan, repr=False)
    broken: bool = False

    @property
    def dense(self) -> bool:
        """Whether the fast reader may lay it out in full."""
        readable = self.found.readable and not self.broken
        return readable and self.found.rows * self.found.columns <= MAX_DENSE_CELLS


def read_workbook(source: Source, package: Package, budget: Budget) -> Iterator[Event]:
    """Yield cells, then comments, headers, drawings, properties, caches, embedded documents."""
    main = next(iter(package.of_kind("", "officeDocument")), None) or package.name(
        "xl/workbook.xml"
    )
    binary = main is not None and main.lower().endswith(".bin")
    if main is None and not package.damaged:
        raise Trouble("corrupt")
    sheets = [] if binary else list(_sheets(package, main))
    unpacked = budget.unpacked
    try:
        yield from _measure(package, sheets)
        is_measured = True
    except Trouble as trouble:
        if trouble.reason != "limit" or not sheets:
            raise
        budget.refund(budget.unpacked - unpacked)  # it was counted only, and is read now
        yield Problem(("sheets",), trouble.reason, trouble.detail)
        is_measured = False
    short: dict[str, str] = {}
    if binary and main is not None:
        short = sheet_binary.sheets_with_short_cells(package, main)
        yield from _short_cells(package, short)
    slowly = package.damaged or not is_measured
    yield from _cells(source, package, sheets, binary, short, slowly=slowly)
    flow = Flow()
    yield from flow.saving(_beside_cells(package, sheets, main, flow))


def _beside_cells(
    package: Package, sheets: list[Sheet], main: str | None, flow: Flow
) -> Iterator[Event]:
    for item in sheets:
        yield from _guarded(_around(package, item), (item.name,), flow)
        if item.found.cut:
            yield Problem((item.name,), "limit", item.found.cut)
    for name in package.below("xl/worksheets/_rels/", ends=".bin.rels"):
        member = name.replace("_rels/", "").removesuffix(".rels")
        for relation in package.relations(member):
            if relation.external:
                yield from flow.add(("links",), link(relation.target))
    yield from _guarded(_workbook_texts(package, main), ("workbook",), flow)
    yield from _guarded(properties(package), ("properties",), flow)
    yield from _guarded(custom_data(package), ("attached data",), flow)
    yield from flow.end()
    yield from package.embedded("xl/embeddings/")
    yield from package.pictures("xl/media/")
    yield from package.damage()


def _guarded(texts: Iterable[tuple[Place, str]], place: Place, flow: Flow) -> Iterator[Event]:
    """One broken member costs its own text, not that of the others."""
    try:
        yield from flow.add_all(texts)
    except Trouble as trouble:
        if trouble.reason != "corrupt":
            raise
        yield Problem(place, "corrupt")


def _sheets(package: Package, main: str | None) -> Iterator[Sheet]:
    root = package.tree(main) if main is not None else None
    if main is None or root is None:
        for name in package.below("xl/worksheets/", ends=".xml"):
            yield Sheet(name.rpartition("/")[2].removesuffix(".xml"), name)
        return
    targets = {relation.id: relation.target for relation in package.relations(main)}
    for element in root.iter("{*}sheet"):
        member = package.name(targets.get(attribute(element, "id"), ""))
        if member is not None:
            yield Sheet(element.get("name", ""), member)


def _measure(package: Package, sheets: list[Sheet]) -> Iterator[Problem]:
    """Unpack once what the fast reader will unpack, so that bombs meet the budget first."""
    for item in sheets:
        try:
            with package.open(item.member) as stream:
                item.found = scan(stream)
            if item.found.readable and not item.dense:
                with package.open(item.member) as stream:
                    item.found = scan(stream, exact=True)
        except Trouble as trouble:
            if trouble.reason != "corrupt":
                raise
            item.broken = True
    scanned = {item.member for item in sheets}
    for name in package.below("xl/", ends=(".xml", ".bin")):
        if name in scanned or "vbaproject" in name.lower() or "/embeddings/" in name.lower():
            continue
        try:
            with package.open(name) as stream:
                while stream.read(1 << 20):
                    pass
        except Trouble as trouble:
            if trouble.reason != "corrupt":
                raise
            yield Problem((name.rpartition("/")[2],), "corrupt")


def _short_cells(package: Package, sheets: dict[str, str]) -> Iterator[Event]:
    strings = sheet_binary.shared_strings(package) if sheets else []
    for name, member in sheets.items():
        try:
            yield from sheet_binary.segments(package, member, name, strings)
        except Trouble as trouble:
            if trouble.reason != "corrupt":
                raise
            yield Problem((name,), "corrupt")


def _cells(
    source: Source,
    package: Package,
    sheets: list[Sheet],
    binary: bool,
    done: Container[str],
    *,
    slowly: bool,
) -> Iterator[Event]:
    """Yield the cells of all sheets but those of `done`."""
    slow = {item.name for item in sheets if slowly or not item.dense}
    members = {item.name: item.member for item in sheets}
    yield from name_segments(list(members))
    if binary or len(slow) < len(sheets):
        try:
            with open_workbook(source.stream) as book:
                yield from name_segments([n for n in book.sheet_names if n not in members])
                for index, name in enumerate(book.sheet_names):
                    if name in slow or name in done:
                        continue
                    try:
                        yield from sheet(book, index, name)
                    except Panic:
                        if name not in members:
                            yield Problem((name,), "corrupt")
                        slow.add(name)
                slow.update(set(members) - set(book.sheet_names))
        except Panic:
            if not sheets:
                raise Trouble("corrupt") from None
            slow = set(members)
    if slow & set(members):
        strings = sheet_xml.shared_strings(package, package.name("xl/sharedStrings.xml"))
        for item in sheets:
            if item.name in slow:
                try:
                    yield from sheet_xml.segments(package, item.member, item.name, strings)
                except Trouble as trouble:
                    if trouble.reason != "corrupt":
                        raise
                    yield Problem((item.name,), "truncated" if package.damaged else "corrupt")


def _around(package: Package, item: Sheet) -> Iterator[tuple[Place, str]]:
    for constant, reference in item.found.constants.items():
        yield (item.name, reference, "formula"), constant
    relations = package.relations(item.member)
    external = {relation.id: relation.target for relation in relations if relation.external}
    if item.found.tail:
        yield from tail_texts(item.found.tail, item.name, external)
    else:
        yield from (((item.name, "links"), link(target)) for target in external.values())
    threaded: list[str] = []
    for relation in relations:
        member = package.name(relation.target) if not relation.external else None
        if member is None:
            continue
        if relation.kind == "threadedComment":
            threaded.append(member)
        elif relation.kind == "comments" and member.lower().endswith(".xml"):
            yield from _comments(package, member, item.name)
        elif relation.kind == "comments":
            yield (item.name, "comments"), wide_strings(package.data(member))
        elif relation.kind == "drawing":
            yield from _drawing(package, member, item.name)
        elif relation.kind == "vmlDrawing":
            yield (item.name, "controls"), _vml_text(package, member)
    for member in threaded:
        yield from _threaded(package, member, item.name)


def _comments(package: Package, member: str, sheet_name: str) -> Iterator[tuple[Place, str]]:
    authors: list[str] = []
    for _, element in package.walk(member):
        name = local(element)
        if name == "author":
            authors.append(words(element))
        elif name == "comment":
            index, reference = element.get("authorId", ""), element.get("ref", "")
            known = index.isdigit() and int(index) < len(authors)
            author = authors[int(index)] if known else ""
            text = "".join(words(item) for item in element.iter("{*}t"))
            element.clear()
            if author.startswith("tc="):
                continue  # a copy, for old programs, of a threaded comment
            label = f"{author}: " if author and not text.startswith(author) else ""
            yield (sheet_name, reference or "comments", "comment"), label + text


def _threaded(package: Package, member: str, sheet_name: str) -> Iterator[tuple[Place, str]]:
    people = {}
    for name in package.below("xl/persons/", ends=".xml"):
        for _, element in package.walk(name):
            if local(element) == "person":
                people[element.get("id", "")] = element.get("displayName", "")
    for _, element in package.walk(member):
        if local(element) == "threadedComment":
            text = "".join(words(item) for item in element.iter("{*}text"))
            author = people.get(element.get("personId", ""), "")
            place = (sheet_name, element.get("ref", "") or "comments", "comment")
            yield place, f"{author}: {text}" if author else text


def _drawing(package: Package, member: str, sheet_name: str) -> Iterator[tuple[Place, str]]:
    lines: list[str] = []
    root = package.tree(member)
    for element in root.iter() if root is not None else ():
        name = local(element)
        if name == "p":
            lines.append("".join(words(item) for item in element.iter("{*}t")))
        elif name == "cNvPr":
            lines.extend(value for key in ("descr", "title") if (value := element.get(key)))
    yield (sheet_name, "text box"), "\n".join(filter(None, lines))
    for relation in package.relations(member):
        if relation.external:
            yield (sheet_name, "links"), link(relation.target)
        elif relation.kind == "chart" and (chart := package.name(relation.target)):
            yield (sheet_name, "chart"), "\n".join(leaves(package, chart))


def _vml_text(package: Package, member: str) -> str:
    """VML is often no XML at all (an unclosed <br>): read it as HTML."""
    from selectolax.lexbor import LexborHTMLParser

    document = LexborHTMLParser(package.data(member).decode("utf-8", "replace"))
    return "\n".join(
        text
        for node in document.css("v\\:textbox, textbox")
        if (text := node.text(separator=" ").strip())
    )


def _workbook_texts(package: Package, main: str | None) -> Iterator[tuple[Place, str]]:
    root = package.tree(main) if main is not None and main.endswith(".xml") else None
    for element in root.iter("{*}definedName", "{*}fileSharing") if root is not None else ():
        name = element.get("name") or element.get("userName") or ""
        yield ("defined name", name), f"{name}: {words(element)} {element.get('comment', '')}"
    for place, folder, attributes in (
        ("linked workbook", "xl/externalLinks/", ("val",)),
        ("pivot data", "xl/pivotCache/", ("v",)),
        ("change log", "xl/revisions/", ("name", "userName")),
        ("connections", "xl/connections.xml", ("name", "connection", "command", "sourceFile")),
        ("people", "xl/persons/", ("displayName", "userId")),
        ("diagram", "xl/diagrams/data", ()),
    ):
        for number, member in enumerate(package.below(folder, ends=(".xml", ".bin", ".rels")), 1):
            where = (f"{place} {number}",)
            if member.lower().endswith(".bin"):
                yield where, wide_strings(package.data(member))
            elif member.lower().endswith(".rels"):
                yield (
                    where,
                    "\n".join(link(value) for value in leaves(package, member, ("Target",))),
                )
            else:
                yield from _lines(where, leaves(package, member, attributes))


def _lines(place: Place, texts: Iterable[str]) -> Iterator[tuple[Place, str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == 1000:
            yield place, "\n".join(batch)
            batch = []
    yield place, "\n".join(batch)


def wide_strings(data: bytes) -> str:
    """Return the runs of UTF-16 text in a binary member, a line each."""
    return "\n".join(match.decode("utf-16-le") for match in WIDE_STRING.findall(data))


__all__ = ["Segment", "read_workbook", "wide_strings"]

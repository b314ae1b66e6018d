"""Read OpenDocument text and presentations (odt, odp), and what is around the cells of ods.

Places: ("paragraph 12",), ("table 2", "row 3"), ("slide 3", "notes"), ("comment 4",).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

from scanner.extract import Event, Source
from scanner.extract.budget import Budget, Trouble
from scanner.extract.flow import Flow
from scanner.extract.odf_content import Content
from scanner.extract.odf_encrypted import decrypt, is_encrypted
from scanner.extract.ooxml import Package, leaves, local
from scanner.extract.sheet_scan import CONSTANT, MAX_CONSTANTS
from scanner.extract.sheets import workbook
from scanner.model import Part, Place, Problem

BESIDE_CELLS = re.compile(
    rb"<office:annotation\b|<draw:|<text:a\b|<table:tracked-changes\b|<form:|<table:content-validation\b|<text:note\b"
)
"""What in a sheet's XML calamine passes over; without it the XML is not parsed a second time."""
FORMULA = re.compile(rb'\btable:(formula|condition|expression)="([^"]{6,8192})"')
KINDS = {b"formula": "formulas", b"condition": "checks", b"expression": "defined names"}
CARRY_BYTES = 8300
REPEATED = re.compile(
    rb'number-columns-repeated="\d{4,}"[^<>]{0,400}[^/<>]>'
    rb'|number-rows-repeated="\d{5,}"[^<>]{0,400}>\s{0,9}'
    rb"(?!(?:<table:(?:covered-)?table-cell[^<>]{0,400}/>\s{0,9}){1,9}</table:table-row>)"
)
"""Cells or rows that are not empty and stand for thousands: calamine would lay out each one."""
PLAIN_META = frozenset(("generator", "creation-date", "date", "editing-duration", "editing-cycles"))


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield text, tables, notes, comments, headers, metadata, embedded objects.

    Raises Trouble("encrypted") for a document that no password of the configuration opens.
    """
    package = Package(source, budget)
    if is_encrypted(package):
        with decrypt(package, budget) as opened:
            yield from _read(Package(replace(source, stream=opened), budget))
    else:
        yield from _read(package)


def _read(package: Package) -> Iterator[Event]:
    if package.name("content.xml") is None and not package.damaged:
        raise Trouble("corrupt")
    flow = Flow()
    yield from flow.saving(_whole(package, flow))


def read_sheets(source: Source, package: Package, budget: Budget) -> Iterator[Event]:
    """Yield an ods workbook: cells by calamine, then what lies around them."""
    if is_encrypted(package):
        with decrypt(package, budget) as opened:
            source = replace(source, stream=opened)
            yield from _read_sheets(source, Package(source, budget), budget)
    else:
        yield from _read_sheets(source, package, budget)


def _read_sheets(source: Source, package: Package, budget: Budget) -> Iterator[Event]:
    flow = Flow()
    unpacked = budget.unpacked
    try:
        look = _look(package) if package.name("content.xml") is not None else _Look()
    except Trouble as trouble:
        if trouble.reason != "limit":
            raise
        budget.refund(budget.unpacked - unpacked)  # it was counted only, and is read now
        yield Problem(("sheets",), trouble.reason, trouble.detail)
        yield from flow.saving(_whole(package, flow))
    else:
        yield from flow.saving(_workbook(source, package, look, flow))


def _whole(package: Package, flow: Flow) -> Iterator[Event]:
    yield from _guarded(Content(package, flow).read("content.xml"), ("body",))
    yield from _around(package, flow)


def _workbook(source: Source, package: Package, look: _Look, flow: Flow) -> Iterator[Event]:
    yield from flow.add_all(((kind,), said) for said, kind in look.said.items())
    try:
        if package.damaged or look.repeats:
            raise Trouble("truncated")
        yield from workbook(source.stream)
    except Trouble as trouble:
        if trouble.reason not in ("corrupt", "truncated"):
            raise
        yield from _guarded(Content(package, flow).read("content.xml"), ("body",))
        if not look.repeats:
            yield Problem((), trouble.reason)
    else:
        if look.beside:
            content = Content(package, flow, cells=False)
            yield from _guarded(content.read("content.xml"), ("body",))
    yield from _around(package, flow)


def _around(package: Package, flow: Flow) -> Iterator[Event]:
    styles = Content(package, flow, prefix=("styles",), styles=True)
    yield from _guarded(styles.read("styles.xml"), ("styles",))
    yield from _guarded(flow.add_all(_metadata(package)), ("properties",))
    objects = sorted({name.rpartition("/")[0] for name in package.below("", ends="/content.xml")})
    for number, folder in enumerate(objects, 1):
        place = (f"object {number}",)
        content = Content(package, flow, prefix=place)
        yield from _guarded(content.read(f"{folder}/content.xml"), place)
    yield from flow.end()
    yield from _embedded(package)
    yield from package.pictures("pictures/", "media/")
    yield from package.damage()


def _guarded(events: Iterator[Event], place: Place) -> Iterator[Event]:
    """One broken member costs its own text, not that of the others."""
    try:
        yield from events
    except Trouble as trouble:
        if trouble.reason != "corrupt":
            raise
        yield Problem(place, "corrupt")


def _look(package: Package) -> _Look:
    """Unpack the sheets' XML once; so a bomb meets the budget before it meets calamine."""
    look = _Look()
    carry = b""
    try:
        with package.open("content.xml") as stream:
            while chunk := stream.read(1 << 20):
                look.take(carry + chunk)
                carry = chunk[-CARRY_BYTES:]
    except Trouble as trouble:
        if trouble.reason != "corrupt":
            raise
    return look


class _Look:
    """What the bytes of a workbook's XML show: formulas' words, and whether to parse it again."""

    def __init__(self) -> None:
        self.beside = False
        self.repeats = False
        self.said: dict[str, str] = {}

    def take(self, block: bytes) -> None:
        self.beside = self.beside or BESIDE_CELLS.search(block) is not None
        self.repeats = self.repeats or REPEATED.search(block) is not None
        for kind, formula in FORMULA.findall(block):
            if len(self.said) >= MAX_CONSTANTS:
                return
            for match in CONSTANT.finditer(unescape(formula.decode("utf-8", "replace"))):
                self.said.setdefault(match[1] or match[2], KINDS[kind])


def _metadata(package: Package) -> Iterator[tuple[Place, str]]:
    if package.name("meta.xml") is None:
        return
    for _, element in package.walk("meta.xml"):
        name = local(element)
        text = (element.text or "").strip()
        if not text or name in PLAIN_META:
            continue
        for key, value in element.attrib.items():
            if str(key).endswith("}name"):
                name = str(value)
        yield ("property", name), f"{name}: {text}"


def _embedded(package: Package) -> Iterator[Event]:
    """Yield OLE objects as Parts; objects that are XML in the same package were read with it."""
    from scanner.extract.ole_object import unwrap

    for name in package.below("object ", "obj"):
        if "/" in name:
            continue
        data = package.data(name, 512 * 1024**2)
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            yield from unwrap(io.BytesIO(data), len(data), name)
        else:
            yield Part(name, io.BytesIO(data), len(data))
    for name in package.below("basic/", ends=".xml"):
        if name.endswith(("script-lc.xml", "script-lb.xml", "dialog-lc.xml")):
            continue
        flow = Flow()
        yield from flow.add(("macro", name.rpartition("/")[2]), "\n".join(leaves(package, name)))
        yield from flow.end()

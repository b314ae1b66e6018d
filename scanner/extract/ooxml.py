"""Open zip packages of XML (Office Open XML, OpenDocument) safely. Understands no document format.

Every unpacked byte is spent from the budget; entities and external references stay inert.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, cast
from urllib.parse import unquote

from scanner.extract import Event, Source
from scanner.extract.budget import Budget, Trouble
from scanner.extract.salvage import Salvaged, salvage
from scanner.model import Part, Place, Problem

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_MEMBERS = 100_000
MAX_TREE_BYTES = 64 * 1024**2
"""A member read as one tree (a slide, a comment list) may have so many bytes."""
PICTURE_BYTES = 100 * 1024
"""A picture from this size on may be a pasted scan; smaller ones are taken for logos."""
PICTURES = (".png", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".jp2")
Events = Sequence[Literal["start", "end"]]
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


DEFENCES: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
}
"""What every parser of XML is told: resolve nothing, fetch nothing, nest no deeper than usual."""


class Relation(NamedTuple):
    """One relationship of a package part. `kind` is the last word of its type."""

    id: str
    kind: str
    target: str
    external: bool


class Package:
    """The members of a package by name. Raises Trouble when there are none to read.

    `damaged`: the directory at the end is missing (a cut file); members were found one by one.
    `entities`: a member read so far declares entities of its own, which are not resolved.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self._budget = budget
        self._stream = source.stream
        self._zip: zipfile.ZipFile | None = None
        self._salvaged: dict[str, Salvaged] = {}
        self._sizes: dict[str, int] = {}
        try:
            self._zip = zipfile.ZipFile(source.stream)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
            self._salvaged = {member.name: member for member in salvage(source.stream)}
            if not self._salvaged:
                raise Trouble("corrupt") from None
        self.damaged = self._zip is None
        self.entities = False
        if self._zip is not None:
            members = self._zip.infolist()
            if len(members) > MAX_MEMBERS:
                raise Trouble("limit", "members")
            self._sizes = {member.filename: member.file_size for member in members}
        self.names: Sequence[str] = tuple(self._sizes or self._salvaged)
        self._folded = {name.casefold(): name for name in self.names}

    def name(self, name: str) -> str | None:
        """Return the member called `name` as it is spelt in the package, or None."""
        return self._folded.get(name.lstrip("/").casefold())

    def below(self, *starts: str, ends: str | tuple[str, ...] = "") -> list[str]:
        """Return the members whose names start and end so, in natural order (2 before 10)."""
        folded = tuple(start.casefold() for start in starts)
        found = [
            name
            for low, name in self._folded.items()
            if low.startswith(folded) and low.endswith(ends) and not low.endswith("/")
        ]
        return sorted(found, key=lambda name: (len(name), name))

    def size(self, name: str) -> int:
        """Return the member's unpacked size in bytes as the package says, or -1."""
        return self._sizes.get(name, -1)

    def open(self, name: str) -> BinaryIO:
        """Open a member; reading spends bytes. Raises KeyError and Trouble."""
        member = self._folded[name.lstrip("/").casefold()]
        raw: io.RawIOBase
        if self._zip is None:
            raw = self._salvaged[member].open(self._stream)
        else:
            if self._zip.getinfo(member).flag_bits & 1:
                raise Trouble("encrypted")
            try:
                raw = cast(io.RawIOBase, self._zip.open(member))
            except (zipfile.BadZipFile, ValueError, EOFError):
                raise Trouble("corrupt") from None
            except (NotImplementedError, RuntimeError):
                raise Trouble("unsupported", "compression") from None
        return cast(BinaryIO, Spending(cast(BinaryIO, raw), self._budget))

    def data(self, name: str, most: int = MAX_TREE_BYTES) -> bytes:
        """Return a member's bytes. Raises KeyError, and Trouble when there are more than `most`."""
        with self.open(name) as stream:
            data = stream.read(most + 1)
        if len(data) > most:
            raise Trouble("limit", "member_bytes")
        return data

    def walk(
        self, name: str, events: Events = ("end",), tags: Sequence[str] | None = None
    ) -> Iterator[tuple[str, _Element]]:
        """Yield iterparse events of an XML member; the caller clears what it has used.

        `tags`, as "{*}p": only of these elements.
        """
        with self.open(name) as stream:
            iterator = walk(stream, events, tags)
            for event, element in iterator:
                self._look_at_type(element)
                yield event, element
                break
            yield from iterator

    def tree(self, name: str) -> _Element | None:
        """Return the root of a small XML member, or None when there is none or it is empty."""
        member = self.name(name)
        if member is None:
            return None
        from lxml import etree

        parser = etree.XMLParser(recover=self.damaged, **DEFENCES)
        try:
            root: _Element | None = etree.fromstring(self.data(member), parser)
        except etree.XMLSyntaxError:
            raise Trouble("corrupt") from None
        if root is not None:
            self._look_at_type(root)
        return root

    def relations(self, name: str) -> list[Relation]:
        """Return the relationships of a member ("" for the package's own)."""
        folder, _, base = name.rpartition("/")
        root = self.tree(posixpath.join(folder, "_rels", base + ".rels"))
        found = []
        for element in root if root is not None else ():
            external = element.get("TargetMode", "").lower() == "external"
            target = element.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = element.get("Type", "").rpartition("/")[2]
            found.append(Relation(element.get("Id", ""), kind, target, external))
        return found

    def of_kind(self, name: str, *kinds: str) -> list[str]:
        """Return the members that relationships of these kinds lead to, in order."""
        return [
            member
            for relation in self.relations(name)
            if relation.kind in kinds and not relation.external
            for member in (self.name(relation.target),)
            if member is not None
        ]

    def pictures(self, *folders: str) -> Iterator[Problem]:
        """Yield one Problem when pictures that may hold text lie in these folders."""
        names = self.below(*folders, ends=PICTURES)
        if any(self.size(name) >= PICTURE_BYTES or self.size(name) < 0 for name in names):
            yield Problem(("pictures",), "missing_extra", "ocr")

    def embedded(self, *folders: str) -> Iterator[Event]:
        """Yield the documents embedded in these folders as Parts, out of their OLE wrapping."""
        for name in self.below(*folders):
            base = name.rpartition("/")[2]
            if base.lower().endswith(".rels"):
                continue
            with self.open(name) as stream:
                head = stream.read(len(OLE_MAGIC))
            if head == OLE_MAGIC:
                from scanner.extract.ole_object import unwrap

                with self.open(name) as stream:
                    spooled, size = self._budget.spool(stream)
                with spooled:
                    yield from unwrap(spooled, size, base)
            else:
                with self.open(name) as stream:
                    yield Part(base, stream, self.size(name))

    def damage(self) -> Iterator[Problem]:
        """Yield, last, what is wrong with the package: it was cut, or has words behind entities."""
        if self.damaged:
            yield Problem((), "truncated")
        if self.entities:
            yield Problem((), "unsupported", "entities")

    def _look_at_type(self, element: _Element) -> None:
        declared = element.getroottree().docinfo.internalDTD
        if declared is not None and any(True for _ in declared.iterentities()):
            self.entities = True


class Spending(io.RawIOBase):
    """Reads a member and spends its bytes; broken packing is Trouble("corrupt")."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._inner = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._inner.read(size) if size >= 0 else b"".join(iter(self._chunk, b""))
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise Trouble("corrupt") from None
        if size >= 0:
            self._budget.spend(len(data))
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()

    def _chunk(self) -> bytes:
        return self.read(1 << 18)


def walk(
    stream: BinaryIO, events: Events = ("end",), tags: Sequence[str] | None = None
) -> Iterator[tuple[str, _Element]]:
    """Yield iterparse events with every defence on. Raises Trouble("corrupt") on bad XML."""
    from lxml import etree

    try:
        yield from etree.iterparse(stream, events=events, tag=tags, **DEFENCES)
    except etree.XMLSyntaxError:
        raise Trouble("corrupt") from None


def local(element: _Element) -> str:
    """Return an element's name without its namespace; empty for an entity reference."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def words(element: _Element) -> str:
    """Return an element's own text, past entity references in it."""
    text = element.text or ""
    if len(element):
        text += "".join(child.tail or "" for child in element)
    return text


def attribute(element: _Element, name: str) -> str:
    """Return the attribute called `name` in any namespace; empty where there is none."""
    value = element.get(name)
    if value is not None:
        return value
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""


def release(element: _Element) -> None:
    """Free an element that was read, and its earlier siblings."""
    element.clear()
    parent = element.getparent()
    while parent is not None and (previous := element.getprevious()) is not None:
        parent.remove(previous)


def link(target: str) -> str:
    """Return a link's target as text: mailto: removed, percent signs decoded."""
    if target.lower().startswith("mailto:"):
        target = target[7:]
    return unquote(target)


def leaves(package: Package, name: str, attributes: Sequence[str] | None = ()) -> Iterator[str]:
    """Yield every text of an XML member, and the values of these attributes (None: of all)."""
    for _, element in package.walk(name):
        for key, value in element.attrib.items():
            if attributes is None or str(key).rpartition("}")[2] in attributes:
                yield str(value)
        for text in (element.text, *(child.tail for child in element)):
            if text and not text.isspace():
                yield text.strip()
        del element[:]


_NUMBERS = (
    "Application AppVersion DocSecurity Pages Words Characters CharactersWithSpaces Lines "
    "Paragraphs Slides Notes HiddenSlides MMClips ScaleCrop LinksUpToDate SharedDoc TotalTime "
    "HyperlinksChanged PresentationFormat i4 created modified lastPrinted revision version"
)
NUMBERS = frozenset(_NUMBERS.split())


def properties(package: Package) -> Iterator[tuple[Place, str]]:
    """Yield ("property", name) and text for the document's properties, custom ones included."""
    for member in [*package.below("docprops/", ends=".xml"), *package.below("", ends=".psmdcp")]:
        root = package.tree(member)
        for element in root if root is not None else ():
            own = element.get("name")  # of a custom property
            name = own or local(element)
            if own is None and name in NUMBERS:
                continue
            texts = [
                text
                for part in element.iter()
                if local(part) not in NUMBERS and (text := words(part).strip())
            ]
            if texts:
                yield ("property", name), f"{name}: {' '.join(dict.fromkeys(texts))}"


def custom_data(package: Package) -> Iterator[tuple[Place, str]]:
    """Yield the data that programs attached to the document (customXml), one place each."""
    for number, name in enumerate(package.below("customxml/item", ends=".xml"), 1):
        if "props" not in name.lower():
            yield (f"attached data {number}",), "\n".join(leaves(package, name, None))

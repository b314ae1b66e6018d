"""Read Excel 97-2003 workbooks: cells by calamine, notes, headers and properties from BIFF."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from scanner.extract import Event, Source
from scanner.extract.biff import texts
from scanner.extract.budget import Budget, Trouble
from scanner.extract.encrypted import decrypt
from scanner.extract.flow import Flow
from scanner.extract.sheets import workbook
from scanner.model import Place, Problem

if TYPE_CHECKING:
    from olefile import OleFileIO

PROPERTIES = (
    "title",
    "subject",
    "author",
    "keywords",
    "comments",
    "last_saved_by",
    "manager",
    "company",
    "category",
)
MAX_WORKBOOK_BYTES = 512 * 1024**2


def read_xls(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield cells, then what lies around them. Raises Trouble("encrypted") or ("corrupt")."""
    import olefile

    try:
        container = olefile.OleFileIO(source.stream)
    except (OSError, ValueError, IndexError, struct.error):
        yield from workbook(source.stream)
        return
    with container:
        streams = {"/".join(path).lower(): path for path in container.listdir()}
        name = next((key for key in ("workbook", "book") if key in streams), None)
        if name is None:
            raise Trouble("encrypted" if "encryptedpackage" in streams else "unsupported")
        data = _stream(container, streams[name])
        if _is_encrypted(data):
            with decrypt(source.stream, budget) as opened:
                yield from workbook(opened)
                with olefile.OleFileIO(opened) as inner:
                    data = _stream(inner, streams[name])
                    yield from _around(inner, data)
            return
        yield from _cells(source.stream)
        yield from _around(container, data)


def _cells(stream: BinaryIO) -> Iterator[Event]:
    """Cells that cannot be read do not cost the rest."""
    try:
        yield from workbook(stream)
    except Trouble as trouble:
        yield trouble.problem()


def _around(container: OleFileIO, data: bytes) -> Iterator[Event]:
    flow = Flow()
    try:
        yield from flow.add_all(texts(data))
    except (struct.error, IndexError):
        yield Problem(("notes",), "corrupt")
    yield from flow.add_all(ole_properties(container))
    yield from flow.end()
    for path in container.listdir(streams=False, storages=True):
        if len(path) == 1 and path[0].upper().startswith("MBD"):
            yield from _embedded(container, path[0])


def _embedded(container: OleFileIO, storage: str) -> Iterator[Event]:
    """Yield what is embedded: single files as Parts, whole documents as a Problem."""
    import io

    from scanner.extract.ole_object import INNER, NATIVE, native
    from scanner.model import Part

    for path in container.listdir():
        if path[0] != storage or len(path) != 2:
            continue
        key = path[1].lower()
        if key == NATIVE.lower() or key in INNER:
            data = _stream(container, path)
            label, inner = native(data) if key == NATIVE.lower() else ("", data)
            yield Part(label or storage, io.BytesIO(inner), len(inner))
        elif key in ("workbook", "book", "worddocument", "powerpoint document"):
            yield Problem(("embedded", storage), "unsupported", "embedded object")


def ole_properties(container: OleFileIO) -> Iterator[tuple[Place, str]]:
    """Yield the summary properties of an OLE document."""
    try:
        metadata = container.get_metadata()
    except (OSError, ValueError, IndexError, struct.error, KeyError):
        return
    codepage = getattr(metadata, "codepage", None)
    encoding = "utf-8" if codepage == 65001 else "cp1252"
    for name in PROPERTIES:
        value = getattr(metadata, name, None)
        text = value.decode(encoding, "replace") if isinstance(value, bytes) else value
        if isinstance(text, str) and text.strip():
            yield ("property", name), f"{name}: {text}"


def _stream(container: OleFileIO, path: list[str]) -> bytes:
    if container.get_size(path) > MAX_WORKBOOK_BYTES:
        raise Trouble("limit", "workbook_bytes")
    try:
        data: bytes = container.openstream(path).read()
    except (OSError, IndexError, struct.error):
        raise Trouble("corrupt") from None
    return data


def _is_encrypted(data: bytes) -> bool:
    """Whether a FILEPASS record follows the first BOF ([MS-XLS] 2.4.117)."""
    position = 0
    for _ in range(4):
        if position + 4 > len(data):
            return False
        kind, size = struct.unpack_from("<HH", data, position)
        if kind == 0x2F:
            return True
        position += 4 + size
    return False

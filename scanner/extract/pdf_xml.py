"""Read the XML that a PDF carries: XMP metadata and XFA form data."""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from scanner.extract.budget import Trouble
from scanner.extract.ooxml import walk
from scanner.model import Place

XMP = re.compile(rb"<x:xmpmeta\b")
XMP_END = b"</x:xmpmeta>"
SEARCH_BYTES = 256 * 1024**2
MAX_PACKETS = 20
MAX_PACKET_BYTES = 16 * 1024**2
NOISE = re.compile(r"(?:uuid|xmp\.[id]id|adobe:docid):|\d{4}-\d\d-\d\dT|[\W\d]*$|https?://ns\.")


def xmp_texts(stream: BinaryIO, size: int, known: frozenset[str]) -> Iterator[tuple[Place, str]]:
    """Yield the metadata's texts that `known` (the document properties) does not hold already."""
    stream.seek(0)
    data = stream.read(min(size, SEARCH_BYTES))
    told = set(known)
    for found, _ in zip(XMP.finditer(data), range(MAX_PACKETS), strict=False):
        end = data.find(XMP_END, found.start(), found.start() + MAX_PACKET_BYTES)
        if end < 0:
            continue
        for text in _texts(data[found.start() : end + len(XMP_END)]):
            if text not in told and not NOISE.match(text):
                told.add(text)
                yield ("property", "XMP"), text


def form_data(document: Any) -> Iterator[str]:
    """Yield the texts of an XFA form's data."""
    from pypdfium2 import raw

    for index in range(min(raw.FPDF_GetXFAPacketCount(document.raw), MAX_PACKETS)):
        name = ctypes.create_string_buffer(64)
        raw.FPDF_GetXFAPacketName(document.raw, index, name, len(name))
        if name.value != b"datasets":
            continue
        size = ctypes.c_ulong()
        raw.FPDF_GetXFAPacketContent(document.raw, index, None, 0, size)
        buffer = ctypes.create_string_buffer(min(size.value, MAX_PACKET_BYTES) or 1)
        raw.FPDF_GetXFAPacketContent(document.raw, index, buffer, len(buffer), size)
        yield from _texts(buffer.raw.rstrip(b"\0"))


def _texts(data: bytes) -> Iterator[str]:
    """What stands before a break in the XML is given; metadata says no more than that."""
    try:
        for _, element in walk(io.BytesIO(data)):
            for text in (element.text, *map(str, element.attrib.values())):
                if text and not text.isspace():
                    yield text.strip()
    except Trouble:
        return

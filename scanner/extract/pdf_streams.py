"""Find streams of a PDF that unpack to more than may be held, and blank them. Reads no text.

The native library unpacks a stream whole, and ends the process where memory does not suffice.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from scanner.extract import Source
from scanner.extract.budget import Budget
from scanner.model import Place, Problem

SHARE = 8
"""One stream may unpack to this part of a worker's memory: it is copied before it is parsed."""
MOST_PER_BYTE = 1032
"""Deflate packs no better: 258 bytes in two bits (zlib's technical details)."""
DICTIONARY_BYTES = 4096
PACKED_BYTES = 16 * 1024
CHUNK_BYTES = 1024 * 1024
BLANK_BYTES = 64
"""Zeros where a zlib stream begins make it end at once, as nothing."""

STREAM = re.compile(rb"stream\r?\n")
_NUMBER = re.compile(rb"(\d{1,8})\s+\d{1,5}\s+\Z")
_LENGTH = re.compile(rb"/Length\s+(\d{1,12})(?!\d|\s+\d+\s+R)")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_FLATE = re.compile(rb"/Fl(?:ateDecode)?\b")


def without_swollen(source: Source, budget: Budget) -> tuple[Source, list[Problem]]:
    """Return the source, its swollen streams blanked, and a Problem for each of these.

    Holds the file in memory. Only what zlib packed is counted, and no pictures: they are never
    unpacked here. Counting spends nothing, and counts no more than the budget has room for.
    Streams of an encrypted document, and what other filters pack, are not seen.
    """
    source.stream.seek(0)
    data = source.stream.read()
    most, room = budget.limits.memory_bytes // SHARE, budget.room
    swollen: list[tuple[int, int]] = []
    end = 0
    for found in STREAM.finditer(data):
        if data[found.start() - 3 : found.start()] == b"end":
            continue
        if end < found.end():
            end = data.find(b"endstream", found.end())
            end = len(data) if end < 0 else end
        least = max(0, found.start() - DICTIONARY_BYTES)
        object_at = max(least, data.rfind(b"obj", least, found.start()))
        head = data[object_at : found.start()]
        layers = len(_FLATE.findall(head))
        told = _LENGTH.search(head)
        packed = max(end - found.end(), int(told[1]) if told else 0)
        if layers < 2 and packed * MOST_PER_BYTE <= most:
            continue
        if _PICTURE.search(head):
            continue
        bound = min(most, room)
        size = _unpacked(data, found.end(), max(1, layers), bound)
        if size > bound:
            swollen.append((found.end(), object_at))
        else:
            room -= size
    if not swollen:
        return source, []
    changed = bytearray(data)
    for start, _ in swollen:
        changed[start : start + BLANK_BYTES] = bytes(len(data[start : start + BLANK_BYTES]))
    problems = [Problem(_place(data, at), "limit", "stream_bytes") for _, at in swollen]
    return replace(source, stream=BytesIO(changed)), problems


def _place(data: bytes, object_at: int) -> Place:
    number = _NUMBER.search(data[max(0, object_at - 20) : object_at])
    return (f"object {int(number[1])}",) if number else ()


def _unpacked(data: bytes, start: int, layers: int, bound: int) -> int:
    """Count what comes out of the last layer, up to just over `bound`."""
    pieces: Iterator[bytes] = (
        data[at : at + PACKED_BYTES] for at in range(start, len(data), PACKED_BYTES)
    )
    counts = [0] * layers
    for layer in range(layers):
        pieces = _inflated(pieces, counts, layer)
    for _ in pieces:
        if max(counts) > bound:
            break
    return max(counts)


def _inflated(pieces: Iterator[bytes], counts: list[int], layer: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    try:
        for piece in pieces:
            while piece and not unpacker.eof:
                unpacked = unpacker.decompress(piece, CHUNK_BYTES)
                counts[layer] += len(unpacked)
                yield unpacked
                piece = unpacker.unconsumed_tail
            if unpacker.eof:
                return
    except zlib.error:
        return  # not packed so, or broken: what came before counts

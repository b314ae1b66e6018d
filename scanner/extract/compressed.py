"""Read gzip, bzip2 and xz files: one Part with the plain bytes. Holds only a piece of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO

from scanner.extract import Event, Source
from scanner.extract.archive_names import decode_name, without_ending
from scanner.extract.budget import Budget, Trouble
from scanner.extract.layout import Fixed
from scanner.extract.unpack import Decoder, Deflate, Unpacked, Window, bzip2, decode, xz
from scanner.model import Part, Segment

MEMORY_SHARE = 4
"""A decompressor may take this part of a worker's memory; `xz -9` needs 65 MB."""
MAGIC = {
    "application/gzip": b"\x1f\x8b",
    "application/x-bzip2": b"BZh",
    "application/x-xz": b"\xfd7zXZ",
}
# gzip header flags and layout: RFC 1952, section 2.3.
EXTRA, NAME, COMMENT = 4, 8, 16
HEADER_BYTES = 64 * 1024


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the content as one Part, and a Problem when it is cut, damaged or something follows.

    Of a content beyond the limits as much is read as they allow.

    Members or streams written behind one another are one content, as for the tools that wrote them.
    """
    name, comment = without_ending(source.name), ""
    if source.type == "application/gzip":
        stored, comment = _gzip_words(source.stream)
        name = stored or name
    if comment:
        yield Segment(comment, Fixed(("comment",)))
    memory = budget.limits.memory_bytes // MEMORY_SHARE
    make: dict[str, Callable[[], Decoder]] = {
        "application/gzip": lambda: Deflate(31),
        "application/x-bzip2": bzip2,
        "application/x-xz": lambda: xz(memory),
    }
    window = Window(source.stream, 0, source.size)
    pieces = _streams(window, make[source.type], MAGIC[source.type])
    stream = Unpacked(budget.bounded(pieces))
    yield Part(name or "content", stream.as_part_stream())
    if stream.trouble is not None:
        yield stream.trouble.problem()


def _streams(packed: Iterator[bytes], make: Callable[[], Decoder], magic: bytes) -> Iterator[bytes]:
    while True:
        decoder = make()
        yield from decode(packed, decoder)
        rest = decoder.unused_data
        while not (rest := rest.lstrip(b"\x00")):  # padding: tapes, xz's own
            rest = next(packed, b"")
            if not rest:
                return
        while len(rest) < len(magic) and (more := next(packed, b"")):
            rest += more
        if not rest.startswith(magic):
            raise Trouble("corrupt", "trailing_data")
        packed = chain((rest,), packed)


def _gzip_words(stream: BinaryIO) -> tuple[str, str]:
    """Return the name and the comment that a gzip header holds, or empty strings."""
    stream.seek(0)
    head = stream.read(HEADER_BYTES)
    flags, at = (head[3], 10) if len(head) > 10 else (0, 10)
    if flags & EXTRA:
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    words = []
    for flag in (NAME, COMMENT):
        word = b""
        if flags & flag and (end := head.find(b"\x00", at)) >= 0:
            word, at = head[at:end], end + 1
        words.append(decode_name(word))
    return words[0], words[1]

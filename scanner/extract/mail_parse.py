"""Give the bytes of a mail to the standard library's parser, as every file of mail holds them.

Its default policy would take ten times as long as the one used here (compat32), which also keeps
bytes that are no text.
"""

from __future__ import annotations

import io
import re
from email.message import Message
from email.parser import BytesFeedParser
from typing import BinaryIO

from scanner.extract.encoding import decode, detect

CHUNK_BYTES = 64 * 1024
_LENGTH_LINE = re.compile(rb"\s*(\d{1,12})[ \t]*\r?\n(?=[!-9;-~]+:)")


def parsed(stream: BinaryIO, *, header_only: bool = False) -> Message:
    """Return the mail in a seekable stream, from its start. Raises RecursionError: nested too deep.

    What is none of it is passed by: a byte order mark, blank lines, Apple Mail's length and flags.
    """
    stream.seek(0)
    chunk = stream.read(CHUNK_BYTES)
    if detect(chunk[:4096]).startswith(("utf-16", "utf-32")):
        stream = io.BytesIO(decode(chunk + stream.read()).encode("utf-8"))
        chunk = stream.read(CHUNK_BYTES)
    chunk = chunk.removeprefix(b"\xef\xbb\xbf")
    if found := _LENGTH_LINE.match(chunk[:200]):  # Apple Mail's emlx
        chunk = chunk[found.end() :]
        if b"<?xml" in _behind(stream, found.end() + int(found[1])):
            whole = chunk + stream.read(max(0, int(found[1]) - len(chunk)))
            stream = io.BytesIO(whole[: int(found[1])])
            chunk = stream.read(CHUNK_BYTES)
    chunk = chunk.lstrip(b"\r\n")
    parser = BytesFeedParser()  # in chunks: given all at once, the parser takes twice the memory
    if header_only:
        parser._set_headersonly()  # type: ignore[attr-defined]
    while chunk:
        parser.feed(chunk)
        chunk = stream.read(CHUNK_BYTES)
    return parser.close()


def _behind(stream: BinaryIO, at: int) -> bytes:
    """Return what stands at an offset, and leave the stream where it is."""
    here = stream.tell()
    stream.seek(at)
    found = stream.read(10)
    stream.seek(here)
    return found

"""Take embedded files out of the OLE containers that Office wraps them in."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO

from scanner.extract import Event, Source
from scanner.extract.budget import Budget, Trouble
from scanner.model import Part, Problem

MAX_STREAM_BYTES = 512 * 1024**2
NATIVE = "\x01Ole10Native"
WHOLE = ("workbook", "book", "worddocument", "powerpoint document", "encryptedpackage")
"""Streams of documents that are OLE containers themselves."""
INNER = ("package", "contents", "embeddedodf")
"""Streams that hold one whole file."""
NO_TEXT = ("equation native",)


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the files in an object that lies by itself. Raises Trouble("unsupported") for none."""
    for event in unwrap(source.stream, source.size, source.name):
        if isinstance(event, Part) and event.stream is source.stream:
            raise Trouble("unsupported")
        yield event


def unwrap(stream: BinaryIO, size: int, name: str) -> Iterator[Event]:
    """Yield the Parts inside one OLE container of `size` bytes; else the container itself."""
    import olefile

    try:
        container = olefile.OleFileIO(stream)
    except (OSError, ValueError, IndexError, struct.error):
        yield Problem(("embedded", name), "corrupt")
        return
    with container:
        streams = {"/".join(path).lower(): path for path in container.listdir()}
        if any(key in streams for key in NO_TEXT):
            return
        found = False
        if not any(key in streams for key in WHOLE):
            for key, path in streams.items():
                if key.rpartition("/")[2] != NATIVE.lower() and key not in INNER:
                    continue
                if container.get_size(path) > MAX_STREAM_BYTES:
                    yield Problem(("embedded", name), "limit", "member_bytes")
                    continue
                data = container.openstream(path).read()
                label, data = native(data) if key not in INNER else (name, data)
                found = True
                yield Part(label or name, io.BytesIO(data), len(data))
        if not found:
            stream.seek(0)
            yield Part(name, stream, size)


def native(data: bytes) -> tuple[str, bytes]:
    """Return the file name and bytes of an Ole10Native stream; as it is when it has another form.

    [MS-OLEDS] 2.3.6 and the packager's own header: label, path, temporary path, bytes.
    """
    if len(data) < 6:
        return "", data
    rest = data[4:]
    try:
        label_end = rest.index(b"\0", 2)
        path_end = rest.index(b"\0", label_end + 1)
        position = path_end + 1 + 4
        (length,) = struct.unpack_from("<I", rest, position)
        position += 4 + length
        (size,) = struct.unpack_from("<I", rest, position)
    except (ValueError, struct.error):
        return "", rest
    inner = rest[position + 4 : position + 4 + size]
    if not inner:
        return "", rest
    return rest[2:label_end].decode("cp1252", "replace"), inner

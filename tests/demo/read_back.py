"""Read the demo company back with other libraries than Fodspor's readers: text per part."""

from __future__ import annotations

import bz2
import gzip
import html
import io
import lzma
import re
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import MIMEPart
from typing import Any

Texts = Iterator[tuple[tuple[str, ...], str]]


def texts(data: bytes, name: str) -> Texts:
    """Yield (inner, text) of a document and all its parts; one inner may come several times."""
    head = data[:16]
    unpack: tuple[tuple[bytes, Callable[[bytes], bytes], str], ...] = (
        (b"\x1f\x8b", gzip.decompress, ".gz"),
        (b"BZh", bz2.decompress, ".bz2"),
        (b"\xfd7zXZ", lzma.decompress, ".xz"),
    )
    for magic, open_, ending in unpack:
        if head.startswith(magic):
            inside = open_(data)
            stem = name.removesuffix(ending)
            yield from (((stem, *inner), text) for inner, text in texts(inside, stem))
            return
    if head.startswith(b"From "):
        for mail in data.split(b"\nFrom - "):
            yield from _mail(mail.partition(b"\n")[2])
    elif head.startswith(b"PK"):
        yield from _zip(data)
    elif head.startswith(b"7z\xbc\xaf"):
        yield from _sevenzip(data)
    elif head.startswith(b"%PDF"):
        yield from _pdf(data)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") not in data:
            yield from _xls(data)
    elif head.startswith(b"SQLite format 3\0"):
        yield (), _database(data)
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            members = [(one.name, archive.extractfile(one)) for one in archive if one.isfile()]
            yield from _below((name, stream.read()) for name, stream in members if stream)
    elif b"\nMessage-ID:" in data[:2000] or b"\r\nMessage-ID:" in data[:2000]:
        yield from _mail(data)
    else:
        yield (), _plain(data)


def _below(members: Iterator[tuple[str, bytes]]) -> Texts:
    for name, data in members:
        yield from (((name, *inner), text) for inner, text in texts(data, name))


def _zip(data: bytes) -> Texts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" in names or "mimetype" in names:
            for name in names:
                if name.endswith(".xml"):
                    markup = archive.read(name).decode()
                    marked = " ".join(re.findall(r'"([^"]*)"', markup))
                    blocks = re.sub(r"</(w:p|a:p|text:p|text:h|si|t|c|v|row|w:tc)>", "\n", markup)
                    plain = re.sub(r"<[^>]*>", "", blocks)
                    yield (), html.unescape(plain + "\n" + marked)
        else:
            yield (), "\n".join(names)
            yield from _below((name, archive.read(name)) for name in names)


def _sevenzip(data: bytes) -> Texts:
    import py7zr

    factory = py7zr.io.BytesIOFactory(10_000_000)
    with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
        archive.extract(factory=factory)
    yield from _below((name, product.read()) for name, product in factory.products.items())


def _pdf(data: bytes) -> Texts:
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(data))
    lines = [page.extract_text() for page in reader.pages]
    lines += [str(field.value) for field in (reader.get_fields() or {}).values()]
    for page in reader.pages:
        notes: Any = page.get("/Annots", [])
        lines += [str(note.get_object().get("/Contents", "")) for note in notes]
    lines += [str(value) for value in (reader.metadata or {}).values()]
    yield (), "\n".join(lines)
    for name, contents in reader.attachments.items():
        yield from _below((name, content) for content in contents)


def _xls(data: bytes) -> Texts:
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(name).to_python()
        cells = (int(c) if isinstance(c, float) and c == int(c) else c for row in rows for c in row)
        yield (), "\n".join([name, *map(str, cells)])


def _database(data: bytes) -> str:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
    cells = [
        cell
        for name in names
        for row in connection.execute(f'SELECT * FROM "{name}"')
        for cell in row
    ]
    connection.close()
    return "\n".join(map(str, cells))


def _mail(data: bytes) -> Texts:
    yield from _message(message_from_bytes(data, policy=policy.default))


def _message(message: MIMEPart[Any, Any]) -> Texts:
    yield (), "\n".join(str(value) for value in message.values())
    if message.is_multipart():
        for part in message.iter_parts():
            name = part.get_filename()
            if name and part.get_content_type() == "message/rfc822":
                nested = _message(part.get_content())
                yield from (((name, *inner), text) for inner, text in nested)
            elif name:
                yield (), "\n".join([name, *map(str, part.values())])
                payload: Any = part.get_payload(decode=True)
                yield from _below(iter([(name, payload)]))
            else:
                yield from _message(part)
    elif message.get_content_maintype() == "text":
        yield (), str(message.get_content())


def _plain(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if data[1:40:2].count(0) > 15:
        return data.decode("utf-16-le")
    if data.startswith(b"{\\rtf"):
        data = re.sub(rb"\\'(..)", lambda hit: bytes.fromhex(hit[1].decode()), data)
        return data.decode("cp1252")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace") + "\n" + data.decode("cp865")
    if text.startswith("BEGIN:V"):
        text = text.replace("\r\n ", "").replace("\\,", ",").replace("\\;", ";")
    return text

"""Files that Office embeds as OLE objects come out as Parts, whatever they are wrapped in."""

from __future__ import annotations

import io
import struct

import pytest

from tests.extract import office_files
from tests.extract.office_files import with_members
from tests.extract.seen import Seen, read


def container(stream_name: str, data: bytes) -> bytes:
    """An OLE container by xlwt with one stream; its only stream is renamed."""
    from xlwt.CompoundDoc import XlsDoc

    out = io.BytesIO()
    XlsDoc().save(out, data)
    raw = bytearray(out.getvalue())
    entry = raw.index("Workbook".encode("utf-16-le"))
    name = stream_name.encode("utf-16-le")
    raw[entry : entry + 64] = name.ljust(64, b"\0")
    struct.pack_into("<H", raw, entry + 64, len(name) + 2)
    return bytes(raw)


def native(name: bytes, data: bytes) -> bytes:
    """An Ole10Native stream as Office's packager writes it."""
    path = b"C:\\x\\" + name + b"\0"
    inner = (
        b"\x02\0" + name + b"\0" + path + b"\0\0\x03\0" + struct.pack("<I", len(path)) + path
        + struct.pack("<I", len(data)) + data
    )  # fmt: skip
    return struct.pack("<I", len(inner)) + inner


def embedded(data: bytes) -> Seen:
    return read(
        with_members(office_files.xlsx_with("x"), {"xl/embeddings/oleObject1.bin": data}), "xlsx"
    )


def test_a_packaged_file_keeps_its_name_and_bytes() -> None:
    inner = office_files.xlsx_with("Hej")
    seen = embedded(container("\x01Ole10Native", native(b"l\xf8n.xlsx", inner)))
    assert seen.parts == {"løn.xlsx": inner}


@pytest.mark.parametrize("name", ["Package", "CONTENTS", "EmbeddedOdf"])
def test_a_stream_that_is_a_file_is_taken_out(name: str) -> None:
    inner = office_files.xlsx_with("Hej")
    seen = embedded(container(name, inner))
    assert list(seen.parts) == ["oleObject1.bin"]
    assert seen.parts["oleObject1.bin"].startswith(inner)


@pytest.mark.parametrize("name", ["Workbook", "WordDocument", "Something else"])
def test_a_document_that_is_a_container_stays_whole(name: str) -> None:
    data = container(name, b"x" * 100)
    assert embedded(data).parts == {"oleObject1.bin": data}


def test_an_equation_is_no_document() -> None:
    seen = embedded(container("Equation Native", b"x" * 100))
    assert (seen.parts, seen.reasons) == ({}, [])


@pytest.mark.parametrize("length", [8, 100, 600, 1500])
def test_a_cut_container_is_told(length: int) -> None:
    data = container("\x01Ole10Native", native(b"a.txt", b"hej"))
    seen = embedded(data[:length])
    assert seen.reasons or seen.parts


def test_a_native_stream_of_another_form_is_given_as_it_is() -> None:
    seen = embedded(container("\x01Ole10Native", b"\x05\0\0\0hello"))
    assert seen.parts["oleObject1.bin"].startswith(b"hello")

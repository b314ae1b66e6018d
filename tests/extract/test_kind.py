"""Types come from content. Each row holds with libmagic and with the built-in signatures."""

from __future__ import annotations

import bz2
import csv
import gzip
import importlib.util
import io
import json
import lzma
import marshal
import random
import sqlite3
import sys
import tarfile
import time
import wave
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image

from scanner.demo import fake
from scanner.extract.kind import Identify, by_own_signatures, engine, type_of
from scanner.extract.readers import BY_TYPE
from tests.extract.soffice import converted

OFFICE = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
DOCX, XLSX = OFFICE + "wordprocessingml.document", OFFICE + "spreadsheetml.sheet"
PPTX = OFFICE + "presentationml.presentation"
RNG = random.Random(7)

OPEN, EXCEL, POINT = "openxmlformats-officedocument.", "ms-excel.", "ms-powerpoint."
MACRO = ".macroenabled.12"
SHEET = OPEN + "spreadsheetml.sheet.main+xml"
WORDS = OPEN + "wordprocessingml.document.main+xml"
SHOW = OPEN + "presentationml.presentation.main+xml"


@pytest.fixture(params=["libmagic", "own signatures"])
def identify(request: pytest.FixtureRequest) -> Identify:
    if request.param == "own signatures":
        return by_own_signatures
    if engine() is by_own_signatures:
        pytest.skip("libmagic cannot be loaded: the built-in signatures are what runs")
    return engine()


def docx() -> bytes:
    from docx import Document

    document = Document()
    document.add_paragraph(fake.name(RNG))
    return saved(document.save)


def xlsx() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append([fake.name(RNG), 1])
    return saved(book.save)


def pptx() -> bytes:
    from pptx import Presentation

    show = Presentation()
    show.slides.add_slide(show.slide_layouts[0])
    return saved(show.save)


def xls() -> bytes:
    import xlwt

    book = xlwt.Workbook()
    book.add_sheet("Ark1").write(0, 0, fake.name(RNG))
    return saved(book.save)


def odt() -> bytes:
    from odf.opendocument import OpenDocumentText
    from odf.text import P

    document = OpenDocumentText()
    document.text.addElement(P(text=fake.name(RNG)))
    return saved(document.write)


def ods() -> bytes:
    from odf.opendocument import OpenDocumentSpreadsheet

    return saved(OpenDocumentSpreadsheet().write)


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(100, 700, fake.name(RNG))
    canvas.save()
    return out.getvalue()


def zipped(*names: str, last: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "indhold")
        for name, data in (last or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def reordered(data: bytes, kinds: dict[str, str] | None = None) -> bytes:
    """The same package with its members the other way round, content types replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in reversed(old.namelist()):
            content = old.read(name)
            if name == "[Content_Types].xml":
                for was, becomes in (kinds or {}).items():
                    content = content.replace(was.encode(), becomes.encode())
            new.writestr(name, content)
    return out.getvalue()


def locked() -> bytes:
    from msoffcrypto.format import ooxml

    out = io.BytesIO()
    ooxml.OOXMLFile(io.BytesIO(docx())).encrypt("hemmelig", out)
    return out.getvalue()


def msg() -> bytes:
    writer = pytest.importorskip("extract_msg.ole_writer").OleWriter()
    writer.addEntry(["__properties_version1.0"], b"\0" * 32)
    writer.addEntry(["__substg1.0_0037001F"], "Emne".encode("utf-16-le"))
    return saved(writer.write)


def tar(form: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        info = tarfile.TarInfo("a/kunder.txt")
        info.size = 7
        archive.addfile(info, io.BytesIO(b"indhold"))
    return out.getvalue()


def old_tar() -> bytes:
    """Version 7: no "ustar" mark, only the checksum tells."""
    data = bytearray(tar(tarfile.USTAR_FORMAT))
    data[257:512] = bytes(255)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


def database(tmp: Path) -> bytes:
    with sqlite3.connect(tmp) as connection:
        connection.execute("create table kunde (navn)")
    connection.close()
    return tmp.read_bytes()


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, form)
    return out.getvalue()


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(200))
    return out.getvalue()


def bytecode() -> bytes:
    header = importlib.util.MAGIC_NUMBER + bytes(12)
    return header + marshal.dumps(compile("a = 'Kære Søren'\n" * 20, "a.py", "exec"))


def sevenzip() -> bytes:
    import py7zr

    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr("indhold", "a.txt")
    return out.getvalue()


def mail(**fields: str) -> bytes:
    message = EmailMessage()
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content("Hej")
    return message.as_bytes()


def letter() -> bytes:
    return mail(From=fake.email(RNG), To=fake.email(RNG), Subject="Løn")


def table(delimiter: str, rows: int = 6) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["Navn", "Adresse", "Tlf"])
    for _ in range(rows):
        writer.writerow([fake.name(RNG), fake.address(RNG), fake.phone(RNG)])
    return out.getvalue().encode()


PROSE = "Kære kunde, vi skriver til dig, fordi aftalen udløber.\nMed venlig hilsen, Søren\n"
CODE = "import os\n\n\ndef read(path):\n    return open(path).read()\n"

BINARY = [
    pytest.param(lambda: b"", "tom.docx", "application/x-empty", id="nothing at all"),
    pytest.param(pdf, "a.txt", "application/pdf", id="pdf, whatever its name"),
    pytest.param(lambda: b"\r\n\r\n" + pdf(), "", "application/pdf", id="blank before a pdf"),
    pytest.param(
        lambda: b"HTTP/1.1 200 OK\n\n" + pdf(), "", "application/pdf", id="pdf after junk"
    ),
    pytest.param(docx, "a.docx", DOCX, id="docx"),
    pytest.param(docx, "a.zip", DOCX, id="docx named zip"),
    pytest.param(lambda: docx()[:1500], "a.docx", DOCX, id="docx cut off"),
    pytest.param(xlsx, "kunder.txt", XLSX, id="xlsx named txt"),
    pytest.param(pptx, "", PPTX, id="pptx without a name"),
    pytest.param(lambda: reordered(docx()), "", DOCX, id="content types last in the package"),
    *(
        pytest.param(
            lambda make=make, main=main, becomes=becomes: reordered(make(), {main: becomes}),
            "",
            f"application/vnd.{expected}",
            id=name,
        )
        for make, main, becomes, expected, name in (
            (xlsx, SHEET, "ms-excel.sheet.macroEnabled.main+xml", EXCEL + "sheet" + MACRO, "xlsm"),
            (
                xlsx,
                SHEET,
                EXCEL + "sheet.binary.macroEnabled.main",
                EXCEL + "sheet.binary" + MACRO,
                "xlsb",
            ),
            (
                docx,
                WORDS,
                "ms-word.document.macroEnabled.main+xml",
                "ms-word.document" + MACRO,
                "docm",
            ),
            (docx, "document.main", "template.main", OPEN + "wordprocessingml.template", "dotx"),
            (
                pptx,
                SHOW,
                POINT + "slideshow.macroEnabled.main+xml",
                POINT + "slideshow" + MACRO,
                "ppsm",
            ),
            (
                pptx,
                SHOW,
                POINT + "presentation.macroEnabled.main+xml",
                POINT + "presentation" + MACRO,
                "pptm",
            ),
            (xlsx, SHEET, EXCEL + "addin.macroEnabled.main+xml", EXCEL + "addin" + MACRO, "xlam"),
            (pptx, SHOW, POINT + "addin.macroEnabled.main+xml", POINT + "addin" + MACRO, "ppam"),
        )
    ),
    pytest.param(odt, "a.doc", ODF + "text", id="odt named doc"),
    pytest.param(ods, "", ODF + "spreadsheet", id="ods"),
    pytest.param(lambda: reordered(odt()), "", ODF + "text", id="odt with mimetype last"),
    pytest.param(
        lambda: zipped("a.txt", "b.txt"), "a.docx", "application/zip", id="zip named docx"
    ),
    pytest.param(zipped, "", "application/zip", id="zip without members"),
    pytest.param(
        lambda: zipped("a.txt", last={"mimetype": b"application/epub+zip"}),
        "a.zip",
        "application/epub+zip",
        id="epub",
    ),
    pytest.param(
        lambda: zipped("gem/[Content_Types].xml", "gem/word/document.xml"),
        "",
        "application/zip",
        id="an unpacked docx in a folder of a zip",
    ),
    pytest.param(lambda: zipped("a.txt" * 9)[:60], "", "application/zip", id="zip cut off"),
    pytest.param(lambda: b"PK\3\4" + bytes(40), "", "application/zip", id="zip of nulls"),
    pytest.param(xls, "a.xls", "application/vnd.ms-excel", id="xls"),
    pytest.param(xls, "a", "application/vnd.ms-excel", id="xls without a name"),
    pytest.param(locked, "a.docx", "application/x-ooxml-encrypted", id="docx with a password"),
    pytest.param(msg, "", "application/vnd.ms-outlook", id="Outlook message"),
    pytest.param(
        lambda: bytes.fromhex("3080 06092a864886f70d010702") + bytes(20),
        "smime.p7m",
        "application/pkcs7-mime",
        id="signed mail",
    ),
    pytest.param(lambda: xls()[:700], "a.xls", "application/vnd.ms-excel", id="broken xls"),
    pytest.param(lambda: xls()[:700], "a.bin", "application/x-ole-storage", id="broken, unnamed"),
    pytest.param(lambda: gzip.compress(b"x"), "", "application/gzip", id="gzip"),
    pytest.param(lambda: bz2.compress(b"x"), "", "application/x-bzip2", id="bzip2"),
    pytest.param(lambda: bz2.compress(b""), "", "application/x-bzip2", id="bzip2 of nothing"),
    pytest.param(lambda: lzma.compress(b"x"), "", "application/x-xz", id="xz"),
    pytest.param(sevenzip, "", "application/x-7z-compressed", id="7z"),
    pytest.param(lambda: tar(tarfile.PAX_FORMAT), "", "application/x-tar", id="tar, pax"),
    pytest.param(lambda: tar(tarfile.GNU_FORMAT), "", "application/x-tar", id="tar, GNU"),
    pytest.param(old_tar, "", "application/x-tar", id="tar of 1979, by its checksum"),
    pytest.param(lambda: b"!BDN" + bytes(600), "", "application/vnd.ms-outlook-pst", id="pst"),
    pytest.param(
        lambda: b"\x78\x9f\x3e\x22\1\0\6\x90" + bytes(30),
        "winmail.dat",
        "application/vnd.ms-tnef",
        id="tnef",
    ),
    pytest.param(lambda: picture("PNG"), "a.txt", "image/png", id="png"),
    pytest.param(lambda: picture("JPEG"), "", "image/jpeg", id="jpeg"),
    pytest.param(lambda: picture("TIFF"), "", "image/tiff", id="tiff"),
    pytest.param(lambda: picture("GIF"), "", "image/gif", id="gif"),
    pytest.param(lambda: picture("BMP"), "", "image/bmp", id="bmp"),
    pytest.param(lambda: picture("WEBP"), "", "image/webp", id="webp"),
    pytest.param(sound, "", "audio/vnd.wave", id="wav"),
    pytest.param(bytecode, "a.txt", "application/x-bytecode.python", id="Python, compiled"),
    pytest.param(
        lambda: b"\x7fELF\2\1\1" + bytes(9) + b"\3\0\x3e\0" + bytes(200),
        "",
        "application/x-sharedlib",
        id="library of Linux",
    ),
    pytest.param(
        lambda: b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(48) + b"PE\0\0" * 20,
        "a.txt",
        "application/vnd.microsoft.portable-executable",
        id="program named txt",
    ),
    *(
        pytest.param(
            lambda head=head, tail=tail: head + zipped("a.txt") + tail,
            "a.exe",
            "application/zip",
            id=f"{what} that unpacks itself",
        )
        for what, head, tail in (
            ("program of Windows", b"MZ\x90\0" + bytes(90_000), b""),
            ("signed program", b"MZ\x90\0" + bytes(90_000), bytes(9000)),
            ("program of Linux", b"\x7fELF\2\1\1" + bytes(90_000), b""),
            ("script", b"#!/usr/bin/env python3\n", b""),
        )
    ),
    *(
        pytest.param(
            lambda tail=tail: b"MZ\x90\0" + bytes(9000) + tail(),
            "a.exe",
            "application/vnd.microsoft.portable-executable",
            id=f"program with {what}",
        )
        for what, tail in (
            ("an archive of nothing", zipped),
            ("the mark of an archive's end", lambda: b"PK\5\6" + bytes(18)),
            ("half an archive", lambda: zipped("a.txt" * 9)[-60:]),
            ("an archive far from the end", lambda: zipped("a.txt") + bytes(70_000)),
        )
    ),
    pytest.param(
        lambda: random.Random(3).randbytes(5000), "a.csv", "application/octet-stream", id="noise"
    ),
]

TEXT = [
    pytest.param(PROSE.encode(), "a.txt", "text/plain", id="prose with commas"),
    pytest.param(PROSE.encode("cp865"), "", "text/plain", id="DOS prose"),
    pytest.param(PROSE.encode("utf-16-le") * 3, "a.txt", "text/plain", id="UTF-16, no mark"),
    pytest.param(PROSE.encode("utf-16"), "a.docx", "text/plain", id="UTF-16 named docx"),
    pytest.param(CODE.encode(), "a.py", "text/plain", id="source code"),
    pytest.param(b"#!/bin/sh\necho hej\n", "", "text/plain", id="script"),
    pytest.param(b"<?php echo 1;\n", "a.php", "text/plain", id="PHP"),
    pytest.param(
        b"int a = 1;\nint b = 2;\nint c = 3;\nint d = 4;\n", "a.txt", "text/plain", id="statements"
    ),
    pytest.param(b"# Titel\n\nTekst\n", "README.md", "text/markdown", id="markdown by its name"),
    pytest.param(b"<anna> hej\n<bo> hej igen\n", "chat.log", "text/plain", id="chat, no markup"),
    pytest.param(
        b"[2026-01-02 10:00:00] start\n[2026-01-02 10:00:01] slut\n",
        "",
        "text/plain",
        id="log in brackets",
    ),
    pytest.param(b"[server]\nport=1\n", "a.ini", "text/plain", id="ini"),
    pytest.param(table(","), "a.txt", "text/csv", id="commas"),
    pytest.param(table(";"), "", "text/csv", id="semicolons, no name"),
    pytest.param(table("\t"), "a.xls", "text/csv", id="tabs named xls"),
    pytest.param(
        table("\t").decode().encode("utf-16"), "a.txt", "text/csv", id="Excel's Unicode text"
    ),
    pytest.param(table("|"), "a.dat", "text/csv", id="pipes"),
    pytest.param(b"sep=;\na;b\n", "a.txt", "text/csv", id="Excel's separator line"),
    pytest.param(b"navn\nAnna\n", "a.csv", "text/csv", id="one column, by its name"),
    pytest.param(
        b'a;b;c\n"x;\ny";2;3\n"x;;\nz";5;6\n"p";1;2\n', "", "text/csv", id="quoted delimiters"
    ),
    pytest.param(b"| a | b |\n|---|---|\n| 1 | 2 |\n", "a.txt", "text/plain", id="markdown table"),
    pytest.param(b"<html><body>x</body></html>", "a.xls", "text/html", id="html named xls"),
    pytest.param(b"<table><tr><td>1</td></tr></table>", "a.xls", "text/html", id="table named xls"),
    pytest.param(
        b"\xef\xbb\xbf <!-- x -->\n<!DOCTYPE HTML><p>a", "", "text/html", id="mark, comment"
    ),
    pytest.param(b"<HTML>\n<p>x", "noter.txt", "text/html", id="html named txt"),
    pytest.param(
        b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x"><p>a</p></html>',
        "",
        "text/html",
        id="xhtml",
    ),
    pytest.param(
        b'<?xml version="1.0"?>\n<kunde><p>a</p></kunde>', "a.txt", "application/xml", id="xml"
    ),
    pytest.param(
        "<kunde><navn>Åse</navn></kunde>".encode("cp1252"),
        "",
        "application/xml",
        id="xml, undeclared",
    ),
    pytest.param(b'<svg xmlns="x"><text>a</text></svg>', "a.svg", "application/xml", id="svg"),
    pytest.param(
        '<?xml version="1.0"?><a>b</a>'.encode("utf-16"), "", "application/xml", id="xml UTF-16"
    ),
    pytest.param(json.dumps({"a": [1, {"b": None}]}).encode(), "", "application/json", id="object"),
    pytest.param(
        json.dumps([{"a": 1}], indent=2).encode(), "", "application/json", id="array, indented"
    ),
    pytest.param(
        json.dumps(["æ", "b"]).encode(), "x.txt", "application/json", id="array of strings"
    ),
    pytest.param(b'{"a": 1}\n{"a": 2}\n', "", "application/x-ndjson", id="json lines"),
    pytest.param(b'{"a": 1}\n', "a.jsonl", "application/x-ndjson", id="one json line, by its name"),
    pytest.param(b'{"a": 1, "b": [', "a.json", "application/json", id="json cut off"),
    pytest.param(b"{\\rtf1\\ansi hej}", "a.doc", "application/rtf", id="rtf named doc"),
    pytest.param(b"BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n", "", "text/vcard", id="vcard"),
    pytest.param(
        b"begin:vcalendar\r\nend:vcalendar\r\n", "", "text/calendar", id="calendar, small"
    ),
    pytest.param(letter(), "", "message/rfc822", id="mail, no name"),
    pytest.param(letter().replace(b"\n", b"\r\n"), "a.txt", "message/rfc822", id="mail named txt"),
    pytest.param(
        b"Received: from a by b\n\tid 1\nX-Y: z\nSubject: =?utf-8?q?L=C3=B8n?=\n\nHej",
        "",
        "message/rfc822",
        id="folded fields",
    ),
    pytest.param(
        b"123\nFrom: a@b.example\nSubject: x\n\nHej", "1.emlx", "message/rfc822", id="Apple Mail"
    ),
    pytest.param(
        b'// <!-- <mdb:mork:z v="1.4"/> -->\n< <(a=c)> >',
        "Inbox.msf",
        "application/x-mork",
        id="an index of Thunderbird",
    ),
    pytest.param(
        b"-----BEGIN PGP MESSAGE-----\n\nhQ\n", "a.asc", "application/pgp-encrypted", id="OpenPGP"
    ),
    pytest.param(
        b"12\nNavn: Anna\nSubject: x\n\nHej", "a", "text/plain", id="a number does not make a mail"
    ),
    pytest.param(b"Navn: Anna\nAlder: 40\n\nHej", "a.txt", "text/plain", id="a form is no mail"),
    pytest.param(b"Subject: x\n\nHej", "a.txt", "text/plain", id="one field is no mail"),
    pytest.param(
        b"From anna@firma.example Fri Jan  2 10:00:00 2026\nFrom: a@b.example\n\nHej\n",
        "",
        "application/mbox",
        id="mbox",
    ),
    pytest.param(
        b"From now on we meet at 10:00 every day\nand go on\n",
        "",
        "text/plain",
        id="a sentence that begins with From",
    ),
    pytest.param(
        b"note\n%PDF-1.4 is the mark of a PDF file\n", "a.txt", "text/plain", id="about pdf"
    ),
    pytest.param(b"II*", "", "text/plain", id="three letters of a tiff"),
    pytest.param(b"BZh and other marks\n", "", "text/plain", id="about bzip2"),
    pytest.param(b"\n\n\n", "", "text/plain", id="blank lines"),
]


@pytest.mark.parametrize(("make", "name", "expected"), BINARY)
def test_binary_types(
    make: Callable[[], bytes], name: str, expected: str, identify: Identify
) -> None:
    data = make()
    assert type_of(io.BytesIO(data), name, len(data), identify=identify) == expected


@pytest.mark.parametrize(("data", "name", "expected"), TEXT)
def test_text_types(data: bytes, name: str, expected: str, identify: Identify) -> None:
    assert type_of(io.BytesIO(data), name, len(data), identify=identify) == expected


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        row
        for row in TEXT
        if row.values[2] in ("text/csv", "text/plain") and len(str(row.values[0])) > 60
    ],
)
def test_a_long_file_is_typed_as_a_short_one(data: bytes, name: str, expected: str) -> None:
    longer = data * (9000 // len(data) + 1)
    assert type_of(io.BytesIO(longer), name, len(longer)) == expected


def test_sqlite(tmp_path: Path, identify: Identify) -> None:
    data = database(tmp_path / "a.db")
    found = type_of(io.BytesIO(data), "a.txt", len(data), identify=identify)
    assert found == "application/vnd.sqlite3"


@pytest.mark.parametrize(
    ("make", "ending", "target", "expected"),
    [
        pytest.param(docx, "docx", "doc", "application/msword", id="doc"),
        pytest.param(pptx, "pptx", "ppt", "application/vnd.ms-powerpoint", id="ppt"),
    ],
)
def test_what_libreoffice_writes(
    make: Callable[[], bytes], ending: str, target: str, expected: str
) -> None:
    data = converted(make(), ending, target)
    assert type_of(io.BytesIO(data), "", len(data)) == expected


def test_the_stream_is_left_at_its_start() -> None:
    for data in (docx(), PROSE.encode(), xls(), picture("PNG")):
        stream = io.BytesIO(data)
        type_of(stream, "", len(data))
        assert stream.tell() == 0


def test_every_type_with_a_reader_can_be_named_here() -> None:
    named = {row.values[2] for row in BINARY + TEXT}
    rare = {
        kind
        for kind in BY_TYPE
        if any(word in kind for word in ("template", "slideshow", "addin", "graphics", "epub"))
    }
    assert set(BY_TYPE) - rare - named <= {"application/vnd.sqlite3", ODF + "presentation"}


@pytest.mark.parametrize(
    "kind", ["application/epub+zip", ODF + "graphics", ODF + "presentation", ODF + "text"]
)
def test_a_zip_that_says_its_type_first_is_of_it(kind: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", "<x/>")
    stream.seek(0)
    assert type_of(stream, "x", len(stream.getvalue())) == kind


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<" * 8192, id="opening brackets"),
        pytest.param(b"<!--" * 2048, id="comments that never end"),
        pytest.param(b"<?x ?>" * 1400, id="processing instructions"),
        pytest.param(b'{"' + b"\\" * 8190, id="backslashes"),
        pytest.param(b"[" * 8192, id="opening arrays"),
        pytest.param(b'"' * 8192, id="quotes"),
        pytest.param(b'";' * 4096, id="quotes and semicolons"),
        pytest.param(b"a:" * 4096, id="colons"),
        pytest.param(b" " * 8192, id="blanks"),
        pytest.param(b"\r" * 8192, id="line ends"),
        pytest.param(b"From " + b"x " * 4090, id="nearly an mbox"),
        pytest.param(b"PK\5\6" + b"\xff" * 8000, id="an archive's end that points beyond"),
        pytest.param(b"PK\3\4" + b"PK\1\2" * 2000 + b"PK\5\6" + bytes(18), id="headers of nothing"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 8000, id="a container of nulls"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 8000, id="all sectors free"),
    ],
)
def test_hostile_beginnings_are_named_in_time(data: bytes, identify: Identify) -> None:
    started = time.process_time()
    assert "/" in type_of(io.BytesIO(data * 3), "a.xml", 3 * len(data), identify=identify)
    assert time.process_time() - started < 1.0


def test_without_libmagic_the_built_in_signatures_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("magic", "pylibmagic"):
        monkeypatch.setitem(sys.modules, module, None)
    assert engine.__wrapped__() is by_own_signatures

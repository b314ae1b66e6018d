"""Make hostile documents: entities, nesting, loops and lies. PLANTED stands before the trap."""

from __future__ import annotations

import io
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.hostile.archives import PLANTED, zeros_deflated, zip_record

LAUGHS = "".join(f'<!ENTITY h{level} "{f"&h{level - 1};" * 10}">' for level in range(1, 10))
LAUGHING = f'<!DOCTYPE d [<!ENTITY h0 "ha">{LAUGHS}]>'
QUADRATIC = f'<!DOCTYPE d [<!ENTITY a "{"ha" * 50_000}">]>'
OUTSIDE = (
    '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">'
    '<!ENTITY % y SYSTEM "http://127.0.0.1:9/y.dtd"> %y;]>'
)
TRAPS = {
    "billion laughs": (LAUGHING, "&h9;"),
    "quadratic blow-up": (QUADRATIC, "&a;" * 20_000),
    "external entities": (OUTSIDE, "&x;"),
}
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns:"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xml(trap: str) -> bytes:
    doctype, use = TRAPS[trap]
    return f'<?xml version="1.0"?>{doctype}<d><navn>{PLANTED}</navn><x>{use}</x></d>'.encode()


def svg(trap: str) -> bytes:
    doctype, use = TRAPS[trap]
    return (
        f'<?xml version="1.0"?>{doctype.replace("DOCTYPE d", "DOCTYPE svg")}'
        f'<svg xmlns="http://www.w3.org/2000/svg"><text>{PLANTED}</text><text>{use}</text></svg>'
    ).encode()


def html(trap: str) -> bytes:
    doctype, use = TRAPS[trap]
    return f"{doctype}<html><body><p>{PLANTED}</p><p>{use}</p></body></html>".encode()


def package(members: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def types(part: str, kind: str) -> str:
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" ContentType="application/vnd.openxmlformats-officedocument.'
        f'{kind}.main+xml"/></Types>'
    )


def relations(*targets: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        f'2006/relationships">{each}</Relationships>'
    )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(document: str, extra: dict[str, bytes | str] | None = None) -> bytes:
    return package(
        {
            "[Content_Types].xml": types("/word/document.xml", "wordprocessingml.document"),
            "_rels/.rels": relations(("officeDocument", "word/document.xml")),
            "word/document.xml": document,
            **(extra or {}),
        }
    )


def word(body: str, doctype: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body>'
        "</w:document>"
    )


def docx_with(trap: str) -> bytes:
    doctype, use = TRAPS[trap]
    doctype = doctype.replace("DOCTYPE d", "DOCTYPE w:document")
    return docx(word(paragraph(PLANTED) + paragraph(use), doctype))


def docx_bomb() -> bytes:
    """A document whose text is followed by 3 GB of blanks and zeros inside the same part."""
    start = word(paragraph(PLANTED)).removesuffix("</w:body></w:document>").encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 1024**2) + packer.flush(zlib.Z_FULL_FLUSH)
    body = head + block * 3000 + packer.flush()
    plain = docx("x")
    at = plain.index(b"PK\3\4", plain.index(b"word/document.xml") - 40)
    keep = plain[:at]
    local, central = zip_record(
        b"word/document.xml", body, size=3000 * 1024**2 + len(start), offset=len(keep)
    )
    directory_at = plain.index(b"PK\1\2")
    records = b"".join(
        b"PK\1\2" + record
        for record in plain[directory_at : plain.rindex(b"PK\5\6")].split(b"PK\1\2")[1:]
        if b"word/document.xml" not in record
    )
    directory = records + central
    end = plain[plain.rindex(b"PK\5\6") :]
    sizes = len(directory).to_bytes(4, "little") + (len(keep) + len(local)).to_bytes(4, "little")
    return keep + local + directory + end[:12] + sizes + end[20:]


def docx_deep(depth: int = 50_000) -> bytes:
    """Tables in tables in tables."""
    opened, closed = "<w:tbl><w:tr><w:tc>" * depth, "</w:tc></w:tr></w:tbl>" * depth
    return docx(word(paragraph(PLANTED) + opened + paragraph("inderst") + closed))


def odt_with(trap: str) -> bytes:
    doctype, use = TRAPS[trap]
    doctype = doctype.replace("DOCTYPE d", "DOCTYPE office:document-content")
    body = f"<text:p>{PLANTED}</text:p><text:p>{use}</text:p>"
    return odf("text", f"<office:text>{body}</office:text>", doctype)


def odf(kind: str, body: str, doctype: str = "") -> bytes:
    content = (
        f'<?xml version="1.0"?>{doctype}<office:document-content xmlns:office="{ODF}office:1.0"'
        f' xmlns:text="{ODF}text:1.0" xmlns:table="{ODF}table:1.0" office:version="1.2">'
        f"<office:body>{body}</office:body></office:document-content>"
    )
    media = f"application/vnd.oasis.opendocument.{kind}"
    manifest = (
        f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{ODF}manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", media, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return buffer.getvalue()


def odt_spaces() -> bytes:
    """One element that stands for two thousand million blanks."""
    spaces = '<text:s text:c="2000000000"/>'
    return odf("text", f"<office:text><text:p>{PLANTED}{spaces}</text:p></office:text>")


def ods_repeated() -> bytes:
    """One cell that stands for 17 thousand million."""
    first = (
        '<table:table-row><table:table-cell office:value-type="string">'
        f"<text:p>{PLANTED}</text:p></table:table-cell></table:table-row>"
    )
    cell = (
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
        "<text:p>fyld</text:p></table:table-cell>"
    )
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return odf(
        "spreadsheet",
        f'<office:spreadsheet><table:table table:name="Ark1">{first}{rows}</table:table>'
        "</office:spreadsheet>",
    )


def xlsx(sheet: str | bytes, extra: dict[str, bytes | str] | None = None) -> bytes:
    return package(
        {
            "[Content_Types].xml": types("/xl/workbook.xml", "spreadsheetml.sheet"),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": (
                f'<?xml version="1.0"?><workbook xmlns="{SHEET}" xmlns:r="{RELATIONS}">'
                '<sheets><sheet name="Ark1" sheetId="1" r:id="r1"/></sheets></workbook>'
            ),
            "xl/_rels/workbook.xml.rels": relations(
                ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
            ),
            "xl/worksheets/sheet1.xml": sheet,
            **(extra or {}),
        }
    )


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def worksheet(rows: str) -> str:
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'
    )


def xlsx_corners() -> bytes:
    """Two cells, in the first and in the last corner of the largest sheet there can be."""
    first = f'<row r="1">{cell("A1", PLANTED)}</row>'
    return xlsx(worksheet(first + f'<row r="1048576">{cell("XFD1048576", "sidst")}</row>'))


def xlsx_bomb() -> bytes:
    """One sheet that unpacks to 200 MB of short rows."""
    rows = '<row r="2"><c r="A2"><v>1</v></c></row>' * 5_000_000
    first = f'<row r="1">{cell("A1", PLANTED)}</row>'
    return xlsx(worksheet(first + rows))


def ods_bomb() -> bytes:
    """One sheet that unpacks to 200 MB of short rows."""
    row = (
        '<table:table-row><table:table-cell office:value-type="string">'
        "<text:p>{}</text:p></table:table-cell></table:table-row>"
    )
    rows = row.format(PLANTED) + row.format("1") * 1_500_000
    return odf(
        "spreadsheet",
        f'<office:spreadsheet><table:table table:name="Ark1">{rows}</table:table>'
        "</office:spreadsheet>",
    )


def xlsx_with(trap: str) -> bytes:
    doctype, use = TRAPS[trap]
    strings = (
        f'<?xml version="1.0"?>{doctype.replace("DOCTYPE d", "DOCTYPE sst")}<sst xmlns="{SHEET}">'
        f"<si><t>{use}</t></si></sst>"
    )
    rows = f'<row r="1">{cell("A1", PLANTED)}<c r="B1" t="s"><v>0</v></c></row>'
    return xlsx(worksheet(rows), {"xl/sharedStrings.xml": strings})


def json_deep(depth: int = 100_000) -> bytes:
    return f'{{"navn": "{PLANTED}", "x": {"[" * depth}{"]" * depth}}}'.encode()


def xml_deep(depth: int = 100_000) -> bytes:
    return f"<d><navn>{PLANTED}</navn>{'<x>' * depth}{'</x>' * depth}</d>".encode()


def html_deep(depth: int = 100_000) -> bytes:
    return f"<html><body><p>{PLANTED}</p>{'<div>' * depth}inderst".encode()


def rtf_deep(depth: int = 100_000) -> bytes:
    return f"{{\\rtf1\\ansi {PLANTED}\\par {'{' * depth}inderst{'}' * depth}}}".encode()


def rtf_numbers() -> bytes:
    """Control words with numbers that nothing has."""
    return f"{{\\rtf1\\ansi {PLANTED}\\par \\bin99999999999 \\u-99999999999? x}}".encode()


def eml_deep(depth: int = 60) -> bytes:
    """A mail attached to a mail attached to a mail …"""
    message = f"Subject: inderst\r\n\r\n{PLANTED}\r\n"
    for level in range(depth):
        message = (
            f"Subject: lag {level} {PLANTED}\r\nMIME-Version: 1.0\r\n"
            f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n'
            f"--b{level}\r\nContent-Type: message/rfc822\r\n\r\n{message}--b{level}--\r\n"
        )
    return message.encode()


def eml_wrapped(depth: int = 60) -> bytes:
    """A mail that is nothing but a mail, and so on."""
    message = f"Subject: inderst\r\n\r\n{PLANTED}\r\n"
    for level in range(depth):
        message = (
            f"Subject: lag {level} {PLANTED}\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: message/rfc822\r\n\r\n{message}"
        )
    return message.encode()


def multipart_deep(depth: int = 5000) -> bytes:
    """Multiparts in multiparts."""
    head = f"Subject: {PLANTED}\r\nMIME-Version: 1.0\r\n"
    body = "".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n'
        for level in range(depth)
    )
    return (head + body + "Content-Type: text/plain\r\n\r\ninderst\r\n").encode()


def eml_of_parts(count: int = 2000) -> bytes:
    part = (
        '--graense\r\nContent-Type: text/plain; charset="utf-8"\r\n'
        'Content-Disposition: attachment; filename="{0}.txt"\r\n\r\nnummer {0}\r\n'
    )
    head = (
        f"Subject: {PLANTED}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="graense"\r\n\r\n'
    )
    return (head + "".join(part.format(n) for n in range(count)) + "--graense--\r\n").encode()


def eml_headers() -> bytes:
    """A subject of 5 MB in encoded words, and a To with 100 000 commas and brackets."""
    words = "=?utf-8?q?S=C3=B8ren?= " * 200_000
    return (
        f"From: a@example.dk\r\nSubject: {PLANTED}\r\nX-Lang: {words}\r\n"
        f"To: {'<(,' * 100_000}\r\n\r\ntekst\r\n"
    ).encode()


def csv_line(megabytes: int = 100) -> Iterator[bytes]:
    """One line of so many megabytes."""
    yield f"navn;cpr\n{PLANTED};1\n".encode()
    for _ in range(megabytes):
        yield b"x;" * (512 * 1024)


def csv_wide(columns: int = 1_000_000) -> bytes:
    line = ";".join(f"c{n}" for n in range(columns))
    return f"navn;{line}\n{PLANTED};{';' * columns}\n".encode() * 3


def csv_quotes() -> bytes:
    """A quote that is opened and never closed, before 20 MB."""
    return f'navn;cpr\n{PLANTED};1\n"'.encode() + b"tekst;mere\n" * 2_000_000


def ics_folded() -> bytes:
    """A contact whose name is folded over 200 000 lines."""
    note = "x\r\n y" * 200_000
    return (f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{PLANTED}\r\nNOTE:{note}\r\nEND:VCARD\r\n").encode()


def pdf(objects: dict[int, bytes], root: int = 1) -> bytes:
    """A PDF of the given objects with a right table."""
    made, offsets = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        offsets[number] = len(made)
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(made)
    most = max(objects) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n" % most
    for number in range(1, most):
        made += b"%010d 00000 n \n" % offsets.get(number, 0)
    made += b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (most, root, start)
    return made


def pdf_stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R"
    b" /Resources << /Font << /F 4 0 R >> /XObject << /X 7 0 R >> >> >>"
)
SHOWN = b"BT /F 12 Tf 50 700 Td (" + PLANTED.encode() + b") Tj ET"


def pdf_loop() -> bytes:
    """A page tree that comes back to itself."""
    return pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R 2 0 R 2 0 R] /Count 1000000 >>",
            3: PAGE % 5,
            4: FONT,
            5: pdf_stream(SHOWN),
        }
    )


def pdf_bomb() -> bytes:
    """A first page with text, and a second whose content unpacks to 2 GB."""
    packed = zlib.compress(b" " * 1024**2)
    raw = packed[:2] + zeros_deflated(2048) + b"\0\0\0\0"
    return pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>",
            3: PAGE % 5,
            4: FONT,
            5: pdf_stream(SHOWN),
            6: PAGE % 7,
            7: pdf_stream(raw, b"/Filter /FlateDecode"),
        }
    )


def pdf_form_loop() -> bytes:
    """A form that paints itself, three times each time."""
    return _forms({7: _form(b"<< /Font << /F 4 0 R >> /XObject << /X 7 0 R >> >>")})


def pdf_form_ring() -> bytes:
    """Two forms that paint each other."""
    return _forms(
        {
            7: _form(b"<< /Font << /F 4 0 R >> /XObject << /Y 9 0 R /X 8 0 R >> >>"),
            8: _form(b"<< /Font << /F 4 0 R >> /XObject << /X 7 0 R >> >>"),
        }
    )


def pdf_form_far() -> bytes:
    """A form that paints itself, by resources that are an object of their own."""
    return _forms({7: _form(b"8 0 R"), 8: b"<< /XObject << /X 7 0 R >> >>"})


def _form(resources: bytes) -> bytes:
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources " + resources
    return pdf_stream(SHOWN + b" /X Do /X Do /X Do", head)


def _forms(more: dict[int, bytes]) -> bytes:
    return pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: PAGE % 5,
            4: FONT,
            5: pdf_stream(SHOWN + b" /X Do"),
            **more,
        }
    )


def pdf_objects() -> bytes:
    """An object stream that claims a thousand million objects."""
    body = zlib.compress(b"8 0 9 10 " + b" " * 100 + b"<< >>")
    extra = b"/Type /ObjStm /N 1000000000 /First 20 /Filter /FlateDecode"
    return pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 8 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: PAGE % 5,
            4: FONT,
            5: pdf_stream(SHOWN),
            6: pdf_stream(body, extra),
        }
    )


def pdf_deep(depth: int = 100_000) -> bytes:
    """A catalog with brackets in brackets."""
    return pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * depth + b"]" * depth + b" >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: PAGE % 5,
            4: FONT,
            5: pdf_stream(SHOWN),
        }
    )


def sqlite_trap(folder: Path) -> bytes:
    """Views without end, tables that call functions, and a good table first."""
    path = folder / "trap.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE a (navn)")
        connection.execute("INSERT INTO a VALUES (?)", (PLANTED,))
        connection.execute(
            "CREATE VIEW b AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
            " SELECT x, zeroblob(100000000) FROM n"
        )
        connection.execute("CREATE TABLE c (x, y AS (zeroblob(900000000)))")
        connection.execute("INSERT INTO c VALUES (1)")
        connection.execute("CREATE TABLE d (x DEFAULT 1)")
        connection.executemany("INSERT INTO d DEFAULT VALUES", [()] * 100_000)
        connection.execute(f"ALTER TABLE d ADD COLUMN y DEFAULT '{'x' * 100_000}'")
    return path.read_bytes()


def sqlite_ring(folder: Path) -> bytes:
    """A table whose inner page names the same leaf a thousand times over."""
    path = folder / "ring.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE a (navn)")
        connection.execute("INSERT INTO a VALUES (?)", (PLANTED,))
        connection.execute("CREATE TABLE b (x, y)")
        connection.executemany(
            "INSERT INTO b VALUES (?, ?)", [(n, "fyld" * 100) for n in range(20_000)]
        )
    raw = bytearray(path.read_bytes())
    for page in range(0, len(raw), 4096):
        if raw[page] == 5:  # an inner page of a table: 4-byte child numbers in its cells
            count = int.from_bytes(raw[page + 3 : page + 5], "big")
            for cell_number in range(count):
                at = page + 12 + 2 * cell_number
                start = page + int.from_bytes(raw[at : at + 2], "big")
                raw[start : start + 4] = (page // 4096 + 1).to_bytes(4, "big")
    return bytes(raw)

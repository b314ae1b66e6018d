"""Write one made document in any of the formats; containers and mails have modules of their own."""

from __future__ import annotations

from collections.abc import Callable

from scanner.demo import office, opendocument, pdf, plain
from scanner.demo.content import Body, Content, Pen


def _encoded(write: Callable[[Body], str], encoding: str = "utf-8") -> Callable[[Body], bytes]:
    return lambda body: write(body).encode(encoding)


WRITERS: dict[str, Callable[[Body], bytes]] = {
    "txt": _encoded(plain.text),
    "txt utf-8-sig": _encoded(plain.text, "utf-8-sig"),
    "txt utf-16": _encoded(plain.text, "utf-16"),
    "txt utf-16 without BOM": _encoded(plain.text, "utf-16-le"),
    "txt cp1252": _encoded(plain.text, "cp1252"),
    "txt cp865": _encoded(plain.text, "cp865"),
    "log": _encoded(plain.text),
    "md": _encoded(plain.markdown),
    "csv": _encoded(lambda body: plain.delimited(body, ",")),
    "csv semicolon cp1252": _encoded(lambda body: plain.delimited(body, ";"), "cp1252"),
    "csv semicolon": _encoded(lambda body: plain.delimited(body, ";"), "utf-8-sig"),
    "csv pipe": _encoded(lambda body: plain.delimited(body, "|")),
    "tsv": _encoded(lambda body: plain.delimited(body, "\t")),
    "tsv utf-16": _encoded(lambda body: plain.delimited(body, "\t"), "utf-16"),
    "json": _encoded(plain.json_whole),
    "json escaped": _encoded(lambda body: plain.json_whole(body, ascii_only=True)),
    "jsonl": _encoded(plain.json_lines),
    "xml": plain.xml,
    "html": _encoded(plain.html_page),
    "html broken": _encoded(lambda body: plain.html_page(body, broken=True)),
    "rtf": plain.rtf,
    "vcf": _encoded(plain.vcards),
    "ics": _encoded(plain.calendar),
    "pdf": pdf.pdf,
    "docx": office.docx,
    "xlsx": office.xlsx,
    "pptx": office.pptx,
    "xls": office.xls,
    "odt": opendocument.odt,
    "ods": opendocument.ods,
    "odp": opendocument.odp,
}
"""Name of a writer → bytes of a body. The format is the name's first word."""


def write(writer: str, body: Body, pen: Pen) -> Content:
    """Return `body`, whose values `pen` wrote, in one of WRITERS.

    Raises ValueError when the body holds something the format has no place for, and
    DemoExtraMissing when a library of the demo extra is not installed.
    """
    return pen.content(WRITERS[writer](body), writer.split(" ", maxsplit=1)[0])

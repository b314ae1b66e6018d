"""Write a document to be edited: headings, paragraphs, lists and tables, as docx. Knows no index.

Needs python-docx, which the extra "web" has.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

from scanner.sections import Section, printable


def as_docx(title: str, sections: Iterable[Section], language: str) -> bytes:
    """Return the file. Raises ImportError where python-docx is not installed.

    What XML cannot hold is made visible, as in all that is shown.
    """
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn

    document = Document()
    document.core_properties.author = "Fodspor"
    document.core_properties.title = printable(title)
    normal = document.styles["Normal"].element.get_or_add_rPr()
    spoken = normal.makeelement(qn("w:lang"), {qn("w:val"): {"da": "da-DK"}.get(language, "en-GB")})
    normal.append(spoken)
    document.add_heading(printable(title), 0)
    for heading, blocks in sections:
        document.add_heading(printable(heading), 1)
        for block in blocks:
            if isinstance(block, str):
                document.add_paragraph("\n".join(map(printable, block.splitlines())))
                continue
            table = document.add_table(1, len(block.heads), "Table Grid")
            for cell, head in zip(table.rows[0].cells, block.heads, strict=True):
                cell.paragraphs[0].add_run(printable(head)).bold = True
            for row in block.rows:
                for at, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
                    cell.text = printable(text)
                    if at in block.right:
                        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            document.add_paragraph()
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

"""Write a document to be kept: headings, paragraphs and tables, as PDF. Knows no index.

Needs reportlab, which the extra "web" has, with its font: Latin letters. Others are told as U+0416.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from scanner.sections import Section, Sheet, printable

MEDIA_TYPE = "application/pdf"
FONTS = (("Vera", "Vera.ttf"), ("VeraBd", "VeraBd.ttf"))
SIZE = 8.0
MARGIN = 42.0
"""Points; a point is 1/72 inch."""
PADDING = 6.0
"""Of what stands within the margins, as reportlab has it."""


def as_pdf(title: str, sections: Iterable[Section], language: str) -> bytes:
    """Return the file, A4 across. Raises ImportError where reportlab is not installed."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    letters = _letters()
    body = ParagraphStyle("body", fontName="Vera", fontSize=SIZE, leading=SIZE * 1.35, spaceAfter=3)
    heads = {
        size: ParagraphStyle(
            f"head{size}", body, fontName="VeraBd", fontSize=size, leading=size * 1.3, spaceBefore=8
        )
        for size in (16, 11)
    }
    bold = ParagraphStyle("bold", body, fontName="VeraBd")

    def put(text: str, style: ParagraphStyle) -> Any:
        return Paragraph(escape(_written(text, letters)).replace("\n", "<br/>"), style)

    file, page = io.BytesIO(), landscape(A4)
    flow: list[Any] = [put(title, heads[16])]
    for heading, blocks in sections:
        if heading:
            flow.append(put(heading, heads[11]))
        for block in blocks:
            if isinstance(block, str):
                flow.append(put(block, body))
            elif block.rows:
                cells = [[put(head, bold) for head in block.heads]]
                cells += [[put(cell, body) for cell in row] for row in block.rows]
                flow += [_table(cells, block, page[0] - 2 * (MARGIN + PADDING)), Spacer(1, SIZE)]
    made = SimpleDocTemplate(
        file,
        pagesize=page,
        title=_written(title, letters),
        author="Fodspor",
        lang={"da": "da-DK"}.get(language, "en-GB"),
        **dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN),
    )
    made.build(flow, onFirstPage=_numbered, onLaterPages=_numbered)
    return file.getvalue()


def _letters() -> frozenset[int]:
    """Make the font known; return the code points that it has."""
    import reportlab
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in FONTS:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    return frozenset(pdfmetrics.getFont("Vera").face.charToGlyph)


def _written(text: str, letters: frozenset[int]) -> str:
    """Return a text in letters that the font has; each other one by its code point."""
    told = "\n".join(printable(line) for line in text.splitlines())
    return "".join(
        each if each == "\n" or ord(each) in letters else f"[U+{ord(each):04X}]" for each in told
    )


def _table(cells: list[list[Any]], sheet: Sheet, width: float) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Table

    shares: Sequence[float] = sheet.widths or [1.0] * len(sheet.heads)
    made = Table(
        cells,
        colWidths=[width * share / sum(shares) for share in shares],
        repeatRows=1,
        splitInRow=1,
    )
    made.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.grey),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ]
    )
    return made


def _numbered(canvas: Any, document: Any) -> None:
    canvas.setFont("Vera", SIZE)
    canvas.drawRightString(document.pagesize[0] - MARGIN, MARGIN / 2, str(document.page))

"""Write made documents as PDF: text, tables, form fields, notes, attachments, passwords."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import Any

from scanner.demo.content import Body, Grid, need

LEFT, TOP, BOTTOM, LINE = 50, 790, 60, 15  # points on A4
CHARACTERS = 92  # of a line, Helvetica 10 between the margins
SCAN_DPI = 110
DIGIT_WIDTH = 0.556  # of the font size, Helvetica (its AFM metrics)


def pdf(
    body: Body,
    *,
    fields: Sequence[tuple[str, str]] = (),
    owner_password: str = "",
    user_password: str = "",
) -> bytes:
    """Return a PDF of the body, and of form fields (label, value) below it.

    `user_password` is asked for on opening; `owner_password` alone only guards against changes.
    """
    body.only("author", "subject", "comment", "header", "footer")
    out = io.BytesIO()
    encrypt = None
    if owner_password or user_password:
        encryption = need("reportlab.lib.pdfencrypt").StandardEncryption
        encrypt = encryption(user_password, owner_password or user_password, strength=128)
    canvas = need("reportlab.pdfgen.canvas").Canvas(
        out, pagesize=(595, 842), invariant=1, encrypt=encrypt
    )
    canvas.setTitle(body.title)
    canvas.setAuthor(body.extras.get("author", "Nordlys Handel"))
    canvas.setSubject(body.extras.get("subject", ""))
    page = _Page(canvas, body)
    page.line(body.title, bold=True)
    for block in body.blocks:
        if isinstance(block, Grid):
            page.grid(block)
        else:
            for line in textwrap.wrap(block, CHARACTERS, break_on_hyphens=False) or [""]:
                page.line(line)
        page.line("")
    for label, value in fields:
        page.line(label)
        canvas.acroForm.textfield(
            name=label, value=value, x=LEFT + 150, y=page.y + LINE - 4, width=250, height=16
        )
    if "comment" in body.extras:
        canvas.textAnnotation(body.extras["comment"], Rect=[400, 700, 420, 720])
    canvas.showPage()
    canvas.save()
    return out.getvalue()


class _Page:
    def __init__(self, canvas: Any, body: Body) -> None:
        self.canvas, self.body, self.y = canvas, body, TOP
        self._margins()

    def _margins(self) -> None:
        self.canvas.setFont("Helvetica", 8)
        self.canvas.drawString(LEFT, 815, self.body.extras.get("header", ""))
        self.canvas.drawString(LEFT, 30, self.body.extras.get("footer", ""))

    def line(self, text: str, *, bold: bool = False) -> None:
        self.row([(LEFT, text)], "Helvetica-Bold" if bold else "Helvetica")

    def row(
        self, cells: Sequence[tuple[float, str]], font: str = "Helvetica", size: float = 10
    ) -> None:
        if self.y < BOTTOM:
            self.canvas.showPage()
            self.y = TOP
            self._margins()
        self.canvas.setFont(font, size)
        for x, text in cells:
            self.canvas.drawString(x, self.y, text)
        self.y -= LINE

    def grid(self, grid: Grid) -> None:
        rows = grid.texts()
        widths = [max(len(cell) for cell in column) + 2 for column in zip(*rows, strict=True)]
        scale = min(5.2, 500 / sum(widths))
        starts = [LEFT + scale * sum(widths[:at]) for at in range(len(widths))]
        for row in rows:
            self.row(list(zip(starts, row, strict=True)), size=scale / DIGIT_WIDTH)


def with_attachments(data: bytes, files: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the PDF with files attached."""
    writer = need("pypdf").PdfWriter(clone_from=io.BytesIO(data))
    for name, content in files:
        writer.add_attachment(name, content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def locked(data: bytes, password: str) -> bytes:
    """Return the PDF encrypted with AES-256."""
    writer = need("pypdf").PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scanned(data: bytes) -> bytes:
    """Return the PDF's pages as pictures, as a scanner makes them: no letter of text is left."""
    document = need("pypdfium2").PdfDocument(data)
    out = io.BytesIO()
    canvas = need("reportlab.pdfgen.canvas").Canvas(out, pagesize=(595, 842), invariant=1)
    for page in document:
        picture = page.render(scale=SCAN_DPI / 72, grayscale=True).to_pil()
        image = need("reportlab.lib.utils").ImageReader(picture)
        canvas.drawImage(image, 0, 0, width=595, height=842)
        canvas.showPage()
        page.close()
    document.close()
    canvas.save()
    return out.getvalue()

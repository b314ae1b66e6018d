"""Make PDFs with reportlab and pypdf, fake values planted in every place a reader must reach."""

from __future__ import annotations

import io

from tests.extract.office_files import Planted, Planter

NOISE_SIZE = (600, 800)


def pdf() -> tuple[bytes, Planted]:
    """Text, rotated text, two columns, a table, a form, a link, a comment, an attachment."""
    from pypdf import PdfWriter
    from pypdf.annotations import Text
    from reportlab.pdfgen import canvas

    plant = Planter(7)
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.setAuthor(plant.word("property", "Author"))
    page.setTitle(plant.cpr("property", "Title"))
    page.drawString(50, 800, f"CPR: {plant.cpr('page 1')} hos Søren Ærø")
    page.saveState()
    page.translate(500, 300)
    page.rotate(90)
    page.drawString(0, 0, f"CPR: {plant.cpr('page 1')}")
    page.restoreState()
    for left, side in ((50, "venstre"), (320, "højre")):
        for line in range(6):
            page.drawString(left, 600 - 14 * line, f"{side} {plant.cpr('page 1')} {side}")
    page.acroForm.textfield(
        name="cpr", value=plant.cpr("page 1", "field cpr"), x=50, y=100, width=150, height=20
    )
    page.linkURL(f"mailto:{plant.mail('page 1', 'link')}", (50, 50, 100, 60))
    page.bookmarkPage("a")
    page.addOutlineEntry(plant.word("bookmarks"), "a")
    page.showPage()
    page.drawString(50, 800, plant.mail("page 2"))
    page.showPage()
    page.save()
    writer = PdfWriter(clone_from=io.BytesIO(out.getvalue()))
    writer.add_annotation(1, Text(rect=(10, 10, 30, 30), text=plant.cpr("page 2", "comment")))
    writer.add_attachment("bilag.txt", f"CPR {plant.cpr('part', 'bilag.txt')}".encode())
    final = io.BytesIO()
    writer.write(final)
    return final.getvalue(), plant.planted


def table(rows: int) -> tuple[bytes, Planted]:
    """A long table by reportlab's layout engine."""
    from reportlab.platypus import SimpleDocTemplate, Table

    plant = Planter(8)
    cells = [["Navn", "CPR"], *([plant.word(), plant.cpr()] for _ in range(rows))]
    out = io.BytesIO()
    SimpleDocTemplate(out).build([Table(cells)])
    return out.getvalue(), plant.planted


def scanned(pages: str, value: str = "") -> bytes:
    """Pages of "i" (a full-page picture), "t" (text), "b" (blank) or "o" (picture with text)."""
    import random

    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    noise = Image.frombytes("L", (60, 80), random.Random(1).randbytes(4800))
    out = io.BytesIO()
    canvas_ = canvas.Canvas(out, pagesize=(595, 842))
    for kind in pages:
        if kind in "io":
            canvas_.drawImage(ImageReader(noise), 0, 0, 595, 842)
        if kind in "to":
            for line in range(8):
                canvas_.drawString(
                    50, 800 - 20 * line, f"Linje {line} med nok tekst til en side {value}"
                )
        canvas_.showPage()
    canvas_.save()
    return out.getvalue()


def locked(data: bytes, *, user: str, owner: str, algorithm: str = "AES-256") -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(user, owner, algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()

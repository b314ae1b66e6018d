"""Write made documents as Word, Excel and PowerPoint files (docx, xlsx, pptx, xls)."""

from __future__ import annotations

import io
from html import escape
from typing import Any

from scanner.demo.content import MADE, Body, Grid, need

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
TYPE = "application/vnd.openxmlformats-officedocument."


def docx(body: Body) -> bytes:
    """Return a Word document; `inserted` and `deleted` become tracked changes."""
    body.only(
        "header", "footer", "comment", "footnote", "box", "inserted", "deleted", "author", "subject"
    )
    document = need("docx").Document()
    _properties(document.core_properties, body)
    section = document.sections[0]
    if "header" in body.extras:
        section.header.paragraphs[0].text = body.extras["header"]
    if "footer" in body.extras:
        section.footer.paragraphs[0].text = body.extras["footer"]
    document.add_heading(body.title, 1)
    for block in body.blocks:
        if isinstance(block, Grid):
            _word_table(document, block)
        else:
            paragraph = document.add_paragraph()
            step = body.run_length or max(len(block), 1)
            for at in range(0, len(block), step):
                paragraph.add_run(block[at : at + step])
    if "comment" in body.extras:
        runs = document.paragraphs[-1].runs or [document.paragraphs[-1].add_run(" ")]
        document.add_comment(runs, text=body.extras["comment"], author="Sofie Lund", initials="SL")
    _word_aside(document, body)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _word_table(document: Any, grid: Grid) -> None:
    rows = grid.texts()
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text


def _word_aside(document: Any, body: Body) -> None:
    # python-docx has no calls for these: the elements are put in as Word writes them.
    parse = need("docx.oxml").parse_xml
    change = f'xmlns:w="{WORD}" w:id="90" w:author="Sofie Lund" w:date="2026-03-02T09:30:00Z"'
    if "inserted" in body.extras:
        run = f"<w:r><w:t>{escape(body.extras['inserted'])}</w:t></w:r>"
        document.add_paragraph()._p.append(parse(f"<w:ins {change}>{run}</w:ins>"))
    if "deleted" in body.extras:
        run = f"<w:r><w:delText>{escape(body.extras['deleted'])}</w:delText></w:r>"
        document.add_paragraph()._p.append(parse(f"<w:del {change}>{run}</w:del>"))
    if "box" in body.extras:
        document.add_paragraph()._p.append(
            parse(
                f'<w:r xmlns:w="{WORD}" xmlns:v="urn:schemas-microsoft-com:vml"><w:pict>'
                '<v:shape style="width:200pt;height:60pt"><v:textbox><w:txbxContent><w:p><w:r>'
                f"<w:t>{escape(body.extras['box'])}</w:t></w:r></w:p></w:txbxContent>"
                "</v:textbox></v:shape></w:pict></w:r>"
            )
        )
    if "footnote" in body.extras:
        package = need("docx.opc.part")
        name = need("docx.opc.packuri").PackURI("/word/footnotes.xml")
        notes = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes xmlns:w="{WORD}">'
            '<w:footnote w:id="1"><w:p><w:r><w:t xml:space="preserve">'
            f"{escape(body.extras['footnote'])}</w:t></w:r></w:p></w:footnote></w:footnotes>"
        )
        kind = TYPE + "wordprocessingml.footnotes+xml"
        part = package.Part(name, kind, notes.encode(), document.part.package)
        document.part.relate_to(part, RELATION + "footnotes")
        reference = f'<w:r xmlns:w="{WORD}"><w:footnoteReference w:id="1"/></w:r>'
        document.add_paragraph("Se noten")._p.append(parse(reference))


def _properties(core: Any, body: Body) -> None:
    core.title = body.title
    core.author = body.extras.get("author", "Nordlys Handel")
    core.last_modified_by = core.author
    core.subject = body.extras.get("subject", "")
    core.created = core.modified = MADE


def xlsx(body: Body) -> bytes:
    """Return an Excel workbook, a sheet a table; the comment hangs on the first sheet's A1."""
    body.only("header", "footer", "comment", "author", "subject", hidden=True)
    openpyxl = need("openpyxl")
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    properties = workbook.properties
    properties.title = body.title
    properties.creator = body.extras.get("author", "Nordlys Handel")
    properties.subject = body.extras.get("subject", "")
    properties.created = MADE
    for grid in [*body.grids(), *([body.hidden] if body.hidden else [])]:
        sheet = workbook.create_sheet(grid.name)
        if grid.headers:
            sheet.append(list(grid.headers))
        for row in grid.rows:
            sheet.append(list(row))
    sheet = workbook.worksheets[0]
    if body.hidden:
        workbook.worksheets[-1].sheet_state = "hidden"
    if "comment" in body.extras:
        comment = need("openpyxl.comments").Comment
        sheet["A1"].comment = comment(body.extras["comment"], "Sofie Lund")
    if "header" in body.extras:
        sheet.oddHeader.center.text = body.extras["header"]
    if "footer" in body.extras:
        sheet.oddFooter.center.text = body.extras["footer"]
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def pptx(body: Body) -> bytes:
    """Return a presentation: a slide a block; notes on the first, the box in a group on the last.

    The hidden part becomes a hidden slide with a table.
    """
    body.only("notes", "box", "author", "subject", hidden=True)
    presentation = need("pptx").Presentation()
    _properties(presentation.core_properties, body)
    first = presentation.slides.add_slide(presentation.slide_layouts[0])
    first.shapes.title.text = body.title
    if "notes" in body.extras:
        first.notes_slide.notes_text_frame.text = body.extras["notes"]
    slide = first
    for block in [*body.blocks, *([body.hidden] if body.hidden else [])]:
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = body.title
        area = (500_000, 1_500_000, 8_000_000, 4_000_000)  # EMU
        if isinstance(block, Grid):
            rows = block.texts()
            table = slide.shapes.add_table(len(rows), len(rows[0]), *area).table
            for at, row in enumerate(rows):
                for across, cell in enumerate(row):
                    table.cell(at, across).text = cell
        else:
            slide.shapes.add_textbox(*area).text_frame.text = block
    if body.hidden:
        slide._element.set("show", "0")
    if "box" in body.extras:
        group = slide.shapes.add_group_shape()
        box = group.shapes.add_textbox(500_000, 5_800_000, 4_000_000, 500_000)
        box.text_frame.text = body.extras["box"]
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def xls(body: Body) -> bytes:
    """Return an Excel 97-2003 workbook, a sheet a table."""
    body.only("header", hidden=True)
    workbook = need("xlwt").Workbook(encoding="utf-8")
    for grid in [*body.grids(), *([body.hidden] if body.hidden else [])]:
        sheet = workbook.add_sheet(grid.name)
        if grid is body.hidden:
            sheet.visibility = 1
        if "header" in body.extras:
            sheet.header_str = body.extras["header"].encode("utf-8")
        rows = [list(grid.headers), *grid.rows] if grid.headers else list(grid.rows)
        for at, row in enumerate(rows):
            for across, cell in enumerate(row):
                sheet.write(at, across, cell if isinstance(cell, int | float) else str(cell))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()

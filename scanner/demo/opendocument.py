"""Write made documents as OpenDocument files (odt, ods, odp)."""

from __future__ import annotations

import io
from typing import Any

from scanner.demo.content import Body, Grid, need


def odt(body: Body) -> bytes:
    """Return a text document with header, footer, footnote and comment where the body has them."""
    body.only("header", "footer", "footnote", "comment", "author")
    text, style = need("odf.text"), need("odf.style")
    document = need("odf.opendocument").OpenDocumentText()
    _properties(document, body)
    layout = style.PageLayout(name="side")
    document.automaticstyles.addElement(layout)
    master = style.MasterPage(name="Standard", pagelayoutname="side")
    for key, element in (("header", style.Header()), ("footer", style.Footer())):
        if key in body.extras:
            element.addElement(text.P(text=body.extras[key]))
            master.addElement(element)
    document.masterstyles.addElement(master)
    document.text.addElement(text.H(outlinelevel=1, text=body.title))
    paragraph = text.P()
    for block in body.blocks:
        if isinstance(block, Grid):
            document.text.addElement(_table(block))
        else:
            paragraph = text.P(text=block)
            document.text.addElement(paragraph)
    if "footnote" in body.extras:
        note = text.Note(id="ftn1", noteclass="footnote")
        note.addElement(text.NoteCitation(text="1"))
        inside = text.NoteBody()
        inside.addElement(text.P(text=body.extras["footnote"]))
        note.addElement(inside)
        paragraph.addElement(note)
    if "comment" in body.extras:
        comment = need("odf.office").Annotation()
        comment.addElement(text.P(text=body.extras["comment"]))
        paragraph.addElement(comment)
    return _saved(document)


def ods(body: Body) -> bytes:
    """Return a spreadsheet, a sheet a table; the comment hangs on the first cell."""
    body.only("comment", "author", hidden=True)
    document = need("odf.opendocument").OpenDocumentSpreadsheet()
    _properties(document, body)
    grids = body.grids()
    for grid in grids:
        comment = body.extras.get("comment", "") if grid is grids[0] else ""
        document.spreadsheet.addElement(_table(grid, comment=comment))
    if body.hidden:
        style = need("odf.style")
        hidden = style.Style(name="skjult", family="table")
        hidden.addElement(style.TableProperties(display="false"))
        document.automaticstyles.addElement(hidden)
        document.spreadsheet.addElement(_table(body.hidden, stylename=hidden))
    return _saved(document)


def odp(body: Body) -> bytes:
    """Return a presentation, a slide a block; notes on the last."""
    body.only("notes", "author")
    text, draw = need("odf.text"), need("odf.draw")
    style = need("odf.style")
    document = need("odf.opendocument").OpenDocumentPresentation()
    _properties(document, body)
    layout = style.PageLayout(name="dias")
    document.automaticstyles.addElement(layout)
    master = style.MasterPage(name="Standard", pagelayoutname=layout)
    document.masterstyles.addElement(master)
    page = None
    for number, block in enumerate([body.title, *body.blocks], 1):
        page = draw.Page(name=f"dias{number}", masterpagename=master)
        document.presentation.addElement(page)
        frame = draw.Frame(width="20cm", height="10cm", x="2cm", y="2cm")
        page.addElement(frame)
        if isinstance(block, Grid):
            frame.addElement(_table(block))
        else:
            box = draw.TextBox()
            box.addElement(text.P(text=block))
            frame.addElement(box)
    if "notes" in body.extras and page is not None:
        notes = need("odf.presentation").Notes()
        frame = draw.Frame(width="15cm", height="5cm", x="2cm", y="14cm")
        box = draw.TextBox()
        box.addElement(text.P(text=body.extras["notes"]))
        frame.addElement(box)
        notes.addElement(frame)
        page.addElement(notes)
    return _saved(document)


def _table(grid: Grid, *, comment: str = "", stylename: Any = None) -> Any:
    table, text = need("odf.table"), need("odf.text")
    named = {"name": grid.name} | ({"stylename": stylename} if stylename else {})
    whole = table.Table(**named)
    whole.addElement(table.TableColumn(numbercolumnsrepeated=len(grid.texts()[0])))
    rows = [list(grid.headers), *grid.rows] if grid.headers else list(grid.rows)
    for row in rows:
        line = table.TableRow()
        for value in row:
            if isinstance(value, int | float):
                cell = table.TableCell(valuetype="float", value=str(value))
            else:
                cell = table.TableCell(valuetype="string")
            if comment:
                note = need("odf.office").Annotation()
                note.addElement(text.P(text=comment))
                cell.addElement(note)
                comment = ""
            cell.addElement(text.P(text=str(value)))
            line.addElement(cell)
        whole.addElement(line)
    return whole


def _properties(document: Any, body: Body) -> None:
    dc, meta = need("odf.dc"), need("odf.meta")
    document.meta.addElement(dc.Title(text=body.title))
    document.meta.addElement(dc.Creator(text=body.extras.get("author", "Nordlys Handel")))
    document.meta.addElement(meta.InitialCreator(text=body.extras.get("author", "Nordlys Handel")))


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()

"""Make office documents with real writers, fake values planted in every place a reader must reach.

Each maker returns the bytes and, for every planted value, the place where it must be found.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping
from typing import Any

from scanner.demo import fake
from scanner.model import Place

Planted = dict[str, Place]


class Planter:
    """Makes values that occur once, and remembers where each was put."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.planted: Planted = {}

    def cpr(self, *place: str) -> str:
        return self._put(fake.cpr(self._rng, hyphen=True), place)

    def mail(self, *place: str) -> str:
        return self._put(f"k{self._rng.randrange(10**9)}@firma.example", place)

    def word(self, *place: str) -> str:
        return self._put(f"Navn{self._rng.randrange(10**9)}", place)

    def _put(self, value: str, place: Place) -> str:
        assert value not in self.planted
        self.planted[value] = place
        return value


def with_members(data: bytes, members: Mapping[str, bytes]) -> bytes:
    """Return a zip package with members added or put in the place of others."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, content in members.items():
            new.writestr(name, content)
    return out.getvalue()


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def related(data: bytes, rels: str, kind: str, target: str, identity: str = "rIdX") -> bytes:
    """Return a package with one more relationship in the member `rels`."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    line = f'<Relationship Id="{identity}" Type="{base}{kind}" Target="{target}"/></Relationships>'
    changed = member(data, rels).replace(b"</Relationships>", line.encode())
    return with_members(data, {rels: changed})


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _append(paragraph: Any, xml: str) -> None:
    from docx.oxml import parse_xml

    space = (
        f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    for element in parse_xml(f"<w:wrap {space}>{xml}</w:wrap>"):
        paragraph._p.append(element)


def docx() -> tuple[bytes, Planted]:
    """A Word document by python-docx, with the parts that it cannot make added by hand."""
    import docx as writer
    from docx.oxml.ns import qn

    plant = Planter(1)
    document = writer.Document()
    first = plant.cpr("paragraph 1")
    paragraph = document.add_paragraph("CPR: ")
    for piece in (first[:3], first[3:7], first[7:]):
        paragraph.add_run(piece)
    hidden = document.add_paragraph()
    hidden.add_run(plant.cpr("paragraph 2")).font.hidden = True
    labels = document.add_table(2, 2)
    labels.cell(0, 0).text, labels.cell(0, 1).text = "CPR", plant.cpr("table 1", "row 1")
    labels.cell(1, 0).text, labels.cell(1, 1).text = "Mail", plant.mail("table 1", "row 2")
    data = document.add_table(8, 3)
    for column, head in enumerate(("Navn", "CPR-nr.", "Note")):
        data.cell(0, column).text = head
    for row in range(1, 8):
        data.cell(row, 0).text = plant.word("table 2", f"row {row + 1}")
        data.cell(row, 1).text = plant.cpr("table 2", f"row {row + 1}")
    inner = data.cell(7, 2).add_table(1, 1)
    inner.cell(0, 0).text = plant.cpr("table 2", "row 8")
    changed = document.add_paragraph("Nummer ")
    deleted = plant.cpr("paragraph 3", "before changes")
    inserted = plant.cpr("paragraph 3")
    _append(
        changed,
        f'<w:del w:id="1" w:author="{plant.word("property", "authors of changes")}">'
        f"<w:r><w:delText>{deleted}</w:delText></w:r></w:del>",
    )
    _append(changed, f'<w:ins w:id="2" w:author="x"><w:r><w:t>{inserted}</w:t></w:r></w:ins>')
    boxed = document.add_paragraph("Boks")
    box = plant.cpr("paragraph 4", "text box")
    content = f"<w:txbxContent><w:p><w:r><w:t>{box}</w:t></w:r></w:p></w:txbxContent>"
    _append(
        boxed,
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>'
        f"{content}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>"
        f"{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
    )
    linked = document.add_paragraph("Skriv til ")
    identity = document.part.relate_to(
        f"mailto:{plant.mail('paragraph 5', 'link')}",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    _append(linked, f'<w:hyperlink r:id="{identity}"><w:r><w:t>os</w:t></w:r></w:hyperlink>')
    coded = document.add_paragraph()
    _append(
        coded,
        '<w:r><w:instrText xml:space="preserve"> HYPERLINK "mailto:'
        f'{plant.mail("paragraph 6")}" </w:instrText></w:r>',
    )
    commented = document.add_paragraph("Se note")
    document.add_comment(
        commented.runs, text=plant.cpr("comment 1"), author=plant.word("comment 1"), initials="A"
    )
    section = document.sections[0]
    section.header.paragraphs[0].text = plant.cpr("header 1")
    section.footer.paragraphs[0].text = plant.mail("footer 1")
    core = document.core_properties
    core.author = plant.word("property", "creator")
    core.last_modified_by = plant.word("property", "lastModifiedBy")
    core.title = plant.cpr("property", "title")
    assert changed._p.tag == qn("w:p")
    out = io.BytesIO()
    document.save(out)
    notes = "".join(
        f'<w:{{0}} w:id="{number}"{kind}><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{{0}}>'
        for number, kind, text in (
            (0, ' w:type="separator"', ""),
            (1, "", "Forklaring"),
            (2, "", "{1}"),
        )
    )
    custom = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f'<property fmtid="{{0}}" pid="2" name="Borger-CPR"><vt:lpwstr>'
        f"{plant.cpr('property', 'Borger-CPR')}</vt:lpwstr></property></Properties>"
    )
    settings = member(out.getvalue(), "word/settings.xml").replace(
        b"</w:settings>",
        f'<w:docVars><w:docVar w:name="Sag" w:val="{plant.cpr("property", "Sag")}"/></w:docVars>'
        "</w:settings>".encode(),
    )
    chunk = f"<html><body>{plant.cpr('part', 'chunk.html')}</body></html>"
    body = with_members(
        out.getvalue(),
        {
            f"word/{kind}s.xml": (
                f'<w:{kind}s xmlns:w="{W}">'
                + notes.format(kind, plant.cpr(f"{kind} 2"))
                + f"</w:{kind}s>"
            ).encode()
            for kind in ("footnote", "endnote")
        }
        | {
            "docProps/custom.xml": custom.encode(),
            "word/settings.xml": settings,
            "word/chunk.html": chunk.encode(),
            "customXml/item1.xml": f"<a><b>{plant.cpr('attached data 1')}</b></a>".encode(),
            "word/embeddings/Sheet1.xlsx": xlsx_with(plant.word("part", "Sheet1.xlsx")),
        },
    )
    body = related(body, "word/_rels/document.xml.rels", "aFChunk", "chunk.html")
    return body, plant.planted


def xlsx_with(value: object) -> bytes:
    """A workbook with one cell."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx(*, chart: bool = True) -> tuple[bytes, Planted]:
    """A workbook by openpyxl; threaded comments, caches and text boxes added by hand."""
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.workbook.defined_name import DefinedName
    from openpyxl.worksheet.datavalidation import DataValidation

    plant = Planter(2)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Ark æ"
    for column, head in enumerate(("Navn", "CPR-nr.", "Tal"), 3):
        sheet.cell(5, column, head)
    for row in range(6, 40):
        sheet.cell(row, 3, plant.word("Ark æ", f"C{row}"))
        sheet.cell(row, 4, plant.cpr("Ark æ", f"D{row}"))
    sheet["E6"] = '=IF(D6="' + plant.cpr("Ark æ", "E6", "formula") + '",1,0)'
    sheet["D6"].comment = Comment(plant.cpr("Ark æ", "D6", "comment"), "Anna")
    sheet["F6"] = "skriv"
    sheet["F6"].hyperlink = f"mailto:{plant.mail('Ark æ', 'F6')}"
    sheet.oddHeader.left.text = f"CPR {plant.cpr('Ark æ', 'header')}"
    sheet.oddFooter.center.text = plant.mail("Ark æ", "footer")
    choices = DataValidation("list", formula1=f'"{plant.cpr("Ark æ", "G6")},nej"')
    choices.add("G6")
    sheet.add_data_validation(choices)
    hidden = book.create_sheet("Skjult")
    hidden.sheet_state = "veryHidden"
    hidden["B14"] = plant.cpr("Skjult", "B14")
    if chart:
        book.create_chartsheet("Diagram")
    book.defined_names["Fast"] = DefinedName(
        "Fast", attr_text=f'"{plant.cpr("defined name", "Fast")}"'
    )
    book.properties.creator = plant.word("property", "creator")
    book.properties.lastModifiedBy = plant.word("property", "lastModifiedBy")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), plant.planted


def xlsx_around() -> tuple[bytes, Planted]:
    """A workbook with the parts that only Excel writes."""
    plant = Planter(3)
    data = xlsx_with("Hej")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    threads = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        "</Relationships>"
    )
    value = plant.cpr("Sheet", "B2", "comment")
    data = with_members(
        data,
        {
            "xl/worksheets/_rels/sheet1.xml.rels": rels.encode(),
            "xl/threadedComments/threadedComment1.xml": (
                f'<ThreadedComments xmlns="{threads}"><threadedComment ref="B2" personId="{{p}}">'
                f"<text>{value}</text></threadedComment></ThreadedComments>"
            ).encode(),
            "xl/comments1.xml": (
                f'<comments xmlns="{main}"><authors><author>tc={{1}}</author></authors>'
                f'<commentList><comment ref="B2" authorId="0"><text><t>[Threaded] {value}</t>'
                "</text></comment></commentList></comments>"
            ).encode(),
            "xl/persons/person.xml": (
                f'<personList xmlns="{threads}"><person displayName="'
                f'{plant.word("Sheet", "B2", "comment")}" id="{{p}}" userId="'
                f'{plant.mail("people 1")}"/></personList>'
            ).encode(),
            "xl/drawings/drawing1.xml": (
                f'<d xmlns:a="{drawing}"><a:p><a:r><a:t>{plant.cpr("Sheet", "text box")}</a:t>'
                "</a:r></a:p></d>"
            ).encode(),
            "xl/externalLinks/externalLink1.xml": (
                f'<externalLink xmlns="{main}"><cell r="A1"><v>'
                f"{plant.cpr('linked workbook 1')}</v></cell></externalLink>"
            ).encode(),
            "xl/pivotCache/pivotCacheRecords1.xml": (
                f'<pivotCacheRecords xmlns="{main}"><r><s v="{plant.cpr("pivot data 1")}"/></r>'
                "</pivotCacheRecords>"
            ).encode(),
        },
    )
    sheet_rels = "xl/worksheets/_rels/sheet1.xml.rels"
    for number, (kind, target) in enumerate(
        (
            ("threadedComment", "../threadedComments/threadedComment1.xml"),
            ("comments", "../comments1.xml"),
            ("drawing", "../drawings/drawing1.xml"),
        )
    ):
        data = related(data, sheet_rels, kind, target, f"rId{number}")
    return data, plant.planted


def xls() -> tuple[bytes, Planted]:
    """An old workbook by xlwt."""
    import xlwt

    plant = Planter(4)
    book = xlwt.Workbook()
    sheet = book.add_sheet("Løn")
    for column, head in enumerate(("Navn", "CPR")):
        sheet.write(2, column + 1, head)
    for row in range(3, 12):
        sheet.write(row, 1, plant.word("Løn", f"B{row + 1}"))
        sheet.write(row, 2, plant.cpr("Løn", f"C{row + 1}"))
    sheet.header_str = f"&LCPR {plant.cpr('Løn', 'header')}".encode()
    sheet.footer_str = plant.mail("Løn", "footer").encode()
    hidden = book.add_sheet("Skjult")
    hidden.visibility = 2
    hidden.write(0, 0, plant.cpr("Skjult", "A1"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), plant.planted


def pptx() -> tuple[bytes, Planted]:
    """A presentation by python-pptx, with comments of both forms added by hand."""
    import pptx as writer
    from pptx.util import Inches

    plant = Planter(5)
    show = writer.Presentation()
    blank = show.slide_layouts[6]
    slide = show.slides.add_slide(show.slide_layouts[0])
    slide.shapes.title.text = plant.cpr("slide 1")
    inches = Inches(1)
    box = slide.shapes.add_textbox(inches, inches, inches, inches).text_frame
    number = plant.cpr("slide 1")
    for piece in ("CPR ", number[:4], number[4:]):
        box.paragraphs[0].add_run().text = piece
    run = box.paragraphs[0].add_run()
    run.text = "skriv"
    run.hyperlink.address = f"mailto:{plant.mail('slide 1')}"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(inches, inches, inches, inches).text_frame.text = plant.cpr("slide 1")
    slide.notes_slide.notes_text_frame.text = plant.cpr("slide 1", "notes")
    tables = show.slides.add_slide(blank)
    cells = tables.shapes.add_table(6, 2, inches, inches, inches, inches).table
    cells.cell(0, 0).text, cells.cell(0, 1).text = "Navn", "CPR"
    for row in range(1, 6):
        cells.cell(row, 0).text = plant.word("slide 2", "table 1", f"row {row + 1}")
        cells.cell(row, 1).text = plant.cpr("slide 2", "table 1", f"row {row + 1}")
    hidden = show.slides.add_slide(blank)
    hidden._element.set("show", "0")
    hidden.shapes.add_textbox(inches, inches, inches, inches).text_frame.text = plant.cpr("slide 3")
    show.core_properties.author = plant.word("property", "creator")
    out = io.BytesIO()
    show.save(out)
    data = out.getvalue()
    main = "http://schemas.openxmlformats.org/presentationml/2006/main"
    modern = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    rels = "ppt/slides/_rels/slide2.xml.rels"
    data = with_members(
        data,
        {
            "ppt/commentAuthors.xml": (
                f'<p:cmAuthorLst xmlns:p="{main}"><p:cmAuthor id="0" name="'
                f'{plant.word("slide 2", "comment 1")}"/></p:cmAuthorLst>'
            ).encode(),
            "ppt/comments/comment1.xml": (
                f'<p:cmLst xmlns:p="{main}"><p:cm authorId="0"><p:text>'
                f"{plant.cpr('slide 2', 'comment 1')}</p:text></p:cm></p:cmLst>"
            ).encode(),
            "ppt/comments/modernComment_1.xml": (
                f'<p:cmLst xmlns:p="{modern}" xmlns:a="{drawing}"><p:cm><p:txBody><a:p><a:r><a:t>'
                f"{plant.cpr('slide 2', 'comment 2')}</a:t></a:r></a:p></p:txBody></p:cm></p:cmLst>"
            ).encode(),
            "ppt/embeddings/Sheet1.xlsx": xlsx_with(plant.word("part", "Sheet1.xlsx")),
        },
    )
    data = related(data, rels, "comments", "../comments/comment1.xml", "rId90")
    data = related(data, rels, "comments", "../comments/modernComment_1.xml", "rId91")
    return data, plant.planted


def odt() -> tuple[bytes, Planted]:
    """An OpenDocument text by odfpy."""
    from odf import dc, meta, office, style, text
    from odf.draw import Frame, TextBox
    from odf.namespaces import TEXTNS
    from odf.opendocument import OpenDocumentText
    from odf.table import Table, TableCell, TableColumn, TableRow

    plant = Planter(6)
    document = OpenDocumentText()
    body = document.text
    changes = text.TrackedChanges()
    region = text.ChangedRegion(check_grammar=False)
    region.setAttrNS(TEXTNS, "id", "ct1")
    deletion = text.Deletion()
    info = office.ChangeInfo()
    info.addElement(dc.Creator(text="Anna"))
    info.addElement(dc.Date(text="2024-01-01T00:00:00"))
    deletion.addElement(info)
    deletion.addElement(text.P(text=plant.cpr("deletion 1")))
    region.addElement(deletion)
    changes.addElement(region)
    body.addElement(changes)
    split = plant.cpr("paragraph 1")
    paragraph = text.P(text="CPR: ")
    paragraph.addElement(text.Span(text=split[:4]))
    paragraph.addElement(text.Span(text=split[4:]))
    body.addElement(paragraph)
    noted = text.P(text="Se")
    for kind in ("footnote", "endnote"):
        note = text.Note(noteclass=kind, id=kind)
        note.addElement(text.NoteCitation(text="1"))
        inner = text.NoteBody()
        inner.addElement(text.P(text=plant.cpr(f"{kind} 1")))
        note.addElement(inner)
        noted.addElement(note)
    annotation = office.Annotation()
    annotation.addElement(dc.Creator(text=plant.word("comment 1")))
    annotation.addElement(dc.Date(text="2024-01-01T00:00:00"))
    annotation.addElement(text.P(text=plant.cpr("comment 1")))
    noted.addElement(annotation)
    link = text.A(href=f"mailto:{plant.mail('paragraph 2', 'link')}", text="os", type="simple")
    noted.addElement(link)
    body.addElement(noted)
    boxed = text.P()
    frame = Frame(width="5cm", height="2cm", anchortype="paragraph")
    box = TextBox()
    box.addElement(text.P(text=plant.cpr("paragraph 3", "text box")))
    frame.addElement(box)
    boxed.addElement(frame)
    body.addElement(boxed)
    hidden = text.Section(name="Skjult", display="none")
    hidden.addElement(text.P(text=plant.cpr("paragraph 4")))
    body.addElement(hidden)
    grid = Table(name="T")
    grid.addElement(TableColumn(numbercolumnsrepeated=2))
    for number in range(1, 8):
        row = TableRow()
        values = (
            ("Navn", "CPR-nr.")
            if number == 1
            else (
                plant.word("table 1", f"row {number}"),
                plant.cpr("table 1", f"row {number}"),
            )
        )
        for value in values:
            cell = TableCell()
            cell.addElement(text.P(text=value))
            row.addElement(cell)
        grid.addElement(row)
    body.addElement(grid)
    layout = style.PageLayout(name="pl")
    document.automaticstyles.addElement(layout)
    master = style.MasterPage(name="Standard", pagelayoutname=layout)
    header, footer = style.Header(), style.Footer()
    header.addElement(text.P(text=plant.cpr("header")))
    footer.addElement(text.P(text=plant.mail("footer")))
    master.addElement(header)
    master.addElement(footer)
    document.masterstyles.addElement(master)
    document.meta.addElement(dc.Creator(text=plant.word("property", "creator")))
    document.meta.addElement(
        meta.UserDefined(name="Sag", valuetype="string", text=plant.cpr("property", "Sag"))
    )
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), plant.planted

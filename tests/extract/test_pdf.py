"""PDF: the text layer and all around it, scans told as such, damage and passwords."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from scanner.demo import fake
from scanner.extract import pdf_fallback
from scanner.extract.pdf import runs
from scanner.model import Limits, Place
from tests.extract import pdf_files
from tests.extract.seen import read
from tests.hostile import archives, documents

if TYPE_CHECKING:
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject


def test_every_planted_value_is_read_where_it_stands() -> None:
    data, planted = pdf_files.pdf()
    seen = read(data, "pdf")
    assert seen.reasons == []
    wrong = {}
    for value, place in planted.items():
        if place[0] == "part":
            assert value.encode() in seen.parts[place[1]]
        elif place not in seen.places(value):
            wrong[place] = seen.places(value)
    assert wrong == {}


def test_a_table_keeps_its_cells_in_rows() -> None:
    data, planted = pdf_files.table(90)
    seen = read(data, "pdf")
    values = list(planted)
    for name, cpr in zip(values[::2], values[1::2], strict=True):
        assert f"{name} {cpr}" in seen.text


@pytest.mark.parametrize(
    ("pages", "problems"),
    [
        pytest.param("iii", [("page 1-3",)], id="a scanned document is one problem"),
        pytest.param("titt", [("page 2",)], id="a scan among text names its page"),
        pytest.param("itiii", [("page 1",), ("page 3-5",)], id="one problem for each run"),
        pytest.param("tt", [], id="text needs no OCR"),
        pytest.param("tbt", [], id="a blank page is no scan"),
        pytest.param("oo", [], id="a scan with a text layer is read"),
    ],
)
def test_pages_that_need_ocr(pages: str, problems: list[Place]) -> None:
    seen = read(pdf_files.scanned(pages), "pdf")
    assert [problem.where for problem in seen.problems] == problems
    assert {(p.reason, p.detail) for p in seen.problems} <= {("missing_extra", "ocr")}


def test_a_stamp_on_a_scan_does_not_hide_that_it_is_one() -> None:
    from pypdf import PdfReader, PdfWriter
    from reportlab.pdfgen import canvas

    stamp = io.BytesIO()
    page = canvas.Canvas(stamp)
    page.drawString(20, 20, "Modtaget 3")
    page.save()
    writer = PdfWriter(clone_from=io.BytesIO(pdf_files.scanned("i")))
    writer.pages[0].merge_page(PdfReader(stamp).pages[0])
    out = io.BytesIO()
    writer.write(out)
    seen = read(out.getvalue(), "pdf")
    assert "Modtaget 3" in seen.text
    assert seen.reasons == ["missing_extra"]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_passwords(algorithm: str) -> None:
    data, planted = pdf_files.pdf()
    locked = pdf_files.locked(data, user="hemmelig", owner="ejer", algorithm=algorithm)
    assert read(locked, "pdf").reasons == ["encrypted"]
    assert read(locked, "pdf", passwords=("forkert",)).reasons == ["encrypted"]
    opened = read(locked, "pdf", passwords=("forkert", "hemmelig"))
    assert next(iter(planted)) in opened.text
    owner_only = pdf_files.locked(data, user="", owner="ejer", algorithm=algorithm)
    assert read(owner_only, "pdf").text == read(data, "pdf").text


@pytest.mark.parametrize("percent", range(5, 100, 10))
def test_a_cut_file_is_never_silent(percent: int) -> None:
    data, _ = pdf_files.table(200)
    seen = read(data[: len(data) * percent // 100], "pdf")
    assert "truncated" in seen.reasons


def test_the_pages_before_a_cut_are_read() -> None:
    data, planted = pdf_files.table(200)
    whole = read(data, "pdf")
    seen = read(data[: len(data) * 80 // 100], "pdf")
    early = [value for value in planted if whole.places(value)[0] in {("page 1",), ("page 2",)}]
    assert len(early) > 100
    assert [value for value in early if seen.places(value) != whole.places(value)] == []


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_never_silent(seed: int) -> None:
    import random

    data, _ = pdf_files.table(60)
    rng = random.Random(seed)
    broken = bytearray(data)
    for _ in range(40):
        position = rng.randrange(len(broken))
        broken[position : position + 20] = rng.randbytes(20)
    assert not read(bytes(broken), "pdf").silent


def test_the_second_reader_gives_the_same_words() -> None:
    data, planted = pdf_files.table(30)
    pages = dict(pdf_fallback.pages(io.BytesIO(data)))
    assert all(value in "".join(pages.values()) for value in planted)
    locked = pdf_files.locked(data, user="hemmelig", owner="ejer")
    assert list(pdf_fallback.pages(io.BytesIO(locked), "forkert")) == []
    assert dict(pdf_fallback.pages(io.BytesIO(locked), "hemmelig")) == pages


def test_what_pdfium_refuses_the_second_reader_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pypdfium2

    def refuse(*_: object) -> None:
        raise pypdfium2.PdfiumError("refused", err_code=3)

    data, planted = pdf_files.table(30)
    monkeypatch.setattr(pypdfium2, "PdfDocument", refuse)
    seen = read(data, "pdf")
    assert all(value in seen.text for value in planted)
    assert seen.reasons == ["corrupt"]


@pytest.mark.parametrize("unit", [b"1 0 obj", b"1 0 obj/Type/Page ", b"<x:xmpmeta ", b"%PDF-1.4"])
def test_hostile_repetition_ends(unit: bytes) -> None:
    data = b"%PDF-1.4\n" + unit * (2_000_000 // len(unit))
    assert read(data, "pdf").reasons == ["truncated"]


def test_text_is_spent_from_the_budget() -> None:
    data, _ = pdf_files.table(500)
    assert read(data, "pdf", limits=Limits(max_unpacked_bytes=5000)).reasons == ["limit"]


@pytest.mark.parametrize(
    ("indexes", "places"),
    [
        pytest.param([], [], id="none"),
        pytest.param([2], [("page 3",)], id="one page"),
        pytest.param([0, 1, 2, 5], [("page 1-3",), ("page 6",)], id="runs"),
        pytest.param([1, 0, 1], [("page 1-2",)], id="unordered and doubled"),
    ],
)
def test_runs(indexes: list[int], places: list[Place]) -> None:
    assert list(runs(indexes)) == places


def test_many_runs_are_told_as_few() -> None:
    told = list(runs(list(range(0, 1000, 2))))
    assert len(told) == 50
    assert told[-1] == ("page 99-999",)


def rewritten(data: bytes, change: Callable[[PdfWriter], None]) -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(data))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def stream_of(data: bytes) -> DecodedStreamObject:
    from pypdf.generic import DecodedStreamObject

    stream = DecodedStreamObject()
    stream.set_data(data)
    return stream


def test_metadata_that_the_properties_do_not_hold() -> None:
    name = fake.name()

    def change(writer: PdfWriter) -> None:
        from pypdf.generic import NameObject

        stream = stream_of(
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:creator>{name}</dc:creator><dc:id>uuid:1234</dc:id></r></x:xmpmeta>".encode()
        )
        stream[NameObject("/Type")] = NameObject("/Metadata")
        writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)

    seen = read(rewritten(pdf_files.scanned("t"), change), "pdf")
    assert seen.places(name) == [("property", "XMP")]
    assert "uuid:" not in seen.text


def test_an_xfa_form_has_its_data_read() -> None:
    value = fake.cpr(hyphen=True)

    def change(writer: PdfWriter) -> None:
        from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

        data = writer._add_object(stream_of(f"<data><cpr>{value}</cpr></data>".encode()))
        form = DictionaryObject()
        form[NameObject("/Fields")] = ArrayObject()
        form[NameObject("/XFA")] = ArrayObject([TextStringObject("datasets"), data])
        writer.root_object[NameObject("/AcroForm")] = form

    seen = read(rewritten(pdf_files.scanned("t"), change), "pdf")
    assert seen.places(value) == [("form data",)]


def test_a_file_pinned_to_a_page_is_a_part() -> None:
    def change(writer: PdfWriter) -> None:
        from pypdf.generic import (
            ArrayObject,
            DictionaryObject,
            FloatObject,
            NameObject,
            TextStringObject,
        )

        files = DictionaryObject({NameObject("/F"): writer._add_object(stream_of(b"hej"))})
        spec = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Filespec"),
                NameObject("/F"): TextStringObject("pin.txt"),
                NameObject("/EF"): files,
            }
        )
        note = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/FileAttachment"),
                NameObject("/Rect"): ArrayObject([FloatObject(x) for x in (1, 1, 9, 9)]),
                NameObject("/FS"): writer._add_object(spec),
            }
        )
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    assert read(rewritten(pdf_files.scanned("t"), change), "pdf").parts == {"pin.txt": b"hej"}


def test_a_page_that_cannot_be_opened_is_told() -> None:
    def change(writer: PdfWriter) -> None:
        from pypdf.generic import NumberObject

        kids = writer.root_object["/Pages"]["/Kids"]  # type: ignore[index]
        kids[1] = writer._add_object(NumberObject(7))

    seen = read(rewritten(pdf_files.scanned("ttt"), change), "pdf")
    assert [(p.where, p.reason) for p in seen.problems] == [(("page 2",), "corrupt")]
    assert {("page 1",), ("page 3",)} <= set(seen.places("Linje 1"))


@pytest.mark.parametrize(
    ("layers", "megabytes", "is_read"),
    [
        pytest.param(1, 3, True, id="what fits is unpacked"),
        pytest.param(1, 40, False, id="more than an eighth of the memory"),
        pytest.param(2, 40, False, id="packed twice, to next to nothing"),
    ],
)
def test_a_swollen_stream_costs_only_itself(layers: int, megabytes: int, is_read: bool) -> None:
    content = b"BT /F 12 Tf 50 700 Td (Anden side) Tj ET" + b" " * (megabytes * 1024**2)
    for _ in range(layers):
        content = zlib.compress(content)
    filters = b"/Filter [" + b"/FlateDecode " * layers + b"]"
    first = {number: documents.PAGE % (number + 1) for number in (3, 6)}
    data = documents.pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>",
            4: documents.pdf_stream(documents.SHOWN),
            7: documents.pdf_stream(content, filters),
            **{number: body.replace(b"/F 4 0 R", b"/F 5 0 R") for number, body in first.items()},
            5: documents.FONT,
        }
    )
    seen = read(data, "pdf", limits=Limits(memory_bytes=256 * 1024**2))
    assert seen.places(archives.PLANTED) == [("page 1",)]
    assert ("Anden side" in seen.text) == is_read
    told = [(p.where, p.reason, p.detail) for p in seen.problems]
    assert told == ([] if is_read else [(("object 7",), "limit", "stream_bytes")])

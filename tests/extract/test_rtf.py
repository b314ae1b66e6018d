"""RTF: characters in every spelling, destinations with places, embedded files, cut documents."""

from __future__ import annotations

import struct

import pytest

from scanner.demo import fake
from scanner.model import Place
from tests.extract import office_files
from tests.extract.seen import read


def rtf(body: str, head: str = r"\ansi\ansicpg1252\deff0") -> bytes:
    return ("{\\rtf1" + head + " " + body + "}").encode("cp1252")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(r"S\'f8ren \'c6r\'f8", "Søren Ærø", id="escaped bytes"),
        pytest.param("Søren", "Søren", id="raw bytes"),
        pytest.param(r"S\u248?ren", "Søren", id="unicode with one byte to skip"),
        pytest.param(r"\uc2 S\u248\'3f?ren", "Søren", id="two to skip"),
        pytest.param(r"{\uc0 S\u248 ren}", "Søren", id="none to skip"),
        pytest.param(r"\u-10179?\u-8704?", "\U0001f600", id="two halves of a character"),
        pytest.param(r"010110\_1234", "010110-1234", id="non-breaking hyphen"),
        pytest.param(r"010110{\b -12}{\i 34}", "010110-1234", id="runs are joined"),
        pytest.param("010110-\r\n1234", "010110-1234", id="line ends in the file are no text"),
        pytest.param(r"a\tab b\line c", "a\tb\nc", id="tab and line"),
        pytest.param(r"{\v skjult}", "skjult", id="hidden text"),
        pytest.param(r"{\*\unknown x}a", "a", id="unknown destinations are left out"),
        pytest.param(r"{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}a", "a", id="tables are no text"),
        pytest.param(r"\{a\}\\", "{a}\\", id="escaped signs"),
        pytest.param(r"\bin3 {}{a", "a", id="raw data is passed over"),
    ],
)
def test_characters(body: str, text: str) -> None:
    assert read(rtf(body), "rtf").text.strip("\n") == text


def test_each_font_has_its_own_code_page() -> None:
    body = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}\f0\'e6 {\f1\'e6}"
    assert read(rtf(body), "rtf").text.strip() == "æ ж"


@pytest.mark.parametrize(
    ("template", "place"),
    [
        pytest.param(r"a\par b %s\par", ("paragraph 2",), id="paragraph"),
        pytest.param(r"{\header %s\par}a", ("header 1",), id="header"),
        pytest.param(r"{\footerf %s}a", ("footer 1",), id="first page's footer"),
        pytest.param(r"a{\footnote x}b{\footnote %s}", ("footnote 2",), id="footnote"),
        pytest.param(
            r"a{\*\atnid A}{\*\atnauthor Bo}\chatn{\*\annotation{\*\atnref 1}%s}",
            ("comment 1",),
            id="comment",
        ),
        pytest.param(
            r'{\field{\*\fldinst HYPERLINK "mailto:%s"}{\fldrslt os}}\par',
            ("paragraph 1", "link"),
            id="link",
        ),
        pytest.param(r"{\info{\title t}{\author %s}}a", ("property", "author"), id="author"),
        pytest.param(
            r"{\*\userprops{\propname Sag}\proptype30{\staticval %s}}",
            ("property", "Sag"),
            id="own property",
        ),
        pytest.param(r"{\*\docvar{Navn}{%s}}", ("property", "variable"), id="variable"),
        pytest.param(
            r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt %s\par}}{\shprslt %s}}",
            ("text box 1",),
            id="text box once",
        ),
        pytest.param(
            r"nyt{\deleted\revauthdel1 %s}\par", ("paragraph 1", "before changes"), id="deleted"
        ),
        pytest.param(
            r"\trowd\intbl Anna\cell %s\cell\row", ("paragraph 1",), id="table row as a line"
        ),
    ],
)
def test_places(template: str, place: Place) -> None:
    value = fake.cpr(hyphen=True)
    seen = read(rtf(template.replace("%s", value)), "rtf")
    assert seen.reasons == []
    assert seen.places(value) == [place]


def test_deleted_text_does_not_run_into_what_replaced_it() -> None:
    old, new = fake.cpr(), fake.cpr()
    seen = read(rtf(rf"nr. {{\deleted {old}}}{{\revised {new}}}\par"), "rtf")
    assert old + new not in seen.text


def object_data(inner: bytes, class_name: bytes = b"Package") -> str:
    """An OLE 1.0 embedded object, [MS-OLEDS] 2.2.5."""
    name = struct.pack("<I", len(class_name) + 1) + class_name + b"\0"
    empty = struct.pack("<I", 0)
    data = struct.pack("<II", 0x0501, 2) + name + empty + empty + struct.pack("<I", len(inner))
    return r"{\object\objemb{\*\objdata " + (data + inner).hex() + r"}{\result a}}"


def test_a_packaged_file_is_a_part() -> None:
    inner = office_files.xlsx_with("Hej")
    native = (
        b"\x02\0l\xf8n.xlsx\0C:\\l.xlsx\0\0\0\x03\0"
        + struct.pack("<I", 4)
        + b"C:\\\0"
        + struct.pack("<I", len(inner))
        + inner
    )
    seen = read(rtf(object_data(native)), "rtf")
    assert seen.parts == {"løn.xlsx": inner}


def test_an_object_of_another_kind_is_told() -> None:
    seen = read(rtf(object_data(b"\x01\x02", b"Equation.3")), "rtf")
    assert [(p.where, p.reason) for p in seen.problems] == [(("embedded",), "unsupported")]


def test_a_big_picture_may_hold_text() -> None:
    seen = read(rtf(r"{\pict\pngblip " + "00" * 120_000 + "}"), "rtf")
    assert [(p.reason, p.detail) for p in seen.problems] == [("missing_extra", "ocr")]
    assert read(rtf(r"{\pict\pngblip " + "00" * 5_000 + "}"), "rtf").problems == []


@pytest.mark.parametrize("percent", [10, 40, 70, 99])
def test_a_cut_document_is_truncated(percent: int) -> None:
    data = rtf(r"{\header h}" + r"Linje\par " * 100)
    seen = read(data[: len(data) * percent // 100], "rtf")
    assert seen.reasons == ["truncated"]


@pytest.mark.parametrize("unit", ["{", "\\", "\\'", "\\u", "{\\*", "{\\field", "\\bin9"])
def test_hostile_repetition_ends(unit: str) -> None:
    seen = read(b"{\\rtf1 " + unit.encode() * 200_000, "rtf")
    assert seen.reasons

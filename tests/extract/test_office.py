"""Every place in an office document where a value can stand is read, and named."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.extract import office_files
from tests.extract.office_files import Planted
from tests.extract.seen import read

MAKERS: dict[str, tuple[str, Callable[[], tuple[bytes, Planted]]]] = {
    "docx": ("docx", office_files.docx),
    "xlsx": ("xlsx", office_files.xlsx),
    "xlsx around the cells": ("xlsx", office_files.xlsx_around),
    "xls": ("xls", office_files.xls),
    "pptx": ("pptx", office_files.pptx),
    "odt": ("odt", office_files.odt),
}


@pytest.mark.parametrize("name", MAKERS)
def test_every_planted_value_is_read_where_it_stands(name: str) -> None:
    kind, make = MAKERS[name]
    data, planted = make()
    seen = read(data, kind)
    assert seen.trouble is None
    assert seen.problems == []
    wrong = {}
    for value, place in planted.items():
        if place[0] == "part":
            assert place[1] in seen.parts
            continue
        found = seen.places(value)
        listed = [where for where in found if "people" in where[-1]]  # authors are listed too
        if place not in found or len(found) - len(listed) > 1:
            wrong[place] = found
    assert wrong == {}


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        pytest.param("docx", ("table 2", "row 3"), id="docx"),
        pytest.param("pptx", ("slide 2", "table 1", "row 3"), id="pptx"),
        pytest.param("odt", ("table 1", "row 3"), id="odt"),
        pytest.param("xlsx", ("Ark æ", "D7"), id="xlsx"),
        pytest.param("xls", ("Løn", "C5"), id="xls"),
    ],
)
def test_columns_of_tables_have_heads(kind: str, place: tuple[str, ...]) -> None:
    data, planted = MAKERS[kind][1]()
    seen = read(data, kind)
    value = [found for found, where in planted.items() if where == place][-1]
    assert seen.header(value).startswith("CPR")
    column = next(segment for segment in seen.segments if value in segment.text[: segment.own_end])
    assert column.rows >= 4


def test_a_short_table_stays_with_the_text_around_it() -> None:
    data, planted = MAKERS["docx"][1]()
    seen = read(data, "docx")
    label = next(value for value, place in planted.items() if place == ("table 1", "row 1"))
    assert f"CPR\t{label}" in seen.text


def test_a_slide_that_no_list_names_is_read() -> None:
    data, planted = MAKERS["pptx"][1]()
    name = "ppt/_rels/presentation.xml.rels"
    rels = office_files.member(data, name)
    cut = re.sub(rb"<Relationship [^>]*slides/slide3.xml[^>]*>", b"", rels)
    assert cut != rels
    seen = read(office_files.with_members(data, {name: cut}), "pptx")
    value = next(value for value, place in planted.items() if place == ("slide 3",))
    assert seen.places(value) == [("removed slide", "1")]


def test_documents_of_the_strict_form_are_read() -> None:
    """ISO 29500 Strict has namespaces of its own; names without them are the same."""
    data, planted = MAKERS["docx"][1]()
    members = {}
    for name in ("word/document.xml", "_rels/.rels", "word/_rels/document.xml.rels"):
        members[name] = (
            office_files.member(data, name)
            .replace(b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", b"urn:w")
            .replace(b"http://schemas.openxmlformats.org/officeDocument/2006", b"urn:r")
        )
    seen = read(office_files.with_members(data, members), "docx")
    assert seen.reasons == []
    assert [v for v, place in planted.items() if place[0] != "part" and v not in seen.text] == []

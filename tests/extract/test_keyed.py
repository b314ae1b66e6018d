"""JSON and XML keep their keys as labels, and nothing in them is expanded or fetched."""

from __future__ import annotations

import json
import random
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.extract.keyed import _CUT_ESCAPE, _ESCAPE, _escaped, replaced
from tests.extract.told import told

RNG = random.Random(13)
JSON, XML = "application/json", "application/xml"


def people(count: int) -> list[dict[str, object]]:
    return [
        {
            "navn": f"{fake.name(RNG)} Ærø 😀",
            "cpr": fake.cpr(RNG, hyphen=True),
            "kontakt": {
                "tlf": [fake.phone(RNG), fake.phone(RNG, style="pairs")],
                "by": 'Nr. "Åby"',
            },
        }
        for _ in range(count)
    ]


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 2])
def test_values_of_json_are_labelled_by_their_keys(ascii_only: bool, indent: int | None) -> None:
    rows = people(30)
    text = json.dumps(rows, ensure_ascii=ascii_only, indent=indent)
    seen = told("keyed", text.encode(), type_=JSON)
    for row in rows:
        cpr = str(row["cpr"])
        line = text.count("\n", 0, text.index(cpr)) + 1
        assert seen.places(cpr) == [(f"line {line}",)]
        assert seen.headers(cpr) == ["cpr"]
        assert seen.headers(str(row["navn"])) == ["navn"]
    tlf = rows[0]["kontakt"]["tlf"]  # type: ignore[index]
    assert [seen.headers(number) for number in tlf] == [["tlf"], ["tlf"]]


def test_json_lines() -> None:
    rows = people(3000)
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    seen = told("keyed", data, "a.jsonl")
    assert len(seen.segments) > 1
    assert seen.places(str(rows[2900]["cpr"])) == [("line 2901",)]


def test_four_megabytes_in_one_line() -> None:
    rows = people(20_000)
    data = json.dumps(rows).encode()
    assert len(data) > 3_000_000
    started = time.process_time()
    seen = told("keyed", data, type_=JSON)
    assert time.process_time() - started < 5
    cpr = str(rows[19_000]["cpr"])
    assert cpr in seen.text
    assert seen.headers(cpr) == ["cpr"]


def unescaped(text: str, step: int) -> str:
    blocks = [text[start : start + step] for start in range(0, len(text), step)]
    return "".join(replaced(blocks, "\\", _ESCAPE, _CUT_ESCAPE, _escaped))


@given(st.text(max_size=40), st.integers(1, 30))
@settings(max_examples=100)
def test_escapes_are_undone_wherever_a_block_ends(value: str, step: int) -> None:
    meant = "".join(" " if char < " " else "'" if char == '"' else char for char in value)
    meant = meant.encode("utf-8", "replace").decode()
    found = unescaped(json.dumps(value), step)
    assert found.replace("\ufffd", "?") == f'"{meant}"'.replace("\ufffd", "?")


@given(st.text('\\u00e6 "/nd8xX\n', max_size=60), st.integers(1, 12))
@settings(max_examples=100)
def test_broken_escapes_lose_no_line(text: str, step: int) -> None:
    assert unescaped(text, step).count("\n") == text.count("\n")
    assert unescaped(text, step) == unescaped(text, 1000)


def tree() -> tuple[ElementTree.Element, str]:
    cpr = fake.cpr(RNG, hyphen=True)
    root = ElementTree.Element("kunder")
    for number in range(20):
        ElementTree.SubElement(root, "kunde", navn="Søren & Åse <a@b.example>").text = str(number)
    ElementTree.SubElement(root, "cpr").text = cpr
    ElementTree.indent(root)
    return root, cpr


@pytest.mark.parametrize(
    "codec", ["utf-8", "us-ascii", "iso-8859-1", "cp1252", "utf-16", "iso-8859-2"]
)
def test_xml_in_the_encoding_that_it_declares(codec: str) -> None:
    root, cpr = tree()
    if codec == "iso-8859-2":
        root[0].set("navn", "Łódź")
        for child in root[1:]:
            child.attrib.pop("navn", None)
    seen = told("keyed", ElementTree.tostring(root, codec, xml_declaration=True), type_=XML)
    assert seen.headers(cpr) == ["cpr"]
    assert len(seen.places(cpr)) == 1
    if codec == "iso-8859-2":
        assert seen.headers("Łódź") == ["navn"]
    else:
        assert set(seen.headers("Søren & Åse")) == {"navn"}
        assert "‹a@b.example›" in seen.text


BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "Anna Holm"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c SYSTEM "file:///etc/passwd">]>
<lolz>&b;&b;&b;&c; &#99999999; &#xD800; &nosuch; &amp;lt; &aelig;</lolz>
"""


def test_entities_are_neither_expanded_nor_fetched() -> None:
    seen = told("keyed", BOMB.encode())
    assert len(seen.text) <= len(BOMB)
    assert seen.text.count("Anna Holm") == 1, "what an entity is defined as is text of its own"
    assert "root:" not in seen.text
    assert "&b;&b;&b;&c;" in seen.text
    assert "æ" in seen.text


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"[" * 2_000_000, id="arrays in arrays"),
        pytest.param(b'{"a":' * 400_000, id="objects in objects"),
        pytest.param(b"\\" * 2_000_000, id="backslashes"),
        pytest.param(b"\\u00" * 500_000, id="halves of escapes"),
        pytest.param(b"<a>" * 700_000, id="elements in elements"),
        pytest.param(b"&" * 2_000_000, id="ampersands"),
    ],
)
@pytest.mark.parametrize("kind", [JSON, XML])
def test_deep_or_broken_structure_takes_linear_time(data: bytes, kind: str) -> None:
    started = time.process_time()
    seen = told("keyed", data, type_=kind)
    assert time.process_time() - started < 3
    assert len(seen.text) > 100_000

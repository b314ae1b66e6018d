"""Broken, cut and hostile office documents: contained, never silent, never taken for clean."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import pytest

from scanner.demo import fake
from scanner.extract.budget import Trouble
from scanner.model import Limits
from tests.extract import office_files
from tests.extract.office_files import Planted, member, with_members
from tests.extract.seen import read

MAKERS: dict[str, Callable[[], tuple[bytes, Planted]]] = {
    "docx": office_files.docx,
    "xlsx": office_files.xlsx,
    "pptx": office_files.pptx,
    "odt": office_files.odt,
    "xls": office_files.xls,
}
BODIES = {"docx": "word/document.xml", "pptx": "ppt/slides/slide1.xml", "odt": "content.xml"}


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("percent", [1, 10, 30, 50, 70, 90, 99])
def test_a_cut_document_is_never_silent(kind: str, percent: int) -> None:
    data, _ = MAKERS[kind]()
    seen = read(data[: len(data) * percent // 100], kind)
    assert set(seen.reasons) & {"truncated", "corrupt"}


@pytest.mark.parametrize("kind", BODIES)
def test_a_cut_document_is_read_as_far_as_it_goes(kind: str) -> None:
    """All members but the directory at the end are there: all that was planted is found."""
    data, planted = MAKERS[kind]()
    seen = read(data[: data.rindex(b"PK\x01\x02")], kind)
    assert "truncated" in seen.reasons
    first = next(iter(planted))
    assert first in seen.text


def test_a_cut_workbook_is_read_by_the_slow_reader() -> None:
    data, planted = office_files.xlsx()
    seen = read(data[: data.rindex(b"PK\x01\x02")], "xlsx")
    cells = [value for value, place in planted.items() if place[-1][0] in "CD"]
    assert all(value in seen.text for value in cells)
    assert "truncated" in seen.reasons


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_document_is_never_silent(kind: str, seed: int) -> None:
    data, planted = MAKERS[kind]()
    rng = random.Random(seed)
    broken = bytearray(data)
    for _ in range(30):
        position = rng.randrange(len(broken))
        broken[position : position + 30] = rng.randbytes(30)
    seen = read(bytes(broken[: len(data)]), kind)
    lost = [value for value in planted if value not in seen.text]
    assert not seen.silent
    if kind != "xls":  # a zip has checksums; the old format has none
        assert not lost or seen.reasons or {planted[value][0] for value in lost} == {"part"}


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" * 100, b"\xd0\xcf\x11\xe0" * 200])
def test_what_is_no_document_at_all_is_trouble(kind: str, data: bytes) -> None:
    assert read(data, kind).reasons


def entity_bomb(body: bytes, name: str, prolog: str) -> bytes:
    """Put a document type with entities before the root, and a use of one into the first text."""
    start = body.index(b"?>") + 2 if body.startswith(b"<?xml") else 0
    root = body[start:].lstrip()
    found = root.index(name.encode())
    return (prolog.encode() + root[:found] + b"&boom;" + root[found:]).strip()


PROLOGS = {
    "billion laughs": "<!DOCTYPE x ["
    + '<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + '<!ENTITY boom "&a9;">]>',
    "external": '<!DOCTYPE x [<!ENTITY boom SYSTEM "{path}">]>',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "{path}"> %p; <!ENTITY boom "ha">]>',
}


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("attack", PROLOGS)
def test_entities_are_inert(kind: str, attack: str, tmp_path: object) -> None:
    from pathlib import Path

    secret = Path(str(tmp_path)) / "secret.txt"
    value = fake.cpr(hyphen=True)
    secret.write_text(value)
    data, planted = MAKERS[kind]()
    name = BODIES[kind]
    text = next(v for v in planted if v.encode() in member(data, name))
    prolog = PROLOGS[attack].replace("{path}", secret.as_uri())
    bombed = with_members(data, {name: entity_bomb(member(data, name), text, prolog)})
    seen = read(bombed, kind)
    assert value not in seen.text
    assert "haha" not in seen.text
    assert set(seen.reasons) & {"unsupported", "corrupt"}
    assert text in seen.text or "corrupt" in seen.reasons
    if attack == "external":
        assert text in seen.text


@pytest.mark.parametrize("kind", BODIES)
def test_a_bomb_in_the_text_meets_the_budget(kind: str) -> None:
    data, _ = MAKERS[kind]()
    bombed = with_members(
        data, {BODIES[kind]: b"<a>" + (b"<p>" + b" " * 9000 + b"</p>") * 5000 + b"</a>"}
    )
    seen = read(bombed, kind)
    assert seen.trouble is not None
    assert seen.trouble.reason == "limit"


@pytest.mark.parametrize("kind", BODIES)
def test_deep_nesting_is_contained(kind: str) -> None:
    data, _ = MAKERS[kind]()
    space = f'xmlns:w="{office_files.W}"'
    deep = f"<w:body {space}>" + "<w:p>" * 100_000
    seen = read(with_members(data, {BODIES[kind]: deep.encode()}), kind)
    assert "corrupt" in seen.reasons


def test_big_pictures_may_hold_text_and_small_ones_are_logos() -> None:
    data, _ = office_files.docx()
    logo, scan = bytes(90 * 1024), random.Random(1).randbytes(150 * 1024)
    assert read(with_members(data, {"word/media/image1.png": logo}), "docx").problems == []
    found = read(
        with_members(data, {"word/media/image1.png": scan, "word/media/image2.png": scan}), "docx"
    )
    assert [(p.where, p.reason, p.detail) for p in found.problems] == [
        (("pictures",), "missing_extra", "ocr")
    ]


def test_an_encrypted_member_is_encrypted_not_corrupt() -> None:
    import pyzipper

    data, _ = office_files.odt()
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        pyzipper.AESZipFile(out, "w", encryption=pyzipper.WZ_AES) as new,
    ):
        new.setpassword(b"hemmelig")
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert read(out.getvalue(), "odt").reasons == ["encrypted"]


def test_an_encrypted_opendocument_is_encrypted() -> None:
    data, _ = office_files.odt()
    manifest = member(data, "META-INF/manifest.xml").replace(
        b"</manifest:manifest>",
        b'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        b"<manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
    )
    locked = with_members(data, {"META-INF/manifest.xml": manifest, "content.xml": b"\x01\x02"})
    assert read(locked, "odt").reasons == ["encrypted"]


def test_limits_are_not_swallowed_by_a_guard() -> None:
    data, _ = office_files.docx()
    with pytest.raises(Trouble, match="limit"):
        from scanner.extract import Source
        from scanner.extract.budget import Budget
        from scanner.extract.ooxml import Package
        from tests.extract.seen import TYPES

        budget = Budget(Limits(max_unpacked_bytes=100), packed=len(data))
        source = Source(io.BytesIO(data), len(data), "a.docx", TYPES["docx"])
        Package(source, budget).data("word/document.xml")
    assert read(data, "docx", limits=Limits(max_unpacked_bytes=3000)).reasons == ["limit"]

"""Binary workbooks as a real writer makes them: files/sheetjs.js made the files beside it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.extract.seen import read

FILES = Path(__file__).parent / "files"


@pytest.fixture(params=["sheetjs.xlsb", "sheetjs-shared.xlsb"])
def data(request: pytest.FixtureRequest) -> bytes:
    return (FILES / str(request.param)).read_bytes()


@pytest.mark.parametrize(
    ("value", "place"),
    [
        pytest.param("Anna Æble", ("Ark æ", "A2"), id="the first cell of a row"),
        pytest.param("anna@nordlys.example.com", ("Ark æ", "B2"), id="a cell right of another"),
        pytest.param("bo@nordlys.example.com", ("Ark æ", "B3"), id="behind an empty cell"),
        pytest.param("1234.5", ("Ark æ", "C2"), id="a number"),
        pytest.param("17", ("Ark æ", "D2"), id="a whole number"),
        pytest.param("-3", ("Ark æ", "C3"), id="a negative number"),
        pytest.param("0.1", ("Ark æ", "D3"), id="a fraction"),
        pytest.param("TRUE", ("Ark æ", "F2"), id="a truth"),
        pytest.param("FALSE", ("Ark æ", "F3"), id="a falsehood"),
        pytest.param("1231.5", ("Ark æ", "C5"), id="what a formula gave"),
        pytest.param("langt ude", ("Ark æ", "H5"), id="behind empty columns"),
        pytest.param("cilla@nordlys.example.com", ("Skjult", "B1"), id="a hidden sheet"),
        pytest.param("Løn", ("property", "title"), id="a property"),
        pytest.param("Skjult", ("Skjult", "sheet name"), id="a sheet's name"),
    ],
)
def test_every_cell_is_found_where_it_stands(
    data: bytes, value: str, place: tuple[str, ...]
) -> None:
    seen = read(data, "xlsb")
    assert seen.reasons == []
    assert place in seen.places(value)


def test_columns_have_their_heads(data: bytes) -> None:
    assert read(data, "xlsb").header("anna@nordlys.example.com") == "Mail"


def test_each_cell_is_read_once(data: bytes) -> None:
    assert read(data, "xlsb").text.count("anna@nordlys.example.com") == 1


@pytest.mark.parametrize("keep", [0, 1, 3, 50, 150, 300])
def test_a_cut_sheet_is_never_silent(data: bytes, keep: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            raw = old.read(name)
            new.writestr(name, raw[:keep] if name == "xl/worksheets/sheet1.bin" else raw)
    seen = read(out.getvalue(), "xlsb")
    assert "Anna Æble" not in seen.text or "langt ude" not in seen.text
    assert seen.reasons or keep == 0
    assert "cilla@nordlys.example.com" in seen.text


@pytest.mark.parametrize("seed", range(40))
def test_damage_in_a_sheet_stays_there(data: bytes, seed: int) -> None:
    import random

    chance = random.Random(seed)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            raw = bytearray(old.read(name))
            if name == "xl/worksheets/sheet1.bin":
                for _ in range(5):
                    raw[chance.randrange(len(raw))] = chance.randrange(256)
            new.writestr(name, bytes(raw))
    assert "cilla@nordlys.example.com" in read(out.getvalue(), "xlsb").text

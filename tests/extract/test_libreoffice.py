"""Documents as LibreOffice writes them: every planted value that it kept is found by our readers.

Each conversion is made once a session, with a profile of its own.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.extract import office_files
from tests.extract.office_files import Planted, member, with_members
from tests.extract.seen import read

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_libreoffice = pytest.mark.skipif(
    SOFFICE is None, reason="LibreOffice (soffice) is not installed: its documents are not tested"
)
SOURCES: dict[str, Callable[[], tuple[bytes, Planted]]] = {
    "odt": office_files.odt,
    "docx": office_files.docx,
    "xlsx": lambda: office_files.xlsx(chart=False),
    "pptx": office_files.pptx,
}
Convert = Callable[[str, str], tuple[bytes, Planted]]


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    folder = tmp_path_factory.mktemp("libreoffice")
    done: dict[tuple[str, str], tuple[bytes, Planted]] = {}

    def converted(source: str, target: str) -> tuple[bytes, Planted]:
        if (source, target) not in done:
            data, planted = SOURCES[source]()
            path = folder / f"{source}-{target.replace(':', '_')}.{source}"
            path.write_bytes(data)
            out = folder / target
            subprocess.run(
                [
                    str(SOFFICE),
                    f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                    "--headless",
                    "--convert-to",
                    target,
                    "--outdir",
                    str(out),
                    str(path),
                ],
                check=True,
                capture_output=True,
                timeout=120,
            )
            made = next(Path(out).glob(f"{path.stem}.*"))
            done[source, target] = made.read_bytes(), planted
        return done[source, target]

    return converted


def kept(data: bytes, value: str) -> bool:
    """Whether LibreOffice wrote the value at all; not everything survives every format."""
    raw = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            raw = [package.read(name) for name in package.namelist()]
    return any(value.encode(code) in block for block in raw for code in ("utf-8", "utf-16-le"))


@needs_libreoffice
@pytest.mark.parametrize(
    ("source", "target", "least"),
    [
        pytest.param("odt", "docx", 22, id="docx"),
        pytest.param("odt", "rtf", 22, id="rtf"),
        pytest.param("docx", "odt", 25, id="odt"),
        pytest.param("docx", "rtf", 25, id="rtf of docx"),
        pytest.param("xlsx", "ods", 76, id="ods"),
        pytest.param("xlsx", "xls", 76, id="xls"),
        pytest.param("pptx", "odp", 18, id="odp"),
    ],
)
def test_what_libreoffice_writes_is_read(
    convert: Convert, source: str, target: str, least: int
) -> None:
    data, planted = convert(source, target)
    seen = read(data, target)
    assert seen.reasons == []
    lost = [place for value, place in planted.items() if value not in seen.text]
    assert [
        place for value, place in planted.items() if value not in seen.text and kept(data, value)
    ] == []
    assert len(planted) - len(lost) >= least


@needs_libreoffice
def test_its_pdf_has_what_it_prints(convert: Convert) -> None:
    data, planted = convert("odt", "pdf")
    seen = read(data, "pdf")
    unprinted = ("deletion 1", "comment 1", "property", "paragraph 4")
    printed = {value for value, place in planted.items() if place[0] not in unprinted}
    assert [planted[value] for value in printed if value not in seen.text] == []
    assert ("page 1", "link") in {place for value in printed for place in seen.places(value)}


@needs_libreoffice
@pytest.mark.parametrize("target", ["ods", "xls"])
def test_cells_comments_and_hidden_sheets_are_where_excel_had_them(
    convert: Convert, target: str
) -> None:
    data, planted = convert("xlsx", target)
    seen = read(data, target)
    cells = {
        value: place
        for value, place in planted.items()
        if place[0] == "Skjult" or place[-1] == "comment" or place[-1][:1] in "CD"
    }
    assert {value: place for value, place in cells.items() if place not in seen.places(value)} == {}
    assert seen.header(next(v for v, p in planted.items() if p == ("Ark æ", "D7"))) == "CPR-nr."


@needs_libreoffice
@pytest.mark.parametrize(
    ("source", "target", "kinds"),
    [
        pytest.param("odt", "docx", ("footnote 1", "endnote 1", "comment 1"), id="docx"),
        pytest.param("odt", "rtf", ("footnote 1", "comment 1"), id="rtf"),
        pytest.param("docx", "odt", ("comment 1", "table 1", "deletion 1"), id="odt"),
        pytest.param("pptx", "odp", ("slide 1", "slide 2", "slide 3"), id="odp"),
    ],
)
def test_places_are_named(
    convert: Convert, source: str, target: str, kinds: tuple[str, ...]
) -> None:
    data, planted = convert(source, target)
    seen = read(data, target)
    steps = {place[0] for value in planted for place in seen.places(value)}
    assert set(kinds) <= steps


@needs_libreoffice
@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        pytest.param(1_048_576, 100, id="rows"),
        pytest.param(10, 16_384, id="columns"),
        pytest.param(1_048_576, 16_384, id="both"),
    ],
)
def test_a_repeated_cell_is_read_once_and_not_laid_out(
    convert: Convert, rows: int, columns: int
) -> None:
    data, planted = convert("xlsx", "ods")
    bomb = (
        f'<table:table table:name="B"><table:table-row table:number-rows-repeated="{rows}">'
        f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string">'
        "<text:p>gentaget</text:p></table:table-cell></table:table-row></table:table>"
    )
    content = member(data, "content.xml")
    changed = content.replace(b"</office:spreadsheet>", bomb.encode() + b"</office:spreadsheet>")
    seen = read(with_members(data, {"content.xml": changed}), "ods")
    assert "gentaget" in seen.text
    assert len(seen.text) < 20_000
    assert [v for v in planted if v not in seen.text and kept(data, v)] == []

"""Every hostile file ends, within its budget and a worker's memory, and says why it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from scanner.model import Limits
from tests.hostile import archives, documents
from tests.hostile.alone import Answer, Died, Hermit
from tests.hostile.archives import PLANTED

MEGABYTE = 1024 * 1024
PEAK_BYTES = 700 * MEGABYTE
"""More than any file here may need, and a third of what a worker has."""
ZIP, XML, PDF = "x.zip", "x.xml", "x.pdf"


@pytest.fixture(scope="module")
def hermit() -> Iterator[Hermit]:
    process = Hermit()
    yield process
    process.close()


@pytest.fixture
def examine(hermit: Hermit, tmp_path: Path) -> Callable[..., Answer]:
    def run(content: bytes | Iterable[bytes], name: str, **limits: int) -> Answer:
        path = tmp_path / "hostile"
        with path.open("wb") as file:
            for piece in [content] if isinstance(content, bytes) else content:
                file.write(piece)
        answer = hermit.examine(path, name, [PLANTED], limits)
        path.unlink()
        print(
            name, answer.seconds, "s", answer.peak // MEGABYTE, "MB", answer.unpacked, answer.parts
        )
        print(sorted(answer.reasons), sorted(answer.details), set(answer.types))
        return answer

    return run


def contained(answer: Answer, *, heard: bool = True) -> None:
    """What holds for every file, whatever it tries; `heard`: what came before is read."""
    limits = Limits()
    assert not heard or answer.found.get(PLANTED, 0) >= 1
    assert answer.unpacked <= limits.max_unpacked_bytes * 1.3
    assert answer.parts <= limits.max_parts + 1
    assert answer.longest <= 2 * MEGABYTE
    assert answer.peak < PEAK_BYTES


@pytest.mark.parametrize(
    ("make", "name", "reasons", "details"),
    [
        pytest.param(archives.zip_flat, ZIP, "limit", "max_unpacked_bytes", id="10 GB of zeros"),
        pytest.param(archives.zip_flat_that_lies, ZIP, "limit", "", id="10 GB said to be 10 bytes"),
        pytest.param(archives.zip_42, ZIP, "limit", "", id="zips of zips of zips"),
        pytest.param(archives.zip_same_data, ZIP, "limit", "overlap", id="names for one member"),
        pytest.param(archives.zip_quoted_overlap, ZIP, "limit", "overlap", id="quoted overlap"),
        pytest.param(archives.zip_deep, ZIP, "limit", "max_depth", id="a hundred deep"),
        pytest.param(archives.zip_of_very_many, ZIP, "limit", "max_parts", id="150 000 members"),
        pytest.param(archives.tar_terabyte, "x.tar", "truncated", "", id="tar: a terabyte claimed"),
        pytest.param(archives.tar_hole, "x.tar", "limit", "", id="tar: a hole of 8 GB"),
        pytest.param(archives.tar_name_chain, "x.tar", "corrupt", "", id="tar: names of names"),
        pytest.param(archives.tar_sparse_chain, "x.tar", "corrupt", "", id="tar: maps of maps"),
        pytest.param(archives.sevenzip_zeros, "x.7z", "limit", "", id="7z: 1 GB"),
        pytest.param(
            archives.sevenzip_dictionary, "x.7z", "limit", "memory_bytes", id="7z: memory"
        ),
    ],
)
def test_archives(
    examine: Callable[..., Answer],
    make: Callable[[], bytes],
    name: str,
    reasons: str,
    details: str,
) -> None:
    answer = examine(make(), name, max_unpacked_bytes=200 * MEGABYTE)
    contained(answer)
    assert reasons in answer.reasons
    assert not details or details in answer.details


@pytest.mark.parametrize(
    ("make", "name", "detail"),
    [
        pytest.param(archives.gzip_zeros, "x.gz", "max_unpacked_bytes", id="gzip: 10 GB"),
        pytest.param(archives.bzip2_zeros, "x.bz2", "max_ratio", id="bzip2: 100 GB"),
        pytest.param(archives.xz_zeros, "x.xz", "max_unpacked_bytes", id="xz: 12 GB"),
    ],
)
def test_packed_zeros(
    examine: Callable[..., Answer], make: Callable[[], bytes], name: str, detail: str
) -> None:
    answer = examine(make(), name, max_unpacked_bytes=100 * MEGABYTE)
    contained(answer, heard=False)  # zeros behind a text make it no text
    assert answer.problems == [((), "limit", detail)]


def test_a_dictionary_of_4_gb_is_refused(examine: Callable[..., Answer]) -> None:
    answer = examine(archives.xz_dictionary(), "x.xz")
    assert ((), "limit", "memory_bytes") in answer.problems
    assert answer.peak < 100 * MEGABYTE


def test_hostile_names_are_only_names(examine: Callable[..., Answer]) -> None:
    answer = examine(archives.zip_of_names(), ZIP)
    assert answer.found[PLANTED] == len(archives.NAMES) + 1
    assert not answer.problems
    for place in ("/tmp/fodspor-hostile", "C:\\Windows\\System32\\fodspor-hostile"):
        assert not Path(place).exists()


@pytest.mark.parametrize("trap", documents.TRAPS)
@pytest.mark.parametrize(
    ("make", "name"),
    [
        pytest.param(documents.xml, XML, id="xml"),
        pytest.param(documents.svg, "x.svg", id="svg"),
        pytest.param(documents.html, "x.html", id="html"),
        pytest.param(documents.docx_with, "x.docx", id="docx"),
        pytest.param(documents.odt_with, "x.odt", id="odt"),
        pytest.param(documents.xlsx_with, "x.xlsx", id="xlsx"),
    ],
)
def test_entities_are_not_expanded(
    examine: Callable[..., Answer], make: Callable[[str], bytes], name: str, trap: str
) -> None:
    content = make(trap)
    answer = examine(content, name)
    contained(answer)
    assert answer.characters < 50 * len(content) + 2 * MEGABYTE
    assert "root:" not in answer.found


@pytest.mark.parametrize(
    ("make", "name", "reasons"),
    [
        pytest.param(
            documents.docx_bomb, "x.docx", {"limit", "corrupt"}, id="docx: 3 GB of blanks"
        ),
        pytest.param(documents.docx_deep, "x.docx", {"limit", "corrupt"}, id="docx: nested tables"),
        pytest.param(documents.odt_spaces, "x.odt", None, id="odt: 2 000 million blanks"),
        pytest.param(documents.ods_repeated, "x.ods", None, id="ods: repeated cells"),
        pytest.param(documents.xlsx_corners, "x.xlsx", None, id="xlsx: opposite corners"),
        pytest.param(documents.json_deep, "x.json", None, id="json: 100 000 brackets"),
        pytest.param(documents.xml_deep, XML, None, id="xml: 100 000 elements"),
        pytest.param(documents.html_deep, "x.html", None, id="html: 100 000 elements"),
        pytest.param(documents.rtf_deep, "x.rtf", None, id="rtf: 100 000 groups"),
        pytest.param(documents.rtf_numbers, "x.rtf", None, id="rtf: numbers"),
        pytest.param(documents.eml_deep, "x.eml", {"limit"}, id="eml: 60 deep"),
        pytest.param(documents.eml_wrapped, "x.eml", {"limit"}, id="eml: 60 wrapped"),
        pytest.param(documents.multipart_deep, "x.eml", {"limit"}, id="eml: 5000 multiparts"),
        pytest.param(documents.eml_of_parts, "x.eml", None, id="eml: 2000 parts"),
        pytest.param(documents.eml_headers, "x.eml", None, id="eml: headers of megabytes"),
        pytest.param(documents.csv_line, "x.csv", None, id="csv: a line of 100 MB"),
        pytest.param(documents.csv_wide, "x.csv", None, id="csv: a million columns"),
        pytest.param(documents.csv_quotes, "x.csv", None, id="csv: a quote never closed"),
        pytest.param(documents.ics_folded, "x.vcf", None, id="vcard: folded 200 000 times"),
        pytest.param(documents.pdf_bomb, PDF, {"limit"}, id="pdf: 2 GB of content"),
        pytest.param(documents.pdf_loop, PDF, None, id="pdf: page tree in a ring"),
        pytest.param(documents.pdf_objects, PDF, None, id="pdf: objects that are not there"),
        pytest.param(documents.pdf_deep, PDF, None, id="pdf: 100 000 brackets"),
    ],
)
def test_documents(
    examine: Callable[..., Answer],
    make: Callable[[], bytes | Iterable[bytes]],
    name: str,
    reasons: set[str] | None,
) -> None:
    answer = examine(make(), name)
    contained(answer)
    assert reasons is None or reasons & answer.reasons


@pytest.mark.parametrize(
    ("make", "name"),
    [
        pytest.param(documents.xlsx_bomb, "x.xlsx", id="xlsx"),
        pytest.param(documents.ods_bomb, "x.ods", id="ods", marks=pytest.mark.long),
    ],
)
def test_a_sheet_of_200_mb_is_read_up_to_the_limit(
    examine: Callable[..., Answer], make: Callable[[], bytes], name: str
) -> None:
    answer = examine(make(), name, max_unpacked_bytes=20 * MEGABYTE)
    contained(answer)
    assert "max_unpacked_bytes" in answer.details
    assert answer.characters > MEGABYTE // 4


@pytest.mark.parametrize("make", [documents.pdf_form_loop, documents.pdf_form_ring])
def test_a_form_that_paints_itself_is_painted_once(
    examine: Callable[..., Answer], make: Callable[[], bytes]
) -> None:
    answer = examine(make(), PDF)
    contained(answer)
    assert answer.statuses == ["read"]
    assert answer.characters >= 2 * len(PLANTED)


@pytest.mark.parametrize(
    "make",
    [pytest.param(documents.pdf_form_far, id="resources elsewhere", marks=pytest.mark.long)],
)
def test_what_native_code_cannot_bound_ends_at_worst_with_its_process(
    examine: Callable[..., Answer], make: Callable[[], bytes]
) -> None:
    try:
        contained(examine(make(), PDF))
    except Died:
        contained(examine(archives.zip_of([]), ZIP))  # in the next process


@pytest.mark.parametrize("make", [documents.sqlite_trap, documents.sqlite_ring])
def test_databases(
    examine: Callable[..., Answer], make: Callable[[Path], bytes], tmp_path: Path
) -> None:
    answer = examine(make(tmp_path), "x.sqlite", max_unpacked_bytes=30 * MEGABYTE)
    contained(answer)
    assert answer.reasons & {"limit", "corrupt"}

"""The demo company holds what its truth says, in every format, the same under the same seed."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import msoffcrypto
import py7zr
import pypdf
import pytest

from scanner.demo.company import make_company, truth_path
from scanner.demo.content import Body, DemoExtraMissing, Grid, Pen, need
from scanner.demo.story import places, story
from scanner.demo.truth import KINDS, Truth, canonical, common_share
from scanner.demo.writers import WRITERS, write
from tests.demo.read_back import texts

Company = tuple[Path, Truth]
FORMATS = re.findall(
    r"\S+",
    "txt log csv tsv json jsonl xml html md pdf docx xlsx pptx xls ods odt odp rtf vcf ics eml zip "
    "tar tar.gz gz bz2 xz 7z sqlite",
)


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text)).lower()


def _pdf_locked(data: bytes) -> bool:
    return pypdf.PdfReader(io.BytesIO(data)).is_encrypted


def _office(data: bytes) -> bool:
    return bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())


def _zip_locked(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = [archive.read(info) for info in archive.infolist() if not info.flag_bits & 1]
    return len(inside) == 0 or any(_office(one) for one in inside if one[:4] == b"\xd0\xcf\x11\xe0")


def _sevenzip_locked(data: bytes) -> bool:
    with pytest.raises(py7zr.exceptions.PasswordRequired):
        py7zr.SevenZipFile(io.BytesIO(data)).close()
    return True


def test_every_format_stands_on_the_share(company: Company) -> None:
    formats = Counter(file.format for file in company[1].files)
    assert not [name for name in FORMATS if not formats[name]]
    assert sum(formats.values()) >= 150


def test_the_truth_lists_exactly_the_files_there_are(company: Company) -> None:
    folder, truth = company
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == {file.path for file in truth.files}


def test_what_is_planted_stands_where_the_truth_says(company: Company) -> None:
    folder, truth = company
    due = defaultdict(list)
    for mark in truth.planted:
        if mark.expected in ("finding", "excluded"):
            due[mark.path].append(mark)
    lost = []
    for path, marks in due.items():
        read: dict[tuple[str, ...], str] = defaultdict(str)
        for inner, text in texts((folder / path).read_bytes(), path.rpartition("/")[2]):
            read[inner] += _flat(text) + "\n"
        read[()] += _flat(path)
        lost += [
            (mark.path, mark.where, mark.kind, mark.inner)
            for mark in marks
            if _flat(mark.written) not in read[mark.inner]
        ]
    assert not lost, f"{len(lost)} lost, first {lost[:5]}"


def test_traps_stand_in_their_files(company: Company) -> None:
    folder, truth = company
    due = defaultdict(set)
    for trap in truth.negatives:
        due[trap.path].add(_flat(trap.written))
    for path, written in due.items():
        parts = texts((folder / path).read_bytes(), path.rpartition("/")[2])
        whole = _flat(path + "".join(text for _, text in parts))
        assert not [trap for trap in written if trap not in whole], path


def test_every_kind_is_planted_and_has_expected_findings(company: Company) -> None:
    found = {mark.kind for mark in company[1].planted if mark.expected == "finding"}
    assert found == set(KINDS)


@pytest.mark.long
def test_one_seed_makes_one_truth(company: Company, tmp_path: Path) -> None:
    folder, first = company
    assert make_company(tmp_path / "again", files=190) == first
    assert Truth.load(truth_path(folder)) == first
    other = make_company(tmp_path / "other", seed=8, files=0)
    assert not other.values() & {
        value
        for value in first.values()
        if "nordlys" not in value[1] and value[0] != "DK_ADDRESS"  # there are few streets
    }


@pytest.mark.parametrize(
    ("ending", "is_locked"),
    [
        pytest.param(".docx", _office, id="Word file with a password"),
        pytest.param(".xlsx", _office, id="workbook with a password"),
        pytest.param(".pdf", _pdf_locked, id="encrypted PDF"),
        pytest.param(".zip", _zip_locked, id="zip with encrypted members"),
        pytest.param(".7z", _sevenzip_locked, id="7z with encrypted names"),
    ],
)
def test_locked_files_are_locked(
    company: Company, ending: str, is_locked: Callable[[bytes], bool]
) -> None:
    folder, truth = company
    locked = [
        file.path
        for file in truth.files
        if file.reasons == ("encrypted",) and file.path.endswith(ending)
    ]
    assert locked
    assert all(is_locked((folder / path).read_bytes()) for path in locked)


def test_exact_copies_are_byte_for_byte(company: Company) -> None:
    folder, truth = company
    groups = [group for group in truth.copies if group.sort == "exact"]
    assert max(len(group.places) for group in groups) >= 6
    for group in groups:
        whole = {(folder / path).read_bytes() for path, inner in group.places if not inner}
        assert len(whole) <= 1
        for path, inner in group.places:
            if path.endswith(".zip") and len(inner) == 1:
                with zipfile.ZipFile(folder / path) as archive:
                    whole.add(archive.read(inner[0]))
        assert len(whole) == 1


def test_near_copies_share_what_the_truth_says(company: Company) -> None:
    truth = company[1]
    values = defaultdict(set)
    for mark in truth.planted:
        values[mark.path, mark.inner].add((mark.kind, mark.value))
    near = [group for group in truth.copies if group.sort == "near"]
    assert any(0.9 < group.share < 1 for group in near)
    for group in near:
        first, second = group.places
        assert common_share(values[first], values[second]) == group.share


def test_what_a_rule_leaves_out_is_private_or_a_lock_file(company: Company) -> None:
    left_out = [file.path for file in company[1].files if file.statuses == ("excluded",)]
    assert len(left_out) >= 4
    assert all(re.search("/(Privat|Personligt)/|/~[$]", path) for path in left_out)


def test_a_truth_below_the_scanned_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="outside"):
        make_company(tmp_path / "c", truth=tmp_path / "c" / "truth.json")
    assert not (tmp_path / "c").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        make_company(tmp_path, truth=tmp_path.parent / "truth.json")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_missing_library_names_the_extra() -> None:
    with pytest.raises(DemoExtraMissing, match=r"install fodspor\[demo\]"):
        need("no_such_library_for_the_demo")


@pytest.mark.parametrize("writer", sorted(set(WRITERS) - {"odt", "docx"}))
def test_a_writer_without_footnotes_says_so(writer: str) -> None:
    grid = Grid("Ark", ("A", "B", "C", "D", "E"), [["a", "b", "c", "d", "e"]])
    body = Body("Titel", [grid], {"footnote": "tekst"})
    with pytest.raises(ValueError, match="footnote"):
        write(writer, body, Pen())


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        pytest.param("DK_CPR", "101901-234X".lower(), "101901234X", id="upper case, no hyphen"),
        pytest.param(
            "DK_CPR", "10100‑1234".replace("10100", "010100"), "0101001234", id="hard hyphen"
        ),
        pytest.param("DK_CPR", "101001234", "0101001234", id="lost zero"),
        pytest.param("DK_CPR", "101001234.0", "0101001234", id="lost zero, a float"),
        pytest.param("PHONE_NUMBER", "(+45) 20 30 40 50", "+4520304050", id="country in brackets"),
        pytest.param("PHONE_NUMBER", "004520304050", "+4520304050", id="double zero"),
        pytest.param("PHONE_NUMBER", "2030 4050", "+4520304050", id="Denmark assumed"),
        pytest.param("DK_BANK_ACCOUNT", "1234 konto 56789", "12340000056789", id="zero-padded"),
        pytest.param("IBAN_CODE", "dk50 0040", "DK500040", id="groups of four"),
        pytest.param("IP_ADDRESS", "2A02:0:0::1", "2a02::1", id="as ipaddress prints it"),
        pytest.param("EMAIL_ADDRESS", "Anna@Firma.DK", "anna@firma.dk", id="lower case"),
        pytest.param("PASSPORT_MRZ", "P<DNK\nL8", "P<DNKL8", id="lines joined"),
    ],
)
def test_canonical_forms(kind: str, written: str, value: str) -> None:
    assert canonical(kind, written) == value


def test_reprs_show_no_value(company: Company) -> None:
    truth = company[1]
    shown = repr(truth) + "".join(map(repr, truth.planted[:50])) + repr(truth.copies)
    assert not [value for _, value in truth.values() if value in shown]


def test_the_story_types_the_value_and_puts_it_in_no_command(company: Company) -> None:
    folder, truth = company
    steps = story(folder, truth, config=Path("demo.toml"))
    commands = [" ".join(step.argv) for step in steps]
    assert [command.split()[3] for command in commands] == [
        "scan",
        "report",
        "report",
        "report",
        "person",
        "scan",
    ]
    typed = [step.typed for step in steps if step.typed]
    assert [canonical("DK_CPR", text) for text in typed] == [truth.person["DK_CPR"]]
    assert not [one for one in commands if truth.person["DK_CPR"][:6] in one]
    assert not [step for step in steps if truth.person["DK_CPR"][:6] in repr(step)]


def test_places_name_every_device_with_its_owner(company: Company) -> None:
    import tomllib

    tables = tomllib.loads(places(company[0]))["place"]
    owned = {table["name"]: table.get("owner") for table in tables}
    assert owned.pop("fil01") is None
    assert len(owned) == 6
    assert all(owned.values())
    assert all(Path(table["path"]).is_dir() for table in tables)

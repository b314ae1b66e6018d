"""Where a scan looks for names: beside findings, behind labels, below heads; and where not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from detectors import FINDING, MAYBE, Headed, load
from detectors.gate import Gate
from detectors.names.person import KIND, Person
from scanner.demo import fake
from scanner.extract.layout import Fixed, Grid, Keys, Lines
from scanner.extract.table import TableRows
from scanner.model import Layout
from scanner.people import People, _lines_around
from scanner.recipe import Look
from tests.conftest import Installation

RNG = random.Random(11)
NAMED = "Anna Holm.txt"
PHONE = fake.phone(RNG, style="pairs")
CPR = fake.cpr(RNG, hyphen=True)
MAIL = "nogen@example.com"
GATE = Gate(
    [part for each in load() for part in (each.parts if isinstance(each, Headed) else (each,))]
)
FAR = "Det regner i dag, og mødet er flyttet til et andet lokale på samme gang. " * 4


def seen(text: str, layout: Layout | None = None, look: Look = "beside") -> dict[str, float]:
    people = People(Person("", look), look)
    found = [match for _, match in GATE.find(text)]
    out = people.among(text, layout or Lines(), (0, len(text)), found)
    assert all(match.value or not match.confidence for match in out)
    for match in out:
        assert 0 <= match.start < match.end <= len(text)
    return {m.value: m.confidence for m in out if m.kind == KIND and m.confidence >= MAYBE}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(f"Anna Holm, tlf. {PHONE}", {"anna holm"}, id="on the line of a phone number"),
        pytest.param(
            f"Med venlig hilsen\n\nAnna Holm\nSalgschef\nTlf. {PHONE}\n",
            {"anna holm"},
            id="signature",
        ),
        pytest.param(
            f"Jeg talte med Anna Holm.\n{FAR}\nTlf. {PHONE}", set(), id="far from the phone number"
        ),
        pytest.param("I går talte Anna Holm med os.", set(), id="nothing beside it"),
        pytest.param("Navn: Anna Holm", {"anna holm"}, id="a label"),
        pytest.param("navn: anna holm", {"anna holm"}, id="a label and small letters"),
        pytest.param("name = parse_token(text)", set(), id="a word of source code behind a label"),
        pytest.param("Kunde: Holm Byg ApS", set(), id="a firm behind a label"),
        pytest.param(
            f"Fra: Anna Holm <{MAIL}>\nTil: Bo Friis <bo@example.com>",
            {"anna holm", "bo friis"},
            id="mail header",
        ),
        pytest.param("Navn:", set(), id="a label and nothing"),
        pytest.param("Passager: HOLM, ANNA", {"anna holm"}, id="surname first, in capitals"),
    ],
)
def test_running_text(text: str, names: set[str]) -> None:
    assert {name for name, sure in seen(text).items() if sure >= FINDING} == names


def test_everywhere_a_name_alone_is_a_maybe() -> None:
    text = f"{FAR}I går talte Anna Marie Holm med os. {FAR}"
    assert seen(text) == {}
    assert seen(text, look="everywhere") == {"anna marie holm": 0.5}


def grid(*heads: str) -> Grid:
    return Grid(2, delimiter=";", quoted=True, headers=heads)


@pytest.mark.parametrize(
    ("layout", "text", "names"),
    [
        pytest.param(grid("Nr", "Navn"), "1;Anna Holm\n2;Bo Friis\n", {"anna holm", "bo friis"},
                     id="a column of names"),
        pytest.param(grid("Nr", "Medarbejder"), "1;Zyxa Qwerp\n", {"zyxa qwerp"},
                     id="a head about persons is believed"),
        pytest.param(grid("Nr", "Navn"), "1;Zyxa Qwerp\n", set(), id="Navn may head things"),
        pytest.param(grid("Vare", "Navn"), "1;Hylde lang\n2;Skrue 4x40\n", set(), id="products"),
        pytest.param(grid("Fornavn", "Efternavn"), "Anna;Holm\n", {"anna holm"},
                     id="two columns are one name"),
        pytest.param(grid("Efternavn", "Nr", "Fornavn"), "Holm;1;Anna\n", {"anna holm"},
                     id="in any order"),
        pytest.param(grid("Efternavn, fornavn"), "Holm Anna Marie\n", {"anna marie holm"},
                     id="the head says the order"),
        pytest.param(grid("Kunde"), "Holm Byg ApS\nAarhus Kommune\n", set(), id="firms"),
        pytest.param(grid("Nr", "Navn"), '1;"Holm, Anna"\n', {"anna holm"}, id="quoted"),
        pytest.param(grid("Nr", "Navn"), "Nr;Navn\n", set(), id="the head itself"),
        pytest.param(grid("Nr", "Hvem"), f"1;Anna Holm;{MAIL}\n2;Bo Friis;\n", {"anna holm"},
                     id="no head of names: beside a finding"),
        pytest.param(TableRows(2, (), ("Nr", "Elev")), "1\tAnna Holm\n", {"anna holm"},
                     id="a table of a document"),
        pytest.param(grid("Navn", "Anna Holm"), "Navn;Anna Holm\nBy;Odense\n", {"anna holm"},
                     id="a form of two columns, read as a head"),
        pytest.param(grid("Felt", "Indhold"), "Kunde;Anna Holm\nBy;Odense\n", {"anna holm"},
                     id="a form of two columns with a head"),
        pytest.param(Keys(), '[{"navn": "Anna Holm"}]', {"anna holm"}, id="JSON"),
        pytest.param(Keys(markup=True), "<navn>Anna Holm</navn>", {"anna holm"}, id="XML"),
        pytest.param(Fixed(("page 1",)), "Navn: Anna Holm", {"anna holm"}, id="a page"),
    ],
)  # fmt: skip
def test_tables_and_keys(layout: Layout, text: str, names: set[str]) -> None:
    assert {name for name, sure in seen(text, layout).items() if sure >= FINDING} == names


def test_only_own_rows_are_read_below_heads() -> None:
    text = "1;Anna Holm\n2;Bo Friis\n3;Eva Krag\n"
    start = text.index("2")
    people = People(Person("", "beside"), "beside")
    out = people.among(text, grid("Nr", "Navn"), (start, text.index("3")), [])
    assert [match.value for match in out] == ["bo friis"]


def test_a_large_table_without_names_is_not_asked_through() -> None:
    asked = 0

    class Counting(Person):
        def matches(self, texts):  # type: ignore[no-untyped-def]
            nonlocal asked
            asked += len(texts)
            return super().matches(texts)

    rows = "".join(f"{number};x{number}@example.com\n" for number in range(1000))
    found = [match for _, match in GATE.find(rows)]
    People(Counting("", "beside"), "beside").among(rows, grid("Nr", "Mail"), (0, len(rows)), found)
    assert asked == 200


def test_windows_stay_short_in_a_text_of_one_line() -> None:
    text = "ord " * 10_000
    low, high = _lines_around(text, 20_000, 20_100)
    assert 0 < high - low < 1_000
    text = "x" * 10_000
    low, high = _lines_around(text, 5_000, 5_100)
    assert (low, high) == (5_000, 5_100)


def test_names_are_sealed_with_a_second_fingerprint(installation: Installation) -> None:
    seal = installation.tools().seal
    first_last = seal.fingerprint(KIND, "anna holm")
    assert seal.second_fingerprint(KIND, "anna marie holm") == first_last
    assert seal.second_fingerprint(KIND, "anna holm") == first_last
    assert seal.second_fingerprint(KIND, "anna") == b""
    assert seal.second_fingerprint("DK_CPR", "anna holm") == b""


@pytest.fixture
def scanned(installation: Installation) -> Installation:
    write(installation.files / "a.txt", f"Kunde: Anna Marie Holm\nTlf. {PHONE}\n")
    write(installation.files / "b.csv", f"Navn;CPR\nHolm, Anna;{CPR}\nBo Friis;\n")
    write(installation.files / NAMED, "intet\n")
    installation.run("scan", str(installation.files), code=0)
    return installation


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("asked", "files"),
    [
        pytest.param("Anna Holm", {"a.txt", "b.csv", NAMED}, id="first and last name meet all"),
        pytest.param("Holm, Anna Marie", {"a.txt", "b.csv", NAMED}, id="the full name turned"),
        pytest.param("bo friis", {"b.csv"}, id="case does not matter"),
        pytest.param("Anna Friis", set(), id="somebody else"),
    ],
)
def test_a_person_is_found_by_name(scanned: Installation, asked: str, files: set[str]) -> None:
    ran = scanned.run("person", "--json", stdin=f"{asked}\n", code=0)
    lines = [line for line in ran.lines if "path" in line]
    assert {Path(line["path"]).name for line in lines} == files
    assert len({(line["path"], line["content"]) for line in lines}) == len(lines)
    assert ran.lines[-1]["coverage"]["names_looked_for"] == "beside"


def test_the_same_name_is_told_from_a_similar_one(scanned: Installation) -> None:
    out = scanned.run("person", stdin="Anna Holm\n", code=0).out
    assert out.count("only the first and the last name are the same") == 1
    assert "beside other findings, behind labels and below column heads only" in out


def test_no_name_stands_in_the_index(scanned: Installation) -> None:
    for path in (scanned.folder / "home").rglob("*"):
        if path.is_file():
            held = path.read_bytes().lower()
            for name in (b"marie holm", b"bo friis", b"holm, anna"):
                assert name not in held, path.name


def test_off_means_not_looked_for_and_is_said(scanned: Installation) -> None:
    text = scanned.config.read_text("utf-8").replace('look = "beside"', 'look = "off"')
    scanned.config.write_text(text, "utf-8")
    scanned.run("scan", str(scanned.files), code=0)
    assert scanned.rows("SELECT count(*) FROM finding WHERE kind='PERSON'") == [(0,)]
    out = scanned.run("person", stdin="Anna Holm\n", code=0).out
    assert "Names are not looked for" in out
    assert "Asked for, but not looked for: name." in out

"""Known customers: imported as fingerprints, recognised in what was scanned, asked about."""

from __future__ import annotations

import csv
import io
import random
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from scanner.demo import fake
from scanner.index.store import Decisions, decisions_path
from scanner.privacy import mask, shown
from scanner.register.store import register_path
from tests.conftest import Installation
from tests.leak import Searcher, search

HEADS = (
    "Kundenr.",
    "Navn",
    "CPR-nr.",
    "E-mail",
    "Telefon",
    "Samtykke",
    "Formål",
    "Frameldt",
    "Slettes efter",
)


@dataclass(frozen=True)
class Customer:
    """A synthetic customer as an export writes one."""

    number: str
    cpr: str
    mail: str
    phone: str
    consent: str = "ja"
    withdrawn: str = ""
    delete_after: str = ""

    def row(self) -> tuple[str, ...]:
        return (
            self.number,
            "Åse Ørsted",
            f"{self.cpr[:6]}-{self.cpr[6:]}",
            self.mail,
            self.phone,
            self.consent,
            "Nyhedsbrev på dansk",
            self.withdrawn,
            self.delete_after,
        )


def customer(chance: random.Random, number: int, **said: str) -> Customer:
    return Customer(
        f"K-{number:06}",
        fake.cpr(chance),
        fake.email(chance),
        fake.phone(chance, style="pairs"),
        **said,
    )


def export(path: Path, customers: list[Customer], encoding: str = "cp1252") -> Path:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS)
    writer.writerows(each.row() for each in customers)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


@dataclass(frozen=True)
class Scene:
    installation: Installation
    customers: dict[str, Customer]


@pytest.fixture
def scene(installation: Installation) -> Scene:
    chance = random.Random(11)
    held = {
        "plain": customer(chance, 1),
        "overdue": customer(chance, 2, delete_after="01-02-2020"),
        "later": customer(chance, 3, delete_after="01-02-2999"),
        "withdrawn": customer(chance, 4, withdrawn="2024-05-06"),
        "without": customer(chance, 5, consent="nej"),
        "elsewhere": customer(chance, 6, consent="nej", delete_after="01-02-2020"),
    }
    lines = [
        f"CPR {each.cpr} mail {each.mail}" for name, each in held.items() if name != "elsewhere"
    ]
    installation.write("kunder.txt", "\n".join(lines) + "\n")
    installation.write("brev.txt", f"Kære kunde, ring {held['overdue'].phone}, tlf. hos os.\n")
    installation.write("andre.txt", f"CPR {fake.cpr(chance)}\n")
    installation.run("scan", installation.files, code=0)
    export(installation.folder / "kunder.csv", list(held.values()))
    return Scene(installation, held)


def imported(scene: Scene, *more: str) -> str:
    source = scene.installation.folder / "kunder.csv"
    return scene.installation.run("register", "import", source, *more, code=0).out


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_customers_are_known_without_reading_again(scene: Scene, encoding: str) -> None:
    installation = scene.installation
    export(installation.folder / "kunder.csv", list(scene.customers.values()), encoding)
    before = installation.run("findings", "--json", code=0).lines[:-1]
    assert not any("customer" in line for line in before)
    out = imported(scene)
    assert "6 customers by 18 values" in out
    assert "Nyhedsbrev" not in out
    lines = installation.run("findings", "--json", code=0).lines[:-1]
    assert len(lines) == len(before)
    by_path = {name: [] for name in ("kunder.txt", "brev.txt", "andre.txt")}  # type: dict[str, list[bool]]
    for line in lines:
        by_path[Path(line["path"]).name].append(line["customer"])
    assert by_path["andre.txt"] == [False]
    assert all(by_path["kunder.txt"])
    assert len(by_path["kunder.txt"]) == 10
    assert by_path["brev.txt"] == [True]
    only = installation.run("findings", "--customers", "--json", code=0).lines[:-1]
    assert len(only) == 11
    head = installation.run("findings", "--csv", code=0).out.splitlines()[0]
    assert head.endswith(",verdict,manager,readable_by,customer")


def test_the_report_says_whose_data_should_not_lie_here(scene: Scene) -> None:
    imported(scene)
    lines = scene.installation.run("report", "customers", "--json", code=0).lines
    sums = {line["sum"]["reason"]: line["sum"] for line in lines if "sum" in line}
    counted = {
        reason: (each["customers"], each["found"], each["documents"])
        for reason, each in sums.items()
    }
    assert counted == {"overdue": (2, 1, 2), "withdrawn": (1, 1, 1), "no_consent": (2, 1, 1)}
    places = {Path(line["path"]).name: line["customers"] for line in lines if "path" in line}
    assert places == {
        "kunder.txt": {"overdue": 1, "withdrawn": 1, "no_consent": 1},
        "brev.txt": {"overdue": 1},
    }
    assert "coverage" in lines[-1]


@pytest.mark.parametrize("language", ["en", "da"])
def test_each_customer_is_masked_until_the_number_is_asked_for(scene: Scene, language: str) -> None:
    imported(scene)
    run = scene.installation.run
    start = ("--language", language, "report", "customers")
    shown = run(*start, "--each", code=0).out
    number = scene.customers["overdue"].number
    assert number not in shown
    opened = run(*start, "--each", "--numbers", code=0).out
    assert {each.number for each in scene.customers.values() if each.number in opened} == {
        scene.customers[name].number for name in ("overdue", "withdrawn", "without")
    }
    with Decisions(decisions_path(scene.installation.index_path)) as decisions:
        logged = decisions.connection.execute("SELECT action FROM audit").fetchall()
    assert ("register import",) in logged
    assert ("register numbers",) in logged


def test_a_person_who_is_a_customer_is_said_to_be_one(scene: Scene) -> None:
    number = scene.customers["withdrawn"].cpr
    run = scene.installation.run
    assert "customers" not in run("person", "--json", stdin=number).out.partition("coverage")[0]
    imported(scene)
    said = run("person", "--json", stdin=number, code=0).lines[-1]["coverage"]["looked_for"]
    assert said[0]["customers"] == [
        {
            "masked": mask("CUSTOMER_NUMBER", scene.customers["withdrawn"].number),
            "consent": True,
            "purpose": "Nyhedsbrev på dansk",
            "withdrawn": "2024-05-06",
            "delete_after": None,
        }
    ]
    spoken = run("--language", "da", "person", stdin=number, code=0).out
    assert "kendt kunde ••••••04: har givet samtykke (Nyhedsbrev på dansk)" in spoken
    assert "06-05-2024" in spoken
    nobody = run("person", stdin=fake.cpr(), code=0).out
    assert "known customer" not in nobody


def test_a_remark_about_one_customer_is_not_kept_readable(scene: Scene) -> None:
    path = scene.installation.folder / "kunder.csv"
    written = path.read_bytes().decode("cp1252")
    path.write_bytes(written.replace("Nyhedsbrev på dansk", "Bo Ek er syg", 1).encode("cp1252"))
    imported(scene)
    with sqlite3.connect(register_path(scene.installation.index_path)) as connection:
        purposes = [row[0] for row in connection.execute("SELECT purpose FROM record")]
    assert purposes.count("Nyhedsbrev på dansk") == 5
    (other,) = set(purposes) - {"Nyhedsbrev på dansk"}
    assert shown(other) == "…"
    spoken = scene.installation.run("person", stdin=scene.customers["plain"].cpr, code=0).out
    assert "syg" not in spoken


def test_a_new_import_takes_the_place_of_the_old(scene: Scene) -> None:
    imported(scene)
    export(scene.installation.folder / "kunder.csv", [scene.customers["plain"]])
    assert "1 customers by 3 values" in imported(scene)
    lines = scene.installation.run("report", "customers", "--json", code=0).lines
    assert all(line["sum"]["found"] == 0 for line in lines if "sum" in line)


def test_an_import_that_fails_keeps_the_old_register(scene: Scene) -> None:
    imported(scene)
    path = scene.installation.folder / "kunder.csv"
    path.write_bytes(path.read_bytes() + b'K-9;"' + b"x" * 200_000)
    failed = scene.installation.run("register", "import", path)
    assert failed.code == 2
    assert "line 8 is no CSV" in failed.err
    assert "6 customers" in scene.installation.run("register", "show", code=0).out


def test_rows_of_one_number_are_one_customer(scene: Scene) -> None:
    first = scene.customers["without"]
    again = Customer(first.number, first.cpr, fake.email(), first.phone, consent="ja")
    export(scene.installation.folder / "kunder.csv", [first, again])
    assert "1 customers by 4 values" in imported(scene)
    lines = scene.installation.run("report", "customers", "--json", code=0).lines
    found = {line["sum"]["reason"]: line["sum"]["found"] for line in lines if "sum" in line}
    assert found["no_consent"] == 0, "one of the rows holds a consent"


def test_bad_cells_are_counted_by_column_and_never_shown(scene: Scene) -> None:
    chance = random.Random(4)
    bad = Customer("K-7", "3113991234", "ingen", "se mail", "måske", "engang", "snart")
    good = customer(chance, 8)
    export(scene.installation.folder / "kunder.csv", [bad, good])
    out = imported(scene, "--dry-run")
    for head in ("CPR-nr.", "E-mail", "Telefon"):
        assert f"{head}: 1 cells are not" in out
    assert "1 rows hold nothing" in out
    assert "Trial" in out
    assert not {"3113991234", "ingen", "snart"} & set(out.split())
    assert "empty" in scene.installation.run("register", "show", code=0).out


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param("Navn;By\nAnna;Aarhus\n", "no column holds", id="no identifier"),
        pytest.param("", "column heads", id="empty"),
        pytest.param("1;2;3\n4;5;6\n", "column heads", id="no header line"),
    ],
)
def test_exports_that_cannot_be_used(installation: Installation, content: str, why: str) -> None:
    path = installation.write("export.csv", content)
    ran = installation.run("register", "import", path, code=2)
    assert why in ran.err
    assert not register_path(installation.index_path).exists()


def test_commands_say_when_nothing_is_known(installation: Installation) -> None:
    installation.write("a.txt", "intet")
    installation.run("scan", installation.files, code=0)
    assert "register import" in installation.run("report", "customers", code=2).err
    assert "register import" in installation.run("findings", "--customers", code=2).err
    assert "empty" in installation.run("register", "show", code=0).out


def test_clearing_forgets_all(scene: Scene) -> None:
    imported(scene)
    scene.installation.run("register", "clear", "--yes", code=0)
    assert "empty" in scene.installation.run("register", "show", code=0).out
    lines = scene.installation.run("findings", "--json", code=0).lines[:-1]
    assert not any("customer" in line for line in lines)


def test_a_register_of_another_key_is_refused(scene: Scene) -> None:
    imported(scene)
    path = register_path(scene.installation.index_path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value='0011223344556677' WHERE key='key_id'")
    assert "another company key" in scene.installation.run("findings", code=1).err


def test_no_value_of_the_export_is_kept_or_told(scene: Scene) -> None:
    out = imported(scene)
    answers = [
        out,
        scene.installation.run("report", "customers", "--each", code=0).out,
        scene.installation.run("report", "customers", "--json", code=0).out,
        scene.installation.run("register", "show", code=0).out,
    ]
    (scene.installation.folder / "home" / "answers.txt").write_text("\n".join(answers))
    planted = [
        pair
        for each in scene.customers.values()
        for pair in (
            ("DK_CPR", each.cpr),
            ("EMAIL_ADDRESS", each.mail),
            ("PHONE_NUMBER", each.phone.replace(" ", "")),
            ("CUSTOMER_NUMBER", each.number),
        )
    ]
    searcher = Searcher(planted)
    folders = [scene.installation.folder / name for name in ("home", "state")]
    assert not list(search(folders, searcher))

"""The list of documents: what narrows it, for whom, and where cards and charts lead."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.answers.employees import mark_of_account
from scanner.answers.listing import all_of, first
from scanner.answers.opened import opened
from scanner.web.pages import documents as page
from scanner.web.wanted import GROUPS
from tests.answers.shelf import Doc, Shelf, Value, cprs
from tests.web.served import Browser, Served
from tests.web.test_verdicts_pages import danish, give

CPR = cprs(3, seed=9)
HEALTH = (replace(CPR[0], kind="HEALTH", value="sygemelding"),)
PHONE = (Value("PHONE_NUMBER", "+4511111111"),)
OLD = datetime(2010, 1, 1, tzinfo=UTC)
NAMES = ("løn.xlsx", "sygdom.docx", "gammel.txt", "fratrådt.txt", "alle.xlsx", "telefon.txt")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "home", places=("share", "hr"))
    made.run(
        [
            Doc("/srv/share/løn.xlsx", cprs(30), owner="anna"),
            Doc("/srv/share/gammel.txt", cprs(2, seed=3), owner="anna", modified=OLD),
            Doc("/srv/share/fratrådt.txt", cprs(2, seed=4), owner="left"),
            Doc("/srv/share/alle.xlsx", cprs(12, seed=5), owner="bo"),
            Doc("/srv/share/telefon.txt", PHONE),
            Doc("/srv/share/tom.txt"),
        ]
    )
    made.run([Doc("/srv/hr/sygdom.docx", HEALTH, owner="bo")], place="hr")
    made.sql("UPDATE document SET readable_by='everyone' WHERE display LIKE '%alle.xlsx'")
    for account, department, left in (
        ("anna", "Salg", ""),
        ("bo", "HR", ""),
        ("left", "HR", "2025-01-31"),
    ):
        made.sql(
            "INSERT INTO employee(account, name, department, left_on) VALUES (?,?,?,?)",
            *(account, account.title(), department, left),
        )
    return made


def listed(browser: Browser, query: str) -> list[str]:
    told = browser.settled(f"/documents?{query}")
    assert told.status_code == 200, told.text
    rows = re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', told.text)
    return [html.unescape(row).rpartition("/")[2].rpartition(": ")[2] for row in rows]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("", {*NAMES}, id="all with findings"),
        pytest.param("kind=DK_CPR", {*NAMES} - {"sygdom.docx", "telefon.txt"}, id="kind"),
        pytest.param("group=special", {"sygdom.docx"}, id="special categories"),
        pytest.param("group=criminal", set(), id="criminal offences"),
        pytest.param("group=ordinary", {"telefon.txt"}, id="ordinary"),
        pytest.param(
            "kind=DK_CPR&group=special",
            {*NAMES} - {"sygdom.docx", "telefon.txt"},
            id="kind before group",
        ),
        pytest.param("department=Salg", {"løn.xlsx", "gammel.txt"}, id="department"),
        pytest.param("department=nowhere", set(), id="no such department"),
        pytest.param(f"who={mark_of_account('anna')}", {"løn.xlsx", "gammel.txt"}, id="employee"),
        pytest.param("who=none", {"telefon.txt"}, id="nobody's"),
        pytest.param("open=1", {"alle.xlsx"}, id="everyone can read it"),
        pytest.param("left=1", {"fratrådt.txt"}, id="leavers"),
        pytest.param("left=1&department=Salg", set(), id="leavers of another department"),
        pytest.param("age=10y", {"gammel.txt"}, id="age"),
        pytest.param("risk=high", {"løn.xlsx", "alle.xlsx", "sygdom.docx"}, id="risk"),
        pytest.param("undecided=1&kind=HEALTH", {"sygdom.docx"}, id="no verdict yet"),
    ],
)
def test_what_narrows_the_list(served: Served, query: str, names: set[str]) -> None:
    found = listed(served.as_("compliance"), query)
    assert {*found} == names and len(found) == len(names)


def test_by_place_and_device(served: Served, shelf: Shelf) -> None:
    officer = served.as_("compliance")
    ((place, device),) = shelf.sql("SELECT id, device FROM place WHERE name='hr'")
    assert listed(officer, f"place={place}") == ["sygdom.docx"]
    assert {*listed(officer, f"device={device}")} == {*NAMES}
    for nothing in ("place=99", "device=x", "kind=X'--", "group=x", "risk=x", "age=1d", "who=ff"):
        assert officer.get(f"/documents?{nothing}").status_code == 404, nothing


def test_what_is_decided_is_left_out(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    ((number,),) = shelf.sql("SELECT id FROM document WHERE display LIKE '%sygdom%'")
    give(officer, served, document=str(number))
    assert "sygdom.docx" not in listed(officer, "undecided=1")
    assert "sygdom.docx" in listed(officer, "")


def test_the_riskiest_come_first_a_page_at_a_time(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = served.as_("compliance")
    monkeypatch.setattr(page, "PATIENCE_SECONDS", 60.0)
    whole = listed(officer, "")
    monkeypatch.setattr(page, "ON_A_PAGE", 4)
    assert listed(officer, "") == whole[:4]
    assert listed(officer, "page=2") == whole[4:]
    assert "There are more" in officer.get("/documents").text
    assert "6 documents" in officer.get("/documents?page=2").text


def test_a_list_that_takes_long_is_made_in_the_background(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "PATIENCE_SECONDS", 0.0)
    officer = served.as_("compliance")
    assert listed(officer, "kind=HEALTH") == ["sygdom.docx"]
    told = officer.settled("/documents?kind=HEALTH").text
    assert "As of" in told and "1 document" in told


@pytest.mark.parametrize("kinds", [(), ("DK_CPR",)], ids=["all", "a kind"])
def test_the_first_ones_are_the_first_of_all(shelf: Shelf, kinds: tuple[str, ...]) -> None:
    from scanner.answers.filters import Filters
    from scanner.answers.listing import Wanted

    with opened(shelf.path) as held:
        wanted = Wanted(Filters(kinds=kinds))
        whole = all_of(held, wanted)
        some = first(held, wanted, 2, 60)
        assert some is not None and whole.whole and not some.whole
        assert some.numbers == whole.numbers[:2]


def test_a_query_that_takes_long_is_broken_off(shelf: Shelf) -> None:
    from scanner.answers.filters import Filters
    from scanner.answers.listing import Wanted

    shelf.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<20000)"
        " INSERT INTO document(device, place, path, path_key, item, display, risk, modified,"
        " status, folder, size) SELECT 'x', 1, x'', i, '', '', 1.0, '2026', 'read', 0, 1 FROM n"
    )
    with opened(shelf.path) as held:
        wanted = Wanted(Filters(kinds=("DK_PASSPORT",)))
        assert first(held, wanted, 50, 0.0) is None
        whole = first(held, wanted, 50, 60)
        assert whole is not None and whole.whole and whole.numbers == []
        assert held.connection.execute("SELECT count(*) FROM document").fetchone()[0] > 20_000


def test_a_part_sees_its_own(served: Served) -> None:
    part = served.as_("compliance", departments=("HR",))
    assert {*listed(part, "")} == {"fratrådt.txt", "alle.xlsx", "sygdom.docx"}
    assert listed(part, "department=Salg") == []
    assert part.get(f"/documents?who={mark_of_account('anna')}").status_code == 404


@pytest.mark.parametrize("role", ["it", "manager", "employee", "service", "auditor"])
def test_refused(served: Served, role: str) -> None:
    more = {"manager": {"departments": ("HR",)}, "employee": {"employee": "bo"}}.get(role, {})
    somebody = served.as_(role, **more)  # type: ignore[arg-type]
    for path in ("/documents", "/documents.csv"):
        assert somebody.get(path).status_code == 403


def test_the_file_has_the_same_rows_and_no_formula(served: Served, shelf: Shelf) -> None:
    shelf.run([Doc("/srv/share/=1+1.txt", cprs(1))])
    officer = served.as_("compliance")
    told = officer.get("/documents.csv")
    rows = told.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + len(listed(officer, "")) and "=1+1.txt" in told.text
    shelf.sql("UPDATE document SET display='=1+1.txt' WHERE display LIKE '%=1+1%'")
    assert ";'=1+1.txt;" in officer.get("/documents.csv").text
    assert "dokumenter.csv" in told.headers["content-disposition"]


@pytest.mark.parametrize(
    ("said", "lead", "names"),
    [
        ("health", "kind=HEALTH", {"sygdom.docx"}),
        ("everyone can read", "open=1", {"alle.xlsx"}),
        ("have left", "left=1", {"fratrådt.txt"}),
    ],
)
def test_a_card_leads_to_its_documents(
    served: Served, said: str, lead: str, names: set[str]
) -> None:
    officer = served.as_("compliance", language="en")
    cards = officer.get("/overview").text.split('<li class="card')[1:]
    (card,) = (each for each in cards if lead in each)
    assert said.casefold() in html.unescape(card).casefold()
    address = html.unescape(re.search(r'href="(/documents[^"]*)"', card)[1])  # type: ignore[index]
    assert {*listed(officer, address.partition("?")[2])} == names


def test_every_group_has_kinds(served: Served) -> None:
    told = served.as_("compliance").get("/documents").text
    assert all(f'value="{group}"' in told for group in GROUPS if group != "criminal")

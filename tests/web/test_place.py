"""A place: folders with counts, down to the document; masked, with its history."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.served import Browser, Served

LIST = cprs(60)
HOSTILE = "<img src=x onerror=alert(1)>\u202ecod\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "home")
    docs = [
        Doc("/srv/share/salg/2025/Kunder.xlsx", LIST, owner="anna", content="list"),
        Doc("/srv/share/salg/Kopi.xlsx", LIST, owner="bo", content="list"),
        Doc(f"/srv/share/{HOSTILE}/=1+1.txt", LIST[:1], owner="<b>bo</b>"),
        Doc("/srv/share/hr/tom.txt"),
        Doc("/srv/share/hr/låst.docx", status="unread", reason="encrypted"),
    ]
    made.run(docs)
    made.run([*docs[:4], Doc("/srv/share/hr/låst.docx", LIST[:3])])
    return made


def text_of(browser: Browser, path: str) -> str:
    told = browser.get(path)
    assert told.status_code == 200, told.text
    return unescape(told.text)


def link(text: str, words: str) -> str:
    found = re.search(rf'href="(/[^"]+)">{re.escape(words)}', text)
    assert found is not None, words
    return found[1]


def test_from_the_place_down_to_the_document(served: Served) -> None:
    officer = served.as_("compliance")
    text = text_of(officer, "/places")
    assert "LAPTOP-7" in text and "/srv/share" in text
    text = text_of(officer, link(text, "share"))
    assert "5 documents." in text and "4 with findings." in text
    assert text.index(">salg<") < text.index(">hr<")
    address = link(text, "salg")
    assert "salg" not in address
    text = text_of(officer, address)
    assert "2 documents." in text and "Kopi.xlsx" in text and "Kunder.xlsx" not in text
    text = text_of(officer, link(text, "2025"))
    text = text_of(officer, link(text, "/srv/share/salg/2025/Kunder.xlsx"))
    for said in ("CPR number", "anna", "certain", "line 1", "not known", "In 2 places", "History"):
        assert said in text, said
    assert LIST[0].value not in text
    behind = re.search(r'rel="next" href="([^"]+)"', text)
    assert behind is not None
    assert "line 1" in text_of(officer, behind[1])
    assert "What this answer rests on" in text


def test_history_over_runs(served: Served, shelf: Shelf) -> None:
    ((number,),) = shelf.sql("SELECT id FROM document WHERE display LIKE '%låst%'")
    text = text_of(served.as_("compliance"), f"/document/{number}")
    history = text[text.index("History") :]
    assert history.index("met for the first time") < history.index("CPR number 3 found in it")


@pytest.mark.parametrize("path", ["/place/99", "/place/1?folder=00", "/document/999", "/place/x"])
def test_what_is_not_there_is_not_found(served: Served, path: str) -> None:
    assert served.as_("compliance").get(path).status_code == 404


def test_of_a_department_its_own_alone(served: Served, shelf: Shelf) -> None:
    shelf.sql("INSERT INTO employee(account, name, department) VALUES ('bo', 'Bo', 'Salg')")
    officer = served.as_("compliance", departments=("Salg",))
    text = text_of(officer, "/place/1")
    assert "1 document." in text and "hr" not in re.findall(r">(\w+)</a>", text)
    ((other,),) = shelf.sql("SELECT id FROM document WHERE display LIKE '%Kunder.xlsx'")
    assert officer.get(f"/document/{other}").status_code == 404


@pytest.mark.parametrize("role", ["it", "service", "auditor"])
def test_others_are_refused(served: Served, role: str) -> None:
    somebody = served.as_(role)  # type: ignore[arg-type]
    for path in ("/places", "/place/1", "/document/1"):
        assert somebody.get(path).status_code == 403


def test_hostile_names_are_text(served: Served, shelf: Shelf) -> None:
    officer = served.as_("compliance", language="da")
    ((number,),) = shelf.sql("SELECT id FROM document WHERE display LIKE '%=1+1%'")
    for path in ("/places", "/place/1", f"/document/{number}"):
        told = officer.get(path).text
        assert "<img" not in told and "<b>bo" not in told and "\u202e" not in told
    assert "&lt;img src=x" in officer.get("/place/1").text

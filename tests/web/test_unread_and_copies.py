"""Unread by reason with what to do; copies as one item with their places."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.served import Browser, Served

HOSTILE = "/srv/share/<img src=x onerror=alert(1)>\u202ecod.=1+1\n.xlsx"
LIST = cprs(40)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "home", places=("share", "hr"))
    made.run(
        [
            Doc("/srv/share/Kunder.xlsx", LIST, owner="anna", content="list"),
            Doc("/srv/share/Kopi.xlsx", LIST, owner="bo", content="list"),
            Doc(HOSTILE, LIST, owner="<b>bo</b>", content="list"),
            Doc("/srv/share/Næsten.xlsx", LIST[:38], owner="bo"),
            *(
                Doc(f"/srv/share/låst {n:02}.docx", status="unread", reason="encrypted", size=n)
                for n in range(60)
            ),
            Doc("/srv/share/halv.pdf", LIST[:1], status="partial", reason="timeout"),
            Doc("/srv/share/sky.docx", status="placeholder"),
        ],
        folders=["/srv/share/lukket"],
    )
    made.run([Doc("/srv/hr/hemmelig.docx", status="unread", reason="encrypted")], place="hr")
    return made


def text_of(browser: Browser, path: str) -> str:
    told = browser.settled(path)
    assert told.status_code == 200, told.text
    return unescape(told.text)


def test_unread_is_told_by_reason_with_what_to_do(served: Served) -> None:
    text = text_of(served.as_("compliance"), "/unread")
    for said in ("Password-protected", "Only in the cloud", "Folders that could not", "too long"):
        assert said in text, said
    assert "[privacy] passwords" in text
    assert "What this answer rests on" in text


def test_unread_of_one_place(served: Served, shelf: Shelf) -> None:
    officer = served.as_("compliance")
    ((hr,),) = shelf.sql("SELECT id FROM place WHERE name='hr'")
    text = text_of(officer, f"/unread?place={hr}")
    assert "Password-protected" in text
    assert "too long" not in text
    listed = text_of(officer, f"/unread/list?reason=encrypted&place={hr}")
    assert "hemmelig.docx" in listed and "låst" not in listed
    assert officer.get("/unread?place=x").status_code == 400


def test_unread_documents_come_a_page_at_a_time(served: Served) -> None:
    officer = served.as_("compliance")
    first = text_of(officer, "/unread/list?reason=encrypted")
    assert "låst 59.docx" in first and "låst 05.docx" not in first
    behind = re.search(r'rel="next" href="([^"]+)"', first)
    assert behind is not None
    second = text_of(officer, behind[1])
    assert "låst 05.docx" in second and "låst 59.docx" not in second
    assert "51 to 61 of 61" in second
    assert officer.get("/unread/list?reason=nonsense").status_code == 404


def test_it_sees_what_must_be_mended_and_no_finding(served: Served) -> None:
    it = served.as_("it")
    assert "låst 59.docx" in text_of(it, "/unread/list?reason=encrypted")
    assert "Kunder.xlsx" not in text_of(it, "/unread")
    for path in ("/copies", "/copies/near", "/copies/1"):
        assert it.get(path).status_code == 403


def test_copies_are_one_item_with_places(served: Served) -> None:
    officer = served.as_("compliance")
    text = text_of(officer, "/copies")
    assert "In 3 places" in text
    assert text.index("In 3 places") < text.index("Kunder.xlsx") < text.index("Kopi.xlsx")
    assert "CPR number 40" in text
    assert "anna" in text and "As of" in text
    assert "Næsten.xlsx" not in text
    number = re.search(r'href="(/copies/\d+)"', text)
    assert number is not None
    own = text_of(officer, number[1])
    assert "Kunder.xlsx" in own and "Kopi.xlsx" in own and "not known" in own
    assert "In 3 places" not in text_of(officer, "/copies?risk=medium")
    assert officer.get("/copies/999999").status_code == 404
    assert officer.get("/copies?risk=nonsense").status_code == 400


def test_near_copies_are_looked_for_when_asked(served: Served) -> None:
    officer = served.as_("compliance")
    assert "Næsten.xlsx" not in text_of(officer, "/copies/near")
    assert officer.post("/copies/near").status_code == 303
    text = text_of(officer, "/copies/near")
    assert "In 4 places" in text
    assert "100\u00a0% of its values: 38 of 38" in text
    assert "Næsten.xlsx" in text


def test_copies_of_a_department_are_its_own(served: Served, shelf: Shelf) -> None:
    shelf.sql("INSERT INTO employee(account, name, department) VALUES ('bo', 'Bo', 'Salg')")
    text = text_of(served.as_("compliance", departments=("Salg",)), "/copies")
    assert "Kunder.xlsx" not in text
    assert "In 3 places" not in text


def test_hostile_names_are_text(served: Served) -> None:
    officer = served.as_("compliance")
    officer.post("/copies/near")
    for path in ("/copies", "/copies/near"):
        told = officer.get(path).text
        assert "<img" not in told and "<b>bo" not in told and "\u202e" not in told
        assert "&lt;img src=x" in told


def test_in_danish(served: Served) -> None:
    officer = served.as_("compliance", language="da")
    assert "Adgangskodebeskyttet" in text_of(officer, "/unread")
    assert "3 steder" in text_of(officer, "/copies")


def test_one_content_tells_what_is_nearly_the_same(served: Served, shelf: Shelf) -> None:
    from scanner.answers.near import near_copies
    from scanner.answers.near_one import near_one

    shelf.run(
        [Doc("/srv/hr/Udtræk.xlsx", LIST[:20]), Doc("/srv/hr/x.txt", cprs(30, 7))], place="hr"
    )
    names = {
        name.rpartition("/")[2]: content
        for name, content in shelf.sql(
            "SELECT display, content FROM document d JOIN occurrence o ON o.document=d.id"
            " WHERE o.content IS NOT NULL AND o.gone_run IS NULL"
        )
    }
    with shelf.opened() as held:
        of = {name: near_one(held, content) for name, content in names.items()}
        whole = near_copies(held)
    near = {each.content: each for each in of["Kunder.xlsx"].near}
    assert [*near] == [names["Næsten.xlsx"], names["Udtræk.xlsx"]]
    assert near[names["Næsten.xlsx"]].common == 38
    (cluster,) = whole.clusters  # what all lists compared with each other say, too
    assert {each.content: each.common for each in cluster.near} == {
        each.content: each.common for each in near.values()
    }
    assert names["Kunder.xlsx"] in {each.content for each in of["Udtræk.xlsx"].near}
    assert not of["halv.pdf"].is_list and of["x.txt"].near == []
    officer = served.as_("compliance")
    text = text_of(officer, f"/copies/{names['Kunder.xlsx']}")
    assert "38 of 38" in text and "Næsten.xlsx" in text and "20 of 20" in text
    ((number,),) = shelf.sql("SELECT id FROM document WHERE display LIKE '%Næsten%'")
    assert f"/copies/{names['Næsten.xlsx']}" in text_of(officer, f"/document/{number}")
    assert "fewer than 20" in text_of(officer, f"/copies/{names['halv.pdf']}")

"""Verdicts through the pages: what holds, where, until what happens, and who has to agree."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.answers.filters import Filters
from scanner.answers.opened import Opened
from scanner.index.store import Decisions, decisions_path
from scanner.web.pages.verdicts import listed
from scanner.web.rights import Role
from scanner.web.summed import Summed
from tests.answers.shelf import Doc, Shelf, Value, cprs
from tests.web.served import Browser, Served, serving

KUNDER = Doc("/srv/share/Kunder.xlsx", cprs(30), owner="anna")


def number(shelf: Shelf, path: str = "Kunder.xlsx") -> int:
    rows = shelf.sql("SELECT id FROM document WHERE display LIKE ?", f"%{path}")
    return int(rows[0][0])


def said(decision: str = "belongs", **more: Any) -> dict[str, Any]:
    """Return what a form says; its days are those that the page proposes."""
    today = more.pop("today", None)
    end = (today + timedelta(days=200)).isoformat() if today else "2027-06-30"
    return {
        "decision": decision,
        "reason": "agreed with sales",
        "purpose": "customers",
        "ground": "contract",
        "until": end,
        "due": end,
        **more,
    }


def danish(served: Served, role: Role = "compliance", **more: Any) -> Browser:
    return served.as_(role, language="da", **more)


def give(browser: Browser, served: Served, decision: str = "belongs", **more: Any) -> Any:
    fields = said(decision, today=served.clock().date(), **more)
    return browser.post("/verdicts/give", "/verdicts/given", **fields)


def verdict(shelf: Shelf) -> dict[str, set[str | None]]:
    """Return the verdicts that findings tell, by file name."""
    told: dict[str, set[str | None]] = {}
    for line in shelf.ask("findings", "--json").lines:
        told.setdefault(line["path"].rpartition("/")[2], set()).add(line["verdict"])
    return told


@pytest.mark.parametrize("decision", ["false alarm", "belongs", "move", "waits"])
def test_a_verdict_about_a_document_is_told_and_takes_it_off_the_list(
    served: Served, shelf: Shelf, decision: str
) -> None:
    officer = danish(served)
    page = officer.settled("/verdicts").text
    assert "Kunder.xlsx" in page and "30" in page
    assert give(officer, served, decision, document=number(shelf)).status_code == 303
    assert verdict(shelf)["Kunder.xlsx"] == {decision}
    assert "Kunder.xlsx" not in officer.settled("/verdicts").text
    told = officer.get("/verdicts/given").text
    assert "Kunder.xlsx" in told and "agreed with sales" in told
    officer.post("/verdicts/undo", "/verdicts/given", verdict=1)
    assert verdict(shelf)["Kunder.xlsx"] == {None}
    assert "Kunder.xlsx" in officer.settled("/verdicts").text


def test_two_documents_at_once(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    give(officer, served, document=[number(shelf), number(shelf, "note.txt")])
    assert verdict(shelf) == {"Kunder.xlsx": {"belongs"}, "note.txt": {"belongs"}}


def test_a_folder_and_what_comes_into_it(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    give(officer, served, document=number(shelf), about="folder", level=0)
    assert verdict(shelf) == {"Kunder.xlsx": {"belongs"}, "note.txt": {"belongs"}}
    few = Doc("/srv/share/more.txt", cprs(1, seed=9))
    note = Doc("/srv/share/note.txt", cprs(1, seed=2), owner="bo")
    shelf.run([KUNDER, note, few])
    assert verdict(shelf)["more.txt"] == {"belongs"}
    shelf.run([KUNDER, note, replace(few, values=cprs(20, seed=9), content="grown")])
    assert verdict(shelf)["Kunder.xlsx"] == {None}
    assert "vokset" in officer.get("/verdicts/given").text


def test_a_rule_about_paths(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    give(officer, served, document=number(shelf), about="rule", glob="*.xlsx", kind="DK_CPR")
    assert verdict(shelf) == {"Kunder.xlsx": {"belongs"}, "note.txt": {None}}


@pytest.mark.parametrize("glob", ["*", "*/*", "", "*mail@firma.dk*"])
def test_a_rule_that_is_none(served: Served, shelf: Shelf, glob: str) -> None:
    told = give(danish(served), served, document=number(shelf), about="rule", glob=glob)
    assert told.status_code == 400


def test_one_finding_and_the_same_value_everywhere(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    one = number(shelf, "note.txt")
    keys = re.findall(
        r'name="value" value="([0-9a-f]+)"', officer.get(f"/verdicts/document/{one}").text
    )
    assert len(keys) == 1
    give(officer, served, "false alarm", document=one, about="finding", value=keys)
    assert verdict(shelf)["note.txt"] == {"false alarm"}
    give(officer, served, "false alarm", document=one, about="value", value=keys, learn="1")
    assert "note.txt" not in verdict(shelf)  # on the ignore list
    with Decisions(decisions_path(shelf.path)) as decisions:
        assert decisions.ignored()[0][0].hex() == keys[0]


@pytest.mark.parametrize(
    ("after", "why"),
    [
        pytest.param(replace(KUNDER, values=cprs(37)), "vokset", id="grown by a fifth"),
        pytest.param(
            replace(KUNDER, values=(*KUNDER.values, *cprs(1, seed=5, kind="DK_PASSPORT"))),
            "art, det ikke",
            id="a new kind",
        ),
        pytest.param(replace(KUNDER, values=cprs(34)), "", id="an edit that is small"),
    ],
)
def test_an_edit_reopens_what_is_no_longer_what_was_decided(
    served: Served, shelf: Shelf, after: Doc, why: str
) -> None:
    officer = danish(served)
    give(officer, served, document=number(shelf))
    shelf.run([replace(after, modified=served.clock(), content="edited")])
    assert verdict(shelf)["Kunder.xlsx"] == ({None} if why else {"belongs"})
    page = officer.settled("/verdicts").text
    assert ("Kunder.xlsx" in page) is bool(why)
    assert why in page


def test_more_readers_reopen(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    shelf.sql("UPDATE document SET readable_by='owner'")
    give(officer, served, document=number(shelf))
    assert verdict(shelf)["Kunder.xlsx"] == {"belongs"}
    shelf.sql("UPDATE document SET readable_by='everyone'")
    assert verdict(shelf)["Kunder.xlsx"] == {None}
    assert "flere kan læse det" in officer.get("/verdicts/given").text


def test_verdicts_outlive_an_index_that_is_made_anew(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "home")
    other = Doc("/srv/share/note.txt", cprs(1, seed=2))
    shelf.run([KUNDER, other])
    with serving(shelf.config, shelf.path) as served:
        give(danish(served), served, document=number(shelf))
    anew = Shelf(tmp_path / "anew")
    anew.run([other])
    anew.run([other, KUNDER])
    assert number(anew) != number(shelf)
    for held in shelf.folder.glob("index-decisions*"):
        held.rename(anew.folder / held.name)
    assert verdict(anew) == {"Kunder.xlsx": {"belongs"}, "note.txt": {None}}


def test_an_end_ends(served: Served, shelf: Shelf) -> None:
    give(danish(served), served, document=number(shelf))
    with Decisions(decisions_path(shelf.path)) as decisions:
        decisions.connection.execute("UPDATE verdict SET until='2026-01-01'")
    assert verdict(shelf)["Kunder.xlsx"] == {None}


def test_deletion_needs_another_account(served: Served, shelf: Shelf) -> None:
    one, two = danish(served, name="one"), danish(served, "deputy", name="two")
    give(one, served, "delete", document=number(shelf))
    assert verdict(shelf)["Kunder.xlsx"] == {None}
    assert "Kunder.xlsx" in two.get("/approvals").text
    told = one.post("/approvals", proposal=1, answer="approve")
    assert told.status_code == 403 and "anden konto" in told.text
    assert two.post("/approvals", proposal=1, answer="approve").status_code == 303
    assert verdict(shelf)["Kunder.xlsx"] == {"delete"}
    with Decisions(decisions_path(shelf.path)) as decisions:
        lines = [(each.who, each.action) for each in decisions.lines(50)]
        assert decisions.verify() is None
    assert ("one", "proposed delete") in lines and ("two", "approved delete") in lines
    assert ("one", "verdict delete") in lines


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"reason": " "}, "begrundelse", id="no reason"),
        pytest.param({"until": "never"}, "slutdato", id="no end"),
        pytest.param({"until": "2020-01-01"}, "slutdato", id="an end that is past"),
        pytest.param({"ground": ""}, "behandlingsgrundlag", id="belongs without a basis"),
        pytest.param({"decision": "forget"}, "Vælg", id="no such verdict"),
        pytest.param({"document": ""}, "valgt", id="about nothing"),
        pytest.param({"document": "999"}, "", id="about what is not there"),
        pytest.param({"document": "1 OR 1=1"}, "", id="no number"),
    ],
)
def test_what_is_no_verdict_is_refused(
    served: Served, shelf: Shelf, change: dict[str, str], why: str
) -> None:
    fields: dict[str, Any] = {"document": number(shelf), **change}
    told = give(danish(served), served, **fields)
    assert told.status_code in (400, 404) and why in told.text
    assert ("Gå tilbage i browseren" in told.text) == (told.status_code == 400)
    assert verdict(shelf)["Kunder.xlsx"] == {None}


def test_a_value_in_a_reason_is_kept_masked(served: Served, shelf: Shelf) -> None:
    value = KUNDER.values[0].value
    officer = danish(served)
    give(officer, served, document=number(shelf), reason=f"it is {value}, see a@firma.dk")
    assert value not in officer.get("/verdicts/given").text
    for path in shelf.folder.glob("index*"):
        assert value.encode() not in path.read_bytes()


def test_a_department_decides_about_its_own_documents_alone(served: Served, shelf: Shelf) -> None:
    shelf.sql("INSERT INTO employee(account, department) VALUES ('anna', 'Salg'), ('bo', 'HR')")
    part = danish(served, departments=("HR",))
    assert give(part, served, document=number(shelf)).status_code == 404
    assert give(part, served, document=number(shelf, "note.txt")).status_code == 303
    told = give(part, served, document=number(shelf, "note.txt"), about="folder", level=0)
    assert told.status_code == 403
    give(danish(served), served, document=number(shelf))
    assert "Kunder" not in part.get("/verdicts/given").text
    assert part.post("/verdicts/undo", "/verdicts/given", verdict=2).status_code == 404


def test_names_that_are_hostile_stay_text(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    name = "/srv/share/<script>alert(1)</script>\"'{{7*7}}\u202egpj.xlsx"
    shelf.run([Doc(name, cprs(30))])
    with serving(shelf.config, shelf.path) as served:
        officer = danish(served)
        give(officer, served, document=1, reason="<img src=x onerror=alert(1)>")
        for path in ("/verdicts", "/verdicts/document/1", "/verdicts/given"):
            page = officer.get(path)
            assert page.status_code == 200
            assert "<script>" not in page.text and "<img" not in page.text
            assert "{{7*7}}" in page.text or path == "/verdicts"
            assert "\u202e" not in page.text


def test_a_folder_above_the_place_is_no_choice(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    page = officer.get(f"/verdicts/document/{number(shelf)}").text
    assert "/srv/share/</option>" in page
    assert "/srv/</option>" not in page
    assert give(officer, served, document=number(shelf), about="folder", level=1).status_code == 400


def test_each_kind_can_be_chosen_where_one_kind_fills_the_list(tmp_path: Path) -> None:
    """Of a long list all kinds are there for a rule, and values of each to be picked."""
    mails = tuple(Value("EMAIL_ADDRESS", f"a{each}@firma.example.com") for each in range(300))
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/Kunder.xlsx", (*mails, *cprs(60)))])
    with serving(shelf.config, shelf.path) as served:
        page = danish(served).get(f"/verdicts/document/{number(shelf)}").text
    assert 'value="DK_CPR">CPR-nummer</option>' in page
    assert page.count("<td>CPR-nummer</td>") == page.count("<td>e-mail</td>") == 50
    assert "(100; højst 50 af hver art)" in page


def test_what_was_done_is_said_until_the_page_is_whole(
    served: Served, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()

    def slow(opened: Opened, filters: Filters) -> list[Summed]:
        assert free.wait(60)
        return listed(opened, filters)

    monkeypatch.setattr("scanner.web.pages.verdicts.listed", slow)
    officer = danish(served)
    give(officer, served, document=number(shelf))
    try:
        page = officer.get("/verdicts").text
        assert "afgørelse er gemt" in page and 'http-equiv="refresh"' in page
    finally:
        free.set()
    assert "afgørelse er gemt" in officer.settled("/verdicts").text
    assert "afgørelse er gemt" not in officer.get("/verdicts").text


def test_who_decides_on_an_old_page_is_told_that_another_has_decided(
    served: Served, shelf: Shelf
) -> None:
    first, second = danish(served, name="ida"), danish(served, name="eva")
    page = second.get(f"/verdicts/document/{number(shelf)}").text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    for _ in range(2):  # a double click of the first one is no other's verdict
        told = give(first, served, document=number(shelf), seen=seen[1])
        assert told.status_code == 303
    late = give(second, served, "false alarm", document=number(shelf), seen=seen[1])
    assert late.status_code == 409 and "En anden har afgjort det" in late.text
    assert verdict(shelf)["Kunder.xlsx"] == {"belongs"}
    now = re.search(r'name="seen" value="(\d+)"', second.get("/verdicts").text)
    assert now is not None
    told = give(second, served, "false alarm", document=number(shelf), seen=now[1])
    assert told.status_code == 303

"""Overblik: what requires a decision, in both languages, and the numbers behind it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from scanner.answers.deciding import Decision, weighed
from scanner.answers.figures import by_department, by_kind, changed
from scanner.answers.opened import Opened, opened
from scanner.index.store import Index
from scanner.web.page import Page
from scanner.web.pages.start import start
from scanner.web.warming import Warmer
from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.served import Served, serving

LIST = Doc("/srv/share/Kunder.xlsx", cprs(30), owner="anna", content="list")


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Served]:
    """Seven copies of a list, one of them open to all, a leaver's note, one unread document."""
    shelf = Shelf(tmp_path / "home")
    lists = [replace(LIST, path=f"/srv/share/{number}/Kunder.xlsx") for number in range(7)]
    note = Doc("/srv/share/note.txt", cprs(3, seed=5), owner="left")
    locked = Doc("/srv/share/locked.docx", status="unread", reason="encrypted", owner="bo")
    shelf.run([*lists, note, locked])
    shelf.sql("UPDATE document SET readable_by='everyone' WHERE display LIKE '%/3/%'")
    for account, department, left in (("anna", "Salg", ""), ("left", "HR", "2025-01-31")):
        shelf.sql(
            "INSERT INTO employee(account, name, department, left_on) VALUES (?,?,?,?)",
            *(account, account.title(), department, left),
        )
    with serving(shelf.config, shelf.path) as site:
        yield site


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param("da", "liste med 30 CPR-numre", id="the list, Danish"),
        pytest.param("da", "på 7 steder, 1 af dem kan læses af alle", id="its places"),
        pytest.param("da", "1 dokument med CPR-numre, som alle kan læse", id="open to all"),
        pytest.param("da", "1 dokument hos fratrådte medarbejdere", id="leavers"),
        pytest.param("da", "1 indhold, der ligger flere steder", id="copies"),
        pytest.param("da", "1 dokument er ikke læst", id="unread"),
        pytest.param("en", "list with 30 CPR numbers", id="the list, English"),
    ],
)
def test_a_decision_is_told(company: Served, language: str, said: str) -> None:
    officer = company.as_("compliance", language=language)
    page = officer.settled("/overview")
    assert page.status_code == 200
    assert said in text_of(page.text)
    assert page.text.count('<li class="card') <= 10


def test_every_button_leads_somewhere(company: Served) -> None:
    officer = company.as_("compliance")
    page = officer.settled("/overview").text
    leads = re.findall(r'class="button main" href="([^"]+)"', page)
    assert len(leads) == page.count('<li class="card') == 5
    for lead in leads:
        behind = officer.settled(html.unescape(lead))
        assert behind.status_code == 200
        assert "<td" in behind.text or 'class="items"' in behind.text or lead == "/coverage"


def test_a_document_that_belongs_there_is_no_decision(company: Served) -> None:
    from scanner.index.store import Decisions, decisions_path
    from scanner.index.verdicts import Basis, basis_of, keep

    officer = company.as_("compliance", language="en")
    assert "in 7 places" in text_of(officer.settled("/overview").text)
    with opened(company.site.index) as held:
        numbers = [
            row[0]
            for row in held.connection.execute(
                "SELECT id FROM document WHERE display LIKE '%Kunder%'"
            )
        ]
        bases = {n: basis_of(held.connection, n, held.judging) or Basis() for n in numbers}
    with Decisions(decisions_path(company.site.index)) as decisions:
        keep(decisions, numbers[0], "payroll", date(2999, 1, 1), bases[numbers[0]])
    assert "in 6 places" in text_of(officer.settled("/overview").text)
    with Decisions(decisions_path(company.site.index)) as decisions:
        for number in numbers[1:]:
            keep(decisions, number, "payroll", date(2999, 1, 1), bases[number])
    assert "list with" not in text_of(officer.settled("/overview").text)


@pytest.mark.parametrize("by", ["kind", "place", "device", "department"])
def test_numbers(company: Served, by: str) -> None:
    page = company.as_("compliance", language="en").settled(f"/numbers?by={by}")
    assert page.status_code == 200
    told = text_of(page.text)
    again = company.as_("compliance", language="en").settled(f"/numbers?by={by}").text
    assert "Of 9 documents" in told and "Of 9 documents" in text_of(again)  # kept or not
    expected = {
        "kind": "CPR number 8 33",
        "place": "LAPTOP-7: share 8",
        "device": "LAPTOP-7 8",
        "department": "HR 1",
    }
    assert expected[by] in told


def test_a_manager_sees_the_numbers_of_the_own_department(company: Served) -> None:
    manager = company.as_("manager", departments=("HR",), language="en")
    assert manager.get("/").headers["location"] == "/numbers"
    told = text_of(manager.settled("/numbers").text)
    assert "CPR number 1 3" in told
    departments = text_of(manager.settled("/numbers?by=department").text)
    assert "HR 1" in departments
    assert "Salg" not in departments
    assert "met 1 document" in told.lower() or "1 document" in told
    assert manager.get("/overview").status_code == 403


def test_what_changed_has_its_cause(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "home", places=("share", "new"))
    shelf.run([Doc("/srv/share/a.txt", cprs(1))])
    shelf.sql("UPDATE totals SET day='2026-11-01'")
    shelf.sql("UPDATE run SET started='2026-11-01T01:00:00+00:00', ended=started")
    shelf.run([Doc("/srv/share/a.txt", cprs(1)), Doc("/srv/share/b.txt", cprs(1, seed=3))])
    shelf.run([Doc("/srv/new/c.txt", cprs(1, seed=4))], place="new")
    with opened(shelf.path) as held:
        ((place_new, place_share), *_) = [tuple(held.connection.execute("SELECT id FROM place"))]
        assert place_new != place_share
        (cpr,) = changed(held, date(2026, 11, 20))
    assert (cpr.kind, cpr.before, cpr.now) == ("DK_CPR", 1, 3)
    assert cpr.causes == {"documents": 1, "new place": 1}
    shelf.sql("UPDATE run SET versions='{\"fodspor\": \"0\"}' WHERE started < '2026-11-02'")
    with opened(shelf.path) as held:
        (cpr,) = changed(held, date(2026, 11, 20))
        assert cpr.causes == {"version": 1, "new place": 1}
        assert [each.documents for each in by_kind(held)] == [3]
        assert [each.name for each in by_department(held)] == [""]


def test_a_page_has_its_lines_on_the_overview(company: Served) -> None:
    lines = [("Access <b>request</b>, 3 days left", "/cases/1"), ("no address", "")]
    for right in ("cases", "sql"):
        page = Page(f"log {right}", f"/x{right}", right, start, teaser=lambda _: lines)
        company.site.pages = (*company.site.pages, page)
    told = company.as_("compliance").settled("/overview").text
    assert '<a href="/cases/1">Access &lt;b&gt;request&lt;/b&gt;, 3 days left</a>' in told
    assert told.count("no address") == 1  # not of a page that this account may not see


def test_what_costs_is_asked_once_until_the_index_changes(
    company: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(held: Opened) -> list[Decision]:
        asked.append("decisions")
        return weighed(held)

    monkeypatch.setattr("scanner.web.pages.overview.weighed", counted)
    company.as_("manager", departments=("HR",))
    warmer = Warmer(company.site)
    pages = 7  # Overblik, kinds, copies, undecided, reports, the work list; the manager's kinds
    assert warmer.warm() == pages
    assert warmer.warm() == 0
    officer = company.as_("compliance")
    for _ in range(2):
        officer.settled("/overview")
    assert len(asked) == 1
    with Index(company.site.index) as index:
        index.set_meta("changed", "now")
    assert warmer.warm() == pages
    officer.settled("/overview")
    assert len(asked) == 2
    company.clock.pass_(days=1)
    assert warmer.warm() > 0


def test_a_part_is_not_told_what_the_whole_was(company: Served) -> None:
    whole = company.as_("compliance", language="en")
    part = company.as_("compliance", departments=("HR",), language="en")
    assert "list with 30" in text_of(whole.settled("/overview").text)
    assert "list with 30" not in text_of(part.settled("/overview").text)


def test_distinct_values_of_several_places_are_not_added_up(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "home", places=("salg", "hr"))
    for place, told in (("salg", 7), ("hr", None)):
        shelf.run([Doc(f"/srv/{place}/a.txt", cprs(7))], place=place)
        with opened(shelf.path) as held:
            assert [each.values for each in by_kind(held)] == [told]


def test_a_page_names_no_command_where_its_menu_leads(company: Served) -> None:
    """Why something is unread is told to officers without a command of a terminal."""
    told = text_of(company.as_("compliance", language="da").settled("/overview").text)
    assert "fodspor report" not in told


def test_a_list_that_all_can_read_says_so_once(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/Kunder.xlsx", cprs(30))])
    shelf.sql("UPDATE document SET readable_by='everyone'")
    with serving(shelf.config, shelf.path) as served:
        told = text_of(served.as_("compliance", language="da").settled("/overview").text)
    assert "på 1 sted, som alle kan læse" in told

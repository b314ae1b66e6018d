"""Charts that answer a question each: their numbers, where they lead, and nobody is ranked."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest

from scanner.answers.employees import mark_of_account
from scanner.web.background import Background
from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.served import Browser, Served
from tests.web.test_documents import listed, shelf

__all__ = ["shelf"]


def table(browser: Browser, query: str) -> dict[str, tuple[int, str]]:
    """Return the rows of a chart's table: its name, its documents, where it leads."""
    told = browser.settled(f"/numbers?{query}")
    assert told.status_code == 200, told.text
    found = {}
    for head, number in re.findall(
        r'<tr><th scope="row">(.*?)</th><td class="number">([\d.,]+)</td>', told.text
    ):
        lead = re.search(r'href="([^"]*)"', head)
        name = html.unescape(re.sub("<[^>]*>", "", head))
        found[name] = (int(number), html.unescape(lead[1]) if lead else "")
    return found


@pytest.mark.parametrize(
    ("query", "counts"),
    [
        pytest.param("by=department&kind=DK_CPR", {"Salg": 2, "HR": 2}, id="a kind, by department"),
        pytest.param("by=department&group=special", {"HR": 1}, id="a group, by department"),
        pytest.param("by=place&kind=DK_CPR", {"LAPTOP-7: share": 4}, id="a kind, by place"),
        pytest.param("by=device&kind=HEALTH", {"LAPTOP-7": 1}, id="a kind, by device"),
        pytest.param(
            "by=department",
            {"Salg": 2, "HR": 3, "without a department": 1},
            id="all, by department",
        ),
        pytest.param("by=place", {"LAPTOP-7: share": 5, "LAPTOP-7: hr": 1}, id="all, by place"),
        pytest.param("by=device", {"LAPTOP-7": 6}, id="all, by device"),
        pytest.param(
            "by=kind", {"CPR number": 4, "phone number": 1, "possible health data": 1}, id="by kind"
        ),
    ],
)
def test_the_numbers_are_those_of_the_documents_behind_them(
    served: Served, query: str, counts: dict[str, int]
) -> None:
    officer = served.as_("compliance", language="en")
    rows = table(officer, query)
    assert {name: number for name, (number, _) in rows.items()} == counts
    for name, (number, lead) in rows.items():
        if name != "without a department":
            assert len(listed(officer, lead.partition("?")[2])) == number, name


@pytest.mark.parametrize(
    ("language", "query", "question"),
    [
        (
            "da",
            "by=department&kind=DK_CPR",
            "Hvilke afdelinger har flest dokumenter med CPR-nummer?",
        ),
        ("en", "by=place&group=special", "Which places have most documents with"),
        ("da", "by=kind", "Hvilke personoplysninger ligger der?"),
    ],
)
def test_the_question_is_the_heading(
    served: Served, language: str, query: str, question: str
) -> None:
    told = served.as_("compliance", language=language).get(f"/numbers?{query}").text
    assert f"<h1>{question}" in html.unescape(told)
    assert f'aria-label="{question}' in html.unescape(told)


def test_the_table_is_a_file_too_without_formulas(served: Served, shelf: Shelf) -> None:
    shelf.sql("UPDATE employee SET department='=cmd|'' /c calc''!A1' WHERE account='anna'")
    officer = served.as_("compliance", language="en")
    officer.settled("/numbers?by=department&kind=DK_CPR")
    told = officer.get("/numbers.csv?by=department&kind=DK_CPR")
    rows = list(csv.reader(io.StringIO(told.content.decode("utf-8-sig")), delimiter=";"))
    assert dict(rows[1:]) == {"'=cmd|' /c calc'!A1": "2", "HR": "2"}


def test_what_takes_long_is_told_so(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def under_way(self: Background, *_: Any, **__: Any) -> Any:
        from scanner.web.background import Made

        return Made(None, None, True)

    officer = served.as_("compliance", language="en")
    monkeypatch.setattr(Background, "get", under_way)
    told = officer.get("/numbers?by=department&kind=DK_CPR").text
    assert 'http-equiv="refresh"' in told and "<table>" not in told


def test_a_manager_sees_the_own_department_and_no_way_to_documents(served: Served) -> None:
    manager = served.as_("manager", departments=("HR",), language="en")
    rows = table(manager, "by=department&kind=DK_CPR")
    assert rows == {"HR": (2, "")}
    assert "Salg" not in manager.get("/numbers.csv?by=department").text
    assert "/employees" not in manager.get("/numbers").text
    assert manager.get("/employees").status_code == 403


@pytest.mark.parametrize("query", ["by=x", "kind=X", "place=1", "who=ff"])
def test_nothing_else_is_asked_there(served: Served, query: str) -> None:
    assert served.as_("compliance").get(f"/numbers?{query}").status_code == 404


def test_employees_stand_by_name_and_only_where_there_is_something_to_decide(
    served: Served, shelf: Shelf
) -> None:
    shelf.sql("UPDATE employee SET name='Åse' WHERE account='anna'")
    officer = served.as_("compliance", language="en")
    told = officer.get("/employees").text
    names = re.findall(r'<th scope="row"><a href="/documents\?who=[0-9a-f]{16}">(\w+)<', told)
    assert names == ["Bo", "Left", "Åse"]
    assert "1 document of high or critical risk" in told and "has left" in told
    assert f"who={mark_of_account('anna')}" in told and "who=anna" not in told
    found = officer.post("/employees", name="ås").text
    assert "Åse" in found and ">Bo<" not in found
    assert "Nobody" in officer.post("/employees", name="nobody at all").text


def test_who_has_little_is_not_named(served: Served, shelf: Shelf) -> None:
    shelf.run([Doc("/srv/hr/lidt.txt", cprs(1), owner="carl")], place="hr")
    assert "carl" not in served.as_("compliance").get("/employees").text


def test_a_part_names_its_own_people(served: Served) -> None:
    told = served.as_("compliance", departments=("HR",)).get("/employees").text
    assert ">Bo<" in told and "Anna" not in told

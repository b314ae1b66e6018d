"""Reports: overdue, special categories, and the record of processing with its export."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.served import Served
from tests.web.test_verdicts_pages import KUNDER, danish, give, number


def test_the_record_of_processing_is_what_was_decided(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    give(officer, served, document=number(shelf), purpose="=cmd|' /c calc'!A1")
    page = officer.get("/reports").text
    assert "Kunder.xlsx" in page and "b) kontrakt" in page and "CPR" in page
    told = officer.get("/reports/record.csv")
    rows = told.text.splitlines()
    assert len(rows) == 2 and "Kunder.xlsx" in rows[1]
    assert not rows[1].startswith(("=", '"='))
    give(officer, served, "waits", document=number(shelf))
    assert "Kunder.xlsx" not in officer.get("/reports").text


def test_the_record_has_all_categories_of_a_document_and_its_short_name(
    served: Served, shelf: Shelf
) -> None:
    mail = replace(cprs(1)[0], kind="EMAIL_ADDRESS", value="a@firma.example.com")
    shelf.run([KUNDER, Doc("/srv/share/list.txt", (mail, *cprs(2)))])
    officer = danish(served)
    give(officer, served, document=number(shelf, "list.txt"))
    row = officer.settled("/reports/record.csv").text.splitlines()[1]
    assert "CPR-nummer, e-mail" in row
    for path in ("/reports", "/reports/record.csv", "/verdicts/given"):
        told = officer.settled(path).text
        assert "share: list.txt" in told and "/srv/share/list.txt" not in told, path


def test_what_is_overdue_stands_by_department(served: Served, shelf: Shelf) -> None:
    give(danish(served), served, "move", document=number(shelf))
    assert "Intet, der skulle" in danish(served).get("/reports").text
    served.clock.at += timedelta(days=201)
    page = danish(served).get("/reports").text
    assert "<td>anna</td>" in page and "Intet, der skulle" not in page


def test_special_categories(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    assert "Ingen fundet" in officer.get("/reports").text
    health = replace(cprs(1)[0], kind="HEALTH", value="sygemelding")
    shelf.run([KUNDER, Doc("/srv/share/x.txt", (health,))])
    page = officer.get("/reports").text
    assert "Ingen fundet" not in page and "sygemelding" not in page


def test_a_department_reads_of_its_own_alone(served: Served, shelf: Shelf) -> None:
    shelf.sql("INSERT INTO employee(account, department) VALUES ('anna', 'Salg'), ('bo', 'HR')")
    give(danish(served), served, document=number(shelf))
    part = danish(served, departments=("HR",))
    assert "Kunder" not in part.get("/reports").text
    assert "Kunder" not in part.get("/reports/record.csv").text

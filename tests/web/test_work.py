"""Work lists: who is asked, by when, what is overdue, and that an employee sees the own alone."""

from __future__ import annotations

from datetime import timedelta

from scanner.index.store import Decisions, decisions_path
from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.served import Served
from tests.web.test_verdicts_pages import KUNDER, danish, give, number

NOTE = Doc("/srv/share/note.txt", cprs(1, seed=2), owner="bo")


def asked_to_move(served: Served, shelf: Shelf) -> None:
    shelf.sql("INSERT INTO employee(account, department) VALUES ('anna', 'Salg'), ('bo', 'HR')")
    officer = danish(served)
    give(officer, served, "move", document=[number(shelf), number(shelf, "note.txt")])


def test_tasks_stand_by_department_and_owner(served: Served, shelf: Shelf) -> None:
    asked_to_move(served, shelf)
    officer = danish(served)
    page = officer.get("/tasks").text
    assert page.index("HR") < page.index("Salg")
    assert page.count("<td>åben") == 2
    assert "Kunder.xlsx" in page and "note.txt" in page
    page = officer.get("/tasks?department=HR").text
    assert "Kunder.xlsx" not in page and "note.txt" in page


def test_what_is_past_its_day_is_overdue(served: Served, shelf: Shelf) -> None:
    asked_to_move(served, shelf)
    served.clock.at += timedelta(days=201)
    assert 'class="risk-critical">overskredet' in danish(served).get("/tasks").text


def test_what_is_gone_is_done_whatever_was_told(served: Served, shelf: Shelf) -> None:
    asked_to_move(served, shelf)
    officer = danish(served)
    assert officer.post("/tasks/done", "/tasks", verdict=1).status_code == 303
    assert "<td>meldt gjort" in officer.get("/tasks").text
    shelf.run([NOTE])
    assert "<td>væk</td>" in officer.get("/tasks").text


def test_what_was_told_done_and_is_still_there_is_open_again(served: Served, shelf: Shelf) -> None:
    asked_to_move(served, shelf)
    officer = danish(served)
    officer.post("/tasks/done", "/tasks", verdict=1)
    with Decisions(decisions_path(shelf.path)) as decisions:
        decisions.connection.execute("UPDATE verdict SET told_done='2026-01-01T00:00:00+00:00'")
    assert "<td>meldt gjort" not in officer.get("/tasks").text


def test_a_folder_is_asked_of_each_owner_in_it(served: Served, shelf: Shelf) -> None:
    give(danish(served), served, "move", document=number(shelf), about="folder", level=0)
    page = danish(served).get("/tasks").text
    assert ">anna<" in page and ">bo<" in page


def test_an_employee_sees_and_answers_the_own_alone(served: Served, shelf: Shelf) -> None:
    asked_to_move(served, shelf)
    anna = danish(served, "employee", employee="anna")
    page = anna.get("/tasks").text
    assert "Kunder.xlsx" in page and "note.txt" not in page and ">bo<" not in page
    assert anna.post("/tasks/done", "/tasks", verdict=2).status_code == 404
    assert anna.post("/tasks/done", "/tasks", verdict=1).status_code == 303
    assert anna.get("/verdicts").status_code == 403
    shelf.run([KUNDER])
    assert "note.txt" not in anna.get("/tasks").text


def test_what_was_taken_back_is_no_task(served: Served, shelf: Shelf) -> None:
    asked_to_move(served, shelf)
    officer = danish(served)
    officer.post("/verdicts/undo", "/verdicts/given", verdict=1)
    assert "Kunder.xlsx" not in officer.get("/tasks").text

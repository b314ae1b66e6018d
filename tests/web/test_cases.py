"""Cases: deadlines, who sees what, what is kept of a person, and when an erasure may be closed."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from scanner.deadlines import due, easter, left, months_after
from scanner.index.store import Decisions, decisions_path
from tests.answers.shelf import Doc, Shelf
from tests.web.served import Browser, Served
from tests.web.test_verdicts_pages import KUNDER, danish, give, number

PERSON = KUNDER.values[0].value


def opened(browser: Browser, served: Served, kind: str = "erasure", **more: Any) -> Any:
    begun = served.clock().astimezone().isoformat(timespec="minutes")[:16]
    fields = {"type": kind, "title": "skema 7", "person": PERSON, "begun": begun, **more}
    return browser.post("/cases/new", "/cases", **fields)


@pytest.mark.parametrize(
    ("begun", "months", "end"),
    [
        pytest.param(date(2026, 3, 5), 1, date(2026, 4, 7), id="Easter Sunday; Monday is one too"),
        pytest.param(date(2026, 8, 31), 1, date(2026, 9, 30), id="no 31 September"),
        pytest.param(date(2026, 9, 10), 1, date(2026, 10, 12), id="a Saturday"),
        pytest.param(date(2026, 11, 25), 1, date(2026, 12, 28), id="Christmas, then a weekend"),
        pytest.param(date(2026, 4, 14), 1, date(2026, 5, 15), id="Ascension Day"),
        pytest.param(date(2026, 11, 30), 3, date(2027, 3, 1), id="February, and a Sunday"),
        pytest.param(date(2026, 5, 5), 1, date(2026, 6, 5), id="a working day stays"),
    ],
)
def test_a_month_ends_when_the_law_says(begun: date, months: int, end: date) -> None:
    assert months_after(begun, months) == end


def test_easter() -> None:
    known = [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)]
    assert [easter(each.year) for each in known] == known


def test_a_breach_has_72_hours_through_weekends() -> None:
    begun = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)
    end = due("breach", begun)
    assert end == datetime(2026, 11, 30, 16, 30, tzinfo=UTC)
    assert left(end, begun + timedelta(hours=70, minutes=10), hours=True) == 1
    assert left(end, begun + timedelta(hours=72, minutes=1), hours=True) == -1


def test_a_case_keeps_no_value_and_shows_where_the_person_is(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    assert opened(officer, served).headers["location"] == "/cases/1"
    page = officer.get("/cases/1").text
    assert "Kunder.xlsx" in page and PERSON[:4] in page
    assert PERSON not in page
    for path in shelf.folder.glob("index*"):
        assert PERSON.encode() not in path.read_bytes()
    with Decisions(decisions_path(shelf.path)) as decisions:
        subjects = [each.subject for each in decisions.lines(50) if each.action == "person"]
    assert len(subjects) == 2 and len(set(subjects)) == 1  # opened, and looked at


def test_service_opens_a_case_and_sees_its_state_alone(served: Served, shelf: Shelf) -> None:
    officer, service = danish(served), danish(served, "service")
    opened(officer, served, title="fra den ansvarlige")
    assert opened(service, served).headers["location"] == "/cases"
    page = service.get("/cases").text
    assert "skema 7" in page and "fra den ansvarlige" not in page and "Kunder" not in page
    assert "tilbage" in page and "LAPTOP-7" not in page
    assert service.get("/cases/2").status_code == 403
    assert "skema 7" in officer.get("/cases").text


def test_an_erasure_is_not_closed_while_a_place_holds_the_person(
    served: Served, shelf: Shelf
) -> None:
    officer = danish(served)
    opened(officer, served)
    closing = {"did": "close", "text": "slettet overalt"}
    told = officer.post("/cases/1", **closing)
    assert told.status_code == 409 and "stadig" in told.text
    shelf.run([Doc("/srv/share/note.txt", owner="bo")])
    assert officer.post("/cases/1", **closing).status_code == 303
    page = officer.get("/cases").text
    assert "Lukket" in page and "findes igen" not in page
    shelf.run([Doc("/srv/share/gammel kopi.xlsx", KUNDER.values)])
    assert "findes igen" in officer.get("/cases").text
    officer.post("/cases/1", did="reopen", text="kopi dukket op")
    assert "tilbage" in officer.get("/cases").text


def test_what_belongs_does_not_keep_an_erasure_open(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    opened(officer, served)
    give(officer, served, document=number(shelf))
    assert officer.post("/cases/1", did="close", text="faktura beholdt").status_code == 303
    page = officer.get("/cases/1").text
    assert "Hører til her" in page and "faktura beholdt" in page


def test_a_reason_closes_it_and_is_kept(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    opened(officer, served)
    officer.post("/cases/1", did="close", text="så langt", despite="enheden er bortkommet")
    page = officer.get("/cases/1").text
    assert "enheden er bortkommet" in page and "Kunder.xlsx" in page
    assert "findes igen" not in officer.get("/cases").text


def test_steps_notes_and_evidence_are_lines_that_stay(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    opened(officer, served, "access")
    officer.post("/cases/1", did="step", step="identity")
    officer.post("/cases/1", did="note", text=f"talte med ham, {PERSON}")
    officer.post("/cases/1", did="evidence")
    page = officer.get("/cases/1").text
    assert "✓ Identitet" in page and "talte med ham" in page and PERSON not in page
    assert "1 sted havde personen" in page and "ulæst" in page
    officer.post("/cases/1", did="step", step="identity")
    assert "✓ Identitet" not in officer.get("/cases/1").text
    with Decisions(decisions_path(shelf.path)) as decisions:
        assert decisions.verify() is None
        for change in ("UPDATE case_line SET who='x'", "DELETE FROM case_line"):
            with pytest.raises(sqlite3.DatabaseError, match="added only"):
                decisions.connection.execute(change)


def test_a_request_is_extended_with_a_reason_and_a_breach_never(
    served: Served, shelf: Shelf
) -> None:
    officer = danish(served)
    opened(officer, served, "access")
    before = shown_days(officer)
    officer.post("/cases/1", did="extend", text="mange systemer")
    assert shown_days(officer) > before + 50
    opened(officer, served, "breach", person="")
    assert officer.post("/cases/2", did="extend", text="mere tid").status_code == 400
    assert "71 timer" in officer.get("/cases/2").text or "72 timer" in officer.get("/cases/2").text


def shown_days(browser: Browser) -> int:
    return int(browser.get("/cases").text.split(" dage tilbage")[0].rpartition(">")[2])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"type": "theft"}, id="no such type"),
        pytest.param({"person": ""}, id="no person"),
        pytest.param({"person": "?!"}, id="what is no value"),
        pytest.param({"begun": "2099-01-01T10:00"}, id="the future"),
        pytest.param({"begun": "' OR 1=1 --"}, id="no time"),
        pytest.param({"device": "../../etc"}, id="no device"),
    ],
)
def test_what_is_no_case_is_refused(served: Served, shelf: Shelf, change: dict[str, str]) -> None:
    fields: dict[str, Any] = dict(change)
    kind = fields.pop("type", "access")
    assert opened(danish(served), served, kind, **fields).status_code in (400, 404)


def test_a_hostile_title_stays_text(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    opened(officer, served, title="<script>alert(1)</script>{{7*7}}")
    for path in ("/cases", "/cases/1"):
        page = officer.get(path).text
        assert "<script>" not in page and "{{7*7}}" in page


def test_a_department_sees_no_other_cases_on_its_overview(served: Served) -> None:
    """It works on none, so nothing of them may lead to a page that refuses it."""
    opened(danish(served), served, title="skema 7")
    part = danish(served, departments=("HR",))
    assert "Sag 1" not in part.settled("/overview").text
    assert "skema 7" not in part.get("/cases").text
    opened(part, served, title="skema 8")
    told = part.settled("/overview").text
    assert 'href="/cases">Sag 2' in told and "Sag 1" not in told
    assert "skema 8" in part.get("/cases").text

"""The report of a month: a truth table of numbers, for whom, in which forms; no names."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from docx import Document

from scanner.answers.coverage import Coverage
from scanner.answers.month import Between, Month, month_of, span_of
from scanner.index import cases as kept
from scanner.index.store import Decisions, decisions_path
from scanner.web.background import Background, Made
from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.served import Served, serving
from tests.web.test_verdicts_pages import danish, give

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CPR = cprs(4, seed=9)
HEALTH = (replace(CPR[0], kind="HEALTH", value="sygemelding"),)
MAIL = (replace(CPR[0], kind="EMAIL_ADDRESS", value="ida@kunde.example"),)
KEPT = Doc("/srv/share/Anna Holm.xlsx", cprs(30), owner="anna")
RUNS = (
    ("2026-09-10", [KEPT, Doc("/srv/share/væk.txt", cprs(2, seed=3), owner="bo")]),
    ("2026-10-05", [KEPT, Doc("/srv/share/ny.docx", HEALTH, owner="bo")]),
    (
        "2026-11-05",
        [
            KEPT,
            Doc("/srv/share/ny.docx", HEALTH, owner="bo"),
            Doc("/srv/share/post.txt", MAIL, owner="bo"),
        ],
    ),
)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "home", places=("share", "hr"))
    for number, (day, docs) in enumerate(RUNS, 1):
        made.run(docs)
        at = f"{day}T02:00:00+00:00"
        made.sql("UPDATE run SET started=?, ended=? WHERE number=?", at, at, number)
    made.run([Doc("/srv/hr/a.txt", cprs(1, seed=4), owner="bo")], place="hr", status="interrupted")
    made.sql(
        "UPDATE run SET started='2026-10-20T02:00:00+00:00', ended='2026-10-20T03:00:00+00:00'"
        " WHERE status='interrupted'"
    )
    for account, department in (("anna", "Salg"), ("bo", "HR")):
        made.sql("INSERT INTO employee(account, department) VALUES (?,?)", account, department)
    return made


@pytest.fixture
def served(shelf: Shelf) -> Iterator[Served]:
    with serving(shelf.config, shelf.path) as site:
        site.clock.at = NOW
        yield site


def counted(shelf: Shelf, month: str, now: datetime = NOW) -> Month:
    with shelf.opened() as held:
        held.moment = now
        return month_of(held, span_of(month, now), Coverage(), history_days=400)


@pytest.mark.parametrize(
    ("month", "documents", "confidential", "special", "ordinary"),
    [
        pytest.param("2026-08", (0, 0), (0, 0), (0, 0), (0, 0), id="before the first run"),
        pytest.param("2026-09", (0, 2), (0, 2), (0, 0), (0, 0), id="two came"),
        pytest.param("2026-10", (2, 3), (2, 2), (0, 1), (0, 0), id="one went, two came"),
        pytest.param("2026-11", (3, 4), (2, 2), (1, 1), (0, 1), id="not over yet"),
    ],
)
def test_what_was_found_then_and_its_change(
    shelf: Shelf,
    month: str,
    documents: tuple[int, int],
    confidential: tuple[int, int],
    special: tuple[int, int],
    ordinary: tuple[int, int],
) -> None:
    found = counted(shelf, month)
    assert found.documents == Between(*documents)
    assert found.groups == {
        "criminal": Between(0, 0),
        "special": Between(*special),
        "confidential": Between(*confidential),
        "ordinary": Between(*ordinary),
    }
    assert sum(held["special"].after for held in found.places.values()) == special[1]


def test_by_place_and_runs(shelf: Shelf) -> None:
    found = counted(shelf, "2026-10")
    assert found.places["LAPTOP-7: hr"]["confidential"] == Between(0, 1)
    assert found.places["LAPTOP-7: share"]["confidential"] == Between(2, 1)
    assert found.runs == {"done": 1, "interrupted": 1}
    assert (found.whole_places, found.all_places) == (1, 2)
    assert found.undecided == 2 and not found.undecided_at_least


@pytest.mark.parametrize(
    ("text", "now", "told"),
    [
        pytest.param("", NOW, (2026, 10, True), id="the last whole one"),
        pytest.param("2026-11", NOW, (2026, 11, False), id="this one, so far"),
        pytest.param("2025-12", NOW, (2025, 12, True), id="over a year's end"),
    ],
)
def test_which_month(text: str, now: datetime, told: tuple[int, int, bool]) -> None:
    span = span_of(text, now)
    assert (span.year, span.month, span.whole) == told


@pytest.mark.parametrize("text", ["2026-12", "2026-13", "2026", "x", "26-10", "2026-10-01", "'"])
def test_no_such_month(served: Served, text: str) -> None:
    with pytest.raises(ValueError, match=r"month|begun"):
        span_of(text, NOW)
    assert served.as_("compliance").get(f"/reports/month?month={text}").status_code == 400


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("da", ("Månedsrapport, oktober 2026", "Følsomme (art. 9)", "2 gennemgange i måneden")),
        ("en", ("Monthly report, October 2026", "Special categories", "2 runs in the month")),
    ],
)
def test_the_page_and_the_document_say_the_same(
    served: Served, language: str, said: tuple[str, ...]
) -> None:
    officer = served.as_("compliance", language=language)
    page = unescape(officer.settled("/reports/month?month=2026-10").text)
    told = officer.settled("/reports/month.docx?month=2026-10")
    assert "2026-10.docx" in told.headers["content-disposition"]
    document = Document(io.BytesIO(told.content))
    texts = [each.text for each in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for each in said:
        assert each in page and any(each in text for text in texts), each
    groups = document.tables[0]
    assert [cell.text for cell in groups.rows[-1].cells][1:] == ["2", "3", "+1"]
    for form in (page, " ".join(texts)):
        assert "Anna" not in form and "anna" not in form and "ny.docx" not in form


def test_decisions_and_cases(served: Served, shelf: Shelf) -> None:
    ((number,),) = shelf.sql("SELECT id FROM document WHERE display LIKE '%Anna%'")
    give(danish(served), served, document=str(number))
    path = decisions_path(shelf.path)
    with Decisions(path) as decisions:
        for kind, opened, due, closed in (
            ("access", "2026-10-02", "2026-11-02", "2026-10-20"),
            ("access", "2026-09-02", "2026-10-02", "2026-10-20"),
            ("access", "2026-10-03", "2026-10-10", None),
            ("breach", "2026-10-04", "2026-10-07", None),
            ("erasure", "2026-11-02", "2026-12-02", None),
        ):
            made = kept.begin(decisions, kind, "Anna Holm", NOW, (), "anna")  # type: ignore[arg-type]
            ended = f"{closed}T12:00:00+00:00" if closed else None
            decisions.connection.execute(
                "UPDATE case_file SET opened=?1, begun=?1, due=?2, closed=?3 WHERE id=?4",
                (f"{opened}T12:00:00+00:00", f"{due}T12:00:00+00:00", ended, made),
            )
            if kind == "breach":
                decisions.connection.execute(
                    "INSERT INTO case_line(case_file, at, who, what, detail) VALUES (?,?,?,?,?)",
                    (made, "2026-10-06T12:00:00+00:00", "anna", "step", '{"step": "authority"}'),
                )
        decisions.connection.execute("UPDATE verdict SET made='2026-10-09T12:00:00+00:00'")
    found = counted(shelf, "2026-10")
    told = {each.type: each for each in found.cases or ()}
    access, breach = told["access"], told["breach"]
    assert (access.opened, access.closed, access.in_time) == (2, 2, 1)
    assert (access.open, access.late) == (1, 1)
    assert (breach.opened, breach.open, breach.late) == (1, 1, 1)
    assert "erasure" not in told
    assert found.notified == Between(1, 1)
    assert found.decided == {"belongs": 1} and counted(shelf, "2026-09").decided == {}
    page = unescape(danish(served).settled("/reports/month?month=2026-10").text)
    assert "Anna" not in page and "1 brud blev kendt" in page and "Indsigt (art. 15)" in page


def test_a_manager_reads_of_the_own_department(served: Served) -> None:
    manager = served.as_("manager", departments=("HR",), language="da")
    page = unescape(manager.settled("/reports/month?month=2026-10").text)
    told = Document(io.BytesIO(manager.settled("/reports/month.docx?month=2026-10").content))
    last = [cell.text for cell in told.tables[0].rows[-1].cells]
    assert last[1:] == ["1", "2", "+1"]  # of two and three
    assert "Sager vises kun for hele" in page and "din egen afdelings" in page
    whole = Document(
        io.BytesIO(danish(served).settled("/reports/month.docx?month=2026-10").content)
    )
    assert [cell.text for cell in whole.tables[0].rows[-1].cells][1:] == ["2", "3", "+1"]


@pytest.mark.parametrize(
    ("role", "more"),
    [("it", {}), ("employee", {"employee": "bo"}), ("service", {}), ("auditor", {})],
)
def test_refused(served: Served, role: str, more: dict[str, str]) -> None:
    somebody = served.as_(role, **more)  # type: ignore[arg-type]
    for path in ("/reports/month", "/reports/month.docx"):
        assert somebody.get(path).status_code == 403


def test_what_takes_long_is_told_so(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = served.as_("compliance", language="en")
    monkeypatch.setattr(Background, "get", lambda *_, **__: Made(None, None, True))
    assert 'http-equiv="refresh"' in officer.get("/reports/month").text
    assert officer.get("/reports/month.docx").status_code == 303


def test_the_command_tells_the_same(shelf: Shelf) -> None:
    (line,) = shelf.ask("report", "month", "--month", "2026-10", "--json").lines
    assert line["documents"] == {"before": 2, "after": 3}
    assert line["groups"]["special"] == {"before": 0, "after": 1}
    assert json.dumps(line).count("Anna") == 0
    told = shelf.ask("report", "month", "--month", "2026-10", language="da").out
    assert "Månedsrapport, oktober 2026" in told and "Følsomme (art. 9)" in told
    assert "2999" in shelf.ask("report", "month", "--month", "2999-01", code=2).err

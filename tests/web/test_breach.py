"""A breach: what lay there at a date, how many persons, who can be named, and the notice."""

from __future__ import annotations

import json
import random
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.answers.breach import Counting, Found, Persons, breach, row_of, scope_of
from scanner.demo import fake
from tests.answers.shelf import DEVICE, Doc, Shelf, Value, cprs
from tests.web.served import Served, serving
from tests.web.test_cases import opened as opened_case
from tests.web.test_verdicts_pages import danish

OTHER = "0b5f0b52-5a59-4a0e-9c55-3f8f3b9f6a02"


def found(kind: str, value: str, *places: tuple[str, ...]) -> Found:
    return kind, value.encode(), json.dumps([list(place) for place in places])


def rows(number: int, *kinds: str, sheet: str = "Ark1", first: int = 0) -> list[Found]:
    return [
        found(kind, f"{kind}{each}", (sheet, f"{column}{each + 2}"))
        for each in range(first, first + number)
        for column, kind in zip("ABCD", kinds, strict=False)
    ]


@pytest.mark.parametrize(
    ("contents", "least", "most"),
    [
        pytest.param([rows(7, "DK_CPR", "EMAIL_ADDRESS", "PERSON")], 7, 7, id="a list joins rows"),
        pytest.param([rows(7, "EMAIL_ADDRESS", "PERSON")], 7, 7, id="rows that share nothing"),
        pytest.param(
            [rows(7, "EMAIL_ADDRESS")], 1, 7, id="addresses alone may all be one person's"
        ),
        pytest.param(
            [rows(5, "DK_CPR"), rows(3, "EMAIL_ADDRESS", first=9)], 5, 8, id="joined to nothing"
        ),
        pytest.param(
            [rows(4, "DK_CPR", "PERSON"), rows(4, "PERSON", "EMAIL_ADDRESS", sheet="B")],
            4,
            4,
            id="one name joins two lists",
        ),
        pytest.param(
            [[found("DK_CPR", "a", ("page 1",)), found("PERSON", "b", ("page 2",))]],
            1,
            1,
            id="a letter about one person",
        ),
        pytest.param(
            [[found("DK_CPR", "a", ("line 1",)), found("DK_CPR", "b", ("line 1",))]],
            2,
            2,
            id="two numbers in one line are two persons",
        ),
        pytest.param([[]], 0, 0, id="nobody"),
    ],
)
def test_persons_are_an_interval(contents: list[list[Found]], least: int, most: int) -> None:
    counting = Counting()
    for each in contents:
        counting.content(each)
    assert counting.persons(set(), set()) == Persons(least, most, 0, 0, most)


def test_who_can_be_named_how() -> None:
    counting = Counting()
    counting.content(rows(5, "DK_CPR", "PERSON"))
    told = counting.persons({b"PERSON0", b"DK_CPR1"}, {b"DK_CPR1", b"DK_CPR2"})
    assert told == Persons(5, 5, register=2, copy=1, nobody=2)


@pytest.mark.parametrize(
    ("place", "row"),
    [
        (["Ark1", "B14"], ("Ark1", "14")),
        (["table 2", "row 3"], ("table 2", "row 3")),
        (["line 7", "column 2"], ("line 7",)),
        (["page 3"], ()),
        ([], ()),
    ],
)
def test_rows(place: list[str], row: tuple[str, ...]) -> None:
    assert row_of(place) == row


@pytest.fixture
def laptop(tmp_path: Path) -> Shelf:
    """A laptop that held a list, which is gone since; some of it lies on another device."""
    shelf = Shelf(tmp_path / "home")
    shelf.run([Doc("/srv/share/list.xlsx", cprs(20)), Doc("/srv/share/a.pdf", status="unread")])
    shelf.sql("UPDATE run SET started='2026-03-01T08:00:00+00:00'")
    shelf.run([Doc("/srv/share/b.txt", cprs(2, seed=7))])
    shelf.sql("UPDATE run SET started='2026-05-01T08:00:00+00:00' WHERE number=2")
    shelf.sql("UPDATE device SET encryption='on'")
    shelf.sql("INSERT INTO device(id, label, platform) VALUES (?, 'PC-2', 'Linux')", OTHER)
    shelf.run([Doc("/srv/other/c.txt", cprs(5))], place="other", device=OTHER)
    return shelf


@pytest.mark.parametrize(
    ("at", "persons", "unread"),
    [
        pytest.param("2026-02-01T00:00:00+00:00", Persons(), 0, id="before it was read"),
        pytest.param(
            "2026-03-02T00:00:00+00:00", Persons(20, 20, 0, 5, 15), 1, id="while the list lay there"
        ),
        pytest.param("2026-06-01T00:00:00+00:00", Persons(2, 2, 0, 0, 2), 0, id="after"),
    ],
)
def test_a_device_at_a_date(laptop: Shelf, at: str, persons: Persons, unread: int) -> None:
    with laptop.opened() as opened:
        about = scope_of(opened, device=DEVICE)
        assert about is not None
        told = breach(opened, at, about)
    assert (told.persons, told.not_read, told.encryption) == (persons, unread, "on")


def test_the_page_says_it_in_words_with_its_coverage(laptop: Shelf) -> None:
    with serving(laptop.config, laptop.path) as served:
        officer = danish(served)
        page = officer.get(f"/breach?device={DEVICE}&at=2026-03-02").text
        assert "mindst 20, højst 20" in page and "15 kan ikke navngives herfra" in page
        assert "Disken er krypteret" in page and "01-03-2026" in page
        assert 'class="coverage"' in page
        assert officer.get("/breach?device=../etc").status_code == 404
        assert officer.get(f"/breach?device={DEVICE}&at=2999-01-01").status_code == 400
        assert danish(served, "it").get("/breach").status_code == 403


def test_a_document_by_itself(served: Served, shelf: Shelf) -> None:
    page = danish(served).get("/breach?document=1").text
    assert "mindst 30, højst 30" in page and "Kunder.xlsx" in page


def test_before_the_first_reading_nothing_is_known(served: Served) -> None:
    page = danish(served).get(f"/breach?device={DEVICE}&at=2020-01-01").text
    assert page.count("Personer: vides ikke") == 2  # above, and in the draft
    assert "højst 0" not in page
    assert "mindst 0" not in page


def test_the_clock_of_the_case_stands_above(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    opened_case(officer, served, "breach", person="", device=DEVICE)
    served.clock.at += timedelta(hours=70)
    officer = danish(served)
    page = officer.get(f"/breach?device={DEVICE}&case=1").text
    assert re.search(r"72 timer efter art. 33: [12] time", page)


@pytest.mark.parametrize("form", ["html", "text"])
def test_the_notice_is_what_was_written(served: Served, shelf: Shelf, form: str) -> None:
    fields: dict[str, Any] = {"nature": "Stjålet <script>alert(1)</script>\u202e", "form": form}
    told = danish(served).post("/breach/notice", f"/breach?device={DEVICE}", **fields)
    assert "attachment" in told.headers["content-disposition"]
    assert "Anmeldelse af brud" in told.text and "\u202e" not in told.text
    assert ("<script>" in told.text) is (form == "text")
    assert told.headers["content-type"].startswith("text/plain" if form == "text" else "text/html")


def test_the_draft_holds_what_the_index_knows(served: Served, shelf: Shelf) -> None:
    page = danish(served).get(f"/breach?device={DEVICE}").text
    assert "Personer: mindst 31, højst 31</textarea>" in page


def test_names_beside_numbers_stay_one_person_each(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    held = [
        Value(kind, f"{value}", where=("Ark1", f"{column}{at}"))
        for at, number in enumerate(cprs(12), 2)
        for kind, value, column in (
            ("DK_CPR", number.value, "A"),
            ("EMAIL_ADDRESS", fake.email(random.Random(at)), "B"),
        )
    ]
    shelf.run([Doc("/srv/share/x.xlsx", tuple(held))])
    with shelf.opened() as opened:
        about = scope_of(opened, device=DEVICE)
        assert about is not None
        told = breach(opened, "2999-01-01T00:00:00+00:00", about)
    assert told.persons == Persons(12, 12, 0, 0, 12)

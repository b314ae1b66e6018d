"""The officers' journeys in a real browser, in both languages, against what was planted.

One company for all of them: what an officer decides, the next one meets. `tests.web.journeys` has
the steps, `make journeys` shows their log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.shelves.scattered import ARCHIVE
from scanner.demo.truth import Truth
from scanner.index.store import Decisions
from tests.connectors.outlook import outlook_file
from tests.leak import Searcher, search
from tests.web.browsing import login, missing, running, serious
from tests.web.demo_company import OUTLOOK, Company, company
from tests.web.journeys import (
    LAPTOP,
    LIST,
    LOCKED,
    LOOKED_FOR,
    MEASURES,
    NAMESAKE,
    Officer,
    Told,
    access,
    approve,
    grow,
    locked,
    refused,
    reopened,
    rest,
    scanned_letter,
    seven_places,
    shown_path,
    stolen,
)

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")

LANGUAGES = (("da", "ida", "drift"), ("en", "eva", "ops"))
STRANGERS = 400
"""How many other people's values a saved file is searched for."""


@contextmanager
def somebody(
    chromium: Any, address: str, name: str, language: str, complaints: list[str]
) -> Iterator[Officer]:
    """Log in, and watch what the browser complains of and asks other hosts for."""
    context = chromium.new_context(accept_downloads=True)
    page = context.new_page()
    page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: complaints.append(asked.url) if not asked.url.startswith(address) else None,
    )
    with closing(context):
        login(page, address, name)
        yield Officer(page, address, language, Told())


def test_the_journeys_of_officers(chromium: Any, tmp_path: Path) -> None:
    made = company(tmp_path, outlook=outlook_file())
    person = Searcher({(kind, made.truth.person[kind]) for kind in LOOKED_FOR if kind != "PERSON"})
    others = [each for each in made.truth.people if each["DK_CPR"] != made.truth.person["DK_CPR"]]
    strangers = Searcher({pair for each in others[:STRANGERS] for pair in each.items()})
    complaints: list[str] = []
    with running(made.config) as address, ExitStack() as open_pages:
        officers = {}
        for language, name, technician in LANGUAGES:
            page = somebody(chromium, address, name, language, complaints)
            officer = officers[language] = open_pages.enter_context(page)
            _an_access_request(officer, made, person, strangers, tmp_path)
            _a_stolen_laptop(officer, made)
            _a_list_in_seven_places(officer, made)
            with somebody(chromium, address, technician, language, complaints) as officer:
                said = refused(officer, "IT")
                assert officer.t("Din rolle giver ikke adgang", "Your role does not give") in said
                assert officer.page.locator("#value").count() == 0
        _approved_it_grows_and_reopens(officers, made)
    _the_log_is_whole(made)
    assert complaints == []
    everything = Searcher(made.truth.values(), digests=False)
    assert next(search([made.files / "fil01" / LIST], everything), None)
    kept = [made.config.parent, made.state, made.home / "drop"]
    assert list(search(kept, everything)) == []


def _an_access_request(
    officer: Officer, made: Company, person: Searcher, strangers: Searcher, folder: Path
) -> None:
    dossier, saved = access(officer, made)
    held = {
        (each["device"], each["path"].partition("/files/")[2].partition("/")[2], each["inner_path"])
        for each in dossier["places"]
    }
    paths = {(device, path) for device, path, _ in held}
    planted = [
        mark
        for mark in made.truth.planted
        if mark.expected == "finding"
        and mark.value == made.truth.person.get(mark.kind)
        and mark.kind in LOOKED_FOR
    ]
    assert len({mark.path for mark in planted}) > 15
    for mark in planted:
        device, path = mark.path.partition("/")[0], shown_path(mark.path)
        assert (device, path) in paths, mark.path
        if mark.inner and "name of" not in mark.where and "header" not in mark.where:
            inner = shown_path("/" + " › ".join(mark.inner))
            assert (device, path, inner) in held, (mark.path, mark.inner)
    assert any(path == ARCHIVE.partition("/")[2] for _, path in paths)  # a mail archive
    assert _messages(dossier, OUTLOOK) == (
        [f"{made.outlook.sent:%Y-%m-%d %H:%M}"] if made.outlook else []
    )
    assert not [path for _, path in paths if path.endswith(NAMESAKE)]
    assert (dossier["rejected"], dossier["undecided"]) == (1, 0)
    assert dossier["outside"] == ["Lønsystemet", "Papirarkivet i kælderen"]
    assert any(officer.t("ulæste", "unread") in line for line in dossier["coverage"])
    assert serious(officer.page) == []
    letter = scanned_letter(officer)
    assert officer.t("delvist læst", "partly read") in letter  # of a PDF, each page is told
    assert officer.t("side 1", "page 1") in letter and "(ocr)" in letter
    for form, data in saved.items():
        file = folder / f"dossier-{officer.language}.{form}"
        file.write_bytes(data)
        assert list(search([file], person)) == [], form
        assert list(search([file], strangers)) == [], form


def _messages(dossier: dict[str, Any], archive: str) -> list[str]:
    """Return when the mails of an archive were sent, as the places of a dossier tell it."""
    return [
        "".join(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", each["message"]))
        for each in dossier["places"]
        if each["path"].partition("/files/")[2] == archive
    ]


def persons_on(truth: Truth, device: str) -> tuple[int, int]:
    """Return how many people's values lie readable on a device: for sure, and at most."""

    def people(expected: tuple[str, ...]) -> int:
        there = {
            (mark.kind, mark.value)
            for mark in truth.planted
            if mark.path.startswith(f"{device}/") and mark.expected in expected
        }
        return sum(not there.isdisjoint(each.items()) for each in truth.people)

    return people(("finding",)), people(("finding", "maybe"))


def _a_stolen_laptop(officer: Officer, made: Company) -> None:
    found = stolen(officer, made)
    sure, possible = persons_on(made.truth, LAPTOP)
    assert sure <= found["most"] and found["least"] <= possible
    assert sure - found["least"] <= possible - sure
    assert officer.t("Disken er ikke krypteret", "The disk is not encrypted") in found["said"]
    assert officer.t("72 timer", "72 hours") in found["said"]
    assert officer.t("71 timer tilbage", "71 hours left") in found["said"]
    assert officer.t("delvist læst", "partly read") in found["whole"]
    assert MEASURES in found["notice"] and str(found["least"]) in found["notice"]
    assert serious(officer.page) == []
    officer.page.select_option("select[name=device]", label="pc-jens.krogh")
    officer.press("Vis", "Show")
    sure, possible = persons_on(made.truth, "pc-jens.krogh")
    assert sure == possible
    assert (
        officer.t(f"mindst {sure}, højst {sure}", f"least {sure}, at most {sure}") in officer.main
    )
    assert officer.t("Disken er krypteret", "The disk is encrypted") in officer.main


def _a_list_in_seven_places(officer: Officer, made: Company) -> None:
    found = seven_places(officer)
    listed = max(
        (one for one in made.truth.copies if one.sort == "exact"), key=lambda c: len(c.places)
    )
    assert len(found["places"]) == len(listed.places) == 7
    for path, inner in listed.places:
        name = f"{path.partition('/')[0]}: {shown_path(' › '.join((path, *inner)))}"
        (row,) = [row for row in found["places"] if row.startswith(name)]
        # who can read it: a test's own folder is closed to others
        assert officer.t("ejer", "owner") in row
        assert "2025" in row  # how old it is
        assert path.startswith("fil01") or "(Salg)" in row  # whose it is
    near = [one.places[1][0] for one in made.truth.copies if one.sort == "near"]
    shown = [path for path in near if shown_path(path) in found["near"]]
    assert len(near) == 8 and shown
    assert not [row for row in found["places"] if LOCKED in row]


def _approved_it_grows_and_reopens(officers: dict[str, Officer], made: Company) -> None:
    six = (("da", "på 6 steder"), ("en", "in 6 places"))
    why = (("da", "vokset med mere end en femtedel"), ("en", "grown by more than a fifth"))
    approve(officers["da"])
    for language, words in six:
        assert words in rest(officers[language])
    grow(made)
    for language, words in why:
        assert words in reopened(officers[language])
        assert officers[language].t("ulæst", "unread") in locked(officers[language])


def _the_log_is_whole(made: Company) -> None:
    made.centre("audit", "verify")
    with Decisions(made.config.with_name("company-decisions.db")) as decisions:
        lines = decisions.lines(1000)
    for _, name, technician in LANGUAGES:
        looked = [line.subject for line in lines if (line.who, line.action) == (name, "person")]
        (prints,) = (subject.split() for subject in looked)  # one look-up, one line
        assert len({*prints}) == 4  # number, e-mail, name, first and last name
        refusals = [
            line.subject for line in lines if (line.who, line.action) == (technician, "refused")
        ]
        assert refusals == ["person"]

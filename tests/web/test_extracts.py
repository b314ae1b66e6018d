"""Extracts in the dossier: one person's own, everybody else's hidden, two persons for several."""

from __future__ import annotations

import html
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from scanner.demo import fake
from scanner.demo.content import Content
from scanner.demo.packing import zipped
from scanner.index.store import Decisions, decisions_path
from tests.conftest import Installation
from tests.here import scan_here
from tests.leak import Searcher, search
from tests.web.live import looked_at, number_of, text_of
from tests.web.served import Browser, Served
from tests.web.test_person import audit, found, keys
from tests.web.test_preview import SCRIPT, workbook

RNG = random.Random(43)
OTHERS = [(fake.name(RNG), fake.cpr(RNG), fake.email(RNG), fake.phone(RNG)) for _ in range(6)]
OWN = fake.cpr(RNG)
MAY: dict[str, Any] = {"grants": ("preview",)}


@pytest.fixture
def served(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("FODSPOR_STATE", str(installation.folder / "state"))
    rows = [(name, cpr, mail) for name, cpr, mail, _ in OTHERS]
    rows.insert(3, ("Kunden selv", OWN, f"egen {SCRIPT}"))
    book = workbook(("Navn", "CPR", "E-mail"), *rows, name="=1+1")
    installation.write("Kunder.xlsx", book)
    installation.write("pakke.zip", zipped([("Kunder.xlsx", Content(book, "xlsx"))]).data)
    beside = f"{OTHERS[0][1]} tlf. {OTHERS[0][3]} og {OTHERS[1][2]}"
    installation.write("note.txt", f"Sagen om CPR {OWN} ligner den om CPR {beside}, siger de.\n")
    installation.write("andre.txt", f"CPR {OTHERS[2][1]}")
    scan_here(installation)
    with looked_at(installation) as made:
        yield made


def confirmed(officer: Browser, names: int = 0) -> str:
    """Look the person up, confirm every place (but the last `names`), return the dossier's path."""
    address, text = found(officer, OWN)
    held = keys(text)
    officer.post(address, place=held[: len(held) - names], decision="confirm")
    return f"{address}/dossier"


def documents(page: str) -> dict[str, str]:
    """Return the documents that can be chosen: their number by the end of their name."""
    met = re.findall(r'name="document" value="(\d+)"> ([^<]*)</label>', page)
    return {Path(html.unescape(title)).name: number for number, title in met}


def others_in(told: str) -> list[str]:
    return [each for person in OTHERS for each in person if each in told]


def test_it_has_the_own_values_and_nobody_elses(served: Served) -> None:
    officer = served.as_(**MAY, name="ida", language="da")
    path = confirmed(officer)
    page = officer.get(path).text
    held = documents(page)
    assert sorted(held) == ["Kunder.xlsx", "note.txt", "pakke.zip"]
    officer.post(path, form="json", outside="Løn\nPapir")
    hidden = re.search(r'type="hidden" name="outside" value="([^"]*)"', officer.get(path).text)
    assert hidden is not None and hidden[1].splitlines() == ["Løn", "Papir"]
    for name in held:
        told = officer.post(path, form="html", extracts="1", document=held[name])
        assert told.status_code == 200
        said = text_of(told.text)
        assert OWN in said
        assert ("skjult: CPR-nummer" in said) is (name == "note.txt")
        assert others_in(said) == []
        assert "<script" not in told.text
    note = officer.post(path, form="json", extracts="1", document=held["note.txt"])
    (extract,) = json.loads(note.content)["extracts"]
    (passage,) = extract["passages"]
    assert passage["text"].startswith(f"Sagen om CPR {OWN} ligner den om CPR [skjult: CPR-nummer]")
    assert passage["text"].endswith("siger …")  # cut, and not within a word
    book = load_workbook(
        io.BytesIO(
            officer.post(path, form="xlsx", extracts="1", document=held["Kunder.xlsx"]).content
        )
    )
    cells = [cell for row in book["Uddrag"].iter_rows(values_only=True) for cell in row]
    assert any(OWN in str(cell) for cell in cells)
    assert others_in(" ".join(map(str, cells))) == []
    for row in book["Uddrag"].iter_rows():
        assert all(cell.data_type in ("s", "n") for cell in row)  # n: empty
    pdf = officer.post(path, form="pdf", extracts="1", document=held["note.txt"]).content
    printed = "".join(page.get_textpage().get_text_bounded() for page in PdfDocument(pdf))
    assert OWN in "".join(printed.split()) and "skjult:" in printed
    assert others_in("".join(printed.split())) == []


def test_it_has_none_unless_they_are_chosen_and_none_of_what_was_rejected(served: Served) -> None:
    officer = served.as_(**MAY)
    path = confirmed(officer, names=1)
    plain = officer.post(path, form="json")
    assert json.loads(plain.content)["extracts"] is False
    assert OWN.encode() not in plain.content
    page = officer.get(path).text
    left = set(map(str, range(1, 6))) - set(documents(page).values())
    told = officer.post(path, form="html", extracts="1", document=sorted(left))
    assert told.status_code == 400
    other = served.as_("compliance")
    path = confirmed(other)
    assert 'name="extracts"' not in other.get(path).text
    number = next(iter(documents(page).values()))
    refused = other.post(path, form="html", extracts="1", document=number)
    assert refused.status_code == 403
    assert OWN not in refused.text


def test_of_several_another_account_decides_first(served: Served) -> None:
    ida = served.as_(**MAY, name="ida", language="da")
    path = confirmed(ida)
    chosen = sorted(documents(ida.get(path).text).values())
    wanted: dict[str, Any] = {"extracts": "1", "document": chosen}
    refused = ida.post(path, form="html", **wanted)
    assert refused.status_code == 400
    assert "en anden kontos godkendelse" in refused.text
    assert OWN not in refused.text
    assert ida.post(path, form="ask", **wanted).status_code == 400  # no reason
    assert ida.post(path, form="ask", reason=f"indsigt for {OWN}", **wanted).status_code == 303
    assert "/approvals" in ida.get(path).text
    assert ida.post("/approvals", proposal="1", answer="approve").status_code == 403
    assert ida.post(path, form="html", **wanted).status_code == 400
    bo = served.as_("deputy", name="bo", language="da")
    page = bo.get("/approvals").text
    assert "Uddrag af flere dokumenter" in page
    assert "Kunder.xlsx" in page and OWN not in page
    assert bo.post("/approvals", proposal="1", answer="approve").status_code == 303
    told = ida.post(path, form="html", **wanted)
    assert told.status_code == 200
    said = text_of(told.text)
    assert said.count(OWN) >= 3
    assert others_in(said) == []
    held = audit(served)
    asked, answered = ("proposed extracts", "approved extracts")
    assert [line[1] for line in held if "extracts" in line[1]] == [asked, answered, "extracts"]
    assert OWN not in str(held)
    served.clock.pass_(days=8)
    again = served.browser()
    again.login("ida")
    path = confirmed(again)
    assert again.post(path, form="html", **wanted).status_code == 400  # the approval has ended


@pytest.mark.long
@pytest.mark.parametrize(
    "change",
    [
        pytest.param("refused", id="refused"),
        pytest.param("other documents", id="more documents than were approved"),
        pytest.param("other account", id="asked by another account"),
    ],
)
def test_an_approval_is_for_what_was_asked(served: Served, change: str) -> None:
    ida, bo = served.as_(**MAY, name="ida"), served.as_(**MAY, name="bo")
    path = confirmed(ida)
    chosen = sorted(documents(ida.get(path).text).values())
    asks = chosen[:2] if change == "other documents" else chosen
    ida.post(path, form="ask", reason="indsigt", extracts="1", document=asks)
    bo.post("/approvals", proposal="1", answer="refuse" if change == "refused" else "approve")
    taker = ida
    if change == "other account":
        taker, path = bo, confirmed(bo)
    told = taker.post(path, form="html", extracts="1", document=chosen)
    assert told.status_code == 400
    assert OWN not in told.text


def test_what_cannot_be_read_is_named_and_why(served: Served, installation: Installation) -> None:
    officer = served.as_(**MAY, language="da")
    path = confirmed(officer)
    (installation.files / "note.txt").unlink()
    number = str(number_of(installation, "note.txt"))
    told = officer.post(path, form="html", extracts="1", document=number)
    assert "ligger der ikke længere" in text_of(told.text)


def test_extracts_are_in_the_file_and_nowhere_else(
    served: Served, installation: Installation
) -> None:
    officer = served.as_(**MAY)
    path = confirmed(officer)
    number = str(number_of(installation, "note.txt"))
    assert OWN in officer.post(path, form="html", extracts="1", document=number).text
    values = {("DK_CPR", OWN)} | {("DK_CPR", cpr) for _, cpr, _, _ in OTHERS}
    with Decisions(decisions_path(installation.index_path)) as decisions:
        decisions.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = [installation.folder / "home", installation.folder / "state"]
    assert list(search(kept, Searcher(values))) == []

"""The dossier: confirmed places alone, with what they rest on, and nothing that is run."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from scanner.pdf_file import as_pdf
from scanner.sections import Sheet
from tests.answers.shelf import Doc, Shelf, Value, cprs
from tests.web.served import Browser, Served
from tests.web.test_person import audit, found, keys

FORMULA = "=HYPERLINK(0)+cmd|' -C calc'!A0"
HTML = "<img src=x onerror=alert(1)>\u202exslx.\n"


@pytest.fixture
def cpr() -> Value:
    return cprs(1, seed=7)[0]


@pytest.fixture
def shelf(tmp_path: Path, cpr: Value) -> Shelf:
    made = Shelf(tmp_path / "home")
    made.run(
        [
            Doc(FORMULA, (cpr,), owner="@SUM(1)"),
            Doc(f"/srv/share/{HTML}", (cpr,), owner="+1"),
            Doc("/srv/share/navnebror.txt", (cpr,), owner="bo"),
            Doc("/srv/share/uafgjort.txt", (cpr,), owner="bo"),
            Doc("/srv/share/locked.docx", status="unread", reason="encrypted", owner="bo"),
        ]
    )
    return made


@pytest.fixture
def looked(served: Served, cpr: Value) -> tuple[Browser, str]:
    """Return an officer's browser, and the address of a look-up: two confirmed, one rejected."""
    officer = served.as_("compliance", name="ida")
    address, text = found(officer, cpr.value)
    order = keys(text)  # by path: < n u, and = behind /
    assert len(order) == 4
    officer.post(address, place=[order[0], order[3]], decision="confirm")
    officer.post(address, place=order[1], decision="reject", reason="en anden")
    return officer, f"{address}/dossier"


OUTSIDE = "Lønsystemet\n=2+3\n<b>CRM</b>"


def test_json_has_the_confirmed_places_and_what_they_rest_on(
    served: Served, looked: tuple[Browser, str], cpr: Value
) -> None:
    officer, address = looked
    told = officer.post(address, form="json", outside=OUTSIDE)
    assert told.headers["content-disposition"].startswith('attachment; filename="dossier-')
    held = json.loads(told.content)
    assert len(held["places"]) == 2
    assert (held["rejected"], held["undecided"], held["extracts"]) == (1, 1, False)
    assert held["outside"] == ["Lønsystemet", "=2+3", "<b>CRM</b>"]
    assert any("unread" in sentence for sentence in held["coverage"])
    assert b"\\u202e" not in told.content
    assert cpr.value.encode() not in told.content
    fingerprint = next(line[2] for line in audit(served) if line[1] == "person")
    assert ("ida", "export", fingerprint, "dossier json 2") in audit(served)


def test_excel_has_text_and_no_formula(looked: tuple[Browser, str]) -> None:
    officer, address = looked
    told = officer.post(address, form="xlsx", outside=OUTSIDE)
    book = load_workbook(io.BytesIO(told.content))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink]
    dangerous = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert {str(cell.value) for cell in dangerous} >= {FORMULA, "=2+3", "@SUM(1)", "+1"}
    assert all(cell.quotePrefix for cell in dangerous)
    places, about, outside = book.worksheets
    assert places.max_row == 3
    assert any("unread" in str(line[0].value) for line in about.iter_rows())
    assert outside["A1"].value == "Lønsystemet"


def test_html_is_to_print_and_runs_nothing(looked: tuple[Browser, str]) -> None:
    officer, address = looked
    told = officer.post(address, form="html", outside=OUTSIDE)
    text = told.text
    assert "<img" not in text and "<b>" not in text and "\u202e" not in text
    assert "&lt;img src=x" in text
    assert "http" not in text.replace("http-equiv", "")
    assert "Outside Fodspor" in text and "Lønsystemet" in text
    assert "navnebror.txt" not in text and "uafgjort.txt" not in text
    assert "1 place was rejected" in text and "1 place is not decided" in text


def test_pdf_has_all_of_it_in_letters_that_can_be_read(
    looked: tuple[Browser, str], cpr: Value
) -> None:
    officer, address = looked
    told = officer.post(address, form="pdf", outside=f"{OUTSIDE}\nКадры")
    assert told.headers["content-type"] == "application/pdf"
    document = PdfDocument(told.content)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    flat = "".join(text.split())
    outside = ("Lønsystemet", "=2+3", "<b>CRM</b>", "[U+041A]")
    for each in (FORMULA, "<img src=x onerror", *outside, "1 place was rej"):
        assert "".join(each.split()) in flat
    for name in ("navnebror.txt", "uafgjort.txt", cpr.value):
        assert name not in flat
    assert document.get_metadata_value("Title") == "Dossier"


def test_a_pdf_is_as_long_as_it_has_to_be() -> None:
    long = " ".join(f"/srv/share/{number}/Kundeliste & mere <b>.xlsx" for number in range(900))
    rows = [[f"række {number}", long if number == 5 else "x"] for number in range(300)]
    made = as_pdf("Titel", [("Steder", ["indledning", Sheet(("A", "B"), rows)])], "da")
    document = PdfDocument(made)
    flat = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert len(document) > 8
    assert "række299" in "".join(flat.split()) and "/899/Kundeliste&mere<b>.xlsx" in "".join(
        flat.split()
    )


def test_a_pdf_of_very_many_places_is_refused(
    looked: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, address = looked
    monkeypatch.setattr("scanner.web.pages.dossier.MOST_IN_PDF", 1)
    told = officer.post(address, form="pdf")
    assert told.status_code == 409 and "too many for a PDF" in told.text


def test_without_reportlab_it_is_said(
    looked: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, address = looked
    monkeypatch.setitem(sys.modules, "reportlab.platypus", None)
    told = officer.post(address, form="pdf")
    assert told.status_code == 503 and "not installed here (reportlab)" in told.text


def test_systems_outside_are_kept_with_the_look_up(looked: tuple[Browser, str]) -> None:
    officer, address = looked
    officer.post(address, form="json", outside=OUTSIDE)
    text = officer.get(address).text
    assert "Lønsystemet" in text and "<b>CRM" not in text
    assert officer.post(address, form="exe").status_code == 400


def test_it_is_its_sessions_alone(served: Served, looked: tuple[Browser, str]) -> None:
    _, address = looked
    assert served.as_("compliance").get(address).status_code == 404
    assert served.as_("it").get(address).status_code == 403

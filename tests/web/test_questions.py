"""What was mailed out, what leavers hold, who can read it, what is past its term."""

from __future__ import annotations

import random
import re
from html import unescape

import pytest

from scanner.answers.employees import mark_of_account
from scanner.demo import fake
from tests.answers.shelf import Doc, Shelf, cprs
from tests.conftest import Installation
from tests.letters import letter
from tests.register.test_register import Scene, imported, scene
from tests.test_mailboxes import mbox, with_domains
from tests.web.served import Browser, Served, serving
from tests.web.test_documents import listed, shelf
from tests.web.test_verdicts_pages import danish

__all__ = ["scene", "shelf"]


def text_of(browser: Browser, path: str) -> str:
    told = browser.settled(path)
    assert told.status_code == 200, told.text
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(told.text)).split())


def test_what_was_mailed_out_of_the_house(installation: Installation) -> None:
    rng = random.Random(4)
    numbers = [fake.cpr(rng, hyphen=True) for _ in range(3)]
    attached = letter(1, "Se listen")
    attached.add_attachment(
        f"CPR-nr. {numbers[0]}".encode(), maintype="text", subtype="plain", filename="a.txt"
    )
    inside = letter(2, f"CPR-nr. {numbers[1]}")
    inside.replace_header("To", "Ida <ida@firma.example>")
    came = letter(3, f"CPR-nr. {numbers[2]}")
    came.replace_header("From", "Per <per@kunde.example>")
    mbox(installation.files / "sendt.mbox", attached, inside, came, letter(4, "intet"))
    with_domains(installation, "firma.example")
    installation.run("scan", installation.files, code=0)
    with serving(installation.config, installation.index_path) as served:
        officer = danish(served)
        page = text_of(officer, "/reports/outside")
        assert "1 mail " in page and "kunde.example" in page and "CPR-nummer 1" in page
        assert "ida@" not in page and not any(number in page for number in numbers)
        lead = re.search(r'href="(/breach\?document=\d+)"', officer.get("/reports/outside").text)
        assert lead is not None and officer.get(lead[1]).status_code == 200


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param("/reports/outside", "vides ikke, så det kan ikke siges", id="no domains"),
        pytest.param("/reports/terms", "ikke indlæst noget kunderegister", id="no register"),
        pytest.param("/reports/leavers", "Left HR 31-01-2025 1 1", id="a leaver"),
    ],
)
def test_what_is_not_known_is_said(served: Served, path: str, said: str) -> None:
    assert said in text_of(danish(served), path)


def test_no_list_of_employees_is_no_empty_answer(served: Served, shelf: Shelf) -> None:
    shelf.sql("DELETE FROM employee")
    page = text_of(danish(served), "/reports/leavers")
    assert "Hvem der er ansat, vides ikke" in page and "Ingen fratrådte" not in page


def test_leavers_lead_to_what_they_hold(served: Served) -> None:
    officer = danish(served)
    page = officer.settled("/reports/leavers").text
    mark = mark_of_account("left")
    assert f'href="/documents?who={mark}"' in page
    assert listed(officer, f"who={mark}") == ["fratrådt.txt"]
    assert "Anna" not in page and "Bo" not in page


def test_who_can_read_it(served: Served) -> None:
    officer = served.as_("compliance", language="en")
    page = text_of(officer, "/numbers?by=readers")
    assert "Who can read it?" in page and "everyone 1" in page and "not known 5" in page
    assert listed(officer, "readers=everyone") == ["alle.xlsx"] == listed(officer, "open=1")
    assert officer.get("/documents?readers=x").status_code == 404


def test_what_is_past_its_term(scene: Scene) -> None:
    imported(scene)
    with serving(scene.installation.config, scene.installation.index_path) as served:
        officer = danish(served)
        page = text_of(officer, "/reports/terms")
        assert "slettefrist overskredet 2 1 2" in page  # of two customers one, in two documents
        assert "uden samtykke 2 1 1" in page and "kunder.txt" in page and "andre.txt" not in page
        part = danish(served, departments=("HR",))
        assert "kun for hele virksomheden" in text_of(part, "/reports/terms")


def test_a_part_is_told_of_its_own(served: Served, shelf: Shelf) -> None:
    shelf.run([Doc("/srv/hr/x.txt", cprs(1), owner="left")], place="hr")
    assert "Left" not in danish(served, departments=("Salg",)).settled("/reports/leavers").text
    assert "Left" in danish(served, departments=("HR",)).settled("/reports/leavers").text


@pytest.mark.parametrize("role", ["it", "manager", "employee", "service", "auditor"])
def test_refused(served: Served, role: str) -> None:
    more = {"manager": {"departments": ("HR",)}, "employee": {"employee": "bo"}}.get(role, {})
    somebody = served.as_(role, **more)  # type: ignore[arg-type]
    for path in ("/reports/outside", "/reports/leavers", "/reports/terms"):
        assert somebody.get(path).status_code == 403


def test_reports_lead_to_the_questions(served: Served) -> None:
    officer = danish(served)
    page = officer.get("/reports").text
    leads = re.findall(r'<li><a href="(/(?:reports/|numbers)[^"]*)"', page)
    assert len(leads) >= 5
    for lead in leads:
        assert officer.get(unescape(lead)).status_code == 200

"""A mailbox that others read, and the one file or mail that went astray: real mail, really read."""

from __future__ import annotations

import io
import random
import re
import threading
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from scanner.answers.breach import Persons, breach, scope_of
from scanner.answers.by_name import Named, by_name
from scanner.answers.opened import opened
from scanner.demo import fake
from tests.answers.shelf import Doc, Shelf, cprs
from tests.conftest import Installation
from tests.letters import letter
from tests.test_mailboxes import mbox
from tests.web.served import Served, serving
from tests.web.test_cases import opened as opened_case
from tests.web.test_verdicts_pages import danish

FAR = "2999-01-01T00:00:00+00:00"


def numbers(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return list(dict.fromkeys(fake.cpr(rng, hyphen=True) for _ in range(count * 3)))[:count]


def test_a_mailbox_and_one_mail_with_its_attachment(installation: Installation) -> None:
    held = numbers(6, seed=1)
    sent = letter(1, f"CPR-nr. {held[0]}")
    rows = "\n".join(f"CPR-nr. {each}" for each in held[1:4])
    sent.add_attachment(rows.encode(), maintype="text", subtype="plain", filename="liste.txt")
    mbox(installation.files / "arkiv.mbox", sent, letter(2, f"CPR-nr. {held[4]}"))
    installation.write("andet.txt", f"CPR-nr. {held[5]}")
    installation.run("scan", installation.files, code=0)
    with opened(installation.index_path) as index:
        mails = [each for each in by_name(index, "arkiv.mbox", None, 9) if each.document.message]
        assert len(mails) == 2 and all(each.in_archive for each in mails)
        day = by_name(index, "", date(2026, 3, 2), 9)
        assert {each.document.id for each in day} == {each.document.id for each in mails}
        assert by_name(index, "", date(2026, 3, 3), 9) == [] == by_name(index, "", None, 9)
        first = min(mails, key=lambda each: each.document.id).document.id
        told = {}
        for what, scope in (
            ("mail", scope_of(index, document=first)),
            ("mailbox", scope_of(index, archive=first)),
        ):
            assert scope is not None
            told[what] = breach(index, FAR, scope)
        assert told["mail"].kinds["DK_CPR"] == 4  # its text, and the list attached to it
        assert told["mailbox"].kinds["DK_CPR"] == 5  # and not what lies beside the mailbox
        assert told["mailbox"].documents == 2 and told["mailbox"].encryption is None
    with serving(installation.config, installation.index_path) as served:
        officer = danish(served)
        page = unescape(officer.post("/breach/find", text="arkiv.mbox").text)
        leads = re.findall(r'href="(/breach\?(?:document|archive)=\d+)"', page)
        assert len(leads) == 2 * 3 and "hele postkassen" in page
        (astray,) = {f"/breach?document={first}"} & {*leads}
        shown = unescape(officer.get(astray).text)
        assert "er sendt til en forkert modtager" in shown and "arkiv.mbox" in shown
        assert "Disken" not in shown and "Ikke dækket" in shown
        for value in held:
            assert value not in shown and value not in page


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A mailbox on a server and a folder, both read by one device."""
    made = Shelf(tmp_path / "home", places=("share", "post"))
    made.run([Doc("/srv/share/Løn.xlsx", cprs(3, seed=2)), Doc("/srv/share/100%_a.txt")])
    made.run([Doc("/srv/post/INBOX", cprs(12))], place="post")
    made.sql("UPDATE run SET started='2026-03-01T08:00:00+00:00'")
    made.run([Doc("/srv/post/Papirkurv")], place="post")
    made.sql("UPDATE run SET started='2026-04-01T08:00:00+00:00' WHERE number=2")
    made.sql("UPDATE place SET display='imap://anna@mail.firma.dk' WHERE name='post'")
    return made


@pytest.mark.parametrize(
    ("at", "persons"),
    [
        pytest.param("2026-02-01T00:00:00+00:00", Persons(), id="before it was read"),
        pytest.param("2026-03-05T00:00:00+00:00", Persons(12, 12, 0, 0, 12), id="then"),
        pytest.param("2026-05-01T00:00:00+00:00", Persons(), id="after it was emptied"),
    ],
)
def test_a_mailbox_at_a_date(shelf: Shelf, at: str, persons: Persons) -> None:
    ((place,),) = shelf.sql("SELECT id FROM place WHERE name='post'")
    with shelf.opened() as held:
        scope = scope_of(held, place=place)
        assert scope is not None
        told = breach(held, at, scope)
    assert (told.persons, told.encryption) == (persons, None)
    assert (told.read or "")[:7] == {"02": "", "03": "2026-03", "05": "2026-04"}[at[5:7]]


def test_mailboxes_of_servers_are_offered(served: Served, shelf: Shelf) -> None:
    ((place,),) = shelf.sql("SELECT id FROM place WHERE name='post'")
    officer = danish(served)
    assert f'<option value="{place}">LAPTOP-7: post' in officer.get("/breach").text
    page = officer.get(f"/breach?place={place}&at=2026-03-05").text
    assert "mindst 12, højst 12" in page and "Uvedkommende har haft adgang til" in page
    for nothing in ("place=99", "archive=99", "document=99"):
        assert officer.get(f"/breach?{nothing}").status_code == 404
    assert officer.get("/breach?document=x").status_code == 400


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("løn", ["Løn.xlsx"], id="a word, in small letters"),
        pytest.param("LØN share", ["Løn.xlsx"], id="words in any order"),
        pytest.param("100%_", ["100%_a.txt"], id="signs mean themselves"),
        pytest.param("_", ["100%_a.txt"], id="no wildcard"),
        pytest.param("' OR 1=1 --", [], id="injected"),
        pytest.param("", [], id="nothing asked"),
    ],
)
def test_a_file_is_found_by_words(shelf: Shelf, text: str, found: list[str]) -> None:
    with shelf.opened() as held:
        told = by_name(held, text, None, 9)
    assert [each.document.path.rpartition("/")[2] for each in told] == found
    assert not any(each.in_archive for each in told)


def test_what_was_typed_stands_in_no_address_and_no_log(served: Served) -> None:
    officer = danish(served)
    assert officer.post("/breach/find", text="Løn").status_code == 200
    assert "Løn" not in officer.get("/log").text
    assert officer.post("/breach/find", sent="1/1").status_code == 400


def test_a_long_search_is_waited_for_by_who_began_it_alone(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(*given: Any) -> list[Named]:
        go_on.wait()
        return by_name(*given)

    monkeypatch.setattr("scanner.web.background.PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("scanner.web.pages.breach.by_name", slow)
    officer, other = danish(served), danish(served)
    answer = officer.post("/breach/find", text="Løn")
    waits = str(answer.headers["location"])
    try:
        assert "Løn" not in waits
        page = unescape(officer.get(waits).text)
        assert "søges nu" in page and 'http-equiv="refresh"' in page
        assert "Intet passer" not in page
        assert other.get(waits).status_code == 404
    finally:
        go_on.set()
    served.site.background.close()
    page = unescape(officer.get(waits).text)
    assert "Løn" in page and 'http-equiv="refresh"' not in page
    officer.post("/logout")
    assert danish(served).get(waits).status_code == 404


def test_the_notice_as_word_document_with_its_clock(served: Served, shelf: Shelf) -> None:
    officer = danish(served)
    opened_case(officer, served, "breach", person="")
    page = unescape(officer.get("/breach?document=1&case=1").text)
    assert "de 72 timer udløber" in page
    fields = {"nature": "Sendt til en forkert\r\n<b>\u202e=1+1", "form": "docx"}
    told = officer.post("/breach/notice", "/breach?document=1", **fields)
    assert "anmeldelse.docx" in told.headers["content-disposition"]
    document = Document(io.BytesIO(told.content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0].startswith("Anmeldelse af brud") and "Bruddets karakter" in texts
    assert "Sendt til en forkert\n<b>\ufffd=1+1" in texts
    assert document.core_properties.author == "Fodspor"


def test_a_document_leads_to_its_breach_for_those_who_may(served: Served) -> None:
    assert 'href="/breach?document=1"' in danish(served).get("/document/1").text
    for path in ("/breach/find", "/breach?document=1"):
        assert danish(served, "it").get(path).status_code == 403

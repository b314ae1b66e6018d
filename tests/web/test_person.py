"""A person: looked up by POST alone, with a purpose; confirmed by the officer; nothing kept."""

from __future__ import annotations

import random
import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from scanner.demo import fake
from scanner.index.store import Decisions, decisions_path
from tests.answers.shelf import Doc, Shelf, Value, cprs
from tests.web.live import text_of
from tests.web.served import Browser, Served

HOSTILE = "/srv/share/<script>alert(1)<|script>\u202ecod.=cmd\n.txt"


@pytest.fixture
def cpr() -> Value:
    return cprs(1, seed=7)[0]


@pytest.fixture
def shelf(tmp_path: Path, cpr: Value) -> Shelf:
    made = Shelf(tmp_path / "home")
    name = Value("PERSON", "anna marie holm", 0.75, ("name",))
    unsure = Value("DK_CPR", cpr.value, 0.5, ("check",))
    made.run(
        [
            Doc("/srv/share/Kunder.xlsx", (*cprs(3), cpr), owner="anna"),
            Doc("/srv/share/Kopi.xlsx", (*cprs(3), cpr), owner="bo", content="x"),
            Doc("/srv/share/Anden kopi.xlsx", (*cprs(3), cpr), owner="bo", content="x"),
            Doc(HOSTILE, (cpr,), owner="<b>bo</b>"),
            Doc("/srv/share/brev.txt", (name,), owner="bo"),
            Doc("/srv/share/arkiv.zip", (), {("maj.txt",): (unsure,)}, owner="bo"),
            Doc("/srv/share/Anna Holm.txt", owner="bo"),
            Doc("/srv/share/locked.docx", status="unread", reason="encrypted", owner="bo"),
        ]
    )
    return made


def look(browser: Browser, value: str, **more: str) -> httpx.Response:
    return browser.post("/person", value=value, **{"purpose": "access", **more})


def found(browser: Browser, value: str, **more: str) -> tuple[str, str]:
    """Return address and text of the answer."""
    told = look(browser, value, **more)
    assert told.status_code == 303, told.text
    page = browser.get(told.headers["location"])
    assert page.status_code == 200
    return told.headers["location"], unescape(page.text)


def keys(text: str) -> list[str]:
    return re.findall(r'name="place" value="([0-9a-f]+)"', text)


def audit(served: Served) -> list[tuple[str, ...]]:
    with Decisions(decisions_path(served.site.index)) as decisions:
        rows = decisions.connection.execute("SELECT who, action, subject, detail FROM audit")
        return rows.fetchall()


def test_every_place_is_told_with_its_certainty_and_the_coverage(
    served: Served, cpr: Value
) -> None:
    officer = served.as_("compliance")
    address, text = found(officer, cpr.value)
    assert re.fullmatch(r"/person/[0-9a-f]{16}", address)
    for name in ("Kunder.xlsx", "Kopi.xlsx", "Anden kopi.xlsx", "arkiv.zip › maj.txt"):
        assert name in text
    assert text.index("Certain") < text.index("Kunder.xlsx") < text.index("arkiv.zip")
    assert "the same content in 2 places" in text
    assert "Password-protected (1)" in text
    assert "What is unread may hold it too." in text
    assert len(keys(text)) == 5


def test_the_value_is_nowhere(
    served: Served, shelf: Shelf, cpr: Value, caplog: pytest.LogCaptureFixture
) -> None:
    officer = served.as_("compliance", name="ida")
    address, text = found(officer, cpr.value, reference="J-17")
    digits = (cpr.value, f"{cpr.value[:6]}-{cpr.value[6:]}")
    for value in digits:
        assert value not in text + address + caplog.text
        assert value not in officer.get("/person").text
        for file in shelf.folder.iterdir():
            assert value.encode() not in file.read_bytes(), file
    fingerprint = shelf.seal.fingerprint("DK_CPR", cpr.value).hex()
    lines = [line for line in audit(served) if line[1] == "person"]
    assert ("ida", "person", fingerprint, "DK_CPR access J-17") in lines
    assert not [line for line in audit(served) if cpr.value in "".join(line)]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        pytest.param({"purpose": ""}, "Choose the purpose", id="without a purpose"),
        pytest.param({"purpose": "curiosity"}, "Choose the purpose", id="with another purpose"),
        pytest.param({"value": " "}, "Write what is to be", id="without a value"),
        pytest.param({"value": "§§ 12"}, "no value of a kind", id="what is nothing known"),
        pytest.param({"value": "a@example.com\n" * 60}, "too much at once", id="too many"),
        pytest.param({"reference": "om {cpr}"}, "holds what you look for", id="value in the note"),
    ],
)
def test_what_is_refused_looks_nothing_up(
    served: Served, cpr: Value, form: dict[str, str], said: str
) -> None:
    officer = served.as_("compliance")
    given = {name: text.format(cpr=cpr.value) for name, text in form.items()}
    told = look(officer, **{"value": cpr.value, **given})
    assert told.status_code == 400
    assert said in told.text
    assert cpr.value not in told.text
    assert not [line for line in audit(served) if line[1] == "person"]


def test_a_value_in_an_address_is_not_looked_for(served: Served, cpr: Value) -> None:
    officer = served.as_("compliance")
    assert "Kunder.xlsx" not in officer.get(f"/person?value={cpr.value}&purpose=access").text
    assert not [line for line in audit(served) if line[1] == "person"]


def test_variants_of_a_name_are_offered_before_anything_is_looked_up(served: Served) -> None:
    officer = served.as_("compliance")
    told = look(officer, "Anna Marie Holm")
    assert told.status_code == 200
    assert "Marie Holm" in told.text
    assert not [line for line in audit(served) if line[1] == "person"]
    _, text = found(officer, "Anna Marie Holm", chosen="1", name="marie holm")
    assert "brev.txt" in text
    assert "Anna Holm.txt" in text  # the name of a file, possibly
    assert text.index("Likely") < text.index("brev.txt") < text.index("Anna Holm.txt")
    (line,) = [line for line in audit(served) if line[1] == "person"]
    assert len(line[2].split()) == 3 and line[3] == "PERSON access"


def test_one_look_up_of_several_values_is_one_line_of_the_log(
    served: Served, shelf: Shelf, cpr: Value
) -> None:
    officer = served.as_("compliance", name="ida")
    found(officer, f"{cpr.value}\nanna@example.com", reference="J-17")
    sought = (("DK_CPR", cpr.value), ("EMAIL_ADDRESS", "anna@example.com"))
    subject = " ".join(shelf.seal.fingerprint(*each).hex() for each in sought)
    looked = [line for line in audit(served) if line[1] == "person"]
    assert looked == [("ida", "person", subject, "DK_CPR,EMAIL_ADDRESS access J-17")]
    said = text_of(served.as_("auditor", name="ole").get("/log").text)
    assert "CPR number, e-mail – access J-17" in said


def test_all_lines_are_looked_for_after_variants_were_chosen(served: Served, cpr: Value) -> None:
    officer = served.as_("compliance")
    lines = ("Anna Marie Holm", cpr.value)
    told = look(officer, "\r\n".join(lines))
    held = re.search(r'<textarea name="value" hidden>(.*?)</textarea>', told.text, re.S)
    assert held is not None
    assert unescape(held[1]).split("\n") == [*lines]


def test_confirming_and_rejecting(served: Served, cpr: Value) -> None:
    officer = served.as_("compliance", name="ida")
    address, text = found(officer, cpr.value)
    first, second, *_ = keys(text)
    assert officer.post(address, place=first, decision="confirm").status_code == 303
    told = officer.post(address, place=second, decision="reject")
    assert (told.status_code, "Write the reason" in told.text) == (400, True)
    reason = f"navnebror, født {cpr.value}"
    officer.post(address, place=second, decision="reject", reason=reason)
    text = unescape(officer.get(address).text)
    assert "1 is confirmed." in text
    assert "navnebror" in text
    assert cpr.value not in text
    assert keys(officer.get(f"{address}?show=confirmed").text) == [first]
    assert keys(officer.get(f"{address}?show=rejected").text) == [second]
    officer.post(address, place=[first, second], decision="undo")
    assert keys(officer.get(f"{address}?show=confirmed").text) == []
    assert officer.post(address, decision="confirm").status_code == 400
    assert officer.post(address, place="0" * 16, decision="confirm").status_code == 400
    done = [line[1] for line in audit(served) if line[0] == "ida"]
    assert [each for each in done if each.startswith("person ")] == [
        *("person confirm", "person reject", "person undo")
    ]
    assert not [line for line in audit(served) if cpr.value in "".join(line)]


def test_a_look_up_is_its_sessions_alone_and_ends_with_it(served: Served, cpr: Value) -> None:
    officer, other = served.as_("compliance", name="ida"), served.as_("deputy")
    address, _ = found(officer, cpr.value)
    assert other.get(address).status_code == 404
    officer.post("/logout", page="/person")
    officer.login("ida")
    assert officer.get(address).status_code == 404
    address, _ = found(officer, cpr.value)
    assert officer.get(address).status_code == 200
    for _ in range(26):  # in use all the time
        served.clock.pass_(minutes=28)
        officer.get("/person")
    officer.login("ida")
    assert officer.get(address).status_code == 404


def test_others_are_refused_and_it_is_logged(served: Served, cpr: Value) -> None:
    for role in ("it", "service", "auditor"):
        somebody = served.as_(role, name=role)
        assert somebody.get("/person").status_code == 403
        assert somebody.post("/person", page="/account", value=cpr.value).status_code == 403
        assert somebody.get("/person/12").status_code == 403
        assert [line for line in audit(served) if line[:2] == (role, "refused")]


def test_of_a_department_only_its_own(served: Served, shelf: Shelf, cpr: Value) -> None:
    shelf.sql("INSERT INTO employee(account, name, department) VALUES ('anna', 'Anna', 'Salg')")
    officer = served.as_("compliance", departments=("Salg",))
    _, text = found(officer, cpr.value)
    assert "Kunder.xlsx" in text
    assert "Kopi.xlsx" not in text


def test_hostile_names_are_text(served: Served, cpr: Value) -> None:
    officer = served.as_("compliance")
    told = officer.get(look(officer, cpr.value).headers["location"])
    assert "<script>" not in told.text and "<b>" not in told.text
    assert "\u202e" not in told.text
    assert "&lt;script&gt;alert(1)" in told.text


def test_nothing_found_is_told_with_what_is_unread(served: Served) -> None:
    officer = served.as_("compliance")
    _, text = found(officer, fake.cpr(random.Random(99)))
    assert "No findings, but" in text or "No findings" in text
    assert "not complete" in text or "incomplete" in text
    assert keys(text) == []


def test_in_danish(served: Served, cpr: Value) -> None:
    officer = served.as_("compliance")
    officer.post("/language", page="/person", language="da")
    _, text = found(officer, cpr.value)
    for word in ("Sikker", "Mulig", "indsigt", "Det er personen"):
        assert word in text

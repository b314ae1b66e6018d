"""An employee's own page, and the signed link that opens it and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.demo import fake
from scanner.index.store import Decisions, decisions_path
from scanner.web.links import LONGEST_DAYS
from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.live import text_of
from tests.web.served import Browser, Served, serving
from tests.web.test_door import routes
from tests.web.test_person import audit, look
from tests.web.test_verdicts_pages import danish, give, number

HOSTILE = "/srv/share/<script>alert(1)<|script>.xlsx"
ADDRESS = "anna.holm@firma.example"
OWNERS = f"account;name;mail;department\nanna;Anna Marie Holm;{ADDRESS};Salg\nbo;Bo Bech;;HR\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "home")
    made.run(
        [
            Doc("/srv/share/Kunder.xlsx", cprs(30), owner="anna"),
            Doc(HOSTILE, cprs(30, seed=5), owner="anna"),
            Doc("/srv/share/note.txt", cprs(30, seed=2), owner="bo"),
        ]
    )
    for account, name, department in (("anna", "Anna Marie Holm", "Salg"), ("bo", "Bo", "HR")):
        made.sql(
            "INSERT INTO employee(account, name, department) VALUES (?,?,?)",
            *(account, name, department),
        )
    owners = tmp_path / "owners.csv"
    owners.write_text(OWNERS, "utf-8")
    text = made.config.read_text("utf-8")
    made.config.write_text(f'{text}\n[owners]\nfile = "{owners}"\n', "utf-8")
    return made


def anna(served: Served) -> Browser:
    return served.as_("employee", employee="anna", language="da")


def test_it_has_the_own_files_and_tasks_alone(served: Served, shelf: Shelf) -> None:
    give(danish(served), served, "move", document=[number(shelf), number(shelf, "note.txt")])
    browser = anna(served)
    assert browser.get("/").headers["location"] == "/mine"
    page = browser.get("/mine").text
    said = text_of(page)
    assert "Kunder.xlsx" in said and "note.txt" not in said
    assert "<script>alert(1)" not in page
    assert browser.post("/mine/done", "/mine", verdict="2").status_code == 404
    assert browser.post("/mine/done", "/mine", verdict="1").status_code == 303
    assert "meldt gjort" in browser.get("/mine").text


@pytest.mark.parametrize(
    ("typed", "about"),
    [
        pytest.param("Anna Marie Holm", "Opslag på dit navn", id="full name"),
        pytest.param("Holm, Anna", "Opslag på dit navn", id="first and last name turned round"),
        pytest.param(ADDRESS.upper(), "Opslag på din e-mail", id="address in other letters"),
        pytest.param(f"bo@firma.example\n{ADDRESS}", "Opslag på din e-mail", id="one of several"),
        pytest.param("Bo Bech", "", id="another's name"),
        pytest.param("bo@firma.example", "", id="another's address"),
        pytest.param("cpr", "", id="a number that is not known to be hers"),
    ],
)
def test_who_looked_her_up_is_told(served: Served, typed: str, about: str) -> None:
    ida = served.as_("compliance", name="ida")
    value = fake.cpr() if typed == "cpr" else typed
    look(ida, value, purpose="breach", reference="sag 12", chosen="1")
    assert any(line[1] == "person" for line in audit(served))
    page = anna(served).get("/mine").text
    said = text_of(page)
    if about:
        row = re.search(r"<tr><td>[^<]*</td><td>ida</td>\s*<td>([^<]*)</td>\s*<td>([^<]*)", page)
        assert row is not None
        assert row[1].startswith(about)
        assert row[2] == "brud på persondatasikkerheden"
        assert page.count("<td>ida</td>") == 1
    else:
        assert "Ingen, så vidt loggen her viser" in said
    assert "sag 12" not in said
    assert "Her vises ikke: opslag på dit CPR-nummer" in said
    assert "én e-mailadresse" in said


def test_files_that_were_shown_with_values_are_told_to_their_owner(
    served: Served, shelf: Shelf
) -> None:
    with Decisions(decisions_path(served.site.index)) as decisions:
        own, other = number(shelf), number(shelf, "note.txt")
        decisions.log("preview", f"document {own}", "access sag 3", who="ida")
        decisions.log("preview", f"document {other}", "erasure", who="ole")
        decisions.log("extracts", "00", f"access documents {other} {own}", who="eva")
    said = text_of(anna(served).get("/mine").text)
    assert re.search(r"ida Bad om at se din fil med værdier: \S*( ?\S*)Kunder.xlsx indsigt", said)
    assert "eva Uddrag taget fra din fil" in said
    assert "ole" not in said and "note.txt" not in said


def test_an_old_look_up_is_found_behind_many_others(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.web.looks.MOST_LINES", 3)
    look(served.as_("compliance", name="ida"), ADDRESS, purpose="check")
    with Decisions(decisions_path(served.site.index)) as decisions:
        for at in range(9):
            decisions.log("person", f"{at:032x}", "DK_CPR access", who="ole")
            decisions.log("preview", "document 3", "access", who="ole")
    said = text_of(anna(served).get("/mine").text)
    assert "Opslag på din e-mail" in said and "ole" not in said
    assert "Der kan være flere" in said  # of files, only the newest were looked through


def test_what_is_not_known_is_said(shelf: Shelf) -> None:
    shelf.sql("DELETE FROM employee")
    text = shelf.config.read_text("utf-8").partition("[owners]")[0]
    shelf.config.write_text(text, "utf-8")
    with serving(shelf.config, shelf.path) as served:
        said = text_of(anna(served).get("/mine").text)
        assert "Fodspor kender hverken dit navn eller din e-mail" in said


def test_who_else_sees_it_is_counted(served: Served) -> None:
    served.add("a1")
    served.add("a2", grants=("preview",))
    served.add("a3", departments=("Salg",))
    for department in ("Salg", "HR"):
        served.add(f"m{department.lower()}", "manager", departments=(department,))
        served.add(f"c{department.lower()}", departments=(department,), grants=("preview",))
    said = text_of(anna(served).get("/mine").text)
    assert "4 konti hos de complianceansvarlige" in said  # not the one of HR
    assert "2 af dem må få vist én fil ad gangen" in said
    assert "Én leder ser tal" in said
    assert "2 konti ser loggen" in said


def made(officer: Browser, employee: str = "anna", **more: str) -> str:
    """Return the path of a new link."""
    page = officer.post("/links", employee=employee, **more).text
    found = re.search(r"<code>https?://[^/]+(/link/[^<]+)</code>", page)
    assert found is not None, page
    return found[1]


def used(served: Served, path: str) -> Browser:
    browser = served.browser()
    assert browser.post(path).status_code == 303
    return browser


def test_a_link_opens_one_page_and_nothing_else(served: Served, shelf: Shelf) -> None:
    give(danish(served), served, "move", document=[number(shelf)])
    browser = used(served, made(danish(served)))
    assert browser.get("/").headers["location"] == "/mine"
    page = browser.get("/mine")
    assert "Kunder.xlsx" in page.text and "note.txt" not in page.text
    assert "/account" not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert browser.post("/mine/done", "/mine", verdict="1").status_code == 303
    for path, right in routes(served):
        if right in ("public", "here", "own", ""):
            continue
        assert browser.get(path).status_code == 403, path
    assert browser.post("/logout", "/mine").status_code == 303
    assert browser.get("/mine").headers["location"] == "/login"


def test_looking_at_a_link_uses_nothing(served: Served) -> None:
    path = made(danish(served))
    browser = served.browser()
    for method in ("GET", "HEAD"):
        assert browser.send(method, path).status_code == 200
    assert browser.get("/mine").status_code == 303
    assert not [line for line in audit(served) if line[1] == "link used"]


Spoil = Callable[[Served, str], str]


def flipped(at: int) -> Spoil:
    def spoil(served: Served, path: str) -> str:
        sign = "A" if path[at] != "A" else "B"
        return (
            f"{path[:at]}{sign}{path[at:][1:]}"
            if at >= 0
            else f"{path[:at]}{sign}{path[at + 1 :] if at < -1 else ''}"
        )

    return spoil


def expired(served: Served, path: str) -> str:
    served.clock.pass_(days=7, seconds=1)
    return path


def revoked(served: Served, path: str) -> str:
    danish(served).post("/links", revoke="1")
    return path


def of_another(served: Served, path: str) -> str:
    """The second link's number with the first one's signature."""
    second = made(danish(served), "bo")
    return second.partition(".")[0] + "." + path.partition(".")[2]


def later(served: Served, path: str) -> str:
    number_, end, rest = path.split(".", 2)
    return f"{number_}.{int(end) + 86_400}.{rest}"


def renamed(served: Served, path: str) -> str:
    """Somebody wrote another employee into the file."""
    with served.site.file.writing() as connection:
        connection.execute("UPDATE link SET employee='bo'")
    return path


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(expired, id="over"),
        pytest.param(revoked, id="ended"),
        pytest.param(of_another, id="another's number"),
        pytest.param(later, id="a later end"),
        pytest.param(renamed, id="another employee in the file"),
        pytest.param(flipped(-30), id="another signature"),
        pytest.param(flipped(-50), id="another nonce"),
        pytest.param(lambda served, path: "/link/1", id="a number alone"),
        pytest.param(lambda served, path: "/link/9.1.x.y", id="no such link"),
        pytest.param(lambda served, path: "/link/..-._", id="nonsense"),
        pytest.param(lambda served, path: path + "A" * 200, id="too long"),
    ],
)
def test_a_link_that_does_not_hold_opens_nothing(served: Served, spoil: Spoil) -> None:
    path = spoil(served, made(danish(served)))
    browser = served.browser()
    told = browser.post(path)
    assert told.status_code in (403, 404)
    assert browser.get("/mine").status_code == 303
    assert not [line for line in audit(served) if line[1] == "link used"]


def test_what_a_link_opened_ends_with_it(served: Served) -> None:
    first, second = used(served, made(danish(served))), used(served, made(danish(served), "bo"))
    danish(served).post("/links", revoke="1")
    assert first.get("/mine").status_code == 303
    assert second.get("/mine").status_code == 200
    served.clock.pass_(minutes=29)
    assert second.get("/mine").status_code == 200
    served.clock.pass_(days=7)
    assert second.get("/mine").status_code == 303


def test_making_using_and_ending_are_logged_and_the_token_is_nowhere(
    served: Served, shelf: Shelf
) -> None:
    officer = danish(served)
    path = made(officer)
    used(served, path), used(served, path)
    officer.post("/links", revoke="1")
    served.browser().post(path)
    held = [line for line in audit(served) if line[1].startswith("link")]
    assert [line[1] for line in held] == [
        *("link made", "link used", "link used", "link revoked", "link failed"),
    ]
    assert held[0][3].startswith("anna until ")
    assert held[1][0] == "link-1"
    token = path.rpartition("/")[2]
    secret = token.split(".")[2].encode()
    assert token not in officer.get("/links").text
    for file in shelf.path.parent.rglob("*"):
        if file.is_file():
            assert secret not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("employee", "days"),
    [
        pytest.param("nobody", "7", id="no such owner"),
        pytest.param("anna", "0", id="no day"),
        pytest.param("anna", str(LONGEST_DAYS + 1), id="too long"),
        pytest.param("", "7", id="nobody named"),
    ],
)
def test_a_link_is_bounded_and_for_an_owner(served: Served, employee: str, days: str) -> None:
    officer = danish(served)
    assert officer.post("/links", employee=employee, days=days).status_code == 400
    assert served.site.links.all(9) == []


def test_who_guesses_waits(served: Served) -> None:
    stranger = served.browser()
    path = made(danish(served))
    for _ in range(6):
        assert stranger.post("/link/1.2.x.y").status_code == 403
    assert stranger.post(path).status_code == 403
    assert len([line for line in audit(served) if line[1] == "link failed"]) <= 5
    served.clock.pass_(minutes=16)
    assert stranger.post(path).status_code == 303


def test_no_account_is_called_as_a_link_is(served: Served) -> None:
    from scanner.web.accounts import AccountTrouble

    with pytest.raises(AccountTrouble):
        served.add("link-5")


def test_the_command_makes_and_ends_a_link(shelf: Shelf) -> None:
    assert "no such owner" in shelf.ask("serve", "link", "nobody", code=2).err
    told = shelf.ask("serve", "link", "anna", "--days", "3").out
    path = told.strip().partition(":8011")[2]
    with serving(shelf.config, shelf.path) as served:
        used(served, path)
        shelf.ask("serve", "link", "--revoke", "1")
        assert served.browser().post(path).status_code == 403

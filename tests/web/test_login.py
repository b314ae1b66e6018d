"""Logging in, sessions, forms from elsewhere, foreign names, and what the log says of it."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import FAILED, cli
from scanner.index.store import Decisions, decisions_path
from scanner.web.accounts import Account, AccountTrouble, web_path
from scanner.web.sessions import csrf_of
from tests.answers.shelf import Shelf
from tests.web.served import HTML, PASSWORD, Browser, Served, serving

WRONG = "another long password"


def log_of(served: Served) -> list[tuple[str, str, str]]:
    with Decisions(decisions_path(served.site.index)) as decisions:
        assert decisions.verify() is None
        return [(line.who, line.action, line.subject) for line in decisions.lines(1000)]


def logged_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


def token_of(browser: Browser) -> str:
    return str(browser.client.cookies["fodspor"])


def test_login_and_logout_are_logged_and_a_wrong_password_too(served: Served) -> None:
    served.add("anna")
    browser = served.browser()
    assert browser.login("anna", WRONG).status_code == 403
    assert not logged_in(browser)
    assert browser.login("Anna").status_code == 303
    assert logged_in(browser)
    assert browser.post("/logout", "/account").status_code == 303
    assert not logged_in(browser)
    assert log_of(served) == [
        ("nobody", "login failed", "anna"),
        ("anna", "login", "anna"),
        ("anna", "logout", "anna"),
    ]


def test_a_password_typed_as_a_name_is_masked_in_the_log(served: Served) -> None:
    served.browser().login("0101900000", WRONG)
    ((_, _, subject),) = log_of(served)
    assert "010190" not in subject


def test_a_cookie_says_who_may_have_it(shelf: Shelf) -> None:
    with serving(shelf.config, shelf.path, certificate="c", key="k") as served:
        served.add("anna")
        told = served.browser().login("anna").headers.get_list("set-cookie")
    (session,) = [each for each in told if each.startswith("__Host-fodspor=")]
    assert {"HttpOnly", "SameSite=Strict", "Secure", "Path=/"} <= {*session.split("; ")}
    assert "Domain" not in session


def test_each_login_has_a_token_of_its_own_and_only_its_hash_is_kept(served: Served) -> None:
    browser = served.as_("compliance", name="anna")
    first = token_of(browser)
    browser.post("/logout", "/account")
    browser.login("anna")
    assert len(first) >= 43
    assert token_of(browser) != first
    content = b"".join(p.read_bytes() for p in served.site.file.path.parent.glob("*-web.db*"))
    assert token_of(browser).encode() not in content
    assert PASSWORD.encode() not in content


@pytest.mark.parametrize(
    ("steps", "alive"),
    [
        pytest.param([29], True, id="before the idle time is over"),
        pytest.param([31], False, id="idle for too long"),
        pytest.param([25] * 20, True, id="in use for hours"),
        pytest.param([25] * 29, False, id="in use for longer than a session may last"),
    ],
)
def test_a_session_ends(served: Served, steps: list[int], alive: bool) -> None:
    browser = served.as_("compliance")
    for minutes in steps:
        served.clock.pass_(minutes=minutes)
        held = logged_in(browser)
    assert held is alive


def test_a_form_sent_after_the_session_says_how_not_to_lose_it(served: Served) -> None:
    browser = served.as_("compliance", language="da")
    browser.get("/cases")
    served.clock.pass_(minutes=31)
    told = browser.send("POST", "/cases", data={"title": "typed"}, headers=HTML)
    assert told.status_code == 401
    assert 'href="/login" target="_blank"' in told.text and "typed" not in told.text


@pytest.mark.parametrize("how", ["password", "disabled", "removed"])
def test_what_ends_every_session_of_an_account(served: Served, how: str) -> None:
    one = served.as_("compliance", name="anna")
    two = served.browser()
    two.login("anna")
    match how:
        case "password":
            changed = two.post("/account", old=PASSWORD, new=WRONG, again=WRONG)
            assert changed.status_code == 303
            assert logged_in(two)  # with a new session
        case "disabled":
            served.site.accounts.set_disabled("anna", True)
        case _:
            served.site.accounts.remove("anna")
    assert not logged_in(one)
    assert served.browser().login("anna").status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"old": WRONG, "new": WRONG, "again": WRONG}, id="the old one is wrong"),
        pytest.param({"old": PASSWORD, "new": WRONG, "again": PASSWORD}, id="they differ"),
        pytest.param({"old": PASSWORD, "new": "short", "again": "short"}, id="too short"),
    ],
)
def test_a_password_is_not_changed(served: Served, fields: dict[str, str]) -> None:
    browser = served.as_("compliance", name="anna")
    assert browser.post("/account", **fields).status_code == 400
    assert served.browser().login("anna").status_code == 303


def test_who_guesses_waits_longer_and_longer(served: Served) -> None:
    served.add("anna")
    browser = served.browser()
    for _ in range(5):
        assert browser.login("anna", WRONG).status_code == 403
    assert browser.login("anna").status_code == 429  # the right one, too
    served.clock.pass_(seconds=2)
    assert browser.login("anna", WRONG).status_code == 403
    served.clock.pass_(seconds=3)
    assert browser.login("anna").status_code == 429
    served.clock.pass_(seconds=2)
    assert browser.login("anna").status_code == 303


def test_who_guesses_names_waits_too(served: Served) -> None:
    served.add("anna")
    browser = served.browser()
    for number in range(5):
        assert browser.login(f"name{number}", WRONG).status_code == 403
    assert browser.login("anna").status_code == 429


def test_an_unknown_name_is_answered_as_a_wrong_password(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.add("anna")
    asked: list[str] = []
    hasher = served.site.accounts._hasher
    verify = type(hasher).verify

    def counted(self: Any, held: str, given: str) -> bool:
        asked.append(held)
        return verify(self, held, given)

    monkeypatch.setattr(type(hasher), "verify", counted)
    one, two = served.browser(), served.browser()
    told = [browser.login(name, WRONG) for browser, name in ((one, "anna"), (two, "nobody"))]
    hidden = [re.sub(r'value="[0-9a-f]+"', "", each.text) for each in told]
    assert hidden[0] == hidden[1]
    assert len(asked) == 2  # the same work for both


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        pytest.param({}, "right", 303, id="from the page"),
        pytest.param({}, "", 403, id="without a token"),
        pytest.param({}, "other", 403, id="with another session's"),
        pytest.param({"sec-fetch-site": "cross-site"}, "right", 403, id="another site, it says"),
        pytest.param({"sec-fetch-site": "same-site"}, "right", 403, id="a neighbouring site"),
        pytest.param({"origin": "https://evil.example"}, "right", 403, id="another origin"),
        pytest.param({"origin": "null"}, "right", 303, id="no referrer, no origin"),
        pytest.param({"content-type": "text/plain"}, "right", 415, id="no form"),
        pytest.param({"authorization": "Bearer x"}, "", 403, id="a bearer is no token"),
        pytest.param({"x-csrftoken": "\xe6"}, "", 403, id="Datasette's header"),
    ],
)
def test_a_form_counts_from_a_page_of_this_session_alone(
    served: Served, headers: dict[str, str], token: str, status: int
) -> None:
    browser = served.as_("compliance")
    tokens = {"right": csrf_of(token_of(browser)), "other": csrf_of("x"), "": ""}
    sent = {**FORM, **headers}
    told = browser.send(
        "POST",
        "/language",
        content=f"language=en&csrf={tokens[token]}",
        headers={name: text.encode("latin-1") for name, text in sent.items()},
    )
    assert told.status_code == status


def test_a_login_form_needs_its_own_cookie(served: Served) -> None:
    """Nobody is logged in as somebody else by a form of another site."""
    served.add("anna")
    fields = {"name": "anna", "password": PASSWORD}
    without = served.browser().send("POST", "/login", data=fields)
    assert without.status_code == 403
    foreign = served.browser()
    foreign.get("/login")
    other = served.browser()
    page = other.get("/login").text
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert token is not None
    assert foreign.send("POST", "/login", data={**fields, "csrf": token[1]}).status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("127.0.0.1:8011", 303, id="this machine"),
        pytest.param("localhost:8011", 303, id="by name"),
        pytest.param("[::1]:8011", 303, id="version 6"),
        pytest.param("fodspor.firma.dk", 303, id="a name of the configuration"),
        pytest.param("evil.example", 421, id="a name that points here"),
        pytest.param("127.0.0.1.evil.example", 421, id="one that begins like it"),
        pytest.param("", 421, id="none"),
    ],
)
def test_a_foreign_name_does_not_reach_the_pages(shelf: Shelf, host: str, status: int) -> None:
    with serving(shelf.config, shelf.path, names=("fodspor.firma.dk",)) as served:
        told = served.browser().get("/", headers={"host": host, "accept": "text/html"})
    assert told.status_code == status


def test_every_answer_forbids_what_no_page_needs(served: Served) -> None:
    browser = served.as_("compliance", grants=("sql",))
    for path in ("/login", "/account", "/nothing", "/data/index/document", "/data/index.json"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
        assert "http" not in policy and "*" not in policy
        assert ("unsafe-inline" in policy) is path.startswith("/data/")
        assert headers.get_list("content-security-policy") == [policy]
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    style = re.search(r"/static/[^\"]+", browser.get("/account").text)
    assert style is not None
    assert "immutable" in browser.get(style[0]).headers["cache-control"]


@pytest.mark.parametrize(
    ("account", "password", "why"),
    [
        pytest.param(Account("Anna", "compliance"), PASSWORD, "small letters", id="name"),
        pytest.param(Account("a/b", "compliance"), PASSWORD, "small letters", id="sign"),
        pytest.param(Account("anna", "king"), PASSWORD, "known:", id="role"),  # type: ignore[arg-type]
        pytest.param(Account("anna", "manager"), PASSWORD, "--department", id="manager"),
        pytest.param(Account("anna", "employee"), PASSWORD, "--employee", id="employee"),
        pytest.param(Account("anna", "it", grants=("sql",)), PASSWORD, "cannot", id="grant"),
        pytest.param(
            Account("anna", "compliance", ("HR",), grants=("sql",)), PASSWORD, "whole", id="part"
        ),
        pytest.param(Account("anna", "compliance"), "eleven sign", "12 signs", id="short"),
    ],
)
def test_an_account_that_cannot_be(
    served: Served, account: Account, password: str, why: str
) -> None:
    with pytest.raises(AccountTrouble, match=why):
        served.site.accounts.add(account, password)
    assert served.site.accounts.all() == []


def test_what_goes_wrong_is_a_page_without_what_was_typed(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = served.as_("compliance", language="da")
    monkeypatch.setattr("scanner.web.asked.opened", lambda *_: 1 / 0)
    told = browser.get("/overview?secret=0101900000")
    assert told.status_code == 500
    assert "Noget gik galt" in told.text
    assert "0101900000" not in told.text + caplog.text
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.setattr("scanner.web.asked.Asked.late", True)
    assert browser.get("/overview").status_code == 503


def test_a_request_that_takes_too_long_is_broken_off(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.web.asked.STEPS", 1)  # SQLite looks at the clock at once
    with serving(shelf.config, shelf.path, seconds=0.0) as served:
        told = served.as_("compliance", language="en").get("/overview")
    assert told.status_code == 503
    assert "took too long" in told.text


def test_accounts_by_the_command_line(shelf: Shelf) -> None:
    add = ("serve", "account", "add", "anna", "--role", "compliance", "--may", "sql")
    shelf.ask(*add, stdin=f"{PASSWORD}\n")
    assert shelf.ask("serve", "account", "list").out == "anna\tcompliance\tsql\n"
    assert "already" in shelf.ask(*add, stdin=f"{PASSWORD}\n", code=2).err
    assert "signs" in shelf.ask("serve", "account", "password", "anna", stdin="x\n", code=2).err
    path = web_path(shelf.path)
    assert path.stat().st_mode & 0o077 == 0
    with sqlite3.connect(path) as connection:
        (held,) = connection.execute("SELECT hash FROM account").fetchone()
    assert held.startswith("$argon2id$")
    connection.close()
    shelf.ask("serve", "account", "remove", "anna")
    assert shelf.ask("serve", "account", "list").out == ""
    told = shelf.ask("audit", "show")
    assert ["account added" in line for line in told.out.splitlines()] == [True, False]
    assert "whole: 2 lines" in shelf.ask("audit", "verify").out


def test_a_log_that_was_changed_is_told(shelf: Shelf) -> None:
    with Decisions(decisions_path(shelf.path)) as decisions:
        for number in range(3):
            decisions.log("look-up", f"subject {number}", who="anna")
        decisions.connection.execute("UPDATE audit SET who='bo' WHERE id=2")
    assert "line 2" in shelf.ask("audit", "verify").out
    verify = ["--config", str(shelf.config), "audit", "verify"]
    assert cli.main(verify, standalone_mode=False) == FAILED
    assert shelf.ask("audit", "show", "--who", "bo").out.count("\n") == 1


def test_no_certificate_no_network(shelf: Shelf) -> None:
    told = shelf.ask("serve", "--host", "0.0.0.0", code=2)
    assert "in the clear" in told.err


def test_the_accounts_are_no_document(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.setup import Setup

    rules = Setup.find(str(shelf.config)).own_files()
    assert any(rule.endswith(Path(web_path(shelf.path)).name) for rule in rules)

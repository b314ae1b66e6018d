"""Attacks that need more than a hostile name; docs/pages.md lists all that were tried."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from scanner.index.store import Decisions, decisions_path
from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.browsing import PASSWORD, login, missing, running
from tests.web.served import Browser, Served, serving

SLOW = 60
"""Connections that send a request a sign at a time, and never its end."""


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Served]:
    """Two departments with a document each, copies of one another in a common place."""
    shelf = Shelf(tmp_path / "home", places=("salg", "hr"))
    for place, owner in (("salg", "anna"), ("hr", "bo")):
        folder = f"/srv/{place}/mappe-{owner}"
        locked = Doc(
            f"{folder}/lukket-{owner}.pdf", owner=owner, status="unread", reason="encrypted"
        )
        listed = Doc(f"{folder}/fil-{owner}.txt", cprs(30, seed=5), owner=owner, content="c")
        shelf.run([listed, locked], place=place)
    for account, department in (("anna", "Salg"), ("bo", "HR")):
        shelf.sql(
            "INSERT INTO employee(account, name, department) VALUES (?,?,?)",
            *(account, f"{account} navn", department),
        )
    with serving(shelf.config, shelf.path) as site:
        yield site


def numbered(browser: Browser, most: int = 6) -> str:
    """Ask for every document, place, content and verdict by its number; return all that is told."""
    told = ""
    for number in range(1, most):
        for path in ("/document/{}", "/place/{}", "/copies/{}", "/verdicts/document/{}"):
            for query in ("", "?show=all", f"?folder={number}"):
                told += browser.get(path.format(number) + query).text
        unread = "/unread/list?reason=encrypted&place={}"
        for path in ("/breach?document={}", "/unread?place={}", unread):
            told += browser.get(path.format(number)).text
    return told


@pytest.mark.parametrize(
    ("role", "more"),
    [
        pytest.param("compliance", {"departments": ("Salg",)}, id="an officer of a department"),
        pytest.param("manager", {"departments": ("Salg",)}, id="a manager"),
        pytest.param("employee", {"employee": "anna"}, id="an employee"),
    ],
)
def test_numbers_that_are_guessed_open_nothing_of_another_part(
    parts: Served, role: Any, more: dict[str, Any]
) -> None:
    told = numbered(parts.as_(role, **more))
    assert "fil-bo" not in told and "lukket-bo" not in told and "bo navn" not in told
    assert "mappe-bo" not in told
    whole = numbered(parts.as_("compliance"))
    assert "fil-bo" in whole and "lukket-bo" in whole and "mappe-bo" in whole


def test_a_look_up_is_its_sessions_alone(served: Served) -> None:
    value = cprs(1, seed=2)[0].value
    mine, other = served.as_("compliance"), served.as_("compliance")
    address = mine.post("/person", value=value, purpose="access").headers["location"]
    assert mine.get(address).status_code == 200
    for path in (address, f"{address}/dossier"):
        assert other.get(path).status_code == 404
    assert served.browser().get(address).status_code == 303


def test_a_session_cannot_be_chosen_for_somebody(served: Served) -> None:
    served.add("anna")
    browser = served.browser()
    chosen = "a" * 43
    browser.client.cookies.set("fodspor", chosen)
    browser.login("anna")
    tokens = {cookie.value for cookie in browser.client.cookies.jar}
    thief = served.browser()
    thief.client.cookies.set("fodspor", chosen)
    assert thief.get("/overview").status_code == 303
    assert browser.get("/overview").status_code == 200
    assert tokens - {chosen}


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nothing_leads_to_another_site(served: Served, target: str) -> None:
    served.add("anna")
    browser = served.browser()
    fields = {"name": "anna", "password": PASSWORD, "next": target}
    told = browser.post(f"/login?next={target}", "/login", **fields)
    assert told.headers["location"] in ("/", "/overview")
    for path, fields in (("/language", {"language": "da"}), ("/logout", {})):
        told = browser.post(path, "/account", **fields, next=target, to=target)
        assert urlsplit(told.headers["location"]).netloc == ""
        assert re.match(r"/(?![/\\])", told.headers["location"])
        browser.login("anna")


def test_a_line_of_the_log_cannot_be_forged(served: Served, shelf: Shelf) -> None:
    forged = "x\r\n2026-01-01 root login root\u2028\u202e\x1b[2J"
    served.browser().post("/login", name=forged, password=PASSWORD)
    officer = served.as_("compliance", name="anna")
    officer.post("/person", value=cprs(1, seed=2)[0].value, purpose="access", reference=forged)
    with Decisions(decisions_path(served.site.index)) as decisions:
        lines = decisions.lines(10)
        assert decisions.verify() is None
    assert [line.who for line in lines if line.action == "login"] == ["anna"]
    for line in lines:
        assert (line.who + line.subject + line.detail).isprintable()
    shown = shelf.ask("audit", "show").out
    assert len(shown.splitlines()) == len(lines)


def test_what_was_typed_wrongly_is_not_repeated(served: Served) -> None:
    officer = served.as_("compliance")
    typed = "<script>alert(1)</script>010190-0000"
    for told in (
        officer.get(f"/numbers?by={typed}"),
        officer.get(f"/{typed}"),
        officer.get(f"/breach?at={typed}&device={typed}"),
        officer.get(f"/unread/list?reason={typed}"),
        officer.get(f"/log?who={typed}"),
        officer.post("/person", value=typed, purpose=typed),
        officer.post("/verdicts/give", "/verdicts", about=typed, decision=typed),
        officer.post("/cases/new", "/cases", type=typed, begun=typed, device=typed),
    ):
        assert "<script>alert" not in told.text
        assert "evil" not in str(told.headers)


def test_slow_and_oversized_requests_keep_nobody_out(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "home")
    shelf.run([Doc("/srv/share/a.txt", cprs(1))])
    with running(shelf.config) as address, ExitStack() as stack:
        where = urlsplit(address)
        assert where.hostname and where.port

        def opened(sent: bytes) -> socket.socket:
            found = stack.enter_context(socket.create_connection((where.hostname, where.port), 20))
            found.sendall(sent)
            return found

        host = f"Host: {where.netloc}\r\n".encode()
        for number in range(SLOW):
            head = b"GET /login HTTP/1.1\r\n" + host + b"X-Slow: "
            body = b"POST /login HTTP/1.1\r\n" + host + b"Content-Length: 999999\r\n\r\na"
            opened(head if number % 2 else body)
        huge = opened(b"GET /" + b"a" * 200_000)
        assert huge.recv(100).startswith(b"HTTP/1.1 400") or huge.recv(1) == b""
        two = opened(
            b"POST /login HTTP/1.1\r\n" + host + b"Content-Length: 4\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /overview HTTP/1.1\r\n"
            + host
            + b"\r\n"
        )
        assert b"Kunder" not in two.recv(10_000)
        with urlopen(f"{address}login", timeout=20) as told:
            assert told.status == 200


@pytest.mark.skipif(bool(missing()), reason=missing() or "-")
def test_no_other_site_shows_or_reads_a_page(chromium: Any, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "home")
    shelf.run([Doc("/srv/share/Kunder.txt", cprs(30))])
    shelf.ask(*("serve", "account", "add", "ida", "--role", "compliance"), stdin=f"{PASSWORD}\n")
    with running(shelf.config) as address:
        context = chromium.new_context()
        page = context.new_page()
        login(page, address, "ida")
        assert page.url.endswith("/overview") and "Kunder" in page.content()
        other = address.replace("127.0.0.1", "localhost")
        context.route(
            f"{other}attack",
            lambda route: route.fulfill(
                body=f'<iframe src="{address}overview"></iframe>'
                f'<form method="post" action="{address}logout"><button>x</button></form>',
                content_type="text/html",
            ),
        )
        page.goto(f"{other}attack")
        page.wait_for_load_state("networkidle")
        assert "Kunder" not in "".join(frame.content() for frame in page.frames)
        read = page.evaluate(
            "address => fetch(address, {credentials: 'include'}).then(() => 'read', () => 'kept')",
            f"{address}overview",
        )
        assert read == "kept"
        page.click("button")
        page.wait_for_load_state()
        page.goto(f"{address}overview")
        assert page.url.endswith("/overview")  # still logged in
        context.close()

"""The pages in a real browser: as an officer meets them, with names that attack, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.browsing import PASSWORD, login, running, serious
from tests.web.test_hostile import NAMES

LOAD_BYTES = 300_000


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = Shelf(tmp_path_factory.mktemp("browser") / "home")
    shelf.run(
        Doc(f"/srv/share/{name}", cprs(30, seed=at), owner=name, content=f"{at // 2}")
        for at, name in enumerate(NAMES)
    )
    shelf.sql("UPDATE document SET readable_by='everyone'")
    for name, more in (("anna", ["--may", "sql"]), ("bo", []), ("it", [])):
        role = "it" if name == "it" else "compliance"
        shelf.ask(
            *("serve", "account", "add", name, "--role", role, "--speaks", "da", *more),
            stdin=f"{PASSWORD}\n",
        )
    with running(shelf.config) as served:
        yield served


class Watched:
    """A page, with all that it asked for, said and complained of."""

    def __init__(self, context: Any) -> None:
        self.page = context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.bytes = 0
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("response", self._count)
        self.page.on("dialog", lambda dialog: self._complain(dialog.message, dialog))
        self.page.on("console", lambda line: self._complain(f"{line.type}: {line.text}"))
        self.page.on("pageerror", lambda error: self._complain(str(error)))

    def _count(self, response: Any) -> None:
        self.bytes += int(response.headers.get("content-length", 0))

    def _complain(self, text: str, dialog: Any = None) -> None:
        self.complaints.append(text)
        if dialog is not None:
            dialog.dismiss()

    def foreign(self, address: str) -> list[str]:
        return [url for url in self.requests if not url.startswith((address, "data:"))]


def test_an_officer_meets_decisions_in_both_languages(chromium: Any, address: str) -> None:
    context = chromium.new_context(locale="da-DK")
    watched = Watched(context)
    page = watched.page
    page.goto(address)
    assert page.url == f"{address}login"
    assert serious(page) == []
    login(page, address, "anna", "not the password")
    assert page.get_by_role("alert").is_visible()
    watched.complaints.clear()  # the browser notes the 403
    watched.bytes = 0
    login(page, address, "anna")
    assert page.url == f"{address}overview"
    assert 0 < watched.bytes < LOAD_BYTES
    assert page.locator("html").get_attribute("lang") == "da"
    assert page.get_by_role("heading", level=1).inner_text() == "Hvad kræver en afgørelse?"
    assert serious(page) == []
    page.locator(".card .button").first.click()
    assert page.locator("tbody tr").count() > 0
    assert serious(page) == []
    for by in ("kind", "department"):
        page.goto(f"{address}numbers?by={by}")
        assert serious(page) == []
    page.goto(f"{address}account")
    assert serious(page) == []
    page.get_by_role("button", name="English").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What requires a decision?"
    page.get_by_role("button", name="Log out").click()
    assert page.url == f"{address}login"
    page.goto(f"{address}overview")
    assert page.url == f"{address}login"
    assert watched.complaints == []
    assert watched.foreign(address) == []
    context.close()


def test_names_that_attack_do_nothing_in_datasettes_pages_either(
    chromium: Any, address: str
) -> None:
    context = chromium.new_context()
    watched = Watched(context)
    login(watched.page, address, "anna")
    for path in ("data/", "data/index/document", "data/index?sql=select+display+from+document"):
        watched.page.goto(f"{address}{path}")
        watched.page.wait_for_load_state("networkidle")
        assert watched.page.locator("img[src=x]").count() == 0
    assert [c for c in watched.complaints if not c.startswith(("log", "info"))] == []
    assert watched.foreign(address) == []
    context.close()


def test_by_keyboard_and_without_javascript(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    login(page, address, "bo")
    assert page.url == f"{address}overview"
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("class") == "skip"
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if "button" in (page.locator(":focus").get_attribute("class") or ""):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview/*")
    context.close()


def test_a_refusal_in_words(chromium: Any, address: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    login(page, address, "it")
    page.goto(f"{address}overview")
    assert "Din rolle giver ikke adgang" in page.inner_text("main")
    assert serious(page) == []
    context.close()


def test_what_is_printed_has_no_navigation(chromium: Any, address: str, tmp_path: Path) -> None:
    context = chromium.new_context()
    page = context.new_page()
    login(page, address, "bo")
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible()
    assert page.locator(".card").first.is_visible()
    context.close()

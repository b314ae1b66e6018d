"""Values and signed links in a real browser: nothing of a document runs, no link leaks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.demo import fake
from tests.conftest import Installation
from tests.here import scan_here
from tests.web.browsing import PASSWORD, login, running, serious
from tests.web.test_preview import workbook

RNG = random.Random(47)
CPR = fake.cpr(RNG)
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Installation]]:
    made = Installation(tmp_path_factory.mktemp("values"))
    made.files.mkdir()
    made.run("init", code=0)
    made.configure(f'[[place]]\nname = "salg"\npath = "{made.files}"\nowner = "anna"\n')
    rows = [
        (HOSTILE, CPR, "javascript:alert(3)"),
        *((f"r{n}", fake.cpr(RNG), "") for n in range(9)),
    ]
    made.write("Kunder.xlsx", workbook(("Navn", "CPR", "Note"), *rows, name=HOSTILE[:28]))
    scan_here(made)
    account = ("serve", "account", "add", "ida", "--role", "compliance", "--may", "preview")
    made.run(*account, "--speaks", "da", stdin=f"{PASSWORD}\n", code=0)
    with running(made.config) as address:
        yield address, made


def watched(page: Any) -> list[str]:
    """Return what a page complains of, as it comes: dialogs, errors, refused content."""
    complaints: list[str] = []
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text))
    return complaints


def test_a_document_is_shown_and_nothing_of_it_runs(
    chromium: Any, served: tuple[str, Installation]
) -> None:
    address, made = served
    context = chromium.new_context(locale="da-DK")
    page = context.new_page()
    complaints = watched(page)
    login(page, address, "ida")
    page.goto(f"{address}document/1")
    page.get_by_role("link", name="Vis med værdier").click()
    assert serious(page) == []
    page.select_option("#purpose", "erasure")
    page.get_by_role("button", name="Læs og vis").click()
    page.wait_for_load_state()
    assert page.locator("mark").first.inner_text() == CPR
    assert HOSTILE in page.locator("dd").first.inner_text()
    assert page.locator("dd a, dd img, dd script").count() == 0
    assert serious(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert page.evaluate(wide) is False
    page.goto(f"{address}log")
    assert CPR not in page.content()
    assert complaints == []
    context.close()
    kept = [each for each in made.folder.rglob("*") if each.is_file()]
    assert not [each for each in kept if each.suffix != ".xlsx" and CPR.encode() in _read(each)]


def _read(path: Path) -> bytes:
    return path.read_bytes()


def test_a_link_opens_one_page_and_tells_nobody_of_itself(
    chromium: Any, served: tuple[str, Installation]
) -> None:
    address, made = served
    link = made.run("serve", "link", "anna", code=0).out.strip()
    path = link.partition("/link/")[2]
    context = chromium.new_context(locale="da-DK")
    page = context.new_page()
    complaints = watched(page)
    told: list[tuple[str, str]] = []
    page.on(
        "request", lambda request: told.append((request.url, request.headers.get("referer", "")))
    )
    page.goto(f"{address}link/{path}")
    assert serious(page) == []
    assert context.cookies()[0]["name"] == "fodspor-login"
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Open my page").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}mine")
    assert "Kunder.xlsx" in page.content()
    assert serious(page) == []
    assert page.locator("nav a").count() == 1
    assert all(path not in referer for _, referer in told)
    assert all(url.startswith(address) for url, _ in told)
    assert page.goto(f"{address}document/1").status == 403
    assert [each for each in complaints if "403" not in each] == []
    context.close()

"""Journey of an access request in a real browser, from the look-up to the dossier, in Danish."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.answers.shelf import Doc, Shelf, Value, cprs
from tests.web.browsing import PASSWORD, login, running, serious

NAME = "<img src=x onerror=alert(1)>\u202ecod.=1+1.xlsx"
PERSON = cprs(1, seed=7)[0]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = Shelf(tmp_path_factory.mktemp("looking") / "home")
    unsure = Value("DK_CPR", PERSON.value, 0.5, ("check",))
    shelf.run(
        [
            Doc(f"/srv/share/salg/{NAME}", (PERSON, *cprs(30)), owner="<b>bo</b>", content="x"),
            Doc("/srv/share/salg/Kopi.xlsx", (PERSON, *cprs(30)), owner="anna", content="x"),
            Doc("/srv/share/navnebror.txt", (unsure,), owner="bo"),
            Doc("/srv/share/låst.docx", status="unread", reason="encrypted"),
        ]
    )
    for name, role in (("ida", "compliance"), ("drift", "it")):
        shelf.ask(
            *("serve", "account", "add", name, "--role", role, "--speaks", "da"),
            stdin=f"{PASSWORD}\n",
        )
    with running(shelf.config) as served:
        yield served


def test_from_a_look_up_to_the_dossier(chromium: Any, address: str, tmp_path: Path) -> None:
    context = chromium.new_context(locale="da-DK", accept_downloads=True)
    page = context.new_page()
    seen: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text))
    login(page, address, "ida")
    page.goto(f"{address}person")
    assert serious(page) == []
    page.select_option("#purpose", "access")
    page.fill("#value", PERSON.value)
    page.get_by_role("button", name="Slå op").click()
    page.wait_for_load_state()
    assert page.locator("input[name=place]").count() == 3
    assert serious(page) == []
    page.locator("summary").first.click()
    boxes = page.locator("input[name=place]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Det er personen").click()
    page.wait_for_load_state()
    page.locator("input[name=place]").nth(2).check()
    page.fill("#reason", "navnebror")
    page.get_by_role("button", name="Det er en anden").click()
    page.wait_for_load_state()
    assert "navnebror" in page.inner_text("main")
    page.get_by_role("link", name="Dossier").click()
    page.wait_for_load_state()
    assert serious(page) == []
    page.fill("#outside", "Lønsystemet")
    for form, button in (("json", "JSON"), ("html", "Til udskrift (HTML)")):
        with page.expect_download() as coming:
            page.get_by_role("button", name=button).click()
        saved = tmp_path / f"dossier.{form}"
        coming.value.save_as(saved)
        assert PERSON.value not in saved.read_text("utf-8")
    held = json.loads((tmp_path / "dossier.json").read_text("utf-8"))
    assert (len(held["places"]), held["rejected"], held["undecided"]) == (2, 1, 0)
    printed = context.new_page()
    printed.on("dialog", lambda dialog: complaints.append(dialog.message))
    printed.goto((tmp_path / "dossier.html").as_uri())
    assert printed.locator("tbody tr").count() == 2
    assert printed.locator("img").count() == 0
    assert not [url for url in seen if PERSON.value in url]
    assert complaints == []
    context.close()


def test_the_other_pages_are_for_everybody_and_run_nothing(chromium: Any, address: str) -> None:
    context = chromium.new_context(locale="da-DK")
    page = context.new_page()
    complaints: list[str] = []
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("console", lambda line: complaints.append(line.text))
    login(page, address, "ida")
    for path in ("copies", "copies/near", "unread", "unread/list?reason=encrypted", "places"):
        page.goto(f"{address}{path}")
        assert page.get_by_role("heading", level=1).is_visible(), path
        assert serious(page) == [], path
    page.get_by_role("link", name="share").first.click()
    page.get_by_role("link", name="salg").first.click()
    assert serious(page) == []
    page.locator("tbody a").first.click()
    assert "Historik" in page.inner_text("main")
    assert serious(page) == []
    assert complaints == []
    context.close()


def test_it_operations_are_refused(chromium: Any, address: str) -> None:
    context = chromium.new_context(locale="da-DK")
    page = context.new_page()
    login(page, address, "drift")
    page.goto(f"{address}person")
    assert "Din rolle giver ikke adgang" in page.inner_text("main")
    assert page.locator("#value").count() == 0
    context.close()

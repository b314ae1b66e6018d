"""The lists, charts and reports in a real browser: usable, and never a dead end."""

from __future__ import annotations

from typing import Any

from tests.answers.shelf import DEVICE, Shelf
from tests.web.browsing import PASSWORD, login, running, serious
from tests.web.test_documents import shelf

__all__ = ["shelf"]
PATHS = (
    *("documents", "documents?kind=DK_CPR&department=HR", "numbers?by=department&kind=DK_CPR"),
    *("numbers?by=readers", "employees", "devices", f"devices/{DEVICE}?stolen=1", "runs"),
    *("breach/find", "breach?document=1", f"breach?device={DEVICE}", "reports", "reports/month"),
    *(
        "reports/outside",
        "reports/leavers",
        "reports/terms",
        "copies/1",
        "unread",
        "overview",
        "verdicts",
    ),
)


def test_every_page_is_usable(chromium: Any, shelf: Shelf) -> None:
    shelf.ask(
        *("serve", "account", "add", "anna", "--role", "compliance", "--speaks", "da"),
        stdin=f"{PASSWORD}\n",
    )
    with running(shelf.config) as address:
        context = chromium.new_context(viewport={"width": 400, "height": 800})
        page = context.new_page()
        trouble: list[str] = []
        page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        login(page, address, "anna")
        faults = {}
        for path in PATHS:
            answer = page.goto(f"{address}{path}")
            assert answer is not None and answer.status == 200, path
            assert page.locator("h1").count() == 1, path
            faults[path] = serious(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 400:
                faults[path].append(f"{width} px wide")
        assert {path: told for path, told in faults.items() if told} == {}
        assert trouble == []

        page.goto(f"{address}documents")  # the form narrows, and what it says stays in it
        page.select_option("[name=department]", "HR")
        page.check("[name=left]")
        page.click("button:has-text('Vis')")
        page.wait_for_load_state()
        assert "department=HR" in page.url and page.is_checked("[name=left]")
        assert page.locator("tbody tr").count() == 1

        page.goto(f"{address}numbers?by=department&kind=DK_CPR")
        page.click("table a:has-text('Salg')")
        page.wait_for_load_state()
        assert page.locator("tbody tr").count() == 2

        page.goto(f"{address}employees")  # a name that is looked for stands in no address
        page.fill("[name=name]", "bo")
        page.press("[name=name]", "Enter")
        page.wait_for_load_state()
        assert page.url == f"{address}employees" and page.locator("tbody tr").count() == 1

        page.goto(f"{address}breach?document=1")
        with page.expect_download() as caught:
            page.click("button:has-text('Word')")
        assert caught.value.suggested_filename == "anmeldelse.docx"
        context.close()

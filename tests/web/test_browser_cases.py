"""Verdicts, cases and a breach in a real browser: as an officer does them, over hostile names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.answers.shelf import DEVICE, Doc, Shelf, cprs
from tests.web.browsing import PASSWORD, login, missing, running, serious
from tests.web.test_hostile import NAMES

PAGES = ("verdicts", "verdicts/given", "tasks", "cases", "cases/1", "approvals", "reports")

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")


def test_an_officer_decides_opens_a_case_reports_a_breach(tmp_path: Path, chromium: Any) -> None:
    shelf = Shelf(tmp_path / "home")
    shelf.run(
        Doc(f"/srv/share/{name}", cprs(30, seed=at), owner=name) for at, name in enumerate(NAMES)
    )
    person = cprs(30)[0].value
    for language in ("da", "en"):
        shelf.ask(
            *("serve", "account", "add", f"anna-{language}", "--role", "compliance"),
            *("--speaks", language),
            stdin=f"{PASSWORD}\n",
        )
    complaints: list[str] = []
    with running(shelf.config) as address:
        context = chromium.new_context()
        page = context.new_page()
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("console", lambda line: complaints.append(line.text))
        login(page, address, "anna-da")
        page.goto(f"{address}verdicts")
        page.locator("input[name=document]").first.check()
        page.check("#decision-3")
        page.fill("#reason", "hører til på fil01")
        page.click("button.main")
        assert "1 afgørelse er gemt" in page.inner_text("main")
        page.goto(f"{address}cases")
        page.select_option("#type", "erasure")
        page.fill("#person", person)
        page.click("button.main")
        assert "Sag 1" in page.inner_text("h1") and person not in page.content()
        page.fill("#close", "slettet")
        page.click("button.main")
        assert "stadig" in page.inner_text("main")
        page.goto(f"{address}breach?device={DEVICE}")
        assert f"mindst {30 * len(NAMES)}, højst {30 * len(NAMES)}" in page.inner_text("main")
        with page.expect_download() as download:
            page.click("text=Hent som side")
        assert "Anmeldelse af brud" in Path(download.value.path()).read_text("utf-8")
        page.goto(f"{address}verdicts/document/1")
        told = serious(page)
        context.close()
        context = chromium.new_context()
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text))
        login(page, address, "anna-en")
        for path in (
            "verdicts",
            "verdicts/given",
            "tasks",
            "cases",
            "cases/1",
            "approvals",
            "reports",
        ):
            page.goto(f"{address}{path}")
            told += [f"{path}: {each}" for each in serious(page)]
        page.set_viewport_size({"width": 390, "height": 844})
        for path in ("reports", "log", "verdicts/document/1"):
            page.goto(f"{address}{path}")
            told += [f"{path} on a telephone: {each}" for each in serious(page)]
            assert page.evaluate("document.documentElement.scrollWidth") == 390, path
        page.goto(f"{address}breach?device={DEVICE}")
        told += serious(page)
        context.close()
    assert told == []
    assert [each for each in complaints if "409" not in each] == []

"""A company named to attack, scanned for real, opened in a real browser: every page, watched."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.web.browsing import counted, login, missing, running, serious
from tests.web.hostile_company import IMAGE, NAMES, HostileCompany

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")

REFUSED = "Din rolle giver ikke adgang"
FILE = re.compile(r"\.[a-z]{3,4}$")
"""What a link that saves a file ends with."""
EACH = 2
"""How many pages of one kind are visited."""
INJECTED = "main :is(img, script, iframe, b, svg:not(.chart)), [onfocus], [onload], base"
REACHED = {
    *("/overview", "/numbers", "/places", "/place/N", "/document/N", "/cases", "/cases/N"),
    *("/person", "/person/X", "/person/X/dossier", "/verdicts", "/verdicts/document/N"),
    *("/verdicts/given", "/approvals", "/tasks", "/copies", "/copies/N", "/copies/near", "/breach"),
    *("/reports", "/reports/month", "/unread", "/unread/list", "/coverage", "/log", "/account"),
    *("/documents", "/devices", "/runs", "/links", "/breach/find"),
}
"""What the crawl must have met, so that it cannot be empty."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, HostileCompany]]:
    made = HostileCompany(tmp_path_factory.mktemp("hostile"))
    with running(made.config) as address:
        yield address, made


class Watched:
    """A page, with whatever a name made it do."""

    def __init__(self, context: Any, address: str) -> None:
        self.page = context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda line: self.complaints.append(line.text))
        self.page.on("request", self._request)

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, asked: Any) -> None:
        if not asked.url.startswith((self.address, "data:", "file:")):
            self.complaints.append(f"asked for {asked.url}")

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address.rstrip('/')}{path}")
        counted(self.page)

    def links(self) -> list[str]:
        found: list[str] = self.page.eval_on_selector_all(
            "a[href]", "links => links.map(link => link.getAttribute('href'))"
        )
        paths = [href for href in found if href.startswith("/")]
        return [href for href in paths if not FILE.search(urlsplit(href).path)]


def kind(path: str) -> str:
    """Return what kind of page an address leads to: numbers and marks left out."""
    named = re.sub(r"/\d+\b", "/N", urlsplit(path).path)
    return re.sub(r"/person/[0-9a-f]+", "/person/X", named)


def _work(watched: Watched, made: HostileCompany) -> None:
    """Type attacks wherever an officer may write something."""
    page = watched.page
    watched.open("/person")
    page.select_option("#purpose", "access")
    page.fill("#reference", IMAGE)
    page.fill("#value", made.person)
    page.locator("main form button.main").click()
    page.locator("input[name=place]").first.check()
    page.locator("button[value=confirm]").click()
    page.locator("input[name=place]").nth(1).check()
    page.fill("#reason", IMAGE)
    page.locator("button[value=reject]").click()
    for number, (decision, about) in enumerate((("belongs", "document"), ("move", "rule"))):
        watched.open("/verdicts")
        page.locator("main tbody a").nth(number).click()
        page.check(f"input[name=about][value={about}]")
        page.check(f"input[name=decision][value={decision}]")
        if about == "rule":
            page.fill("input[name=glob]", f"*{IMAGE}*")
        page.fill("#reason", f"{IMAGE} {NAMES[1]}")
        page.fill("#purpose", IMAGE)
        page.fill("#asked", IMAGE)
        page.select_option("#ground", index=2)
        page.locator("main form button.main").click()
    for name in ("access", "breach"):
        watched.open("/cases")
        page.select_option("#type", name)
        page.fill("#title", f"{IMAGE} {NAMES[1]}")
        page.fill("#person", made.person)
        page.select_option("select[name=device]", index=1)
        page.locator("main form button.main").click()
        page.fill("#note", IMAGE)
        page.locator("form:has(#note) button").click()


@pytest.mark.parametrize(
    "axe",
    [
        pytest.param(False, id="watched"),
        pytest.param(True, id="and looked at by axe", marks=pytest.mark.long),
    ],
)
def test_every_page_runs_nothing_and_is_accessible(
    chromium: Any, hostile: tuple[str, HostileCompany], axe: bool
) -> None:
    address, made = hostile
    context = chromium.new_context(locale="da-DK")
    watched = Watched(context, address)
    login(watched.page, address, "ida")
    _work(watched, made)
    told: list[str] = []
    met: Counter[str] = Counter()
    shown = 0
    waiting, seen = ["/overview", "/account", "/nowhere"], set[str]()
    while waiting:
        path = waiting.pop(0)
        if path in seen or met[kind(path)] >= EACH or path.startswith("/data/"):
            continue
        seen.add(path)
        met[kind(path)] += 1
        watched.open(path)
        if axe and met[kind(path)] == 1:
            told += [f"{path}: {each}" for each in serious(watched.page)]
        shown += IMAGE in watched.page.inner_text("body")
        told += [f"{path}: injected" for _ in range(watched.page.locator(INJECTED).count())]
        assert "49" not in re.findall(r"\b49\.csv", watched.page.inner_text("body")), path
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", watched.page.content()), path
        waiting += watched.links()
    assert told == []
    assert [each for each in watched.complaints if "404" not in each] == []
    assert {*REACHED} <= {*met}
    assert shown > len(REACHED) // 2
    context.close()


@pytest.mark.long
def test_what_is_saved_runs_nothing(
    chromium: Any, hostile: tuple[str, HostileCompany], tmp_path: Path
) -> None:
    from openpyxl import load_workbook

    address, made = hostile
    context = chromium.new_context(accept_downloads=True)
    watched = Watched(context, address)
    page = watched.page
    login(page, address, "eva")
    watched.open("/person")
    page.select_option("#purpose", "access")
    page.fill("#value", made.person)
    page.locator("main form button.main").click()
    for box in page.locator("input[name=place]").all():
        box.check()
    page.locator("button[value=confirm]").click()
    watched.open(urlsplit(page.url).path + "/dossier")
    page.fill("#outside", f"{IMAGE}\n=1+1\n{NAMES[1]}")
    saved = []
    for form in ("html", "xlsx", "json"):
        with page.expect_download() as coming:
            page.locator(f"button[value={form}]").click()
        saved.append(tmp_path / f"dossier.{form}")
        coming.value.save_as(saved[-1])
    watched.open("/breach")
    page.select_option("select[name=device]", index=0)
    page.locator("main form button.main").first.click()
    page.locator("textarea[name=nature]").fill(f"{IMAGE}</p><script>alert(1)</script>")
    with page.expect_download() as coming:
        page.locator("button[value=html]").click()
    saved.append(tmp_path / "notice.html")
    coming.value.save_as(saved[-1])
    for file in saved:
        if file.suffix == ".html":
            page.goto(file.as_uri())
            assert page.locator("img, script, svg").count() == 0, file
            assert "<img src=x" in page.inner_text("body"), file
    cells = [
        cell
        for sheet in load_workbook(saved[1]).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert len(cells) > 100
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # no formula, no link
    assert not [cell for cell in cells if cell.hyperlink]
    assert watched.complaints == []
    context.close()


@pytest.mark.long
def test_a_role_meets_its_own_pages_alone(
    chromium: Any, hostile: tuple[str, HostileCompany]
) -> None:
    address, _ = hostile
    for name in ("drift", "rev", "kunde", "bo"):
        context = chromium.new_context(locale="da-DK")
        watched = Watched(context, address)
        login(watched.page, address, name)
        menu = {*watched.links()}
        for path in menu:
            watched.open(path)
            assert REFUSED not in watched.page.inner_text("main"), (name, path)
        watched.complaints.clear()  # the browser notes each 403
        for path in ("/person", "/overview", "/document/1", "/verdicts", "/copies", "/data/"):
            watched.open(path)
            assert REFUSED in watched.page.inner_text("main"), (name, path)
            assert IMAGE not in watched.page.inner_text("main"), (name, path)
        assert [each for each in watched.complaints if "403" not in each] == []
        context.close()


def test_the_main_journey_by_keyboard_without_javascript(
    chromium: Any, hostile: tuple[str, HostileCompany]
) -> None:
    address, made = hostile
    context = chromium.new_context(locale="da-DK", java_script_enabled=False)
    page = context.new_page()
    keys = page.keyboard
    page.goto(f"{address}login")
    _tab_to(page, "#name")
    keys.type("eva")
    _tab_to(page, "#password")
    keys.type("a long enough password")
    keys.press("Enter")
    page.wait_for_url("**/overview")
    _tab_to(page, "nav a[href='/person']")
    keys.press("Enter")
    page.wait_for_url("**/person")
    _tab_to(page, "#purpose")
    keys.press("ArrowDown")
    _tab_to(page, "#value")
    keys.type(made.person)
    _tab_to(page, "main form button.main")
    keys.press("Enter")
    page.wait_for_url("**/person/*")
    _tab_to(page, "summary")
    keys.press("Enter")
    assert page.locator("details[open]").count() == 1
    _tab_to(page, "input[name=place]")
    keys.press("Space")
    _tab_to(page, "button[value=confirm]")
    keys.press("Enter")
    page.locator(".flash", has_text="1 sted er bekræftet").wait_for()
    context.close()


def _tab_to(page: Any, selector: str) -> None:
    """Press Tab until the focus is on what is wanted; each stop must be seen."""
    look = (
        "wanted => { const each = document.activeElement; if (each === document.body) return '';"
        " if (getComputedStyle(each).outlineStyle === 'none') return each.outerHTML;"
        " return each.matches(wanted) ? 'there' : '' }"
    )
    for _ in range(200):
        page.keyboard.press("Tab")
        if told := page.evaluate(look, selector):
            assert told == "there", told
            return
    raise AssertionError(f"{selector} is not reached by keyboard")

"""The officers' journeys as steps in a browser, each told in a log: what was done, what was said.

`python -m tests.web.journeys` (or `make journeys`) makes the demo company, serves it, goes through
them in Danish and English and prints the log; `--log FILE` writes it. What is typed is told masked.
The tests (test_journeys.py) go the same ways.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.demo import fake
from scanner.demo.shelves.scattered import SCAN
from tests.connectors.outlook import outlook_file
from tests.web.browsing import chromium, counted, login, missing, running
from tests.web.demo_company import Company, company

LAPTOP = "pc-mikkel.bach"
LIST = "salg/Kunder/Kundeliste.xlsx"
LOCKED = "Kundeliste (kode).xlsx"
NAMESAKE = "Afdragsordning.docx"
MEASURES = "Maskinen er spærret og nøglen er skiftet."
LOOKED_FOR = ("DK_CPR", "EMAIL_ADDRESS", "PERSON")
SAID_SIGNS = 400
HEAD = """# Journeys of officers

What an officer did in the browser over the [demo company](demo.md) → *what the page then said*,
cut to its first words. Written by `make journeys`; [pages](pages.md) are held against what was
planted by `tests/web/test_journeys.py`, which goes the same ways.
"""


@dataclass(slots=True)
class Told:
    """The log of journeys."""

    lines: list[str] = field(default_factory=lambda: [HEAD], repr=False)

    def journey(self, title: str) -> None:
        self.lines += ["", f"## {title}", ""]

    def did(self, what: str, said: str = "") -> None:
        """Note a step, and what the page said to it."""
        flat = " ".join(said.split())
        cut = flat if len(flat) <= SAID_SIGNS else flat[:SAID_SIGNS] + " …"
        self.lines.append(f"- {what}" + (f" → *{cut}*" if cut else ""))


@dataclass(slots=True)
class Officer:
    """Somebody in a browser: a page, the site's address, the words of the language, the log."""

    page: Any
    address: str
    language: str
    told: Told
    said: str = ""
    """What the page said to the last button: its notice, else its heading."""

    def t(self, danish: str, english: str) -> str:
        """Return the words of this officer's language."""
        return danish if self.language == "da" else english

    def open(self, path: str) -> None:
        """Open a page, and wait for what it makes in the background."""
        self.page.goto(f"{self.address}{path}")
        counted(self.page)

    def press(self, danish: str, english: str) -> None:
        """Press a button, and wait for the page that follows."""
        self.page.get_by_role("button", name=self.t(danish, english), exact=True).click()
        self.page.wait_for_load_state()
        notice = self.page.locator(".flash, .wrong, [role=status], [role=alert]")
        shown = notice.first if notice.count() else self.page.locator("h1")
        self.said = str(shown.inner_text())  # before it is loaded anew, which shows it no more
        counted(self.page)

    def download(self, danish: str, english: str) -> bytes:
        """Press a button that saves a file, and return what it holds."""
        with self.page.expect_download() as coming:
            self.page.get_by_role("button", name=self.t(danish, english), exact=True).click()
        return Path(coming.value.path()).read_bytes()

    @property
    def main(self) -> str:
        return str(self.page.inner_text("main"))

    @property
    def whole(self) -> str:
        return str(self.page.inner_text("body"))

    def shown(self) -> str:
        """Return what the page shows, of a list to choose from only what is chosen."""
        told = self.main
        for each in self.page.locator("main select").all():
            told = told.replace(each.inner_text(), each.locator("option:checked").inner_text(), 1)
        return told


def shown_path(path: str) -> str:
    """Return a path below its place, as the pages show it: the numbers in it masked."""
    return re.sub(r"\d{6}-?\d{4}", lambda found: found[0][:4] + "••-••••", path.partition("/")[2])


def access(officer: Officer, made: Company) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Journey 1: an access request, from the look-up to the dossier.

    Returns the dossier as its JSON has it, and the saved files by their form.
    """
    told, page, person = officer.told, officer.page, made.truth.person
    told.journey(f"{officer.t('1. Indsigt', '1. Access request')} ({officer.language})")
    officer.open("person")
    page.select_option("#purpose", "access")
    page.fill("#reference", "sag 17")
    page.fill("#value", "\n".join(person[kind] for kind in LOOKED_FOR))
    officer.press("Slå op", "Look up")
    if page.locator("input[name=chosen]").count():
        told.did(
            "looked up a CPR number, an e-mail and a name; other forms of the name are offered"
        )
        officer.press("Slå op", "Look up")
    found = page.locator("input[name=place]").count()
    told.did(f"looked up, for access, case 17: {found} places on the first page", officer.shown())
    for row in page.locator("tr:has(input[name=place])").all():
        told.did("a place", " ".join(row.locator("td:not(:has(input))").all_inner_texts()))
    _confirm(officer)
    page.get_by_role("link", name="Dossier", exact=True).first.click()
    told.did("opened the dossier", officer.shown())
    page.fill("#outside", "Lønsystemet\nPapirarkivet i kælderen")
    saved = {
        "json": officer.download("JSON", "JSON"),
        "html": officer.download("Til udskrift (HTML)", "To print (HTML)"),
        "xlsx": officer.download("Excel", "Excel"),
    }
    dossier: dict[str, Any] = json.loads(saved["json"])
    told.did(
        "named the payroll system and the paper archive, saved it as JSON, HTML and Excel",
        f"{len(dossier['places'])} places, {dossier['rejected']} rejected, {dossier['undecided']}"
        f" undecided; outside: {', '.join(dossier['outside'])}. {' '.join(dossier['coverage'])}",
    )
    return dossier, saved


def scanned_letter(officer: Officer) -> str:
    """Journey 1: the letter that is a picture. Returns what the page of the unread says."""
    officer.open("unread/list?reason=missing_extra&detail=ocr")
    row = officer.page.locator("tbody tr", has_text=SCAN.rpartition("/")[2]).inner_text()
    advice = officer.page.locator("h1 + p").inner_text()
    officer.told.did("a scanned letter, on the page of what is not read", f"{row} – {advice}")
    return f"{row} – {advice}"


def _confirm(officer: Officer) -> None:
    """Reject the namesake's document, with a reason; confirm the rest, page after page."""
    page, told = officer.page, officer.told
    page.locator("tr", has_text=NAMESAKE).first.locator("input[name=place]").check()
    page.fill("#reason", "Navnebror: et andet CPR-nummer")
    officer.press("Det er en anden: afvis", "It is somebody else: reject")
    told.did(f"rejected {NAMESAKE}, a namesake's, with a reason", officer.said)
    address = page.url.removeprefix(officer.address).partition("?")[0]
    officer.open(f"{address}?show=open")
    while number := page.locator("input[name=place]").count():
        for at in range(number):
            page.locator("input[name=place]").nth(at).check()
        officer.press("Det er personen: tag med i dossieret", "It is the person: into the dossier")
        told.did(f"confirmed {number} places", officer.said)
    officer.open(address)


def stolen(officer: Officer, made: Company) -> dict[str, Any]:
    """Journey 3: a stolen laptop. Returns least, most, the notice, and what the page said."""
    told, page = officer.told, officer.page
    told.journey(f"{officer.t('3. Stjålet laptop', '3. Stolen laptop')} ({officer.language})")
    officer.open("cases")
    page.select_option("#type", "breach")
    page.fill("#title", "Stjålet bærbar")
    page.select_option("select[name=device]", label=LAPTOP)
    officer.press("Opret sag", "Open a case")
    told.did(f"opened a case of a breach, of {LAPTOP}", officer.shown())
    page.locator("main a[href^='/breach']").click()
    page.wait_for_load_state()
    counted(page)
    said = officer.main
    told.did("opened its breach report", officer.shown())
    numbers = re.search(r"(?:mindst|at least) ([\d.,]+), (?:højst|at most) ([\d.,]+)", said)
    assert numbers is not None, said
    page.locator("textarea[name=measures]").fill(MEASURES)
    notice = officer.download("Hent som side", "Download as a page").decode("utf-8")
    written = re.sub("<[^>]+>", " ", notice.partition("<body")[2]).partition(MEASURES)
    told.did(
        "wrote into the draft of the notice what was done, and saved it",
        f"… {written[0][-SAID_SIGNS // 2 :]} {MEASURES} {written[2]}",
    )
    least, most = (int(re.sub(r"\D", "", each)) for each in numbers.groups())
    return {"least": least, "most": most, "notice": notice, "said": said, "whole": officer.whole}


def seven_places(officer: Officer) -> dict[str, Any]:
    """Journey 4, first part: where the customer list lies. Returns its places and near copies."""
    told, page = officer.told, officer.page
    told.journey(
        f"{officer.t('4. Kundelisten på syv steder', '4. The list in seven places')}"
        f" ({officer.language})"
    )
    officer.open("copies")
    card = page.locator(".items > li").first
    told.did("opened the copies: the riskiest", card.inner_text())
    card.locator("h2 a").click()
    page.wait_for_load_state()
    counted(page)
    rows = page.locator("tbody tr").all_inner_texts()
    for row in rows:
        told.did("a place: who, who can read it, how old, status", row)
    officer.open("copies/near")
    if not page.locator(".items > li").count():
        page.locator("main form button").click()
        officer.open("copies/near")
    near = page.locator(".items > li").first.inner_text()
    told.did("looked for near copies", near)
    return {"places": rows, "near": near}


def approve(officer: Officer) -> str:
    """Journey 4: approve the list on the share. Returns what Overblik then says of the rest."""
    told, page = officer.told, officer.page
    officer.open("verdicts")
    page.locator("tbody tr", has_text=f"fil01: {LIST}").locator("a").first.click()
    page.check("input[name=decision][value=belongs]")
    page.fill("#reason", "Den godkendte kundeliste")
    page.fill("#purpose", "Levering og fakturering")
    page.select_option("#ground", index=2)
    until = page.input_value("#until")
    officer.press("Gem afgørelsen", "Keep the verdict")
    told.did(f"approved {LIST} until {until}, with purpose and ground", officer.said)
    return rest(officer)


def rest(officer: Officer) -> str:
    """Return what Overblik says of the list that lies in most places."""
    officer.open("overview")
    cards: list[str] = officer.page.locator(".card").all_inner_texts()
    place = re.compile(r"(?:på|in) (\d+) (?:sted|place)")
    numbers = [int(found[1]) if (found := place.search(card)) else 0 for card in cards[:4]]
    card = cards[numbers.index(max(numbers))]
    officer.told.did("opened Overblik: the list that lies in most places", card)
    return card


def reopened(officer: Officer) -> str:
    """Journey 4: the list has grown. Returns what the page of open decisions says of it."""
    rows = officer.page.locator("tbody tr", has_text=f"fil01: {LIST}")
    for _ in range(60):  # the server looks now and then whether the index has changed
        officer.open("verdicts")
        if rows.count():
            break
        officer.page.wait_for_timeout(1000)
    row = str(rows.first.inner_text())
    officer.told.did("the list was edited and grew; the night has scanned; opened decisions", row)
    return row


def locked(officer: Officer) -> str:
    """Journey 4: the copy behind a password. Returns what the pages say of it."""
    officer.open("unread/list?reason=encrypted")
    row = str(officer.page.locator("tbody tr", has_text=LOCKED).inner_text())
    officer.told.did("the copy behind a password, on the page of what is not read", row)
    return row


def refused(officer: Officer, role: str) -> str:
    """Journey 5: the page of a person, of somebody who may not see it. Returns what it says."""
    officer.open("person")
    officer.told.did(f"{role} opened the page of a person", officer.main)
    return officer.main


def grow(made: Company) -> None:
    """Edit the approved list as an employee does, by more than a fifth, and scan its device."""
    from openpyxl import load_workbook

    path = made.files / "fil01" / LIST
    book = load_workbook(path)
    sheet = book.worksheets[0]
    for number in range(120):
        sheet.append(
            [f"K-{20_000 + number}", fake.name(), fake.cpr(hyphen=True), fake.email(), fake.phone()]
        )
    book.save(path)
    made.scan("fil01")


def all_journeys(made: Company, told: Told) -> None:
    """Go all journeys, in both languages, for the log."""
    with running(made.config) as address, chromium() as browser:
        officers = {}
        for language, name in (("da", "ida"), ("en", "eva")):
            page = browser.new_context(accept_downloads=True).new_page()
            login(page, address, name)
            officers[language] = Officer(page, address, language, told)
        for officer in officers.values():
            access(officer, made)
            scanned_letter(officer)
            stolen(officer, made)
            seven_places(officer)
        told.journey("4. Godkendt, vokset, genåbnet / Approved, grown, reopened (da, en)")
        approve(officers["da"])
        rest(officers["en"])
        grow(made)
        for officer in officers.values():
            reopened(officer)
            locked(officer)
        told.journey("5. Afslag / Refusals (da, en)")
        for language, name in (("da", "drift"), ("en", "ops")):
            page = browser.new_context().new_page()
            login(page, address, name)
            refused(Officer(page, address, language, told), "IT-drift")
    told.did("`fodspor audit verify`", made.centre("audit", "verify"))


def main(arguments: list[str]) -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(prog="python -m tests.web.journeys")
    parser.add_argument("--log", type=Path, metavar="FILE", help="write the log there")
    options = parser.parse_args(arguments)
    if reason := missing():
        raise SystemExit(reason)
    told = Told()
    with tempfile.TemporaryDirectory() as temp:
        home = Path(temp) / "nordlys"
        home.mkdir()
        all_journeys(company(home, outlook=outlook_file()), told)
    text = "\n".join(told.lines).strip() + "\n"
    if options.log:
        options.log.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main(sys.argv[1:])

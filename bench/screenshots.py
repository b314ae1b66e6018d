"""Take the pictures of the officers' pages that the docs show, over the synthetic company.

`python -m bench.screenshots` (or `make screenshots`) makes the demo company with its devices,
serves it, and saves docs/screenshots/NAME.png. `--all FOLDER` takes every page instead: wide,
narrow and as it prints, to look at.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from scanner.demo.company import truth_path
from scanner.demo.truth import Truth
from tests.web.browsing import chromium, counted, login, missing, running
from tests.web.demo_company import Company, company

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
WIDE, NARROW = 1280, 390
HEIGHT = 900
COLORS = 128
MOST_BYTES = 150_000
LAPTOP = "pc-mikkel.bach"


def ready(page: Any, address: str, path: str) -> None:
    """Open a page, and wait until what it makes in the background is made."""
    page.goto(f"{address}{path}")
    counted(page)


def worked(page: Any, address: str, made: Company) -> None:
    """Do what officers do, so that the pages have something to show."""
    person = made.truth.person
    page.goto(f"{address}verdicts")
    page.locator("input[name=document]").first.check()
    page.check("input[name=decision][value=belongs]")
    page.fill("#reason", "Den godkendte kundeliste")
    page.fill("#purpose", "Levering og fakturering")
    page.select_option("#ground", index=2)
    page.get_by_role("button", name="Gem afgørelsen").click()
    page.goto(f"{address}verdicts")
    page.locator("input[name=document]").nth(1).check()
    page.check("input[name=decision][value=move]")
    page.fill("#reason", "Kundedata hører til på fil01")
    page.fill("#asked", "Mikkel Bach")
    page.get_by_role("button", name="Gem afgørelsen").click()
    for kind, title, device in (
        ("erasure", "Kunde vil slettes", ""),
        ("breach", "Stjålet bærbar", LAPTOP),
    ):
        page.goto(f"{address}cases")
        page.select_option("#type", kind)
        page.fill("#title", title)
        if device:
            page.select_option("select[name=device]", label=device)
        else:
            page.fill("#person", person["DK_CPR"])
        page.locator("main form button.main").click()


def looked_up(page: Any, address: str, made: Company) -> str:
    """Look a person up, confirm most places and reject the namesake; return the path."""
    person = made.truth.person
    page.goto(f"{address}person")
    page.select_option("#purpose", "access")
    page.fill("#reference", "sag 1")
    page.fill("#value", f"{person['DK_CPR']}\n{person['EMAIL_ADDRESS']}")
    page.get_by_role("button", name="Slå op").click()
    boxes = page.locator("input[name=place]")
    for number in range(min(8, boxes.count())):
        boxes.nth(number).check()
    page.get_by_role("button", name="Det er personen").click()
    return str(page.url).removeprefix(address).partition("?")[0]


def pages(page: Any, address: str, found: str) -> Iterator[tuple[str, str]]:
    """Yield the name and path of every page that is worth a picture."""
    yield "overview", "overview"
    yield "person-found", found
    yield "dossier", f"{found}/dossier"
    yield "places", "places"
    ready(page, address, "places")
    tree = page.locator("main table a").first.get_attribute("href").lstrip("/")
    yield "tree", tree
    ready(page, address, tree)
    if page.locator("main table a").count():
        yield "folder", page.locator("main table a").first.get_attribute("href").lstrip("/")
    page.goto(f"{address}overview/list")
    document = page.locator("main tbody a").first.get_attribute("href").lstrip("/")
    yield "document", re.sub(r".*/(\d+)$", r"document/\1", document)
    yield "copies", "copies"
    ready(page, address, "copies")
    yield "copy", page.locator("main .items a").first.get_attribute("href").lstrip("/")
    yield "unread", "unread"
    yield "verdicts", "verdicts"
    yield "decide", re.sub(r".*/(\d+)$", r"verdicts/document/\1", document)
    yield "case", "cases/1"
    page.goto(f"{address}breach")
    page.select_option("select[name=device]", label=LAPTOP)
    page.locator("main form button.main").first.click()
    yield "breach", str(page.url).removeprefix(address)
    yield "reports", "reports"
    yield "month", f"reports/month?month={date.today():%Y-%m}"
    yield "devices", "devices"
    yield "numbers", "numbers?by=department"
    yield "log", "log"


OTHERS = (
    *("documents", "runs", "links", "breach/find", "employees"),
    *("login", "person", "cases", "cases/2", "tasks", "verdicts/given", "approvals", "coverage"),
    *("account", "copies/near", "overview/list", "overview/open", "overview/leavers", "nowhere"),
    *("overview/special", "unread/list?reason=encrypted", "numbers", "numbers?by=place"),
)
IN_ENGLISH = "overview"
TO_LOOK_AT = {"places", "folder", "copy", "verdicts"}
"""Pages that the docs do not show."""


def saved(page: Any, path: Path, *, whole: bool = False) -> None:
    """Save a picture of a page, in few colours."""
    from PIL import Image

    data = page.screenshot(full_page=whole)
    picture = Image.open(io.BytesIO(data)).convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)
    if not whole and path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} has more than {MOST_BYTES} bytes")
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", flush=True)


def take(made: Company, folder: Path, everything: bool) -> None:
    """Take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with running(made.config) as address, chromium() as browser:
        context = browser.new_context(
            viewport={"width": WIDE, "height": HEIGHT},
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
        )
        page = context.new_page()
        login(page, address, "ida")
        if page.get_by_role("button", name="Dansk").count():
            page.get_by_role("button", name="Dansk").click()
        worked(page, address, made)
        found = looked_up(page, address, made)
        listed = list(pages(page, address, found))
        if not everything:
            listed = [each for each in listed if each[0] not in TO_LOOK_AT]
        if everything:
            listed += [(re.sub(r"\W", "-", path), path) for path in OTHERS]
        for name, path in listed:
            ready(page, address, path)
            saved(page, folder / f"{name}.png", whole=everything)
            if everything:
                page.set_viewport_size({"width": NARROW, "height": HEIGHT})
                saved(page, folder / f"{name}-narrow.png", whole=True)
                page.set_viewport_size({"width": 794, "height": HEIGHT})
                page.emulate_media(media="print")
                saved(page, folder / f"{name}-print.png", whole=True)
                page.emulate_media(media="screen")
                page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        page.get_by_role("button", name="English").click()
        ready(page, address, IN_ENGLISH)
        saved(page, folder / f"{IN_ENGLISH}-en.png")
        context.close()


def main(arguments: list[str]) -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(prog="python -m bench.screenshots")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, in three forms")
    parser.add_argument("--home", type=Path, help="the company, if it was made before by this")
    options = parser.parse_args(arguments)
    if reason := missing():
        raise SystemExit(reason)
    home = options.home or Path(tempfile.gettempdir()) / "nordlys"  # it stands in the pictures
    if (home / "files").exists():
        if not options.home:
            raise SystemExit(f"{home} is there already; delete it, or name it with --home")
        made = Company(home, Truth.load(truth_path(home / "files")))
    else:
        home.mkdir(parents=True)
        made = company(home)
    try:
        take(made, options.all or FOLDER, bool(options.all))
    finally:
        if not options.home:
            shutil.rmtree(home)


if __name__ == "__main__":
    main(sys.argv[1:])

"""A real Chromium against a running `fodspor serve`, one of each for a whole session of tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scanner.messages import LANGUAGES, words

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
PASSWORD = "a long enough password"
SECONDS = 60


def missing() -> str:
    """Return why no browser can be started here; empty where one can."""
    return "" if CHROMIUM else "no chromium here; see tests/system_packages.sh"


@contextmanager
def running(config: Path) -> Iterator[str]:
    """Run `fodspor serve` on a free port, and yield its address."""
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-m", "scanner.cli", "--config", str(config), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": root,
            "PYTHONUTF8": "1",
            "FODSPOR_STATE": str(config.parent / "state"),
        },
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("Fodspor: http"), line
        yield line.split()[1]
    finally:
        process.terminate()
        process.wait(SECONDS)
        process.stdout.close()


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Chromium without a screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield browser
        finally:
            browser.close()


def serious(page: Any) -> list[str]:
    """Return what axe finds of serious and critical faults on a page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def login(page: Any, address: str, name: str, password: str = PASSWORD) -> None:
    """Log in through the form."""
    page.goto(f"{address}login")
    page.fill("#name", name)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_load_state()


def counted(page: Any) -> None:
    """Wait until what a page counts in the background is there, and as new as the index."""
    waiting = [
        words(language).text(key, when="\0").rpartition("\0")[2].strip(" ;")
        for language in LANGUAGES
        for key in ("background running", "background newer", "background some as of")
    ]
    for _ in range(4 * SECONDS):
        told = page.inner_text("body")
        if page.locator("meta[http-equiv=refresh]").count():  # it loads itself anew
            page.wait_for_timeout(250)
        elif any(each in told for each in waiting):
            page.wait_for_timeout(250)
            page.reload()
        else:
            return
    raise AssertionError(f"{page.url} is still being counted")

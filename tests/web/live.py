"""A scanned folder of real documents behind the pages, and what a preview of each shows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from scanner.live.reading import read_live
from tests.conftest import Installation
from tests.web.served import Browser, Served, serving


@contextmanager
def looked_at(installation: Installation, *, apart: bool = False, **serve: Any) -> Iterator[Served]:
    """Serve what an installation scanned; documents are read here, or `apart` as for officers."""
    with serving(installation.config, installation.index_path, **serve) as served:
        if not apart:
            served.site.apart = lambda wishes, seconds: list(map(read_live, wishes))
        yield served


def number_of(installation: Installation, name: str) -> int:
    """Return the number of the one document whose name ends so."""
    ((number,),) = installation.rows("SELECT id FROM document WHERE display LIKE ?", f"%{name}")
    return int(number)


def shown(browser: Browser, number: int, **fields: Any) -> httpx.Response:
    """Return the preview of a document, as a browser has asked for it."""
    told = browser.post(f"/document/{number}/preview", **{"purpose": "access", **fields})
    return browser.settled(told.headers["location"]) if told.status_code == 303 else told


def marks(page: str) -> list[str]:
    """Return the values that are marked on a page."""
    return [html.unescape(each) for each in re.findall(r"<mark>([^<]*)</mark>", page)]


def text_of(page: str) -> str:
    """Return what a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())

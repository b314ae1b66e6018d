"""Fixtures of the pages' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.browsing import chromium as started
from tests.web.browsing import missing
from tests.web.served import Served, serving


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "home")
    made.run(
        [
            Doc("/srv/share/Kunder.xlsx", cprs(30), owner="anna"),
            Doc("/srv/share/note.txt", cprs(1, seed=2), owner="bo"),
            Doc("/srv/share/locked.docx", status="unread", reason="encrypted", owner="bo"),
        ]
    )
    return made


@pytest.fixture
def served(shelf: Shelf) -> Iterator[Served]:
    with serving(shelf.config, shelf.path) as site:
        yield site


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests; each has a context of its own."""
    if reason := missing():
        pytest.skip(reason)
    with started() as browser:
        yield browser

"""One demo company for all tests here: it is only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.demo.company import make_company
from scanner.demo.truth import Truth


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """Return the folder of a company and the truth about it."""
    folder = tmp_path_factory.mktemp("demo") / "company"
    return folder, make_company(folder, files=190)

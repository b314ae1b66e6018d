from __future__ import annotations

from pathlib import Path

import pytest

from tests.company.office import Office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("FODSPOR_STATE", str(tmp_path / "state"))
    return Office(tmp_path)

"""Where something was touched is walked once, whatever else was touched inside or beside it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from connectors import Document, Unreadable
from connectors.disk import DiskConnector
from scanner.touched import Touched


@pytest.mark.parametrize(
    "touched",
    [
        pytest.param(("a", "a/x", "a/b", "a/b/y"), id="what lies in a folder"),
        pytest.param(("a", "a.b", "a/x"), id="with a folder beside it that sorts between them"),
    ],
)
def test_a_document_is_met_once(tmp_path: Path, touched: tuple[str, ...]) -> None:
    for name in ("a/x", "a/b/y", "a.b/z"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", "utf-8")
    walk = Touched(
        DiskConnector("device", "place", bytes(tmp_path)), [bytes(tmp_path / at) for at in touched]
    )
    met = [event.path for event in walk.walk() if isinstance(event, Document)]
    assert len(met) == len(set(met)) >= 2


def test_a_folder_that_cannot_be_listed_hides_what_lies_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing below may be taken for gone: it is yielded as a folder that is out of reach."""
    (tmp_path / "a").mkdir()

    def refuse(*given: object, **more: object) -> object:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("connectors.walking.listed", refuse)
    walk = Touched(DiskConnector("d", "p", bytes(tmp_path)), [bytes(tmp_path / "a")])
    (event,) = walk.walk()
    assert isinstance(event, Unreadable) and event.folder and event.reason == "no_access"

"""The log as a revisor sees it, and what is missing where the extra is."""

from __future__ import annotations

import sys

import pytest

from scanner.index.store import Decisions, decisions_path
from tests.answers.shelf import Shelf
from tests.web.served import Served


def test_an_auditor_reads_the_log_and_the_coverage_and_nothing_else(served: Served) -> None:
    served.as_("it", name="ida").get("/overview")
    auditor = served.as_("auditor", name="rita", language="en")
    assert auditor.get("/").headers["location"] == "/coverage"
    page = auditor.get("/log").text
    assert "The log is whole: 3 lines." in page
    assert "refused" in page and "ida" in page
    assert "refused" not in auditor.get("/log?who=rita").text
    assert "1 is unread" in auditor.get("/coverage").text
    assert auditor.get("/overview").status_code == 403


def test_a_log_that_was_changed_is_told_at_once(served: Served) -> None:
    auditor = served.as_("auditor", language="en")
    path = decisions_path(served.site.index)
    with Decisions(path) as decisions:
        for number in range(150):
            decisions.log("look-up", f"subject {number}", who="anna")
    first = auditor.get("/log").text
    assert "subject 149" in first and "subject 49<" not in first
    assert "subject 49<" in auditor.get("/log?before=52").text
    with Decisions(path) as decisions:
        decisions.connection.execute("UPDATE audit SET subject='other' WHERE id=7")
    assert "line 7 does not fit" in auditor.get("/log").text


@pytest.mark.parametrize("module", ["datasette.app", "argon2"])
@pytest.mark.parametrize("command", [("serve",), ("serve", "account", "list")])
def test_without_the_extra_a_sentence_says_so(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, module: str, command: tuple[str, ...]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert "pip install 'fodspor[web]'" in shelf.ask(*command, code=2).err

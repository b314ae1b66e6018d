"""The log as a revisor sees it, and what is missing where the extra is."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import scanner
from scanner.compromised import COMPROMISED
from scanner.index.looked_up import LOOKED_UP
from scanner.index.store import SHORTENED, Decisions, Line, decisions_path
from scanner.lowering import ACTION
from scanner.messages import LANGUAGES, words
from scanner.rekey import ROTATED
from scanner.rotating import BEGUN, TAKEN
from scanner.web.log_words import about, did
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


def actions() -> set[str]:
    """Return what the program writes into the log, as its source has it."""
    found: set[str] = set()
    for path in Path(scanner.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                ("decisions.log", "asked.log", "site.log")
            ):
                first = node.args[1 if ast.unparse(node.func).endswith("site.log") else 0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found | {ACTION, BEGUN, COMPROMISED, LOOKED_UP, ROTATED, SHORTENED, TAKEN}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_words(language: str) -> None:
    held = actions()
    assert len(held) > 30
    assert not [each for each in held if not words(language).has(f"did {each}")]


@pytest.mark.parametrize(
    ("action", "subject", "detail", "said"),
    [
        pytest.param(
            *("approved delete", "proposal 4", "", "godkendt: Sletning forslag 4"), id="an answer"
        ),
        pytest.param("refused", "own", "", "afvist Min side", id="a page by its title"),
        pytest.param(
            *("account added", "bo deputy preview", ""),
            "konto oprettet bo: stedfortræder, dokumenter med værdier",
            id="a role",
        ),
        pytest.param(
            *("verdict move", "document 7", "until 2027-03-01: old"),
            "afgørelse: flyttes dokument 7 – til 01-03-2027: old",
            id="a verdict",
        ),
        pytest.param(
            *("preview", "document 7", "access sag 4"),
            "dokument åbnet med værdier dokument 7 – indsigt sag 4",
            id="a document's values",
        ),
        pytest.param(
            *("case opened", "breach", "0 values", "sag oprettet Brud (art. 33) – 0 værdier"),
            id="a case",
        ),
        pytest.param(
            *("case step", "case 3", "authority"),
            "trin i sag gjort sag 3 – Tilsynet underrettet (art. 33), eller hvorfor ikke",
            id="a step",
        ),
        pytest.param(
            *("person", "a3", "DK_CPR, case 2", "opslag på en person CPR-nummer – sag 2"),
            id="a look-up for a case",
        ),
        pytest.param(
            *("person", "a3", "DK_CPR, new case", "opslag på en person CPR-nummer – ny sag"),
            id="a look-up when a case is opened",
        ),
        pytest.param("new thing", "x", "y", "new thing x – y", id="what has no words"),
    ],
)
def test_a_line_in_danish_words(action: str, subject: str, detail: str, said: str) -> None:
    line = Line(1, "2026-01-01T00:00:00+00:00", "anna", action, subject, detail)
    danish = words("da")
    assert f"{did(line, danish)} {about(line, danish, {3: 'breach'})}" == said

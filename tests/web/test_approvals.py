"""Approvals: two accounts for what protects people, one to end it, and Overblik that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.config import load_config
from scanner.index.store import Decisions, decisions_path
from scanner.lowering import note
from scanner.two_persons import LOG, PRIVATE, kept_closed, log_days
from scanner.web.rights import Role
from tests.answers.shelf import Shelf
from tests.web.live import text_of
from tests.web.served import Browser, Served, serving
from tests.web.test_person import audit


def lowered(shelf: Shelf) -> Path:
    """Have the configuration lift the private rule and shorten the log."""
    text = shelf.config.read_text("utf-8")
    shelf.config.write_text(
        f"{text}\n[privacy]\nprivate_folders = []\n".replace(
            "[index]\n", "[index]\nkeep_log_days = 30\n"
        ),
        "utf-8",
    )
    assert load_config(shelf.config).index.keep_log_days == 30
    return shelf.config


def proposed(browser: Browser, what: str, **more: Any) -> int:
    return browser.post("/approvals", propose=what, reason="efter aftale", **more).status_code


def answered(browser: Browser, number: int, said: str) -> int:
    return browser.post("/approvals", proposal=str(number), answer=said).status_code


def test_the_private_rule_and_the_log_take_two(shelf: Shelf) -> None:
    with serving(lowered(shelf), shelf.path) as served:
        config = served.site.config
        ida = served.as_("compliance", name="ida", language="da")
        bo = served.as_("deputy", name="bo", language="da")
        page = text_of(ida.get("/approvals").text)
        assert "forbliver lukkede" in page
        assert "beder om 30 dage" in page
        assert "forbliver lukkede" in text_of(ida.get("/overview").text)
        assert proposed(ida, PRIVATE, name=["Privat", "Private", "Personligt"]) == 303
        assert proposed(ida, LOG, days="60") == 303
        assert "2 forslag venter" in text_of(bo.get("/overview").text)
        assert "venter" not in text_of(ida.get("/overview").text).partition("Dækning")[0]
        for number in (1, 2):
            assert answered(ida, number, "approve") == 403
        assert kept_closed(config) == ("Privat", "Private", "Personligt", "Personlig")
        for number in (1, 2):
            assert answered(bo, number, "approve") == 303
        assert kept_closed(config) == ("Personlig",)
        assert log_days(config, shelf.path) == 60
        assert answered(ida, 1, "end") == 303
        assert kept_closed(config) == ("Privat", "Private", "Personligt", "Personlig")
        held = [line[1] for line in audit(served)]
        for action in ("proposed private rule", "approved private rule", "ended private rule"):
            assert action in held


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"propose": PRIVATE, "reason": "fordi"}, id="no name"),
        pytest.param({"propose": PRIVATE, "reason": "fordi", "name": "Løn"}, id="unknown name"),
        pytest.param({"propose": LOG, "reason": "fordi", "days": "0"}, id="no days"),
        pytest.param({"propose": LOG, "reason": "fordi", "days": "730"}, id="not shorter"),
        pytest.param({"propose": LOG, "reason": "", "days": "30"}, id="no reason"),
        pytest.param({"propose": "delete", "reason": "fordi"}, id="what has a page of its own"),
        pytest.param({"answer": "perhaps", "proposal": "1"}, id="no answer"),
    ],
)
def test_what_is_no_proposal_is_refused(served: Served, fields: dict[str, str]) -> None:
    assert served.as_("compliance").post("/approvals", **fields).status_code == 400
    with Decisions(decisions_path(served.site.index)) as decisions:
        assert decisions.connection.execute("SELECT count(*) FROM proposal").fetchone() == (0,)


@pytest.mark.parametrize("role", ["it", "auditor", "service"])
def test_others_neither_propose_nor_answer(served: Served, role: Role) -> None:
    somebody = served.as_(role)
    for fields in ({"propose": LOG, "reason": "x x", "days": "3"}, {"answer": "approve"}):
        told = somebody.post("/approvals", page="/account", **fields)
        assert told.status_code == 403


def test_a_deletion_is_not_ended_here(served: Served) -> None:
    officer = served.as_("compliance")
    with Decisions(decisions_path(served.site.index)) as decisions:
        decisions.connection.execute(
            "INSERT INTO proposal(what, subject, reason, made, who, answer, answered, answered_by)"
            " VALUES ('delete', 'x', 'x', '2026-01-01', 'a', 'approved', '2026-01-02', 'b')"
        )
    assert answered(officer, 1, "end") == 404


def test_what_lowered_findings_lately_stands_on_overblik(shelf: Shelf) -> None:
    note(load_config(shelf.config), shelf.path)
    with serving(shelf.config, shelf.path) as served:
        officer = served.as_("compliance", language="da")
        assert "kan give færre fund" not in text_of(officer.get("/overview").text)
        lowered(shelf)
        note(load_config(shelf.config), shelf.path)
        assert "2 ændringer på syv dage kan give færre fund" in text_of(
            officer.get("/overview").text
        )
        assert "private_folders" in officer.get("/log").text
        served.clock.pass_(days=8)
        again = served.as_("compliance", language="da")
        assert "kan give færre fund" not in text_of(again.get("/overview").text)

"""The log of look-ups and verdicts, with its chain checked; and what the index rests on."""

from __future__ import annotations

from scanner.index.cases import cases
from scanner.index.looked_up import LOOKED_UP
from scanner.index.store import Checked, Decisions, decisions_path
from scanner.web.accounts import EVERYTHING
from scanner.web.asked import Asked
from scanner.web.log_words import about, did
from scanner.web.page import Page
from scanner.web.reply import Reply
from scanner.web.site import Site

LINES = 100
RECHECKED = 60.0
"""Seconds after which the whole chain is checked again; what is written since is at each look."""


def log(asked: Asked) -> Reply:
    """Show the newest lines, those before a line, or those of one account."""
    before = asked.query.number("before")
    who = asked.query.one("who", most=64)
    made = asked.site.background.get(
        ("audit",), EVERYTHING, lambda _: _check(asked.site), again=RECHECKED, long=True
    )
    with Decisions(decisions_path(asked.site.index)) as decisions:
        lines = decisions.lines(LINES, who=who or None, before=before)
        types = {each.id: str(each.type) for each in cases(decisions)}
        checked = made.result
        if checked is not None and checked.broken is None:
            checked = decisions.checked(checked)  # what was written since
    lines.reverse()
    return asked.show(
        "log.html",
        lines=lines,
        did=lambda line: did(line, asked.words),
        about=lambda line: about(line, asked.words, types),
        looked_up=LOOKED_UP,
        who=who,
        made=made,
        checked=checked,
        older=lines[-1].id if len(lines) == LINES else 0,
    )


def _check(site: Site) -> Checked:
    with Decisions(decisions_path(site.index)) as decisions:
        return decisions.checked()


def coverage(asked: Asked) -> Reply:
    """Show what every answer rests on, and nothing else."""
    assert asked.opened is not None  # opened, so that the page ends with it
    return asked.show("coverage.html")


PAGES = (
    Page("coverage", "/coverage", "coverage", coverage, menu=70),
    Page("log", "/log", "audit", log, menu=80),
)

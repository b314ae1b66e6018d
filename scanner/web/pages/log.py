"""The log of look-ups and verdicts, with its chain checked; and what the index rests on."""

from __future__ import annotations

from scanner.index.looked_up import LOOKED_UP
from scanner.index.store import Checked, Decisions, Line, decisions_path
from scanner.messages import Words
from scanner.web.accounts import EVERYTHING
from scanner.web.asked import Asked
from scanner.web.lookups import PURPOSES
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
        checked = made.result
        if checked is not None and checked.broken is None:
            checked = decisions.checked(checked)  # what was written since
    lines.reverse()
    return asked.show(
        "log.html",
        lines=lines,
        about=lambda line: about(line, asked.words),
        looked_up=LOOKED_UP,
        who=who,
        made=made,
        checked=checked,
        older=lines[-1].id if len(lines) == LINES else 0,
    )


def about(line: Line, words: Words) -> str:
    """Return what a line is about; of a look-up its kinds and purpose in words."""
    if line.action != LOOKED_UP:
        return f"{line.subject} – {line.detail}" if line.detail else line.subject
    kinds, _, rest = line.detail.partition(" ")
    said = ", ".join(words.kind(kind) for kind in kinds.split(",") if kind)
    purpose, _, reference = rest.partition(" ")
    if purpose in PURPOSES:
        rest = f"{words.text(f'purpose {purpose}')} {reference}".strip()
    return f"{said} – {rest}" if rest else said


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

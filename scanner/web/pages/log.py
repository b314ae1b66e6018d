"""The log of look-ups and verdicts, with its chain checked; and what the index rests on."""

from __future__ import annotations

from scanner.index.store import Decisions, decisions_path
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.reply import Reply

LINES = 100


def log(asked: Asked) -> Reply:
    """Show the newest lines, those before a line, or those of one account."""
    before = asked.query.number("before")
    who = asked.query.one("who", most=64)
    with Decisions(decisions_path(asked.site.index)) as decisions:
        lines = decisions.lines(LINES, who=who or None, before=before)
        number, head = decisions.head()
        broken = decisions.verify()
    lines.reverse()
    return asked.show(
        "log.html",
        lines=lines,
        who=who,
        number=number,
        head=head.hex(),
        broken=broken,
        older=lines[-1].id if len(lines) == LINES else 0,
    )


def coverage(asked: Asked) -> Reply:
    """Show what every answer rests on, and nothing else."""
    assert asked.opened is not None  # opened, so that the page ends with it
    return asked.show("coverage.html")


PAGES = (
    Page("coverage", "/coverage", "coverage", coverage, menu=70),
    Page("log", "/log", "audit", log, menu=80),
)

"""Reports: what is overdue, special categories, and the record of processing."""

from __future__ import annotations

from collections import Counter

from scanner.answers.opened import Opened
from scanner.answers.processing import Activity, activities
from scanner.answers.tasks import tasks
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.pages.numbers import kinds
from scanner.web.pages.verdicts import visible
from scanner.web.reply import Refused, Reply
from scanner.web.sheet import MEDIA_TYPE, as_csv

TOLD = 20
"""Places told of one activity on the page; the export has all."""


def reports(asked: Asked) -> Reply:
    """Show the reports on one page, to be printed."""
    part = asked.session.account.narrowed
    today = asked.site.clock().astimezone().date().isoformat()
    overdue: Counter[tuple[str, str]] = Counter(
        (task.department, task.whose)
        for task in asked.cached(("tasks", today), lambda: tasks(asked.opened, today, part=part))
        if task.state == "overdue"
    )
    groups = asked.opened.judging.groups()
    special = [
        each
        for each in kinds(asked)
        if groups.get(each.kind) in ("special", "criminal") and each.hits
    ]
    return asked.show(
        "reports.html",
        overdue=sorted(overdue.items()),
        special=[(each, groups[each.kind]) for each in special],
        activities=_activities(asked) or (),
        told=TOLD,
        today=today,
    )


def _activities(asked: Asked) -> list[Activity] | None:
    """Return the record of processing; None: it is being counted."""

    def make(held: Opened) -> list[Activity]:
        seen = (each for each in held.verdicts.of("belongs") if visible(held, each))
        return activities(held, seen)

    return asked.kept(("activities",), make) if asked.are_compared else None


def record(asked: Asked) -> Reply:
    """Return the record of processing as CSV, in which no cell is a formula."""
    words = asked.words
    held = _activities(asked)
    if held is None:
        raise Refused(503, "background running")
    asked.log("export", "record of processing")
    heads = ("verdict purpose", "verdict ground", "report kinds", "report places", "verdict until")
    rows = [
        (
            each.purpose,
            words.text(f"ground {each.ground}") if each.ground else "",
            ", ".join(map(words.kind, each.kinds)),
            " | ".join(each.places),
            words.date(each.until),
        )
        for each in held
    ]
    return asked.file("fortegnelse.csv", as_csv(list(map(words.text, heads)), rows), MEDIA_TYPE)


PAGES = (
    Page("reports", "/reports", "reports", reports, menu=47, warm=("",)),
    Page("report record", "/reports/record.csv", "export", record),
)

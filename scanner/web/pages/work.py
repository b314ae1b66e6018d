"""Work lists: what is to be moved or deleted, by whom and by when; for an employee, the own alone.

Groups stand in the order of the alphabet: nobody is ranked.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice

from scanner.answers.findings import Search, shown_document
from scanner.answers.naming import Naming
from scanner.answers.opened import Opened
from scanner.answers.tasks import ORDER, Task, tasks
from scanner.answers.verdicts import target_document
from scanner.index.decided import told_done
from scanner.index.store import Decisions, decisions_path
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply
from scanner.web.summed import SUMMED, Summed, summed

MOST = 100
MOST_OWN = 50


def work(asked: Asked) -> Reply:
    """Show the tasks; `whose` and `department` keep those of one owner or department."""
    account = asked.session.account
    today = asked.site.clock().astimezone().date().isoformat()
    found = asked.cached(
        ("tasks", today), lambda: tasks(asked.opened, today, part=account.narrowed)
    )
    whose, department = asked.query.one("whose"), asked.query.one("department")
    groups: dict[tuple[str, str], Counter[str]] = {}
    for task in found:
        groups.setdefault((task.department, task.whose), Counter())[task.state] += 1
    kept = [
        task
        for task in found
        if (not whose or task.whose == whose) and (not department or task.department == department)
    ]
    naming = Naming(asked.opened)
    return asked.show(
        "work.html",
        rows=[(task, title_of(task, naming)) for task in kept[:MOST]],
        left=max(len(kept) - MOST, 0),
        groups=sorted(groups.items()) if account.role != "employee" else [],
        states=ORDER,
        whose=whose,
        department=department,
        own=own_documents(asked) if account.role == "employee" else [],
        deciding=asked.session.may("verdicts"),
    )


def title_of(task: Task, naming: Naming) -> str:
    """Return how a task's document is called, else what its verdict is about."""
    return naming.document(task.document) if task.document else task.verdict.shown


def own_documents(asked: Asked) -> list[tuple[str, str]]:
    """Return the employee's own documents with what is in them, the riskiest first."""
    filters, words, naming = asked.filters(risk="medium"), asked.words, Naming(asked.opened)

    def make(held: Opened) -> list[Summed]:
        search = Search(held, filters)
        return list(summed(search, islice(search.documents(), MOST_OWN)))

    return [
        (
            naming.document(shown_document(asked.opened, number)),
            ", ".join(f"{words.kind(each.kind)} {words.number(each.values)}" for each in kinds),
        )
        for number, kinds in asked.kept(("own",), make, keeping=SUMMED) or ()
        if target_document(asked.opened.connection, number) is not None
    ]


def done(asked: Asked) -> Reply:
    """Keep that a task is said to be done."""
    tell_done(asked)
    return asked.to("/tasks", said=asked.words.text("work told"))


def tell_done(asked: Asked) -> None:
    """Keep that a task of the form is said to be done. Raises Refused where it is not one's own."""
    number = asked.form.number("verdict")
    found = asked.opened.verdicts.one(number)
    if found is None or not found.is_task or found.document is None:
        raise Refused(404, "web not found")
    if target_document(asked.opened.connection, found.document) is None:
        raise Refused(404, "web not found")  # of somebody else
    if asked.opened.verdicts.state(found) != "standing":
        raise Refused(404, "web not found")
    with Decisions(decisions_path(asked.site.index)) as decisions:
        told_done(decisions, number, asked.session.account.name)


PAGES = (
    Page("work", "/tasks", "work", work, menu=35, warm=("",)),
    Page("work done", "/tasks/done", "work", done, methods=("POST",)),
)

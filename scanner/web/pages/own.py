"""An employee's own page: what do you see, what should I do, who looked? And who else sees this."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from scanner.answers.naming import Naming
from scanner.answers.tasks import tasks
from scanner.web.asked import Asked
from scanner.web.gate import cookie
from scanner.web.looks import looks
from scanner.web.page import Page
from scanner.web.pages.work import MOST, own_documents, tell_done, title_of
from scanner.web.reply import Reply
from scanner.web.rights import Right, allowed
from scanner.web.sessions import csrf_of

SEEN: Mapping[str, Right] = {
    "masked": "places",
    "shown": "preview",
    "tables": "sql",
    "log": "audit",
}
"""What others may see of an employee's files, and the right that lets them."""


def own(asked: Asked) -> Reply:
    """Show the own files, the own tasks, and the look-ups that concern the employee."""
    today = asked.site.clock().astimezone().date().isoformat()
    found = tasks(asked.opened, today, part=True)
    naming = Naming(asked.opened)
    rows = [(task, title_of(task, naming)) for task in found[:MOST]]
    files = own_documents(asked)
    return asked.show(
        "own.html",
        rows=rows,
        left=max(len(found) - MOST, 0),
        files=files,
        looks=looks(asked),
        seers=_seers(asked),
        empty="" if files else "all",
    )


def _seers(asked: Asked) -> dict[str, int]:
    """Return how many accounts see what of it: masked, with values, numbers, tables, the log."""
    row = asked.opened.connection.execute(
        "SELECT department FROM employee WHERE account=?", (asked.session.account.employee,)
    ).fetchone()
    department = (row[0] if row else "") or ""
    count = dict.fromkeys((*SEEN, "numbers"), 0)
    for each in asked.site.accounts.all():
        if each.disabled or (each.departments and department not in each.departments):
            continue
        for name, right in SEEN.items():
            may = allowed(each.role, right, grants=each.grants, narrowed=each.narrowed)
            count[name] += may
        count["numbers"] += each.role == "manager"
    return count


def done(asked: Asked) -> Reply:
    """Keep that a task is said to be done."""
    tell_done(asked)
    return asked.to("/mine", said=asked.words.text("work told"))


def enter(asked: Asked) -> Reply:
    """Show what a signed link opens, and open it when asked to.

    Not at the first request: programs that look at mail follow every link in it.
    """
    token = asked.given["token"]
    if asked.method == "GET":
        return _door(asked)
    key = f"link {asked.address}"
    link = None if asked.site.attempts.pause(key) else asked.site.links.open(token)
    if link is None:
        if not asked.site.attempts.pause(key):
            asked.site.attempts.failed(key)
            asked.site.log("nobody", "link failed", "", asked.address)
        return _door(asked, status=403, key="link over")
    asked.site.attempts.succeeded(key)
    if asked.somebody:
        asked.site.sessions.end(asked.session.token)
    session = asked.site.sessions.begin(link.account, link.number)
    asked.site.log(link.account.name, "link used", f"link {link.number}", asked.address)
    headers = (("location", "/mine"), cookie(asked.site, session))
    return Reply(status=303, headers=(*headers, cookie(asked.site, "", login=True)))


def _door(asked: Asked, *, status: int = 200, key: str = "") -> Reply:
    waiting = asked.cookie or secrets.token_urlsafe(32)
    told = asked.somebody.csrf if asked.somebody else csrf_of(waiting)
    reply = asked.show("link.html", status=status, key=key, link_csrf=told)
    return Reply(reply.body, status, headers=(cookie(asked.site, waiting, login=True),))


PAGES = (
    Page("own", "/mine", "own", own, menu=5),
    Page("own done", "/mine/done", "own", done, methods=("POST",)),
    Page(
        "link", r"/link/(?P<token>[A-Za-z0-9._-]{1,300})", "public", enter, methods=("GET", "POST")
    ),
)

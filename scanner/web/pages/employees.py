"""Whose documents need a decision: by name, never by number, and to be looked for."""

from __future__ import annotations

from scanner.answers.employees import holders
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.paging import paged
from scanner.web.reply import Reply

ON_A_PAGE = 200


def employees(asked: Asked) -> Reply:
    """Show the employees by name; a name that is looked for comes by POST, and is not kept."""
    found = asked.cached("holders", lambda: holders(asked.opened))
    name = asked.form.one("name", most=200).casefold()
    matching = [each for each in found if name in each.name.casefold()]
    return asked.show(
        "employees.html",
        page=paged(asked, matching[:ON_A_PAGE] if name else matching, ON_A_PAGE),
        looked_for=bool(name),
        empty="" if matching else "matching" if name else "all",
        trail=(("/numbers", asked.words.text("page numbers")),),
    )


PAGES = (Page("employees", "/employees", "places", employees, methods=("GET", "POST")),)

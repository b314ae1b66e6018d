"""The pages, one module each: see docs/pages.md. Listed here by hand, in the order of routing."""

from scanner.web.page import Page
from scanner.web.pages import (
    account,
    breach,
    cases,
    copies,
    documents,
    dossier,
    employees,
    log,
    login,
    numbers,
    overview,
    person,
    place,
    reports,
    start,
    unread,
    verdicts,
    work,
)

PAGES: tuple[Page, ...] = (
    *login.PAGES,
    *start.PAGES,
    *account.PAGES,
    *cases.PAGES,
    *breach.PAGES,
    *reports.PAGES,
    *verdicts.PAGES,
    *work.PAGES,
    *overview.PAGES,
    *numbers.PAGES,
    *documents.PAGES,
    *employees.PAGES,
    *log.PAGES,
    *place.PAGES,
    *person.PAGES,
    *dossier.PAGES,
    *copies.PAGES,
    *unread.PAGES,
)

"""The pages, one module each: see docs/pages.md. Listed here by hand, in the order of routing."""

from scanner.web.page import Page
from scanner.web.pages import (
    account,
    approvals,
    breach,
    cases,
    copies,
    dossier,
    log,
    login,
    numbers,
    overview,
    person,
    place,
    preview,
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
    *approvals.PAGES,
    *work.PAGES,
    *overview.PAGES,
    *numbers.PAGES,
    *log.PAGES,
    *place.PAGES,
    *preview.PAGES,
    *person.PAGES,
    *dossier.PAGES,
    *copies.PAGES,
    *unread.PAGES,
)

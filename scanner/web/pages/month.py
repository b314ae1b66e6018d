"""The report of a month to those who lead: a page to be printed, and a Word document. No names."""

from __future__ import annotations

from datetime import date, timedelta

from scanner.answers.month import Month, Span, month_of, span_of
from scanner.answers.opened import Opened
from scanner.answers.told_month import coverage_section, title, told_month
from scanner.docx_file import MEDIA_TYPE, as_docx
from scanner.web.asked import Asked
from scanner.web.background import Made
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply

MONTHS = 13
"""Months to choose from; what history is kept is [index] keep_history_days."""


def month(asked: Asked) -> Reply:
    """Show a month; counted in the background, and kept until the index changes."""
    span, made = _made(asked)
    found = made.result
    return asked.show(
        "month.html",
        made=made,
        heading=title(found, asked.words) if found else asked.words.text("page month"),
        sections=told_month(found, asked.words) if found else [],
        chosen=_name(span),
        months=_months(asked),
        part=asked.session.account.narrowed,
        trail=(("/reports", asked.words.text("page reports")),)
        if asked.session.may("reports")
        else (),
    )


def _made(asked: Asked) -> tuple[Span, Made[Month]]:
    try:
        span = span_of(asked.query.one("month", most=7), asked.site.clock())
    except ValueError:
        raise Refused(400, "month no month") from None
    account, coverage = (
        asked.session.account,
        asked.cached(("coverage", None), asked.answer.coverage),
    )
    days = asked.site.config.index.keep_history_days

    def make(opened: Opened) -> Month:
        return month_of(opened, span, coverage, part=account.narrowed, history_days=days)

    # of a month that is over, one is as good as the next: `until` is its end
    key = ("month", span.year, span.month, span.until if span.whole else "")
    return span, asked.site.background.get(key, account, make)


def _name(span: Span) -> str:
    return f"{span.year:04}-{span.month:02}"


def _months(asked: Asked) -> list[tuple[str, str]]:
    """Return the months to choose from, the newest first."""
    first: date = asked.site.clock().astimezone().date().replace(day=1)
    found = []
    for _ in range(MONTHS):
        told = asked.words.text(f"month {first.month}")
        found.append((f"{first.year:04}-{first.month:02}", f"{told} {first.year}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def document(asked: Asked) -> Reply:
    """Return the same as a Word document, with what it rests on."""
    span, made = _made(asked)
    if made.result is None:
        return asked.to(
            f"/reports/month?month={_name(span)}", asked.words.text("documents not yet")
        )
    asked.log("export", "month", _name(span))
    words = asked.words
    sections = [*told_month(made.result, words), coverage_section(made.result, words)]
    try:
        body = as_docx(title(made.result, words), sections, words.language)
    except ImportError:
        raise Refused(503, "web no docx") from None
    return asked.file(f"{_name(span)}.docx", body, MEDIA_TYPE)


PAGES = (
    Page("month", "/reports/month", "numbers", month, menu=48),
    Page("month docx", "/reports/month.docx", "numbers", document),
)

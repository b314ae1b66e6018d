"""Overblik: what requires a decision, what changed since last week, and on what that rests."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from scanner.answers.deciding import (
    CODES,
    COUNTED,
    Decision,
    copied_contents,
    decisions,
    leavers_documents,
    lists,
    open_to_all,
)
from scanner.answers.figures import changed
from scanner.answers.findings import Shown, shown_document
from scanner.answers.naming import Naming
from scanner.answers.riskiest import kinds_in
from scanner.answers.telling import kinds_in_words
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply

LISTED = 50
"""Documents shown behind one card."""
EACH = 20
"""Of one content among several."""
DAYS = 7
LEADS = {"copies": "copies", "unread": "unread", "silent": "devices", "unfinished": "runs"}
"""Cards that lead to a page of their own, by name, where this site has it."""
LISTED_BY: dict[str, dict[str, str]] = {
    "special": {},
    "open": {"open": "1", "undecided": "1"},
    "leavers": {"left": "1"},
}
"""Cards that lead to the list of documents, and how it is narrowed; the card's kind as well."""


@dataclass(frozen=True, slots=True)
class Card:
    """A decision as it is shown."""

    decision: Decision
    name: str
    address: str


def overview(asked: Asked) -> Reply:
    """Show the cards, open cases and changes."""
    coverage = asked.cached(("coverage", None), asked.answer.coverage)
    found = asked.cached("decisions", lambda: decisions(asked.opened, coverage))
    naming = Naming(asked.opened)
    cards = [Card(each, _name(each, naming), _address(asked, each)) for each in found]
    today = asked.site.clock().date()
    changes = asked.cached(("changed", DAYS), lambda: changed(asked.opened, today, DAYS))
    return asked.show(
        "overview.html",
        cards=cards,
        changes=changes[:10],
        days=DAYS,
        teasers=[
            (page, lines)
            for page in asked.site.pages
            if page.teaser and asked.session.may(page.right) and (lines := page.teaser(asked))
        ],
        empty="" if cards else "all",
        numbers=asked.site.address("numbers", asked.session),
    )


def _name(decision: Decision, naming: Naming) -> str:
    return naming.document(decision.document) if decision.document else ""


def _address(asked: Asked, decision: Decision) -> str:
    """Return where to act: the page made for it, else the list behind the card."""
    if decision.code in LEADS and (
        address := asked.site.address(LEADS[decision.code], asked.session)
    ):
        return address
    if decision.code in LISTED_BY and (address := asked.site.address("documents", asked.session)):
        said = {**LISTED_BY[decision.code], **({"kind": decision.kind} if decision.kind else {})}
        return f"{address}?{urlencode(said)}"
    if decision.code in ("silent", "unfinished", "unread"):
        return asked.site.address("coverage", asked.session)
    address = asked.site.address("decide", asked.session, code=decision.code)
    return f"{address}?content={decision.content}" if address and decision.content else address


def decide(asked: Asked) -> Reply:
    """Show the documents behind one card."""
    code = asked.given["code"]
    opened, naming = asked.opened, Naming(asked.opened)
    numbers, more = _behind(asked, code)
    rows = []
    for number in numbers[:LISTED]:
        document = shown_document(opened, number)
        rows.append(
            {
                "document": document,
                "name": naming.document(document),
                "kinds": kinds_in_words(kinds_in(opened, [number]), asked.words),
                "address": _document(asked, document),
            }
        )
    return asked.show(
        "decide.html",
        code=code,
        rows=rows,
        number=len(numbers),
        more=more,
        empty="" if rows else "matching",
        trail=(("/overview", asked.words.text("page overview")),),
    )


def _behind(asked: Asked, code: str) -> tuple[list[int], bool]:
    opened = asked.opened
    match code:
        case "open":
            numbers = open_to_all(opened)
        case "leavers":
            numbers = [number for number, _, _ in leavers_documents(opened)]
        case "list" | "copies":
            only = asked.query.number("content")
            if only:
                contents = [only]
            elif code == "list":
                contents = [each.content for each in lists(opened, LISTED)]
            else:
                contents = [content for content, _, _ in copied_contents(opened)[:LISTED]]
            numbers = []
            for content in contents:
                numbers += (
                    row[0]
                    for row in opened.connection.execute(
                        "SELECT DISTINCT document FROM occurrence WHERE content=?"
                        " AND gone_run IS NULL ORDER BY document LIMIT ?",
                        (content, COUNTED if only else EACH),
                    )
                )
            numbers = list(dict.fromkeys(numbers))
        case _:
            raise Refused(404, "web not found")
    return numbers, len(numbers) >= COUNTED


def _document(asked: Asked, document: Shown) -> str:
    """Return where a document is shown, else where it is decided about."""
    address = asked.site.address
    return address("document", asked.session, number=document.id) or address(
        "verdict", asked.session, number=document.id
    )


PAGES = (
    Page("overview", "/overview", "overview", overview, menu=10, warm=("",)),
    Page("decide", rf"/overview/(?P<code>{'|'.join(CODES)})", "places", decide),
)

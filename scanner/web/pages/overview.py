"""Overblik: what requires a decision, what changed since last week, and on what that rests."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from scanner.answers.deciding import (
    CODES,
    COUNTED,
    Decision,
    copied_contents,
    counted,
    in_order,
    leavers_documents,
    lists,
    open_to_all,
    weighed,
)
from scanner.answers.figures import changed
from scanner.answers.findings import Search, Shown, shown_document
from scanner.answers.naming import Naming
from scanner.answers.opened import Opened
from scanner.answers.telling import kinds_in_words
from scanner.answers.verdicts import target_document
from scanner.risk import LEVELS
from scanner.web.asked import Asked
from scanner.web.kept import Keeping
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply
from scanner.web.summed import SUMMED, Summed, summed

LISTED = 50
"""Documents shown behind one card."""
BEHIND = ("list", "open", "leavers", "copies")
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


def _written(found: list[Decision]) -> Any:
    return [asdict(each) for each in found]


def _read(held: Any) -> list[Decision]:
    found = [Decision(**each) for each in held]
    if not all(each.code in CODES and each.level in LEVELS for each in found):
        raise ValueError
    return found


DECISIONS: Keeping[list[Decision]] = Keeping(_written, _read)


@dataclass(frozen=True, slots=True)
class Card:
    """A decision as it is shown."""

    decision: Decision
    name: str
    address: str


def overview(asked: Asked) -> Reply:
    """Show the cards, open cases and changes."""
    coverage = asked.cached(("coverage", None), asked.answer.coverage)
    kept = asked.kept(("decisions",), weighed, keeping=DECISIONS)
    found = in_order([*(kept or ()), *counted(asked.opened, coverage)])
    naming = Naming(asked.opened)
    cards = [Card(each, _name(asked, each, naming), _address(asked, each)) for each in found]
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
        empty="" if cards or kept is None else "all",
        numbers=asked.site.address("numbers", asked.session),
    )


def _name(asked: Asked, decision: Decision, naming: Naming) -> str:
    if not decision.document or target_document(asked.opened.connection, decision.document) is None:
        return ""  # none, or gone since this was counted
    return naming.document(shown_document(asked.opened, decision.document))


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
    if asked.given["code"] not in BEHIND:
        raise Refused(404, "web not found")
    code, content = asked.given["code"], asked.query.number("content")
    opened, naming = asked.opened, Naming(asked.opened)
    filters = asked.filters()

    def make(held: Opened) -> list[Summed]:
        numbers = behind(held, code, content)
        first = summed(Search(held, filters), numbers[:LISTED])
        return [*first, *((number, ()) for number in numbers[LISTED:])]

    held = asked.kept(("behind", code, content), make, keeping=SUMMED)
    numbers = held or []
    rows = []
    for number, kinds in numbers[:LISTED]:
        if target_document(opened.connection, number) is None:
            continue
        document = shown_document(opened, number)
        rows.append(
            {
                "document": document,
                "name": naming.document(document),
                "kinds": kinds_in_words(dict(kinds), asked.words),
                "address": _document(asked, document),
            }
        )
    return asked.show(
        "decide.html",
        code=code,
        rows=rows,
        number=len(numbers),
        more=len(numbers) >= COUNTED,
        empty="" if rows or held is None else "matching",
        trail=(("/overview", asked.words.text("page overview")),),
    )


def behind(opened: Opened, code: str, only: int) -> list[int]:
    """Return the documents behind a card; `only`: those that hold this content."""
    match code:
        case "open":
            return open_to_all(opened)
        case "leavers":
            return [number for number, _, _ in leavers_documents(opened)]
        case "list" | "copies":
            if only:
                contents = [only]
            elif code == "list":
                contents = [each.content for each in lists(opened, LISTED)]
            else:
                contents = [content for content, _, _ in copied_contents(opened)[:LISTED]]
            numbers: list[int] = []
            for content in contents:
                numbers += (
                    row[0]
                    for row in opened.connection.execute(
                        "SELECT DISTINCT document FROM occurrence WHERE content=?"
                        " AND gone_run IS NULL ORDER BY document LIMIT ?",
                        (content, COUNTED if only else EACH),
                    )
                )
            return list(dict.fromkeys(numbers))
    return []


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

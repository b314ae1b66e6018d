"""What officers ask and no list says by itself: mailed out, held by leavers, past its term.

What takes long is gathered in the background.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from scanner.answers.customers import Concerned, Known, Place, Sum
from scanner.answers.employees import mark_of_account
from scanner.answers.leavers import Leaver, leavers
from scanner.answers.naming import Naming
from scanner.answers.opened import Opened
from scanner.answers.outside import Sent, sent_outside
from scanner.answers.telling import kinds_in_words
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.paging import paged
from scanner.web.reply import Reply

ON_A_PAGE = 20
MOST_MAILS = 2_000
MOST_PLACES = 500
PLACES_TOLD = 5


def outside(asked: Asked) -> Reply:
    """Show the mails that took CPR numbers or special categories out of the house."""
    own = asked.site.config.mail.domains
    (mails,) = asked.opened.connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM letter LIMIT 1)"
    ).fetchone()

    def make(opened: Opened) -> list[Sent]:
        return list(islice(sent_outside(opened, own), MOST_MAILS))

    made = None
    found: list[Sent] = []
    if own and mails:
        made = asked.site.background.get(("outside", own), asked.session.account, make)
        found = made.result or []
    page = paged(asked, found, ON_A_PAGE)
    naming = Naming(asked.opened)
    rows = [
        (
            each,
            kinds_in_words(each.kinds, asked.words),
            [
                (document, naming.document(document, inner))
                for document, inner in each.places[:PLACES_TOLD]
            ],
        )
        for each in page
    ]
    return asked.show(
        "outside.html",
        own=own,
        mails=bool(mails),
        made=made,
        page=page,
        rows=rows,
        cut=len(found) == MOST_MAILS,
        legend=list(naming.legend(asked.words)),
        trail=_trail(asked),
    )


def left(asked: Asked) -> Reply:
    """Show what those who have left still hold, by name."""
    made = asked.site.background.get(
        ("leavers",), asked.session.account, lambda opened: list(leavers(opened))
    )
    found: list[Leaver] = made.result or []
    return asked.show(
        "leavers.html",
        made=made,
        listed=bool(asked.opened.connection.execute("SELECT 1 FROM employee LIMIT 1").fetchone()),
        rows=[
            (each, mark_of_account(each.account), kinds_in_words(each.kinds, asked.words))
            for each in found
        ],
        empty="matching" if made.at and not found else "",
        trail=_trail(asked),
    )


@dataclass(frozen=True, slots=True)
class _Terms:
    known: Known | None
    sums: list[Sum]
    places: list[Place]


def terms(asked: Asked) -> Reply:
    """Show whose data should lie here no more, as the register of customers says."""
    part, registered = asked.session.account.narrowed, asked.opened.registered
    made = None
    if registered:
        made = asked.site.background.get(("terms",), asked.session.account, _terms)
    found = made.result if made else None
    naming = Naming(asked.opened)
    places = paged(asked, found.places if found else [], ON_A_PAGE)
    return asked.show(
        "terms.html",
        made=made,
        part=part,
        registered=registered,
        found=found,
        page=places,
        rows=[(each, naming.document(each.document)) for each in places],
        most=MOST_PLACES,
        legend=list(naming.legend(asked.words)),
        trail=_trail(asked),
    )


def _terms(opened: Opened) -> _Terms:
    concerned = Concerned(opened)
    return _Terms(concerned.known, concerned.sums(), list(concerned.places(MOST_PLACES)))


def _trail(asked: Asked) -> tuple[tuple[str, str], ...]:
    return (("/reports", asked.words.text("page reports")),)


PAGES = (
    Page("outside", "/reports/outside", "reports", outside),
    Page("leavers", "/reports/leavers", "reports", left),
    Page("terms", "/reports/terms", "reports", terms),
)

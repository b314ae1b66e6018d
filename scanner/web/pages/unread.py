"""What was met and not read: by reason, with what to do; its documents, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.answers.mending import config_line
from scanner.answers.naming import Naming
from scanner.answers.unread import Cause, causes, documents
from scanner.privacy import shown
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.paging import page_of, place_of
from scanner.web.reply import Refused, Reply

ON_A_PAGE = 50


def unread(asked: Asked) -> Reply:
    """Show the reasons, of all places or one."""
    places = _places(asked)
    found = _causes(asked, places)
    return asked.show(
        "unread.html",
        covered=asked.filters(places=places),
        causes=[(each, config_line(each.reason, each.detail, asked.site.config)) for each in found],
        places=_names(asked),
        chosen=places[0] if places else 0,
    )


def listed(asked: Asked) -> Reply:
    """Show the documents of one reason."""
    places = _places(asked)
    reason, detail = asked.query.one("reason"), asked.query.one("detail")
    cause = next(
        (c for c in _causes(asked, places) if (c.reason, c.detail) == (reason, detail)), None
    )
    if cause is None:
        raise Refused(404, "web not found")
    place = str(places[0]) if places else ""
    start = place_of(asked, ON_A_PAGE)
    found = documents(asked.opened, reason, detail, places=places, start=start, most=ON_A_PAGE)
    kept = {"reason": reason, "detail": detail, "place": place}
    page = page_of(asked, found, cause.documents, ON_A_PAGE, **kept)
    naming = Naming(asked.opened)
    rows = [(each, naming.document(each.document)) for each in page]
    return asked.show(
        "unread_list.html",
        covered=asked.filters(places=places),
        trail=(("/unread", asked.words.text("page unread")),),
        cause=cause,
        line=config_line(reason, detail, asked.site.config),
        page=page,
        rows=rows,
        legend=list(naming.legend(asked.words)),
    )


def _places(asked: Asked) -> tuple[int, ...]:
    place = asked.query.number("place")
    return (place,) if place else ()


def _causes(asked: Asked, places: tuple[int, ...]) -> Sequence[Cause]:
    return asked.cached(("unread", places), lambda: causes(asked.opened, examples=0, places=places))


def _names(asked: Asked) -> list[tuple[int, str]]:
    devices = asked.opened.devices
    rows = asked.opened.connection.execute("SELECT id, device, name FROM place").fetchall()
    named = [(number, f"{devices.get(d, d)}: {name}") for number, d, name in rows]
    return sorted(((number, shown(name)) for number, name in named), key=lambda each: each[1])


PAGES = (
    Page("unread", "/unread", "unread", unread, menu=50),
    Page("unread_list", "/unread/list", "unread", listed),
)

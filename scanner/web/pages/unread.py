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
        chosen=asked.query.number("place"),
        device=_device(asked),
        told=shown(asked.opened.devices.get(_device(asked), "")),
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
    start = place_of(asked, ON_A_PAGE)
    found = documents(asked.opened, reason, detail, places=places, start=start, most=ON_A_PAGE)
    kept = {
        "reason": reason,
        "detail": detail,
        "place": asked.query.one("place"),
        "device": _device(asked),
    }
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
    """Return the places that are asked about; none: all. Of a device: its own."""
    place, device = asked.query.number("place"), _device(asked)
    if place or not device:
        return (place,) if place else ()
    rows = asked.opened.connection.execute(
        "SELECT id FROM place WHERE device=? ORDER BY id", (device,)
    )
    return tuple(number for (number,) in rows) or (0,)


def _device(asked: Asked) -> str:
    device = asked.query.one("device", most=100)
    if device and device not in asked.opened.devices:
        raise Refused(404, "web not found")
    return device


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

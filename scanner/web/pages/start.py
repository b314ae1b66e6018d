"""The first page: on to the first one that this account may see. And the style sheet."""

from __future__ import annotations

from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply


def start(asked: Asked) -> Reply:
    """Send on to the first page of the navigation; say so where there is none."""
    pages = sorted(
        (page for page in asked.site.pages if page.menu is not None and page.right != "sql"),
        key=lambda page: page.menu or 0,
    )
    first = next((page for page in pages if asked.session.may(page.right)), None)
    return asked.to(first.path) if first else asked.show("start.html")


def static(asked: Asked) -> Reply:
    """Return the style sheet or script; its name changes with it, so it may be kept for ever."""
    found = asked.site.templates.assets.files.get(asked.given["name"])
    if found is None:
        raise Refused(404, "web not found")
    forever = (("cache-control", "public, max-age=31536000, immutable"),)
    return Reply(found[0], 200, found[1], forever)


def icon(asked: Asked) -> Reply:
    """Return what browsers ask for by themselves."""
    assets = asked.site.templates.assets
    body, media_type = assets.files[assets.names["fodspor.svg"].removeprefix("/static/")]
    return Reply(body, 200, media_type)


PAGES = (
    Page("icon", r"/favicon\.ico", "public", icon),
    Page("start", "/", "here", start),
    Page("static", r"/static/(?P<name>[A-Za-z0-9.-]+)", "public", static),
)

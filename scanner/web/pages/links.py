"""Signed links to an employee's own page: made for a while, told once, listed, ended."""

from __future__ import annotations

from scanner.config.serve import ServeTable
from scanner.typed import typed
from scanner.web.asked import Asked
from scanner.web.links import DAYS, LONGEST_DAYS, Links
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply

MOST = 100


def links(asked: Asked) -> Reply:
    """Show the links, make one, or end one."""
    if asked.method == "GET":
        return _form(asked)
    if "revoke" in asked.form:
        return _revoked(asked)
    employee = asked.form.one("employee", most=300)
    days = asked.form.number("days", DAYS, least=1, most=LONGEST_DAYS)
    owners = _owners(asked, employee) if employee else []
    if len(owners) != 1:
        return _form(asked, key="link several" if owners else "link nobody")
    employee = owners[0]
    link, token = asked.site.links.make(employee, days, asked.session.account.name)
    asked.log("link made", f"link {link.number}", told_of(employee, link.expires))
    return _form(asked, address=address_of(asked.site.config.serve, token), employee=employee)


def _owners(asked: Asked, text: str) -> list[str]:
    """Return the owners that a text means: an account, else a name as the pages show it."""
    connection = asked.opened.connection
    known = connection.execute(
        "SELECT 1 FROM employee WHERE account=?1 UNION SELECT 1 FROM document WHERE owner=?1"
        " LIMIT 1",
        (text,),
    ).fetchone()
    if known is not None:
        return [text]
    named = connection.execute("SELECT account, name, department FROM employee ORDER BY account")
    told = text.casefold()
    return [
        account
        for account, name, department in named
        if name and told in (name.casefold(), f"{name} ({department})".casefold())
    ]


def told_of(employee: str, expires: str) -> str:
    """Return what the log says of a new link: for whom, until when."""
    return f"{typed(employee)} until {expires}"


def address_of(serve: ServeTable, token: str) -> str:
    """Return the address that a link is, as browsers call this server."""
    scheme = "https" if serve.certificate else "http"
    host = serve.names[0] if serve.names else serve.host
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{serve.port}/link/{token}"


def _form(asked: Asked, *, key: str = "", address: str = "", employee: str = "") -> Reply:
    now = asked.site.clock()
    rows = [(each, each.holds(now)) for each in _links(asked).all(MOST)]
    return asked.show(
        "links.html",
        status=400 if key else 200,
        key=key,
        made=address,
        employee=employee,
        rows=rows,
        days=DAYS,
        longest=LONGEST_DAYS,
    )


def _links(asked: Asked) -> Links:
    return asked.site.links


def _revoked(asked: Asked) -> Reply:
    number = asked.form.number("revoke")
    if _links(asked).get(number) is None:
        raise Refused(404, "web not found")
    asked.log("link revoked", f"link {number}")
    _links(asked).revoke(number)
    return asked.to("/links", said=asked.words.text("link revoked"))


PAGES = (Page("links", "/links", "links", links, methods=("GET", "POST"), menu=36),)

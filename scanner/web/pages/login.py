"""Log in and out. Whether a name or a password is wrong is not told, nor how long it took."""

from __future__ import annotations

import secrets

from scanner.typed import typed
from scanner.web.accounts import MOST_SIGNS
from scanner.web.asked import Asked
from scanner.web.gate import cookie
from scanner.web.page import Page
from scanner.web.reply import Reply
from scanner.web.sessions import csrf_of


def login(asked: Asked) -> Reply:
    """Show the form, or log in."""
    if asked.method == "GET":
        return asked.to("/") if asked.somebody else _form(asked)
    name = asked.form.one("name", most=200).lower()
    password = asked.form.one("password", most=MOST_SIGNS)
    site = asked.site
    keys = (f"account {name}", f"address {asked.address}")
    with site.logins:
        paused = bool(site.attempts.pause(*keys))
        account = None if paused else site.accounts.fits(name, password)
        if account is None and not paused:
            site.attempts.failed(*keys)
    if account is None:
        if not paused:  # who hammers at the door does not fill the log
            site.log("nobody", "login failed", typed(name)[:64], asked.address)
        return _form(asked, status=429 if paused else 403, key="login failed")
    site.attempts.succeeded(*keys)
    if asked.somebody:
        site.sessions.end(asked.session.token)
    token = site.sessions.begin(account)
    site.log(account.name, "login", account.name, asked.address)
    headers = (("location", "/"), cookie(site, token), cookie(site, "", login=True))
    return Reply(status=303, headers=headers)


def _form(asked: Asked, *, status: int = 200, key: str = "") -> Reply:
    token = asked.cookie or secrets.token_urlsafe(32)
    reply = asked.show("login.html", status=status, key=key, login_csrf=csrf_of(token))
    return Reply(reply.body, status, headers=(cookie(asked.site, token, login=True),))


def logout(asked: Asked) -> Reply:
    """End the session."""
    asked.site.lookups.end(asked.session.token)
    asked.site.searches.end(asked.session.token)
    asked.site.readings.end(asked.session.token)
    asked.site.sessions.end(asked.session.token)
    asked.log("logout", asked.session.account.name)
    return Reply(status=303, headers=(("location", "/login"), cookie(asked.site, "")))


PAGES = (
    Page("login", "/login", "public", login, methods=("GET", "POST")),
    Page("logout", "/logout", "here", logout, methods=("POST",)),
)

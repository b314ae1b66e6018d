"""The own account: password and language."""

from __future__ import annotations

from scanner.messages import LANGUAGES
from scanner.web.accounts import LEAST_SIGNS, MOST_SIGNS, AccountTrouble
from scanner.web.asked import Asked
from scanner.web.gate import cookie
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply


def own(asked: Asked) -> Reply:
    """Show the form, or change the password, which ends every session but a new one."""
    if asked.method == "GET":
        return _form(asked)
    account, site = asked.session.account, asked.site
    old = asked.form.one("old", most=MOST_SIGNS)
    new = asked.form.one("new", most=MOST_SIGNS)
    if new != asked.form.one("again", most=MOST_SIGNS):
        return _form(asked, "account differ")
    key = f"account {account.name}"
    with site.logins:
        if site.attempts.pause(key) or site.accounts.fits(account.name, old) is None:
            site.attempts.failed(key)
            asked.log("login failed", account.name)
            return _form(asked, "account wrong")
        try:
            site.accounts.set_password(account.name, new)
        except AccountTrouble:
            return _form(asked, "account short")
    asked.log("password changed", account.name)
    token = site.sessions.begin(account)
    site.sessions.say(token, asked.words.text("account changed"))
    return Reply(status=303, headers=(("location", "/account"), cookie(site, token)))


def _form(asked: Asked, key: str = "") -> Reply:
    return asked.show("account.html", status=400 if key else 200, key=key, least=LEAST_SIGNS)


def language(asked: Asked) -> Reply:
    """Answer in another language from now on."""
    chosen = asked.form.one("language")
    if chosen not in LANGUAGES:
        raise Refused(400, "web not found")
    asked.site.accounts.set_language(asked.session.account.name, chosen)
    return asked.to("/")


PAGES = (
    Page("account", "/account", "self", own, methods=("GET", "POST")),
    Page("language", "/language", "self", language, methods=("POST",)),
)

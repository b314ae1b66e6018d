"""The breach of a device or one document at a date, and the notice to the authority as a draft."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, time
from html import escape
from typing import Any

from scanner.answers.breach import Breach, Persons, breach
from scanner.answers.findings import shown_document
from scanner.answers.moments import stored
from scanner.answers.naming import Naming
from scanner.index.cases import case as case_of
from scanner.index.store import Decisions, decisions_path
from scanner.messages import Words, words
from scanner.privacy import shown
from scanner.web.asked import Asked
from scanner.web.kept import Keeping
from scanner.web.page import Page
from scanner.web.pages.cases import clock
from scanner.web.pages.verdicts import day
from scanner.web.reply import Refused, Reply

FIELDS = (
    *("nature", "when", "persons", "records", "kinds", "contact", "consequences", "measures"),
    *("delay", "missing"),
)
"""The sections of the notice, as GDPR Art. 33(3) and (4) asks for them."""
SECTION = 10_000


def report(asked: Asked) -> Reply:
    """Show what lay on a device, or in a document, at the end of a day."""
    device = asked.query.one("device", most=100)
    document = asked.query.number("document") or None
    today = asked.site.clock().astimezone().date()
    at = day(asked.query.one("at")) if asked.query.one("at") else today
    if at is None or at > today:
        raise Refused(400, "breach no date")
    moment = stored(datetime.combine(at, time(23, 59, 59)).astimezone())
    found: Breach | None = None
    title = ""
    if device or document:
        if not _is_there(asked, device, document):
            raise Refused(404, "web not found")
        found = asked.kept(
            ("breach", device, document, moment),
            lambda held: breach(held, moment, device=device, document=document),
            keeping=BREACH,
            long=True,
        )
    if found is not None:
        title = shown(asked.opened.devices.get(found.device, found.device))
        if document:
            title = Naming(asked.opened).document(shown_document(asked.opened, document))
        asked.log("breach report", f"document {document}" if document else found.device, f"at {at}")
    number = asked.query.number("case")
    left = None
    if number and asked.session.may("cases"):
        with Decisions(decisions_path(asked.site.index)) as decisions:
            held = case_of(decisions, number)
        left = clock(asked, held) if held and not held.closed else None
    return asked.show(
        "breach.html",
        found=found,
        title_of=title,
        device=device,
        devices=sorted(asked.opened.devices.items(), key=lambda each: each[1]),
        at=at.isoformat(),
        number=number,
        left=left,
        fields=FIELDS,
        draft=draft(found, title, words("da"), moment) if found else {},
        covered=asked.filters(devices=(found.device,) if found else ()),
    )


def _is_there(asked: Asked, device: str, document: int | None) -> bool:
    if document is None:
        return device in asked.opened.devices
    query = "SELECT 1 FROM document WHERE id=?"
    return asked.opened.connection.execute(query, (document,)).fetchone() is not None


def _read(held: Any) -> Breach | None:
    return None if held is None else Breach(**{**held, "persons": Persons(**held["persons"])})


BREACH: Keeping[Breach | None] = Keeping(lambda found: found and asdict(found), _read)


def draft(found: Breach, title: str, danish: Words, at: str) -> dict[str, str]:
    """Return the sections of the notice that the index can fill in, in Danish."""
    persons = found.persons
    kinds = ", ".join(f"{danish.kind(kind)} {danish.number(n)}" for kind, n in found.kinds.items())
    disk = danish.text(f"breach disk {found.encryption or 'unknown'}")
    return {
        "nature": danish.text("notice nature is", what=title, disk=disk),
        "when": danish.text("notice when is", at=danish.date(at), read=danish.moment(found.read)),
        "persons": danish.text("breach persons", least=persons.least, most=persons.most),
        "records": danish.text("notice records is", documents=found.documents),
        "kinds": kinds,
        "missing": danish.text("notice missing is", number=found.not_read),
    }


def notice(asked: Asked) -> Reply:
    """Return the notice as it was edited, as a page or as text. Keeps nothing of it."""
    danish = words("da")
    sections = [
        (danish.text(f"notice {name}"), asked.form.one(name, most=SECTION)) for name in FIELDS
    ]
    asked.log("export", "breach notice")
    heading = danish.text("notice title")
    if asked.form.one("form") == "text":
        parts = [heading, *(f"{name}\n{text or '-'}" for name, text in sections)]
        body = "\n\n".join(map(_plain, parts)).replace("\n", "\r\n") + "\r\n"
        return asked.file("anmeldelse.txt", body.encode(), "text/plain; charset=utf-8")
    told = "".join(
        f"<h2>{escape(name)}</h2><p>{escape(_plain(text) or '–').replace(chr(10), '<br>')}</p>"
        for name, text in sections
    )
    page = (
        '<!doctype html><html lang="da"><head><meta charset="utf-8">'
        f"<title>{escape(heading)}</title></head><body><h1>{escape(heading)}</h1>{told}"
        "</body></html>"
    )
    return asked.file("anmeldelse.html", page.encode(), "text/html; charset=utf-8")


def _plain(text: str) -> str:
    return "\n".join(map(shown, text.replace("\r\n", "\n").split("\n")))


PAGES = (
    Page("breach", "/breach", "reports", report, menu=45),
    Page("breach notice", "/breach/notice", "reports", notice, methods=("POST",)),
)

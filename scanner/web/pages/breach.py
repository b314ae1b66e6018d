"""The breach of a device, a mailbox or one document at a date, and the notice as a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time
from html import escape
from typing import Any

from scanner.answers.breach import Breach, Persons, Scope, breach, scope_of
from scanner.answers.by_name import Named, by_name
from scanner.answers.findings import shown_document
from scanner.answers.moments import stored
from scanner.answers.naming import Naming
from scanner.docx_file import MEDIA_TYPE as DOCX
from scanner.docx_file import as_docx
from scanner.index.cases import Case
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
from scanner.web.searches import Search

FIELDS = (
    *("nature", "when", "persons", "records", "kinds", "contact", "consequences", "measures"),
    *("delay", "missing"),
)
"""The sections of the notice, as GDPR Art. 33(3) and (4) asks for them."""
SECTION = 10_000
MOST_FOUND = 50


def report(asked: Asked) -> Reply:
    """Show what lay on a device, in a mailbox, or in a document, at the end of a day."""
    query = asked.query
    about = {name: query.number(name) for name in ("document", "archive", "place")}
    device = "" if any(about.values()) else query.one("device", most=100)
    today = asked.site.clock().astimezone().date()
    at = day(query.one("at")) if query.one("at") else today
    if at is None or at > today:
        raise Refused(400, "breach no date")
    moment = stored(datetime.combine(at, time(23, 59, 59)).astimezone())
    found: Breach | None = None
    title = ""
    what = next((name for name, number in about.items() if number), "device" if device else "")
    if what:
        scope = scope_of(asked.opened, device=device, **about)
        if scope is None:
            raise Refused(404, "web not found")
        found = asked.kept(
            ("breach", scope, moment),
            lambda opened: breach(opened, moment, scope),
            keeping=BREACH,
            long=True,
        )
        title = _title(asked, what, about, scope)
        if found is not None:
            number = about.get(what) or 0
            subject = f"{what} {number}" if number else scope.device
            asked.log("breach report", subject, f"at {at}")
    case, left = query.number("case"), None
    held = _case(asked, case)
    if held is not None and not held.closed:
        left = clock(asked, held)
    return asked.show(
        "breach.html",
        found=found,
        what=what,
        about={name: number for name, number in about.items() if number},
        title_of=title,
        device=device,
        devices=sorted(asked.opened.devices.items(), key=lambda each: each[1]),
        mailboxes=_mailboxes(asked),
        at=at.isoformat(),
        number=case,
        left=left,
        fields=FIELDS,
        draft=draft(found, title, words("da"), moment, what=what, case=held) if found else {},
        covered=asked.filters(
            devices=(found.device,) if found else (),
            places=(about["place"],) if about["place"] else (),
        ),
    )


def _read(held: Any) -> Breach | None:
    return None if held is None else Breach(**{**held, "persons": Persons(**held["persons"])})


BREACH: Keeping[Breach | None] = Keeping(lambda found: found and asdict(found), _read)


def _case(asked: Asked, number: int) -> Case | None:
    if not number or not asked.session.may("cases"):
        return None
    with Decisions(decisions_path(asked.site.index)) as decisions:
        return case_of(decisions, number)


def _title(asked: Asked, what: str, about: Mapping[str, int], scope: Scope) -> str:
    opened = asked.opened
    device = shown(opened.devices.get(scope.device, scope.device))
    if what == "document":
        return Naming(opened).document(shown_document(opened, about[what]))
    if what == "archive":
        document = shown_document(opened, about[what])
        return Naming(opened).path(document.device, document.place, document.path)
    if what == "place":
        (name,) = opened.connection.execute(
            "SELECT name FROM place WHERE id=?", (about[what],)
        ).fetchone()
        return f"{device}: {shown(name)}"
    return device


def _mailboxes(asked: Asked) -> list[tuple[int, str]]:
    """Return the places that are mailboxes on a server; archives are found by their name."""
    opened = asked.opened
    rows = opened.connection.execute(
        "SELECT id, device, name FROM place WHERE display LIKE 'imap%' ORDER BY name LIMIT 500"
    ).fetchall()
    return [(n, shown(f"{opened.devices.get(device, device)}: {name}")) for n, device, name in rows]


def find(asked: Asked) -> Reply:
    """Find the one file or mail that went astray, by words of its path or the day of sending.

    What is typed comes by POST and is not kept: a file's name may hold somebody's.
    """
    case = asked.form.number("case") or asked.query.number("case")
    mark = asked.query.one("found")
    if mark:
        search = asked.site.searches.get(asked.session.token, mark)
        if search is None:
            raise Refused(404, "breach find again")
        return _searched(asked, search, case)
    text = asked.form.one("text", most=300)
    said = asked.form.one("sent")
    sent = day(said) if said else None
    if said and sent is None:
        raise Refused(400, "breach no date")
    if not (text.strip() or sent):
        return _found(asked, [], case)
    search = asked.site.background.ask(
        asked.session.account, lambda held: by_name(held, text, sent, MOST_FOUND + 1)
    )
    if search.done():
        return _searched(asked, search, case, text=text, sent=said)
    mark = asked.site.searches.add(asked.session.token, search)
    return asked.to(f"/breach/find?found={mark}" + (f"&case={case}" if case else ""))


def _searched(asked: Asked, search: Search, case: int, *, text: str = "", sent: str = "") -> Reply:
    """Show what a search has found, or that it is on its way."""
    if not search.done():
        asked.counting, asked.waiting = True, "background searching"
        return _found(asked, [], case)
    if search.cancelled() or search.exception() is not None:
        raise Refused(503, "breach find again")
    return _found(asked, search.result(), case, looked=True, text=text, sent=sent)


def _found(
    asked: Asked,
    found: Sequence[Named],
    case: int,
    *,
    looked: bool = False,
    text: str = "",
    sent: str = "",
) -> Reply:
    naming = Naming(asked.opened)
    return asked.show(
        "breach_find.html",
        rows=[(e.document, naming.document(e.document), e.in_archive) for e in found[:MOST_FOUND]],
        more=len(found) > MOST_FOUND,
        asked_for=looked,
        text=text,
        sent=sent,
        number=case,
        trail=(("/breach", asked.words.text("page breach")),),
    )


def draft(
    found: Breach,
    title: str,
    danish: Words,
    at: str,
    *,
    what: str = "device",
    case: Case | None = None,
) -> dict[str, str]:
    """Return the sections of the notice that the index can fill in, in Danish."""
    persons = found.persons
    kinds = ", ".join(f"{danish.kind(kind)} {danish.number(n)}" for kind, n in found.kinds.items())
    disk = danish.text(f"breach disk {found.encryption or 'unknown'}")
    when = [danish.text("notice when is", at=danish.date(at), read=danish.moment(found.read))]
    if case is not None:
        known, due = danish.moment(case.begun), danish.moment(case.due)
        when.append(danish.text("notice clock is", known=known, due=due))
    nature = f"notice nature {what}" if what in ("document", "archive", "place") else ""
    return {
        "nature": danish.text(nature or "notice nature is", what=title, disk=disk),
        "when": " ".join(when),
        "persons": danish.text(
            "breach persons" if found.read else "breach unknown",
            least=persons.least,
            most=persons.most,
        ),
        "records": danish.text("notice records is", documents=found.documents),
        "kinds": kinds,
        "missing": danish.text("notice missing is", number=found.not_read),
    }


def notice(asked: Asked) -> Reply:
    """Return the notice as it was edited, as docx, a page or text. Keeps nothing of it."""
    danish = words("da")
    sections = [
        (danish.text(f"notice {name}"), asked.form.one(name, most=SECTION)) for name in FIELDS
    ]
    asked.log("export", "breach notice")
    heading = danish.text("notice title")
    if asked.form.one("form") == "docx":
        told = [(name, [text or "–"]) for name, text in sections]
        try:
            return asked.file("anmeldelse.docx", as_docx(heading, told, "da"), DOCX)
        except ImportError:
            raise Refused(503, "web no docx") from None
    if asked.form.one("form") == "text":
        parts = [heading, *(f"{name}\n{text or '-'}" for name, text in sections)]
        body = "\n\n".join(map(_plain, parts)).replace("\n", "\r\n") + "\r\n"
        return asked.file("anmeldelse.txt", body.encode(), "text/plain; charset=utf-8")
    body_of = "".join(
        f"<h2>{escape(name)}</h2><p>{escape(_plain(text) or '–').replace(chr(10), '<br>')}</p>"
        for name, text in sections
    )
    page = (
        '<!doctype html><html lang="da"><head><meta charset="utf-8">'
        f"<title>{escape(heading)}</title></head><body><h1>{escape(heading)}</h1>{body_of}"
        "</body></html>"
    )
    return asked.file("anmeldelse.html", page.encode(), "text/html; charset=utf-8")


def _plain(text: str) -> str:
    return "\n".join(map(shown, text.replace("\r\n", "\n").split("\n")))


PAGES = (
    Page("breach", "/breach", "reports", report, menu=45),
    Page("breach find", "/breach/find", "reports", find, methods=("GET", "POST")),
    Page("breach notice", "/breach/notice", "reports", notice, methods=("POST",)),
)

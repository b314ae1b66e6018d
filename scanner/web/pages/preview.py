"""One document with its values marked, read live from its place for whoever was given that right.

What is read goes into one answer and nowhere else: it is held while the page waits for it.
"""

from __future__ import annotations

from scanner.answers.findings import Shown, shown_document
from scanner.answers.naming import Naming
from scanner.answers.opened import Opened
from scanner.live.told import Live
from scanner.typed import typed
from scanner.web.asked import Asked
from scanner.web.lookups import PURPOSES
from scanner.web.page import Page
from scanner.web.passages import line_of, reader_of, why_not
from scanner.web.readings import Reading
from scanner.web.reply import Refused, Reply


def preview(asked: Asked) -> Reply:
    """Ask for a purpose, or read the document and show what is in it."""
    number = int(asked.given["number"])
    if (
        asked.opened.connection.execute("SELECT 1 FROM document WHERE id=?", (number,)).fetchone()
        is None
    ):
        raise Refused(404, "web not found")
    document = shown_document(asked.opened, number)
    token, mark = asked.session.token, asked.query.one("read")
    if asked.method == "GET" and mark:
        waited, done = asked.site.readings.take(token, number, mark)
        if waited is None:
            return _shown(asked, document, key="preview again")
        return _told(asked, document, waited if done else None)
    if asked.method == "GET":
        return _shown(asked, document)
    purpose = asked.form.one("purpose")
    if purpose not in PURPOSES:
        return _shown(asked, document, key="person no purpose")
    if asked.site.readings.full:
        raise Refused(503, "preview busy")
    reference = typed(asked.form.one("reference", most=200))
    asked.log("preview", f"document {number}", f"{purpose} {reference}".strip())
    reader, turn = reader_of(asked), asked.site.reading_turn

    def read(held: Opened) -> Live:
        with turn:
            (live,) = reader.read(held.connection, [number])
        return live

    reading = asked.site.background.ask(asked.session.account, read, live=True)
    if reading.done():
        return _told(asked, document, reading)
    mark = asked.site.readings.add(token, number, reading)
    return asked.to(f"/document/{number}/preview?read={mark}")


def _told(asked: Asked, document: Shown, reading: Reading | None) -> Reply:
    """Show what was read; None: that it is still being read."""
    if reading is None:
        asked.counting, asked.waiting = True, "preview reading"
        return _shown(asked, document)
    if reading.cancelled() or reading.exception() is not None:
        raise Refused(503, "preview failed")
    return _shown(asked, document, reading.result())


def _shown(asked: Asked, document: Shown, live: Live | None = None, key: str = "") -> Reply:
    words = asked.words
    title = Naming(asked.opened).document(document)
    above = asked.site.address("document", asked.session, number=document.id)
    text = asked.site.templates.render(
        "preview.html",
        asked,
        coverage=[],
        trail=((above, title),) if above else (),
        document=document,
        title=title,
        live=live,
        lines=[line_of(each, words) for each in live.passages] if live else [],
        why=why_not(live, words) if live else [],
        problems=[
            (" › ".join(inner), words.where(p.where), words.reason(p.reason, p.detail))
            for inner, p in (live.problems if live else ())
        ],
        purposes=PURPOSES,
        key=key,
    )
    return Reply(text.encode("utf-8", "replace"), 400 if key else 200)


PAGES = (
    Page(
        "preview",
        r"/document/(?P<number>[0-9]{1,15})/preview",
        "preview",
        preview,
        methods=("GET", "POST"),
    ),
)

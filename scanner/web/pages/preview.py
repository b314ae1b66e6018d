"""One document with its values marked, read live from its place for whoever was given that right.

Nothing of what is read is kept: it goes into the answer and nowhere else.
"""

from __future__ import annotations

from scanner.answers.findings import Shown, shown_document
from scanner.answers.naming import Naming
from scanner.live.told import Live
from scanner.typed import typed
from scanner.web.asked import Asked
from scanner.web.lookups import PURPOSES
from scanner.web.page import Page
from scanner.web.passages import Turn, line_of, reader_of, why_not
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
    if asked.method == "GET":
        return _shown(asked, document)
    purpose = asked.form.one("purpose")
    if purpose not in PURPOSES:
        return _shown(asked, document, key="person no purpose")
    reference = typed(asked.form.one("reference", most=200))
    asked.log("preview", f"document {number}", f"{purpose} {reference}".strip())
    with Turn(asked):
        (live,) = reader_of(asked).read(asked.opened.connection, [number])
    return _shown(asked, document, live)


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

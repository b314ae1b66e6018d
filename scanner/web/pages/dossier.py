"""The dossier of a look-up: what the officer confirmed, to be saved as a file. Each is logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scanner.answers.coverage_words import sentences
from scanner.answers.naming import Naming
from scanner.pdf_file import MEDIA_TYPE as PDF
from scanner.web.asked import Asked
from scanner.web.dossier import HEADS, JSON, XLSX, Dossier, about, as_excel, as_json, in_pdf, row
from scanner.web.extracts import ALONE, MOST_DOCUMENTS, approved, ask, asked_for, read
from scanner.web.found import Found, found
from scanner.web.lookups import Lookup
from scanner.web.page import Page
from scanner.web.pages.person import cautions, lookup_of
from scanner.web.reply import HTML, Refused, Reply

FORMS = ("html", "pdf", "xlsx", "json")
ASK = "ask"
"""Instead of a form: another account is asked to approve."""
LEAST_REASON = 3
MOST_OUTSIDE = 10_000
MOST_LINES = 200
MOST_IN_PDF = 500
"""Places: more take longer than somebody waits; Excel has them all."""


def dossier(asked: Asked) -> Reply:
    """Show what is in it and what is not, or save it."""
    lookup = lookup_of(asked)
    if asked.method == "GET":
        return _form(asked, lookup)
    form = asked.form.one("form")
    if form not in (*FORMS, ASK):
        raise Refused(400, "web not found")
    lookup.outside = asked.form.one("outside", most=MOST_OUTSIDE)
    if lookup.searching is not None:  # a dossier is not made of what is found by then
        raise Refused(409, "person paths searched")
    made = _dossier(asked, lookup)
    if "extracts" in asked.form:
        told = _with_extracts(asked, lookup, made)
        if not isinstance(told, Dossier):
            return told
        made = told
    subject = lookup.fingerprints[0].hex()
    asked.log("export", subject, f"dossier {form} {len(made.places)}")
    words = asked.words
    name = f"dossier-{asked.opened.moment:%Y-%m-%d}.{form}"
    if form == "json":
        return asked.file(name, as_json(made, words), JSON)
    if form == "xlsx":
        return asked.file(name, as_excel(made, words), XLSX)
    if form == "pdf":
        if len(made.places) > MOST_IN_PDF:
            raise Refused(409, "dossier pdf long")
        try:
            return asked.file(name, in_pdf(made, words), PDF)
        except ImportError:
            raise Refused(503, "web no pdf") from None
    text = asked.site.templates.render(
        "dossier_file.html",
        asked,
        dossier=made,
        about=about(made, words),
        heads=HEADS,
        rows=[row(place, words) for place in made.places],
    )
    return asked.file(name, text.encode("utf-8", "replace"), HTML)


def _with_extracts(asked: Asked, lookup: Lookup, made: Dossier) -> Dossier | Reply:
    """Return the dossier with the extracts that were chosen, or the page that says why not."""
    if not asked.session.may("preview"):
        raise Refused(403, "web not allowed")
    titles = _titles(asked, made.places)
    wanted = set(asked.form.many("document"))
    chosen = {number: title for number, title in titles.items() if str(number) in wanted}
    if not chosen:
        return _form(asked, lookup, "extract none")
    if len(chosen) > MOST_DOCUMENTS:
        return _form(asked, lookup, "extract many")
    if asked.form.one("form") == ASK:
        reason = asked.form.one("reason", most=300)
        if len(reason) < LEAST_REASON:
            return _form(asked, lookup, "extract no reason")
        ask(asked, lookup, list(chosen), reason)
        return asked.to(asked.path, said=asked.words.text("extract asked"))
    if len(chosen) > ALONE:
        allowed = approved(asked_for(asked, lookup), list(chosen), asked.site.clock())
        if allowed is None:
            return _form(asked, lookup, "extract two")
    numbers = " ".join(map(str, chosen))
    asked.log("extracts", lookup.fingerprints[0].hex(), f"{lookup.purpose} documents {numbers}")
    return replace(made, extracts=read(asked, lookup, made.places, chosen))


def _titles(asked: Asked, places: Sequence[Found]) -> dict[int, str]:
    """Return the documents of these places by number, each with its name."""
    naming = Naming(asked.opened)
    documents = {place.where.document.id: place.where.document for place in places}
    return {number: naming.document(document) for number, document in documents.items()}


def _form(asked: Asked, lookup: Lookup, key: str = "") -> Reply:
    made = _dossier(asked, lookup)
    words = asked.words
    may = asked.session.may("preview")
    return asked.show(
        "dossier.html",
        status=400 if key else 200,
        key=key,
        documents=_titles(asked, made.places) if may else {},
        asking=asked_for(asked, lookup) if may else [],
        most=MOST_DOCUMENTS,
        trail=(
            ("/person", words.text("page person")),
            (f"/person/{lookup.mark}", words.text("page person_found")),
        ),
        lookup=lookup,
        dossier=made,
        forms=FORMS,
    )


def _dossier(asked: Asked, lookup: Lookup) -> Dossier:
    """Return the dossier as of now: a place that is gone since it was confirmed is not in it."""
    everything = found(asked, lookup).places
    decided = lookup.decided
    confirmed = tuple(p for p in everything if (said := decided.get(p.key)) and said.confirmed)
    undecided = sum(place.key not in decided for place in everything)
    coverage = asked.cached(("coverage", None), asked.answer.coverage)
    outside = [line.strip() for line in lookup.outside.splitlines()]
    return Dossier(
        asked.session.account.name,
        asked.opened.moment.isoformat(timespec="seconds"),
        lookup.purpose,
        lookup.reference,
        lookup.masks,
        confirmed,
        len(everything) - undecided - len(confirmed),
        undecided,
        tuple(sentences(coverage, asked.words, empty="" if everything else "all")),
        tuple(cautions(asked, lookup)),
        tuple(filter(None, outside))[:MOST_LINES],
    )


PAGES = (
    Page(
        "dossier",
        r"/person/(?P<lookup>[0-9a-f]{1,16})/dossier",
        "person",
        dossier,
        methods=("GET", "POST"),
    ),
)

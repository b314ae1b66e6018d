"""A person: every place that holds a value, which the officer confirms or rejects.

A value comes by POST alone and is dropped when it is fingerprinted: no address, title, log or store
has it. What was decided lives as long as the session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from detectors.names.canonical import short
from scanner.answers.customers import standing
from scanner.answers.in_paths import named
from scanner.answers.naming import Naming
from scanner.answers.opened import Opened
from scanner.answers.pasted import Understood
from scanner.answers.person import Wanted, check_key, gone_documents, names_indexed, wanted
from scanner.answers.written import Candidate, canonical_name, values_of
from scanner.index.looked_up import LOOKED_UP, look_up_line
from scanner.typed import typed
from scanner.web.asked import Asked
from scanner.web.found import Found, FoundAll, found, found_now, is_held, sound
from scanner.web.lookups import PURPOSES, Decided, InPaths, Lookup
from scanner.web.name_variants import MOST, variants
from scanner.web.page import Page
from scanner.web.paging import paged
from scanner.web.reply import Refused, Reply

ON_A_PAGE = 50
MOST_TYPED = 20_000
MOST_IN_PATHS = 5_000
SHOWN = ("all", "open", "confirmed", "rejected")


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody looks for, as it was typed: lives while the request does."""

    purpose: str
    reference: str = field(repr=False)
    read: list[Candidate] = field(repr=False)
    understood: list[Understood] = field(repr=False)


def person(asked: Asked) -> Reply:
    """Show the form, or look for what it holds."""
    if asked.method == "GET":
        return _form(asked)
    purpose = asked.form.one("purpose")
    reference = asked.form.one("reference", most=200)
    if purpose not in PURPOSES:
        return _form(asked, "person no purpose", reference=reference)
    text = asked.form.one("value", most=MOST_TYPED)
    try:
        lines = values_of(text)
    except ValueError:
        return _form(asked, "person too many", purpose=purpose, reference=reference)
    if not lines:
        return _form(asked, "person no value", purpose=purpose, reference=reference)
    reader = asked.site.lookups.reader(asked.site.make_reader)
    understood = []
    for line in lines:
        one = reader.understand(line)
        if one is None:
            return _form(asked, "person not understood", purpose=purpose, reference=reference)
        understood.append(one)
    read = [candidate for each in understood for candidate in each.candidates]
    if _tells(reference, lines, read):
        return _form(asked, "person value in reference", purpose=purpose)
    names = [each.value for each in read if each.kind == "PERSON"]
    offered = list(dict.fromkeys(form for name in names for form in variants(name)))[:MOST]
    offered = [form for form in offered if form not in names]
    if offered and "chosen" not in asked.form:
        return asked.show(
            "person_names.html", purpose=purpose, reference=reference, value=text, names=offered
        )
    for name in asked.form.many("name")[:MOST]:
        if form := canonical_name(name):
            read += [Candidate("PERSON", form), Candidate("PERSON", short(form))]
    return _look_up(asked, Typed(purpose, typed(reference), read, understood))


def _form(asked: Asked, key: str = "", *, purpose: str = "", reference: str = "") -> Reply:
    """Show the form; of what was typed before only what is no value comes back."""
    return asked.show(
        "person.html",
        status=400 if key else 200,
        key=key,
        purpose=purpose,
        reference=reference,
        purposes=PURPOSES,
        lookups=asked.site.lookups.all(asked.session.token),
    )


def _tells(reference: str, lines: Sequence[str], read: Sequence[Candidate]) -> bool:
    """Whether a case's number or note holds what is looked for: it would stand in the log."""
    said = "".join(reference.casefold().split())
    if not said:
        return False
    held = {"".join(each.casefold().split()) for each in (*lines, *(c.value for c in read))}
    return any(each in said for each in held if each)


def _look_up(asked: Asked, given: Typed) -> Reply:
    opened, answer = asked.opened, asked.answer
    seal = answer.seal()
    check_key(opened, seal)
    sealed = wanted(given.read, seal)
    values = tuple({value.fingerprint: value for value in sealed}.values())
    subject, kinds = look_up_line((value.kind, value.fingerprint) for value in values)
    asked.log(LOOKED_UP, subject, f"{kinds} {given.purpose} {given.reference}".strip())
    people = [each for each in zip(sealed, given.read, strict=True) if each[0].kind == "PERSON"]
    searching = asked.site.background.ask(
        asked.session.account, lambda held: _in_paths(held, people)
    )

    def make(mark: str, made: datetime) -> Lookup:
        lookup = Lookup(
            mark,
            made,
            given.purpose,  # type: ignore[arg-type]
            given.reference,
            values,
            notes=_notes(asked, given.understood),
            searching=searching,
        )
        lookup.settle()
        if not all(is_held(opened, print_) for print_ in lookup.fingerprints):
            lookup.sound = sound(opened)
        return lookup

    lookup = asked.site.lookups.add(asked.session.token, make)
    return asked.to(f"/person/{lookup.mark}")


def _in_paths(opened: Opened, people: Sequence[tuple[Wanted, Candidate]]) -> InPaths:
    """Return the documents whose path names somebody: of a large index that takes seconds."""
    held: dict[Wanted, list[int]] = {}
    for hit in named(opened, people):
        numbers = held.setdefault(hit.wanted, [])
        numbers += [place.document.id for place in hit.places][: MOST_IN_PATHS - len(numbers)]
    return tuple((value, tuple(numbers)) for value, numbers in held.items())


def _notes(asked: Asked, understood: Sequence[Understood]) -> tuple[str, ...]:
    words = asked.words
    notes = []
    if any(each.lost_zero for each in understood):
        notes.append(words.text("lost zero"))
    wrong = sorted({kind for each in understood for kind in each.mislabelled})
    if wrong:
        notes.append(words.text("mislabelled", kinds=", ".join(map(words.kind, wrong))))
    return tuple(notes)


def lookup_of(asked: Asked) -> Lookup:
    """Return the look-up that the address names, of this very session. Raises Refused (404)."""
    held = asked.site.lookups.get(asked.session.token, asked.given["lookup"])
    if held is None:
        raise Refused(404, "person forgotten")
    held.settle()
    return held


def answered(asked: Asked) -> Reply:
    """Show the places of a look-up, or keep what the officer says of some."""
    lookup = lookup_of(asked)
    if asked.method == "POST":
        return _decide(asked, lookup, found(asked, lookup))
    return _answer(asked, lookup, found_now(asked, lookup))


def _answer(asked: Asked, lookup: Lookup, told: FoundAll | None, key: str = "") -> Reply:
    everything = told or FoundAll((), False)
    which = asked.query.one("show") or "all"
    if which not in SHOWN:
        raise Refused(400, "web not found")
    chosen = [each for each in everything.places if which in ("all", _state(lookup, each))]
    page = paged(asked, chosen, ON_A_PAGE, show=which)
    naming = Naming(asked.opened)
    rows = [
        (place, naming.document(place.where.document, place.where.inner_path)) for place in page
    ]
    return asked.show(
        "person_found.html",
        status=400 if key else 200,
        key=key,
        empty="" if told is None or lookup.searching or everything.places else "all",
        trail=(("/person", asked.words.text("page person")),),
        lookup=lookup,
        found=everything,
        which=which,
        shown=SHOWN,
        page=page,
        rows=rows,
        legend=list(naming.legend(asked.words)),
        notes=[*lookup.notes, *cautions(asked, lookup)],
        standings=[
            each for value in lookup.values for each in standing(asked.opened, value.fingerprint)
        ],
        counts={
            name: sum(name in ("all", _state(lookup, each)) for each in everything.places)
            for name in SHOWN
        },
    )


def _state(lookup: Lookup, place: Found) -> str:
    decided = lookup.decided.get(place.key)
    if decided is None:
        return "open"
    return "confirmed" if decided.confirmed else "rejected"


def cautions(asked: Asked, lookup: Lookup) -> list[str]:
    """Return what keeps this answer from being complete, beside its coverage."""
    words, opened = asked.words, asked.opened
    said = []
    if lookup.searching is not None:
        said.append(words.text("person paths searched"))
    if lookup.unsearched:
        said.append(words.text("person paths failed"))
    if lookup.sound is not True:
        said.append(words.text("person damaged" if lookup.sound is False else "person unchecked"))
    if gone := gone_documents(opened, lookup.values):
        said.append(words.count("person gone", gone))
    if any(value.kind == "PERSON" for value in lookup.values):
        look = asked.answer.names_look
        if look != "off" and not names_indexed(opened):
            said.append(words.text("names are not indexed"))
        elif look != "everywhere":
            said.append(words.text(f"names {look}"))
    coverage = asked.cached(("coverage", None), asked.answer.coverage)
    if coverage.not_fully_read or coverage.folders:
        said.append(words.text("unread may hold it"))
    if coverage.never_scanned or not all(place.whole for place in coverage.places):
        said.append(words.text("places may hold it"))
    return said


def _decide(asked: Asked, lookup: Lookup, everything: FoundAll) -> Reply:
    known = {place.key for place in everything.places}
    keys = tuple(key for key in asked.form.many("place") if key in known)
    said = asked.form.one("decision")
    if said not in ("confirm", "reject", "undo"):
        raise Refused(400, "web not found")
    if not keys:
        return _answer(asked, lookup, everything, "person none chosen")
    reason = typed(asked.form.one("reason", most=500))
    if said == "reject" and not reason:
        return _answer(asked, lookup, everything, "person no reason")
    subject = lookup.fingerprints[0].hex()
    asked.log(
        f"person {said}", subject, f"{len(keys)} {reason if said == 'reject' else ''}".strip()
    )
    decided = None
    if said != "undo":
        decided = Decided(said == "confirm", reason if said == "reject" else "")
    asked.site.lookups.decide(lookup, keys, decided)
    told = asked.words.count(f"person did {said}", len(keys))
    which = asked.query.one("show")
    query = f"?show={which}" if which in SHOWN else ""
    return asked.to(f"/person/{lookup.mark}{query}", said=told)


PAGES = (
    Page("person", "/person", "person", person, methods=("GET", "POST"), menu=30),
    Page(
        "person_found",
        r"/person/(?P<lookup>[0-9a-f]{1,16})",
        "person",
        answered,
        methods=("GET", "POST"),
    ),
)

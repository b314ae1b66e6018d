"""Cases: a person's request or a breach, with its deadline, steps, evidence, log and end."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scanner.answers.coverage_words import sentences
from scanner.answers.filters import Filters
from scanner.answers.naming import Naming
from scanner.answers.opened import Opened
from scanner.answers.person import Wanted, check_key, hits, wanted
from scanner.answers.written import values_of as written_values
from scanner.deadlines import left
from scanner.index import cases as kept
from scanner.index.cases import STEPS, TYPES, Case, Value
from scanner.index.decided import fit
from scanner.index.looked_up import LOOKED_UP, look_up_line
from scanner.index.store import Decisions, decisions_path
from scanner.messages import certainty
from scanner.privacy import shown
from scanner.web.asked import Asked
from scanner.web.page import Page, Teaser
from scanner.web.reply import Refused, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.web.site import Site

MOST_PLACES = 200
MOST_TEASED = 10


@dataclass(frozen=True, slots=True)
class Held:
    """A place that holds the person of a case. `kept`: by a verdict, it belongs there."""

    name: str = field(repr=False)
    kind: str
    masked: str
    certainty: str
    read_at: str
    document: int
    decision: str


@contextmanager
def _decisions(asked: Asked) -> Iterator[Decisions]:
    with Decisions(decisions_path(asked.site.index)) as decisions:
        yield decisions


def listed(asked: Asked) -> Reply:
    """Show the cases: those that one opened, or all of them to who works on cases."""
    works = asked.session.may("cases")
    with _decisions(asked) as decisions:
        found = kept.cases(decisions, opened_by="" if works else asked.session.account.name)
    again: Sequence[int] = ()
    if works:
        again = asked.kept(("again",), lambda held: _again(asked.site, held), refresh=False) or ()
    return asked.show(
        "cases.html",
        rows=[(each, clock(asked, each)) for each in found],
        again=again,
        works=works,
        types=TYPES,
        devices=sorted(asked.opened.devices.items(), key=lambda each: each[1]) if works else [],
        moment=asked.site.clock().astimezone().strftime("%Y-%m-%dT%H:%M"),
    )


def clock(asked: Asked, each: Case) -> tuple[str, int]:
    """Return the catalogue's key of what a case has left, and how much: hours or days."""
    hours = each.type == "breach"
    number = left(each.due_at, asked.site.clock(), hours=hours)
    unit = "hours" if hours else "days"
    return (f"case {unit} left", number) if number >= 0 else (f"case {unit} past", -number)


def new(asked: Asked) -> Reply:
    """Open a case. What is typed of the person becomes fingerprints, and is not kept."""
    kind = next((each for each in TYPES if each == asked.form.one("type")), None)
    if kind is None:
        raise Refused(400, "web not found")
    begun = _moment(asked)
    values = _values(asked, asked.form.one("person", most=4000)) if kind != "breach" else []
    if kind != "breach" and not values:
        raise Refused(400, "case no value")
    device = asked.form.one("device", most=100)
    if device and device not in asked.opened.devices:
        raise Refused(404, "web not found")
    who = asked.session.account.name
    with _decisions(asked) as decisions:
        title = asked.form.one("title", most=200)
        number = kept.begin(decisions, kind, title, begun, values, who, device)
    said = asked.words.text("case opened", number=str(number))
    return asked.to(f"/cases/{number}" if asked.session.may("cases") else "/cases", said=said)


def _moment(asked: Asked) -> datetime:
    """Return when it came in: never later than now, at most a year ago."""
    at = asked.site.clock()
    try:
        begun = datetime.fromisoformat(asked.form.one("begun", most=40)).astimezone()
    except (ValueError, OverflowError, OSError):
        raise Refused(400, "case no moment") from None
    if not at - timedelta(days=366) <= begun <= at + timedelta(minutes=1):
        raise Refused(400, "case no moment")
    return begun


def _values(asked: Asked, text: str) -> list[Value]:
    try:
        written = written_values(unicodedata.normalize("NFC", text))
    except ValueError:
        raise Refused(400, "web too much") from None
    reader = asked.site.lookups.reader(asked.site.make_reader)
    candidates = []
    for each in written:
        understood = reader.understand(each)
        if understood is None:
            raise Refused(400, "case no value")
        candidates += understood.candidates
    seal = asked.answer.seal()
    check_key(asked.opened, seal)
    found = {each.fingerprint: each for each in wanted(candidates, seal)}
    return [Value(each.kind, each.fingerprint, each.masked) for each in found.values()]


def one(asked: Asked) -> Reply:
    """Show a case with what the index holds of it now, or take what was done in it."""
    with _decisions(asked) as decisions:
        found = kept.case(decisions, int(asked.given["number"]))
        if found is None:
            raise Refused(404, "web not found")
        if asked.method == "POST":
            return _did(asked, decisions, found)
        values = kept.values_of(decisions, found.id)
        lines = kept.lines_of(decisions, found.id)
        if values:
            subject, kinds = look_up_line((each.kind, each.fingerprint) for each in values)
            who = asked.session.account.name
            decisions.log(LOOKED_UP, subject, f"{kinds}, case {found.id}", who=who)
    places = held_places(asked.opened, values)
    return asked.show(
        "case.html",
        case=found,
        left=clock(asked, found),
        values=values,
        steps=STEPS[found.type],
        done=kept.steps_done(lines),
        lines=lines,
        places=places[:MOST_PLACES],
        more=max(len(places) - MOST_PLACES, 0),
        device=shown(asked.opened.devices.get(found.device, found.device)),
        covered=_filters(asked, found, values),
        trail=(("/cases", asked.words.text("page cases")),),
        date=asked.words.date(found.begun),
    )


def _filters(asked: Asked, found: Case, values: Sequence[Value]) -> Filters:
    kinds = tuple(sorted({each.kind for each in values}))
    return asked.filters(kinds=kinds, devices=(found.device,) if found.device else ())


def held_places(opened: Opened, values: Sequence[Value]) -> list[Held]:
    """Return every place that holds the person now, each document once for each value."""
    naming = Naming(opened)
    asked_for = [Wanted(each.kind, each.fingerprint, each.masked) for each in values]
    found: dict[tuple[int, bytes, str], Held] = {}
    told = list(hits(opened, asked_for))
    opened.verdicts.look_at([place.document.id for hit in told for place in hit.places])
    for hit in told:
        for place in hit.places:
            document = place.document
            key = (document.id, hit.wanted.fingerprint, place.inner_path)
            verdict = opened.verdict(hit.wanted.fingerprint, document.id, hit.wanted.kind)
            found.setdefault(
                key,
                Held(
                    naming.document(document, place.inner_path),
                    hit.wanted.kind,
                    shown(hit.wanted.masked),
                    certainty(hit.confidence),
                    document.read_at,
                    document.id,
                    verdict.decision if verdict else "",
                ),
            )
    return list(found.values())


def still_holding(places: Sequence[Held]) -> list[Held]:
    """Return what keeps an erasure from its end: not what belongs there or is no finding."""
    return [each for each in places if each.decision not in ("belongs", "false alarm")]


def _again(site: Site, opened: Opened) -> list[int]:
    """Return the closed erasures that are none: a place holds the person that held it not then."""
    found = []
    assert opened.verdicts.all is not None  # read once for all cases
    with Decisions(decisions_path(site.index)) as decisions:
        for each in kept.cases(decisions):
            if each.type != "erasure" or not each.closed:
                continue
            known = {
                name
                for line in kept.lines_of(decisions, each.id)
                if line.what == "evidence"
                for name in line.detail.get("left", ())
            }
            places = still_holding(held_places(opened, kept.values_of(decisions, each.id)))
            if any(place.name not in known for place in places):
                found.append(each.id)
    return found


def _did(asked: Asked, decisions: Decisions, found: Case) -> Reply:
    who, form = asked.session.account.name, asked.form
    did, text = form.one("did"), fit(form.one("text", most=2000))
    back = f"/cases/{found.id}"
    if did == "reopen" and found.closed and text:
        kept.reopen(decisions, found, text, who)
        return asked.to(back)
    if found.closed:
        raise Refused(409, "case is closed")
    if did == "step":
        step = form.one("step")
        if step not in STEPS[found.type]:
            raise Refused(400, "web not found")
        is_done = step in kept.steps_done(kept.lines_of(decisions, found.id))
        what = "step undone" if is_done else "step"
        kept.add(decisions, found.id, what, {"step": step, "text": text}, who)
    elif did == "note" and text:
        kept.add(decisions, found.id, "note", {"text": text}, who)
    elif did == "evidence":
        kept.add(decisions, found.id, "evidence", _evidence(asked, decisions, found), who)
    elif did == "extend" and text and found.type != "breach":
        kept.extend(decisions, found, text, who)
    elif did == "close" and text:
        evidence = _evidence(asked, decisions, found)
        if found.type == "erasure" and evidence["left"] and not form.one("despite"):
            raise Refused(409, "case still held")
        despite = fit(form.one("despite"))
        kept.add(decisions, found.id, "evidence", {**evidence, "despite": despite}, who)
        kept.close(decisions, found, text, who)
    else:
        raise Refused(400, "case no text")
    return asked.to(back)


def _evidence(asked: Asked, decisions: Decisions, found: Case) -> dict[str, object]:
    """Return what the index holds now, with its coverage, as a line of the case keeps it."""
    values = kept.values_of(decisions, found.id)
    places = held_places(asked.opened, values)
    coverage = asked.answer.coverage(_filters(asked, found, values))
    return {
        "places": len(places),
        "left": [each.name for each in still_holding(places)][:MOST_PLACES],
        "kept": [each.name for each in places if each.decision == "belongs"][:MOST_PLACES],
        "coverage": sentences(coverage, asked.words, empty="" if places else "all"),
    }


def teaser(asked: Asked) -> list[Teaser]:
    """Return the open cases, the nearest deadline first, with what they have left; as `listed`."""
    works = asked.session.may("cases")
    mine = "" if works else asked.session.account.name
    with _decisions(asked) as decisions:
        found = [each for each in kept.cases(decisions, opened_by=mine) if not each.closed]
    lines = []
    for each in found[:MOST_TEASED]:
        key, number = clock(asked, each)
        said = asked.words.text("case named", number=str(each.id))
        kind = asked.words.text(f"case {each.type}")
        lines.append(
            (
                f"{said}, {kind}: {asked.words.count(key, number)}",
                f"/cases/{each.id}" if works else "/cases",
            )
        )
    return lines


PAGES = (
    Page("cases", "/cases", "case_open", listed, menu=25, teaser=teaser),
    Page("case new", "/cases/new", "case_open", new, methods=("POST",)),
    Page("case", "/cases/(?P<number>[0-9]{1,15})", "cases", one, methods=("GET", "POST")),
)

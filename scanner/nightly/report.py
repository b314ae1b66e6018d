"""Tell one night: what is new since the one before, worst places, unread, coverage, the kontrolfil.

Reads the index only. Holds masks and paths as answers show them, and no value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.answers import riskiest
from scanner.answers.coverage import Coverage
from scanner.answers.filters import Filters
from scanner.answers.findings import KindCount, Search, Shown, shown_document
from scanner.answers.kinds import groups
from scanner.answers.naming import Naming
from scanner.answers.riskiest import RiskyFolder
from scanner.answers.telling import kinds_in_words, owned_by, told_coverage, told_places
from scanner.answers.told_reports import unread
from scanner.answers.unread import Cause, causes
from scanner.messages import Words
from scanner.nightly.nights import Night, nights, stored
from scanner.nightly.papers import HtmlPaper, TextPaper
from scanner.nightly.status import Status, status_of
from scanner.nightly.told_status import night_in_words, place_in_words, trouble_in_words
from scanner.render import Paper

if TYPE_CHECKING:
    from scanner.cli.answering import Answer
    from scanner.setup import Setup

NEW_TOLD = 20
FOLDERS_TOLD = 10
EXAMPLES_TOLD = 3


@dataclass(frozen=True, slots=True)
class New:
    """A document with findings that were not there before: what it holds of them, by kind.

    `changed`: the document was known before, and something new is in it.
    """

    document: Shown
    kinds: Sequence[KindCount] = field(repr=False)
    changed: bool


@dataclass(frozen=True, slots=True)
class NightReport:
    """One night. `since`: the end of the night before it; empty for a first one.

    `new`: the riskiest of `new_documents` documents.
    """

    status: Status
    since: str
    new: Sequence[New]
    new_documents: int
    folders: Sequence[RiskyFolder]
    causes: Sequence[Cause]
    coverage: Coverage

    @property
    def night(self) -> Night | None:
        return self.status.night


def report_of(setup: Setup, answer: Answer, now: datetime) -> NightReport:
    """Return the report of the last night, from this device's own index."""
    opened = answer.opened
    since = _before(setup.config.index_path)
    search = Search(opened, Filters(since=since or None, judging=opened.judging))
    new: list[New] = []
    number = 0
    for document in search.documents():
        number += 1
        if number <= NEW_TOLD:
            (first,) = opened.connection.execute(
                "SELECT coalesce((SELECT started FROM run WHERE id=first_run), '')"
                " FROM document WHERE id=?",
                (document,),
            ).fetchone()
            new.append(
                New(shown_document(opened, document), search.summary(document), first < since)
            )
    return NightReport(
        status_of(setup, opened.index, now),
        since,
        new,
        number,
        riskiest.folders(opened, groups(answer.custom), FOLDERS_TOLD),
        causes(opened, examples=EXAMPLES_TOLD),
        answer.coverage(),
    )


def _before(index: Path) -> str:
    """Return when the night before the last one ended, of those in which something was read."""
    held = [night for night in nights(index) if night.read]
    if len(held) < 2:
        return ""
    ended = datetime.fromisoformat(held[-2].ended or held[-2].started)
    return stored(ended + timedelta(seconds=1))  # what it found itself began before


def tell(paper: Paper, found: NightReport, answer: Answer) -> None:
    """Write the report."""
    words, naming = answer.words, Naming(answer.opened)
    if found.night is not None:
        paper.say(night_in_words(found.night, words), "bold")
    for trouble in found.status.troubles:
        paper.say(trouble_in_words(trouble, found.status, words), "yellow")
    _tell_new(paper, found, words, naming)
    paper.say()
    paper.title(words.text("title risky folders"))
    if not found.folders:
        paper.say(words.text("none"))
    heads = ("risk", "folder", "documents", "found")
    paper.table(
        [words.text(f"head {name}") for name in heads],
        [
            [
                words.level(each.level),
                naming.path(each.device, each.place, each.path),
                words.number(each.documents),
                kinds_in_words(each.kinds, words),
            ]
            for each in found.folders
        ],
        right=(2,),
    )
    paper.say()
    paper.title(words.text("title unread"))
    if not found.causes:
        paper.say(words.text("none"))
    unread(paper, words, naming, found.causes, answer.config)
    paper.say()
    paper.title(words.text("title places"))
    for place in found.status.places:
        paper.say(place_in_words(place, words))
        if place.started and place.ended:
            seconds = _seconds(place.started, place.ended)
            paper.say("  " + words.text("report took", time=_span(seconds, words)), "dim")
    if found.night is not None and found.night.ended:
        seconds = _seconds(found.night.started, found.night.ended)
        paper.say(words.text("report night took", time=_span(seconds, words)))
    told_places(paper, naming, words)
    told_coverage(paper, found.coverage, words)


def _tell_new(paper: Paper, found: NightReport, words: Words, naming: Naming) -> None:
    paper.say()
    paper.title(words.text("title new"))
    if found.since:
        paper.say(words.text("report since", when=words.moment(found.since)), "dim")
    else:
        paper.say(words.text("report first"), "dim")
    if not found.new:
        paper.say(words.text("none"))
    for each in found.new:
        document = each.document
        facts = [
            words.level(document.level),
            naming.document(document),
            owned_by(document.whose, words),
            kinds_in_words({kind.kind: kind.values for kind in each.kinds}, words),
        ]
        if each.changed:
            facts.append(words.text("report changed"))
        paper.say("  " + " · ".join(facts))
    if found.new_documents > len(found.new):
        told = words.count("more documents like it", found.new_documents - len(found.new))
        paper.say(told, "dim")


def as_text(found: NightReport, answer: Answer) -> str:
    """Return the report as a mail's text."""
    paper = TextPaper()
    paper.title(heading(found, answer))
    tell(paper, found, answer)
    return paper.text()


def as_html(found: NightReport, answer: Answer) -> str:
    """Return the report as a page by itself."""
    paper = HtmlPaper(heading(found, answer), answer.words.language)
    tell(paper, found, answer)
    return paper.page()


def heading(found: NightReport, answer: Answer) -> str:
    """Return what the report is called: device, date, and whether something is amiss."""
    words, status = answer.words, found.status
    state = "fault" if status.faulty else "left" if status.troubles else "well"
    when = found.night.started if found.night else status.places[0].started if status.places else ""
    devices = answer.opened.devices
    device = devices.get(answer.config.device.id) or next(iter(devices.values()), "")
    return words.text(
        "report heading",
        device=device,
        date=words.date(when),
        state=words.text(f"report {state}"),
    )


def as_dict(found: NightReport) -> dict[str, Any]:
    """Return the report as JSON has it."""
    return {
        "status": found.status.as_dict(),
        "since": found.since or None,
        "new_documents": found.new_documents,
        "new": [
            {
                "device": each.document.device,
                "place": each.document.place,
                **each.document.owned(),
                "path": each.document.path,
                "risk": each.document.level,
                "kinds": {kind.kind: kind.values for kind in each.kinds},
                "changed": each.changed,
            }
            for each in found.new
        ],
        "folders": [folder.as_dict() for folder in found.folders],
        "unread": [
            {"reason": cause.reason, "documents": cause.documents, "bytes": cause.bytes}
            for cause in found.causes
        ],
        "coverage": found.coverage.as_dict(),
    }


def _seconds(began: str, ended: str) -> float:
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()


def _span(seconds: float, words: Words) -> str:
    if seconds < 90:
        return words.text("seconds", number=max(1, round(seconds)))
    if seconds < 5400:
        return words.text("minutes", number=round(seconds / 60))
    return words.text("hours", number=words.decimal(seconds / 3600))

"""Put findings, one person's places and coverage into words and tables for eyes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scanner.answers.coverage import Coverage
from scanner.answers.coverage_words import Empty, sentences
from scanner.answers.findings import Line, Search, shown_document
from scanner.answers.naming import Naming
from scanner.answers.person import Hit
from scanner.messages import Words
from scanner.render import Paper

PLACES_TOLD = 20
"""Places told of one content; the answer says how many more there are."""


def told_coverage(paper: Paper, found: Coverage, words: Words, *, empty: Empty = "") -> None:
    """Write the coverage, as every answer ends."""
    first, *rest = sentences(found, words, empty=empty, command=True)
    paper.say()
    paper.say(first, "bold" if found.complete else "bold yellow")
    for line in rest:
        paper.say(line, "dim")


def owner_of(owner: str | None, words: Words) -> str:
    return owner or words.text("by nobody")


def owned_by(owner: str | None, words: Words) -> str:
    """Return whose something is, as one reads it."""
    return words.text("owner is", owner=owner) if owner else words.text("owner none")


def readers(readable_by: str | None, words: Words) -> list[str]:
    """Return who can read something, as one reads it; nothing where that is not known."""
    return [words.text(f"readable {readable_by}")] if readable_by else []


def told_places(paper: Paper, naming: Naming, words: Words) -> None:
    """Write where the places are that an answer named."""
    lines = list(naming.legend(words))
    if lines:
        paper.say()
    for line in lines:
        paper.say(line, "dim")


def kinds_in_words(kinds: Mapping[str, int], words: Words) -> str:
    """Return kinds with their numbers: "1 990 CPR numbers" is "CPR number 1 990"."""
    return ", ".join(f"{words.kind(kind)} {words.number(count)}" for kind, count in kinds.items())


def documents(paper: Paper, search: Search, naming: Naming, words: Words, limit: int) -> int:
    """Write at most `limit` documents (0: all) with what is in them; return how many there are."""
    rows, number = [], 0
    for document in search.documents():
        number += 1
        if not limit or number <= limit:
            rows.append(_document(search, document, naming, words))
    paper.table(
        [
            words.text(f"head {name}")
            for name in ("risk", "document", "owner", "readers", "found", "example")
        ],
        rows,
    )
    if limit and number > limit:
        paper.say(words.text("more documents", shown=limit, number=number), "dim")
    return number


def _document(search: Search, number: int, naming: Naming, words: Words) -> list[str]:
    document = shown_document(search.opened, number)
    kinds = search.summary(number)
    return [
        words.level(document.level),
        naming.document(document),
        owner_of(document.whose, words),
        words.text(f"readers {document.readable_by or 'unknown'}"),
        ", ".join(f"{words.kind(each.kind)} {words.number(each.values)}" for each in kinds),
        kinds[0].example if kinds else "",
    ]


def each(paper: Paper, lines: Iterable[Line], naming: Naming, words: Words) -> int:
    """Write a paragraph for each finding, as it comes; return how many."""
    number = 0
    for line in lines:
        number += 1
        where = words.where(line["where"])
        path = naming.path(line["device"], line["place"], line["path"])
        steps = (path, line.get("message"), line["inner_path"])
        paper.say(" › ".join(each for each in steps if each), "bold")
        paper.say(
            f"  {words.kind(line['kind'])} {line['masked']}  {words.certainty(line['confidence'])}"
            f" {words.decimal(line['confidence'], 2)}  × {words.number(line['count'])}"
            f"  {where}  ({line['why']})"
        )
        facts = [
            words.text("risk is", level=words.level(line["risk"])),
            owned_by(line["owner"], words),
            *readers(line["readable_by"], words),
            words.text("modified on", date=words.date(line["modified"])),
            words.text("first seen on", date=words.date(line["first_seen"])),
        ]
        if line.get("customer"):
            facts.append(words.text("customer is known"))
        if line["verdict"]:
            facts.append(words.text("verdict is", verdict=line["verdict"]))
        paper.say("  " + " · ".join(facts), "dim")
    return number


def person(paper: Paper, found: Sequence[Hit], naming: Naming, words: Words) -> None:
    """Write each content that holds a value, with all its places."""
    for hit in found:
        certain = words.certainty(hit.confidence)
        inside = words.text("inside name") if hit.content is None else words.where(hit.where)
        paper.say()
        paper.title(
            f"{words.kind(hit.wanted.kind)} {hit.wanted.masked} · {certain}"
            f" · {words.count('times', hit.count)}" + (f" · {inside}" if inside else "")
        )
        paper.say(f"  {words.why(hit.evidence)}", "dim")
        if len(hit.places) > 1:
            several = len(hit.places)
            paper.say(
                "  " + words.count("same content", several)
                if hit.content is not None
                else "  " + words.count("below one folder", several)
            )
        for place in hit.places[:PLACES_TOLD]:
            document = place.document
            facts = [
                naming.document(document, place.inner_path)
                + (f" ({place.message})" if place.message else ""),
                owned_by(document.whose, words),
                words.text("modified on", date=words.date(document.modified)),
                words.status("gone" if place.gone else document.status),
            ]
            paper.say("  " + " · ".join(facts))
        if len(hit.places) > PLACES_TOLD:
            paper.say("  " + words.count("more places", len(hit.places) - PLACES_TOLD), "dim")

"""Put reports into words and tables for eyes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from scanner.answers.copies import Copied, Lying
from scanner.answers.mending import config_line
from scanner.answers.naming import Naming
from scanner.answers.near import Cluster, Near, NearCopies
from scanner.answers.outside import Sent
from scanner.answers.overview import Change, Group, Kind
from scanner.answers.riskiest import RiskyDocument, RiskyFolder
from scanner.answers.telling import (
    PLACES_TOLD,
    kinds_in_words,
    owned_by,
    owner_of,
)
from scanner.answers.unread import Cause, Example
from scanner.config import Config
from scanner.messages import Words
from scanner.render import Paper

PLACES_OUTSIDE = 3


def _heads(words: Words, *names: str) -> list[str]:
    return [words.text(f"head {name}") for name in names]


def overview(
    paper: Paper,
    words: Words,
    statuses: dict[str, int],
    kinds: Sequence[Kind],
    places: Sequence[Group],
    owners: Sequence[Group],
    changes: Sequence[Change],
) -> None:
    """Write what the index holds in all."""
    paper.title(words.text("title documents"))
    paper.table(
        _heads(words, "status", "documents"),
        [[words.status(status), words.number(count)] for status, count in statuses.items()],
        right=(1,),
    )
    paper.say()
    paper.title(words.text("title kinds"))
    order = ("criminal", "special", "confidential", "ordinary")
    for group, members in groupby(
        sorted(kinds, key=lambda each: order.index(each.group)), key=lambda each: each.group
    ):
        paper.say(words.text(f"group {group}"))
        paper.table(
            _heads(words, "kind", "documents", "values", "hits"),
            [
                [words.kind(k.kind), *map(words.number, (k.documents, k.values, k.hits))]
                for k in members
            ],
            right=(1, 2, 3),
        )
    if not kinds:
        paper.say(words.text("none"))
    paper.say()
    paper.title(words.text("title places"))
    paper.table(
        _heads(words, "device", "place", "documents", "with findings", "highest risk"),
        [
            [
                place.device or "",
                place.name or "",
                words.number(place.documents),
                words.number(place.with_findings),
                words.level(place.risk),
            ]
            for place in places
        ],
        right=(2, 3),
    )
    paper.say()
    paper.title(words.text("title owners"))
    paper.table(
        _heads(words, "owner", "documents", "with findings", "highest risk"),
        [
            [
                owner_of(owner.name, words),
                words.number(owner.documents),
                words.number(owner.with_findings),
                words.level(owner.risk),
            ]
            for owner in owners
        ],
        right=(1, 2),
    )
    paper.say()
    paper.title(words.text("title changes"))
    for change in changes:
        _change(paper, words, change)


def _change(paper: Paper, words: Words, change: Change) -> None:
    names = {"place": f"{change.device}: {change.place}", "when": words.moment(change.run)}
    if change.previous is None:
        paper.say(words.text("change first", **names, new=change.new_documents))
        return
    paper.say(
        words.text(
            "change",
            **names,
            previous=words.moment(change.previous),
            new=change.new_documents,
            moved=change.moved,
            gone=change.gone_documents,
        )
    )
    if change.new_findings:
        found = kinds_in_words(change.new_findings, words)
        paper.say("  " + words.text("change findings", kinds=found))


def outside(paper: Paper, words: Words, naming: Naming, found: Sequence[Sent], number: int) -> None:
    """Write the mails that went out of the house with sensitive data in them."""
    paper.title(words.text("title outside"))
    if not found:
        paper.say(words.text("none"))
    for each in found:
        sent = words.moment(each.sent) if each.sent else words.text("outside undated")
        told = words.text(
            "outside mail", sent=sent, sender=each.sender or "•", domains=", ".join(each.domains)
        )
        paper.say(f"{told}: {_values(each.kinds, words)}", "bold")
        for document, inner in each.places[:PLACES_OUTSIDE]:
            paper.say(f"  {naming.document(document, inner)}")
        if each.copies > PLACES_OUTSIDE:
            paper.say("  " + words.count("more places", each.copies - PLACES_OUTSIDE), "dim")
    if number > len(found):
        paper.say(words.text("more mails", shown=len(found), number=number), "dim")


def _values(kinds: dict[str, int], words: Words) -> str:
    return ", ".join(f"{words.kind(kind)} {words.number(n)}" for kind, n in kinds.items())


def risk(
    paper: Paper,
    words: Words,
    naming: Naming,
    folders: Sequence[RiskyFolder],
    documents: Sequence[RiskyDocument],
) -> None:
    """Write the riskiest folders and documents."""
    paper.title(words.text("title risky folders"))
    paper.table(
        _heads(words, "risk", "folder", "owner", "documents", "found"),
        [
            [
                words.level(each.level),
                naming.path(each.device, each.place, each.path),
                ", ".join(each.owners) or words.text("by nobody"),
                words.number(each.documents),
                kinds_in_words(each.kinds, words),
            ]
            for each in folders
        ],
        right=(3,),
    )
    paper.say()
    paper.title(words.text("title risky documents"))
    paper.table(
        _heads(words, "risk", "document", "owner", "readers", "copies", "found"),
        [
            [
                words.level(each.document.level),
                naming.document(each.document),
                owner_of(each.document.whose, words),
                words.text(f"readers {each.document.readable_by or 'unknown'}"),
                words.number(each.copies),
                kinds_in_words(each.kinds, words),
            ]
            for each in documents
        ],
        right=(4,),
    )


def exact_copies(
    paper: Paper, words: Words, naming: Naming, copied: Sequence[Copied], number: int
) -> None:
    """Write contents that lie in several places; `number` is how many there are in all."""
    paper.title(words.text("title copies"))
    if not copied:
        paper.say(words.text("none"))
    for each in copied:
        paper.say()
        facts = [
            words.count("places", each.number),
            words.size(each.size),
            words.text("risk is", level=words.level(each.level)),
        ]
        if each.kinds:
            facts.append(kinds_in_words(each.kinds, words))
        paper.say(" · ".join(facts), "bold")
        _places(paper, words, naming, each.places, each.number)
    if number > len(copied):
        paper.say()
        paper.say(words.text("more copies", shown=len(copied), number=number), "dim")


def near_copies(
    paper: Paper, words: Words, naming: Naming, near: NearCopies, most: int | None
) -> None:
    """Write lists that hold nearly the same values, at most `most`, each with as many near it."""
    paper.say()
    paper.title(words.text("title near copies"))
    if not near.clusters:
        paper.say(words.text("none"))
    for cluster in near.clusters[:most]:
        _cluster(paper, words, naming, cluster, most)
    if most is not None and len(near.clusters) > most:
        paper.say()
        paper.say(words.text("more copies", shown=most, number=len(near.clusters)), "dim")
    if near.cut:
        paper.say(words.text("near cut"), "yellow")


def _cluster(
    paper: Paper, words: Words, naming: Naming, cluster: Cluster, most: int | None
) -> None:
    paper.say()
    facts = [
        words.count("values", cluster.values),
        words.text("risk is", level=words.level(cluster.level)),
        kinds_in_words(cluster.kinds, words),
    ]
    paper.say(" · ".join(facts), "bold")
    _places(paper, words, naming, cluster.places, len(cluster.places))
    told = cluster.near[:most]
    for each in told:
        if not each.extract:
            _near(paper, words, naming, each, "same values")
    if any(each.extract for each in told):
        paper.say("  " + words.text("extracts"))
    for each in told:
        if each.extract:
            _near(paper, words, naming, each, "extract")
    if len(told) < len(cluster.near):
        more = words.text("more near", shown=len(told), number=len(cluster.near))
        paper.say(f"  {more}", "dim")


def _near(paper: Paper, words: Words, naming: Naming, near: Near, key: str) -> None:
    fewer = min(near.values, near.base_values)
    said = words.text(
        key,
        percent=words.percent(near.common, fewer),
        common=near.common,
        number=fewer,
        both=words.percent(near.common, near.values + near.base_values - near.common),
    )
    paper.say(f"  {said} · {kinds_in_words(near.shared, words)}")
    _places(paper, words, naming, near.places[:1], 1, indent="    ")
    if len(near.places) > 1:  # copies of one content: told with the exact copies
        paper.say("    " + words.count("lists more", len(near.places) - 1), "dim")


def _places(
    paper: Paper,
    words: Words,
    naming: Naming,
    places: Sequence[Lying],
    number: int,
    indent: str = "  ",
) -> None:
    for place in places[:PLACES_TOLD]:
        document = place.document
        facts = [
            naming.document(document, place.inner_path),
            owned_by(document.whose, words),
            words.text("modified on", date=words.date(document.modified)),
        ]
        paper.say(indent + " · ".join(facts))
    if number > PLACES_TOLD:
        paper.say(indent + words.count("more places", number - PLACES_TOLD), "dim")


def unread(
    paper: Paper, words: Words, naming: Naming, causes: Sequence[Cause], config: Config
) -> None:
    """Write why documents were not read, what to do, and when they are tried again."""
    for cause in causes:
        paper.say()
        counts = [
            words.count("coverage folders" if cause.reason == "folder" else "unread", cause.unread),
            words.count("partly", cause.partial),
        ]
        told = [
            text for text, count in zip(counts, (cause.unread, cause.partial), strict=True) if count
        ]
        reason = words.reason(cause.reason, cause.detail)
        paper.say(f"{reason}: {', '.join(told)} ({words.size(cause.bytes)})", "bold")
        advice, retry = words.advice(cause.reason), words.retry(cause.reason)
        if line := config_line(cause.reason, cause.detail, config):
            paper.say(f"  → {advice}")
            paper.say(f"      {line}")
            paper.say(f"  → {retry}")
        elif advice or retry:
            paper.say(f"  → {advice} {retry}".rstrip())
        for example in cause.examples:
            _example(paper, words, naming, example, cause)
        if cause.documents > len(cause.examples):
            more = cause.documents - len(cause.examples)
            paper.say("  " + words.count("more documents like it", more), "dim")


def _example(paper: Paper, words: Words, naming: Naming, example: Example, cause: Cause) -> None:
    document = example.document
    facts = [naming.document(document), owned_by(document.whose, words)]
    if cause.reason != "folder":
        facts.append(words.size(document.size))
    paper.say("  " + " · ".join(facts))
    told: dict[str, None] = {}
    for part in example.parts:
        steps = [part.inner_path] if part.inner_path else []
        steps += [words.where(part.where)] if part.where else []
        why = words.reason(part.reason, part.detail)
        same = (part.reason, part.detail) == (cause.reason, cause.detail)
        if steps:
            told[" › ".join(steps) + ("" if same else f": {why}")] = None
    for text in told:
        paper.say(f"    {text}", "dim")

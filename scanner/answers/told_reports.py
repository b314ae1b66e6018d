"""Put reports into words and tables for eyes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from scanner.answers.copies import Copied, Lying
from scanner.answers.near import Cluster, Near
from scanner.answers.overview import Change, Group, Kind
from scanner.answers.riskiest import RiskyDocument, RiskyFolder
from scanner.answers.telling import (
    PLACES_TOLD,
    kinds_in_words,
    owned_by,
    owner_of,
    path_of,
    place_of,
)
from scanner.answers.unread import Cause
from scanner.messages import Words
from scanner.render import Paper


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


def risk(
    paper: Paper,
    words: Words,
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
                f"{each.path} [{each.device}: {each.place}]",
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
        _heads(words, "risk", "document", "owner", "copies", "found"),
        [
            [
                words.level(each.document.level),
                f"{each.document.path} [{place_of(each.document)}]",
                owner_of(each.document.owner, words),
                words.number(each.copies),
                kinds_in_words(each.kinds, words),
            ]
            for each in documents
        ],
        right=(3,),
    )


def exact_copies(paper: Paper, words: Words, copied: Sequence[Copied], number: int) -> None:
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
        _places(paper, words, each.places, each.number)
    if number > len(copied):
        paper.say()
        paper.say(words.text("more copies", shown=len(copied), number=number), "dim")


def near_copies(
    paper: Paper, words: Words, clusters: Sequence[Cluster], number: int, *, cut: bool
) -> None:
    """Write lists that hold nearly the same values; `cut`: not all lists were compared."""
    paper.say()
    paper.title(words.text("title near copies"))
    if not clusters:
        paper.say(words.text("none"))
    for cluster in clusters:
        paper.say()
        facts = [
            words.count("values", cluster.values),
            words.text("risk is", level=words.level(cluster.level)),
            kinds_in_words(cluster.kinds, words),
        ]
        paper.say(" · ".join(facts), "bold")
        _places(paper, words, cluster.places, len(cluster.places))
        for near in cluster.near:
            if not near.extract:
                _near(paper, words, near, "same values")
        if any(near.extract for near in cluster.near):
            paper.say("  " + words.text("extracts"))
        for near in cluster.near:
            if near.extract:
                _near(paper, words, near, "extract")
    if number > len(clusters):
        paper.say()
        paper.say(words.text("more copies", shown=len(clusters), number=number), "dim")
    if cut:
        paper.say(words.text("near cut"), "yellow")


def _near(paper: Paper, words: Words, near: Near, key: str) -> None:
    fewer = min(near.values, near.base_values)
    said = words.text(
        key,
        percent=words.percent(near.common, fewer),
        common=near.common,
        number=fewer,
        both=words.percent(near.common, near.values + near.base_values - near.common),
    )
    paper.say(f"  {said} · {kinds_in_words(near.shared, words)}")
    _places(paper, words, near.places, len(near.places), indent="    ")


def _places(
    paper: Paper, words: Words, places: Sequence[Lying], number: int, indent: str = "  "
) -> None:
    for place in places[:PLACES_TOLD]:
        document = place.document
        facts = [
            place_of(document),
            owned_by(document.owner, words),
            words.text("modified on", date=words.date(document.modified)),
        ]
        paper.say(f"{indent}{path_of(document.path, place.inner_path)} [{' · '.join(facts)}]")
    if number > PLACES_TOLD:
        paper.say(indent + words.count("more places", number - PLACES_TOLD), "dim")


def unread(paper: Paper, words: Words, causes: Sequence[Cause]) -> None:
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
        for text in (words.advice(cause.reason), words.retry(cause.reason)):
            if text:
                paper.say(f"  → {text}")
        for example in cause.examples:
            document = example.document
            size = "" if cause.reason == "folder" else f", {words.size(document.size)}"
            paper.say(
                f"  {document.path} [{place_of(document)},"
                f" {words.text('owner is', owner=owner_of(document.owner, words))}{size}]"
            )
            for part in example.parts:
                steps = [part.inner_path] if part.inner_path else []
                steps += [words.where(part.where)] if part.where else []
                if steps:
                    why = words.reason(part.reason, part.detail)
                    paper.say(f"    {' › '.join(steps)}: {why}", "dim")
        if cause.documents > len(cause.examples):
            more = cause.documents - len(cause.examples)
            paper.say("  " + words.count("more documents like it", more), "dim")

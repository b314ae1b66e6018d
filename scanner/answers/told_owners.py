"""Put owners and leavers into words and tables for eyes."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.answers.leavers import Leaver
from scanner.answers.owners import Known, Unknown
from scanner.answers.telling import kinds_in_words, owner_of
from scanner.messages import Words
from scanner.render import Paper


def told_owners(
    paper: Paper, words: Words, held: Known, strangers: Sequence[Unknown], unusable: int
) -> None:
    """Write what the list knows, and the owners that it does not."""
    paper.title(words.text("title employees"))
    paper.say(
        words.text(
            "owners known", employees=held.employees, left=held.left, documents=held.documents
        )
    )
    if unusable:
        paper.say(words.count("owners unusable", unusable))
    paper.say()
    paper.title(words.text("title owners unknown"))
    if not strangers:
        paper.say(words.text("none"))
        return
    paper.table(
        [words.text(f"head {name}") for name in ("owner", "documents", "with findings", "example")],
        [
            [
                owner_of(each.owner, words),
                words.number(each.documents),
                words.number(each.with_findings),
                each.example,
            ]
            for each in strangers
        ],
        right=(1, 2),
    )
    paper.say(words.text("owners how"), "dim")


def told_leavers(paper: Paper, words: Words, found: Sequence[Leaver]) -> None:
    """Write who has left, and what they still hold."""
    paper.title(words.text("title leavers"))
    if not found:
        paper.say(words.text("none"))
    for each in found:
        left = words.text("left on", date=words.date(each.left)) if each.left else ""
        manager = words.text("manager is", name=each.manager) if each.manager else ""
        facts = [each.name, each.department or "", left, manager]
        paper.say()
        paper.say(" · ".join(filter(None, facts)), "bold")
        paper.say(
            "  "
            + words.text(
                "leaver holds",
                documents=each.documents,
                found=each.with_findings,
                risk=words.level(each.risk),
            )
        )
        if each.kinds:
            paper.say("  " + kinds_in_words(each.kinds, words))
        for (device, place), number in each.places.items():
            paper.say(f"  {device}: {place} · {words.count('documents', number)}", "dim")

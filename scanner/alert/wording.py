"""Put what was flagged into words for people: notification and mail. Holds no found value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.alert.events import Event
from scanner.alert.neutral import NAME_SIGNS, file_and_folder, neutral
from scanner.alert.policy import reaches
from scanner.flagged import Flagged
from scanner.messages import Words
from scanner.risk import LEVELS, Level

EXACT_BELOW = 100
KINDS_NAMED = 3
LISTED = 50
"""Documents that one mail lists; the others are counted."""
SHORT_LIST = 10
"""The same for services that show little: chats, phones."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who else is told, as the employee reads it, and from which risk on."""

    who: str
    risk: Level


@dataclass(frozen=True, slots=True)
class Word:
    """One notification: what it says, and which documents it is about, the named one first."""

    title: str
    text: str = field(repr=False)
    documents: tuple[int, ...]


def amount(words: Words, kind: str, values: int) -> str:
    """Return how much of a kind there is: "12 kortnumre", from a hundred on rounded."""
    shown = values if values < EXACT_BELOW else _rounded(values)
    told = words.amount(kind, shown)
    return told if values < EXACT_BELOW else words.text("amount about", amount=told)


def _rounded(number: int) -> int:
    """Return a number with three digits that count."""
    step: int = 10 ** (len(str(number)) - 3)
    return (number + step // 2) // step * step


def held(words: Words, kinds: Iterable[Mapping[str, object]], *, where: bool = True) -> str:
    """Return what a document holds, the worst kinds first: "ca. 1.990 CPR-numre (Ark1, B2)"."""
    told, rest = [], 0
    for number, each in enumerate(kinds):
        if number >= KINDS_NAMED:
            rest += 1
            continue
        said = amount(words, str(each["kind"]), int(str(each["values"])))
        steps = each.get("where") if where and not number else None
        if isinstance(steps, list | tuple) and steps:
            said = f"{said} ({neutral(words.where(steps), NAME_SIGNS)})"
        told.append(said)
    if rest:
        told.append(words.count("amount more kinds", rest))
    return words.listed(told)


def kinds_of(flagged: Flagged) -> list[dict[str, object]]:
    """Return the kinds of a document as `held` takes them."""
    return [
        {"kind": each.kind, "values": each.values, "where": [neutral(step) for step in each.where]}
        for each in flagged.kinds
    ]


class Wording:
    """The words to the employee of one configuration, in one language."""

    def __init__(
        self, words: Words, *, asks: str, listeners: Sequence[Listener], delivered: bool
    ) -> None:
        self.words = words
        self._asks = neutral(asks, 300)
        self._listeners = listeners
        self._delivered = delivered

    def word(
        self, told: Sequence[Flagged], again: Mapping[int, tuple[str, ...]], more: int = 0
    ) -> Word:
        """Return the notification about one or more documents, the named one first.

        `again`: why the verdict about a document no longer holds. `more`: how many it is about
        besides.
        """
        words, worst = self.words, told[0]
        name, folder = file_and_folder(worst.display)
        lines = [
            words.text("alert holds", name=name, folder=folder, kinds=held(words, kinds_of(worst)))
        ]
        if changes := again.get(worst.document, ()):
            why = words.listed(words.text(f"alert again {change}") for change in changes)
            lines.append(words.text("alert again", why=why))
        if worst.forbidden:
            lines.append(words.text("alert forbidden"))
        lines.append(self._asks or words.text("alert asks"))
        if others := len(told) - 1 + more:
            lines.append(words.count("alert others", others))
        lines.append(self.seen_by(told))
        documents = tuple(each.document for each in told)
        return Word(words.text("alert title", name=name), "\n".join(lines), documents)

    def seen_by(self, told: Sequence[Flagged]) -> str:
        """Return who else learns of these documents: what is true by the configuration."""
        words = self.words
        whom = [
            each.who for each in self._listeners if any(reaches(one, each.risk) for one in told)
        ]
        said = [
            words.text("alert seen", whom=words.listed(whom))
            if whom
            else words.text("alert seen nobody")
        ]
        said.append(words.text("alert seen delivered" if self._delivered else "alert seen here"))
        return " ".join(said)


def summary(words: Words, events: Sequence[Event], device: str) -> str:
    """Return the subject of a mail about these events, at least one."""
    flagged = [each for each in events if each["event"] == "flagged"]
    label = neutral(device)
    if not flagged:
        return words.count("alert mail answers", len(events), device=label)
    level = max((each["level"] for each in flagged), key=LEVELS.index)
    told = words.count("alert mail subject", len(flagged), device=label)
    return f"{told} ({words.text('alert mail worst', level=words.level(level))})"


def listing(words: Words, events: Sequence[Event], limit: int) -> str:
    """Return what officers and IT read about these events: the worst first, `limit` at most."""
    flagged = sorted(
        (each for each in events if each["event"] == "flagged"),
        key=lambda each: (LEVELS.index(each["level"]), each["risk"]),
        reverse=True,
    )
    answers = [each for each in events if each["event"] == "verdict"]
    blocks = [_block(words, each) for each in flagged[:limit]]
    if len(flagged) > limit:
        blocks.append(words.count("alert mail more", len(flagged) - limit))
    blocks += [
        words.text("alert mail belongs", path=each["path"], until=words.date(each["until"]))
        + f"\n  {each['reason']}"
        for each in answers[:limit]
    ]
    if len(answers) > limit:
        blocks.append(words.count("alert mail more answers", len(answers) - limit))
    return "\n\n".join(blocks)


def _block(words: Words, event: Event) -> str:
    lines = [event["path"], f"  {words.level(event['level'])}: {held(words, event['kinds'])}"]
    if event["forbidden"]:
        rule = f" ({event['rule']})" if event["rule"] else ""
        lines.append(f"  {words.text('alert forbidden')}{rule}")
    if event["readable_by"]:
        lines.append(f"  {words.text('readable ' + event['readable_by'])}")
    if event["again"]:
        why = words.listed(words.text(f"alert again {change}") for change in event["again"])
        lines.append(f"  {words.text('alert mail again', why=why)}")
    saved = words.moment(event["saved"])
    who = f", {event['owner']}" if event["owner"] else ""
    lines.append(f"  {words.text('alert mail saved', at=saved)}{who}")
    return "\n".join(lines)

"""Put the status of the nightly scan into words for eyes."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kontrolfil import RED
from scanner.messages import Words
from scanner.nightly.nights import Night
from scanner.nightly.status import PlaceStatus, Status
from scanner.render import Paper


def told_status(paper: Paper, found: Status, words: Words) -> None:
    """Write the last night, each place, what comes next, and what is amiss."""
    paper.title(words.text("status title"))
    for line in _night(found, words):
        paper.say(line)
    paper.say()
    for place in found.places:
        paper.say(place_in_words(place, words))
    paper.say()
    where = ", ".join(found.schedulers)
    key = "status next" if where else "status not installed"
    paper.say(words.text(key, when=words.moment(found.next_start), where=where))
    paper.say(words.text("status watches" if found.watches else "status watches not"))
    if not found.troubles:
        paper.say()
        paper.say(words.text("status well"), "bold")
        return
    paper.say()
    paper.say(words.text("status faulty" if found.faulty else "status left"), "bold yellow")
    for trouble in found.troubles:
        paper.say(f"  {trouble_in_words(trouble, found, words)}")


def trouble_in_words(trouble: str, found: Status, words: Words) -> str:
    """Return what is amiss as a sentence that says what to do."""
    numbers = {"put_off": found.put_off, "missed": found.missed}
    if trouble in numbers:
        return words.count(f"trouble {trouble}", numbers[trouble])
    return words.text(f"trouble {trouble}")


def _night(found: Status, words: Words) -> Iterator[str]:
    night = found.night
    if night is None:
        yield words.text("status no night")
        return
    if found.running:
        yield words.text(
            "status running", when=words.moment(night.started), process=str(found.process or "?")
        )
        return
    yield night_in_words(night, words)
    if night.unreached:
        yield words.text("night unreached", places=", ".join(night.unreached))
    if night.left_out:
        yield words.text("night metered", places=", ".join(night.left_out))


def night_in_words(night: Night, words: Words) -> str:
    """Return when a night was and how it ended."""
    how = words.text(f"how {night.how}")
    if not night.ended:
        return words.text("status night open", when=words.moment(night.started), how=how)
    return words.text(
        "status night", when=words.moment(night.started), end=words.moment(night.ended), how=how
    )


def place_in_words(place: PlaceStatus, words: Words) -> str:
    """Return how the last run of a place ended and what is left of it, in one line."""
    head = f"{place.place}: {words.run_status(place.status)}"
    if place.status == "never":
        return head
    facts = [f"{head} {words.moment(place.started)}", words.count("summary documents", place.met)]
    for key, number in (
        ("status left documents", place.left),
        ("status not read", place.unread),
        ("coverage folders", place.folders),
        ("status waiting", place.waiting),
    ):
        if number:
            facts.append(words.count(key, number))
    if place.kontrolfil in RED:
        facts.append(words.text(f"kontrolfil {place.kontrolfil}"))
    elif place.kontrolfil:
        facts.append(words.text("status kontrolfil"))
    return " · ".join(facts)

"""Bring what was found of a person to places: a document or a part of it, with all that tells.

Knows fingerprints and masks, never a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from hashlib import blake2s
from itertools import islice

from scanner.answers.findings import shown_document
from scanner.answers.in_paths import CONFIDENCE, EVIDENCE
from scanner.answers.opened import Opened
from scanner.answers.person import Hit, Where, check_sound, hits
from scanner.index.store import IndexTrouble
from scanner.messages import Certainty, certainty
from scanner.web.asked import Asked
from scanner.web.lookups import Lookup

MOST_HITS = 5_000
"""Contents told of one look-up; the page says when it is more."""
MOST_PLACES = 20_000
SOUND_BYTES = 30_000_000
"""Of an index that is checked while somebody waits: SQLite reads all of it without a break."""


@dataclass(frozen=True, slots=True)
class Found:
    """One place and the hits in it, surest first. `key` names it in forms and in what is decided.

    `copies`: places that have the very same content, this one counted.
    """

    key: str
    where: Where = field(repr=False)
    hits: tuple[Hit, ...] = field(repr=False)
    copies: int = 1

    @property
    def certainty(self) -> Certainty:
        return certainty(max(hit.confidence for hit in self.hits))


@dataclass(frozen=True, slots=True)
class FoundAll:
    """All places, surest first. `cut`: there are more than are told."""

    places: tuple[Found, ...] = field(repr=False)
    cut: bool

    def of(self, level: Certainty) -> int:
        return sum(place.certainty == level for place in self.places)


def found(asked: Asked, lookup: Lookup) -> FoundAll:
    """Return the places of a look-up as they are now, kept until the index changes."""
    gathered = _gathered(asked, lookup)
    error = gathered.exception(asked.patience)
    if error is not None:
        raise error
    return gathered.result()


def found_now(asked: Asked, lookup: Lookup) -> FoundAll | None:
    """Return the same; None where it takes longer than a page may: the page asks again."""
    gathered = _gathered(asked, lookup)
    if not gathered.done():
        asked.counting, asked.waiting = True, "background searching"
        return None
    return found(asked, lookup)


def _gathered(asked: Asked, lookup: Lookup) -> Future[FoundAll]:
    account = asked.session.account

    def begun() -> Future[FoundAll]:
        return asked.site.background.ask(account, lambda held: gather(held, lookup))

    key = ("person", lookup.fingerprints, lookup.in_paths)
    gathered = asked.cached(key, begun)
    if gathered.done() and (gathered.cancelled() or gathered.exception() is not None):
        return begun()
    return gathered


def is_held(opened: Opened, print_: bytes) -> bool:
    """Whether anything in the index has a fingerprint; where it lies is not looked at."""
    return (
        opened.connection.execute(
            "SELECT 1 FROM finding WHERE fingerprint=?1 UNION ALL SELECT 1 FROM finding"
            " WHERE name_fingerprint=?1 AND name_fingerprint IS NOT NULL UNION ALL"
            " SELECT 1 FROM name_finding WHERE fingerprint=?1 OR name_fingerprint=?1 LIMIT 1",
            (print_,),
        ).fetchone()
        is not None
    )


def gather(opened: Opened, lookup: Lookup) -> FoundAll:
    """Return the places that hold the values of a look-up."""
    told = list(islice(hits(opened, lookup.values), MOST_HITS + 1))
    cut = len(told) > MOST_HITS
    places: dict[tuple[int, str], tuple[Where, list[Hit]]] = {}
    for hit in (*told[:MOST_HITS], *_in_paths(opened, lookup)):
        for where in hit.places:
            at = (where.document.id, where.inner_path)
            if at not in places and len(places) >= MOST_PLACES:
                cut = True
                continue
            places.setdefault(at, (where, []))[1].append(hit)
    made = [_found(at, where, held) for at, (where, held) in places.items()]
    order = sorted(made, key=lambda each: (-_best(each), each.where.document.path, each.key))
    return FoundAll(tuple(order), cut)


def _found(at: tuple[int, str], where: Where, held: list[Hit]) -> Found:
    named = f"{at[0]}\x1f{at[1]}".encode("utf-8", "surrogateescape")
    copies = max((len(hit.places) for hit in held if hit.content is not None), default=1)
    ordered = sorted(held, key=lambda hit: -hit.confidence)
    return Found(blake2s(named, digest_size=8).hexdigest(), where, tuple(ordered), copies)


def _best(place: Found) -> float:
    return max(hit.confidence for hit in place.hits)


def _in_paths(opened: Opened, lookup: Lookup) -> Iterator[Hit]:
    """Yield the documents whose path names somebody, that are still there."""
    for wanted, documents in lookup.in_paths:
        for number in documents:
            row = opened.connection.execute(
                "SELECT (SELECT started FROM run WHERE id=d.first_run) FROM document d"
                " WHERE id=? AND gone_run IS NULL",
                (number,),
            ).fetchone()
            if row is not None:
                where = Where(shown_document(opened, number), "", row[0] or "", False)
                yield Hit(wanted, None, CONFIDENCE, EVIDENCE, 1, [], [where])


def sound(opened: Opened) -> bool | None:
    """Whether the database is whole; None where to read all of it takes longer than a page may.

    Only a whole one can say that there are no findings.
    """
    if opened.index.path.stat().st_size > SOUND_BYTES:
        return None
    try:
        check_sound(opened)
    except IndexTrouble:
        return False
    return True

"""Build what a process needs to examine documents, once: detectors, gate, keys, passwords."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import BinaryIO

from connectors import Document
from detectors import Counting, Detector, Headed, Match, load
from detectors.customer_table import KIND as CUSTOMER_TABLE
from detectors.gate import Gate
from detectors.names.person import Person, installed
from detectors.pattern import Pattern
from scanner.beside import listening, neighbours
from scanner.company_key import company_seal
from scanner.extract.mailbox import ARCHIVES
from scanner.mailboxes import OpenArchive, OpenMailbox, is_on_server
from scanner.model import Letter, Letterhead
from scanner.names import Names
from scanner.own_kinds import Described, OwnKind
from scanner.people import People
from scanner.privacy import Seal, mask
from scanner.recipe import CustomKind, Freshness, Recipe, RecipeError, digest_of
from scanner.shares import OpenShare, is_on_share

MAX_DOMAINS = 50
"""Domains of recipients kept for one message."""


class Tools:
    """The living counterpart of a Recipe. One per process; holds keys, so it is never pickled."""

    def __init__(self, recipe: Recipe, seal: Seal | None = None) -> None:
        """`seal`: another than the company's, for what is kept beside a collected index."""
        self.recipe = recipe
        self.seal = seal or company_seal(recipe.key)
        self.detectors: tuple[Detector, ...] = all_detectors(recipe)
        self.gate = Gate(
            tuple(
                part
                for each in self.detectors
                for part in (each.parts if isinstance(each, Headed) else (each,))
            )
        )
        self.counting = tuple(
            (each.kinds[0], each.shapes_in) for each in self.detectors if isinstance(each, Counting)
        )
        self.judging = recipe.judging
        self.own = own_kinds(self.detectors, recipe)
        """The detectors of the configuration's own kinds, by kind."""
        self.people = people_of(self.detectors, recipe)
        self.headed = lru_cache(maxsize=256)(self._headed)
        self.tables = any(CUSTOMER_TABLE in each.kinds for each in self.detectors)
        self.listeners = listening(self.detectors)
        self.neighbours = neighbours(self.detectors)
        self.names = Names(self.seal, self._find_in_name)
        self.archive = OpenArchive(self.seal, self._whole)
        self.mailbox = OpenMailbox(self.seal, recipe.folder)
        self.share = OpenShare()
        self.folder = recipe.folder
        self._owners: dict[str, int] = {}
        for number, each in enumerate(self.detectors):
            for kind in each.kinds:
                self._owners.setdefault(kind, number)  # the first of a kind judges for all

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("tools hold the company key and do not leave their process")

    @cached_property
    def passwords(self) -> tuple[str, ...]:
        """The passwords to try on encrypted documents, fetched when first needed."""
        return tuple(
            line for source in self.recipe.passwords for line in source.fetch().splitlines() if line
        )

    @cached_property
    def freshness(self) -> Freshness:
        digest = self.seal.short_fingerprint("passwords", "\x1f".join(self.passwords)).hex()
        named = digest_of((each.name, each.version) for each in self.detectors)
        more = special_detectors(self.recipe.special_elsewhere)
        wider = digest_of((each.name, each.version) for each in (*self.detectors, *more))
        return Freshness(named, self.recipe.limits, digest, {wider})

    @cached_property
    def unwanted(self) -> frozenset[str]:
        """Kinds that are not looked for here although they are in other places."""
        elsewhere = special_detectors(self.recipe.special_elsewhere)
        return frozenset(kind for each in elsewhere for kind in each.kinds)

    @cached_property
    def described(self) -> Described:
        """The detector set told so that another one can say in what it differs."""
        own = {id(each) for each in self.own.values()}
        others = ((e.name, e.version) for e in self.detectors if id(e) not in own)
        told = {kind: OwnKind.of(each) for kind, each in self.own.items()}
        return Described(digest_of(others), told)

    @cached_property
    def _known(self) -> sqlite3.Connection | None:
        path = self.recipe.index
        if path is None or not Path(path).exists():
            return None
        return sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, timeout=5)

    def knows(self, digest: bytes) -> bool:
        """Whether the index holds this content, read as it would be read today."""
        if self._known is None:
            return False
        try:
            row = self._known.execute(
                "SELECT recipe, readers, mend, read_at FROM content WHERE hash=?", (digest,)
            ).fetchone()
        except sqlite3.Error:  # busy or being rebuilt: reading again is right, only slower
            return False
        return row is not None and self.holds(*row)

    def holds(self, detectors: str, readers: str, mend: str, read_at: str | None) -> bool:
        """Whether a content as the index holds it stands, or is to be read again."""
        since = self.recipe.reread_before
        if since and not since < (read_at or "") <= datetime.now(UTC).isoformat(timespec="seconds"):
            return False  # a clock that was ahead is no reason to keep a result
        return self.freshness.holds(detectors, readers, mend)

    def open(self, document: Document) -> BinaryIO:
        """Open a document, or a message of the archive that it lies in. Raises Unreadable."""
        if document.item and document.type in ARCHIVES:
            return self.archive.message(document)
        if is_on_server(document):
            return self.mailbox.message(document)
        return self._whole(document)

    def _whole(self, document: Document) -> BinaryIO:
        return self.share.open(document) if is_on_share(document) else document.open()

    def expect(self, batch: Sequence[Document]) -> None:
        """Take note of which documents will be opened next."""
        self.mailbox.expect(batch)
        self.share.expect(batch)

    def leave(self) -> None:
        """Say goodbye to servers: at the end of a place's scan, and of a process."""
        self.mailbox.close()
        self.share.close()

    def letterhead(self, letter: Letter) -> Letterhead:
        """Return what the index keeps of a letter: no address, but for the domains."""
        domains = Counter(each.rpartition("@")[2].lower() for each in letter.recipients)
        domains.pop("", None)
        return Letterhead(
            letter.sent.astimezone(UTC).isoformat(timespec="seconds") if letter.sent else "",
            mask("EMAIL_ADDRESS", letter.sender) if "@" in letter.sender else "",
            letter.sender.rpartition("@")[2].lower(),
            len(letter.recipients),
            tuple(name for name, _ in domains.most_common(MAX_DOMAINS)),
            self.seal.message_key(letter.identity.encode()) if letter.identity else b"",
        )

    def _headed(self, headers: tuple[str, ...]) -> tuple[Detector, ...]:
        """Return the detectors for which one of these column heads speaks."""
        return tuple(
            each
            for each in self.detectors
            if isinstance(each, Headed) and any(each.headed(header) for header in headers)
        )

    def owner_of(self, kind: str) -> int:
        """Return the number of the detector that finds `kind`."""
        return self._owners[kind]

    def _find_in_name(self, name: str) -> Sequence[Match]:
        return [match for _, match in self.gate.find(name)]


@lru_cache(maxsize=2)
def tools_of(recipe: Recipe) -> Tools:
    """Return this process's tools for a recipe, built at the first call."""
    return Tools(recipe)


def all_detectors(recipe: Recipe) -> tuple[Detector, ...]:
    """Return built-in detectors, the user's own and foreign kinds, then presidio's recognisers.

    Raises RecipeError naming what cannot work.
    """
    try:
        return _all_detectors(recipe)
    except ValueError as error:
        raise RecipeError(str(error)) from None


def _all_detectors(recipe: Recipe) -> tuple[Detector, ...]:
    own: tuple[Detector, ...] = tuple(map(custom_detector, recipe.custom))
    if recipe.foreign:
        from detectors.foreign import foreign

        own += tuple(foreign(kind) for kind in recipe.foreign)
    named: tuple[Detector, ...] = ()
    if recipe.presidio:
        from detectors.presidio import PresidioDetector

        named = tuple(PresidioDetector(name) for name in recipe.presidio)
    special = special_detectors(recipe.special)
    return (*_with_names(load(recipe.kinds), recipe), *own, *named, *special)


def special_detectors(categories: tuple[str, ...]) -> tuple[Detector, ...]:
    """Return what looks for some special categories, and for the papers that are of them."""
    if not categories:
        return ()
    from detectors.papers import SPECIAL as OF_SPECIAL
    from detectors.papers import Papers
    from detectors.special import Special

    papers = tuple(each for each, kind in OF_SPECIAL.items() if kind in categories)
    return (Special(categories), *((Papers(papers),) if papers else ()))


def _with_names(detectors: tuple[Detector, ...], recipe: Recipe) -> Iterator[Detector]:
    """Yield the detectors, that of names as the recipe wants it, or left out."""
    for each in detectors:
        if not isinstance(each, Person):
            yield each
        elif recipe.names != "off":
            if recipe.names_model:
                installed(recipe.names_model)
            yield Person(recipe.names_model, recipe.names)


def people_of(detectors: Iterable[Detector], recipe: Recipe) -> People | None:
    """Return what looks for names of persons in a scan; None where they are not looked for."""
    person = next((each for each in detectors if isinstance(each, Person)), None)
    return None if person is None else People(person, recipe.names)


def own_kinds(detectors: Sequence[Detector], recipe: Recipe) -> dict[str, Pattern]:
    """Return the detectors of kinds that the configuration alone finds, by kind."""
    finders = Counter(kind for each in detectors for kind in each.kinds)
    named = (*(kind.name for kind in recipe.custom), *recipe.foreign)
    wanted = {kind for kind in named if finders[kind] == 1}
    return {e.kind: e for e in detectors if isinstance(e, Pattern) and e.kind in wanted}


def custom_detector(kind: CustomKind) -> Detector:
    """Turn a [[detect.kind]] into a detector. Raises ValueError naming the kind."""
    from detectors.pattern import custom

    return custom(
        kind.name,
        kind.regex,
        check=kind.check,
        words=kind.words,
        weight=kind.weight,
        ignore_case=kind.ignore_case,
        strip=kind.strip,
    )

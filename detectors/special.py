"""Find signs of the law's special categories: a word of theirs in a sentence or row with a person.

A sign is no fact. A word that is about nobody in particular is never a match that is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from detectors import MAYBE, Match, Shape, Table
from detectors.persons import first_name_in, identified_in, name_in, named_in, names_people
from detectors.special_scope import Scope, scope_of
from detectors.special_words import HEADS, KINDS, Lexicon, lexicon

# Hundredths. A word and a person are never enough: something must join them.
WEIGHTS = {
    "status": 30,  # a word for the state of somebody: sygemeldt, muslim, straffet
    "condition": 20,  # a word for what somebody has: kræft, fagforening
    "identifier": 30,  # a CPR number or a person's mail address in the same sentence or row
    "named": 25,  # a name behind its label or title
    "name": 20,  # first and last name
    "public-name": -5,  # the same, for politics: most who are named there are in public life
    "first-name": 10,
    "pronoun": 10,  # I, my
    "role": 5,  # the employee, the patient, she: one of them
    "person": 30,  # found by another detector
    "relation": 20,  # a verb that joins them: has, suffers from, is a member of
    "row": 20,  # the same row or form joins them
    "header": 30,  # the column's head names the category
    "general": -40,  # the sentence speaks of everybody: if, whoever, customers, a price
    "addressed": -10,  # you, your
    "topic": -30,  # most such words of the text are about nobody
}
HIGHEST = 84
"""Below what people are told is certain: a sign is possible at most."""
TOPIC = "\x1f"
"""Ends the value of a word that is about nobody so far."""
TOPICAL, TOPIC_SHARE = 8, 5
_MEMBERSHIP = frozenset(("POLITICS", "UNION_MEMBERSHIP"))
_PEOPLE = ("identifier", "named", "name", "public-name", "first-name", "role", "pronoun", "person")
_NAMES = frozenset(("identifier", "named", "name"))
_SURE = frozenset(("identifier", "named", "person", "header"))
_JOINS = frozenset(("relation", "row", "header"))


def confidence(codes: tuple[str, ...]) -> float:
    """Return the confidence of a word with its evidence: 0.01-0.84, 0.05 without a person."""
    if not any(code in codes for code in _PEOPLE):
        return 0.05
    if "status" not in codes and _JOINS.isdisjoint(codes):
        return 0.05
    return min(max(sum(WEIGHTS[code] for code in codes), 5), HIGHEST) / 100


@dataclass(frozen=True)
class Special:
    """The detector of the special categories in `chosen`. Values are category and lemma code."""

    chosen: tuple[str, ...] = KINDS

    @property
    def name(self) -> str:
        return "special"

    @property
    def version(self) -> str:
        return "1:" + ",".join(self.chosen)

    @property
    def kinds(self) -> tuple[str, ...]:
        return self.chosen

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (Shape(self._lexicon.regex, re.IGNORECASE, 420),)

    @cached_property
    def _lexicon(self) -> Lexicon:
        return lexicon(self.chosen)

    @cached_property
    def _words(self) -> re.Pattern[str]:
        return re.compile(self._lexicon.regex, re.IGNORECASE)

    def __getstate__(self) -> dict[str, object]:
        return {"chosen": self.chosen}

    def find(self, text: str) -> Iterator[Match]:
        """Yield each word of the categories, with what its sentence or row says of a person."""
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, start: int, end: int) -> Iterator[Match]:
        """Yield the matches in text[start:end]; sentences may reach beyond it."""
        for word in self._words.finditer(text, start, end):
            lemma = self._lexicon.of(word[0])
            if lemma is None:
                continue
            first, last = word.span()
            codes = (lemma.tier, *_codes(text, first, last, lemma.kind))
            value = f"{lemma.kind.lower()}/{lemma.code}"
            sure = confidence(codes)
            if sure < MAYBE:
                value += TOPIC
            yield Match(lemma.kind, first, last, value, sure, codes)

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match, knowing heads, columns of people, and what the text is about."""
        topics: Counter[str] = Counter()
        signs: Counter[str] = Counter()
        for match in matches:
            (topics if match.value.endswith(TOPIC) else signs)[match.kind] += match.count
        people = any(names_people(column.header) for column in table.columns)
        for match in matches:
            codes = match.evidence
            if match.column >= 0:
                codes = self._under(match, table, codes, people)
            about = topics[match.kind]
            topical = about >= TOPICAL and about >= TOPIC_SHARE * signs[match.kind]
            if topical and _SURE.isdisjoint(codes):
                codes = (*codes, "topic")
            if codes is match.evidence:
                yield match
            else:
                sure = confidence(codes)
                value = match.value.removesuffix(TOPIC) if sure >= MAYBE else match.value
                yield match._replace(evidence=codes, confidence=sure, value=value)

    def _under(
        self, match: Match, table: Table, codes: tuple[str, ...], people: bool
    ) -> tuple[str, ...]:
        head = table.columns[match.column].header
        if re.search(HEADS[match.kind], head, re.IGNORECASE):
            codes = (*(code for code in codes if code not in ("row", "general")), "header")
            if people and not any(code in codes for code in _PEOPLE):
                codes = (*codes, "named")
        return codes

    def stretch(self, text: str, match: Match) -> tuple[int, int]:
        """Return the sentence, row or form of a match."""
        scope = scope_of(text, match.start, match.end)
        return scope.start, scope.end

    def beside(self, match: Match, kind: str) -> Match:
        """Return a match in whose sentence or row another detector found a person."""
        if not {"identifier", "named", "person"}.isdisjoint(match.evidence):
            return match
        kept = tuple(code for code in match.evidence if code not in _PEOPLE)
        codes = (
            *kept,
            "public-name" if match.kind == "POLITICS" and kind == "PERSON" else "person",
        )
        sure = confidence(codes)
        value = match.value.removesuffix(TOPIC) if sure >= MAYBE else match.value
        return match._replace(evidence=codes, confidence=sure, value=value)


def _codes(text: str, first: int, last: int, kind: str) -> Iterator[str]:
    scope = scope_of(text, first, last)
    if scope.is_about:
        return
    people = tuple(_person(scope, kind))
    yield from people
    if kind in _MEMBERSHIP:
        if scope.membership:
            yield "relation"
    elif scope.joined:
        yield "row"
    elif scope.relation:
        yield "relation"
    if scope.general or (scope.rules and not _NAMES.intersection(people)):
        yield "general"
    if scope.addressed:
        yield "addressed"


def _person(scope: Scope, kind: str) -> Iterator[str]:
    people = scope.people
    if identified_in(people):
        yield "identifier"
    elif named_in(people):
        yield "named"
    elif name_in(people):
        yield "public-name" if kind == "POLITICS" else "name"
    elif first_name_in(people):
        yield "public-name" if kind == "POLITICS" else "first-name"
    elif scope.pronoun:
        yield "pronoun"
    elif scope.role:
        yield "role"

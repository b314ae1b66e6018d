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
from detectors.special_scope import FORMER, Scope, scope_of
from detectors.special_words import HEADS, KINDS, LEXICONS, Lemma, Lexicon, lexicon

# Hundredths. A word and a person are never enough: something must join them.
WEIGHTS = {
    "status": 30,  # a word for the state of somebody: sygemeldt, muslim, straffet
    "condition": 20,  # a word for what somebody has: kræft, fagforening
    "identifier": 30,  # a CPR number or a person's mail address in the same sentence or row
    "named": 25,  # a name behind its label or title
    "name": 20,  # first and last name
    "public-name": -5,  # the same, for politics: most who are named there are in public life
    "first-name": 10,
    "writer": 20,  # I am, I have, right in front of the word
    "pronoun": 10,  # I, my
    "role": 5,  # the employee, the patient, she: one of them
    "antecedent": 20,  # the same, and a name or CPR number shortly in front of the sentence
    "addressee": 20,  # you, in a letter to somebody
    "person": 30,  # found by another detector
    "owner": 15,  # the one or two CPR numbers of the whole content: it is about somebody
    "relation": 20,  # a verb that joins them: has, suffers from, is a member of
    "row": 20,  # the same row or form joins them
    "header": 30,  # the column's head names the category
    "general": -40,  # the sentence speaks of everybody: if, whoever, customers, a price
    "addressed": -10,  # you, your
    "topic": -30,  # most such words of the text are about nobody
}
HIGHEST = 84
"""Below what people are told is certain: a sign is possible at most."""
OWNER_NUMBERS = 2
"""CPR numbers that a content about one person has at most."""
TOPIC = "\x1f"
"""Ends the value of a word that is about nobody so far."""
TOPICAL, TOPIC_SHARE = 8, 5
_PAID = frozenset(("UNION_MEMBERSHIP", "CRIMINAL_RECORD"))
"""Kinds whose sentences speak of money: dues and fines."""
_MEMBERSHIP = frozenset(("POLITICS", "UNION_MEMBERSHIP"))
_PEOPLE = (
    *("identifier", "named", "name", "public-name", "first-name", "role", "pronoun", "person"),
    *("antecedent", "addressee", "writer", "owner"),
)
_NAMES = frozenset(("identifier", "named", "name", "antecedent"))
_SURE = frozenset(("identifier", "named", "person", "header"))
_JOINS = frozenset(("relation", "row", "header"))


def confidence(codes: tuple[str, ...]) -> float:
    """Return the confidence of a word with its evidence: 0.01-0.84, 0.05 without a person."""
    if not any(code in codes for code in _PEOPLE):
        return 0.05
    if "status" not in codes and _JOINS.isdisjoint(codes):
        return 0.05
    return min(max(sum(WEIGHTS[code] for code in codes), 5), HIGHEST) / 100


def wants_person(match: Match) -> bool:
    """Whether a word of a category would be a sign if a person stood in its sentence or row."""
    codes = match.evidence
    return (
        match.kind in LEXICONS
        and match.confidence < MAYBE
        and not ("general" in codes or "topic" in codes)
        and not ("status" not in codes and _JOINS.isdisjoint(codes))
    )


@dataclass(frozen=True)
class Special:
    """The detector of the special categories in `chosen`. Values are category and lemma code."""

    chosen: tuple[str, ...] = KINDS

    @property
    def name(self) -> str:
        return "special"

    @property
    def version(self) -> str:
        return "2:" + ",".join(self.chosen)

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
            codes = (lemma.tier, *_codes(text, first, last, lemma))
            if lemma.field and len(codes) == 1:
                continue
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
        owned = 1 <= table.kinds.get("DK_CPR", 0) <= OWNER_NUMBERS
        for match in matches:
            codes = match.evidence
            if owned and wants_person(match):
                codes = (*codes, "owner")
            if match.column >= 0:
                codes = self._under(match, table, codes, people)
            about = topics[match.kind]
            topical = about >= TOPICAL and about >= TOPIC_SHARE * signs[match.kind]
            if topical and "topic" not in codes and _SURE.isdisjoint(codes):
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
        if "topic" in codes:
            return codes
        if re.search(HEADS[match.kind], head, re.IGNORECASE):
            codes = (*(code for code in codes if code not in ("row", "general")), "header")
            if people and not any(code in codes for code in _PEOPLE):
                codes = (*codes, "named")
        return codes

    @property
    def certain(self) -> float:
        return 1.0

    def stretch(self, text: str, match: Match) -> tuple[int, int]:
        """Return the sentence, row or form of a match; with what is in front of "she" or "he"."""
        scope = scope_of(text, match.start, match.end)
        return max(0, scope.start - FORMER) if "role" in match.evidence else scope.start, scope.end

    def beside(self, match: Match, kind: str) -> Match:
        """Return a match in whose sentence or row another detector found a person."""
        if not {"identifier", "named", "person", "antecedent"}.isdisjoint(match.evidence):
            return match
        kept = tuple(code for code in match.evidence if code not in _PEOPLE)
        who = "antecedent" if "role" in match.evidence else "person"
        if match.kind == "POLITICS" and kind == "PERSON":
            who = "public-name"
        codes = (*kept, who)
        sure = confidence(codes)
        value = match.value.removesuffix(TOPIC) if sure >= MAYBE else match.value
        return match._replace(evidence=codes, confidence=sure, value=value)


def _codes(text: str, first: int, last: int, lemma: Lemma) -> Iterator[str]:
    scope, kind = scope_of(text, first, last), lemma.kind
    if lemma.needs and not scope.has(lemma.needs):
        return
    labelled = bool(scope.label) and re.search(HEADS[kind], scope.label, re.IGNORECASE) is not None
    if (lemma.field and not scope.is_field) or (kind == "CRIMINAL_RECORD" and scope.denied):
        return
    if scope.is_about and not (labelled or lemma.needs):
        return
    people = tuple(_person(scope, kind))
    yield from people
    if labelled or (scope.is_field and re.search(HEADS[kind], text[first:last], re.IGNORECASE)):
        yield "header"
        return
    if kind in _MEMBERSHIP:
        if scope.membership:
            yield "relation"
    elif scope.joined:
        yield "row"
    elif lemma.needs or scope.relation or scope.taken:
        yield "relation"
    named = not _NAMES.isdisjoint(people)
    if scope.is_heads and not people:
        yield "topic"
    priced = scope.priced and not (named and kind in _PAID)
    ruled = scope.rules and "writer" not in people
    if ruled and named:
        ruled = "antecedent" in people and not scope.of_one
    if scope.general or priced or ruled:
        yield "general"
    if scope.addressed and "addressee" not in people:
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
    elif scope.of_writer:
        yield "writer"
    elif scope.pronoun:
        yield "pronoun"
    elif scope.role:
        former = scope.former
        yield "antecedent" if identified_in(former) or name_in(former) else "role"
    elif scope.addressed and scope.is_letter:
        yield "addressee"

"""Make training texts: real sentences with other names in them, and business texts from templates.

Only training imports this. A quarter of the names is never used (`gather.is_held`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from detectors.names.corpus import Example, joined
from detectors.names.gather import Pool, places, pools, streets
from detectors.names.templates import BLOCKS, COLUMNS, TEMPLATES
from detectors.names.templates_parts import (
    BEFORE_SURNAMES,
    BEFORE_SURNAMES_FULL,
    BUYERS,
    COMPANIES,
    COMPANY_HEADS,
    COMPANY_TAILS,
    DEPARTMENTS,
    OFFICES,
    PRODUCTS,
    THINGS,
    TITLES,
    TRADES,
)

COUNTRIES = {
    "da": 60, "sv": 6, "nb": 6, "en": 6, "gb": 2, "de": 4, "pl": 4, "tr": 4, "ar": 5, "zh": 3,
    "ro": 2, "es": 1, "fr": 1, "it": 1, "nl": 1, "hr": 1, "in": 2, "fi": 1, "is": 1, "vi": 1,
    "cs": 1, "hu": 1, "pt": 1, "sr": 1, "lt": 1,
}  # fmt: skip
"""How often people in Danish papers come from where, roughly; the others now and then."""
_DOMAINS = (
    "firma.dk mail.dk example.com kommune.dk byg.dk post.example.org skole.dk web.example.net"
)
DOMAINS = _DOMAINS.split()
_MONTHS = "januar februar marts april maj juni juli august september oktober november december"
MONTHS = _MONTHS.split()
_STREETS = (
    "vej",
    "vejen",
    "gade",
    "stræde",
    "vænget",
    "allé",
    "parken",
    "torv",
    "bakken",
    "toften",
)
ASCII = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ö": "o", "ä": "a", "ü": "u", "é": "e", " ": "."}
)
_SLOT = re.compile(r"\{([A-Z]+)(\d?)\}|\[\[([^@\]]+)@([LO])\]\]")
_ENGLISH_GENITIVE = re.compile(r"^(.*?)(['’]?s)$")
PERSON, PLACE, COMPANY = "PERSON", "LOCATION", "ORGANIZATION"
_MARKS = {"L": PLACE, "O": COMPANY}


class Maker:
    """Makes people and texts; with `held`, of the names that training leaves out."""

    def __init__(self, data: Path, *, held: bool) -> None:
        self.pools: dict[str, Pool] = {}
        for country, pool in pools(data).items():
            part = pool.part(held=held)
            if part.first:
                self.pools[country] = Pool(part.first, part.last or pool.last)
        self.countries = [country for country in self.pools if country in COUNTRIES]
        self.weights = [COUNTRIES[country] for country in self.countries]
        danish, others = places(data)
        self.towns = [*danish, *random.Random(0).sample(others, min(len(others), len(danish) // 4))]
        self.streets = streets()

    def country(self, rng: random.Random, language: str) -> str:
        """Return where somebody in a text of this language comes from."""
        if language != "da" and rng.random() < 0.6:
            return language
        return rng.choices(self.countries, self.weights)[0]

    def name(self, rng: random.Random, language: str = "da") -> list[str]:
        """Return somebody's given names and surnames, in the forms in which papers have them."""
        pool = self.pools[self.country(rng, language)]
        first, last = rng.choice(pool.first), rng.choice(pool.last)
        form = rng.random()
        if form < 0.58:
            return [first, last]
        if form < 0.72:
            return [first, rng.choice(pool.last), last]
        if form < 0.79:
            return [first, rng.choice(pool.first), last]
        if form < 0.84:
            return [f"{first}-{rng.choice(pool.first)}", last]
        if form < 0.90:
            return [first, f"{rng.choice('ABCDEFGHIJKLMNOPRSTV')}.", last]
        if form < 0.93:
            return [first, f"{last}-{rng.choice(pool.last)}"]
        if form < 0.96:
            return [first, rng.choice(("von", "af", "de", "van", "el", "da", "Al")), last]
        return [first, rng.choice(pool.first), rng.choice(pool.last), last]

    def company(self, rng: random.Random) -> str:
        """Return the name of a firm or authority; many hold a person's name."""
        surname = rng.choice(self.pools["da"].last)
        first = rng.choice(self.pools["da"].first)
        legal = rng.choice(("A/S", "ApS", "IVS", "K/S", "AB", "AS", "P/S", "I/S", "Holding ApS"))
        head, tail = rng.choice(COMPANY_HEADS), rng.choice(COMPANY_TAILS)
        return rng.choices(
            (
                rng.choice(COMPANIES),
                f"{head} {tail} {legal}",
                f"{head}{tail.lower()} {legal}",
                f"{head} {tail}",
                f"{surname} & {rng.choice(BUYERS)} {legal}",
                f"{surname} {tail} {legal}",
                f"{first} {surname} {tail} {legal}",
                f"{surname}s {rng.choice(TRADES)}",
                f"{first}s {rng.choice(TRADES)}",
                f"{rng.choice(BEFORE_SURNAMES)} {surname}",
                f"{rng.choice(BEFORE_SURNAMES_FULL)} {first} {surname}",
                f"{first} {surname}s {rng.choice(('Eftf.', 'Eftf. A/S', 'Fond', 'Legat'))}",
                f"{rng.choice(self.towns)} {rng.choice(OFFICES)}",
            ),
            (30, 18, 8, 6, 10, 10, 4, 6, 4, 5, 6, 3, 8),
        )[0]

    def street(self, rng: random.Random) -> str:
        """Return a street with its number; some streets are called after people."""
        name = rng.choice(self.streets)
        if not name.endswith(_STREETS):
            name = f"{name.removesuffix('s')}{rng.choice(('vej', 'gade', 'vænget', ' Allé'))}"
        if rng.random() < 0.2:
            pool = self.pools["da"]
            kind = rng.choice(("Vej", "Gade", "Allé", "Plads"))
            name = f"{rng.choice(pool.first)} {rng.choice(pool.last)}s {kind}"
        floor = rng.choice(("", "", "", "", "A", "B", ", 1. tv", ", st. th", ", 3. mf."))
        return f"{name} {rng.randrange(1, 220)}{floor}"

    def document(self, rng: random.Random) -> Example:
        """Return a made business text: a block, a table, or a few templates below each other."""
        form = rng.random()
        if form < 0.16:
            return self._cased(self.table(rng), rng)
        if form < 0.34:
            return self._cased(self.fill(rng.choice(BLOCKS), rng), rng)
        parts = []
        for _ in range(rng.choice((1, 1, 2, 3, 5))):
            language, template = rng.choice(TEMPLATES)
            parts.append(self._cased(self.fill(template, rng, language), rng))
        return joined(parts, rng.choice(("\n", "\n", "\n\n", " ")))

    def _cased(self, example: Example, rng: random.Random) -> Example:
        form = rng.random()
        if form < 0.03:
            return _same_size(example, example.text.lower())
        if form < 0.07:
            return _same_size(example, example.text.upper())
        return example

    def table(self, rng: random.Random) -> Example:
        """Return some rows of a few columns, often with their heads."""
        columns = rng.sample(COLUMNS, rng.randrange(2, 7))
        mark = rng.choice((";", ";", ",", "\t", "\t", " | ", "; ", "   "))
        if mark.strip() == ",":
            columns = [column for column in columns if "," not in column[0]] or [COLUMNS[0]]
        upper = rng.random() < 0.08
        rows = []
        if rng.random() < 0.7:
            rows.append(Example(mark.join(head for head, _ in columns), ()))
        template = mark.join(cell for _, cell in columns)
        for _ in range(rng.randrange(2, 9)):
            row = self.fill(template, rng)
            rows.append(_same_size(row, row.text.upper()) if upper else row)
        return joined(rows, "\n")

    def fill(self, template: str, rng: random.Random, language: str = "da") -> Example:
        """Return a template with its slots filled in; what belongs together stays together.

        [[Danmark@L]] is a place and [[Volvo@O]] an organisation, as they stand. A digit behind a
        slot's name is a person: {P1} and {EP1} are one's name and mail address.
        """
        people: dict[str, list[str]] = {}
        text, spans, at = "", [], 0
        for slot in _SLOT.finditer(template):
            text += template[at : slot.start()]
            at = slot.end()
            kind, number, literal, mark = slot.groups()
            if literal:
                spans.append((len(text), len(text) + len(literal), _MARKS[mark]))
                text += literal
                continue
            if not number or number not in people:
                person = self.name(rng, language)
                if number:
                    people[number] = person
            else:
                person = people[number]
            written, label = self._slot(kind, person, rng)
            if label == PERSON and spans and spans[-1][2] == PERSON and text[spans[-1][1] :] == " ":
                start = spans.pop()[0]
            else:
                start = len(text)
            text += written
            if label:
                spans.append((start, len(text), label))
        return Example(text + template[at:], tuple(spans), language)

    def _slot(self, kind: str, person: list[str], rng: random.Random) -> tuple[str, str]:
        made = _PERSONS.get(kind)
        if made is not None:
            return made(person), PERSON
        if kind == "C":
            return self.company(rng), COMPANY
        if kind == "CITY":
            return rng.choice(self.towns), PLACE
        if kind == "ST":
            return self.street(rng), PLACE
        if kind == "BRAND":
            pool = self.pools[rng.choice(("da", "da", "sv", "en"))]
            named = f"{rng.choice(pool.first)} {rng.choice(pool.last)}"
            named = rng.choice((named, named, named, f"{named[0]}. {named.rsplit(maxsplit=1)[-1]}"))
            return f"{named}{rng.choice((' ', ' ', ' ', '-'))}{rng.choice(THINGS)}", ""
        if kind == "EP":
            local = ".".join(person).lower().translate(ASCII).replace("..", ".")
            return f"{local}@{rng.choice(DOMAINS)}", ""
        return _plain(kind, rng), ""


def _last_first(person: list[str]) -> str:
    return f"{person[-1]}, {' '.join(person[:-1])}"


_PERSONS: dict[str, Callable[[list[str]], str]] = {
    "P": " ".join,
    "F": lambda person: person[0],
    "L": lambda person: person[-1],
    "LF": _last_first,
    "LB": lambda person: f"{person[-1]} {' '.join(person[:-1])}",
    "U": lambda person: " ".join(person).upper(),
    "UF": lambda person: person[0].upper(),
    "UL": lambda person: person[-1].upper(),
    "ULF": lambda person: f"{person[-1].upper()}, {' '.join(person[:-1])}",
    "LOW": lambda person: " ".join(person).lower(),
    "LOWF": lambda person: person[0].lower(),
    "IN": lambda person: f"{person[0][0]}. {person[-1]}",
    "INS": lambda person: f"{'.'.join(part[0] for part in person[:-1])}. {person[-1]}",
    "LIN": lambda person: f"{person[-1]}, {person[0][0]}.",
    "PG": lambda person: " ".join(person) + ("'" if person[-1].endswith("s") else "s"),
    "FG": lambda person: person[0] + ("'" if person[0].endswith("s") else "s"),
    "SHORT": lambda person: f"{person[0]} {person[-1]}",
}


def _plain(kind: str, rng: random.Random) -> str:
    n = rng.randrange
    if kind == "D":
        day, month, year = n(1, 29), n(1, 13), n(1998, 2027)
        return rng.choice(
            (
                f"{day:02}-{month:02}-{year}",
                f"{day}. {MONTHS[month - 1]} {year}",
                f"{day}/{month} {year}",
                f"{year}-{month:02}-{day:02}",
                f"{day:02}.{month:02}.{year}",
                f"{day}. {MONTHS[month - 1]}",
            )
        )
    if kind == "M":
        return rng.choice(
            (
                f"{n(1, 900)}.{n(0, 999):03},00 kr.",
                f"{n(100, 99999)} kr.",
                f"DKK {n(1, 90)},{n(100, 999)}.00",
                f"{n(10, 999)},{n(10, 99)}",
            )
        )
    if kind == "T":
        pairs = " ".join(f"{n(10, 99)}" for _ in range(4))
        return rng.choice((f"+45 {pairs}", pairs, f"{n(20000000, 99999999)}"))
    if kind == "TM":
        return f"{n(0, 24):02}{rng.choice('.:')}{n(0, 60):02}"
    if kind == "CPR":
        return f"{n(1, 29):02}{n(1, 13):02}{n(30, 99)}-{n(0, 10**4):04}"
    sizes = {"CVR": (10**7, 10**8), "ZIP": (1000, 9990), "N": (1, 9999), "B": (10**5, 10**9)}
    if kind in sizes:
        return str(n(*sizes[kind]))
    words = {"TI": TITLES, "W": PRODUCTS, "DEP": DEPARTMENTS, "MON": [m.title() for m in MONTHS]}
    return rng.choice(words[kind])


def perturbed(example: Example, rng: random.Random, maker: Maker) -> Example:
    """Return a sentence with other people in it, sometimes in other case."""
    text, spans, at = "", [], 0
    for start, end, label in example.spans:
        text += example.text[at:start]
        written = example.text[start:end]
        if label == PERSON and rng.random() < 0.85:
            written = _other(written, example.language, rng, maker)
        spans.append((len(text), len(text) + len(written), label))
        text += written
        at = end
    changed = replace(example, text=text + example.text[at:], spans=tuple(spans))
    form = rng.random()
    if form < 0.04:
        return _same_size(changed, changed.text.lower())
    if form < 0.08:
        return _same_size(changed, changed.text.upper())
    if form < 0.10:
        return _same_size(changed, changed.text.title())
    return changed


def _other(written: str, language: str, rng: random.Random, maker: Maker) -> str:
    person = maker.name(rng, language)
    if len(written.split()) == 1:
        name = person[0] if rng.random() < 0.6 else person[-1]
    else:
        name = " ".join(person)
    genitive = _ENGLISH_GENITIVE.match(written)
    if genitive and genitive[1].lower().endswith(_BEFORE_S) and rng.random() < 0.5:
        name += genitive[2]
    return name.upper() if written.isupper() and len(written) > 3 else name


_BEFORE_S = (
    "en", "et", "er", "an", "in", "on", "ld", "nd", "rt", "rd", "rg", "lm", "it", "el", "ne", "ie",
    "te", "de", "ge", "ke",
)  # fmt: skip
"""How names end that have a genitive s behind them, not one of their own (Lars, Jens)."""


def _same_size(example: Example, text: str) -> Example:
    return replace(example, text=text) if len(text) == len(example.text) else example

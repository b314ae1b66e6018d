"""Find Danish bank accounts, passport and driving licence numbers: numbers that need their word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from detectors import Detector, Match, Shape, Table
from detectors.beside_people import MOST, stands
from detectors.edges import edge_of, is_cell, starting_in
from detectors.evidence import Evidence
from detectors.part import PartOf
from detectors.pattern import Pattern
from detectors.vocabulary import Vocabulary, whole

_ORDERS = (r"ordre", r"faktura", r"bilag", r"varen(?:r|ummer)", r"serien", r"sagsn", r"invoice")
_OTHERS = (
    r"order",
    r"cvr",
    r"ean\b",
    r"gln\b",
    r"p[-. ]?n(?:r|ummer)",
    r"serial",
    r"epoch",
    r"uuid",
)
_PHONES = (r"tlf", r"telefon", r"mobil", r"phone", r"fax\b")

_ACCOUNT_WORDS = Vocabulary(
    label=(
        r"reg[-. ]{0,3}n(?:r|ummer|o)",
        r"reg\.",
        r"registreringsn",
        r"konto(?!r)",
        *whole(r"kto\b"),
        r"bank[-_. ]{0,2}account",
        r"acc(?:oun)?t[-_. ]{0,2}(?:no\b|nr|num)",
        *whole(r"bank(?:en)? ?:"),
        r"udbetal[a-zæøå]{0,5}(?: [a-zæøå]{1,12}){0,3} (?:til|på)\b",
        r"overfør[a-zæøå]{0,6}(?: [a-zæøå]{1,12}){0,3} (?:til|på)\b",
        r"indsæt[a-zæøå]{0,4}(?: [a-zæøå]{1,12}){0,3} på\b",
        r"betal(?:t|es|ing|ingen|inger)?(?: [a-zæøå]{1,12}){0,3} (?:til|på)\b",
    ),
    # An "account" alone is any user's, above all a cloud's: twelve digits.
    person=(r"bank", r"udbetal", r"overfør", r"account", r"acct"),
    compound=_ORDERS,
    alone=(*_OTHERS, *_PHONES, r"cpr", r"iban"),
)
_PASSPORT_WORDS = Vocabulary(
    label=(
        *whole(r"pas[-. ]{0,2}(?:nr|nummer|no\b)"),
        r"passport",
        r"pasport",
        r"rejsepas",
        *whole(r"pas\b"),
    ),
    compound=_ORDERS,
    alone=(*_OTHERS, *_PHONES, r"cpr", r"konto(?!r)", r"kørekort"),
)
_LICENSE_WORDS = Vocabulary(
    label=(
        r"kørekort",
        r"koerekort",
        r"førerbevis",
        r"driving licen[cs]e",
        r"driver'?s?[-_ ]?licen[cs]e",
        r"driverlicen[cs]e",
    ),
    compound=_ORDERS,
    alone=(*_OTHERS, *_PHONES, r"cpr", r"konto(?!r)", *whole(r"pas\b")),
)

# Hundredths. None has a check digit, so the form alone is nothing; the word makes the finding.
WEIGHTS = {
    "form": 20,
    "label": 50,
    "header": 50,
    "person": 20,  # bank, paid out
    "beside": 15,  # it fills a cell, and a person stands in its row
    "column:most": 25,  # so do most of its column, and they differ
    "against": -40,
    "header-against": -40,
    "edge": -30,
    "joined": 0,
    "both-words": 60,  # registration number and account each with its word
}


@dataclass(frozen=True, slots=True)
class Worded:
    """Finds `expression` and keeps it where its word stands near or a header may give it.

    `canonical` returns "" for what is none after all. Without a word near it, a number is yielded
    (below MAYBE) only where it fills a cell: text has too many numbers.
    """

    kind: str
    expression: re.Pattern[str]
    shape: Shape
    words: Vocabulary = field(repr=False)
    canonical: Callable[[str], str]
    weights: Mapping[str, int] = field(default_factory=lambda: WEIGHTS, repr=False)
    revision: int = 3
    rows: re.Pattern[str] | None = field(default=None, repr=False)
    """What fills a cell in the row of a person, where a column of such cells is enough."""

    @property
    def name(self) -> str:
        return self.kind.lower()

    @property
    def version(self) -> str:
        return str(self.revision)

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.kind,)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (self.shape,)

    @property
    def parts(self) -> tuple[Detector, ...]:
        """What a scan looks for: the word, then the number beside it."""
        return (PartOf(self, (Shape(self.words.labels, re.IGNORECASE),), _worded),)

    def headed(self, header: str) -> bool:
        """Whether a column's head is one of the kind's words."""
        return self.words.header(header) == "label"

    def find(self, text: str) -> Iterator[Match]:
        """Yield the labelled numbers, and those that fill a cell, with their own evidence."""
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, low: int, high: int) -> Iterator[Match]:
        """Yield the matches of `find` that start in text[low:high]."""
        evidence = Evidence(self.kind, self.weights, self.words)
        for found in starting_in(self.expression, text, low, high):
            start, end = found.span()
            form = found.lastgroup
            both = form == "word"
            said = self.words.near(text, start, end)
            short = form == "whole" and end - start < 14
            if "\n" in found[0] and not (said == "label" and _joins(form, text, start, end)):
                continue
            if said != "label" and not both and (short or not is_cell(text, start, end)):
                continue
            edge = edge_of(text, start, end, glued=said == "label")
            value = self.canonical(found[0])
            if edge == "inside" or not value:
                continue
            codes = ("form", *((edge,) if edge else ()), *((said,) if said else ()))
            if both:
                codes = ("form", "both-words")
            yield evidence.match(start, end, value, codes)

    def near(
        self, text: str, window: tuple[int, int], persons: Sequence[tuple[int, int]]
    ) -> Iterator[Match]:
        """Yield the numbers without a word that fill a cell in the row of a person."""
        if self.rows is None:
            return
        evidence = Evidence(self.kind, self.weights, self.words)
        for found in self.rows.finditer(text, *window):
            start, end = found.span()
            if is_cell(text, start, end) and stands(text, start, end, persons)[0]:
                value = self.canonical(found[0])
                if value and not self.words.near(text, start, end):
                    yield evidence.match(start, end, value, ("form", "beside"))

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match with what its column's header and its other cells say."""
        evidence = Evidence(self.kind, self.weights, self.words, counts=False)
        cells = Counter(match.column for match in matches if "beside" in match.evidence)
        for match in evidence.judge(matches, table):
            column = match.column
            if "beside" in match.evidence and column >= 0 and cells[column] >= MOST:
                held = table.columns[column]
                if cells[column] * 2 >= held.rows or not held.rows:
                    codes = (*match.evidence, "column:most")
                    match = match._replace(evidence=codes, confidence=evidence.confidence(codes))
            yield match


def _joins(form: str | None, text: str, start: int, end: int) -> bool:
    """Whether two lines are one labelled account: not two cells that lie below each other."""
    cells = text[start - 1 : start] not in (" ", ":") or text[end : end + 1] in (
        ";",
        ",",
        "\t",
        "|",
    )
    return form == "word" or not cells


def _worded(match: Match) -> bool:
    return "label" in match.evidence or "both-words" in match.evidence


def account(written: str) -> str:
    """Return four digits registration number and ten digits account, zero-padded; "" if none."""
    digits = "".join(sign for sign in written if "0" <= sign <= "9")
    number = digits[4:]
    if not 6 <= len(number) <= 10 or not number.strip("0") or not digits[:4].strip("0"):
        return ""
    return digits[:4] + number.zfill(10)


def plain(written: str) -> str:
    """Return a number in upper case without separators; "" when all its characters are alike."""
    value = "".join(sign for sign in written.upper() if sign.isalnum())
    return "" if len(set(value)) == 1 else value


_BLANK = "[ \u00a0]"
_GAP = r"[^0-9\n]{0,15}"
# Four digits, something between, six to ten more in one piece or in groups; or all undivided, of
# which ten are left out: they may as well be an account without its registration number.
ACCOUNT = Worded(
    "DK_BANK_ACCOUNT",
    re.compile(
        rf"[0-9](?<![0-9][0-9])[0-9]{{3}}(?:(?P<whole>[0-9]{{7,10}})|"
        r"(?P<wrap>\r?\n)[0-9]{10}|"
        rf"(?:{_BLANK}?[-/,;\t]{_BLANK}?|{_BLANK}|(?P<word>{_GAP}(?:\r?\n{_GAP})?(?:[Kk]onto|KONTO|[Kk][Tt][Oo]\.){_GAP}))"
        rf"(?:[0-9]{{6,10}}|[0-9]{{1,4}}(?:{_BLANK}[0-9]{{2,4}}){{2,4}}))(?![0-9])"
    ),
    Shape(r"[0-9]{4}[^0-9]{0,52}[0-9]{1,4}[ \u00a0]?[0-9]{2}"),
    _ACCOUNT_WORDS,
    account,
    rows=re.compile(
        r"[0-9](?<![0-9A-Za-z.,-].)(?!045)[0-9]{3}[ -][0-9]{7,10}(?![0-9A-Za-z]|[.,-][0-9])"
    ),
)
PASSPORT = Worded(
    "DK_PASSPORT",
    # Nine characters: digits, or one letter and eight digits (format as Microsoft Purview has it).
    re.compile(r"[A-Z0-9](?<![0-9A-Za-z].)[0-9]{8}(?![0-9A-Za-z])"),
    Shape(r"[A-Z0-9][0-9]{8}"),
    _PASSPORT_WORDS,
    plain,
)
LICENSE = Worded(
    "DK_DRIVER_LICENSE",
    re.compile(r"[0-9](?<![0-9][0-9])[0-9]{7}(?![0-9])"),  # eight digits: unverified
    Shape(r"[0-9]{8}"),
    _LICENSE_WORDS,
    plain,
)


def card_number(written: str) -> str:
    """Return the digits of a card's number."""
    return "".join(sign for sign in written if "0" <= sign <= "9")


HEALTH_CARD = Pattern(
    # The European health insurance card: 20 digits, of which 80 is health and 208 is Denmark
    # (ISO/IEC 7812, ISO 3166; unverified). The yellow card's number is a CPR number.
    kind="DK_HEALTH_CARD",
    regex=r"(?<![0-9])80 ?2 ?0 ?8(?: ?[0-9]){15}(?![0-9])",
    normalise=card_number,
    words=("sygesikring*", "sundhedskort*", "eu-kort", "ehic", "health insurance", "health card"),
    weight=0.45,
    label_weight=0.4,
)

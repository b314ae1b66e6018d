"""Find what is written alike all over the world: IBAN and payment cards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors import Match, Shape, Table
from detectors.checks import luhn, mod97
from detectors.edges import edge_of, starting_in
from detectors.evidence import Evidence
from detectors.vocabulary import Vocabulary, whole

_BLANK = " \u00a0\u202f"
_JOINERS = dict.fromkeys(map(ord, f"-{_BLANK}"))

# Characters in all, by country: those that presidio-analyzer 2.2.366 lists too.
IBAN_LENGTHS = {
    entry[:2]: int(entry[2:])
    for entry in re.findall(
        r"[A-Z]{2}[0-9]{2}",
        """
AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22
DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28
IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27
MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24
SC31 SE24 SI19 SK24 SM27 TL23 TN24 TR26 UA29 VA22 VG24 XK20
        """,
    )
}
_IBAN_HEAD = re.compile(
    r"[A-Za-z](?<![0-9A-Za-z].)[A-Za-z][0-9]{2}(?=[- \u00a0\u202f]?[0-9A-Za-z])"
)
_IBAN_REST = {
    length: re.compile(rf"(?:[-{_BLANK}]?[0-9A-Za-z]){{{length - 4}}}(?![0-9A-Za-z])")
    for length in set(IBAN_LENGTHS.values())
}
IBAN_EVIDENCE = Evidence(
    "IBAN_CODE",
    {
        "check": 80,  # country, its length, and 97: one in a hundred passes by chance
        "lower-case": -25,  # hexadecimal strings are
        "label": 15,
        "header": 15,
        "against": 0,  # the check is stronger than a word
        "header-against": 0,
    },
    Vocabulary(label=(r"iban", r"konto(?!r)", r"account", r"bank")),
)


@dataclass(frozen=True, slots=True)
class Iban:
    """The detector of IBAN_CODE."""

    @property
    def name(self) -> str:
        return "iban"

    @property
    def version(self) -> str:
        return "2"

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("IBAN_CODE",)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (Shape(rf"[A-Za-z]{{2}}[0-9]{{2}}(?:[-{_BLANK}]?[0-9A-Za-z]){{11}}"),)

    def find(self, text: str) -> Iterator[Match]:
        """Yield what has a country's length and passes ISO 7064 MOD 97-10."""
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, low: int, high: int) -> Iterator[Match]:
        """Yield the matches of `find` that start in text[low:high]."""
        for head in starting_in(_IBAN_HEAD, text, low, high):
            length = IBAN_LENGTHS.get(head[0][:2].upper())
            if length is None:
                continue
            rest = _IBAN_REST[length].match(text, head.end())
            if rest is None:
                continue
            start, end = head.start(), rest.end()
            written = text[start:end]
            value = written.upper().translate(_JOINERS)
            if not mod97(value) or not value[4:].strip("0"):
                continue
            codes: tuple[str, ...] = ("check",)
            if written != written.upper():
                codes += ("lower-case",)
            said = IBAN_EVIDENCE.words.near(text, start, end)
            yield IBAN_EVIDENCE.match(start, end, value, (*codes, said) if said else codes)

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match with what its column's header says."""
        return IBAN_EVIDENCE.judge(matches, table)


_CARD = re.compile(
    r"[2-6](?<![0-9][0-9])(?:"
    r"[0-9]{13,15}"
    rf"|[0-9]{{3}}(?P<gap>[-{_BLANK}])[0-9]{{4}}(?P=gap)[0-9]{{4}}(?P=gap)[0-9]{{4}}"
    rf"|[0-9]{{3}}(?P<amex>[-{_BLANK}])[0-9]{{6}}(?P=amex)[0-9]{{4,5}}"
    r")(?![0-9])"
)
# First digits and lengths of the brands met in Denmark (ISO/IEC 7812 ranges as the schemes print
# them; Dankort 5019, Visa/Dankort 4571). All pass Luhn.
_BRANDS = re.compile(
    r"4[0-9]{15}"  # Visa, Visa/Dankort
    r"|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|(?:5019|5018|5020|5038|6304|6759|6761|6763)[0-9]{12}"  # Dankort, Maestro
    r"|3(?:6|8|0[0-5])[0-9]{11,12}"  # Diners
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}"  # JCB
    r"|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}"  # Discover
)
MOST_ALIKE = 10
"""As many equal digits among 14-16 as only test and placeholder numbers have."""
CARD_EVIDENCE = Evidence(
    "CREDIT_CARD",
    {
        "check": 45,  # brand and Luhn: about one in fifty of random sixteen digits
        "grouped": 25,
        "label": 35,
        "header": 35,
        "person": 10,
        "against": -40,
        "header-against": -40,
        "edge": -30,
        "joined": -5,
        "number-row": -35,  # a piece of a longer row of groups, such as an IBAN
        "column:most": 25,
        "column:few": -20,
    },
    Vocabulary(
        label=(
            r"kortn",
            r"betalingskort",
            r"kreditkort",
            r"hævekort",
            r"dankort",
            r"mastercard",
            r"american express",
            *whole(r"visa\b", r"amex\b", r"card", r"pan\b"),
        ),
        person=(r"udløb", r"expir", r"cvv", r"cvc", r"kortholder"),
        compound=(r"ordre", r"faktura", r"bilag", r"serien", r"varen", r"invoice"),
        alone=(
            r"order",
            r"ean\b",
            r"gln\b",
            r"imei",
            r"serial",
            r"epoch",
            r"track",
            r"uuid",
            r"guid",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Card:
    """The detector of CREDIT_CARD."""

    @property
    def name(self) -> str:
        return "card"

    @property
    def version(self) -> str:
        return "2"

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("CREDIT_CARD",)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        gap = rf"[-{_BLANK}]"
        return (
            Shape(r"(?<![0-9])[0-9]{14,16}(?![0-9])"),
            Shape(rf"(?<![0-9])[0-9]{{4}}{gap}[0-9]{{4}}{gap}[0-9]{{4}}{gap}[0-9]{{4}}"),
            Shape(rf"(?<![0-9])[0-9]{{4}}{gap}[0-9]{{6}}{gap}[0-9]{{4}}"),
        )

    def find(self, text: str) -> Iterator[Match]:
        """Yield what a brand could have issued; with confidence 0 what only has the length."""
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, low: int, high: int) -> Iterator[Match]:
        """Yield the matches of `find` that start in text[low:high]."""
        for found in starting_in(_CARD, text, low, high):
            start, end = found.span()
            gap = found["gap"] or found["amex"]
            value = found[0].replace(gap, "") if gap else found[0]
            if not (_BRANDS.fullmatch(value) and luhn(value)) or _is_test(value):
                yield Match("CREDIT_CARD", start, end, "", 0.0)
                continue
            said = CARD_EVIDENCE.words.near(text, start, end)
            edge = edge_of(text, start, end, glued=said == "label")
            if edge == "inside":
                continue
            codes: tuple[str, ...] = ("check", "grouped") if gap else ("check",)
            if gap and _in_row(text, start, end):
                codes += ("number-row",)
            if edge:
                codes += (edge,)
            yield CARD_EVIDENCE.match(start, end, value, (*codes, said) if said else codes)

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match with what its column says: header, and how many pass the check."""
        return CARD_EVIDENCE.judge(matches, table)


def _is_test(value: str) -> bool:
    return max(map(value.count, "0123456789")) >= MOST_ALIKE or len(set(value)) <= 2


def _in_row(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return (before[:1].isdigit() and before[-1:] in "- ") or (
        after[1:].isdigit() and after[:1] in "- "
    )

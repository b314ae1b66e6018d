"""Tell a table of people by its columns: what their heads say and what stands in them.

Columns become classes (name, email, interest …); a head's own words never leave this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detectors import Column, Detector, Match, Shape, Table

KIND = "CUSTOMER_TABLE"
LEAST_ROWS = 5
HELD = 0.3
"""Share of a column's rows that must hold a kind for the column to be of its class."""
HEAD_CHARACTERS = 80
MOST_COLUMNS = 2_000

_CAMEL = re.compile(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])")
_HEADS = {
    "name": r"(?:fulde |full |kunde|medarbejder|medlems|patient|elev|borger|deltager|kontakt)?navn"
    r"|for-?navn|efter-?navn|(?:(?:full|first|last|given|customer|contact) ?)?name|surname"
    r"|kontaktperson|deltager|medarbejder|patient|beboer|elev|kunde",
    "cpr": r"cpr.{0,12}|person-?n(?:r|ummer)|personal id|ssn",
    "email": r"e-?mail.{0,10}|mail|mailadresse",
    "phone": r"(?:tlf|telefon|mobil|phone|mobile|tel)\b.{0,10}|telefonnummer|mobilnummer",
    "address": r"(?:.{0,12})adresse|vej.{0,8}|gade|bopæl|street|(?:street |home )?address",
    "birth": r"f(?:ø|oe)dsels.{0,8}|født|birth.{0,8}|date of birth|dob|alder|age",
    "town": r"postn(?:r|ummer)|post ?nr|by|zip.{0,6}|city|postal ?code|town",
    "number": r"(?:kunde|medlems|customer|member|client)[ -]?(?:n(?:r|o|ummer)|id|number).{0,3}",
    "account": r"konto.{0,8}|reg\.? ?nr.{0,14}|iban|account.{0,8}|bank.{0,8}",
    "gender": r"køn|gender|sex",
    "interest": r"interesse.{0,4}|hobby.{0,5}|segment|profil|præference.{0,3}|interests?"
    r"|favorit.{0,8}",
    "purchase": r"køb.{0,10}|seneste køb|(?:antal )?ordre[rs]?|omsætning|forbrug|purchase.{0,8}"
    r"|orders?",
    "consent": r"samtykke.{0,6}|nyhedsbrev.{0,6}|permission.{0,5}|consent.{0,6}|newsletter",
    "pay": r"(?:månedsl|timel|grundl|års|brutto)?l?øn|salary|wage",
    "note": r"bemærkning.{0,4}|notat.{0,3}|note.{0,4}|kommentar.{0,3}|comment.{0,3}|remarks?",
}
_CLASSES = {name: re.compile(rf"(?:{words})\.?:?", re.IGNORECASE) for name, words in _HEADS.items()}
_COMPANY = re.compile(
    r"firma.{0,6}|virksomhed.{0,6}|cvr.{0,10}|company.{0,6}|leverandør.{0,6}|supplier.{0,6}|forhandler",
    re.IGNORECASE,
)
_KINDS = {
    "PERSON": "name",
    "DK_CPR": "cpr",
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "DK_ADDRESS": "address",
    "DATE_OF_BIRTH": "birth",
    "DK_BANK_ACCOUNT": "account",
}
STRONG = ("name", "cpr", "email", "phone", "address", "birth")
"""What tells who somebody is; the other classes are what is held about them."""
WEAK = ("town", "number", "account", "gender", "interest", "purchase", "consent", "pay", "note")
_WHO = frozenset(("name", "cpr", "email"))

# Hundredths.
WEIGHTS = {
    "table": 20,
    "company-table": -20,  # a column of companies, suppliers or CVR numbers
    "filled": 10,  # a strong column holds what its class says, by the other detectors
    **{f"holds-{name}": 15 for name in STRONG},
    **{f"holds-{name}": 5 for name in WEAK},
}
HIGHEST = 95


def class_of(head: str) -> str:
    """Return the class that a column's head names; "" for none."""
    words = _CAMEL.sub(" ", head[:HEAD_CHARACTERS].strip()).replace("_", " ")
    for name, expression in _CLASSES.items():
        if expression.fullmatch(words):
            return name
    return ""


def recognise(columns: Sequence[Column]) -> Match | None:
    """Return the match of a whole table of people; None for any other table.

    `columns` are those of one table, in any order; their `rows` is how many it has. The value is
    the classes and the row count, and so is not personal; `count` is the row count.
    """
    rows = max((column.rows for column in columns), default=0)
    if rows < LEAST_ROWS:
        return None
    classes: set[str] = set()
    filled = 0
    for column in columns[:MOST_COLUMNS]:
        said = class_of(column.header)
        held = [
            _KINDS[kind]
            for kind, count in column.likely.items()
            if kind in _KINDS and count >= HELD * rows
        ]
        if said or held:
            classes.add(held[0] if held else said)
        filled += bool(held) and held[0] in STRONG
    strong = [name for name in STRONG if name in classes]
    weak = [name for name in WEAK if name in classes]
    told = len(strong) + len(weak) / 2 + ("account" in weak) / 2
    if _WHO.isdisjoint(strong) or told < 2:
        return None
    codes = ["table", *(f"holds-{name}" for name in (*strong, *weak))]
    if any(_COMPANY.fullmatch(column.header.strip()[:HEAD_CHARACTERS]) for column in columns):
        codes.append("company-table")
    codes += ["filled"] * bool(filled)
    total = sum(WEIGHTS[code] for code in codes)
    value = f"{rows} × {', '.join((*strong, *weak))}"
    return Match(KIND, 0, 0, value, min(max(total, 1), HIGHEST) / 100, tuple(codes), -1, rows)


@dataclass(frozen=True, slots=True)
class CustomerTable:
    """Stands for CUSTOMER_TABLE among the detectors; finds nothing in text.

    A scan that looks for it shows `recognise` each table, when all of it is read.
    """

    @property
    def name(self) -> str:
        return "customer_table"

    @property
    def version(self) -> str:
        return "2"

    @property
    def kinds(self) -> tuple[str, ...]:
        return (KIND,)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (Shape("\x00customer table\x00"),)

    @property
    def parts(self) -> tuple[Detector, ...]:
        """Nothing stands behind the gate for it."""
        return ()

    def headed(self, header: str) -> bool:
        return False

    def find(self, text: str) -> Iterable[Match]:
        """Yield nothing: no stretch of text is a table."""
        return ()

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield the matches as they are."""
        yield from matches

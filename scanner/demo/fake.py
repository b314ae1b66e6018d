"""Make up identifiers and people: of the right form, at run time, under a seed. Finds nothing.

A made-up valid CPR number belongs to somebody one time in three, so what is made here is never
written into the repository. Every function takes a `random.Random`; without one it draws from a
generator of this module, seeded alike in every process.
"""

from __future__ import annotations

import random
import unicodedata
from datetime import date, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from scanner.demo import danish

Sex = Literal["m", "f"]
PhoneStyle = Literal["plain", "pairs", "halves", "+45", "0045", "(+45)"]
Brand = Literal["visa", "mastercard", "amex", "dankort"]
MrzForm = Literal["TD3", "TD1", "TD2"]
IpVersion = Literal[4, 6]

_SHARED = random.Random(1968)  # the year the CPR register began

CPR_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
OLDEST, YOUNGEST = date(1937, 1, 1), date(2015, 12, 31)  # births that are drawn when none is given
# First two digits of numbers that phonenumbers 9.0.43 holds valid when the third is no zero.
PHONE_STARTS = (20, 21, 22, 23, 24, 26, 28, 29, 30, 31, 40, 42, 50, 51, 53, 60, 61, 71, 81, 91)
# Letters and digits after the check digits: a letter "a", a digit "n".
IBAN_FORMS = {
    "DK": "n" * 14,
    "DE": "n" * 18,
    "SE": "n" * 20,
    "NO": "n" * 11,
    "FI": "n" * 14,
    "GB": "a" * 4 + "n" * 14,
    "NL": "a" * 4 + "n" * 10,
    "FR": "n" * 23,
}
CARDS: dict[Brand, tuple[tuple[str, ...], int, tuple[int, ...]]] = {
    "visa": (("4",), 16, (4, 4, 4, 4)),
    "mastercard": (("51", "52", "53", "54", "55"), 16, (4, 4, 4, 4)),
    "amex": (("34", "37"), 15, (4, 6, 5)),
    "dankort": (("5019",), 16, (4, 4, 4, 4)),
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11


def _sevenths(year: int) -> str:
    # cpr.dk, "Opbygning af CPR-nummeret".
    if 1858 <= year <= 1899 or 2037 <= year <= 2057:
        return "5678"
    if 1900 <= year <= 1936:
        return "0123"
    if 1937 <= year <= 1999:
        return "012349"
    if 2000 <= year <= 2036:
        return "456789"
    raise ValueError("no CPR number exists for a birth in that year")


def cpr(
    rng: random.Random | None = None,
    *,
    born: date | None = None,
    sex: Sex | None = None,
    hyphen: bool = False,
    modulus11: bool = True,
    replacement: bool = False,
) -> str:
    """Return a CPR number, DDMMYYSSSS or DDMMYY-SSSS.

    `modulus11` says whether it passes modulus 11, `replacement` adds 60 to the day. Raises
    ValueError for a birth outside 1858-2057.
    """
    rng = rng or _SHARED
    born = born or OLDEST + timedelta(days=rng.randrange((YOUNGEST - OLDEST).days + 1))
    day = born.day + 60 if replacement else born.day
    head = f"{day:02}{born.month:02}{born.year % 100:02}"
    last = {"m": "13579", "f": "02468", None: "0123456789"}[sex]
    while True:  # one serial in eleven passes: about a dozen draws
        serial = rng.choice(_sevenths(born.year)) + _digits(rng, 2) + rng.choice(last)
        if (_weighed(head + serial, CPR_WEIGHTS) == 0) is modulus11:
            return f"{head}-{serial}" if hyphen else head + serial


def cvr(rng: random.Random | None = None, *, wrong_check: bool = False) -> str:
    """Return a company number of eight digits, or one whose last digit is wrong."""
    rng = rng or _SHARED
    while True:
        digits = rng.choice("123456789") + _digits(rng, 7)
        if (_weighed(digits, CVR_WEIGHTS) != 0) is wrong_check:
            return digits


def p_number(rng: random.Random | None = None) -> str:
    """Return the number of a production unit: ten digits from 1000000000."""
    return str(1_000_000_000 + (rng or _SHARED).randrange(35_000_000))


def phone(rng: random.Random | None = None, *, style: PhoneStyle = "plain") -> str:
    """Return a Danish phone number, written as `style` says."""
    rng = rng or _SHARED
    digits = str(rng.choice(PHONE_STARTS)) + rng.choice("123456789") + _digits(rng, 5)
    pairs = " ".join(digits[at : at + 2] for at in range(0, 8, 2))
    match style:
        case "plain":
            return digits
        case "pairs":
            return pairs
        case "halves":
            return f"{digits[:4]} {digits[4:]}"
        case _:
            return f"{style} {pairs}"


def name(rng: random.Random | None = None, *, sex: Sex | None = None) -> str:
    """Return one or two given names and a surname."""
    rng = rng or _SHARED
    given = danish.WOMEN if sex == "f" or (sex is None and rng.random() < 0.5) else danish.MEN
    count = rng.choice((1, 1, 2))
    return " ".join([*rng.sample(given, count), rng.choice(danish.SURNAMES)])


def ascii_of(text: str) -> str:
    """Return `text` as mail addresses and MRZ write it: æ ae, ø oe, å aa, no accents."""
    for letter, written in zip("æøåÆØÅ", ("ae", "oe", "aa", "Ae", "Oe", "Aa"), strict=True):
        text = text.replace(letter, written)
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def email(
    rng: random.Random | None = None, *, name: str | None = None, domain: str | None = None
) -> str:
    """Return a mail address made of `name`, at `domain` or below a reserved domain (RFC 2606)."""
    rng = rng or _SHARED
    words = ascii_of(name or _name(rng)).lower().split()
    local = rng.choice((".".join, "_".join, "".join))([words[0], words[-1]])
    firm = ascii_of(rng.choice(danish.SURNAMES)).lower()
    return f"{local}@{domain or f'{firm}.example.' + rng.choice(('com', 'org', 'net'))}"


def _name(rng: random.Random) -> str:
    return name(rng)


def address(rng: random.Random | None = None) -> str:
    """Return "street number[, floor], postal code town"."""
    rng = rng or _SHARED
    code, town = rng.choice(danish.TOWNS)
    floor = rng.choice(danish.FLOORS)
    street = f"{rng.choice(danish.STREETS)} {rng.randrange(1, 180)}{rng.choice('     ABC').strip()}"
    return f"{street}, {floor + ', ' if floor else ''}{code} {town}"


def iban(rng: random.Random | None = None, *, country: str = "DK", grouped: bool = False) -> str:
    """Return an IBAN of a country in IBAN_FORMS, in groups of four where `grouped`."""
    rng = rng or _SHARED
    letters = (
        rng.choice(LETTERS) if sign == "a" else _digits(rng, 1) for sign in IBAN_FORMS[country]
    )
    account = "".join(letters)
    turned = "".join(str(int(sign, 36)) for sign in account + country + "00")
    whole = f"{country}{98 - int(turned) % 97:02}{account}"
    return _grouped(whole, (4,) * 9) if grouped else whole


def card(rng: random.Random | None = None, *, brand: Brand = "visa", grouped: bool = False) -> str:
    """Return a payment card number with a right last digit (Luhn)."""
    rng = rng or _SHARED
    starts, length, groups = CARDS[brand]
    start = rng.choice(starts)
    body = start + _digits(rng, length - len(start) - 1)
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(reversed(body)))
    digits = body + str(-sum(value // 10 + value % 10 for value in doubled) % 10)
    return _grouped(digits, groups) if grouped else digits


def _grouped(text: str, lengths: tuple[int, ...]) -> str:
    pieces = []
    for length in lengths:
        pieces.append(text[:length])
        text = text[length:]
    return " ".join(piece for piece in pieces if piece)


def account(rng: random.Random | None = None) -> str:
    """Return a Danish bank account: registration number, blank, account of ten digits."""
    rng = rng or _SHARED
    return f"{rng.randrange(1000, 9900)} {rng.randrange(1_000_000, 10_000_000_000):010}"


def passport(rng: random.Random | None = None) -> str:
    """Return a Danish passport number: nine digits."""
    rng = rng or _SHARED
    return rng.choice("12") + _digits(rng, 8)


def driver_license(rng: random.Random | None = None) -> str:
    """Return a Danish driving licence number: eight digits."""
    rng = rng or _SHARED
    return rng.choice("123456789") + _digits(rng, 7)


def _mrz_check(field: str) -> str:
    # ICAO Doc 9303: weights 7 3 1, letters from A = 10, filler 0.
    values = (0 if sign == "<" else int(sign, 36) for sign in field)
    return str(sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10)


def mrz(
    rng: random.Random | None = None,
    *,
    form: MrzForm = "TD3",
    name: str | None = None,
    number: str | None = None,
) -> str:
    """Return the machine readable zone of a Danish travel document, lines joined by newlines.

    TD3 is a passport (two lines of 44), TD1 a card (three of 30), TD2 a larger card (two of 36).
    """
    rng = rng or _SHARED
    given, _, surname = ascii_of(name or _name(rng)).upper().rpartition(" ")
    holder = f"{surname}<<{given.replace(' ', '<')}".replace("-", "<")
    holder = "".join(sign for sign in holder if sign == "<" or sign in LETTERS)
    digits = (number or passport(rng)).upper().ljust(9, "<")
    born = date(1940, 1, 1) + timedelta(days=rng.randrange(27_000))
    expires = date(2027, 1, 1) + timedelta(days=rng.randrange(3_000))
    numbered = digits + _mrz_check(digits)
    birth = f"{born:%y%m%d}" + _mrz_check(f"{born:%y%m%d}")
    end = f"{expires:%y%m%d}" + _mrz_check(f"{expires:%y%m%d}")
    sex = rng.choice("MF")
    if form == "TD1":
        first = f"I<DNK{numbered}".ljust(30, "<")
        second = f"{birth}{sex}{end}DNK".ljust(29, "<")
        whole = first[5:30] + second[0:7] + second[8:15] + second[18:29]
        return f"{first}\n{second}{_mrz_check(whole)}\n{holder:<<30.30}"
    width, kind = (44, "P") if form == "TD3" else (36, "I")
    upper = f"{kind}<DNK{holder}".ljust(width, "<")[:width]
    optional = "<" * 14 + "0" if form == "TD3" else "<" * 7
    whole = numbered + birth + end + optional
    return f"{upper}\n{numbered}DNK{birth}{sex}{end}{optional}{_mrz_check(whole)}"


def health_card(rng: random.Random | None = None) -> str:
    """Return the number of a European health insurance card of Denmark, twenty digits."""
    return "80208" + _digits(rng or _SHARED, 15)


def ip(rng: random.Random | None = None, *, version: IpVersion = 4) -> str:
    """Return an IP address that is routed on the internet (not private, not reserved)."""
    rng = rng or _SHARED
    if version == 4:
        return str(IPv4Address((rng.randrange(80, 96) << 24) + rng.randrange(1 << 24)))
    return str(IPv6Address((0x2A02 << 112) + rng.randrange(1 << 112)))

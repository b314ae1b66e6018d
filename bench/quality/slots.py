"""Fill the slots of templates: values of people, numbers that are none, ordinary words.

A slot is written `⟦a.cpr bare⟧`: what of whom, and how it is written. `a` is a person of the
document, a capital one of the line. `!HEALTH a|b` plants one of these words, `~` marks one that is
right either way, `?place a|b` a hard negative.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from bench.quality.people import Person
from scanner.demo import danish, fake

MONTHS = (
    *("januar", "februar", "marts", "april", "maj", "juni"),
    *("juli", "august", "september", "oktober", "november", "december"),
)
DAYS = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"]
DASHES = {
    "bare": "",
    "space": " ",
    "wide": " - ",
    "endash": "\u2013",
    "nbhyphen": "\u2011",
    "nbsp": "\u00a0",
    "tail": "- ",
}
EITHER = "either"


@dataclass(frozen=True, slots=True)
class Piece:
    """What one slot became. `kind` is empty for ordinary words.

    `role`: planted, either (right to report and right not to), or none (a hard negative, whose
    `kind` says what it is). `value` is canonical.
    """

    text: str = field(repr=False)
    kind: str = ""
    role: str = ""
    value: str = field(default="", repr=False)


def planted(kind: str, text: str, value: str, role: str = "planted") -> Piece:
    return Piece(text, kind, role, value)


def none(why: str, text: str) -> Piece:
    return Piece(text, why, "none")


# What a person has.


def _cpr(person: Person, form: str, rng: random.Random) -> Piece:
    number = person.cpr
    if form == "number":
        return planted("DK_CPR", str(int(number)), number)
    if form == "replacement":
        number = fake.cpr(rng, born=person.born, replacement=True)
    elif form == "typo":  # fails modulus 11 on a date where none was issued so
        number = fake.cpr(rng, born=date(1971, 6, 1) + timedelta(rng.randrange(9000)))
        number = number[:9] + str((int(number[9]) + 1) % 10)
    between = DASHES.get(form, "-")
    return planted("DK_CPR", number[:6] + between + number[6:], number)


def _phone(person: Person, form: str, rng: random.Random) -> Piece:
    digits = person.phone
    pairs = " ".join(digits[at : at + 2] for at in (0, 2, 4, 6))
    text = {
        "": pairs,
        "bare": digits,
        "halves": f"{digits[:4]} {digits[4:]}",
        "dots": pairs.replace(" ", "."),
        "odd": f"{digits[:2]} {digits[2:5]} {digits[5:]}",
        "+45": f"+45 {pairs}",
        "+45bare": f"+45{digits}",
        "0045": f"0045 {digits}",
        "(+45)": f"(+45) {digits[:4]} {digits[4:]}",
        "45": f"45{digits}",
    }[form]
    return planted("PHONE_NUMBER", text, f"+45{digits}")


def _name(person: Person, form: str, rng: random.Random) -> Piece:
    given, surname = " ".join(person.given), person.surname
    text = {
        "": f"{given} {surname}",
        "short": f"{person.given[0]} {surname}",
        "reversed": f"{surname}, {given}",
        "caps": f"{given} {surname}".upper(),
        "capsreversed": f"{surname}, {given}".upper(),
        "lower": f"{given} {surname}".lower(),
        "initial": f"{given[0]}. {surname}",
        "genitive": f"{given} {surname}",
        "first": person.given[0],
        "last": surname,
        "given": given,
    }[form]
    if form in ("first", "last", "given"):  # where the rest stands beside it, all of it is right
        return planted("PERSON", text, f"{given} {surname}", EITHER)
    return planted("PERSON", text, text)


def _address(person: Person, form: str, rng: random.Random) -> Piece:
    code, town = person.town
    whole = f"{person.street}, {code} {town}"
    text = {
        "": whole,
        "lines": f"{person.street}\n{code} {town}",
        "street": person.street,
        "DK": f"{person.street}, DK-{code} {town}",
    }[form]
    return planted("DK_ADDRESS", text, whole)


def _account(person: Person, form: str, rng: random.Random) -> Piece:
    digits = person.account
    between = form or " "
    number = digits[4:].lstrip("0")
    if len(number) < 6:
        number = digits[4:]
    return planted("DK_BANK_ACCOUNT", digits[:4] + between.replace("_", " ") + number, digits)


def _iban(person: Person, form: str, rng: random.Random) -> Piece:
    country, grouped = form.replace("grouped", "").strip() or "DK", "grouped" in form
    text = fake.iban(rng, country=country, grouped=grouped)
    return planted("IBAN_CODE", text, text.replace(" ", ""))


def _card(person: Person, form: str, rng: random.Random) -> Piece:
    brand = rng.choice(("visa", "mastercard", "dankort", "amex"))
    text = fake.card(rng, brand=brand, grouped="bare" not in form)  # type: ignore[arg-type]
    if form == "hyphens":
        text = text.replace(" ", "-")
    return planted("CREDIT_CARD", text, "".join(filter(str.isdigit, text)))


def _passport(person: Person, form: str, rng: random.Random) -> Piece:
    text = fake.passport(rng)
    return planted("DK_PASSPORT", text, text)


def _license(person: Person, form: str, rng: random.Random) -> Piece:
    text = fake.driver_license(rng)
    return planted("DK_DRIVER_LICENSE", text, text)


def _mrz(person: Person, form: str, rng: random.Random) -> Piece:
    name = f"{' '.join(person.given)} {person.surname}".replace("'", "")
    text = fake.mrz(rng, form=form or "TD3", name=name)  # type: ignore[arg-type]
    return planted("PASSPORT_MRZ", text, text.replace("\n", ""))


def _born(person: Person, form: str, rng: random.Random) -> Piece:
    born = person.born
    text = {
        "": f"{born.day}. {MONTHS[born.month - 1]} {born.year}",
        "dashes": f"{born:%d-%m-%Y}",
        "short": f"{born:%d.%m.%y}",
        "iso": f"{born:%Y-%m-%d}",
    }[form]
    return planted("DATE_OF_BIRTH", text, f"{born:%Y-%m-%d}")


def _health_card(person: Person, form: str, rng: random.Random) -> Piece:
    digits = _digits(rng, 15)
    return planted("DK_HEALTH_CARD", f"80 208 {digits}", f"80208{digits}")


def _email(person: Person, form: str, rng: random.Random) -> Piece:
    text = person.email
    if form == "caps":
        text = text.upper()
    elif form == "firm":
        text = f"{text.partition('@')[0]}@nordhavn-teknik.example.com"
    return planted("EMAIL_ADDRESS", text, text.lower())


PERSONAL: dict[str, Callable[[Person, str, random.Random], Piece]] = {
    "cpr": _cpr,
    "phone": _phone,
    "name": _name,
    "address": _address,
    "account": _account,
    "iban": _iban,
    "card": _card,
    "passport": _passport,
    "license": _license,
    "mrz": _mrz,
    "email": _email,
    "born": _born,
    "healthcard": _health_card,
}


def of_person(person: Person, attribute: str, form: str, rng: random.Random) -> Piece:
    """Return an attribute of a person; those that are no finding of their own are words."""
    made = PERSONAL.get(attribute)
    if made is not None:
        return made(person, form, rng)
    text = {
        "initials": "".join(each[0] for each in (*person.given, person.surname)).upper(),
        "postal": person.town[0],
        "town": person.town[1],
        "reg": person.account[:4],
        "login": (person.given[0][:2] + person.surname[:3]).lower(),
    }[attribute]
    return Piece(text)


# What looks like a value and is none.


def _day(rng: random.Random) -> date:
    return date(2015, 1, 1) + timedelta(days=rng.randrange(4300))


def _digits(rng: random.Random, count: int) -> str:
    return str(rng.randrange(10 ** (count - 1), 10**count))


def _ean(rng: random.Random, start: str = "57") -> str:
    body = start + "".join(rng.choices("0123456789", k=12 - len(start)))
    total = sum(int(digit) * (1 + 2 * (at % 2)) for at, digit in enumerate(body))
    return body + str(-total % 10)


def _isbn(rng: random.Random) -> str:
    text = _ean(rng, "97887")
    return f"{text[:3]}-{text[3:5]}-{text[5:9]}-{text[9:12]}-{text[12]}"


def _grouped_cvr(rng: random.Random) -> str:
    digits = fake.cvr(rng)
    return " ".join(digits[at : at + 2] for at in (0, 2, 4, 6))


SHIPS = ("M/S Karen Brahe", "M/F Prinsesse Isabella", "MS Anna Sofie", "skonnerten Bonavista")
PRODUCTS = (
    "Georg Jensen vase",
    "Hans J. Wegner-stol",
    "Pia Wallén tøffel",
    "Ole Mathiesen ur",
    "Peter Beier æske",
    "Sofie Schnoor kjole",
)
FIRMS = (
    "Carl Ras A/S",
    "Jensen & Lund ApS",
    "Brødrene Dahl",
    "Niels Bukh Fonden",
    "Thomas Cook Biler",
    "Marie Jørgensens Skole",
    "Revisionsfirmaet Kaj Bech",
    "Holm Transport I/S",
    "Louis Poulsen Lighting",
    "Advokatfirmaet Winther & Bruun",
)
PLACES = (
    "H.C. Ørsted Parken",
    "Anders Lassens Vej",
    "Frederik Bajers Plads",
    "Christian Winthers Vej",
    "Ludvig Holbergs Plads",
    "Peter Bangs Vej",
    "Sankt Annæ Plads",
    "Christiansborg",
)
HEADINGS = (
    "Generelle Vilkår For Levering",
    "Ny Strategi For Salget",
    "Referat Fra Mødet",
    "Kvalitet Og Miljø",
    "Priser Gældende Fra Maj",
    "Bilag Til Årsrapporten",
)

NONE: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "order": ("order number", lambda rng: _digits(rng, rng.choice((6, 7, 8, 10)))),
    "invoice": ("invoice number", lambda rng: _digits(rng, rng.choice((5, 6, 8, 10)))),
    "dateserial": (
        "serial with a date",
        lambda rng: f"{_day(rng):%d%m%y}{rng.randrange(10**4):04}",
    ),
    "dateserial-": (
        "serial with a date",
        lambda rng: f"{_day(rng):%d%m%y}-{rng.randrange(10**4):04}",
    ),
    "stamp": (
        "time stamp",
        lambda rng: f"{_day(rng):%y%m%d}{rng.randrange(24):02}{rng.randrange(60):02}",
    ),
    "part": ("part number", lambda rng: f"{_digits(rng, 6)}-{_digits(rng, 4)}"),
    "part8": ("part number", lambda rng: _digits(rng, 8)),
    "sku": ("part number", lambda rng: f"{rng.choice('ABKLX')}{_digits(rng, 2)}-{_digits(rng, 5)}"),
    "case": ("case number", lambda rng: f"{_day(rng):%Y}-{_digits(rng, rng.choice((4, 6)))}"),
    "case10": ("case number", lambda rng: _digits(rng, 10)),
    "pnumber": ("P-number", fake.p_number),
    "cvr": ("CVR number", fake.cvr),
    "cvrpairs": ("CVR number", _grouped_cvr),
    "ean": ("EAN", _ean),
    "gln": ("EAN", lambda rng: _ean(rng, "579")),
    "isbn": ("ISBN", _isbn),
    "guid": ("GUID", lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4))),
    "track": ("tracking number", lambda rng: _digits(rng, rng.choice((10, 12, 14, 18)))),
    "trackdk": ("tracking number", lambda rng: f"RR{_digits(rng, 9)}DK"),
    "imei": ("device number", lambda rng: _digits(rng, 15)),
    "serial": ("serial number", lambda rng: _digits(rng, rng.choice((8, 9, 10, 16)))),
    "epoch": ("time stamp", lambda rng: str(1_400_000_000 + rng.randrange(400_000_000))),
    "epochms": ("time stamp", lambda rng: str(1_400_000_000_000 + rng.randrange(4 * 10**11))),
    "version": ("version", lambda rng: ".".join(_digits(rng, 1) for _ in range(4))),
    "bigversion": (
        "version",
        lambda rng: f"{rng.randrange(90, 130)}.0.{rng.randrange(9000)}.{rng.randrange(250)}",
    ),
    "retina": (
        "file name",
        lambda rng: rng.choice(("image@2x.png", "logo@3x.webp", "ikon@2x.jpg")),
    ),
    "package": (
        "package",
        lambda rng: rng.choice(("vue@3.4.21", "@types/node@20.1.0", "left-pad@1.3")),
    ),
    "meter": ("meter number", lambda rng: _digits(rng, rng.choice((8, 10, 18)))),
    "customer": ("customer number", lambda rng: _digits(rng, rng.choice((5, 6, 8)))),
    "sum": ("amount", lambda rng: f"{rng.randrange(20, 99)}.{_digits(rng, 3)}.{_digits(rng, 3)}"),
    "ship": ("ship", lambda rng: rng.choice(SHIPS)),
    "product": ("product", lambda rng: rng.choice(PRODUCTS)),
    "firm": ("company", lambda rng: rng.choice(FIRMS)),
    "place": ("place", lambda rng: rng.choice(PLACES)),
    "heading": ("heading", lambda rng: rng.choice(HEADINGS)),
    "pairs": ("measures", lambda rng: " ".join(_digits(rng, 2) for _ in range(4))),
    "hex": ("hexadecimal", lambda rng: f"{rng.getrandbits(64):016x}"),
    "blz": ("foreign number", lambda rng: f"{_day(rng):%y%m%d}-{_digits(rng, 4)}"),
}
"""Slot → what it is, and how it is made."""


def _amount(rng: random.Random) -> str:
    return f"{rng.randrange(1, 60)}.{rng.randrange(1000):03},{rng.choice(('00', '50', '25', '75'))}"


WORDS: dict[str, Callable[[random.Random], str]] = {
    "date": lambda rng: f"{_day(rng):%d.%m.%Y}",
    "isodate": lambda rng: f"{_day(rng):%Y-%m-%d}",
    "dashdate": lambda rng: f"{_day(rng):%d-%m-%Y}",
    "shortdate": lambda rng: f"{_day(rng):%d/%m-%y}",
    "longdate": lambda rng: f"{(day := _day(rng)).day}. {MONTHS[day.month - 1]} {day.year}",
    "compactdate": lambda rng: f"{_day(rng):%Y%m%d}",
    "time": lambda rng: f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}",
    "clock": lambda rng: f"{rng.randrange(7, 18)}.{rng.choice(('00', '15', '30', '45'))}",
    "month": lambda rng: rng.choice(MONTHS),
    "Month": lambda rng: rng.choice(MONTHS).capitalize(),
    "day": lambda rng: rng.choice(DAYS),
    "Day": lambda rng: rng.choice(DAYS).capitalize(),
    "amount": _amount,
    "town": lambda rng: rng.choice(danish.TOWNS)[1],
    "year": lambda rng: str(rng.randrange(2015, 2027)),
}


def free(name: str, form: str, rng: random.Random) -> Piece | None:
    """Return what a slot without a person becomes; None for a name that is no slot."""
    if name in NONE:
        why, make = NONE[name]
        return none(why, make(rng))
    if name in WORDS:
        return Piece(WORDS[name](rng))
    match name:
        case "digits":
            return Piece(_digits(rng, int(form)))
        case "int":
            low, high = map(int, form.split())
            return Piece(str(rng.randint(low, high)))
        case "pick":
            return Piece(rng.choice(form.split("|")))
        case "ip":
            text = fake.ip(rng)
            return planted("IP_ADDRESS", text, text)
        case "ip6":
            text = fake.ip(rng, version=6)
            return planted("IP_ADDRESS", text, text)
        case "inside":
            text = f"10.{rng.randrange(250)}.{rng.randrange(250)}.{rng.randrange(1, 250)}"
            return planted("IP_ADDRESS", text, text, EITHER)
        case "role":
            box = rng.choice(("info", "kontakt", "salg", "bogholderi", "noreply", "job"))
            text = f"{box}@{form or 'nordhavn-teknik.example.com'}"
            return planted("EMAIL_ADDRESS", text, text, EITHER)
        case "site":
            text = fake.address(rng)
            return planted("DK_ADDRESS", text, text, EITHER)
    return None

"""Say which kinds there are, what people call them, and the law's group of each."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from scanner.messages import LANGUAGES, words

PLANNED = {
    "HEALTH": "special",
    "RELIGION": "special",
    "POLITICS": "special",
    "UNION_MEMBERSHIP": "special",
    "ETHNICITY": "special",
    "SEXUALITY": "special",
    "CRIMINAL_RECORD": "criminal",
    "GENETIC": "special",
    "BIOMETRIC": "special",
    "MEDICAL_NOTE": "special",
    "CRIMINAL_CERTIFICATE": "criminal",
}
"""Kinds that an officer may expect; coverage names those that are not looked for."""

CALLED = {
    "cpr": "DK_CPR",
    "cprnr": "DK_CPR",
    "personnummer": "DK_CPR",
    "personnr": "DK_CPR",
    "email": "EMAIL_ADDRESS",
    "mail": "EMAIL_ADDRESS",
    "mailadresse": "EMAIL_ADDRESS",
    "emailadresse": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "telephone": "PHONE_NUMBER",
    "tel": "PHONE_NUMBER",
    "telefon": "PHONE_NUMBER",
    "tlf": "PHONE_NUMBER",
    "tlfnr": "PHONE_NUMBER",
    "telefonnr": "PHONE_NUMBER",
    "mobile": "PHONE_NUMBER",
    "mobil": "PHONE_NUMBER",
    "mobilnr": "PHONE_NUMBER",
    "mobilnummer": "PHONE_NUMBER",
    "iban": "IBAN_CODE",
    "ibannummer": "IBAN_CODE",
    "card": "CREDIT_CARD",
    "kort": "CREDIT_CARD",
    "kortnr": "CREDIT_CARD",
    "betalingskort": "CREDIT_CARD",
    "kreditkort": "CREDIT_CARD",
    "account": "DK_BANK_ACCOUNT",
    "konto": "DK_BANK_ACCOUNT",
    "kontonr": "DK_BANK_ACCOUNT",
    "kontonummer": "DK_BANK_ACCOUNT",
    "bankkontonummer": "DK_BANK_ACCOUNT",
    "mrz": "PASSPORT_MRZ",
    "passport": "DK_PASSPORT",
    "pas": "DK_PASSPORT",
    "pasnr": "DK_PASSPORT",
    "licence": "DK_DRIVER_LICENSE",
    "license": "DK_DRIVER_LICENSE",
    "kørekort": "DK_DRIVER_LICENSE",
    "kørekortnr": "DK_DRIVER_LICENSE",
    "ip": "IP_ADDRESS",
    "ipadresse": "IP_ADDRESS",
    "name": "PERSON",
    "navn": "PERSON",
    "address": "DK_ADDRESS",
    "adresse": "DK_ADDRESS",
    "table": "CUSTOMER_TABLE",
    "kundetabel": "CUSTOMER_TABLE",
    "birthday": "DATE_OF_BIRTH",
    "fødselsdag": "DATE_OF_BIRTH",
    "fødselsdato": "DATE_OF_BIRTH",
    "sygesikring": "DK_HEALTH_CARD",
}
"""What people call a kind, besides its own name and its words in the catalogues; see `plain`."""

PAPERS = ("CV", "PAYSLIP", "EMPLOYMENT_CONTRACT")

WEAK = frozenset(
    {"IP_ADDRESS", "PERSON", "DK_ADDRESS", "DATE_OF_BIRTH", "CUSTOMER_TABLE", *PAPERS}
) | {kind for kind, group in PLANNED.items() if group in ("special", "criminal")}
"""Kinds that many unrelated documents share: two of them alike are no copies."""


def built_in() -> dict[str, str]:
    """Return the kinds that Fodspor finds by itself, each with the law's group."""
    from detectors.catalogue import LEVELS

    return dict(LEVELS)


def plain(name: str) -> str:
    """Return a name of a kind without what people write differently: case, hyphens, blanks."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


@lru_cache(maxsize=1)
def called() -> dict[str, str]:
    """Return the kinds by each name that people use, as `plain` writes it, in both languages."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        held = words(language)
        found |= {plain(held.kind(kind)): kind for kind in (*PLANNED, *built_in())}
    return found | CALLED


def named(kind: str, known: Collection[str]) -> str:
    """Return the kind that somebody means. Raises ValueError naming the nearest ones.

    What was typed is not repeated: it may be a value.
    """
    typed = plain(kind)
    codes = {plain(code): code for code in known}
    names = {name: code for name, code in (called() | codes).items() if code in known}
    single = typed.replace("numre", "nummer").removesuffix("s")
    meant = codes.get(typed) or names.get(typed) or names.get(single)
    if meant:
        return meant
    near = dict.fromkeys(names[name] for name in difflib.get_close_matches(typed, names, 6, 0.6))
    listed = ", ".join(_as_typed(code) for code in list(near)[:3])
    if listed:
        raise ValueError(f"unknown kind; near it: {listed}")
    raise ValueError(f"unknown kind; known: {', '.join(map(_as_typed, sorted(known)))}")


def _as_typed(code: str) -> str:
    """Return a kind's own name with the shortest one that people use."""
    short = min((name for name, meant in CALLED.items() if meant == code), key=len, default="")
    return f"{code} ({short})" if short else code


def groups(custom: Mapping[str, str]) -> dict[str, str]:
    """Return the law's group of every kind; `custom` holds the config's own."""
    return {**PLANNED, **built_in(), **custom}


def not_looked_for(looked_for: Iterable[str]) -> list[str]:
    """Return the built-in and planned kinds that are not among those looked for."""
    return sorted({*PLANNED, *built_in()} - set(looked_for))

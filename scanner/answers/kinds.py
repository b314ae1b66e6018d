"""Say which kinds there are, what people call them, and the law's group of each."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping

PLANNED = {
    "PERSON": "ordinary",
    "HEALTH": "special",
    "RELIGION": "special",
    "POLITICS": "special",
    "UNION_MEMBERSHIP": "special",
    "ETHNICITY": "special",
    "SEXUALITY": "special",
    "CRIMINAL_RECORD": "criminal",
    "GENETIC": "special",
    "BIOMETRIC": "special",
}
"""Kinds that an officer may expect; coverage names those that are not looked for."""

CALLED = {
    "cpr": "DK_CPR",
    "personnummer": "DK_CPR",
    "email": "EMAIL_ADDRESS",
    "e-mail": "EMAIL_ADDRESS",
    "mail": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "telefon": "PHONE_NUMBER",
    "iban": "IBAN_CODE",
    "card": "CREDIT_CARD",
    "kort": "CREDIT_CARD",
    "account": "DK_BANK_ACCOUNT",
    "konto": "DK_BANK_ACCOUNT",
    "mrz": "PASSPORT_MRZ",
    "passport": "DK_PASSPORT",
    "pas": "DK_PASSPORT",
    "licence": "DK_DRIVER_LICENSE",
    "license": "DK_DRIVER_LICENSE",
    "kørekort": "DK_DRIVER_LICENSE",
    "ip": "IP_ADDRESS",
    "name": "PERSON",
    "navn": "PERSON",
    "address": "DK_ADDRESS",
    "adresse": "DK_ADDRESS",
    "birthday": "DATE_OF_BIRTH",
    "fødselsdag": "DATE_OF_BIRTH",
    "fødselsdato": "DATE_OF_BIRTH",
    "sygesikring": "DK_HEALTH_CARD",
}
"""What people call a kind, besides its own name."""

WEAK = frozenset({"IP_ADDRESS", "PERSON", "DK_ADDRESS", "DATE_OF_BIRTH"}) | {
    kind for kind, group in PLANNED.items() if group in ("special", "criminal")
}
"""Kinds that many unrelated documents share: two of them alike are no copies."""


def built_in() -> dict[str, str]:
    """Return the kinds that Fodspor finds by itself, each with the law's group."""
    from detectors.catalogue import LEVELS

    return dict(LEVELS)


def named(kind: str, known: Collection[str]) -> str:
    """Return the kind that somebody means. Raises ValueError naming the nearest ones."""
    text = kind.strip()
    meant = CALLED.get(text.lower(), text.upper().replace("-", "_"))
    if meant in known:
        return meant
    near = difflib.get_close_matches(meant, sorted(known), 3, 0.5)
    raise ValueError(
        f"unknown kind {kind!r}; "
        + (f"near it: {', '.join(near)}" if near else f"known: {', '.join(sorted(known))}")
    )


def groups(custom: Mapping[str, str]) -> dict[str, str]:
    """Return the law's group of every kind; `custom` holds the config's own."""
    return {**PLANNED, **built_in(), **custom}


def not_looked_for(looked_for: Iterable[str]) -> list[str]:
    """Return the built-in and planned kinds that are not among those looked for."""
    return sorted({*PLANNED, *built_in()} - set(looked_for))

"""Say what the columns of a customer export are, by their heads or as somebody says it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

NUMBER, CONSENT, PURPOSE = "number", "consent", "purpose"
CONSENTED, SOURCE, WITHDRAWN, DELETE_AFTER = "consented", "source", "withdrawn", "delete-after"
IGNORED = "ignore"
ROLES = (NUMBER, CONSENT, PURPOSE, CONSENTED, SOURCE, WITHDRAWN, DELETE_AFTER)
"""What a column can say of a customer, besides a value of some kind."""

_HEADS: Mapping[str, tuple[str, ...]] = {
    NUMBER: (
        "kundenr",
        "kundenummer",
        "kundeid",
        "kundeno",
        "customerno",
        "customernr",
        "customernumber",
        "customerid",
        "medlemsnr",
        "medlemsnummer",
        "debitornr",
        "debitornummer",
    ),
    "DK_CPR": ("cpr", "cprnr", "cprnummer", "cprno", "personnummer", "personnr"),
    "EMAIL_ADDRESS": ("email", "emailadresse", "emailaddress", "mail", "mailadresse", "epost"),
    "PHONE_NUMBER": (
        "telefon",
        "telefonnr",
        "telefonnummer",
        "tlf",
        "tlfnr",
        "mobil",
        "mobilnr",
        "mobilnummer",
        "mobiltelefon",
        "phone",
        "phonenumber",
        "mobile",
    ),
    "IBAN_CODE": ("iban", "ibannr", "ibannummer"),
    CONSENT: ("samtykke", "consent", "optin", "markedsforingssamtykke"),
    PURPOSE: ("formaal", "purpose", "samtykkeformaal"),
    CONSENTED: ("samtykkedato", "samtykkegivet", "consentdate", "consentgiven"),
    SOURCE: ("kilde", "samtykkekilde", "source", "consentsource"),
    WITHDRAWN: (
        "tilbagekaldt",
        "tilbagekaldtdato",
        "trukkettilbage",
        "frameldt",
        "afmeldt",
        "withdrawn",
        "optout",
        "unsubscribed",
    ),
    DELETE_AFTER: (
        "slettesefter",
        "slettefrist",
        "sletdato",
        "slettedato",
        "slettes",
        "deleteafter",
        "retentionuntil",
    ),
}
"""Heads as they are met, folded; the config's own kinds are known by their name and words."""
_FOLDED = str.maketrans({"æ": "ae", "ø": "o", "å": "aa", "é": "e"})
_OTHER = re.compile(r"[^a-z0-9]+")


class ColumnsWrong(Exception):
    """The columns of an export cannot be used: says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What each column of an export is, by its index: a role, a kind, or IGNORED."""

    heads: tuple[str, ...] = field(repr=False)
    roles: tuple[str, ...]

    def of(self, role: str) -> tuple[int, ...]:
        """Return the columns of a role or kind."""
        return tuple(index for index, each in enumerate(self.roles) if each == role)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds by which customers are known, in the order of their columns."""
        others = {*ROLES, IGNORED}
        return tuple(dict.fromkeys(role for role in self.roles if role not in others))


def folded(head: str) -> str:
    """Return a head without case, blanks, marks and Danish letters: "Kunde-nr." is "kundenr"."""
    return _OTHER.sub("", head.casefold().translate(_FOLDED))


def columns_of(
    heads: Sequence[str],
    custom: Mapping[str, Sequence[str]],
    said: Mapping[str, str],
    kinds: Collection[str],
) -> Columns:
    """Return what the columns are. `said` maps heads to roles or kinds and wins.

    `custom` holds the config's own kinds with their words, `kinds` every kind that can be looked
    for. Raises ColumnsWrong for a head or role that does not exist, a role that two columns
    claim, and when no column holds a value to know a customer by.
    """
    by_head = {head: role for role, known in _HEADS.items() for head in known}
    for kind, words in custom.items():
        by_head |= {folded(word): kind for word in (kind, *words) if folded(word)}
    roles = [by_head.get(folded(head), IGNORED) for head in heads]
    for head, role in said.items():
        places = [index for index, each in enumerate(heads) if folded(each) == folded(head)]
        if not places:
            raise ColumnsWrong(f"no column is headed as --column {len(said)} says; see --dry-run")
        for index in places:
            roles[index] = role_named(role, kinds)
    for role in ROLES:
        claimed = [index for index, each in enumerate(roles) if each == role]
        if len(claimed) > 1:
            raise ColumnsWrong(
                f"{len(claimed)} columns claim to be the {role}; say which is with --column"
            )
    columns = Columns(tuple(heads), tuple(roles))
    unknown = [kind for kind in columns.kinds if kind not in kinds]
    if unknown:
        raise ColumnsWrong(f"{unknown[0]} is not among the kinds that [detect] kinds looks for")
    if not columns.kinds:
        raise ColumnsWrong(
            "no column holds a value to know a customer by (CPR number, e-mail, phone …); "
            "say which does: --column HEAD=cpr"
        )
    return columns


def role_named(written: str, kinds: Collection[str]) -> str:
    """Return the role or kind that somebody means. Raises ColumnsWrong naming what there is."""
    from scanner.answers.kinds import named

    text = written.strip().lower()
    if text in (*ROLES, IGNORED):
        return text
    near = difflib.get_close_matches(text, (*ROLES, IGNORED), 1, 0.6)
    if near:
        raise ColumnsWrong(f"a column cannot be that; did you mean {near[0]}?")
    try:
        return named(written, kinds)
    except ValueError as error:
        roles = ", ".join((*ROLES, IGNORED))
        raise ColumnsWrong(f"a column can be {roles}, or a kind: {error}") from None

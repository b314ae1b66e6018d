"""Which detectors there are: the built-in ones by hand, then those of other packages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from typing import Literal

from detectors import Detector
from detectors.birth_date import BIRTH_DATE
from detectors.contact import EMAIL_EVIDENCE, PHONE_EVIDENCE, Email, Phone
from detectors.cpr import WEIGHTS as CPR_WEIGHTS
from detectors.cpr import Cpr
from detectors.customer_table import WEIGHTS as TABLE_WEIGHTS
from detectors.customer_table import CustomerTable
from detectors.danish_address import WEIGHTS as ADDRESS_WEIGHTS
from detectors.danish_address import Address
from detectors.denmark import ACCOUNT, HEALTH_CARD, LICENSE, PASSPORT
from detectors.denmark import WEIGHTS as WORDED_WEIGHTS
from detectors.ip_address import IP_EVIDENCE, Ip
from detectors.mrz import Mrz
from detectors.names.person import WEIGHTS as NAME_WEIGHTS
from detectors.names.person import Person
from detectors.papers import WEIGHTS as PAPER_WEIGHTS
from detectors.papers import Papers
from detectors.special import WEIGHTS as SPECIAL_WEIGHTS
from detectors.world import CARD_EVIDENCE, IBAN_EVIDENCE, Card, Iban

ENTRY_POINTS = "fodspor.detectors"
"""Each names a Detector, or something that returns one or several when called."""

Group = Literal["ordinary", "confidential", "special", "criminal"]

LEVELS: dict[str, Group] = {
    "DK_CPR": "confidential",
    "EMAIL_ADDRESS": "ordinary",
    "PHONE_NUMBER": "ordinary",
    "IBAN_CODE": "confidential",
    "CREDIT_CARD": "confidential",
    "IP_ADDRESS": "ordinary",
    "DK_BANK_ACCOUNT": "confidential",
    "DK_PASSPORT": "confidential",
    "DK_DRIVER_LICENSE": "confidential",
    "PASSPORT_MRZ": "confidential",
    "DK_ADDRESS": "ordinary",
    "DATE_OF_BIRTH": "ordinary",
    "DK_HEALTH_CARD": "confidential",
    "CUSTOMER_TABLE": "ordinary",
    "PERSON": "ordinary",
    "CV": "ordinary",
    "PAYSLIP": "ordinary",
    "EMPLOYMENT_CONTRACT": "ordinary",
}
"""The law's group of each built-in kind: almindelig, fortrolig, følsom (Art. 9), strafbart (10).
A kind that is not here (from a configuration, presidio or another package) counts as ordinary."""

SPECIAL_LEVELS: dict[str, Group] = {
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
"""Of the kinds of `detectors.special`, which a scan looks for where the configuration says so."""

PAPER_LEVELS: dict[str, Group] = {"MEDICAL_NOTE": "special", "CRIMINAL_CERTIFICATE": "criminal"}
"""Of the papers that are looked for together with the special category that they are of."""

BUILT_IN: tuple[Detector, ...] = (
    Cpr(),
    Email(),
    Phone(),
    Iban(),
    Card(),
    Ip(),
    ACCOUNT,
    PASSPORT,
    LICENSE,
    Mrz(),
    Address(),
    BIRTH_DATE,
    HEALTH_CARD,
    CustomerTable(),
    Person(),
    Papers(),
)

EVIDENCE: tuple[str, ...] = tuple(
    sorted(
        {
            *CPR_WEIGHTS,
            *EMAIL_EVIDENCE.weights,
            *PHONE_EVIDENCE.weights,
            *IBAN_EVIDENCE.weights,
            *CARD_EVIDENCE.weights,
            *IP_EVIDENCE.weights,
            *WORDED_WEIGHTS,
            *ADDRESS_WEIGHTS,
            *TABLE_WEIGHTS,
            *SPECIAL_WEIGHTS,
            *PAPER_WEIGHTS,
            "form",
            "check-digits",
            *NAME_WEIGHTS,
        }
    )
)
"""Every evidence code of the built-in detectors, without parameters. The message catalogue has
words for each."""


@cache
def all_detectors() -> tuple[Detector, ...]:
    """Return the built-in detectors and those of entry points, in that order, once a process.

    What an entry point raises is not caught: a detector that is missing must not look like
    nothing found. Raises TypeError naming the entry point for what is no detector.
    """
    found = list(BUILT_IN)
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda each: each.name):
        found += _loaded(point.name, point.load())
    return tuple(found)


def _loaded(name: str, thing: object) -> Iterable[Detector]:
    if callable(thing) and not _is_detector(thing):
        thing = thing()
    several = thing if isinstance(thing, (list, tuple)) else (thing,)
    for each in several:
        if not _is_detector(each):
            raise TypeError(f"entry point {name} of {ENTRY_POINTS} gives no detector")
        yield each


def _is_detector(thing: object) -> bool:
    return not isinstance(thing, type) and isinstance(thing, Detector)


def kinds_of(detectors: Iterable[Detector] | None = None) -> tuple[str, ...]:
    """Return the kinds of `detectors` (all there are, if None), each once, in order."""
    chosen = all_detectors() if detectors is None else detectors
    return tuple(dict.fromkeys(kind for each in chosen for kind in each.kinds))


def select(kinds: Sequence[str] | None = None) -> tuple[Detector, ...]:
    """Return the detectors of `kinds`, or all. Raises ValueError naming an unknown kind."""
    found = all_detectors()
    if kinds is None:
        return found
    known = kinds_of(found)
    for kind in kinds:
        if kind not in known:
            near = get_close_matches(kind.upper(), known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"unknown kind {kind}{hint} (known: {', '.join(known)})")
    return tuple(each for each in found if not set(kinds).isdisjoint(each.kinds))

"""National identifiers of other countries: a form, the check of python-stdnum, and words near it.

Off unless a configuration names them. A number without one of its words is a maybe at most.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from detectors.pattern import Pattern

CHECK_WEIGHT = 0.2
SELDOM, OFTEN = 0.45, 0.35
"""Confidence without a word: of one random number in a hundred or fewer with its form that passes
its check, a maybe; of more, or of CPR numbers that look alike, nothing."""
DIGITS = r"(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"


@dataclass(frozen=True, slots=True)
class Stdnum:
    """Checks and compacts a number by a module of python-stdnum, such as "no.fodselsnummer".

    `release` is the package's version: another one may accept other numbers.
    """

    module: str
    release: str

    def _module(self) -> Any:
        return import_module(f"stdnum.{self.module}")

    def __call__(self, value: str) -> bool:
        return bool(self._module().is_valid(value))


@dataclass(frozen=True, slots=True)
class Compact:
    """The canonical form: upper case without separators, as python-stdnum has it."""

    module: str

    def __call__(self, value: str) -> str:
        module: Any = import_module(f"stdnum.{self.module}")
        compact = str(module.compact(value))  # its ValueError says: none of these
        if self.module == "se.personnummer" and module.is_valid(compact):  # with century or without
            return f"{module.get_birth_date(compact).year // 100}{compact[-11:-5]}{compact[-4:]}"
        return compact


@dataclass(frozen=True, slots=True)
class Foreign:
    """One kind: its module of python-stdnum, its form, its words, and what it is worth alone."""

    module: str
    form: str
    words: tuple[str, ...]
    alone: float = SELDOM
    against: tuple[str, ...] = field(default=())


_NOT_DANISH = ("cpr", "cprnr", "telefon", "tlf", "konto", "faktura", "ordre")

KINDS: dict[str, Foreign] = {
    "AT_SVNR": Foreign(
        "at.vnr",
        r"[1-9][0-9]{3} ?[0-9]{6}",
        ("svnr", "sozialversicherungsnummer", "sv-nr", "versicherungsnummer"),
        OFTEN,
        _NOT_DANISH,
    ),
    "BE_NN": Foreign(
        "be.nn",
        r"[0-9]{2}\.?[0-9]{2}\.?[0-9]{2}[- ]?[0-9]{3}[. ]?[0-9]{2}",
        ("rijksregisternummer", "registre national", "numéro national", "insz", "niss"),
    ),
    "BG_EGN": Foreign("bg.egn", r"[0-9]{10}", ("egn", "егн"), OFTEN, _NOT_DANISH),
    "CH_AHV": Foreign(
        "ch.ssn",
        r"756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}",
        ("ahv", "avs", "ahv-nr", "sozialversicherungsnummer"),
    ),
    "CZ_RC": Foreign(
        "cz.rc", r"[0-9]{6}/?[0-9]{4}", ("rodné číslo", "rodne cislo", "r.č."), OFTEN, _NOT_DANISH
    ),
    "DE_STEUER_ID": Foreign(
        "de.idnr",
        r"[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
        ("steuer-id", "steueridentifikationsnummer", "steuer-idnr", "idnr", "steuerliche idnr"),
        OFTEN,
    ),
    "EE_IK": Foreign("ee.ik", r"[1-8][0-9]{10}", ("isikukood", "personal code")),
    "ES_DNI": Foreign("es.dni", r"[0-9]{8}[- ]?[A-Za-z]", ("dni", "nif"), OFTEN),
    "ES_NIE": Foreign("es.nie", r"[XYZxyz][- ]?[0-9]{7}[- ]?[A-Za-z]", ("nie",), OFTEN),
    "FI_HETU": Foreign(
        "fi.hetu",
        r"[0-3][0-9][01][0-9][0-9]{2}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]",
        ("hetu", "henkilötunnus", "personbeteckning", "personal identity code"),
        OFTEN,
        _NOT_DANISH,
    ),
    "FR_NIR": Foreign(
        "fr.nir",
        r"[1-478] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
        ("nir", "sécurité sociale", "numéro de sécu", "insee"),
    ),
    "GB_NHS": Foreign("gb.nhs", r"[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{4}", ("nhs",), OFTEN),
    "HR_OIB": Foreign("hr.oib", r"[0-9]{11}", ("oib",), OFTEN),
    "IE_PPS": Foreign("ie.pps", r"[0-9]{7}[A-Wa-w][A-Ia-iWw]?", ("pps", "ppsn"), OFTEN),
    "IS_KENNITALA": Foreign(
        "is_.kennitala", r"[0-9]{6}-?[0-9]{4}", ("kennitala", "kt"), OFTEN, _NOT_DANISH
    ),
    "IT_CODICE_FISCALE": Foreign(
        "it.codicefiscale",
        r"[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]",
        ("codice fiscale", "cod. fisc", "c.f."),
    ),
    "LT_ASMENS_KODAS": Foreign("lt.asmens", r"[1-9][0-9]{10}", ("asmens kodas",)),
    "NL_BSN": Foreign(
        "nl.bsn", r"[0-9]{9}", ("bsn", "burgerservicenummer", "sofinummer"), OFTEN, _NOT_DANISH
    ),
    "NO_FODSELSNUMMER": Foreign(
        "no.fodselsnummer",
        r"[0-7][0-9]{5}[ -]?[0-9]{5}",
        ("fødselsnummer", "fodselsnummer", "fnr", "fødselsnr", "personnummer", "d-nummer"),
    ),
    "PL_PESEL": Foreign("pl.pesel", r"[0-9]{11}", ("pesel",)),
    "PT_NIF": Foreign("pt.nif", r"[1-9][0-9]{8}", ("contribuinte", "nif"), OFTEN, _NOT_DANISH),
    "RO_CNP": Foreign("ro.cnp", r"[1-9][0-9]{12}", ("cnp", "cod numeric personal")),
    "SE_PERSONNUMMER": Foreign(
        "se.personnummer",
        r"(?:19|20)?[0-9]{2}[01][0-9][0-9]{2}[-+ ]?[0-9]{4}",
        ("personnummer", "personnr", "pnr", "samordningsnummer", "svensk personnummer"),
        OFTEN,
        _NOT_DANISH,
    ),
    "TR_KIMLIK": Foreign(
        "tr.tckimlik", r"[1-9][0-9]{10}", ("kimlik", "t.c. kimlik", "tckn", "tc no"), OFTEN
    ),
    "US_SSN": Foreign(
        "us.ssn", r"[0-9]{3}-[0-9]{2}-[0-9]{4}", ("ssn", "social security"), OFTEN, _NOT_DANISH
    ),
}
"""By kind. The modules are those of python-stdnum 2; its documentation cites each source."""


def foreign(kind: str) -> Pattern:
    """Return the detector of one of KINDS. Raises ValueError saying what to install."""
    given = KINDS[kind]
    try:
        release = version("python-stdnum")
    except PackageNotFoundError:
        raise ValueError(
            f"[detect] foreign {kind} needs python-stdnum; install the extra fodspor[foreign]"
        ) from None
    return Pattern(
        kind=kind,
        regex=DIGITS.format(given.form),
        check=Stdnum(given.module, release),
        normalise=Compact(given.module),
        words=given.words,
        against=given.against,
        weight=given.alone - CHECK_WEIGHT,
        check_weight=CHECK_WEIGHT,
    )

"""Words that say that a name stands behind them or below them, and what is no person's name."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PEOPLE = _words(
    """
    fornavn fornavne mellemnavn efternavn etternavn förnamn efternamn medarbejder
    medarbejdernavn medarbejdere ansat ansatte ansattes patient patientnavn elev elevnavn elever
    borger borgernavn kursist deltager deltagernavn deltagere pårørende barn barnets ægtefælle
    samlever lejer lejernavn ansøger ansøgernavn kontaktperson kontakt sagsbehandler sagsbeh
    medlem medlemsnavn medlemmer gæst gæstenavn passager chauffør sælger leder ansvarlig
    firstname lastname surname givenname middlename employee employeename contactperson
    contactname person personnavn fulde forældre
    forælder medarbejderens patientens elevens borgerens
    ansøgerens deltagerens lejerens barnets kunderådgiver behandler læge værge mor far referent
    formand studerende lærer pædagog forname anstalld anställd kontaktnavn fuldenavn attention
    att underskriver
    """
)
"""Heads of columns and labels that are about persons only, in lower case, letters alone."""
NAMES = _words(
    """navn navne name names namn kunde kundenavn kunder customer customername client klient
    fullname fuldt full displayname visningsnavn modtager afsender recipient sender kontohaver
    ejer
    owner author forfatter debitor debitornavn kortholder cardholder indehaver rekvirent"""
)
"""Heads and labels that are about persons, firms or things."""
FIRST = _words("fornavn fornavne förnamn firstname givenname forname")
LAST = _words("efternavn etternavn efternamn lastname surname familyname")

_LETTERS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])")
_NO_PERSON_HEADS = re.compile(
    r"\b(?:fil|file|vare|varens|produkt|product|projekt|project|bruger|user|system|domæne|domain|"
    r"host|virksomheds?|firma|company|by|vej|gade|afdelings?|køre|skole|land|event|tabel|table|"
    r"id|nr|nummer|nummeret|number|no|type|gruppe|antal|email|e|mail|mailadresse|tlf|telefon|adresse|"
    r"address|dato|date|cpr|cvr|status|kode|code|alder|kategori)\b"
)

COMPANY = re.compile(
    r"(?<!\w)(?:a/s|aps|i/s|k/s|p/s|ivs|amba|a\.m\.b\.a\.?|smba|fmba|ltd\.?|gmbh|inc\.?|llc|plc|"
    r"ab|as|oy|bv|holding|group|kommune|forening|foreningen|fonden|skole|skolen|boligforening|"
    r"afdeling|afdelingen|region|ministeriet|styrelsen|klub|klinik|hotel|restaurant|bank|kredit|"
    r"forsikring|consult|invest|service|teknik|transport|biler|auto|vvs|byg|entreprise|ejendomme|"
    r"lighting|trading|eftf\.?|gruppen|apotek|boghandel|legat|stiftelse|museum|bibliotek|solutions|"
    r"kundeservice|bogholderi|bogholderiet|reception|receptionen|teamet|team|support)(?!\w)|[&+@]",
    re.IGNORECASE,
)
COMPANY_BEFORE = re.compile(r"(?:firmaet|selskabet|brødrene|fonden|m/s|m/f)[  ]\Z", re.IGNORECASE)
"""Ends right in front of a name that is a company's or a ship's."""
_COMPANY_WORDS = (
    r"(?<!\w)(?:a/s|aps|i/s|k/s|p/s|ivs|amba|ltd\.?|gmbh|inc\.?|llc|holding|group|fonden|eftf\.?|skole"
    r"|biler|transport|lighting|trading|auto|vvs|byg|teknik|consult|apotek|boghandel|legat|brødrene|\w*firmaet)"
    r"(?!\w)"
)
_COMPANY_NAME = re.compile(_COMPANY_WORDS, re.IGNORECASE)
_CELL = re.compile(
    r"[^\W\d_](?:[^\W\d_]|['’.-](?=[^\W\d_ ,]|$|[ ,]))*(?:,?[  ]{1,2}[^\W\d_]"
    r"(?:[^\W\d_]|['’.-](?=[^\W\d_ ,]|$|[ ,]))*){0,6}\.?"
)
CELL_CHARACTERS = 70


def meaning(head: str) -> str:
    """Say what a column's head, key or label is about: `person`, `name`, `first`, `last` or "".

    `name` may be a person, a firm or a thing.
    """
    low = _CAMEL.sub(" ", head[:80]).lower().replace("_", " ").strip(" \"'.:*")
    parts = _LETTERS.findall(low)
    if not parts or len(parts) > 5:
        return ""
    whole = "".join(parts)
    if whole in FIRST:
        return "first"
    if whole in LAST:
        return "last"
    if _NO_PERSON_HEADS.search(low):
        return ""
    if whole in PEOPLE or any(part in PEOPLE for part in parts):
        return "person"
    if whole in NAMES or any(part in NAMES for part in parts):
        return "name"
    return ""


def is_name(cell: str) -> bool:
    """Whether a cell below such a head has the form of a person's name."""
    if len(cell) > CELL_CHARACTERS or _CELL.fullmatch(cell) is None:
        return False
    if cell[:1].isupper() and _TAIL.search(cell) is not None:
        return False
    return COMPANY.search(cell) is None and cell.lower() not in _NO_NAMES


_TAIL = re.compile(r" [a-zæøå][a-zæøå]+\Z")
"""A last word without a capital, behind one with: a vase by Georg Jensen."""


_NO_NAMES = _words(
    """ja nej ok yes no na n/a ukendt ingen aktiv inaktiv test total sum i alt ialt dato navn null
    none nan afventer lukket åben vakant ubesat diverse andet andre alle fælles intern ekstern sand
    falsk true false privat erhverv mr mrs hr fru se ovenfor samme"""
)


def is_company(text: str, start: int, end: int) -> bool:
    """Whether a name in text[start:end] is a company's: by its own words or those that touch it."""
    return (
        _COMPANY_NAME.search(text, start, end) is not None
        or (text[end : end + 1] in (" ", "\xa0") and _COMPANY_NAME.match(text, end + 1) is not None)
        or COMPANY_BEFORE.search(text, max(0, start - 12), start) is not None
    )

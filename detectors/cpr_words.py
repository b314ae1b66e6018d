"""The words that speak for and against a CPR number near them. A list, in lower case."""

from __future__ import annotations

from detectors.vocabulary import Vocabulary, whole

_LABEL = (
    r"cpr(?!int)",
    r"cp[-. ]?n(?:r|ummer)",
    r"person[-_. ]{0,2}(?:nr|nummer|numre|no\b|register)",
    r"pers[-_. ]{0,2}n(?:r|ummer)",
    r"f(?:ø|oe)dselsn(?:r|ummer)",
    r"civil[-_ ]?regist",
    r"personal[-_ ]?id",
    r"national[-_ ]?id",
    r"sygesikrings(?:n|kort|bevis)",
    r"sundhedskort",
)
_PERSON = (
    r"f(?:ø|oe)dt",
    r"f(?:ø|oe)dsel",
    r"birth",
    r"borger",
    r"patient",
    r"sygesikring",
    r"ægtefælle",
    r"social[-_ ]?security",
    *whole(r"ssn"),
    r"person[-_ ]?id",
    *whole(r"person(?:en|er|erne)?(?![a-zæøå])"),
    r"medarbejder(?!n)",
    *whole(r"ansat"),
    r"pårørende",
    r"afdøde",
    r"arving",
    *whole(r"barn(?:et)?(?![a-zæøå])"),
)
# These also count as the tail of a compound: salgsordre, bankkonto.
_COMPOUND = (
    r"ordre",
    r"faktura",
    r"bilag",
    r"varen(?:r|ummer)",
    r"serien(?:r|ummer)",
    r"sags[-. ]?(?:n(?:r|ummer)|id)",
    r"journaln",
    r"konton(?:r|u)",
    r"bankkonto",
    r"telefon",
    r"invoice",
    r"timestamp",
    r"usnc",
    r"løbenr",
)
_ALONE = (
    r"order",
    r"p[-. ]?n(?:r\b|r\.|ummer)",
    r"tlf",
    r"mobil",
    r"phone",
    r"fax\b",
    r"konto\b",
    r"account",
    r"acct",
    r"ean\b",
    r"gln\b",
    r"cvr",
    r"se[-. ]?nr",
    r"epoch",
    r"guid",
    r"uuid",
    r"isbn",
    r"issn",
    r"serial",
    r"batch",
    r"lot[-. ]{0,2}(?:nr|num|no\b)",
    r"part[-. ]{0,2}(?:nr|num|no\b)",
    r"item",
    r"sku\b",
    r"artikel",
    r"article",
    r"produ[ck]t",
    r"version",
    r"track(?:ing)?\b",
    r"imei",
    r"dhk:tx",
    r"test report",
    r"protocol no",
    r"tullstatist",
)
_CUSTOMER = (r"kunde", r"customer", r"medlem", r"member", r"client", r"klient")

WORDS = Vocabulary(
    label=_LABEL, person=_PERSON, compound=_COMPOUND, alone=_ALONE, customer=_CUSTOMER
)

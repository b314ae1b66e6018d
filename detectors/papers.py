"""Tell documents that are a kind by themselves: CVs, payslips, contracts, certificates, notes.

A heading, the parts that such a paper has, and somebody whom it is about; all three are needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from detectors import Match, Shape, Table

_AMOUNT = re.compile(r"[^\n0-9]{0,40}[0-9]")
_HEADING = r"\n[ \t]{0,3}(?:§ ?)?(?:[0-9]{1,2}[.)]?[ \t]{0,4})?"
_BORDER = r"[ \t]{0,4}(?=[:\n\t–-])"


class Paper(NamedTuple):
    """What a paper is told by. `titles` head it; `parts` are its sections or filled fields.

    `least` parts are needed; with `untitled` of them no title. `owners` are the kinds of which one
    must stand in it, `contacts` kinds that will do where `owners` is empty.
    """

    titles: str
    parts: tuple[str, ...]
    least: int
    untitled: int
    owners: tuple[str, ...]


_ID = ("DK_CPR", "DATE_OF_BIRTH", "DK_PASSPORT")
_CONTACTS = ("EMAIL_ADDRESS", "PHONE_NUMBER", "DK_ADDRESS", *_ID)


def _sections(text: str) -> tuple[str, ...]:
    return tuple(rf"{_HEADING}(?:{line.strip()}){_BORDER}" for line in text.strip().splitlines())


def _fields(text: str) -> tuple[str, ...]:
    return tuple(rf"\b(?:{line.strip()})\b" for line in text.strip().splitlines())


PAPERS = {
    "CV": Paper(
        r"\bcurriculum vitae\b|\bCV\b|\bresum[eé]\b",
        _sections("""
            (?:erhvervs|job|arbejds)?erfaring|ansættelser|employment history|work experience
            uddannelser?|education
            sprog(?:kundskaber)?|languages
            (?:faglige |personlige |it-)?kompetencer|it-kundskaber|skills
            kurser(?: og certifikater)?
            referencer
            fritids?(?:interesser)?|interesser
            profil|personlig profil
        """),
        3,
        99,
        _CONTACTS,
    ),
    "PAYSLIP": Paper(
        r"\blønsed(?:del|ler)\b|\blønspecifikation\b|\blønafregning\b|\bpayslips?\b|\bpay slip\b",
        _fields("""
            a-skat
            am-bidrag|arbejdsmarkedsbidrag
            atp(?:-bidrag)?
            til udbetaling|nettoløn|udbetales|net pay
            bruttoløn|grundløn|månedsløn|gross pay|basic pay
            feriepenge|ferieberettiget løn|holiday pay
            trækprocent|skattefradrag|fradrag
            pension(?:sbidrag)?
            lønperiode|pay period
        """),
        2,
        5,
        (*_ID, "DK_BANK_ACCOUNT"),
    ),
    "EMPLOYMENT_CONTRACT": Paper(
        r"\bansættelseskontrakt\b|\bansættelsesaftale\b|\bansættelsesbevis\b"
        r"|\bemployment (?:contract|agreement)\b|\bcontract of employment\b",
        (
            *_sections("""
                tiltrædelse|start date|commencement
                arbejdstid|working hours
                løn(?: og pension)?|lønkonto|salary|remuneration
                opsigelse(?:svarsel)?|termination|notice
                ferie|holidays?
                prøvetid|probation(?:ary period)?
                arbejdssted|place of work
                pension
                tavshedspligt|confidentiality
            """),
            r"\bfunktionærloven(?:s)?\b",
            r"\barbejdstid(?:en)? (?:er|udgør)\b|\btimer (?:pr\.|om) uge|\bper week\b",
            r"\btiltræde(?:r|s)?\b|\bansættes (?:som|pr\.|fra|i)\b",
            r"\bmånedsløn(?:nen)?\b|\blønnen (?:er|udgør)\b|\bårsløn(?:nen)?\b",
            r"\bopsigelsesvars(?:el|ler)\b|\bopsigelse (?:sker|skal)\b",
            r"\bprøvetid(?:en)? (?:er|på)\b|\bmåneders prøvetid\b",
            r"\bferieloven(?:s)?\b",
        ),
        3,
        99,
        _CONTACTS,
    ),
    "CRIMINAL_CERTIFICATE": Paper(
        r"\bstraffeattest(?:en)?\b|\bbørneattest(?:en)?\b|\bcriminal record certificate\b",
        (
            r"\bkriminalregistret\b|\bkriminalregisteret\b|\brigspolitiet\b|\bnational police\b",
            r"\bingen (?:oplysninger|afgørelser|domme)\b|\bikke registreret\b|\bno convictions\b"
            r"|\bpletfri\b|\b(?:er|blev) (?:idømt|dømt|straffet)\b",
            r"\budstedt (?:den|d\.|til)\b|\bissued (?:on|to)\b|\budskrevet\b",
        ),
        2,
        99,
        _ID,
    ),
    "MEDICAL_NOTE": Paper(
        r"\blægeerklæring(?:en)?\b|\bmulighedserklæring(?:en)?\b|\bjournalnotat\b|\bepikrise\b"
        r"|\bpatientjournal\b|\bfriattest\b|\budskrivningsbrev\b|\bmedical (?:certificate|note)\b",
        _sections("""
            (?:aktions)?diagnoser?|diagnosis
            anamnese|sygehistorie|history
            objektivt|objektiv undersøgelse|examination
            konklusion|vurdering|assessment
            behandling(?:splan)?|plan|treatment
            medicin|medicinering|medication
            patient(?:en)?|patientens navn
            kontaktårsag|indlæggelse|funktionsnedsættelser?
        """),
        2,
        99,
        _ID,
    ),
}
USUAL = ("CV", "PAYSLIP", "EMPLOYMENT_CONTRACT")
"""Papers that are looked for as other kinds are; the others are signs of special categories."""
SPECIAL = {"MEDICAL_NOTE": "HEALTH", "CRIMINAL_CERTIFICATE": "CRIMINAL_RECORD"}
"""Of which special category the other papers are."""

_GUIDE = (
    r"\b(?:sådan|hvordan) (?:skriver|laver|læser|forstår|udfylder|får|bestiller|søger) (?:du|man)\b"
    r"|\bgode råd\b|\bskabelon\b|\bhow to (?:write|read)\b|\btips til\b|\bprisliste\b"
    r"|\bprice list\b"
    r"|\blæs (?:også|mere)\b|\btypiske fejl\b|\bdit cv\b|\bdin lønseddel\b|\byour (?:cv|payslip)\b"
)
_BLANK = r"\[(?:navn|dato|beløb|cpr)|[a-zæøå.:] _{6}|(?<![.])[.]{12}"

# Hundredths.
WEIGHTS = {
    "titled": 30,
    "parts": 8,  # for each, up to SIX
    "owner": 20,  # a CPR number, birth date or account of the one whom it is about
    "contact": 10,  # in place of it, a mail address, phone or street address
    "guide": -40,  # it tells how to write or read one, or what it costs
    "blank": -40,  # its fields are empty: a form
}
SIX = 6
HIGHEST = 95
_CUE = 0.05
_TITLE_CHARACTERS = 60


_NAMES = ("guide", "blank", "titled")


def _cues(kind: str) -> tuple[str, ...]:
    """Return the expressions of a paper: those of _NAMES, then its parts."""
    return (_GUIDE, _BLANK, PAPERS[kind].titles, *PAPERS[kind].parts)


@dataclass(frozen=True)
class Papers:
    """The detector of some of PAPERS. In text it finds cues; `judge` adds them up."""

    chosen: tuple[str, ...] = USUAL

    @property
    def name(self) -> str:
        return "papers:" + ",".join(self.chosen)

    @property
    def version(self) -> str:
        return "2"

    @property
    def kinds(self) -> tuple[str, ...]:
        return self.chosen

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (Shape("|".join(cue for kind in self.chosen for cue in _cues(kind)), re.IGNORECASE),)

    @cached_property
    def _searches(self) -> dict[str, re.Pattern[str]]:
        """One expression for each paper, its groups in the order of `_cues`."""
        return {
            kind: re.compile("|".join(f"({cue})" for cue in _cues(kind)), re.IGNORECASE)
            for kind in self.chosen
        }

    def __getstate__(self) -> dict[str, object]:
        return {"chosen": self.chosen}

    def find(self, text: str) -> Iterator[Match]:
        """Yield the cues in a text, each far below MAYBE."""
        yield from self.find_in(text, 0, len(text))

    def find_in(self, text: str, start: int, end: int) -> list[Match]:
        """Return the cues in text[start:end], by start."""
        found: list[Match] = []
        for kind, search in self._searches.items():
            for cue in search.finditer(text, start, end):
                first, last = cue.span()
                number = (cue.lastindex or 1) - 1
                said = _NAMES[number] if number < len(_NAMES) else f"part {number}"
                if said == "titled" and not _is_title(text, first, last):
                    continue
                if kind == "PAYSLIP" and number >= len(_NAMES) and not _AMOUNT.match(text, last):
                    continue
                found.append(Match(kind, first, last, f"{kind.lower()}/{said}", _CUE))
        found.sort(key=lambda match: (match.start, match.end, match.kind))
        return found

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield the cues; one of them as the paper itself, where a content is one."""
        cues: dict[str, set[str]] = {}
        for match in matches:
            cues.setdefault(match.kind, set()).add(match.value.partition("/")[2])
        papers = {kind: _weighed(kind, said, table) for kind, said in cues.items()}
        told: set[str] = set()
        for match in matches:
            codes = papers[match.kind]
            first = "titled" if "titled" in codes else "part"
            if codes and match.kind not in told and match.value.partition("/")[2].startswith(first):
                told.add(match.kind)
                value, sure = match.kind.lower(), confidence(codes)
                yield match._replace(value=value, confidence=sure, evidence=codes, count=1)
            else:
                yield match


def _is_title(text: str, start: int, end: int) -> bool:
    """Whether a word stands at the beginning of a short line, as a heading does."""
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    before = text[line:start].strip(" \t*#\"'-–:")
    return stop - line <= _TITLE_CHARACTERS and len(before) <= 12 and text[end : end + 1] != "?"


def _weighed(kind: str, cues: set[str], table: Table) -> tuple[str, ...]:
    """Return the evidence for a paper; empty where something that it needs is missing."""
    paper = PAPERS[kind]
    parts = sum(cue.startswith("part") for cue in cues)
    titled = "titled" in cues
    if parts < (paper.least if titled else paper.untitled):
        return ()
    held = [each for each in paper.owners if table.kinds.get(each)]
    if not held:
        return ()
    sure = any(each in _ID or each == "DK_BANK_ACCOUNT" for each in held)
    codes = ["titled"] * titled + [f"parts:{parts}", "owner" if sure else "contact"]
    return (*codes, *(said for said in ("guide", "blank") if said in cues))


def confidence(codes: tuple[str, ...]) -> float:
    """Return the confidence of a paper from its evidence: 0.01-0.95."""
    total = 0
    for code in codes:
        name, _, number = code.partition(":")
        total += WEIGHTS[name] * (min(int(number), SIX) if number else 1)
    return min(max(total, 1), HIGHEST) / 100

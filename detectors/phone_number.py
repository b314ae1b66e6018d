"""Find phone numbers. phonenumbers decides which digits are one; what stands near, how sure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from detectors import Detector, Match, Shape, Table
from detectors.beside_people import Column, is_keyed, stands
from detectors.edges import CLEAN_AFTER, CLEAN_BEFORE, edge_of, is_cell, starting_in
from detectors.evidence import Evidence
from detectors.part import PartOf
from detectors.vocabulary import Vocabulary, whole

_GAP = " \u00a0\u202f"
_JOINERS = dict.fromkeys(map(ord, f"{_GAP}.-"))
_PREFIX = re.compile(rf"((?<![0-9])\(?(?:\+|00)45\)?|\(45\)|(?<![0-9+])45)[{_GAP}./-]?\Z")
# A digit first, then the look behind: sre skips to digits. Not the 45 of a country code, not four
# pairs out of five. Groups: 1 bare, 2 the gap of pairs, 3 of halves, 4 and 5 of other groups.
_DANISH = re.compile(
    rf"[2-9](?:(?<![0-9].)|(?<=45.))(?<!\+.)(?<!\(4)(?<!00.)[0-9]"
    rf"(?:([0-9]{{6}})|([{_GAP}.-])[0-9]{{2}}\2[0-9]{{2}}\2[0-9]{{2}}(?!\2[0-9]{{2}}(?![0-9]))"
    rf"|[0-9]{{2}}([{_GAP}.-])[0-9]{{4}}"
    rf"|[0-9]([{_GAP}])[0-9]{{2}}\4[0-9]{{3}}|([{_GAP}])[0-9]{{3}}\5[0-9]{{3}})(?![0-9])"
)
_FOREIGN = re.compile(rf"(?:\+|00)(?!45)[1-9](?:[{_GAP}()./-]{{0,3}}[0-9]){{6,14}}(?![0-9])")
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{2}"
)
_ONE_LETTER = re.compile(r"(?:^|[\s|,;(])(?:[tTmMpP][:.]|[fFdD]:) ?\Z")
_MONEY = re.compile(
    r"(?:,[0-9]{2}|,-|\.-)?\s?(?:(?:kr|dkk|eur|stk|mio)(?![a-zæøå])|[€%])", re.IGNORECASE
)
_HEX_BEFORE = re.compile(r"(?:^|[^0-9A-Za-z])([0-9A-Fa-f]{2}) \Z")
_HEX_AFTER = re.compile(r" ([0-9A-Fa-f]{2})(?![0-9A-Za-zæøå])")
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
PHONE_EVIDENCE = Evidence(
    "PHONE_NUMBER",
    {
        "number": 25,  # valid for phonenumbers, which holds for most eight digits from 2 on
        "country-code": 45,
        "bare-country-code": 10,  # 45 and eight digits
        "trunk-code": 15,  # 00 and a country
        "pairs": 40,  # 12 34 56 78
        "halves": 35,  # 1234 5678
        "groups": 5,  # 12 345 678: sums are written so
        "marked": 10,  # full stops or hyphens between: CVR numbers and versions are written so
        "label": 45,
        "header": 45,
        "person": 10,  # contact, direct
        "beside": 10,  # eight bare digits on the line of a name, mail address or CPR number
        "behind-name": 45,  # the same right behind a name, or in front of a mail address
        "column:most": 25,  # nearly all such numbers of the column are valid, and they differ
        "column:few": -25,  # too few are, or they look like dates, CVR numbers or a series
        "invalid": -70,  # eight digits that are no phone number: they only tell of their column
        "against": -40,
        "header-against": -40,
        "money": -40,
        "company-number": -10,  # passes the check of CVR numbers, as one in eleven does
        "calendar": -10,  # eight digits that are a date
        "number-row": -35,  # a piece of a longer row of groups
        "edge": -30,
        "joined": -5,
    },
    Vocabulary(
        label=(
            r"tlf",
            r"telefon",
            r"mobil",
            r"phone",
            r"lokalnummer",
            r"direkte nummer",
            r"træffes på",
            *whole(
                r"mob\b", r"tel\b", r"tel[.:]", r"fax\b", r"ring(?:es?|er)?\b", r"sms\b", r"cell\b"
            ),
        ),
        person=(r"kontakt", r"contact", r"direkte", r"pårørende"),
        compound=(
            r"ordre",
            r"faktura",
            r"bilag",
            r"varen(?:r|ummer)",
            r"serien",
            r"sagsn",
            r"invoice",
        ),
        alone=(
            r"order",
            r"cvr",
            r"se[-. ]?nr",
            r"ean\b",
            r"gln\b",
            r"p[-. ]?n(?:r|ummer)",
            r"konto(?!r)",
            r"account",
            r"iban",
            r"reg\.",
            r"reg[-. ]{0,2}nr",
            r"cpr",
            r"dato\b",
            r"date\b",
            r"kr\b",
            r"dkk",
            r"beløb",
            r"pris",
            r"total",
            r"amount",
            r"serial",
            r"kørekort",
            r"pas(?:nr|nummer|\b)",
            r"part[-. ]{0,2}(?:nr|num|no\b)",
            r"sku\b",
            r"item",
            r"varenr",
            r"article",
            r"artikel",
            r"version",
            r"build",
            r"ip\b",
            r"isbn",
            r"epoch",
            r"uuid",
            r"guid",
            r"id\b",
            r"mål\b",
            r"dimension",
            r"hylde",
            r"placering",
            r"lokation",
        ),
    ),
    counts=False,
)


_DESCRIPTIONS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip",
    "pager", "uan", "voicemail",
)  # fmt: skip


@cache
def danish_starts() -> frozenset[str]:
    """Return the first four digits of the Danish numbers that phonenumbers holds valid.

    Its rules for Denmark decide by them alone; its own data is asked once a process, because a
    question for each number costs more than all else together.
    """
    from phonenumbers import PhoneMetadata

    denmark: Any = PhoneMetadata.metadata_for_region("DK")
    known = (getattr(denmark, name) for name in _DESCRIPTIONS)
    patterns = [each.national_number_pattern for each in known if each is not None]
    valid = re.compile("|".join(f"(?:{each})" for each in patterns if each)).fullmatch
    general = re.compile(denmark.general_desc.national_number_pattern).fullmatch
    return frozenset(
        start
        for start in map(str, range(2000, 10_000))
        if general(f"{start}0000") and valid(f"{start}0000")
    )


def _foreign(written: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + written.lstrip("+0"), None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    canonical: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return canonical


@dataclass(frozen=True, slots=True)
class Phone:
    """The detector of PHONE_NUMBER. Canonical: E.164, Denmark where no country is written."""

    @property
    def name(self) -> str:
        return "phone"

    @property
    def version(self) -> str:
        import phonenumbers

        return f"3+{phonenumbers.__version__}"

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("PHONE_NUMBER",)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (
            Shape(rf"[2-9][0-9](?:[{_GAP}.-]?[0-9]){{6}}"),
            Shape(rf"\+[1-9](?:[{_GAP}()./-]{{0,3}}[0-9]){{6}}"),
            Shape(rf"00[1-9](?:[{_GAP}()./-]{{0,3}}[0-9]){{6}}"),
        )

    @property
    def parts(self) -> tuple[Detector, ...]:
        """What a scan looks for: numbers written as phone numbers are, and labelled bare ones."""
        return _PARTS

    def headed(self, header: str) -> bool:
        """Whether a column's head says that it holds phone numbers."""
        return PHONE_EVIDENCE.words.header(header) == "label"

    def find(self, text: str) -> Iterator[Match]:
        """Yield numbers that phonenumbers holds valid, with what stands near them.

        Eight bare digits without a word are yielded (below MAYBE) only where they fill a cell.
        """
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, start: int, end: int) -> Iterator[Match]:
        """Yield the matches of `find` whose digits after the country code start in the stretch."""
        if text.find("+", start, end) < 0 and text.find("00", start, end) < 0:
            yield from self._danish(text, start, end)
            return
        others = [*self._others(text, start, end)]
        taken = {at for other in others for at in range(other.start, other.end)}
        found = [match for match in self._danish(text, start, end) if match.start not in taken]
        yield from sorted(others + found, key=lambda match: match.start)

    def near(
        self, text: str, window: tuple[int, int], persons: Sequence[tuple[int, int]]
    ) -> Iterator[Match]:
        """Yield the eight bare digits without a word on the lines of persons, no number or not."""
        starts = danish_starts()
        for found in _BARE.finditer(text, *window):
            start, end = found.span()
            on_line, touching = stands(text, start, end, persons)
            if not on_line or is_keyed(text, start):
                continue
            code = "behind-name" if touching else "beside"
            valid = found[0][:4] in starts
            codes = ("number", code) if valid else ("number", code, "invalid")
            match = _placed(text, start, end, f"+45{found[0]}", codes, bare=True, beside=True)
            if match is not None:
                yield match

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match with what its column's header and the numbers beside it say."""
        says = _columns(matches, table)
        judged = PHONE_EVIDENCE.judge(matches, table)
        if not says:
            return judged
        return (_told(match, says) for match in judged)

    def _danish(self, text: str, low: int, high: int) -> Iterator[Match]:
        starts = danish_starts()
        for found in starting_in(_DANISH, text, low, high):
            start, end = found.span()
            bare, pairs, halves, *_ = found.groups()
            digits = found[0] if bare else found[0].translate(_JOINERS)
            codes: tuple[str, ...] = ("number",)
            if digits[:4] not in starts:
                if not pairs:
                    continue
                codes = ("number", "invalid")
            prefix = _PREFIX.search(text, max(0, start - 7), start)
            if prefix:
                start = prefix.start()
                codes += ("bare-country-code",) if prefix[1] == "45" else ("country-code",)
            elif start and text[start - 1].isdigit():
                continue
            if not bare:
                codes += _grouping(pairs, halves)
            match = _placed(text, start, end, f"+45{digits}", codes, bare=bool(bare))
            if match is not None:
                yield match

    def _others(self, text: str, low: int, high: int) -> Iterator[Match]:
        for found in starting_in(_FOREIGN, text, low, high):
            start, end = found.span()
            coded = found[0][0] == "+"
            if start and (text[start - 1].isalnum() or (not coded and text[start - 1] in ".,-/:")):
                continue
            value = _foreign("".join(sign for sign in found[0] if sign.isdigit() or sign == "+"))
            if not value:
                continue
            codes = ("number", "country-code" if coded else "trunk-code")
            match = _placed(text, start, end, value, codes, bare=not coded)
            if match is not None:
                yield match


_BARE = re.compile(r"[0-9](?<![0-9A-Za-z_.,/+-].)[0-9]{7}(?![0-9A-Za-z_]|[.,/-][0-9])")
_NEAR = frozenset(("beside", "behind-name"))
_PEOPLE = ("PERSON", "EMAIL_ADDRESS", "DK_CPR", "DK_ADDRESS")
_SAID = frozenset(("label", "header", "against", "header-against"))


def _columns(matches: Sequence[Match], table: Table) -> dict[tuple[int, bool], str]:
    """Return what the numbers without a word are, by column and whether they are bare.

    Bare ones beside people tell of each other; pairs are doubted only where nobody is told of in
    the whole content, or too few of them are valid.
    """
    groups: dict[tuple[int, bool], Column] = {}
    for match in matches:
        evidence = match.evidence
        if not _SAID.isdisjoint(evidence):
            continue
        bare = not _NEAR.isdisjoint(evidence)
        if not (bare or "pairs" in evidence) or "country-code" in evidence:
            continue
        group = groups.get((match.column, bare))
        if group is None:
            group = groups[match.column, bare] = Column()
        group.add(
            match.value[3:],
            valid="invalid" not in evidence,
            checked="company-number" in evidence,
            dated="calendar" in evidence,
        )
    people = sum(table.kinds.get(kind, 0) for kind in _PEOPLE)
    says = {}
    for key, group in groups.items():
        said = group.says if key[1] else "few" if group.is_doubtful(people) else ""
        if said:
            says[key] = said
    return says


def _told(match: Match, says: Mapping[tuple[int, bool], str]) -> Match:
    codes = match.evidence
    bare = not _NEAR.isdisjoint(codes)
    said = says.get((match.column, bare)) if bare or "pairs" in codes else None
    if not said or not _SAID.isdisjoint(codes) or "country-code" in codes:
        return match
    if said == "most":
        codes = tuple(code for code in codes if code not in ("company-number", "calendar"))
    codes = (*codes, f"column:{said}")
    return match._replace(evidence=codes, confidence=PHONE_EVIDENCE.confidence(codes))


_FORMED = frozenset(
    ("country-code", "bare-country-code", "trunk-code", "pairs", "halves", "groups", "marked")
)
_ALL = Phone()


def _formed_shapes() -> tuple[Shape, ...]:
    # Any digit first, although only 2-9 can be: so all shapes that count digits count the same
    # ones, and one automaton for them stays small (30 times as fast in digits).
    gap = f"[{_GAP}.-]"
    groups = (
        rf"[0-9]{{2}}{gap}[0-9]{{2}}{gap}[0-9]{{2}}{gap}[0-9]{{2}}",
        rf"[0-9]{{4}}{gap}[0-9]{{4}}",
        rf"[0-9]{{3}}[{_GAP}][0-9]{{2}}[{_GAP}][0-9]{{3}}",
        rf"[0-9]{{2}}[{_GAP}][0-9]{{3}}[{_GAP}][0-9]{{3}}",
    )
    return (
        *(Shape(rf"(?<![0-9])(?:(?:00)?45)?{group}(?![0-9])") for group in groups),
        Shape(r"(?<![0-9])(?:00)?45[0-9]{8}(?![0-9])"),
        Shape(rf"45(?:\)[{_GAP}./-]?|[{_GAP}./-])[0-9]{{8}}"),
        Shape(rf"\+[1-9](?:[{_GAP}()./-]{{0,3}}[0-9]){{6}}"),
        Shape(rf"(?<![0-9])00[1-9](?:[{_GAP}()./-]{{0,3}}[0-9]){{6}}"),
    )


def _formed(match: Match) -> bool:
    return not _FORMED.isdisjoint(match.evidence)


def _labelled(match: Match) -> bool:
    return "label" in match.evidence and not _formed(match)


class FormedPhone(PartOf):
    """The part of Phone that finds numbers by how they are written: in groups, with a country."""

    def find_in(self, text: str, start: int, end: int) -> Iterator[Match]:
        """Yield the matches of `find` whose digits after the country code start in the stretch."""
        return filter(_formed, _ALL.find_in(text, start, end))


_PARTS: tuple[Detector, ...] = (
    FormedPhone(_ALL, _formed_shapes(), _formed),
    PartOf(
        _ALL,
        (Shape(rf"{PHONE_EVIDENCE.words.labels}|[tmpfd][:.] ?[2-9][0-9]{{7}}", re.IGNORECASE),),
        _labelled,
    ),
)


def _grouping(pairs: str | None, halves: str | None) -> tuple[str, ...]:
    if (pairs or halves or " ") in ".-":
        return ("marked",)
    return ("pairs",) if pairs else ("halves",) if halves else ("groups",)


def _placed(
    text: str,
    start: int,
    end: int,
    value: str,
    codes: tuple[str, ...],
    *,
    bare: bool,
    beside: bool = False,
) -> Match | None:
    """Add what stands around a number; None for a piece of something, and for what says nothing."""
    said = PHONE_EVIDENCE.words.near(text, start, end)
    if not said and _ONE_LETTER.search(text[max(0, start - 4) : start]):
        said = "label"
    if bare and not (said or beside or "country-code" in codes or is_cell(text, start, end)):
        return None
    after = text[end : end + 1]
    if (start and text[start - 1] not in CLEAN_BEFORE) or after not in CLEAN_AFTER:
        edge = edge_of(text, start, end, glued=said == "label")
        if edge == "inside":
            return None
        if edge and not (text[start - 1 : start] == "/" or after == "/"):
            codes += (edge,)
    if bare and value.startswith("+45"):
        if sum(map(int.__mul__, map(int, value[3:]), _CVR_WEIGHTS)) % 11 == 0:
            codes += ("company-number",)
        if _DATE.fullmatch(value[3:]):
            codes += ("calendar",)
    elif "country-code" not in codes and _in_row(text, start, end):
        codes += ("number-row",)
    if _MONEY.match(text, end):
        codes += ("money",)
    return PHONE_EVIDENCE.match(start, end, value, (*codes, said) if said else codes)


def _in_row(text: str, start: int, end: int) -> bool:
    """Whether pairs of digits go on before or behind, or hexadecimal pairs: a dump of bytes."""
    before, after = text[max(0, start - 4) : start], text[end : end + 4]
    if (before[-2:-1].isdigit() and before[-1:] in " .-\u00a0") or (
        after[1:2].isdigit() and after[:1] in " .-\u00a0"
    ):
        return True
    sides = [side[1] for side in (_HEX_BEFORE.search(before), _HEX_AFTER.match(after)) if side]
    return len(sides) == 2 or any(not side.isalpha() for side in sides)

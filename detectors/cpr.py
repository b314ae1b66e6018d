"""Find Danish CPR numbers and weigh the evidence for each. Modulus 11 never decides alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from detectors import Match, Shape, Table
from detectors.cpr_number import dated
from detectors.cpr_words import WORDS
from detectors.edges import CLEAN_AFTER, CLEAN_BEFORE, edge_of

KIND = "DK_CPR"

BLANKS = " \u00a0\u2007\u2009\u202f"
DASHES = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"
ODD = "/."
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
"""Signs without width that web pages and word processors put where a line may break."""
_SPACED = BLANKS + INVISIBLE
_BETWEEN = (
    rf"[{_SPACED}]?[{DASHES}{ODD}](?:\r?\n|[{_SPACED}])?"  # 010110-1234, " - ", at a line's end
    rf"|\r?\n|[{_SPACED}\t]"
)
_MONTH = "(?:0[1-9]|1[0-2])"
_REST = (  # behind the six digits of the date; groups: between, and the letters of an eCPR
    rf"(?:[0-9]{{4}}(?:\.0)?(?![0-9])|({_BETWEEN})[0-9]{{4}}(?![0-9])"
    rf"|(?:{_BETWEEN})?[0-9]([A-Za-z]{{2}})[0-9](?![0-9A-Za-z]))"
)
_NINE = r"[0-9]{6}(?:\.0)?(?![0-9])"  # behind a day that lost its zero, and a month
_SERIAL = rf"([{_SPACED}]?[{DASHES}][{_SPACED}]?)[0-9]{{4}}(?![0-9])"
# A digit first, then the look behind: sre skips to digits. Only days (1-31, 61-91) and months that
# there are: of ten digits of another sort, nine of ten do not come this far.
# Groups: 1 between, 2 letters of an eCPR, 3 between, behind a date in pieces (01.01.10, 01/01/10).
_FIND = re.compile(
    r"[0-9](?<![0-9][0-9])(?:[0-9](?<=0[1-9]|[1278][0-9]|3[01]|6[1-9]|9[01])"
    rf"(?:{_MONTH}[0-9]{{2}}{_REST}|(?:\.[0-9]{{2}}\.|/[0-9]{{2}}/)[0-9]{{2}}{_SERIAL})"
    rf"|(?<!0){_MONTH}{_NINE})"
)
_DAY = "(?:0[1-9]|[1278][0-9]|3[01]|6[1-9]|9[01])"
# The same for the gate, which knows look behinds only at an edge.
SHAPES = (
    Shape(rf"(?<![0-9]){_DAY}{_MONTH}[0-9]{{2}}{_REST}"),
    Shape(rf"(?<![0-9])[1-9]{_MONTH}{_NINE}"),
    Shape(rf"(?<![0-9]){_DAY}(?:\.[0-9]{{2}}\.|/[0-9]{{2}}/)[0-9]{{2}}{_SERIAL}"),
)
_ALIKE = re.compile(
    r"[0-9](?<![0-9][0-9])[0-9]{5}(?:[0-9]{3}[0-9]?(?:\.0)?"
    rf"|(?:[{_SPACED}]?[{DASHES}][{_SPACED}]?|[{_SPACED}])[0-9]{{4}})(?![0-9])"
)

_NUMBERED = re.compile(r"(?<![a-zæøå])nr\.? ?\Z")

_LONGEST = 20

# Hundredths. Fitted so that rule R6 holds (docs/detectors.md): a check without a form is a maybe,
# a check with a form is a finding, a label with a living person's date is one in any case.
# Base rates per 1 000 random ten digits: a date 37, of somebody alive 25, modulus 11 as well 2.
WEIGHTS = {
    "birth-date": 15,  # of somebody who can be alive: born 1900 or later, not in the future
    "date": 0,  # born 1858-1899 or in the future
    "modulus-11": 30,
    "exempt-date": 30,  # a birth date for which numbers without modulus 11 are issued
    "modulus-fails": 0,
    "separator": 20,  # a dash between the halves
    "space": 15,  # a blank between the halves; number tables have it too
    "odd-separator": -20,  # a slash or full stop: fractions, decimals
    "pieces": -5,  # a date in pieces: version numbers and spans of years look so
    "split": -10,  # a line break or a tab: two cells may have met by chance
    "lost-zero": -10,  # nine digits: four times as many of them carry a date
    "replacement": -10,  # days 61-91 double the dates that chance can meet
    "lettered": 0,  # an eCPR
    "label": 50,
    "header": 50,
    "person": 20,  # a word such as born, citizen, patient
    "against": -40,  # order, invoice, P-number, phone … nearest in front of it
    "header-against": -40,
    "numbered": -10,  # "nr." right in front of it, and nothing that says whose
    "customer": -20,  # customer and member numbers often are CPR numbers
    "header-customer": -20,
    "edge": -30,  # something touches it that numbers of another sort have
    "joined": -5,  # an underscore, slash or word and hyphen touches it: file names
    "number-row": -15,  # blank between the halves, and other numbers beside it
    "placeholder": -30,  # serial number 0000
    "column:most": 25,
    "column:few": -20,
    "serial-run": -15,  # each number one higher than the one before
}
LABELLED = 0.65
"""What a labelled, cleanly delimited number of somebody alive has at least (a contract)."""
MOST_COLUMN, MOST_TEXT = 4, 8
"""Distinct numbers that pass modulus 11 from which a column, or a text, speaks for its numbers."""
FEW = 10
RUN = 4

_AGAINST = frozenset(("against", "header-against", "customer", "header-customer"))
_PASSED = frozenset(("modulus-11", "exempt-date"))
_MESSY = frozenset(("edge", "split"))
_SPOKEN = frozenset(("label", "header"))
_RAISED = frozenset(("modulus-11", "exempt-date", "separator"))
ASKED = 0.66
ROW, LINES_ABOVE = 160, 4
"""Characters of a line, and lines above a number, in which a person stands beside it."""
_new = tuple.__new__


@lru_cache(maxsize=4096)
def confidence(evidence: tuple[str, ...]) -> float:
    """Return the confidence of a dated number from its evidence: 0.01-0.99."""
    total = sum(WEIGHTS[code] for code in evidence)
    codes = set(evidence)
    if codes & _SPOKEN and "birth-date" in codes and not codes & _MESSY:
        total = max(total, 65)
    return min(max(total, 1), 99) / 100


@dataclass(frozen=True, slots=True)
class Cpr:
    """The detector of DK_CPR. `today` decides whose birth lies in the future."""

    today: date = field(default_factory=date.today)

    @property
    def name(self) -> str:
        return "cpr"

    @property
    def version(self) -> str:
        return "5"

    @property
    def kinds(self) -> tuple[str, ...]:
        return (KIND,)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return SHAPES

    def find(self, text: str) -> list[Match]:
        """Return every number with a date. `shapes_in` tells of the others of the shape."""
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, low: int, high: int) -> list[Match]:
        """Return the matches of `find` that start in text[low:high]."""
        found: list[Match] = []
        add, today = found.append, self.today
        for shape in _FIND.finditer(text, low, min(len(text), high + _LONGEST)):
            start, end = shape.span()
            if start >= high:
                break
            group = shape.lastindex
            between = ""
            if group is None:
                length = end - start
                value = (
                    text[start : start + 10]
                    if length in (10, 12)
                    else "0" + text[start : start + 9]
                )
            elif group == 1:
                between = shape[1]
                value = text[start : start + 6] + text[end - 4 : end]
            elif group == 3:
                between = shape[3]
                head = text[start : start + 8]
                value = head[:2] + head[3:5] + head[6:] + text[end - 4 : end]
            else:
                between = text[start + 6 : shape.start(2) - 1]
                value = (text[start : start + 6] + text[end - 4 : end]).upper()
            codes = dated(value, today)
            if not codes:
                continue
            evidence = _evidence(text, start, end, between, codes)
            if not evidence:
                continue
            if group == 3:
                evidence += ("pieces",)
            if value.endswith("0000"):
                evidence += ("placeholder",)
            sure = confidence(evidence)
            add(_new(Match, (KIND, start, end, value, sure, evidence, -1, 1)))
        return found

    @property
    def certain(self) -> float:
        """What a form and a check say can still be taken for chance; a label can not."""
        return ASKED

    def stretch(self, text: str, match: Match) -> tuple[int, int]:
        """Return the line of a match; with the lines in front, where it has one for itself.

        Empty where nothing beside a number could make it a finding.
        """
        if _RAISED.isdisjoint(match.evidence) or "against" in match.evidence:
            return match.start, match.start
        low = text.rfind("\n", max(0, match.start - ROW), match.start) + 1
        high = text.find("\n", match.end, match.end + ROW)
        high = min(len(text), match.end + ROW) if high < 0 else high
        low = max(low, match.start - ROW)
        if not text[low : match.start].strip() and not text[match.end : high].strip():
            for _ in range(LINES_ABOVE):
                low = max(text.rfind("\n", max(0, low - ROW), max(0, low - 1)) + 1, 0)
        return low, high

    def beside(self, match: Match, kind: str) -> Match:
        """Return a match beside which another detector has found a person."""
        if kind == KIND or "person" in match.evidence or not _SPOKEN.isdisjoint(match.evidence):
            return match
        evidence = (*match.evidence, "person")
        return match._replace(evidence=evidence, confidence=confidence(evidence))

    def shapes_in(self, text: str) -> list[int]:
        """Return where something starts that has the form of a number, with a date or without.

        Split, odd, lettered and dotted forms without a date are left out: they are hardly ever
        meant as one number.
        """
        return [shape.start() for shape in _ALIKE.finditer(text)]

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match again, with what its header and the other numbers beside it say."""
        groups: dict[tuple[int, bool], _Group] = {}
        for match in matches:
            key = (match.column, "separator" in match.evidence)
            group = groups.get(key)
            if group is None:
                group = groups[key] = _Group()
            group.add(match)
        says = {key: _group_says(group, key[0], table) for key, group in groups.items()}
        headers = {
            column: WORDS.header(table.columns[column].header) if column >= 0 else ""
            for column in {match.column for match in matches}
        }
        for match in matches:
            yield _judged(
                match, headers[match.column], says[(match.column, "separator" in match.evidence)]
            )


def _evidence(
    text: str, start: int, end: int, between: str, codes: tuple[str, ...]
) -> tuple[str, ...]:
    """Add what stands around a dated number; empty for a piece of something longer."""
    said = WORDS.near(text, start, end)
    if (start and text[start - 1] not in CLEAN_BEFORE) or text[end : end + 1] not in CLEAN_AFTER:
        edge = edge_of(text, start, end, glued=said == "label")
        if edge == "inside":
            return ()
        if edge:
            codes = (*codes, edge)
    if between:
        codes += _BETWEEN_SAYS[between]
        if codes[-1] == "space" and _among_numbers(text, start, end):
            codes = (*codes, "number-row")
    elif end - start in (9, 11) and codes[1] != "lettered":
        codes = (*codes, "lost-zero")
    if said:
        return (*codes, said)
    before = text[start - 6 if start > 6 else 0 : start].lower()
    return (*codes, "numbered") if "nr" in before and _NUMBERED.search(before) else codes


def _between_says(between: str) -> tuple[str, ...]:
    core = between.strip(_SPACED)
    if core == "\t":
        return ("split",)
    dash = core.rstrip("\r\n")
    codes = ("odd-separator" if dash in ODD else "separator",) if dash else ()
    if core != dash:
        return (*codes, "split")
    return codes or (("space",) if between.strip(INVISIBLE) else ())


class _BetweenSays(dict[str, tuple[str, ...]]):
    """What stands between the halves, worked out once for each of the few forms there are."""

    def __missing__(self, between: str) -> tuple[str, ...]:
        said = self[between] = _between_says(between)
        return said


_BETWEEN_SAYS = _BetweenSays()


def _among_numbers(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return (before[-1:] in BLANKS and before[:1].isdigit()) or (
        after[:1] in BLANKS and after[1:].isdigit()
    )


class _Group:
    """Counts the numbers of one column and form."""

    __slots__ = ("alive", "last", "passed", "run")

    def __init__(self) -> None:
        self.alive = self.passed = self.run = 0
        self.last = -2

    def add(self, match: Match) -> None:
        evidence = match.evidence
        if evidence[0] != "birth-date":
            return
        passed = not _PASSED.isdisjoint(evidence)
        if "label" in evidence and not passed:
            return  # it needs no neighbours, and says nothing of them
        self.alive += 1
        self.passed += passed
        serial = int(match.value[-4:]) if "lettered" not in evidence else -2
        self.run += serial == self.last + 1
        self.last = serial


def _group_says(group: _Group, column: int, table: Table) -> tuple[str, ...]:
    shapes = likely = 0
    if column >= 0:
        shapes = table.columns[column].shapes.get(KIND, 0)
        likely = table.columns[column].likely.get(KIND, 0)
    alive, passed = group.alive, group.passed
    codes: tuple[str, ...] = ()
    # Of dated numbers that are none, 9 % pass modulus 11, whatever their origin.
    if (shapes and passed >= MOST_COLUMN and likely * 2 >= shapes) or (
        passed >= MOST_TEXT and passed * 4 >= alive * 3
    ):
        codes = ("column:most",)
    elif (alive >= FEW and passed * 4 < alive) or (
        shapes >= FEW and likely * 10 < shapes and not (passed >= 3 and passed * 2 >= alive)
    ):
        codes = ("column:few",)
    if group.run + 1 >= RUN and group.run * 2 >= alive:
        codes += ("serial-run",)
    return codes


def _judged(match: Match, header: str, column: tuple[str, ...]) -> Match:
    evidence = match.evidence
    if not header and not column:
        return match
    spoken = "label" in evidence
    if header == "label":
        if not spoken:
            evidence += ("header",)
            spoken = True
        evidence = tuple(code for code in evidence if code not in _AGAINST)
    elif header == "person" and not spoken and "person" not in evidence:
        evidence += ("person",)
    elif header in ("against", "customer") and not spoken and _AGAINST.isdisjoint(evidence):
        evidence += (f"header-{header}",)
    most = "column:most" in column
    if most and (match.column >= 0 or _AGAINST.isdisjoint(evidence)):
        # What most of a column are, no word takes away; in a text a word stands for its number.
        evidence = (*(code for code in evidence if code not in _AGAINST), *column)
    elif not most and not spoken:
        evidence += column
    return match._replace(confidence=confidence(evidence), evidence=evidence)

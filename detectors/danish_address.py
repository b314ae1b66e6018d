"""Find Danish street addresses: street, number, floor and door, postal code and town.

Over one line or several, or in neighbouring cells. Company and private addresses look alike; what
stands beside them shifts the confidence only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from detectors import MAYBE, Detector, Match, Shape, Table
from detectors.address_form import (
    AFTER,
    AGAINST,
    BEFORE_STREET,
    BEHIND,
    CELL,
    CELL_SHAPE,
    COMPANY,
    DIGITS,
    FLOOR,
    GENERIC,
    HOUSE,
    NO_STREETS,
    PERSON_WORDS,
    STREET_SHAPE,
    TOWN,
    TOWN_SHAPE,
    UNNAMED,
    floor_form,
    street_end,
    street_form,
    street_start,
    town_end,
)
from detectors.edges import is_cell
from detectors.evidence import Evidence
from detectors.persons import identified_in, name_in, names_people
from detectors.postal_codes import goes_with
from detectors.vocabulary import Vocabulary, whole

KIND = "DK_ADDRESS"

WORDS = Vocabulary(
    label=(
        r"a(?<!maila)(?<!ip-a)(?<!ipa)(?<!weba)(?<!mac-a)dresse(?!bog|kort)",
        r"bopæl",
        r"bopael",
        r"vejnavn",
        r"gadenavn",
        *whole(r"vej(?:\b|/)"),
        *whole(r"gade(?:\b|/)"),
        *whole(r"street"),
        *whole(r"address(?:e|\b)"),
    ),
    compound=(r"varen(?:r|ummer)", r"ordren(?:r|ummer)", r"fakturan(?:r|ummer)"),
)

# Hundredths. A street with its town is a finding, just; a street alone is none.
WEIGHTS = {
    "street": 25,  # a word with a street's ending, and a house number
    "unnamed": 20,  # a capitalised word without such an ending, and a number
    "town": 35,  # a postal code with its own town
    "floor": 20,
    "label": 40,
    "header": 40,
    "person": 20,  # somebody's name, number or mail address right beside it
    "company": -20,  # a company's form, CVR or shop right beside it
    "against": -40,
    "header-against": -40,
}
_EVIDENCE = Evidence(KIND, WEIGHTS, WORDS)
BESIDE = 90
"""Characters on either side in which a person or company is looked for."""
RIGHT_BEFORE = 60
"""Characters in front of an address in which a name is of somebody who lives there."""


@dataclass(frozen=True, slots=True)
class Address:
    """The detector of DK_ADDRESS. The canonical value has no town: the postal code says it."""

    @property
    def name(self) -> str:
        return "danish_address"

    @property
    def version(self) -> str:
        return "2"

    @property
    def kinds(self) -> tuple[str, ...]:
        return (KIND,)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (STREET_SHAPE, TOWN_SHAPE, CELL_SHAPE)

    @property
    def parts(self) -> tuple[Detector, ...]:
        """What a scan looks for: a street's ending with a number, or a postal code with a town."""
        return (_Anchored(self),)

    def headed(self, header: str) -> bool:
        """Whether a column's head says that addresses stand below it."""
        return WORDS.header(header) == "label"

    def find(self, text: str) -> Iterator[Match]:
        """Yield addresses by their start; below MAYBE such as only fill a cell."""
        found = list(self.anchored(text, 0, len(text)))
        taken = [(match.start, match.end) for match in found]
        for cell in CELL.finditer(text):
            start, end = cell.span("all")
            if not any(low < end and start < high for low, high in taken):
                found += _match(text, start, cell.end("street"), cell.start("number"))
        found.sort(key=lambda match: match.start)
        yield from found

    def anchored(self, text: str, low: int, high: int) -> Iterator[Match]:
        """Yield the addresses whose street's ending or postal code stands in text[low:high]."""
        found: list[Match] = []
        end = 0
        for digits in DIGITS.finditer(text, low, min(len(text), high + 4)):
            digit = digits.start()
            if digit >= high:
                break
            if digits.end() - digit == 4:
                town = TOWN.match(text, digit)
                if town is not None and goes_with(town["code"], town["town"]):
                    found += _before_town(text, digit)
                continue
            last = street_end(text, digit)
            start = street_start(text, last) if last else -1
            if start < end:
                continue
            found += _match(text, start, last, digit)
            end = max(end, found[-1].end) if found else end
        found.sort(key=lambda match: (match.start, -match.end))
        last_end = -1
        for match in found:
            if match.start >= last_end:
                yield match
                last_end = match.end

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match with what its column's head and the other columns' heads say."""
        people = any(names_people(column.header) for column in table.columns)
        for match in _EVIDENCE.judge(matches, table):
            if people and match.column >= 0 and "person" not in match.evidence:
                codes = (*(code for code in match.evidence if code != "company"), "person")
                match = match._replace(evidence=codes, confidence=_EVIDENCE.confidence(codes))
            yield match

    @property
    def certain(self) -> float:
        return 1.0

    def stretch(self, text: str, match: Match) -> tuple[int, int]:
        """Return the line of the address, and what is near in the two lines before it.

        Where a company stands behind it, what is right in front on its line.
        """
        if "company" in match.evidence:
            low = max(text.rfind("\n", 0, match.start) + 1, match.start - RIGHT_BEFORE)
            low = match.start if COMPANY.search(text, low, match.start) else low
            return low, match.start
        return match.start - len(_before(text, match.start)), _line_end(text, match.end)

    def beside(self, match: Match, kind: str) -> Match:
        """Return a match beside which another detector has found a person."""
        if "person" in match.evidence or ("company" in match.evidence and kind == "EMAIL_ADDRESS"):
            return match
        codes = (*(code for code in match.evidence if code != "company"), "person")
        return match._replace(evidence=codes, confidence=_EVIDENCE.confidence(codes))


@dataclass(frozen=True, slots=True)
class _Anchored:
    """What the gate leads to; cells that only a head can explain are left out."""

    whole: Address = field(repr=False)

    @property
    def name(self) -> str:
        return self.whole.name

    @property
    def version(self) -> str:
        return self.whole.version

    @property
    def kinds(self) -> tuple[str, ...]:
        return self.whole.kinds

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (STREET_SHAPE, TOWN_SHAPE)

    def find(self, text: str) -> Iterator[Match]:
        """Yield the addresses that do not need a head."""
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, start: int, end: int) -> Iterator[Match]:
        """Yield the addresses that an anchor in text[start:end] leads to, wherever they end."""
        return (
            match for match in self.whole.anchored(text, start, end) if match.confidence >= MAYBE
        )

    def judge(self, matches: Sequence[Match], table: Table) -> Iterable[Match]:
        """Judge as the whole does."""
        return self.whole.judge(matches, table)


def _before_town(text: str, town: int) -> Iterator[Match]:
    """Yield the address whose street without a known ending stands in front of a postal code."""
    low = max(0, town - 70)
    before = text[low:town].rstrip(" \u00a0\r\n,")
    before = re.sub(r"(?i)[,\s]*DK[- ]?\Z", "", before)
    cut = max(
        before.rfind("\n"),
        before.rfind("\t"),
        before.rfind(";"),
        before.rfind('"'),
        before.rfind(": "),
    )
    line = before[cut + 1 :]
    found = UNNAMED.search(line)
    if found is None:
        return
    first = low + cut + 1
    start, digit = (
        first + found.start("street") + _borrowed(found["street"]),
        first + found.start("number"),
    )
    last = first + found.end("street")
    if not street_end(text, digit):
        yield from _match(text, start, last, digit)


def _borrowed(street: str) -> int:
    """Return how many characters in front of a street belong to what stands before it."""
    words = street.split(" ")
    last = len(words) - 1
    while last and words[last - 1].lower() in BEFORE_STREET:
        last -= 1
    return sum(len(word) + 1 for word in words[:last])


def _match(text: str, start: int, last: int, digit: int) -> list[Match]:
    """Return the address that begins at `start`, whose street ends at `last`; or nothing."""
    house = HOUSE.match(text, digit)
    street = text[start:last]
    if house is None or len(street) < 3:
        return []
    end = house.end()
    if AFTER.match(text, end) or AGAINST.search(text, max(0, start - 10), start):
        return []
    named = GENERIC.search(street) is not None
    if not named and street.split()[-1].lower() in NO_STREETS:
        return []
    codes = ["street" if named else "unnamed"]
    pieces = [street_form(street), house["number"].lstrip("0") + (house["letter"] or "").lower()]
    if house["to"]:
        pieces[-1] += f"-{house['to']}"
    floor = FLOOR.match(text, end)
    if floor is not None:
        pieces.append(floor_form(floor))
        codes.append("floor")
        end = floor.end()
    behind = BEHIND.match(text, end)
    if behind is not None and goes_with(behind["code"], behind["town"]):
        pieces.append(behind["code"])
        codes.append("town")
        end = town_end(behind)
    elif street[0].islower() or not (named or is_cell(text, start, end)):
        return []
    codes += _beside(text, start, end)
    if codes == ["street"] and not is_cell(text, start, end):
        return []  # a street in prose
    return [_EVIDENCE.match(start, end, " ".join(pieces), tuple(codes))]


def _beside(text: str, start: int, end: int) -> Iterator[str]:
    said = WORDS.near(text, start, end)
    if said in ("label", "against"):
        yield said
    before, after = _before(text, start), text[end : _line_end(text, end, 3)]
    if COMPANY.search(before) or COMPANY.search(after):
        yield "company"
    elif (
        PERSON_WORDS.search(before)
        or name_in(before)
        or identified_in(before)
        or name_in(after.partition("\n")[0])
    ):
        yield "person"


def _before(text: str, start: int) -> str:
    """Return what stands near in front: of its paragraph the last three lines."""
    before = text[max(0, start - BESIDE) : start]
    return "\n".join(before.rpartition("\n\n")[2].split("\n")[-3:])


def _line_end(text: str, end: int, lines: int = 1) -> int:
    """Return where the line ends that `end` stands in, or one of the next; at most BESIDE off."""
    high = min(len(text), end + BESIDE)
    for _ in range(lines):
        at = text.find("\n", end, high)
        if at < 0:
            return high
        end = at + 1
    return end - 1

"""Compare what was found with what was planted: by kind, value and place. Tallies only."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.quality.reading import SPECIAL, Found, Read, Spot, Truth
from bench.quality.slots import EITHER
from bench.quality.whole import WHOLE
from detectors import FINDING
from detectors.cpr_number import canonical as canonical_cpr
from scanner.demo.score import document_number
from scanner.demo.truth import KINDS
from scanner.demo.truth import canonical as canonical_of

_TITLES = frozenset(["hr", "fru", "frk", "dr", "prof", "herr"])
_WORD = re.compile(r"\w+")
MRZ_LINE = 25
"""Characters of the shortest line of a machine readable zone, without its fillers."""
BINS = (0.40, 0.50, 0.60, 0.70, 0.80, 0.90, 0.95)


def canonical(kind: str, written: str) -> str:
    """Return what two writings of one value have in common; the text itself where none is known."""
    if kind == "DK_CPR":
        return canonical_cpr(written)
    if kind in KINDS:
        try:
            return canonical_of(kind, written)
        except ValueError:
            return written
    return written


def key_of(kind: str, value: str) -> str:
    """Return what must be equal for a found value to be the planted one."""
    if kind in SPECIAL or kind in WHOLE:
        return ""
    if kind == "PERSON":
        words = _words(value)
        return " ".join(sorted(word for word in words if word not in _TITLES))
    if kind == "PASSPORT_MRZ":
        return document_number(canonical_of(kind, value))
    return value


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _folded(text: str) -> list[str]:
    """Return the words of an address, with å as aa and without accents."""
    plain = unicodedata.normalize("NFC", text.casefold()).replace("å", "aa")
    signs = unicodedata.normalize("NFKD", plain)
    return _WORD.findall("".join(sign for sign in signs if not unicodedata.combining(sign)))


def same(found: Found, truth: Truth) -> bool:
    """Whether a found value is the planted one.

    Of an address, street and number are enough. A first name may be found with the family name
    that stands in the next cell.
    """
    kind = truth.mark.kind
    if kind == "DK_ADDRESS":
        whole, said = _folded(truth.mark.value), _folded(found.value)
        part = _folded(truth.written)[:2]
        return set(part) <= set(said) <= {*whole, "dk"}
    if kind == "PERSON" and truth.mark.role == EITHER:
        return (
            set(_words(truth.written)) <= set(_words(found.value)) <= set(_words(truth.mark.value))
        )
    if kind == "PASSPORT_MRZ" and len(found.value) >= MRZ_LINE:  # one line of it tells it all
        return truth.mark.value.startswith(found.value) or _numbered(kind, found, truth)
    return _numbered(kind, found, truth)


def _numbered(kind: str, found: Found, truth: Truth) -> bool:
    return key_of(kind, found.value) == key_of(kind, truth.mark.value)


@dataclass(slots=True)
class Tally:
    """Counts of one kind or one type of document."""

    planted: int = 0
    found: int = 0
    alarms: int = 0

    @property
    def precision(self) -> float:
        reported = self.found + self.alarms
        return self.found / reported if reported else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def f1(self) -> float:
        total = 2 * self.found + self.alarms + self.planted - self.found
        return 2 * self.found / total if total else 1.0

    def add(self, other: Tally) -> None:
        self.planted += other.planted
        self.found += other.found
        self.alarms += other.alarms


@dataclass(frozen=True, slots=True)
class Miss:
    """A planted value that was not reported; `confidence` of what was found there, 0 for none."""

    read: Read = field(repr=False)
    truth: Truth = field(repr=False)
    confidence: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alarm:
    """A reported value that was not planted; `why` says what hard negative it is, if one."""

    read: Read = field(repr=False)
    found: Found = field(repr=False)
    why: str


@dataclass(slots=True)
class Score:
    """The comparison of one system with the truth. `bins` count right and all, by confidence."""

    kinds: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    types: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    bins: dict[str, list[tuple[float, bool]]] = field(default_factory=lambda: defaultdict(list))
    misses: list[Miss] = field(default_factory=list, repr=False)
    alarms: list[Alarm] = field(default_factory=list, repr=False)

    @property
    def total(self) -> Tally:
        whole = Tally()
        for tally in self.kinds.values():
            whole.add(tally)
        return whole


def score(
    reads: Sequence[Read],
    found: Iterable[Sequence[Found]],
    kinds: frozenset[str],
    threshold: float = FINDING,
) -> Score:
    """Return how what was found compares with the truth, over `kinds` alone.

    `found` holds one list for each read document, in order, of everything from MAYBE on.
    """
    result = Score()
    for read, seen in zip(reads, found, strict=True):
        _document(result, read, [each for each in seen if each.kind in kinds], kinds, threshold)
    return result


def _document(
    result: Score, read: Read, seen: Sequence[Found], kinds: frozenset[str], threshold: float
) -> None:
    type_ = read.document.draft.template.type
    at: dict[tuple[str, Spot], list[Found]] = defaultdict(list)
    for each in seen:
        at[each.kind, each.spot].append(each)
    right: set[int] = set()
    counted: set[tuple[str, str, Spot]] = set()
    for truth in read.truths:
        mark = truth.mark
        if mark.role == "none" or mark.kind not in kinds:
            continue
        there = at[mark.kind, truth.spot] if truth.spot is not None else []
        hits = [each for each in there if same(each, truth)]
        right |= {id(each) for each in hits}
        if mark.role == EITHER:
            continue
        if truth.spot is not None:
            unit = (mark.kind, key_of(mark.kind, mark.value), truth.spot)
            if unit in counted:
                continue
            counted.add(unit)
        best = max(hits, key=lambda each: each.confidence, default=None)
        reported = best is not None and best.confidence >= threshold
        for tally in (result.kinds[mark.kind], result.types[type_]):
            tally.planted += 1
            tally.found += reported
        if not reported:
            sure = best.confidence if best else 0.0
            result.misses.append(Miss(read, truth, sure, best.evidence if best else ()))
    either = {id(each) for each in seen if id(each) in right} | _implied(read, seen)
    planted_ids = _planted(read, at, kinds)
    for each in seen:
        is_right = id(each) in planted_ids
        if id(each) in either and not is_right:
            continue
        result.bins[each.kind].append((each.confidence, is_right))
        if not is_right and each.confidence >= threshold:
            for tally in (result.kinds[each.kind], result.types[type_]):
                tally.alarms += 1
            result.alarms.append(Alarm(read, each, _why(read, each)))


def _planted(
    read: Read, at: dict[tuple[str, Spot], list[Found]], kinds: frozenset[str]
) -> set[int]:
    """Return which of the found are planted values, not such as are right either way."""
    return {
        id(each)
        for truth in read.truths
        if truth.mark.role == "planted" and truth.mark.kind in kinds and truth.spot is not None
        for each in at[truth.mark.kind, truth.spot]
        if same(each, truth)
    }


def _implied(read: Read, seen: Sequence[Found]) -> set[int]:
    """Return what a planted value holds besides itself: right to report, and not asked for.

    A document's title is told again by its properties.
    """
    held: set[tuple[str, str]] = set()
    again: set[tuple[str, str]] = set()
    for truth in read.truths:
        mark = truth.mark
        if mark.role == "none":
            continue
        again.add((mark.kind, key_of(mark.kind, mark.value)))
        if mark.kind == "IBAN_CODE" and mark.value.startswith("DK"):
            held.add(("DK_BANK_ACCOUNT", mark.value[4:]))
        if mark.kind == "PASSPORT_MRZ":
            held.add(("DK_PASSPORT", document_number(mark.value)))
    return {
        id(each)
        for each in seen
        if (each.kind, each.value) in held
        or (
            each.spot[1][:1] == ("property",)
            and (each.kind, key_of(each.kind, each.value)) in again
        )
    }


def _why(read: Read, found: Found) -> str:
    """Say what a false alarm is: a hard negative, a value of another kind, or nothing marked."""
    value = _bare(found.value.removeprefix("+45"))
    for truth in read.truths:
        written = _bare(truth.written)
        if truth.spot in (None, found.spot) and written and (written in value or value in written):
            return truth.mark.kind if truth.mark.role == "none" else f"part of {truth.mark.kind}"
    return "not marked"


def _bare(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum()).lower()


def reliability(
    score: Score, kinds: Iterable[str] | None = None
) -> list[tuple[float, int, float, float]]:
    """Return for each bin of confidence: its lower edge, how many, their mean, the share right."""
    chosen = [
        each
        for kind, found in score.bins.items()
        if kinds is None or kind in kinds
        for each in found
    ]
    rows = []
    for low, high in zip(BINS, (*BINS[1:], 1.01), strict=True):
        inside = [(sure, right) for sure, right in chosen if low <= sure < high]
        if inside:
            mean = sum(sure for sure, _ in inside) / len(inside)
            rows.append((low, len(inside), mean, sum(right for _, right in inside) / len(inside)))
    return rows

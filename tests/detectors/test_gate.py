"""What the gate promises: whatever it leaves out, no match is lost, by any engine."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from detectors import Detector, Headed, Match, Shape, Table
from detectors.gate import Gate, available
from detectors.pattern import Pattern
from scanner.demo import fake
from tests.detectors import regexes

ENGINES = available()
SOME = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
MANY = settings(SOME, max_examples=100)
anything = given(
    regex=regexes.expressions, flags=regexes.flags, texts=st.lists(regexes.texts, max_size=4)
)


@dataclass(frozen=True)
class Sliced:
    """A detector that knows windows only as texts of their own: no `find_in`."""

    pattern: Pattern
    name: str = "sliced"
    version: str = "1"
    kinds: tuple[str, ...] = ("SLICED",)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return self.pattern.shapes

    def find(self, text: str) -> Iterable[Match]:
        return self.pattern.find(text)

    def judge(self, matches: Sequence[Match], table: Table) -> Iterable[Match]:
        return matches


@dataclass(frozen=True)
class Shapeless(Sliced):
    """A detector that gives the gate nothing to look for."""

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return ()


def pattern(regex: str, flags: int = int(re.ASCII)) -> Pattern:
    return Pattern(kind="X", regex=regex, flags=flags)


def gated(gate: Gate, text: str) -> list[Match]:
    return [match for _, match in gate.find(text)]


def built_in() -> tuple[Detector, ...]:
    """Return every built-in detector, and the parts that a scan uses in place of some."""
    from detectors.catalogue import BUILT_IN

    parts = (part for each in BUILT_IN if isinstance(each, Headed) for part in each.parts)
    return (*BUILT_IN, *parts)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sliced", [False, True], ids=["find_in", "find"])
@SOME
@anything
def test_random_expressions_find_the_same(
    engine: str, sliced: bool, regex: str, flags: int, texts: list[str]
) -> None:
    finds_the_same(engine, sliced, regex, flags, texts)


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sliced", [False, True], ids=["find_in", "find"])
@MANY
@anything
def test_many_random_expressions_find_the_same(
    engine: str, sliced: bool, regex: str, flags: int, texts: list[str]
) -> None:
    finds_the_same(engine, sliced, regex, flags, texts)


def finds_the_same(engine: str, sliced: bool, regex: str, flags: int, texts: list[str]) -> None:
    try:
        detector = pattern(regex, flags)
    except (re.error, ValueError):
        assume(False)
    gate = Gate([Sliced(detector) if sliced else detector], engine)
    for text in texts:
        assert gated(gate, text) == list(detector.find(text))


def values(rng: random.Random) -> list[str]:
    return [
        fake.cpr(rng),
        fake.cpr(rng, hyphen=True).replace("-", " - "),
        fake.cpr(rng, hyphen=True).replace("-", "\u2011"),
        fake.phone(rng, style=rng.choice(("plain", "pairs", "halves", "+45", "0045", "(+45)"))),
        fake.email(rng),
        fake.iban(rng, grouped=True),
        fake.iban(rng),
        fake.card(rng, grouped=rng.random() < 0.5),
        fake.account(rng),
        fake.passport(rng),
        fake.driver_license(rng),
        fake.mrz(rng, form=rng.choice(("TD1", "TD2", "TD3"))),
        fake.ip(rng, version=rng.choice((4, 6))),
    ]


LABELS = ["CPR-nr.: ", "tlf. ", "konto ", "pas ", "kørekort ", "e-mail: ", "ordrenr ", "", ""]
NOISE = [
    " ",
    "\n",
    ";",
    "\t",
    ", ",
    "…",
    "æ",
    "x",
    "-",
    "0",
    "12",
    " " * 90,
    "“",
    '"',
    ": ",
    "\r\n",
]


def document(rng: random.Random) -> str:
    parts: list[str] = []
    for _ in range(rng.randint(1, 25)):
        parts.append(rng.choice(LABELS))
        value = rng.choice(values(rng))
        if rng.random() < 0.3:  # mutated: a character gone, doubled or replaced
            at = rng.randrange(len(value))
            put = rng.choice(("", value[at] * 2, rng.choice("0x -.@\u00a0ø")))
            value = value[:at] + put + value[at + 1 :]
        parts.append(value)
        parts += rng.choices(NOISE, k=rng.randint(0, 5))
        if rng.random() < 0.2:
            parts.append("Lorem ipsum dolor sit amet, " * rng.randint(1, 30))
    return "".join(parts)


@pytest.mark.parametrize(
    "seed", [*range(20), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(20, 60))]
)
def test_built_in_detectors_find_the_same(seed: int) -> None:
    text = document(random.Random(seed))
    wanted = [list(detector.find(text)) for detector in built_in()]
    for engine in ENGINES:
        found: list[list[Match]] = [[] for _ in wanted]
        for index, matches in _gate(engine).matches(text):
            found[index] = list(matches)
        assert found == wanted, engine


_gates: dict[str, Gate] = {}


def _gate(engine: str) -> Gate:
    if engine not in _gates:
        _gates[engine] = Gate(built_in(), engine)
    return _gates[engine]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("regex", "text"),
    [
        pytest.param(r"(?<!\d)\d{8}(?!\d)", "12345678", id="the whole text is the match"),
        pytest.param(r"(?<!\d)\d{8}(?!\d)", "12345678 12345678", id="one separator for both"),
        pytest.param(r"ab{3}", "x" * 5000 + "abbb", id="at the last character"),
        pytest.param(r"ab{3}", "abbb" + "x" * 5000, id="at the first character"),
        pytest.param(r"ab{3}", "x" * 4094 + "abbb" + "x" * 5000, id="across two chunks"),
        pytest.param(r"\bkr{2,}", "æ kr" + "r" * 9000, id="longer than a chunk"),
        pytest.param(r"\w+@\w+", "ø" * 3000 + "@" + "å" * 3000, id="unbounded on both sides"),
        pytest.param(r"12\u201334", "\u2013" * 50 + "12\u201334", id="beyond Latin-1"),
        pytest.param(r"(?i)\u212aelvin9", "KELVIN9 kelvin9 \u212aELVIN9", id="Kelvin sign"),
        pytest.param(r"(?i)straSSe1", "stra\u017f\u017fe1 STRASSE1", id="long s"),
        pytest.param(r"\d{4}-\d{4}", "1234-1234 ١٢٣٤-١٢٣٤", id="Arabic digits"),
        pytest.param(r"x\s{2}y9", "x\u2003\u00a0y9", id="Unicode white space"),
        pytest.param(r"1a?2", "\ud800" + "12" + "\udfff", id="lone surrogates"),
        pytest.param(r"(?m)^ID:\d+$", "ID:1\n ID:2\nxID:3\nID:4", id="line ends"),
        pytest.param(r"(ab|cd)x\1", "abxab cdxab cdxcd", id="back reference"),
        pytest.param(r"(?>a+)b1", "aaab1 ab1", id="atomic group"),
    ],
)
def test_edges_of_texts_and_of_unicode(engine: str, regex: str, text: str) -> None:
    detector = pattern(regex, 0)
    wanted = list(detector.find(text))
    assert wanted
    assert gated(Gate([detector], engine), text) == wanted


@pytest.mark.parametrize("engine", ENGINES)
def test_a_text_without_matches_has_no_window(engine: str) -> None:
    gate = Gate([pattern(r"(?<!\d)\d{6}-\d{4}(?!\d)")], engine)
    assert gate.windows("Der er ingen tal her, blot ord. " * 500) == []
    assert gate.windows("") == []


@pytest.mark.parametrize("engine", ENGINES)
def test_windows_are_ordered_apart_and_inside(engine: str) -> None:
    text = document(random.Random(7)) * 5
    windows = _gate(engine).windows(text)
    assert windows == sorted(windows)
    for one, other in pairwise(windows):
        assert one[0] < other[0] or one[2] < other[1]
    assert all(0 <= start < end <= len(text) for _, start, end in windows)


def test_windows_that_cover_most_are_the_whole_text() -> None:
    text = "12345678;" * 1000
    assert Gate([pattern(r"(?<!\d)\d{8}(?!\d)")]).windows(text) == [(0, 0, len(text))]


@pytest.mark.parametrize(
    ("detector", "why"),
    [
        pytest.param(pattern(r"\w+"), "everywhere", id="what it needs is common"),
        pytest.param(pattern(r"(?=.*foo)bar12"), "look-around", id="look-ahead without bound"),
        pytest.param(Shapeless(pattern("ab")), "no shape", id="no shape given"),
        pytest.param(Sliced(pattern("(?m)^ab12")), "begins", id="a window is no line"),
    ],
)
def test_what_cannot_be_gated_is_named_and_sees_all(detector: Detector, why: str) -> None:
    gate = Gate([detector])
    assert why in gate.ungated[detector.name]
    text = "x foo ab12 bar12 foo"
    assert gate.windows(text) == [(0, 0, len(text))]
    assert gated(gate, text) == list(detector.find(text))


def test_one_detector_that_cannot_be_gated_leaves_the_others_gated() -> None:
    gate = Gate([pattern(r"\w+"), pattern(r"\d{8}-\d")])
    assert [index for index, *_ in gate.windows("kun ord")] == [0]


HOSTILE = {
    "digits": "1",
    "pairs": "12 ",
    "upper": "A1<",
    "at": "a@b.c ",
    "dashes": "123456-",
    "json": '{"cpr":"0101010101","n":12345678},',
    "csv": "0101010101;12345678;a@b.dk\n",
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(8_000, id="two chunks"),
        pytest.param(20_000, id="five chunks", marks=pytest.mark.long),
    ],
)
def test_hits_and_windows_grow_with_the_text_and_no_faster(
    engine: str, piece: str, size: int
) -> None:
    gate = _gate(engine)
    short, long = (_work(gate, piece * (each // len(piece))) for each in (size, 4 * size))
    assert long <= 4.6 * short + 100


def _work(gate: Gate, text: str) -> int:
    # Windows of one detector are apart, so what detectors read is bounded by the text.
    windows = gate.windows(text)
    read = sum(end - start for _, start, end in windows)
    assert read <= len(gate.detectors) * len(text)
    counted = 0
    for _, matches in gate.matches(text):
        counted += sum(1 for _ in matches)
    return counted + len(windows)


def test_an_engine_must_be_known() -> None:
    with pytest.raises(ValueError, match="known are"):
        Gate([], "grep")


def test_errors_of_a_detector_pass_through() -> None:
    class Broken(Sliced):
        def find(self, text: str) -> Iterable[Match]:
            raise TimeoutError("too long")

    with pytest.raises(TimeoutError):
        gated(Gate([Broken(pattern("ab12"))]), "ab12")

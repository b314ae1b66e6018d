"""How other scanners decide a CPR number, input by input; what we say, and why.

The inputs are those of OS2datascanner's own tests and the rules that Purview, GDPRScanner and
presidio publish, with numbers made here. Each id is our decision and its reason.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from detectors import FINDING, MAYBE, Match
from detectors.cpr import LABELLED, Cpr
from detectors.cpr_number import EXEMPT, canonical
from scanner.demo import fake
from tests.detectors.tables import column, prose

TODAY = date(2026, 11, 23)
CPR = Cpr(TODAY)
RNG = random.Random(20261123)


def n(
    day: int, month: int = 1, year: int = 1980, between: str = "-", *, modulus11: bool = True
) -> str:
    number = fake.cpr(RNG, born=date(year, month, day), modulus11=modulus11)
    return number[:6] + between + number[6:]


def said(text: str) -> list[float]:
    """The confidence of everything from MAYBE on, judged as a text of its own."""
    return [match.confidence for match in prose(CPR, text) if match.confidence >= MAYBE]


def pieces(number: str, form: str) -> str:
    return re.sub(r"^(..)(..)(..)", form, number)


Text = Callable[[], str]
OS2: list[tuple[str, Text, list[float]]] = [
    ("1a born 1899: nobody alive, bare: dropped", lambda: n(22, 5, 1899, ""), []),
    ("1b a blank and the check: found", lambda: n(23, 5, 2000, " "), [0.6]),
    ("1c a hyphen and the check: found", lambda: n(24, 5, 2001), [0.65]),
    (
        "2 check fails, nothing else speaks: stock numbers are written so",
        lambda: n(25, modulus11=False),
        [],
    ),
    ("2 the same, labelled: valid since 2007", lambda: f"cpr {n(25, modulus11=False)}", [0.85]),
    (
        "3 a word against counts for its number, never for the document",
        lambda: f"P-nr. {n(22, between='')} / P-nummer: {n(23, between='')} / {n(24)}",
        [0.65],
    ),
    (
        "4 mixed case beside it is no evidence: keys are written so",
        lambda: f"Ord {n(22, between='')} / uSNnot {n(23, 5, 2000)} / Kommune, {n(24, 5, 2001)}",
        [0.45, 0.65, 0.65],
    ),
    ("5 after a name", lambda: f"Anders And {n(1)}", [0.65]),
    ("6a unbalanced bracket, labelled", lambda: f"Anders And, cpr: [{n(2)}", [0.99]),
    ("6b unbalanced: text is cut anywhere, so it says nothing", lambda: f"And, [{n(2)}", [0.65]),
    ("7 in brackets: JSON and lists are", lambda: f"Anders And, [{n(3)}], Gåsevej 111", [0.65]),
    ("8 in parentheses: letters are", lambda: f"Anders ({n(4)} And), Andeby", [0.65]),
    ("9 a number beside it is a field: tables are", lambda: f"Anders And 113 {n(5)}", [0.65]),
    ("10 two in a row", lambda: f"Anders And {n(6)} {n(7)}", [0.65, 0.65]),
    (
        "11 a directory's sequence number: its key is a word against",
        lambda: f'"uSNChanged": [{n(7)}], "uSNCreated": [123456]',
        [],
    ),
    (
        "12 braces and numbers beside: form and check still say CPR",
        lambda: f"712000 0 0 WET}} {{{n(8)} 3600 1 WEST}} [{n(9)} 0 0 WET]",
        [0.65, 0.65],
    ),
    (
        "13 hyphen, plus and hash touch it: a piece of something else",
        lambda: f"{{{n(9)}-}} {{+{n(10)}}} (#{n(11)})",
        [],
    ),
    ("14a a minus in front: a result", lambda: f"-{n(10)}", []),
    ("14b a plus behind: a formula", lambda: f"{n(11)}+", []),
    ("15 a full stop ends a sentence", lambda: f"[{n(11)}. Men [{n(12)}", [0.65, 0.65]),
    ("16 labelled", lambda: f"Anders cpr-nr [{n(14, 12)}]", [0.99]),
    (
        "17 a date in blanks: phones and tables are written so",
        lambda: pieces(n(6), r"\1 \2 \3"),
        [],
    ),
    ("17 full stops in the date, check right", lambda: pieces(n(6), r"\1.\2.\3"), [0.6]),
    ("21a bare and check: a maybe, never a finding", lambda: "1111111118", [0.45]),
    ("21b bare, check fails", lambda: "1111111119", []),
    ("22a nine digits are none without a label", lambda: n(1, between="")[1:], []),
    ("22a nine digits, labelled: a zero was lost", lambda: f"cpr: {n(1, between='')[1:]}", [0.85]),
    ("22b eleven digits are none", lambda: "11111111181", []),
    ("23a exempt date, but serial 0000 is a placeholder", lambda: "0101900000", []),
    (
        "23b exempt date: a missing check counts as right",
        lambda: n(1, 1, 1964, "", modulus11=False),
        [0.45],
    ),
    ("24a a full stop behind", lambda: "1111111118.", [0.45]),
    ("24b a blank", lambda: "111111 1118", [0.6]),
    ("24c a tab: two cells, unless labelled", lambda: "111111\t1118", []),
    ("24d a tab, labelled", lambda: "cpr 111111\t1118", [0.85]),
    ("25a two blanks: two numbers of a table", lambda: "111111  1118", []),
    ("25b a letter between", lambda: "111111b1118", []),
    ("25c a hash in front: a ticket", lambda: "#1111111118", []),
    ("25d a hash behind", lambda: "1111111118#", []),
    ("26a leap day of 1908, check fails", lambda: "290208-1112", []),
    ("26b leap day of 1908, labelled", lambda: "cpr 290208-1112", [0.85]),
    ("26c 1911 was no leap year, labelled or not", lambda: "cpr 290211-1111", []),
    ("26d 30 February", lambda: "cpr 300211-1111", []),
    ("26e no date", lambda: "cpr 999999-9999", []),
    ("26f serial 0000 and check fails", lambda: "1111110000", []),
]

RULES: list[tuple[str, Text, list[float]]] = [
    ("a line break joins only what is labelled", lambda: n(3, between="\n"), []),
    ("a line break, labelled and checked", lambda: f"cpr\n{n(3, between=chr(10))}", [0.85]),
    ("a slash between: fractions are written so", lambda: n(3, between="/"), []),
    ("a slash between, labelled", lambda: f"cpr {n(3, between='/')}", [0.75]),
    ("a non-breaking hyphen is a hyphen", lambda: n(3, between="\u2011"), [0.65]),
    (
        "born in the future, bare and labelled: a maybe, somebody mistyped",
        lambda: f"cpr {n(17, 1, 2027, '', modulus11=False)}",
        [0.5],
    ),
    (
        "7th digit 5-8 is 1858-1899 from year 58 on (cpr.dk), not 19xx",
        lambda: n(17, 1, 1880),
        [0.5],
    ),
    (
        "a word fifty characters in front labels it; 300 would take other numbers' words",
        lambda: "cpr" + " x" * 25 + f" {n(3, between='')}",
        [0.95],
    ),
    ("a word 300 characters in front does not", lambda: "cpr" + " x" * 150 + f" {n(3)}", [0.65]),
    (
        "an invoice word 120 characters away vetoes nothing",
        lambda: "faktura" + " x" * 40 + f" {n(3)}",
        [0.65],
    ),
    ("a letter right in front: a code", lambda: f"A{n(3)}", []),
    ("its own label right in front", lambda: f"cprnr{n(3, between='')}", [0.95]),
    (
        "a hyphen alone is no evidence enough (a peer says 'high')",
        lambda: f"ref {n(3, modulus11=False)}",
        [],
    ),
    (
        "day + 40: no source of the CPR office knows it",
        lambda: f"cpr {45:02}{n(3)[2:]}",
        [],
    ),
    (
        "day + 60: a replacement number, a maybe without its word",
        lambda: fake.cpr(RNG, born=date(1980, 5, 17), hyphen=True, replacement=True),
        [0.55],
    ),
    ("a code comment in front", lambda: f"// {n(3)}", [0.65]),
    ("inside < >: markup", lambda: f"<b>{n(3)}</b>", [0.65]),
    ("an exclamation mark behind ends a sentence", lambda: f"husk {n(3)}!", [0.65]),
    ("a percent sign behind", lambda: f"{n(3, between='')}%", []),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(text, expected, id=name) for name, text, expected in (*OS2, *RULES)],
)
def test_cases_of_others(text: Text, expected: list[float]) -> None:
    assert said(text()) == pytest.approx(expected)


def test_case_18_exceptions_are_kept_by_the_index_not_by_the_detector() -> None:
    # `fodspor ignore` holds fingerprints; a detector that knew the values would store them.
    number = n(3)
    assert said(number) == said(number.replace("-", "\u2013")) == [0.65]


def test_case_19_without_context_nothing_more_would_be_found() -> None:
    """What OS2datascanner finds only with context off, we find with it: but for touched ones."""
    texts = {name: text for name, text, _ in OS2 if re.match(r"(?:[5-9]|1[0-6])[ab]? ", name)}
    silent = {name.split()[0] for name, text in texts.items() if not said(text())}
    assert silent == {"11", "13", "14a", "14b"}


def dense(rng: random.Random) -> tuple[list[str], list[str]]:
    noise = [f"{rng.randrange(10**6):06}-{rng.randrange(10**4):04}" for _ in range(90)]
    planted = [fake.cpr(rng, hyphen=True) for _ in range(7)]
    lines = noise + planted
    rng.shuffle(lines)
    return lines, planted


def findings(matches: list[Match]) -> set[str]:
    return {match.value for match in matches if match.confidence >= FINDING}


def test_case_20_numbers_among_random_ones_are_found() -> None:
    """A bin of a document says nothing of its numbers; they stand by form and check."""
    lines, planted = dense(random.Random(20))
    found = findings(prose(CPR, "\n".join(lines)))
    assert {canonical(number) for number in planted} <= found


def test_case_20_in_a_column_among_dated_numbers_they_are_maybes() -> None:
    """Where most of a column carries dates and few pass, chance explains those that do."""
    rng = random.Random(21)
    serials = [
        f"{date(2020, 1, 1) + timedelta(days=rng.randrange(2000)):%d%m%y}-{rng.randrange(10**4):04}"
        for _ in range(90)
    ]
    found = findings(column(CPR, serials))
    assert found == set()


def test_the_list_of_exempt_dates_has_the_two_that_peers_lack() -> None:
    assert {"010162", "010183"} <= EXEMPT
    assert len(EXEMPT) == 26


def test_sequence_position_decides_nothing() -> None:
    """A late serial is as valid as an early one: cpr.dk publishes no order of issue."""
    numbers = {fake.cpr(random.Random(seed), born=date(1980, 5, 17)) for seed in range(60)}
    assert {match.confidence for number in numbers for match in CPR.find(number)} == {0.45}


@pytest.mark.parametrize(
    ("form", "most"),
    [
        pytest.param("{}", 0, id="bare: no check makes a finding"),
        pytest.param("{}-{}", 0.005, id="hyphen: the 0.2 % that pass date and check"),
    ],
)
def test_base_rate_of_random_digits(form: str, most: float) -> None:
    rng = random.Random(5)
    digits = [f"{rng.randrange(10**10):010}" for _ in range(20_000)]
    found = 0
    for number in digits:
        text = form.format(number[:6], number[6:]) if "-" in form else number
        found += any(match.confidence >= FINDING for match in CPR.find(text))
    assert found <= most * len(digits)


def test_a_checksum_is_required_at_no_level() -> None:
    """Purview requires it at both: numbers issued since 2007 are invisible to it."""
    number = n(1, 1, 1990, modulus11=False)
    assert said(f"personnummer {number}")[0] >= LABELLED
    (match,) = column(CPR, [n(17, 5, 1975, "", modulus11=False)], "CPR")
    assert match.confidence >= LABELLED

"""What no tracked file says: where it was made, how it was written, a number somebody may have."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from detectors.cpr import BLANKS, DASHES, ODD
from detectors.cpr_number import YEARS, canonical, dated
from scanner.demo import fake

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 11, 23)
NOBODY_ALIVE = 1915
"""A birth before it is nobody's who lives, as the oldest people go (2026)."""

ALLOWED = {
    "0101900000": "serial numbers begin at 0001; a row needs an exempt date with serial 0000",
    "0912803456": "nine digits with a zero before them: an example of a US passport in presidio",
}
"""Numbers that may stand here, with the reason why they are nobody's."""

# Letters in brackets keep this file from naming what it forbids.
FORBIDDEN = {
    "a path of the machine it was made on": r"(?<![\w.])/(?:work|root)/|\.\./shar[e]d\b",
    "where packages come from": r"\b(?:extra-)?inde[x][-_]url|\btrusted[-]host|\bpip\.con[f]\b"
    r"|\bgopro[x]y\b|artifacto[r]y|\bdevp[i]\b",
    "how it was written": r"cl[a]ude|anthrop[i]c|open[a]i|chat[g]pt|\bcopil[o]t\b|\bll[m]s?\b"
    r"|\bai[- ](?:generated|assist)|co-authored[-]by|\bas an a[i]\b"
    r"|\bthe br[i]ef\b|\bsub[-]?agents?\b",
}

HOSTS = frozenset(
    {
        *("schemas.openxmlformats.org", "schemas.microsoft.com", "www.w3.org", "purl.org"),
        *("www.gnu.org", "fsf.org", "openoffice.org", "creativecommons.org"),
    }
)
"""Names of formats and of the licences. Every other host is a reserved name, or made up."""
_HOST = re.compile(r"https?://(?:[^\s/@\"'<>{}]*@)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_RESERVED = re.compile(
    r"(?:.*\.)?(?:example(?:\.(?:com|net|org))?|invalid|test|localhost|(?:firma|host)\.dk)|127\..*"
)

_GAP = f"{re.escape(BLANKS + DASHES + ODD)}_\\\\\t"
_NUMBER = re.compile(
    rf"(?<![0-9])[0-9]{{6}}[{_GAP}]{{0,3}}[0-9]{{4}}(?![0-9])"
    r"|(?<![0-9A-Za-z.])[1-9][0-9]{8}(?![0-9A-Za-z])"
)


@cache
def tracked() -> dict[str, str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no clone: the list of tracked files is not known")
    names = done.stdout.decode("utf-8").split("\0")
    found = {name: (ROOT / name).read_bytes() for name in names if name and (ROOT / name).is_file()}
    return {
        name: content.decode("utf-8", errors="replace")
        for name, content in found.items()
        if not name.endswith((".npz", ".png"))  # packed numbers spell anything
    }


def lines(text: str, expression: re.Pattern[str]) -> Iterator[int]:
    for found in expression.finditer(text):
        yield text.count("\n", 0, found.start()) + 1


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_says(what: str) -> None:
    rule = re.compile(FORBIDDEN[what], re.IGNORECASE)
    assert [f"{name}:{at}" for name, text in tracked().items() for at in lines(text, rule)] == []


def test_no_file_says_where_this_clone_lies() -> None:
    if len(ROOT.parts) < 3:
        pytest.skip("a clone at the top of the disk has too short a path to look for")
    rule = re.compile(re.escape(str(ROOT)))
    assert [name for name, text in tracked().items() if rule.search(text)] == []


def test_every_host_is_a_known_or_a_made_up_one() -> None:
    strange = [
        (name, host)
        for name, text in tracked().items()
        for host in _HOST.findall(text)
        if host.lower() not in HOSTS and not _RESERVED.fullmatch(host.lower())
    ]
    assert strange == []


def numbers_of_the_living(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and canonical form of what may be the CPR number of somebody alive."""
    for found in _NUMBER.finditer(text):
        digits = "".join(filter(str.isdigit, found[0]))
        value = canonical(digits)
        if dated(value, TODAY) and YEARS[value[4:7]][0] >= NOBODY_ALIVE and value not in ALLOWED:
            yield text.count("\n", 0, found.start()) + 1, value


def test_no_file_is_a_link() -> None:
    """A link leads where this checkout was made, and its text is read by no other test here."""
    done = subprocess.run(
        ["git", "ls-files", "-s"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert [line for line in done.stdout.splitlines() if line.startswith("120000")] == []


def test_every_number_that_stands_here_is_nobodys() -> None:
    found = [
        f"{name}:{at}" for name, text in tracked().items() for at, _ in numbers_of_the_living(text)
    ]
    assert found == [], "make valid numbers at run time (scanner/demo/fake.py), or take an old one"


def test_every_allowed_number_is_needed() -> None:
    whole = "".join(text for name, text in tracked().items() if name != "tests/test_words.py")
    assert [number for number in ALLOWED if number.lstrip("0") not in whole] == []


BORN = date(1980, 5, 7)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(fake.cpr(born=BORN), 1, id="bare"),
        pytest.param(fake.cpr(born=BORN, hyphen=True), 1, id="hyphen"),
        pytest.param(fake.cpr(born=BORN, hyphen=True).replace("-", "–"), 1, id="long dash"),
        pytest.param(fake.cpr(born=BORN, modulus11=False), 1, id="modulus 11 fails"),
        pytest.param(fake.cpr(born=BORN, replacement=True), 1, id="replacement number"),
        pytest.param(fake.cpr(born=BORN)[1:], 1, id="lost its zero"),
        pytest.param(fake.cpr(born=date(1914, 12, 31)), 0, id="born in 1914"),
        pytest.param(fake.cpr(born=date(1915, 1, 1)), 1, id="born in 1915"),
        pytest.param("3002110000", 0, id="30 February"),
        pytest.param(fake.cpr(born=BORN) + "1", 0, id="inside a longer number"),
    ],
)
def test_numbers_of_the_living_are_seen(text: str, found: int) -> None:
    assert len(list(numbers_of_the_living(f"cpr = '{text}'"))) == found

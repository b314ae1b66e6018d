"""Texts made to break patterns: four times the text may not take sixteen times as long."""

from __future__ import annotations

import time

import pytest

from detectors import load
from detectors.gate import Gate
from scanner.demo import fake

SHORT, LONG = 60_000, 240_000  # a segment holds up to 256 KB
SLACK_SECONDS = 1.0
GATE = Gate(load(None))

TEXTS = {
    "letters before an @": "a",
    "an @ after each letter": "a@",
    "domains without end": "a.",
    "mail addresses without end": "@a.",
    "dots": ".",
    "dashes in words": "a-b_c+d",
    "digits": "1",
    "digits and blanks": "1 ",
    "digits and dashes": "12-",
    "digits and dots": "1.1.",
    "colons": "a:0:",
    "births without end": "010101",
    "births and dashes": "010101-",
    "labels": "cpr ",
    "labels and digits": "cpr 0101",
    "country codes": "+45 ",
    "brackets": "(45) ",
    "zeros": "00",
    "IBAN beginnings": "DK50 ",
    "IBAN and letters": "GB29NWBK",
    "machine-readable filling": "<",
    "machine-readable lines": "P<DNKHOLM<<ANNA<\n",
    "capitals": "A",
    "capitals and digits": "A1",
    "house numbers": "vej 1, ",
    "names": "Anna Holm ",
    "blanks": " ",
    "line ends": "\n",
    "no-break spaces": "1\xa0",
    "combining marks": "e\u0301",
    "wide letters": "\U0001f600",
    "quotes": '"1","',
    "tabs": "1\t",
}


def seconds(text: str) -> float:
    started = time.process_time()
    for _ in GATE.matches(text):
        pass
    return time.process_time() - started


def test_the_gate_is_awake() -> None:
    assert list(GATE.matches(f"skriv til {fake.email()} i dag"))


@pytest.mark.parametrize("unit", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("end", ["", "@", "x"], ids=["bare", "an @ at the end", "a letter"])
def test_time_grows_with_the_text_and_no_faster(unit: str, end: str) -> None:
    short = seconds(unit * (SHORT // len(unit)) + end)
    long = seconds(unit * (LONG // len(unit)) + end)
    assert long < 8 * short + SLACK_SECONDS

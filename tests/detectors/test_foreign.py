"""Identifiers of other countries: right ones, made up, are findings by their words alone."""

from __future__ import annotations

import pickle
import random
from importlib import import_module
from string import ascii_uppercase

import pytest

from detectors import FINDING, MAYBE
from detectors.cpr import Cpr
from detectors.foreign import KINDS, SELDOM, foreign
from scanner.demo import fake
from scanner.messages import LANGUAGES, words

FORMS = dict(
    each.split("=")
    for each in """AT_SVNR=#### 010110
BE_NN=10.01.03-### ##
BG_EGN=100103####
CH_AHV=756.####.####.##
CZ_RC=540103/####
DE_STEUER_ID=## ### ### ###
EE_IK=31001030###
ES_DNI=########-?
ES_NIE=X-#######?
FI_HETU=030110-###?
FR_NIR=1 10 01 75 ### ### ##
GB_NHS=### ### ####
HR_OIB=###########
IE_PPS=#######?
IS_KENNITALA=030110-###9
IT_CODICE_FISCALE=RSSMRA10A03H501?
LT_ASMENS_KODAS=31001030###
NL_BSN=#########
NO_FODSELSNUMMER=030110 #####
PL_PESEL=100103#####
PT_NIF=2########
RO_CNP=110010301####
SE_PERSONNUMMER=100103+####
TR_KIMLIK=###########
US_SSN=###-##-####""".splitlines()
)
"""# is any digit, ? any capital; births before 1915, where there is one."""


def made(kind: str, seed: int = 1) -> str:
    """Return a right number of a kind, made up."""
    rng = random.Random(f"{kind}{seed}")
    check = import_module(f"stdnum.{KINDS[kind].module}").is_valid
    while True:
        number = "".join(
            str(rng.randrange(10)) if c == "#" else rng.choice(ascii_uppercase) if c == "?" else c
            for c in FORMS[kind]
        )
        if check(number):
            return number


EXAMPLES = {kind: made(kind) for kind in FORMS}


def test_each_kind_has_an_example_and_words_in_both_languages() -> None:
    assert EXAMPLES.keys() == KINDS.keys()
    for language in LANGUAGES:
        assert all(words(language).kind(kind) != kind for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_with_its_word_is_a_finding_and_alone_it_is_none(kind: str) -> None:
    detector, number = foreign(kind), EXAMPLES[kind]
    for word in KINDS[kind].words:
        (match,) = detector.find(f"{word}: {number}.")
        assert match.confidence >= FINDING, word
    (alone,) = detector.find(f"se {number} her")
    assert (alone.confidence >= MAYBE) is (KINDS[kind].alone == SELDOM)
    assert alone.confidence < FINDING
    assert alone.value == import_module(f"stdnum.{KINDS[kind].module}").compact(number) or (
        kind == "SE_PERSONNUMMER"
    )


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"US_SSN"}))
def test_a_wrong_digit_is_none(kind: str) -> None:
    number, detector = EXAMPLES[kind], foreign(kind)
    at = max(n for n, sign in enumerate(number) if sign.isdigit() and n < len(number) - 1)
    wrong = [number[:at] + str(digit) + number[at + 1 :] for digit in range(10)]
    passed = [w for w in wrong for m in detector.find(f"se {w} her") if m.confidence > 0]
    assert passed == [number] or (number in passed and len(passed) <= 2)


@pytest.mark.parametrize("kind", KINDS)
def test_inside_a_longer_number_is_none(kind: str) -> None:
    for text in (f"7{EXAMPLES[kind]}", f"{EXAMPLES[kind]}7"):
        assert not [m for m in foreign(kind).find(text) if m.confidence >= MAYBE]


def test_a_swedish_number_is_the_same_with_its_century_and_without() -> None:
    digits = made("SE_PERSONNUMMER").replace("+", "")
    forms = (f"{digits[:6]}+{digits[6:]}", f"19{digits[:6]}-{digits[6:]}", f"19{digits}")
    values = {m.value for form in forms for m in foreign("SE_PERSONNUMMER").find(f"pnr {form}")}
    assert values == {f"19{digits}"}


def test_danish_numbers_are_not_told_as_others() -> None:
    rng = random.Random(3)
    detectors = [foreign(kind) for kind in KINDS]
    texts = [f"CPR-nr. {fake.cpr(rng, hyphen=True)}" for _ in range(300)]
    texts += [f"{fake.cpr(rng)} {fake.phone(rng)} {fake.account(rng)}" for _ in range(300)]
    assert any(m.confidence >= FINDING for text in texts for m in Cpr().find(text))
    found = (match for text in texts for each in detectors for match in each.find(text))
    assert [match.kind for match in found if match.confidence >= MAYBE] == []


def test_a_detector_travels_to_a_worker_and_knows_its_version() -> None:
    detector = foreign("NO_FODSELSNUMMER")
    assert pickle.loads(pickle.dumps(detector)).version == detector.version
    assert len({foreign(kind).version for kind in KINDS}) == len(KINDS)

"""What a CPR number says by itself. Literal numbers are of births before 1915 or no numbers."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.cpr_number import EXEMPT, WEIGHTS, canonical, dated
from scanner.demo import fake

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("middle", "year"),
    [
        pytest.param("000", 1900, id="digit 7 is 0-3: always 19xx, first"),
        pytest.param("993", 1999, id="digit 7 is 0-3: always 19xx, last"),
        pytest.param("004", 2000, id="4 with 00-36 is 20xx, first"),
        pytest.param("264", 2026, id="4 with this year"),
        pytest.param("374", 1937, id="4 with 37-99 is 19xx"),
        pytest.param("369", 2036, id="9 with 36 is 2036"),
        pytest.param("379", 1937, id="9 with 37 is 1937, not 2037"),
        pytest.param("005", 2000, id="5-8 with 00-57 is 20xx"),
        pytest.param("578", 2057, id="5-8 with 57 is 2057"),
        pytest.param("585", 1858, id="5-8 with 58-99 is 18xx"),
        pytest.param("998", 1899, id="5-8 with 99 is 1899"),
    ],
)
def test_century_table_of_cpr_dk(middle: str, year: int) -> None:
    codes = dated(f"0101{middle}000", TODAY)
    assert codes[0] == ("birth-date" if 1900 <= year <= 2026 else "date")
    leap = dated(f"2902{middle}000", TODAY)
    assert bool(leap) is (year % 4 == 0 and year != 1900), "29 February tells the year"


def test_exempt_birth_dates_are_those_of_cpr_dk_of_10_05_2023() -> None:
    assert len(EXEMPT) == 26
    assert {"010162", "010183"} <= EXEMPT, "the two that others leave out"
    assert not {"010161", "010163", "010168", "010179", "010193", "010196"} & EXEMPT
    assert all(head.startswith("0101") for head in EXEMPT)


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        pytest.param("1111111118", ("birth-date", "modulus-11"), id="born 1911, passes"),
        pytest.param("1111111119", ("birth-date", "modulus-fails"), id="born 1911, fails"),
        pytest.param("7111111114", ("birth-date", "modulus-fails", "replacement"), id="day 71"),
        pytest.param("0101111AA1", ("birth-date", "lettered"), id="eCPR, 1: born 1911"),
        pytest.param("0101117AA1", ("birth-date", "lettered"), id="eCPR, 7: born 2011"),
        pytest.param("0101110AA1", ("birth-date", "lettered"), id="eCPR, older regional 0"),
        pytest.param("0101112AA1", (), id="eCPR, no such century"),
        pytest.param("3002110000", (), id="30 February"),
        pytest.param("3104110000", (), id="31 April"),
        pytest.param("9102110000", (), id="31 February as a replacement number"),
        pytest.param("0013110000", (), id="day 0, month 13"),
        pytest.param("9999999999", (), id="nines"),
        pytest.param("0000000000", (), id="zeros"),
    ],
)
def test_codes_of_a_number(value: str, codes: tuple[str, ...]) -> None:
    assert dated(value, TODAY) == codes


@pytest.mark.parametrize(
    ("born", "code"),
    [
        pytest.param(TODAY, "birth-date", id="born today"),
        pytest.param(date(2026, 11, 24), "date", id="born tomorrow"),
        pytest.param(date(2027, 1, 1), "date", id="born next year"),
        pytest.param(date(1899, 12, 31), "date", id="born 1899"),
        pytest.param(date(1900, 1, 1), "birth-date", id="born 1900"),
    ],
)
def test_alive_means_born_1900_to_today(born: date, code: str) -> None:
    assert dated(fake.cpr(born=born), TODAY)[0] == code
    assert dated(fake.cpr(born=born, replacement=True), TODAY)[0] == code


@given(st.dates(date(1900, 1, 1), TODAY), st.booleans(), st.booleans(), st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_modulus_11_is_the_weighted_sum(
    born: date, passes: bool, replacement: bool, seed: int
) -> None:
    number = fake.cpr(random.Random(seed), born=born, modulus11=passes, replacement=replacement)
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=True))
    assert (total % 11 == 0) is passes
    assert ("modulus-11" in dated(number, TODAY)) is passes
    if not passes:
        exempt = number[:6] in EXEMPT
        assert ("exempt-date" if exempt else "modulus-fails") in dated(number, TODAY)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("111111-1118", "1111111118", id="hyphen"),
        pytest.param("111111 - 1118", "1111111118", id="spaced hyphen"),
        pytest.param("111111\u20131118", "1111111118", id="en dash"),
        pytest.param("111111\u20111118", "1111111118", id="non-breaking hyphen"),
        pytest.param("111111\u00a01118", "1111111118", id="non-breaking space"),
        pytest.param("111111-\n1118", "1111111118", id="line break"),
        pytest.param(" 101111118 ", "0101111118", id="lost its zero"),
        pytest.param("101111118.0", "0101111118", id="kept as a number"),
        pytest.param("1111111118.0", "1111111118", id="kept as a number, ten digits"),
        pytest.param("111111-1aa8", "1111111AA8", id="eCPR in upper case"),
        pytest.param("11111111", "", id="too short"),
        pytest.param("11111111188", "", id="too long"),
        pytest.param("anna", "", id="no number"),
        pytest.param("١١١١١١١١١٨", "", id="digits of another script"),
    ],
)
def test_canonical(written: str, value: str) -> None:
    assert canonical(written) == value
    assert canonical(value) == value or not value

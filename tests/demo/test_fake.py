"""What is made up has the form of the real thing, and the same seed makes the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from ipaddress import ip_address

import phonenumbers
import pytest

from detectors.checks import luhn, mod97, weighted
from detectors.mrz import passed
from scanner.demo import danish, fake

CPR = weighted((4, 3, 2, 7, 6, 5, 4, 3, 2, 1), 11)
CVR = weighted((2, 7, 6, 5, 4, 3, 2, 1), 11)


def many(make: Callable[[random.Random], str], times: int = 200) -> list[str]:
    rng = random.Random(1)
    return [make(rng) for _ in range(times)]


MAKERS = [
    fake.cpr,
    fake.cvr,
    fake.p_number,
    fake.phone,
    fake.name,
    fake.email,
    fake.address,
    fake.iban,
    fake.card,
    fake.account,
    fake.passport,
    fake.driver_license,
    fake.mrz,
    fake.ip,
]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_same_seed_makes_the_same(make: Callable[[random.Random], str]) -> None:
    assert many(make) == many(make)
    assert len(set(many(make))) > 150, "and seldom the same twice"
    assert make is not fake.cpr or fake.cpr(), "without a generator it draws from its own"


@pytest.mark.parametrize("passes", [True, False])
def test_cpr_passes_modulus_11_or_not(passes: bool) -> None:
    assert all(CPR(n) is passes for n in many(lambda rng: fake.cpr(rng, modulus11=passes)))


def test_cpr_tells_birth_and_sex() -> None:
    born = date(1984, 2, 29)
    number = fake.cpr(random.Random(3), born=born, sex="f", hyphen=True)
    assert number[:7] == "290284-"
    assert int(number[-1]) % 2 == 0
    assert int(fake.cpr(random.Random(3), born=born, sex="m")[-1]) % 2 == 1
    assert fake.cpr(random.Random(3), born=born, replacement=True)[:6] == "890284"


@pytest.mark.parametrize(
    ("year", "sevenths"),
    [
        (1858, "5678"),
        (1900, "0123"),
        (1937, "012349"),
        (1999, "012349"),
        (2000, "456789"),
        (2037, "5678"),
    ],
)
def test_the_seventh_digit_tells_the_century(year: int, sevenths: str) -> None:
    numbers = many(lambda rng: fake.cpr(rng, born=date(year, 6, 1)))
    assert {number[6] for number in numbers} == set(sevenths)


@pytest.mark.parametrize("year", [1857, 2058])
def test_no_cpr_number_exists_for_other_years(year: int) -> None:
    with pytest.raises(ValueError, match="no CPR number exists"):
        fake.cpr(born=date(year, 1, 1))


def test_cvr_has_a_right_check_digit_or_a_wrong_one() -> None:
    assert all(CVR(n) for n in many(fake.cvr))
    assert not any(CVR(n) for n in many(lambda rng: fake.cvr(rng, wrong_check=True)))


@pytest.mark.parametrize(
    ("style", "form"),
    [
        ("plain", "dddddddd"),
        ("pairs", "dd dd dd dd"),
        ("halves", "dddd dddd"),
        ("+45", "+45 dd dd dd dd"),
        ("0045", "0045 dd dd dd dd"),
        ("(+45)", "(+45) dd dd dd dd"),
    ],
)
def test_phones_are_valid_however_written(style: fake.PhoneStyle, form: str) -> None:
    for phone in many(lambda rng: fake.phone(rng, style=style)):
        parsed = phonenumbers.parse(phone.strip("()").replace("+45)", "+45"), "DK")
        assert phonenumbers.is_valid_number(parsed)
        assert len(phone) == len(form)
        assert [sign == " " for sign in phone] == [sign == " " for sign in form]


def test_names_are_given_names_and_a_surname() -> None:
    for name in many(fake.name):
        *given, surname = name.split()
        assert surname in danish.SURNAMES
        assert given
        assert set(given) <= {*danish.WOMEN, *danish.MEN}
    assert set(fake.name(random.Random(1), sex="f").split()[:-1]) <= set(danish.WOMEN)


def test_addresses_hold_a_street_a_code_and_a_town() -> None:
    for address in many(fake.address):
        code, town = address.rpartition(", ")[2].split(" ", 1)
        assert (code, town) in danish.TOWNS
        assert address.split()[0] in danish.STREETS


def test_mail_addresses_are_of_nobody() -> None:
    assert all(".example." in mail and mail.isascii() for mail in many(fake.email))
    assert fake.email(name="Søren Åkjær", domain="firma.example").endswith("@firma.example")
    assert fake.ascii_of("Søren Ægir Åby Müller") == "Soeren Aegir Aaby Muller"


@pytest.mark.parametrize("country", fake.IBAN_FORMS)
def test_ibans_pass_mod_97(country: str) -> None:
    assert all(mod97(iban) for iban in many(lambda rng: fake.iban(rng, country=country), 30))
    assert mod97(fake.iban(grouped=True, country=country))


@pytest.mark.parametrize("brand", fake.CARDS)
def test_cards_pass_luhn(brand: fake.Brand) -> None:
    starts, length, _ = fake.CARDS[brand]
    for card in many(lambda rng: fake.card(rng, brand=brand), 50):
        assert luhn(card)
        assert len(card) == length
        assert card.startswith(starts)
    assert luhn(fake.card(brand=brand, grouped=True))


@pytest.mark.parametrize(
    ("form", "lines"), [("TD3", [44] * 2), ("TD2", [36] * 2), ("TD1", [30] * 3)]
)
def test_mrz_lines_and_check_digits(form: fake.MrzForm, lines: list[int]) -> None:
    for zone in many(lambda rng: fake.mrz(rng, form=form), 50):
        assert [len(line) for line in zone.split("\n")] == lines
        right, total = passed(form, zone.replace("\n", ""))
        assert right == total
    assert "HOLM<<ANNA<MARIE" in fake.mrz(form=form, name="Anna Marie Holm")
    assert "123456789" in fake.mrz(form=form, number="123456789")


@pytest.mark.parametrize("version", [4, 6])
def test_addresses_of_machines_are_routed(version: fake.IpVersion) -> None:
    for address in many(lambda rng: fake.ip(rng, version=version), 50):
        assert ip_address(address).version == version
        assert ip_address(address).is_global

"""When a date is taken for a date of birth."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import FINDING, MAYBE
from detectors.birth_date import BIRTH_DATE, canonical
from detectors.gate import Gate
from tests.detectors.tables import column

BORN = "1980-05-17"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Født 17.05.1980", id="full stops"),
        pytest.param("født den 17. maj 1980 i Aarhus", id="a month's name"),
        pytest.param("Fødselsdato: 17/5-80", id="as Danes write it"),
        pytest.param("Fødselsdag: 17-05-1980", id="hyphens"),
        pytest.param("Født: 170580", id="six digits"),
        pytest.param("DOB 1980-05-17", id="ISO"),
        pytest.param("Date of birth: May 17, 1980", id="English"),
        pytest.param("born 17 May 1980", id="English, day first"),
        pytest.param('"fødselsdato": "1980-05-17"', id="JSON"),
        pytest.param("foedselsdato 17.5.1980", id="without Danish letters"),
    ],
)
def test_a_date_with_its_word(text: str) -> None:
    (match,) = [each for each in BIRTH_DATE.find(text) if each.confidence >= FINDING]
    assert match.value == BORN
    assert match.evidence == ("form", "label")
    assert [each.value for _, each in Gate(BIRTH_DATE.parts).find(text)] == [BORN]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("mødt 17.05.1980", id="no word"),
        pytest.param("Fakturadato 17.05.1980", id="another sort of date"),
        pytest.param("Ansat 17.05.1980", id="employment"),
        pytest.param("Født 31.02.1980", id="no such day"),
        pytest.param("Født 17.05.1880", id="nobody alive"),
        pytest.param("Født 17.05.2999", id="in the future"),
        pytest.param("born in 1980", id="a year"),
        pytest.param("Født version 1.17.05.1980", id="inside something longer"),
        pytest.param("fødselsdagsfest 17.05.2020", id="a party"),
        pytest.param("Født i Aarhus. Tiltrådt 17.05.2010", id="a nearer word"),
    ],
)
def test_what_is_none(text: str) -> None:
    assert [match for match in BIRTH_DATE.find(text) if match.confidence >= MAYBE] == []


def test_columns() -> None:
    cells = ["17.05.1980", "18.05.1981"]
    assert BIRTH_DATE.headed("Fødselsdato")
    assert not BIRTH_DATE.headed("Fakturadato")
    assert all(each.confidence >= FINDING for each in column(BIRTH_DATE, cells, "Fødselsdag"))
    assert all(each.confidence < MAYBE for each in column(BIRTH_DATE, cells, "Udløbsdato"))


@given(st.dates(date(1940, 1, 1), date.today() - timedelta(1)))
@settings(max_examples=60, deadline=None)
def test_every_form_of_a_date_is_one_value(born: date) -> None:
    forms = ("%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%d%m%Y")
    assert {canonical(born.strftime(form)) for form in forms} == {born.isoformat()}


def test_two_digits_of_a_year() -> None:
    this = date.today().year % 100
    assert canonical(f"01.01.{this:02}") == f"20{this:02}-01-01"
    assert canonical(f"01.01.{this + 1:02}") == f"19{this + 1:02}-01-01"

"""Which postal code goes with which town."""

from __future__ import annotations

import pytest

from detectors.postal_codes import count, goes_with, is_code
from scanner.demo.danish import TOWNS


@pytest.mark.parametrize(("code", "town"), TOWNS)
def test_the_towns_of_the_demo_company(code: str, town: str) -> None:
    assert goes_with(code, town)


@pytest.mark.parametrize(
    ("code", "town", "goes"),
    [
        pytest.param("8000", "Århus", True, id="å for aa"),
        pytest.param("8000", "AARHUS C", True, id="capitals"),
        pytest.param("2800", "Kgs. Lyngby", True, id="abbreviated"),
        pytest.param("4800", "Nykøbing F", True, id="one letter behind"),
        pytest.param("4500", "Nykøbing Sj.", True, id="the other one of that name"),
        pytest.param("9940", "Læsø", True, id="an island"),
        pytest.param("1123", "København K", True, id="in a range"),
        pytest.param("8000", "Odense", False, id="another town"),
        pytest.param("8000", "stk", False, id="no town"),
        pytest.param("9999", "Aarhus", False, id="no such code"),
        pytest.param("7260", "Sønder", False, id="a word that many towns share"),
    ],
)
def test_a_code_and_a_town(code: str, town: str, goes: bool) -> None:
    assert goes_with(code, town) is goes


def test_codes() -> None:
    assert 1_500 < count() < 1_800
    assert is_code("8000")
    assert not is_code("0001")

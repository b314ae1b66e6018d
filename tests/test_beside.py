"""Matches that weigh more beside a person that another detector found."""

from __future__ import annotations

import pytest

from detectors import Match
from detectors.danish_address import Address
from scanner.beside import PERSONS, listening, weighed

TEXT = "Xi Li, Nørregade 12, 8000 Aarhus C"
(FOUND,) = Address().find(TEXT)
LISTENERS = listening([Address()])


@pytest.mark.parametrize(
    ("other", "raised"),
    [
        pytest.param(Match("PERSON", 0, 5, "xi li", 0.7), True, id="a name in front"),
        pytest.param(Match("PERSON", 0, 5, "xi li", 0.5), False, id="a maybe"),
        pytest.param(Match("PHONE_NUMBER", 0, 5, "1", 0.9), False, id="a phone may be a company's"),
        pytest.param(Match("PERSON", 500, 505, "xi li", 0.7), False, id="far off"),
    ],
)
def test_a_person_beside(other: Match, raised: bool) -> None:
    one, two = weighed(TEXT, [FOUND, other], LISTENERS)
    assert two is other
    assert (one.confidence > FOUND.confidence) is raised


def test_order_and_number_stay() -> None:
    others = [Match("PERSON", 0, 5, "x", 0.9), FOUND, Match("IP_ADDRESS", 3, 4, "y", 0.9)]
    assert [each.kind for each in weighed(TEXT, others, LISTENERS)] == [m.kind for m in others]
    assert weighed(TEXT, [], LISTENERS) == []
    assert "DK_ADDRESS" not in PERSONS

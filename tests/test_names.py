"""Names of places: sealed where they hold an identifier, whatever they look like."""

from __future__ import annotations

import json

import pytest

from scanner.demo import fake
from scanner.index.contents import places_json
from scanner.model import Place
from tests.conftest import Installation


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("part {}", id="a sheet named as a part is counted"),
        pytest.param("line {} a", id="words behind the number"),
        pytest.param("page {}", id="a sheet named as a page"),
        pytest.param("Ark {}", id="a plain sheet"),
    ],
)
def test_a_step_with_an_identifier_is_sealed(installation: Installation, name: str) -> None:
    number = fake.cpr()
    sealed = installation.tools().names.steps((name.format(number), "B14"))
    assert number not in "".join(sealed)
    assert sealed[0].startswith("\x00")
    assert sealed[1] == "B14"


def test_steps_that_a_layout_counts_stay(installation: Installation) -> None:
    steps = ("page 12", "line 9999999", "column 3")
    assert installation.tools().names.steps(steps) == steps


@pytest.mark.parametrize(
    "places",
    [
        pytest.param([("line 20", "column 3")], id="plain"),
        pytest.param([("Ark1", "B14"), ("Ark2", "C3")], id="two"),
        pytest.param([('a", "b', "B1")], id="a name that looks like two steps"),
        pytest.param([('a"], ["b',)], id="a name that looks like two places"),
        pytest.param([("x\\",), ("\n\x00é",)], id="signs that JSON escapes"),
        pytest.param([("",)], id="an empty name"),
        pytest.param([], id="none"),
    ],
)
def test_places_are_stored_as_json(places: list[Place]) -> None:
    assert json.loads(places_json(places)) == [list(place) for place in places]

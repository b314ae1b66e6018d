"""Heads of columns and cells: what is about persons, and what only looks so."""

from __future__ import annotations

import pytest

from detectors.names.words import is_name, meaning


@pytest.mark.parametrize(
    ("head", "about"),
    [
        pytest.param("Navn", "name", id="name of anything"),
        pytest.param("Kunde", "name", id="customers are firms as well"),
        pytest.param("Kundenavn", "name", id="compound"),
        pytest.param("fuldt_navn", "name", id="underscore"),
        pytest.param("Medarbejder", "person", id="employee"),
        pytest.param("Medarbejderens navn", "person", id="of the employee"),
        pytest.param("Fornavn", "first", id="given name"),
        pytest.param("firstName", "first", id="camel case"),
        pytest.param("Efternavn:", "last", id="surname with a colon"),
        pytest.param("Efternavn, fornavn", "person", id="both"),
        pytest.param("Filnavn", "", id="file name"),
        pytest.param("Bruger-ID", "", id="an id"),
        pytest.param("Medarbejder nr.", "", id="a number"),
        pytest.param("Kundenummer", "", id="customer number"),
        pytest.param("Kunde e-mail", "", id="mail address"),
        pytest.param("Produktnavn", "", id="product"),
        pytest.param("Projekt navn", "", id="project"),
        pytest.param("Beløb", "", id="something else"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_heads(head: str, about: str) -> None:
    assert meaning(head) == about


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        pytest.param("Anna Holm", True, id="a name"),
        pytest.param("Holm, Anna Marie", True, id="surname first"),
        pytest.param("A. K. Holm", True, id="initials"),
        pytest.param("anne-marie o'hara", True, id="hyphen and apostrophe"),
        pytest.param("Nguyễn Thị Lan", True, id="letters of other tongues"),
        pytest.param("Holm Byg ApS", False, id="a firm"),
        pytest.param("Holm & Søn", False, id="and sons"),
        pytest.param("Aarhus Kommune", False, id="an authority"),
        pytest.param("Skrue 4x40", False, id="digits"),
        pytest.param("anna@example.com", False, id="a mail address"),
        pytest.param("Ja", False, id="an answer"),
        pytest.param("n/a", False, id="nothing known"),
        pytest.param("Anna " * 20, False, id="far too long"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_cells(cell: str, name: bool) -> None:
    assert is_name(cell) is name

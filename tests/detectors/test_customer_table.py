"""Which columns make a table of people."""

from __future__ import annotations

import pytest

from detectors import FINDING, MAYBE, Column
from detectors.customer_table import LEAST_ROWS, WEIGHTS, CustomerTable, class_of, recognise

KINDS = {"mail": "EMAIL_ADDRESS", "cpr": "DK_CPR", "phone": "PHONE_NUMBER", "where": "DK_ADDRESS"}


def table(heads: str, rows: int = 20, holds: str = "") -> list[Column]:
    """Return columns headed `heads` (by commas); those of `holds` are of a kind in every row."""
    held = dict(pair.split("=") for pair in holds.split())
    return [
        Column(head, rows, {}, {KINDS[held[head]]: rows} if head in held else {})
        for head in heads.split(",")
    ]


@pytest.mark.parametrize(
    ("heads", "holds", "expected"),
    [
        pytest.param("Navn,E-mail", "E-mail=mail", 0.60, id="names and mail addresses: just"),
        pytest.param("Navn,CPR-nr.,Telefon", "CPR-nr.=cpr", 0.75, id="with CPR numbers"),
        pytest.param("Kundenavn,Adresse,Interesser,Køb", "", 0.60, id="heads alone, four of them"),
        pytest.param("Fornavn,Efternavn,Postnr,By,Køn", "", 0.45, id="weak ones: a maybe"),
        pytest.param("Firma,Kontaktperson,E-mail,Telefon", "E-mail=mail", 0.55, id="companies"),
        pytest.param(",,", "=mail", 0.0, id="one kind of thing without heads"),
        pytest.param("first_name,email,customerId", "email=mail", 0.65, id="English, as exported"),
    ],
)
def test_tables_of_people(heads: str, holds: str, expected: float) -> None:
    found = recognise(table(heads, holds=holds))
    assert (found.confidence if found else 0.0) == pytest.approx(expected)


@pytest.mark.parametrize(
    "heads",
    [
        pytest.param("Varenr,Varenavn,Pris,Antal", id="goods"),
        pytest.param("Filnavn,Størrelse,Dato", id="files"),
        pytest.param("Navn,Antal,Pris", id="names of things"),
        pytest.param("Dato,Beløb,Konto,Tekst", id="entries of an account"),
        pytest.param("host,ip,username,time", id="a log"),
        pytest.param("By,Postnr,Indbyggere", id="towns"),
        pytest.param("E-mail", id="one column"),
    ],
)
def test_other_tables(heads: str) -> None:
    found = recognise(table(heads))
    assert found is None or found.confidence < MAYBE


def test_a_table_without_heads_is_told_by_what_it_holds() -> None:
    columns = [
        Column("", 20, {}, {"DK_CPR": 18}),
        Column("", 20, {}, {"EMAIL_ADDRESS": 20}),
        Column("", 20, {}, {"PHONE_NUMBER": 3}),
    ]
    found = recognise(columns)
    assert found is not None
    assert found.confidence >= FINDING
    assert found.value == "20 × cpr, email"
    assert found.count == 20


def test_a_few_rows_are_no_table() -> None:
    assert recognise(table("Navn,CPR,E-mail", rows=LEAST_ROWS - 1)) is None


def test_a_head_leaves_its_class_alone() -> None:
    found = recognise(table("Navn,E-mail,010110-1234 Anna"))
    assert found is not None
    assert "Anna" not in found.value + " ".join(found.evidence)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("Kundenavn", "name"),
        ("last_name", "name"),
        ("E-mailadresse", "email"),
        ("MobilNr", "phone"),
        ("Hjemmeadresse", "address"),
        ("Fødselsdato", "birth"),
        ("Kunde-nr", "number"),
        ("nyhedsbrev", "consent"),
        ("Vejledning til brug", ""),
        ("Varenavn", ""),
        ("Navnet på filen", ""),
    ],
)
def test_classes(head: str, said: str) -> None:
    assert class_of(head) == said


def test_every_weight_has_a_row() -> None:
    heads = "Navn,CPR,E-mail,Telefon,Adresse,Født,By,Kundenr,Konto,Køn,Interesser,Køb,Samtykke"
    found = recognise(table(f"{heads},Løn,Note,Firma", holds="E-mail=mail"))
    assert found is not None
    assert set(found.evidence) == set(WEIGHTS)


def test_it_finds_nothing_in_text() -> None:
    assert list(CustomerTable().find("Navn;E-mail")) == []
    assert CustomerTable().parts == ()

"""Columns of a customer export: known by their heads, or as somebody says."""

from __future__ import annotations

from datetime import date

import pytest

from detectors import load
from scanner.demo import fake
from scanner.register.columns import Columns, ColumnsWrong, columns_of
from scanner.register.values import answer_of, day_of, reader_of

KINDS = {"DK_CPR", "EMAIL_ADDRESS", "PHONE_NUMBER", "IBAN_CODE", "POLICE"}


def columns(*heads: str, said: dict[str, str] | None = None) -> Columns:
    return columns_of(heads, {"POLICE": ("police", "policenummer")}, said or {}, KINDS)


@pytest.mark.parametrize(
    ("head", "role"),
    [
        pytest.param("CPR-nr.", "DK_CPR", id="marks"),
        pytest.param("E-mail adresse", "EMAIL_ADDRESS", id="a blank"),
        pytest.param("Mobil", "PHONE_NUMBER", id="a mobile is a phone"),
        pytest.param("KUNDE_NR", "number", id="capitals and underscore"),
        pytest.param("Formål", "purpose", id="a Danish letter"),
        pytest.param("Slettes efter", "delete-after", id="a term"),
        pytest.param("Frameldt", "withdrawn", id="opted out"),
        pytest.param("Policenummer", "POLICE", id="a kind of the config by its word"),
        pytest.param("Navn", "ignore", id="a name alone says not which customer"),
        pytest.param("Bemærkning", "ignore", id="anything else"),
    ],
)
def test_heads(head: str, role: str) -> None:
    assert columns("IBAN", head).roles[1] == role


def test_what_is_said_wins() -> None:
    held = columns("Kontakt", "Kundenr", said={"Kontakt": "e-mail", "Kundenr": "ignore"})
    assert held.roles == ("EMAIL_ADDRESS", "ignore")
    assert held.kinds == ("EMAIL_ADDRESS",)


@pytest.mark.parametrize(
    ("heads", "said", "why"),
    [
        pytest.param(("Navn", "By"), {}, "no column holds", id="nothing to know them by"),
        pytest.param(("Kundenr", "Kundeid", "cpr"), {}, "2 columns", id="two numbers"),
        pytest.param(("cpr",), {"Mail": "email"}, "no column is headed", id="no such head"),
        pytest.param(("cpr",), {"cpr": "consnt"}, "did you mean consent", id="no such role"),
    ],
)
def test_columns_that_cannot_be_used(
    heads: tuple[str, ...], said: dict[str, str], why: str
) -> None:
    with pytest.raises(ColumnsWrong, match=why):
        columns(*heads, said=said)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        pytest.param("2026-11-23", "2026-11-23", id="ISO"),
        pytest.param("2026-11-23T10:15:00", "2026-11-23", id="ISO with a time"),
        pytest.param("20261123", "2026-11-23", id="without marks"),
        pytest.param("23-11-2026", "2026-11-23", id="Danish"),
        pytest.param("3.1.2026", "2026-01-03", id="short"),
        pytest.param("23/11/2026 00:00:00", "2026-11-23", id="Excel's"),
        pytest.param("", "", id="empty"),
        pytest.param("31-02-2026", None, id="no such day"),
        pytest.param("snart", None, id="a word"),
        pytest.param("11/23/2026", None, id="month first is no Danish date"),
    ],
)
def test_days(written: str, day: str | None) -> None:
    assert day_of(written) == day


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        pytest.param("Ja", True, id="yes"),
        pytest.param("x", True, id="a cross"),
        pytest.param("NEJ", False, id="no"),
        pytest.param("", False, id="an empty cell says no"),
        pytest.param("måske", None, id="neither"),
    ],
)
def test_answers(written: str, answer: bool | None) -> None:
    assert answer_of(written) is answer


def test_cells_are_read_as_detectors_read_them() -> None:
    detectors = load()
    today = date(2026, 11, 23)
    number, phone, mail = fake.cpr(), fake.phone(), fake.email()
    read = {kind: reader_of(kind, detectors, {}, today) for kind in KINDS - {"POLICE"}}
    cpr, telephone, address = read["DK_CPR"], read["PHONE_NUMBER"], read["EMAIL_ADDRESS"]
    assert {cpr(f"{number[:6]}-{number[6:]}"), cpr(f" {number} ")} == {number}
    assert not cpr("3113991234"), "no such day"
    pairs = " ".join(phone[at : at + 2] for at in range(0, 8, 2))
    forms = (phone, pairs, f"+45 {pairs}", f"0045{phone}", f"+45{phone}")
    assert {telephone(each) for each in forms} == {f"+45{phone}"}
    assert not telephone("12 34")
    assert address(f" {mail.upper()} ") == mail
    assert not address("ingen")

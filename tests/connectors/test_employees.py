"""Lists of employees as directories write them."""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path

import pytest

from connectors.employees import BadList, Employee, Employees, has_left, read_employees, sid_text

DOMAIN = "S-1-5-21-3999999901-3999999902-3999999903"
ANNA, BO = f"{DOMAIN}-1107", f"{DOMAIN}-1108"
ANNA_BYTES = struct.pack(
    "<BB6s5I", 1, 5, bytes((0, 0, 0, 0, 0, 5)), 21, *map(int, ANNA.split("-")[4:])
)
TODAY = dt.date(2026, 11, 30)

ANNA_LINE = (
    f'"anna","{ANNA}","Anna Æblegård","anna@firma.dk","CN=Bo Beck,OU=Salg,DC=firma,DC=dk","Løn",'
    '"\\\\fil01\\home$\\anna","True",""'
)
GET_ADUSER = f'''#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser
"SamAccountName","SID","DisplayName","mail","Manager","Department","HomeDirectory","Enabled",\
"AccountExpirationDate"
{ANNA_LINE}
"bo","{BO}","Bo Beck","bo@firma.dk","","Løn","","False",""
"ole","","Ole Øst","","bo","Salg","","True","31-01-2026 00:00:00"
'''
CSVDE = (
    "DN,sAMAccountName,objectSid,displayName,mail,manager,department,accountExpires\n"
    '"CN=Anna Æblegård,OU=Løn,DC=firma,DC=dk",anna,'
    f"X'{ANNA_BYTES.hex()}',"
    'Anna Æblegård,anna@firma.dk,"CN=Bo Beck,OU=Løn,DC=firma,DC=dk",Løn,9223372036854775807\n'
    '"CN=Bo Beck,OU=Løn,DC=firma,DC=dk",bo,,Bo Henrik Beck,bo@firma.dk,,Løn,0\n'
)
BY_HAND = (
    "Konto;Navn;Afdeling;Leder;Mail;Fratrådt\n"
    "anna;Anna Æblegård;Løn;bo;anna@firma.dk, aa@firma.dk;\n"
    "bo;Bo Beck;Løn;;;2026-11-01\n"
)


def written(folder: Path, text: str, encoding: str) -> Employees:
    path = folder / "owners.csv"
    path.write_bytes(text.encode(encoding))
    return read_employees(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GET_ADUSER, id="Get-ADUser | Export-Csv"),
        pytest.param(CSVDE, id="csvde"),
        pytest.param(BY_HAND, id="a spreadsheet's CSV in Danish"),
    ],
)
def test_every_export_names_anna(tmp_path: Path, text: str, encoding: str) -> None:
    anna = written(tmp_path, text, encoding).find("anna")
    assert anna is not None
    assert (anna.name, anna.department, anna.left) == ("Anna Æblegård", "Løn", "")
    assert "anna@firma.dk" in anna.addresses


def test_a_manager_is_named(tmp_path: Path) -> None:
    by_text = {
        text: written(tmp_path, text, "utf-8").find("anna") for text in (GET_ADUSER, CSVDE, BY_HAND)
    }
    assert [each.manager for each in by_text.values() if each] == [
        "Bo Beck",  # by the common name: this export has no distinguished names
        "Bo Henrik Beck",  # by the directory's own name of him
        "Bo Beck",  # by his account
    ]


@pytest.mark.parametrize(
    ("owner", "account"),
    [
        pytest.param("ANNA", "anna", id="capitals"),
        pytest.param("FIRMA\\anna", "anna", id="with the domain"),
        pytest.param(ANNA, "anna", id="SID"),
        pytest.param("Anna@Firma.dk", "anna", id="address"),
        pytest.param("Anna Æblegård", "anna", id="full name"),
        pytest.param("anna@andet.dk", None, id="another company's anna"),
        pytest.param("", None, id="nobody"),
    ],
)
def test_find(tmp_path: Path, owner: str, account: str | None) -> None:
    found = written(tmp_path, GET_ADUSER, "utf-8").find(owner)
    assert (found.account if found else None) == account


def test_two_of_one_name_are_nobody() -> None:
    held = Employees([Employee("a", name="Bo Beck"), Employee("b", name="Bo Beck")])
    assert held.find("Bo Beck") is None
    assert held.find("b") is not None


@pytest.mark.parametrize(
    ("account", "left"),
    [
        pytest.param("anna", False, id="enabled"),
        pytest.param("bo", True, id="account disabled"),
        pytest.param("ole", True, id="account expired"),
    ],
)
def test_who_has_left(tmp_path: Path, account: str, left: bool) -> None:
    found = written(tmp_path, GET_ADUSER, "cp1252").find(account)
    assert found is not None
    assert has_left(found.left, TODAY) is left


def test_a_day_to_come_is_no_leaver() -> None:
    assert not has_left("2026-12-31", TODAY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("Farve;Antal\nrød;3\n", "no column that names an employee", id="another list"),
        pytest.param("", "no column", id="empty"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadList, match=said):
        written(tmp_path, text, "utf-8")


def test_lines_of_nobody_are_counted(tmp_path: Path) -> None:
    held = written(tmp_path, "konto;navn\nanna;A\n;\nANNA;B\n;;x\n", "utf-8")
    assert (len(held), held.unusable) == (1, 2)


def test_home_folders(tmp_path: Path) -> None:
    assert list(written(tmp_path, GET_ADUSER, "utf-8").homes()) == [(r"\\fil01\home$\anna", "anna")]


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x01\x05" + bytes(10)])
def test_no_sid(data: bytes) -> None:
    assert sid_text(data) == ""

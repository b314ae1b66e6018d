"""Tables of people, from documents to answers."""

from __future__ import annotations

from scanner.demo import fake
from tests.conftest import Installation

HEADS = "Navn;E-mail;Telefon;Interesser"


def rows(count: int) -> str:
    lines = [f"{fake.name()};{fake.email()};{fake.phone()};golf" for _ in range(count)]
    return "\n".join([HEADS, *lines]) + "\n"


def tables(installation: Installation) -> list[dict[str, object]]:
    lines = installation.run("findings", "--kind", "CUSTOMER_TABLE", "--json", code=0).lines
    return [line for line in lines if "kind" in line]


def test_a_list_is_one_thing_with_its_rows(installation: Installation) -> None:
    installation.write("kunder.csv", rows(30))
    installation.run("scan", installation.files, code=0)
    (line,) = tables(installation)
    assert line["masked"] == "30 × name, email, phone, interest"
    assert line["count"] == 30
    assert line["where"] == ["line 1"]


def test_a_list_of_goods_is_none(installation: Installation) -> None:
    installation.write("varer.csv", "Varenr;Navn;Pris\n" + "A-1;Skovl;99\n" * 30)
    installation.run("scan", installation.files, code=0)
    assert tables(installation) == []


def test_reports_and_inspect_show_it(installation: Installation) -> None:
    path = installation.write("kunder.csv", rows(30))
    installation.run("scan", installation.files, code=0)
    seen = installation.run("inspect", "--json", path, code=0).lines
    assert [line["value"] for line in seen if line.get("kind") == "CUSTOMER_TABLE"] == [
        "30 × name, email, phone, interest"
    ]
    for report in ("overview", "risk"):
        assert "CUSTOMER_TABLE" in installation.run("report", report, "--json", code=0).out

"""Kinds of the user's own and presidio's recognisers, from the configuration to the answer."""

from __future__ import annotations

import pytest

from scanner.demo import fake
from tests.conftest import Installation

OWN_KIND = """
[[detect.kind]]
name = "CUSTOMER_NUMBER"
regex = "K-[0-9]{6}"
words = ["kundenr"]
level = "confidential"
"""


def kinds(installation: Installation) -> set[str]:
    return {line["kind"] for line in installation.run("findings", "--json").lines if "kind" in line}


def test_a_kind_of_ones_own_is_found_beside_its_word(installation: Installation) -> None:
    installation.configure(OWN_KIND)
    installation.write("a.txt", "Kundenr: K-123456 har ringet.")
    installation.write("b.txt", "Delen K-654321 er sendt.")
    installation.run("scan", installation.files, code=0)
    found = installation.run("findings", "--json", code=0).lines[:-1]
    assert [(line["kind"], line["path"][-5:]) for line in found] == [("CUSTOMER_NUMBER", "a.txt")]


def test_a_new_kind_makes_what_was_read_stale(installation: Installation) -> None:
    installation.write("a.txt", "Kundenr: K-123456 har ringet.")
    installation.run("scan", installation.files, code=0)
    installation.configure(OWN_KIND)
    line = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert line["unchanged"] == 0
    assert kinds(installation) == {"CUSTOMER_NUMBER"}


def test_a_presidio_recogniser_runs_as_a_detector(installation: Installation) -> None:
    config = installation.config.read_text().replace(
        "presidio = []", 'presidio = ["IbanRecognizer"]'
    )
    installation.config.write_text(config)
    installation.write("a.txt", f"Konto: {fake.iban(country='DE')} hos banken.")
    installation.run("scan", installation.files, code=0)
    assert "IBAN_CODE" in kinds(installation)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        pytest.param('[[detect.kind]]\nname = "X1"\nregex = "(((("', "X1", id="not an expression"),
        pytest.param(
            '[[detect.kind]]\nname = "X1"\nregex = "a+"\ncheck = "mod12"',
            "mod12",
            id="no such check",
        ),
    ],
)
def test_a_kind_that_cannot_work_is_named(
    installation: Installation, table: str, said: str
) -> None:
    installation.configure(table)
    installation.write("a.txt", "a")
    ran = installation.run("scan", installation.files, code=2)
    assert said in ran.err


def test_only_the_kinds_asked_for_are_looked_for(installation: Installation) -> None:
    config = installation.config.read_text().replace("kinds = []", 'kinds = ["EMAIL_ADDRESS"]')
    installation.config.write_text(config)
    installation.write("a.txt", f"cpr {fake.cpr()} mail {fake.email()}")
    installation.run("scan", installation.files, code=0)
    ran = installation.run("findings", "--json", code=0)
    assert kinds(installation) == {"EMAIL_ADDRESS"}
    assert "DK_CPR" in ran.lines[-1]["coverage"]["not_looked_for"]

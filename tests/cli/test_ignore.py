"""What is put on the ignore list: kinds as people say them, reasons kept."""

from __future__ import annotations

from scanner.demo import fake
from tests.conftest import Installation


def test_a_kind_is_named_as_people_say_it(installation: Installation) -> None:
    mail = fake.email()
    said = installation.run("ignore", "add", "--kind", "E-mail", stdin=f"{mail}\n", code=0).out
    assert "1 added to the ignore list" in said
    assert "EMAIL_ADDRESS" in installation.run("ignore", "list", code=0).out


def test_a_misspelt_kind_is_blamed_not_the_value(installation: Installation) -> None:
    err = installation.run("ignore", "add", "--kind", "crp", stdin=f"{fake.cpr()}\n", code=2).err
    assert "unknown kind; near it: DK_CPR (cpr)" in err
    assert "a value given" not in err


def test_adding_again_keeps_the_reason_until_a_new_one_is_given(
    installation: Installation,
) -> None:
    mail = fake.email()
    add = ("ignore", "add", "--kind", "mail")
    installation.run(*add, "--reason", "our own box", stdin=mail, code=0)
    said = installation.run(*add, stdin=mail, code=0).out
    assert "0 added" in said
    assert "1 was on the list already" in said
    assert "our own box" in installation.run("ignore", "list", code=0).out
    installation.run(*add, "--reason", "the reception", stdin=mail, code=0)
    listed = installation.run("ignore", "list", code=0).out
    assert "the reception" in listed
    assert "our own box" not in listed

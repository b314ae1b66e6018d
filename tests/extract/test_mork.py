"""Mozilla's tables: indexes of mail folders and old address books, as Thunderbird writes them."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from scanner.demo import fake
from tests.extract.told import told

HEAD = b'// <!-- <mdb:mork:z v="1.4"/> -->\n'
COLUMNS = (
    b"< <(a=c)> // (f=iso-8859-1)\n  (80=FirstName)(81=PrimaryEmail)(82=subject)(83=sender)"
    b"(84=message-id)>\n"
)
RNG = random.Random(11)


def test_rows_are_told_by_their_columns() -> None:
    address, phone = fake.email(RNG), fake.phone(RNG)
    data = (
        HEAD
        + COLUMNS
        + b"<(90=S$C3$B8ren \\(privat\\) og et\\\n langt navn)(91="
        + address.encode()
        + b")>\n{1:^80 [1:^80(^80^90)(^81^91)(^80="
        + phone.encode()
        + b")]}\n"
    )
    seen = told("mork", data, "abook.mab")
    assert "FirstName: Søren (privat) og et langt navn\n" in seen.text
    assert seen.places(f"PrimaryEmail: {address}") == [("line 6",)]
    assert f"FirstName: {phone}" in seen.text
    assert [segment.addresses for segment in seen.segments] == [()]


def test_an_index_says_who_wrote_as_address_fields() -> None:
    address, cpr = fake.email(RNG), fake.cpr(RNG, hyphen=True)
    data = (
        HEAD
        + COLUMNS
        + f"<(90=Sag {cpr})(91={address})(92=abc@host)(93=slettet emne)>\n".encode()
        + b"{1:^80 [1:^80(^82^90)(^83^91)(^84^92)]}\n@$${2{@\n[-1:^80(^82=nyt)]@$$}2}@\n"
    )
    seen = told("mork", data, "Inbox.msf")
    (text, who) = seen.segments
    assert text.text == f"subject: Sag {cpr}\nsubject: nyt\nslettet emne\n"
    assert (who.text, who.addresses) == (f"sender: {address}\n", ((0, len(who.text)),))
    assert "abc@host" not in seen.text


@given(st.text(alphabet="<>()^=\\\\$ab09\n[]", max_size=200))
def test_any_signs_end(text: str) -> None:
    told("mork", HEAD + text.encode(), "x.msf")

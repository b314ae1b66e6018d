"""What people paste: the value is taken out of what stands around it, and nothing is guessed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import Match, Shape, Table, load
from scanner.answers.pasted import Reader
from scanner.demo import fake

RNG = random.Random(5)
DIGITS = fake.cpr(RNG)
CPR = f"{DIGITS[:6]}-{DIGITS[6:]}"
LOST_ZERO = fake.cpr(RNG, born=date(1990, 5, 3)).lstrip("0")
PHONE = fake.phone(RNG)
PAIRS = " ".join(PHONE[at : at + 2] for at in range(0, 8, 2))
IBAN = fake.iban(RNG).replace(" ", "")
READER = Reader(load(), {})


def read(written: str) -> set[tuple[str, str]] | None:
    understood = READER.understand(written)
    if understood is None:
        return None
    return {(each.kind, each.value) for each in understood.candidates}


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        pytest.param(f"CPR: {CPR}", "DK_CPR", DIGITS, id="label"),
        pytest.param(f"cpr-nr. {DIGITS}", "DK_CPR", DIGITS, id="label with a full stop"),
        pytest.param(f"CPR{DIGITS}", "DK_CPR", DIGITS, id="label joined to it"),
        pytest.param(f"cpr={CPR}", "DK_CPR", DIGITS, id="label and equals sign"),
        pytest.param(f'"{CPR}"', "DK_CPR", DIGITS, id="quotes"),
        pytest.param(f"»{CPR}«,", "DK_CPR", DIGITS, id="Danish quotes and a comma"),
        pytest.param(f"\u200b{CPR}\ufeff", "DK_CPR", DIGITS, id="invisible signs"),
        pytest.param(f"kunden har {CPR} hos os", "DK_CPR", DIGITS, id="a sentence around it"),
        pytest.param(f"CPR: {LOST_ZERO}", "DK_CPR", f"0{LOST_ZERO}", id="label, zero lost"),
        pytest.param(f"tlf. {PAIRS}", "PHONE_NUMBER", f"+45{PHONE}", id="telephone, short"),
        pytest.param(f"Tlf.:+45{PHONE}", "PHONE_NUMBER", f"+45{PHONE}", id="no blank"),
        pytest.param(f"tel:+45{PHONE}", "PHONE_NUMBER", f"+45{PHONE}", id="a link"),
        pytest.param(f"mobil {PHONE} (privat)", "PHONE_NUMBER", f"+45{PHONE}", id="a note"),
        pytest.param(
            '"Anna Holm" <anna@firma.dk>', "EMAIL_ADDRESS", "anna@firma.dk", id="name and address"
        ),
        pytest.param("Holm, Anna <a.1@firma.dk>", "EMAIL_ADDRESS", "a.1@firma.dk", id="unquoted"),
        pytest.param("<mailto:anna@firma.dk>", "EMAIL_ADDRESS", "anna@firma.dk", id="both"),
        pytest.param(
            "MAILTO:anna%2Bx@firma.dk?subject=Hej",
            "EMAIL_ADDRESS",
            "anna+x@firma.dk",
            id="a link with a subject",
        ),
        pytest.param("E-mail: a.1990@firma.dk", "EMAIL_ADDRESS", "a.1990@firma.dk", id="a dot"),
        pytest.param(f"IBAN: {IBAN}", "IBAN_CODE", IBAN, id="a value that begins with letters"),
        pytest.param("Navn: Anna Holm", "PERSON", "anna holm", id="a name with its label"),
    ],
)
def test_the_value_is_taken_out(written: str, kind: str, value: str) -> None:
    assert read(written) == {(kind, value)}
    understood = READER.understand(written)
    assert understood is not None
    assert value not in repr(understood)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(f"cpr {DIGITS} 12345", id="digits that may belong to it"),
        pytest.param("navn: 12345", id="a label of another kind"),
        pytest.param("cpr:", id="a label alone"),
        pytest.param("<>", id="signs alone"),
        pytest.param(f"{CPR}, 12345", id="a piece that is none"),
        pytest.param("anna@", id="half an address"),
    ],
)
def test_what_is_not_understood_is_refused(written: str) -> None:
    assert read(written) is None


def test_pieces_of_one_line_are_values_of_one_person() -> None:
    assert read(f"Anna Holm; {CPR}; anna@firma.dk") == {
        ("DK_CPR", DIGITS),
        ("EMAIL_ADDRESS", "anna@firma.dk"),
    }


def test_a_label_decides_between_kinds() -> None:
    assert {kind for kind, _ in read(PHONE) or ()} >= {"PHONE_NUMBER", "DK_DRIVER_LICENSE"}
    assert {kind for kind, _ in read(f"kørekort {PHONE}") or ()} == {"DK_DRIVER_LICENSE"}


def test_nine_digits_are_a_cpr_number_that_lost_its_zero_and_whatever_else_they_are() -> None:
    understood = READER.understand(LOST_ZERO)
    assert understood is not None
    assert understood.lost_zero
    assert {each.kind for each in understood.candidates} > {"DK_CPR"}


@given(st.text(max_size=400))
def test_whatever_is_typed_is_understood_or_refused(text: str) -> None:
    READER.understand(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a1 " * 130, id="many short words"),
        pytest.param("1," * 200, id="many pieces"),
        pytest.param("<" * 400, id="many angles"),
        pytest.param("a: " * 130, id="many labels"),
    ],
)
def test_hostile_lines_cost_little(text: str) -> None:
    counting = Counting()
    Reader([counting], {}).understand(text[:400])
    assert counting.calls < 5000


class Counting:
    """Finds nothing, and counts how often it is asked."""

    name = "counting"
    version = "1"
    kinds = ("DK_CPR",)
    shapes: tuple[Shape, ...] = ()
    calls = 0

    def find(self, text: str) -> tuple[Match, ...]:
        self.calls += 1
        return ()

    def judge(self, matches: Sequence[Match], table: Table) -> Sequence[Match]:
        return matches

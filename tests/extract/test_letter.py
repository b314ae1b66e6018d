"""A letter says who wrote to whom and when, whatever the header looks like."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.extract.letter import MOST_RECIPIENTS, addresses, letter_of, sent_at
from scanner.model import Letter

RNG = random.Random(44)
A, B, C = (f"{name}@firma.example" for name in ("anna", "bo", "carl"))


def header(*lines: str) -> Message:
    return message_from_bytes("\n".join([*lines, "", ""]).encode())


@pytest.mark.parametrize(
    ("field", "told"),
    [
        pytest.param(A, [A], id="an address alone"),
        pytest.param(f"Anna Holm <{A}>, Bo <{B}>", [A, B], id="names"),
        pytest.param(f'"Holm, Anna" <{A}>', [A], id="a comma in quotes"),
        pytest.param(f"Holm, Anna <{A}>", [A], id="a comma without quotes"),
        pytest.param(f"{A};{B}; {C}", [A, B, C], id="semicolons, as Outlook writes"),
        pytest.param(f"{A} {B}", [A, B], id="no separator"),
        pytest.param(f"<{A}> <{B}>", [A, B], id="no separator between brackets"),
        pytest.param("undisclosed-recipients:;", [], id="an empty group"),
        pytest.param(f"Salg: {A}, {B};, {C}", [A, B, C], id="a group"),
        pytest.param(f"Salg:{A};", [A], id="a group without a blank"),
        pytest.param(f'"Anna <{A}>, "Bo" <{B}>', [A, B], id="a quote left open"),
        pytest.param(f'"{B}" <{A}>', [A], id="a name that looks like an address"),
        pytest.param(f"{B} <{A}>", [A], id="the same without quotes"),
        pytest.param(f'"Anna <{B}>" <{A}>', [A], id="a name with brackets"),
        pytest.param(f"'{A}'", [A], id="single quotes, as Outlook writes"),
        pytest.param(f"<mailto:{A}>", [A], id="a link"),
        pytest.param(f"<@x.example,@y.example:{A}>", [A], id="a route"),
        pytest.param(f"{A} (Anna i Aarhus)", [A], id="a comment"),
        pytest.param(
            '"anna..h"@firma.example', ["anna..h@firma.example"], id="a quoted local part"
        ),
        pytest.param("Anna <anna@FIRMA.Example>", [A], id="capitals in the domain"),
        pytest.param("Ærø <æ@blåbær.example>", ["æ@xn--blbr-roah.example"], id="IDN"),
        pytest.param("a@" + "æ" * 70 + ".example", None, id="no domain that IDNA allows"),
        pytest.param(f"=?utf-8?Q?S=C3=B8ren=2C_x?= <{A}>", [A], id="an encoded name"),
        pytest.param(f"=?utf-8?Q?Holm, Anna?= <{A}>, {B}", [A, B], id="a comma in an encoded word"),
        pytest.param("=?utf-8?Q?Anna_=3Canna=40firma.example=3E?=", [A], id="all of it encoded"),
        pytest.param("=?utf-8?B?!!?= =?x", [], id="a broken encoded word"),
        pytest.param("Anna Holm/Firma", [], id="no address"),
        pytest.param("<>", [], id="empty brackets"),
        pytest.param("@ , @x, x@", [], id="halves of addresses"),
        pytest.param("", [], id="nothing"),
        pytest.param(f"Anna\r\n <{A}>,\n\tBo <{B}>", [A, B], id="folded"),
    ],
)
def test_addresses(field: str, told: list[str] | None) -> None:
    found = list(addresses(field))
    assert all(each.rpartition("@")[2].isascii() for each in found)
    assert len(found) == 1 if told is None else found == told


@pytest.mark.parametrize("codec", ["utf-8", "cp1252"])
def test_a_field_of_raw_bytes(codec: str) -> None:
    message = message_from_bytes("From: Søren Ærø <s@blåbær.example>\n\n".encode(codec))
    assert letter_of(message).sender == "s@xn--blbr-roah.example"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        pytest.param(
            "Mon, 23 Nov 2026 10:00:00 +0100", "2026-11-23T09:00:00", id="as it should be"
        ),
        pytest.param("23 Nov 2026 10:00 -0000", "2026-11-23T10:00:00", id="no day, no seconds"),
        pytest.param(
            "Mon, 23 Nov 2026 10:00:00 +0100 (CET)", "2026-11-23T09:00:00", id="a comment"
        ),
        pytest.param("Mon, 23 Nov 2026 23:59:60 +0000", "2026-11-23T23:59:59", id="a leap second"),
        pytest.param("Mon, 23 Nov 2026 10:00:00 +9900", "2026-11-23T10:00:00", id="no such zone"),
        pytest.param("2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00", id="as computers write"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 +0000", None, id="a clock that was never set"),
        pytest.param("Mon, 31 Feb 2026 10:00:00 +0000", None, id="no such day"),
        pytest.param("Mon, 23 Nov 2026 25:00:00 +0000", None, id="no such hour"),
        pytest.param("Mon, 23 Nov 99999 10:00:00 +0000", None, id="no such year"),
        pytest.param("i går", None, id="words"),
        pytest.param("", None, id="empty"),
    ],
)
def test_dates(written: str, sent: str | None) -> None:
    moment = sent_at(written)
    assert moment == (sent and datetime.fromisoformat(sent).replace(tzinfo=UTC))
    assert moment is None or moment.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("lines", "sender"),
    [
        pytest.param([f"From: {A}", f"Sender: {B}"], A, id="From before Sender"),
        pytest.param([f"Sender: {B}"], B, id="Sender where there is no From"),
        pytest.param(["From: Anna", f"sender: {B}"], B, id="Sender where From has no address"),
        pytest.param([f"From: {A}, {B}"], A, id="several in From"),
        pytest.param([f"From: {A}", f"From: {B}"], A, id="several From"),
        pytest.param(["Subject: x"], "", id="nobody"),
    ],
)
def test_the_sender(lines: list[str], sender: str) -> None:
    assert letter_of(header(*lines)).sender == sender


def test_a_letter_as_mail_programs_write_it() -> None:
    sent = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    made = EmailMessage()
    made["From"] = f"{fake.name(RNG)} <{A}>"
    made["To"] = f"{fake.name(RNG)} <{B}>, Salg: {C}, {A};"
    made["Cc"] = B.upper()
    made["Bcc"] = "skjult@anden.example"
    made["Date"] = format_datetime(sent.astimezone())
    made["Message-ID"] = "<1234@firma.example>"
    made.set_content("Hej")
    letter = letter_of(message_from_bytes(made.as_bytes()))
    assert letter == Letter(A, (B, C, A, "skjult@anden.example"), sent, "1234@firma.example")
    assert "firma" not in repr(letter)


def test_the_number_of_recipients_is_bounded() -> None:
    many = ", ".join(f"a{number}@firma.example" for number in range(2 * MOST_RECIPIENTS))
    assert len(letter_of(header(f"To: {many}")).recipients) == MOST_RECIPIENTS


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_any_header_gives_a_letter(text: str) -> None:
    message = Message()
    for name in ("From", "To", "Date", "Message-ID"):
        message._headers.append((name, text))  # type: ignore[attr-defined]
    assert isinstance(letter_of(message), Letter)


@given(st.lists(st.emails(domains=st.sampled_from(["a.example", "b.example"])), max_size=5))
@settings(max_examples=60)
def test_every_address_of_a_written_list_is_told(given_addresses: list[str]) -> None:
    plain = [each for each in given_addresses if each.replace("@", "").replace(".", "").isalnum()]
    field = ", ".join(f'"Holm, {number}" <{each}>' for number, each in enumerate(plain))
    assert list(addresses(field)) == plain

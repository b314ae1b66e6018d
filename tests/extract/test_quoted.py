"""The heads of quoted mails are found as mail programs write them, and nothing else is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.extract.quoted import quoted

A, B, C = "anna@firma.example", "bo@firma.example", "carl@firma.example"
CUSTOMER = "kunde@post.example"

OUTLOOK = f"""Hej Bo, ring til {CUSTOMER}

Fra: Anna Holm <{A}>
Sendt: 23. november 2026 10:00
Til: Bo Jensen <{B}>; Carl <{C}>
Emne: SV: Kunden {CUSTOMER}

Skriv til {CUSTOMER}
"""
THUNDERBIRD = f"""-------- Forwarded Message --------
Subject: \tMøde om {CUSTOMER}
Date: \tMon, 23 Nov 2026 10:00:00 +0100
From: \tAnna Holm <{A}>
To: \tBo Jensen <{B}>,
 Carl <{C}>

Hej {CUSTOMER}
"""
APPLE = f"""> Fra: Anna Holm <{A}>
> Emne: {CUSTOMER}
> Dato: 23. november 2026
> Til: Bo <{B}>, {C}
>
> Hej {CUSTOMER}
"""
GMAIL = f"""---------- Forwarded message ---------
*From:* Anna Holm <{A}>
*Date:* man. 23. nov. 2026 kl. 10.00
*Subject:* {CUSTOMER}
*To:* <{B}>
*Cc:* {C}

{CUSTOMER}
"""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(OUTLOOK, id="Outlook"),
        pytest.param(OUTLOOK.replace("\n", "\n> "), id="Outlook, quoted once more"),
        pytest.param(OUTLOOK.upper().replace("SENDT", "Sendt"), id="in capitals"),
        pytest.param(THUNDERBIRD, id="Thunderbird"),
        pytest.param(APPLE, id="Apple Mail"),
        pytest.param(GMAIL, id="Gmail"),
    ],
)
def test_a_quoted_head(text: str) -> None:
    said = "".join(text[start:end] for start, end in quoted(text)).lower()
    assert all(each in said for each in (A, B, C))
    assert CUSTOMER not in said


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"Den man. 23. nov. 2026 kl. 10.00 skrev Anna Holm <{A}>:", id="Gmail"),
        pytest.param(f"> Den 23. nov. 2026 kl. 10.00 skrev Anna Holm <\n> {A}>:", id="folded"),
        pytest.param(f"On Mon, Nov 23, 2026 at 10:00 AM Anna\n<{A}> wrote:", id="English, folded"),
        pytest.param(f"Anna Holm <{A}> skrev:", id="no date"),
        pytest.param(f"{A} skrev den 23-11-2026 10:00:", id="date last"),
        pytest.param(f"Am 23.11.2026 um 10:00 schrieb Anna <{A}>:", id="German"),
    ],
)
def test_a_line_that_says_who_wrote(line: str) -> None:
    text = f"Hej\n\n{line}\n> Ring til {CUSTOMER}\n"
    assert [text[start:end] for start, end in quoted(text)] == [line]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Fra: {A}\nMøblerne hentes.", id="a sender and nothing else"),
        pytest.param(f"Til: {A}\nEmne: flytning", id="no sender"),
        pytest.param(f"Fra: Aarhus\n\nDato: i morgen\n\nTil: {A}", id="no block"),
        pytest.param(f"Hun skrev den 3. maj til {A} følgende:", id="a sentence of its own"),
        pytest.param(f"Anna skrev: spørg {A}", id="what somebody wrote"),
        pytest.param("x" * 1000 + f" {A} skrev:", id="a long line"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_quoted_head(text: str) -> None:
    assert quoted(text) == ()


@given(st.text(st.sampled_from("Fraskrev: \n>@<1,;Emn*"), max_size=120), st.integers(0, 3))
def test_spans_ascend_and_lie_in_the_text(text: str, copies: int) -> None:
    text = text + OUTLOOK * copies + text
    ends = [0]
    for start, end in quoted(text):
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)


@pytest.mark.parametrize(
    "piece",
    ["Fra: a\nSendt: b\n", "skrev ", "skrev:\n", "From:\n", "From: a,\n b,\n", "\n> ", "Fra:> > "],
)
def test_hostile_text_takes_no_long_time(piece: str) -> None:
    started = time.process_time()
    quoted(piece * (200_000 // len(piece)) + "From:")
    assert time.process_time() - started < 3

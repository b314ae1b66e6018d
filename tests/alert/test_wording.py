"""What people read: in two languages, true about who else is told, harmless in every channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.catalogue import LEVELS as KINDS
from scanner.alert.carriers import Mail
from scanner.alert.events import event_of, line_of, log_line
from scanner.alert.neutral import NAME_SIGNS, file_and_folder, neutral, without_markup
from scanner.alert.smtp import MailServer
from scanner.alert.wording import Listener, Wording, amount, listing, summary
from scanner.flagged import HeldKind
from scanner.messages import LANGUAGES, words
from scanner.risk import Level
from tests.alert.made import NOON, cpr, flagged


def wording(
    language: str = "da",
    asks: str = "",
    listeners: Sequence[Listener] = (),
    delivered: bool = False,
) -> Wording:
    return Wording(words(language), asks=asks, listeners=listeners, delivered=delivered)


@pytest.mark.parametrize(
    ("values", "danish", "english"),
    [
        pytest.param(1, "1 CPR-nummer", "1 CPR number", id="one"),
        pytest.param(99, "99 CPR-numre", "99 CPR numbers", id="counted exactly"),
        pytest.param(100, "ca. 100 CPR-numre", "about 100 CPR numbers", id="from a hundred on"),
        pytest.param(1990, "ca. 1.990 CPR-numre", "about 1\u00a0990 CPR numbers", id="thousands"),
        pytest.param(1994, "ca. 1.990 CPR-numre", "about 1\u00a0990 CPR numbers", id="rounded"),
        pytest.param(
            123_456, "ca. 123.000 CPR-numre", "about 123\u00a0000 CPR numbers", id="three digits"
        ),
        pytest.param(999_999, "ca. 1.000.000 CPR-numre", None, id="up to the next"),
    ],
)
def test_how_much(values: int, danish: str, english: str | None) -> None:
    assert amount(words("da"), "DK_CPR", values) == danish
    if english:
        assert amount(words("en"), "DK_CPR", values) == english


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*KINDS, "CUSTOMER_NUMBER"])
def test_every_kind_has_its_amount(language: str, kind: str) -> None:
    for number in (1, 12):
        told = amount(words(language), kind, number)
        assert str(number) in told
        assert "amount" not in told and "{" not in told


@pytest.mark.parametrize(
    ("kind", "number", "told"),
    [
        pytest.param("CUSTOMER_TABLE", 1, "1 kundetabel", id="a plural of its own"),
        pytest.param("HEALTH", 12, "mulige helbredsoplysninger (12)", id="none"),
        pytest.param("CUSTOMER_NUMBER", 3, "CUSTOMER_NUMBER (3)", id="a kind of the configuration"),
    ],
)
def test_a_kind_in_a_sentence(kind: str, number: int, told: str) -> None:
    assert amount(words("da"), kind, number) == told


def test_the_whole_word_in_danish() -> None:
    told = flagged(
        kinds=(
            cpr(),
            HeldKind("DK_BANK_ACCOUNT", "confidential", 12, 12, ()),
            HeldKind("EMAIL_ADDRESS", "ordinary", 300, 301, ()),
            HeldKind("PERSON", "ordinary", 5, 5, ()),
        )
    )
    said = wording(asks=r"Kundedata hører til på \\fil01\salg.").word([told], {})
    assert said.title == "Persondata i Kundeliste 1.xlsx"
    assert said.text.split("\n") == [
        "»Kundeliste 1.xlsx« i mappen »Skrivebord« indeholder ca. 1.990 CPR-numre (Ark1, B2),"
        " 12 bankkonti, ca. 300 e-mailadresser og 1 slags mere.",
        r"Kundedata hører til på \\fil01\salg.",
        "Ingen andre får besked. Filnavn, slags og antal, aldrig værdierne, står også i registret"
        " på denne computer, som IT kan læse.",
    ]


def test_a_forbidden_place_says_so_and_officers_read_the_rule() -> None:
    told = flagged(forbidden=True, rule="forbid * in Downloads")
    said = wording("en").word([told], {}).text
    assert "\nData of this kind may not lie here.\n" in said
    listed = listing(words("en"), [event_of(told, "device", NOON)], 5)
    assert "Data of this kind may not lie here. (forbid * in Downloads)" in listed


@pytest.mark.parametrize(
    ("level", "delivered", "said", "unsaid"),
    [
        pytest.param("high", False, "gdpr@firma.dk og sagerne", "Ingen andre", id="both"),
        pytest.param("medium", False, "besked: gdpr@firma.dk.", "sagerne", id="one of them"),
        pytest.param("low", False, "Ingen andre får besked", "gdpr", id="nobody"),
        pytest.param("low", True, "går videre til virksomhedens", "gdpr", id="the index goes on"),
        pytest.param("low", False, "på denne computer", "går videre", id="the index stays"),
    ],
)
def test_who_else_learns_of_it_is_true(
    level: Level, delivered: bool, said: str, unsaid: str
) -> None:
    listeners = (Listener("gdpr@firma.dk", "medium"), Listener("sagerne", "high"))
    told = wording(listeners=listeners, delivered=delivered).word([flagged(level=level)], {}).text
    assert said in told
    assert unsaid not in told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("a\r\nBcc: all@firma.dk", "a\ufffd\ufffdBcc: all@firma.dk", id="a header"),
        pytest.param("gpj.\u202exslx.exe", "gpj.\ufffdxslx.exe", id="another direction"),
        pytest.param("a\u2066b\u2069\u200f.txt", "a\ufffdb\ufffd\ufffd.txt", id="isolates, marks"),
        pytest.param("a\x1b[31m.txt", "a\ufffd[31m.txt", id="commands to a terminal"),
        pytest.param("a.pdf" + " " * 200 + ".exe", "a.pdf .exe", id="blanks that hide the ending"),
        pytest.param("a\u00a0\u3000b", "a b", id="other blanks"),
        pytest.param("a\u2028b\u2029c", "a\ufffdb\ufffdc", id="line separators"),
        pytest.param("a\udcff.txt", "a\ufffd.txt", id="bytes that are no text"),
        pytest.param("\x00c2VhbA==\x00••••••-••••.xlsx", "••••••-••••.xlsx", id="sealed: the mask"),
        pytest.param("Løn & møde.xlsx", "Løn & møde.xlsx", id="nothing to change"),
    ],
)
def test_a_name_is_harmless(name: str, told: str) -> None:
    assert neutral(name) == told


def test_a_long_name_keeps_its_end() -> None:
    told = neutral("k" * 5000 + " 2026 endelig.xlsx")
    assert len(told) == NAME_SIGNS
    assert told.endswith("2026 endelig.xlsx")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        pytest.param("/home/anna/Skrivebord/a.txt", ("a.txt", "Skrivebord"), id="posix"),
        pytest.param(r"C:\Users\anna\a.txt", ("a.txt", "anna"), id="Windows"),
        pytest.param("smb://fil01/salg/a.txt", ("a.txt", "salg"), id="a share"),
        pytest.param("/a.txt", ("a.txt", ""), id="at the top"),
        pytest.param("a.txt", ("a.txt", ""), id="no folder"),
    ],
)
def test_file_and_folder(path: str, named: tuple[str, str]) -> None:
    assert file_and_folder(path) == named


ANY = st.text(st.characters(codec=None), max_size=300)


@settings(deadline=None, max_examples=50)
@given(ANY, ANY, ANY)
def test_no_name_breaks_a_channel(name: str, sheet: str, rule: str) -> None:
    told = flagged(
        display=f"/home/{name}",
        place=name,
        owner=name,
        rule=rule,
        kinds=(cpr(where=(sheet, "B2")),),
        forbidden=True,
    )
    event = event_of(told, "device", NOON)
    assert "\n" not in line_of(event)
    line_of(event).encode("utf-8")
    assert "\n" not in log_line(event)
    for language in LANGUAGES:
        held = words(language)
        word = wording(language, asks=rule).word([told, told], {})
        lines = without_markup(word.text).split("\n")
        assert len(lines) == 5
        assert all(sign.isprintable() or sign == "\u00a0" for sign in "".join(lines))
        assert not {*"<>&"} & {*without_markup(word.text)}
        mail = Mail(MailServer("h"), "a@firma.dk", ("b@firma.dk",), "low", timedelta(), held, name)
        text = listing(held, [event], 5)
        made = mail.composed(summary(held, [event], name), text, "id", NOON).as_bytes()
        assert made.split(b"\n\n")[0].lower().count(b"\nbcc:") == 0
        assert sorted(mail.composed("s", text, "id", NOON).keys()) == [
            "Auto-Submitted",
            "Content-Transfer-Encoding",
            "Content-Type",
            "Date",
            "From",
            "MIME-Version",
            "Message-ID",
            "Subject",
            "To",
        ]


def test_a_mail_lists_the_worst_and_counts_the_rest() -> None:
    levels: tuple[Level, ...] = ("medium", "critical", "high")
    events = [event_of(flagged(n, levels[n % 3]), "d", NOON) for n in range(60)]
    told = listing(words("en"), events, 50)
    assert told.index("critical") < told.index("high") < told.index("medium")
    assert told.count(".xlsx") == 50
    assert told.endswith("and 10 more files, see 'fodspor findings'")


def test_the_log_names_nothing() -> None:
    told = log_line(event_of(flagged(), "device", NOON, ("grown",)))
    assert told == "flagged document 1 (high): DK_CPR 1990; told again: grown"

"""What is a mail address, of whom, and what only looks like one."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import FINDING, MAYBE, Detector, Match
from detectors.contact import EMAIL_EVIDENCE, Email, canonical_email
from scanner.demo import fake
from tests.detectors.tables import column

EMAIL = Email()
ANNA = "anna.holm@firma.dk"


def found(text: str) -> list[Match]:
    return list(EMAIL.find(text))


def test_it_is_a_detector() -> None:
    assert isinstance(EMAIL, Detector)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(ANNA, ANNA, id="alone"),
        pytest.param(f"Skriv til {ANNA}.", ANNA, id="end of a sentence"),
        pytest.param(f"Holm, Anna <{ANNA}>", ANNA, id="in brackets"),
        pytest.param(f"'{ANNA}'", ANNA, id="in quotes"),
        pytest.param(f"mailto:{ANNA}?subject=Hej", ANNA, id="in a link"),
        pytest.param(f"{ANNA};{ANNA.upper()}", ANNA, id="CSV, upper case too"),
        pytest.param(f"{ANNA}.Med venlig hilsen", ANNA, id="a sentence that begins too soon"),
        pytest.param(f"Brev til {ANNA}.pdf", ANNA, id="in a file's name"),
        pytest.param(f"\\n{ANNA}\\n", ANNA, id="between escaped line breaks"),
        pytest.param(f"\\u003c{ANNA}\\u003e", ANNA, id="between escaped brackets"),
        pytest.param(f"?to=%20{ANNA}", ANNA, id="behind an escaped blank"),
        pytest.param(f"Kontakt..{ANNA}", ANNA, id="behind dots"),
        pytest.param("o'brien@firma.ie", "o'brien@firma.ie", id="apostrophe"),
        pytest.param("a+liste@firma.co.uk", "a+liste@firma.co.uk", id="plus, two-part country"),
        pytest.param("søren@firma.dk", "søren@firma.dk", id="æøå in the local part"),
        pytest.param("so\u0308ren@firma.dk", "ren@firma.dk", id="a mark outside Latin ends it"),
        pytest.param("anna@blåbærgrød.dk", "anna@xn--blbrgrd-fxak7p.dk", id="domain in IDNA"),
        pytest.param("anna@xn--blbrgrd-fxak7p.dk", "anna@xn--blbrgrd-fxak7p.dk", id="IDNA already"),
        pytest.param("anna@firma.pl", "anna@firma.pl", id="a country that is a file ending too"),
    ],
)  # fmt: skip
def test_addresses_of_people(text: str, value: str) -> None:
    matches = found(text)
    assert {match.value for match in matches} == {value}
    assert all(match.confidence >= FINDING for match in matches)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("image@2x.png", id="picture for fine screens"),
        pytest.param("logo@3x.jpg", id="another"),
        pytest.param("user@localhost", id="no domain"),
        pytest.param("lodash@4.17.21", id="package and version"),
        pytest.param("vue@3.2.js", id="package, version, ending"),
        pytest.param("@types/node@18.1.dk", id="a version before a country"),
        pytest.param("https://user:secret@host.dk/x", id="user and password of a URL"),
        pytest.param("https://token@host.dk/x", id="user of a URL"),
        pytest.param("git@github.com:firma/kode.git", id="address of a repository"),
        pytest.param("@Override public", id="annotation"),
        pytest.param("Main@Component.class", id="annotation and file"),
        pytest.param("getty@tty1.service", id="unit of a system"),
        pytest.param("cid:image001.png@01D9ABCD.12345678", id="picture inside a mail"),
        pytest.param("anna@@firma.dk", id="two signs"),
        pytest.param("anna@firma.dk@host.dk"[:14] + "@host", id="a second sign behind"),
        pytest.param("anna.@firma.dk", id="dot before the sign"),
        pytest.param("anna(at)firma.dk", id="written in words"),
        pytest.param("a" * 65 + "@firma.dk", id="longer than a local part may be"),
        pytest.param("anna@-firma.dk", id="label with a hyphen in front"),
    ],
)
def test_what_is_none(text: str) -> None:
    assert found(text) == []


ROLES = ("info", "Kontakt", "salg", "bogholderi", "noreply", "no-reply+17", "do_not_reply", "hr",
         "kundeservice", "support", "post", "webmaster")  # fmt: skip


@pytest.mark.parametrize("local", ROLES)
def test_boxes_of_a_function_are_maybes(local: str) -> None:
    (match,) = found(f"{local}@firma.dk")
    assert match.evidence == ("address", "role-address")
    assert MAYBE <= match.confidence < FINDING


@pytest.mark.parametrize("local", ["infante", "postma", "hrafn", "italo", "testrup", "salgado"])
def test_names_that_begin_like_a_function_are_people(local: str) -> None:
    assert found(f"{local}@firma.dk")[0].confidence >= FINDING


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Message-ID: <anna.17@mail.firma.dk>", id="header"),
        pytest.param("References: <a1@x.dk>\n <b2@y.dk>", id="folded header"),
        pytest.param('"message_id": "<anna.17@mail.firma.dk>"', id="field of JSON"),
        pytest.param("001a114abcdef0123456789abcdef@google.com", id="hexadecimal local part"),
        pytest.param("DB7PR04MB12345678901234567890@DB7.prod.outlook.com", id="server's name"),
        pytest.param("20231105123456.GA1234@mail.firma.dk", id="date and process"),
    ],
)
def test_message_ids_are_below_maybe(text: str) -> None:
    assert found(text)
    assert all(match.confidence < MAYBE for match in found(text))


def test_a_word_references_in_prose_says_nothing() -> None:
    assert found(f"References: skriv til {ANNA}")[0].confidence >= FINDING


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param("anna@firma.local", "address internal-domain", id="a network inside"),
        pytest.param("anna@firma.qwerty", "address unusual-ending", id="an ending we do not know"),
    ],
)
def test_unusual_domains_are_findings_still(text: str, codes: str) -> None:
    (match,) = found(text)
    assert match.evidence == tuple(codes.split())
    assert match.confidence >= FINDING


def test_a_header_adds_a_little() -> None:
    (match,) = column(EMAIL, [ANNA], "E-mail")
    assert match.evidence == ("address", "header")
    assert match.confidence == 0.9


def test_every_weight_is_met_above() -> None:
    met = {"address", "role-address", "internal-domain", "unusual-ending", "message-id", "machine"}
    assert set(EMAIL_EVIDENCE.weights) == met | {"label", "header", "against", "header-against"}


@given(st.integers(0, 2**32), st.text(alphabet=" \n,;<>()\"':", min_size=0, max_size=5))
@settings(max_examples=80, deadline=None)
def test_a_slice_of_the_text_is_the_value(seed: int, around: str) -> None:
    rng = random.Random(seed)
    address = fake.email(rng)
    text = f"a{around} {address} {around}b"
    (match,) = found(text)
    assert text[match.start : match.end] == address
    assert canonical_email(text[match.start : match.end]) == match.value == address


@given(st.emails())
@settings(max_examples=80, deadline=None)
def test_canonical_is_its_own_canonical(address: str) -> None:
    once = canonical_email(address)
    assert canonical_email(once) == once
    assert once == unicodedata.normalize("NFC", once).lower()


@given(st.text(alphabet="ab.@-_%æ\\+ /:<\n1", max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_ordered_matches_inside_it(text: str) -> None:
    for match in found(text):
        assert 0 <= match.start < match.end <= len(text)
        assert "@" in text[match.start : match.end]

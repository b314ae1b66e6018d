"""Who stands in a mail's address fields is a maybe there: found when asked for, told to nobody."""

from __future__ import annotations

import random
from email.message import EmailMessage
from html import escape

import pytest

from scanner.collect import Collector
from scanner.demo import fake
from scanner.joined import ADDRESS_CONFIDENCE
from scanner.model import Segment
from scanner.tools import Tools
from tests.conftest import Installation
from tests.extract.told import told

RNG = random.Random(31)
COLLEAGUES = [(fake.name(RNG), fake.email(RNG)) for _ in range(4)]
CUSTOMER, ADDRESS = "Aage Rosenlund", "aage.rosenlund@post.example"


def mail(sender: tuple[str, str], to: tuple[str, str], subject: str, body: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = f"{sender[0]} <{sender[1]}>"
    made["To"] = f'"{to[0]}" <{to[1]}>'
    made["Cc"] = ", ".join(f"{name} <{address}>" for name, address in COLLEAGUES[2:])
    made["Subject"] = subject
    made["Delivered-To"] = to[1]
    made["List-Unsubscribe"] = f"<mailto:{sender[1]}?subject=x>"
    made["Date"] = "Mon, 23 Nov 2026 10:00:00 +0100"
    made.set_content(body)
    html = escape(body).replace("\n", "<br>\n")
    made.add_alternative(f"<p>{html}</p>", subtype="html")
    return made


def judged(tools: Tools, made: EmailMessage) -> dict[str, tuple[float, int, tuple[str, ...]]]:
    collector = Collector(tools)
    for segment in told("eml", made.as_bytes(), type_="message/rfc822").segments:
        collector.add(segment)
    found: dict[str, tuple[float, int, tuple[str, ...]]] = {}
    for match, _ in collector.judged():
        held = found.get(match.value, (0.0, 0, ()))
        surer = max(held, (match.confidence, 0, match.evidence))
        found[match.value] = (surer[0], held[1] + match.count, surer[2])
    return found


def test_a_mailbox_of_colleagues_has_no_findings(installation: Installation) -> None:
    for number in range(20):
        one, two = COLLEAGUES[number % 2], COLLEAGUES[1 - number % 2]
        body = "Hej\n\nMødet er flyttet til klokken ti.\n\nHilsen\n"
        if number > 10:
            body += (
                f"\nFra: {two[0]} <{two[1]}>\nSendt: 22. november 2026\nTil: {one[1]}\nEmne: x\n\n"
            )
        elif number:
            body += f"\nDen 22. nov. 2026 kl. 9.00 skrev {two[0]} <{two[1]}>:\n> Hvornår?\n"
        installation.write(f"post/{number}.eml", mail(one, two, "Møde", body).as_bytes())
    installation.write(
        "post/kunde.eml", mail((CUSTOMER, ADDRESS), COLLEAGUES[0], "Hej", "Tak.").as_bytes()
    )
    installation.run("scan", installation.files, code=0)
    assert installation.run("findings", "--json", code=0).lines[:-1] == []
    assert installation.rows("SELECT max(risk) FROM document") == [(0.0,)]
    for asked in (ADDRESS, CUSTOMER):
        ran = installation.run("person", "--json", stdin=f"{asked}\n", code=0)
        (line, _) = ran.lines
        assert line["path"].endswith("kunde.eml")
        assert (line["certainty"], line["where"]) == ("possible", ["header", "From"])
        assert "in the address field of a mail" in line["why"]
    maybe = installation.run("findings", "--maybe", "--json", code=0).lines[:-1]
    assert {line["kind"] for line in maybe} == {"EMAIL_ADDRESS", "PERSON"}


@pytest.mark.parametrize(
    ("subject", "body", "sure", "count"),
    [
        pytest.param("Hej", "Tak.", False, 1, id="in From alone"),
        pytest.param("Hej", f"Skriv til {ADDRESS}.", True, 2, id="in the body too"),
        pytest.param(f"Om {ADDRESS}", "Tak.", True, 2, id="in the subject too"),
        pytest.param(f"Om {ADDRESS}", f"Skriv til {ADDRESS}.", True, 3, id="in both"),
        pytest.param(
            "Hej",
            f"Hej\n\nFra: {ADDRESS}\nSendt: i dag\nTil: x@firma.example\nEmne: y\n\nTak",
            False,
            2,
            id="in a quoted head",
        ),
    ],
)
def test_where_an_address_stands(
    installation: Installation, subject: str, body: str, sure: bool, count: int
) -> None:
    made = mail((CUSTOMER, ADDRESS), COLLEAGUES[0], subject, body)
    del made["List-Unsubscribe"]
    confidence, times, evidence = judged(installation.tools(), made)[ADDRESS]
    assert (confidence > ADDRESS_CONFIDENCE, "address-field" not in evidence) == (sure, sure)
    assert times == count


def test_html_alone_that_holds_the_address_counts(installation: Installation) -> None:
    made = mail((CUSTOMER, ADDRESS), COLLEAGUES[0], "Hej", "Tak.")
    del made["List-Unsubscribe"]
    html = made.get_body(("html",))
    assert isinstance(html, EmailMessage)
    html.set_content(f"<p>Tak.</p><p>{ADDRESS}</p>", subtype="html")
    confidence, times, _ = judged(installation.tools(), made)[ADDRESS]
    assert (confidence > ADDRESS_CONFIDENCE, times) == (True, 2)


@pytest.mark.parametrize("field", ["From", "To", "Subject", "X-Sag", "Reply-To"])
def test_a_cpr_number_in_a_field_has_its_full_weight(
    installation: Installation, field: str
) -> None:
    number = fake.cpr(RNG, hyphen=True)
    made = mail(COLLEAGUES[0], COLLEAGUES[1], "Hej", "Tak.")
    del made[field]
    made[field] = f'"{number}" <sag@firma.example>' if field in ("From", "To") else f"cpr {number}"
    confidence, _, evidence = judged(installation.tools(), made)[number.replace("-", "")]
    assert confidence >= 0.6
    assert "address-field" not in evidence


def test_a_segment_with_and_without_spans(installation: Installation) -> None:
    """The spans say where, whatever the layout: the second of two addresses is in a field."""
    text = "a@firma.example b@firma.example"
    from scanner.extract.layout import Lines

    collector = Collector(installation.tools())
    collector.add(Segment(text, Lines(), addresses=((16, 31),)))
    found = {match.value: match.confidence for match, _ in collector.judged()}
    assert found["a@firma.example"] > ADDRESS_CONFIDENCE == found["b@firma.example"]

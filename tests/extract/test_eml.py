"""Mail gives its fields, all of its bodies and every attachment, however it was encoded."""

from __future__ import annotations

import base64
import binascii
import io
import random
import time
from email.header import Header
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP, SMTPUTF8

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.extract import Source
from scanner.extract.budget import Budget, Trouble
from scanner.extract.eml import read
from scanner.extract.kind import type_of
from scanner.extract.mail_headers import decoded
from scanner.model import Letter, Limits
from tests.extract.told import Told, events, told

RNG = random.Random(16)
MIXED = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=q\n\n"


def mail(data: bytes, name: str = "a.eml") -> Told:
    return told("eml", data, name, "message/rfc822")


def message(**fields: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    return made


def test_fields_are_decoded_and_placed() -> None:
    name, address, cpr = fake.name(RNG), fake.email(RNG), fake.cpr(RNG, hyphen=True)
    made = message(From=f"Søren Æbelø <{address}>", To=f'"{name}" <b@firma.example>', X_Sag=cpr)
    made["Subject"] = "Løn for Åse Ørsted, som bor på Ærø og har et meget langt navn " * 3
    made["Message-ID"] = "<12345@firma.example>"
    made["References"] = "<54321@firma.example>"
    made.set_content("Hej")
    seen = mail(made.as_bytes())
    assert seen.places("Søren Æbelø") == [("header", "From")]
    assert seen.places(address) == [("header", "From")]
    assert seen.places(name) == [("header", "To")]
    assert seen.places(cpr) == [("header", "X-Sag")]
    assert seen.places("Åse Ørsted") == [("header", "Subject")] * 3
    assert "12345@" not in seen.text
    assert "54321@" not in seen.text


@pytest.mark.parametrize(
    ("field", "text"),
    [
        pytest.param("=?utf-8?Q?S=C3=B8ren_=C3=86?=", "Søren Æ", id="quoted"),
        pytest.param("=?ISO-8859-1?B?U/hyZW4=?=", "Søren", id="base64"),
        pytest.param("=?utf-8?Q?S=C3?=\n =?utf-8?Q?=B8ren?=", "Søren", id="a letter in two words"),
        pytest.param("=?utf-8?Q?S=F8ren?=", "Søren", id="charset lies"),
        pytest.param("=?no-such-8?Q?S=C3=B8ren?=", "Søren", id="no such charset"),
        pytest.param("=?utf-8?B?U/!!?= x", None, id="broken base64"),
        pytest.param("Re: =?utf-8?Q?=C3=86?= =?utf-8?Q?=C3=98?= slut", "Re: ÆØ slut", id="mixed"),
        pytest.param("a\r\n b\n\tc", "a b c", id="folded"),
    ],
)
def test_fields(field: str, text: str | None) -> None:
    assert decoded(field) == (field if text is None else text)


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "latin-1"])
def test_raw_8_bit_fields(codec: str) -> None:
    data = "From: Søren Ærø <a@b.example>\r\nSubject: Løn\r\n\r\nHej\r\n".encode(codec)
    seen = mail(data)
    assert seen.places("Søren Ærø") == [("header", "From")]
    assert seen.places("Løn") == [("header", "Subject")]


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_any_text_survives_an_encoded_field(text: str) -> None:
    text = "".join(char for char in text if char.isprintable()).strip()
    text = text.encode("utf-8", "ignore").decode().replace("=?", "")
    assert decoded(Header(text, "utf-8").encode()).split() == text.split()


@pytest.mark.parametrize("cte", ["7bit", "8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("policy", [SMTP, SMTPUTF8])
def test_both_alternatives_are_read(cte: str, policy: object) -> None:
    cpr, phone = fake.cpr(RNG, hyphen=True), fake.phone(RNG)
    text = "Hej\n\nNummer" if cte == "7bit" else "Hej på Ærø\n\nNummer"
    made = message(From="a@b.example", Subject="x")
    made.set_content(f"{text} {cpr}\n", cte=cte)
    made.add_alternative(f"<p>Hej<p>Ring {phone}</p>", subtype="html", cte=cte)
    seen = mail(made.as_bytes(policy=policy))  # type: ignore[arg-type]
    assert seen.places(cpr) == [("text", "line 3")]
    assert seen.places(phone) == [("html", "line 2")]
    assert "Ærø" in seen.text or cte == "7bit"
    assert not seen.parts
    assert not seen.problems


@pytest.mark.parametrize(
    ("said", "codec"),
    [("utf-8", "cp1252"), ("iso-8859-1", "utf-8"), ("us-ascii", "cp1252"), ("no-such", "utf-8")],
)
def test_a_charset_that_lies(said: str, codec: str) -> None:
    body = "Søren Ågård på Ærø\n".encode(codec)
    data = f"From: a@b.example\nContent-Type: text/plain; charset={said}\n\n".encode() + body
    assert mail(data).places("Søren Ågård på Ærø") == [("text", "line 1")]


def again(seen: Told) -> list[tuple[str, int]]:
    """Each segment's first step, and which rendering it is."""
    return [(segment.layout.place(segment.text, 0)[0], segment.again) for segment in seen.segments]


HTML = "<p>Hej Søren, vi ses i morgen klokken ti på Ærø</p>"
PLAIN = "Hej Søren, vi ses i morgen klokken ti på Ærø\n"


def alternatives(*parts: tuple[str, str], kind: str = "alternative") -> MIMEMultipart:
    made = MIMEMultipart(kind)
    for text, subtype in parts:
        made.attach(MIMEText(text, subtype, "utf-8"))
    return made


@pytest.mark.parametrize(
    ("made", "told"),
    [
        pytest.param(
            alternatives((PLAIN, "plain"), (HTML, "html")), [("text", 0), ("html", 1)], id="usual"
        ),
        pytest.param(
            alternatives((HTML, "html"), (PLAIN, "plain")),
            [("text", 0), ("html", 1)],
            id="plain text last",
        ),
        pytest.param(alternatives((HTML, "html")), [("html", 0)], id="HTML alone"),
        pytest.param(
            alternatives((" \n", "plain"), (HTML, "html")),
            [("text", 0), ("html", 0)],
            id="plain text without text",
        ),
        pytest.param(
            alternatives((PLAIN, "plain"), (HTML, "x-amp-html"), (HTML, "html")),
            [("text", 0), ("html", 1), ("html 2", 2)],
            id="AMP is one more",
        ),
        pytest.param(
            alternatives((PLAIN, "plain"), (HTML, "html"), kind="mixed"),
            [("text", 0), ("html", 1)],
            id="mixed, and the HTML repeats the text",
        ),
        pytest.param(
            alternatives((PLAIN, "plain"), ("<p>Noget helt andet</p>", "html"), kind="mixed"),
            [("text", 0), ("html", 0)],
            id="mixed, and the HTML is another text",
        ),
        pytest.param(
            alternatives((PLAIN, "plain"), (PLAIN, "plain"), kind="mixed"),
            [("text", 0), ("text 2", 0)],
            id="two bodies of plain text",
        ),
    ],
)
def test_what_is_another_rendering(made: MIMEMultipart, told: list[tuple[str, int]]) -> None:
    assert again(mail(b"From: a@b.example\n" + made.as_bytes())) == [("header", 0), *told]


def test_renderings_within_a_rendering() -> None:
    """Apple Mail puts a mixed part with several HTML parts into an alternative; so do forwards."""
    related = alternatives((HTML, "html"), ("<p>Hilsen</p>", "html"), kind="related")
    inner = alternatives((PLAIN, "plain"), (HTML, "html"))
    outer = alternatives((PLAIN, "plain"))
    outer.attach(related)
    outer.attach(inner)
    two = MIMEMultipart("mixed")
    two.attach(outer)
    two.attach(alternatives((PLAIN, "plain"), (HTML, "html")))
    assert again(mail(b"From: a@b.example\n" + two.as_bytes())) == [
        ("header", 0),
        ("text", 0),
        ("html", 1),
        ("html 2", 1),
        ("text 2", 2),
        ("html 3", 3),
        ("text 3", 0),
        ("html 4", 1),
    ]


def test_a_calendar_among_the_alternatives_is_a_part() -> None:
    made = alternatives((PLAIN, "plain"), (HTML, "html"), ("BEGIN:VCALENDAR\n", "calendar"))
    seen = mail(b"From: a@b.example\n" + made.as_bytes())
    assert [name for name, _ in seen.parts] == ["part 4.ics"]


def test_the_letter_comes_before_anything_else() -> None:
    made = message(From="Anna <a@b.example>", To="c@d.example", Subject="x")
    made["Date"] = "Mon, 23 Nov 2026 10:00:00 +0100"
    made.set_content("Hej")
    first = next(events("eml", made.as_bytes(), type_="message/rfc822"))
    assert isinstance(first, Letter)
    assert (first.sender, first.recipients) == ("a@b.example", ("c@d.example",))
    deep = mail(nested(5_000))
    assert [letter.sender for letter in deep.letters] == ["a@b.example"]


def attached(**kinds: str) -> tuple[EmailMessage, dict[str, bytes]]:
    made = message(From="a@b.example", To="b@c.example", Subject="Bilag")
    made.set_content("Se bilag")
    files = {}
    for name, kind in kinds.items():
        data = RNG.randbytes(5000)
        main, _, sub = kind.partition("/")
        made.add_attachment(data, maintype=main, subtype=sub, filename=name)
        files[name] = data
    return made, files


def test_attachments_are_parts_with_their_bytes() -> None:
    made, files = attached(
        **{"løn på Ærø.xlsx": "application/octet-stream", "a.pdf": "application/pdf"}
    )
    assert dict(mail(made.as_bytes()).parts) == files


def test_any_disposition_and_no_name() -> None:
    outer = MIMEMultipart("related")
    outer["From"] = "a@b.example"
    outer.attach(MIMEText("<p>Hej</p>", "html"))
    inline = MIMEBase("image", "png")
    inline.set_payload(base64.b64encode(b"billede"))
    inline["Content-Transfer-Encoding"] = "base64"
    inline.add_header("Content-Disposition", "inline", filename="logo.png")
    outer.attach(inline)
    nameless = MIMEBase("application", "pdf")
    nameless.set_payload("dokument")
    outer.attach(nameless)
    outer.attach(MIMEText("navn;tlf\n", "csv"))
    named = MIMEText("Kære Søren", _charset="utf-8")
    named.add_header("Content-Type", "text/plain", name="brev.txt")
    outer.attach(named)
    seen = mail(outer.as_bytes())
    names = [name for name, _ in seen.parts]
    assert names[:3] == ["logo.png", "part 4.pdf", "part 5.csv"]
    assert seen.parts[0][1] == b"billede"
    assert seen.parts[1][1] == b"dokument"


def test_a_nested_mail_is_a_part_of_its_own() -> None:
    cpr = fake.cpr(RNG, hyphen=True)
    inner = message(From="c@d.example", To="e@f.example", Subject="Fortroligt: Ærø / løn")
    inner.set_content(f"CPR {cpr}")
    made = message(From="a@b.example", Subject="Videresendt")
    made.set_content("Se nedenfor")
    made.add_attachment(inner)
    bare = EmailMessage()
    bare.set_content("uden emne")
    made.add_attachment(bare)
    seen = mail(made.as_bytes())
    (name, data), (second, _) = seen.parts
    assert name == "Fortroligt: Ærø / løn.eml"
    assert second == "message.eml"
    assert cpr not in seen.text
    assert type_of(io.BytesIO(data), name, len(data)) == "message/rfc822"
    assert mail(data).places(cpr) == [("text", "line 1")]


def test_a_nested_mail_that_was_encoded() -> None:
    inner = message(From="c@d.example", Subject="x")
    inner.set_content("Hemmelig")
    coded = base64.encodebytes(inner.as_bytes()).decode()
    data = (
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=q\n\n--q\n"
        f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{coded}\n--q--\n"
    )
    assert b"Hemmelig" in mail(data.encode()).parts[0][1]


@pytest.mark.parametrize("kind", ["rfc822", "global", "news"])
def test_a_mail_that_is_nothing_but_a_mail(kind: str) -> None:
    inner = message(From="c@d.example", Subject="Indeni")
    inner.set_content("Hemmelig")
    head = f"From: a@b.example\nMIME-Version: 1.0\nContent-Type: message/{kind}\n\n"
    seen = mail(head.encode() + inner.as_bytes())
    ((name, data),) = seen.parts
    assert name == "Indeni.eml"
    assert mail(data).places("Hemmelig") == [("text", "line 1")]


def test_a_multipart_in_a_part_of_a_mail_is_read() -> None:
    inner = message(From="c@d.example")
    inner.set_content("Hemmelig")
    inner.add_alternative("<p>Hemmelig</p>", subtype="html")
    head = "From: a@b.example\nMIME-Version: 1.0\nContent-Type: message/partial\n\n"
    assert len(mail(head.encode() + inner.as_bytes()).places("Hemmelig")) == 2


def test_uuencoded_files_in_a_body() -> None:
    content = RNG.randbytes(1000)
    lines = [binascii.b2a_uu(content[at : at + 45]).decode() for at in range(0, 1000, 45)]
    body = f"Hej\nbegin 644 løn.doc\n{''.join(lines)}`\nend\nSlut\n"
    seen = mail(f"From: a@b.example\nSubject: x\n\n{body}".encode())
    assert seen.parts == [("løn.doc", content)]
    assert seen.places("Slut") == [
        (
            "text",
            f"line {body.count(chr(10))}",
        )
    ]


def test_winmail_is_a_part() -> None:
    made, files = attached(**{"winmail.dat": "application/ms-tnef"})
    assert dict(mail(made.as_bytes()).parts) == files


def test_a_delivery_report_tells_its_addresses() -> None:
    address = fake.email(RNG)
    data = (
        "From: a@b.example\nContent-Type: multipart/report; boundary=q\n\n--q\n\nUndelivered\n--q\n"
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: failed\n\n--q--\n"
    )
    assert mail(data.encode()).places(address)[0][0] == "text 2"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            MIXED + b"--q\n\nVALUE",
            id="not closed",
        ),
        pytest.param(
            b"From: a@b.example\nContent-Type: multipart/mixed\n\nVALUE", id="no boundary said"
        ),
        pytest.param(
            MIXED + b"VALUE",
            id="boundary never met",
        ),
        pytest.param(
            MIXED + b"VALUE\n--q\n\nx\n--q--\n",
            id="in front of the parts",
        ),
        pytest.param(
            MIXED + b"--q\n\nx\n--q--\nVALUE\n",
            id="behind the parts",
        ),
        pytest.param(
            b"From: a@b.example\nContent-Transfer-Encoding: base64\n\nVALUE er ikke base64",
            id="not base64",
        ),
        pytest.param(b"From: a@b.example\nContent-Type: ;;;\n\nVALUE", id="no type"),
        pytest.param(
            b"From: a@b.example\nContent-Type: text/plain; charset*=x''\n\nVALUE", id="odd charset"
        ),
        pytest.param(
            b"From: a@b.example\nnot a field\nVALUE: x\n\ny", id="a line that is no field"
        ),
        pytest.param(b"\r\n\r\nFrom: a@b.example\r\n\r\nVALUE", id="blank lines first"),
        pytest.param(b"\xef\xbb\xbfFrom: a@b.example\n\nVALUE", id="byte order mark"),
        pytest.param("From: a@b.example\n\nVALUE".encode("utf-16"), id="UTF-16"),
        pytest.param(b"25\nFrom: a@b.example\n\nVALUE", id="Apple Mail's length"),
    ],
)
def test_broken_mail_is_read_as_far_as_it_goes(data: bytes) -> None:
    assert "VALUE" in mail(data).text


def test_what_cannot_be_opened_is_said() -> None:
    made = message(From="a@b.example", Subject="x")
    made.set_content(b"krypteret", maintype="application", subtype="pkcs7-mime")
    made.set_param("smime-type", "enveloped-data")
    assert [problem.reason for problem in mail(made.as_bytes()).problems] == ["encrypted"]


def nested(depth: int) -> bytes:
    head = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth)
    )
    return f"From: a@b.example\n{head}\nVALUE\n".encode()


@pytest.mark.parametrize("depth", [50, 5_000])
def test_deep_nesting_is_read_or_refused(depth: int) -> None:
    started = time.process_time()
    seen = mail(nested(depth))
    assert seen.places("a@b.example") == [("header", "From")]
    if "VALUE" not in seen.text:
        assert depth == 5_000
        assert [(p.reason, p.detail) for p in seen.problems] == [("limit", "max_depth")]
    assert time.process_time() - started < 10


def test_the_number_of_parts_is_bounded() -> None:
    data = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=q\n" + b"\n--q\n\nx" * 200
    stream = io.BytesIO(data)
    source = Source(stream, len(data), "a.eml", "message/rfc822")
    with pytest.raises(Trouble, match="limit:max_parts"):
        list(read(source, Budget(Limits(max_parts=100), packed=len(data))))


def test_a_mail_that_does_not_fit_into_memory_is_refused() -> None:
    data = b"From: a@b.example\n\n" + b"x" * 1000
    source = Source(io.BytesIO(data), len(data), "a.eml", "message/rfc822")
    with pytest.raises(Trouble, match="too_large:memory_bytes"):
        list(read(source, Budget(Limits(memory_bytes=2000), packed=len(data))))


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_behind_a_field_are_read(body: bytes) -> None:
    mail(b"From: a@b.example\nContent-Type: multipart/mixed; boundary=q\n\n--q\n" + body)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"Subject: " + b"=?utf-8?Q?=C3?= " * 100_000 + b"\n\nx", id="encoded words"),
        pytest.param(b"Subject: " + b"\n =?" * 100_000 + b"\n\nx", id="words that never end"),
        pytest.param(b"A: b\n" * 100_000 + b"\nx", id="fields"),
        pytest.param(b"From: a\n\n" + b"begin 644 x\nAAAA\n" * 50_000, id="files that never end"),
    ],
)
def test_hostile_mail_takes_no_long_time(data: bytes) -> None:
    started = time.process_time()
    mail(data)
    assert time.process_time() - started < 5

"""What an item of a PST becomes as mail, and what our reader of mail says of it."""

from __future__ import annotations

import email
import hashlib
import struct
import tracemalloc
from collections.abc import Sequence
from email.message import Message as Mail
from pathlib import Path

import compressed_rtf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import Unreadable
from connectors.archives import Message
from connectors.pst import PstArchive
from connectors.pst.form import ANSI, UNICODE, Form
from connectors.pst.names import ADDRESS, APPOINTMENT, HEADERS, PUBLIC, TASK
from connectors.pst.rtf import unpacked
from scanner.model import Letter as Letterhead
from tests.connectors.outlook import header, leaves, letter, raw, readpst
from tests.connectors.pst_writer import (
    RECORD_KEY,
    Attachment,
    Item,
    Name,
    PstWriter,
    Value,
    Wanted,
    binary,
    flag,
    narrow,
    number,
    text,
    time,
)
from tests.extract.told import Told, told

THEN = 1_400_000_000 * 10**9
X500 = "/O=FIRMA/OU=EXCHANGE ADMINISTRATIVE GROUP/CN=RECIPIENTS/CN=BO"
ONE_OFF = bytes.fromhex("00000000812b1fa4bea310199d6e00dd010f540200000180")


def one_off(name: str, address: str) -> bytes:
    return ONE_OFF + f"{name}\0SMTP\0{address}\0".encode("utf-16-le")


def sender(name: str, address: str, smtp: str = "") -> dict[Name, Value]:
    found: dict[Name, Value] = {0x0042: text(name), 0x0064: text("SMTP"), 0x0065: text(address)}
    return {**found, 0x5D02: text(smtp)} if smtp else found


MAIL: Wanted = {
    0x0C1A: text("Bo Beck"),
    0x0C1E: text("SMTP"),
    0x0C1F: text("bo@example.com"),
    0x0E06: time(THEN),
}
"""Without a sender readpst takes it for no mail."""


def to(name: str, address: str, role: int = 1, smtp: str = "") -> Wanted:
    found: Wanted = {
        0x0C15: number(role),
        0x3001: text(name),
        0x3002: text("SMTP"),
        0x3003: text(address),
    }
    return {**found, 0x39FE: text(smtp)} if smtp else found


def mime(
    path: Path, properties: Wanted, form: Form = UNICODE, *, codepage: int = 1252, **more: object
) -> bytes:
    """Write one message, and return it as our archive gives it."""
    writer = PstWriter(path / "mail.pst", form)
    kind: Wanted = {0x001A: text("IPM.Note")}
    writer.message(writer.top, Item({**kind, **properties}, **more))  # type: ignore[arg-type]
    writer.close()
    with (path / "mail.pst").open("rb") as stream:
        archive = PstArchive(stream, codepage=codepage)
        (found,) = [each for each in archive.messages() if isinstance(each, Message)]
        with archive.open(found.locator) as opened:
            return opened.read()


def read(data: bytes) -> Told:
    return told("eml", data, "message.eml", "message/rfc822")


def whole(data: bytes) -> Mail:
    """Return the mail, in which the standard library found no fault."""
    mail = email.message_from_bytes(data)
    assert [part.defects for part in mail.walk() if part.defects] == []
    return mail


def attached(data: bytes) -> list[tuple[str, bytes]]:
    found = []
    for part in leaves(whole(data)):
        payload = part.get_payload(decode=True)
        if part.get_filename() and isinstance(payload, bytes):
            found.append((part.get_filename() or "", payload))
    return found


@pytest.mark.parametrize(
    ("properties", "recipients", "name", "said"),
    [
        pytest.param(
            sender("Bo Beck", "bo@example.com"),
            (),
            "From",
            '"Bo Beck" <bo@example.com>',
            id="a sender with an address",
        ),
        pytest.param(
            sender("Bo Beck", X500, "bo@example.com"),
            (),
            "From",
            '"Bo Beck" <bo@example.com>',
            id="Exchange's name beside the address",
        ),
        pytest.param(
            sender("Bo Beck", X500), (), "From", '"Bo Beck":;', id="Exchange's name alone"
        ),
        pytest.param(
            {**sender("Bo Beck", X500), 0x0E28: text(f"00000002\x01{X500}\x01bo@example.com")},
            (),
            "From",
            '"Bo Beck" <bo@example.com>',
            id="the account that it was sent from",
        ),
        pytest.param(
            {
                **sender("Bo Beck", X500),
                0x0E28: text(f"00000002\x01{X500}\x01me@example.com"),
                0x0040: text("Me"),
            },
            (),
            "From",
            '"Bo Beck":;',
            id="the account that it was received by is not the sender",
        ),
        pytest.param(
            {**sender("Bo Beck", "bo@example.com"), 0x0C1A: text("Ida"), 0x0C1F: text("i@host.dk")},
            (),
            "Sender",
            '"Ida" <i@host.dk>',
            id="sent by somebody else",
        ),
        pytest.param(
            {},
            [to("Åse Ø", "aase@host.dk"), to("i@a.test", "i@a.test"), to("x", X500, 1, "x@a.test")],
            "To",
            'Åse Ø <aase@host.dk>, i@a.test, "x" <x@a.test>',
            id="several recipients",
        ),
        pytest.param({}, [to("C", "c@example.com", 2)], "Cc", '"C" <c@example.com>', id="a copy"),
        pytest.param({}, [to("D", "d@host.dk", 3)], "Bcc", '"D" <d@host.dk>', id="a hidden copy"),
        pytest.param(
            {0x0E04: text("Anna Holm; Bo Beck")}, (), "To", '"Anna Holm":;, "Bo Beck":;',
            id="no table of recipients, but the line that Outlook shows",
        ),
        pytest.param(
            {0x0042: text('A "B" \\ C\r\nBcc: evil@example.com'), 0x0065: text("a@example.com")},
            (),
            "From",
            r'"A \"B\" \\ C Bcc: evil@example.com" <a@example.com>',
            id="a name that tries to be a field",
        ),
        pytest.param({0x0037: text("\x01\x05Re: æ ø")}, (), "Subject", "Re: æ ø", id="a prefix"),
        pytest.param(
            {0x0039: time(THEN)}, (), "Date", "Tue, 13 May 2014 16:53:20 +0000", id="sent"
        ),
        pytest.param(
            {0x0E06: time(THEN)}, (), "Date", "Tue, 13 May 2014 16:53:20 +0000", id="delivered"
        ),
        pytest.param({0x1035: text("<a@b>")}, (), "Message-ID", "<a@b>", id="an identity"),
        pytest.param({0x0036: number(3)}, (), "Sensitivity", "Company-Confidential", id="secret"),
        pytest.param(
            {
                0x004F: binary(
                    struct.pack("<II", 1, 0)
                    + struct.pack("<I", len(one_off("Svar", "s@example.com")))
                    + one_off("Svar", "s@example.com")
                ),
            },
            (),
            "Reply-To",
            '"Svar" <s@example.com>',
            id="answers go elsewhere",
        ),
        pytest.param(
            {(HEADERS, "x-sag"): text("nr. 7")}, (), "x-sag", "nr. 7", id="a program's own field"
        ),
        pytest.param({0x0037: text("a\u2028b\x00c")}, (), "Subject", "a b c", id="odd line ends"),
    ],
)  # fmt: skip
def test_header_fields_made_of_properties(
    tmp_path: Path, properties: Wanted, recipients: Sequence[Wanted], name: str, said: str
) -> None:
    data = mime(tmp_path, properties, recipients=recipients)
    assert header(whole(data), name) == said
    assert "Bcc" in name or "evil" not in str(whole(data).get("Bcc"))


TRAVELLED = (
    "Received: from a by b;\r\n\tTue, 13 May 2014 16:00:00 +0200\r\n"
    "From: Åse <aase@example.com>\r\nSubject: =?iso-8859-1?q?K=F8b?=\r\n"
    "Content-Type: text/plain;\r\n boundary=x\r\nMIME-Version: 1.0\r\nno field\r\n\r\n"
)


def test_the_header_that_a_mail_travelled_with_is_kept(tmp_path: Path) -> None:
    properties: Wanted = {0x007D: text(TRAVELLED), 0x0037: text("Køb"), 0x0039: time(THEN)}
    recipients = [to("Anna", "anna@example.com"), to("Skjult", "s@example.com", 3)]
    mail = whole(mime(tmp_path, properties, recipients=recipients))
    assert header(mail, "From") == "Åse <aase@example.com>"
    assert header(mail, "Subject") == "Køb"
    assert header(mail, "Received").endswith("+0200")
    assert mail.get_content_type() == "multipart/mixed"
    assert header(mail, "X-Outlook-Header") == "no field"
    assert "X-Outlook-Subject" not in mail
    assert header(mail, "To") == '"Anna" <anna@example.com>'
    assert header(mail, "Bcc") == '"Skjult" <s@example.com>'
    (head,) = read(mail.as_bytes()).letters
    assert isinstance(head, Letterhead)
    assert (head.sender, head.recipients) == (
        "aase@example.com",
        ("anna@example.com", "s@example.com"),
    )


def test_a_subject_that_was_changed_afterwards_is_told_too(tmp_path: Path) -> None:
    mail = whole(mime(tmp_path, {0x007D: text(TRAVELLED), 0x0037: text("Sag 12")}))
    assert header(mail, "X-Outlook-Subject") == "Sag 12"


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_a_header_without_a_fault(
    tmp_path_factory: pytest.TempPathFactory, subject: str, name: str, address: str
) -> None:
    wide = {
        key: binary(value.encode("utf-16-le", "surrogatepass"))
        for key, value in ((0x0037, subject), (0x0042, name), (0x0065, address))
    }
    properties: Wanted = {key: (0x001F, value[1]) for key, value in wide.items()}
    mail = whole(mime(tmp_path_factory.getbasetemp(), properties))
    assert not {key.lower() for key in mail} - {"subject", "from", "mime-version", "content-type"}


def test_thousands_of_recipients(tmp_path: Path) -> None:
    people = [to(f"Person {each}", f"p{each}@example.com") for each in range(3000)]
    mail = whole(mime(tmp_path, {}, recipients=people))
    assert header(mail, "To").count("@example.com") == 3000


WORDS = "Kære Åse, her er nummeret som aftalt æøå"
HTML = f"<html><body><p>{WORDS}</p></body></html>"
RTF = rb"{\rtf1\ansi\ansicpg1252 " + WORDS.encode("cp1252").replace(b"\\", b"") + rb"\par}"


def packed(rtf: bytes) -> Value:
    return binary(compressed_rtf.compress(rtf))


@pytest.mark.parametrize(
    ("properties", "places"),
    [
        pytest.param({0x1000: text(WORDS)}, [("text", "line 1")], id="text"),
        pytest.param({0x1000: narrow(WORDS)}, [("text", "line 1")], id="text in a code page"),
        pytest.param(
            {0x1000: narrow(WORDS.encode("cp850")), 0x3FFD: number(850)},
            [("text", "line 1")],
            id="text in the code page that the message names",
        ),
        pytest.param(
            {0x1000: narrow(WORDS.encode("utf-8")), 0x3FFD: number(65001)},
            [("text", "line 1")],
            id="text in UTF-8",
        ),
        pytest.param(
            {0x1013: binary(HTML.encode("cp1252")), 0x3FDE: number(1252)},
            [("html", "line 1")],
            id="HTML in a code page",
        ),
        pytest.param(
            {0x1013: binary(HTML.encode("iso8859-15")), 0x3FDE: number(28605)},
            [("html", "line 1")],
            id="HTML in Latin 9",
        ),
        pytest.param(
            {0x1013: binary(HTML.encode("cp1252")), 0x3FDE: number(65001)},
            [("html", "line 1")],
            id="HTML that says UTF-8 and is not",
        ),
        pytest.param(
            {0x1013: binary(HTML.encode("utf-8")), 0x3FDE: number(20127)},
            [("html", "line 1")],
            id="HTML that says ASCII and is not",
        ),
        pytest.param(
            {0x1013: binary(HTML.encode("utf-8")), 0x3FDE: number(999_999)},
            [("html", "line 1")],
            id="HTML in a code page that nobody knows",
        ),
        pytest.param({0x1013: text(HTML)}, [("html", "line 1")], id="HTML kept as text"),
        pytest.param(
            {0x1000: text(WORDS), 0x1013: binary(HTML.encode()), 0x3FDE: number(65001)},
            [("text", "line 1"), ("html", "line 1")],
            id="both",
        ),
        pytest.param(
            {0x1000: text(WORDS), 0x1013: text(HTML), 0x1009: packed(RTF)},
            [("text", "line 1"), ("html", "line 1")],
            id="RTF beside HTML says nothing more",
        ),
        pytest.param(
            {0x1000: text("--=_0_=--\r\n\r\n" + WORDS)},
            [("text", "line 3")],
            id="a boundary of ours",
        ),
        pytest.param(
            {0x1000: text("From " + WORDS)}, [("text", "line 1")], id="a line like mbox's"
        ),
    ],
)  # fmt: skip
def test_bodies(tmp_path: Path, properties: Wanted, places: list[tuple[str, str]]) -> None:
    data = mime(tmp_path, properties)
    whole(data)
    seen = read(data)
    assert seen.places(WORDS) == places
    assert [segment.again for segment, _ in seen.hits(WORDS)] == list(range(len(places)))
    assert (seen.problems, seen.parts) == ([], [])


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({0x1009: packed(RTF)}, id="RTF alone"),
        pytest.param({0x1000: text("x"), 0x1009: packed(RTF)}, id="RTF and text"),
        pytest.param(
            {0x1009: binary(compressed_rtf.compress(RTF, compressed=False))}, id="not compressed"
        ),
    ],
)
def test_rtf_is_a_body(tmp_path: Path, properties: Wanted) -> None:
    seen = read(mime(tmp_path, properties))
    assert seen.places(WORDS) == [("rtf", "paragraph 1")]
    assert [segment.again for segment, _ in seen.hits(WORDS)] == [int(0x1000 in properties)]
    assert (seen.parts, seen.problems) == ([], [])


def test_html_that_is_wrapped_in_rtf_is_html(tmp_path: Path) -> None:
    wrapped = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \fbidis\deff0{\fonttbl{\f0\fswiss Arial;}}"
        rb"{\*\htmltag19 <html>}{\*\htmltag50 <body>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 "
        rb"K\'e6re {\*\htmltag84 <a href='mailto:skjult@example.com'>}\htmlrtf {\field"
        rb"{\*\fldinst {HYPERLINK x}}{\fldrslt\htmlrtf0 \u197 ?se\htmlrtf }\htmlrtf0 }"
        rb"{\*\htmltag92 </a>}{\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0 \htmlrtf\par}\htmlrtf0 "
        rb"{\*\htmltag72 </p>}\par}"
    )
    seen = read(mime(tmp_path, {0x1000: text("Kære Åse <"), 0x1009: packed(wrapped)}))
    html = "Kære skjult@example.com Åse<\n"
    assert [(each.text, each.again) for each in seen.segments] == [("Kære Åse <", 0), (html, 1)]
    assert seen.places("skjult@example.com") == [("html", "line 1")]
    assert seen.parts == []


def test_an_address_that_the_header_lacks_is_told_from_the_recipients(tmp_path: Path) -> None:
    properties: Wanted = {0x007D: text('To: "Bo Beck"\r\nCc: c@example.com\r\n')}
    people = [to("Bo Beck", "bo@example.com"), to("C", "other@example.com", 2)]
    (head,) = read(mime(tmp_path, properties, recipients=people)).letters
    assert head.recipients == ("bo@example.com", "c@example.com")


@given(st.binary(max_size=5000) | st.text("ab\\ {}", max_size=9000).map(str.encode))
def test_compressed_rtf_comes_back(rtf: bytes) -> None:
    assert unpacked(compressed_rtf.compress(rtf)) == (rtf, True)


@given(st.binary(max_size=300), st.integers(0, 400))
def test_damaged_rtf_comes_back_as_far_as_it_goes(noise: bytes, cut: int) -> None:
    packed_ = compressed_rtf.compress(RTF * 20)
    rtf, is_whole = unpacked(packed_[: max(cut, 16)])
    assert (RTF * 20).startswith(rtf)
    assert not is_whole or rtf == RTF * 20
    unpacked(packed_[:16] + noise)


def test_texts_of_old_files_are_in_the_code_page_that_is_given(tmp_path: Path) -> None:
    properties: Wanted = {
        0x001A: narrow("IPM.Note"),
        0x0037: narrow("Prøve".encode("cp865")),
        0x1000: narrow(WORDS.encode("cp865")),
    }
    data = mime(tmp_path, properties, ANSI, codepage=865)
    assert header(whole(data), "Subject") == "Prøve"
    assert WORDS in read(data).text


def file_of(name: str, payload: bytes, **more: Value) -> Attachment:
    extra = {"mime": 0x370E, "method": 0x3705}
    wanted: Wanted = {
        0x3705: number(1),
        0x3707: text(name),
        0x3704: text("SHORT~1.TXT"),
        0x3701: binary(payload),
        **{extra[key]: value for key, value in more.items()},
    }
    return Attachment(wanted)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        pytest.param("Kundeliste æøå.xlsx", b"PK" + bytes(range(256)) * 9, id="Danish name"),
        pytest.param("tom.txt", b"", id="empty"),
        pytest.param('a "b"; c=d.txt', b"x", id="a name with signs of MIME"),
        pytest.param("lang" * 60 + ".pdf", b"%PDF" * 5000, id="long name, several blocks"),
        pytest.param("stor.bin", bytes(9 * 1024**2), id="lists of lists of blocks"),
    ],
)
@pytest.mark.parametrize("form", [pytest.param(ANSI, id="97"), pytest.param(UNICODE, id="2003")])
def test_attachments_by_value(tmp_path: Path, form: Form, name: str, payload: bytes) -> None:
    data = mime(tmp_path, {**MAIL, 0x1000: text("x")}, form, attachments=[file_of(name, payload)])
    ((told_name, told_payload),) = attached(data)
    assert told_name == name
    assert hashlib.sha256(told_payload).digest() == hashlib.sha256(payload).digest()
    files = readpst(tmp_path / "mail.pst", tmp_path / "out")
    if payload and name.isascii() and '"' not in name:
        (theirs,) = [letter(each.read_bytes()) for each in files]
        assert theirs.attachments == letter(data).attachments


def test_a_large_attachment_is_never_held(tmp_path: Path) -> None:
    size = 24 * 1024**2
    writer = PstWriter(tmp_path / "mail.pst")
    payload = bytes(range(256)) * (size // 256)
    writer.message(writer.top, Item({}, attachments=[file_of("a.bin", payload)]))
    writer.close()
    with (tmp_path / "mail.pst").open("rb") as stream:
        archive = PstArchive(stream, folder=str(tmp_path))
        (found,) = [each for each in archive.messages() if isinstance(each, Message)]
        tracemalloc.start()
        with archive.open(found.locator) as opened:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < size // 2
            ((_, told_payload),) = attached(opened.read())
    assert told_payload == payload


def message(subject: str, *attachments: Attachment) -> Item:
    return Item(
        {0x001A: text("IPM.Note"), 0x0037: text(subject), 0x1000: text(f"In {subject}"), **MAIL},
        [to("Anna", "anna@example.com")],
        attachments,
    )


def forwarded(item: Item) -> Attachment:
    return Attachment({0x3705: number(5), 0x3001: text("shown")}, item)


def test_messages_in_messages(tmp_path: Path) -> None:
    inner = message("inner", file_of("list.txt", b"deep"))
    middle = message("middle", forwarded(inner), file_of("a.txt", b"a"))
    data = mime(tmp_path, {**MAIL, 0x0037: text("outer")}, attachments=[forwarded(middle)])
    whole(data)
    ((name, nested),) = read(data).parts
    assert name == "middle.eml"
    assert header(email.message_from_bytes(nested), "To") == '"Anna" <anna@example.com>'
    seen = read(nested)
    assert "In middle" in seen.text
    assert [each[0] for each in seen.parts] == ["inner.eml", "a.txt"]
    assert read(seen.parts[0][1]).parts == [("list.txt", b"deep")]
    files = readpst(tmp_path / "mail.pst", tmp_path / "out")
    assert b"In inner" in files[0].read_bytes()


def test_messages_nested_too_deep_are_a_problem(tmp_path: Path) -> None:
    item = message("bottom")
    for each in range(60):
        item = message(f"level {each}", forwarded(item))
    data = mime(tmp_path, item.properties, attachments=item.attachments)
    assert data.count(b"Content-Type: message/rfc822") == 50
    assert data.count(b'boundary="unread"') == 1


def test_a_signed_mail_is_read_inside(tmp_path: Path) -> None:
    signed = (
        b'Content-Type: multipart/signed; boundary="s"; protocol="x"\r\n\r\n'
        b"--s\r\nContent-Type: text/plain\r\n\r\nsigned words\r\n--s\r\n"
        b"Content-Type: application/pkcs7-signature\r\n\r\nxx\r\n--s--\r\n"
    )
    attachment = file_of("smime.p7m", signed, mime=text("multipart/signed"))
    data = mime(
        tmp_path, {0x001A: text("IPM.Note.SMIME.MultipartSigned")}, attachments=[attachment]
    )
    whole(data)
    ((name, nested),) = read(data).parts
    assert name == "smime.p7m.eml"
    assert "signed words" in read(nested).text


def test_an_encrypted_mail_is_a_problem(tmp_path: Path) -> None:
    der = bytes.fromhex("3080 06092a864886f70d010703 a080") + b"x" * 100
    attachment = file_of("smime.p7m", der, mime=text("application/pkcs7-mime"))
    data = mime(tmp_path, {0x001A: text("IPM.Note.SMIME")}, attachments=[attachment])
    assert [each.reason for each in read(data).problems] == ["encrypted"]


@pytest.mark.parametrize(
    ("attachment", "said"),
    [
        pytest.param(
            Attachment(
                {0x3705: number(2), 0x3707: text("løn.xlsx"), 0x370D: text(r"\\fil01\løn.xlsx")}
            ),
            r"løn.xlsx \\fil01\løn.xlsx",
            id="a path",
        ),
        pytest.param(
            Attachment({0x3705: number(7), 0x3001: text("sky"), 0x370D: text("https://example.com/x")}),
            "sky https://example.com/x",
            id="a link to a cloud",
        ),
    ],
)  # fmt: skip
def test_attachments_kept_elsewhere_are_named(
    tmp_path: Path, attachment: Attachment, said: str
) -> None:
    seen = read(mime(tmp_path, {0x1000: text("x")}, attachments=[attachment]))
    assert f"Attachment kept elsewhere: {said}" in seen.text
    assert seen.problems == []


def test_an_ole_object_is_a_part(tmp_path: Path) -> None:
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    attachment = Attachment({0x3705: number(6), 0x3001: text("Billede"), 0x3701: binary(ole)})
    assert attached(mime(tmp_path, {}, attachments=[attachment])) == [("Billede", ole)]


def test_a_mail_attached_as_a_file_is_a_file(tmp_path: Path) -> None:
    attachment = file_of("brev.eml", b"Subject: x\r\n\r\ny", mime=text("message/rfc822"))
    data = mime(tmp_path, {}, attachments=[attachment])
    assert attached(data) == [("brev.eml", b"Subject: x\r\n\r\ny")]


def test_bytes_that_were_never_fetched_are_a_problem(tmp_path: Path) -> None:
    attachment = Attachment({0x3705: number(1), 0x3707: text("a.docx")})
    seen = read(mime(tmp_path, {0x1000: text("body")}, attachments=[attachment]))
    assert "body" in seen.text
    assert [each.reason for each in seen.problems] == ["corrupt"]
    assert [name for name, _ in seen.parts] == ["a.docx"]


def test_an_item_without_anything_is_a_mail_without_anything(tmp_path: Path) -> None:
    seen = read(mime(tmp_path, {}))
    assert (seen.problems, seen.parts) == ([], [])


def day(value: str) -> Value:
    moments = {"1901-02-03": -2_174_601_600, "2020-05-01": 1_588_291_200}
    return time(moments[value] * 10**9)


CONTACT: Wanted = {
    0x001A: text("IPM.Contact"),
    0x3001: text("Åse Holm"),
    0x3A06: text("Åse"),
    0x3A1C: text("+45 20 00 00 00"),
    0x3A16: text("Firma ApS"),
    0x3A59: text("Aarhus"),
    0x3A5B: text("8000"),
    0x3A42: time((-2_174_601_600 - 7200) * 10**9),
    0x3A58: (0x101F, ["Bo", "Ida"]),
    0x3A07: text("123"),
    0x3A4D: (0x0002, 1),
    0x1000: text("noter om Åse"),
    (ADDRESS, 0x8083): text("aase@example.com"),
    (ADDRESS, 0x8093): text("aase@hjem.example.com"),
    (ADDRESS, 0x801B): text("Vej 1\r\n8000 Aarhus"),
    (PUBLIC, "Kundenummer"): text("K-77"),
    (PUBLIC, "Antal"): number(3),
    (PUBLIC, "Betalt"): flag(True),
    (PUBLIC, "Keywords"): (0x101F, ["Rød", "VIP"]),
    (PUBLIC, "http://schemas.example.com/x"): text("for machines"),
}


@pytest.mark.parametrize(
    ("properties", "line"),
    [
        pytest.param(CONTACT, "Name: Åse Holm", id="name"),
        pytest.param(CONTACT, "Mobile phone: +45 20 00 00 00", id="phone"),
        pytest.param(CONTACT, "E-mail: aase@example.com", id="mail"),
        pytest.param(CONTACT, "E-mail 2: aase@hjem.example.com", id="second mail"),
        pytest.param(CONTACT, "Company: Firma ApS", id="company"),
        pytest.param(CONTACT, "Home address: 8000, Aarhus", id="address in pieces"),
        pytest.param(CONTACT, "Business address: Vej 1 8000 Aarhus", id="whole address"),
        pytest.param(CONTACT, "Birthday: 1901-02-03", id="midnight in Denmark is the day before"),
        pytest.param(CONTACT, "Children: Bo, Ida", id="several values"),
        pytest.param(CONTACT, "Government ID: 123", id="number of the state"),
        pytest.param(CONTACT, "Gender: female", id="gender"),
        pytest.param(CONTACT, "Kundenummer: K-77", id="a field of the user's own"),
        pytest.param(CONTACT, "Antal: 3", id="a number of the user's own"),
        pytest.param(CONTACT, "Betalt: yes", id="yes or no of the user's own"),
        pytest.param(CONTACT, "Categories: Rød, VIP", id="categories"),
        pytest.param(CONTACT, "noter om Åse", id="the text"),
        pytest.param(
            {0x001A: text("IPM.Task"), (TASK, 0x8105): day("2020-05-01")}, "Due: 2020-05-01",
            id="task",
        ),
        pytest.param(
            {0x001A: text("IPM.Task"), (TASK, 0x811F): text("Bo")}, "Owner: Bo", id="task's owner"
        ),
        pytest.param(
            {0x001A: text("IPM.StickyNote"), 0x1000: text("husk mælk")}, "husk mælk", id="note"
        ),
        pytest.param(
            {0x001A: text("REPORT.IPM.Note.NDR"), 0x1001: text("No such user")},
            "Report: No such user",
            id="a report that a mail did not arrive",
        ),
        pytest.param(
            {
                0x001A: text("IPM.DistList"),
                (ADDRESS, 0x8055): (0x1102, [b"x" * 30, one_off("B", "b@example.com")]),
                (ADDRESS, 0x8054): (0x1102, [one_off("A", "a@example.com"), b""]),
            },
            "Member: A <a@example.com>\r\nMember: B <b@example.com>",
            id="members of a list",
        ),
    ],
)  # fmt: skip
def test_what_outlook_shows_is_in_the_text(tmp_path: Path, properties: Wanted, line: str) -> None:
    seen = read(mime(tmp_path, properties))
    assert line.replace("\r", "") in seen.text.replace("\r", "")
    assert "for machines" not in seen.text
    assert seen.problems == []


def test_a_list_names_contacts_of_the_same_file(tmp_path: Path) -> None:
    writer = PstWriter(tmp_path / "mail.pst")
    nid = writer.message(writer.top, Item(CONTACT))
    entry = bytes(4) + RECORD_KEY + struct.pack("<I", nid)
    wrapped = bytes(4) + bytes.fromhex("c091add3519dcf11a4a900aa0047faa4c3") + entry
    members: Wanted = {0x001A: text("IPM.DistList"), (ADDRESS, 0x8055): (0x1102, [wrapped])}
    writer.message(writer.top, Item(members))
    writer.close()
    _, list_ = raw(tmp_path / "mail.pst")
    assert "Member: Åse Holm <aase@example.com>" in read(list_).text


def test_an_appointment_is_a_calendar(tmp_path: Path) -> None:
    properties: Wanted = {
        0x001A: text("IPM.Appointment"),
        0x0037: text("Møde"),
        0x1000: text("dagsorden"),
        **sender("Bo Beck", "bo@example.com"),
        (APPOINTMENT, 0x820D): time(THEN),
        (APPOINTMENT, 0x820E): time(THEN + 3600 * 10**9),
        (APPOINTMENT, 0x8208): text("Lokale 4; stuen, th."),
    }
    people = [to('Å"se', "aase@example.com"), to("Rum", X500, 3)]
    seen = read(mime(tmp_path, properties, recipients=people))
    ((name, calendar),) = seen.parts
    assert name == "appointment.ics"
    said = told("vcard", calendar, name)
    for line in (
        "DTSTART:20140513T165320Z",
        "DTEND:20140513T175320Z",
        "LOCATION:Lokale 4; stuen, th.",
        'ORGANIZER;CN="Bo Beck":mailto:bo@example.com',
        'ATTENDEE;CN="Å se":mailto:aase@example.com',
        'ATTENDEE;CUTYPE=RESOURCE;CN="Rum":invalid:nomail',
    ):
        assert line in said.text
    assert "dagsorden" in seen.text
    assert said.headers("aase@example.com") == ["ATTENDEE"]


@pytest.mark.parametrize("locator", [b"", b"xyz", b"\x04\x00\x70\x70", b"12345678"])
def test_a_locator_of_nothing(tmp_path: Path, locator: bytes) -> None:
    mime(tmp_path, {})
    with (tmp_path / "mail.pst").open("rb") as stream, pytest.raises(Unreadable) as caught:
        PstArchive(stream).open(locator)
    assert caught.value.reason == "vanished"

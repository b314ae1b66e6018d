"""Mail as clients and gateways really write it: charsets that lie, MIME that is broken or odd.

Each row is written byte by byte as the program in its id writes it.
"""

from __future__ import annotations

import base64
import binascii
import io
import random
import shutil
import subprocess
import zlib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.extract import Withheld
from scanner.extract.budget import Trouble
from scanner.extract.flowed import unflowed
from scanner.extract.inline_files import yenc
from scanner.extract.kind import type_of
from scanner.extract.smime import PKCS7, is_closed
from tests.extract.told import Told, told

RNG = random.Random(4)
DANISH = "Kære Søren Ærø"
FIELDS = b"From: Anna <a@b.example>\nSubject: x\nMIME-Version: 1.0\n"


def read(data: bytes, name: str = "a.eml") -> Told:
    return told("eml", data, name, "message/rfc822")


def mail(kind: str, body: bytes, encoding: str = "") -> bytes:
    head = FIELDS + f"Content-Type: {kind}\n".encode()
    if encoding:
        head += f"Content-Transfer-Encoding: {encoding}\n".encode()
    return head + b"\n" + body


def body_of(data: bytes) -> str:
    """What stands behind the header fields, without the line ends around it."""
    return "".join(each.text for each in read(data).segments[1:]).strip()


@pytest.mark.parametrize(
    ("charset", "codec", "said"),
    [
        ("us-ascii", "cp1252", "Søren “Ærø” €"),
        ("us-ascii", "utf-8", "Søren “Ærø” €"),
        ("iso-8859-1", "cp1252", "Søren “Ærø” €"),
        ("ISO-8859-15", "iso-8859-15", "Søren Ærø €"),
        ("utf-8", "cp1252", DANISH),
        ("x-unknown", "cp1252", DANISH),
        ("utf-8-foo", "utf-8", DANISH),
        ("ANSI_X3.4-1968", "cp1252", DANISH),
        ("CP-850", "cp850", DANISH),
        ("ibm865", "cp865", DANISH),
        ("macintosh", "mac_roman", DANISH),
        ("unicode-1-1-utf-7", "utf-7", DANISH),
        ("gb2312", "gbk", "測試郵件"),
        ("ks_c_5601-1987", "cp949", "안녕 뷁"),
        ("shift_jis", "cp932", "髙橋①"),
        ("iso-8859-8-i", "iso-8859-8", "שלום"),
        ("iso-8859-9", "cp1254", "Ağrı “İş”"),
    ],
)
def test_a_charset_is_what_the_bytes_are(charset: str, codec: str, said: str) -> None:
    assert body_of(mail(f'text/plain; charset="{charset}"', said.encode(codec))) == said


def test_html_says_its_charset_where_the_mail_does_not() -> None:
    page = '<html><head><meta charset="iso-8859-2"></head>Łódź'.encode("iso-8859-2")
    assert body_of(mail("text/html", page)) == "Łódź"
    assert body_of(mail("text/html", page.replace(b"8859-2", b"8859-1"))) != "Łódź"


CODED = base64.b64encode(DANISH.encode())
LONG = "Kære Søren, her er listen over kunderne fra i går. "


@pytest.mark.parametrize(
    ("encoding", "body", "said"),
    [
        pytest.param(" Base64 ", CODED, DANISH, id="blanks around the word"),
        pytest.param("base64;", CODED, DANISH, id="a semicolon behind it"),
        pytest.param('"base64"', CODED, DANISH, id="in quotes"),
        pytest.param("base64 (as ever)", CODED, DANISH, id="a comment"),
        pytest.param("quotedprintable", b"S=C3=B8ren", "Søren", id="misspelt"),
        pytest.param("x-foo", DANISH.encode(), DANISH, id="not known"),
        pytest.param("8-bit", DANISH.encode(), DANISH, id="a hyphen too much"),
        pytest.param("base64", b"!!" + CODED[:9] + b"*-\n" + CODED[9:], DANISH, id="junk in it"),
        pytest.param("base64", CODED.rstrip(b"=")[:-1], DANISH[:-1] + "Ã", id="cut in a character"),
        pytest.param("base64", CODED + b"A", DANISH, id="a digit too much"),
        pytest.param(
            "base64", base64.b64encode(b"a") + base64.b64encode(b"b"), "ab", id="two in a row"
        ),
        pytest.param(
            "base64", CODED + b"\n\n-- \nSendt via listen kunder\n",
            f"{DANISH}\n-- \nSendt via listen kunder", id="a mailing list's footer behind it",
        ),
        pytest.param("base64", LONG.encode(), LONG.strip(), id="it is none"),
        pytest.param(
            "7bit", base64.encodebytes(LONG.encode() * 3), (LONG * 3).strip(),
            id="a gateway that lost the word base64",
        ),
        pytest.param(
            "7bit", b"S=C3=B8ren bor p=C3=A5 =\n=C3=86r=C3=B8", "Søren bor på Ærø",
            id="a gateway that lost the word quoted-printable",
        ),
        pytest.param("7bit", b"x=20 og y=3D og a=1", "x=20 og y=3D og a=1", id="sums are none"),
        pytest.param("quoted-printable", b"S=C3=B8ren =C3", "Søren Ã", id="cut in a letter"),
        pytest.param("quoted-printable", b"a = b =ZZ c=", "a = b =ZZ c", id="signs that are none"),
        pytest.param("quoted-printable", b"S=c3=b8ren =  \nHolm", "Søren Holm", id="small digits"),
    ],
)  # fmt: skip
def test_an_encoding_is_what_the_body_is(encoding: str, body: bytes, said: str) -> None:
    assert body_of(mail("text/plain; charset=utf-8", body, encoding)) == said


def test_an_attachment_that_nobody_calls_base64() -> None:
    content = b"%PDF-1.4" + RNG.randbytes(3000)
    for encoding in ("", "7bit", "binary"):
        coded = base64.encodebytes(content)
        seen = read(mail('application/pdf; name="a.pdf"', coded, encoding))
        assert seen.parts == [("a.pdf", content)]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        pytest.param(b"=?utf-8?B?U8M=?= =?utf-8?B?uHJlbg==?=", "Søren", id="a letter in two words"),
        pytest.param(b"=?utf-8?Q?S=C3=B8ren Holm?=", "Søren Holm", id="blanks in a word"),
        pytest.param(b"=?utf-8?Q?S=C3=B8ren?==?utf-8?Q?_Holm?=", "Søren Holm", id="glued"),
        pytest.param(b"Re:=?utf-8?Q?S=C3=B8ren?=", "Re:Søren", id="no blank before"),
        pytest.param(b"=?utf-8*da?Q?S=C3=B8ren?=", "Søren", id="a language"),
        pytest.param(b"=?utf-8?B?U8O4cmVuIQ?=", "Søren!", id="without what fills it up"),
        pytest.param(b"=?utf-8?Q?S=C3=B8ren_Ho", "Søren Ho", id="cut at 255 characters"),
        pytest.param(b"=?utf-8?Q?S=C3=B8ren?", "Søren", id="cut in its last sign"),
        pytest.param("Søren".encode("cp1252"), "Søren", id="bytes of Windows"),
        pytest.param("Søren".encode(), "Søren", id="bytes of UTF-8"),
    ],
)  # fmt: skip
def test_subjects_that_are_written_wrong(field: bytes, said: str) -> None:
    seen = read(b"From: a@b.example\nSubject: " + field + b"\n\nx")
    assert f"Subject: {said}\n" in seen.text


@pytest.mark.parametrize(
    ("field", "name"),
    [
        pytest.param(b"filename*=utf-8''l%C3%B8n.xlsx", "løn.xlsx", id="RFC 2231"),
        pytest.param(
            b"filename*0*=utf-8''l%C3%B8n; filename*1=2024; filename*2=.xlsx", "løn2024.xlsx",
            id="RFC 2231 in pieces",
        ),
        pytest.param(b"filename*=foo''l%C3%B8n.xlsx", "løn.xlsx", id="a charset nobody knows"),
        pytest.param(
            b'filename="=?utf-8?Q?l=C3=B8n?=\n =?utf-8?Q?_2024.xlsx?="', "løn 2024.xlsx",
            id="Outlook: encoded words",
        ),
        pytest.param('filename="løn.xlsx"'.encode("cp1252"), "løn.xlsx", id="bytes of Windows"),
        pytest.param('filename="løn.xlsx"'.encode(), "løn.xlsx", id="bytes of UTF-8"),
        pytest.param(b"filename=stor liste.xlsx", "stor liste.xlsx", id="blanks without quotes"),
    ],
)  # fmt: skip
def test_names_of_attachments(field: bytes, name: str) -> None:
    part = b"Content-Type: application/x\nContent-Disposition: attachment;\n " + field
    seen = read(mail("multipart/mixed; boundary=q", b"--q\n" + part + b"\n\nX\n--q--\n"))
    assert seen.parts == [(name, b"X")]


PARTS = (
    b"--%s\nContent-Type: text/plain\n\nVALUE\n--%s\n"
    b"Content-Type: application/x; name=a.bin\nContent-Transfer-Encoding: base64\n\n%s--%s--\n"
)


@pytest.mark.parametrize(
    ("told_boundary", "used"),
    [
        pytest.param("; boundary=q", b"q", id="as it should be"),
        pytest.param("", b"=_NextPart_1", id="not told"),
        pytest.param("; boundary=q", b"----=_NextPart_1", id="another one is told"),
        pytest.param('; boundary="q', b"q", id="quotes left open"),
    ],
)
def test_boundaries(told_boundary: str, used: bytes) -> None:
    file = base64.encodebytes(b"fil")
    data = mail(f"multipart/mixed{told_boundary}", PARTS % (used, used, file, used))
    for whole in (data, data.removesuffix(b"--" + used + b"--\n")):
        seen = read(whole)
        assert seen.places("VALUE") == [("text", "line 1")]
        assert (seen.parts, seen.problems) == ([("a.bin", b"fil")], [])


def test_boundaries_that_lead_nowhere_take_no_time_and_are_told() -> None:
    inner = b"--x\nContent-Type: multipart/mixed; boundary=z\n\n" * 40
    seen = read(mail("multipart/mixed; boundary=q", inner + b"VALUE"))
    assert "VALUE" in seen.text
    assert {problem.reason for problem in seen.problems} == {"corrupt"}
    assert len(seen.problems) <= 41


def flowed(text: str, more: str = "") -> str:
    kind = f"text/plain; charset=utf-8; format=flowed{more}"
    return read(mail(kind, text.encode())).segments[1].text


def test_flowed_text_is_joined_and_lines_keep_their_numbers() -> None:
    assert flowed("Anna \nHolm\nSlut") == "Anna Holm\n\nSlut"
    cpr = fake.cpr(RNG, hyphen=True)
    assert flowed(f"{cpr[:7]} \n{cpr[7:]}\nSlut", "; delsp=yes") == f"{cpr}\n\nSlut"
    assert flowed("> Anna \n> Holm\n>> Bo \nSlut") == "> Anna Holm\n\n>> Bo \nSlut"
    assert flowed("Hilsen \n-- \nAnna") == "Hilsen \n-- \nAnna"


@given(st.text(alphabet="> a\n-", max_size=60))
def test_flowed_text_keeps_its_lines(text: str) -> None:
    joined = unflowed(text, without_blank=False)
    assert joined.count("\n") == text.count("\n")
    assert joined.count("a") == text.count("a")


def yencoded(content: bytes, *, size: int | None = None, part: str = "") -> bytes:
    out = bytearray()
    for byte in content:
        coded = (byte + 42) % 256
        out += bytes((61, (coded + 64) % 256)) if coded in (0, 10, 13, 61) else bytes((coded,))
    lines = [bytes(out[at : at + 128]) for at in range(0, len(out), 128)]
    said = len(content) if size is None else size
    head = f"=ybegin {part}line=128 size={said} name=løn.bin\r\n".encode("cp1252")
    return head + b"\r\n".join(lines) + f"\r\n=yend size={said}\r\n".encode()


def test_yenc_files_in_a_body() -> None:
    content = RNG.randbytes(5000) + bytes(range(256))
    data = mail("text/plain", b"Hej\r\n" + yencoded(content) + b"Slut\r\n", "8bit")
    seen = read(data)
    assert (seen.parts, seen.problems) == ([("løn.bin", content)], [])
    before = yencoded(content).count(b"\n") + 2
    assert seen.places("Slut") == [("text", f"line {before}")]


@pytest.mark.parametrize(
    "coded",
    [
        pytest.param(yencoded(b"abc", size=9), id="shorter than it says"),
        pytest.param(yencoded(b"abc", part="part=1 total=2 "), id="one of two"),
    ],
)
def test_a_part_of_a_yenc_file_is_said_to_be_one(coded: bytes) -> None:
    seen = read(mail("text/plain", coded, "8bit"))
    assert seen.parts == [("løn.bin", b"abc")]
    assert [problem.reason for problem in seen.problems] == ["truncated"]


@given(st.binary(max_size=400))
def test_yenc_gives_back_what_was_put_in(content: bytes) -> None:
    rest, files = yenc(yencoded(content))
    assert [file.data for file in files] == [content]
    assert not rest.strip()


def test_message_partial_is_read_and_said_to_be_cut() -> None:
    inner = b"From: b@c.example\nSubject: indeni\nContent-Type: text/plain\n\nVALUE\n"
    seen = read(mail('message/partial; id="x"; number=1; total=2', inner))
    assert "indeni" in seen.text
    assert len(seen.places("VALUE")) == 1
    assert [problem.reason for problem in seen.problems] == ["truncated"]
    rest = read(mail('message/partial; id="x"; number=2; total=2', b"VALUE og mere\n"))
    assert "VALUE og mere" in rest.text


def test_an_external_body_is_told_by_where_it_is() -> None:
    kind = 'message/external-body; access-type=URL; URL="https://example.com/liste.pdf"'
    seen = read(mail(kind, b"Content-Type: application/pdf\n\nphantom\n"))
    assert "Attachment kept elsewhere: https://example.com/liste.pdf" in seen.text
    assert "phantom" not in seen.text


def test_the_header_of_a_mail_that_came_back_is_text() -> None:
    head = b"From: b@c.example\nSubject: Emne\nContent-Type: multipart/mixed; boundary=z\n"
    part = b"Content-Type: text/rfc822-headers; name=a.txt\n\n" + head
    seen = read(mail("multipart/report; boundary=q", b"--q\n" + part + b"\n--q--\n"))
    assert seen.places("Emne") == [("text", "line 2")]
    assert (seen.parts, seen.problems) == ([], [])


def test_a_nameless_picture_is_named_by_its_location() -> None:
    part = b"Content-Type: image/png\nContent-Location: https://x.example/l%C3%B8n.png?a=1\n\nx"
    seen = read(mail("multipart/related; boundary=q", b"--q\n" + part + b"\n--q--\n"))
    assert seen.parts == [("løn.png", b"x")]


ARMOUR = b"-----BEGIN PGP MESSAGE-----\nVersion: x\n\nhQEMA\n=abcd\n-----END PGP MESSAGE-----\n"


def test_pgp() -> None:
    inline = read(mail("text/plain", b"Hej VALUE\n" + ARMOUR))
    assert "VALUE" in inline.text
    assert [problem.reason for problem in inline.problems] == ["encrypted"]
    signed = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nVALUE\n"
    assert read(mail("text/plain", signed)).problems == []
    kind = 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=q'
    whole = read(mail(kind, b"--q\nContent-Type: application/octet-stream\n\n" + ARMOUR))
    assert [problem.reason for problem in whole.problems] == ["encrypted"]
    assert type_of(io.BytesIO(ARMOUR), "brev.asc", len(ARMOUR)) == "application/pgp-encrypted"
    with pytest.raises(Trouble, match="encrypted"):
        told("pgp", ARMOUR)


def test_a_mail_under_rights_is_encrypted() -> None:
    attached = b"--q\nContent-Type: application/x-rpmsg; name=message.rpmsg\n\nx\n"
    seen = read(mail("multipart/mixed; boundary=q", attached + b"--q--\n"))
    assert (seen.parts, [problem.reason for problem in seen.problems]) == ([], ["encrypted"])


@cache
def keys() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return key, made.sign(key, hashes.SHA256())


INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHemmeligt: " + DANISH.encode() + b"\r\n"


@cache
def signed(content: bytes, *options: pkcs7.PKCS7Options) -> bytes:
    key, certificate = keys()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def enveloped() -> bytes:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(INNER).add_recipient(keys()[1])
    return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def attached(content: bytes, kind: str, name: str = "smime.p7m") -> bytes:
    return mail(f'{kind}; name="{name}"', base64.encodebytes(content), "base64")


@pytest.mark.parametrize("kind", ["application/pkcs7-mime", "application/octet-stream"])
def test_a_mail_signed_as_a_whole_is_read(kind: str) -> None:
    ((name, data),) = read(attached(signed(INNER), kind)).parts
    assert type_of(io.BytesIO(data), name, len(data)) == PKCS7
    ((inner, opened),) = told("smime", data, name).parts
    assert inner == "message.eml"
    assert DANISH in read(opened).text


@pytest.mark.parametrize("kind", ["application/x-pkcs7-mime", "application/octet-stream"])
def test_an_enveloped_mail_is_encrypted(kind: str) -> None:
    seen = read(attached(enveloped(), kind))
    assert (seen.parts, [problem.reason for problem in seen.problems]) == ([], ["encrypted"])
    with pytest.raises(Trouble, match="encrypted"):
        told("smime", enveloped(), "a.p7m")


def test_a_signed_file_and_a_signature_alone() -> None:
    file = told("smime", signed(b"%PDF-1.4"), "kontrakt.pdf.p7m")
    assert file.parts == [("kontrakt.pdf", b"%PDF-1.4")]
    alone = signed(INNER, pkcs7.PKCS7Options.DetachedSignature)
    assert told("smime", alone, "smime.p7s").parts == []


def ber(content: bytes) -> bytes:
    """SignedData as programs stream it: lengths not told, octets in pieces."""
    pieces = b"".join(b"\x04\x03" + content[at : at + 3] for at in range(0, len(content), 3))
    octets = b"\x24\x80" + pieces + b"\0\0"
    data = bytes.fromhex("06092a864886f70d010701")
    inner = b"\x30\x80" + data + b"\xa0\x80" + octets + b"\0\0" + b"\0\0"
    return bytes.fromhex("3080 06092a864886f70d010702 a080 3080 020101 3100") + inner + b"\0" * 6


def test_lengths_that_are_not_told() -> None:
    assert told("smime", ber(b"abcdef"), "a.txt.p7m").parts == [("a.txt", b"abcdef")]


def test_a_compressed_mail_is_unpacked() -> None:
    packed = zlib.compress(INNER)
    octets = b"\x04" + bytes((0x82,)) + len(packed).to_bytes(2, "big") + packed
    head = "3080 060b2a864886f70d0109100109 a080 3080 020100 300d060b2a864886f70d0109100308"
    data = bytes.fromhex(head + "3080 06092a864886f70d010701 a080") + octets + bytes(10)
    ((_, inner),) = told("smime", data, "smime.p7m").parts
    assert inner == INNER


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
@pytest.mark.parametrize("options", [["-nodetach"], ["-nodetach", "-stream"]])
def test_what_openssl_signs(tmp_path: Path, options: list[str]) -> None:
    key, certificate = keys()
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, plain)
    (tmp_path / "key").write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "in").write_bytes(INNER)
    command = ["openssl", "cms", "-sign", "-binary", "-signer", "key", "-in", "in"]
    done = subprocess.run(
        [*command, *options, "-outform", "DER"], cwd=tmp_path, capture_output=True, check=True
    )
    ((_, data),) = told("smime", done.stdout, "smime.p7m").parts
    assert data == INNER


@given(st.binary(max_size=200), st.integers(0, 3000))
@settings(deadline=None)
def test_damaged_signatures_end(noise: bytes, cut: int) -> None:
    whole = signed(INNER)
    for data in (whole[:cut] + noise, bytes.fromhex("308006092a864886f70d010702") + noise):
        assert not is_closed(data)
        try:
            told("smime", data, "a.p7m")
        except Trouble as trouble:
            assert trouble.reason == "corrupt"


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(b"Sensitivity: Private", id="marked private"),
        pytest.param(b"sensitivity: personal", id="marked personal"),
        pytest.param(b"X-Gmail-Labels: Vigtig,Privat", id="a label"),
        pytest.param(b"X-Gmail-Labels: =?UTF-8?Q?S=C3=B8ren,Privat?=", id="an encoded label"),
    ],
)
def test_private_mail_stays_closed(field: bytes) -> None:
    from scanner.extract import Source
    from scanner.extract.budget import Budget
    from scanner.extract.eml import read as events
    from scanner.model import Limits

    data = b"From: a@b.example\n" + field + b"\n\nVALUE"
    budget = Budget(Limits(), len(data), is_private=lambda name: name == "Privat")
    source = Source(io.BytesIO(data), len(data), "a.eml", "message/rfc822")
    with pytest.raises(Withheld, match="private"):
        list(events(source, budget))
    open_ = data.replace(b"rivat", b"rojekt").replace(b"ersonal", b"rojekt")
    assert "VALUE" in read(open_).text


def test_a_thousand_parts() -> None:
    made = EmailMessage()
    made["From"] = "a@b.example"
    made.set_content("Hej")
    for each in range(1000):
        made.add_attachment(f"fil {each}".encode(), maintype="a", subtype="b", filename=f"{each}")
    seen = read(made.as_bytes())
    assert [data for _, data in seen.parts] == [f"fil {each}".encode() for each in range(1000)]


def test_mail_of_apple() -> None:
    message = b"From: a@b.example\nTo: b@c.example\nSubject: x\n\nVALUE\n"
    plist = b'<?xml version="1.0"?><plist><dict><integer>8590195713</integer></dict></plist>\n'
    data = b"%d   \n" % len(message) + message + plist
    assert type_of(io.BytesIO(data), "uden endelse", len(data)) == "message/rfc822"
    seen = read(data, "1.emlx")
    assert "VALUE" in seen.text
    assert "8590195713" not in seen.text
    wrong = b"%d\n" % 9_999 + message + plist
    assert "VALUE" in read(wrong, "1.emlx").text


def test_an_attachment_that_apple_keeps_in_a_file_of_its_own_is_named() -> None:
    part = b"Content-Type: application/pdf; name=liste.pdf\nX-Apple-Content-Length: 4711\n\n"
    data = mail("multipart/mixed; boundary=q", b"--q\n" + part + b"\n--q--\n")
    seen = read(b"%d\n" % len(data) + data, "1.partial.emlx")
    assert (seen.parts, "Attachment kept elsewhere: liste.pdf" in seen.text) == ([], True)


def test_uuencoded_as_an_encoding() -> None:
    coded = b"begin 644 a.txt\n" + binascii.b2a_uu(b"VALUE") + b"`\nend\n"
    seen = read(mail('application/octet-stream; name="a.txt"', coded, "x-uuencode"))
    assert seen.parts == [("a.txt", b"VALUE")]

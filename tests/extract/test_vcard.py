"""Cards and calendars: folded and encoded values are read, in the lines where they begin."""

from __future__ import annotations

import base64
import quopri
import random

import pytest
import vobject

from scanner.demo import fake
from scanner.extract import vcard
from tests.extract.told import told

RNG = random.Random(15)


def card(note: str = "") -> tuple[str, str, str]:
    """A card that vobject wrote, with its name and number."""
    name, phone = fake.name(RNG), fake.phone(RNG, style="+45")
    made = vobject.vCard()
    made.add("fn").value = name
    made.add("n").value = vobject.vcard.Name(family="Sørensen", given="Åse")
    made.add("tel").value = phone
    made.tel.type_param = "CELL"
    if note:
        made.add("note").value = note
    text: str = made.serialize()
    return text, name, phone


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "utf-16"])
def test_cards_that_vobject_writes(codec: str) -> None:
    cards = [card() for _ in range(30)]
    text = "".join(text for text, _, _ in cards)
    seen = told("vcard", text.encode(codec), "a.vcf")
    for _, name, phone in cards:
        line = text.count("\n", 0, text.index(f"FN:{name}")) + 1
        assert seen.places(name) == [(f"line {line}",)]
        assert seen.headers(name) == ["FN"]
        assert seen.headers(phone) == ["TEL"]


def test_a_folded_value_is_whole_and_later_lines_keep_their_numbers() -> None:
    cpr = fake.cpr(RNG, hyphen=True)
    for pad in range(40, 75):
        text, name, _ = card(note="x" * pad + f" CPR {cpr}, og så videre; " + "Ærø " * 30)
        text += card()[0].replace("FN:", "FN:SIDSTE ")
        seen = told("vcard", text.encode(), "a.vcf")
        note = text.replace("\r\n", "\n").count("\n", 0, text.replace("\r\n", "\n").index("NOTE"))
        assert seen.places(cpr) == [(f"line {note + 1}",)], pad
        assert seen.headers(cpr) == ["NOTE"]
        last = text.replace("\r\n", "\n").count("\n", 0, text.replace("\r\n", "\n").index("SIDSTE"))
        assert seen.places("SIDSTE") == [(f"line {last + 1}",)]
        assert f"{cpr}, og så videre; Ærø" in seen.text
        assert name in seen.text


def test_old_cards_in_quoted_printable() -> None:
    cpr = fake.cpr(RNG, hyphen=True)
    value = (
        f"Søren Ågård i Nørre Åby har nummeret {cpr} og bor ved Ærø Å, på den anden side".encode()
    )
    coded = quopri.encodestring(value).decode().replace("\n", "\r\n")
    text = (
        f"BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{coded}\r\n"
        "TEL;HOME:NUMMER\r\nEND:VCARD\r\n"
    )
    assert "=\r\n" in text
    seen = told("vcard", text.encode(), "a.vcf")
    assert value.decode() in seen.text
    assert seen.places(cpr) == [("line 3",)]
    assert seen.places("NUMMER") == [(f"line {text.count(chr(10), 0, text.index('TEL')) + 1}",)]


def test_a_windows_card_without_a_charset() -> None:
    value = quopri.encodestring("Søren Ågård".encode("cp1252")).decode()
    text = f"BEGIN:VCARD\nFN;QUOTED-PRINTABLE:{value}\nEND:VCARD\n"
    assert "FN;QUOTED-PRINTABLE:Søren Ågård" in told("vcard", text.encode(), "a.vcf").text


def test_pictures_and_files_are_parts() -> None:
    picture, document = RNG.randbytes(900), b"Referat af m\xc3\xb8det"
    made = vobject.vCard()
    made.add("fn").value = "Anna"
    made.add("n").value = vobject.vcard.Name(family="Holm", given="Anna")
    photo = made.add("photo")
    photo.encoding_param, photo.value = "b", picture
    coded = base64.b64encode(document).decode()
    text = made.serialize() + (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nATTACH;VALUE=BINARY;ENCODING=BASE64;"
        f'X-FILENAME="referat.txt":{coded}\nSUMMARY:Slut\nEND:VEVENT\nEND:VCALENDAR\n'
        f"PHOTO:data:text/plain;base64,{coded}\n"
    )
    seen = told("vcard", text.encode(), "a.vcf")
    line = text.count("\n", 0, text.index("PHOTO;")) + 1
    assert seen.parts[0] == (f"photo line {line}", picture)
    assert seen.parts[1] == ("referat.txt", document)
    assert seen.parts[2][1] == document
    assert coded not in seen.text
    assert "Slut" in seen.text


def test_calendars() -> None:
    address, name = fake.email(RNG), fake.name(RNG)
    made = vobject.iCalendar()
    event = made.add("vevent")
    event.add("summary").value = f"Samtale med {name}, om løn"
    event.add("description").value = "Linje 1\nLinje 2; slut"
    guest = event.add("attendee")
    guest.value = f"mailto:{address}"
    seen = told("vcard", made.serialize().encode(), "a.ics")
    assert seen.headers(address) == ["ATTENDEE"]
    assert seen.headers(name) == ["SUMMARY"]
    assert f"Samtale med {name}, om løn" in seen.text
    assert "Linje 1 Linje 2; slut" in seen.text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("BEGIN:VCARD\n" + " x\n" * 200_000, id="one property of many lines"),
        pytest.param("BEGIN:VCARD\n" + "x" * 2_000_000, id="one long line"),
        pytest.param("NOTE;QUOTED-PRINTABLE:" + "=\n" * 200_000, id="soft ends without end"),
        pytest.param("PHOTO;ENCODING=b:" + "A" * 1_000_001, id="pictures cut off"),
    ],
)
def test_hostile_cards(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vcard, "LINE_CHARACTERS", 100_000)
    seen = told("vcard", text.encode(), "a.vcf", "text/vcard")
    assert seen.text.count("\n") >= text.count("\n")

"""An .msg file gives what the same item gives in a PST, and what extract-msg finds in it."""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path
from typing import Any

import compressed_rtf
import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.archives import Message
from connectors.pst import PstArchive
from connectors.pst.letter import written
from scanner.extract import Source
from scanner.extract.budget import Budget, Trouble
from scanner.extract.kind import type_of
from scanner.extract.msg import read
from scanner.extract.msg_item import TOP_HEAD, Compound, MsgItem, names_of
from scanner.model import Limits
from tests.connectors.outlook import SAMPLES, sample
from tests.connectors.pst_writer import (
    Attachment,
    Item,
    PstWriter,
    Wanted,
    binary,
    narrow,
    number,
    text,
    time,
)
from tests.connectors.test_pst_letter import (
    CONTACT,
    HTML,
    MAIL,
    RTF,
    THEN,
    TRAVELLED,
    WORDS,
    X500,
    file_of,
    forwarded,
    message,
    sender,
    to,
)
from tests.extract.msg_writer import Msg
from tests.extract.told import Told, told

TYPE = "application/vnd.ms-outlook"


def seen(data: bytes) -> Told:
    return told("msg", data, "brev.msg", TYPE)


def as_mail(data: bytes) -> bytes:
    file = Compound(io.BytesIO(data), len(data))
    item = MsgItem(file.top, TOP_HEAD, names_of(file.top), 1252)
    with written(item, 10**8, None) as stream:
        return stream.read()


def in_pst(folder: Path, item: Item) -> bytes:
    writer = PstWriter(folder / "mail.pst")
    writer.message(writer.top, item)
    writer.close()
    with (folder / "mail.pst").open("rb") as stream:
        archive = PstArchive(stream)
        (found,) = [each for each in archive.messages() if isinstance(each, Message)]
        with archive.open(found.locator) as opened:
            return opened.read()


SENT: Wanted = {
    **MAIL,
    **sender("Åse Holm", "aase@example.com"),
    0x001A: text("IPM.Note"),
    0x0037: text("Løn for maj"),
    0x0039: time(THEN),
    0x1035: text("<a@b.example>"),
}
MEETING: Wanted = {**SENT, 0x001A: text("IPM.Appointment")}
PEOPLE = [to("Anna", "anna@example.com"), to("C", X500, 2, "c@example.com"), to("D", "d@x.dk", 3)]


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(Item({**SENT, 0x1000: text(WORDS)}, PEOPLE), id="a mail"),
        pytest.param(Item({**SENT, 0x1000: text(WORDS), 0x1013: binary(HTML.encode()),
            0x3FDE: number(65001)}), id="text and HTML"),
        pytest.param(
            Item({**SENT, 0x1000: text(WORDS), 0x1009: binary(compressed_rtf.compress(RTF))}),
            id="text and RTF",
        ),
        pytest.param(
            Item({0x001A: narrow("IPM.Note"), 0x1000: narrow(WORDS.encode("cp850")),
                0x0037: narrow("Pr\x9bve".encode("latin-1")), 0x3FFD: number(850)}),
            id="texts in a code page that the message names",
        ),
        pytest.param(Item({**SENT, 0x007D: text(TRAVELLED)}, PEOPLE), id="the header it had"),
        pytest.param(Item({**SENT, 0x0036: number(3)}), id="a company's secret"),
        pytest.param(Item(SENT, (), [file_of("løn.xlsx", b"PK" * 5000), file_of("tom", b"")]),
            id="attachments"),
        pytest.param(
            Item(SENT, (), [forwarded(message("inner", forwarded(message("deep")),
                file_of("a.txt", b"a")))]),
            id="messages in messages",
        ),
        pytest.param(
            Item(SENT, (), [Attachment({0x3705: number(7), 0x3001: text("sky"),
                0x370D: text("https://example.com/x")})]),
            id="an attachment kept elsewhere",
        ),
        pytest.param(Item(CONTACT), id="a contact with named properties and lists"),
        pytest.param(Item(MEETING, PEOPLE), id="a meeting"),
        pytest.param(Item({0x001A: text("IPM.StickyNote"), 0x1000: text("husk")}), id="a note"),
        pytest.param(Item({}), id="nothing"),
    ],
)  # fmt: skip
def test_an_item_is_the_same_mail_in_either_file(tmp_path: Path, item: Item) -> None:
    data = Msg(item).data()
    assert type_of(io.BytesIO(data), "x", len(data)) == TYPE
    kind: Wanted = {0x001A: text("IPM.Note")}
    assert as_mail(data) == in_pst(tmp_path, Item({**kind, **item.properties}, item.recipients,
        item.attachments))  # fmt: skip
    assert seen(data).problems == []


def test_the_letterhead_is_that_of_the_mail() -> None:
    (head,) = seen(Msg(Item(SENT, PEOPLE)).data()).letters
    assert (head.sender, head.identity) == ("aase@example.com", "a@b.example")
    assert head.recipients == ("anna@example.com", "c@example.com", "d@x.dk")
    assert head.sent is not None
    assert head.sent.timestamp() == THEN // 10**9


def test_places_are_those_of_a_mail() -> None:
    item = Item({**SENT, 0x1000: text(f"Hej\r\n{WORDS}")}, (), [file_of("løn.txt", b"x")])
    found = seen(Msg(item).data())
    assert found.places(WORDS) == [("text", "line 2")]
    assert found.places("Løn for maj") == [("header", "Subject")]
    assert found.parts == [("løn.txt", b"x")]


NATIVE = b"\0\0\0\0\2\0a.txt\0C:\\a.txt\0\0\0\3\0\2\0\0\0x\0" + b"\7\0\0\0indhold"


@pytest.mark.parametrize(
    ("storage", "type_"),
    [
        pytest.param({"Workbook": b"BIFF" * 2000}, "application/vnd.ms-excel", id="a sheet"),
        pytest.param({"\1Ole10Native": NATIVE, "inner": {"x": b"y"}}, "application/x-ole-storage",
            id="a packaged file"),
    ],
)  # fmt: skip
def test_an_ole_object_is_a_file_again(storage: Any, type_: str) -> None:
    attachment = Attachment({0x3705: number(6), 0x3001: text("Ark")})
    ((name, data),) = seen(Msg(Item(SENT, (), [attachment]), {0: storage}).data()).parts
    assert (name, type_of(io.BytesIO(data), "", len(data))) == ("Ark", type_)
    with olefile.OleFileIO(io.BytesIO(data)) as container:
        for key, held in storage.items():
            if isinstance(held, bytes):
                assert container.openstream(key).read() == held
    if type_ == "application/x-ole-storage":
        inner = told("ole_object", data, "Ark", type_)
        assert inner.parts == [("a.txt", b"indhold")]


def test_messages_nested_too_deep_are_a_problem() -> None:
    item = message("bottom")
    for each in range(60):
        item = message(f"level {each}", forwarded(item))
    data = as_mail(Msg(item).data())
    assert data.count(b"Content-Type: message/rfc822") == 50
    assert data.count(b'boundary="unread"') == 1


def test_what_cannot_be_had_is_said() -> None:
    whole = Msg(Item({**SENT, 0x1000: text(WORDS * 500)}, PEOPLE)).data()
    cut = seen(whole[: len(whole) - 30_000])
    assert "truncated" in [problem.reason for problem in cut.problems]
    with pytest.raises(Trouble, match="corrupt"):
        seen(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    limits = Limits(memory_bytes=len(whole))
    with pytest.raises(Trouble, match="too_large:memory_bytes"):
        list(read(Source(io.BytesIO(whole), len(whole), "a.msg", TYPE), Budget(limits, 1)))


def test_a_property_that_no_record_names_is_read() -> None:
    data = Msg(Item({0x0037: text("Emne"), 0x1000: text(WORDS)})).data()
    at = data.index(bytes.fromhex("1f000010"))
    assert WORDS in seen(data[:at] + bytes(16) + data[at + 16 :]).text


@given(st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), max_size=40))
@settings(max_examples=60, deadline=None)
def test_damage_is_survived(wrong: list[tuple[int, int]]) -> None:
    item = Item({**SENT, 0x1000: text(WORDS)}, PEOPLE, [file_of("a.bin", bytes(9000))])
    data = bytearray(Msg(item).data())
    for at, value in wrong:
        data[at % len(data)] = value
    try:
        seen(bytes(data))
    except Trouble:
        pass


WORD = re.compile(r"\w+")
HEADER_ALONE = "text/rfc822-headers"
"""A returned mail of which only the header came back: text here, an attachment there."""
ENCRYPTED = ("S_MIME_test_message_encrypted.msg", "S_MIME_test_message_signed_&_encrypted.msg")
"""extract-msg takes their ciphertext for the body."""


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.msg")) or ["any.msg"])
def test_the_same_as_extract_msg_finds(name: str) -> None:
    import extract_msg

    path = sample(name)
    ours = seen(path.read_bytes())
    if name in ENCRYPTED:
        assert [problem.reason for problem in ours.problems] == ["encrypted"]
        return
    assert ours.problems == []
    logging.disable(logging.CRITICAL)
    try:
        theirs: Any
        with extract_msg.openMsg(str(path)) as theirs:
            subject, body = (theirs.subject or "").strip(), theirs.body or ""
            people = [(each.email or each.name).strip("\0") for each in theirs.recipients]
            held = [each for each in theirs.attachments if each.mimetype != HEADER_ALONE]
            files = [each.data for each in held if isinstance(each.data, bytes)]
    finally:
        logging.disable(logging.NOTSET)
    signed = [data for name, data in ours.parts if name == "smime.p7m.eml"]
    inner = [told("eml", data, "m.eml", "message/rfc822") for data in signed]
    said = "\n".join([ours.text, *(each.text for each in inner)])
    assert subject in said
    assert [each for each in people if each not in said] == []
    assert set(WORD.findall(body)) <= set(WORD.findall(said))
    found = [data for each in (ours, *inner) for _, data in each.parts]
    assert [len(data) for data in files if data not in found] == []

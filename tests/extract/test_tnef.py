"""winmail.dat gives what the same item gives in a PST; others find the same attachments in it."""

from __future__ import annotations

import io
import logging
import random
import shutil
import struct
import subprocess
from pathlib import Path

import compressed_rtf
import pytest
import tnefparse
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.pst.letter import written
from scanner.extract import Source
from scanner.extract.budget import Budget, Trouble
from scanner.extract.kind import type_of
from scanner.extract.tnef import read
from scanner.extract.tnef_item import TnefItem, parsed
from scanner.model import Limits
from tests.connectors.pst_writer import Attachment, Item, Wanted, binary, narrow, number, text
from tests.connectors.test_pst_letter import (
    CONTACT,
    HTML,
    RTF,
    WORDS,
    file_of,
    forwarded,
    message,
)
from tests.extract import tnef_writer as writer
from tests.extract.test_msg import MEETING, PEOPLE, SENT, in_pst
from tests.extract.tnef_writer import attribute, tnef
from tests.extract.told import Told, told

TYPE = "application/vnd.ms-tnef"
RNG = random.Random(7)


def seen(data: bytes) -> Told:
    return told("tnef", data, "winmail.dat", TYPE)


def as_mail(data: bytes) -> bytes:
    with written(TnefItem(parsed(data)), 10**8, None) as stream:
        return stream.read()


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(Item({**SENT, 0x1000: text(WORDS)}, PEOPLE), id="a mail"),
        pytest.param(
            Item({**SENT, 0x1013: binary(HTML.encode()), 0x3FDE: number(65001)}), id="HTML"
        ),
        pytest.param(
            Item({**SENT, 0x1000: text(WORDS), 0x1009: binary(compressed_rtf.compress(RTF))}),
            id="text and RTF",
        ),
        pytest.param(
            Item({0x001A: narrow("IPM.Note"), 0x1000: narrow(WORDS.encode("cp1252"))}),
            id="texts in a code page",
        ),
        pytest.param(
            Item(SENT, (), [file_of("løn.xlsx", b"PK" * 5001), file_of("tom", b"")]),
            id="attachments",
        ),
        pytest.param(
            Item(SENT, (), [forwarded(message("inner", forwarded(message("deep")))),
                file_of("a.txt", b"a")]),
            id="messages in messages",
        ),
        pytest.param(Item(CONTACT), id="a contact with named properties and lists"),
        pytest.param(Item(MEETING, PEOPLE), id="a meeting"),
    ],
)  # fmt: skip
def test_an_item_is_the_same_mail_in_either_file(tmp_path: Path, item: Item) -> None:
    data = tnef(item)
    assert type_of(io.BytesIO(data), "x", len(data)) == TYPE
    kind: Wanted = {0x001A: text("IPM.Note")}
    whole = Item({**kind, **item.properties}, item.recipients, item.attachments)
    assert as_mail(data) == in_pst(tmp_path, whole)
    assert seen(data).problems == []


def test_what_only_the_attributes_of_old_say() -> None:
    sender, address = b"Bo Beck\0", b"SMTP:bo@example.com\0"
    triple = struct.pack("<HHHH", 4, 0, len(sender), len(address)) + sender + address
    data = writer.HEAD + attribute(1, writer.CODEPAGE, struct.pack("<II", 865, 0))
    data += attribute(1, writer.CLASS, b"IPM.Microsoft Mail.Note\0")
    data += attribute(1, writer.SUBJECT, "Prøve\0".encode("cp865"))
    data += attribute(1, writer.BODY, WORDS.encode("cp865") + b"\0")
    data += attribute(1, writer.FROM, triple)
    data += attribute(1, writer.SENT, struct.pack("<7H", 2014, 5, 13, 16, 53, 20, 2))
    data += attribute(2, writer.TITLE, b"A.TXT\0") + attribute(2, writer.DATA, b"indhold")
    found = seen(data)
    assert found.places("Prøve") == [("header", "Subject")]
    assert found.places(WORDS) == [("text", "line 1")]
    assert (found.parts, found.problems) == ([("A.TXT", b"indhold")], [])
    (head,) = found.letters
    assert head.sender == "bo@example.com"
    assert head.sent is not None
    assert head.sent.isoformat() == "2014-05-13T16:53:20+00:00"


def test_in_a_mail_it_is_opened_whatever_its_name() -> None:
    data = tnef(Item({0x1000: text(WORDS)}))
    for name in ("winmail.dat", "ATT00001.bin", "noname"):
        assert type_of(io.BytesIO(data), name, len(data)) == TYPE


def test_an_ole_object_comes_without_its_identifier() -> None:
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    held: Wanted = {0x3705: number(6), 0x3001: text("Ark"), 0x3701: (0x000D, bytes(16) + ole)}
    data = writer.HEAD + attribute(2, writer.RENDERED, bytes(14))
    data += attribute(2, writer.ATTACHMENT, writer.properties(held, {}))
    assert seen(data).parts == [("Ark", ole)]


def test_messages_nested_too_deep_are_a_problem() -> None:
    item = message("bottom")
    for each in range(60):
        item = message(f"level {each}", forwarded(item))
    data = as_mail(tnef(item))
    assert data.count(b"Content-Type: message/rfc822") == 50
    assert data.count(b'boundary="unread"') == 1


WHOLE = tnef(Item({**SENT, 0x1000: text(WORDS)}, PEOPLE, [file_of("a.bin", bytes(9000))]))


def test_what_cannot_be_had_is_said() -> None:
    cut = seen(WHOLE[:-5000])
    assert WORDS in cut.text
    assert [problem.reason for problem in cut.problems] == ["truncated"]
    at = WHOLE.index(WORDS[:4].encode("utf-16-le"))
    wrong = seen(WHOLE[:at] + b"X" + WHOLE[at + 1 :])
    assert WORDS[1:] in wrong.text
    assert [problem.reason for problem in wrong.problems] == ["corrupt"]
    inner = tnef(Item(SENT, (), [forwarded(message("inner"))]))
    at = inner.index("In inner".encode("utf-16-le"))
    damaged = seen(inner[:at] + b"X" + inner[at + 1 :])
    assert "corrupt" in [problem.reason for problem in damaged.problems]
    with pytest.raises(Trouble, match="corrupt"):
        seen(b"none")
    with pytest.raises(Trouble, match="too_large:memory_bytes"):
        source = Source(io.BytesIO(WHOLE), len(WHOLE), "winmail.dat", TYPE)
        list(read(source, Budget(Limits(memory_bytes=len(WHOLE)), 1)))


@given(
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=30),
    st.integers(0, 12_000),
)
@settings(max_examples=80, deadline=None)
def test_damage_is_survived(wrong: list[tuple[int, int]], end: int) -> None:
    data = bytearray(WHOLE[:end])
    for at, value in wrong:
        if data:
            data[at % len(data)] = value
    try:
        seen(bytes(data))
    except Trouble:
        pass


FILES = {"løn.xlsx": RNG.randbytes(5000), "tom.txt": b"x", "stor.bin": RNG.randbytes(200_001)}


def test_tnefparse_finds_the_same_attachments() -> None:
    attachments = [file_of(name, data) for name, data in FILES.items()]
    data = tnef(Item({**SENT, 0x1000: text(WORDS)}, (), attachments))
    logging.disable(logging.CRITICAL)
    try:
        theirs = tnefparse.TNEF(data)
    finally:
        logging.disable(logging.NOTSET)
    found = [(each.long_filename().rstrip("\0"), each.data) for each in theirs.attachments]
    assert found == seen(data).parts == list(FILES.items())


@pytest.mark.skipif(not shutil.which("tnef"), reason="the program tnef is not installed")
def test_the_program_tnef_finds_the_same_attachments(tmp_path: Path) -> None:
    attachments = [
        Attachment({0x3705: number(1), 0x3707: text(name), 0x3701: binary(data)})
        for name, data in FILES.items()
        if name.isascii()
    ]
    data = tnef(Item({**SENT, 0x1000: text("x")}, (), attachments))
    (tmp_path / "winmail.dat").write_bytes(data)
    (tmp_path / "out").mkdir()
    command = ["tnef", "-C", str(tmp_path / "out"), "-f", str(tmp_path / "winmail.dat")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    found = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert found == dict(seen(data).parts)

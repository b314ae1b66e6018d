"""Mbox files in every dialect: what we list beside Python's mailbox, and what hostile ones cost."""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
import mailbox
import random
import re
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage, Message
from pathlib import Path

import pytest

from connectors import Excluded, Unreadable
from connectors.archives import Damaged, Kept, Mark
from connectors.archives import Message as Listed
from connectors.mbox import MboxArchive, lines

LINE = b"From bo@firma.example Mon Mar  2 10:00:00 2026\n"

_QUOTED = re.compile(rb"^>+From ", re.MULTILINE)


def archive(data: bytes) -> MboxArchive:
    return MboxArchive(io.BytesIO(data), hashlib.sha256)


def opened(data: bytes) -> list[bytes]:
    """Return each message of an mbox, as it is given to the reader of mail."""
    found = archive(data)
    listed = [each for each in found.messages() if isinstance(each, Listed)]
    return [found.open(each.locator).read() for each in listed]


def letters() -> list[EmailMessage]:
    """Mails with what mbox files trip over."""
    made = []
    for number, text in enumerate(
        (
            "Hej",
            "Hej\nFrom nu af ringer vi\n\nFrom Bo Mon 10:00\n",
            ">From citat\n>>From to gange\n",
            "",
            "sidste linje uden ende",
            "\n\n\ntomme linjer\n\n\n",
        )
    ):
        message = EmailMessage()
        message["From"] = "Bo <bo@firma.example>"
        message["Subject"] = f"Sag {number} æøå"
        message["Message-ID"] = f"<{number}@firma.example>"
        message.set_content(text)
        if number % 2:
            message.add_attachment(b"\0\xff" * 500, "application", "x", filename=f"{number}.bin")
        made.append(message)
    return made


def told(message: Message) -> tuple[object, ...]:
    """What two readers of a message must agree on: mailbox leaves "From " lines quoted."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    payloads = [part.get_payload(decode=True) for part in parts]
    return (
        message["Message-ID"],
        [part.get_filename() for part in parts],
        [
            _QUOTED.sub(b"From ", payload.replace(b"\r\n", b"\n")).strip()
            if isinstance(payload, bytes)
            else b""
            for payload in payloads
        ],
    )


def written(path: Path) -> bytes:
    """An mbox that Python's mailbox wrote (mboxo: "From " becomes ">From ")."""
    box = mailbox.mbox(path)
    for each in letters():
        box.add(each)
    box.close()
    return path.read_bytes()


def crlf(path: Path) -> bytes:
    return written(path).replace(b"\n", b"\r\n")


def takeout(path: Path) -> bytes:
    labels = b"X-GM-THRID: 1\nX-Gmail-Labels: =?UTF-8?Q?Indbakke,L=C3=B8n?=\n"
    return written(path).replace(b"\nFrom: ", b"\n" + labels + b"From: ")


def thunderbird(path: Path) -> bytes:
    marks = b"X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n"
    lines = written(path).splitlines(keepends=True)
    return b"".join(
        b"From - Mon Mar  2 10:00:00 2026\n" + marks if each.startswith(b"From ") else each
        for each in lines
    )


def without_a_blank_line(path: Path) -> bytes:
    return written(path).replace(b"\n\nFrom MAILER", b"\nFrom MAILER")


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(written, id="mboxo, LF"),
        pytest.param(crlf, id="CRLF"),
        pytest.param(takeout, id="Google Takeout"),
        pytest.param(thunderbird, id="Thunderbird"),
        pytest.param(without_a_blank_line, id="no blank line between messages"),
    ],
)
def test_the_same_messages_and_attachments_as_python(
    tmp_path: Path, make: Callable[[Path], bytes]
) -> None:
    data = make(tmp_path / "made")
    ours = [told(email.message_from_bytes(each)) for each in opened(data)]
    path = tmp_path / "read"
    path.write_bytes(data)
    box = mailbox.mbox(path)
    theirs = [told(each) for each in box]
    box.close()
    assert ours == theirs
    assert len(ours) == len(letters())


def test_an_unquoted_from_line_cuts_a_message_for_python_and_not_for_us(tmp_path: Path) -> None:
    data = LINE + b"Subject: a\n\nHej\n\nFrom nu af ringer vi\ntil alle\n"
    path = tmp_path / "a"
    path.write_bytes(data)
    box = mailbox.mbox(path)
    assert (len(box), len(opened(data))) == (2, 1)
    box.close()
    assert b"From nu af ringer vi" in opened(data)[0]


def fuzzed(chance: random.Random) -> bytes:
    pieces = [LINE, b"From \n", b"\n", b"\r\n", b"Subject: a\n", b">From ", b"\0", b"x" * 3000]
    pieces += [b"Message-ID: <a@b>\n", b"From ", b"X-Gmail-Labels: =?x?Q?=\n", b"Status: O\n "]
    return b"".join(chance.choice(pieces) for _ in range(chance.randrange(1, 60)))


@pytest.mark.parametrize("seed", range(40))
def test_any_bytes_are_listed_and_every_message_opens_as_it_was_listed(seed: int) -> None:
    data = fuzzed(random.Random(seed))
    found = archive(data)
    sizes = 0
    marks = [each for each in found.messages() if isinstance(each, Mark)]
    for each in found.messages():
        if isinstance(each, Listed):
            with found.open(each.locator) as stream:
                assert len(stream.read()) <= each.size
            sizes += each.size
    assert sizes <= len(data)
    again = list(archive(data).messages(marks[-1].state))
    assert isinstance(again[0], Kept)
    assert not [each for each in again if isinstance(each, Listed)]


@pytest.mark.parametrize("seed", range(20))
def test_any_state_is_taken_for_none_or_for_what_it_says(seed: int) -> None:
    chance = random.Random(seed)
    data = LINE + b"Subject: a\n\nHej\n\n" + LINE + b"Subject: b\n\nHej\n"
    state = list(archive(data).messages())[-1]
    assert isinstance(state, Mark)
    wrong = bytearray(state.state)
    wrong[chance.randrange(len(wrong))] ^= 1 << chance.randrange(8)
    told = Counter(type(each) for each in archive(data).messages(bytes(wrong)))
    assert told[Mark] == 1
    assert told[Listed] == 2 or told[Kept] or told[Damaged]


def test_a_message_that_lies_elsewhere_by_now_is_not_given_for_another() -> None:
    data = LINE + b"Subject: a\n\nHej\n\n" + LINE + b"Subject: b\n\nHej\n"
    (_, second) = [each for each in archive(data).messages() if isinstance(each, Listed)]
    with pytest.raises(Unreadable) as trouble:
        archive(data[20:]).open(second.locator)
    assert trouble.value.reason == "vanished"


class Counted(io.BytesIO):
    """Counts the bytes that are read."""

    total = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.total += len(data)
        return data


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(b"x", id="one line"),
        pytest.param(b"X-Field: abc\n", id="a header without end"),
        pytest.param(b"From x\n", id="lines that look like From"),
        pytest.param(b"From " + b"Mon " * 98 + b"\na:\n", id="days without a time"),
        pytest.param(b"\n", id="empty lines"),
    ],
)
def test_a_hostile_message_is_read_twice_at_most_and_held_in_pieces(
    monkeypatch: pytest.MonkeyPatch, pattern: bytes
) -> None:
    monkeypatch.setattr(lines, "CHUNK_BYTES", 64 * 1024)
    monkeypatch.setattr(lines, "KEPT_BYTES", 128 * 1024)
    data = LINE + b"Subject: a\n" + pattern * (4_000_000 // len(pattern))
    stream = Counted(data)
    held = [0]
    really = lines._Window._read_on

    def watched(window: lines._Window, position: int) -> None:
        really(window, position)
        held[0] = max(held[0], len(window._held))

    monkeypatch.setattr(lines._Window, "_read_on", watched)
    found = list(MboxArchive(stream, hashlib.sha256).messages())
    assert [type(each) for each in found] == [Listed, Mark]
    assert stream.total < 2.2 * len(data)
    assert held[0] < 400 * 1024


def test_only_what_is_appended_is_listed_and_the_rest_is_read_once() -> None:
    before = b"".join(LINE + b"Subject: %d\n\nHej\n\n" % n for n in range(20_000))
    mark = list(archive(before).messages())[-1]
    assert isinstance(mark, Mark)
    after = before + b"".join(LINE + b"Subject: n%d\n\nHej\n\n" % n for n in range(10))
    stream = Counted(after)
    found = list(MboxArchive(stream, hashlib.sha256).messages(mark.state))
    assert Counter(type(each) for each in found) == {Kept: 1, Listed: 10, Mark: 1}
    assert stream.total < len(after) + 3 * (len(after) - len(before)) + 64 * 1024


def test_private_labels_and_sensitivity_are_left_out() -> None:
    data = b"".join(
        LINE + field + b"\nSubject: a\n\nHej\n\n"
        for field in (
            b"Sensitivity: Personal",
            b"X-Gmail-Labels: =?UTF-8?Q?Indbakke,Privat?=",
            b"X-Gmail-Labels: Privatkunder",
            b"Sensitivity: Company-Confidential",
        )
    )
    found = MboxArchive(io.BytesIO(data), hashlib.sha256, lambda name: name == "Privat").messages()
    assert Counter(type(each) for each in found) == {Excluded: 2, Listed: 2, Mark: 1}

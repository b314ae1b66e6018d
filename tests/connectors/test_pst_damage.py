"""Damaged and hostile PST files: what can be read is, the rest is told, and nothing hangs."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors import Reason, Unreadable
from connectors.archives import Damaged, Message
from connectors.pst import PstArchive
from connectors.pst.form import ANSI, LARGE_PAGES, UNICODE, Form
from connectors.pst.store import Store
from tests.connectors.outlook import raw, sample
from tests.connectors.pst_drain import drain
from tests.connectors.pst_writer import (
    Attachment,
    Built,
    Item,
    Local,
    PstWriter,
    Wanted,
    binary,
    number,
    text,
)
from tests.extract.told import Told, told

SECONDS = 120
ROUNDS = 150
FORMS = {"Outlook 97": ANSI, "Outlook 2003": UNICODE, "OST of 2013": LARGE_PAGES}


def archive(path: Path, form: Form = UNICODE, count: int = 60) -> Path:
    writer = PstWriter(path, form, coded=0)
    inbox = writer.folder(writer.top, "Indbakke")
    for each in range(count):
        blob = f"content {each} ".encode() * 900
        attachment = Attachment({0x3705: number(1), 0x3707: text("a.txt"), 0x3701: binary(blob)})
        body = f"body of {each} " * 400
        properties: Wanted = {0x001A: text("IPM.Note"), 0x0037: text(str(each)), 0x1000: text(body)}
        writer.message(inbox, Item(properties, attachments=[attachment]))
    writer.close()
    return path


def read(data: bytes) -> Told:
    return told("eml", data, "message.eml", "message/rfc822")


def opened(data: bytes) -> list[bytes]:
    found = PstArchive(io.BytesIO(data))
    letters = []
    for each in found.messages():
        if isinstance(each, Message):
            with found.open(each.locator) as stream:
                letters.append(stream.read())
    return letters


def test_wrong_bytes_in_an_attachment_are_read_and_told(tmp_path: Path) -> None:
    data = archive(tmp_path / "mail.pst").read_bytes()
    assert data.count(b"content 7 content 7") > 0
    (letter,) = [each for each in opened(data.replace(b"content 7", b"contenT 7", 1))
                 if b"Subject: 7\r\n" in each]  # fmt: skip
    seen = read(letter)
    assert seen.parts[0][1].count(b"content 7") == 899
    assert [each.reason for each in seen.problems] == ["corrupt"]


def test_a_lost_block_leaves_the_rest_of_the_message(tmp_path: Path) -> None:
    path = archive(tmp_path / "mail.pst")
    data = bytearray(path.read_bytes())
    with path.open("rb") as stream:
        store = Store(stream)
        at = data.index(b"content 7 ")
        data[at : at + 8192] = bytes(8192)
        assert store.size == len(data)
    (letter,) = [each for each in opened(bytes(data)) if b"Subject: 7\r\n" in each]
    seen = read(letter)
    assert "body of 7" in seen.text
    assert seen.parts[0][0] == "a.txt"
    assert "corrupt" in [each.reason for each in seen.problems]


@pytest.mark.parametrize("tree", ["nodes_root", "blocks_root"])
@pytest.mark.parametrize("form", [pytest.param(form, id=name) for name, form in FORMS.items()])
def test_without_the_root_of_a_tree_its_leaves_are_found(
    tmp_path: Path, form: Form, tree: str
) -> None:
    path = archive(tmp_path / "mail.pst", form, 400)
    data = bytearray(path.read_bytes())
    with path.open("rb") as stream:
        at = getattr(Store(stream).header, tree)
    data[at : at + form.page_bytes] = bytes(form.page_bytes)
    listed = list(PstArchive(io.BytesIO(data)).messages())
    assert [each for each in listed if isinstance(each, Damaged)] == [Damaged("corrupt")]
    assert sorted(opened(bytes(data))) == sorted(raw(path))


@pytest.mark.parametrize("form", [pytest.param(form, id=name) for name, form in FORMS.items()])
def test_a_file_that_breaks_off_before_its_trees_is_truncated(tmp_path: Path, form: Form) -> None:
    data = archive(tmp_path / "mail.pst", form).read_bytes()
    for cut in range(0x4600, len(data), len(data) // 40):
        counts = drain(data[:cut])
        assert counts["damaged truncated"] or counts["unreadable truncated"]


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    path = sample("testPST.pst")
    data, whole = path.read_bytes(), set(raw(path))
    read_of = []
    for cut in range(0x4600, len(data), len(data) // 100):
        found = PstArchive(io.BytesIO(data[:cut]))
        count = 0
        try:
            for each in found.messages():
                if isinstance(each, Message):
                    with found.open(each.locator) as stream:
                        letter = stream.read()
                    assert letter in whole or b'boundary="unread"' in letter
                    count += 1
        except Unreadable as error:
            assert error.reason == "truncated"
        read_of.append(count)
    assert read_of[0] < 7 == read_of[-1]
    counts = drain(data[: len(data) // 3])
    assert (counts["opened"], counts["partly"], counts["damaged truncated"]) == (7, 0, 1)


def patched(at: int, change: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + change + data[at + len(change) :]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda data: b"", "corrupt", id="empty"),
        pytest.param(lambda data: b"From anna Tue\n", "corrupt", id="a mailbox"),
        pytest.param(patched(0, b"!BDX"), "corrupt", id="another signature"),
        pytest.param(patched(8, b"XX"), "corrupt", id="another client"),
        pytest.param(lambda data: data[:100], "truncated", id="half a header"),
        pytest.param(lambda data: data[:0x4600], "truncated", id="a header alone"),
        pytest.param(patched(10, b"\x10\x00"), "unsupported", id="a version that never was"),
        pytest.param(patched(513, b"\x10"), "encrypted", id="encrypted by Windows"),
        pytest.param(patched(513, b"\x07"), "corrupt", id="a coding that is none"),
        pytest.param(
            lambda data: data[:564].ljust(len(data), b"\0"), "corrupt", id="zeros behind the header"
        ),
    ],
)
def test_what_is_no_pst(
    tmp_path: Path, change: Callable[[bytes], bytes], reason: Reason
) -> None:  # fmt: skip
    data = change(archive(tmp_path / "mail.pst").read_bytes())
    with pytest.raises(Unreadable) as caught:
        list(PstArchive(io.BytesIO(data)).messages())
    assert caught.value.reason == reason


class Failing(io.BytesIO):
    """A stream that raises after some reads."""

    def __init__(self, data: bytes, reads: int, error: Exception) -> None:
        super().__init__(data)
        self.reads = reads
        self.error = error

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads -= 1
        if self.reads < 0:
            raise self.error
        return super().read(size)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(PermissionError(13, "no"), "no_access", id="no longer allowed"),
        pytest.param(zipfile.BadZipFile(), "corrupt", id="the zip around it is damaged"),
        pytest.param(Unreadable(b"", "offline"), "offline", id="the share is away"),
    ],
)
@pytest.mark.parametrize("reads", [0, 1, 5, 20, 60])
def test_what_the_stream_raises_is_told(
    tmp_path: Path, error: Exception, reason: Reason, reads: int
) -> None:
    stream = Failing(archive(tmp_path / "mail.pst").read_bytes(), reads, error)
    with pytest.raises(Unreadable) as caught:
        found = PstArchive(stream)
        for each in found.messages():
            if isinstance(each, Message):
                found.open(each.locator).close()
    assert caught.value.reason == reason


class Mirror(PstWriter):
    """Attaches to a message a message that the file already holds."""

    held = (0, 0)

    def _attachment(self, attachment: Attachment) -> Built:
        nid = self._number("local") << 5 | 4
        blob = struct.pack("<II", nid, 9)
        built = self._properties({**attachment.properties, 0x3701: (0x000D, blob)})
        built.subs.append(Local(nid, *self.held))
        return built


def test_a_message_that_holds_itself_twice_ends(tmp_path: Path) -> None:
    path = tmp_path / "mail.pst"

    def written(held: tuple[int, int]) -> tuple[int, int]:
        writer = Mirror(path, coded=0)
        writer.held = held
        both = [Attachment({0x3705: number(5)}) for _ in range(2)]
        writer.message(writer.top, Item({0x0037: text("again")}, attachments=both))
        writer.close()
        with path.open("rb") as stream:
            (message,) = [e for e in PstArchive(stream).messages() if isinstance(e, Message)]
            node = Store(stream).node(int.from_bytes(message.locator, "little"))
        assert node is not None
        return node.data, node.sub

    held = written((0, 0))
    assert written(held) == held
    with path.open("rb") as stream:
        found = PstArchive(stream)
        (message,) = [each for each in found.messages() if isinstance(each, Message)]
        with pytest.raises(Unreadable) as caught:
            found.open(message.locator)
    assert caught.value.reason == "limit"


def run(path: Path, seed: int) -> dict[str, int]:
    """Read damaged copies of a file in a process of its own, with an end."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.connectors.pst_drain", str(path), str(seed), str(ROUNDS)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


@pytest.mark.parametrize("name", ["dist-list.pst", "passworded.pst", "testPST.pst"])
def test_damaged_copies_of_real_files(name: str) -> None:
    counts = run(sample(name), 1)
    assert counts["opened"] > ROUNDS
    assert counts["damaged"] > ROUNDS / 2


@pytest.mark.parametrize("form", [pytest.param(form, id=name) for name, form in FORMS.items()])
def test_damaged_copies_of_written_files(tmp_path: Path, form: Form) -> None:
    counts = run(archive(tmp_path / "mail.pst", form, 12), 2)
    assert counts["opened"] > ROUNDS

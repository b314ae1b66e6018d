"""A text planted in a real PST: what every reader reads, and nothing else is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.archives import Damaged
from connectors.pst import PstArchive
from tests.connectors.outlook import letter, messages, raw, readpst, sample
from tests.connectors.pst_planted import mails, planted

TEXT = "Kære Nordlys\r\n\r\nMin ordre er æblegrød.\r\n"
READ = "Kære Nordlys Min ordre er æblegrød."


def test_our_reader_reads_it_and_all_else_as_before(tmp_path: Path) -> None:
    original, copy = sample("testPST.pst"), tmp_path / "mail.pst"
    before = planted(original, copy, TEXT)
    (after,) = [mail for mail in mails(copy) if READ in " ".join(mail.text.split())]
    assert (after.subject, len(after.text)) == (before.subject, len(before.text))
    changed = [new for old, new in zip(raw(original), raw(copy), strict=True) if old != new]
    assert [letter(each).bodies for each in changed] == [(READ,)]
    assert b'boundary="unread"' not in changed[0]  # a wrong checksum would be told there
    assert messages(copy) == messages(original)
    with copy.open("rb") as stream:
        assert not [each for each in PstArchive(stream).messages() if isinstance(each, Damaged)]


def test_readpst_reads_it(tmp_path: Path) -> None:
    planted(sample("testPST.pst"), tmp_path / "mail.pst", TEXT)
    theirs = [each.read_bytes() for each in readpst(tmp_path / "mail.pst", tmp_path / "out")]
    assert [letter(each).bodies for each in theirs].count((READ,)) == 1
    assert len(theirs) == 7


def test_libpff_reads_it(tmp_path: Path) -> None:
    pypff = pytest.importorskip("pypff")
    before = planted(sample("testPST.pst"), tmp_path / "mail.pst", TEXT)
    file = pypff.file()
    file.open(str(tmp_path / "mail.pst"))
    waiting, found = [file.root_folder], []
    while waiting:
        folder = waiting.pop()
        waiting += list(folder.sub_folders)
        found += [folder.get_sub_message(at) for at in range(folder.number_of_sub_messages)]
    read = [(each.subject, each.plain_text_body.decode("utf-8")) for each in found]
    file.close()
    assert [subject for subject, text in read if text.rstrip() == TEXT.rstrip()] == [before.subject]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        pytest.param("testPST.pst", "x" * 3000, "room", id="no mail is that long"),
        pytest.param("dist-list.pst", "x", "0 blocks", id="a contact is told from many fields"),
        pytest.param("testPST.pst", "\U0001f600", "lengths", id="two units for a sign"),
    ],
)
def test_what_cannot_be_planted_is_said(tmp_path: Path, name: str, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        planted(sample(name), tmp_path / "mail.pst", text)
    assert not (tmp_path / "mail.pst").exists()

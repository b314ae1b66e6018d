"""Real files of Outlook, read by us, by Debian's readpst and by libpff: the same, or why not."""

from __future__ import annotations

import email
import re
from pathlib import Path

import pytest

from connectors import Excluded
from connectors.archives import Damaged, Mark, Message
from connectors.pst import PstArchive
from scanner.model import Letter as Told
from tests.connectors.outlook import Letter, header, leaves, letter, messages, raw, readpst, sample
from tests.extract.told import told

FILES = ("dist-list.pst", "passworded.pst", "testPST.pst")
COUNTS = {"dist-list.pst": (4, 3), "passworded.pst": (3, 13), "testPST.pst": (7, 0)}
"""Items, and what Outlook keeps for itself."""

LEFT_OUT_BY_READPST = {
    ("dist-list.pst", "test dist list"): "readpst skips distribution lists",
    ("dist-list.pst", "LocalFreebusy"): "lies beside the folders that Outlook shows",
    ("passworded.pst", "test dist list"): "readpst skips distribution lists",
    ("passworded.pst", "LocalFreebusy"): "lies beside the folders that Outlook shows",
}
SAID_OTHERWISE = {
    "MAILER-DAEMON": "what readpst writes for a sender with an X.500 name only",
    '>From "MAILER-DAEMON"': "a line that readpst puts before the header of a nested message",
}
SENDERS = {'"Luis Filipe da Cruz Nassif" <nassif.lfcn@pf.gov.br>': "the account it was sent from"}


@pytest.mark.parametrize("name", FILES)
def test_every_item_is_listed_and_nothing_is_damaged(name: str) -> None:
    with sample(name).open("rb") as stream:
        listed = list(PstArchive(stream).messages())
    hidden = [each.count for each in listed if isinstance(each, Excluded)]
    items = [each for each in listed if isinstance(each, Message)]
    assert (len(items), sum(hidden)) == COUNTS[name]
    assert not [each for each in listed if isinstance(each, Damaged)]
    assert listed[-1] == Mark(b"")
    assert len({each.name for each in items}) == len(items)
    assert all(each.size > 0 and each.modified_ns > 1_390_000_000 * 10**9 for each in items)


@pytest.mark.parametrize("name", FILES)
def test_twice_the_same(name: str) -> None:
    path = sample(name)
    assert messages(path) == messages(path)
    assert raw(path) == raw(path)


def mails(path: Path, into: Path) -> list[Letter]:
    files = [each.read_bytes() for each in readpst(path, into) if each.suffix == ".eml"]
    return [letter(re.sub(rb'^>From "MAILER-DAEMON".*\n', b"", each, flags=re.M)) for each in files]


@pytest.mark.parametrize("name", FILES)
def test_the_same_mails_as_readpst(name: str, tmp_path: Path) -> None:
    theirs = mails(sample(name), tmp_path / "out")
    ours = [letter(each) for each in raw(sample(name))]
    for each in theirs:
        (same,) = [own for own in ours if (own.subject, own.sent) == (each.subject, each.sent)]
        assert same.bodies == each.bodies
        assert same.attachments == each.attachments
        if "MAILER-DAEMON" in each.sender:
            assert same.sender in SENDERS
        else:
            assert same.sender == each.sender


@pytest.mark.parametrize("name", FILES)
def test_the_same_items_as_readpst(name: str, tmp_path: Path) -> None:
    theirs = []
    for each in readpst(sample(name), tmp_path / "out"):
        text = each.read_text("utf-8")
        if each.suffix == ".ics":
            found = re.search(r"^SUMMARY:(.*)$", text, re.M)
        elif each.suffix == ".vcf":
            found = re.search(r"^N:.*$", text, re.M)
        else:
            found = re.search(r"^Subject: (.*(?:\n[ \t].*)*)$", text, re.M)
        assert found is not None
        theirs.append(each)
    ours = [letter(each).subject for each in raw(sample(name))]
    left_out = {subject for of, subject in LEFT_OUT_BY_READPST if of == name}
    assert len(theirs) == len(ours) - len(left_out)
    assert left_out <= set(ours)


def test_an_appointment_has_the_times_that_readpst_gives_it(tmp_path: Path) -> None:
    path = sample("dist-list.pst")
    (theirs,) = [each for each in readpst(path, tmp_path / "out") if each.suffix == ".ics"]
    (ours,) = [each for each in raw(path) if letter(each).subject == "Test appointment"]
    (calendar,) = [
        part for part in leaves(email.message_from_bytes(ours))
        if part.get_content_type() == "text/calendar"
    ]  # fmt: skip
    payload = calendar.get_payload(decode=True)
    assert isinstance(payload, bytes)
    for name in ("DTSTART", "DTEND"):
        (moment,) = re.findall(rf"^{name}[^:]*:(\S+)", theirs.read_text("utf-8"), re.M)
        assert f"{name}:{moment}\r\n".encode() in payload


def test_a_list_names_its_members_and_the_entry_ids_of_contacts_are_ours() -> None:
    path = sample("dist-list.pst")
    (list_,) = [each for each in raw(path) if letter(each).subject == "test dist list"]
    (body,) = letter(list_).bodies
    assert "Member: contact name 1 <contact1@rjohnson.id.au>" in body
    assert body.count("Member: ") == 3
    names = {each.name.hex() for each in messages(path)}
    assert "00000000a41d63dbc53b8e4ab8071e15e55750ce64002000" in names  # as the list has it


@pytest.mark.parametrize("name", FILES)
def test_the_same_as_libpff(name: str) -> None:
    pypff = pytest.importorskip("pypff")
    path = sample(name)
    file = pypff.file()
    file.open(str(path))
    theirs = {}
    waiting = [file.root_folder]
    while waiting:
        folder = waiting.pop()
        waiting += list(folder.sub_folders)
        for number in range(folder.number_of_sub_messages):
            item = folder.get_sub_message(number)
            theirs[item.identifier] = item
    listed = messages(path)
    assert {int.from_bytes(each.locator, "little") for each in listed} == set(theirs)
    for each, data in zip(listed, raw(path), strict=True):
        item = theirs[int.from_bytes(each.locator, "little")]
        if not hasattr(item, "plain_text_body"):
            continue  # an item of no class that libpff knows
        mail = email.message_from_bytes(data)
        assert header(mail, "Subject") == " ".join((item.subject or "").split())
        held = {
            payload.rstrip(b"\0")
            for part in leaves(mail)
            if isinstance(payload := part.get_payload(decode=True), bytes)
        }
        bodies = [item.plain_text_body, item.html_body or item.rtf_body]
        assert {body.rstrip(b"\0") for body in bodies if body} <= held
    file.close()


@pytest.mark.parametrize("name", FILES)
def test_the_standard_library_finds_no_fault_and_our_reader_reads_it(name: str) -> None:
    for data in raw(sample(name)):
        assert [
            part.defects for part in email.message_from_bytes(data).walk() if part.defects
        ] == []
        seen = told("eml", data, "message.eml", "message/rfc822")
        assert seen.problems == []
        assert all(isinstance(each, Told) for each in seen.letters)
        for body in letter(data).bodies:
            first = body.split(" ")[0]
            assert first[:1] == "<" or first in seen.text

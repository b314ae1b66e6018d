"""Mails that are files of their own, as programs keep them: msg, winmail.dat, emlx, Thunderbird."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage

import pytest

from scanner.demo import fake
from tests.conftest import Installation
from tests.connectors.pst_writer import Item, number, text
from tests.connectors.test_pst_letter import MAIL, file_of, to
from tests.extract.msg_writer import Msg
from tests.extract.tnef_writer import tnef
from tests.letters import letter
from tests.test_mailboxes import mask_of, masks, mbox, numbers, scanned, with_domains


def test_an_msg_that_left_the_house_is_told(installation: Installation) -> None:
    cpr = numbers(2)
    item = Item(
        {**MAIL, 0x0C1F: text("bo@firma.example"), 0x1000: text(f"CPR {cpr[0]}")},
        [to("Ida", "ida@kunde.example")],
        [file_of("liste.txt", f"CPR {cpr[1]}".encode())],
    )
    installation.write("brev.msg", Msg(item).data())
    scanned(installation)
    with_domains(installation, "firma.example")
    found = installation.run("report", "outside", "--json", code=0).lines[0]
    assert (found["kinds"], found["outside"]) == ({"DK_CPR": 2}, ["kunde.example"])


def test_winmail_in_a_mail_is_read_through(installation: Installation) -> None:
    cpr = numbers(2)
    item = Item({0x1000: text(f"CPR {cpr[0]}")}, (), [file_of("a.txt", f"CPR {cpr[1]}".encode())])
    message = letter(1)
    message.add_attachment(tnef(item), "application", "ms-tnef", filename="winmail.dat")
    installation.write("brev.eml", message.as_bytes())
    scanned(installation)
    lines = installation.run("findings", "--kind", "DK_CPR", "--json", code=0).lines[:-1]
    assert {(line["masked"], line["inner_path"]) for line in lines} == {
        (mask_of(cpr[0]), "winmail.dat"),
        (mask_of(cpr[1]), "winmail.dat › a.txt"),
    }


def forwarded(depth: int, text: str) -> EmailMessage:
    message = letter(0, text)
    for each in range(depth):
        outer = letter(each + 1)
        outer.add_attachment(message)
        message = outer
    return message


@pytest.mark.parametrize(("depth", "found"), [(49, True), (52, False)])
def test_mails_in_mails(installation: Installation, depth: int, found: bool) -> None:
    cpr = fake.cpr(hyphen=True)
    installation.write("brev.eml", forwarded(depth, f"CPR {cpr}").as_bytes())
    scanned(installation, code=0 if found else 3)
    assert masks(installation) == [mask_of(cpr)] * found


def emlx(message: EmailMessage) -> bytes:
    data = message.as_bytes()
    plist = b'<?xml version="1.0"?><plist version="1.0"><dict/></plist>'
    return b"%-10d\n" % len(data) + data + plist


def test_folders_of_apple_mail(installation: Installation) -> None:
    cpr = numbers(3)
    inbox = "V10/INBOX.mbox/9C3B/Data/Messages"
    installation.write(f"{inbox}/12.emlx", emlx(letter(1, f"CPR {cpr[0]}")))
    installation.write(f"{inbox}/13.partial.emlx", emlx(letter(2, f"CPR {cpr[1]}")))
    installation.write("V10/INBOX.mbox/9C3B/Data/Attachments/13/2/a.txt", f"CPR {cpr[2]}")
    installation.write("V10/Privat.mbox/9C3B/Data/Messages/9.emlx", emlx(letter(3, "x")))
    counts = scanned(installation)
    assert masks(installation) == sorted(map(mask_of, cpr))
    assert counts["excluded"]["private"] == 1


def test_a_profile_of_thunderbird(installation: Installation) -> None:
    cpr = numbers(3)
    mail = installation.files / "profil/Mail/Local Folders"
    mbox(mail / "Kunder", letter(1, f"CPR {cpr[0]}"))
    mbox(mail / "Kunder.sbd/2026", letter(2, f"CPR {cpr[1]}"))
    mbox(mail / "Privat", letter(3, "x"))
    mbox(mail / "Privat.sbd/Ferie", letter(4, "x"))
    installation.write("profil/Mail/Local Folders/Privat.msf", "x")
    maildir = mailbox.Maildir(mail / "Arkiv")
    maildir.add(letter(5, f"CPR {cpr[2]}"))
    counts = scanned(installation)
    assert masks(installation) == sorted(map(mask_of, cpr))
    assert counts["excluded"]["private"] == 3


def test_mail_of_other_programs_is_known_by_its_content(installation: Installation) -> None:
    cpr = numbers(3)
    live = b"X-MimeOLE: Produced By Microsoft MimeOLE V16.4\r\n" + letter(1).as_bytes()
    installation.write("Storage Folders/1A2B-00000001.eml", live.replace(b"Hej", cpr[0].encode()))
    (installation.files / "Mail").mkdir()
    box = mailbox.MH(installation.files / "Mail/kunder")
    box.add(letter(2, f"CPR {cpr[1]}"))
    box.set_sequences({"unseen": [1]})
    installation.write("uden endelse", letter(3, f"CPR {cpr[2]}").as_bytes())
    scanned(installation)
    types = installation.rows("SELECT type, count(*) FROM content GROUP BY type ORDER BY type")
    assert types == [("message/rfc822", 3), ("text/plain", 1)]
    assert len(masks(installation)) == 3


def test_private_files_are_counted(installation: Installation) -> None:
    private = letter(1, "x", Sensitivity="Private")
    installation.write("privat brev.eml", private.as_bytes())
    secret = Item({**MAIL, 0x0036: number(2), 0x1000: text("x")})
    installation.write("brev.msg", Msg(secret).data())
    outer = letter(2, "Hej")
    outer.add_attachment(private)
    installation.write("videresendt.eml", outer.as_bytes())
    counts = scanned(installation)
    assert counts["excluded"]["private"] == 3
    assert installation.rows("SELECT count(*) FROM content") == [(1,)]

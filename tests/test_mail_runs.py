"""Mail archives from run to run: what is listed, what is read, and what trouble leaves behind."""

from __future__ import annotations

import errno
import mailbox
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.opening import Listing, listed
from tests.conftest import Installation
from tests.connectors.pst_writer import PstWriter
from tests.here import scan_here
from tests.letters import letter
from tests.test_mailboxes import compacted, maildir, mbox
from tests.test_pst_scan import mail, pst

OPEN = "SELECT count(*), count(DISTINCT item) FROM document WHERE item<>'' AND gone_run IS NULL"


def open_messages(installation: Installation) -> int:
    ((count, items),) = installation.rows(OPEN)
    assert count == items
    return int(count)


@pytest.mark.parametrize("stop_after", [1, 3, 40])
def test_an_interrupted_run_doubles_nothing_that_was_appended(
    installation: Installation, stop_after: int
) -> None:
    path = mbox(installation.files / "arkiv.mbox", *(letter(n) for n in range(3)))
    scan_here(installation)
    mbox(path, *(letter(n) for n in range(3, 103)))
    assert scan_here(installation, stop_after=stop_after).status == "interrupted"
    third = scan_here(installation)
    assert (third.counts.met, third.counts.gone) == (104, 0)
    assert open_messages(installation) == 103
    assert third.counts.unchanged >= 3 + stop_after
    assert scan_here(installation).met == (104, 104, 0)


def test_what_is_appended_is_read_alone_again_and_again(installation: Installation) -> None:
    path = installation.files / "arkiv.mbox"
    for first in range(0, 30, 10):
        mbox(path, *(letter(n) for n in range(first, first + 10)))
        assert len(scan_here(installation).read) == 10
    assert open_messages(installation) == 30


def test_a_first_listing_that_is_interrupted_is_taken_up(installation: Installation) -> None:
    mbox(installation.files / "arkiv.mbox", *(letter(n) for n in range(100)))
    first = scan_here(installation, stop_after=5)
    assert first.status == "interrupted"
    second = scan_here(installation)
    assert (second.counts.met, open_messages(installation)) == (101, 100)
    assert len(second.read) <= 100 - len(first.read)


def unlistable(monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    really = listed

    @contextmanager
    def failing(path: bytes, *, follow: bool = False) -> Iterator[Listing]:
        if os.fsdecode(path).endswith(ending):
            raise OSError(errno.EIO, "a bad sector")
        with really(path, follow=follow) as listing:
            yield listing

    monkeypatch.setattr("connectors.walking.listed", failing)


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param("/Maildir/new", id="the new mails"),
        pytest.param("/Maildir/.Kunder", id="a mail folder"),
        pytest.param("/Maildir/.Kunder/new", id="the new mails of a mail folder"),
        pytest.param("/Maildir", id="the mailbox"),
    ],
)
def test_a_mail_folder_that_cannot_be_listed_loses_nothing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    box = maildir(installation.files / "Maildir")
    box.add_folder("Kunder").add(letter(1))
    box.add(letter(2))
    scan_here(installation)
    with monkeypatch.context() as patched:
        unlistable(patched, ending)
        second = scan_here(installation)
        assert (second.counts.gone, second.counts.folders["offline"]) == (0, 1)
    assert open_messages(installation) == 2
    assert scan_here(installation).met == (4 - 1, 3, 0)


def test_a_deleted_mail_of_a_maildir_is_gone(installation: Installation) -> None:
    box = maildir(installation.files / "Maildir")
    key = box.add(letter(1))
    box.add(letter(2))
    scan_here(installation)
    box.remove(key)
    assert scan_here(installation).met == (1, 1, 1)


def test_a_maildir_whose_tmp_a_rule_leaves_out_is_one(installation: Installation) -> None:
    installation.configure("")
    text = installation.config.read_text("utf-8")
    assert "\nexclude = []" in text
    installation.config.write_text(
        text.replace("\nexclude = []", '\nexclude = ["tmp"]', 1), "utf-8"
    )
    maildir(installation.files / "Maildir").add(letter(1))
    scan_here(installation)
    assert open_messages(installation) == 1


def appended(path: Path) -> None:
    mbox(path, letter(4))


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4])


def rewritten(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"Hej", b"Farvel"))


def replaced(path: Path) -> None:
    path.unlink()
    mbox(path, *(letter(n) for n in range(10, 12)))


def turned_round(path: Path) -> None:
    box = mailbox.mbox(path)
    messages = list(box)
    box.close()
    path.unlink()
    mbox(path, *reversed(messages))  # type: ignore[arg-type]


def into_text(path: Path) -> None:
    path.write_text("Kun tekst", "utf-8")


@pytest.mark.parametrize(
    ("change", "met", "read"),
    [
        pytest.param(appended, (5, 3, 0), 1, id="appended"),
        pytest.param(compacted, (3, 2, 1), 0, id="compacted"),
        pytest.param(truncated, (4, 2, 0), 1, id="the last message cut"),
        pytest.param(rewritten, (4, 0, 0), 3, id="every message another"),
        pytest.param(replaced, (3, 0, 3), 2, id="another archive in its place"),
        pytest.param(turned_round, (4, 3, 0), 0, id="the same messages in another order"),
        pytest.param(into_text, (1, 0, 3), 1, id="no archive any more"),
        pytest.param(Path.unlink, (1, 1, 4), 0, id="deleted"),
    ],
)
def test_only_what_changed_is_read(
    installation: Installation,
    change: Callable[[Path], None],
    met: tuple[int, int, int],
    read: int,
) -> None:
    path = mbox(installation.files / "arkiv.mbox", *(letter(n) for n in range(3)))
    if change is Path.unlink:
        installation.write("andet.txt", "Hej")
    scan_here(installation)
    change(path)
    second = scan_here(installation)
    assert (second.met, len(second.read)) == (met, read)
    third = scan_here(installation)
    assert (third.counts.unchanged, third.counts.gone, third.read) == (third.counts.met, 0, [])


def test_what_is_no_archive_any_more_withholds_nothing(installation: Installation) -> None:
    path = mbox(installation.files / "arkiv", letter(1), letter(2, Sensitivity="Private"))
    assert scan_here(installation).counts.excluded == {"private": 1}
    assert scan_here(installation).counts.excluded == {"private": 1}
    into_text(path)
    for _ in range(2):
        assert scan_here(installation).counts.excluded == {}


def test_what_is_private_inside_is_counted_in_every_run(installation: Installation) -> None:
    import zipfile

    path = mbox(installation.folder / "arkiv", letter(1), letter(2, Sensitivity="Private"))
    with zipfile.ZipFile(installation.files / "alt.zip", "w") as packed:
        packed.write(path, "arkiv")
    for _ in range(2):
        assert scan_here(installation).counts.excluded == {"private": 1}


def test_a_moved_archive_gives_its_messages_the_owner_of_their_new_place(
    installation: Installation,
) -> None:
    for name in ("bo", "ida"):
        (installation.files / "home" / name).mkdir(parents=True)
    installation.configure(
        f"[[place]]\nname = 'hjem'\npath = '{installation.files / 'home'}'\n"
        "owners = { '{owner}' = '{owner}' }"
    )
    path = mbox(installation.files / "home" / "bo" / "a.mbox", letter(1))
    box = maildir(installation.files / "home" / "bo" / "Maildir")
    box.add(letter(2))
    query = (
        "SELECT DISTINCT d.owner, o.owner FROM document d LEFT JOIN occurrence o"
        " ON o.document=d.id AND o.gone_run IS NULL WHERE d.item<>'' AND d.gone_run IS NULL"
    )
    home = installation.files / "home"
    scan_here(installation, home)
    assert installation.rows(query) == [("bo", "bo")]
    for each in (path, path.parent / "Maildir"):
        shutil.move(each, home / "ida" / each.name)
    second = scan_here(installation, home)
    assert (second.counts.gone, open_messages(installation)) == (0, 2)
    assert installation.rows(query) == [("ida", "ida")]


def test_a_message_that_moved_inside_a_pst_is_found_in_its_new_folder(
    installation: Installation,
) -> None:
    def written(folder: str) -> None:
        writer = PstWriter(installation.files / "arkiv.pst")
        folders = {name: writer.folder(writer.top, name) for name in ("Indbakke", "Kunder")}
        writer.message(folders[folder], mail("Sag", "Hej"))
        writer.close()

    query = "SELECT mail_folder FROM document WHERE item<>''"
    written("Indbakke")
    scan_here(installation)
    assert installation.rows(query) == [('["Indbakke"]',)]
    written("Kunder")
    second = scan_here(installation)
    assert (second.counts.unchanged, second.read) == (1, [])
    assert installation.rows(query) == [('["Kunder"]',)]


@pytest.mark.skipif(sys.platform != "linux", reason="leases are Linux's")
def test_a_locked_archive_is_tried_again_and_keeps_its_messages(
    installation: Installation,
) -> None:
    """A lease of another process makes opening fail, as Outlook's lock does on Windows."""
    import fcntl
    import signal

    path = pst(installation.files / "arkiv.pst", ("Indbakke", mail("a", "Hej")))
    scan_here(installation)
    pst(path, ("Indbakke", mail("a", "Hej")), ("Indbakke", mail("b", "Hej igen")))
    before = signal.signal(signal.SIGIO, signal.SIG_IGN)
    held = os.open(path, os.O_RDWR)
    try:
        fcntl.fcntl(held, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        for _ in range(2):
            locked = scan_here(installation)
            assert (locked.counts.reasons, locked.counts.gone) == ({"locked": 1}, 0)
        assert open_messages(installation) == 1
    finally:
        os.close(held)
        signal.signal(signal.SIGIO, before)
    third = scan_here(installation)
    assert (third.met, len(third.read)) == ((3, 1, 0), 1)
    assert scan_here(installation).met == (3, 3, 0)


def test_an_archive_that_changes_while_it_is_listed_is_listed_again(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connectors.mbox import archive as archives
    from scanner import mailboxes

    monkeypatch.setattr(archives, "PIECE_MESSAGES", 10)
    monkeypatch.setattr(mailboxes, "ENOUGH_MESSAGES", 10)
    path = mbox(installation.files / "arkiv.mbox", *(letter(n) for n in range(40)))
    really = mailboxes.list_messages
    pieces: list[bytes] = []

    def listed(document: Any, *rest: Any) -> Any:
        pieces.append(document.locator)
        if len(pieces) == 2:
            compacted(path)
        return really(document, *rest)

    with monkeypatch.context() as patched:
        patched.setattr("scanner.examine.list_messages", listed)
        first = scan_here(installation)
    assert len(pieces) > 2
    assert (first.counts.reasons["vanished"] > 0, first.counts.gone) == (True, 0)
    second = scan_here(installation)
    assert (second.status, open_messages(installation)) == ("done", 39)
    assert second.counts.reasons == {}
    assert scan_here(installation).met == (40, 40, 0)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"From \r\n", id="Thunderbird since 2023"),
        pytest.param(b"From - Mon Mar  2 10:00:00 2026\r\n", id="Thunderbird before"),
        pytest.param(b"From bo@firma.example\r\n", id="an address alone"),
        pytest.param(
            b"From 1700000000000000000@xxx Mon Mar 02 10:00:00 +0000 2026\r\n", id="Takeout"
        ),
        pytest.param(b"From MAILER-DAEMON Mon Mar  2 10:00:00 2026\r\n", id="Python, readpst"),
    ],
)
def test_every_from_line_makes_an_archive(installation: Installation, line: bytes) -> None:
    messages = [line + letter(n).as_bytes().replace(b"\n", b"\r\n") + b"\r\n" for n in range(3)]
    installation.write("Inbox", b"".join(messages))
    assert scan_here(installation).counts.met == 4
    assert open_messages(installation) == 3


def test_a_note_that_begins_with_from_is_none(installation: Installation) -> None:
    installation.write("note", "From Bo\nTo: Ida\n\nfrokost kl. 12:00\n")
    installation.write("andet", "From \nemne: frokost\n\nkl. 12:00\n")
    assert scan_here(installation).counts.met == 2
    assert open_messages(installation) == 0


def test_many_large_messages_in_a_zip_are_no_bomb(installation: Installation) -> None:
    import zipfile

    setup = installation.config.read_text("utf-8")
    assert "\nmax_unpacked_bytes = " in setup
    lines = [
        "max_unpacked_bytes = 30_000_000" if each.startswith("max_unpacked_bytes") else each
        for each in setup.splitlines()
    ]
    installation.config.write_text("\n".join(lines), "utf-8")
    path = mbox(installation.folder / "arkiv", *(letter(n, "æ ord " * 100_000) for n in range(20)))
    assert 15_000_000 < path.stat().st_size < 30_000_000
    with zipfile.ZipFile(installation.files / "alt.zip", "w") as packed:
        packed.write(path, "arkiv")
    assert scan_here(installation).counts.reasons == {}


def test_messages_of_one_name_are_numbered_on(installation: Installation) -> None:
    path = mbox(installation.files / "arkiv", *(letter(1, f"Nr. {n}") for n in range(3)))
    scan_here(installation)
    mbox(path, *(letter(1, f"Nr. {n}") for n in range(3, 12)))
    assert scan_here(installation).met == (13, 3, 0)
    assert open_messages(installation) == 12
    assert scan_here(installation).met == (13, 13, 0)

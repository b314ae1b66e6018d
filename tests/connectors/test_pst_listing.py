"""What a listing of a PST tells: folders as people see them, each item once, private ones not."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import Excluded
from connectors.archives import Damaged, Listed, Mark, Message
from connectors.pst import PstArchive
from connectors.pst.form import ANSI, LARGE_PAGES, UNICODE, Form
from tests.connectors.outlook import letter, raw, readpst
from tests.connectors.pst_writer import (
    ROOT,
    Item,
    PstWriter,
    Value,
    Wanted,
    flag,
    number,
    text,
    time,
)

FORMS = {"Outlook 97": ANSI, "Outlook 2003": UNICODE, "OST of 2013": LARGE_PAGES}
DAY = 86_400 * 10**9
THEN = 1_400_000_000 * 10**9
HIDDEN = "outlook_internal"


def mail(subject: str, **more: Value) -> Item:
    names = {"sensitivity": 0x0036, "size": 0x0E08, "modified": 0x3008}
    properties: Wanted = {
        0x001A: text("IPM.Note"),
        0x0037: text(subject),
        0x0039: time(THEN),
        0x0E07: number(1),
        0x0E08: number(1000 + len(subject)),
        0x3008: time(THEN),
        0x0C1A: text("Bo Beck"),
        0x0C1E: text("SMTP"),
        0x0C1F: text("bo@example.com"),
        0x1000: text(f"Text of {subject}: æøå\r\n"),
        **{names[key]: value for key, value in more.items()},
    }
    recipient: Wanted = {
        0x0C15: number(1),
        0x3001: text("Anna Holm"),
        0x3002: text("SMTP"),
        0x3003: text("anna@example.com"),
    }
    return Item(properties, [recipient])


def written(path: Path, fill: Callable[[PstWriter], object], **more: object) -> Path:
    writer = PstWriter(path, **more)  # type: ignore[arg-type]
    fill(writer)
    writer.close()
    return path


def listed(path: Path, state: bytes = b"", private: str = "Privat") -> list[Listed]:
    with path.open("rb") as stream:
        return list(PstArchive(stream, lambda name: name == private).messages(state))


def kinds(found: list[Listed], kind: type) -> list[Listed]:
    return [each for each in found if isinstance(each, kind)]


def folders(found: list[Listed]) -> list[tuple[str, ...]]:
    return [each.folder for each in found if isinstance(each, Message)]


def small(writer: PstWriter) -> None:
    inbox = writer.folder(writer.top, "Indbakke")
    for each in range(30):
        writer.message(writer.folder(inbox, "2014") if each == 20 else inbox, mail(f"nr. {each}"))


@pytest.mark.parametrize("form", [pytest.param(form, id=name) for name, form in FORMS.items()])
@pytest.mark.parametrize(
    "coded",
    [
        pytest.param(0, id="not coded"),
        pytest.param(1, id="compressible encryption"),
        pytest.param(2, id="high encryption, which has no key either"),
    ],
)
def test_every_form_and_coding_is_read_as_others_read_it(
    tmp_path: Path, form: Form, coded: int
) -> None:
    path = written(tmp_path / "mail.pst", small, form=form, coded=coded)
    found = listed(path)
    assert len(kinds(found, Message)) == 30
    assert not kinds(found, Damaged)
    ours = sorted((each.subject, each.bodies, each.sent) for each in map(letter, raw(path)))
    files = readpst(path, tmp_path / "out")
    theirs = [letter(each.read_bytes()) for each in files]
    assert [each[0] for each in ours] == sorted(each.subject for each in theirs)
    assert [each[2] for each in ours] == sorted(each.sent for each in theirs)


def test_the_same_item_is_the_same_bytes_in_any_file(tmp_path: Path) -> None:
    paths = [
        written(tmp_path / f"{name}-{coded}.pst", small, form=form, coded=coded)
        for name, form in FORMS.items()
        for coded in (0, 1, 2)
    ]
    assert len({tuple(sorted(raw(path))) for path in paths}) == 1


@pytest.mark.parametrize("form", [pytest.param(form, id=name) for name, form in FORMS.items()])
def test_libpff_reads_what_the_tests_write(tmp_path: Path, form: Form) -> None:
    pypff = pytest.importorskip("pypff")
    path = written(tmp_path / "mail.pst", small, form=form)
    file = pypff.file()
    file.open(str(path))
    top = file.root_folder.get_sub_folder(0)
    inbox = top.get_sub_folder(0)
    assert (top.name, inbox.name) == ("Top of Personal Folders", "Indbakke")
    assert inbox.number_of_sub_messages == 29
    assert inbox.get_sub_message(3).plain_text_body.decode() == "Text of nr. 3: æøå\r\n"
    file.close()


def nested(writer: PstWriter) -> None:
    inbox = writer.folder(writer.top, "Indbakke")
    writer.message(writer.top, mail("in the top itself"))
    writer.message(writer.folder(writer.folder(inbox, "Sager"), "2014"), mail("deep"))
    writer.message(writer.folder(ROOT, "Freebusy Data"), mail("beside the top"))
    writer.message(writer.folder(inbox, ""), mail("in a folder without a name"))
    writer.message(writer.folder(inbox, "a\tb\x00"), mail("in one with signs for machines"))


def test_folders_are_named_as_outlook_shows_them(tmp_path: Path) -> None:
    found = listed(written(tmp_path / "mail.pst", nested))
    assert sorted(folders(found)) == [
        (),
        ("Freebusy Data",),
        ("Indbakke", "?"),
        ("Indbakke", "Sager", "2014"),
        ("Indbakke", "a b"),
    ]


def test_the_top_is_known_by_its_name_where_the_store_does_not_say(tmp_path: Path) -> None:
    def fill(writer: PstWriter) -> None:
        writer.store_properties = {0x35E0: text("")}
        writer.message(writer.folder(writer.top, "Indbakke"), mail("one"))

    assert folders(listed(written(tmp_path / "mail.pst", fill))) == [("Indbakke",)]


def test_very_deep_folders_keep_their_messages(tmp_path: Path) -> None:
    def fill(writer: PstWriter) -> None:
        folder = writer.top
        for each in range(150):
            folder = writer.folder(folder, str(each))
        writer.message(folder, mail("at the bottom"))

    (folder,) = folders(listed(written(tmp_path / "mail.pst", fill)))
    assert folder == tuple(map(str, range(100)))


def private(writer: PstWriter) -> None:
    kept = writer.folder(writer.top, "Privat")
    writer.message(kept, mail("a", size=number(10)))
    writer.message(writer.folder(kept, "Ferie"), mail("b", size=number(20)))
    writer.message(writer.folder(writer.folder(kept, "x"), "Privat"), mail("c", size=number(30)))
    inbox = writer.folder(writer.top, "Indbakke")
    writer.message(inbox, mail("personal", size=number(1), sensitivity=number(1)))
    writer.message(inbox, mail("private", size=number(2), sensitivity=number(2)))
    writer.message(inbox, mail("confidential", sensitivity=number(3)))
    writer.message(inbox, mail("no row", size=number(4), sensitivity=number(2)), listed=False)
    writer.message(inbox, mail("open"))


def test_private_folders_and_messages_are_counted_and_not_listed(tmp_path: Path) -> None:
    path = written(tmp_path / "mail.pst", private)
    found = listed(path)
    assert kinds(found, Excluded) == [
        Excluded("private", 3, 60),
        Excluded("private", 1, 1),
        Excluded("private", 1, 2),
        Excluded("private", 1, 4),
    ]
    assert len(kinds(found, Message)) == 2
    assert len(kinds(listed(path, private="no such folder"), Message)) == 5


def test_a_file_that_its_owner_called_private_is_private(tmp_path: Path) -> None:
    def fill(writer: PstWriter) -> None:
        writer.store_properties = {0x3001: text("Privat")}
        small(writer)

    found = listed(written(tmp_path / "mail.pst", fill))
    assert [each.count for each in found if isinstance(each, Excluded)] == [30]
    assert not kinds(found, Message)


def test_what_outlook_keeps_for_itself_is_counted(tmp_path: Path) -> None:
    def fill(writer: PstWriter) -> None:
        writer.message(writer.top, mail("settings"), hidden=True)
        writer.message(writer.top, mail("a mail"))

    found = listed(written(tmp_path / "mail.pst", fill))
    (excluded,) = [each for each in found if isinstance(each, Excluded)]
    assert (excluded.rule, excluded.count) == (HIDDEN, 1)
    assert excluded.size > 100
    assert len(kinds(found, Message)) == 1


def lost(writer: PstWriter) -> None:
    inbox = writer.folder(writer.top, "Indbakke")
    writer.message(inbox, mail("in the table"))
    writer.message(inbox, mail("not in the table", size=number(77)), listed=False)
    writer.message(0xFFFF02, mail("of a folder that is gone"))
    far = writer.folder(0xEEEE02, "Gammel")
    writer.message(far, mail("of a folder whose parent is gone"))


def test_what_no_folder_lists_any_more_is_met_once(tmp_path: Path) -> None:
    found = listed(written(tmp_path / "mail.pst", lost))
    assert folders(found) == [("Indbakke",), ("Indbakke",), ("orphans", "Gammel"), ("orphans",)]
    assert [each.size for each in found if isinstance(each, Message)][1] == 77
    assert not kinds(found, Damaged)


def test_folders_that_hold_each_other_are_met_once(tmp_path: Path) -> None:
    def fill(writer: PstWriter) -> None:
        first = writer.folder(0x8082, "a")
        second = writer.folder(first, "b")
        writer.move(first, second)
        writer.message(second, mail("inside"))

    found = listed(written(tmp_path / "mail.pst", fill))
    assert folders(found) == [("orphans", "a", "b")]


def test_a_row_without_an_item_is_damage(tmp_path: Path) -> None:
    def fill(writer: PstWriter) -> None:
        inbox = writer.folder(writer.top, "Indbakke")
        writer.message(inbox, mail("there"))
        writer.row(inbox, 0x7FFF04, {0x0E08: number(1)})

    found = listed(written(tmp_path / "mail.pst", fill))
    assert kinds(found, Damaged) == [Damaged("corrupt", ("Indbakke",))]
    assert len(kinds(found, Message)) == 1


def test_a_table_without_the_columns_has_each_message_asked(tmp_path: Path) -> None:
    def fill(writer: PstWriter) -> None:
        writer.columns = {0x0037: 0x1F}
        writer.message(writer.top, mail("private", sensitivity=number(2), size=number(5)))
        writer.message(writer.top, mail("open", size=number(6), modified=time(THEN + DAY)))

    found = listed(written(tmp_path / "mail.pst", fill))
    assert kinds(found, Excluded) == [Excluded("private", 1, 5)]
    (message,) = [each for each in found if isinstance(each, Message)]
    assert (message.size, message.modified_ns) == (6, THEN + DAY)


@pytest.mark.parametrize(
    ("more", "is_same"),
    [
        pytest.param({}, True, id="nothing changed"),
        pytest.param({"modified": time(THEN + DAY)}, False, id="changed"),
        pytest.param({"size": number(9)}, False, id="of another size"),
        pytest.param({"read": flag(True)}, True, id="marked as read"),
    ],
)
def test_a_version_tells_change(tmp_path: Path, more: dict[str, Value], is_same: bool) -> None:
    def one(more: dict[str, Value], name: str) -> Message:
        item = mail("x", **{key: value for key, value in more.items() if key != "read"})
        path = written(tmp_path / name, lambda writer: writer.message(writer.top, item))
        (found,) = [each for each in listed(path) if isinstance(each, Message)]
        return found

    first, second = one({}, "a.pst"), one(more, "b.pst")
    assert first.name == second.name
    assert (first.version == second.version) is is_same


def many(writer: PstWriter) -> None:
    first, second = (writer.folder(writer.top, name) for name in ("Indbakke", "Sendt"))
    for each in range(2600):
        writer.message(first if each < 1500 else second, mail(str(each)), listed=each % 100 != 7)
    writer.message(second, mail("hidden"), hidden=True)
    writer.message(writer.folder(writer.top, "Privat"), mail("private"))


def entries(found: list[Listed]) -> Iterator[Listed]:
    return (each for each in found if isinstance(each, Message))


def test_a_listing_goes_on_from_every_mark(tmp_path: Path) -> None:
    path = written(tmp_path / "mail.pst", many)
    whole = listed(path)
    marks = [at for at, each in enumerate(whole) if isinstance(each, Mark)]
    assert len(marks) == 3
    assert whole[-1] == Mark(b"")
    messages = 0
    for each in whole:
        messages = 0 if isinstance(each, Mark) else messages + isinstance(each, Message)
        assert messages <= 1000
    for at in marks[:-1]:
        mark = whole[at]
        assert isinstance(mark, Mark)
        rest = listed(path, mark.state)
        assert list(entries(rest)) == list(entries(whole[at:]))
        assert kinds(rest, Excluded) == kinds(whole[at:], Excluded)


def test_a_mark_of_another_state_of_the_file_is_not_used(tmp_path: Path) -> None:
    path = written(tmp_path / "mail.pst", many)
    (first, *_) = [each for each in listed(path) if isinstance(each, Mark)]

    def more(writer: PstWriter) -> None:
        many(writer)
        writer.message(writer.top, mail("new"))

    changed = written(tmp_path / "later.pst", more)
    assert len(kinds(listed(changed, first.state), Message)) == 2601


@given(st.binary(max_size=40))
def test_a_state_that_is_none_of_ours_begins_at_the_beginning(
    tmp_path_factory: pytest.TempPathFactory, state: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "state.pst"
    if not path.exists():
        written(path, small)
    assert listed(path, state) == listed(path)


def test_an_open_archive_leaves_the_stream_to_its_owner(tmp_path: Path) -> None:
    stream = io.BytesIO(written(tmp_path / "mail.pst", small).read_bytes())
    archive = PstArchive(stream)
    (first, *_) = [each for each in archive.messages() if isinstance(each, Message)]
    with archive.open(first.locator) as opened:
        assert opened.seekable()
    archive.close()
    assert not stream.closed

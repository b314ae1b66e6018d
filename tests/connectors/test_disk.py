"""The walk of a disk: what is met, in which order, what is counted, and under which rule."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import Document, Excluded, Unreadable, counting, entries, walking
from connectors.disk import DiskConnector
from connectors.excludes import Excludes
from connectors.owners import OwnerRules
from tests.connectors.contract import ConnectorContract, World, content

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX names or files")


class DiskWorld:
    """A folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connector = DiskConnector("device", "hjem", os.fsencode(folder))

    def put(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()

    def lose(self) -> None:
        shutil.rmtree(self.folder)


class TestContract(ConnectorContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[World]:
        folder = tmp_path / "disk"
        folder.mkdir()
        yield DiskWorld(folder)


def connector(root: Path, **rules: object) -> DiskConnector:
    return DiskConnector("device", "hjem", os.fsencode(root), Excludes(**rules))  # type: ignore[arg-type]


def names(root: Path, walked: DiskConnector) -> list[bytes]:
    prefix = os.fsencode(root) + os.sep.encode()
    return [met.path.removeprefix(prefix) for met in walked.walk() if isinstance(met, Document)]


def left_out(walked: DiskConnector) -> dict[str, tuple[int, int]]:
    total: dict[str, tuple[int, int]] = {}
    for met in walked.walk():
        if isinstance(met, Excluded):
            count, size = total.get(met.rule, (0, 0))
            total[met.rule] = (count + met.count, size + met.size)
    return total


def write(root: Path, name: str | bytes, data: bytes = b"x") -> bytes:
    path = os.path.join(os.fsencode(root), os.fsencode(name))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as stream:
        stream.write(data)
    return path


# -- order and names


def test_files_of_a_folder_come_before_its_folders_each_by_name(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "z", "a/x/1", "a/1", "m"):
        write(tmp_path, name)
    found = [
        os.fsdecode(name).replace(os.sep, "/") for name in names(tmp_path, connector(tmp_path))
    ]
    assert found == ["m", "z", "a/1", "a/x/1", "b/1", "b/2"]


@posix
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b"kundeliste \xf8.csv", id="Latin-1 bytes that are no UTF-8"),
        pytest.param(b"\xff\xfe\x80", id="no text in any encoding"),
        pytest.param("Blåbærgrød".encode(), id="composed letters"),
        pytest.param(unicodedata.normalize("NFD", "Blåbær").encode(), id="taken apart"),
        pytest.param(b"linje\nskift\r.txt", id="line breaks"),
        pytest.param(b"tab\tog \x1b[31mfarve", id="terminal codes"),
        pytest.param(b"n" * 255, id="255 bytes"),
        pytest.param("ø".encode() * 127, id="254 bytes of two-byte letters"),
        pytest.param(b"-rf *", id="looks like an option"),
        pytest.param(b" ", id="a blank"),
        pytest.param(b"...", id="dots"),
        pytest.param(b"a\\b", id="a backslash is a letter here"),
        pytest.param("\U0001f4c4.docx".encode(), id="beyond the basic plane"),
    ],
)
def test_any_name_is_walked_and_opened(tmp_path: Path, name: bytes) -> None:
    write(tmp_path, name, b"her")
    write(tmp_path, os.path.join(b"mappe", name, b"fil"), b"der")
    found = [met for met in connector(tmp_path).walk() if isinstance(met, Document)]
    assert [each.path for each in found] == [
        os.path.join(os.fsencode(tmp_path), name),
        os.path.join(os.fsencode(tmp_path), b"mappe", name, b"fil"),
    ]
    assert [content(each) for each in found] == [b"her", b"der"]


@posix
def test_one_name_in_two_forms_is_two_files(tmp_path: Path) -> None:
    write(tmp_path, unicodedata.normalize("NFC", "Åse"), b"1")
    write(tmp_path, unicodedata.normalize("NFD", "Åse"), b"2")
    found = [met for met in connector(tmp_path).walk() if isinstance(met, Document)]
    assert sorted(content(each) for each in found) == [b"1", b"2"]


@posix
def test_a_path_longer_than_the_platform_opens(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    step = b"d" * 250
    for _ in range(30):  # 7 500 bytes; PATH_MAX is 4 096
        os.mkdir(step, dir_fd=here)
        there = os.open(step, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    with os.fdopen(os.open(b"dyb", os.O_CREAT | os.O_WRONLY, dir_fd=here), "wb") as stream:
        stream.write(b"fundet")
    walked = connector(tmp_path)
    (document,) = walked.walk()
    assert isinstance(document, Document)
    assert len(document.path) > 7500
    assert content(document) == b"fundet"
    assert walked.exists(document.path)
    os.unlink(b"dyb", dir_fd=here)
    assert not walked.exists(document.path)
    with pytest.raises(Unreadable) as trouble:
        document.open()
    assert trouble.value.reason == "vanished"
    os.close(here)


@posix
def test_a_tree_without_end_is_reported_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a/b/c/d")
    monkeypatch.setattr(walking, "MAX_PATH_BYTES", len(os.fsencode(tmp_path)) + 4)
    (trouble,) = connector(tmp_path).walk()
    assert isinstance(trouble, Unreadable)
    assert (trouble.reason, trouble.folder) == ("limit", True)


def test_a_thousand_levels_need_no_recursion(tmp_path: Path) -> None:
    here = tmp_path
    for _ in range(1100):
        here /= "d"
        here.mkdir()
    path = write(here, "fil")
    write(tmp_path, "stays")
    found = names(tmp_path, connector(tmp_path))
    os.unlink(path)
    os.removedirs(here)  # by hand: removing a tree recurses
    assert len(found) == 2


@posix
@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.binary(min_size=1, max_size=40).filter(
            lambda name: not {0, 47} & set(name) and name not in (b".", b"..")
        ),
        unique=True,
        max_size=12,
    )
)
def test_whatever_lies_there_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, found: list[bytes]
) -> None:
    root = tmp_path_factory.mktemp("any")
    for name in found:
        write(root, name)
    met = list(connector(root).walk())
    documents = [each for each in met if isinstance(each, Document)]
    counted = sum(each.count for each in met if isinstance(each, Excluded))
    assert len(documents) + counted == len(found)
    paths = [each.path for each in documents]
    assert paths == sorted(paths)


# -- what is not a file of its own


@posix
def test_links_are_counted_and_lead_nowhere(tmp_path: Path) -> None:
    root, outside = tmp_path / "disk", tmp_path / "udenfor"
    write(outside, "fil")
    write(root, "a/fil")
    (root / "a" / "rundt").symlink_to(root)
    (root / "ud").symlink_to(outside)
    (root / "dublet").symlink_to(root / "a" / "fil")
    (root / "brudt").symlink_to("findes ikke")
    (root / "sig selv").symlink_to("sig selv")
    assert names(root, connector(root)) == [b"a/fil"]
    assert left_out(connector(root)) == {"symlink": (5, 0)}


@posix
def test_a_link_as_root_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "disk", "fil")
    (tmp_path / "link").symlink_to("disk")
    assert names(tmp_path / "link", connector(tmp_path / "link")) == [b"fil"]


@posix
def test_hard_links_share_one_id(tmp_path: Path) -> None:
    first = write(tmp_path, "a")
    os.link(first, os.path.join(os.fsencode(tmp_path), b"b"))
    write(tmp_path, "c")
    a, b, c = (met for met in connector(tmp_path).walk() if isinstance(met, Document))
    assert a.file_id == b.file_id != c.file_id
    assert (a.links, b.links, c.links) == (2, 2, 1)


@posix
def test_pipes_and_sockets_are_counted_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rør")
    with socket.socket(socket.AF_UNIX) as listening:
        before = Path.cwd()
        os.chdir(tmp_path)  # the path of a socket is limited to 108 bytes
        listening.bind("stik")
        os.chdir(before)
        write(tmp_path, "fil")
        assert names(tmp_path, connector(tmp_path)) == [b"fil"]
        assert left_out(connector(tmp_path)) == {"special": (2, 0)}


# -- rules


def test_private_folders_and_files_are_counted_with_their_bytes(tmp_path: Path) -> None:
    write(tmp_path, "Privat/ferie/brev", b"12345")
    write(tmp_path, "Privat/brev", b"123")
    write(tmp_path, "arbejde/PERSONLIGT/brev", b"1")
    write(tmp_path, "arbejde/privat.docx", b"12")
    write(tmp_path, "Privatkunder/liste", b"laeses")
    walked = connector(tmp_path)
    assert names(tmp_path, walked) == [os.path.join(b"Privatkunder", b"liste")]
    assert left_out(walked) == {"private": (4, 11)}


def test_private_names_come_from_the_config(tmp_path: Path) -> None:
    write(tmp_path, "Eget - Anna/brev")
    write(tmp_path, "Privat/brev")
    walked = connector(tmp_path, private=("eget *",))
    assert names(tmp_path, walked) == [os.path.join(b"Privat", b"brev")]


def test_naming_a_folder_inside_a_private_one_does_not_lift_the_rule(tmp_path: Path) -> None:
    root = tmp_path / "Privat" / "ferie"
    write(root, "brev", b"123")
    assert list(connector(root).walk()) == [Excluded("private", 1, 3)]
    assert list(connector(root, private=()).walk()) != [Excluded("private", 1, 3)]


@posix
def test_private_files_are_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = write(tmp_path, "Privat/brev")
    opened: list[object] = []
    really_open = os.open

    def watched(path: bytes, *rest: object, **named: object) -> int:
        opened.append(path)
        return cast(Callable[..., int], really_open)(path, *rest, **named)

    monkeypatch.setattr(os, "open", watched)
    list(connector(tmp_path).walk())
    assert os.fsencode(tmp_path) in opened
    assert secret not in opened


def test_each_rule_is_counted_by_folder_and_not_by_file(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path, f"a/~${number}.docx", b"12")
        write(tmp_path, f"node_modules/{number}/x.js", b"1")
    excluded = [met for met in connector(tmp_path).walk() if isinstance(met, Excluded)]
    assert excluded == [Excluded("packages", 30, 30), Excluded("lock_file", 30, 60)]


def test_larger_than_the_rule_says_is_counted(tmp_path: Path) -> None:
    write(tmp_path, "lige", b"1234")
    write(tmp_path, "over", b"12345")
    walked = connector(tmp_path, max_size=4)
    assert names(tmp_path, walked) == [b"lige"]
    assert left_out(walked) == {"size": (1, 5)}


def test_the_users_own_rules_are_named(tmp_path: Path) -> None:
    write(tmp_path, "a.iso", b"1")
    write(tmp_path, "gammelt/b", b"12")
    write(tmp_path, "nyt/gammelt/b", b"123")
    walked = connector(tmp_path, patterns=("*.iso", "nyt/gammelt/"))
    assert left_out(walked) == {"exclude:*.iso": (1, 1), "exclude:nyt/gammelt/": (1, 3)}
    assert names(tmp_path, walked) == [os.path.join(b"gammelt", b"b")]


def test_a_huge_excluded_folder_is_counted_up_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_COUNTED", 10)
    for number in range(50):
        write(tmp_path, f"node_modules/{number:02}")
    assert list(connector(tmp_path).walk()) == [Excluded("packages:at_least", 10, 10)]


# -- one path, part of a place


def test_part_of_a_place_is_walked_by_the_rules_and_tokens_of_the_whole(tmp_path: Path) -> None:
    for name in ("a/b/1", "a/b/c/2", "a/3", "a/b/skjult/4"):
        write(tmp_path, name)
    whole = connector(tmp_path, patterns=("a/b/skjult/",))
    part = replace(whole, below=os.path.join(os.fsencode(tmp_path), b"a", b"b"))
    in_whole = {m.path: m.version for m in whole.walk() if isinstance(m, Document)}
    in_part = {m.path: m.version for m in part.walk() if isinstance(m, Document)}
    assert len(in_part) == 2
    assert in_part.items() <= in_whole.items()
    assert left_out(part) == {"exclude:a/b/skjult/": (1, 1)}


def test_a_part_that_a_rule_leaves_out_stays_left_out(tmp_path: Path) -> None:
    write(tmp_path, "Privat/a/1", b"123")
    below = os.path.join(os.fsencode(tmp_path), b"Privat", b"a")
    assert list(replace(connector(tmp_path), below=below).walk()) == [Excluded("private", 1, 3)]


def test_a_single_file_is_a_place_too(tmp_path: Path) -> None:
    path = write(tmp_path, "brev", b"12")
    (alone,) = DiskConnector("device", "brev", path).walk()
    (inside,) = replace(connector(tmp_path), below=path).walk()
    assert isinstance(alone, Document)
    assert isinstance(inside, Document)
    assert (alone.path, alone.version) == (inside.path, inside.version) == (path, alone.version)
    assert content(alone) == b"12"


def test_a_path_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="below the place's root"):
        replace(connector(tmp_path / "a"), below=os.fsencode(tmp_path / "ab"))


@posix
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("a/fil", Document, id="a file"),
        pytest.param("a", type(None), id="a folder"),
        pytest.param("a/~$fil", Excluded, id="a rule on its name"),
        pytest.param("Privat/x", Excluded, id="a rule on a folder above"),
        pytest.param("link/fil", Excluded, id="through a link"),
        pytest.param("a/borte", Unreadable, id="not there"),
        pytest.param("a/fil/x", Unreadable, id="a file where a folder should be"),
    ],
)
def test_one_path_is_met_as_the_walk_would(tmp_path: Path, name: str, expected: type) -> None:
    for each in ("a/fil", "a/~$fil", "Privat/x"):
        write(tmp_path, each)
    (tmp_path / "link").symlink_to("a")
    met = connector(tmp_path).meet(os.path.join(os.fsencode(tmp_path), os.fsencode(name)))
    assert isinstance(met, expected)
    if isinstance(met, Document):
        assert met in list(connector(tmp_path).walk())


# -- metadata


@posix
@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(0, id="1970"),
        pytest.param(-86_400 * 365 * 60, id="1910"),
        pytest.param(13_569_465_600, id="2400, beyond 64 bits of nanoseconds"),
    ],
)
def test_odd_times_do_not_break_the_token(tmp_path: Path, seconds: int) -> None:
    path = write(tmp_path, "fil")
    try:
        os.utime(path, ns=(seconds * 10**9, seconds * 10**9))
    except OverflowError:
        pytest.skip("this platform cannot store the time")
    (document,) = connector(tmp_path).walk()
    assert isinstance(document, Document)
    assert -(2**63) < document.modified_ns < 2**63


def test_the_token_sees_a_change_that_keeps_size_and_time(tmp_path: Path) -> None:
    path = write(tmp_path, "fil", b"aaaa")
    info = os.stat(path)
    (before,) = connector(tmp_path).walk()
    write(tmp_path, "ny", b"bbbb")
    os.utime(tmp_path / "ny", ns=(info.st_atime_ns, info.st_mtime_ns))
    (tmp_path / "ny").replace(tmp_path / "fil")
    (after,) = connector(tmp_path).walk()
    assert isinstance(before, Document)
    assert isinstance(after, Document)
    assert (before.size, before.modified_ns) == (after.size, after.modified_ns)
    assert before.version != after.version


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
def test_the_owner_is_by_folder_then_by_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pwd

    monkeypatch.setattr(pwd, "getpwuid", lambda uid: SimpleNamespace(pw_name=f"konto{uid}"))
    for name, uid in (("hjem/anna/a", 41001), ("fælles/b", 41002), ("fælles/c", 0)):
        os.chown(write(tmp_path, name), uid, uid)
    rules = OwnerRules((("hjem/{owner}", "{owner}"), ("fælles/arkiv", "")))
    os.chown(write(tmp_path, "fælles/arkiv/d"), 41003, 41003)
    walked = replace(connector(tmp_path), owners=rules)
    owners = {
        os.path.basename(met.path): met.owner for met in walked.walk() if isinstance(met, Document)
    }
    assert owners == {b"a": "anna", b"b": "konto41002", b"c": None, b"d": None}


# -- cloud placeholders, as other platforms show them


def faked(info: os.stat_result, **more: int) -> os.stat_result:
    fields = {name: getattr(info, name) for name in dir(info) if name.startswith("st_")}
    return cast(os.stat_result, SimpleNamespace(**{**fields, **more}))


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param({"st_file_attributes": 0x00400000}, id="Windows: recall on data access"),
        pytest.param({"st_file_attributes": 0x00040000}, id="Windows: recall on open"),
        pytest.param({"st_file_attributes": 0x00001020}, id="Windows: offline"),
        pytest.param({"st_flags": 0x40000000}, id="macOS: dataless"),
    ],
)
def test_a_file_in_the_cloud_only_is_marked_and_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: dict[str, int]
) -> None:
    write(tmp_path, "sky.docx", b"123")
    really = entries.Entries.information
    monkeypatch.setattr(
        entries.Entries, "information", lambda _, *both: faked(really(*both), **mark)
    )
    (document,) = connector(tmp_path).walk()
    assert isinstance(document, Document)
    assert document.placeholder
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(Unreadable) as trouble:
        document.open()
    assert trouble.value.reason == "offline"


def test_the_stub_of_a_nextcloud_file_is_a_placeholder(tmp_path: Path) -> None:
    write(tmp_path, "liste.xlsx.nextcloud", b" ")
    write(tmp_path, "noter om.nextcloud", b"en rigtig fil")
    marks = [met.placeholder for met in connector(tmp_path).walk() if isinstance(met, Document)]
    assert marks == [True, False]


def test_a_junction_is_counted_as_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "krydsning")
    really = entries.Entries.information
    junction = {"st_file_attributes": 0x410, "st_reparse_tag": 0xA0000003}
    monkeypatch.setattr(
        entries.Entries, "information", lambda _, *both: faked(really(*both), **junction)
    )
    assert list(connector(tmp_path).walk()) == [Excluded("symlink", 1, 0)]


def test_a_synchronised_file_that_is_here_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "hentet.docx")
    really = entries.Entries.information
    here = {"st_file_attributes": 0x420, "st_reparse_tag": 0x9000701A}  # IO_REPARSE_TAG_CLOUD_7
    monkeypatch.setattr(
        entries.Entries, "information", lambda _, *both: faked(really(*both), **here)
    )
    (document,) = connector(tmp_path).walk()
    assert isinstance(document, Document)
    assert not document.placeholder
    assert stat.S_ISREG(os.stat(document.path).st_mode)

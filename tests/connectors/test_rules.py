"""Path rules: what a glob matches, what is left out by default, and whose a file is."""

from __future__ import annotations

import os
import pickle
import sys
import time
import unicodedata
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.excludes import DEFAULT_EXCLUDES, Excludes, FolderPath, compiled
from connectors.globs import compile_rule, literal, plain
from connectors.owners import DEFAULT_OWNER_RULES, OwnerRules, account_of
from connectors.volumes import Volumes, mount_types

ROOT = "/srv/deling/"


def rule_of(path: str, excludes: Excludes, root: str = ROOT) -> str | None:
    """Return the rule for a path below the root; one that ends in / is a folder."""
    *above, name = path.rstrip("/").split("/")
    folder = FolderPath(root, "")
    for step in above:
        folder = folder.child(step)
    return compiled(excludes).rule(name, folder, is_folder=path.endswith("/"))


@pytest.mark.parametrize(
    ("pattern", "path", "left_out"),
    [
        pytest.param("*.iso", "a/b/x.iso", True, id="a name at any depth"),
        pytest.param("*.iso", "x.iso/", True, id="a name may be a folder's"),
        pytest.param("gammelt/", "a/gammelt/", True, id="a folder at any depth"),
        pytest.param("gammelt/", "a/gammelt", False, id="a file is no folder"),
        pytest.param("a/b", "a/b", True, id="a path from the root"),
        pytest.param("a/b", "c/a/b", False, id="not deeper"),
        pytest.param("**/a/b", "c/d/a/b", True, id="at any depth"),
        pytest.param("**/a/b", "a/b", True, id="any depth is none too"),
        pytest.param("**/a/b", "xa/b", False, id="whole names"),
        pytest.param("a/**", "a/b/c", True, id="everything below"),
        pytest.param("a/**", "a/", False, id="but not itself"),
        pytest.param("a/**/z", "a/z", True, id="in the middle, none"),
        pytest.param("a/**/z", "a/b/c/z", True, id="in the middle, two"),
        pytest.param("**/a/**/b/**/c", "x/a/a/x/b/b/c", True, id="three times"),
        pytest.param("**/a/x/**/c", "a/y/a/x/c", True, id="a place that only seemed to fit"),
        pytest.param("**/a/**/b/**/c", "x/b/a/c", False, id="three times, out of order"),
        pytest.param("a/*/z", "a/b/z", True, id="one name"),
        pytest.param("a/*/z", "a/b/c/z", False, id="a star stays in its name"),
        pytest.param("a*b*c", "aXbYbc", True, id="stars take what they need"),
        pytest.param("?.txt", "ø.txt", True, id="one character"),
        pytest.param("?.txt", "øø.txt", False, id="not two"),
        pytest.param("[a-c]1", "b1", True, id="a range"),
        pytest.param("[!a-c]1", "b1", False, id="not of a range"),
        pytest.param("[!a-c]1", "ø1", True, id="outside a range"),
        pytest.param("[*]x", "*x", True, id="a star itself"),
        pytest.param("[]]x", "]x", True, id="a bracket itself"),
        pytest.param("[x", "[x", True, id="a bracket left open"),
        pytest.param("a+(b)", "a+(b)", True, id="no other character is special"),
        pytest.param("{owner}", "{owner}", True, id="no owner here"),
        pytest.param("/srv/deling/a", "a", True, id="absolute"),
        pytest.param("/srv/deling", "srv/deling", False, id="absolute is not relative"),
        pytest.param("/a", "a", False, id="absolute begins at the top"),
        pytest.param("blåbær", unicodedata.normalize("NFD", "blåbær"), True, id="NFD on disk"),
        pytest.param(unicodedata.normalize("NFD", "Åse"), "Åse", True, id="NFD in the rule"),
        pytest.param("*.csv", "k\udcf8be.csv", True, id="a name that is no text"),
        pytest.param("a*", "a\nb", True, id="a line break in a name"),
    ],
)
def test_a_rule_means(pattern: str, path: str, left_out: bool) -> None:
    found = rule_of(path, Excludes((pattern,), defaults=False, fold_case=False))
    assert (found == f"exclude:{pattern}") is left_out


def test_case_counts_where_the_disk_says_so() -> None:
    for fold, expected in ((True, "exclude:Ærø*"), (False, None)):
        assert rule_of("ÆRØ.txt", Excludes(("Ærø*",), fold_case=fold)) == expected


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        pytest.param("", "names nothing", id="empty"),
        pytest.param("/", "names nothing", id="the top itself"),
        pytest.param("[z-a]", "cannot be understood", id="a range backwards"),
        pytest.param("../a", "begin at the place's root", id="out of the place"),
        pytest.param("x" * 2000, "too long", id="too long"),
    ],
)
def test_a_rule_that_cannot_be_is_named(pattern: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Excludes((pattern,))


def test_a_private_name_is_no_path() -> None:
    with pytest.raises(ValueError, match="folder's name only"):
        Excludes(private=("Anna/Privat",))


names = st.text(st.characters(exclude_characters="/", codec="utf-8"), min_size=1)
globs = st.text(st.sampled_from("ab*?x."), min_size=1, max_size=8).filter(lambda p: "**" not in p)


@settings(max_examples=100)
@given(globs, st.text(st.sampled_from("abx.y"), min_size=1, max_size=10))
def test_on_one_name_a_glob_agrees_with_fnmatch(pattern: str, name: str) -> None:
    glob = compile_rule(pattern, fold_case=False)
    assert (glob.regex.fullmatch(name) is not None) == fnmatchcase(name, pattern)


@settings(max_examples=100)
@given(st.lists(names, min_size=1, max_size=4))
def test_a_literal_rule_matches_its_path_alone(steps: list[str]) -> None:
    path = plain("/".join(steps))
    glob = compile_rule(literal("/" + path), fold_case=False)
    assert glob.regex.fullmatch("/" + path)
    assert not glob.regex.fullmatch("/" + path + "x")


def test_no_name_makes_a_rule_slow() -> None:
    hostile = [("*a" * 20 + "b", "a" * 255), ("**/a/" * 9 + "b", "a/" * 9000 + "a")]
    for pattern, path in hostile:
        glob = compile_rule(pattern, fold_case=False)
        started = time.process_time()
        assert not glob.regex.fullmatch(path)
        assert time.process_time() - started < 5.0


# -- defaults

HOME = "Users/anna/AppData/Local/"


@pytest.mark.parametrize(
    ("path", "root", "rule"),
    [
        pytest.param("~$Kundeliste.xlsx", ROOT, "lock_file", id="Office's mark"),
        pytest.param(".~lock.Kunder.ods#", ROOT, "lock_file", id="LibreOffice's mark"),
        pytest.param("Thumbs.db", ROOT, "folder_view", id="Windows' pictures"),
        pytest.param(".DS_Store", ROOT, "folder_view", id="Finder's"),
        pytest.param("._Kunder.xlsx", ROOT, "folder_view", id="a Mac's second half"),
        pytest.param("proc/", "/", "system", id="the kernel"),
        pytest.param("Windows/", "/", "system", id="Windows"),
        pytest.param("usr/", "/", "system", id="programs"),
        pytest.param("proc/", ROOT, None, id="a user's folder of that name"),
        pytest.param("Windows/", ROOT, None, id="a share's folder of that name"),
        pytest.param("usr", "/", None, id="a file of that name"),
        pytest.param("home/anna/.cache/", "/", "cache", id="a cache"),
        pytest.param("site/node_modules/", ROOT, "packages", id="fetched libraries"),
        pytest.param("kode/.git/objects/", ROOT, "packages", id="packed by git"),
        pytest.param("kode/.git/", ROOT, None, id="the rest of .git"),
        pytest.param("$Recycle.Bin/", "/", None, id="deleted is still held"),
        pytest.param(".local/share/Trash/", ROOT, None, id="deleted is still held, Linux"),
        pytest.param(HOME + "Temp/", "/", None, id="attachments opened from mail"),
        pytest.param(HOME + "Microsoft/Outlook/", "/", None, id="Outlook's mail"),
        pytest.param(HOME + "Microsoft/Windows/INetCache/IE/", "/", "cache", id="pages seen"),
        pytest.param(
            HOME + "Microsoft/Windows/INetCache/Content.Outlook/", "/", None, id="attachments seen"
        ),
        pytest.param(
            HOME + "Google/Chrome/User Data/Default/Cache/", "/", "cache", id="a browser's cache"
        ),
        pytest.param("Windows.old/Users/", "/", None, id="people's files before the upgrade"),
        pytest.param("srv/", "/", None, id="served data"),
        pytest.param("Kunder.xlsx", ROOT, None, id="a document"),
    ],
)
def test_what_is_left_out_by_default(path: str, root: str, rule: str | None) -> None:
    assert rule_of(path, Excludes(), root) == rule


def test_default_rules_can_be_dropped_but_private_stays() -> None:
    excludes = Excludes(defaults=False)
    assert rule_of("~$a.docx", excludes) is None
    assert rule_of("Privat/", excludes) == "private"


@pytest.mark.parametrize(
    ("path", "private"),
    [
        pytest.param("Privat/", True, id="a folder"),
        pytest.param("PRIVATE/", True, id="in any case"),
        pytest.param("personligt", True, id="a file without ending"),
        pytest.param("Privat.docx", True, id="a file with one"),
        pytest.param("Privat.docx/", False, id="a folder of another name"),
        pytest.param("Privatkunder/", False, id="a longer word"),
        pytest.param("Privat aftale.docx", False, id="a word of a name"),
        pytest.param(".docx", False, id="nothing but an ending"),
    ],
)
def test_private_is_the_whole_name(path: str, private: bool) -> None:
    assert (rule_of(path, Excludes(fold_case=False)) == "private") is private


def test_rules_travel_small_and_equal() -> None:
    excludes = Excludes(("*.iso",), max_size=10)
    assert pickle.loads(pickle.dumps(excludes)) == excludes
    assert len(pickle.dumps(excludes)) < 1000
    assert compiled(pickle.loads(pickle.dumps(excludes))) is compiled(excludes)


def test_no_default_rule_is_written_twice() -> None:
    patterns = [pattern for _, pattern in DEFAULT_EXCLUDES]
    assert len(patterns) == len(set(patterns))


# -- owners


@pytest.mark.parametrize(
    ("rules", "folder", "owner"),
    [
        pytest.param(DEFAULT_OWNER_RULES, "/home/anna/", "anna", id="a home"),
        pytest.param(DEFAULT_OWNER_RULES, "/home/anna/a/b/", "anna", id="below a home"),
        pytest.param(DEFAULT_OWNER_RULES, "/home/", None, id="above the homes"),
        pytest.param(DEFAULT_OWNER_RULES, "/Users/Public/x/", "", id="everybody's is nobody's"),
        pytest.param(DEFAULT_OWNER_RULES, "/srv/home/anna/", None, id="another home"),
        pytest.param((("salg/**", "Bo Beck"),), "/srv/deling/salg/x/", "Bo Beck", id="a name"),
        pytest.param((("salg", "Bo Beck"),), "/srv/deling/salg/", "Bo Beck", id="without stars"),
        pytest.param((("salg", "Bo"),), "/srv/deling/salg2/", None, id="whole names"),
        pytest.param(
            (("**/brugere/{owner}_*", "{owner}@firma.example"),),
            "/srv/deling/afd/brugere/anna_2024/x/",
            "anna@firma.example",
            id="part of a name",
        ),
        pytest.param((("a/b", "1"), ("a", "2")), "/srv/deling/a/b/", "1", id="the first decides"),
        pytest.param((("a/b", "1"), ("a", "2")), "/srv/deling/a/c/", "2", id="else the next"),
        pytest.param((("**", "alle"),), "/srv/deling/", "alle", id="the whole place"),
    ],
)
def test_the_owner_of_a_folder(
    rules: tuple[tuple[str, str], ...], folder: str, owner: str | None
) -> None:
    below = folder.removeprefix(ROOT) if folder.startswith(ROOT) else ""
    assert OwnerRules(rules, fold_case=False).of_folder(FolderPath(folder, below)) == owner


def test_a_rule_that_catches_no_owner_cannot_name_one() -> None:
    with pytest.raises(ValueError, match="does not catch"):
        OwnerRules((("salg", "{owner}"),))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX accounts")
def test_accounts_of_the_system_and_unknown_ones_own_nothing() -> None:
    assert account_of(0) is None
    assert account_of(65534) is None
    assert account_of(4_000_000_000) is None


# -- volumes


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells by /proc")
def test_the_kernel_is_told_from_disks() -> None:
    volumes = Volumes()
    disk = volumes.of(os.stat(__file__).st_dev, b"/")
    kernel = volumes.of(os.stat("/proc").st_dev, b"/proc")
    assert not disk.pseudo
    assert disk.mark == b""
    assert kernel.pseudo
    assert len(kernel.mark) == 8


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells by /proc")
def test_the_table_of_mounts_is_read_whatever_it_holds(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_bytes(
        b"36 35 8:17 / /media/usb\\040stick rw shared:1 - vfat /dev/sdb1 rw\n"
        b"37 35 0:99 / /mnt/b\xff rw - fuse.sshfs anna@host:/ rw\n"
        b"broken line\n"
    )
    assert mount_types(table) == {os.makedev(8, 17): "vfat", os.makedev(0, 99): "fuse.sshfs"}
    assert mount_types(tmp_path / "missing") == {}


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells by /proc")
@pytest.mark.parametrize(
    ("type_", "lasting"),
    [("ext4", True), ("vfat", False), ("fuse.sshfs", False), ("fuseblk", True), ("nfs4", True)],
)
def test_ids_count_only_where_they_last(
    monkeypatch: pytest.MonkeyPatch, type_: str, lasting: bool
) -> None:
    monkeypatch.setattr("connectors.volumes.mount_types", lambda: {77: type_})
    assert Volumes().of(77, b"/").lasting_ids is lasting

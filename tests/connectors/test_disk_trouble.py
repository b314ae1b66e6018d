"""A disk that refuses, changes and vanishes while it is walked and read."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors import Document, Excluded, Reason, Unreadable, entries
from connectors.disk import DiskConnector
from connectors.entries import Folder
from connectors.errors import reason_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights, links and pipes")

REPOSITORY = Path(__file__).parents[2]
NOBODY = 65534


def connector(root: Path) -> DiskConnector:
    return DiskConnector("device", "hjem", os.fsencode(root))


def write(root: Path, name: str, data: bytes = b"x") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def only(walked: DiskConnector) -> Document:
    (document,) = (met for met in walked.walk() if isinstance(met, Document))
    return document


def as_nobody(program: str, *arguments: Path) -> str:
    """Run a program as an account without rights: root may read all, whatever the modes say.

    It is a process of its own that imports as it is, then lets its rights go.
    """
    drop = f"""
        import os, sys
        from connectors import Document, Unreadable
        from connectors.disk import DiskConnector
        if os.geteuid() == 0:
            os.setgroups([]), os.setgid({NOBODY}), os.setuid({NOBODY})
        root = os.fsencode(sys.argv[1])
        walk = DiskConnector("device", "hjem", root).walk()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(drop) + textwrap.dedent(program), *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that another account reaches too."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


# -- rights


def test_closed_folders_and_files_are_told_apart_and_the_walk_goes_on(open_to_all: Path) -> None:
    root = open_to_all / "disk"
    write(root, "a/fil")
    write(root, "lukket/fil").parent.chmod(0)
    write(root, "uden navne/fil").parent.chmod(0o111)
    write(root, "uden adgang/fil").parent.chmod(0o444)
    write(root, "z/hemmelig").chmod(0)
    shown = as_nobody(
        """
        for met in walk:
            name = os.fsdecode(os.path.relpath(met.path, root))
            if isinstance(met, Unreadable):
                print(name, met.reason, "folder" if met.folder else "file")
                continue
            try:
                with met.open() as stream:
                    print(name, stream.read())
            except Unreadable as trouble:
                print(name, trouble.reason, "opened")
        """,
        root,
    )
    assert shown.splitlines() == [
        "a/fil b'x'",
        "lukket no_access folder",
        "uden adgang/fil no_access file",
        "uden navne no_access folder",
        "z/hemmelig no_access opened",
    ]


def test_a_closed_root_raises(open_to_all: Path) -> None:
    root = open_to_all / "disk"
    write(root, "fil")
    root.chmod(0)
    shown = as_nobody(
        """
        try:
            list(walk)
        except Unreadable as trouble:
            print(trouble.reason, trouble.folder)
        """,
        root,
    )
    assert shown.split() == ["no_access", "True"]


def test_a_closed_folder_under_a_rule_is_counted_as_at_least(open_to_all: Path) -> None:
    root = open_to_all / "disk"
    write(root, "Privat/fil", b"12")
    write(root, "Privat/lukket/fil").parent.chmod(0)
    shown = as_nobody("print(*walk)", root)
    assert shown.strip() == repr(Excluded("private:at_least", 1, 2))


@pytest.mark.skipif(not hasattr(os, "O_NOATIME"), reason="the platform cannot keep access times")
def test_access_times_of_files_and_folders_stay(tmp_path: Path) -> None:
    path = write(tmp_path, "mappe/fil", b"x" * 5000)
    long_ago = 1_000_000_000 * 10**9
    for each in (path, path.parent, tmp_path):
        os.utime(each, ns=(long_ago, each.stat().st_mtime_ns))
    with only(connector(tmp_path)).open() as stream:
        assert stream.read()
    assert [each.stat().st_atime_ns for each in (path, path.parent, tmp_path)] == [long_ago] * 3


def test_what_belongs_to_others_is_read_though_its_access_time_moves(open_to_all: Path) -> None:
    write(open_to_all / "disk", "fil", b"indhold")
    shown = as_nobody("print(next(walk).open().read())", open_to_all / "disk")
    assert shown.strip() == "b'indhold'"


# -- things that change between two looks


def test_a_file_that_goes_while_its_folder_is_read(tmp_path: Path) -> None:
    for name in "abc":
        write(tmp_path, name)
    walk = connector(tmp_path).walk()
    next(walk)
    (tmp_path / "b").unlink()
    gone, last = walk
    assert isinstance(gone, Unreadable)
    assert (gone.reason, gone.folder, gone.path) == ("vanished", False, os.fsencode(tmp_path / "b"))
    assert isinstance(last, Document)


def test_a_folder_that_goes_before_it_is_listed(tmp_path: Path) -> None:
    write(tmp_path, "a")
    write(tmp_path, "mappe/b")
    walk = connector(tmp_path).walk()
    next(walk)
    (tmp_path / "mappe" / "b").unlink()
    (tmp_path / "mappe").rmdir()
    (gone,) = walk
    assert isinstance(gone, Unreadable)
    assert (gone.reason, gone.folder) == ("vanished", True)


def test_a_folder_exchanged_for_a_link_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "disk", "a")
    write(tmp_path / "disk", "mappe/b")
    write(tmp_path, "udenfor/hemmelig")
    walk = connector(tmp_path / "disk").walk()
    next(walk)
    (tmp_path / "disk" / "mappe").rename(tmp_path / "væk")
    (tmp_path / "disk" / "mappe").symlink_to(tmp_path / "udenfor")
    (gone,) = walk
    assert isinstance(gone, Unreadable)
    assert (gone.reason, gone.folder) == ("vanished", True)


def test_a_root_that_goes_ends_the_walk(tmp_path: Path) -> None:
    root = tmp_path / "disk"
    write(root, "a")
    write(root, "mappe/b")
    walk = connector(root).walk()
    next(walk)
    root.rename(tmp_path / "trukket ud")
    with pytest.raises(Unreadable) as trouble:
        next(walk)  # at once, not after a report for every folder
    assert (trouble.value.reason, trouble.value.path) == ("offline", os.fsencode(root))


def test_another_folder_in_the_roots_place_ends_the_walk(tmp_path: Path) -> None:
    root = tmp_path / "disk"
    write(root, "a")
    walk = connector(root).walk()
    next(walk)
    root.rename(tmp_path / "afmonteret")
    root.mkdir()  # the empty folder that a disk was mounted on
    with pytest.raises(Unreadable) as trouble:
        list(walk)
    assert trouble.value.reason == "offline"


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(os.mkfifo, id="a pipe, which would wait for ever"),
        pytest.param(lambda path: path.symlink_to("/etc/hostname"), id="a link"),
        pytest.param(lambda path: path.mkdir(), id="a folder"),
        pytest.param(lambda path: None, id="nothing"),
    ],
)
def test_a_file_exchanged_before_it_is_opened(
    tmp_path: Path, exchange: Callable[[Path], None]
) -> None:
    path = write(tmp_path, "fil")
    document = only(connector(tmp_path))
    path.unlink()
    exchange(path)
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    with pytest.raises(Unreadable) as trouble:
        document.open()
    assert trouble.value.reason == "vanished"
    assert trouble.value.path == os.fsencode(path)
    if sys.platform == "linux":
        assert len(os.listdir("/proc/self/fd")) == before


def test_a_folder_that_breaks_off_half_way_gives_what_it_gave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        write(tmp_path, f"mappe/{name}")
    really = os.scandir

    class Breaking:
        def __init__(self, descriptor: int) -> None:
            self._entries = really(descriptor)

        def __enter__(self) -> Breaking:
            return self

        def __exit__(self, *_: object) -> None:
            self._entries.close()

        def __iter__(self) -> Iterator[os.DirEntry[str]]:
            first = next(iter(self._entries))
            yield first
            if not first.is_dir():
                raise OSError(errno.EIO, "a broken disk")

    monkeypatch.setattr(os, "scandir", Breaking)
    first, then = connector(tmp_path).walk()
    assert isinstance(first, Document)
    assert isinstance(then, Unreadable)
    assert (then.reason, then.folder) == ("offline", True)


def test_a_stat_that_fails_is_that_files_own_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        write(tmp_path, name)
    really = entries.Entries.information

    def failing(_: object, folder: Folder, entry: os.DirEntry[str]) -> os.stat_result:
        if entry.name == "b":
            raise OSError(errno.EIO, "a bad sector")
        return really(folder, entry)

    monkeypatch.setattr(entries.Entries, "information", failing)
    a, b, c = connector(tmp_path).walk()
    assert isinstance(a, Document)
    assert isinstance(c, Document)
    assert isinstance(b, Unreadable)
    assert (b.reason, b.folder) == ("offline", False)


# -- words for errors


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOENT, "vanished"),
        (errno.ENOTDIR, "vanished"),
        (errno.ELOOP, "vanished"),
        (errno.ESTALE, "vanished"),
        (errno.EACCES, "no_access"),
        (errno.EPERM, "no_access"),
        (errno.EBUSY, "locked"),
        (errno.EAGAIN, "locked"),
        (errno.EIO, "offline"),
        (errno.ETIMEDOUT, "offline"),
        (errno.EHOSTDOWN, "offline"),
        (errno.EMFILE, "limit"),
        (errno.ENAMETOOLONG, "limit"),
        (errno.ENOMEM, "memory"),
        (errno.EFBIG, "too_large"),
        (9999, "offline"),
    ],
    ids=lambda value: errno.errorcode.get(value, str(value)) if isinstance(value, int) else value,
)
def test_every_error_has_a_reason(number: int, reason: Reason) -> None:
    assert reason_of(OSError(number, "text")) == reason


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        pytest.param(2, "vanished", id="not found"),
        pytest.param(5, "no_access", id="denied"),
        pytest.param(32, "locked", id="sharing violation: Outlook holds its file"),
        pytest.param(33, "locked", id="lock violation"),
        pytest.param(53, "offline", id="network path not found"),
        pytest.param(362, "offline", id="the cloud provider does not run"),
        pytest.param(1392, "corrupt", id="unreadable folder"),
        pytest.param(6002, "encrypted", id="EFS"),
    ],
)
def test_windows_errors_go_by_their_own_number(number: int, reason: Reason) -> None:
    error = PermissionError(errno.EACCES, "text")
    error.winerror = number  # type: ignore[attr-defined,unused-ignore]
    assert reason_of(error) == reason

"""Who can read a file of this system: modes as files really have them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import Audience, Document
from connectors.disk import DiskConnector
from connectors.readable import narrower, wider

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")

ALONE = "fodalone"
"""An account with a group of its own name, as useradd makes it."""


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A folder that everyone can come to: pytest's own are closed."""
    folder = Path("/tmp") / f"fodspor-readable-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    folder.chmod(0o755)
    (tmp_path / "here").symlink_to(folder)
    return folder


@pytest.fixture(autouse=True)
def _removed(top: Path) -> Iterator[None]:
    yield
    shutil.rmtree(top, ignore_errors=True)


def read_by(root: Path, *, below: Path | None = None) -> dict[str, Audience]:
    connector = DiskConnector(
        "device", "hjem", os.fsencode(root), below=os.fsencode(below) if below else None
    )
    return {
        os.path.basename(os.fsdecode(met.path)): met.readable_by
        for met in connector.walk()
        if isinstance(met, Document)
    }


@pytest.mark.parametrize(
    ("file", "folder", "expected"),
    [
        pytest.param(0o644, 0o755, "everyone", id="everyone may read it"),
        pytest.param(0o640, 0o755, "group", id="the group may read it"),
        pytest.param(0o600, 0o755, "owner", id="its owner alone"),
        pytest.param(0o644, 0o700, "owner", id="a closed folder hides an open file"),
        pytest.param(0o644, 0o750, "group", id="a folder of the group's, an open file"),
        pytest.param(0o644, 0o711, "everyone", id="a folder that cannot be listed can be passed"),
        pytest.param(0o604, 0o755, "everyone", id="all but the group"),
        pytest.param(0o000, 0o755, "owner", id="nobody: the owner can change that"),
    ],
)
def test_modes(top: Path, file: int, folder: int, expected: Audience) -> None:
    inside = top / "løn"
    inside.mkdir()
    (inside / "liste.txt").write_text("x")
    for path in (inside, inside / "liste.txt"):
        os.chown(path, -1, 100)  # a group of several: users
    (inside / "liste.txt").chmod(file)
    inside.chmod(folder)
    assert read_by(top) == {"liste.txt": expected}
    assert read_by(top, below=inside / "liste.txt") == {"liste.txt": expected}


def test_a_folder_above_the_place_counts(top: Path) -> None:
    place = top / "a" / "b"
    place.mkdir(parents=True)
    (place / "liste.txt").write_text("x")
    (place / "liste.txt").chmod(0o644)
    (top / "a").chmod(0o700)
    assert read_by(place) == {"liste.txt": "owner"}


def test_a_linked_root_is_judged_where_it_lies(top: Path, tmp_path: Path) -> None:
    (top / "liste.txt").write_text("x")
    (top / "liste.txt").chmod(0o644)
    assert read_by(tmp_path / "here") == {"liste.txt": "everyone"}


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs accounts")
def test_a_group_of_one_is_the_owner(top: Path) -> None:
    subprocess.run(["userdel", ALONE], capture_output=True, check=False)
    subprocess.run(["useradd", "-M", "-U", ALONE], check=True, capture_output=True)
    try:
        import pwd

        account = pwd.getpwnam(ALONE)
        (top / "egen.txt").write_text("x")
        (top / "egen.txt").chmod(0o660)
        os.chown(top / "egen.txt", account.pw_uid, account.pw_gid)
        assert read_by(top) == {"egen.txt": "owner"}
    finally:
        subprocess.run(["userdel", ALONE], capture_output=True, check=False)


@pytest.mark.parametrize(
    ("one", "other", "small", "large"),
    [
        ("owner", "everyone", "owner", "everyone"),
        ("group", "owner", "owner", "group"),
        ("", "everyone", "", "everyone"),
        ("group", "", "", "group"),
    ],
)
def test_narrower_and_wider(one: Audience, other: Audience, small: str, large: str) -> None:
    assert (narrower(one, other), wider(one, other)) == (small, large)

"""A place that spans several file systems, really mounted (in a mount namespace of its own)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
UNSHARE = shutil.which("unshare")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or UNSHARE is None or os.geteuid() != 0,
    reason="mounting needs Linux and root",
)

WALK = """
    import json, os, subprocess, sys
    from connectors import Document, Excluded, Unreadable
    from connectors.disk import DiskConnector
    root = sys.argv[1]
    def mount(*arguments):
        if subprocess.run(["mount", *arguments], capture_output=True).returncode:
            print(json.dumps(None)); sys.exit()
    def write(*names):
        for name in names:
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as stream: stream.write(name)
    for name in ("a", "b", "c", "d"):
        os.mkdir(os.path.join(root, name))
    {prepare}
    shown = []
    for met in DiskConnector("device", "hjem", os.fsencode(root)).walk():
        if isinstance(met, Document):
            name = os.fsdecode(os.path.relpath(met.path, os.fsencode(root)))
            shown.append([name, met.file_id.hex(), met.version.hex()])
        elif isinstance(met, Excluded):
            shown.append([met.rule, met.count, met.size])
        else:
            shown.append([met.reason, met.folder])
    print(json.dumps(shown))
"""


def walked(root: Path, prepare: str) -> list[list[Any]]:
    """Mount what `prepare` says below `root` and return what a walk meets there."""
    program = textwrap.dedent(WALK).replace("{prepare}", textwrap.dedent(prepare).strip())
    done = subprocess.run(
        [str(UNSHARE), "--mount", sys.executable, "-c", program, root],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode and "unshare" in done.stderr:
        pytest.skip("this machine gives no mount namespace")
    assert done.returncode == 0, done.stderr
    shown: list[list[Any]] | None = json.loads(done.stdout)
    if shown is None:
        pytest.skip("this machine does not let us mount")
    return shown


def test_what_is_mounted_below_is_walked_and_its_ids_do_not_collide(tmp_path: Path) -> None:
    shown = walked(
        tmp_path,
        """
mount("-t", "tmpfs", "first", f"{root}/a")
mount("-t", "tmpfs", "second", f"{root}/b")
write("a/fil", "b/fil", "c/fil")
""",
    )
    assert [name for name, *_ in shown] == ["a/fil", "b/fil", "c/fil"]
    ids = [file_id for _, file_id, _ in shown]
    assert len(set(ids)) == 3
    assert ids[0][:16] == ids[1][:16]  # the inode numbers alone are equal


def test_the_kernels_views_are_told_by_type_wherever_they_are_mounted(tmp_path: Path) -> None:
    shown = walked(
        tmp_path,
        """
mount("-t", "proc", "proc", f"{root}/b")
write("a/fil", "c/fil")
""",
    )
    assert [each[0] for each in shown] == ["a/fil", "system", "c/fil"]
    assert shown[1] == ["system", 0, 0]


def test_a_folder_mounted_twice_has_one_id_for_one_file(tmp_path: Path) -> None:
    shown = walked(
        tmp_path,
        """
write("a/fil")
mount("--bind", f"{root}/a", f"{root}/b")
mount("--bind", root, f"{root}/c")
""",
    )
    names = [name for name, *_ in shown]
    assert names == ["a/fil", "b/fil", "c/a/fil"]  # a bind mount does not repeat itself
    assert len({file_id for _, file_id, _ in shown}) == 1
    assert len({version for *_, version in shown}) == 1


def test_a_file_mounted_alone_is_read_under_an_id_of_its_own(tmp_path: Path) -> None:
    shown = walked(
        tmp_path,
        """
mount("-t", "tmpfs", "first", f"{root}/a")
write("a/fil", "c/fil")
mount("--bind", f"{root}/a/fil", f"{root}/c/fil")
""",
    )
    assert [name for name, *_ in shown] == ["a/fil", "c/fil"]
    assert shown[0][1] != shown[1][1]

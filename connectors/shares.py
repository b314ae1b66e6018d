"""Say which network share a folder of this machine lies on. Asks no server.

Changes there are not told by the system: who watches such a folder must look again and again.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from connectors.addresses import is_remote
from connectors.smb.address import SERVERS, is_share, names_below
from connectors.volumes import MAX_MOUNT_BYTES

NETWORK = frozenset(
    {
        *("cifs", "smb3", "smbfs", "nfs", "nfs4", "afs", "ceph", "glusterfs", "lustre", "9p"),
        *("webdav", "davfs", "afpfs", "fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.s3fs"),
        *("fuse.glusterfs", "fuse.ceph", "fuse.smbnetfs"),
    }
)
"""File systems whose files lie on another machine, as Linux and macOS name them."""
ASK_SECONDS = 10.0
_OCTAL = re.compile(rb"\\([0-7]{3})")
_MACOS = re.compile(r"(?P<source>.+?) on (?P<point>/.*) \((?P<type>\w+)[,)].*")


def share_of(path: bytes, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """Return the share and folder that a path lies in, such as `//fil01/salg/2026`, or empty.

    Two devices that mount one share elsewhere get the same; case and slashes are made equal. A
    place that is reached by its address (`smb://`) is one; mailboxes and other servers are none.
    """
    if is_share(path):
        server, *names = names_below(SERVERS, path)
        return _named(f"//{server.partition(':')[0]}/{'/'.join(names)}")
    if is_remote(path):
        return ""
    real = os.path.realpath(path)
    if sys.platform == "win32":
        return _of_windows(os.fsdecode(real))
    points = _linux(mounts) if sys.platform == "linux" else _macos()
    held = [point for point in points if real == point or real.startswith(_inside(point))]
    point = max(held, key=len, default=b"")
    type_, source = points.get(point, ("", ""))
    if type_ not in NETWORK:
        return ""
    below = os.fsdecode(real[len(point.rstrip(b"/")) :])
    return _named(source) + below.rstrip("/")


def _inside(point: bytes) -> bytes:
    return point.rstrip(b"/") + b"/"


def _named(source: str) -> str:
    r"""Return a share as one writes it: `//user@fil01/salg` and `\\FIL01\salg` are one."""
    share = source.replace("\\", "/").rstrip("/")
    if share.startswith("//"):
        server, _, rest = share[2:].partition("/")
        return f"//{server.rpartition('@')[2].casefold()}/{rest.casefold()}"
    server, colon, rest = share.partition(":")
    return f"{server.rpartition('@')[2].casefold()}{colon}{rest}"


def _linux(table: Path) -> dict[bytes, tuple[str, str]]:
    """Return mount point → type and source; of several at one point the last."""
    try:
        with table.open("rb") as stream:
            lines = stream.read(MAX_MOUNT_BYTES).splitlines()
    except OSError:
        return {}
    points = {}
    for line in lines:
        before, _, after = line.partition(b" - ")
        fields, told = before.split(b" "), after.split(b" ")
        if len(fields) > 4 and len(told) > 1:
            point, root, source = (_plain(each) for each in (fields[4], fields[3], told[1]))
            inside = b"" if root == b"/" else root  # a folder of the share, mounted alone
            points[point] = (told[0].decode("ascii", "replace"), os.fsdecode(source + inside))
    return points


def _plain(field: bytes) -> bytes:
    return _OCTAL.sub(lambda found: bytes([int(found[1], 8) & 0xFF]), field)


def _macos() -> dict[bytes, tuple[str, str]]:
    try:
        done = subprocess.run(
            ["/sbin/mount"], capture_output=True, text=True, timeout=ASK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return told_by_macos(done.stdout)


def told_by_macos(said: str) -> dict[bytes, tuple[str, str]]:
    """Return mount point → type and source of what `mount` prints."""
    found = map(_MACOS.fullmatch, said.splitlines())
    return {os.fsencode(each["point"]): (each["type"], each["source"]) for each in found if each}


def _of_windows(path: str) -> str:
    path = path.removeprefix("\\\\?\\")
    if path.startswith("UNC\\"):
        path = "\\\\" + path[4:]
    if not path.startswith("\\\\"):
        drive, rest = os.path.splitdrive(path)
        if sys.platform == "win32":
            from connectors.windows import connection_of

            share = connection_of(drive)
        else:
            share = ""
        if not share:
            return ""
        path = share + rest
    return _named(path)

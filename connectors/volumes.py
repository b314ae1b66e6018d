"""Know what lies on which file system: which are none, and where inode numbers can be trusted."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

PSEUDO = frozenset(
    {  # views of the kernel, not files (Documentation/filesystems of Linux 6)
        *("autofs", "binder", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs"),
        *("devpts", "devtmpfs", "efivarfs", "fusectl", "hugetlbfs", "mqueue", "nsfs", "proc"),
        *("pstore", "rpc_pipefs", "securityfs", "selinuxfs", "smackfs", "sysfs", "tracefs"),
    }
)
CHANGING_IDS = frozenset({"vfat", "msdos", "exfat"})
"""These, and FUSE without a block device, number files anew on every mount: no id, no ctime."""
MADE_UP_MODES = frozenset(
    {"vfat", "msdos", "exfat", "ntfs", "ntfs3", "hfs", "iso9660", "udf", "cifs", "smb3", "9p"}
)
"""The mount says one mode for all files of these, and of FUSE; who can read them is not known."""
MAX_MOUNT_BYTES = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class Volume:
    """The file system below a folder. `mark` tells apart equal file ids inside one place."""

    device: int  # st_dev: holds during one walk only, never part of an id
    mark: bytes = field(default=b"", repr=False)
    pseudo: bool = False
    lasting_ids: bool = True
    modes: bool = True


class Volumes:
    """The volumes met by one walk; the root's own has an empty mark."""

    def __init__(self) -> None:
        self._known: dict[int, Volume] = {}

    @staticmethod
    def mark(path: bytes) -> bytes:
        """Return eight bytes that tell files met at `path` from those of other volumes."""
        return hashlib.blake2b(path, digest_size=8).digest()

    def of(self, device: int, path: bytes) -> Volume:
        """Return the volume `device`, met first at `path`."""
        volume = self._known.get(device)
        if volume is None:
            mark = self.mark(path) if self._known else b""
            type_ = mount_types().get(device, "")
            volume = Volume(
                device,
                mark,
                pseudo=type_ in PSEUDO,
                lasting_ids=type_ not in CHANGING_IDS and not type_.startswith("fuse."),
                modes=type_ not in MADE_UP_MODES and not type_.startswith("fuse"),
            )
            self._known[device] = volume
        return volume


def mark_below(root: bytes, inner: bytes) -> bytes:
    """Return the mark that a walk of `root` gives to what lies in `inner`, a folder below it.

    Empty on the root's own volume, and where either cannot be looked at.
    """
    try:
        top, device = os.stat(root).st_dev, os.stat(inner).st_dev
        mount = inner
        while mount != root and device != top:
            above = os.path.dirname(mount)
            if os.stat(above).st_dev != device:
                return Volumes.mark(mount)
            mount = above
    except OSError:
        return b""
    return b""


def mount_types(table: Path = Path("/proc/self/mountinfo")) -> dict[int, str]:
    """Return device number → file system type as Linux mounts them now; empty elsewhere."""
    if sys.platform != "linux":
        return {}
    types: dict[int, str] = {}
    try:
        with table.open("rb") as stream:
            lines = stream.read(MAX_MOUNT_BYTES).splitlines()
    except OSError:  # a sandbox without /proc: every volume counts as an ordinary one
        return {}
    for line in lines:
        before, _, after = line.partition(b" - ")
        fields, type_ = before.split(b" "), after.split(b" ")[0]
        if len(fields) > 2 and type_:
            major, _, minor = fields[2].partition(b":")
            types[os.makedev(int(major), int(minor))] = type_.decode("ascii", "replace")
    return types

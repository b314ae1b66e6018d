"""Say whether a folder lies on a disk that one carries away: a USB stick, a memory card."""

from __future__ import annotations

import os
import sys
from pathlib import Path

MOUNTED_BY_DESKTOPS = (b"/media/", b"/run/media/", b"/Volumes/")
"""Where Linux desktops and macOS mount what is plugged in."""
DRIVE_REMOVABLE = 2
"""GetDriveTypeW's answer for one."""


def is_removable(path: bytes, blocks: Path = Path("/sys/dev/block")) -> bool:
    """Whether `path` lies on a removable disk, as far as the system says so."""
    real = os.path.realpath(path)
    if sys.platform == "win32":
        import ctypes

        drive, _ = os.path.splitdrive(os.fsdecode(real))
        kind: int = ctypes.WinDLL("kernel32").GetDriveTypeW(f"{drive}\\")
        return kind == DRIVE_REMOVABLE
    if real.startswith(MOUNTED_BY_DESKTOPS):
        return True
    return sys.platform == "linux" and _says_so(real, blocks)


def _says_so(path: bytes, blocks: Path) -> bool:
    try:
        device = os.stat(path).st_dev
        disk = (blocks / f"{os.major(device)}:{os.minor(device)}").resolve(strict=True)
    except OSError:
        return False
    for folder in (disk, disk.parent):  # a partition lies in its disk's folder
        try:
            return (folder / "removable").read_text("ascii").strip() == "1"
        except (OSError, ValueError):
            continue
    return False

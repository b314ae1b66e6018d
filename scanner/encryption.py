"""Ask the system whether this device's disk is encrypted. Changes nothing, needs no rights.

A stolen laptop's notice turns on it (GDPR, Article 34(3)(a)).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

Encryption = Literal["", "on", "off"]
"""Empty where it cannot be asked."""

ASK_SECONDS = 20.0
MAX_LAYERS = 16
_BITLOCKER = (
    "(New-Object -ComObject Shell.Application).NameSpace('{drive}').Self"
    ".ExtendedProperty('System.Volume.BitLockerProtection')"
)
"""Explorer's own answer, which needs no administrator: 1 and 3 on, 2 off, 5 suspended."""


def disk_encryption(folder: Path) -> Encryption:
    """Return whether the volume that holds `folder`, and the system's own, are encrypted."""
    if sys.platform == "win32":
        drives = {os.environ.get("SYSTEMDRIVE", "C:"), folder.absolute().drive}
        return _both([_bitlocker(drive) for drive in sorted(drives) if drive])
    if sys.platform == "darwin":
        return filevault(_said(["fdesetup", "status"]))
    return _both([of_device(_device(path)) for path in (Path("/"), folder)])


def _both(found: list[Encryption]) -> Encryption:
    if "off" in found:
        return "off"
    return "on" if found and all(each == "on" for each in found) else ""


def _device(path: Path) -> int:
    for each in (path.absolute(), *path.absolute().parents):
        try:
            return os.stat(each).st_dev
        except OSError:
            continue
    return 0


def of_device(device: int, system: Path = Path("/sys/dev/block")) -> Encryption:
    """Return whether a block device of Linux lies on dm-crypt; unknown for what is no disk."""
    if sys.platform == "win32":
        return ""
    here = system / f"{os.major(device)}:{os.minor(device)}"
    if not here.is_dir():  # a layered or network file system, a virtual one
        return ""
    layers = [here]
    for number, layer in enumerate(layers):
        if number >= MAX_LAYERS:
            return ""
        try:
            if (layer / "dm" / "uuid").read_text().startswith("CRYPT-"):
                return "on"
        except OSError:
            pass
        try:
            layers += [layer / "slaves" / name for name in sorted(os.listdir(layer / "slaves"))]
        except OSError:
            pass
    return "off"


def filevault(said: str) -> Encryption:
    """Return what macOS says of FileVault."""
    return "on" if "FileVault is On" in said else "off" if "FileVault is Off" in said else ""


def bitlocker(said: str) -> Encryption:
    """Return what Windows' Explorer says of BitLocker."""
    return {"1": "on", "3": "on", "2": "off", "5": "off"}.get(said.strip(), "")  # type: ignore[return-value]


def _bitlocker(drive: str) -> Encryption:
    script = _BITLOCKER.format(drive=drive)
    return bitlocker(_said(["powershell", "-NoProfile", "-NonInteractive", "-Command", script]))


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=ASK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout

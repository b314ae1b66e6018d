"""Ask the system whether it runs on battery, and whether its network is metered. Changes nothing.

Where the system does not say, the answer is "unknown", which puts nothing off.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

Power = Literal["mains", "battery", "unknown"]
Network = Literal["metered", "free", "unknown"]
Ask = Callable[[Sequence[str]], str]
"""Runs a program of the system and returns what it prints; empty where it fails."""

SUPPLIES = Path("/sys/class/power_supply")
"""Linux, Documentation/ABI/testing/sysfs-class-power: `type`, `online`, `status`, `scope`."""
ASK_SECONDS = 10.0
WINDOWS_COST = (
    "[Windows.Networking.Connectivity.NetworkInformation,Windows,ContentType=WindowsRuntime]"
    "::GetInternetConnectionProfile().GetConnectionCost().NetworkCostType"
)
"""Windows.Networking.Connectivity, NetworkCostType: Unknown, Unrestricted, Fixed, Variable."""


def asked(program: Sequence[str]) -> str:
    """Return what a program of the system prints; empty where there is none or it fails."""
    try:
        done = subprocess.run(
            program,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=ASK_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", errors="replace")


def power(*, system: str = sys.platform, supplies: Path = SUPPLIES, ask: Ask = asked) -> Power:
    """Return what feeds this machine. One without a battery runs on mains."""
    if system == "win32":
        return _windows_power()
    if system == "darwin":
        return pmset_power(ask(("pmset", "-g", "batt")))
    if system == "linux":
        return linux_power(supplies)
    return "unknown"


def linux_power(supplies: Path) -> Power:
    """Read sysfs: mains where one supply is online or no battery of the machine is discharged."""
    discharging = False
    try:
        held = sorted(supplies.iterdir())
    except OSError:
        return "unknown"
    for supply in held:
        if _said(supply, "type") == "Battery":
            own = _said(supply, "scope") != "Device"  # a mouse has one too
            discharging |= own and _said(supply, "status") == "Discharging"
        elif _said(supply, "online") not in ("", "0"):
            return "mains"
    return "battery" if discharging else "mains"


def _said(supply: Path, name: str) -> str:
    try:
        return (supply / name).read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def pmset_power(said: str) -> Power:
    """Read the first line of `pmset -g batt`: Now drawing from 'AC Power'."""
    first = said.partition("\n")[0]
    if "'AC Power'" in first:
        return "mains"
    return "battery" if "'Battery Power'" in first or "'UPS Power'" in first else "unknown"


def _windows_power() -> Power:
    if sys.platform == "win32":
        from scanner.platform_windows import on_mains

        fed = on_mains()
        return "unknown" if fed is None else "mains" if fed else "battery"
    return "unknown"


def network(*, system: str = sys.platform, ask: Ask = asked) -> Network:
    """Return whether the network of this machine costs by what goes through it."""
    if system == "win32":
        script = ("powershell", "-NoProfile", "-NonInteractive", "-Command", WINDOWS_COST)
        cost = ask(script).strip()
        known: dict[str, Network] = {
            "Unrestricted": "free",
            "Fixed": "metered",
            "Variable": "metered",
        }
        return known.get(cost, "unknown")
    if system == "linux":
        return networkmanager(ask)
    return "unknown"


def networkmanager(ask: Ask) -> Network:
    """Ask NetworkManager, by its own program, else by D-Bus; guesses of its count."""
    for line in ask(("nmcli", "-t", "-f", "METERED", "general")).splitlines():
        word = line.partition(" ")[0]
        if word in ("yes", "no"):
            return "metered" if word == "yes" else "free"
    name = "org.freedesktop.NetworkManager"
    said = ask(("busctl", "get-property", name, f"/{name.replace('.', '/')}", name, "Metered"))
    # NMMetered: 0 unknown, 1 yes, 2 no, 3 guessed yes, 4 guessed no
    number = said.split()[-1] if said.split()[:1] == ["u"] else ""
    return {"1": "metered", "3": "metered", "2": "free", "4": "free"}.get(number, "unknown")  # type: ignore[return-value]

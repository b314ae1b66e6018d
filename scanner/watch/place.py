"""One watched place: what was touched in it, whether it is there, when it is looked through."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from connectors.disk import DiskConnector
from connectors.outside import Outside
from connectors.shares import share_of
from scanner.pipeline import Target
from scanner.recipe import Recipe
from scanner.watch.flagging import Flagging
from scanner.watch.gathering import Gatherer
from scanner.watch.observing import Observed

How = Literal["native", "poll"]
MOUNTS = Path("/proc/self/mountinfo")
POLL_SHARE = 10
"""A place is looked through for at most a tenth of the time, however large it is."""


@dataclass(eq=False)
class Watched:
    """A place and what watch mode knows of it. Times are seconds of the watch's clock."""

    target: Target
    recipe: Recipe
    flagging: Flagging
    gatherer: Gatherer
    key: bytes
    """Its keyed hash, for the memory."""
    how: How = "native"
    observed: Observed | None = None
    sweep_at: float = 0.0
    """When it is looked through next."""
    since_ns: int = 0
    """Until when it was watched before; what changed later is told."""
    away: bool = False
    is_share: bool = False
    """Whether the system tells of no saves there, and it is looked through now and then."""
    refused: bool = False
    """Whether its server refused the login: another try would lock the account."""
    trouble: int = 0
    """How many times in a row its index could not be written."""
    retry_at: float = 0.0
    identity: tuple[int, int] | None = None
    mounts: bytes = b""

    @property
    def folder(self) -> bytes:
        """The watched folder: the place's, or the part of it that was asked for."""
        return self.target.below or self.target.root

    @property
    def on_disk(self) -> DiskConnector | None:
        """The connector of a place that is a folder of this machine; None for others."""
        connector = self.target.connector
        return connector if isinstance(connector, DiskConnector) else None

    def must_poll(self) -> bool:
        """Whether the system cannot tell of saves there: a share, or one file alone."""
        return self.on_disk is None or bool(share_of(self.folder)) or not os.path.isdir(self.folder)

    def look(self) -> Literal["same", "away", "changed"]:
        """Ask whether the folder is the one that was observed until now; remember it."""
        try:
            info = os.stat(self.folder)
        except OSError:
            self.identity = None
            return "away"
        identity, mounts = (info.st_dev, info.st_ino), self._mounts()
        same = identity == self.identity and mounts == self.mounts
        self.identity, self.mounts = identity, mounts
        return "same" if same else "changed"

    def _mounts(self) -> bytes:
        """Return the mounts below the folder, so that one that comes or goes is noticed."""
        if sys.platform != "linux":
            return b""
        try:
            lines = MOUNTS.read_bytes().splitlines()
        except OSError:
            return b""
        inside = os.path.join(os.path.realpath(self.folder), b"").replace(b" ", b"\\040")
        return b"\n".join(line for line in lines if line.split(b" ")[4].startswith(inside))


def observe(watched: Watched, wake: Callable[[], None], clock: Callable[[], float]) -> Observed:
    """Return how a place is observed: without what its rules leave out."""
    disk = watched.on_disk
    assert disk is not None
    return Observed(
        watched.folder, watched.gatherer, wake, clock, Outside(disk.root, disk.excludes).leaves_out
    )

"""A share as a value: which server, who asks, and how gently. Keeps no secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from connectors import Lost, Reason, Unreadable
from connectors.pace import Pace
from connectors.secret import Secret

Login = Literal["ntlm", "kerberos"]
FIRST_PAUSES = (1 / 60, 1 / 30)
"""Parts of the patience before a server is tried again that was not reached before."""
LATER_PAUSES = (1 / 120, 1 / 60, 1 / 30, 1 / 15, 2 / 15, 1 / 4)
"""The same for one that was reached: it may be starting anew."""
CONNECTING = 1 / 6
"""Part of the patience that one try to connect may take."""
ATTEMPTS = 3
"""How often one thing is asked for, when the connection breaks each time."""
SLOWEST_BYTES = 100_000
"""Bytes a second that a share gives at least; a line slower than that is not waited for."""


@dataclass(frozen=True, slots=True)
class ShareAccount:
    """Who asks which server. Equal accounts can share one connection.

    `secret`: the password; None with Kerberos, whose ticket the system keeps. `encrypt`: no byte
    goes over the line unencrypted, or none at all. `bytes_per_second` and `open_files` are of all
    connections together; a pace of 0: none.
    A server that says nothing for `patience_seconds` is taken for gone.
    """

    user: str = field(repr=False)
    host: str
    port: int = 0
    secret: Secret | None = field(default=None, repr=False)
    login: Login = "ntlm"
    encrypt: bool = True
    connections: int = 4
    bytes_per_second: float = 0.0
    open_files: int = 32
    patience_seconds: float = 60.0

    def pace(self) -> Pace:
        """Return the pace of one connection."""
        return Pace(0.0, self.bytes_per_second / max(self.connections, 1))

    @property
    def files_at_once(self) -> int:
        """How many files one connection may hold open at a time, at least one."""
        return max(1, self.open_files // max(self.connections, 1))

    def seconds(self, size: int) -> float:
        """Return how long `size` bytes may take: their pace, a slow line, and pauses."""
        away = 1 + sum(self.pauses(reached=True)) / self.patience_seconds
        away += (len(LATER_PAUSES) + 1) * CONNECTING
        return self.pace().seconds(0, size) + size / SLOWEST_BYTES + away * self.patience_seconds

    def pauses(self, *, reached: bool) -> tuple[float, ...]:
        """Return the seconds to wait before each further try to connect."""
        parts = LATER_PAUSES if reached else FIRST_PAUSES
        return tuple(each * self.patience_seconds for each in parts)

    @property
    def connect_seconds(self) -> float:
        """How long one try to connect may take."""
        return CONNECTING * self.patience_seconds


def lost(why: Lost) -> Unreadable:
    """Return that the share is out of reach. Its path is for others to name."""
    reason: Reason = "offline" if why in ("unreachable", "busy") else "no_access"
    if why == "extra":
        reason = "missing_extra"
    return Unreadable(b"", reason, folder=True, lost=why)

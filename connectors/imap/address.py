"""Read the address of a mailbox as it is written in a configuration. Asks no server."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from connectors.mailserver import folder_path

Security = Literal["tls", "starttls", "none"]
PORTS: dict[Security, int] = {"tls": 993, "starttls": 143, "none": 143}
_SCHEME = re.compile(r"imaps?://", re.IGNORECASE)
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:\[\]@/?#]+)(?::(?P<port>\d{1,5}))?")
WRITE = 'write "imap://USER@HOST", such as "imap://anna@firma.dk@mail.firma.dk"'
START = f"imap:{os.sep}{os.sep}".encode()
"""What the path of every document in a mailbox begins with."""
ACCOUNT_PARTS = 4
"""Parts of such a path that say whose mailbox it is: imap:, nothing, the host, the user."""


def is_address(path: str) -> bool:
    """Whether a place's path is meant as a mailbox, well written or not."""
    return _SCHEME.match(path) is not None


def is_mailbox(path: bytes) -> bool:
    """Whether the path of a place or document is one of a mailbox."""
    return path.startswith(START)


@dataclass(frozen=True, slots=True)
class Address:
    """Whose mailbox, where, and which folder of it; `port` 0: the usual one."""

    user: str = field(repr=False)
    host: str
    port: int
    folders: tuple[str, ...] = field(repr=False)

    @classmethod
    def parsed(cls, text: str) -> Address:
        """Read `imap://USER@HOST:PORT/FOLDER/FOLDER`. Raises ValueError that says what to write."""
        scheme = _SCHEME.match(text)
        if scheme is None:
            raise ValueError(f"is no mailbox; {WRITE}")
        authority, _, rest = text[scheme.end() :].partition("/")
        user, _, host = authority.rpartition("@")
        if not user:
            raise ValueError(f"names no user; {WRITE}")
        if ":" in user:
            raise ValueError(
                f"no password is written here; {WRITE} and say where the password lies"
            )
        found = _HOST.fullmatch(host)
        if found is None or not 0 <= int(found["port"] or 1) < 65_536:
            raise ValueError(f"names no host; {WRITE}")
        folders = tuple(unquote(each) for each in rest.split("/") if each)
        if folders and folders[0].upper() == "INBOX":  # in any case (RFC 9051, 5.1)
            folders = ("INBOX", *folders[1:])
        return cls(
            unquote(user), found["host"].strip("[]").lower(), int(found["port"] or 0), folders
        )

    @property
    def is_loopback(self) -> bool:
        """Whether the server is this machine, by its name alone."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def top(self) -> bytes:
        """The path of the whole account."""
        host = f"{self.host}:{self.port}" if self.port else self.host
        return folder_path(START + host.encode(), (self.user,))

    @property
    def root(self) -> bytes:
        """The path of the folder that is named, or of the whole account."""
        return folder_path(self.top, self.folders)

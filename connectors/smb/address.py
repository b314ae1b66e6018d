"""Read the address of a share as it is written in a configuration. Asks no server."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_SCHEME = re.compile(r"smb://", re.IGNORECASE)
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:\[\]@/?#\\]+)(?::(?P<port>\d{1,5}))?")
_SEPARATOR = os.sep.encode()
WRITE = 'write "smb://SERVER/SHARE/FOLDER", such as "smb://fil01.firma.dk/Fælles"'
START = f"smb:{os.sep}{os.sep}".encode()
"""What the path of every document on a share begins with."""
SERVERS = START[: -len(_SEPARATOR)]
"""What servers lie below, as folders lie below a path."""
SERVER_PARTS = 3
"""Parts of such a path that say where it lies: smb:, nothing, the server."""
PORT = 445


def is_share_address(path: str) -> bool:
    """Whether a place's path is meant as a share, well written or not."""
    return _SCHEME.match(path) is not None


def is_share(path: bytes) -> bool:
    """Whether the path of a place or document is one of a share."""
    return path.startswith(START)


def name_bytes(name: str) -> bytes:
    """Return a name as it stands in paths: UTF-8, halves of a surrogate pair kept as they are."""
    return name.encode("utf-8", "surrogatepass")


def path_of(top: bytes, names: Iterable[str]) -> bytes:
    """Return the path of what lies below `top`."""
    return _SEPARATOR.join((top, *map(name_bytes, names)))


def names_below(top: bytes, path: bytes) -> tuple[str, ...]:
    """Return the names from `top` to `path`. Raises ValueError when it does not lie below."""
    if path == top:
        return ()
    if not path.startswith(top + _SEPARATOR):
        raise ValueError("the path does not lie below the share")
    rest = path[len(top) + 1 :]
    return tuple(each.decode("utf-8", "surrogatepass") for each in rest.split(_SEPARATOR))


@dataclass(frozen=True, slots=True)
class ShareAddress:
    """Which share, on which server, and which folder of it; `port` 0: the usual one."""

    host: str
    port: int
    share: str
    folders: tuple[str, ...] = field(repr=False)

    @classmethod
    def parsed(cls, text: str) -> ShareAddress:
        """Read `smb://HOST:PORT/SHARE/FOLDER`. Raises ValueError that says what to write.

        Names stand as they are: `%20` is no space.
        """
        scheme = _SCHEME.match(text)
        if scheme is None:
            raise ValueError(f"is no share; {WRITE}")
        server, _, rest = text[scheme.end() :].partition("/")
        if "@" in server:
            raise ValueError(f"has a user in it; {WRITE} and the user under [place.smb]")
        found = _HOST.fullmatch(server)
        if found is None or not 0 <= int(found["port"] or 1) < 65_536:
            raise ValueError(f"names no server; {WRITE}")
        names = [each for each in rest.split("/") if each]
        if not names:
            raise ValueError(f"names no share; {WRITE}")
        if any("\\" in each or each in (".", "..") for each in names):
            raise ValueError(f"has a step that names no folder; {WRITE}, with slashes")
        return cls(
            found["host"].strip("[]").lower(), int(found["port"] or 0), names[0], tuple(names[1:])
        )

    @property
    def top(self) -> bytes:
        """The path of the whole share."""
        host = f"{self.host}:{self.port}" if self.port else self.host
        return path_of(START + host.encode(), (self.share,))

    @property
    def root(self) -> bytes:
        """The path of the folder that is named, or of the whole share."""
        return path_of(self.top, self.folders)

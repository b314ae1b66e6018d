"""Say who can read a file of a POSIX system: by its mode, and by the folders on the way to it.

The mode's group counts as a group whoever is in it, but for the group of one that many systems
give each account. Modes that a mount makes up for all its files (connectors/volumes.py) say
nothing. docs/connectors.md tells it to people.
"""

from __future__ import annotations

import os
import stat
import sys
from functools import lru_cache

from connectors import Audience

_ORDER: dict[Audience, int] = {"owner": 1, "group": 2, "everyone": 3}


def narrower(one: Audience, other: Audience) -> Audience:
    """Return the smaller of two audiences; unknown where one of them is."""
    if not one or not other:
        return ""
    return one if _ORDER[one] <= _ORDER[other] else other


def wider(one: Audience, other: Audience) -> Audience:
    """Return the larger of two audiences; the one that is known where the other is not."""
    return one if _ORDER.get(one, 0) >= _ORDER.get(other, 0) else other


def of_file(info: os.stat_result) -> Audience:
    """Return who can read a file, as far as the file itself says."""
    if sys.platform == "win32":
        return ""
    return _granted(info, stat.S_IROTH, stat.S_IRGRP)


def of_folder(info: os.stat_result) -> Audience:
    """Return who can pass through a folder: that is enough to open a file by its name."""
    if sys.platform == "win32":
        return ""
    return _granted(info, stat.S_IXOTH, stat.S_IXGRP)


def of_way(path: bytes) -> Audience:
    """Return who can pass through all folders above `path`; "" where one cannot be looked at."""
    if sys.platform == "win32":
        return ""
    allowed: Audience = "everyone"
    folder = os.path.dirname(os.path.realpath(path))
    while True:
        try:
            allowed = narrower(allowed, of_folder(os.stat(folder)))
        except OSError:
            return ""
        above = os.path.dirname(folder)
        if above == folder:
            return allowed
        folder = above


def _granted(info: os.stat_result, to_all: int, to_group: int) -> Audience:
    mode = info.st_mode
    if mode & to_all:
        return "everyone"
    if mode & to_group and not _is_of_one(info.st_gid, info.st_uid):
        return "group"
    return "owner"


@lru_cache(maxsize=4096)
def _is_of_one(group: int, owner: int) -> bool:
    """Whether a group is the owner's own: of the same name, with nobody else in it."""
    if sys.platform == "win32":
        return False
    import grp
    import pwd

    try:
        name, found = pwd.getpwuid(owner).pw_name, grp.getgrgid(group)
    except KeyError:
        return False
    return found.gr_name == name and not set(found.gr_mem) - {name}

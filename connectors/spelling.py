"""Find the one spelling of a folder's path, so that it is known again. Opens no file."""

from __future__ import annotations

import os
import sys

from connectors.globs import plain


def real(path: bytes) -> bytes:
    """Return the absolute path with links followed and each name as the disk spells it.

    What is not there, or cannot be looked at, stays as written. Runs in the coordinator; a share
    that does not answer makes it wait as a walk would.
    """
    followed = os.path.realpath(path)
    if sys.platform == "win32":  # realpath asks the system for the spelling already
        return followed
    spelled, here = followed, os.path.dirname(followed)
    while spelled != here:
        name = os.path.basename(spelled)
        true = _on_disk(here, name)
        if true != name:
            followed = os.path.join(here, true) + followed[len(spelled) :]
        spelled, here = here, os.path.dirname(here)
    return followed


def same(first: bytes, second: bytes) -> bool:
    """Whether two real paths are one folder, be it by a mount under another name."""
    if first == second:
        return True
    try:
        return os.path.samestat(os.stat(first), os.stat(second))
    except OSError:
        return False


def _on_disk(folder: bytes, name: bytes) -> bytes:
    """Return the spelling of `name` in `folder` where the disk takes several for one."""
    other = os.fsencode(os.fsdecode(name).swapcase())
    try:
        if other == name or not os.path.samestat(
            os.lstat(os.path.join(folder, name)), os.lstat(os.path.join(folder, other))
        ):
            return name
        return chosen(name, os.listdir(folder))
    except OSError:
        return name


def chosen(name: bytes, names: list[bytes]) -> bytes:
    """Return which of a folder's names is meant by `name`: itself, else one that differs in case
    or in how letters are composed."""
    if name in names:
        return name
    folded = plain(os.fsdecode(name)).casefold()
    return next((each for each in names if plain(os.fsdecode(each)).casefold() == folded), name)

"""Make names fit for any channel: no control character, no change of direction, no endless name."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from scanner.privacy import shown

NAME_SIGNS = 120
PATH_SIGNS = 1000
ENDING_SIGNS = 30
"""How much of the end of a long name stays: its number and its ending."""
_MARKUP = str.maketrans({"<": "‹", ">": "›", "&": "＆"})


def neutral(name: str, signs: int = NAME_SIGNS) -> str:
    """Return a name of at most `signs` characters in one line, masked where it is sealed.

    Control characters and those that turn the direction of writing (Unicode's Cc, Cf, Zl, Zp)
    become U+FFFD; runs of blanks become one, so that none can hide a name's ending.
    """
    blanks = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in name)
    plain = " ".join(part for part in shown(blanks).split(" ") if part)
    if len(plain) <= signs:
        return plain
    return f"{plain[: signs - ENDING_SIGNS - 1]}…{plain[-ENDING_SIGNS:]}"


def file_and_folder(display: str) -> tuple[str, str]:
    """Return the name of a file and that of its folder, both neutral; the folder may be empty."""
    folder, _, name = display.replace("\\", "/").rpartition("/")
    parent = folder.rpartition("/")[2] or folder
    return neutral(name), neutral(parent)


def without_markup(text: str) -> str:
    """Return a text that a desktop cannot take for markup (org.freedesktop.Notifications: body)."""
    return text.translate(_MARKUP)


def is_local(path: bytes) -> bool:
    """Whether a document's path names a file of this machine, not one behind an address."""
    return Path(os.fsdecode(path)).is_absolute()

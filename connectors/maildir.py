"""Know a Maildir by its folders, and its messages by their names. Opens nothing.

A message keeps its name in front of the flags, whether it is new, read or answered; the mailbox
folder that holds `cur` and `new` is its place (D. J. Bernstein, "Using maildir format"; Dovecot's
folders ".Kunder.2024", in modified UTF-7 or, with a setting, in UTF-8).
"""

from __future__ import annotations

import binascii
import re

CUR, NEW, TMP = "cur", "new", "tmp"
DELIVERY = "maildir_tmp"
"""The rule that leaves out messages which are still being delivered."""
_FLAGS = re.compile(r"[:;!][12],[A-Za-z]*\Z")
"""The separator is ":", or on Windows what a program uses instead."""
_NAME = re.compile(r"[0-9]{6,20}[.][^/]{1,300}\Z")
_ENCODED = re.compile(r"&([A-Za-z0-9+,]*)-")


def is_message(name: str) -> bool:
    """Whether a file of `cur` or `new` is a message by its name: time, dot, machine."""
    return _NAME.match(name) is not None


def unique_name(name: str) -> str:
    """Return a message's name without its flags."""
    return _FLAGS.sub("", name)


def mail_folder(name: str) -> tuple[str, ...]:
    """Return the mail folders that a folder's name stands for: ".Kunder.2024" is two."""
    if not name.startswith(".") or name.strip(".") == "":
        return ()
    return tuple(decoded(each) for each in name[1:].split(".") if each)


def decoded(name: str) -> str:
    """Undo modified UTF-7 (RFC 3501, 5.1.3); what is none stays as it is."""
    return _ENCODED.sub(_plain, name) if "&" in name else name


def _plain(found: re.Match[str]) -> str:
    text = found[1]
    if not text:
        return "&"
    padded = text.replace(",", "/") + "=" * (-len(text) % 4)
    try:
        return binascii.a2b_base64(padded).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return found[0]

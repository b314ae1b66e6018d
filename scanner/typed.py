"""Make what somebody typed fit to be repeated in an error message: what may be a value is masked.

A CPR number typed where a path belongs must not stand on the screen of a shared terminal, nor in
the mail of a scheduler. No detectors: a mistyped number is none, and still names somebody.
"""

from __future__ import annotations

import re

from scanner.privacy import DOT, shown

_ADDRESS = re.compile(r"[^\s'\"@/\\]*@[^\s'\"@/\\]*")
_NUMBER = re.compile(
    r"(?P<uuid>\b[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b)"
    r"|\d(?:[^\d\sA-Za-z/\\]{0,3}[^\S\r\n]?\d){5,}"
)
"""Six digits or more, with a few signs or a blank between them; a path's separator ends them. Or a
UUID (RFC 9562), which is a device's and nobody's number."""
_DATE = re.compile(r"(?:19|20)\d\d[-.](?:0\d|1[0-2])[-.][0-3]\d")
_DIGIT = re.compile(r"\d")


def typed(text: str) -> str:
    """Return `text` with e-mail addresses and longer numbers masked, and printable.

    Digits are replaced one by one, so that the shape still tells which argument is meant. A date
    such as 2026-11-23 stays, and so does a UUID.
    """
    text = _ADDRESS.sub(f"{DOT * 2}@{DOT * 2}", shown(text.replace("\x00", "")))
    return _NUMBER.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    number = found.group()
    if found["uuid"] or _DATE.fullmatch(number):
        return number
    return _DIGIT.sub(DOT, number)

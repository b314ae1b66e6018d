"""How the audit says what was looked up: one line for one look-up, with its fingerprints.

A line of an earlier version names one fingerprint; look-ups of several values were several lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LOOKED_UP = "person"
"""The action of a look-up in the audit."""


def look_up_line(values: Iterable[tuple[str, bytes]]) -> tuple[str, str]:
    """Return subject and kinds of a look-up's line, from (kind, fingerprint): no value."""
    held = tuple(values)
    subject = " ".join(dict.fromkeys(print_.hex() for _, print_ in held))
    return subject, ",".join(dict.fromkeys(kind for kind, _ in held))


def about_any(fingerprints: Sequence[str]) -> str:
    """Return the condition, with a mark for each, that a line is of a look-up of one of them."""
    one = " OR ".join(["instr(subject, ?)"] * len(fingerprints)) or "0"
    return f"action='{LOOKED_UP}' AND ({one})"

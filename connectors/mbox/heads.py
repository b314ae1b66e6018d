"""Tell what names a message, and what of its bytes is its own. Decodes no body.

What mail programs change in a message that lies there (read, flagged, deleted) is none of it.
"""

from __future__ import annotations

import email.header
import re
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import NamedTuple

HEADER_BYTES = 64 * 1024
"""Where a header ends that does not end: of a longer one the beginning names the message."""

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_IN_PLACE = re.compile(
    rb"^(?:X-)?(?:Status|Mozilla-Status2?|Mozilla-Keys|Keywords|UID|IMAP|IMAPbase|Label|Evolution"
    rb"|KMail-[\w-]{1,40}):[^\n]*(?:\n[ \t][^\n]*)*\n?",
    re.MULTILINE | re.IGNORECASE,
)
"""Fields that mail programs write into a message that lies there: they are none of it."""
_FIELD = re.compile(
    rb"^(message-id|date|sensitivity|x-gmail-labels):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)",
    re.MULTILINE | re.IGNORECASE,
)
MAX_LABELS = 50


class Head(NamedTuple):
    """What a header says of its message. `name`: what names it for good."""

    name: bytes
    modified_ns: int  # since 1970, UTC; 0: not known
    labels: tuple[str, ...]
    is_private: bool


def divided(data: bytes) -> tuple[bytes, bytes]:
    """Return the header with its blank line, and the rest. At least HEADER_BYTES are needed."""
    found = _HEADER_END.search(data, 0, HEADER_BYTES)
    end = found.end() if found else min(len(data), HEADER_BYTES)
    return data[:end], data[end:]


def lasting(header: bytes) -> bytes:
    """Return a header without what mail programs change in place."""
    return _IN_PLACE.sub(b"", header)


def trimmed(body: bytes) -> bytes:
    """Return a body without the blank line that stands between messages."""
    if body.endswith(b"\r\n\r\n"):
        return body[:-2]
    return body[:-1] if body.endswith(b"\n\n") else body


def head_of(header: bytes) -> Head:
    """Read what names a message: its Message-ID, or all of its header where it has none."""
    fields = {name.lower(): value for name, value in reversed(_FIELD.findall(header))}
    return Head(
        fields.get(b"message-id", b"").strip() or lasting(header),
        _nanoseconds(fields.get(b"date", b"")),
        tuple(_labels(fields.get(b"x-gmail-labels", b""))),
        fields.get(b"sensitivity", b"").strip().lower() in (b"personal", b"private"),
    )


def _nanoseconds(date: bytes) -> int:
    try:
        moment = parsedate_to_datetime(date.decode("ascii", "replace"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = int(moment.timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0
    return seconds * 10**9 if 0 < seconds < 2**33 else 0


def _labels(value: bytes) -> Iterator[str]:
    """Yield the labels that Google Takeout writes into a message."""
    if not value:
        return
    text = value.decode("utf-8", "replace").replace("\r", "").replace("\n", "")
    try:
        text = str(email.header.make_header(email.header.decode_header(text)))
    except (ValueError, LookupError, email.errors.MessageError):
        pass  # as it stands
    for label in text.split(",")[:MAX_LABELS]:
        if named := label.strip().strip('"'):
            yield named

"""Decode the header fields of a mail, and choose those that tell something about people.

Left out are fields that only machines read: identities of messages, signatures, routing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from scanner.extract.encoding import decode

FIELD_CHARACTERS = 200_000
"""A longer field is read without undoing its encoded words, whose time grows faster than it."""
MACHINE_FIELDS = frozenset(
    (
        "message-id",
        "in-reply-to",
        "references",
        "resent-message-id",
        "original-message-id",
        "thread-index",
        "received",
        "x-received",
        "received-spf",
        "mime-version",
        "authentication-results",
        "dkim-signature",
        "domainkey-signature",
        "x-google-dkim-signature",
        "x-google-smtp-source",
        "x-gm-message-state",
        "x-uidl",
        "x-mozilla-status",
        "x-mozilla-status2",
        "x-mozilla-keys",
        "autocrypt",
        "face",
        "x-face",
    )
)
MACHINE_PREFIXES = (
    "content-",
    "arc-",
    "x-ms-exchange-",
    "x-microsoft-antispam",
    "x-forefront-",
    "x-spam-",
)

ADDRESS_FIELDS = frozenset(
    (
        "from",
        "to",
        "cc",
        "bcc",
        "reply-to",
        "sender",
        "resent-from",
        "resent-to",
        "resent-cc",
        "resent-bcc",
        "resent-sender",
        "resent-reply-to",
        "return-path",
        "delivered-to",
        "apparently-to",
        "envelope-to",
        "errors-to",
        "original-from",
        "original-to",
        "mail-followup-to",
        "mail-reply-to",
        "followup-to",
        "disposition-notification-to",
        "return-receipt-to",
        "read-receipt-to",
        "final-recipient",
        "original-recipient",
        "authenticated-sender",
        "x-original-to",
        "x-original-from",
        "x-original-sender",
        "x-google-original-from",
        "x-envelope-from",
        "x-envelope-to",
        "x-envelope-sender",
        "x-mail-from",
        "x-rcpt-to",
        "x-sender",
        "x-receiver",
        "x-apparently-to",
        "x-forwarded-to",
        "x-forwarded-for",
        "x-failed-recipients",
        "x-authenticated-sender",
        "x-auth-user",
        "x-beenthere",
        "x-report-abuse",
        "x-report-abuse-to",
        "x-complaints-to",
    )
)
"""Fields that say whom a mail is from and to, and `list-…`, which names a list's own addresses."""

_CUT_WORD = re.compile(r"(=\?[\w*.:-]{1,60}\?[BbQq]\?[^?]{1,998})\??\Z")
"""An encoded word that the field's end has cut: some gateways keep the first 255 characters."""
_FOLD = re.compile(r"\r?\n[ \t]*|\r")


def told_fields(message: Message) -> Iterator[tuple[str, str]]:
    """Yield (name, decoded text) of each field that is not for machines, in their order."""
    for name, value in message.raw_items():
        lower = name.lower()
        if lower not in MACHINE_FIELDS and not lower.startswith(MACHINE_PREFIXES):
            yield name, decoded(str(value))


def is_address_field(name: str) -> bool:
    """Whether the field of this name says whom a mail is from or to."""
    lower = name.lower()
    return lower in ADDRESS_FIELDS or lower.startswith("list-")


def decoded(value: str) -> str:
    """Return a field's text on one line, encoded words and raw 8-bit bytes undone. Never raises.

    `value` is as the email package keeps it: bytes beyond ASCII as surrogates.
    """
    value = unfolded(value)
    if "=?" not in value or len(value) > FIELD_CHARACTERS:
        return value
    value = _CUT_WORD.sub(r"\1?=", value)
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):  # wrong base64 in it
        return value
    done = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            done.append(piece)
        else:
            done.append(decode(piece, charset) if charset else decode(_raw(piece)))
    return "".join(done).replace("\n", " ")


def unfolded(value: str) -> str:
    """Return a field's text on one line, raw 8-bit bytes undone, encoded words left as they are."""
    if not value.isascii():
        value = decode(value.encode("utf-8", "surrogateescape"))
    return _FOLD.sub(" ", value) if "\n" in value or "\r" in value else value


def _raw(piece: bytes) -> bytes:
    # decode_header gives what stands between encoded words back as raw-unicode-escape.
    try:
        return piece.decode("raw-unicode-escape").encode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return piece

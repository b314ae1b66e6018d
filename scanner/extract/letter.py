"""Tell from a mail's header who sent it to whom, and when. Reads no body and judges nothing.

For every reader of mail: what it needs is a header as the email package keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.message import Message
from email.utils import parsedate_tz

from scanner.extract.mail_headers import decoded, unfolded
from scanner.model import Letter

MOST_RECIPIENTS = 1_000
"""Distinct recipients told of one mail; a list of more tells no more."""
MOST_FIELDS = 100
"""Fields of one name that are read: RFC 5322 allows one."""
FIELD_CHARACTERS = 200_000
"""What is read of one field."""
ADDRESS_CHARACTERS = 400  # RFC 5321 allows 320
IDENTITY_CHARACTERS = 500
FIRST_YEAR, LAST_YEAR = 1980, 2100
"""A date outside is no date: clocks that were never set say 1970, counters that ran over 2106."""
MINUTES_OF_ZONE = 14 * 60
"""The zone furthest from UTC; one further off is a mistake, and counts as UTC."""

_RECIPIENTS = ("to", "cc", "bcc")
_READ = frozenset(("from", "sender", *_RECIPIENTS, "date", "message-id"))
_TOKEN = re.compile(
    r'(?P<quoted>"[^"<>]{1,64}"@[^\s,;<>"()]+)'
    r'|"(?:[^"\\]|\\.){0,200}+"(?=\s*<)|"[^"<>]*"|\([^()]*\)'  # names and comments
    r"|(?P<coded>=\?[^?\s]{1,60}\?[BbQq]\?[^?\s]*\?=)"
    r"|<(?P<angle>[^<>]*)>|(?P<end>[,;])|(?P<word>[^\s,;<>\"()]+)"
)


def letter_of(message: Message) -> Letter:
    """Return what the header of `message` says. Never raises; what cannot be read is left out.

    Addresses are as written but for the domain: lower case, in IDNA. The sender is the first
    address of From, else of Sender, else empty. Recipients are those of To, Cc and Bcc, each once.
    """
    fields: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        lower = name.lower()
        if lower in _READ:
            held = fields.setdefault(lower, [])
            if len(held) < MOST_FIELDS:
                held.append(str(value))
    senders = (each for name in ("from", "sender") for each in _of(fields.get(name, ())))
    recipients: dict[str, str] = {}
    for address in (each for name in _RECIPIENTS for each in _of(fields.get(name, ()))):
        recipients.setdefault(address.lower(), address)
        if len(recipients) >= MOST_RECIPIENTS:
            break
    dates = map(sent_at, fields.get("date", ()))
    return Letter(
        next(senders, ""),
        tuple(recipients.values()),
        next((date for date in dates if date), None),
        _identity("".join(fields.get("message-id", ())[:1])),
    )


def _of(values: Sequence[str]) -> Iterator[str]:
    for value in values:
        yield from addresses(value)


def addresses(value: str) -> Iterator[str]:
    """Yield the addresses of a field, in order; `value` is as the email package keeps it.

    Display names, comments and names of groups are passed over, also such as look like an
    address. Where separators are missing or quotes are left open, what can be told is.
    """
    value = unfolded(value[:FIELD_CHARACTERS])
    bare: list[str] = []
    coded = 0
    start = 0
    for token in _TOKEN.finditer(value):
        kind = token.lastgroup
        if kind in ("word", "quoted"):
            if "@" in token[0]:
                bare.append(token[0])
        elif kind == "coded":
            coded += 1
        elif kind == "angle":
            written = token["angle"]
            inside = _ascii(decoded(written) if "=?" in written else written)
            if inside:
                bare.clear()  # the display name
                yield inside
                coded, start = 0, token.end()
        elif kind == "end":
            yield from _bare(bare, value[start : token.start()] if coded else "")
            bare.clear()
            coded, start = 0, token.end()
    yield from _bare(bare, value[start:] if coded else "")


def _bare(words: Sequence[str], coded: str) -> Iterator[str]:
    """Yield the addresses that stand without brackets, or that were encoded with their name."""
    told = [address for address in map(_ascii, words) if address]
    if told or not coded:
        yield from told
        return
    text = decoded(coded)
    if "@" in text and "=?" not in text:
        yield from addresses(text)


def _ascii(written: str) -> str:
    """Return one address with its domain in lower case and IDNA; empty for what is none."""
    if len(written) > ADDRESS_CHARACTERS:
        return ""
    local, _, domain = "".join(written.split()).rpartition("@")
    local = local.rpartition(":")[2].strip("\"'")  # behind mailto:, a group, a route
    domain = domain.strip("\"'[].").lower()
    if not (local and domain):
        return ""
    return f"{local}@{domain if domain.isascii() else _idna(domain)}"


def _idna(domain: str) -> str:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:  # it is still somebody's: told by what it would be
        return ".".join(
            label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
            for label in domain.split(".")
        )


def sent_at(value: str) -> datetime | None:
    """Return the moment that a field Date names, in UTC; None for what is no date of a mail."""
    text = unfolded(value).strip()
    try:
        parts = parsedate_tz(text)
        if parts is None:
            moment = datetime.fromisoformat(text)
            offset = moment.utcoffset() or timedelta()
            moment = moment.replace(tzinfo=None)
        else:
            offset = timedelta(seconds=parts[9] or 0)
            moment = datetime(*parts[:5], min(parts[5], 59))
        if abs(offset) > timedelta(minutes=MINUTES_OF_ZONE):
            offset = timedelta()
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None
        return moment.replace(tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):  # parsedate_tz of broken dates
        return None


def _identity(value: str) -> str:
    text = unfolded(value).strip()
    return text.removeprefix("<").partition(">")[0].strip()[:IDENTITY_CHARACTERS]

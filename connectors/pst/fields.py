"""Make the header fields of an item: those it travelled with, and what they lack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from connectors.pst.entries import listed, one_off
from connectors.pst.form import Broken
from connectors.pst.item import Item, Recipient
from connectors.pst.mime import date, is_address, mailbox
from connectors.pst.names import HEADERS

TRANSPORT = 0x007D
TRANSPORT_CHARACTERS = 4 * 1024**2
SENSITIVITIES = {1: "Personal", 2: "Private", 3: "Company-Confidential"}
_RECEIVED_BY, _ACCOUNT = 0x0040, 0x0E28
_SENT, _DELIVERED, _CREATED = 0x0039, 0x0E06, 0x3007
_FIELD = re.compile(r"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_FOLD = re.compile(r"[\r\n]+(?=[ \t])")
_LINE_END = re.compile(r"[\r\n]+")
_DISPLAYED = {"To": 0x0E04, "Cc": 0x0E03, "Bcc": 0x0E02}
_ADDRESSED = {"to", "cc", "bcc"}
_ROLES = {1: "To", 2: "Cc", 3: "Bcc"}


def fields(item: Item) -> Iterator[tuple[str, str]]:
    """Yield (name, value) of each field, values not yet encoded, but addresses that are made."""
    travelled = list(_travelled(item))
    names = {name.lower() for name, _ in travelled}
    lacking = names & _ADDRESSED - {name.lower() for name, value in travelled if "@" in value}
    yield from travelled
    for name, value in _made(item):
        lower = name.lower()
        if value and (lower not in names or (lower in lacking and "@" in value)):
            yield name, value
    subject = subject_of(item)
    told = next((value for name, value in travelled if name.lower() == "subject"), None)
    if subject and told is not None and not _plain(told).startswith(" ".join(subject.split())):
        yield "X-Outlook-Subject", subject
    if not travelled:
        yield from _named(item, names)


def subject_of(item: Item) -> str:
    """Return the subject, without the two signs that tell how long its "Re: " is."""
    subject = item.body(0x0037)
    return subject[2:] if subject.startswith("\x01") else subject


def _travelled(item: Item) -> Iterator[tuple[str, str]]:
    text = _FOLD.sub("", item.body(TRANSPORT)[:TRANSPORT_CHARACTERS])
    for line in _LINE_END.split(text):
        found = _FIELD.fullmatch(line)
        if found is None:
            if line.strip():
                yield "X-Outlook-Header", line
        elif not found[1].lower().startswith(("content-", "mime-version")):
            yield found[1], found[2]


def _made(item: Item) -> Iterator[tuple[str, str]]:
    author = _person(item, 0x0042, 0x0065, 0x5D02)
    sender = _person(item, 0x0C1A, 0x0C1F, 0x5D01)
    yield "From", author or sender
    if author and sender and sender != author:
        yield "Sender", sender
    yield from _to(item)
    yield "Subject", subject_of(item)
    moment = item.time(_SENT) or item.time(_DELIVERED) or item.time(_CREATED)
    yield "Date", date(moment) if moment > 0 else ""
    yield "Message-ID", item.text(0x1035)
    yield "In-Reply-To", item.text(0x1042)
    yield "References", item.text(0x1039)
    yield "Reply-To", _replies(item)
    yield "Sensitivity", SENSITIVITIES.get(item.integer(0x0036), "")


def _person(item: Item, name: int, address: int, smtp: int) -> str:
    told, known, shown = item.text(smtp), item.text(address), item.text(name)
    if known == "UNKNOWN" and shown == "Unknown":  # what Outlook writes for nobody
        return ""
    if not is_address(told):
        told = known if is_address(known) else _account(item) or known
    return mailbox(shown, told)


def _account(item: Item) -> str:
    """Return the address that a message was sent from, empty for one that was received."""
    if item.has(_RECEIVED_BY) or item.has(TRANSPORT):
        return ""
    account = item.text(_ACCOUNT).rpartition("\x01")[2]
    return account if is_address(account) else ""


def _to(item: Item) -> Iterator[tuple[str, str]]:
    try:
        people = item.recipients()
    except Broken as error:
        item.troubles.append(error)
        people = []
    for role, field in _ROLES.items():
        told = [each for each in map(_entry, people, [role] * len(people)) if each]
        shown = item.text(_DISPLAYED[field])
        if not told and shown:
            told = [mailbox(name.strip(), "") for name in shown.split(";") if name.strip()]
        yield field, ", ".join(told)


def _entry(person: Recipient, role: int) -> str:
    return mailbox(person.name, person.address.strip()) if person.role == role else ""


def _replies(item: Item) -> str:
    found = (one_off(each, item.properties.codepage) for each in listed(item.raw(0x004F)))
    told = [mailbox(each.name, each.address) for each in found if each]
    return ", ".join(told) or mailbox(item.text(0x0050), "")


def _named(item: Item, names: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the fields that a program gave to a message which never travelled."""
    for number in item.properties:
        group, name = item.names.name(number) or (None, "")
        if group == HEADERS and isinstance(name, str) and _FIELD.fullmatch(f"{name}:"):
            lower = name.lower()
            if lower not in names and not lower.startswith(("content-", "mime-version")):
                yield name, item.text(number)


def _plain(value: str) -> str:
    try:
        value = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        pass  # compared as it stands
    return " ".join(value.split())

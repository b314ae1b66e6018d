"""Tell what Outlook shows of an item beside its text, a line each: "Mobile phone: …".

The lines stand in the text of the mail that an item becomes, so a finding's place is the item
itself, and the label stands before the value, where detectors look for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from connectors.pst.entries import one_off
from connectors.pst.form import Broken
from connectors.pst.item import Item
from connectors.pst.names import ADDRESS, COMMON, FIRST, JOURNAL, PUBLIC, TASK, Name
from connectors.pst.properties import EPOCH, MANY, TIME

Label = tuple[int | Name, str]

PERSON: tuple[Label, ...] = (
    (0x3001, "Name"),
    (0x3A45, "Title"),
    (0x3A06, "First name"),
    (0x3A44, "Middle name"),
    (0x3A11, "Last name"),
    (0x3A05, "Generation"),
    (0x3A0A, "Initials"),
    (0x3A4F, "Nickname"),
    (0x3A47, "Preferred name"),
    ((ADDRESS, 0x8005), "File as"),
    (0x3A16, "Company"),
    (0x3A18, "Department"),
    (0x3A17, "Job title"),
    (0x3A46, "Profession"),
    (0x3A19, "Office"),
    (0x3A0D, "Location"),
    (0x3A4E, "Manager"),
    (0x3A30, "Assistant"),
    (0x3A48, "Spouse"),
    (0x3A58, "Children"),
    (0x3A43, "Hobbies"),
    (0x3A0C, "Language"),
    (0x3A07, "Government ID"),
    (0x3A10, "Organizational ID"),
    (0x3A4A, "Customer ID"),
    (0x3A00, "Account"),
    (0x3A09, "Home phone"),
    (0x3A2F, "Home phone 2"),
    (0x3A08, "Business phone"),
    (0x3A1B, "Business phone 2"),
    (0x3A1C, "Mobile phone"),
    (0x3A1F, "Other phone"),
    (0x3A1A, "Primary phone"),
    (0x3A57, "Company phone"),
    (0x3A2E, "Assistant's phone"),
    (0x3A02, "Callback phone"),
    (0x3A1E, "Car phone"),
    (0x3A1D, "Radio phone"),
    (0x3A21, "Pager"),
    (0x3A2D, "ISDN"),
    (0x3A2C, "Telex"),
    (0x3A4B, "TTY phone"),
    (0x3A24, "Business fax"),
    (0x3A25, "Home fax"),
    (0x3A23, "Other fax"),
    ((ADDRESS, 0x8083), "E-mail"),
    ((ADDRESS, 0x8080), "E-mail name"),
    ((ADDRESS, 0x8084), "E-mail as found"),
    ((ADDRESS, 0x8093), "E-mail 2"),
    ((ADDRESS, 0x8090), "E-mail 2 name"),
    ((ADDRESS, 0x8094), "E-mail 2 as found"),
    ((ADDRESS, 0x80A3), "E-mail 3"),
    ((ADDRESS, 0x80A0), "E-mail 3 name"),
    ((ADDRESS, 0x80A4), "E-mail 3 as found"),
    ((ADDRESS, 0x8062), "Instant messaging"),
    (0x3A50, "Personal home page"),
    (0x3A51, "Business home page"),
    ((ADDRESS, 0x802B), "Web page"),
    (0x3A4C, "FTP site"),
    (0x3A49, "Computer network name"),
    (0x3A15, "Postal address"),
    ((ADDRESS, 0x801A), "Home address"),
    ((ADDRESS, 0x801B), "Business address"),
    ((ADDRESS, 0x801C), "Other address"),
    ((ADDRESS, 0x804F), "User field 1"),
    ((ADDRESS, 0x8050), "User field 2"),
    ((ADDRESS, 0x8051), "User field 3"),
    ((ADDRESS, 0x8052), "User field 4"),
    ((ADDRESS, 0x8053), "Distribution list"),
    ((ADDRESS, 0x80D8), "Free/busy"),
)
ADDRESS_PARTS: tuple[tuple[str, tuple[int | Name, ...], int | Name], ...] = (
    ("Home", (0x3A5D, 0x3A5E, 0x3A5B, 0x3A59, 0x3A5C, 0x3A5A), (ADDRESS, 0x801A)),
    (
        "Business",
        tuple((ADDRESS, each) for each in (0x8045, 0x804A, 0x8048, 0x8046, 0x8047, 0x8049)),
        (ADDRESS, 0x801B),
    ),
    ("Business", (0x3A29, 0x3A2B, 0x3A2A, 0x3A27, 0x3A28, 0x3A26), (ADDRESS, 0x801B)),
    ("Other", (0x3A63, 0x3A64, 0x3A61, 0x3A5F, 0x3A62, 0x3A60), (ADDRESS, 0x801C)),
)
"""Street, box, postal code, city, state, country; told where the whole address does not hold it."""
EVERY: tuple[Label, ...] = (
    ((COMMON, 0x8539), "Companies"),
    ((COMMON, 0x853A), "Contacts"),
    ((COMMON, 0x8535), "Billing information"),
    ((COMMON, 0x8534), "Mileage"),
    ((COMMON, 0x8530), "Follow up"),
    ((PUBLIC, "Keywords"), "Categories"),
    ((TASK, 0x811F), "Owner"),
    ((TASK, 0x8121), "Assigned by"),
    ((TASK, 0x8125), "Last delegate"),
    ((JOURNAL, 0x8712), "Entry type"),
    (0x1001, "Report"),
    (0x0C1B, "Report details"),
    (0x0049, "Original subject"),
    (0x0074, "Original recipients"),
    (0x0073, "Original Cc"),
    (0x0072, "Original Bcc"),
    (0x004D, "Original author"),
)
DAYS: tuple[Label, ...] = (
    ((TASK, 0x8104), "Starts"),
    ((TASK, 0x8105), "Due"),
    ((TASK, 0x810F), "Completed"),
    (0x3A41, "Anniversary"),
)
TIMES: tuple[Label, ...] = (((JOURNAL, 0x8706), "Starts"), ((JOURNAL, 0x8708), "Ends"))
BIRTHDAY_LOCAL, BIRTHDAY = (ADDRESS, 0x80DE), 0x3A42
GENDER = 0x3A4D
MEMBERS, ONE_OFF_MEMBERS = (ADDRESS, 0x8055), (ADDRESS, 0x8054)
MAX_MEMBERS = 10_000
_PEOPLE = ("ipm.contact", "ipm.distlist", "ipm.abchperson")
_TECHNICAL = ("http:", "https:", "urn:", "x-", "content-", "_", "dav:", "mapi")


def details(item: Item) -> Iterator[str]:
    """Yield the lines of one item; none for a plain mail."""
    is_person = item.kind.startswith(_PEOPLE)
    if is_person:
        for name, label in PERSON:
            yield from _told(label, item.texts(name))
        for label, parts, whole in ADDRESS_PARTS:
            known = item.text(whole)
            rest = [text for part in parts if (text := item.text(part)) and text not in known]
            yield from _told(f"{label} address", [", ".join(rest)])
        yield from _told("Birthday", [_day(item, BIRTHDAY_LOCAL) or _day(item, BIRTHDAY)])
        yield from _told("Gender", [{1: "female", 2: "male"}.get(item.integer(GENDER), "")])
    for name, label in EVERY:
        yield from _told(label, item.texts(name))
    for name, label in DAYS:
        yield from _told(label, [_day(item, name)])
    for name, label in TIMES:
        yield from _told(label, [item.text(name) if item.time(name) else ""])
    if is_person:
        yield from _members(item)
    yield from _own_fields(item)


def _told(label: str, values: list[str]) -> Iterator[str]:
    if text := ", ".join(dict.fromkeys(filter(None, values))):
        yield f"{label}: {text}"


def _day(item: Item, name: int | Name) -> str:
    """Return a day: what Outlook writes as midnight on somebody's clock, half a day around UTC."""
    value = item.time(name)
    if not value:
        return ""
    return (EPOCH + timedelta(microseconds=value // 1000, hours=12)).strftime("%Y-%m-%d")


def _members(item: Item) -> Iterator[str]:
    codepage = item.properties.codepage
    own = item.many(ONE_OFF_MEMBERS)
    for number, entry in enumerate(item.many(MEMBERS)[:MAX_MEMBERS]):
        known = one_off(own[number], codepage) if number < len(own) else None
        known = known or one_off(entry, codepage)
        if known is None:
            yield from _told("Member", [_contact(item, entry)])
        else:
            yield from _told("Member", [f"{known.name} <{known.address}>"])


def _contact(item: Item, entry: bytes) -> str:
    try:
        other = item.neighbour(entry)
    except Broken as error:
        item.troubles.append(error)
        return ""
    if other is None:
        return ""
    address = other.text((ADDRESS, 0x8083))
    return f"{other.text(0x3001)} <{address}>" if address else other.text(0x3001)


def _own_fields(item: Item) -> Iterator[str]:
    """Yield the fields that somebody added to a form or a folder, by the name they gave them."""
    for number in item.properties:
        if number < FIRST:
            continue
        group, name = item.names.name(number) or (None, 0)
        if group != PUBLIC or not isinstance(name, str) or name == "Keywords":
            continue
        if name.casefold().startswith(_TECHNICAL):
            continue
        label = " ".join(name.split())[:100]
        kind = item.properties.kind(number) & ~MANY
        yield from _told(label, item.texts(number) if kind != TIME or item.time(number) else [])

"""Write an appointment or a meeting as a calendar (iCalendar, RFC 5545): when, where, who."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from connectors.pst.form import Broken
from connectors.pst.item import Item
from connectors.pst.mime import is_address
from connectors.pst.names import APPOINTMENT, COMMON, MEETING, Name
from connectors.pst.properties import EPOCH

NAME = "appointment.ics"
START, END = (APPOINTMENT, 0x820D), (APPOINTMENT, 0x820E)
_KINDS = ("ipm.appointment", "ipm.schedule.meeting", "ipm.ole.class.{00061055-")
_COMMON_START, _COMMON_END = (COMMON, 0x8516), (COMMON, 0x8517)
_TEXTS: tuple[tuple[str, tuple[Name, ...]], ...] = (
    ("LOCATION", ((APPOINTMENT, 0x8208), (MEETING, 0x0002))),
    ("X-RECURRENCE", ((APPOINTMENT, 0x8232),)),
    ("X-TIME-ZONE", ((APPOINTMENT, 0x8234),)),
    ("X-ALL-ATTENDEES", ((APPOINTMENT, 0x8238),)),
    ("X-NOT-INVITED", ((APPOINTMENT, 0x8240),)),
    ("URL", ((APPOINTMENT, 0x8249), (APPOINTMENT, 0x8248))),
)
"""Property of the calendar, and those of Outlook of which the first that is filled is taken."""
_ESCAPED = re.compile(r"[\\;,]")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f";:,]+')


def is_meeting(item: Item) -> bool:
    return item.kind.startswith(_KINDS)


def calendar(item: Item) -> bytes:
    """Return one event in UTC, without its subject and text, which the mail tells itself."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Fodspor//PST//EN", "BEGIN:VEVENT"]
    for name, values in (("DTSTART", (START, _COMMON_START)), ("DTEND", (END, _COMMON_END))):
        if moment := next(filter(None, map(item.time, values)), 0):
            then = EPOCH + timedelta(microseconds=moment // 1000)
            lines.append(f"{name}:{then:%Y%m%dT%H%M%SZ}")
    for name, texts in _TEXTS:
        if text := next(filter(None, map(item.text, texts)), ""):
            lines.append(f"{name}:{text if name == 'URL' else _ESCAPED.sub(_escaped, text)}")
    lines += _people(item)
    lines += ["END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode("utf-8", "replace")


def _people(item: Item) -> Iterator[str]:
    organizer = next(filter(is_address, (item.text(each) for each in (0x5D02, 0x0065))), "")
    name = _UNSAFE.sub(" ", item.text(0x0042)).strip()
    if organizer or name:
        yield _person("ORGANIZER", name, organizer)
    try:
        people = item.recipients()
    except Broken:
        return  # told with the fields To and Cc
    for each in people:
        role = {2: ";ROLE=OPT-PARTICIPANT", 3: ";CUTYPE=RESOURCE"}.get(each.role, "")
        yield _person(f"ATTENDEE{role}", _UNSAFE.sub(" ", each.name).strip(), each.address.strip())


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _person(field: str, name: str, address: str) -> str:
    known = f';CN="{name}"' if name else ""
    return f"{field}{known}:{f'mailto:{address}' if is_address(address) else 'invalid:nomail'}"

"""Read the head of a mail, for every reader of mail: whether it is closed, its letter, its fields.

A head is what the email package keeps of one; a reader of another format makes such a one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import Message

from connectors.archives import IsPrivate
from scanner.extract import Event
from scanner.extract.flow import Blocks, Flow
from scanner.extract.letter import letter_of
from scanner.extract.mail_headers import decoded, is_address_field, told_fields
from scanner.model import Segment

_PRIVATE = ("personal", "private")
_FIELDS = frozenset(("sensitivity", "x-gmail-labels"))


def is_private(message: Message, is_private_folder: IsPrivate) -> bool:
    """Whether a mail is marked private, or bears the label of a private mail folder."""
    for name, value in message.raw_items():
        lower = name.lower()
        if lower not in _FIELDS:
            continue
        text = decoded(str(value)).strip()
        if lower == "sensitivity":
            if text.lower() in _PRIVATE:
                return True
        elif any(is_private_folder(each.strip(' "')) for each in text.split(",")):
            return True
    return False


def head(message: Message) -> Iterator[Event]:
    """Yield the Letter of a mail, then its fields, each at ("header", its name).

    What its address fields hold is marked as such.
    """
    yield letter_of(message)
    flow = Flow()
    for name, text in told_fields(message):
        yield from map(marked, flow.add(("header", name), f"{name}: {text}"))
    yield from map(marked, flow.end())


def marked(segment: Segment) -> Segment:
    """Return a segment of fields with its address fields marked."""
    layout = segment.layout
    if not isinstance(layout, Blocks):
        return segment
    ends = (*layout.starts[1:], len(segment.text))
    return replace(
        segment,
        addresses=tuple(
            (start, end)
            for start, end, place in zip(layout.starts, ends, layout.places, strict=True)
            if is_address_field(place[-1])
        ),
    )

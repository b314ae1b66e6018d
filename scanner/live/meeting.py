"""Find out where a document of the index lies now, as a scan would meet it. Runs in a worker."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from connectors import Document, Excluded, Unreadable
from connectors.addresses import is_remote
from connectors.archives import MESSAGE, Message
from connectors.disk import DiskConnector
from connectors.mailserver import FOLDER, MailConnector
from scanner.extract.mailbox import open_archive
from scanner.live.told import Live, unread
from scanner.mailboxes import archive_type, as_document
from scanner.pipeline import Target
from scanner.tools import Tools


class Known(NamedTuple):
    """What the index knows of a document. `token`: its change token at the last scan."""

    path: bytes
    item: str
    size: int
    token: bytes

    def __repr__(self) -> str:
        return f"Known({self.size} bytes)"


def meet(target: Target, known: Known, tools: Tools, stop_at: float) -> Document | Live:
    """Return the document as it lies there now, or why it is not read. Raises Unreadable."""
    try:
        event = _walked(target, known)
    except Unreadable:
        if target.connector.exists(known.path):  # so is a place that is out of reach
            raise
        event = None
    if event is None:
        return Live("gone")
    if isinstance(event, Excluded):
        return Live("rule", rule=event.rule)
    if isinstance(event, Unreadable):
        return unread(event.reason)
    if event.placeholder:
        return Live("cloud")
    if not known.item or event.item == known.item:
        return event
    if event.type == FOLDER:
        return replace(
            event, item=known.item, size=known.size, version=known.token, folder=(), type=MESSAGE
        )
    return _message(event, known, tools, stop_at)


def _walked(target: Target, known: Known) -> Document | Unreadable | Excluded | None:
    connector = target.connector
    if isinstance(connector, DiskConnector) and not known.item:
        met = connector.meet(known.path)
        if isinstance(met, Unreadable) and not os.path.exists(connector.root):
            return Unreadable(known.path, "offline")  # the place is away, not the document
        return met
    left_out: Excluded | None = None
    for event in connector.walk():
        if isinstance(event, Excluded):
            left_out = left_out or event
        elif event.path == known.path and _fits(event, known):
            return event
        elif _is_past(event.path, known.path):
            break
    alone = isinstance(connector, MailConnector | DiskConnector) or not is_remote(known.path)
    return left_out if alone else None


def _fits(event: Document | Unreadable, known: Known) -> bool:
    """Whether an event is the document, or the archive that it lies in."""
    return isinstance(event, Unreadable) or event.item in ("", known.item)


def _is_past(path: bytes, wanted: bytes) -> bool:
    """Whether a walk has gone down: the files of the folder itself come first."""
    folder = os.path.dirname(wanted)
    return path.startswith(folder + b"/") and os.path.dirname(path) != folder


def _message(archive: Document, known: Known, tools: Tools, stop_at: float) -> Document | Live:
    """Go through an archive as it is now until the message comes."""
    ordinals: Counter[str] = Counter()
    name = os.fsdecode(os.path.basename(archive.path))
    with tools.open(archive) as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        type_ = archive_type(stream, name, size)
        if type_ is None:
            return Live("gone")
        held = open_archive(type_, stream, tools.seal.hasher, archive.connector.is_private)
        try:
            for event in held.messages():
                if time.monotonic() > stop_at:
                    return unread("timeout")
                if not isinstance(event, Message):
                    continue
                key = event.item or tools.seal.message_key(event.name).hex()
                found = as_document(archive, event, key, ordinals[key], type_)
                ordinals[key] += 1
                if found.item == known.item:
                    return found
        finally:
            held.close()
    return Live("gone")

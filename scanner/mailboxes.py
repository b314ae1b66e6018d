"""List mail archives and open their messages, in a worker. Records nothing, reads no message."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, cast

from connectors import Document, Excluded, Unreadable
from connectors.archives import Archive, Damaged, Kept, Listed, Mark, Message
from connectors.mailserver import FOLDER, SPOOL_BYTES, Mailbox, MailConnector
from scanner.extract.kind import type_of
from scanner.extract.mailbox import ARCHIVES, open_archive
from scanner.extract.readers import BY_TYPE
from scanner.model import Listing, Outcome, Problem, add_problem
from scanner.privacy import Seal

ENOUGH_MESSAGES = 2_000
ENOUGH_SECONDS = 5.0
"""A listing ends at the first Mark after so much, so that its messages can be read meanwhile."""
_BEGINNINGS = (b"From ", b">From ", b"!BDN")
_SPACE = b"\r\n \t\xef\xbb\xbf"


def archive_type(stream: BinaryIO, name: str, size: int) -> str | None:
    """Return the type of a mail archive, None for all else; the stream is left at its start."""
    head = stream.read(64)
    stream.seek(0)
    if not head.lstrip(_SPACE).startswith(_BEGINNINGS):
        return None
    found = type_of(stream, name, size)
    return found if found in ARCHIVES else None


def list_messages(
    document: Document, stream: BinaryIO, type_: str, seal: Seal, stop_at: float
) -> Outcome:
    """List a piece of an archive, from where `document.state` says.

    `stop_at`: the time (monotonic) after which the next Mark ends the piece. Raises what the
    archive raises.
    """
    archive = open_archive(type_, stream, seal.hasher, document.connector.is_private)
    try:
        events = archive.messages(document.state)
        return listed(document, type_, BY_TYPE[type_].label, events, seal, stop_at)
    finally:
        archive.close()


def listed(
    document: Document,
    type_: str,
    reader: str,
    events: Iterator[Listed],
    seal: Seal,
    stop_at: float,
) -> Outcome:
    """Make a piece of a listing of what an archive or the folder of a mail server yields."""
    stop_at = min(stop_at, time.monotonic() + ENOUGH_SECONDS)
    messages: list[Message] = []
    excluded: Counter[str] = Counter()
    excluded_bytes: Counter[str] = Counter()
    problems: list[Problem] = []
    kept, enough, state = False, False, b""
    gone: tuple[str, ...] = ()
    for event in events:
        if enough:
            break
        match event:
            case Message():
                name = b"" if event.item else seal.message_key(event.name)
                messages.append(replace(event, name=name))
            case Excluded():
                excluded[event.rule] += event.count
                excluded_bytes[event.rule] += event.size
            case Damaged():
                add_problem(problems, Problem(event.folder, event.reason))
            case Kept():
                kept, gone = True, event.gone
            case Mark():
                state = event.state
                enough = len(messages) >= ENOUGH_MESSAGES or time.monotonic() > stop_at
    else:
        enough = False  # nothing lies behind the last Mark
    return Outcome(
        document,
        "partial" if problems else "read",
        listing=Listing(type_, reader, tuple(messages), tuple(problems), kept, enough, state, gone),
        excluded=tuple(Excluded(r, n, excluded_bytes[r]) for r, n in sorted(excluded.items())),
    )


def as_document(
    archive: Document, message: Message, name: str, ordinal: int, type_: str
) -> Document:
    """Return a message of an archive as a document; `ordinal` among those of the same `name`."""
    return replace(
        archive,
        item=f"{name}-{ordinal}" if ordinal else name,
        size=message.size,
        modified_ns=message.modified_ns or archive.modified_ns,
        version=message.version,
        file_id=b"",
        links=1,
        locator=message.locator,
        folder=message.folder,
        type=type_,
        state=b"",
    )


class OpenArchive:
    """Keeps the archive open that messages were last taken from. One per process."""

    def __init__(self, seal: Seal, opened: Callable[[Document], BinaryIO]) -> None:
        self._seal = seal
        self._opened = opened
        self._key: tuple[bytes, str] | None = None
        self._stream: BinaryIO | None = None
        self._archive: Archive | None = None

    def message(self, document: Document) -> BinaryIO:
        """Open a message of an archive, as MIME. Raises Unreadable."""
        key = (document.path, document.type)
        if self._archive is None or key != self._key:
            self.close()
            whole = replace(document, item="", locator=b"")
            self._stream = self._opened(whole)
            self._archive = open_archive(
                document.type, self._stream, self._seal.hasher, document.connector.is_private
            )
            self._key = key
        try:
            return self._archive.open(document.locator)
        except Unreadable as error:
            raise Unreadable(document.path, error.reason) from None

    def close(self) -> None:
        """Let go of the archive: no file of a user stays open between batches."""
        if self._archive is not None:
            self._archive.close()
        if self._stream is not None:
            self._stream.close()
        self._archive = self._stream = self._key = None


class OpenMailbox:
    """Keeps the connection to the mail server that was used last. One per process."""

    def __init__(self, seal: Seal, folder: str | None) -> None:
        self._seal = seal
        self._temporary = folder
        self._connector: MailConnector | None = None
        self._mailbox: Mailbox | None = None

    def listed(self, document: Document, stop_at: float) -> Outcome:
        """List a piece of a folder, from where `document.state` says. Raises Unreadable."""
        mailbox = self._of(document)
        limit = cast(MailConnector, document.connector).excludes.max_size
        events = mailbox.messages(document.locator, document.state, document.again, limit)
        return listed(document, FOLDER, "", events, self._seal, stop_at)

    def message(self, document: Document) -> BinaryIO:
        """Open a message, as MIME. Raises Unreadable."""
        return self._of(document).open(document.locator, document.item, document.size)

    def expect(self, batch: Sequence[Document]) -> None:
        """Tell the server's connector which messages will be opened next."""
        messages = [each for each in batch if each.item and is_on_server(each)]
        if messages:
            wanted = [(each.locator, each.item, each.size) for each in messages]
            self._of(messages[0]).expect(wanted)

    def close(self) -> None:
        """Say goodbye to the server: at the end of a place's scan, and of a process."""
        if self._mailbox is not None:
            self._mailbox.close()
        self._mailbox = self._connector = None

    def _of(self, document: Document) -> Mailbox:
        connector = cast(MailConnector, document.connector)
        if self._mailbox is None or connector != self._connector:
            self.close()
            self._mailbox = connector.account.connect(self._seal.identity_hasher, self._spooled)
            self._connector = connector
        return self._mailbox

    def _spooled(self) -> BinaryIO:
        spooled = tempfile.SpooledTemporaryFile(  # noqa: SIM115  (whoever reads it closes it)
            SPOOL_BYTES, dir=self._temporary
        )
        return cast(BinaryIO, spooled)


def is_on_server(document: Document) -> bool:
    """Whether a document is a folder or a message of a mail server."""
    return isinstance(document.connector, MailConnector)

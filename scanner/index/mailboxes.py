"""Follow the mail archives of one run: which of their messages must be read, and when each is done.

An archive counts as listed only when every message that it was found to hold has its outcome, so
that a killed run lists it again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from connectors import Document, Excluded
from connectors.archives import Message
from scanner.model import Listing, Outcome, Problem

if TYPE_CHECKING:
    from scanner.index.run import PlaceRun, Row

MAX_PROBLEMS = 200


@dataclass(slots=True)
class _Archive:
    """One archive under way. `waiting`: messages and pieces that have no outcome yet."""

    document: Document
    waiting: int = 1
    kept: bool = False
    ended: bool = False
    failed: bool = False
    items: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    withheld: Counter[str] = field(default_factory=Counter)
    withheld_bytes: Counter[str] = field(default_factory=Counter)
    last: Outcome | None = None


class Mailboxes:
    """Part of a PlaceRun. Runs in the coordinator."""

    def __init__(self, run: PlaceRun) -> None:
        self._run = run
        self._open: dict[bytes, _Archive] = {}
        self._unfinished: set[bytes] = set()

    def keeps(self, path: bytes) -> bool:
        """Whether the messages at `path` stay open: their archive could not be listed whole."""
        return path in self._unfinished or path in self._open

    def unchanged(self, archive: Row) -> bool:
        """Count the messages of an archive that holds, if all of theirs hold too; else False."""
        if not all(map(self._run.stands, self._run.messages(archive.id))):
            return False
        for row in self._run.messages(archive.id):
            self._run.count_unchanged(row, 0)
        withheld = self._stored(archive.id, "withheld") or "[]"
        self._run.count_excluded(Excluded(*each) for each in json.loads(withheld))
        return True

    def to_list(self, document: Document, archive: Row | None) -> Document:
        """Return the archive as it is to be listed: on from its last listing where that will do."""
        state = b""
        if archive is not None and all(map(self._run.stands, self._run.messages(archive.id))):
            state = self._stored(archive.id, "listing") or b""
        return replace(document, locator=state)

    def listed(self, outcome: Outcome) -> Iterator[Document]:
        """Take one piece of a listing; yield the messages to read, then the next piece."""
        listing, document = outcome.listing, outcome.document
        assert listing is not None
        archive = self._open.get(document.path)
        if archive is None:
            archive = self._open[document.path] = _Archive(document)
        self._run.count_excluded(outcome.excluded)
        for each in outcome.excluded:
            archive.withheld[each.rule] += each.count
            archive.withheld_bytes[each.rule] += each.size
        archive.problems += listing.problems[: MAX_PROBLEMS - len(archive.problems)]
        archive.last = outcome
        if listing.kept:
            self._keep(archive)
        for message in listing.messages:
            found = self._message(archive, message, listing)
            if self._run.must_read(found):
                archive.waiting += 1
                yield found
        if listing.more:
            yield replace(archive.document, locator=listing.state)
        else:
            archive.ended = True
            self._done(archive)

    def read(self, outcome: Outcome) -> None:
        """Take note of a message's outcome."""
        archive = self._open.get(outcome.document.path)
        if archive is not None and outcome.document.item:
            self._done(archive)

    def failed(self, document: Document) -> None:
        """Take note that an archive could not be listed, or no further."""
        self._unfinished.add(document.path)
        self._open.pop(document.path, None)

    def _done(self, archive: _Archive) -> None:
        archive.waiting -= 1
        if archive.waiting or not archive.ended or archive.last is None:
            return
        listing = archive.last.listing
        assert listing is not None
        problems = tuple(archive.problems)
        whole = replace(
            archive.last,
            document=replace(archive.document, locator=b""),
            status="partial" if problems else "read",
            listing=replace(listing, messages=(), problems=problems),
            excluded=tuple(
                Excluded(rule, count, archive.withheld_bytes[rule])
                for rule, count in sorted(archive.withheld.items())
            ),
        )
        del self._open[archive.document.path]
        if problems:
            self._unfinished.add(archive.document.path)
        self._run.record(whole)

    def _keep(self, archive: _Archive) -> None:
        """Count all messages that the index holds of the archive: nothing changed in them."""
        archive.kept = True
        row = self._run.row(archive.document)
        if row is not None:
            for message in self._run.messages(row.id):
                self._run.count_unchanged(message, 0)

    def _message(self, archive: _Archive, message: Message, listing: Listing) -> Document:
        name = message.name.hex()
        if archive.kept and name not in archive.items:
            archive.items[name] = self._held(archive, name)
        ordinal = archive.items[name]
        archive.items[name] += 1
        return replace(
            archive.document,
            item=f"{name}-{ordinal}" if ordinal else name,
            size=message.size,
            modified_ns=message.modified_ns or archive.document.modified_ns,
            version=message.version,
            file_id=b"",
            links=1,
            locator=message.locator,
            folder=message.folder,
            type=listing.type,
        )

    def _held(self, archive: _Archive, name: str) -> int:
        """Return how many messages of one name the index holds open in an archive."""
        key = self._run.tools.seal.path_key(archive.document.path)
        (count,) = self._run.index.connection.execute(
            "SELECT count(*) FROM document WHERE device=? AND path_key=? AND gone_run IS NULL"
            " AND (item=? OR (item>? AND item<?))",
            (self._run.recorder.device, key, name, f"{name}-", f"{name}."),
        ).fetchone()
        return int(count)

    def _stored(self, archive: int, column: Literal["listing", "withheld"]) -> Any:
        return self._run.index.connection.execute(
            f"SELECT {column} FROM document WHERE id=?", (archive,)
        ).fetchone()[0]

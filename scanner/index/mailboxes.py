"""Follow the mail archives of one run: which of their messages must be read, and when each is done.

An archive counts as listed only when every message that it was found to hold has its outcome, so
that a killed run lists it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connectors import Document, Excluded
from connectors.archives import Message
from connectors.mailserver import FOLDER, MailConnector
from scanner.index.twins import Twins
from scanner.mailboxes import as_document
from scanner.model import Listing, Outcome, Problem, add_problem

if TYPE_CHECKING:
    from scanner.index.rows import Row
    from scanner.index.run import PlaceRun

MAX_AGAIN = 2_000
"""Messages of a mail server's folder that are looked at again one by one; beyond, all are."""


@dataclass(slots=True)
class _Archive:
    """One archive under way. `waiting`: messages and pieces that have no outcome yet.

    `changed`: a message in it is to be read.
    """

    document: Document
    waiting: int = 1
    kept: bool = False
    changed: bool = False
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
        self._twins = Twins(run)

    def keeps(self, path: bytes) -> bool:
        """Whether the messages at `path` stay open: their archive could not be listed whole."""
        return path in self._unfinished or path in self._open

    def unchanged(self, archive: Row) -> bool:
        """Count the messages of an archive that holds, if all of theirs hold too; else False."""
        if not all(map(self._run.stands, self._run.rows.messages(archive.id))):
            return False
        for row in self._run.rows.messages(archive.id):
            self._count(row, on_server=not archive.size)
        return True

    def to_list(self, document: Document, archive: Row | None) -> Document:
        """Return the archive as it is to be listed: on from its last listing where that will do."""
        if archive is None:
            return document
        again: list[str] = []
        for row in self._run.rows.messages(archive.id):
            if not self._run.stands(row):
                again.append(row.item)
                if document.type != FOLDER or len(again) > MAX_AGAIN:
                    return document
        return replace(document, state=self._run.rows.listing(archive.id), again=tuple(again))

    def listed(self, outcome: Outcome) -> Iterator[Document]:
        """Take one piece of a listing; yield the messages to read, then the next piece."""
        listing, document = outcome.listing, outcome.document
        assert listing is not None
        archive = self._open.get(document.path)
        if archive is None:
            archive = self._open[document.path] = _Archive(document)
        self._run.count_excluded(outcome.excluded)
        self._withhold(archive, outcome.excluded)
        for problem in listing.problems:
            add_problem(archive.problems, problem)
        archive.last = outcome
        if listing.kept:
            self._keep(archive, frozenset(listing.gone))
        for message in listing.messages:
            found = self._message(archive, message, listing)
            if listing.type == FOLDER:
                self._run.counts.bytes_met += found.size
            if self._run.must_read(found):
                if not archive.changed:
                    archive.changed = True
                    self._forget(document)
                archive.waiting += 1
                if listing.type != FOLDER or not self._twins.waits(found):
                    yield found
        if listing.more:
            yield replace(archive.document, state=listing.state, again=())
        else:
            archive.ended = True
            self._done(archive)

    def read(self, outcome: Outcome) -> Iterator[Document]:
        """Take note of a message's outcome; yield those that it was to stand for and cannot."""
        if not outcome.document.item:
            return
        archive = self._open.get(outcome.document.path)
        if archive is not None and outcome.is_excluded:  # what told so lay in the message
            self._withhold(archive, outcome.excluded)
        self._message_done(outcome.document)
        for twin in self._twins.after(outcome):
            if isinstance(twin, Outcome):
                self._run.record(twin)
                self._message_done(twin.document)
            else:
                yield twin

    def settle(self) -> None:
        """End a whole walk: messages that the index knew under another name get what it holds."""
        for document in self._twins.settle():
            self._message_done(document)

    def _message_done(self, document: Document) -> None:
        archive = self._open.get(document.path)
        if archive is not None:
            self._done(archive)

    def failed(self, document: Document) -> None:
        """Take note that an archive could not be listed, or no further."""
        self._unfinished.add(document.path)
        self._open.pop(document.path, None)

    @staticmethod
    def _withhold(archive: _Archive, excluded: Iterable[Excluded]) -> None:
        for each in excluded:
            archive.withheld[each.rule] += each.count
            archive.withheld_bytes[each.rule] += each.size

    def _forget(self, document: Document) -> None:
        """Let go of the last listing before a message is recorded that it did not meet.

        Else a run that ends before the archive is done would have the next one count that message
        among those that were there, and meet it once more behind them.
        """
        row = self._run.row(document)
        if row is not None:
            self._run.recorder.unlist(row.id)

    def _done(self, archive: _Archive) -> None:
        archive.waiting -= 1
        if archive.waiting or not archive.ended or archive.last is None:
            return
        listing = archive.last.listing
        assert listing is not None
        problems = tuple(archive.problems)
        whole = replace(
            archive.last,
            document=replace(archive.document, state=b"", again=()),
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

    def _keep(self, archive: _Archive, gone: frozenset[str]) -> None:
        """Count the messages that the index holds of the archive: nothing changed in them.

        Not those that are gone, nor those that are listed again.
        """
        archive.kept = True
        row = self._run.row(archive.document)
        if row is not None:
            for message in self._run.rows.messages(row.id):
                if message.item not in gone and self._run.stands(message):
                    self._count(message, on_server=archive.document.type == FOLDER)

    def _count(self, message: Row, *, on_server: bool) -> None:
        """Count a message that holds: in a file its bytes are the file's."""
        size = message.size if on_server else 0
        self._run.counts.bytes_met += size
        self._run.count_unchanged(message, size)

    def _message(self, archive: _Archive, message: Message, listing: Listing) -> Document:
        if message.item:
            return MailConnector.message(archive.document, message)
        name = message.name.hex()
        if archive.kept and name not in archive.items:
            key = self._run.tools.seal.path_key(archive.document.path)
            archive.items[name] = self._run.rows.next_ordinal(key, name)
        ordinal = archive.items[name]
        archive.items[name] += 1
        return as_document(archive.document, message, name, ordinal, listing.type)

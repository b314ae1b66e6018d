"""One walk of one place against the index: what is stale, what moved, what is gone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from connectors import Document, Excluded, Unreadable
from connectors.counting import AT_LEAST
from connectors.employees import Employees
from connectors.mailserver import FOLDER
from scanner.extract.mailbox import ARCHIVES
from scanner.index.beginning import begin, place_of
from scanner.index.closing import Seen, Unlisted, is_below
from scanner.index.counts import Counts
from scanner.index.gone_below import gone_below
from scanner.index.looked_for import settle
from scanner.index.mailboxes import Mailboxes
from scanner.index.record import Recorder
from scanner.index.rejudge import disown
from scanner.index.rows import OpenRow, Row, Rows
from scanner.index.store import Index, now
from scanner.kontrolfil import Control
from scanner.mailboxes import is_on_server
from scanner.model import Outcome
from scanner.names import unsealed_path
from scanner.recipe import EVERY_RUN
from scanner.touched import Touched

if TYPE_CHECKING:
    from scanner.tools import Tools


class PlaceRun:
    """A run over one place: `stale` filters a walk, `record` stores outcomes, `finish` closes it.

    Runs in the coordinator, holding the only writing connection. `below` limits the run to one
    folder of the place; nothing outside it is closed. `watch`: other runs may be under way, and
    one that changed nothing leaves no trace; `touched` limits it to what watch mode saw happen.
    """

    def __init__(
        self,
        index: Index,
        tools: Tools,
        *,
        device: str,
        place: str,
        root: bytes,
        below: bytes | None = None,
        full: bool = False,
        employees: Employees | None = None,
        control: bytes | None = None,
        touched: Touched | None = None,
        watch: bool = False,
    ) -> None:
        self.index = index
        self.tools = tools
        self.full = full
        self.below = below
        self._root = root
        self._touched = touched
        self._watch = watch
        self.place_id = place_of(index, tools, device, place, root)
        with index.transaction() as connection:
            settle(connection, tools, self.place_id)
        self.number, self.id, expected = begin(index, self.place_id, tools, below, watch=watch)
        self.counts = Counts(expected=expected)
        self.mailboxes = Mailboxes(self)
        self.recorder = Recorder(index, tools, self.place_id, self.id, self.number, employees)
        self.rows = Rows(index, self.recorder.device)
        self._seen = Seen(self._last_id())
        self._links: dict[bytes, int | None] = {}
        self._linked: list[tuple[Document, bytes]] = []
        self._archives: set[bytes] = {b""}
        """File ids of archives with several hard links: each of those is listed by itself."""
        kinds = {kind for each in tools.detectors for kind in each.kinds}
        whole = touched is None and not watch  # watch mode reads what was saved, and judges nothing
        inside = whole and control is not None and (below is None or is_below(control, below))
        self._control = Control(tools.seal, device, kinds, control if inside else None)
        self._unlisted = Unlisted()
        self._listing: set[bytes] = set()

    def _last_id(self) -> int:
        row = self.index.connection.execute("SELECT max(id) FROM document").fetchone()
        return int(row[0] or 0)

    def stale(self, walk: Iterable[Document | Unreadable | Excluded]) -> Iterator[Document]:
        """Yield the documents that must be read; record by itself what needs no reading.

        An unchanged document costs one look-up. A second hard link of a file is not yielded:
        `finish` gives it the content of the first.
        """
        for event in walk:
            match event:
                case Excluded():
                    self.count_excluded((event,))
                case Unreadable():
                    self._unreadable(event)
                case Document():
                    self.counts.bytes_met += event.size
                    if self.must_read(event):
                        self._lists(event, event.type == FOLDER)
                        yield self._as_read(event)

    def _unreadable(self, event: Unreadable) -> None:
        self._unlisted.add(event)
        if event.folder:
            self.counts.folders[event.reason] += 1
        else:
            self.counts.met += 1
            self.counts.statuses["unread"] += 1
            self.counts.reasons[event.reason] += 1
        self._seen.add(self.recorder.unreadable(event))

    def count_excluded(self, excluded: Iterable[Excluded]) -> None:
        for each in excluded:
            if each.count or each.rule.endswith(AT_LEAST):  # an empty folder leaves nothing out
                self.counts.excluded[each.rule] += each.count
                self.counts.excluded_bytes[each.rule] += each.size

    def is_missing(self, number: int, path: bytes) -> bool:
        """Whether a message was not met in a folder that was listed: a walk's end closes it."""
        if number in self._seen or self.mailboxes.keeps(path):
            return False
        if self.below and not is_below(path, self.below):
            return False
        return not self._unlisted.hides(path, is_message=True)

    def count_unchanged(self, row: Row, size: int, *, met: bool = True) -> None:
        """Count a document of `size` bytes whose earlier result stands, and what it withholds."""
        self._seen.add(row.id)
        if row.place != self.place_id:
            self.recorder.adopt(row.id)
        self.counts.met += met
        self.counts.unchanged += 1
        self.count_excluded(row.excluded)
        self._count(size, row.status, row.reasons, row.risk)

    def _as_read(self, document: Document) -> Document:
        """Return a document as a worker gets it: an archive says what is known of it."""
        if document.item:
            return document
        row = self.row(document)
        return self.mailboxes.to_list(document, row) if row and row.is_archive else document

    def must_read(self, document: Document) -> bool:
        """Whether a document that was met must be read; if not, it is counted and recorded here."""
        self.counts.met += 1
        if self._control.is_at(document.path, document.item) and not document.placeholder:
            return True  # it is read in every run: that is what it is for
        row = self.row(document) or self._moved(document)
        if (
            row is not None
            and self._holds(row, document)
            and (not row.is_archive or self.mailboxes.unchanged(row))
        ):
            if document.item:
                self.recorder.refile(row.id, document, row.mail_folder)
            risk = self.recorder.reown(row, document)
            self.count_unchanged(row._replace(risk=risk), _bytes(document), met=False)
            return False
        if document.placeholder:
            self.record(Outcome(document, "placeholder"))
            return False
        if document.links > 1 and document.file_id not in self._archives:
            if document.file_id in self._links:
                self._linked.append((document, document.file_id))
                return False
            self._links[document.file_id] = None
        return True

    def row(self, document: Document) -> Row | None:
        """Return the row of a document, if there is one; its place is this run's from now on."""
        row = self.rows.of(self.tools.seal.path_key(document.path), document.item)
        if row is not None and row.place != self.place_id:
            self.recorder.adopt(row.id)
        return row

    def _holds(self, row: Row, document: Document) -> bool:
        if row.token != document.version:
            return False
        if row.status == "placeholder":
            return document.placeholder and not self.full
        return self.stands(row)

    def stands(self, row: Row) -> bool:
        """Whether the result of a document that did not change stands today."""
        if self.full or row.status == "gone":
            return False
        if row.reasons & EVERY_RUN:
            return False
        if row.retry_run and self.number >= row.retry_run:
            return False
        return self.tools.freshness.holds(row.detectors, row.readers, row.mend)

    def _moved(self, document: Document) -> Row | None:
        """Find the row of the file that lay elsewhere until now, and give it its new path.

        A message of a Maildir is given a new name where a server moves it (Dovecot).
        """
        if not document.file_id:
            return None
        if document.item and (document.links > 1 or is_on_server(document)):
            return None  # a message in two mail folders, or told from its copies at the end
        candidates = self.index.connection.execute(
            "SELECT id, path FROM document WHERE place=? AND file_id=? AND size=?"
            " AND modified_ns=? AND gone_run IS NULL AND (item<>'')=?",
            (
                self.place_id,
                document.file_id,
                document.size,
                document.modified_ns,
                bool(document.item),
            ),
        ).fetchall()
        for number, stored in candidates:
            old = unsealed_path(stored, self.tools.seal)
            if number in self._seen:
                continue
            if not document.item and document.connector.exists(old):
                continue
            self.recorder.move(number, stored, document)
            self.counts.moved += 1
            return self.row(document)
        return None

    def take(self, outcome: Outcome) -> Iterator[Document]:
        """Store one outcome; yield what must be read because of it: the messages of an archive."""
        if outcome.listing is not None:
            self._lists(outcome.document, outcome.listing.more)
            yield from self.mailboxes.listed(outcome)
            if outcome.document.links > 1 and outcome.document.file_id not in self._archives:
                yield from self._other_links(outcome.document.file_id)
            return
        document = outcome.document
        self._lists(document, False)
        if not document.item and (outcome.problem is not None or outcome.status == "placeholder"):
            self.mailboxes.failed(document)
        control = self._control.take(outcome)
        if control is not None:
            outcome = Outcome(document, "read", excluded=(control,))
        self.count_excluded(outcome.excluded)
        if outcome.is_excluded:
            self.counts.met -= 1
            self.counts.bytes_met -= _bytes(document)
        else:
            self.record(outcome)
        yield from self.mailboxes.read(outcome)

    def _lists(self, archive: Document, goes_on: bool) -> None:
        """Take note that an archive is being listed, or no longer. Messages are none."""
        if not archive.item:
            (self._listing.add if goes_on else self._listing.discard)(archive.path)
            self.counts.listing = len(self._listing)

    def _other_links(self, archive: bytes) -> Iterator[Document]:
        self._archives.add(archive)
        others = [document for document, file_id in self._linked if file_id == archive]
        self._linked = [each for each in self._linked if each[1] != archive]
        for document in others:
            yield self._as_read(document)

    def record(self, outcome: Outcome) -> None:
        """Store one outcome; the newest state of its document from now on."""
        number, status, reasons = self.recorder.record(outcome)
        self._seen.add(number)
        if outcome.document.links > 1 and outcome.document.file_id:
            self._links[outcome.document.file_id] = number
        (risk,) = self.index.connection.execute(
            "SELECT risk FROM document WHERE id=?", (number,)
        ).fetchone()
        self._count(_bytes(outcome.document), status, reasons, risk)

    def _count(self, size: int, status: str, reasons: Iterable[str], risk: float | None) -> None:
        self.counts.statuses[status] += 1
        self.counts.reasons.update(reasons)
        self.counts.bytes_done += size
        self.counts.with_findings += bool(risk)

    def finish(self, status: str) -> str:
        """End the run: hard links get their content, and after a whole walk unseen ones are gone.

        `status`: done, interrupted, failed or offline; only "done" closes anything. Returns it, or
        "offline" for a place that held documents and now yields nothing at all: a disk that is
        not mounted looks like that. A run with `full` takes such a place for empty.
        """
        self.counts.kontrolfil = self._control.ended(whole=status == "done")
        if status == "done" and self._suddenly_empty():
            status = "offline"
            self.counts.folders["offline"] += 1
        for document, file_id in self._linked:
            first = self._links.get(file_id)
            if first is not None:
                self.record(self.recorder.like(document, first))
        if status == "done" and self._touched is not None:
            self.mailboxes.settle()
            for row in gone_below(self.rows, self.tools, self.place_id, self._touched):
                self._close(row)
        elif status == "done":
            self.mailboxes.settle()
            self._close_unseen()
            if not self._watch:
                self.recorder.totals()
        self.recorder.commit()
        counts = self.counts.as_dict()
        with self.index.transaction() as connection:
            disown(self.index, self.tools.judging)
            if self._watch and not self.counts.changed:
                connection.execute("DELETE FROM run WHERE id=?", (self.id,))
                return status
            connection.execute(
                "UPDATE run SET ended=?, status=?, counts=? WHERE id=?",
                (now(), status, json.dumps(counts), self.id),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO excluded VALUES (?,?,?,?)",
                [
                    (self.id, rule, count, self.counts.excluded_bytes[rule])
                    for rule, count in self.counts.excluded.items()
                ],
            )
        return status

    def _suddenly_empty(self) -> bool:
        counts = self.counts
        if (
            self.full
            or self.below
            or (self._touched is not None and self._root not in self._touched.whole)
            or counts.met
            or counts.folders
            or counts.excluded
        ):
            return False
        return any(not row.folder for row in self.rows.open_in(self.place_id))

    def _close_unseen(self) -> None:
        meanwhile = self.rows.recorded_since(self.place_id, self.id)
        for row in self.rows.open_in(self.place_id):
            if row.id in self._seen or row.id in meanwhile:
                continue
            path = unsealed_path(row.path, self.tools.seal)
            is_message = bool(row.item)
            if is_message and self.mailboxes.keeps(path):
                continue
            if self.below and not is_below(path, self.below):
                continue
            if self._unlisted.hides(path, is_message=is_message):
                continue
            self.recorder.gone(row.id)
            self.counts.gone += not row.folder

    def _close(self, row: OpenRow) -> None:
        """Close what is not where watch mode saw something happen."""
        path = unsealed_path(row.path, self.tools.seal)
        if row.id in self._seen or (row.item and self.mailboxes.keeps(path)):
            return
        if not self._unlisted.hides(path, is_message=bool(row.item)):
            self.recorder.gone(row.id)
            self.counts.gone += not row.folder


def _bytes(document: Document) -> int:
    """Return the bytes that a document adds to its place: a message lies in its archive's."""
    return 0 if document.item and document.type in ARCHIVES else document.size

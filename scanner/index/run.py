"""One walk of one place against the index: what is stale, what moved, what is gone."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from connectors import Document, Excluded, Unreadable
from scanner.extract.mailbox import ARCHIVES
from scanner.index.mailboxes import Mailboxes
from scanner.index.record import Recorder
from scanner.index.rejudge import disown
from scanner.index.store import Index, now
from scanner.model import Outcome
from scanner.names import display, unsealed_path
from scanner.recipe import EVERY_RUN
from scanner.tools import Tools


class Row(NamedTuple):
    """What `stale` needs of a document's row."""

    id: int
    token: bytes
    status: str
    detectors: str
    readers: str
    mend: str
    retry_run: int
    place: int
    risk: float
    is_archive: bool = False

    @property
    def reasons(self) -> set[str]:
        """Every reason why something of the document was not read."""
        problems = {entry.rpartition("=")[0] for entry in self.mend.split("|") if entry}
        return {problem.partition(":")[0] for problem in problems}


PAGE = 10_000
"""Rows held at once while a million documents are gone through."""

COLUMNS = "id, token, status, detectors, readers, mend, retry_run, place, risk"


@dataclass(slots=True)
class Counts:
    """What one run met. Every document that is met and done counts in one of `statuses`.

    `unchanged` documents are among them: what was read earlier still holds. `reasons` counts the
    documents that have each reason, so that one can count in several. `folders` are those that
    could not be listed, by reason; they are no documents. `with_findings` are documents.
    `expected` is how many the last whole run met, 0 without one; `walked`: all have been met.
    """

    met: int = 0
    bytes_met: int = 0
    bytes_done: int = 0
    unchanged: int = 0
    moved: int = 0
    gone: int = 0
    with_findings: int = 0
    expected: int = 0
    walked: bool = False
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    folders: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    excluded_bytes: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """How many documents have their outcome; the rest of `met` is under way or was left."""
        return sum(self.statuses.values())

    def as_dict(self) -> dict[str, object]:
        return {
            "met": self.met,
            "bytes_met": self.bytes_met,
            "unfinished": self.met - self.done,
            "unchanged": self.unchanged,
            "moved": self.moved,
            "gone": self.gone,
            "with_findings": self.with_findings,
            "statuses": dict(self.statuses),
            "reasons": dict(self.reasons),
            "folders": dict(self.folders),
            "excluded": dict(self.excluded),
            "excluded_bytes": dict(self.excluded_bytes),
        }


class PlaceRun:
    """A run over one place: `stale` filters a walk, `record` stores outcomes, `finish` closes it.

    Runs in the coordinator, holding the only writing connection. `below` limits the run to one
    folder of the place; nothing outside it is closed.
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
    ) -> None:
        self.index = index
        self.tools = tools
        self.full = full
        self.below = below
        self.place_id = _place(index, tools, device, place, root)
        self.number, self.id, expected = _begin(index, self.place_id, tools, below)
        self.counts = Counts(expected=expected)
        self.mailboxes = Mailboxes(self)
        self.recorder = Recorder(index, tools, self.place_id, self.id, self.number)
        self._seen = bytearray(self._last_id() // 8 + 4096)
        self._links: dict[bytes, int | None] = {}
        self._linked: list[tuple[Document, bytes]] = []
        self._archives: set[bytes] = {b""}
        """File ids of archives with several hard links: each of those is listed by itself."""
        self._unlisted: list[bytes] = []

    def _last_id(self) -> int:
        row = self.index.connection.execute("SELECT max(id) FROM document").fetchone()
        return int(row[0] or 0)

    def _see(self, number: int) -> None:
        byte = number >> 3
        if byte >= len(self._seen):
            self._seen.extend(bytes(byte - len(self._seen) + 65_536))
        self._seen[byte] |= 1 << (number & 7)

    def _was_seen(self, number: int) -> bool:
        byte = number >> 3
        return byte < len(self._seen) and bool(self._seen[byte] >> (number & 7) & 1)

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
                        yield self._as_read(event)

    def _unreadable(self, event: Unreadable) -> None:
        if event.folder:
            self._unlisted.append(event.path)
            self.counts.folders[event.reason] += 1
        else:
            self.counts.met += 1
            self.counts.statuses["unread"] += 1
            self.counts.reasons[event.reason] += 1
        self._see(self.recorder.unreadable(event))

    def count_excluded(self, excluded: Iterable[Excluded]) -> None:
        for each in excluded:
            self.counts.excluded[each.rule] += each.count
            self.counts.excluded_bytes[each.rule] += each.size

    def count_unchanged(self, row: Row, size: int, *, met: bool = True) -> None:
        """Count a document of `size` bytes whose earlier result stands."""
        self._see(row.id)
        if row.place != self.place_id:
            self.recorder.adopt(row.id)
        self.counts.met += met
        self.counts.unchanged += 1
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
        row = self.row(document) or self._moved(document)
        if (
            row is not None
            and self._holds(row, document)
            and (not row.is_archive or self.mailboxes.unchanged(row))
        ):
            self.count_unchanged(row, _bytes(document), met=False)
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
        key = self.tools.seal.path_key(document.path)
        found = self.index.connection.execute(
            f"SELECT {COLUMNS}, listing IS NOT NULL FROM document"
            " WHERE device=? AND path_key=? AND item=?",
            (self.recorder.device, key, document.item),
        ).fetchone()
        if found is None:
            return None
        row = Row(*found)
        if row.place != self.place_id:
            self.recorder.adopt(row.id)
        return row

    def messages(self, archive: int) -> Iterator[Row]:
        """Yield the rows of the open messages of an archive, a page at a time."""
        item, page = "", PAGE
        while page == PAGE:
            rows = self.index.connection.execute(
                f"SELECT item, {COLUMNS} FROM document WHERE (device, path_key) ="
                " (SELECT device, path_key FROM document WHERE id=?)"
                " AND item>? AND gone_run IS NULL ORDER BY item LIMIT ?",
                (archive, item, PAGE),
            ).fetchall()
            page = len(rows)
            for found in rows:
                item = found[0]
                yield Row(*found[1:])

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
        """Find the row of the file that lay elsewhere until now, and give it its new path."""
        if not document.file_id:
            return None
        if document.item and document.links > 1:
            return None  # a message in two mail folders
        candidates = self.index.connection.execute(
            "SELECT id, path FROM document WHERE place=? AND file_id=? AND size=?"
            " AND modified_ns=? AND gone_run IS NULL AND item=?",
            (
                self.place_id,
                document.file_id,
                document.size,
                document.modified_ns,
                document.item,
            ),
        ).fetchall()
        for number, stored in candidates:
            old = unsealed_path(stored, self.tools.seal)
            if self._was_seen(number):
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
            yield from self.mailboxes.listed(outcome)
            if outcome.document.links > 1 and outcome.document.file_id not in self._archives:
                yield from self._other_links(outcome.document.file_id)
            return
        document = outcome.document
        if not document.item and (outcome.problem is not None or outcome.status == "placeholder"):
            self.mailboxes.failed(document)
        self.count_excluded(outcome.excluded)
        if outcome.is_excluded:
            self.counts.met -= 1
            self.counts.bytes_met -= _bytes(document)
        else:
            self.record(outcome)
        self.mailboxes.read(outcome)

    def _other_links(self, archive: bytes) -> Iterator[Document]:
        self._archives.add(archive)
        others = [document for document, file_id in self._linked if file_id == archive]
        self._linked = [each for each in self._linked if each[1] != archive]
        for document in others:
            yield self._as_read(document)

    def record(self, outcome: Outcome) -> None:
        """Store one outcome; the newest state of its document from now on."""
        number, status, reasons = self.recorder.record(outcome)
        self._see(number)
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
        if status == "done" and self._suddenly_empty():
            status = "offline"
            self.counts.folders["offline"] += 1
        for document, file_id in self._linked:
            first = self._links.get(file_id)
            if first is not None:
                self.record(self.recorder.like(document, first))
        if status == "done":
            self._close_unseen()
            self.recorder.totals()
        self.recorder.commit()
        counts = self.counts.as_dict()
        with self.index.transaction() as connection:
            disown(self.index, self.tools.judging)
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
        if self.full or self.below or counts.met or counts.folders or counts.excluded:
            return False
        return (
            self.index.connection.execute(
                "SELECT 1 FROM document WHERE place=? AND gone_run IS NULL AND folder=0 LIMIT 1",
                (self.place_id,),
            ).fetchone()
            is not None
        )

    def _unseen(self) -> Iterator[tuple[int, bytes, bool, bool]]:
        """Yield the open documents that the walk did not meet, a page at a time.

        Each as its id, its stored path, whether it is a folder that could not be listed, and
        whether it is a message.
        """
        last, page = 0, PAGE
        while page == PAGE:
            rows = self.index.connection.execute(
                "SELECT id, path, folder, item<>'' FROM document"
                " WHERE place=? AND gone_run IS NULL AND id>? ORDER BY id LIMIT ?",
                (self.place_id, last, PAGE),
            ).fetchall()
            page = len(rows)
            for number, stored, folder, message in rows:
                last = number
                if not self._was_seen(number):
                    yield number, stored, bool(folder), bool(message)

    def _close_unseen(self) -> None:
        unlisted = [path.rstrip(os.sep.encode()) + os.sep.encode() for path in self._unlisted]
        below = self.below.rstrip(os.sep.encode()) + os.sep.encode() if self.below else b""
        for number, stored, folder, message in self._unseen():
            path = unsealed_path(stored, self.tools.seal)
            if message and self.mailboxes.keeps(path):
                continue
            if below and not path.startswith(below) and path != self.below:
                continue
            if any(path.startswith(each) for each in unlisted):
                continue
            self.recorder.gone(number)
            self.counts.gone += not folder


def _bytes(document: Document) -> int:
    """Return the bytes that a document adds to its place: a message lies in its archive's."""
    return 0 if document.item and document.type in ARCHIVES else document.size


def _place(index: Index, tools: Tools, device: str, name: str, root: bytes) -> int:
    with index.transaction() as connection:
        row = connection.execute(
            "SELECT id FROM place WHERE device=? AND name=?", (device, name)
        ).fetchone()
        stored = tools.names.path(root)
        if row:
            connection.execute(
                "UPDATE place SET root=?, display=? WHERE id=?", (stored, display(stored), row[0])
            )
            return int(row[0])
        done = connection.execute(
            "INSERT INTO place(device, name, root, display) VALUES (?,?,?,?)",
            (device, name, stored, display(stored)),
        )
        return int(done.lastrowid or 0)


def _begin(index: Index, place: int, tools: Tools, below: bytes | None) -> tuple[int, int, int]:
    """Store a new run; return its number, its id, and what the last whole run like it met."""
    from scanner import __version__

    kinds = sorted({kind for each in tools.detectors for kind in each.kinds})
    versions = {
        "fodspor": __version__,
        "detectors": tools.freshness.detectors,
        "kinds": kinds,
    }
    coverage = {"below": display(tools.names.path(below))} if below else {}
    with index.transaction() as connection:
        connection.execute(
            "UPDATE run SET status='killed', ended=? WHERE place=? AND ended IS NULL",
            (now(), place),
        )
        number = connection.execute(
            "SELECT coalesce(max(number), 0) + 1 FROM run WHERE place=?", (place,)
        ).fetchone()[0]
        done = connection.execute(
            "INSERT INTO run(place, number, started, status, coverage, versions)"
            " VALUES (?,?,?,?,?,?)",
            (place, number, now(), "running", json.dumps(coverage), json.dumps(versions)),
        )
        last = connection.execute(
            "SELECT counts FROM run WHERE place=? AND status='done' AND coverage=?"
            " ORDER BY number DESC LIMIT 1",
            (place, json.dumps(coverage)),
        ).fetchone()
    expected = int(json.loads(last[0] or "{}").get("met", 0)) if last else 0
    return int(number), int(done.lastrowid or 0), expected

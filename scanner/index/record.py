"""Store outcomes: documents, contents, occurrences, findings and problems, in batched transactions.

It stores what it is given and knows no value: findings arrive sealed.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from connectors import Document, Unreadable
from connectors.mailserver import FOLDER
from connectors.owners import is_sid
from scanner.index.contents import Contents, name_of
from scanner.index.store import Index, explain, now
from scanner.index.weighing import weigh_documents
from scanner.judging import Judging
from scanner.model import Finding, Outcome, Problem, Reading
from scanner.names import display
from scanner.privacy import shown
from scanner.recipe import DOUBLING
from scanner.risk import risk_of

if TYPE_CHECKING:
    from scanner.tools import Tools

COMMIT_SECONDS = 1.0
COMMIT_OUTCOMES = 500
RETRIES = 3


class Recorder:
    """Writes for one run of one place. `commit` at the end; a crash loses a second's work."""

    def __init__(self, index: Index, tools: Tools, place: int, run: int, number: int) -> None:
        self.index = index
        self.tools = tools
        self.place = place
        self.run = run
        self.number = number
        self._execute = index.connection.execute
        self._contents = Contents(index, tools, run)
        self.device = self._execute("SELECT device FROM place WHERE id=?", (place,)).fetchone()[0]
        self._pending = 0
        self._began = 0.0

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            if not self.index.connection.in_transaction:
                self._execute("BEGIN IMMEDIATE")
                self._began = time.monotonic()
            yield
            self._pending += 1
            if self._pending >= COMMIT_OUTCOMES or time.monotonic() - self._began > COMMIT_SECONDS:
                self.commit()
        except BaseException as error:
            if self.index.connection.in_transaction:
                self._execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise explain(error, self.index.path) from None
            raise

    def commit(self) -> None:
        """Make durable what was recorded so far."""
        self._pending = 0
        if self.index.connection.in_transaction:
            try:
                self._execute("COMMIT")
            except sqlite3.Error as error:
                if self.index.connection.in_transaction:
                    self._execute("ROLLBACK")
                raise explain(error, self.index.path) from None
        while self._contents.spills:
            self._contents.spills.pop().remove()

    def record(self, outcome: Outcome) -> tuple[int, str, list[str]]:
        """Store an outcome; return the document's id, its status and its reasons."""
        with self._writing():
            return self._record(outcome)

    def _record(self, outcome: Outcome) -> tuple[int, str, list[str]]:
        held, occurrences = self._contents.store(outcome.readings)
        named = self._named(outcome.document)
        problems = {name_of(outcome.problem)} if outcome.problem else set()
        status: str = outcome.status
        if outcome.readings and held is None:  # known a moment ago, compacted away since
            status, problems = "unread", {"locked"}
        readers: set[str] = set()
        if outcome.listing is not None:
            readers = {outcome.listing.reader}
            problems = {name_of(problem) for problem in outcome.listing.problems}
        kinds: Counter[str] = Counter()
        if held is not None:
            problems |= held.problems
            readers, status, kinds = held.readers, held.status, held.kinds
        kinds = kinds + self._contents.counted(named)
        for kind in self.tools.unwanted:
            kinds.pop(kind, None)
        number, before = self._document(outcome, status, problems, readers, kinds)
        open_now = self._open_occurrences(number) if before is not None else {}
        self._occurrences(number, outcome.document.owner, occurrences, open_now)
        if before is not None:
            self._execute("DELETE FROM problem WHERE document=?", (number,))
        if before != self.tools.freshness.detectors:
            self._names(number, named, known=before is not None)
        if outcome.problem:
            self._contents.problems("document", number, (outcome.problem,))
        if outcome.listing is not None:
            self._contents.problems("document", number, map(self._told, outcome.listing.problems))
        if outcome.listing is not None or outcome.excluded or (before is not None and held):
            self._withheld(number, outcome)
        return number, status, sorted({each.partition(":")[0] for each in problems})

    def _withheld(self, number: int, outcome: Outcome) -> None:
        """Store what rules kept closed in a document, and how an archive was listed."""
        excluded = [(each.rule, each.count, each.size) for each in outcome.excluded]
        self._execute(
            "UPDATE document SET listing=?, withheld=? WHERE id=?",
            (
                outcome.listing.state if outcome.listing is not None else None,
                json.dumps(excluded) if excluded else None,
                number,
            ),
        )

    def unlist(self, number: int) -> None:
        """Forget how an archive was listed: the next listing of it begins at its beginning."""
        with self._writing():
            self._execute("UPDATE document SET listing=? WHERE id=?", (b"", number))

    def refile(self, number: int, document: Document, before: str | None) -> None:
        """Give a message that did not change the mail folder it lies in now, if it is another."""
        folder = self._mail_folder(document.folder)
        if folder == before:
            return
        with self._writing():
            self._execute("UPDATE document SET mail_folder=? WHERE id=?", (folder, number))
            self._names(number, self._named(document), known=True)

    def _document(
        self,
        outcome: Outcome,
        status: str,
        problems: set[str],
        readers: set[str],
        kinds: Counter[str],
    ) -> tuple[int, str | None]:
        """Write the document's row; return its id, and the detectors of the row before, if any.

        Where everything is to be read again those count as none ("").
        """
        document = outcome.document
        key = self.tools.seal.path_key(document.path)
        row = self._execute(
            "SELECT id, token, attempts, detectors, owner, readable_by FROM document"
            " WHERE device=? AND path_key=? AND item=?",
            (self.device, key, document.item),
        ).fetchone()
        freshness = self.tools.freshness
        attempts, retry = self._retry(problems, row, document.version)
        reason, _, detail = min(problems, default="").partition(":")
        owner, readable_by = self._owner(document.owner), document.readable_by or None
        if document.tells_access and row is not None:  # it could not say so this time
            owner, readable_by = owner or row[4], readable_by or row[5]
        values = (
            owner,
            document.size,
            datetime.fromtimestamp(document.modified_ns / 1e9, UTC).isoformat(timespec="seconds"),
            document.modified_ns,
            document.version,
            document.file_id,
            status,
            reason,
            detail,
            freshness.detectors,
            " ".join(sorted(readers)),
            freshness.mend(problems),
            attempts,
            retry,
            risk_of(kinds, self._contents.groups),
            outcome.seconds,
            now(),
            None if document.type == FOLDER else self._mail_folder(document.folder),
            readable_by,
        )
        if row is not None:
            sealing: tuple[object, ...] = ()
            before = "" if self.tools.recipe.reread_before else str(row[3])
            if before != freshness.detectors:
                stored = self.tools.names.path(document.path)
                sealing = (stored, display(stored))
            self._execute(
                "UPDATE document SET owner=?, size=?, modified=?, modified_ns=?, token=?,"
                " file_id=?, status=?, reason=?, detail=?, detectors=?, readers=?, mend=?,"
                " attempts=?, retry_run=?, risk=?, seconds=?, read_at=?, mail_folder=?,"
                " readable_by=?, place=?, gone_run=NULL, folder=0"
                + (", path=?, display=?" if sealing else "")
                + " WHERE id=?",
                (*values, self.place, *sealing, row[0]),
            )
            return int(row[0]), before
        stored = self.tools.names.path(document.path)
        done = self._execute(
            "INSERT INTO document(owner, size, modified, modified_ns, token, file_id, status,"
            " reason, detail, detectors, readers, mend, attempts, retry_run, risk, seconds,"
            " read_at, mail_folder, readable_by, device, place, path, path_key, item, display,"
            " folder, first_run)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,?)",
            (
                *values,
                self.device,
                self.place,
                stored,
                key,
                document.item,
                display(stored),
                self.run,
            ),
        )
        return int(done.lastrowid or 0), None

    def _retry(
        self, problems: set[str], row: Sequence[object] | None, token: bytes
    ) -> tuple[int, int]:
        if not any(each.partition(":")[0] in DOUBLING for each in problems):
            return 0, 0
        before = int(str(row[2])) if row is not None and row[1] == token else 0
        attempts = before + 1
        return attempts, self.number + 2**before if attempts <= RETRIES else 0

    def _named(self, document: Document) -> list[Finding]:
        """Return what names give away: the path's, of a message those of its mail folders."""
        if document.item:
            return self.tools.names.in_folders(document.folder) if document.folder else []
        return self.tools.names.findings(document.path)

    def _mail_folder(self, names: tuple[str, ...]) -> str | None:
        if not names:
            return None
        return json.dumps([self.tools.names.sealed(name) for name in names], ensure_ascii=False)

    def _told(self, problem: Problem) -> Problem:
        """Return a problem of a listing fit for the index: it stands in mail folders with names."""
        return replace(problem, where=self.tools.names.steps(problem.where))

    def _owner(self, owner: str | None) -> str | None:
        """Return an owner fit for the index: a folder's name may have given it."""
        if not owner or is_sid(owner):  # the number of an account is no value that was found
            return owner
        return shown(self.tools.names.sealed(owner))

    def _open_occurrences(self, document: int) -> dict[tuple[str, int], int]:
        return {
            (inner, content): number
            for number, inner, content in self._execute(
                "SELECT id, inner, content FROM occurrence WHERE document=? AND gone_run IS NULL",
                (document,),
            )
        }

    def _occurrences(
        self,
        document: int,
        owner: str | None,
        present: dict[str, int],
        open_now: dict[tuple[str, int], int],
    ) -> None:
        wanted = set(present.items())
        owner = self._owner(owner)
        self._contents.many(
            "UPDATE occurrence SET gone_run=? WHERE id=?",
            [(self.run, number) for key, number in open_now.items() if key not in wanted],
        )
        self._contents.many(
            "INSERT INTO occurrence(document, inner, inner_path, content, first_run, owner)"
            " VALUES (?,?,?,?,?,?)",
            [
                (document, inner, _inner_path(inner), content, self.run, owner)
                for inner, content in present.items()
                if (inner, content) not in open_now
            ],
        )

    def _names(self, document: int, findings: list[Finding], *, known: bool) -> None:
        if known:
            self._execute("DELETE FROM name_finding WHERE document=?", (document,))
        if findings:
            self._contents.findings("name_finding", "document", document, findings, {})

    def unreadable(self, event: Unreadable) -> int:
        """Store a folder or file that could not even be listed; return its document's id."""
        document = Document(_NoConnector(), event.path, "", None, 0, 0, b"")
        outcome = Outcome(document, "unread", problem=Problem((), event.reason))
        with self._writing():
            number, _, _ = self._record(outcome)
            self._execute("UPDATE document SET folder=? WHERE id=?", (int(event.folder), number))
        return number

    def move(self, number: int, old: bytes, document: Document) -> None:
        """Give a document its new path; its identity, verdicts and history stay."""
        with self._writing():
            stored = self.tools.names.path(document.path)
            key = self.tools.seal.path_key(document.path)
            before = self._execute(
                "SELECT path_key FROM document WHERE id=?", (number,)
            ).fetchone()[0]
            self._execute(
                "INSERT INTO moved(document, run, path) VALUES (?,?,?)", (number, self.run, old)
            )
            token = document.version if document.item else b""
            self._execute(
                "UPDATE document SET path=?, display=?, path_key=?, item=?, token=?, mail_folder=?"
                " WHERE id=?",
                (
                    stored,
                    display(stored),
                    key,
                    document.item,
                    token,
                    self._mail_folder(document.folder),
                    number,
                ),
            )
            self._own(document, before if not document.item else b"", number)
            if document.item:
                self._names(number, self._named(document), known=True)
                return
            self._execute(
                "UPDATE OR IGNORE document SET path=?, display=?, path_key=? WHERE device=?"
                " AND path_key=? AND item<>'' AND gone_run IS NULL",
                (stored, display(stored), key, self.device, before),
            )
            self._names(number, self.tools.names.findings(document.path), known=True)

    def _own(self, document: Document, path_key: bytes, number: int) -> None:
        """Give a moved document, and what lies in an archive, the owner of its new place."""
        if document.tells_access and document.owner is None:
            return
        owner = self._owner(document.owner)
        mine = "id=? OR (device=? AND path_key=? AND item<>'' AND gone_run IS NULL)"
        of = (number, self.device, path_key)
        self._execute(
            "UPDATE occurrence SET owner=? WHERE gone_run IS NULL AND document IN"
            f" (SELECT id FROM document WHERE {mine})",
            (owner, *of),
        )
        self._execute(f"UPDATE document SET owner=? WHERE {mine}", (owner, *of))

    def adopt(self, number: int) -> None:
        """Take a document over from the place that held it; all else of it stays."""
        with self._writing():
            self._execute("UPDATE document SET place=? WHERE id=?", (self.place, number))
            if self.tools.unwanted:
                weigh_documents(self.index.connection, self.tools.judging, [number])

    def gone(self, number: int) -> None:
        """Close a document that a whole walk did not meet, and its occurrences."""
        with self._writing():
            self._execute(
                "UPDATE document SET status='gone', gone_run=? WHERE id=?", (self.run, number)
            )
            self._execute(
                "UPDATE occurrence SET gone_run=? WHERE document=? AND gone_run IS NULL",
                (self.run, number),
            )

    def like(self, document: Document, first: int) -> Outcome:
        """Return the outcome of another path to the file that document `first` names."""
        row = self._execute(
            "SELECT c.hash, c.size FROM occurrence o JOIN content c ON c.id=o.content"
            " WHERE o.document=? AND o.inner='[]' AND o.gone_run IS NULL",
            (first,),
        ).fetchone()
        if row is not None:
            reading = Reading((), row[0], row[1], "", "read", (), (), (), known=True)
            return Outcome(document, "read", (reading,))
        reason, detail = self._execute(
            "SELECT reason, detail FROM document WHERE id=?", (first,)
        ).fetchone()
        return Outcome(document, "unread", problem=Problem((), reason or "vanished", detail or ""))

    def totals(self) -> None:
        """Count the place's documents and values per kind, for today."""
        day = datetime.now(UTC).date().isoformat()
        with self._writing():
            count_totals(self.index.connection, self.place, day, self.tools.judging)


def count_totals(connection: sqlite3.Connection, place: int, day: str, judging: Judging) -> None:
    """Count a place's documents and values per kind as they are, under a day (ISO 8601)."""
    connection.execute("DELETE FROM totals WHERE place=? AND day=?", (place, day))
    connection.execute(
        "INSERT INTO totals SELECT ?, f.kind, ?, count(DISTINCT o.document),"
        " count(DISTINCT f.fingerprint), sum(f.count)"
        " FROM document d JOIN occurrence o ON o.document=d.id AND o.gone_run IS NULL"
        " JOIN finding f ON f.content=o.content WHERE d.place=? AND d.gone_run IS NULL"
        f" AND {judging.is_finding('f')} AND NOT instr((SELECT ' '||coalesce(unwanted,'')||' '"
        " FROM place WHERE id=d.place), ' '||f.kind||' ') GROUP BY f.kind",
        (place, day, place),
    )


def _inner_path(inner: str) -> str:
    return " › ".join(map(shown, json.loads(inner))) if inner != "[]" else ""


class _NoConnector:
    """Stands in for what a walk could not open."""

    device = ""

    def walk(self) -> Iterator[Document]:
        return iter(())

    def open(self, document: Document) -> BinaryIO:
        raise Unreadable(document.path, "no_access")

    def exists(self, path: bytes) -> bool:
        return True

    def seconds(self, documents: int, size: int) -> float:
        return 0.0

    def is_private(self, name: str) -> bool:
        return False

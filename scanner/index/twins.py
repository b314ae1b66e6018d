"""Messages of a mail server that lie there twice, or came back under another name: read once.

A copy in another folder (Gmail's All Mail), a message that was moved, a folder whose numbers were
made anew: what its identity knows is not fetched a second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors import Document
from scanner.model import Outcome, Problem
from scanner.names import unsealed_path
from scanner.recipe import EVERY_RUN

if TYPE_CHECKING:
    from scanner.index.run import PlaceRun

MAX_HELD = 500_000
"""Documents kept until the end of a run; beyond, messages are read again."""


class Twins:
    """Part of a PlaceRun. Runs in the coordinator."""

    def __init__(self, run: PlaceRun) -> None:
        self._run = run
        self._under_way: dict[bytes, list[Document]] = {}
        self._held: list[Document] = []

    def waits(self, document: Document) -> bool:
        """Whether a message need not be read: one of its identity is, or was, and it waits.

        `after` or `settle` give it its outcome.
        """
        identity = document.file_id
        if not identity or len(self._held) >= MAX_HELD:
            return False
        if (waiting := self._under_way.get(identity)) is not None:
            waiting.append(document)
            return True
        if self._known(document):
            self._held.append(document)
            return True
        self._under_way[identity] = []
        return False

    def after(self, outcome: Outcome) -> Iterator[Outcome | Document]:
        """Yield the outcomes of those that waited for this message, or what must be read now."""
        identity = outcome.document.file_id
        waiting = self._under_way.pop(identity, None)
        if not waiting:
            return
        row = self._run.row(outcome.document)
        problem = outcome.problem
        if row is None or (problem is not None and problem.reason in EVERY_RUN):
            self._under_way[identity] = waiting[1:]
            yield waiting[0]
            return
        for document in waiting:
            yield self._run.recorder.like(document, row.id)

    def settle(self) -> Iterator[Document]:
        """Give what the index knows to the messages that wait for it; yield each.

        One that is gone where it lay was moved: it keeps its row, and so its verdicts.
        """
        for document in self._held:
            known = self._known(document)
            moved = next(
                (
                    (number, stored)
                    for number, stored, path in known
                    if self._run.is_missing(number, path)
                ),
                None,
            )
            if moved is not None and self._run.row(document) is None:
                self._run.recorder.move(*moved, document)
                self._run.counts.moved += 1
                if (row := self._run.row(document)) is not None:
                    self._run.count_unchanged(row, document.size, met=False)
            elif known:
                self._run.record(self._run.recorder.like(document, known[0][0]))
            else:
                self._run.record(Outcome(document, "unread", problem=Problem((), "vanished")))
            yield document
        self._held.clear()

    def _known(self, document: Document) -> list[tuple[int, bytes, bytes]]:
        """Return id, stored path and path of the messages that are this one, and stand today."""
        rows = self._run.index.connection.execute(
            "SELECT id, path FROM document WHERE place=? AND file_id=? AND size=?"
            " AND modified_ns=? AND item<>'' AND gone_run IS NULL",
            (self._run.place_id, document.file_id, document.size, document.modified_ns),
        ).fetchall()
        return [
            (number, stored, unsealed_path(stored, self._run.tools.seal))
            for number, stored in rows
            if (row := self._run.rows.numbered(number)) is not None and self._run.stands(row)
        ]

"""Look up the rows of documents that a run asks about. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from connectors import Excluded
from scanner.index.closing import SEPARATOR
from scanner.index.store import Index

PAGE = 10_000
"""Rows held at once while a million documents are gone through."""

COLUMNS = (
    "id, token, status, detectors, readers, mend, retry_run, place, risk, size, item, mail_folder,"
    " withheld, listing IS NOT NULL, owner, readable_by"
)


class Row(NamedTuple):
    """What `stale` needs of a document's row. `withheld`: what rules kept closed in it, as JSON."""

    id: int
    token: bytes
    status: str
    detectors: str
    readers: str
    mend: str
    retry_run: int
    place: int
    risk: float
    size: int
    item: str
    mail_folder: str | None = None
    withheld: str | None = None
    is_archive: bool = False
    owner: str | None = None
    readable_by: str | None = None

    @property
    def reasons(self) -> set[str]:
        """Every reason why something of the document was not read."""
        problems = {entry.rpartition("=")[0] for entry in self.mend.split("|") if entry}
        return {problem.partition(":")[0] for problem in problems}

    @property
    def excluded(self) -> Iterator[Excluded]:
        """What rules kept closed in it, a line for each rule."""
        for rule, count, size in json.loads(self.withheld or "[]"):
            yield Excluded(rule, count, size)


class OpenRow(NamedTuple):
    """A document that is not gone. `path` as stored; `folder`: one that could not be listed."""

    id: int
    path: bytes
    folder: int
    item: str


class Rows:
    """The documents of one device as the index holds them."""

    def __init__(self, index: Index, device: str) -> None:
        self._execute = index.connection.execute
        self._device = device

    def of(self, path_key: bytes, item: str) -> Row | None:
        """Return a document's row, whatever its status; None where there is none."""
        found = self._execute(
            f"SELECT {COLUMNS} FROM document WHERE device=? AND path_key=? AND item=?",
            (self._device, path_key, item),
        ).fetchone()
        return None if found is None else Row(*found)

    def numbered(self, number: int) -> Row | None:
        """Return the row of a document by its id."""
        found = self._execute(f"SELECT {COLUMNS} FROM document WHERE id=?", (number,)).fetchone()
        return None if found is None else Row(*found)

    def messages(self, archive: int) -> Iterator[Row]:
        """Yield the rows of the open messages of an archive, a page at a time."""
        item, page = "", PAGE
        while page == PAGE:
            rows = self._execute(
                f"SELECT {COLUMNS} FROM document WHERE (device, path_key) ="
                " (SELECT device, path_key FROM document WHERE id=?)"
                " AND item>? AND gone_run IS NULL ORDER BY item LIMIT ?",
                (archive, item, PAGE),
            ).fetchall()
            page = len(rows)
            for row in map(Row._make, rows):
                item = row.item
                yield row

    def next_ordinal(self, path_key: bytes, name: str) -> int:
        """Return the first number that no open message of this name in an archive has."""
        items = self._execute(
            "SELECT item FROM document WHERE device=? AND path_key=? AND gone_run IS NULL"
            " AND (item=? OR (item>? AND item<?))",
            (self._device, path_key, name, f"{name}-", f"{name}."),
        ).fetchall()
        return max((int(item.partition("-")[2] or 0) + 1 for (item,) in items), default=0)

    def listing(self, archive: int) -> bytes:
        """Return what the last listing of an archive left for the next one; empty: nothing."""
        (state,) = self._execute("SELECT listing FROM document WHERE id=?", (archive,)).fetchone()
        return state or b""

    def recorded_since(self, place: int, run: int) -> frozenset[int]:
        """Return the documents of a place that later runs than `run` wrote or moved."""
        (started,) = self._execute("SELECT started FROM run WHERE id=?", (run,)).fetchone()
        later = self._execute("SELECT 1 FROM run WHERE place=? AND id>? LIMIT 1", (place, run))
        if later.fetchone() is None:
            return frozenset()
        found = self._execute(
            "SELECT id FROM document WHERE place=?1 AND read_at>=?2 UNION"
            " SELECT document FROM moved WHERE run>?3",
            (place, started, run),
        )
        return frozenset(number for (number,) in found)

    def open_at(self, path_key: bytes) -> list[OpenRow]:
        """Return the documents at a path that are not gone: a file, or the messages in it."""
        found = self._execute(
            "SELECT id, path, folder, item FROM document"
            " WHERE device=? AND path_key=? AND gone_run IS NULL",
            (self._device, path_key),
        ).fetchall()
        return list(map(OpenRow._make, found))

    def open_below(self, place: int, folder: bytes) -> Iterator[OpenRow]:
        """Yield the documents of a place below a folder, as stored, that are not gone."""
        last, page = 0, PAGE
        first, behind = folder + SEPARATOR, folder + bytes((SEPARATOR[0] + 1,))
        while page == PAGE:
            rows = self._execute(
                "SELECT id, path, folder, item FROM document WHERE place=? AND gone_run IS NULL"
                " AND id>? AND path>=? AND path<? ORDER BY id LIMIT ?",
                (place, last, first, behind, PAGE),
            ).fetchall()
            page = len(rows)
            for found in rows:
                last = found[0]
                yield OpenRow(*found)

    def open_in(self, place: int) -> Iterator[OpenRow]:
        """Yield the documents of a place that are not gone, a page at a time."""
        last, page = 0, PAGE
        while page == PAGE:
            rows = self._execute(
                "SELECT id, path, folder, item FROM document"
                " WHERE place=? AND gone_run IS NULL AND id>? ORDER BY id LIMIT ?",
                (place, last, PAGE),
            ).fetchall()
            page = len(rows)
            for found in rows:
                last = found[0]
                yield OpenRow(*found)

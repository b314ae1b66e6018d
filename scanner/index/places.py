"""Give documents to the place that owns them, in one transaction. Reads and closes no document."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from connectors.addresses import is_remote
from connectors.spelling import real
from connectors.volumes import mark_below
from scanner.index.contents import Contents
from scanner.index.doubles import merge
from scanner.index.store import Index, now
from scanner.names import display, unsealed_path
from scanner.places import Held, Plan, Root, lies_below

if TYPE_CHECKING:
    from scanner.tools import Tools

PAGE = 10_000
PLAIN_ID_BYTES = 8
MARK_BYTES = 8
OUT_OF_THE_WAY = 10**12
"""Where the numbers of runs are that are being numbered anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a place, to be told: names as the index writes them."""

    what: Literal["renamed", "moved", "put aside", "absorbed", "split"]
    place: str
    other: str
    documents: int = 0


def held_places(index: Index, tools: Tools, device: str) -> list[Held]:
    """Return the places that the index holds of this device, with their true paths."""
    held = []
    for number, name, stored in index.connection.execute(
        "SELECT id, name, root FROM place WHERE device=? ORDER BY id", (device,)
    ).fetchall():
        path = unsealed_path(stored, tools.seal)
        if is_remote(path):  # no folder of a disk; only its own address names it
            held.append(Held(number, Root(name, path, path)))
        else:
            held.append(Held(number, Root(name, path, real(path)), _is_away(path)))
    return held


def _is_away(path: bytes) -> bool:
    """Whether nothing lies there any more: no folder, or an empty one where a disk was mounted."""
    try:
        with os.scandir(path) as entries:
            return next(entries, None) is None
    except NotADirectoryError:
        return False
    except FileNotFoundError:
        return True
    except OSError:
        return False


def touched(plan: Plan, held: Sequence[Held]) -> set[int]:
    """Return the places whose documents a plan changes: no scan of them may be under way."""
    around = {each.id for each in held for root in plan.new if _around(each.root, root)}
    return {*plan.absorbed, *plan.roots, *around}


def _around(outer: Root, inner: Root) -> bool:
    return outer.real != inner.real and outer.holds(inner.real)


def carry_out(
    index: Index, tools: Tools, device: str, plan: Plan, held: Sequence[Held]
) -> tuple[int, list[Change]]:
    """Do what a plan says; return the id of the place to scan, and what is to be told.

    All or nothing: killed at any moment, the next scan plans the same again.
    """
    with index.transaction():
        done = _Carrier(index, tools, device)
        roots = {each.id: each.root for each in held}
        done.names(plan, roots)
        for number, root in plan.roots.items():
            done.respell(number, roots[number], root)
            roots[number] = root
        for root in plan.new:
            for number, outer in [(n, r) for n, r in roots.items() if _around(r, root)]:
                done.split(number, outer, root)
        target = plan.target
        if target is None:
            target = done.place(plan.root)
        for number in plan.absorbed:
            done.absorb(number, roots[number], target, plan.root)
    return target, done.changes


class _Carrier:
    def __init__(self, index: Index, tools: Tools, device: str) -> None:
        self.execute = index.connection.execute
        self.tools = tools
        last = self.execute("SELECT max(id) FROM run").fetchone()[0]
        self.contents = Contents(index, tools, int(last or 0))
        self.device = device
        self.changes: list[Change] = []

    def names(self, plan: Plan, roots: dict[int, Root]) -> None:
        for number in (*plan.names, *plan.put_aside):  # names may be swapped
            self.execute("UPDATE place SET name=? WHERE id=?", (f"\x00{number}", number))
        for number, name in plan.names.items():
            self.execute("UPDATE place SET name=? WHERE id=?", (name, number))
            self.changes.append(Change("renamed", roots[number].name, name))
        for number in plan.put_aside:
            root = roots[number]
            name = self.tools.names.label(os.fsdecode(root.path))
            if self.place_named(name) is not None:
                name = f"{name} #{number}"
            self.execute("UPDATE place SET name=? WHERE id=?", (name, number))
            if number not in plan.absorbed:
                self.changes.append(Change("put aside", root.name, name))

    def place_named(self, name: str) -> int | None:
        row = self.execute(
            "SELECT id FROM place WHERE device=? AND name=?", (self.device, name)
        ).fetchone()
        return int(row[0]) if row else None

    def place(self, root: Root) -> int:
        """Return the id of a place by name, made where there is none."""
        number = self.place_named(root.name)
        if number is not None:
            return number
        stored = self.tools.names.path(root.path)
        done = self.execute(
            "INSERT INTO place(device, name, root, display) VALUES (?,?,?,?)",
            (self.device, root.name, stored, display(stored)),
        )
        return int(done.lastrowid or 0)

    def respell(self, place: int, before: Root, after: Root) -> None:
        """Give a place its folder's new path, and its documents theirs."""
        stored = self.tools.names.path(after.path)
        self.execute(
            "UPDATE place SET root=?, display=? WHERE id=?", (stored, display(stored), place)
        )
        for number, path in self._documents(place):
            self._rename(number, after.path + path[len(before.path) :])
        if before.real != after.real:
            self.changes.append(Change("moved", after.name, ""))

    def split(self, place: int, outer: Root, inner: Root) -> None:
        """Give what lies in `inner`, now a place of its own, to that place."""
        old = outer.spelled(inner.real)
        numbers = []
        for number, path in self._documents(place):
            if lies_below(path, old):
                numbers.append(number)
                if old != inner.path:
                    self._rename(number, inner.path + path[len(old) :])
        if not numbers:
            return
        target = self.place(inner)
        waited = self._last_number(target) - self._last_number(place)
        mark = b"" if is_remote(inner.path) else mark_below(outer.real, inner.real)
        for number in numbers:
            self.execute(
                "UPDATE document SET place=?, retry_run=CASE WHEN retry_run>0"
                " THEN max(1, retry_run+?) ELSE 0 END WHERE id=?",
                (target, waited, number),
            )
        if mark:
            self._unmark(target, mark)
        self.changes.append(Change("split", outer.name, inner.name, len(numbers)))

    def absorb(self, place: int, inner: Root, target: int, outer: Root) -> None:
        """Make a place a part of the one around it: documents, runs and counts; it is no more."""
        new = outer.spelled(inner.real)
        mark = b"" if is_remote(inner.path) else mark_below(outer.real, inner.real)
        if mark:
            self._mark(place, mark)
        if new != inner.path:
            for number, path in self._documents(place):
                self._rename(number, new + path[len(inner.path) :])
        last = self._last_number(place), self._last_number(target)
        count = self._runs(place, target, new)
        for number, before in zip((place, target), last, strict=True):
            self.execute(
                "UPDATE document SET retry_run=max(1, retry_run+?) WHERE place=? AND retry_run>0",
                (count - before, number),
            )
        documents = self.execute(
            "UPDATE document SET place=? WHERE place=?", (target, place)
        ).rowcount
        self.execute(
            "INSERT INTO totals SELECT ?, kind, day, documents, distinct_values, hits FROM totals"
            " WHERE place=? ON CONFLICT DO UPDATE SET documents=documents+excluded.documents,"
            " hits=hits+excluded.hits,"  # of values, no more is known than the larger number
            " distinct_values=max(distinct_values, excluded.distinct_values)",
            (target, place),
        )
        self.execute("DELETE FROM totals WHERE place=?", (place,))
        self.execute("DELETE FROM place WHERE id=?", (place,))
        self.changes.append(Change("absorbed", inner.name, outer.name, documents))

    def _runs(self, place: int, target: int, folder: bytes) -> int:
        """Make a place's runs those of the place around it, limited to its folder; count all."""
        below = display(self.tools.names.path(folder))
        for number, coverage in self.execute(
            "SELECT id, coverage FROM run WHERE place=?", (place,)
        ).fetchall():
            said = json.dumps({"below": below} | json.loads(coverage or "{}"))
            self.execute("UPDATE run SET coverage=? WHERE id=?", (said, number))
        self.execute(
            "UPDATE run SET status='killed', ended=? WHERE place IN (?,?) AND ended IS NULL",
            (now(), place, target),
        )
        runs = self.execute(
            "SELECT id, number FROM run WHERE place IN (?,?) ORDER BY started, id", (place, target)
        ).fetchall()
        for run, _ in runs:  # a number is one place's alone, at every moment
            self.execute(
                "UPDATE run SET place=?, number=-id-? WHERE id=?", (target, OUT_OF_THE_WAY, run)
            )
        scans = [run for run, number in runs if number > 0]
        watched = [run for run, number in runs if number < 0]
        for sign, these in ((1, scans), (-1, watched)):
            for position, run in enumerate(these, 1):
                self.execute("UPDATE run SET number=? WHERE id=?", (sign * position, run))
        return len(scans)

    def _last_number(self, place: int) -> int:
        row = self.execute("SELECT max(number) FROM run WHERE place=?", (place,)).fetchone()
        return max(0, int(row[0] or 0))

    def _documents(self, place: int) -> Iterator[tuple[int, bytes]]:
        """Yield id and path of a place's documents, gone ones too, a page at a time."""
        last, page = 0, PAGE
        while page == PAGE:
            rows = self.execute(
                "SELECT id, path FROM document WHERE place=? AND id>? ORDER BY id LIMIT ?",
                (place, last, PAGE),
            ).fetchall()
            page = len(rows)
            for number, stored in rows:
                last = number
                yield number, unsealed_path(stored, self.tools.seal)

    def _rename(self, number: int, path: bytes) -> None:
        there = self.execute(
            "SELECT o.id FROM document o JOIN document d ON d.id=? WHERE o.device=d.device"
            " AND o.path_key=? AND o.item=d.item AND o.id<>d.id",
            (number, self.tools.seal.path_key(path)),
        ).fetchone()
        if there is not None:
            merge(self.execute, int(there[0]), number)
        stored = self.tools.names.path(path)
        self.execute(
            "UPDATE document SET path=?, display=?, path_key=? WHERE id=?",
            (stored, display(stored), self.tools.seal.path_key(path), number),
        )
        seen = {
            (kind, fingerprint): first
            for kind, fingerprint, first in self.execute(
                "SELECT kind, fingerprint, first_run FROM name_finding WHERE document=?", (number,)
            )
        }
        if seen:
            self.execute("DELETE FROM name_finding WHERE document=?", (number,))
        found = self.tools.names.findings(path)
        self.contents.findings("name_finding", "document", number, found, seen)

    def _mark(self, place: int, mark: bytes) -> None:
        """Write file ids as a walk of the place around writes them, so that nothing is stale."""
        self.execute(
            "UPDATE document SET token=CAST(token||?1 AS BLOB), file_id=CAST(file_id||?1 AS BLOB)"
            " WHERE place=?2 AND length(file_id)=?3",
            (mark, place, PLAIN_ID_BYTES),
        )

    def _unmark(self, place: int, mark: bytes) -> None:
        self.execute(
            "UPDATE document SET token=substr(token, 1, length(token)-?4),"
            " file_id=substr(file_id, 1, ?3)"
            " WHERE place=?2 AND length(file_id)=?3+?4 AND substr(file_id, ?3+1)=?1",
            (mark, place, PLAIN_ID_BYTES, MARK_BYTES),
        )

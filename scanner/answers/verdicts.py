"""Say which verdicts hold over an open index, and why one no longer does. Writes nothing.

A verdict is found by the keyed hash of its document's path, so it holds in an index made anew;
only where nothing lies there is it asked whether the document moved.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from scanner.answers.filters import path_matcher
from scanner.index.decided import TASKS
from scanner.index.verdicts import AUDIENCES, Basis, Change, basis_of

if TYPE_CHECKING:
    from scanner.answers.opened import Opened

State = Literal["standing", "reopened", "ended", "proposed", "refused", "undone"]
About = Literal["finding", "value", "document", "folder", "rule"]
COLUMNS = (
    *("id", "kind", "fingerprint", "document", "decision", "reason", "until", "made", "undone"),
    *("basis", "path_key", "who", "ground", "purpose", "asked", "due", "device", "item", "shown"),
    *("glob", "folder", "told_done", "ended_by", "ended_why", "proposal"),
)


_SHOWN = (
    " AND (v.document IS NULL OR EXISTS (SELECT 1 FROM document d WHERE d.device=v.device"
    " AND d.path_key=v.path_key AND d.item=coalesce(v.item, ''))"
    " OR EXISTS (SELECT 1 FROM document d WHERE d.id=v.document))"
)
"""That a verdict is about a document which the part of an index shows, or about many."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict as it was kept, and the document that it is about now (None: none is there).

    `moved`: nothing lies where it lay, and the document is known to lie elsewhere.
    """

    id: int
    decision: str
    reason: str
    until: str | None
    made: str
    who: str
    ground: str
    purpose: str
    asked: str
    due: str | None
    about: About
    kind: str
    shown: str = field(repr=False)
    document: int | None
    moved: bool
    fingerprint: bytes | None = field(repr=False)
    device: str = ""
    folder: bytes | None = field(default=None, repr=False)
    glob: str = ""
    basis_text: str = field(default="", repr=False)
    path_key: bytes = field(default=b"", repr=False)
    told_done: str | None = None
    ended: str | None = None
    ended_by: str = ""
    ended_why: str = ""
    proposal: int | None = None
    answer: str | None = None

    @property
    def basis(self) -> Basis | None:
        """What its document was like, or all below a folder or rule; None: not known yet."""
        return Basis.from_text(self.basis_text, self.path_key) if self.basis_text else None

    @property
    def is_task(self) -> bool:
        return self.decision in TASKS


class Verdicts:
    """The verdicts of an opened index; each is compared with the index when it is first asked."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._connection = opened.connection
        self._today = opened.moment.isoformat(timespec="seconds")
        self._changes: dict[int, tuple[Change, ...]] = {}
        self._documents: dict[int, tuple[str, bytes, bytes]] = {}

    @cached_property
    def all(self) -> list[Decided]:
        """Return every verdict that was ever made, the newest last."""
        loaded = self._opened.loaded
        return loaded(self._load) if loaded is not None else self._load()

    def one(self, number: int) -> Decided | None:
        """Return the verdict of a number; None where there is none."""
        return next(iter(self._load("v.id=?", (number,))), None)

    def of_proposals(self, proposals: Collection[int]) -> list[Decided]:
        """Return the verdicts that wait for these proposals, or did."""
        return self._load(f"v.proposal IN ({','.join(map(str, proposals)) or 'NULL'})")

    def of(self, *decisions: str) -> list[Decided]:
        """Return the verdicts of some sorts that have not ended; of a part, what it shows."""
        told = ", ".join(f"'{decision}'" for decision in decisions)
        shown = _SHOWN if self._opened.part else ""
        return self._load(f"v.undone IS NULL AND v.decision IN ({told}){shown}")

    def newest(self, before: int, most: int) -> list[Decided]:
        """Return the newest verdicts that were made before one, at most so many; 0: of all.

        Of a part, without those about documents that it does not show.
        """
        if not self._opened.decided:
            return []
        shown = _SHOWN if self._opened.part else ""
        numbers = self._connection.execute(
            f"SELECT v.id FROM decisions.verdict v WHERE (?1=0 OR v.id<?1){shown}"
            " ORDER BY v.id DESC LIMIT ?2",
            (before, most),
        ).fetchall()
        listed = ",".join(str(number) for (number,) in numbers) or "NULL"
        return self._load(f"v.id IN ({listed})")[::-1]

    def look_at(self, documents: Sequence[int]) -> None:
        """Keep to the verdicts that can concern some documents: others are not read."""
        if "all" not in self.__dict__:
            asked = "(SELECT value FROM json_each(?1))"
            self.all = self._load(
                f"v.path_key IN (SELECT path_key FROM document WHERE id IN {asked})"
                f" OR v.document IN {asked} OR v.document IS NULL",
                (json.dumps(list(documents)),),
            )

    def _load(self, condition: str = "1", values: tuple[object, ...] = ()) -> list[Decided]:
        if not self._opened.decided:
            return []
        execute = self._connection.execute
        known = {row[1] for row in execute("PRAGMA decisions.table_info(verdict)")}
        condition = re.sub(  # a file of an earlier version, only read since, has fewer columns
            r"\bv\.(\w+)", lambda name: name[0] if name[1] in known else "NULL", condition
        )
        columns = ", ".join(f"v.{name}" if name in known else "NULL" for name in COLUMNS)
        answer = "p.answer" if "proposal" in known else "NULL"
        joined = " LEFT JOIN decisions.proposal p ON p.id=v.proposal" if "proposal" in known else ""
        lies = moved = "NULL"
        if {"device", "path_key", "item"} <= known:
            lies = (
                "CASE WHEN v.undone IS NULL THEN (SELECT d.id FROM document d WHERE"
                " d.device=v.device AND d.path_key=v.path_key AND d.item=coalesce(v.item, '')"
                " AND d.gone_run IS NULL) END"
            )
            moved = (
                "(SELECT m.document FROM moved m CROSS JOIN document d ON d.id=m.document"
                " WHERE m.document=v.document AND d.gone_run IS NULL LIMIT 1)"
            )
        rows = execute(
            f"SELECT {columns}, {answer}, {lies}, {moved} FROM decisions.verdict v{joined}"
            f" WHERE {condition} ORDER BY v.id",
            values,
        ).fetchall()
        names = (*COLUMNS, "answer", "lies", "was_moved")
        return [self._decided(dict(zip(names, row, strict=True))) for row in rows]

    def _decided(self, row: dict[str, Any]) -> Decided:
        about: About = "document"
        if row["folder"] is not None:
            about = "folder"
        elif row["glob"]:
            about = "rule"
        elif row["fingerprint"] is not None:
            about = "value" if row["document"] is None else "finding"
        document, moved = row["document"], False
        if document is not None and row["path_key"] and not row["undone"]:
            document, moved = self._lies(row)
        return Decided(
            row["id"],
            row["decision"],
            row["reason"] or "",
            row["until"],
            row["made"],
            row["who"] or "",
            row["ground"] or "",
            row["purpose"] or "",
            row["asked"] or "",
            row["due"],
            about,
            row["kind"] or "",
            row["shown"] or "",
            document,
            moved,
            row["fingerprint"],
            row["device"] or "",
            row["folder"],
            row["glob"] or "",
            row["basis"] or "",
            row["path_key"] or b"",
            row["told_done"],
            row["undone"],
            row["ended_by"] or "",
            row["ended_why"] or "",
            row["proposal"],
            row["answer"],
        )

    def _lies(self, row: dict[str, Any]) -> tuple[int | None, bool]:
        """Return where a verdict's document lies now, and whether it was moved there."""
        number: int = row["document"]
        if row["lies"]:
            return row["lies"], False
        if not row["device"]:
            found = self._connection.execute(
                "SELECT id FROM document WHERE path_key=? AND item=? AND device IN"
                " (SELECT id FROM device) AND gone_run IS NULL ORDER BY id<>? LIMIT 1",
                (row["path_key"], row["item"] or "", number),
            ).fetchone()
            if found is not None:
                return found[0], False
            row["was_moved"] = self._connection.execute(
                "SELECT 1 FROM document d JOIN moved m ON m.document=d.id"
                " WHERE d.id=? AND d.gone_run IS NULL LIMIT 1",
                (number,),
            ).fetchone()
        return (number, True) if row["was_moved"] else (None, False)

    def state(self, verdict: Decided) -> State:
        """Return whether a verdict holds, and if not, why it does not."""
        if verdict.ended is not None:
            return "undone"
        if verdict.proposal is not None and verdict.answer != "approved":
            return "refused" if verdict.answer == "refused" else "proposed"
        if verdict.until and verdict.until < self._today[: len(verdict.until)]:
            return "ended"
        return "reopened" if self.changes(verdict) else "standing"

    def changes(self, verdict: Decided) -> tuple[Change, ...]:
        """Return what makes a verdict no longer hold; a task stands whatever its document does.

        Where verdicts were compared before (`Opened.compared`), that is what is told.
        """
        if verdict.is_task or not verdict.basis_text:
            return ()
        if verdict.id not in self._changes:
            self._changes[verdict.id] = self._found(verdict)
        return self._changes[verdict.id]

    def _found(self, verdict: Decided) -> tuple[Change, ...]:
        if self._opened.compared is not None:
            held = self._opened.compared()
            if held is not None and verdict.id in held.changes:
                return held.changes[verdict.id]
            if verdict.about in ("folder", "rule"):  # given since: it is as it was then
                return ()
        return tuple(self._compared(verdict, verdict.basis or Basis()))

    def under(self, rule: Decided) -> tuple[int, ...] | None:
        """Return the documents that a folder's or rule's task asks for; None: not found yet."""
        held = self._opened.compared() if self._opened.compared is not None else None
        return held.below.get(rule.id) if held is not None else None

    def _compared(self, verdict: Decided, basis: Basis) -> Iterator[Change]:
        if verdict.moved:
            yield "moved"
            return
        if verdict.about == "value":
            return
        if verdict.about in ("document", "finding"):
            if verdict.document is None:
                return
            after = basis_of(self._connection, verdict.document, self._opened.judging)
        else:
            after = basis_below(self._opened, verdict)
        if after is None:
            return
        for change in basis.changes(after):
            if verdict.about != "finding" or change in ("moved", "readers"):
                yield change

    @cached_property
    def _keyed(self) -> dict[tuple[bytes | None, int | None], Decided]:
        held: dict[tuple[bytes | None, int | None], Decided] = {}
        for each in self.all:
            if each.about in ("folder", "rule") or each.ended is not None:
                continue
            if each.document is None and each.about != "value":
                continue
            held[(each.fingerprint, each.document)] = each
        return held

    @cached_property
    def _wide(self) -> list[Decided]:
        """The verdicts about folders, the deepest first, then those about rules, newest first."""
        held = [each for each in self.all if each.ended is None]
        folders = [each for each in held if each.about == "folder"]
        folders.sort(key=lambda each: -len(each.folder or b""))
        return folders + [each for each in reversed(held) if each.about == "rule"]

    def of_document(self, document: int, kind: str = "") -> Iterator[Decided]:
        """Yield the verdicts that cover a document as a whole, nearest first, in any state."""
        if (None, document) in self._keyed:
            yield self._keyed[(None, document)]
        for each in self._wide:
            if self._covers(each, document, kind):
                yield each

    def of_finding(self, fingerprint: bytes, document: int, kind: str = "") -> Decided | None:
        """Return the verdict that holds for a value in a document; the nearest one wins."""
        if not self.all:
            return None
        near = self._keyed.get((fingerprint, document))
        if near is not None and self.state(near) == "standing":
            return near
        whole = self._keyed.get((None, document))
        if whole is not None and self.state(whole) == "standing":
            return whole
        anywhere = self._keyed.get((fingerprint, None))
        if anywhere is not None and self.state(anywhere) == "standing":
            return anywhere
        for each in self._wide:
            if self._covers(each, document, kind) and self.state(each) == "standing":
                return each
        return None

    def standing(self, document: int) -> Decided | None:
        """Return the verdict that holds for the whole of a document, whatever kind it is about."""
        for each in self.of_document(document):
            if self.state(each) == "standing" and not each.kind:
                return each
        return None

    def reopened(self, document: int) -> Decided | None:
        """Return the verdict about a document that held until it changed."""
        for each in self.of_document(document):
            if self.state(each) == "reopened":
                return each
        return None

    def _covers(self, verdict: Decided, document: int, kind: str) -> bool:
        if document not in self._documents:
            row = self._connection.execute(
                "SELECT device, path, display FROM document WHERE id=?", (document,)
            ).fetchone()
            self._documents[document] = (row[0], bytes(row[1]), _display(row[2])) if row else _NONE
        device, path, display = self._documents[document]
        if verdict.about == "folder":
            return device == verdict.device and path.startswith(verdict.folder or b"\0")
        if verdict.kind and kind and verdict.kind != kind:
            return False
        return _matcher(verdict.glob)(display)


_NONE = ("", b"", b"")


@lru_cache(maxsize=1000)
def _matcher(glob: str) -> Callable[[bytes], bool]:
    return path_matcher(glob, bytes)


def _display(path: str | None) -> bytes:
    return (path or "").encode("utf-8", "surrogateescape")


def basis_below(opened: Opened, verdict: Decided) -> Basis:
    """Return what lies in a folder or under a rule now, summed over its documents."""
    if verdict.about == "folder":
        return basis_of_folder(opened, verdict.device, verdict.folder or b"")
    return basis_of_rule(opened, verdict.glob, verdict.kind)


def below(folder: bytes) -> tuple[str, tuple[bytes, bytes]]:
    """Return the condition on `document d` that it lies below a stored folder path."""
    return "d.path>=? AND d.path<?", (folder, folder[:-1] + bytes([folder[-1] + 1]))


def basis_of_folder(opened: Opened, device: str, folder: bytes) -> Basis:
    """Return the kinds below a stored folder path, and the most that can read any of it."""
    if not folder:
        return Basis()
    condition, values = below(folder)
    return _summed(opened, f"d.device=? AND {condition}", (device, *values))


def basis_of_rule(opened: Opened, glob: str, kind: str = "") -> Basis:
    """Return the same for the documents whose shown path a glob matches. Raises ValueError."""
    matches = path_matcher(glob, bytes)
    opened.connection.create_function(
        "rule_matches", 1, lambda path: matches(_display(path)), deterministic=True
    )
    return _summed(opened, "rule_matches(d.display)", (), kind)


def basis_of_documents(opened: Opened, numbers: Sequence[int], kind: str = "") -> Basis:
    """Return the same for documents told by their numbers."""
    held = "d.id IN (SELECT value FROM json_each(?))"
    return _summed(opened, held, (json.dumps(list(numbers)),), kind)


def _summed(opened: Opened, condition: str, values: tuple[object, ...], kind: str = "") -> Basis:
    groups = opened.judging.groups()
    kinds: dict[str, int] = {}
    of_kind = "AND f.kind=?" if kind else ""
    for found, number in opened.connection.execute(
        "SELECT f.kind, count(DISTINCT f.fingerprint) FROM document d"
        " CROSS JOIN occurrence o ON o.document=d.id CROSS JOIN finding f ON f.content=o.content"
        f" WHERE d.gone_run IS NULL AND o.gone_run IS NULL AND {condition} {of_kind}"
        f" AND {opened.is_finding('f')} GROUP BY f.kind",
        (*values, *((kind,) if kind else ())),
    ):
        if groups.get(found, "ordinary") != "ordinary":
            kinds[found] = number
    readers = {
        row[0]
        for row in opened.connection.execute(
            "SELECT DISTINCT d.readable_by FROM document d"
            f" WHERE d.gone_run IS NULL AND {condition}",
            values,
        )
    }
    widest = max((each for each in AUDIENCES if each in readers), key=AUDIENCES.index, default="")
    return Basis(kinds, b"", widest)


def folders_of(path: bytes) -> list[bytes]:
    """Return the folders that a stored path lies in, the nearest first, each with its separator."""
    mark = b"/" if b"/" in path else b"\\"
    found = []
    end = path.rfind(mark)
    while end > 0:
        found.append(path[: end + 1])
        end = path.rfind(mark, 0, end)
    return found


def target_document(connection: sqlite3.Connection, number: int) -> tuple[Any, ...] | None:
    """Return device, path key, item, stored path and shown path of a document that is there."""
    found: tuple[Any, ...] | None = connection.execute(
        "SELECT device, path_key, item, path, display FROM document"
        " WHERE id=? AND gone_run IS NULL",
        (number,),
    ).fetchone()
    return found

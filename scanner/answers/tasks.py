"""Say what somebody is asked to move or delete, by when, and whether it is done. Writes nothing.

Done is what the index says: nothing lies there any more, as of its last reading.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from scanner.answers.compared import MOST_BELOW
from scanner.answers.filters import path_matcher
from scanner.answers.findings import SHOWN, Shown, as_shown
from scanner.answers.opened import Opened
from scanner.answers.verdicts import Decided, below
from scanner.index.decided import TASKS

TaskState = Literal["overdue", "open", "told", "done"]
ORDER: tuple[TaskState, ...] = ("overdue", "open", "told", "done")


@dataclass(frozen=True, slots=True)
class Task:
    """One document that somebody is asked about. `document` None: it is gone.

    `told`: somebody says it is done, and no reading has shown it yet. `elsewhere`: it was moved.
    """

    verdict: Decided
    state: TaskState
    document: Shown | None = field(repr=False)
    elsewhere: bool = False

    @property
    def whose(self) -> str:
        """Who is asked: who the verdict names, else the owner; "" for nobody."""
        if self.verdict.asked:
            return self.verdict.asked
        return (self.document.owner or "") if self.document else ""

    @property
    def department(self) -> str:
        return (self.document.department or "") if self.document else ""


def tasks(opened: Opened, today: str, *, part: bool = False) -> list[Task]:
    """Return the tasks, overdue ones first, then by their day; `today` as in 2026-11-30.

    `part`: the index shows a part of itself, and what is not in it is not told.
    """
    found: list[Task] = []
    verdicts = opened.verdicts
    standing = [each for each in verdicts.of(*sorted(TASKS)) if verdicts.state(each) == "standing"]
    below = {
        each.id: list(islice(_below(opened, each), MOST_BELOW))
        for each in standing
        if each.about in ("folder", "rule")
    }
    shown = _shown(
        opened,
        [each.document for each in standing if each.document is not None]
        + [number for numbers in below.values() for number in numbers],
    )
    for each in standing:
        if each.id in below:
            state = _state(each, today)
            found += [Task(each, state, shown[n]) for n in below[each.id] if n in shown]
            continue
        document = shown.get(each.document or 0)
        if document is None:
            if not part and each.about != "value":
                found.append(Task(each, "done", None))
            continue
        state = _state(each, today)
        if state == "told" and _read_since(opened, each, document.id):
            state = "overdue" if (each.due or today) < today else "open"
        if (each.moved and each.decision == "move") or not _holds(opened, each, document.id):
            state = "done"
        found.append(Task(each, state, document, each.moved))
    return sorted(found, key=lambda task: (ORDER.index(task.state), task.verdict.due or ""))


def _shown(opened: Opened, numbers: list[int]) -> dict[int, Shown]:
    """Return those of the documents that are there, by number."""
    rows = opened.connection.execute(
        f"{SHOWN} WHERE d.id IN (SELECT value FROM json_each(?)) AND d.gone_run IS NULL",
        (json.dumps(numbers),),
    ).fetchall()
    return {row[0]: as_shown(opened, row) for row in rows}


def _state(verdict: Decided, today: str) -> TaskState:
    if verdict.told_done:
        return "told"
    return "overdue" if (verdict.due or today) < today else "open"


def _read_since(opened: Opened, verdict: Decided, document: int) -> bool:
    """Whether the place of a document was walked to its end since the task was told done."""
    row = opened.connection.execute(
        "SELECT max(r.started) FROM document d JOIN run r ON r.place=d.place"
        " WHERE d.id=? AND r.status='done'",
        (document,),
    ).fetchone()
    return bool(row[0]) and row[0] > (verdict.told_done or "")


def _holds(opened: Opened, verdict: Decided, document: int) -> bool:
    """Whether a document still holds the value that a task is about; true for a whole document."""
    if verdict.fingerprint is None:
        return True
    row = opened.connection.execute(
        "SELECT 1 FROM occurrence o CROSS JOIN finding f ON f.content=o.content"
        " WHERE o.document=?1 AND o.gone_run IS NULL AND f.fingerprint=?2"
        " UNION ALL SELECT 1 FROM name_finding WHERE document=?1 AND fingerprint=?2 LIMIT 1",
        (document, verdict.fingerprint),
    ).fetchone()
    return row is not None


def _below(opened: Opened, verdict: Decided) -> Iterator[int]:
    if opened.compared is not None:
        yield from opened.verdicts.under(verdict) or ()
        return
    execute = opened.connection.execute
    if verdict.about == "folder":
        condition, values = below(verdict.folder or b"\0")
        rows = execute(
            f"SELECT d.id FROM document d WHERE d.device=? AND {condition}"
            " AND d.gone_run IS NULL AND d.risk > 0 ORDER BY d.display, d.id",
            (verdict.device, *values),
        )
        yield from (row[0] for row in rows)
        return
    matches = path_matcher(verdict.glob, bytes)
    for number, display in execute(
        "SELECT id, display FROM document WHERE gone_run IS NULL AND risk > 0 ORDER BY display, id"
    ):
        if matches((display or "").encode("utf-8", "surrogateescape")):
            yield number

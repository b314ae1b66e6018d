"""Keep cases in the decisions file: what a person or a breach asks for, and all that was done.

Of a person only keyed fingerprints and masks are kept. Lines are added and never changed: the
file itself refuses it. Every line is one of the audit, too, before it stands here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from scanner.answers.moments import stored
from scanner.deadlines import due
from scanner.index.decided import fit
from scanner.index.looked_up import LOOKED_UP, look_up_line
from scanner.index.store import Decisions, explain, now

CaseType = Literal["access", "erasure", "objection", "breach"]
TYPES: tuple[CaseType, ...] = get_args(CaseType)
STEPS: Mapping[CaseType, tuple[str, ...]] = {
    "access": ("identity", "search", "outside", "confirm", "others", "reply"),
    "erasure": ("identity", "search", "keep", "tasks", "outside", "reread", "reply"),
    "objection": ("identity", "search", "assess", "stop", "reply"),
    "breach": ("contain", "measure", "assess", "authority", "persons", "learn"),
}
"""The checklist of each type, in order."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the person that a case is about: no longer the value."""

    kind: str
    fingerprint: bytes = field(repr=False)
    masked: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case. `detail`: what belongs to it, without values."""

    at: str
    who: str
    what: str
    detail: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it is kept. Times are UTC."""

    id: int
    type: CaseType
    title: str = field(repr=False)
    device: str
    opened: str
    opened_by: str
    begun: str
    due: str
    closed: str | None
    closed_by: str
    statement: str = field(repr=False)

    @property
    def due_at(self) -> datetime:
        return datetime.fromisoformat(self.due)


def begin(
    decisions: Decisions,
    kind: CaseType,
    title: str,
    begun: datetime,
    values: Sequence[Value],
    who: str,
    device: str = "",
) -> int:
    """Open a case and return its number. Raises IndexTrouble."""
    try:
        decisions.log("case opened", kind, f"{len(values)} values", who=who)
        if values:
            subject, kinds = look_up_line((each.kind, each.fingerprint) for each in values)
            decisions.log(LOOKED_UP, subject, f"{kinds}, new case", who=who)
        done = decisions.connection.execute(
            "INSERT INTO case_file(type, title, device, opened, opened_by, begun, due)"
            " VALUES (?,?,?,?,?,?,?)",
            (kind, fit(title), device, now(), who, stored(begun), stored(due(kind, begun))),
        )
        number = int(done.lastrowid or 0)
        decisions.connection.executemany(
            "INSERT INTO case_value(case_file, kind, fingerprint, masked) VALUES (?,?,?,?)",
            [(number, each.kind, each.fingerprint, each.masked) for each in values],
        )
        _line(decisions, number, "opened", {}, who)
    except sqlite3.Error as error:
        raise explain(error, decisions.path) from None
    return number


def _line(
    decisions: Decisions, number: int, what: str, detail: Mapping[str, Any], who: str
) -> None:
    decisions.connection.execute(
        "INSERT INTO case_line(case_file, at, who, what, detail) VALUES (?,?,?,?,?)",
        (number, now(), who, what, json.dumps(detail, ensure_ascii=False)),
    )


def add(decisions: Decisions, number: int, what: str, detail: Mapping[str, Any], who: str) -> None:
    """Add a line to a case. `detail`'s texts are masked by who calls. Raises IndexTrouble."""
    try:
        decisions.log(f"case {what}", f"case {number}", str(detail.get("step", "")), who=who)
        _line(decisions, number, what, detail, who)
    except sqlite3.Error as error:
        raise explain(error, decisions.path) from None


def extend(decisions: Decisions, case: Case, reason: str, who: str) -> None:
    """Give a request the two further months of Art. 12(3). Raises IndexTrouble."""
    until = stored(due(case.type, datetime.fromisoformat(case.begun), extended=True))
    add(decisions, case.id, "extended", {"text": fit(reason), "until": until}, who)
    decisions.connection.execute("UPDATE case_file SET due=? WHERE id=?", (until, case.id))


def close(decisions: Decisions, case: Case, statement: str, who: str) -> None:
    """Close a case with what is said at its end. Raises IndexTrouble."""
    add(decisions, case.id, "closed", {"text": fit(statement)}, who)
    decisions.connection.execute(
        "UPDATE case_file SET closed=?, closed_by=?, statement=? WHERE id=?",
        (now(), who, fit(statement), case.id),
    )


def reopen(decisions: Decisions, case: Case, reason: str, who: str) -> None:
    """Open a closed case again; its statement stays in its lines. Raises IndexTrouble."""
    add(decisions, case.id, "reopened", {"text": fit(reason)}, who)
    decisions.connection.execute(
        "UPDATE case_file SET closed=NULL, closed_by=NULL, statement=NULL WHERE id=?", (case.id,)
    )


def cases(decisions: Decisions, *, opened_by: str = "") -> list[Case]:
    """Return the cases, open ones first, by deadline; `opened_by` keeps one's own."""
    rows = decisions.connection.execute(
        "SELECT id, type, title, device, opened, opened_by, begun, due, closed,"
        " coalesce(closed_by, ''), coalesce(statement, '') FROM case_file"
        " WHERE ?1='' OR opened_by=?1 ORDER BY closed IS NOT NULL, closed DESC, due, id",
        (opened_by,),
    ).fetchall()
    return [Case(*row) for row in rows]


def case(decisions: Decisions, number: int) -> Case | None:
    return next((each for each in cases(decisions) if each.id == number), None)


def values_of(decisions: Decisions, number: int) -> list[Value]:
    rows = decisions.connection.execute(
        "SELECT kind, fingerprint, masked FROM case_value WHERE case_file=? ORDER BY id", (number,)
    ).fetchall()
    return [Value(*row) for row in rows]


def lines_of(decisions: Decisions, number: int) -> list[Entry]:
    """Return the lines of a case, oldest first."""
    rows = decisions.connection.execute(
        "SELECT at, who, what, detail FROM case_line WHERE case_file=? ORDER BY id", (number,)
    ).fetchall()
    return [Entry(at, who, what, json.loads(detail)) for at, who, what, detail in rows]


def steps_done(lines: Sequence[Entry]) -> dict[str, Entry]:
    """Return the steps that are done, each with the line that says so."""
    done: dict[str, Entry] = {}
    for line in lines:
        if line.what == "step":
            done[line.detail["step"]] = line
        elif line.what == "step undone":
            done.pop(line.detail["step"], None)
    return done

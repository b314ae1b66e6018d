"""Keep what officers decide: about a finding, a document, a folder or a rule. Reads no document.

What a verdict hangs on are keyed hashes of paths, fingerprints and stored folders, so that it
outlives an index that is made anew. Texts are kept masked: a value in one is no longer one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from scanner.index.store import Decisions, explain, now, transaction
from scanner.index.verdicts import Basis
from scanner.typed import typed

Decision = Literal["false alarm", "belongs", "move", "delete", "waits"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
TASKS: frozenset[str] = frozenset({"move", "delete"})
"""Decisions that ask somebody to do something by a day."""
REASON_SIGNS = 300


@dataclass(frozen=True, slots=True)
class Target:
    """What a verdict is about. `shown` names it for eyes, masked.

    A finding: `fingerprint` and a document. A value wherever it lies: `fingerprint` alone. A
    document: `device`, `path_key`, `item`, with `document` its number now. A folder: `device` and
    its stored path, ending in a separator. A rule: a glob over shown paths, `kind` or all.
    """

    shown: str = field(repr=False)
    kind: str = ""
    fingerprint: bytes | None = field(default=None, repr=False)
    masked: str = field(default="", repr=False)
    document: int | None = None
    device: str = ""
    item: str = ""
    folder: bytes | None = field(default=None, repr=False)
    glob: str = ""
    basis: Basis | None = field(default_factory=Basis, repr=False)
    """None: what lies in a large folder or under a rule is still to be counted (`keep_bases`)."""

    @property
    def subject(self) -> str:
        """Return what the audit calls it, without names: one word and numbers."""
        if self.fingerprint is not None and self.document is None:
            return self.fingerprint.hex()
        if self.document is not None:
            return f"document {self.document}"
        return "folder" if self.folder is not None else f"rule {typed(self.glob)}"


@dataclass(frozen=True, slots=True)
class Said:
    """What is decided, why, and until when; for a task, who is asked and by which day."""

    decision: Decision
    reason: str = field(repr=False)
    until: date | None = None
    ground: str = field(default="", repr=False)
    purpose: str = field(default="", repr=False)
    asked: str = field(default="", repr=False)
    due: date | None = None


def fit(text: str) -> str:
    """Return a text as it is kept: masked, in one line, bounded."""
    return typed(" ".join(text.split()))[:REASON_SIGNS]


def decide(decisions: Decisions, targets: Sequence[Target], said: Said, who: str) -> list[int]:
    """Keep a verdict about each target, in place of one that stood; return their numbers.

    Each is a line of the audit, written before it holds. "delete" waits until another account
    approves the proposal that all of them share. Raises IndexTrouble.
    """
    made: list[int] = []
    try:
        proposal = None
        if said.decision == "delete":
            subject = f"{len(targets)} verdicts"
            proposal = propose(decisions, "delete", subject, said.reason, who)
        for target in targets:
            detail = f"until {said.until or said.due or '-'}: {fit(said.reason)}"
            decisions.log(f"verdict {said.decision}", target.subject, detail, who=who)
            _end_same(decisions.connection, target, who)
            made.append(_insert(decisions.connection, target, said, who, proposal))
    except sqlite3.Error as error:
        raise explain(error, decisions.path) from None
    return made


def _insert(
    connection: sqlite3.Connection, target: Target, said: Said, who: str, proposal: int | None
) -> int:
    row = {
        "kind": target.kind or None,
        "fingerprint": target.fingerprint,
        "document": target.document,
        "decision": said.decision,
        "reason": fit(said.reason),
        "until": said.until.isoformat() if said.until else None,
        "made": now(),
        "basis": target.basis.as_text() if target.basis is not None else None,
        "path_key": (target.basis.path_key or None) if target.basis is not None else None,
        "who": who,
        "ground": fit(said.ground),
        "purpose": fit(said.purpose),
        "asked": fit(said.asked),
        "due": said.due.isoformat() if said.due else None,
        "device": target.device or None,
        "item": target.item,
        "shown": target.shown,
        "glob": target.glob or None,
        "folder": target.folder,
        "proposal": proposal,
    }
    done = connection.execute(
        f"INSERT INTO verdict({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
        tuple(row.values()),
    )
    return int(done.lastrowid or 0)


def _end_same(connection: sqlite3.Connection, target: Target, who: str) -> None:
    values: tuple[object, ...]
    if target.folder is not None:
        same, values = "folder=? AND device=?", (target.folder, target.device)
    elif target.glob:
        same, values = "glob=? AND coalesce(kind, '')=?", (target.glob, target.kind)
    else:
        same = "folder IS NULL AND glob IS NULL AND fingerprint IS ? AND ("
        same += "path_key=? AND device=? AND coalesce(item, '')=? OR document IS ?"
        same += " AND (path_key IS NULL OR device IS NULL))"
        values = (
            target.fingerprint,
            target.basis.path_key if target.basis is not None else None,
            target.device,
            target.item,
            target.document,
        )
    connection.execute(
        "UPDATE verdict SET undone=?, ended_by=?, ended_why='replaced'"
        f" WHERE undone IS NULL AND {same}",
        (now(), who, *values),
    )


def keep_bases(decisions: Decisions, bases: Mapping[int, Basis]) -> None:
    """Keep what folders and rules were like whose verdicts do not know it yet."""
    try:
        with transaction(decisions.connection, decisions.path):
            decisions.connection.executemany(
                "UPDATE verdict SET basis=? WHERE id=? AND basis IS NULL",
                [(basis.as_text(), number) for number, basis in bases.items()],
            )
    except sqlite3.Error as error:
        raise explain(error, decisions.path) from None


def take_back(decisions: Decisions, number: int, who: str, why: str = "") -> bool:
    """End a verdict; whether it stood. Raises IndexTrouble."""
    try:
        decisions.log("verdict undone", f"verdict {number}", fit(why), who=who)
        done = decisions.connection.execute(
            "UPDATE verdict SET undone=?, ended_by=?, ended_why=? WHERE id=? AND undone IS NULL",
            (now(), who, fit(why) or "undone", number),
        )
    except sqlite3.Error as error:
        raise explain(error, decisions.path) from None
    return done.rowcount > 0


def told_done(decisions: Decisions, number: int, who: str) -> None:
    """Keep that somebody says a task is done; the next reading of the place tells whether it is."""
    try:
        decisions.log("task told done", f"verdict {number}", who=who)
        decisions.connection.execute(
            "UPDATE verdict SET told_done=? WHERE id=? AND undone IS NULL", (now(), number)
        )
    except sqlite3.Error as error:
        raise explain(error, decisions.path) from None


def propose(decisions: Decisions, what: str, subject: str, reason: str, who: str) -> int:
    """Keep a proposal that another account has to approve; return its number."""
    decisions.log(f"proposed {what}", subject, fit(reason), who=who)
    done = decisions.connection.execute(
        "INSERT INTO proposal(what, subject, reason, made, who) VALUES (?,?,?,?,?)",
        (what, subject, fit(reason), now(), who),
    )
    return int(done.lastrowid or 0)


class SameAccount(Exception):
    """Who proposed something does not answer it."""


def answer(decisions: Decisions, number: int, approved: bool, who: str) -> bool:
    """Approve or refuse a proposal; whether it was open. Raises SameAccount, IndexTrouble."""
    row = decisions.connection.execute(
        "SELECT who, what FROM proposal WHERE id=? AND answer IS NULL", (number,)
    ).fetchone()
    if row is None:
        return False
    if row[0] == who and approved:
        raise SameAccount
    answered = "approved" if approved else "refused"
    try:
        decisions.log(f"{answered} {row[1]}", f"proposal {number}", who=who)
        done = decisions.connection.execute(
            "UPDATE proposal SET answer=?, answered=?, answered_by=?"
            " WHERE id=? AND answer IS NULL AND (who<>? OR ?='refused')",
            (answered, now(), who, number, who, answered),
        )
    except sqlite3.Error as error:
        raise explain(error, decisions.path) from None
    return done.rowcount > 0


def end(decisions: Decisions, number: int, who: str) -> bool:
    """End what two persons agreed on: one is enough for more protection. Whether it stood."""
    try:
        row = decisions.connection.execute(
            "SELECT what FROM proposal WHERE id=? AND answer='approved'", (number,)
        ).fetchone()
        if row is None:
            return False
        decisions.log(f"ended {row[0]}", f"proposal {number}", who=who)
        done = decisions.connection.execute(
            "UPDATE proposal SET answer='ended' WHERE id=? AND answer='approved'", (number,)
        )
    except sqlite3.Error as error:
        raise explain(error, decisions.path) from None
    return done.rowcount > 0

"""Keep of a flagged document what a later word needs, and look up the rest when its time comes.

What is kept has no name of anything: name and path are read from the index, as it shows them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, cast

from scanner.alert.policy import rank_of
from scanner.alert.state import Waiting
from scanner.flagged import Flagged, HeldKind
from scanner.index.store import Index
from scanner.index.verdicts import kinds_of
from scanner.judging import Judging
from scanner.names import display
from scanner.risk import Level


@contextmanager
def reading(index: Path) -> Iterator[Connection]:
    """Open the index for looking something up. Raises IndexTrouble, sqlite3.Error."""
    with Index(index, readonly=True) as opened:
        yield opened.connection


def waiting_of(flagged: Flagged, again: tuple[str, ...], at: datetime) -> Waiting:
    """Return what is kept of a document that the employee is to be told of."""
    body: dict[str, Any] = {
        "risk": flagged.risk,
        "level": flagged.level,
        "forbidden": flagged.forbidden,
        "readable_by": flagged.readable_by,
        "saved": flagged.saved.isoformat(),
        "rule": flagged.rule,
        "kinds": [[each.kind, each.group, each.values, each.hits] for each in flagged.kinds],
        "again": list(again),
    }
    return Waiting(flagged.document, flagged.mark, at, at, rank_of(flagged), body)


def flagged_of(waiting: Waiting, connection: Connection, judging: Judging) -> Flagged | None:
    """Return a document that waited as it is told now; None where there is nothing left to tell.

    That is so when it is gone, or holds nothing any more of what it was flagged for.
    """
    row = connection.execute(
        "SELECT d.path, d.owner, p.name FROM document d JOIN place p ON p.id=d.place"
        " WHERE d.id=? AND d.gone_run IS NULL",
        (waiting.document,),
    ).fetchone()
    holds = kinds_of(connection, waiting.document, judging) if row else {}
    body = waiting.body
    kinds = tuple(
        HeldKind(kind, group, values, hits, _where(connection, waiting.document, kind))
        for kind, group, values, hits in body["kinds"]
        if holds.get(kind)
    )
    if not kinds:
        return None
    return Flagged(
        document=waiting.document,
        place=row[2],
        path=row[0],
        display=display(row[0]),
        owner=row[1],
        kinds=kinds,
        risk=body["risk"],
        level=cast(Level, body["level"]),
        readable_by=body["readable_by"],
        forbidden=body["forbidden"],
        mark=waiting.mark,
        saved=datetime.fromisoformat(body["saved"]),
        rule=body["rule"],
    )


def _where(connection: Connection, document: int, kind: str) -> tuple[str, ...]:
    """Return the first place of a kind in a document, as the index has it: sealed where it must."""
    row = connection.execute(
        "SELECT o.inner, f.places FROM occurrence o JOIN finding f ON f.content=o.content"
        " WHERE o.document=? AND o.gone_run IS NULL AND f.kind=? ORDER BY o.inner, f.id LIMIT 1",
        (document, kind),
    ).fetchone()
    if row is None:
        return ()
    places = json.loads(row[1])
    return (*json.loads(row[0]), *(places[0] if places else ()))

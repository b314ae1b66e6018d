"""Bring the index up to changed own kinds: weigh what evidence tells, leave stale what it cannot.

Opens no document. Afterwards a result that still holds carries today's digest of the detectors.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scanner.index.contents import Contents
from scanner.index.record import count_totals
from scanner.index.rejudge import add_containers, weigh
from scanner.index.renaming import rename
from scanner.index.store import Index
from scanner.own_kinds import Described, Sign, Signs

if TYPE_CHECKING:
    from scanner.tools import Tools

PREFIX = "recipe "
"""Of the keys of `meta` that describe a detector set, by its digest."""
CONSIDERED = "considered"
"""The key of `meta` that says up to which detector sets the index was brought: one for each that
differs in more than own kinds."""

_IN: Mapping[Sign, str] = {
    "found": "id IN (SELECT content FROM finding WHERE kind=?1)",
    "labelled": "id IN (SELECT content FROM finding WHERE kind=?1"
    " AND (' '||evidence||' ' LIKE '% label %' OR ' '||evidence||' ' LIKE '% header %'))",
    "unlabelled": "id IN (SELECT content FROM finding WHERE kind=?1 AND NOT"
    " (' '||evidence||' ' LIKE '% label %' OR ' '||evidence||' ' LIKE '% header %'))",
    "weak": "(shapes IS NULL OR instr(shapes, ' '||?1||':weak '))",
    "touching": "(shapes IS NULL OR instr(shapes, ' '||?1||':touching '))",
}


@dataclass(frozen=True, slots=True)
class Reconsidered:
    """What changed: the kinds, documents whose result holds, and those to be read again."""

    kinds: tuple[str, ...]
    holding: int
    stale: int


def reconsider(index: Index, tools: Tools) -> Reconsidered | None:
    """Bring the index up to the own kinds of today; None where nothing had to be done.

    One transaction: killed, nothing is done. Raises IndexTrouble.
    """
    digest = tools.freshness.detectors
    considered = (index.meta(CONSIDERED) or "").split()
    if digest in considered:
        return None
    with index.transaction() as connection:
        known = {
            key.removeprefix(PREFIX): Described.from_text(text)
            for key, text in connection.execute(
                "SELECT key, value FROM meta WHERE key>=? AND key<?", (PREFIX, PREFIX[:-1] + "!")
            ).fetchall()
        }
        known.pop(digest, None)
        before = {
            old: concerned
            for old, described in known.items()
            if (concerned := described.concerned(tools.described)) is not None
        }
        index.set_meta(PREFIX + digest, tools.described.as_text())
        others = [
            each
            for each in considered
            if each in known and known[each].others != tools.described.others
        ]
        index.set_meta(CONSIDERED, " ".join((*others, digest)))
        if not before:
            return None
        return _reconsidered(index, tools, before)


def _reconsidered(
    index: Index, tools: Tools, before: Mapping[str, Mapping[str, Signs]]
) -> Reconsidered | None:
    connection, digest = index.connection, tools.freshness.detectors
    accepted = sorted(tools.freshness.accepted)
    _mark_concerned(connection, accepted, before)
    kinds = sorted({kind for signs in before.values() for kind in signs})
    for kind in kinds:
        if kind in tools.own:
            _weigh_again(connection, tools, kind, [old for old in before if kind in before[old]])
    marks = _marks(before)
    connection.execute(
        f"UPDATE content SET recipe=? WHERE recipe IN ({marks})"
        " AND id NOT IN (SELECT content FROM temp.concerned)",
        (digest, *before),
    )
    connection.execute("DROP TABLE temp.concerned")
    rows = connection.execute(
        "SELECT id, gone_run IS NULL AND NOT coalesce(folder, 0) FROM document d"
        f" WHERE detectors IN ({marks}) AND NOT EXISTS"
        " (SELECT 1 FROM occurrence o JOIN content c ON c.id=o.content"
        f" WHERE o.document=d.id AND o.gone_run IS NULL AND c.recipe NOT IN ({_marks(accepted)}))",
        (*before, *accepted),
    ).fetchall()
    connection.executemany(
        "UPDATE document SET detectors=? WHERE id=?", [(digest, number) for number, _ in rows]
    )
    (stale,) = connection.execute(
        f"SELECT count(*) FROM document WHERE detectors IN ({marks}) AND gone_run IS NULL"
        " AND NOT coalesce(folder, 0)",
        tuple(before),
    ).fetchone()
    last = connection.execute("SELECT max(id) FROM run").fetchone()[0]
    rename(connection, tools, Contents(index, tools, int(last or 0)), [n for n, _ in rows])
    if weigh(connection, tools.judging, kinds):
        day = datetime.now(UTC).date().isoformat()
        for (place,) in connection.execute("SELECT id FROM place").fetchall():
            count_totals(connection, place, day, tools.judging)
    holding = sum(is_open for _, is_open in rows)
    if not holding and not stale:
        return None
    return Reconsidered(tuple(kinds), holding, stale)


def _mark_concerned(
    connection: sqlite3.Connection,
    accepted: Sequence[str],
    before: Mapping[str, Mapping[str, Signs]],
) -> None:
    """Gather the contents that must be read, and what holds them."""
    connection.execute("DROP TABLE IF EXISTS temp.concerned")
    connection.execute("CREATE TEMP TABLE concerned(content INTEGER PRIMARY KEY)")
    standing = (*accepted, *before)
    connection.execute(
        "INSERT INTO temp.concerned SELECT id FROM content"
        f" WHERE recipe NOT IN ({_marks(standing)})",
        standing,
    )
    for old, kinds in before.items():
        for kind, signs in kinds.items():
            for sign in signs:
                connection.execute(
                    "INSERT OR IGNORE INTO temp.concerned SELECT id FROM content"
                    f" WHERE recipe=?2 AND {_IN[sign]}",
                    (kind, old),
                )
    add_containers(connection, "concerned")


def _weigh_again(
    connection: sqlite3.Connection, tools: Tools, kind: str, before: list[str]
) -> None:
    """Give the findings of a kind in contents that are not read again the confidence of today."""
    marks = _marks(before)
    where = (
        f"kind=? AND content IN (SELECT id FROM content WHERE recipe IN ({marks})"
        " AND id NOT IN (SELECT content FROM temp.concerned))"
    )
    held = connection.execute(
        f"SELECT DISTINCT evidence FROM finding WHERE {where}", (kind, *before)
    ).fetchall()
    for (evidence,) in held:
        confidence = round(tools.own[kind].confidence(evidence.split()), 3)
        connection.execute(
            f"UPDATE finding SET confidence=? WHERE {where} AND evidence=?",
            (confidence, kind, *before, evidence),
        )


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))

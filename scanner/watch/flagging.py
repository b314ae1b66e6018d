"""Say what the index holds of documents that were saved, and what of it is not allowed there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from connectors import Document
from connectors.excludes import slashed
from connectors.removable import is_removable
from connectors.shares import share_of
from scanner.answers.opened import Opened
from scanner.flagged import Flagged, HeldKind
from scanner.pipeline import Target
from scanner.privacy import shown
from scanner.risk import level_of, risk_of
from scanner.tools import Tools
from scanner.watch.rules import Rules, Spot

VOLUMES_KEPT = 256


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    display: str
    owner: str | None
    readable_by: str | None
    first_run: int


class Flagging:
    """The rules of a configuration for one place. Reads the index alone."""

    def __init__(self, target: Target, tools: Tools, rules: Rules) -> None:
        self._target = target
        self._tools = tools
        self._rules = rules
        self._root = slashed(target.root).rstrip("/")
        self._share = share_of(target.root)
        self._removable = lru_cache(maxsize=VOLUMES_KEPT)(is_removable)

    def flagged(
        self,
        opened: Opened,
        documents: Iterable[Document],
        at: datetime,
        *,
        first_run: int | None = None,
    ) -> Iterator[Flagged]:
        """Yield the documents that hold what is not allowed where they lie, as met.

        `first_run`: only those that this run met for the first time.
        """
        for document in documents:
            row = self._row(opened, document)
            if row is None or first_run not in (None, row.first_run):
                continue
            found = self._flagged(opened, document, row, at)
            if found is not None:
                yield found

    def _row(self, opened: Opened, document: Document) -> _Row | None:
        row = opened.connection.execute(
            "SELECT id, display, owner, readable_by, first_run FROM document"
            " WHERE device=? AND path_key=? AND item=? AND gone_run IS NULL AND risk>0",
            (self._target.device, self._tools.seal.path_key(document.path), document.item),
        ).fetchone()
        return None if row is None else _Row(*row)

    def _flagged(
        self, opened: Opened, document: Document, row: _Row, at: datetime
    ) -> Flagged | None:
        groups = self._tools.judging.groups()
        spot = self._spot(document.path)
        kinds: list[HeldKind] = []
        forbidden, sentence = False, ""
        for kind, values, hits in _counted(opened, row.id):
            group = groups.get(kind, "ordinary")
            decision, text = self._rules.decide(kind, group, spot)
            if decision == "allow":
                continue
            if decision == "forbid" and not forbidden:
                forbidden, sentence = True, text
            kinds.append(HeldKind(kind, group, values, hits, _first_place(opened, row.id, kind)))
        if not kinds:
            return None
        readable_by = row.readable_by or ""
        risk = risk_of({each.kind: each.values for each in kinds}, groups, readable_by)
        kinds.sort(key=lambda each: (-risk_of({each.kind: each.values}, groups), each.kind))
        return Flagged(
            document=row.id,
            place=shown(self._target.place),
            path=document.path,
            display=row.display,
            owner=shown(row.owner) if row.owner else None,
            kinds=tuple(kinds),
            risk=risk,
            level=level_of(risk),
            readable_by=readable_by,  # type: ignore[arg-type]  # as record() wrote it
            forbidden=forbidden,
            mark=_mark(opened, row.id),
            saved=at,
            rule=sentence,
        )

    def _spot(self, path: bytes) -> Spot:
        text = slashed(path)
        below = text[len(self._root) + 1 :]
        share = f"{self._share}/{below}" if self._share else ""
        return Spot(text, below, share, self._removable(os.path.dirname(path)))


def _inside(opened: Opened) -> str:
    return (
        f"{opened.is_finding('f')} AND {opened.not_ignored('f.fingerprint')}"
        f" AND {opened.is_wanted('f.kind', 'd.place')}"
    )


def _counted(opened: Opened, document: int) -> list[tuple[str, int, int]]:
    """Return kind, distinct values and hits of what a document and its name hold."""
    named = f"{opened.is_finding('n')} AND {opened.not_ignored('n.fingerprint')}"
    return opened.connection.execute(
        "SELECT kind, count(DISTINCT fingerprint), sum(count) FROM ("
        "SELECT f.kind, f.fingerprint, f.count FROM document d"
        " CROSS JOIN occurrence o ON o.document=d.id CROSS JOIN finding f ON f.content=o.content"
        f" WHERE d.id=?1 AND o.gone_run IS NULL AND {_inside(opened)} UNION ALL"
        " SELECT n.kind, n.fingerprint, n.count FROM name_finding n"
        f" WHERE n.document=?1 AND {named}) GROUP BY kind",
        (document,),
    ).fetchall()


def _first_place(opened: Opened, document: int, kind: str) -> tuple[str, ...]:
    """Return where the first finding of a kind lies, part names outermost first, for eyes."""
    row = opened.connection.execute(
        "SELECT o.inner, f.places FROM document d CROSS JOIN occurrence o ON o.document=d.id"
        " CROSS JOIN finding f ON f.content=o.content"
        f" WHERE d.id=? AND f.kind=? AND o.gone_run IS NULL AND {_inside(opened)}"
        " ORDER BY o.id, f.id LIMIT 1",
        (document, kind),
    ).fetchone()
    if row is None:
        return ()
    places = json.loads(row[1])
    return tuple(shown(str(step)) for step in (*json.loads(row[0]), *(places[0] if places else ())))


def _mark(opened: Opened, document: int) -> bytes:
    row = opened.connection.execute(
        "SELECT c.hash FROM occurrence o JOIN content c ON c.id=o.content"
        " WHERE o.document=? AND o.inner='[]' AND o.gone_run IS NULL",
        (document,),
    ).fetchone()
    return bytes(row[0]) if row else b""

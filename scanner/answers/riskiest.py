"""Tell which documents and folders would be worst to lose. Ranks places, never people."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors import Audience
from connectors.readable import wider
from scanner.answers.findings import EMPLOYEE, OWNER, Shown, shown_document
from scanner.answers.opened import Opened
from scanner.privacy import shown
from scanner.risk import Level, level_of, risk_of

CANDIDATES = 5
"""Folders counted exactly, for each that is shown: their order by upper bounds is nearly right."""


@dataclass(frozen=True, slots=True)
class RiskyDocument:
    """A document, its distinct values per kind, and how many other places hold the same bytes."""

    document: Shown
    kinds: dict[str, int]
    copies: int

    def as_dict(self) -> dict[str, Any]:
        document = self.document
        return {
            "what": "document",
            "risk": document.level,
            "score": document.risk,
            "device": document.device,
            "place": document.place,
            **document.owned(),
            "readable_by": document.readable_by or None,
            "path": document.path,
            "kinds": self.kinds,
            "copies": self.copies,
            "status": document.status,
            "modified": document.modified,
        }


@dataclass(frozen=True, slots=True)
class RiskyFolder:
    """A folder with the documents directly in it; owners by name, not by number."""

    device: str
    place: str
    path: str = field(repr=False)
    score: float
    documents: int
    kinds: dict[str, int]
    owners: list[str]
    readable_by: Audience = ""

    @property
    def level(self) -> Level:
        return level_of(self.score)

    def as_dict(self) -> dict[str, Any]:
        return {
            "what": "folder",
            "risk": self.level,
            "score": self.score,
            "device": self.device,
            "place": self.place,
            "owners": self.owners,
            "readable_by": self.readable_by or None,
            "path": self.path,
            "documents": self.documents,
            "kinds": self.kinds,
        }


def documents(opened: Opened, most: int) -> Iterator[RiskyDocument]:
    """Yield the riskiest documents, at most `most`."""
    rows = opened.connection.execute(
        "SELECT id FROM document WHERE gone_run IS NULL AND risk > 0"
        " ORDER BY risk DESC, id LIMIT ?",
        (most,),
    ).fetchall()
    for (number,) in rows:
        yield RiskyDocument(
            shown_document(opened, number), kinds_in(opened, [number]), _copies(opened, number)
        )


def _copies(opened: Opened, document: int) -> int:
    row = opened.connection.execute(
        "SELECT count(*) - 1 FROM occurrence WHERE gone_run IS NULL AND content="
        "(SELECT content FROM occurrence WHERE document=? AND inner='[]' AND gone_run IS NULL)",
        (document,),
    ).fetchone()
    return max(int(row[0]), 0)


def kinds_in(opened: Opened, numbers: Sequence[int]) -> dict[str, int]:
    """Count the distinct values per kind in some documents, most first."""
    return dict(
        opened.connection.execute(
            "SELECT f.kind, count(DISTINCT f.fingerprint) FROM json_each(?) j"
            " CROSS JOIN occurrence o ON o.document=j.value"
            " CROSS JOIN finding f ON f.content=o.content"
            f" WHERE o.gone_run IS NULL AND {opened.is_finding('f')}"
            f" AND {opened.is_wanted_in('f.kind', 'o.document')}"
            f" AND {opened.not_ignored('f.fingerprint')} GROUP BY f.kind ORDER BY 2 DESC, 1",
            (json.dumps(list(numbers)),),
        ).fetchall()
    )


@dataclass(slots=True)
class _Folder:
    numbers: list[int] = field(default_factory=list)
    bound: Counter[str] = field(default_factory=Counter)
    owners: set[str] = field(default_factory=set)
    readable_by: Audience = ""


def folders(opened: Opened, groups: Mapping[str, str], most: int) -> list[RiskyFolder]:
    """Return the riskiest folders, at most `most`, with exact numbers of distinct values."""
    held: dict[tuple[str, str, str], _Folder] = {}
    for number, device, place, path, owner, readable_by in opened.connection.execute(
        f"SELECT d.id, d.device, p.name, d.display, {OWNER}, d.readable_by FROM document d"
        f" JOIN place p ON p.id=d.place {EMPLOYEE} WHERE d.gone_run IS NULL AND d.risk > 0"
    ):
        folder = held.setdefault((device, place, os.path.dirname(path)), _Folder())
        folder.numbers.append(number)
        if owner:
            folder.owners.add(owner)
        folder.readable_by = wider(folder.readable_by, readable_by or "")
    by_document = _counts(opened)
    ranked = []
    for key, folder in held.items():
        for number in folder.numbers:
            folder.bound.update(by_document.get(number, {}))
        ranked.append((risk_of(folder.bound, groups, folder.readable_by), key, folder))
    ranked.sort(key=lambda each: (-each[0], each[1]))
    found = [_exact(opened, key, folder, groups) for _, key, folder in ranked[: most * CANDIDATES]]
    found.sort(key=lambda each: (-each.score, each.path))
    return found[:most]


def _counts(opened: Opened) -> dict[int, dict[str, int]]:
    """Return, for each document, findings per kind: an upper bound of its distinct values."""
    counts: dict[int, dict[str, int]] = {}
    for document, kind, number in opened.connection.execute(
        "SELECT o.document, t.kind, sum(t.number) FROM (SELECT content, kind, count(*) AS number"
        f" FROM finding WHERE {opened.is_finding()} GROUP BY content, kind) t"
        " JOIN occurrence o ON o.content=t.content WHERE o.gone_run IS NULL"
        f" AND {opened.is_wanted_in('t.kind', 'o.document')} GROUP BY 1, 2"
    ):
        counts.setdefault(document, {})[kind] = number
    return counts


def _exact(
    opened: Opened, key: tuple[str, str, str], folder: _Folder, groups: Mapping[str, str]
) -> RiskyFolder:
    device, place, path = key
    kinds = kinds_in(opened, folder.numbers)
    return RiskyFolder(
        shown(opened.devices.get(device, device)),
        shown(place),
        path,
        risk_of(kinds, groups, folder.readable_by),
        len(folder.numbers),
        kinds,
        sorted(map(shown, folder.owners)),
        folder.readable_by,
    )

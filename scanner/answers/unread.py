"""Tell what was met and not read, or not wholly: why, how much, where, when it is tried again."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from scanner.answers.findings import SHOWN, Shown, as_shown
from scanner.answers.opened import Opened
from scanner.privacy import shown

FOLDER = "folder"
PLACEHOLDER = "placeholder"
EXAMPLES = 5
MAX_EXAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Inside:
    """A part of a document that was not read."""

    inner_path: str = field(repr=False)
    where: list[str] = field(repr=False)
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Example:
    """One document that was not wholly read; `retry_run`: tried again in the place's run number."""

    document: Shown
    retry_run: int
    parts: list[Inside]

    def as_dict(self) -> dict[str, Any]:
        document = self.document
        return {
            "device": document.device,
            "place": document.place,
            **document.owned(),
            "path": document.path,
            "status": document.status,
            "size": document.size,
            "modified": document.modified,
            "retry_run": self.retry_run or None,
            "parts": [
                {
                    "inner_path": part.inner_path,
                    "where": part.where,
                    "reason": part.reason,
                    "detail": part.detail,
                }
                for part in self.parts
            ],
        }


@dataclass(frozen=True, slots=True)
class Cause:
    """All documents that were not read, or not wholly, for one reason.

    `reason` is one of the closed list, or "folder" for a folder that could not be listed, or
    "placeholder" for files that lie in the cloud only.
    """

    reason: str
    detail: str
    unread: int
    partial: int
    bytes: int
    examples: list[Example]

    @property
    def documents(self) -> int:
        return self.unread + self.partial


def causes(
    opened: Opened, *, examples: int = EXAMPLES, places: Collection[int] = ()
) -> list[Cause]:
    """Return the causes, most documents first, each with its first examples; in `places` alone."""
    rows = opened.connection.execute(
        f"SELECT {_CAUSE} AS cause, detail, sum(documents * (status<>'partial')),"
        " sum(documents * (status='partial')), sum(bytes) FROM document_count d"
        f" WHERE {_in(places)} AND {_STATUS} GROUP BY 1, 2 ORDER BY sum(documents) DESC, 1, 2",
        tuple(places),
    ).fetchall()
    return [
        Cause(cause, detail, unread, partial, size or 0, _examples(opened, cause, detail, examples))
        for cause, detail, unread, partial, size in rows
    ]


_STATUS = "d.status IN ('unread','partial','placeholder')"
_NOT_READ = f"d.gone_run IS NULL AND {_STATUS}"
_CAUSE = (
    f"CASE WHEN d.folder THEN '{FOLDER}' WHEN d.status='placeholder' THEN '{PLACEHOLDER}'"
    " ELSE coalesce(d.reason,'') END"
)


def _in(places: Collection[int]) -> str:
    """Return the condition on places, all of them where none is named: the index begins there."""
    return f"d.place IN ({','.join('?' * len(places)) if places else 'SELECT id FROM place'})"


def _examples(opened: Opened, cause: str, detail: str, most: int) -> list[Example]:
    return documents(opened, cause, detail, most=min(most, MAX_EXAMPLES)) if most else []


def documents(
    opened: Opened,
    cause: str,
    detail: str,
    *,
    places: Collection[int] = (),
    start: int = 0,
    most: int = EXAMPLES,
) -> list[Example]:
    """Return documents not read for one cause, largest first: `most` of them behind `start`."""
    rows = opened.connection.execute(
        f"{SHOWN} WHERE d.id IN (SELECT d.id FROM document d WHERE {_in(places)} AND {_NOT_READ}"
        f" AND {_CAUSE}=? AND coalesce(d.detail,'')=? ORDER BY d.size DESC, d.id LIMIT ? OFFSET ?)"
        " ORDER BY d.size DESC, d.id",
        (*places, cause, detail, most, start),
    ).fetchall()
    found = []
    for row in rows:
        document = as_shown(opened, row)
        (retry,) = opened.connection.execute(
            "SELECT retry_run FROM document WHERE id=?", (document.id,)
        ).fetchone()
        found.append(Example(document, retry or 0, _parts(opened, document.id)))
    return found


def _parts(opened: Opened, document: int) -> list[Inside]:
    rows = opened.connection.execute(
        'SELECT inner_path, "where", reason, detail FROM ('
        'SELECT o.id AS part, o.inner_path, p.id, p."where", p.reason, p.detail FROM occurrence o'
        " JOIN problem p ON p.content=o.content WHERE o.document=:document AND o.gone_run IS NULL"
        " UNION ALL SELECT 0, '', id, \"where\", reason, detail FROM problem"  # mail folders
        " WHERE document=:document AND \"where\"<>'[]') ORDER BY part, id LIMIT 20",
        {"document": document},
    ).fetchall()
    return [
        Inside(inner, [shown(str(step)) for step in json.loads(where)], reason, detail or "")
        for inner, where, reason, detail in rows
    ]

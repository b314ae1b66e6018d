"""Find content that lies in several places: the same bytes, each told once with its places."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.answers.findings import Shown, shown_document
from scanner.answers.opened import Opened
from scanner.risk import Level, level_of

PLACES_SHOWN = 1000
"""Places read of one content; the number of all is told with them."""


@dataclass(frozen=True, slots=True)
class Lying:
    """One place of a content: a document, or a part inside it."""

    document: Shown
    inner_path: str = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        document = self.document
        return {
            "device": document.device,
            "place": document.place,
            **document.owned(),
            "path": document.path,
            "inner_path": self.inner_path,
            "modified": document.modified,
        }


@dataclass(frozen=True, slots=True)
class Copied:
    """One content that lies in `number` places; `kinds` counts distinct values per kind."""

    content: int
    number: int
    size: int
    level: Level
    kinds: dict[str, int]
    places: list[Lying] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        return {
            "copies": "exact",
            "content": self.content,
            "number": self.number,
            "size": self.size,
            "risk": self.level,
            "kinds": self.kinds,
            "places": [place.as_dict() for place in self.places],
        }


def copied(opened: Opened, *, all_: bool = False) -> Iterator[Copied]:
    """Yield contents with findings (or all but empty ones) in two or more places, riskiest first.

    What lies inside copies of one container is told with the container alone.
    """
    for content, size, risk, number in copied_contents(opened, all_=all_):
        yield told(opened, content, size, risk, number)


def told(
    opened: Opened,
    content: int,
    size: int,
    risk: float,
    number: int,
    most: int = PLACES_SHOWN,
    *,
    kinds: dict[str, int] | None = None,
) -> Copied:
    """Return a row of `copied_contents` with its kinds, and at most `most` of its places.

    `kinds`: where they are known already.
    """
    level = level_of(risk or 0.0)
    kinds = kinds_of(opened, content) if kinds is None else kinds
    return Copied(content, number, size, level, kinds, places_of(opened, content, most))


def copied_contents(opened: Opened, *, all_: bool = False) -> Iterator[tuple[int, int, float, int]]:
    """Yield content, size, risk and number of places of what `copied` tells."""
    risky = "" if all_ else " AND c.risk > 0"
    rows = opened.connection.execute(
        "SELECT c.id, c.size, c.risk, t.number FROM (SELECT content, count(*) AS number"
        " FROM occurrence WHERE gone_run IS NULL GROUP BY content HAVING count(*) > 1) t"
        f" JOIN content c ON c.id=t.content WHERE c.size > 0{risky}"
        " ORDER BY c.risk DESC, t.number DESC, c.id"
    ).fetchall()
    if opened.readings:
        rows = _of_any_reading(opened, rows, all_=all_)
    several = {content for content, _, _, _ in rows}
    for content, size, risk, number in rows:
        if _within_copies(opened, content, number, several):
            continue
        yield content, size, risk or 0.0, number


def _of_any_reading(
    opened: Opened, rows: list[tuple[int, int, float, int]], *, all_: bool
) -> list[tuple[int, int, float, int]]:
    """Return the rows with the contents that several devices read otherwise told as one each."""
    several = {own for readings in opened.readings.values() for own in readings}
    found = [row for row in rows if row[0] not in several]
    for common, readings in opened.readings.items():
        marks = ",".join("?" * len(readings))
        number, size, risk = opened.connection.execute(
            "SELECT count(*), max(c.size), max(c.risk) FROM occurrence o"
            f" JOIN content c ON c.id=o.content WHERE o.content IN ({marks})"
            " AND o.gone_run IS NULL",
            readings,
        ).fetchone()
        if number > 1 and size and (all_ or risk):
            found.append((common, size, risk or 0.0, number))
    return sorted(found, key=lambda row: (-(row[2] or 0.0), -row[3], row[0]))


def places_of(
    opened: Opened, content: int, most: int = PLACES_SHOWN, start: int = 0
) -> list[Lying]:
    """Return the open places of a content behind `start`, as its documents were first met."""
    readings = opened.readings.get(content, (content,))
    marks = ",".join("?" * len(readings))
    return [
        Lying(shown_document(opened, document), inner)
        for document, inner in opened.connection.execute(
            f"SELECT document, inner_path FROM occurrence WHERE content IN ({marks})"
            " AND gone_run IS NULL ORDER BY document, id LIMIT ? OFFSET ?",
            (*readings, most, start),
        ).fetchall()
    ]


def kinds_of(opened: Opened, content: int) -> dict[str, int]:
    """Return the distinct values per kind in a content and in all that lies in it."""
    readings = opened.readings.get(content, (content,))
    first = ",".join("(?, 0)" for _ in readings)
    return dict(
        opened.connection.execute(
            f"WITH RECURSIVE below(id, depth) AS (VALUES {first} UNION SELECT part.child, depth+1"
            " FROM part JOIN below ON part.parent=below.id WHERE depth < 100)"
            " SELECT kind, count(DISTINCT fingerprint) FROM finding WHERE content IN"
            " (SELECT DISTINCT id FROM below LIMIT 10000)"
            f" AND {opened.is_finding()} AND {opened.not_ignored('fingerprint')}"
            " GROUP BY kind ORDER BY 2 DESC, 1",
            readings,
        ).fetchall()
    )


def _within_copies(opened: Opened, content: int, number: int, several: Collection[int]) -> bool:
    """Whether each place of a content lies in a container that is itself told as copied."""
    containers: set[int] = set()
    readings = opened.readings.get(content, (content,))
    marks = ",".join("?" * len(readings))
    told_as = {own: common for common, each in opened.readings.items() for own in each}
    for document, inner in opened.connection.execute(
        f"SELECT document, inner FROM occurrence WHERE content IN ({marks})"
        " AND gone_run IS NULL LIMIT ?",
        (*readings, PLACES_SHOWN),
    ).fetchall():
        names = json.loads(inner)
        if not names:
            return False
        row = opened.connection.execute(
            "SELECT content FROM occurrence WHERE document=? AND inner=? AND gone_run IS NULL",
            (document, json.dumps(names[:-1], ensure_ascii=False)),
        ).fetchone()
        if row is None or (container := told_as.get(row[0], row[0])) not in several:
            return False
        containers.add(container)
    return len(containers) == 1

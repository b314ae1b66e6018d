"""Turn what somebody asks for into SQL conditions on documents and on findings. Runs no query."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from connectors import Audience
from connectors.globs import compile_rule, plain
from scanner.answers.moments import Age
from scanner.judging import DEFAULT, Judging
from scanner.risk import BORDERS, LEVELS, Level

STATUSES = ("read", "partial", "unread", "no_text", "placeholder", "gone")
NOBODY = "none"
"""As an owner: documents that have none."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What findings are asked for. Empty means all.

    `confidence` is the least that is shown; None: what is a finding by `judging`.

    `owners` are written as the index writes them, or NOBODY.
    """

    kinds: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    path: str | None = field(default=None, repr=False)
    confidence: float | None = None
    judging: Judging = DEFAULT
    departments: tuple[str, ...] = ()
    readable_by: tuple[Audience, ...] = ()
    """Only what these can read, by what is known of it; empty: all."""
    risk: Level = "low"
    statuses: tuple[str, ...] = ()
    age: Age | None = None
    since: str | None = None
    customers: bool = False
    """Only values of known customers (the register)."""

    @property
    def gone(self) -> bool:
        """Whether documents that are gone are asked for."""
        return "gone" in self.statuses

    @property
    def narrows(self) -> bool:
        """Whether anything but places and devices leaves findings out."""
        wide = Filters(devices=self.devices, places=self.places)
        return self != replace(wide, confidence=self.confidence, judging=self.judging)


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL that is true for what is asked, with its parameters."""

    sql: str
    values: tuple[Any, ...]


def of_documents(filters: Filters) -> Condition:
    """Return the condition on `document d`. A path needs the SQL function `path_matches`."""
    parts: list[str] = []
    values: list[Any] = []

    def add(sql: str, *given: Any) -> None:
        parts.append(sql)
        values.extend(given)

    if filters.statuses:
        add(f"d.status IN ({_marks(filters.statuses)})", *filters.statuses)
    if not filters.gone:
        add("d.gone_run IS NULL")
    if filters.places:
        add(f"d.place IN ({_marks(filters.places)})", *filters.places)
    if filters.devices:
        add(f"d.device IN ({_marks(filters.devices)})", *filters.devices)
    if filters.owners:
        named = [owner for owner in filters.owners if owner != NOBODY]
        sql = f"d.owner IN ({_marks(named)})" if named else "0"
        nobody = " OR coalesce(d.owner,'')=''" if NOBODY in filters.owners else ""
        add(f"({sql}{nobody})", *named)
    if filters.departments:
        marks = _marks(filters.departments)
        add(
            f"d.owner IN (SELECT account FROM employee WHERE department IN ({marks}))",
            *filters.departments,
        )
    if filters.readable_by:
        add(f"d.readable_by IN ({_marks(filters.readable_by)})", *filters.readable_by)
    border = lowest(filters.risk)
    if border > 0:
        add("d.risk > 0 AND d.risk >= ?", border)  # as the index of risks says it
    if filters.age is not None:
        add(f"d.modified {'<' if filters.age.side == 'older' else '>='} ?", filters.age.border)
    if filters.path is not None:
        add("path_matches(d.path)")
    return Condition(" AND ".join(parts) or "1", tuple(values))


def of_findings(filters: Filters, table: str, first_run: str) -> Condition:
    """Return the condition on a finding: `table` its alias, `first_run` where it was first."""
    parts: list[str] = []
    values: list[Any] = []
    if filters.confidence is None:
        parts.append(filters.judging.is_finding(table))
    else:
        parts.append(f"{table}.confidence >= ?")
        values.append(filters.confidence)
    if filters.kinds:
        parts.append(f"{table}.kind IN ({_marks(filters.kinds)})")
        values += filters.kinds
    if filters.since is not None:
        parts.append(f"(SELECT max(started) FROM run WHERE id IN ({first_run})) >= ?")
        values.append(filters.since)
    return Condition(" AND ".join(parts), tuple(values))


def lowest(level: Level) -> float:
    """Return the least risk of a level."""
    return (0.0, *BORDERS)[LEVELS.index(level)]


def _marks(values: Any) -> str:
    return ",".join("?" * len(values))


def path_matcher(glob: str, opened: Callable[[bytes], bytes]) -> Callable[[bytes], bool]:
    """Return whether a stored path matches a glob, written as rules are (docs/connectors.md).

    A bare name is matched against the file's name and every folder's, a glob with a slash
    against the whole path, from any folder on; a folder that matches stands for all below it.
    `opened` turns a stored path into the one to match. Raises ValueError for a broken glob.
    """
    rule = compile_rule(glob)
    pattern = rule.regex
    deeper = (
        re.compile(f"(?:.*/)?(?:{pattern.pattern})(?:/.*)?", pattern.flags)
        if not rule.any_depth and not rule.absolute
        else re.compile(f"(?:{pattern.pattern})(?:/.*)?", pattern.flags)
    )

    def matches(stored: bytes) -> bool:
        text = plain(os.fsdecode(opened(stored)))
        if os.sep != "/":
            text = text.replace(os.sep, "/")
        if rule.any_depth:
            names = text.split("/")
            if rule.folder_only:
                names = names[:-1]
            return any(pattern.fullmatch(name) for name in names)
        return deeper.fullmatch(text) is not None

    return matches

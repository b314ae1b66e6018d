"""What two persons must agree on before the configuration may lower it: the private rule, the log.

Knows the decisions files and who could approve; asks no page. Who approves what stands in
docs/pages.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scanner.config import Config
from scanner.config.tables import PRIVATE_FOLDERS
from scanner.index.store import decisions_path, readonly_uri
from scanner.web.where import web_path

What = Literal["private rule", "shorter log"]
PRIVATE: What = "private rule"
LOG: What = "shorter log"
LEAST_LOG_DAYS = 730
"""24 months, which only two persons shorten."""
APPROVERS = 2
_CAN = "role IN ('compliance','deputy') AND departments='[]' AND disabled=0"


@dataclass(frozen=True, slots=True)
class Standing:
    """What was agreed. `subject`: names of folders, or a number of days."""

    number: int
    subject: str
    answered: str
    who: str
    by: str


def lifted(config: Config) -> tuple[str, ...]:
    """Return the names of private folders that the configuration does not keep closed."""
    held = {name.casefold() for name in config.privacy.private_folders}
    return tuple(name for name in PRIVATE_FOLDERS if name.casefold() not in held)


def agreed_names(config: Config) -> frozenset[str]:
    """Return the names that two persons have let go."""
    found = (each for index in _indexes(config) for each in standing(index, PRIVATE))
    return frozenset(name for each in found for name in each.subject.split(", "))


def kept_closed(config: Config) -> tuple[str, ...]:
    """Return the names that stay closed although the configuration lifts them.

    Where no two accounts could agree (a machine without the pages), what it says holds.
    """
    names = lifted(config)
    if not names or not any(can_agree(index) for index in _indexes(config)):
        return ()
    agreed = agreed_names(config)
    return tuple(name for name in names if name not in agreed)


def in_force(config: Config) -> Config:
    """Return the configuration as it holds: with the private rule unless two agreed to lift it."""
    kept = kept_closed(config)
    if not kept:
        return config
    names = (*config.privacy.private_folders, *kept)
    privacy = config.privacy.model_copy(update={"private_folders": names})
    return config.model_copy(update={"privacy": privacy})


def log_days(config: Config, index: Path) -> int:
    """Return for how many days the log beside an index is kept."""
    asked = config.index.keep_log_days
    if asked >= LEAST_LOG_DAYS:
        return asked
    days = (int(each.subject.split()[0]) for each in standing(index, LOG))
    return max(asked, min(days, default=LEAST_LOG_DAYS))


def standing(index: Path, what: What) -> Sequence[Standing]:
    """Return what two persons agreed on and nobody ended, the newest first."""
    rows = _rows(
        decisions_path(index),
        "SELECT id, subject, answered, who, answered_by FROM proposal"
        " WHERE what=? AND answer='approved' AND answered_by<>who ORDER BY id DESC",
        what,
    )
    return [Standing(*row) for row in rows or ()]


def can_agree(index: Path) -> bool:
    """Whether there are two accounts that could approve for one another.

    Accounts that are there and cannot be counted may be two: they lift nothing.
    """
    path = web_path(index)
    if not path.exists():
        return False
    rows = _rows(path, f"SELECT count(*) FROM account WHERE {_CAN}")
    return rows is None or rows[0][0] >= APPROVERS


def _indexes(config: Config) -> tuple[Path, Path]:
    return config.index_path, config.collected_path


def _rows(path: Path, query: str, *values: object) -> list[tuple[Any, ...]] | None:
    """Return what a file says; None where it cannot be asked: not there, older, in use, broken."""
    try:
        connection = sqlite3.connect(readonly_uri(path), uri=True)
    except sqlite3.Error:
        return None
    try:
        return connection.execute(query, values).fetchall()
    except sqlite3.Error:
        return None
    finally:
        connection.close()

"""Note in the audit what of the configuration can lower what is found, when it has changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scanner.config import Config
from scanner.index.store import Decisions, decisions_path, explain
from scanner.two_persons import kept_closed, lifted
from scanner.typed import typed

ACTION = "configuration"
"""The action of these rows; the subject is the setting's name, the detail was > is."""
MOST_SIGNS = 300
_ALL = "all"


def settings(config: Config) -> Mapping[str, str]:
    """Return the settings by name, each as one text without numbers and addresses of persons.

    Thresholds are not among them: what changes them writes rows of its own.
    """
    limits, detect = config.limits, config.detect
    told = {
        "private_folders": _listed(config.privacy.private_folders),
        "exclude": _listed(limits.exclude),
        "default_excludes": str(limits.default_excludes),
        "max_size": str(limits.max_size),
        "max_file_bytes": str(limits.max_file_bytes),
        "max_unpacked_bytes": str(limits.max_unpacked_bytes),
        "max_depth": str(limits.max_depth),
        "max_parts": str(limits.max_parts),
        "kinds": _listed(detect.kinds or ()) or _ALL,
        "own kinds": _listed(kind.name for kind in detect.kind),
        "no_text": _listed(detect.no_text),
        "names": config.names.look,
        "special_categories": _listed(config.special),
        "keep_history_days": str(config.index.keep_history_days),
        "keep_log_days": str(config.index.keep_log_days),
    }
    for place in config.place:
        what = [f"path {place.path}", *(f"exclude {each}" for each in place.exclude)]
        told[f"place {typed(place.name)}"] = typed("; ".join(what))
    return told


def note(config: Config, index: Path) -> tuple[str, ...]:
    """Write a row for each setting that is not as it was; return their names.

    `config` as it was written, and the index whose decisions are meant. The first time it is only
    remembered, but for a private rule that is lifted. Raises IndexTrouble.
    """
    now = settings(config)
    with Decisions(decisions_path(index)) as decisions:
        connection = decisions.connection
        try:
            held = dict(connection.execute("SELECT name, value FROM remembered").fetchall())
            changed = [*_changed(held, now)] if held else [*_first(config)]
            for name, said in changed:
                decisions.log(ACTION, name, said)
            if held != now:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("DELETE FROM remembered")
                connection.executemany("INSERT INTO remembered VALUES (?,?)", [*now.items()])
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise explain(error, decisions.path) from None
    return tuple(name for name, _ in changed)


def _first(config: Config) -> Iterator[tuple[str, str]]:
    if names := lifted(config):
        yield "private_folders", f"without {_listed(names)}{_held_back(config)}"


def _changed(held: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in sorted({*held, *now}):
        before, after = held.get(name, "-"), now.get(name, "-")
        if before != after:
            yield name, f"{_cut(before)} > {_cut(after)}"


def _held_back(config: Config) -> str:
    return "; not agreed by two, so they stay closed" if kept_closed(config) else ""


def _cut(text: str) -> str:
    return text if len(text) <= MOST_SIGNS else f"{text[:MOST_SIGNS]}…"


def _listed(names: Iterable[str]) -> str:
    return typed(", ".join(sorted(names)))

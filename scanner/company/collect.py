"""Collect what devices handed over: each file is checked, wrapped and merged, or refused."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from scanner.company.handed import Handed, Refused, check, copied, mark_of, opened
from scanner.company.merge import merge
from scanner.index.store import COLLECTED, Index, IndexTrouble, now
from scanner.privacy import Seal
from scanner.rekey import rekey

ENDINGS = (".db", ".sqlite")
MAX_FILES = 100_000
AHEAD = timedelta(days=1)
"""How far a device's clock may be ahead before a later file with an earlier time is believed."""

What = Literal["merged", "known", "older", "refused"]


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of one file. `code` and `values` say why it was refused."""

    path: Path
    what: What
    device: str = ""
    label: str = ""
    reported: str = ""
    documents: int = 0
    new: int = 0
    closed: int = 0
    code: str = ""
    values: tuple[tuple[str, object], ...] = ()


class Centre:
    """The central index, open for collecting. One at a time: whoever makes it holds its lock."""

    def __init__(self, index: Index, company: Seal, seal: Seal, folder: Path) -> None:
        """`seal` is the company's with the centre's link; `folder` is private, for copies."""
        self._index = index
        self._company = company
        self._seal = seal
        self._folder = folder
        held = index.meta("key_id")
        if held is not None and index.meta(COLLECTED) is None:
            raise IndexTrouble(
                f"{index.path} is the index of a device; name another file in [collect] index"
            )
        if held is not None and held != seal.key_id:
            raise IndexTrouble(
                f"{index.path} was collected under other keys; put back the centre's key, or, "
                "when the company key was changed, move the file away and collect again"
            )
        if held is None:
            with index.transaction():
                index.claim_key(seal.key_id)
                index.set_meta(COLLECTED, now())

    def collect(self, path: Path) -> Collected:
        """Merge one file, or say why it is not. Raises IndexTrouble for the central index alone."""
        copy = self._folder / "handed.db"
        try:
            return self._collect(path, copy)
        except Refused as refused:
            return Collected(
                path, "refused", code=refused.code, values=tuple(refused.values.items())
            )
        finally:
            for ending in ("", "-wal", "-shm", "-journal"):
                copy.with_name(copy.name + ending).unlink(missing_ok=True)

    def _collect(self, path: Path, copy: Path) -> Collected:
        mark = mark_of(path)
        if (known := self._known("mark", mark)) is not None:
            return known.at(path)
        digest, size = copied(path, copy)
        if (known := self._known("digest", digest)) is not None:
            return known.at(path)
        handed = self._checked(copy, size)
        before = self._index.connection.execute(
            "SELECT reported FROM delivery WHERE device=?", (handed.device,)
        ).fetchone()
        if before is not None and handed.reported < before[0] <= self._latest():
            return Collected(path, "older", handed.device, handed.label, handed.reported)
        self._wrap(copy)
        merged = merge(self._index, copy, handed, self._seal, now(), (mark, digest))
        return Collected(
            path,
            "merged",
            handed.device,
            handed.label,
            handed.reported,
            handed.documents,
            merged.new,
            merged.closed,
        )

    @staticmethod
    def _latest() -> str:
        return (datetime.now(UTC) + AHEAD).isoformat(timespec="seconds")

    def _known(self, column: str, value: bytes) -> _Known | None:
        row = self._index.connection.execute(
            "SELECT v.device, coalesce(nullif(d.label, ''), v.device), v.reported FROM delivery v"
            f" JOIN device d ON d.id=v.device WHERE v.{column}=?",
            (value,),
        ).fetchone()
        return None if row is None else _Known(*row)

    def _checked(self, copy: Path, size: int) -> Handed:
        try:
            connection = opened(copy)
        except sqlite3.Error:
            raise Refused("damaged") from None
        try:
            try:
                connection.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.Error:
                raise Refused("damaged") from None
            return check(connection, self._company, size)
        finally:
            connection.close()

    def _wrap(self, copy: Path) -> None:
        """Bring a checked copy under the centre's seal. Nobody needs it when this is killed."""
        connection = opened(copy)
        try:
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("PRAGMA journal_mode=DELETE")  # as large as the copy: on disk
            connection.execute("PRAGMA cache_size=-64000")
            rekey(connection, self._company, self._seal)
        except sqlite3.Error:
            raise Refused("damaged") from None
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class _Known:
    device: str
    label: str
    reported: str

    def at(self, path: Path) -> Collected:
        return Collected(path, "known", self.device, self.label, self.reported)


def files_in(given: Iterable[Path]) -> Iterator[Path]:
    """Yield the files to collect: those given, and the databases that lie in given folders.

    A folder is listed by name, not what lies below it. Files that are being delivered have
    another ending. Raises OSError for a folder that cannot be listed.
    """
    number = 0
    for path in given:
        if not path.is_dir():
            yield path
            continue
        for name in sorted(os.listdir(path)):
            if name.lower().endswith(ENDINGS) and not name.startswith("."):
                number += 1
                if number > MAX_FILES:
                    return
                yield path / name

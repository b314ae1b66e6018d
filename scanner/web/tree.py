"""The folders of one place with their counts, gathered in one walk over its documents.

Names are as answers show them, masked where they are sealed. Held in memory by the background.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2s

from scanner.answers.opened import Opened
from scanner.risk import BORDERS

MOST_FOLDERS = 500_000
DEEPEST = 64
"""Folders below each other; what lies deeper is told in the last of them."""
_SEPARATOR = re.compile(r"[/\\]+")


@dataclass(slots=True)
class Folder:
    """A folder. Counts are of all below it; `documents` of those in it itself, riskiest first.

    `mark` names it in addresses, which hold no names. `risky`: documents with findings, `high`:
    with high or critical risk; `unread`: wholly or in part.
    """

    mark: str
    name: str = field(repr=False)
    above: Folder | None = field(default=None, repr=False)
    folders: dict[str, Folder] = field(default_factory=dict, repr=False)
    documents: array[int] = field(default_factory=lambda: array("q"), repr=False)
    number: int = 0
    risky: int = 0
    high: int = 0
    unread: int = 0

    def trail(self) -> list[Folder]:
        """Return the folders above this one, the place first, without it."""
        found: list[Folder] = []
        folder = self.above
        while folder is not None:
            found.append(folder)
            folder = folder.above
        return found[::-1]

    def children(self) -> list[Folder]:
        """Return the folders in this one, most of high risk first, then most with findings."""
        return sorted(self.folders.values(), key=lambda f: (-f.high, -f.risky, f.name.casefold()))


@dataclass(frozen=True, slots=True)
class Tree:
    """All folders of a place by mark; the place itself is "". `cut`: too many folders to tell."""

    folders: dict[str, Folder] = field(repr=False)
    cut: bool

    @property
    def root(self) -> Folder:
        return self.folders[""]


def tree_of(opened: Opened, place: int) -> Tree:
    """Gather the folders of a place."""
    row = opened.connection.execute("SELECT display FROM place WHERE id=?", (place,)).fetchone()
    root = _steps(row[0] or "") if row else []
    folders = {"": Folder("", "")}
    cut = False
    high = BORDERS[1]
    for number, display, item, mail_folder, folder, risk, status in opened.connection.execute(
        "SELECT id, display, item, mail_folder, folder, risk, status FROM document"
        " WHERE place=? AND gone_run IS NULL ORDER BY risk DESC, display, id",
        (place,),
    ):
        steps = _steps(display)
        below = steps[len(root) :] if steps[: len(root)] == root else steps
        if item:
            below += json.loads(mail_folder or "[]")
        elif not folder:
            below = below[:-1]
        found = folders[""]
        passed = [found]
        for step in below[:DEEPEST]:
            held = found.folders.get(step)
            if held is None:
                if len(folders) >= MOST_FOLDERS:
                    cut = True
                    break
                held = found.folders[step] = Folder(_mark(found.mark, step), step, found)
                folders[held.mark] = held
            found = held
            passed.append(found)
        found.documents.append(number)
        for each in passed:
            each.number += 1
            each.risky += risk is not None and risk > 0
            each.high += risk is not None and risk >= high
            each.unread += status in ("unread", "partial", "placeholder")
    return Tree(folders, cut)


def _steps(path: str) -> list[str]:
    return list(_pieces(path))


def _pieces(path: str) -> Iterator[str]:
    return filter(None, _SEPARATOR.split(path))


def _mark(above: str, name: str) -> str:
    named = f"{above}\x1f{name}".encode("utf-8", "surrogateescape")
    return blake2s(named, digest_size=8).hexdigest()

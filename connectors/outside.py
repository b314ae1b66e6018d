"""Say of a path alone whether a place's rules leave it out: for what is touched all the time.

It asks the disk nothing. What it lets through is asked again, with all rules, when it is met.
"""

from __future__ import annotations

import os
from functools import lru_cache

from connectors.excludes import Excludes, FolderPath, compiled

FOLDERS_KEPT = 20_000


class Outside:
    """Knows the folders of one place. For one thread at a time."""

    def __init__(self, root: bytes, excludes: Excludes) -> None:
        self._root = root
        self._matcher = compiled(excludes)
        self._folder = lru_cache(maxsize=FOLDERS_KEPT)(self._look)

    def leaves_out(self, path: bytes) -> bool:
        """Whether a rule leaves out a file at `path`, or a folder above it."""
        folder, name = os.path.split(path)
        rules = self._folder(folder)
        return rules is None or self._rule(os.fsdecode(name), rules, is_folder=False)

    def _look(self, folder: bytes) -> FolderPath | None:
        """Return a folder as rules see it, None for one that is left out."""
        if len(folder) <= len(self._root):
            return FolderPath.root(self._root)
        above, name = os.path.split(folder)
        rules = self._folder(above)
        if rules is None or self._rule(os.fsdecode(name), rules, is_folder=True):
            return None
        return rules.child(os.fsdecode(name))

    def _rule(self, name: str, rules: FolderPath, *, is_folder: bool) -> bool:
        return self._matcher.rule(name, rules, is_folder=is_folder) is not None

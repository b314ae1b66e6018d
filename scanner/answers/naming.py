"""Name documents shortly: place and path below it, with one line that says where the places are."""

from __future__ import annotations

import os
from collections.abc import Iterable

from scanner.answers.findings import Shown, shown_document
from scanner.answers.opened import Opened
from scanner.answers.verdicts import Decided, target_document
from scanner.messages import Words
from scanner.privacy import shown

Key = tuple[str, str]
"""A place: its device's label and its name, both fit for eyes."""


class Naming:
    """The names of one answer; remembers which places it named, for `legend`.

    A place that is named after its folder is not named: the whole path stands instead. With
    several devices in the index, that path has its device in front.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._roots: dict[Key, str] = {}
        self._shares: dict[Key, str] = {}
        """Of places on a mounted share: which."""
        for device, name, root, share in opened.connection.execute(
            "SELECT device, name, display, share FROM place"
        ):
            label = shown(opened.devices.get(device, device))
            self._roots[(label, shown(name))] = root or ""
            if share and "://" not in (root or ""):
                self._shares[(label, shown(name))] = share
        self._several = len({device for device, _ in self._roots}) > 1
        names = [name for _, name in self._roots]
        self._twice = {name for name in names if names.count(name) > 1}
        self._used: dict[Key, None] = {}

    def document(self, document: Shown, inner_path: str = "") -> str:
        """Return where a document lies, which message it is, and the part inside it."""
        path = self.path(document.device, document.place, document.path)
        return " › ".join(each for each in (path, document.message, inner_path) if each)

    def verdict(self, verdict: Decided) -> str:
        """Return how the document of a verdict is named everywhere, else what it is about."""
        if verdict.about != "document" or verdict.document is None:
            return verdict.shown
        if target_document(self._opened.connection, verdict.document) is None:
            return verdict.shown
        return self.document(shown_document(self._opened, verdict.document))

    def path(self, device: str, place: str, path: str) -> str:
        """Return a path in a place: "fil01: hr/Løn.xlsx", or the whole path."""
        key = (device, place)
        root = self._roots.get(key, "")
        below = _below(path, root)
        if below is None or place.startswith(root):
            return f"{device}: {path}" if self._several else path
        self._used[key] = None
        return f"{self._label(key)}: {below or '.'}"

    def _label(self, key: Key) -> str:
        device, place = key
        return f"{device}/{place}" if place in self._twice else place

    def legend(self, words: Words) -> Iterable[str]:
        """Yield where the places are that were named."""
        parents: dict[Key, list[str]] = {}
        for device, place in sorted(self._used):
            root = self._roots[(device, place)]
            parent, name = os.path.split(root)
            share = self._shares.get((device, place))
            if share:
                root = f"{root} ({share})"
            if name == place and not share:
                parents.setdefault((device, parent), []).append(self._label((device, place)))
            else:
                yield words.text("place is", place=self._label((device, place)), root=root) + (
                    f" ({device})" if self._several else ""
                )
        for (device, parent), labels in parents.items():
            told = words.text("places lie in", places=", ".join(labels), parent=parent)
            yield told + (f" ({device})" if self._several else "")


def _below(path: str, root: str) -> str | None:
    """Return the path below a root, as its device writes it; None for what lies elsewhere."""
    bare = root.rstrip("/\\")
    if not root or not path.startswith(bare):
        return None
    rest = path[len(bare) :]
    return rest.lstrip("/\\") if not rest or rest[0] in "/\\" else None

"""Say what lists know of a word: first name, surname, place, other proper name, common word."""

from __future__ import annotations

import lzma
from collections.abc import Mapping
from pathlib import Path

from detectors.names.clusters import Clusters

LISTS = "lists.txt.xz"
KNOWN = 100_000
"""Words whose class is remembered, besides those of the lists."""

_STREETS = ("gade", "vej", "vejen", "allé", "plads", "stræde", "vænget", "parken", "toften", "torv")
_SURNAMES = ("sen", "sens", "sson", "ssons", "gaard", "gård", "qvist", "ström", "strøm")
_ENDINGS = (
    "erne", "ernes", "ende", "erede", "ede", "ens", "ets", "ers", "ene", "en", "et", "er", "te",
    "ing", "ed", "ly", "es", "s", "e", "n", "r", "t",
)  # fmt: skip


class Lists:
    """Words in lower case, each with its class: letters of `F` first name, `L` surname, `P` place,
    `N` other proper name, `C` common word. Beside them the clusters of words.
    """

    __slots__ = ("_known", "classes", "clusters")

    def __init__(self, classes: Mapping[str, str], clusters: Clusters) -> None:
        self.classes = classes
        self.clusters = clusters
        self._known: dict[str, str] = {}

    @classmethod
    def load(cls, folder: Path) -> Lists:
        """Read what `save` wrote below `folder`."""
        text = lzma.decompress((folder / LISTS).read_bytes()).decode("utf-8")
        classes: dict[str, str] = {}
        for block in text.split("\n\n"):
            name, _, words = block.partition("\n")
            classes.update(dict.fromkeys(words.split("\n"), name))
        return cls(classes, Clusters.load(folder))

    def save(self, folder: Path) -> None:
        """Write the lists below `folder`: the same bytes for the same words."""
        by_class: dict[str, list[str]] = {}
        for word, name in sorted(self.classes.items()):
            by_class.setdefault(name, []).append(word)
        blocks = [f"{name}\n" + "\n".join(words) for name, words in sorted(by_class.items())]
        (folder / LISTS).write_bytes(lzma.compress("\n\n".join(blocks).encode("utf-8"), preset=9))
        self.clusters.save(folder)

    def of(self, word: str) -> str:
        """Return the class of a word in any case; a sign for its form where no list has it."""
        low = word.lower()
        found = self.classes.get(low)
        if found is not None:
            return found
        found = self._known.get(low)
        if found is None:
            found = self._guess(low)
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[low] = found
        return found

    def first_name(self, word: str) -> bool:
        """Whether a word, or each half of a double name, is a known first name."""
        return all("F" in self.classes.get(part, "") for part in word.lower().split("-"))

    def _guess(self, low: str) -> str:
        if not low[:1].isalpha():
            return "#" if low[:1].isdigit() else "-"
        classes = self.classes
        if low[-1] == "s" and len(low) > 3:
            found = classes.get(low[:-1].rstrip("'’"), "")
            if found.strip("C"):
                return f"s{found}"
        if "-" in low:
            parts = [classes.get(part, "") for part in low.split("-")]
            if all("F" in part for part in parts):
                return "F-F"
            if parts[-1].strip("PC"):
                return "-L"
            return "-C" if "C" in parts[-1] else "-"
        if len(low) > 5 and low.endswith(_STREETS):
            return "~vej"
        if low.endswith(_SURNAMES):
            return "~sen"
        for ending in _ENDINGS:
            if len(low) > len(ending) + 2 and low.endswith(ending):
                found = classes.get(low[: -len(ending)], "")
                if "C" in found:
                    return "c"
        return "long" if len(low) > 10 else "-"

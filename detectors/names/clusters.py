"""Say which words are used alike: clusters that were learnt from much plain text (Brown clusters).

A surname that no list has stands among surnames there. A word is kept as a checksum, so that a
million of them are small; one word in some thousand is taken for another.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Table = tuple[NDArray[np.uint32], NDArray[np.uint32]]

CLUSTERS = "clusters.npz"
LANGUAGES = ("en", "de")
"""Whose words are clustered. Names from the north are in both."""
BITS = (4, 6, 10)
"""A cluster is a path from the root of a tree, its first turn in the lowest bit: words whose first
bits are the same are used somewhat alike."""
LONGEST = 60
"""Longer words are in no cluster."""


class Clusters:
    """For each language the checksums of words, in order, and the path of each."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Mapping[str, Table]) -> None:
        import numpy as np  # an answer from the index needs none

        nothing = np.zeros(0, np.uint32)
        self._tables = [tables.get(language, (nothing, nothing)) for language in LANGUAGES]

    @classmethod
    def made(cls, words: Mapping[str, Mapping[str, int]]) -> Clusters:
        """Make them of the paths of words, by language; path 0 is none."""
        import numpy as np  # an answer from the index needs none

        tables = {}
        for language, paths in words.items():
            by_sum: dict[int, int] = {}
            for word, path in paths.items():
                if path:
                    by_sum.setdefault(checksum(word), path)
            sums = sorted(by_sum)
            tables[language] = (
                np.array(sums, np.uint32),
                np.array([by_sum[each] for each in sums], np.uint32),
            )
        return cls(tables)

    def of(self, word: str) -> tuple[str, ...]:
        """Return for each language the path of a word and its first bits; empty where it has none.

        A word that is not known as it is written is looked for in other case and without its s.
        """
        import numpy as np  # an answer from the index needs none

        found: list[str] = []
        sums = [np.uint32(checksum(form)) for form in _forms(word)]
        for held, paths in self._tables:
            found += _first(held, paths, sums)
        return tuple(found)

    def save(self, folder: Path) -> None:
        """Write them below `folder`."""
        import numpy as np  # an answer from the index needs none

        arrays: dict[str, Any] = {}
        for language, (sums, paths) in zip(LANGUAGES, self._tables, strict=True):
            known, places = np.unique(paths, return_inverse=True)
            arrays[f"{language}-words"] = np.diff(sums, prepend=np.uint32(0))
            arrays[f"{language}-paths"] = known
            arrays[f"{language}-places"] = places.astype(np.uint16)
        np.savez_compressed(folder / CLUSTERS, **arrays)

    @classmethod
    def load(cls, folder: Path) -> Clusters:
        """Read what `save` wrote below `folder`. Raises OSError, KeyError, ValueError."""
        import numpy as np  # an answer from the index needs none

        with np.load(folder / CLUSTERS, allow_pickle=False) as arrays:
            return cls(
                {
                    language: (
                        np.cumsum(arrays[f"{language}-words"], dtype=np.uint32),
                        arrays[f"{language}-paths"][arrays[f"{language}-places"]],
                    )
                    for language in LANGUAGES
                }
            )


def checksum(word: str) -> int:
    """Return the 32 bits that a word is known by."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def _forms(word: str) -> Iterator[str]:
    if len(word) > LONGEST:
        return
    yield word
    if not word[:1].isalpha():
        return
    upper = word.isupper()
    if upper and len(word) > 1:
        yield word.capitalize()
    if word[-1] in "sS" and len(word) > 3:
        yield word[:-1].capitalize() if upper else word[:-1].rstrip("'’")
    yield word.lower() if word[0].isupper() else word.capitalize()


def _first(
    held: NDArray[np.uint32], paths: NDArray[np.uint32], sums: list[np.uint32]
) -> tuple[str, ...]:
    for each in sums:
        place = int(held.searchsorted(each))
        if place < len(held) and held[place] == each:
            path = int(paths[place])
            return (str(path), *(str(path & ((1 << bits) - 1)) for bits in BITS))
    return ("",) * (1 + len(BITS))

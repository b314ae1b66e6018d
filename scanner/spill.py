"""Keep the sealed findings of a very large content in a private temporary file, not in memory."""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Iterator, Sequence

from scanner.model import Finding

CHUNK = 5_000
"""Findings that are written, and read back, at a time."""


class Spill(Sequence[Finding]):
    """Findings of a very large content, sealed, in a private temporary file; pickles as its path.

    The same value may come in several chunks: `merged` in the index adds their counts.
    """

    def __init__(self, folder: str | None, path: str = "", count: int = 0) -> None:
        self._folder = folder
        if not path:
            handle, path = tempfile.mkstemp(".spill", dir=folder)
            os.close(handle)
        self.path = path
        self._count = count

    def __reduce__(self) -> tuple[object, ...]:
        return (Spill, (self._folder, self.path, self._count))

    def add(self, findings: Sequence[Finding]) -> None:
        with open(self.path, "ab") as file:
            for start in range(0, len(findings), CHUNK):
                pickle.dump(list(findings[start : start + CHUNK]), file)
        self._count += len(findings)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings chunk by chunk: written by this program's own workers, sealed."""
        with open(self.path, "rb") as file:
            while True:
                try:
                    chunk = pickle.load(file)
                except EOFError:
                    return
                yield from chunk

    def __getitem__(self, index: object) -> Finding:  # type: ignore[override]
        raise TypeError("spilled findings are read in order")

    def remove(self) -> None:
        """Delete the temporary file, once the findings are recorded."""
        os.unlink(self.path)

"""Read a file with large holes without reading the holes. Changes nothing in the file.

A hole of HOLE_BYTES or more is shown as one newline, so that text before and after it stays
apart; a smaller one is read as the zeros it stands for. A format that points into itself by
offset (zip, PDF, SQLite) is read wrongly behind a large hole, and then reported as corrupt.
"""

from __future__ import annotations

import bisect
import io
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HOLE_BYTES = 1024 * 1024
MAX_STEPS = 65_536
"""Extents asked for in one file; what lies beyond is read as it is, zeros and all."""


class Piece(NamedTuple):
    """A run of the stream: `length` bytes that lie at `offset` in the file; -1: a newline."""

    start: int
    offset: int
    length: int


def pieces(descriptor: int, size: int) -> list[Piece] | None:
    """Return the runs of a file of `size` bytes in order, or None when it has no large hole."""
    if sys.platform == "win32" or not hasattr(os, "SEEK_DATA"):
        return None
    made: list[Piece] = []
    start = position = data_from = 0

    def add(offset: int, length: int) -> None:
        nonlocal start
        if length:
            made.append(Piece(start, offset, length))
            start += length

    for _ in range(MAX_STEPS):
        if position >= size:
            break
        try:
            data = min(os.lseek(descriptor, position, os.SEEK_DATA), size)
            hole = min(os.lseek(descriptor, data, os.SEEK_HOLE), size) if data < size else size
        except OSError:  # ENXIO: nothing but a hole up to the end (or the file shrank)
            data = hole = size
        if data - position >= HOLE_BYTES:
            add(data_from, position - data_from)
            add(-1, 1)
            data_from = data
        position = max(hole, position + 1)
    add(data_from, size - data_from)
    return made if any(piece.offset < 0 for piece in made) else None


class SparseStream(io.RawIOBase):
    """The runs of a file one after the other: readable, seekable. Owns and closes the file."""

    def __init__(self, file: io.FileIO, runs: list[Piece]) -> None:
        self._file = file
        self._runs = runs
        self._starts = [run.start for run in runs]
        self._size = runs[-1].start + runs[-1].length
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("negative seek position")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        if self._position >= self._size or not len(view):
            return 0
        run = self._runs[bisect.bisect_right(self._starts, self._position) - 1]
        inside = self._position - run.start
        wanted = min(len(view), run.length - inside)
        if run.offset < 0:
            view[:1] = b"\n"
            count = 1
        else:
            self._file.seek(run.offset + inside)
            count = self._file.readinto(view[:wanted]) or 0
        self._position += count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()

"""Bound what one document may cost while it is read: bytes unpacked, parts, depth, disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from connectors import Reason
from connectors.archives import IsPrivate
from scanner.model import Limits, Place, Problem

MEMORY_SPOOL_BYTES = 16 * 1024**2
"""A part up to this size stays in memory; a larger one goes to a private temporary file."""
CHUNK_BYTES = 256 * 1024
RATIO_FROM_BYTES = 10_000_000
"""Small files may compress as they like; the ratio is asked only beyond this."""
GRACE = 4
"""The part of the limit that is given once more, to read inside a content that was cut at it."""


class Trouble(Exception):
    """A reader's clear word on why it stops. `detail` names a limit or an extra, never a value."""

    def __init__(self, reason: Reason, detail: str = "", where: Place = ()) -> None:
        super().__init__(f"{reason}:{detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail
        self.where = where

    def problem(self) -> Problem:
        return Problem(self.where, self.reason, self.detail)


@dataclass(slots=True)
class Budget:
    """What is left for one document and all its parts together. One per document, in the worker.

    `packed` is the document's own size in bytes, `folder` the private temporary folder.
    `passwords` are tried on encrypted documents, in order. `is_private` tells mail folders that
    stay closed.
    """

    limits: Limits
    packed: int
    folder: str | None = None
    passwords: tuple[str, ...] = field(default=(), repr=False)
    unpacked: int = 0
    parts: int = 0
    depth: int = 0
    has_grace: bool = False
    is_private: IsPrivate = field(default=lambda name: False, repr=False)

    @property
    def room(self) -> int:
        """The bytes that may still be unpacked. A part that claims more need not be begun."""
        return max(0, self._bound()[0] - self.unpacked)

    def spend(self, count: int) -> None:
        """Account for `count` unpacked bytes. Raises Trouble("limit") when they are too many."""
        self.unpacked += count
        self._check(self.unpacked)

    def check_room(self, size: int) -> None:
        """Raise the Trouble that spending `size` more bytes would raise; spend nothing."""
        self._check(self.unpacked + size)

    def refund(self, count: int) -> None:
        """Give back what was spent on bytes that lay in the container as they are.

        Such a part was a slice, not unpacked: a large tar file is not a bomb.
        """
        self.unpacked = max(0, self.unpacked - count)

    def bounded(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Pass on `pieces` as far as there is room, then raise the Trouble of the limit.

        For a container of one part, which would not be read at all otherwise. The reader of the
        stream spends. At the first cut GRACE is added, for the parts inside what was unpacked.
        """
        left = self.room
        for piece in pieces:
            if len(piece) > left:
                yield piece[:left]
                bound, detail = self._bound()
                if not self.has_grace:
                    self.has_grace = True
                    self.refund(bound // GRACE)
                raise Trouble("limit", detail)
            left -= len(piece)
            yield piece

    def _bound(self) -> tuple[int, str]:
        by_ratio = max(RATIO_FROM_BYTES, self.limits.max_ratio * max(self.packed, 1))
        return min((self.limits.max_unpacked_bytes, "max_unpacked_bytes"), (by_ratio, "max_ratio"))

    def _check(self, unpacked: int) -> None:
        bound, detail = self._bound()
        if unpacked > bound:
            raise Trouble("limit", detail)

    def enter_part(self) -> None:
        """Account for one more part. Raises Trouble("limit") when there are too many."""
        self.parts += 1
        if self.parts > self.limits.max_parts:
            raise Trouble("limit", "max_parts")

    def spool(self, stream: BinaryIO) -> tuple[BinaryIO, int]:
        """Copy a part's stream into a seekable file, spending its bytes; return it and its size.

        Memory first, a private temporary file beyond MEMORY_SPOOL_BYTES. The caller closes it.
        """
        spooled = tempfile.SpooledTemporaryFile(  # noqa: SIM115  (the caller closes it)
            MEMORY_SPOOL_BYTES, dir=self.folder
        )
        size = 0
        try:
            while chunk := stream.read(CHUNK_BYTES):
                self.spend(len(chunk))
                size += len(chunk)
                spooled.write(chunk)
        except BaseException:
            spooled.close()
            raise
        spooled.seek(0)
        return cast(BinaryIO, spooled), size

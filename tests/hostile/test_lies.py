"""Streams that never end, break off or are not as long as they say."""

from __future__ import annotations

import gzip
import io
import sqlite3
from collections.abc import Callable
from typing import BinaryIO, cast

import pytest

from scanner.collect import Collector
from scanner.examine import Session
from scanner.extract import Source
from scanner.extract.budget import Budget, Trouble
from scanner.extract.readers import BY_TYPE
from scanner.model import Limits, Part
from scanner.tools import Tools
from tests.hostile import archives
from tests.hostile.archives import HARMLESS, PLANTED
from tests.hostile.drain import Drained, Ear, StandIn, drain

MEGABYTE = 1024 * 1024


class Endless(io.RawIOBase):
    """Text for ever; counts what was taken."""

    def __init__(self, line: bytes = b"Kunde et af mange\n") -> None:
        super().__init__()
        self.block, self.taken = line * (MEGABYTE // len(line)), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert size > 0, "an endless stream may not be read to its end"
        data = self.block[:size]
        self.taken += len(data)
        return data


def test_an_endless_document_is_too_large_and_read_no_further() -> None:
    limits, stream = Limits(max_file_bytes=20 * MEGABYTE), Endless()
    tools = cast(Tools, StandIn(limits, None, ()))
    session = Session(tools, 10, 0.0, lambda: cast(Collector, Ear((), Drained())))
    with pytest.raises(Trouble, match="too_large:max_file_bytes"):
        session.content(cast(BinaryIO, stream), "x.txt", (), 0)
    assert stream.taken <= limits.max_file_bytes + 2 * MEGABYTE


def test_an_endless_part_ends_at_the_budget() -> None:
    budget, stream = Budget(Limits(max_unpacked_bytes=20 * MEGABYTE), MEGABYTE), Endless()
    with pytest.raises(Trouble, match="limit"):
        budget.spool(cast(BinaryIO, stream))
    assert stream.taken <= 21 * MEGABYTE


def database() -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (v)")
        connection.executemany("INSERT INTO t VALUES (?)", [(PLANTED,)] * 500)
        connection.commit()
        return connection.serialize()


MADE: dict[str, Callable[[], bytes]] = {
    "application/zip": lambda: archives.zip_of([]),
    "application/x-tar": lambda: archives.tar_start() + bytes(1024),
    "application/gzip": lambda: gzip.compress(HARMLESS),
    "application/x-7z-compressed": archives.sevenzip_small,
    "application/vnd.sqlite3": database,
}


@pytest.mark.parametrize("type_", MADE)
@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(lambda size: 0, id="said to be empty"),
        pytest.param(lambda size: size // 2, id="said to be half"),
        pytest.param(lambda size: size * 1000, id="said to be a thousand times as long"),
        pytest.param(lambda size: 2**62, id="said to be endless"),
    ],
)
def test_a_size_that_lies_ends_in_parts_or_trouble(type_: str, claim: Callable[[int], int]) -> None:
    raw = MADE[type_]()
    source = Source(io.BytesIO(raw), claim(len(raw)), "x", type_)
    budget = Budget(Limits(max_unpacked_bytes=20 * MEGABYTE), len(raw))
    try:
        for count, event in enumerate(BY_TYPE[type_].load()(source, budget)):
            assert count < 1000
            if isinstance(event, Part):
                budget.spool(event.stream)[0].close()
    except Trouble as trouble:
        assert trouble.reason in ("corrupt", "truncated", "limit")


class Breaking(io.BytesIO):
    """A file on a device that goes away: whole when it is first read, then half of it."""

    reads_allowed = 2  # the content, and its end

    def read(self, size: int | None = -1) -> bytes:
        self.reads_allowed -= 1
        half = len(self.getvalue()) // 2
        if self.reads_allowed < 0 and (size is None or size < 0 or self.tell() + size > half):
            raise OSError("device is gone")
        return super().read(size)


@pytest.mark.parametrize("type_", MADE)
def test_a_stream_that_breaks_off_is_not_called_read(type_: str) -> None:
    raw = MADE[type_]()
    assert drain(raw, "x", wanted=[PLANTED]).found
    seen = drain(Breaking(raw), "x", wanted=[PLANTED])
    assert seen.readings[0].status in ("partial", "unread")
    assert seen.problems

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.extract.budget import (
    CHUNK_BYTES,
    MEMORY_SPOOL_BYTES,
    RATIO_FROM_BYTES,
    Budget,
    Trouble,
)
from scanner.model import Limits, Problem

SIZES = st.integers(0, 3 * RATIO_FROM_BYTES)


class Stream(io.RawIOBase):
    """Gives `size` bytes (-1: for ever), a few at a time, and counts how often it was asked."""

    def __init__(self, size: int, step: int = CHUNK_BYTES) -> None:
        super().__init__()
        self.left, self.step, self.reads = size, step, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        assert size is not None
        assert 0 < size <= CHUNK_BYTES
        count = min(size, self.step) if self.left < 0 else min(size, self.step, self.left)
        if self.left > 0:
            self.left -= count
        return b"x" * count


def binary(stream: Stream) -> BinaryIO:
    return cast(BinaryIO, stream)


@given(
    spent=st.lists(SIZES, max_size=8),
    packed=st.integers(0, 200_000),
    most=st.integers(1, 4 * RATIO_FROM_BYTES),
    ratio=st.integers(1, 500),
)
def test_what_may_be_spent_is_what_there_is_room_for(
    spent: list[int], packed: int, most: int, ratio: int
) -> None:
    budget = Budget(Limits(max_unpacked_bytes=most, max_ratio=ratio), packed)
    for count in spent:
        room, before = budget.room, budget.unpacked
        try:
            budget.check_room(count)
            fits = True
        except Trouble:
            fits = False
        assert budget.unpacked == before
        assert fits == (count <= room)
        if fits:
            budget.spend(count)
            assert budget.room == room - count
        else:
            with pytest.raises(Trouble) as caught:
                budget.spend(count)
            assert caught.value.reason == "limit"
            assert (budget.room, budget.unpacked) == (0, before + count)
            with pytest.raises(Trouble):  # and stays spent
                budget.spend(0)
            return


@pytest.mark.parametrize(
    ("packed", "unpacked", "detail"),
    [
        pytest.param(1, RATIO_FROM_BYTES, None, id="small: any ratio"),
        pytest.param(1, RATIO_FROM_BYTES + 1, "max_ratio", id="larger: the ratio counts"),
        pytest.param(0, RATIO_FROM_BYTES + 1, "max_ratio", id="of nothing comes nothing"),
        pytest.param(100_000, 20_000_000, None, id="at the ratio"),
        pytest.param(100_000, 20_000_001, "max_ratio", id="above the ratio"),
        pytest.param(10**9, 2**30, None, id="at the most"),
        pytest.param(10**9, 2**30 + 1, "max_unpacked_bytes", id="above the most"),
    ],
)
def test_limits_are_met_exactly(packed: int, unpacked: int, detail: str | None) -> None:
    budget = Budget(Limits(), packed)
    if detail is None:
        budget.spend(unpacked)
        return
    with pytest.raises(Trouble) as caught:
        budget.spend(unpacked)
    assert caught.value.problem() == Problem((), "limit", detail)


def test_all_parts_share_one_budget() -> None:
    budget = Budget(Limits(max_unpacked_bytes=1000), 1000)
    budget.spool(io.BytesIO(bytes(600)))[0].close()
    with pytest.raises(Trouble, match="limit:max_unpacked_bytes"):
        budget.spool(io.BytesIO(bytes(600)))


def test_parts_are_counted() -> None:
    budget = Budget(Limits(max_parts=3), 1)
    for _ in range(3):
        budget.enter_part()
    with pytest.raises(Trouble, match="limit:max_parts"):
        budget.enter_part()


@given(data=st.binary(max_size=2000), step=st.integers(1, 50))
def test_spooling_keeps_every_byte_however_they_come(data: bytes, step: int) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(step, size or 1))

    budget = Budget(Limits(), 1)
    stream, size = budget.spool(Slow(data))
    with stream:
        assert (stream.read(), size, budget.unpacked) == (data, len(data), len(data))
        stream.seek(0)
        assert stream.read(1) == data[:1]


def test_an_endless_stream_ends_at_the_limit() -> None:
    budget, stream = Budget(Limits(max_unpacked_bytes=5_000_000), 10**6), Stream(-1)
    with pytest.raises(Trouble, match="limit:max_unpacked_bytes"):
        budget.spool(binary(stream))
    assert stream.reads == 5_000_000 // CHUNK_BYTES + 1


def test_a_large_part_goes_to_the_private_folder_and_leaves_it(tmp_path: Path) -> None:
    budget = Budget(Limits(), 10**6, str(tmp_path))
    stream, size = budget.spool(binary(Stream(MEMORY_SPOOL_BYTES + CHUNK_BYTES)))
    with stream:
        assert size == MEMORY_SPOOL_BYTES + CHUNK_BYTES
        assert stream.fileno() > 0  # a file, whether or not the platform shows its name
    assert not list(tmp_path.iterdir())


def test_what_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(Stream):
        def read(self, size: int | None = -1) -> bytes:
            if self.left < CHUNK_BYTES:
                raise OSError
            return super().read(size)

    budget = Budget(Limits(), 10**6, str(tmp_path))
    with pytest.raises(OSError):
        budget.spool(binary(Broken(MEMORY_SPOOL_BYTES + 2 * CHUNK_BYTES)))
    assert not list(tmp_path.iterdir())


def test_trouble_names_a_limit_and_never_a_place_or_password() -> None:
    trouble = Trouble("limit", "max_ratio", ("Anna Holm.xlsx",))
    assert str(trouble) == "limit:max_ratio"
    assert "Anna" not in repr(trouble) + repr(trouble.problem())
    assert "hemmelig" not in repr(Budget(Limits(), 1, passwords=("hemmelig",)))


def test_trouble_survives_pickling_between_processes() -> None:
    again = pickle.loads(pickle.dumps(Trouble("limit", "max_ratio", ("a",))))
    assert (again.reason, again.detail, again.where) == ("limit", "max_ratio", ("a",))


@given(
    sizes=st.lists(st.integers(1, CHUNK_BYTES), max_size=20),
    most=st.integers(1, 2_000_000),
    spent=st.integers(0, 2_000_000),
)
def test_a_bounded_content_is_cut_where_the_room_ends(
    sizes: list[int], most: int, spent: int
) -> None:
    budget = Budget(Limits(max_unpacked_bytes=most), 10**6)
    budget.unpacked = min(spent, most)
    room = budget.room
    whole = b"".join(bytes([number % 251]) * size for number, size in enumerate(sizes))
    got, trouble = b"", None
    try:
        for piece in budget.bounded(bytes([n % 251]) * size for n, size in enumerate(sizes)):
            budget.spend(len(piece))
            got += piece
    except Trouble as error:
        trouble = error
    assert got == whole[:room]
    assert (trouble is not None) == (len(whole) > room)
    if trouble is not None:
        assert trouble.detail == "max_unpacked_bytes"
        assert budget.room == most // 4


def test_the_grace_of_a_cut_content_is_given_once() -> None:
    budget = Budget(Limits(max_unpacked_bytes=1000), 10**6)
    total = 0
    for _ in range(10):
        try:
            for piece in budget.bounded(iter([bytes(600)] * 10)):
                budget.spend(len(piece))
                total += len(piece)
        except Trouble:
            pass
    assert total == 1250


def test_slices_are_given_back_and_never_more() -> None:
    budget = Budget(Limits(max_unpacked_bytes=1000), 1)
    budget.spend(800)
    budget.refund(800)
    budget.spend(900)
    budget.refund(5000)
    assert (budget.unpacked, budget.room) == (0, 1000)

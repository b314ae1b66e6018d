"""Files with holes: what a reader sees of them, and what they cost."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import Document
from connectors.disk import DiskConnector
from connectors.sparse import HOLE_BYTES, pieces

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the file systems of the others differ in what they leave out"
)

MB = 1024 * 1024


def sparse(folder: Path, runs: list[tuple[int, bytes]], size: int = 0) -> Document:
    path = folder / "hullet"
    with path.open("wb") as stream:
        for offset, data in runs:
            stream.seek(offset)
            stream.write(data)
        stream.truncate(max(size, stream.tell()))
    if path.stat().st_blocks * 512 >= max(size, HOLE_BYTES):
        pytest.skip("this file system keeps no holes")
    (document,) = DiskConnector("device", "hjem", os.fsencode(folder)).walk()
    assert isinstance(document, Document)
    return document


def block(letter: str) -> bytes:
    return letter.encode() * 4096


@pytest.mark.parametrize(
    ("runs", "size", "shown"),
    [
        pytest.param([], 3000 * MB, b"\n", id="a 3 GB hole alone"),
        pytest.param([(0, block("a"))], 3000 * MB, block("a") + b"\n", id="a hole at the end"),
        pytest.param([(2 * MB, block("a"))], 0, b"\n" + block("a"), id="a hole at the start"),
        pytest.param(
            [(0, block("a")), (3000 * MB, block("b"))],
            0,
            block("a") + b"\n" + block("b"),
            id="words on both sides stay apart",
        ),
    ],
)
def test_a_large_hole_is_one_line_break(
    tmp_path: Path, runs: list[tuple[int, bytes]], size: int, shown: bytes
) -> None:
    document = sparse(tmp_path, runs, size)
    with document.open() as stream:
        assert stream.read(len(shown) + 1) == shown
        assert stream.seek(0, os.SEEK_END) == len(shown)
        stream.seek(0)
        assert stream.read() == shown
    assert document.size >= 2 * MB


def test_small_holes_are_the_zeros_they_stand_for(tmp_path: Path) -> None:
    runs = [(0, block("a")), (512 * 1024, block("b")), (8 * MB, block("c"))]
    with sparse(tmp_path, runs).open() as stream:
        expected = block("a") + bytes(512 * 1024 - 4096) + block("b") + b"\n" + block("c")
        assert stream.read() == expected


def test_a_file_without_large_holes_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "fuld"
    path.write_bytes(os.urandom(3 * MB))
    descriptor = os.open(path, os.O_RDONLY)
    try:
        assert pieces(descriptor, 3 * MB) is None
    finally:
        os.close(descriptor)
    (document,) = DiskConnector("device", "hjem", os.fsencode(tmp_path)).walk()
    assert isinstance(document, Document)
    with document.open() as stream:
        assert stream.read() == path.read_bytes()


def test_a_compressed_or_delayed_file_loses_nothing(tmp_path: Path) -> None:
    """Fewer blocks than bytes do not prove a hole: the extents are asked."""
    path = tmp_path / "nuller"
    path.write_bytes(bytes(3 * MB) + b"slut")
    (document,) = DiskConnector("device", "hjem", os.fsencode(tmp_path)).walk()
    assert isinstance(document, Document)
    with document.open() as stream:
        stream.seek(-4, os.SEEK_END)
        assert stream.read() == b"slut"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 9000)), max_size=8),
)
def test_any_reading_order_sees_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory,
    layout: list[tuple[int, int]],
    reads: list[tuple[int, int]],
) -> None:
    offset, runs = 0, []
    for number, (holes, blocks) in enumerate(layout):
        offset += holes * MB
        runs.append((offset, block(chr(97 + number)) * blocks))
        offset += blocks * 4096
    document = sparse(tmp_path_factory.mktemp("huller"), runs, offset + 2 * MB)
    with document.open() as stream:
        whole = stream.read()
        for start, length in reads:
            stream.seek(min(start, len(whole)))
            assert stream.read(length) == whole[start : start + length]
    assert whole.replace(b"\n", b"").strip(b"\0") == b"".join(data for _, data in runs)

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model import Limits
from tests.extract.parts import Contents, contents
from tests.hostile.drain import drain

GZIP, BZIP2, XZ = "application/gzip", "application/x-bzip2", "application/x-xz"
TEXT = b"".join(b"%d Anna Holm\n" % count for count in range(30_000))
PACK: dict[str, Callable[[bytes], bytes]] = {
    GZIP: lambda data: gzip.compress(data, mtime=0),
    BZIP2: bz2.compress,
    XZ: lzma.compress,
}
PACKED = {type_: pack(TEXT) for type_, pack in PACK.items()}
ALL = pytest.mark.parametrize("type_", [GZIP, BZIP2, XZ])


def unpack(raw: bytes, type_: str, name: str = "liste.csv.gz") -> Contents:
    return contents(raw, type_, name=name)


@ALL
@pytest.mark.parametrize("data", [TEXT, b"", b"x"], ids=["long", "empty", "one byte"])
def test_content_is_read_whole(type_: str, data: bytes) -> None:
    read = unpack(PACK[type_](data), type_)
    assert read.parts == [("liste.csv", data)]
    assert not read.problems


@ALL
def test_streams_behind_one_another_are_one_content(type_: str) -> None:
    pack = PACK[type_]
    read = unpack(pack(TEXT) + pack(b"og mere") + bytes(1024) + pack(b"!"), type_)
    assert [data for _, data in read.parts] == [TEXT + b"og mere!"]
    assert not read.problems


@ALL
def test_rubbish_behind_the_content_is_told(type_: str) -> None:
    read = unpack(PACK[type_](TEXT) + b"rubbish", type_)
    assert [data for _, data in read.parts] == [TEXT]
    assert [(p.reason, p.detail) for p in read.problems] == [("corrupt", "trailing_data")]


@ALL
@settings(max_examples=12, deadline=None)
@given(share=st.floats(0.0, 0.999))
def test_a_cut_file_gives_what_is_there(type_: str, share: float) -> None:
    raw = PACKED[type_]
    read = unpack(raw[: int(len(raw) * share)], type_)
    [(_, begun)] = read.parts
    assert TEXT.startswith(begun)
    assert read.told == [((), "truncated")]
    if type_ == GZIP and share > 0.5:
        assert len(begun) > len(TEXT) // 3


@ALL
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_damage_is_told_and_never_raises(type_: str, data: st.DataObject) -> None:
    raw = bytearray(PACK[type_](TEXT[:5000]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    read = unpack(bytes(raw), type_)
    if [body for _, body in read.parts] != [TEXT[:5000]]:
        assert read.problems


@pytest.mark.parametrize(
    ("stored", "outer", "inner"),
    [
        pytest.param("Løn 2024.csv", "x.gz", "Løn 2024.csv", id="the header's name"),
        pytest.param("", "Løn.csv.gz", "Løn.csv", id="the name without its ending"),
        pytest.param("", "arkiv.tgz", "arkiv.tar", id="a tar's short ending"),
        pytest.param("", "uden endelse", "uden endelse", id="no ending"),
        pytest.param("", ".gz", ".gz", id="nothing but an ending"),
    ],
)
def test_the_inner_name(stored: str, outer: str, inner: str) -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile(stored, "wb", fileobj=buffer, mtime=0) as file:
        file.write(TEXT)
    assert unpack(buffer.getvalue(), GZIP, outer).names == [inner]


def test_all_gzip_header_fields_are_stepped_over() -> None:
    plain = gzip.compress(TEXT, mtime=0)
    fields = b"\x04\x00abcd" + b"navn.csv\x00" + b"til Bodil\x00"
    raw = plain[:3] + bytes([4 | 8 | 16]) + plain[4:10] + fields + plain[10:]
    read = unpack(raw, GZIP)
    assert read.parts == [("navn.csv", TEXT)]
    assert read.texts == ["til Bodil"]


def test_xz_that_wants_more_memory_than_there_is_becomes_a_limit() -> None:
    raw = lzma.compress(TEXT, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 2**26}])
    limits = Limits(memory_bytes=64 * 1024**2)
    read = contents(raw, XZ, limits=limits)
    assert [(p.reason, p.detail) for p in read.problems] == [("limit", "memory_bytes")]


def test_a_packed_tar_is_read_through() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        member = tarfile.TarInfo("mappe/kunder.txt")
        member.size = len(TEXT)
        archive.addfile(member, io.BytesIO(TEXT))
    seen = drain(buffer.getvalue(), "arkiv.tgz", wanted=["29999 Anna Holm"])
    assert seen.found == {"29999 Anna Holm": 1}
    assert [reading.inner for reading in seen.readings][-1] == ("arkiv.tar", "mappe/kunder.txt")
    assert not seen.problems


@ALL
def test_of_a_content_beyond_the_limit_what_fits_is_read(type_: str) -> None:
    read = contents(PACK[type_](TEXT), type_, limits=Limits(max_unpacked_bytes=100_000))
    assert [data for _, data in read.parts] == [TEXT[:100_000]]
    assert [(p.reason, p.detail) for p in read.problems] == [("limit", "max_unpacked_bytes")]


def test_files_in_a_packed_tar_beyond_the_limit_are_read_as_far_as_it_goes() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for number in range(50):
            member = tarfile.TarInfo(f"{number}.txt")
            member.size = 10_000
            archive.addfile(member, io.BytesIO(b"Anna Holm\n" * 1000))
    limits = Limits(max_unpacked_bytes=200_000)
    seen = drain(buffer.getvalue(), "a.tgz", wanted=["Anna Holm"], limits=limits)
    assert 18_000 <= seen.found["Anna Holm"] <= 20_000
    assert seen.reasons == {"limit", "truncated"}

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model import Limits
from tests.extract.parts import Contents, contents

TAR = "application/x-tar"
TEXT = b"Kunde Anna Holm\n" * 100


def untar(raw: bytes, limits: Limits | None = None) -> Contents:
    return contents(raw, TAR, limits=limits)


def packed(
    members: dict[str, bytes], form: int = tarfile.GNU_FORMAT, encoding: str = "utf-8"
) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form, encoding=encoding) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(tarfile.USTAR_FORMAT, id="ustar"),
        pytest.param(tarfile.GNU_FORMAT, id="GNU"),
        pytest.param(tarfile.PAX_FORMAT, id="pax"),
    ],
)
def test_files_are_read_whole_in_order(form: int) -> None:
    members = {"a.txt": TEXT, "tom.txt": b"", "m/b.bin": bytes(range(256)) * 2000}
    if form != tarfile.USTAR_FORMAT:
        members["lang/" * 60 + "æøå.txt"] = TEXT
    read = untar(packed(members, form))
    assert read.parts == list(members.items())
    assert not read.problems


def test_the_oldest_form_is_read() -> None:
    raw = bytearray(packed({"a.txt": TEXT}, tarfile.USTAR_FORMAT))
    raw[257:512] = bytes(255)  # version 7 had no magic
    raw[156] = 0
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw[:512])
    assert untar(bytes(raw)).parts == [("a.txt", TEXT)]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp850"])
def test_danish_names(encoding: str) -> None:
    assert untar(packed({"Lønsedler æå.txt": TEXT}, encoding=encoding)).names == [
        "Lønsedler æå.txt"
    ]


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "C:\\x", "a\nb"])
def test_a_name_is_only_a_name(name: str) -> None:
    assert untar(packed({name: TEXT})).parts == [(name, TEXT)]


def test_links_folders_and_devices_are_passed_by() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number, kind in enumerate(
            (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE)
        ):
            member = tarfile.TarInfo(str(number))
            member.type, member.linkname = kind, "../x"
            archive.addfile(member)
        last = tarfile.TarInfo("a.txt")
        last.size = len(TEXT)
        archive.addfile(last, io.BytesIO(TEXT))
    read = untar(buffer.getvalue())
    assert read.parts == [("a.txt", TEXT)]
    assert not read.problems


def sparse(size: int, stretches: list[tuple[int, bytes]]) -> bytes:
    """A member of GNU's old sparse form, as GNU tar writes it (four stretches at most)."""
    body = b"".join(data for _, data in stretches)
    member = tarfile.TarInfo("hul.img")
    member.type, member.size = tarfile.GNUTYPE_SPARSE, len(body)
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    at = 386
    for offset, data in stretches:
        header[at : at + 24] = b"%011o\0%011o\0" % (offset, len(data))
        at += 24
    header[483:495] = b"%011o\0" % size
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    padding = bytes(-len(body) % 512)
    return bytes(header) + body + padding + packed({"a.txt": TEXT})


def test_holes_are_read_as_zeros() -> None:
    raw = sparse(100_000, [(1000, b"x" * 600), (50_000, b"y" * 100)])
    read = untar(raw)
    plain = bytes(1000) + b"x" * 600 + bytes(48_400) + b"y" * 100 + bytes(49_900)
    assert read.parts == [("hul.img", plain), ("a.txt", TEXT)]


@pytest.mark.parametrize(
    "stretches",
    [
        pytest.param([(50, b"x" * 10), (20, b"y" * 10)], id="backwards"),
        pytest.param([(0, b"x" * 100), (50, b"y" * 10)], id="overlapping"),
        pytest.param([(5000, b"x" * 100)], id="beyond its size"),
    ],
)
def test_a_sparse_map_that_lies_is_refused(stretches: list[tuple[int, bytes]]) -> None:
    read = untar(sparse(2000, stretches))
    assert read.parts == [("a.txt", TEXT)]
    assert read.told == [(("hul.img",), "corrupt")]


def test_a_huge_hole_costs_nothing_and_the_rest_is_read() -> None:
    read = untar(sparse(2**32, [(0, b"x")]))
    assert read.parts == [("a.txt", TEXT)]
    assert read.told == [(("hul.img",), "limit")]


def two() -> bytes:
    return packed({"a.txt": TEXT, "b.txt": TEXT * 50})


@pytest.mark.parametrize(
    ("raw", "names", "reasons"),
    [
        pytest.param(two()[:40_000], ["a.txt", "b.txt"], ["truncated"], id="in the data"),
        pytest.param(two()[:2600], ["a.txt"], ["truncated"], id="in a header"),
        pytest.param(two()[:2560], ["a.txt"], ["truncated"], id="between members"),
        pytest.param(two()[:300], [], ["truncated"], id="in the first header"),
    ],
)
def test_a_cut_archive_gives_what_is_there(
    raw: bytes, names: list[str], reasons: list[str]
) -> None:
    read = untar(raw)
    assert read.names == names
    assert {reason for _, reason in read.told} == set(reasons)


def test_behind_a_damaged_header_the_next_is_found() -> None:
    raw = bytearray(packed({"a.txt": TEXT, "b.txt": TEXT, "c.txt": TEXT}))
    raw[2560 + 10] ^= 0xFF
    read = untar(bytes(raw))
    assert read.parts == [("a.txt", TEXT), ("c.txt", TEXT)]
    assert read.told == [((), "corrupt")]


def test_archives_behind_one_another_are_all_read() -> None:
    read = untar(packed({"a.txt": TEXT}) + packed({"b.txt": TEXT}))
    assert read.names == ["a.txt", "b.txt"]
    assert not read.problems


def test_rubbish_behind_the_end_is_told() -> None:
    read = untar(packed({"a.txt": TEXT}) + os.urandom(700))
    assert read.names == ["a.txt"]
    assert [problem.detail for problem in read.problems] == ["trailing_data"]


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: header("x", 10**12), id="a terabyte claimed"),
        pytest.param(lambda: header("x", -512), id="negative size"),
        pytest.param(lambda: header("x", -1024, tarfile.XHDTYPE), id="negative pax header"),
        pytest.param(lambda: header("x", 10**12, tarfile.XHDTYPE), id="huge pax header"),
        pytest.param(lambda: header("x", 10**12, tarfile.GNUTYPE_LONGNAME), id="huge name"),
        pytest.param(
            lambda: (header("x", 1, tarfile.GNUTYPE_LONGNAME) + bytes(512)) * 5000,
            id="names of names of names",
        ),
    ],
)
def test_headers_that_lie_end_and_are_told(make: Callable[[], bytes]) -> None:
    read = untar(packed({"a.txt": TEXT})[:2560] + make() + packed({"b.txt": TEXT}))
    assert read.parts[0] == ("a.txt", TEXT)
    assert read.problems


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_flipped_bytes_never_raise(data: st.DataObject) -> None:
    form = data.draw(
        st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
    )
    raw = bytearray(packed({"a.txt": TEXT, "å" * 120 if form else "b": TEXT}, form))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    untar(bytes(raw))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4095))
def test_any_cut_of_content_is_told(cut: int) -> None:
    assert untar(packed({"a.txt": TEXT, "b.txt": TEXT})[:cut]).problems


def test_a_large_archive_is_no_bomb_since_its_members_are_slices() -> None:
    raw = packed({f"{count}.txt": TEXT * 50 for count in range(20)})
    read = untar(raw, Limits(max_unpacked_bytes=100_000))
    assert len(read.parts) == 20
    assert not read.problems

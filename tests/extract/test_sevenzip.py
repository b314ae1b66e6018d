from __future__ import annotations

import io
import os
import struct
import zlib

import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py7zr import (
    FILTER_BROTLI,
    FILTER_BZIP2,
    FILTER_COPY,
    FILTER_CRYPTO_AES256_SHA256,
    FILTER_DEFLATE,
    FILTER_DELTA,
    FILTER_LZMA,
    FILTER_LZMA2,
    FILTER_PPMD,
    FILTER_X86,
    FILTER_ZSTD,
)

from scanner.extract.budget import Trouble
from scanner.model import Limits
from tests.extract.parts import Contents, contents

SEVENZIP = "application/x-7z-compressed"
TEXT = b"".join(b"%d Anna Holm\n" % count for count in range(20_000))
MEMBERS = {"a.txt": b"forst", "mappe/æøå.txt": TEXT, "tom.txt": b"", "c.bin": os.urandom(3000)}
AES = {"id": FILTER_CRYPTO_AES256_SHA256}


def read_7z(
    raw: bytes, *, passwords: tuple[str, ...] = (), limits: Limits | None = None
) -> Contents:
    return contents(raw, SEVENZIP, passwords=passwords, limits=limits)


def packed(
    members: dict[str, bytes],
    filters: list[dict[str, int]] | None = None,
    *,
    password: str | None = None,
    hide_names: bool = False,
) -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(
        buffer, "w", filters=filters, password=password, header_encryption=hide_names
    ) as archive:
        for name, data in members.items():
            archive.writestr(data, name)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "filters",
    [
        pytest.param(None, id="default"),
        pytest.param([{"id": FILTER_LZMA}], id="LZMA"),
        pytest.param([{"id": FILTER_DELTA, "dist": 2}, {"id": FILTER_LZMA2}], id="delta"),
        pytest.param([{"id": FILTER_X86}, {"id": FILTER_LZMA2}], id="BCJ and LZMA2"),
        pytest.param([{"id": FILTER_X86}, {"id": FILTER_LZMA}], id="BCJ and LZMA"),
        pytest.param([{"id": FILTER_BZIP2}], id="bzip2"),
        pytest.param([{"id": FILTER_DEFLATE}], id="deflate"),
        pytest.param([{"id": FILTER_ZSTD, "level": 3}], id="zstd"),
        pytest.param([{"id": FILTER_BROTLI, "level": 5}], id="brotli"),
        pytest.param([{"id": FILTER_COPY}], id="stored"),
    ],
)
def test_members_are_read_whole(filters: list[dict[str, int]] | None) -> None:
    read = read_7z(packed(MEMBERS, filters))
    assert dict(read.parts) == MEMBERS
    assert len(read.parts) == len(MEMBERS)
    assert not read.problems


def test_ppmd_is_left_alone_because_its_library_dies_of_damage() -> None:
    raw = packed({"a.txt": TEXT}, [{"id": FILTER_PPMD, "order": 6, "mem": 24}])
    read = read_7z(raw)
    assert [(p.where, p.reason, p.detail) for p in read.problems] == [
        (("a.txt",), "unsupported", "ppmd")
    ]
    header = b"\x17\x06\x00\x01\x23\x03\x04\x01"  # a header that says it is packed so itself
    start = struct.pack("<2QL", 0, len(header), zlib.crc32(header))
    raw = raw[:8] + struct.pack("<L", zlib.crc32(start)) + start + header
    with pytest.raises(Trouble, match="unsupported:ppmd"):
        read_7z(raw)


@pytest.mark.parametrize("method", [FILTER_ZSTD, FILTER_BROTLI, FILTER_BZIP2, FILTER_DEFLATE])
def test_damage_is_told_by_every_method(method: int) -> None:
    settings = {"level": 3} if method in (FILTER_ZSTD, FILTER_BROTLI) else {}
    raw = bytearray(packed({"a.txt": TEXT}, [{"id": method, **settings}]))
    raw[40:60] = b"\xff" * 20
    read = read_7z(bytes(raw))
    assert read.told == [(("a.txt",), "corrupt")]


def test_blocks_one_after_another_are_read() -> None:
    buffer = io.BytesIO()
    for mode, members in (("w", {"a.txt": TEXT, "b.txt": b"to"}), ("a", {"c.txt": TEXT})):
        buffer.seek(0)
        with py7zr.SevenZipFile(buffer, mode) as archive:
            for name, data in members.items():
                archive.writestr(data, name)
    read = read_7z(buffer.getvalue())
    assert dict(read.parts) == {"a.txt": TEXT, "b.txt": b"to", "c.txt": TEXT}
    assert not read.problems


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a\nb", "C:/x"])
def test_a_name_is_only_a_name(name: str) -> None:
    raw = renamed(packed({"x" * len(name): TEXT}, [{"id": FILTER_COPY}]), name)
    assert read_7z(raw).parts == [(name, TEXT)]


def renamed(raw: bytes, name: str) -> bytes:
    """Write another name (as long) into a plain header; the library refuses hostile ones."""
    buffer = io.BytesIO(raw)
    offset, size = struct.unpack("<2Q", raw[12:28])
    with py7zr.SevenZipFile(buffer) as archive:
        plain = io.BytesIO()
        header = archive.header
        header.write(plain, 0, encoded=False, encrypted=False)
    body = plain.getvalue().replace(("x" * len(name)).encode("utf-16-le"), name.encode("utf-16-le"))
    start = struct.pack("<2QL", offset, len(body), zlib.crc32(body))
    assert size
    return raw[:8] + struct.pack("<L", zlib.crc32(start)) + start + raw[32 : 32 + offset] + body


@pytest.mark.parametrize("hide_names", [False, True], ids=["names seen", "names hidden"])
@pytest.mark.parametrize("filters", [None, [{"id": FILTER_COPY}, AES]], ids=["LZMA2", "stored"])
def test_passwords_are_tried(hide_names: bool, filters: list[dict[str, int]] | None) -> None:
    raw = packed(MEMBERS, filters, password="sørgård", hide_names=hide_names)
    read = read_7z(raw, passwords=("forkert", "sørgård"))
    assert dict(read.parts) == MEMBERS
    assert not read.problems


def test_without_the_password_each_member_is_told() -> None:
    read = read_7z(packed(MEMBERS, password="hemmelig"), passwords=("forkert",))
    assert not read.parts
    assert {where for where, _ in read.told} == {(name,) for name in MEMBERS}
    assert {reason for _, reason in read.told} == {"encrypted"}


def test_without_the_password_hidden_names_make_the_whole_encrypted() -> None:
    raw = packed(MEMBERS, password="hemmelig", hide_names=True)
    for passwords in ((), ("forkert",)):
        with pytest.raises(Trouble, match=r"^encrypted$"):
            read_7z(raw, passwords=passwords)


def test_a_cut_archive_is_truncated() -> None:
    with pytest.raises(Trouble, match=r"^truncated$"):
        read_7z(packed(MEMBERS)[:-40])


def test_damage_leaves_what_came_before() -> None:
    members = {"a.txt": TEXT, "b.bin": os.urandom(100_000), "c.txt": TEXT}
    raw = bytearray(packed(members, [{"id": FILTER_LZMA2}]))
    raw[60_000] ^= 0xFF
    read = read_7z(bytes(raw))
    assert read.parts[0] == ("a.txt", TEXT)
    assert {where for where, _ in read.told} >= {("b.bin",)}


def test_a_wrong_check_sum_costs_its_member_only() -> None:
    members = {"a.txt": b"a" * 5000, "b.txt": b"b" * 5000}
    raw = bytearray(packed(members, [{"id": FILTER_COPY}]))
    raw[40] ^= 1
    read = read_7z(bytes(raw))
    assert read.names == ["a.txt", "b.txt"]
    assert read.told == [(("a.txt",), "corrupt")]


def test_a_member_beyond_the_room_is_refused_before_it_is_unpacked() -> None:
    raw = packed({"a.txt": b"a" * 1000, "b.txt": bytes(5_000_000), "c.txt": b"c"})
    read = read_7z(raw, limits=Limits(max_unpacked_bytes=1_000_000))
    assert read.names == ["a.txt"]
    assert read.told == [(("b.txt",), "limit"), (("c.txt",), "limit")]


def test_a_dictionary_larger_than_memory_is_refused() -> None:
    raw = packed({"a.txt": TEXT}, [{"id": FILTER_LZMA2, "dict_size": 2**26}])
    read = read_7z(raw, limits=Limits(memory_bytes=2**27))
    assert [(p.reason, p.detail) for p in read.problems] == [("limit", "memory_bytes")]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_flipped_bytes_end_in_parts_or_trouble(data: st.DataObject) -> None:
    raw = bytearray(packed({"a.txt": TEXT[:2000], "b.txt": b"to"}, [{"id": FILTER_LZMA2}]))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.floats(0, 0.999))  # the length varies with the time written in it
        raw[6 + int(at * (len(raw) - 6))] ^= data.draw(st.integers(1, 255))
    try:
        read = read_7z(bytes(raw))
    except Trouble as trouble:
        assert trouble.reason in ("corrupt", "truncated", "encrypted", "unsupported", "limit")
        return
    if dict(read.parts) != {"a.txt": TEXT[:2000], "b.txt": b"to"}:
        assert read.problems or {len(body) for _, body in read.parts} == {2000, 2}

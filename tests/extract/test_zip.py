from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.extract.budget import Budget, Trouble
from scanner.extract.readers import BY_TYPE
from scanner.model import Limits
from tests.extract.parts import Contents, contents

ZIP = "application/zip"
TEXT = b"Kunde Anna Holm\r\n" * 400


def unzip(raw: bytes, *, passwords: tuple[str, ...] = (), limits: Limits | None = None) -> Contents:
    return contents(raw, ZIP, passwords=passwords, limits=limits)


def packed(
    members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, *, stream: bool = False
) -> bytes:
    buffer = io.BytesIO()
    target = Unseekable(buffer) if stream else buffer
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


class Unseekable(io.RawIOBase):
    """A pipe: makes zipfile write data descriptors."""

    def __init__(self, target: io.BytesIO) -> None:
        super().__init__()
        self.target = target

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self.target.write(data)


def renamed(raw: bytes, name: bytes, flags: int = 0) -> bytes:
    """Put `name` (as long as the one there) and flags into a zip of one member."""
    end = raw.rfind(b"PK\5\6")
    start = struct.unpack("<L", raw[end + 16 : end + 20])[0]
    made = bytearray(raw)
    for at, flag_at, length_at, head in ((0, 6, 26, 30), (start, 8, 28, 46)):
        (length,) = struct.unpack("<H", made[at + length_at : at + length_at + 2])
        assert length == len(name)
        made[at + flag_at : at + flag_at + 2] = struct.pack("<H", flags)
        made[at + head : at + head + length] = name
    return bytes(made)


@pytest.mark.parametrize(
    ("method", "stream"),
    [
        pytest.param(zipfile.ZIP_STORED, False, id="stored"),
        pytest.param(zipfile.ZIP_DEFLATED, False, id="deflate"),
        pytest.param(zipfile.ZIP_BZIP2, False, id="bzip2"),
        pytest.param(zipfile.ZIP_LZMA, False, id="lzma"),
        pytest.param(zipfile.ZIP_DEFLATED, True, id="sizes follow the data"),
        pytest.param(zipfile.ZIP_STORED, True, id="sizes follow stored data"),
    ],
)
def test_members_are_read_whole_in_order(method: int, stream: bool) -> None:
    members = {"a.txt": TEXT, "mappe/b.txt": b"", "c.bin": bytes(range(256)) * 2000}
    read = unzip(packed(members, method, stream=stream))
    assert read.parts == list(members.items())
    assert not read.problems


def by_hand(method: int, data: bytes, crc_of: bytes) -> bytes:
    """A zip whose member is packed by a method that zipfile does not write."""
    raw = bytearray(packed({"a.txt": data}, zipfile.ZIP_STORED))
    end = raw.rfind(b"PK\5\6")
    start = struct.unpack("<L", raw[end + 16 : end + 20])[0]
    for at, shift in ((0, 8), (start, 10)):
        raw[at + shift : at + shift + 2] = struct.pack("<H", method)
        crc = struct.pack("<LLL", zlib.crc32(crc_of), len(data), len(crc_of))
        raw[at + shift + 6 : at + shift + 18] = crc
    return bytes(raw)


def deflate64(data: bytes) -> bytes:
    import inflate64

    packer = inflate64.Deflater()
    return bytes(packer.deflate(data) + packer.flush())


def zstandard(data: bytes) -> bytes:
    from backports import zstd

    return zstd.compress(data)


@pytest.mark.parametrize(
    ("method", "pack"),
    [
        pytest.param(9, deflate64, id="deflate64, as Windows packs what is large"),
        pytest.param(93, zstandard, id="zstd"),
    ],
)
def test_newer_methods_are_read(method: int, pack: Callable[[bytes], bytes]) -> None:
    read = unzip(by_hand(method, pack(TEXT), TEXT))
    assert read.parts == [("a.txt", TEXT)]
    assert not read.problems


def test_an_unknown_method_costs_its_member_only() -> None:
    raw = bytearray(packed({"a.txt": TEXT, "b.txt": TEXT}))
    at = raw.rfind(b"PK\1\2", 0, raw.rfind(b"PK\1\2"))
    raw[at + 10 : at + 12] = struct.pack("<H", 98)  # PPMd
    read = unzip(bytes(raw))
    assert read.names == ["b.txt"]
    assert read.told == [(("a.txt",), "unsupported")]
    assert read.problems[0].detail == "method_98"


@pytest.mark.parametrize(
    ("stored", "flags", "shown"),
    [
        pytest.param("Løn ærø.txt".encode("cp850"), 0, "Løn ærø.txt", id="Danish Windows"),
        pytest.param("Åse Ødegård".encode("cp865"), 0, "Åse Ødegård", id="Nordic DOS"),
        pytest.param("Løn ærø.txt".encode("cp1252"), 0, "Løn ærø.txt", id="Windows letters"),
        pytest.param("Løn.txt".encode(), 0, "Løn.txt", id="UTF-8 without the flag (macOS)"),
        pytest.param("Løn.txt".encode(), 0x800, "Løn.txt", id="UTF-8 with the flag"),
        pytest.param(b"L\xf8n.txt", 0x800, "L\ufffdn.txt", id="flag that lies"),
        pytest.param(b"../../etc/x", 0, "../../etc/x", id="traversal is only a name"),
        pytest.param(b"C:\\temp\\x.txt", 0, "C:\\temp\\x.txt", id="drive letter"),
        pytest.param(b"/etc/passwd", 0, "/etc/passwd", id="absolute"),
        pytest.param(b"a\x00b\nc.txt", 0, "a\x00b\nc.txt", id="null byte and newline"),
    ],
)
def test_names_are_shown_as_meant(stored: bytes, flags: int, shown: str) -> None:
    raw = renamed(packed({"x" * len(stored): TEXT}), stored, flags)
    assert unzip(raw).parts == [(shown, TEXT)]


def test_a_unicode_name_field_wins() -> None:
    buffer = io.BytesIO()
    field = b"\x01" + struct.pack("<L", zlib.crc32(b"L_n.txt")) + "Løn.txt".encode()
    member = zipfile.ZipInfo("L_n.txt")
    member.extra = struct.pack("<HH", 0x7075, len(field)) + field
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, TEXT)
    assert unzip(buffer.getvalue()).names == ["Løn.txt"]


def test_folders_are_passed_by_and_equal_names_kept_apart() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.mkdir("mappe")
        archive.writestr("a.txt", b"one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", b"two")
    assert unzip(buffer.getvalue()).parts == [("a.txt", b"one"), ("a.txt", b"two")]


def test_a_symlink_is_read_as_the_path_it_holds() -> None:
    buffer = io.BytesIO()
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "../hemmeligt.txt")
    assert unzip(buffer.getvalue()).parts == [("link", b"../hemmeligt.txt")]


def test_comments_are_text() -> None:
    buffer = io.BytesIO()
    member = zipfile.ZipInfo("a.txt")
    member.comment = b"fra Bodil"
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, TEXT)
        archive.comment = "til Søren".encode("cp850")
    read = unzip(buffer.getvalue())
    places = [(s.text, s.layout.place(s.text, 0)) for s in read.segments]
    assert places == [("til Søren", ("comment",)), ("fra Bodil", ("a.txt", "comment"))]


def test_a_program_in_front_does_not_hide_the_archive() -> None:
    assert unzip(b"MZ" + bytes(5000) + packed({"a.txt": TEXT})).parts == [("a.txt", TEXT)]


def test_zip64_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    raw = packed({"a.txt": TEXT, "b.txt": TEXT})
    assert b"PK\6\6" in raw
    read = unzip(raw)
    assert read.parts == [("a.txt", TEXT), ("b.txt", TEXT)]
    assert not read.problems
    assert unzip(b"MZ" + bytes(70_000) + raw).names == ["a.txt", "b.txt"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("stream", [False, True])
def test_a_cut_archive_gives_what_is_there(method: int, stream: bool) -> None:
    data = b"".join(b"%d Anna Holm\n" % count for count in range(20_000))
    raw = packed({"a.txt": TEXT, "b.txt": data}, method, stream=stream)
    read = unzip(raw[: len(raw) * 2 // 3])
    assert read.parts[0] == ("a.txt", TEXT)
    name, begun = read.parts[1]
    assert name == "b.txt"
    assert data.startswith(begun)
    assert len(begun) > len(data) // 3
    reasons = [reason for _, reason in read.told]
    assert reasons[0] == "truncated"


def test_what_is_behind_a_broken_directory_record_is_found_by_local_headers() -> None:
    raw = bytearray(packed({"a.txt": TEXT, "b.txt": TEXT, "c.txt": TEXT}))
    second = raw.find(b"PK\1\2", raw.find(b"PK\1\2") + 4)
    raw[second : second + 4] = b"XXXX"
    read = unzip(bytes(raw))
    assert read.names == ["a.txt", "b.txt", "c.txt"]
    assert read.told == [((), "corrupt")]


def test_damage_inside_a_member_leaves_what_came_before_and_the_others() -> None:
    data = b"".join(b"%d Anna Holm\n" % count for count in range(50_000))
    raw = bytearray(packed({"a.txt": data, "b.txt": TEXT}))
    raw[len(raw) // 2] ^= 0xFF
    read = unzip(bytes(raw))
    assert read.names == ["a.txt", "b.txt"]
    assert read.parts[1] == ("b.txt", TEXT)
    assert data.startswith(read.parts[0][1][:1000])
    assert read.told == [(("a.txt",), "corrupt")]


@pytest.mark.parametrize("claimed", [0, 1, 10, 2**31])
def test_a_lie_about_the_unpacked_size_does_not_matter(claimed: int) -> None:
    raw = bytearray(packed({"a.txt": TEXT}))
    start = raw.find(b"PK\1\2")
    raw[22:26] = raw[start + 24 : start + 28] = struct.pack("<L", claimed)
    assert unzip(bytes(raw)).parts == [("a.txt", TEXT)]


def encrypted(password: str, *, aes: bool, members: dict[str, bytes]) -> bytes:
    if not aes:
        return old_cipher(password.encode(), members)
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(
        buffer, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(password.encode())
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def old_cipher(password: bytes, members: dict[str, bytes]) -> bytes:
    """Encrypt by PKWARE's old cipher (APPNOTE.TXT, 6.1): no library here writes it."""
    raw, directory = b"", b""
    for name, data in members.items():
        crc = zlib.crc32(data)
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = bytes(11) + bytes([crc >> 24]) + packer.compress(data) + packer.flush()
        body = _old_encrypt(password, body)
        shared = struct.pack(
            "<5H3L2H", 20, 1, 8, 0, 0, crc, len(body), len(data), len(name.encode()), 0
        )
        directory += (
            b"PK\1\2" + struct.pack("<H", 20) + shared + struct.pack("<3H2L", 0, 0, 0, 0, len(raw))
        ) + name.encode()
        raw += b"PK\3\4" + shared + name.encode() + body
    count = len(members)
    end = struct.pack("<4H2LH", 0, 0, count, count, len(directory), len(raw), 0)
    return raw + directory + b"PK\5\6" + end


def _old_encrypt(password: bytes, body: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = zlib.crc32(bytes([byte]), keys[0] ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = zlib.crc32(bytes([keys[1] >> 24]), keys[2] ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    for byte in password:
        update(byte)
    made = bytearray()
    for byte in body:
        key = keys[2] | 2
        made.append(byte ^ (((key * (key ^ 1)) >> 8) & 0xFF))
        update(byte)
    return bytes(made)


@pytest.mark.parametrize("aes", [False, True], ids=["old cipher", "AES"])
@pytest.mark.parametrize(
    ("passwords", "is_read"),
    [
        pytest.param((), False, id="no password"),
        pytest.param(("forkert", "forkert2"), False, id="wrong passwords"),
        pytest.param(("forkert", "sørgård1"), True, id="one of two fits"),
    ],
)
def test_passwords_are_tried_per_member(
    aes: bool, passwords: tuple[str, ...], is_read: bool
) -> None:
    members = {"a.txt": TEXT, "b.txt": TEXT * 100}
    raw = encrypted("sørgård1", aes=aes, members=members)
    read = unzip(raw, passwords=passwords)
    if is_read:
        assert read.parts == list(members.items())
        assert not read.problems
    else:
        assert not read.parts
        assert read.told == [(("a.txt",), "encrypted"), (("b.txt",), "encrypted")]


def test_wrong_passwords_that_pass_the_short_check_are_found_out() -> None:
    raw = old_cipher(b"rigtig", {"a.txt": TEXT})
    wrong = tuple(f"gaet{count}" for count in range(600))  # two in 600 pass a check of one byte
    assert unzip(raw, passwords=(*wrong, "rigtig")).parts == [("a.txt", TEXT)]


def test_old_cipher_of_unzip_is_what_the_standard_library_reads() -> None:
    with zipfile.ZipFile(io.BytesIO(old_cipher(b"x", {"a.txt": TEXT}))) as archive:
        assert archive.read("a.txt", b"x") == TEXT


def test_a_plain_member_among_encrypted_ones_is_read() -> None:
    raw = encrypted("hemmelig", aes=True, members={"a.txt": TEXT})
    buffer = io.BytesIO(raw)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("b.txt", TEXT)
    read = unzip(buffer.getvalue())
    assert read.names == ["b.txt"]
    assert read.told == [(("a.txt",), "encrypted")]


def test_a_damaged_aes_member_is_told() -> None:
    raw = bytearray(encrypted("hemmelig", aes=True, members={"a.txt": bytes(range(256)) * 900}))
    raw[raw.find(b"PK\1\2") - 5] ^= 1  # in the seal behind the data
    assert unzip(bytes(raw), passwords=("hemmelig",)).told == [(("a.txt",), "corrupt")]


def test_members_that_share_their_data_are_read_once() -> None:
    raw = packed({"a.txt": TEXT})
    start, end = raw.find(b"PK\1\2"), raw.rfind(b"PK\5\6")
    record = raw[start:end]
    twice = bytearray(raw[:start] + record * 2 + raw[end:])
    twice[-14:-6] = struct.pack("<HHL", 2, 2, 2 * len(record))
    read = unzip(bytes(twice))
    assert read.names == ["a.txt"]
    assert read.told == [(("a.txt",), "limit")]
    assert read.problems[0].detail == "overlap"


def test_what_claims_more_than_there_is_room_for_is_refused_and_the_rest_read() -> None:
    big = bytes(6_000_000)
    raw = packed({"big.txt": big, "a.txt": TEXT})
    read = unzip(raw, limits=Limits(max_unpacked_bytes=1_000_000))
    assert read.names == ["a.txt"]
    assert read.told == [(("big.txt",), "limit")]
    assert read.problems[0].detail == "max_unpacked_bytes"


def test_too_many_refused_members_end_the_reading() -> None:
    raw = bytearray(packed({f"{count}.txt": TEXT for count in range(20)}))
    at = -1
    while (at := raw.find(b"PK\1\2", at + 1)) >= 0:
        raw[at + 10 : at + 12] = struct.pack("<H", 99 - 1)
    with pytest.raises(Trouble, match="limit:max_parts"):
        unzip(bytes(raw), limits=Limits(max_parts=10))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_flipped_bytes_never_raise_and_never_go_unsaid(data: st.DataObject) -> None:
    members = {"a.txt": TEXT[:300], "b.txt": TEXT[:200]}
    raw = bytearray(packed(members, data.draw(st.sampled_from([0, 8, 12, 14]))))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    read = unzip(bytes(raw))
    if sorted(body for _, body in read.parts) != sorted(members.values()):
        assert read.problems


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2000), st.booleans())
def test_any_cut_is_told(cut: int, stream: bool) -> None:
    raw = packed({"a.txt": TEXT, "b.txt": TEXT}, stream=stream)
    assert unzip(raw[: min(cut, len(raw) - 1)]).problems


def test_the_reader_is_lazy_about_what_is_not_asked_for() -> None:
    raw = packed({"a.txt": TEXT, "b.txt": TEXT})
    from scanner.extract import Source

    source = Source(io.BytesIO(raw), len(raw), "a.zip", ZIP)
    events = BY_TYPE[ZIP].load()(source, Budget(Limits(), len(raw)))
    assert len(list(events)) == 2  # no part was read, none was unpacked

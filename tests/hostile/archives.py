"""Make hostile archives: bombs, lies and knots. Each holds PLANTED in its first, harmless part."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable
from itertools import chain

PLANTED = "PLANTED-7f3a Anna Holm"
HARMLESS = f"Kundeliste\n{PLANTED}\n".encode()
MEGABYTE = 1024 * 1024


def zeros_deflated(megabytes: int) -> bytes:
    """A raw deflate stream of so many megabytes of zeros, made by repeating one block."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes + packer.flush()


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def zip_record(
    name: bytes, packed: bytes, *, size: int, offset: int, crc: int = 0, method: int = 8
) -> tuple[bytes, bytes]:
    """Return a local header with its data, and the directory record."""
    shared = struct.pack(
        "<5H3L2H", 20, 0, method, 0, 0, crc, len(packed), min(size, 2**32 - 2), len(name), 0
    )
    central = b"PK\1\2\x14\0" + shared + struct.pack("<3H2L", 0, 0, 0, 0, offset) + name
    return b"PK\3\4" + shared + name + packed, central


def zip_of(members: Iterable[tuple[bytes, bytes, int]]) -> bytes:
    """A zip of (name, deflated data, claimed size), behind a harmless first member."""
    body, directory, count = bytearray(), bytearray(), 0
    for name, packed, size in chain([(b"a.txt", deflated(HARMLESS), len(HARMLESS))], members):
        crc = zlib.crc32(zlib.decompress(packed, -15)) if size < 10 * MEGABYTE else 0
        local, central = zip_record(name, packed, size=size, offset=len(body), crc=crc)
        body += local
        directory += central
        count += 1
    wrapped = count & 0xFFFF  # as writers without zip64 do
    end = struct.pack("<4H2LH", 0, 0, wrapped, wrapped, len(directory), len(body), 0)
    return bytes(body + directory) + b"PK\5\6" + end


def zip_flat() -> bytes:
    """10 GB of zeros in 10 MB."""
    return zip_of([(b"nuller.txt", zeros_deflated(10_240), 10 * 1024**3)])


def zip_flat_that_lies() -> bytes:
    """The same, said to be ten bytes."""
    raw = bytearray(zip_flat())
    at = raw.rfind(b"PK\1\2") + 24
    raw[at : at + 4] = struct.pack("<L", 10)
    return bytes(raw)


def zip_42(levels: int = 5, copies: int = 16) -> bytes:
    """Zips of zips of zips, 16 in each, with 1 GB of zeros in each of the lowest: 2**20 GB."""
    content = zip_of([(b"nuller.txt", zeros_deflated(1024), 1024**3)])
    for _ in range(levels):
        packed = deflated(content)
        content = zip_of([(b"%d.zip" % n, packed, len(content)) for n in range(copies)])
    return content


def zip_same_data(count: int = 2000) -> bytes:
    """Thousands of names for one member of 10 MB."""
    first = zip_of([])
    packed = zeros_deflated(10)
    offset = first.find(b"PK\1\2")
    local, central = zip_record(b"0000.txt", packed, size=10 * MEGABYTE, offset=offset)
    harmless = first[offset : first.rfind(b"PK\5\6")]
    names = [b"%04d.txt" % number for number in range(count)]
    directory = harmless + b"".join(central.replace(b"0000.txt", name) for name in names)
    body = first[:offset] + local
    end = struct.pack("<4H2LH", 0, 0, count + 1, count + 1, len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + end


def zip_quoted_overlap(count: int = 500) -> bytes:
    """Members that quote the next one's header and then share its data (Fifield, 2019)."""
    offset = len(zip_of([])[: zip_of([]).find(b"PK\1\2")])
    local, _ = zip_record(b"%04d.txt" % count, zeros_deflated(20), size=20 * MEGABYTE, offset=0)
    tail, size = local, 20 * MEGABYTE
    sizes = [(len(tail), size)]
    for number in reversed(range(count)):
        head = 30 + len(b"0000.txt")
        quote = b"\0" + struct.pack("<HH", head, head ^ 0xFFFF)
        size += head
        local, _ = zip_record(b"%04d.txt" % number, quote + tail, size=size, offset=0)
        tail = local
        sizes.append((len(tail), size))
    body = zip_of([])[:offset] + tail
    directory, at = zip_of([])[offset:].partition(b"PK\5\6")[0], offset
    for number, (length, size) in enumerate(reversed(sizes)):
        name = b"%04d.txt" % number
        packed = length - 30 - len(name)
        shared = struct.pack("<5H3L2H", 20, 0, 8, 0, 0, 0, packed, size, len(name), 0)
        directory += b"PK\1\2\x14\0" + shared + struct.pack("<3H2L", 0, 0, 0, 0, at) + name
        at += 30 + len(name) + 5
    total = count + 2
    end = struct.pack("<4H2LH", 0, 0, total, total, len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + end


def zip_deep(depth: int = 100) -> bytes:
    """A zip in a zip in a zip, a hundred deep, with a text beside each."""
    content = HARMLESS
    name = "inderst.txt"
    for _ in range(depth):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.txt", HARMLESS)
            archive.writestr(name, content)
        content, name = buffer.getvalue(), "mere.zip"
    return content


def zip_of_very_many(count: int = 150_000) -> bytes:
    """More members than anybody needs, all empty but the first."""
    return zip_of([(b"%06d" % number, b"\x03\0", 0) for number in range(count)])


NAMES = {
    "newline": "linje\nskift.txt",
    "null byte": "nul\0byte.txt",
    "right to left": "regning\u202etxt.exe",
    "terminal codes": "\x1b[31mrod\x1b[0m\x07.txt",
    "long": "langt" * 13_000,
    "traversal": "../../../../tmp/fodspor-hostile",
    "absolute": "/tmp/fodspor-hostile",
    "drive": "C:\\Windows\\System32\\fodspor-hostile",
    "device": "CON",
    "nothing": " ",
}


def zip_of_names() -> bytes:
    packed = deflated(HARMLESS)
    members = [(name.encode(), packed, len(HARMLESS)) for name in NAMES.values()]
    raw = zip_of(members).replace(b"PK\3\4\x14\0\0\0", b"PK\3\4\x14\0\0\x08")
    return raw.replace(b"PK\1\2\x14\0\x14\0\0\0", b"PK\1\2\x14\0\x14\0\0\x08")


def gzip_zeros() -> bytes:
    """A text, then 10 GB of zeros in 10 MB."""
    return gzip.compress(HARMLESS) + gzip.compress(bytes(MEGABYTE)) * 10_240


def bzip2_zeros() -> bytes:
    """45 MB of zeros are 45 bytes: 100 GB in 100 KB."""
    return bz2.compress(HARMLESS) + bz2.compress(bytes(45 * 10**6)) * 2300


def xz_zeros() -> bytes:
    return lzma.compress(HARMLESS) + lzma.compress(bytes(16 * MEGABYTE)) * 800


def xz_dictionary() -> bytes:
    """A few bytes that ask for a dictionary of 4 GB."""
    raw = bytearray(lzma.compress(HARMLESS))
    size = (raw[12] + 1) * 4  # of the block header, The .xz File Format, 3.1
    at = raw.index(b"\x21\x01", 12) + 2
    raw[at] = 40
    raw[12 + size - 4 : 12 + size] = struct.pack("<L", zlib.crc32(bytes(raw[12 : 12 + size - 4])))
    return bytes(raw)


def tar_header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


def tar_start() -> bytes:
    return tar_header("a.txt", len(HARMLESS)) + HARMLESS.ljust(512, b"\0")


def tar_terabyte() -> bytes:
    return tar_start() + tar_header("stor.txt", 10**12) + b"lidt tekst"


def tar_hole() -> bytes:
    """A file of 8 GB that is all hole."""
    header = bytearray(tar_header("hul.img", 0, tarfile.GNUTYPE_SPARSE))
    header[386:410] = b"%011o\0%011o\0" % (2**33 - 1, 0)
    header[483:495] = b"%011o\0" % (2**33 - 1)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return tar_start() + bytes(header) + bytes(1024)


def tar_name_chain(count: int = 15_000) -> bytes:
    """Names of names of names …"""
    return tar_start() + (tar_header("x", 1, tarfile.GNUTYPE_LONGNAME) + bytes(512)) * count


def tar_sparse_chain(count: int = 15_000) -> bytes:
    """Headers that are each other's sparse maps."""
    header = bytearray(tar_header("x", 0, tarfile.GNUTYPE_SPARSE))
    header[482] = header[504] = 1
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return tar_start() + bytes(header) * count


class Zeros(io.BufferedIOBase):
    """So many zeros as a file."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size, self.at = size, 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def read(self, size: int | None = -1) -> bytes:
        count = min(self.size - self.at, MEGABYTE if size is None or size < 0 else size)
        self.at += count
        return bytes(count)


def sevenzip_zeros() -> bytes:
    """Two members of 500 MB of zeros in some 100 KB."""
    import py7zr

    buffer = io.BytesIO()
    filters = [{"id": py7zr.FILTER_ZSTD, "level": 1}]
    with py7zr.SevenZipFile(buffer, "w", filters=filters) as archive:
        archive.writestr(HARMLESS, "a.txt")
        for number in range(2):
            archive.writef(Zeros(500 * MEGABYTE), f"{number}.txt")
    return buffer.getvalue()


def sevenzip_small() -> bytes:
    import py7zr

    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        archive.writestr(HARMLESS, "a.txt")
    return buffer.getvalue()


def sevenzip_dictionary() -> bytes:
    """A member packed with a dictionary of 4 GB, behind a block that is none."""
    import py7zr

    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", filters=[{"id": py7zr.FILTER_COPY}]) as archive:
        archive.writestr(HARMLESS, "a.txt")
    buffer.seek(0)
    with py7zr.SevenZipFile(buffer, "a", filters=[{"id": py7zr.FILTER_LZMA2}]) as archive:
        archive.writestr(b"x" * 1000, "b.txt")
        archive.header.main_streams.unpackinfo.folders[-1].coders[0]["properties"] = b"\x28"
    return buffer.getvalue()

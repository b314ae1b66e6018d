"""Know binary types by their first bytes, and packages by what lies in them."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from scanner.extract.smime import PKCS7, is_cms
from scanner.extract.zip_records import CENTRAL, find_directory

EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"
OLE_UNKNOWN = "application/x-ole-storage"
ZIP = "application/zip"

_TAIL_BYTES = 65_535 + 22  # the longest zip comment and the record in front of it
_DIRECTORY_BYTES = 1_000_000
_TYPES_BYTES = 256 * 1024  # [Content_Types].xml of a large workbook is below 100 KB
_ENTRIES = 5_000

_PDF = re.compile(rb"%PDF-\d")
_PDF_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b")
_OCTAL = re.compile(rb"[ 0-7]{5,7}[\0 ]{1,3}\Z")
_MAIN = re.compile(rb"ContentType\s*=\s*[\"']application/vnd\.([\w.-]+?)\.main(?:\+xml)?[\"']")

_MICROSOFT = {  # main content type inside the package → type of the package
    "ms-word.document.macroenabled": "ms-word.document.macroenabled.12",
    "ms-word.template.macroenabledtemplate": "ms-word.template.macroenabled.12",
    "ms-excel.sheet.macroenabled": "ms-excel.sheet.macroenabled.12",
    "ms-excel.template.macroenabled": "ms-excel.template.macroenabled.12",
    "ms-excel.addin.macroenabled": "ms-excel.addin.macroenabled.12",
    "ms-excel.sheet.binary.macroenabled": "ms-excel.sheet.binary.macroenabled.12",
    "ms-powerpoint.presentation.macroenabled": "ms-powerpoint.presentation.macroenabled.12",
    "ms-powerpoint.slideshow.macroenabled": "ms-powerpoint.slideshow.macroenabled.12",
    "ms-powerpoint.template.macroenabled": "ms-powerpoint.template.macroenabled.12",
    "ms-powerpoint.addin.macroenabled": "ms-powerpoint.addin.macroenabled.12",
}
_OOXML = "openxmlformats-officedocument."
_FOLDERS = (
    (b"word/", "wordprocessingml.document"),
    (b"xl/", "spreadsheetml.sheet"),
    (b"ppt/", "presentationml.presentation"),
)
_OLE_STREAMS = (  # the first that lies at the root decides
    ("encryptedpackage", "application/x-ooxml-encrypted"),
    ("worddocument", "application/msword"),
    ("workbook", "application/vnd.ms-excel"),
    ("book", "application/vnd.ms-excel"),
    ("powerpoint document", "application/vnd.ms-powerpoint"),
    ("pp97_dualstorage", "application/vnd.ms-powerpoint"),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("__nameid_version1.0", "application/vnd.ms-outlook"),
    ("visiodocument", "application/vnd.visio"),
)
_OLE_ENDINGS = {
    "doc": "application/msword",
    "dot": "application/msword",
    "xls": "application/vnd.ms-excel",
    "xlt": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "pps": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
    "oft": "application/vnd.ms-outlook",
}
_STARTS = (
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"!BDN", "application/vnd.ms-outlook-pst"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
)
_BINARY_STARTS = (
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
    (b"\x1f\x9d", "application/x-compress"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\0\0\x01\0", "image/vnd.microsoft.icon"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),
    (b"\0asm", "application/wasm"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"\0\x01\0\0\0", "font/ttf"),
    (b"OTTO", "font/otf"),
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!")
"""Beginnings of what may unpack itself: a program or script with a zip archive behind it."""
_ELF = {1: "application/x-object", 3: "application/x-sharedlib"}
_RIFF = {b"WAVE": "audio/vnd.wave", b"AVI ": "video/x-msvideo", b"WEBP": "image/webp"}


def packed_type(head: bytes, stream: BinaryIO, name: str) -> str | None:
    """Return the type of documents and containers that announce themselves, or None.

    May read further in `stream`, and leaves it anywhere.
    """
    if head.startswith(b"PK"):
        if head.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08PK\3\4", b"PK00PK\3\4")):
            return _zip_type(head, stream)
    elif head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_type(stream, name)
    elif is_cms(head):
        return PKCS7
    elif head.startswith(_PROGRAMS) and _has_archive_behind(stream):
        return ZIP
    for start, found in _STARTS:
        if head.startswith(start):
            if found == "application/x-bzip2" and head[4:10] not in _BZIP2_BLOCKS:
                continue
            return found
    if _is_pdf(head):
        return "application/pdf"
    return "application/x-tar" if _is_tar(head) else None


_BZIP2_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")


def by_signature(head: bytes) -> str | None:
    """Return the type of a beginning that is no text (pictures, sound, programs …), or None."""
    for start, found in _BINARY_STARTS:
        if head.startswith(start):
            return found
    if head.startswith(b"\x7fELF") and len(head) > 17:
        return _ELF.get(head[16] | head[17], "application/x-executable")
    if head[2:4] == b"\r\n" and head[5:8] == b"\0\0\0" and len(head) >= 16:
        return "application/x-bytecode.python"
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if head[4:8] == b"ftyp":
        if head[8:11] in (b"hei", b"mif", b"avi"):
            return "image/heif"
        return "video/quicktime" if head[8:10] == b"qt" else "video/mp4"
    if len(head) > 1 and head[0] == 0xFF and head[1] in (0xFB, 0xFA, 0xF3, 0xF2):
        return "audio/mpeg"
    return None


def _is_pdf(head: bytes) -> bool:
    found = _PDF.search(head, 0, 1032)  # the mark may begin anywhere in the first kilobyte
    if not found:
        return False
    before = head[: found.start()].removeprefix(b"\xef\xbb\xbf").strip(b"\0\t\r\n\f ")
    return not before or bool(_PDF_OBJECT.search(head, found.end()))


def _is_tar(head: bytes) -> bool:
    if len(head) < 512 or (head[257:262] != b"ustar" and not _OCTAL.match(head[148:156])):
        return False
    digits = head[148:156].strip(b"\0 ")
    if not digits or digits.strip(b"01234567"):
        return False
    return int(digits, 8) == sum(head[:148]) + 8 * 32 + sum(head[156:512])


def _zip_type(head: bytes, stream: BinaryIO) -> str:
    at = head.find(b"PK\3\4", 0, 8)
    if at >= 0:
        first, content = _local_entry(head, at)
        if first == b"mimetype":
            return _declared_package(content)
        if first == b"[Content_Types].xml" and (found := _office_type(content, [])):
            return found
    try:
        return _by_directory(stream)
    except (struct.error, OSError, ValueError):
        return ZIP


def _has_archive_behind(stream: BinaryIO) -> bool:
    """Whether a zip's end lies near the end, and its directory where that end says."""
    directory = find_directory(stream, stream.seek(0, 2))
    if directory is None or directory.start == directory.end:
        return False
    stream.seek(directory.start)
    return stream.read(len(CENTRAL)) == CENTRAL


def _by_directory(stream: BinaryIO) -> str:
    names: list[bytes] = []
    chosen: dict[bytes, int] = {}
    for name, offset in _directory(stream):
        if name in (b"[Content_Types].xml", b"mimetype"):
            chosen[name] = offset
        names.append(name)
    for name, offset in chosen.items():
        stream.seek(offset)
        content = _local_entry(stream.read(_TYPES_BYTES), 0)[1]
        found = _declared_package(content) if name == b"mimetype" else _office_type(content, names)
        if found and found != ZIP:
            return found
    return ZIP


def _directory(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    end = stream.seek(0, 2)
    tail_start = max(0, end - _TAIL_BYTES)
    stream.seek(tail_start)
    tail = stream.read(_TAIL_BYTES)
    at = tail.rfind(b"PK\5\6")
    if at < 0:
        return
    length, offset = struct.unpack_from("<II", tail, at + 12)
    # What was put in front of the archive shifts all its offsets by as much.
    shift = max(0, tail_start + at - offset - length) if offset != 0xFFFFFFFF else 0
    stream.seek(offset + shift)
    directory = stream.read(min(length, _DIRECTORY_BYTES))
    position = 0
    for _ in range(_ENTRIES):
        if directory[position : position + 4] != b"PK\1\2":
            return
        name_length, extra, comment = struct.unpack_from("<HHH", directory, position + 28)
        (local,) = struct.unpack_from("<I", directory, position + 42)
        name = directory[position + 46 : position + 46 + name_length].replace(b"\\", b"/")
        yield name, local + shift
        position += 46 + name_length + extra + comment


def _local_entry(data: bytes, at: int) -> tuple[bytes, bytes]:
    """Name and beginning of the content of the entry whose local header lies at `at`."""
    try:
        flags, method = struct.unpack_from("<HH", data, at + 6)
        packed, _, name_length, extra = struct.unpack_from("<IIHH", data, at + 18)
    except struct.error:
        return b"", b""
    start = at + 30 + name_length + extra
    name = data[at + 30 : at + 30 + name_length]
    if method == 0:
        return name, data[start : start + packed] if packed or not flags & 8 else data[start:]
    if method != 8 or flags & 1:
        return name, b""
    try:
        return name, zlib.decompressobj(-15).decompress(data[start:], _TYPES_BYTES)
    except zlib.error:
        return name, b""


def _declared_package(content: bytes) -> str:
    found = re.match(rb"application/[\w.+-]{1,100}", content[:200])
    if not found:
        return ZIP
    named = found[0].partition(b"PK")[0].decode("ascii").removesuffix("-template")
    base = "application/vnd.oasis.opendocument.text"
    return base if named in (base + "-master", base + "-web") else named


def _office_type(content: bytes, names: list[bytes]) -> str | None:
    for main in _MAIN.finditer(content):
        kind = main[1].decode("ascii").lower()
        if kind in _MICROSOFT:
            return "application/vnd." + _MICROSOFT[kind]
        if kind.startswith(_OOXML):
            return "application/vnd." + kind
    for folder, kind in _FOLDERS:
        if any(name.startswith(folder) for name in names):
            return f"application/vnd.{_OOXML}{kind}"
    return None


def _ole_type(stream: BinaryIO, name: str) -> str:
    import olefile

    stream.seek(0)
    try:
        with olefile.OleFileIO(stream) as container:
            roots = {kid.name.lower() for kid in container.root.kids}
    except Exception:  # a broken container is still one, and its reader says so
        roots = set()
    for root, found in _OLE_STREAMS:
        if root in roots:
            return found
    if any(root.startswith("__substg1.0_") for root in roots):
        return "application/vnd.ms-outlook"
    if roots:
        return OLE_UNKNOWN
    return _OLE_ENDINGS.get(name.rpartition(".")[2].lower(), OLE_UNKNOWN)

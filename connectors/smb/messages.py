"""The messages that a share is asked with, and what stands in their answers (MS-SMB2, MS-FSCC).

Makes and reads bytes; sends nothing. Offsets in answers are counted from their body, which
stands behind a header of 64 bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from smbprotocol.file_info import FileInformationClass, InfoType
from smbprotocol.open import (
    CreateDisposition,
    CreateOptions,
    ImpersonationLevel,
    QueryDirectoryFlags,
    ShareAccess,
    SMB2CloseRequest,
    SMB2CreateRequest,
    SMB2QueryDirectoryRequest,
    SMB2QueryInfoRequest,
    SMB2ReadRequest,
)
from smbprotocol.structure import Structure

HEADER = 64
SAME_FILE = b"\xff" * 16
"""The file that the first message of a compound opens."""
READ_DATA = 0x1
READ_ATTRIBUTES = 0x80
READ_CONTROL = 0x20000
SYNCHRONIZE = 0x100000
SECURITY_BYTES = 16 * 1024
STREAMS_BYTES = 16 * 1024
_OWNER_AND_ACCESS = 0x1 | 0x4  # OWNER_ | DACL_SECURITY_INFORMATION
_NO_RECALL = 0x400000  # FILE_OPEN_NO_RECALL: fetch nothing from a tape or cloud
_EPOCH_TICKS = 116_444_736_000_000_000  # 1601 to 1970, in 100 ns
_ENTRY = struct.Struct("<IIqqqqqqIIIB27xQ")
"""FileIdBothDirectoryInformation up to its name (MS-FSCC 2.4.21)."""


class Lie(Exception):
    """An answer that cannot be true."""


class Opened(NamedTuple):
    """What the answer to `create` says. `modified` in ticks."""

    file_id: bytes
    size: int
    attributes: int
    modified: int


class Entry(NamedTuple):
    """A file or folder as its folder lists it. Times in nanoseconds since 1970."""

    name: str
    attributes: int
    tag: int
    size: int
    modified_ns: int
    changed_ns: int
    file_id: int


class Stream(NamedTuple):
    name: str
    size: int


class Packed:
    """A message that is sent again and again: its bytes are made once."""

    def __init__(self, message: Structure) -> None:
        self.COMMAND = message.COMMAND
        self._message = message
        self._bytes = bytes(message.pack())

    def __len__(self) -> int:
        return len(self._bytes)

    def __getitem__(self, field: str) -> object:
        return self._message[field]

    def pack(self) -> bytes:
        return self._bytes


def create(path: str, access: int, *, folder: bool) -> SMB2CreateRequest:
    """Open what is there, for reading, while others may go on writing, renaming and deleting."""
    message = SMB2CreateRequest()
    message["impersonation_level"] = ImpersonationLevel.Impersonation
    message["desired_access"] = access | READ_ATTRIBUTES | (SYNCHRONIZE if folder else 0)
    message["share_access"] = (
        ShareAccess.FILE_SHARE_READ | ShareAccess.FILE_SHARE_WRITE | ShareAccess.FILE_SHARE_DELETE
    )
    message["create_disposition"] = CreateDisposition.FILE_OPEN
    message["create_options"] = (
        CreateOptions.FILE_DIRECTORY_FILE
        if folder
        else CreateOptions.FILE_NON_DIRECTORY_FILE | _NO_RECALL
    )
    message["buffer_path"] = name_utf16(path) or b"\x00\x00"
    return message


def close(file_id: bytes = SAME_FILE) -> SMB2CloseRequest:
    message = SMB2CloseRequest()
    message["file_id"] = file_id
    return message


def read(size: int, offset: int = 0, file_id: bytes = SAME_FILE) -> SMB2ReadRequest:
    message = SMB2ReadRequest()
    message["length"] = size
    message["offset"] = offset
    message["file_id"] = file_id
    return message


def security(file_id: bytes = SAME_FILE) -> SMB2QueryInfoRequest:
    message = SMB2QueryInfoRequest()
    message["info_type"] = InfoType.SMB2_0_INFO_SECURITY
    message["output_buffer_length"] = SECURITY_BYTES
    message["additional_information"] = _OWNER_AND_ACCESS
    message["file_id"] = file_id
    return message


def streams(file_id: bytes = SAME_FILE) -> SMB2QueryInfoRequest:
    message = SMB2QueryInfoRequest()
    message["info_type"] = InfoType.SMB2_0_INFO_FILE
    message["file_info_class"] = FileInformationClass.FILE_STREAM_INFORMATION
    message["output_buffer_length"] = STREAMS_BYTES
    message["file_id"] = file_id
    return message


def listing(file_id: bytes, pattern: str, size: int, *, first: bool) -> SMB2QueryDirectoryRequest:
    message = SMB2QueryDirectoryRequest()
    message["file_information_class"] = FileInformationClass.FILE_ID_BOTH_DIRECTORY_INFORMATION
    message["flags"] = QueryDirectoryFlags.SMB2_RESTART_SCANS if first else 0
    message["file_id"] = file_id
    message["output_buffer_length"] = size
    message["buffer"] = name_utf16(pattern)
    return message


def opened(body: bytes) -> Opened:
    try:
        (modified,) = struct.unpack_from("<q", body, 24)
        size, attributes = struct.unpack_from("<qI", body, 48)
    except struct.error:
        raise Lie from None
    if len(body) < 80 or size < 0:
        raise Lie
    return Opened(body[64:80], size, attributes, modified)


def data_of(body: bytes) -> bytes:
    """Return the bytes that the answer to `read` carries."""
    try:
        offset, size = struct.unpack_from("<2xBxI", body)
    except struct.error:
        raise Lie from None
    return _stretch(body, offset, size)


def buffer_of(body: bytes) -> bytes:
    """Return what the answer to a question about a file or folder carries."""
    try:
        offset, size = struct.unpack_from("<2xHI", body)
    except struct.error:
        raise Lie from None
    return _stretch(body, offset, size) if size else b""


def _stretch(body: bytes, offset: int, size: int) -> bytes:
    start = offset - HEADER
    if start < 8 or start + size > len(body):
        raise Lie
    return body[start : start + size]


def entries(buffer: bytes) -> Iterator[Entry]:
    """Yield what a piece of a listing holds, but for the folder itself and the one above."""
    at = 0
    while True:
        try:
            held = _ENTRY.unpack_from(buffer, at)
        except struct.error:
            raise Lie from None
        following, _, _, _, written, changed, size, _, attributes, length, tag, _, file_id = held
        raw = buffer[at + _ENTRY.size : at + _ENTRY.size + length]
        if len(raw) != length or length % 2 or size < 0:
            raise Lie
        name = raw.decode("utf-16-le", "surrogatepass")
        if name not in (".", ".."):
            if not name or "/" in name or "\\" in name or "\0" in name:
                raise Lie
            yield Entry(name, attributes, tag, size, _since(written), _since(changed), file_id)
        if not following:
            return
        if following < _ENTRY.size:
            raise Lie
        at += following


def streams_of(buffer: bytes) -> list[Stream]:
    """Return the streams beside a file's own bytes (MS-FSCC 2.4.47)."""
    found: list[Stream] = []
    at = 0
    while buffer:
        try:
            following, length, size = struct.unpack_from("<IIq", buffer, at)
        except struct.error:
            raise Lie from None
        raw = buffer[at + 24 : at + 24 + length]
        name = raw.decode("utf-16-le", "replace").removesuffix(":$DATA").strip(":")
        if name:
            found.append(Stream(name, max(size, 0)))
        if not following:
            break
        if following < 24:
            raise Lie
        at += following
    return found


def name_utf16(name: str) -> bytes:
    return name.encode("utf-16-le", "surrogatepass")


def _since(ticks: int) -> int:
    return (ticks - _EPOCH_TICKS) * 100

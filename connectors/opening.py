"""Reach one file or folder read-only, without waiting, following a link or leaving a trace.

Opens what it is told to and decides nothing about what should be opened.
"""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from connectors import Unreadable
from connectors.errors import reason_of
from connectors.sparse import HOLE_BYTES, SparseStream, pieces

BUFFER_BYTES = 256 * 1024
STEP_BYTES = 1000 if sys.platform == "darwin" else 4000
"""Longer paths are walked to in steps: PATH_MAX is 1024 on macOS and 4096 on Linux."""

RECALL = 0x00400000 | 0x00040000 | 0x00001000
"""Windows: FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS, _RECALL_ON_OPEN, _OFFLINE (winnt.h)."""
_DATALESS = 0x40000000
"""macOS: SF_DATALESS (sys/stat.h)."""
REPARSE_POINT = 0x400
NAME_SURROGATE = 0x20000000
"""Windows: set in the tag of a reparse point that stands for another place (ntifs.h)."""

_READ = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_NOT_A_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = getattr(os, "O_DIRECTORY", 0)
_KEEP_ACCESS_TIME = getattr(os, "O_NOATIME", 0)
_STEP = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_CLOEXEC", 0) | _FOLDER


def is_away(info: os.stat_result) -> bool:
    """Whether the bytes lie in a cloud only, so that opening would fetch them."""
    return bool(
        getattr(info, "st_file_attributes", 0) & RECALL or getattr(info, "st_flags", 0) & _DATALESS
    )


def is_link(info: os.stat_result) -> bool:
    """Whether it stands for another place: a symbolic link, a junction, a mounted folder."""
    return stat.S_ISLNK(info.st_mode) or bool(
        getattr(info, "st_file_attributes", 0) & REPARSE_POINT
        and getattr(info, "st_reparse_tag", 0) & NAME_SURROGATE
    )


def native(path: bytes) -> bytes:
    r"""Return what the platform opens: on Windows the form `\\?\`, for paths of any length."""
    if sys.platform != "win32" or path.startswith((b"\\\\?\\", b"\\\\.\\")):
        return path
    if path.startswith(b"\\\\"):
        return b"\\\\?\\UNC" + path[1:]
    return b"\\\\?\\" + path


def information(path: bytes) -> os.stat_result:
    """Return what the platform says of `path` itself, not following a link. Raises OSError."""
    if sys.platform == "win32":
        return os.lstat(os.fsdecode(native(path)))
    with _near(path) as (rest, folder):
        return os.stat(rest, dir_fd=folder, follow_symlinks=False)


@contextmanager
def listed(path: bytes, *, follow: bool = False) -> Iterator[Listing]:
    """Open a folder for listing. Raises OSError, also when it turned into a link meanwhile."""
    if sys.platform == "win32":
        name = os.fsdecode(native(path))
        with os.scandir(name) as entries:
            yield Listing(os.stat(name) if follow else None, entries)
        return
    descriptor = _descriptor(path, _READ | _FOLDER | (0 if follow else _NOT_A_LINK))
    try:
        with os.scandir(descriptor) as entries:
            yield Listing(os.fstat(descriptor), entries)
    finally:
        os.close(descriptor)


class Listing:
    """A folder's entries in the order of their names' bytes, and how the listing ended."""

    def __init__(self, info: os.stat_result | None, entries: Iterator[os.DirEntry[str]]) -> None:
        self.info = info
        self.error: OSError | None = None
        self._last_first: list[os.DirEntry[str]] = []
        try:
            self._last_first.extend(entries)
        except OSError as error:  # what was listed so far is worth having
            self.error = error
        self._last_first.sort(key=lambda entry: os.fsencode(entry.name), reverse=True)

    def __iter__(self) -> Iterator[os.DirEntry[str]]:
        """Yield each entry once and let it go: a folder of a million entries shrinks."""
        while self._last_first:
            yield self._last_first.pop()


def open_file(path: bytes) -> BinaryIO:
    """Open a regular file for reading, seekable. Raises Unreadable.

    Never waits (a pipe put in a file's place), follows no link, keeps the access time where
    the platform lets us, and never fetches a cloud file.
    """
    try:
        if sys.platform != "linux":
            info = information(path)
            if is_link(info):
                raise Unreadable(path, "vanished")
            if is_away(info):
                raise Unreadable(path, "offline")
        if sys.platform == "win32":
            from connectors.windows import open_shared

            descriptor = open_shared(os.fsdecode(native(path)))
        else:
            descriptor = _descriptor(path, _READ | _NOT_A_LINK)
    except OSError as error:
        raise Unreadable(path, reason_of(error)) from None
    try:
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode):
            raise Unreadable(path, "vanished")
        file = io.FileIO(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise
    missing = info.st_size - getattr(info, "st_blocks", info.st_size) * 512
    runs = pieces(descriptor, info.st_size) if missing >= HOLE_BYTES else None
    if runs is None:
        file.seek(0)
        return cast(BinaryIO, io.BufferedReader(file, BUFFER_BYTES))
    return cast(BinaryIO, io.BufferedReader(SparseStream(file, runs), BUFFER_BYTES))


def _descriptor(path: bytes, flags: int) -> int:
    with _near(path) as (rest, folder):
        if _KEEP_ACCESS_TIME:
            try:
                return os.open(rest, flags | _KEEP_ACCESS_TIME, dir_fd=folder)
            except PermissionError:  # allowed to the owner and the administrator only
                pass
        return os.open(rest, flags, dir_fd=folder)


@contextmanager
def _near(path: bytes) -> Iterator[tuple[bytes, int | None]]:
    """Yield what is left of `path` and the open folder that it starts from (None: absolute)."""
    folder: int | None = None
    try:
        while len(path) > STEP_BYTES and (cut := path.rfind(b"/", 1, STEP_BYTES)) > 0:
            nearer = os.open(path[:cut], _STEP, dir_fd=folder)
            if folder is not None:
                os.close(folder)
            folder, path = nearer, path[cut + 1 :]
        yield path, folder
    finally:
        if folder is not None:
            os.close(folder)

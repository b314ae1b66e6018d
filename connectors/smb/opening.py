"""Open files of a share: small ones in one question, several together, large ones piece by piece.

A file is open on the server while its bytes are fetched, and no longer.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from smbprotocol.connection import Request
from smbprotocol.structure import Structure
from smbprotocol.tree import TreeConnect

from connectors import Access, Excluded, Unreadable
from connectors.smb import messages
from connectors.smb.account import ATTEMPTS
from connectors.smb.messages import READ_CONTROL, READ_DATA, Lie, Opened, Packed
from connectors.smb.security import Security, parsed
from connectors.smb.share import Share, let_go
from connectors.smb.status import ACCESS_DENIED, BUFFER_OVERFLOW, END_OF_FILE, OK, reason_of
from connectors.smb.wire import Answer, Dropped, Refusal, Wire

TOGETHER_BYTES = 64 * 1024
"""Files up to this size are asked for together: one credit each (MS-SMB2 3.1.5.2)."""
AT_ONCE_BYTES = 1024 * 1024
"""A file up to this size comes in the answer to the question that opens it."""
IN_MEMORY_BYTES = 32 * 1024 * 1024
"""A file up to this size is fetched whole: it would be read twice, by its hash and its reader."""
PIECE_BYTES = 1024 * 1024
"""As fast as larger ones, and here within a minute over a line that four readers make slow."""
STREAM = "stream"
"""The rule that counts alternate data streams: they are named here and not read."""
_CREDIT_BYTES = 64 * 1024
_QUESTIONS = 5
"""Messages that a file is asked for with: open, security, streams, read, close."""

Names = tuple[str, ...]


class Said(NamedTuple):
    """What a file said of itself as it was opened."""

    security: Security
    left_out: tuple[Excluded, ...]


class Taken(NamedTuple):
    """A file that was taken whole."""

    data: bytes
    said: Said


class Bytes(io.BytesIO):
    """The bytes of a file that is here whole (connectors.Told)."""

    failed: Unreadable | None = None
    seconds = 0.0

    def __init__(self, data: bytes, access: Access) -> None:
        super().__init__(data)
        self.access: Access | None = access


class Pieces(io.BufferedReader):
    """The bytes of a large file, which come as they are read (connectors.Told)."""

    def __init__(self, file: ShareFile, access: Access, seconds: float) -> None:
        super().__init__(file, PIECE_BYTES)
        self._file = file
        self.access: Access | None = access
        self.seconds = seconds

    @property
    def failed(self) -> Unreadable | None:
        return self._file.failed


class Opener:
    """Opens the files of one share; what is wanted next may be asked for along with it."""

    def __init__(self, share: Share) -> None:
        self.share = share
        self._wanted: deque[tuple[Names, int]] = deque()
        self._here: dict[Names, Taken | Unreadable] = {}

    def expect(self, wanted: Sequence[tuple[Names, int]]) -> None:
        """Take note of the files (names, size as listed) that will be opened next, in order."""
        self._wanted = deque(each for each in wanted if each[1] <= TOGETHER_BYTES)
        self._here.clear()

    def taken(self, names: Names, size: int) -> Taken | None:
        """Return a file whole, None for one too large for that. Raises Unreadable."""
        if size > IN_MEMORY_BYTES:
            return None
        found = self._here.pop(names, None)
        if found is None and size <= TOGETHER_BYTES:
            self._fetch_ahead(names)
            found = self._here.pop(names, None)
        if isinstance(found, Unreadable):
            raise found
        if found is not None:
            return found
        return self.share.there(names, lambda wire, tree, path: self._whole(wire, tree, path, size))

    def _fetch_ahead(self, names: Names) -> None:
        """Ask for a file along with those that are wanted next and lie on the same share."""
        while self._wanted and self._wanted[0][0] != names:
            self._wanted.popleft()
        group: list[tuple[Names, int]] = []
        while self._wanted and len(group) < self.share.account.files_at_once:
            group.append(self._wanted.popleft())
        if len(group) < 2:
            return
        try:
            self.share.there(names, lambda wire, tree, path: self._together(wire, tree, group))
        except Unreadable as error:
            if error.lost:
                raise

    def _together(self, wire: Wire, tree: TreeConnect, group: Sequence[tuple[Names, int]]) -> None:
        under_way: list[tuple[Names, list[Request]]] = []
        for names, size in group:
            path = self.share.path_on(tree, names)
            if path is None or wire.credits < 2 * _QUESTIONS:
                continue
            under_way.append((names, wire.send(tree, *_questions(path, size))))
        for names, requests in under_way:
            answers = wire.answers(requests)
            try:
                taken = _taken(answers)
            except (Refusal, Lie):  # asked for alone, then, which says why
                continue
            if taken is not None:
                self.share.pace.took(1, len(taken.data))
                self._here[names] = taken

    def _whole(self, wire: Wire, tree: TreeConnect, path: str, size: int) -> Taken | None:
        most = min(AT_ONCE_BYTES, wire.piece_bytes)
        if size <= most and wire.credits > size // _CREDIT_BYTES + 2 * _QUESTIONS:
            try:
                taken = _taken(wire.answers(wire.send(tree, *_questions(path, size))))
            except Refusal as refusal:
                if refusal.status != ACCESS_DENIED:
                    raise
            else:
                if taken is not None:
                    self.share.pace.took(1, len(taken.data))
                    return taken
        file_id, opened, said = _opened(wire, tree, path)
        try:
            if opened.size > IN_MEMORY_BYTES:
                return None
            data = bytearray()
            while len(data) < opened.size:
                piece = read_piece(wire, tree, file_id, len(data), opened.size - len(data))
                if not piece:
                    break
                self.share.pace.took(0, len(piece))
                data += piece
            return Taken(bytes(data), said)
        finally:
            let_go(wire, tree, file_id)


class ShareFile(io.RawIOBase):
    """A file that stays open on the server, and is opened again where a connection breaks.

    Raises Unreadable, and remembers it: what is asked of it afterwards fails the same way.
    """

    def __init__(self, share: Share, names: Names, path: bytes, *, owns: bool) -> None:
        super().__init__()
        self._share = share
        self._names = names
        self._path = path
        self._owns = owns
        self._at = 0
        self._handle: tuple[Wire, TreeConnect, bytes] | None = None
        self.failed: Unreadable | None = None
        self._first, self.said = share.there(names, self._open)

    def _open(self, wire: Wire, tree: TreeConnect, path: str) -> tuple[Opened, Said]:
        file_id, opened, said = _opened(wire, tree, path)
        self._handle = wire, tree, file_id
        return opened, said

    @property
    def size(self) -> int:
        return self._first.size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = min(len(buffer), self.size - self._at)
        if size <= 0:
            return 0
        if self.failed is None:
            try:
                data = self._read(size)
            except Unreadable as error:
                self.failed = Unreadable(self._path, error.reason, lost=error.lost)
        if self.failed is not None:
            raise self.failed
        self._share.pace.took(0, len(data))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def readall(self) -> bytes:
        """Read what is left, in pieces as large as they come; by itself it would ask for 8 kB."""
        whole = bytearray()
        while piece := self.read(PIECE_BYTES):
            whole += piece
        return bytes(whole)

    def _read(self, size: int) -> bytes:
        for _ in range(ATTEMPTS):
            if self._handle is None:
                opened, _told = self._share.there(self._names, self._open)
                if opened[1:] != self._first[1:]:  # another file by now
                    raise Unreadable(b"", "vanished")
            assert self._handle is not None
            try:
                return read_piece(*self._handle, self._at, size)
            except Refusal as refusal:
                raise Unreadable(b"", reason_of(refusal.status)) from None
            except Lie:
                raise Unreadable(b"", "corrupt") from None
            except Dropped:
                self._handle = None
                self._share.dropped(self._names)
        raise Unreadable(b"", "offline")

    def close(self) -> None:
        if not self.closed:
            if self._handle is not None:
                let_go(*self._handle)
                self._handle = None
            if self._owns:
                self._share.close()
        super().close()


def _questions(path: str, size: int) -> tuple[Structure | Packed, ...]:
    create = messages.create(path, READ_DATA | READ_CONTROL, folder=False)
    security, streams, read, close = _following()
    if size > TOGETHER_BYTES:
        return create, security, streams, messages.read(size), close
    return create, security, streams, read, close


@lru_cache(maxsize=1)
def _following() -> tuple[Packed, ...]:
    """Return what is asked of every small file once it is open."""
    asked = (
        messages.security(),
        messages.streams(),
        messages.read(TOGETHER_BYTES),
        messages.close(),
    )
    return tuple(map(Packed, asked))


def _taken(answers: Sequence[Answer]) -> Taken | None:
    """Return a file from the answers to _questions; None where there is more of it. Raises Lie."""
    create, security, streams, read, _ = answers
    if create.status != OK:
        raise Refusal(create.status)
    opened = messages.opened(create.body)
    if read.status not in (OK, END_OF_FILE):
        raise Refusal(read.status)
    data = messages.data_of(read.body) if read.status == OK else b""
    if len(data) != opened.size:
        return None
    return Taken(data, _said(security, streams))


def _opened(wire: Wire, tree: TreeConnect, path: str) -> tuple[bytes, Opened, Said]:
    """Open a file; one whose access list may not be read is opened without it."""
    try:
        body = wire.ask(tree, messages.create(path, READ_DATA | READ_CONTROL, folder=False))
    except Refusal as refusal:
        if refusal.status != ACCESS_DENIED:
            raise
        body = wire.ask(tree, messages.create(path, READ_DATA, folder=False))
    opened = messages.opened(body)
    try:
        said = _said(
            *wire.answers(wire.send(tree, messages.security(opened.file_id))),
            *wire.answers(wire.send(tree, messages.streams(opened.file_id))),
        )
    except BaseException:
        let_go(wire, tree, opened.file_id)
        raise
    return opened.file_id, opened, said


def _said(security: Answer, streams: Answer) -> Said:
    told = Security("", "")
    if security.status == OK:
        told = parsed(messages.buffer_of(security.body))
    left_out: tuple[Excluded, ...] = ()
    if streams.status in (OK, BUFFER_OVERFLOW):
        found = messages.streams_of(messages.buffer_of(streams.body))
        if found:
            left_out = (Excluded(STREAM, len(found), sum(each.size for each in found)),)
    return Said(told, left_out)


def read_piece(wire: Wire, tree: TreeConnect, file_id: bytes, at: int, size: int) -> bytes:
    """Read up to `size` bytes, b"" at the end. Raises Refusal, Dropped, Lie."""
    room = max(1, wire.credits - _QUESTIONS) * _CREDIT_BYTES
    size = min(size, wire.piece_bytes, PIECE_BYTES, room)
    try:
        data = messages.data_of(wire.ask(tree, messages.read(size, at, file_id)))
    except Refusal as refusal:
        if refusal.status == END_OF_FILE:
            return b""
        raise
    if len(data) > size:
        raise Lie
    return data

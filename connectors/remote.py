"""SFTP, WebDAV and S3 as places, through fsspec: walk them, open their files. Writes nothing there.

Sizes and times come from the listings of folders; a change of either, or of the server's own tag,
is a change of the document. Links are not followed.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, BinaryIO

from connectors import Access, Document, Excluded, Lost, Reason, Unreadable
from connectors.counting import AT_LEAST, MAX_COUNTED
from connectors.excludes import PRIVATE, SIZE, Excludes, FolderPath, compiled
from connectors.owners import OwnerRules
from connectors.remote_account import PATIENCE_SECONDS, SERVER_PARTS, RemoteAccount, why
from connectors.walking import MAX_PATH_BYTES, SYMLINK

READ_BYTES = 2 * 1024**2
"""Asked for at a time."""
SLOWEST_BYTES = 100_000
"""Bytes a second that a server gives at least; one slower than that is not waited for."""
_SEPARATOR = os.sep.encode()


@lru_cache(maxsize=4)
def _connected(account: RemoteAccount, process: int) -> Any:
    """Return this process's connection to a server. A fork has none of its parent's."""
    return account.connect()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a listing. `version`: size, time and the server's own tag, hashed."""

    name: str
    is_folder: bool
    is_link: bool
    size: int
    modified_ns: int
    version: bytes


@dataclass(frozen=True, slots=True)
class RemoteConnector:
    """A folder of a server as a place. `below`: walk only this folder of it."""

    device: str
    place: str
    root: bytes = field(repr=False)
    account: RemoteAccount = field(repr=False)
    excludes: Excludes = field(default=Excludes(fold_case=False), repr=False)
    owners: OwnerRules = field(default=OwnerRules((), account=False), repr=False)
    below: bytes | None = field(default=None, repr=False)

    def walk(self) -> Iterator[Document | Unreadable | Excluded]:
        """Yield what lies below the root: each folder's files by name, then its folders.

        Runs in the coordinator, one listing for each folder. Raises Unreadable, with `lost` saying
        why, when the server is out of reach or the root is lost on the way.
        """
        start = self.below or self.root
        rules = self._rules(start)
        if any(compiled(self.excludes).is_private(n, is_folder=True) for n in _names(start)):
            yield self._counted(start, PRIVATE)
            return
        pending = [(start, rules)]
        while pending:
            path, rules = pending.pop()
            if len(path) > MAX_PATH_BYTES:
                yield Unreadable(path, "limit", folder=True)
                continue
            try:
                entries = self._listing(path)
            except Unreadable as error:
                if path == start or error.lost:
                    raise self._gone(start, error) from None
                self._check_root(start, error)
                yield Unreadable(path, error.reason, folder=True)
                continue
            folders: list[tuple[bytes, FolderPath]] = []
            for event in self._folder(path, rules, entries):
                if isinstance(event, tuple):
                    folders.append(event)
                else:
                    yield event
            pending.extend(reversed(folders))

    def _folder(
        self, path: bytes, rules: FolderPath, entries: list[_Entry]
    ) -> Iterator[Document | Excluded | tuple[bytes, FolderPath]]:
        owner = self.owners.of_folder(rules)
        count: Counter[str] = Counter()
        size: Counter[str] = Counter()
        folders: list[tuple[bytes, FolderPath]] = []
        for each in entries:
            at = path + _SEPARATOR + os.fsencode(each.name)
            rule = self._rule(each, rules)
            if rule is not None and each.is_folder:
                yield self._counted(at, rule)
            elif rule is not None:
                count[rule] += 1
                size[rule] += 0 if each.is_link else each.size
            elif each.is_folder:
                folders.append((at, rules.child(each.name)))
            else:
                yield Document(
                    self, at, "", owner or None, each.size, each.modified_ns, each.version
                )
        for rule in sorted(count):
            yield Excluded(rule, count[rule], size[rule])
        yield from folders

    def _rule(self, entry: _Entry, rules: FolderPath) -> str | None:
        if entry.is_link:
            return SYMLINK
        rule = compiled(self.excludes).rule(entry.name, rules, is_folder=entry.is_folder)
        if rule is None and not entry.is_folder:
            limit = self.excludes.max_size
            return SIZE if limit is not None and entry.size > limit else None
        return rule

    def _counted(self, path: bytes, rule: str) -> Excluded:
        """Count the files below a folder that a rule leaves out."""
        count = size = met = 0
        complete, pending = True, [path]
        while pending:
            above = pending.pop()
            try:
                entries = self._listing(above)
            except Unreadable as error:
                if error.lost:
                    raise self._gone(self.below or self.root, error) from None
                complete = False
                continue
            for each in entries:
                met += 1
                if met > MAX_COUNTED:
                    return Excluded(rule + AT_LEAST, count, size)
                if each.is_folder:
                    pending.append(above + _SEPARATOR + os.fsencode(each.name))
                else:
                    count += 1
                    size += 0 if each.is_link else each.size
        return Excluded(rule if complete else rule + AT_LEAST, count, size)

    def _rules(self, path: bytes) -> FolderPath:
        rules = FolderPath.root(self.root)
        for name in _names(path)[len(_names(self.root)) :]:
            rules = rules.child(name)
        return rules

    def _listing(self, path: bytes) -> list[_Entry]:
        """Return what a folder holds, by name. Raises Unreadable."""
        name = self.account.name(_names(path))
        told = self._asked(path, lambda system: system.ls(name, detail=True, refresh=True))
        own = name.strip("/")
        found = [
            _entry(each) for each in told if str(each["name"]).strip("/") != own
        ]  # a folder's own mark in S3 is none of what it holds
        return sorted(found, key=lambda each: os.fsencode(each.name))

    def _asked(self, path: bytes, question: Any) -> Any:
        """Ask the server, over a new connection where the one at hand is broken."""
        for last in (False, True):
            system = None
            try:
                system = _connected(self.account, os.getpid())
                return question(system)
            except Exception as error:  # each of the three libraries has its own
                reason, lost = why(error)
                if system is None and reason == "no_access":
                    lost = lost or "login"
                if last or not (lost in ("unreachable", "busy") or reason == "offline"):
                    raise Unreadable(path, reason, folder=True, lost=lost) from None
                _connected.cache_clear()
        raise AssertionError

    def _check_root(self, start: bytes, error: Unreadable) -> None:
        if error.reason == "vanished":
            try:
                self._listing(start)
            except Unreadable as trouble:
                raise self._gone(start, trouble) from None

    @staticmethod
    def _gone(start: bytes, error: Unreadable) -> Unreadable:
        vanished = error.reason == "vanished"
        lost: Lost = error.lost or ("folder" if vanished else "")
        reason: Reason = "offline" if vanished else error.reason
        return Unreadable(start, reason, folder=True, lost=lost)

    def open(self, document: Document) -> BinaryIO:
        """Open a document, read in pieces as they are asked for. Raises Unreadable."""
        name = self.account.name(_names(document.path))
        try:
            stream = self._asked(
                document.path, lambda system: system.open(name, "rb", block_size=READ_BYTES)
            )
        except Unreadable as error:
            raise Unreadable(document.path, error.reason, lost=error.lost) from None
        return _Stream(_Pieces(stream, document.path))

    def exists(self, path: bytes) -> bool:
        """Whether something still lies at `path`; yes, too, when that cannot be found out."""
        name = self.account.name(_names(path))
        try:
            self._asked(path, lambda system: system.info(name, refresh=True))
        except Unreadable as error:
            return error.reason != "vanished"
        return True

    def is_private(self, name: str) -> bool:
        """Whether a mail folder of this name stays closed, by the rule of private folders."""
        return compiled(self.excludes).is_private(name, is_folder=True)

    def seconds(self, documents: int, size: int) -> float:
        """Return how long the server may take."""
        return size / SLOWEST_BYTES + 2 * PATIENCE_SECONDS + documents


class _Pieces(io.RawIOBase):
    """A file of fsspec. Raises Unreadable, and remembers it: bytes that ended are no damage."""

    def __init__(self, stream: Any, path: bytes) -> None:
        self._stream = stream
        self._path = path
        self.failed: Unreadable | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return int(self._stream.seek(offset, whence))

    def readinto(self, buffer: Any) -> int:
        if self.failed is not None:
            raise self.failed
        try:
            told = self._stream.read(len(buffer))
        except Exception as error:  # each of the three libraries has its own
            reason, lost = why(error)
            self.failed = Unreadable(self._path, reason, lost=lost)
            raise self.failed from None
        buffer[: len(told)] = told
        return len(told)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


class _Stream(io.BufferedReader):
    """The bytes of a file, which come as they are read (connectors.Told)."""

    access: Access | None = None
    seconds = 0.0

    def __init__(self, pieces: _Pieces) -> None:
        super().__init__(pieces, READ_BYTES)
        self._pieces = pieces

    @property
    def failed(self) -> Unreadable | None:
        return self._pieces.failed


def _names(path: bytes) -> tuple[str, ...]:
    """Return the names from the server's root to a path."""
    return tuple(os.fsdecode(each) for each in path.split(_SEPARATOR)[SERVER_PARTS:])


def _entry(told: dict[str, Any]) -> _Entry:
    moment = next((told[k] for k in ("mtime", "modified", "LastModified") if told.get(k)), None)
    modified = _nanoseconds(moment)
    size = int(told.get("size") or 0)
    tag = str(told.get("etag") or told.get("ETag") or "")
    version = blake2b(f"{size}|{modified}|{tag}".encode(), digest_size=16).digest()
    name = str(told["name"]).rstrip("/").rpartition("/")[2]
    kind = told.get("type")
    return _Entry(name, kind == "directory", kind in ("link", "other"), size, modified, version)


def _nanoseconds(moment: object) -> int:
    if isinstance(moment, datetime):
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if isinstance(moment, int | float):
        return int(min(max(moment, 0), 2**33)) * 10**9
    return 0

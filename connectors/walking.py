"""Go through one place of a disk, once: which entries are documents, and what the others are.

Reads metadata only; connectors.disk says what the walk promises.
"""

from __future__ import annotations

import errno
import os
import stat
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from connectors import Document, Excluded, Unreadable
from connectors.archives import MESSAGE
from connectors.counting import counted
from connectors.errors import reason_of
from connectors.excludes import PRIVATE, SIZE, FolderPath, compiled
from connectors.maildir import (
    CUR,
    DELIVERY,
    NEW,
    TMP,
    is_maildir,
    is_message,
    mail_folder,
    unique_name,
)
from connectors.opening import information, is_away, is_link, listed
from connectors.owners import account_of
from connectors.volumes import Volume, Volumes

if TYPE_CHECKING:
    from connectors.disk import DiskConnector

MAX_PATH_BYTES = 32_767
"""Windows' own bound on a path; a tree that goes on deeper is reported, not followed."""

SYMLINK = "symlink"
SPECIAL = "special"
SYSTEM = "system"

_MASK = 2**64 - 1
_MAX_NS = 2**63 - 1
_STUBS = (".nextcloud", ".owncloud")
"""Nextcloud and ownCloud on Linux keep a file of one byte for a document in the cloud."""


@dataclass(frozen=True, slots=True)
class _Folder:
    path: bytes
    prefix: bytes  # the path with a separator at its end
    rules: FolderPath
    volume: Volume
    owner: str | None
    is_mailbox: bool = False  # a Maildir: its folders cur and new hold messages
    mailbox: _Folder | None = None  # the Maildir whose messages lie here
    mail_folder: tuple[str, ...] = ()


class _Way(NamedTuple):
    """Where a path leads: the folder that it is or lies in, and the rule that leaves it out."""

    folder: _Folder
    info: os.stat_result
    rule: str | None


class Walk:
    """One walk: what it has learnt of the place on the way."""

    def __init__(self, connector: DiskConnector) -> None:
        self._connector = connector
        self._excludes = connector.excludes
        self._matcher = compiled(connector.excludes)
        self._volumes = Volumes()
        self._root_id: tuple[int, int] | None = None

    def run(self) -> Iterator[Document | Unreadable | Excluded]:
        root = self._connector.root
        info = self._stat_root()
        self._root_id = (info.st_dev, info.st_ino)
        start = self._connector.below or root
        try:
            way = self._way_to(start)
        except OSError as error:
            raise self._lost(error) from None
        if not stat.S_ISDIR(way.info.st_mode) or way.rule == SYMLINK:
            yield self._one(start, way)
            return
        if way.rule is not None:
            yield counted(start, way.rule, self._volumes)
            return
        top = way.folder
        pending: list[tuple[_Folder, str]] = []
        yield from self._folder(top, pending, first=True)
        while pending:
            parent, name = pending.pop()
            path = parent.prefix + os.fsencode(name)
            if len(path) > MAX_PATH_BYTES:
                yield Unreadable(path, "limit", folder=True)
                continue
            rules = parent.rules.child(name)
            owner = self._connector.owners.of_folder(rules)
            folder = _Folder(path, os.path.join(path, b""), rules, parent.volume, owner)
            yield from self._folder(_in_mailbox(folder, parent, name), pending)
        self._check_root()

    def meet(self, path: bytes) -> Document | Unreadable | Excluded | None:
        """Look at one path alone, with the rules of all the folders above it."""
        try:
            way = self._way_to(path)
        except OSError as error:
            return Unreadable(path, reason_of(error))
        if way.rule is None and stat.S_ISDIR(way.info.st_mode):
            return None
        return self._one(path, way)

    def _one(self, path: bytes, way: _Way) -> Document | Excluded:
        rule = way.rule or self._rule_of_file(way.info)
        if rule is not None:
            return Excluded(rule, 1, way.info.st_size if stat.S_ISREG(way.info.st_mode) else 0)
        return self._document(way.folder, os.fsdecode(os.path.basename(path)), way.info)

    def _way_to(self, path: bytes) -> _Way:
        """Go down from the root to `path` as a walk would. Raises OSError."""
        root = self._connector.root
        steps = steps_below(root, path)
        info = os.stat(root)
        self._volumes.of(info.st_dev, root)
        is_folder = stat.S_ISDIR(info.st_mode)
        folder = self._at(root if is_folder else os.path.dirname(root), info)
        if self._root_is_private(folder=is_folder):
            return _Way(folder, information(path) if steps else info, PRIVATE)
        for index, step in enumerate(steps):
            name, here = os.fsdecode(step), folder.prefix + step
            info = information(here)
            is_folder = stat.S_ISDIR(info.st_mode) and not is_link(info)
            rule = SYMLINK if is_link(info) else None
            rule = rule or self._matcher.rule(name, folder.rules, is_folder=is_folder)
            if rule is not None:
                return _Way(folder, information(path), rule)
            if is_folder:
                if not folder.is_mailbox and _is_mailbox(folder.path):
                    folder = replace(folder, is_mailbox=True)
                rule = self._rule_of_mail(folder, name)
                if rule is not None:
                    return _Way(folder, information(path), rule)
                below = self._at(here, info, folder.rules.child(name))
                folder = _in_mailbox(below, folder, name)
            elif index < len(steps) - 1:
                raise NotADirectoryError(errno.ENOTDIR, "a file where a folder was")
        return _Way(folder, info, None)

    def _at(self, path: bytes, info: os.stat_result, rules: FolderPath | None = None) -> _Folder:
        rules = rules or FolderPath.root(path)
        return _Folder(
            path,
            os.path.join(path, b""),
            rules,
            self._volumes.of(info.st_dev, path),
            self._connector.owners.of_folder(rules),
        )

    def _folder(
        self, folder: _Folder, pending: list[tuple[_Folder, str]], *, first: bool = False
    ) -> Iterator[Document | Unreadable | Excluded]:
        """Yield the files of one folder and put its folders on `pending`, last name first."""
        left_out: dict[str, list[int]] = {}
        below: list[tuple[_Folder, str]] = []
        try:
            with listed(folder.path, follow=folder.path == self._connector.root) as listing:
                if listing.info is not None and listing.info.st_dev != folder.volume.device:
                    volume = self._volumes.of(listing.info.st_dev, folder.path)
                    folder = replace(folder, volume=volume)
                if folder.volume.pseudo:
                    yield Excluded(SYSTEM, 0, 0)
                    return
                for entry in listing:
                    met = self._entry(folder, entry, left_out, below)
                    if met is not None:
                        yield met
                if listing.error is not None:
                    raise listing.error
        except OSError as error:
            if first:
                raise self._lost(error) from None
            self._check_root()
            yield Unreadable(folder.path, reason_of(error), folder=True)
        for rule, (count, size) in sorted(left_out.items()):
            yield Excluded(rule, count, size)
        if is_maildir([name for _, name in below]):
            yield from self._mailbox(folder, below)
        pending.extend(reversed(below))

    def _mailbox(self, folder: _Folder, below: list[tuple[_Folder, str]]) -> Iterator[Excluded]:
        """Make what lies below a folder what lies in a Maildir, but for what rules leave out."""
        folder = replace(folder, is_mailbox=True)
        names = [name for _, name in below]
        below.clear()
        for name in names:
            rule = self._rule_of_mail(folder, name)
            if rule is None:
                below.append((folder, name))
            else:
                yield counted(self._path(folder, name), rule, self._volumes)

    def _rule_of_mail(self, folder: _Folder, name: str) -> str | None:
        if not folder.is_mailbox:
            return None
        if name == TMP:
            return DELIVERY
        if any(self._matcher.is_private(each, is_folder=True) for each in mail_folder(name)):
            return PRIVATE
        return None

    def _entry(
        self,
        folder: _Folder,
        entry: os.DirEntry[str],
        left_out: dict[str, list[int]],
        below: list[tuple[_Folder, str]],
    ) -> Document | Unreadable | Excluded | None:
        name = entry.name
        is_folder = False
        try:
            if entry.is_symlink():
                return self._link(left_out)
            is_folder = entry.is_dir(follow_symlinks=False)
            rule = self._matcher.rule(name, folder.rules, is_folder=is_folder)
            if is_folder:
                if sys.platform != "linux":
                    info = entry.stat(follow_symlinks=False)
                    if is_link(info):
                        return self._link(left_out)
                    if is_away(info):  # listing it would fetch the names from the cloud
                        return Unreadable(self._path(folder, name), "offline", folder=True)
                if rule is not None:
                    return counted(self._path(folder, name), rule, self._volumes)
                below.append((folder, name))
                return None
            info = self._information(folder, entry)
        except OSError as error:
            return Unreadable(self._path(folder, name), reason_of(error), folder=is_folder)
        if is_link(info):
            return self._link(left_out)
        rule = rule or self._rule_of_file(info)
        if rule is not None:
            _leave_out(left_out, rule, info.st_size)
            return None
        return self._document(folder, name, info)

    @staticmethod
    def _link(left_out: dict[str, list[int]]) -> None:
        _leave_out(left_out, SYMLINK, 0)

    def _rule_of_file(self, info: os.stat_result) -> str | None:
        if not stat.S_ISREG(info.st_mode):
            return SPECIAL
        limit = self._excludes.max_size
        return SIZE if limit is not None and info.st_size > limit else None

    def _document(self, folder: _Folder, name: str, info: os.stat_result) -> Document:
        path = self._path(folder, name)
        volume = folder.volume
        if info.st_dev != volume.device and sys.platform != "win32":
            # one file mounted alone, or a layered file system: its own volume, by its path
            volume = Volume(info.st_dev, Volumes.mark(path))
        file_id = b""
        if volume.lasting_ids and info.st_ino:
            file_id = info.st_ino.to_bytes(16 if info.st_ino > _MASK else 8, "little") + volume.mark
        changed = info.st_ctime_ns if volume.lasting_ids and sys.platform != "win32" else 0
        if folder.mailbox is not None and is_message(name):
            return self._message(folder, folder.mailbox, name, info, file_id)
        owner = folder.owner
        if owner is None and self._connector.owners.account:
            owner = self._account(path, info)
        return Document(
            connector=self._connector,
            path=path,
            item="",
            owner=owner or None,
            size=info.st_size,
            modified_ns=max(-_MAX_NS, min(info.st_mtime_ns, _MAX_NS)),
            version=struct.pack("<QQQ", info.st_size, info.st_mtime_ns & _MASK, changed & _MASK)
            + file_id,
            file_id=file_id,
            links=max(info.st_nlink, 1),
            placeholder=is_away(info) or (info.st_size <= 1 and name.endswith(_STUBS)),
        )

    def _message(
        self, folder: _Folder, mailbox: _Folder, name: str, info: os.stat_result, file_id: bytes
    ) -> Document:
        """Return a message of a Maildir: renamed it is the same, and so it is in `cur`."""
        path = self._path(folder, name)
        owner = folder.owner
        if owner is None and self._connector.owners.account:
            owner = self._account(path, info)
        return Document(
            connector=self._connector,
            path=mailbox.path,
            item=unique_name(name),
            owner=owner or None,
            size=info.st_size,
            modified_ns=max(-_MAX_NS, min(info.st_mtime_ns, _MAX_NS)),
            version=struct.pack("<QQ", info.st_size, info.st_mtime_ns & _MASK) + file_id,
            file_id=file_id,
            links=max(info.st_nlink, 1),
            placeholder=is_away(info),
            locator=path,
            folder=mailbox.mail_folder,
            type=MESSAGE,
        )

    @staticmethod
    def _path(folder: _Folder, name: str) -> bytes:
        return folder.prefix + os.fsencode(name)

    def _information(self, folder: _Folder, entry: os.DirEntry[str]) -> os.stat_result:
        """One stat. On Windows the listing has no file id, so the file is asked, if it is here."""
        info = entry.stat(follow_symlinks=False)
        if sys.platform == "win32" and stat.S_ISREG(info.st_mode) and not is_away(info):
            return information(self._path(folder, entry.name))
        return info

    def _account(self, path: bytes, info: os.stat_result) -> str | None:
        if sys.platform == "win32":
            from connectors.opening import native
            from connectors.windows import owner_of

            return owner_of(os.fsdecode(native(path)))
        return account_of(info.st_uid)

    def _root_is_private(self, *, folder: bool) -> bool:
        """A place below a private folder is private too, whoever named it."""
        names = FolderPath.root(self._connector.root).absolute.strip("/").split("/")
        return any(
            self._matcher.is_private(name, is_folder=folder or index < len(names) - 1)
            for index, name in enumerate(names)
            if not (index == 0 and name == "private" and sys.platform == "darwin")  # holds /tmp
        )

    def _stat_root(self) -> os.stat_result:
        try:
            return os.stat(self._connector.root)
        except OSError as error:
            raise self._lost(error) from None

    def _check_root(self) -> None:
        """Raise Unreadable when the root is not the folder that the walk began in."""
        info = self._stat_root()
        if (info.st_dev, info.st_ino) != self._root_id:
            raise Unreadable(self._connector.root, "offline", folder=True)

    def _lost(self, error: OSError) -> Unreadable:
        reason = reason_of(error)
        return Unreadable(
            self._connector.root, "offline" if reason == "vanished" else reason, folder=True
        )


def _in_mailbox(folder: _Folder, parent: _Folder, name: str) -> _Folder:
    """Return a folder as what it is in the Maildir around it, if there is one."""
    if not parent.is_mailbox:
        return folder
    if name in (CUR, NEW):
        return replace(folder, mailbox=parent)
    return replace(folder, mail_folder=mail_folder(name))


def _is_mailbox(path: bytes) -> bool:
    try:
        return all(
            stat.S_ISDIR(information(os.path.join(path, os.fsencode(name))).st_mode)
            for name in (CUR, NEW, TMP)
        )
    except OSError:
        return False


def _leave_out(left_out: dict[str, list[int]], rule: str, size: int) -> None:
    total = left_out.setdefault(rule, [0, 0])
    total[0] += 1
    total[1] += size


def steps_below(root: bytes, path: bytes) -> list[bytes]:
    """Return the names from `root` to `path`. Raises ValueError when it does not lie below."""
    if path == root:
        return []
    above = os.path.join(root, b"")
    if not path.startswith(above):
        raise ValueError("the path does not lie below the place's root")
    return path[len(above) :].split(os.fsencode(os.sep))

"""Go through one place of a disk, once: which entries are documents, and what the others are.

Reads metadata only; connectors.disk says what the walk promises.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from connectors import Document, Excluded, Unreadable
from connectors.counting import counted
from connectors.entries import Entries, Folder, is_maildir
from connectors.errors import reason_of
from connectors.excludes import PRIVATE, FolderPath, compiled
from connectors.maildir import DELIVERY, TMP, mail_folder
from connectors.opening import information, is_away, is_link, listed
from connectors.readable import of_way
from connectors.volumes import Volumes

if TYPE_CHECKING:
    from connectors.disk import DiskConnector

MAX_PATH_BYTES = 32_767
"""Windows' own bound on a path; a tree that goes on deeper is reported, not followed."""

SYMLINK = "symlink"
SYSTEM = "system"


class _Way(NamedTuple):
    """Where a path leads: the folder that it is or lies in, and the rule that leaves it out."""

    folder: Folder
    info: os.stat_result
    rule: str | None


class Walk:
    """One walk: what it has learnt of the place on the way."""

    def __init__(self, connector: DiskConnector) -> None:
        self._connector = connector
        self._excludes = connector.excludes
        self._matcher = compiled(connector.excludes)
        self._volumes = Volumes()
        self._entries = Entries(connector, connector.owners, connector.excludes.max_size)
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
        pending: list[tuple[Folder, str]] = []
        yield from self._folder(top, pending, first=True)
        while pending:
            parent, name = pending.pop()
            path = parent.prefix + os.fsencode(name)
            if len(path) > MAX_PATH_BYTES:
                yield Unreadable(path, "limit", folder=True)
                continue
            rules = parent.rules.child(name)
            owner = self._connector.owners.of_folder(rules)
            folder = Folder(
                path, os.path.join(path, b""), rules, parent.volume, owner, way=parent.way
            )
            yield from self._folder(folder.within(parent, name), pending)
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
        rule = way.rule or self._entries.rule_of(way.info)
        if rule is not None:
            return Excluded(rule, 1, way.info.st_size if stat.S_ISREG(way.info.st_mode) else 0)
        return self._entries.document(way.folder, os.fsdecode(os.path.basename(path)), way.info)

    def _way_to(self, path: bytes) -> _Way:
        """Go down from the root to `path` as a walk would. Raises OSError."""
        root = self._connector.root
        steps = steps_below(root, path)
        info = os.stat(root)
        self._volumes.of(info.st_dev, root)
        is_folder = stat.S_ISDIR(info.st_mode)
        folder = self._at(root if is_folder else os.path.dirname(root), info)
        folder = replace(folder, way=of_way(root))
        if is_folder:
            folder = folder.passed(info)
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
                if not folder.is_mailbox and is_maildir(folder.path):
                    folder = replace(folder, is_mailbox=True)
                rule = self._rule_of_mail(folder, name)
                if rule is not None:
                    return _Way(folder, information(path), rule)
                below = self._at(here, info, folder.rules.child(name))
                folder = replace(below, way=folder.way).passed(info).within(folder, name)
            elif index < len(steps) - 1:
                raise NotADirectoryError(errno.ENOTDIR, "a file where a folder was")
        return _Way(folder, info, None)

    def _at(self, path: bytes, info: os.stat_result, rules: FolderPath | None = None) -> Folder:
        rules = rules or FolderPath.root(path)
        return Folder(
            path,
            os.path.join(path, b""),
            rules,
            self._volumes.of(info.st_dev, path),
            self._connector.owners.of_folder(rules),
        )

    def _folder(
        self, folder: Folder, pending: list[tuple[Folder, str]], *, first: bool = False
    ) -> Iterator[Document | Unreadable | Excluded]:
        """Yield the files of one folder and put its folders on `pending`, last name first."""
        left_out: dict[str, list[int]] = {}
        below: list[tuple[Folder, str]] = []
        try:
            with listed(folder.path, follow=folder.path == self._connector.root) as listing:
                if listing.info is not None and listing.info.st_dev != folder.volume.device:
                    volume = self._volumes.of(listing.info.st_dev, folder.path)
                    folder = replace(folder, volume=volume)
                if listing.info is not None:
                    folder = folder.passed(listing.info)
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
        if is_maildir(folder.path, [name for _, name in below]):
            yield from self._mailbox(folder, below)
        pending.extend(reversed(below))

    def _mailbox(self, folder: Folder, below: list[tuple[Folder, str]]) -> Iterator[Excluded]:
        """Make what lies below a folder what lies in a Maildir, but for what rules leave out."""
        folder = replace(folder, is_mailbox=True)
        names = [name for _, name in below]
        below.clear()
        for name in names:
            rule = self._rule_of_mail(folder, name)
            if rule is None:
                below.append((folder, name))
            else:
                yield counted(folder.path_of(name), rule, self._volumes)

    def _rule_of_mail(self, folder: Folder, name: str) -> str | None:
        if not folder.is_mailbox:
            return None
        if name == TMP:
            return DELIVERY
        if any(self._matcher.is_private(each, is_folder=True) for each in mail_folder(name)):
            return PRIVATE
        return None

    def _entry(
        self,
        folder: Folder,
        entry: os.DirEntry[str],
        left_out: dict[str, list[int]],
        below: list[tuple[Folder, str]],
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
                        return Unreadable(folder.path_of(name), "offline", folder=True)
                if rule is not None:
                    return counted(folder.path_of(name), rule, self._volumes)
                below.append((folder, name))
                return None
            info = self._entries.information(folder, entry)
        except OSError as error:
            return Unreadable(folder.path_of(name), reason_of(error), folder=is_folder)
        if is_link(info):
            return self._link(left_out)
        rule = rule or self._entries.rule_of(info)
        if rule is not None:
            _leave_out(left_out, rule, info.st_size)
            return None
        return self._entries.document(folder, name, info)

    @staticmethod
    def _link(left_out: dict[str, list[int]]) -> None:
        _leave_out(left_out, SYMLINK, 0)

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

"""Go through one place of a share, once, by the rules of connectors.walking. Opens no file.

What connectors.walking asks a disk for stands in a share's listings already: sizes, times, ids.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from connectors import Document, Excluded, Unreadable
from connectors.counting import AT_LEAST, MAX_COUNTED
from connectors.entries import MAX_NS, STUBS
from connectors.excludes import PRIVATE, SIZE, FolderPath, compiled
from connectors.opening import NAME_SURROGATE, RECALL, REPARSE_POINT
from connectors.smb.address import name_bytes, path_of
from connectors.smb.messages import Entry
from connectors.smb.share import Share
from connectors.walking import MAX_PATH_BYTES, SYMLINK

if TYPE_CHECKING:
    from connectors.smb.connector import SmbConnector

_DIRECTORY = 0x10
_DEVICE = 0x40
_NO_ID = frozenset((0, 2**64 - 1))
"""What servers say of a file whose id does not fit (ReFS), or that has none (FAT)."""
_MASK = 2**64 - 1
MARK_BYTES = 8


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that a walk came to. `names` from the share on; `mark` tells volumes apart."""

    names: tuple[str, ...]
    path: bytes
    rules: FolderPath
    owner: str | None
    mark: bytes


class Walk:
    """One walk over one session."""

    def __init__(self, connector: SmbConnector, share: Share) -> None:
        self._connector = connector
        self._share = share
        self._matcher = compiled(connector.excludes)

    def run(self) -> Iterator[Document | Unreadable | Excluded]:
        """See SmbConnector.walk."""
        names, steps = self._connector.way()
        on_the_way = (self._connector.share_name, *names)
        if any(self._matcher.is_private(each, is_folder=True) for each in on_the_way):
            yield self._counted((*names, *steps), PRIVATE)
            return
        try:
            top, entry, rule = self._way()
            met = None if entry is None else self._met(top, entry, rule)
            if isinstance(met, Folder):
                top, met = met, None
            listing = self._share.listing(top.names) if met is None else []
        except Unreadable as error:
            raise self._lost(error) from None
        if met is not None:
            yield met
            return
        pending: list[Folder] = []
        yield from self._folder(top, listing, pending)
        while pending:
            folder = pending.pop()
            if len(folder.path) > MAX_PATH_BYTES:
                yield Unreadable(folder.path, "limit", folder=True)
                continue
            try:
                listing = self._share.listing(folder.names)
            except Unreadable as error:
                if error.lost:
                    raise self._lost(error) from None
                self._check_root(error)
                yield Unreadable(folder.path, error.reason, folder=True)
                continue
            yield from self._folder(folder, listing, pending)

    def _way(self) -> tuple[Folder, Entry | None, str | None]:
        """Go down from the root to what is to be walked.

        Returns the folder it lies in, its entry there, and the rule that leaves it out; no entry
        where it is the root itself, and a folder.
        """
        names, steps = self._connector.way()
        rules = self._connector.rules_of(names)
        folder = self._at(names, rules)
        if not steps and names and (alone := self._file_as_root(names)) is not None:
            above = names[:-1]
            return self._at(above, self._connector.rules_of(above)), alone, None
        for number, name in enumerate(steps, 1):
            entry = self._one(folder, name)
            rule = self._rule(folder, entry)
            last = number == len(steps)
            if rule is not None or last:
                return folder, entry, rule
            if not entry.attributes & _DIRECTORY:
                raise Unreadable(b"", "vanished", folder=True)
            folder = self._below(folder, name)
        return folder, None, None

    def _file_as_root(self, names: tuple[str, ...]) -> Entry | None:
        """Return the root's own entry where it is a file."""
        above = self._at(names[:-1], self._connector.rules_of(names[:-1]))
        try:
            entry = self._one(above, names[-1])
        except Unreadable as error:
            if error.reason == "no_access":  # a folder that may be read below one that may not
                return None
            raise
        return None if entry.attributes & _DIRECTORY else entry

    def _one(self, folder: Folder, name: str) -> Entry:
        for entry in self._share.listing(folder.names, name):
            if entry.name == name:
                return entry
        raise Unreadable(b"", "vanished", folder=True)

    def _at(self, names: tuple[str, ...], rules: FolderPath) -> Folder:
        path = path_of(self._connector.top, names)
        owner = self._connector.owners.of_folder(rules)
        return Folder(names, path, rules, owner, self._mark(names))

    def _below(self, folder: Folder, name: str) -> Folder:
        names, rules = (*folder.names, name), folder.rules.child(name)
        path = path_of(folder.path, (name,))
        owner = self._connector.owners.of_folder(rules)
        return Folder(names, path, rules, owner, folder.mark)

    def _mark(self, names: Sequence[str]) -> bytes:
        elsewhere = self._share.mark(names)
        return blake2b(elsewhere, digest_size=MARK_BYTES).digest() if elsewhere else b""

    def _folder(
        self, folder: Folder, listing: list[Entry], pending: list[Folder]
    ) -> Iterator[Document | Unreadable | Excluded]:
        """Yield the files of one folder and put its folders on `pending`, last name first."""
        mark = self._mark(folder.names)  # known once a link was followed
        folder = Folder(folder.names, folder.path, folder.rules, folder.owner, mark)
        left_out: Counter[str] = Counter()
        sizes: Counter[str] = Counter()
        below: list[Folder] = []
        listing.sort(key=lambda entry: name_bytes(entry.name), reverse=True)
        while listing:
            entry = listing.pop()
            rule = self._rule(folder, entry)
            if rule is not None and (rule == SYMLINK or not entry.attributes & _DIRECTORY):
                left_out[rule] += 1
                sizes[rule] += 0 if rule == SYMLINK else entry.size
                continue
            met = self._met(folder, entry, rule)
            if isinstance(met, Folder):
                below.append(met)
            else:
                yield met
        for rule in sorted(left_out):
            yield Excluded(rule, left_out[rule], sizes[rule])
        pending.extend(reversed(below))

    def _met(
        self, folder: Folder, entry: Entry, rule: str | None
    ) -> Folder | Document | Unreadable | Excluded:
        is_folder = bool(entry.attributes & _DIRECTORY)
        if rule is not None:
            if is_folder and rule != SYMLINK:
                return self._counted((*folder.names, entry.name), rule)
            return Excluded(rule, 1, 0 if rule == SYMLINK else entry.size)
        if not is_folder:
            return self._document(folder, entry)
        if entry.attributes & RECALL:  # listing it would fetch the names from where they are
            return Unreadable(path_of(folder.path, (entry.name,)), "offline", folder=True)
        return self._below(folder, entry.name)

    def _rule(self, folder: Folder, entry: Entry) -> str | None:
        if entry.attributes & REPARSE_POINT and entry.tag & NAME_SURROGATE:
            return SYMLINK
        is_folder = bool(entry.attributes & _DIRECTORY)
        rule = self._matcher.rule(entry.name, folder.rules, is_folder=is_folder)
        if rule is not None or is_folder:
            return rule
        limit = self._connector.excludes.max_size
        return SIZE if limit is not None and entry.size > limit else None

    def _document(self, folder: Folder, entry: Entry) -> Document:
        file_id = b""
        if entry.file_id not in _NO_ID:
            file_id = entry.file_id.to_bytes(8, "little") + folder.mark
        times = (entry.modified_ns & _MASK, entry.changed_ns & _MASK)
        small = entry.size <= 1 and entry.name.endswith(STUBS)
        return Document(
            connector=self._connector,
            path=path_of(folder.path, (entry.name,)),
            item="",
            owner=folder.owner or None,
            size=entry.size,
            modified_ns=max(-MAX_NS, min(entry.modified_ns, MAX_NS)),
            version=struct.pack("<QQQ", entry.size, *times) + file_id,
            file_id=file_id,
            placeholder=bool(entry.attributes & RECALL) or small,
            tells_access=True,
        )

    def _counted(self, names: tuple[str, ...], rule: str) -> Excluded:
        """Count the files below a folder that a rule leaves out, links and what is away aside."""
        count = size = looked_at = 0
        complete = True
        pending = [names]
        while pending:
            above = pending.pop()
            try:
                listing = self._share.listing(above)
            except Unreadable as error:
                if error.lost:
                    raise self._lost(error) from None
                complete = False
                continue
            for entry in listing:
                looked_at += 1
                if looked_at > MAX_COUNTED:
                    return Excluded(rule + AT_LEAST, count, size)
                if entry.attributes & REPARSE_POINT or entry.attributes & RECALL:
                    count += not entry.attributes & _DIRECTORY
                elif entry.attributes & _DIRECTORY:
                    pending.append((*above, entry.name))
                else:
                    count += 1
                    size += entry.size
        return Excluded(rule if complete else rule + AT_LEAST, count, size)

    def _check_root(self, error: Unreadable) -> None:
        """Raise Unreadable when it is not one folder that is gone but the root with all in it."""
        if error.reason != "vanished":
            return
        names, _ = self._connector.way()
        try:
            self._share.listing(names, "?")
        except Unreadable as trouble:
            raise self._lost(trouble) from None

    def _lost(self, error: Unreadable) -> Unreadable:
        reason = "offline" if error.reason == "vanished" else error.reason
        lost = error.lost or ("folder" if error.reason == "vanished" else "")
        return Unreadable(self._connector.walked, reason, folder=True, lost=lost)

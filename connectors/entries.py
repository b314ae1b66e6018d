"""Make a Document of one entry of a folder: a file, or a message of a Maildir. Opens nothing."""

from __future__ import annotations

import os
import stat
import struct
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace

from connectors import Audience, Connector, Document
from connectors.archives import MESSAGE
from connectors.excludes import SIZE, FolderPath
from connectors.maildir import CUR, NEW, TMP, is_message, mail_folder, unique_name
from connectors.opening import information, is_away
from connectors.owners import OwnerRules, account_of
from connectors.readable import narrower, of_file, of_folder
from connectors.volumes import Volume, Volumes

SPECIAL = "special"

_MASK = 2**64 - 1
MAX_NS = 2**63 - 1
STUBS = (".nextcloud", ".owncloud")
"""Nextcloud and ownCloud on Linux keep a file of one byte for a document in the cloud."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that a walk came to, with what the folders above it decide for it."""

    path: bytes
    prefix: bytes  # the path with a separator at its end
    rules: FolderPath
    volume: Volume
    owner: str | None
    is_mailbox: bool = False  # a Maildir: its folders cur and new hold messages
    mailbox: Folder | None = None  # the Maildir whose messages lie here
    mail_folder: tuple[str, ...] = ()
    way: Audience = ""  # who can come here, through the folders above and this one

    def path_of(self, name: str) -> bytes:
        return self.prefix + os.fsencode(name)

    def passed(self, info: os.stat_result) -> Folder:
        """Return it with what its own mode says of who can come here."""
        return replace(self, way=narrower(self.way, of_folder(info)))

    def within(self, parent: Folder, name: str) -> Folder:
        """Return it as what it is in the Maildir around it, if there is one."""
        if not parent.is_mailbox:
            return self
        if name in (CUR, NEW):
            return replace(self, mailbox=parent)
        return replace(self, mail_folder=mail_folder(name))


@dataclass(frozen=True, slots=True)
class Entries:
    """Turns entries into Documents of `connector`, by one place's rules."""

    connector: Connector
    owners: OwnerRules
    max_size: int | None

    def rule_of(self, info: os.stat_result) -> str | None:
        """Return the rule that leaves out a file for what it is, or None."""
        if not stat.S_ISREG(info.st_mode):
            return SPECIAL
        return SIZE if self.max_size is not None and info.st_size > self.max_size else None

    def document(self, folder: Folder, name: str, info: os.stat_result) -> Document:
        """Return the Document of a regular file, by one stat of it."""
        path = folder.path_of(name)
        volume = folder.volume
        if info.st_dev != volume.device and sys.platform != "win32":
            # one file mounted alone, or a layered file system: its own volume, by its path
            volume = Volume(info.st_dev, Volumes.mark(path))
        file_id = b""
        if volume.lasting_ids and info.st_ino:
            file_id = info.st_ino.to_bytes(16 if info.st_ino > _MASK else 8, "little") + volume.mark
        owner = folder.owner
        if owner is None and self.owners.account:
            owner = _account(path, info)
        is_mail = folder.mailbox is not None and is_message(name)
        changed = info.st_ctime_ns if volume.lasting_ids and sys.platform != "win32" else 0
        times = (info.st_mtime_ns & _MASK, changed & _MASK)
        found = Document(
            connector=self.connector,
            path=path,
            item="",
            owner=owner or None,
            size=info.st_size,
            modified_ns=max(-MAX_NS, min(info.st_mtime_ns, MAX_NS)),
            version=struct.pack("<QQQ", info.st_size, *times) + file_id,
            file_id=file_id,
            links=max(info.st_nlink, 1),
            placeholder=is_away(info) or (info.st_size <= 1 and name.endswith(STUBS)),
            readable_by=narrower(folder.way, of_file(info)) if volume.modes else "",
        )
        if not is_mail or folder.mailbox is None:
            return found
        return replace(  # renamed it is the same, and so it is in `cur`
            found,
            path=folder.mailbox.path,
            item=unique_name(name),
            version=struct.pack("<QQ", info.st_size, times[0]) + file_id,
            locator=path,
            folder=folder.mailbox.mail_folder,
            type=MESSAGE,
        )

    @staticmethod
    def information(folder: Folder, entry: os.DirEntry[str]) -> os.stat_result:
        """One stat. On Windows the listing has no file id, so the file is asked, if it is here."""
        info = entry.stat(follow_symlinks=False)
        if sys.platform == "win32" and stat.S_ISREG(info.st_mode) and not is_away(info):
            return information(folder.path_of(entry.name))
        return info


def changed_ns(document: Document) -> int:
    """Return when a file's bytes, name or rights changed last: nanoseconds since 1970, UTC.

    Where the system does not keep that, and of messages, when the bytes did.
    """
    if document.item:
        return document.modified_ns
    _, _, changed = struct.unpack_from("<QQQ", document.version)
    return max(document.modified_ns, changed if changed <= MAX_NS else 0)


def is_maildir(path: bytes, met: Collection[str] = (CUR, NEW)) -> bool:
    """Whether a folder is a mailbox; no, when that cannot be found out.

    `met`: the folders in it that a walk goes into. `tmp` may be there and left out by a rule.
    """
    if CUR not in met or NEW not in met:
        return False
    try:
        return all(
            stat.S_ISDIR(information(os.path.join(path, os.fsencode(name))).st_mode)
            for name in (CUR, NEW, TMP)
        )
    except OSError:
        return False


def _account(path: bytes, info: os.stat_result) -> str | None:
    if sys.platform == "win32":
        from connectors.opening import native
        from connectors.windows import owner_of

        return owner_of(os.fsdecode(native(path)))
    return account_of(info.st_uid)

"""Walk a local disk, or what is mounted on it, and open its files. Changes nothing there.

The rules of what is met, counted or passed by are told in docs/connectors.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from connectors import Document, Excluded, Unreadable
from connectors.archives import MESSAGE
from connectors.errors import reason_of
from connectors.excludes import Excludes, compiled
from connectors.opening import information, open_file
from connectors.owners import OwnerRules
from connectors.walking import Walk, steps_below


@dataclass(frozen=True, slots=True)
class DiskConnector:
    """One configured folder of a device, or one file.

    `device` is the device's id, `place` the place's name, `root` an absolute path as the
    platform's bytes (a link as root is followed; links below it are not). `below`: walk only this
    folder or file of the place, by the same rules and with the same tokens as the whole walk.
    """

    device: str
    place: str
    root: bytes = field(repr=False)
    excludes: Excludes = field(default=Excludes(), repr=False)
    owners: OwnerRules = field(default=OwnerRules(), repr=False)
    below: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", os.path.abspath(self.root))
        if self.below is not None:
            object.__setattr__(self, "below", os.path.abspath(self.below))
            steps_below(self.root, os.path.abspath(self.below))

    def walk(self) -> Iterator[Document | Unreadable | Excluded]:
        """Yield what lies below the root: each folder's files by name, then its folders.

        Runs in the coordinator, reads metadata only, one stat for each file. Files that a rule
        leaves out come summed up: one Excluded for each rule and folder, or for a folder left
        out with all that is below it. Raises Unreadable when the root cannot be reached, or
        is lost or replaced on the way.
        """
        return Walk(self).run()

    def meet(self, path: bytes) -> Document | Unreadable | Excluded | None:
        """Return what a walk would yield for one path below the root; None for a folder."""
        return Walk(self).meet(path)

    def open(self, document: Document) -> BinaryIO:
        """Open a document, seekable. Raises Unreadable. Runs in a worker.

        A file with large holes is shown without them (connectors/sparse.py), so the stream can
        be shorter than the document's size.
        """
        if document.placeholder:
            raise Unreadable(document.path, "offline")
        is_message = document.item and document.type == MESSAGE  # of a Maildir: a file
        return open_file(document.locator if is_message else document.path)

    def is_private(self, name: str) -> bool:
        """Whether a mail folder of this name stays closed, by the rule of private folders."""
        return compiled(self.excludes).is_private(name, is_folder=True)

    def seconds(self, documents: int, size: int) -> float:
        """Return 0: opening a file takes no time of its own."""
        return 0.0

    def exists(self, path: bytes) -> bool:
        """Whether something still lies at `path`; yes, too, when that cannot be found out."""
        try:
            information(path)
        except OSError as error:
            if reason_of(error) != "vanished":
                return True
            return not os.path.exists(self.root)
        return True

"""Mailboxes on servers as places: folders of messages behind a login. Speaks no protocol itself.

A protocol is an Account that connects to a Mailbox (connectors.imap); all else is the same for
every server: what rules leave out, how folders are named, what a scan is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Protocol, cast

from connectors import Document, Excluded, Reason, Unreadable
from connectors.archives import MESSAGE, Hasher, Listed, Message
from connectors.counting import AT_LEAST
from connectors.excludes import PLACE, PRIVATE, Excludes, FolderPath, compiled
from connectors.owners import OwnerRules

FOLDER = "application/x-mail-folder"
"""The type of a document that is a folder of a mailbox: what is listed in it are its messages."""
SHARED = "shared"
"""The rule that leaves out folders of other people, and shared ones."""
SEPARATOR = os.sep.encode()


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder as its server lists it.

    `names`: outermost first, as people read them. `key`: what the server calls it. `token`: equal
    means that no message came or went. `messages`, `size` in bytes: as the server says, -1 where
    it does not. `shared`: it lies outside the account's own folders; `owner`: whose it is then.
    `reason`: why it cannot be looked into, or None.
    """

    names: tuple[str, ...] = field(repr=False)
    key: bytes = field(repr=False)
    token: bytes
    messages: int
    size: int
    shared: bool = False
    owner: str | None = field(default=None, repr=False)
    reason: Reason | None = None


class Mailbox(Protocol):
    """A mailbox as one process sees it, over one connection that is made when first needed.

    Holds secrets and does not pickle. Changes nothing on the server, marks nothing as read. A
    connection that breaks is made anew, with growing pauses. Raises Unreadable with `lost` set
    where the mailbox itself is out of reach; then nothing further is tried. Paths are empty.
    """

    def folders(self) -> Iterator[MailFolder]:
        """Yield every folder that can hold messages, with the reason where one does not answer."""
        ...

    def messages(
        self, key: bytes, state: bytes, again: Collection[str], max_size: int | None
    ) -> Iterator[Listed]:
        """Yield what a folder holds, and a Mark now and then, and at the end.

        `state`: from the Mark of this listing or of an earlier one: what it met then and is still
        there comes as Kept, but for `again` (items). Private messages, and those above `max_size`
        bytes, come as Excluded. Raises Unreadable for a folder that cannot be opened.
        """
        ...

    def open(self, key: bytes, item: str, size: int) -> BinaryIO:
        """Return a message as MIME, seekable, in flat memory whatever its size. Raises Unreadable.

        `size`: what its listing said, in bytes.
        """
        ...

    def expect(self, wanted: Sequence[tuple[bytes, str, int]]) -> None:
        """Take note of the messages (key, item, size) that will be opened next, in this order."""
        ...

    def close(self) -> None:
        """Say goodbye to the server. The next call would connect again."""
        ...


class Account(Protocol):
    """Which mailbox, on which server, and where its secret lies. Small, pickles without secrets."""

    @property
    def user(self) -> str: ...

    @property
    def connections(self) -> int:
        """How many connections there may be at a time."""
        ...

    @property
    def shared(self) -> bool:
        """Whether folders outside the account's own are read too."""
        ...

    def connect(self, hasher: Callable[[], Hasher], spool: Callable[[], BinaryIO]) -> Mailbox:
        """Return the mailbox, not yet connected. `spool` makes the files messages are kept in."""
        ...

    def seconds(self, messages: int, size: int) -> float:
        """Return how long opening so many messages may take, `size` bytes together."""
        ...


@dataclass(frozen=True, slots=True)
class MailConnector:
    """One mailbox, or a folder of it with all below, as a place.

    `root`: the path of the account, with the folder's names behind it (`folder_path`). `places`:
    paths of folders that are places of their own. `below`: walk only this folder of the place.
    """

    device: str
    place: str
    root: bytes = field(repr=False)
    account: Account = field(repr=False)
    top: bytes = field(repr=False)  # path of the whole account
    excludes: Excludes = field(default=Excludes(defaults=False), repr=False)
    owners: OwnerRules = field(default=OwnerRules((), account=False), repr=False)
    places: tuple[bytes, ...] = field(default=(), repr=False)
    below: bytes | None = field(default=None, repr=False)

    def walk(self) -> Iterator[Document | Unreadable | Excluded]:
        """Yield the folders by name, each a Document of type FOLDER that is listed in a worker.

        Runs in the coordinator: one login, folders and their counts, and goodbye, before the
        first is yielded. A folder that does not answer is yielded as Unreadable. Raises
        Unreadable, with `lost` saying why, when the mailbox is out of reach, or the server lists
        neither the folder that is the place nor one below it.
        """
        mailbox = self.account.connect(_no_hasher, _no_spool)
        try:
            met = [self._met(folder) for folder in mailbox.folders()]
        except Unreadable as error:
            raise self._named(error, self.root) from None
        finally:
            mailbox.close()
        found = sorted((each for each in met if each is not None), key=lambda each: each[0])
        walked = self.below or self.root
        if not found and walked != self.top:
            raise Unreadable(walked, "vanished", folder=True, lost="folder")
        for _, event in found:
            yield event

    def _met(self, folder: MailFolder) -> tuple[bytes, Document | Unreadable | Excluded] | None:
        path = folder_path(self.top, folder.names)
        if not self._is_mine(path):
            return None
        if any(_lies_below(path, each) for each in self.places):
            return path, _counted(folder, PLACE)
        if (rule := self._rule(folder)) is not None:
            return path, _counted(folder, rule)
        if folder.reason is not None:
            return path, Unreadable(path, folder.reason, folder=True)
        return path, Document(
            connector=self,
            path=path,
            item="",
            owner=self._owner(folder),
            size=0,
            modified_ns=0,
            version=folder.token,
            locator=folder.key,
            folder=folder.names,
            type=FOLDER,
            holds=(max(folder.messages, 0), max(folder.size, 0)),
        )

    def _is_mine(self, path: bytes) -> bool:
        return _lies_below(path, self.below or self.root) and _lies_below(path, self.root)

    def _rule(self, folder: MailFolder) -> str | None:
        matcher = compiled(self.excludes)
        if any(matcher.is_private(name, is_folder=True) for name in folder.names):
            return PRIVATE
        if folder.shared and not self.account.shared:
            return SHARED
        above = self._rules_path()
        for name in folder.names[len(_names(self.top, self.root)) :]:
            if (rule := matcher.rule(name, above, is_folder=True)) is not None:
                return rule
            above = above.child(name)
        return None

    def _rules_path(self) -> FolderPath:
        return FolderPath.root(self.root)

    def _owner(self, folder: MailFolder) -> str | None:
        path = self._rules_path()
        for name in folder.names[len(_names(self.top, self.root)) :]:
            path = path.child(name)
        named = self.owners.of_folder(path)
        if named is not None:
            return named or None
        return folder.owner if folder.shared else self.account.user

    @staticmethod
    def message(folder: Document, message: Message) -> Document:
        """Return what a listing of a folder met as a document."""
        return replace(
            folder,
            item=message.item,
            size=message.size,
            modified_ns=message.modified_ns,
            version=message.version,
            file_id=message.identity,
            folder=(),  # its path says it
            type=MESSAGE,
            state=b"",
            again=(),
            holds=(0, 0),
        )

    def open(self, document: Document) -> BinaryIO:
        """Open one message over a connection of its own. A scan keeps one for many instead."""
        mailbox = self.account.connect(_no_hasher, _spooled)
        try:
            return mailbox.open(document.locator, document.item, document.size)
        except Unreadable as error:
            raise self._named(error, document.path) from None
        finally:
            mailbox.close()

    def is_private(self, name: str) -> bool:
        """Whether a mail folder of this name stays closed, by the rule of private folders."""
        return compiled(self.excludes).is_private(name, is_folder=True)

    def exists(self, path: bytes) -> bool:
        """Whether the server lists a folder at `path`; yes, too, when it cannot be asked."""
        mailbox = self.account.connect(_no_hasher, _no_spool)
        try:
            return path in (folder_path(self.top, each.names) for each in mailbox.folders())
        except Unreadable:
            return True
        finally:
            mailbox.close()

    def seconds(self, documents: int, size: int) -> float:
        """Return how long the server may take, pauses included."""
        return self.account.seconds(documents, size)

    @staticmethod
    def _named(error: Unreadable, path: bytes) -> Unreadable:
        return Unreadable(path, error.reason, folder=error.folder, lost=error.lost)


SPOOL_BYTES = 2 * 1024**2
"""A message up to this size is kept in memory while it is read, a longer one in a private file."""


def folder_path(top: bytes, names: Sequence[str]) -> bytes:
    """Return the path of a folder below the account's; a separator in a name is written %2F."""
    return SEPARATOR.join((top, *map(_component, names)))


def _component(name: str) -> bytes:
    escaped = name.replace("%", "%25").replace(os.sep, f"%{ord(os.sep):02X}").replace("\x00", "%00")
    return escaped.encode("utf-8", "surrogateescape")


def _names(top: bytes, path: bytes) -> list[bytes]:
    rest = path[len(top) :].strip(SEPARATOR)
    return rest.split(SEPARATOR) if rest else []


def _lies_below(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder + SEPARATOR)


def _counted(folder: MailFolder, rule: str) -> Excluded:
    known = folder.messages >= 0
    return Excluded(
        rule if known else rule + AT_LEAST, max(folder.messages, 0), max(folder.size, 0)
    )


def _no_hasher() -> Hasher:
    raise TypeError("a walk hashes nothing")


def _spooled() -> BinaryIO:
    return cast(BinaryIO, SpooledTemporaryFile(SPOOL_BYTES))


def _no_spool() -> BinaryIO:
    raise TypeError("a walk opens no message")

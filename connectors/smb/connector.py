"""A share of a server as a place: walk it, and open its files. Changes nothing there.

The rules of what is met, counted or passed by are told in docs/connectors.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, BinaryIO

from connectors import Access, Document, Excluded, Unreadable
from connectors.excludes import Excludes, FolderPath, compiled
from connectors.owners import OwnerRules, owner_of_sid
from connectors.smb.account import ShareAccount, lost
from connectors.smb.address import SERVERS, names_below, path_of

if TYPE_CHECKING:
    from connectors.smb.opening import Said
    from connectors.smb.share import Share

_SERVER_AND_SHARE = 2


@dataclass(frozen=True, slots=True)
class SmbConnector:
    """One share, or a folder of it, as a place.

    `root`: the path of the share (ShareAddress.root), with the folder's names behind it. `below`:
    walk only this folder or file of the place. Names are told apart by their case here, though
    servers do not: `root` and `below` are to be written as the server writes them.
    """

    device: str
    place: str
    root: bytes = field(repr=False)
    account: ShareAccount = field(repr=False)
    excludes: Excludes = field(default=Excludes(fold_case=True), repr=False)
    owners: OwnerRules = field(default=OwnerRules((), fold_case=True), repr=False)
    below: bytes | None = field(default=None, repr=False)
    _walking: list[Share] = field(default_factory=list, repr=False, compare=False)

    def __reduce__(self) -> tuple[object, ...]:
        """Sessions stay in the process that made them."""
        kept = [getattr(self, each.name) for each in fields(self) if each.compare]
        return (SmbConnector, tuple(kept))

    @property
    def top(self) -> bytes:
        """The path of the whole share."""
        return path_of(SERVERS, names_below(SERVERS, self.root)[:_SERVER_AND_SHARE])

    @property
    def share_name(self) -> str:
        return names_below(SERVERS, self.root)[1]

    @property
    def walked(self) -> bytes:
        """The path of what a walk goes through: the place, or the part of it that is asked."""
        return self.below or self.root

    def way(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names from the share to the place, and from there to what is walked."""
        return names_below(self.top, self.root), names_below(self.root, self.walked)

    def rules_of(self, names: tuple[str, ...]) -> FolderPath:
        """Return a folder of the share as rules see it.

        Absolute rules mean `//server/share/…`; on a drive that is shared whole (`C$`) also what
        they mean on a disk, so that the system's own files are left out there.
        """
        root, _ = self.way()
        share = self.share_name
        is_drive = len(share) == len("C$") and share.endswith("$")
        above = "" if is_drive else f"//{self.account.host}/{share}"
        path = FolderPath(f"{above}/", "")
        for number, name in enumerate(names):
            path = path.child(name)
            if number < len(root):
                path = FolderPath(path.absolute, "")
        return path

    def rule_of(self, path: bytes) -> str:
        """Return the absolute rule that means a path of the share."""
        return self.rules_of(names_below(self.top, path)).absolute.rstrip("/")

    def walk(self) -> Iterator[Document | Unreadable | Excluded]:
        """Yield what lies below the root: each folder's files by name, then its folders.

        Runs in the coordinator: one login, and one listing for each folder. Who owns a file and
        who can read it is told when it is opened. Raises Unreadable, with `lost` saying why,
        when the share is out of reach or the root is lost on the way.
        """
        share = self.connect()  # says so where smbprotocol is missing
        from connectors.smb.walking import Walk

        self._walking.append(share)
        try:
            yield from Walk(self, share).run()
        finally:
            self._walking.remove(share)
            share.close()

    def connect(self) -> Share:
        """Return the share for this process, not yet connected. Raises Unreadable."""
        try:
            from connectors.smb.share import Share
        except ImportError:
            gone = lost("extra")
            raise Unreadable(self.walked, gone.reason, folder=True, lost=gone.lost) from None
        return Share(self.account, self.share_name)

    def open(self, document: Document) -> BinaryIO:
        """Open a document over a session of its own. A scan keeps one for many instead."""
        from connectors.smb.session import Session

        session = Session(self)
        try:
            return session.open(document, keep=False)
        except BaseException:
            session.close()
            raise

    def names(self, document: Document) -> tuple[str, ...]:
        """Return the names from the share to a document."""
        return names_below(self.top, document.path)

    def access(self, document: Document, said: Said) -> Access:
        """Return whose a document is, by rule or else by its own word, and who can read it."""
        by_rule = self.owners.of_folder(self.rules_of(self.names(document)[:-1]))
        owner = by_rule if by_rule is not None else owner_of_sid(said.security.owner)
        return Access(owner or None, said.security.readable_by, said.left_out)

    def is_private(self, name: str) -> bool:
        """Whether a mail folder of this name stays closed, by the rule of private folders."""
        return compiled(self.excludes).is_private(name, is_folder=True)

    def exists(self, path: bytes) -> bool:
        """Whether something still lies at `path`; yes, too, when that cannot be found out."""
        *above, name = names_below(self.top, path)
        share = self._walking[-1] if self._walking else self.connect()
        try:
            return any(each.name == name for each in share.listing(above, name))
        except Unreadable as error:
            return error.reason != "vanished"
        finally:
            if share not in self._walking:
                share.close()

    def seconds(self, documents: int, size: int) -> float:
        """Return how long the server may take, pauses included."""
        return self.account.seconds(size)

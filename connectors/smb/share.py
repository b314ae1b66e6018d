"""A share as one process sees it: lists folders and opens files, over links of DFS if need be.

Changes nothing. A connection that breaks is made anew, with growing pauses; a refused login is
not tried again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from smbprotocol.tree import TreeConnect

from connectors import Unreadable
from connectors.smb import messages
from connectors.smb.account import ATTEMPTS, ShareAccount, lost
from connectors.smb.messages import Entry, Lie
from connectors.smb.status import (
    BAD_NETWORK_NAME,
    NO_MORE_FILES,
    NO_SUCH_FILE,
    PATH_NOT_COVERED,
    reason_of,
)
from connectors.smb.wire import Dropped, Refusal, Wire

MAX_BREAKS = 30
"""Connections that may break in the life of one object; then the server is not worth another."""
MAX_LINKS = 8
"""DFS links that lead from one to the next."""
MAX_ENTRIES = 20_000_000
T = TypeVar("T")


class Target(NamedTuple):
    """Where something lies in truth: its server, share, and the names from there."""

    host: str
    share: str
    names: tuple[str, ...]


class Share:
    """One share with all that its DFS links lead to. `pause` waits so many seconds."""

    def __init__(
        self, account: ShareAccount, share: str, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.account = account
        self.pace = account.pace()
        self._home = Target(account.host, share, ())
        self._pause = pause
        self._wires: dict[str, Wire] = {}
        self._reached: set[str] = set()
        self._lost: Unreadable | None = None
        self._elsewhere: dict[str, Unreadable] = {}
        """Servers that a DFS link leads to and that are out of reach."""
        self._links: dict[tuple[str, ...], Target] = {}
        self._breaks = 0

    def listing(self, names: Sequence[str], pattern: str = "*") -> list[Entry]:
        """Return what lies in a folder, or what is called `pattern` in it. Raises Unreadable.

        Names come as they are written there. Half a listing counts as none.
        """

        def listed(wire: Wire, tree: TreeConnect, path: str) -> list[Entry]:
            body = wire.ask(tree, messages.create(path, messages.READ_DATA, folder=True))
            file_id = messages.opened(body).file_id
            found: list[Entry] = []
            try:
                for piece in _pieces(wire, tree, file_id, pattern):
                    found += messages.entries(piece)
                    if len(found) > MAX_ENTRIES:
                        raise Unreadable(b"", "limit", folder=True)
            finally:
                let_go(wire, tree, file_id)
            return found

        return self.there(names, listed)

    def mark(self, names: Sequence[str]) -> bytes:
        """Return what tells the share that a folder lies on from the one it is met in."""
        target = self._target(names)
        if (target.host, target.share) == (self._home.host, self._home.share):
            return b""
        return f"\\\\{target.host}\\{target.share}".casefold().encode("utf-8", "surrogatepass")

    def there(self, names: Sequence[str], work: Callable[[Wire, TreeConnect, str], T]) -> T:
        """Do `work` where `names` lie, again over a new connection where it breaks.

        Raises Unreadable, with `lost` where the share itself is out of reach; paths are empty.
        """
        for _ in range(ATTEMPTS):
            target = self._target(names)
            try:
                return self._at(names, work)
            except Dropped:
                self._break(target.host)
            except Lie:  # it came whole, so asking again brings the same
                raise Unreadable(b"", "corrupt") from None
            except Refusal as refusal:
                raise Unreadable(b"", reason_of(refusal.status)) from None
        raise Unreadable(b"", "offline")

    def _at(self, names: Sequence[str], work: Callable[[Wire, TreeConnect, str], T]) -> T:
        for _ in range(MAX_LINKS):
            target = self._target(names)
            wire = self._connected(target.host)
            try:
                tree = wire.tree(target.share)
            except Refusal as refusal:
                leads_on = refusal.status == BAD_NETWORK_NAME and wire.knows_dfs
                if leads_on and self._follow(wire, target, names):
                    continue
                raise self._no_tree(target, refusal) from None
            try:
                return work(wire, tree, _path(tree, target))
            except Refusal as refusal:
                if refusal.status != PATH_NOT_COVERED or not self._follow(wire, target, names):
                    raise
        raise Unreadable(b"", "limit", folder=True)

    def _no_tree(self, target: Target, refusal: Refusal) -> Unreadable:
        if target[:2] != self._home[:2]:
            return Unreadable(b"", reason_of(refusal.status), folder=True)
        self._lost = lost("share")
        return self._lost

    # DFS

    def _target(self, names: Sequence[str]) -> Target:
        folded = tuple(each.casefold() for each in names) if self._links else ()
        for size in range(len(folded), -1, -1):
            found = self._links.get(folded[:size])
            if found is not None:
                return found._replace(names=(*found.names, *names[size:]))
        return self._home._replace(names=tuple(names))

    def _follow(self, wire: Wire, target: Target, names: Sequence[str]) -> bool:
        """Learn where the link leads that `target` lies behind; False where nobody knows."""
        asked = "\\".join(("", target.host, target.share, *target.names))
        try:
            consumed, paths = wire.referral(asked)
        except Refusal:
            return False
        rest = len([each for each in asked[consumed:].split("\\") if each])
        if not consumed or rest > len(names):
            return False
        link = tuple(each.casefold() for each in names[: len(names) - rest])
        for path in paths:
            host, share, *below = [*(each for each in path.split("\\") if each), "", ""]
            found = Target(host.lower(), share, tuple(each for each in below if each))
            if not host or not share or self._links.get(link) == found:
                continue
            try:
                self._connected(found.host)
            except Unreadable as error:
                if error.lost and found.host == self._home.host:
                    raise
                continue
            self._links[link] = found
            return True
        return False

    # connections

    def _connected(self, host: str) -> Wire:
        gone = self._lost or self._elsewhere.get(host)
        if gone is not None:
            raise gone
        pauses = iter(self.account.pauses(reached=host in self._reached))
        while host not in self._wires:
            try:
                self._wires[host] = Wire(self.account, host)
                self._reached.add(host)
            except Unreadable as error:  # no second try: accounts are locked by those
                raise self._gone(host, error) from None
            except Dropped:
                pause = next(pauses, None)
                if pause is None:
                    raise self._gone(host, lost("unreachable")) from None
                self._pause(pause)
        return self._wires[host]

    def _gone(self, host: str, error: Unreadable) -> Unreadable:
        """Remember that a server is out of reach: the place with it, if it is the place's own."""
        if host == self._home.host:
            self._lost = error
            return error
        self._elsewhere[host] = Unreadable(b"", error.reason, folder=True)
        return self._elsewhere[host]

    def path_on(self, tree: TreeConnect, names: Sequence[str]) -> str | None:
        """Return how a file is called on a tree that is connected; None where it lies elsewhere."""
        target = self._target(names)
        if tree.share_name.casefold() != f"\\\\{target.host}\\{target.share}".casefold():
            return None
        return _path(tree, target)

    def dropped(self, names: Sequence[str]) -> None:
        """Take note that the connection broke over which `names` were asked for."""
        self._break(self._target(names).host)

    def _break(self, host: str) -> None:
        wire = self._wires.pop(host, None)
        if wire is not None:
            wire.shutdown()
        self._breaks += 1
        if self._breaks > MAX_BREAKS:
            self._lost = lost("unreachable")

    def close(self) -> None:
        """Say goodbye to all servers. The next call would connect again."""
        while self._wires:
            _, wire = self._wires.popitem()
            wire.leave()


def _pieces(wire: Wire, tree: TreeConnect, file_id: bytes, pattern: str) -> Iterator[bytes]:
    first = True
    while True:
        try:
            body = wire.ask(
                tree, messages.listing(file_id, pattern, wire.listing_bytes, first=first)
            )
        except Refusal as refusal:
            if refusal.status in (NO_MORE_FILES, NO_SUCH_FILE):
                return
            raise
        first = False
        yield messages.buffer_of(body)


def let_go(wire: Wire, tree: TreeConnect, file_id: bytes) -> None:
    try:
        wire.ask(tree, messages.close(file_id))
    except (Dropped, Refusal):
        pass


def _path(tree: TreeConnect, target: Target) -> str:
    """Return a path as a CREATE names it: within DFS with its server and share in front."""
    steps = (target.host, target.share, *target.names) if tree.is_dfs_share else target.names
    return "\\".join(steps)

"""Places where documents lie: what a connector yields, and how a configured place becomes one.

Connectors reach bytes and metadata; they understand no format and import nothing else of Fodspor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, Protocol, runtime_checkable

Reason = Literal[
    "encrypted",
    "corrupt",
    "truncated",
    "timeout",
    "memory",
    "crash",
    "too_large",
    "unsupported",
    "no_access",
    "vanished",
    "locked",
    "missing_extra",
    "offline",
    "limit",
]
"""Why something was not read: a closed list (docs/architecture.md, Statuses)."""

Lost = Literal[
    "",
    "unreachable",
    "login",
    "account",
    "secret",
    "certificate",
    "authority",
    "tls",
    "encryption",
    "busy",
    "folder",
    "share",
    "extra",
]
"""Why a whole place is out of reach, where more can be said than the reason."""


Audience = Literal["", "owner", "group", "everyone"]
"""Who can read a document besides administrators: its owner alone, a named group, everybody who
may log in; empty where that cannot be found out."""


class Unreadable(Exception):
    """What could not be reached: yielded by `walk` for a folder or a file, raised by `open`.

    `path` is what the platform calls it, as bytes. `folder` is true when everything below is
    unknown too, so that nothing below may be taken for gone. `lost`: the place itself is out of
    reach, whatever was asked of it, and why: the run ends. `str()` names no path.
    """

    def __init__(
        self, path: bytes, reason: Reason, *, folder: bool = False, lost: Lost = ""
    ) -> None:
        super().__init__(reason)
        self.path = path
        self.reason: Reason = reason
        self.folder = folder
        self.lost: Lost = lost

    def __reduce__(self) -> tuple[object, ...]:
        return (_unreadable, (self.path, self.reason, self.folder, self.lost))


def _unreadable(path: bytes, reason: Reason, folder: bool, lost: Lost) -> Unreadable:
    return Unreadable(path, reason, folder=folder, lost=lost)


@dataclass(frozen=True, slots=True)
class Excluded:
    """Files that a rule leaves out: counted, never opened. `size` is their bytes together."""

    rule: str
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document that a walk met: metadata only, cheap to pickle, opened in a worker.

    `path` is what the connector opens, `item` the key of a message inside an archive or empty.
    `version` is the opaque change token: equal tokens mean unchanged. `file_id` names the file
    whatever its path is (empty where the platform has none); `links` counts its hard links.
    `placeholder` marks a cloud file that is not downloaded and must not be opened.
    A message has the path of its mailbox, its `folder` names there, its `type`, and a `locator`:
    how the connector finds it this time. Of an archive `state` says where to list on from, and
    `again` which of its messages to list although they are known. A folder of a mail server
    `holds` messages, and bytes of them, as far as the server says. `readable_by`: who can read it,
    where the walk's metadata says so. `tells_access`: whose it is and who can read it is told by
    the file when it is opened (Access); what was told before holds until then.
    """

    connector: Connector = field(repr=False)
    path: bytes = field(repr=False)
    item: str = field(repr=False)
    owner: str | None
    size: int  # bytes
    modified_ns: int  # nanoseconds since 1970, UTC
    version: bytes
    file_id: bytes = b""
    links: int = 1
    placeholder: bool = False
    locator: bytes = field(default=b"", repr=False)
    folder: tuple[str, ...] = field(default=(), repr=False)
    type: str = ""
    state: bytes = field(default=b"", repr=False)
    again: tuple[str, ...] = ()
    holds: tuple[int, int] = (0, 0)
    readable_by: Audience = ""
    tells_access: bool = False

    def open(self) -> BinaryIO:
        """Open the bytes for reading, seekable. Raises Unreadable. Runs in a worker."""
        return self.connector.open(self)


@dataclass(frozen=True, slots=True)
class Access:
    """What an open file says of itself that its listing did not.

    `owner` and `readable_by` as in Document. `left_out`: what lies beside its bytes and is not
    read (alternate streams), counted by rule.
    """

    owner: str | None
    readable_by: Audience
    left_out: tuple[Excluded, ...] = ()


@runtime_checkable
class Told(Protocol):
    """A stream that `open` may return: one that says more than its bytes.

    `access`: None where it could not be found out. `failed`: why the bytes stopped coming, for
    good, whatever a reader made of it; None as long as they come. `seconds`: what the line may
    still take until all of them are here.
    """

    @property
    def access(self) -> Access | None: ...

    @property
    def failed(self) -> Unreadable | None: ...

    @property
    def seconds(self) -> float: ...


class Connector(Protocol):
    """A place that can be walked and whose documents can be opened. Pickles without secrets."""

    @property
    def device(self) -> str: ...

    def walk(self) -> Iterator[Document | Unreadable | Excluded]:
        """Yield every regular file below the root, folder by folder, names sorted.

        Runs in the coordinator and reads metadata only. A folder that cannot be listed is
        yielded as Unreadable and the walk goes on; losing the root itself raises Unreadable.
        """
        ...

    def open(self, document: Document) -> BinaryIO:
        """Open one document for reading, seekable. Raises Unreadable with the reason."""
        ...

    def exists(self, path: bytes) -> bool:
        """Whether something still lies at `path`; a place out of reach counts as yes."""
        ...

    def is_private(self, name: str) -> bool:
        """Whether a mail folder of this name stays closed, by the rule of private folders."""
        ...

    def seconds(self, documents: int, size: int) -> float:
        """Return how long opening so many documents may take, of `size` bytes together.

        On top of what reading them may take; 0 for what is local.
        """
        ...

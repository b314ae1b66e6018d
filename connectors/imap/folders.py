"""List the folders of a mailbox and how many messages each holds. Opens none of them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from connectors.imap.account import ImapAccount
from connectors.imap.names import decoded
from connectors.imap.reasons import reason_of
from connectors.imap.responses import (
    ListedFolder,
    Value,
    listed,
    namespaces,
    number,
    statuses,
)
from connectors.imap.wire import Refusal, Wire, quoted
from connectors.mailserver import MailFolder

MAX_FOLDERS = 45_000
_NO_MESSAGES = frozenset((b"\\noselect", b"\\nonexistent"))
_TOKEN = struct.Struct(">QQQ")


def folders_of(wire: Wire, account: ImapAccount) -> list[MailFolder]:
    """Return the folders that can hold messages, those of others marked as shared."""
    own, others, shared = _namespaces(wire)
    wanted = b"MESSAGES UIDNEXT UIDVALIDITY" + (b" SIZE" if "STATUS=SIZE" in wire.offers else b"")
    ending = b" RETURN (STATUS (" + wanted + b"))" if "LIST-STATUS" in wire.offers else b""
    found: dict[bytes, ListedFolder] = {}
    told: dict[bytes, dict[bytes, Value]] = {}
    for prefix in [b"", *(others + shared if account.shared else ())]:
        answer = wire.ask("LIST", b'"" ' + quoted(prefix + b"*") + ending)
        told.update(statuses(answer.get("STATUS", ())))
        for each in listed(answer.get("LIST", ())):
            if len(found) < MAX_FOLDERS:
                found.setdefault(each.name, each)
    made: dict[tuple[str, ...], MailFolder] = {}
    for each in found.values():
        if each.flags & _NO_MESSAGES:
            continue
        names = names_of(each)
        if names in made:  # two spellings of one name: the server's own tells them apart
            names = (each.name.decode("ascii", "backslashreplace"),)
        made[names] = _folder(wire, each, names, told.get(each.name), wanted, (own, others, shared))
    return list(made.values())


def _namespaces(wire: Wire) -> tuple[list[bytes], list[bytes], list[bytes]]:
    if "NAMESPACE" not in wire.offers:
        return [], [], []
    own, others, shared = namespaces(wire.ask("NAMESPACE").get("NAMESPACE", ()))
    return own, others, shared


def names_of(folder: ListedFolder) -> tuple[str, ...]:
    """Return a folder's names for people, outermost first."""
    name = folder.name.rstrip(folder.separator) if folder.separator else folder.name
    parts = name.split(folder.separator) if folder.separator else [name]
    if parts[0].upper() == b"INBOX":
        parts[0] = b"INBOX"
    return tuple(map(decoded, parts))


def _folder(
    wire: Wire,
    folder: ListedFolder,
    names: tuple[str, ...],
    told: dict[bytes, Value] | None,
    wanted: bytes,
    spaces: tuple[Sequence[bytes], Sequence[bytes], Sequence[bytes]],
) -> MailFolder:
    own, others, shared = spaces
    longest = _longest(folder.name, (*own, *others, *shared))
    outside = bool(longest) and longest in (*others, *shared) and longest not in own
    owner = None
    if outside and longest in others:
        prefix = len(longest.split(folder.separator)) - 1 if folder.separator else 0
        owner = names[prefix] if len(names) > prefix else None
    if told is None:
        try:
            name = quoted(folder.name)
        except ValueError:  # a line end in it: nothing of ours asks for that
            return MailFolder(names, folder.name, b"", -1, -1, outside, owner, "unsupported")
        try:
            answer = wire.ask("STATUS", name + b" (" + wanted + b")")
        except Refusal as refusal:
            reason = reason_of(refusal)
            return MailFolder(names, folder.name, b"", -1, -1, outside, owner, reason)
        told = next((table for _, table in statuses(answer.get("STATUS", ()))), {})
    messages, size = number(told.get(b"MESSAGES")), number(told.get(b"SIZE"))
    validity, following = number(told.get(b"UIDVALIDITY"), 0), number(told.get(b"UIDNEXT"), 0)
    token = _TOKEN.pack(validity, following, max(messages, 0))
    return MailFolder(names, folder.name, token, messages, size, outside, owner)


def _longest(name: bytes, prefixes: Iterable[bytes]) -> bytes:
    fitting = (each for each in prefixes if each and (name + each[-1:]).startswith(each))
    return max(fitting, key=len, default=b"")

"""Say whose a file is and who can read it, from its security descriptor (MS-DTYP 2.4.6).

Kept simple, and told so in docs/connectors.md: an entry that denies takes its account out of
those who may read; who is a member of which group is not asked.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from connectors import Audience

EVERYONE = frozenset(
    (
        "S-1-1-0",  # Everyone
        "S-1-2-0",  # all who log in at the machine
        "S-1-5-2",  # all who come over the network
        "S-1-5-4",
        "S-1-5-7",  # nobody asked who they are
        "S-1-5-11",  # all who logged in
        "S-1-5-32-545",  # Users
        "S-1-5-32-546",  # Guests
        "S-1-5-32-554",  # Pre-Windows 2000 Compatible Access
    )
)
"""Who stands for all employees (MS-DTYP 2.4.2.4)."""
EVERYONE_OF_DOMAIN = frozenset((501, 513, 514, 515))
"""Of a domain: Guest, Domain Users, Domain Guests, Domain Computers."""
ADMINISTRATORS = frozenset(
    (
        "S-1-5-18",  # the system
        "S-1-5-19",
        "S-1-5-20",
        "S-1-5-9",  # domain controllers
        "S-1-5-32-544",  # Administrators
        "S-1-5-32-549",  # Server Operators
        "S-1-5-32-551",  # Backup Operators
        "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",  # TrustedInstaller
    )
)
ADMINISTRATORS_OF_DOMAIN = frozenset((500, 512, 516, 518, 519))
"""Of a domain: Administrator, Domain Admins, Domain Controllers, Schema and Enterprise Admins."""
OWNER = frozenset(("S-1-3-0", "S-1-3-4"))
"""Creator Owner, and Owner Rights."""
_DACL_PRESENT = 0x4
_INHERIT_ONLY = 0x8
_READS = 0x1 | 0x80000000 | 0x10000000
"""FILE_READ_DATA, GENERIC_READ, GENERIC_ALL (MS-DTYP 2.4.3)."""
_ALLOW, _DENY = frozenset((0, 5, 9, 11)), frozenset((1, 6, 10, 12))
"""Kinds of entries; those of objects and callbacks have their SID elsewhere or a condition."""
_OBJECT_ACES = frozenset((5, 6, 11, 12))
MAX_ACES = 10_000


class Security(NamedTuple):
    """The owner's SID, and who can read; "" where the descriptor does not say."""

    owner: str
    readable_by: Audience


class _Ace(NamedTuple):
    allows: bool
    reads: bool
    sid: str


def parsed(descriptor: bytes) -> Security:
    """Read a self-relative security descriptor. What is damaged says nothing."""
    try:
        control, owner_at, _, _, dacl_at = struct.unpack_from("<2xHIIII", descriptor)
        owner = _sid(descriptor, owner_at) if owner_at else ""
        if not control & _DACL_PRESENT or not dacl_at:
            return Security(owner, "everyone" if control & _DACL_PRESENT else "")
        return Security(owner, _audience(owner, list(_aces(descriptor, dacl_at))))
    except (struct.error, ValueError):
        return Security("", "")


def _audience(owner: str, aces: list[_Ace]) -> Audience:
    found: Audience = "owner"
    denied: set[str] = set()
    for ace in aces:  # in their order: the first that is about somebody decides
        if not ace.reads or ace.sid in denied:
            continue
        if not ace.allows:
            denied.add(ace.sid)
            continue
        if _is(ace.sid, EVERYONE, EVERYONE_OF_DOMAIN):
            return "everyone"
        if ace.sid != owner and not _is(ace.sid, ADMINISTRATORS | OWNER, ADMINISTRATORS_OF_DOMAIN):
            found = "group"
    return found


def _is(sid: str, known: frozenset[str], of_domain: frozenset[int]) -> bool:
    if sid in known:
        return True
    return sid.startswith("S-1-5-21-") and int(sid.rpartition("-")[2]) in of_domain


def _aces(descriptor: bytes, at: int) -> Iterator[_Ace]:
    size, count = struct.unpack_from("<2xHH", descriptor, at)
    end = min(at + size, len(descriptor))
    at += 8
    for _ in range(min(count, MAX_ACES)):
        kind, flags, length, mask = struct.unpack_from("<BBHI", descriptor, at)
        if length < 8 or at + length > end:
            raise ValueError("an entry that goes on behind its list")
        if kind in _ALLOW | _DENY and not flags & _INHERIT_ONLY:
            sid_at = at + 8
            if kind in _OBJECT_ACES:
                (present,) = struct.unpack_from("<I", descriptor, sid_at)
                sid_at += 4 + 16 * (present & 1) + 16 * (present >> 1 & 1)
            yield _Ace(kind in _ALLOW, bool(mask & _READS), _sid(descriptor, sid_at))
        at += length


def _sid(data: bytes, at: int) -> str:
    revision, count = struct.unpack_from("<BB", data, at)
    if revision != 1 or count > 15:
        raise ValueError("no SID")
    authority = int.from_bytes(data[at + 2 : at + 8], "big")
    parts = struct.unpack_from(f"<{count}I", data, at + 8)
    return "-".join(("S-1", str(authority), *map(str, parts)))

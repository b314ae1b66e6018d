"""Chain one more key to a seal: wrap what the seal before it makes. Keeps no value.

Wrapping needs no value, so that an index is brought under a new key without reading anything
(scanner.rekey).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from scanner.privacy import FINGERPRINT_BYTES, SHORT_BYTES, UNIT, Hashing, Seal


@dataclass(frozen=True, slots=False)
class Linked(Seal):
    """A seal with one more link; `key` is the link's, `before` the seal that it wraps."""

    before: Seal = field(repr=False)

    @property
    def keys(self) -> tuple[bytes, ...]:
        return (*self.before.keys, self.key)

    @cached_property
    def key_id(self) -> str:
        return self._subkey(b"id" + bytes.fromhex(self.before.key_id), 8).hex()

    @cached_property
    def _fingerprint_key(self) -> bytes:
        return self._subkey(b"fingerprint")

    def wrapped_fingerprint(self, fingerprint: bytes) -> bytes:
        """Return the 16-byte fingerprint under this link of one under the seal before it."""
        return hmac.digest(self._fingerprint_key, fingerprint, "sha256")[:FINGERPRINT_BYTES]

    def wrapped_hash(self, digest: bytes) -> bytes:
        """Return the 32-byte hash of a content or a message, wrapped."""
        return hmac.digest(self._content_key, digest, "sha256")

    def wrapped_key(self, key: bytes) -> bytes:
        """Return the 16-byte key of a path or a message, or its identity, wrapped."""
        return hmac.digest(self._content_key, b"key" + UNIT + key, "sha256")[:FINGERPRINT_BYTES]

    def wrapped_short(self, short: bytes) -> bytes:
        """Return a fingerprint of 8 bytes, wrapped."""
        return hmac.digest(self._fingerprint_key, b"short" + UNIT + short, "sha256")[:SHORT_BYTES]

    def fingerprint(self, kind: str, value: str) -> bytes:
        return self.wrapped_fingerprint(self.before.fingerprint(kind, value))

    def short_fingerprint(self, kind: str, value: str) -> bytes:
        return self.wrapped_short(self.before.short_fingerprint(kind, value))

    def path_key(self, path: bytes) -> bytes:
        return self.wrapped_key(self.before.path_key(path))

    def message_key(self, name: bytes) -> bytes:
        return self.wrapped_key(self.before.message_key(name))

    def hasher(self) -> Hashing:
        return _Wrapped(self.before.hasher(), self.wrapped_hash)

    def identity_hasher(self) -> Hashing:
        return _Wrapped(self.before.identity_hasher(), self.wrapped_key)


class _Wrapped:
    """A hasher of which the digest is wrapped."""

    def __init__(self, hasher: Hashing, wrapped: Callable[[bytes], bytes]) -> None:
        self.update = hasher.update
        self._digest = hasher.digest
        self._wrapped = wrapped

    def digest(self) -> bytes:
        return self._wrapped(self._digest())


def chain(keys: tuple[bytes, ...]) -> Seal:
    """Return the seal of a chain of keys, oldest first. Raises ValueError for a key too short."""
    seal = Seal(keys[0])
    for key in keys[1:]:
        seal = seal.linked(key)
    return seal


def links_between(old: Seal, new: Seal) -> tuple[Linked, ...]:
    """Return the links that `new` has more than `old`, oldest first; empty: they are the same.

    Raises ValueError where `new` does not begin with the keys of `old`.
    """
    links: list[Linked] = []
    while len(new.keys) > len(old.keys) and isinstance(new, Linked):
        links.append(new)
        new = new.before
    if not hmac.compare_digest(b"".join(new.keys), b"".join(old.keys)):
        raise ValueError("the new chain of keys does not begin with the old one")
    return tuple(reversed(links))


def part_of(seal: Seal, key_id: str) -> Seal | None:
    """Return the chain that a chain begins with and that has this key id; None: there is none."""
    while seal.key_id != key_id:
        if not isinstance(seal, Linked):
            return None
        seal = seal.before
    return seal

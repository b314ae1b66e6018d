"""Say what each keyed or sealed column becomes under a longer chain of keys. Touches no file."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from connectors.mbox.state import State
from scanner.links import links_between
from scanner.names import unsealed_path
from scanner.privacy import MARK, Seal, WrongKey

KEPT = 50_000
"""Sealed names and states that are known for the next row."""

_SEALED = re.compile(rb"\x00([A-Za-z0-9_=-]+)\x00")
_KEYED_ITEM = re.compile(r"([0-9a-f]{32})(-[0-9]+)?")
"""A message of an archive; a Maildir's names have a dot, a mail server's a slash."""
_HEX = re.compile(r"[0-9a-f]{32}")
_LABEL = re.compile(r" #([0-9a-f]{6})( #[0-9]+)?\Z")
_SHORT = re.compile(r"[0-9a-f]{16}")
HASH_BYTES = 32


class Wrapping:
    """What each kind of column becomes on the way from one chain to a longer one.

    NULL and what is not keyed stay as they are. `unopened` counts sealed names that `old` does
    not open; they stay too.
    """

    def __init__(self, old: Seal, new: Seal) -> None:
        self._old, self._new = old, new
        self._links = links_between(old, new)
        self.unopened = 0
        self.sealed_name = lru_cache(KEPT)(self._sealed_name)
        self.mend = lru_cache(KEPT)(self._mend)

    def functions(self) -> Iterator[tuple[str, int, Callable[..., Any]]]:
        """Yield the functions as SQL calls them: name, number of arguments, function."""
        for name, arguments in {
            "fp": 1,
            "hash": 1,
            "key": 1,
            "token": 2,
            "identity": 2,
            "item": 1,
            "listing": 1,
            "mend": 1,
            "label": 2,
            "sealed_name": 1,
            "sealed_path": 1,
            "sealed_json": 1,
        }.items():
            yield f"rekey_{name}", arguments, getattr(self, name)

    def fp(self, fingerprint: bytes | None) -> bytes | None:
        if fingerprint:
            for link in self._links:
                fingerprint = link.wrapped_fingerprint(fingerprint)
        return fingerprint

    def hash(self, digest: bytes | None) -> bytes | None:
        if digest:
            for link in self._links:
                digest = link.wrapped_hash(digest)
        return digest

    def key(self, key: bytes | None) -> bytes | None:
        if key:
            for link in self._links:
                key = link.wrapped_key(key)
        return key

    def item(self, item: str | None) -> str | None:
        found = _KEYED_ITEM.fullmatch(item or "")
        if found is None:
            return item
        wrapped = self.key(bytes.fromhex(found[1])) or b""
        return wrapped.hex() + (found[2] or "")

    def token(self, item: str | None, token: bytes | None) -> bytes | None:
        """Wrap the change token of a message of an mbox: a keyed hash of its bytes."""
        keyed = token is not None and len(token) == HASH_BYTES and _KEYED_ITEM.fullmatch(item or "")
        return self.hash(token) if keyed else token

    def identity(self, item: str | None, file_id: bytes | None) -> bytes | None:
        """Wrap what a message of a mail server shares with its copies; other ids are no secret."""
        return self.key(file_id) if "/" in (item or "") else file_id

    def listing(self, state: bytes | None) -> bytes | None:
        """Wrap the digests in what is listed of an mbox; other archives keep none."""
        held = State.of(state or b"")
        if not held.pieces:
            return state
        held.pieces = [(end, self.hash(digest) or b"") for end, digest in held.pieces]
        return held.packed()

    def _mend(self, mend: str | None) -> str | None:
        """Wrap the digest of the passwords that were tried on what is encrypted."""
        if not mend or "encrypted" not in mend:
            return mend
        entries = []
        for entry in mend.split("|"):
            name, mark, state = entry.rpartition("=")
            if name.partition(":")[0] == "encrypted" and _SHORT.fullmatch(state):
                short = bytes.fromhex(state)
                for link in self._links:
                    short = link.wrapped_short(short)
                state = short.hex()
            entries.append(name + mark + state)
        return "|".join(entries)

    def label(self, root: bytes, name: str) -> str:
        """Give a place that is named by its sealed path the keyed number of its new key."""
        found = _LABEL.search(name)
        if found is None or b"\x00" not in root:
            return name
        try:
            path = unsealed_path(root, self._old)
        except WrongKey:  # counted with its root
            return name
        if found[1] != self._old.path_key(path)[:3].hex():
            return name
        number = self._new.path_key(path)[:3].hex()
        return f"{name[: found.start()]} #{number}{found[2] or ''}"

    def subject(self, subject: str) -> str:
        """Wrap what an audit row is about, where that is a fingerprint or a place's label."""
        if _HEX.fullmatch(subject):
            return (self.fp(bytes.fromhex(subject)) or b"").hex()
        if (found := _LABEL.search(subject)) is not None:
            number = (self.key(bytes.fromhex(found[1])) or b"")[:3].hex()
            return f"{subject[: found.start()]} #{number}{found[2] or ''}"
        return subject

    def _sealed_name(self, name: str | None) -> str | None:
        """Seal a name anew; a plain one stays, and one that does not open is counted."""
        if not name or not name.startswith(MARK) or name.count(MARK) < 2:
            return name
        sealed, masked = name[1:].split(MARK, 1)
        try:
            base64.urlsafe_b64decode(sealed)
            return self._new.seal_name(self._old.unseal_name(name), masked)
        except (WrongKey, binascii.Error):
            self.unopened += 1
            return name

    def sealed_path(self, path: bytes | None) -> bytes | None:
        """Seal the components of a path anew, whatever platform's separator stands in it."""
        if not path or b"\x00" not in path:
            return path
        return _SEALED.sub(self._component, path)

    def _component(self, found: re.Match[bytes]) -> bytes:
        name = self.sealed_name(found[0].decode("ascii"))
        return (name or "").encode("ascii")

    def sealed_json(self, text: str | None) -> str | None:
        """Seal anew the names in JSON, written as the index writes it."""
        if not text or "\\u0000" not in text:
            return text
        try:
            names = json.loads(text)
        except ValueError:  # not written by an index: nobody reads it
            self.unopened += 1
            return text
        return json.dumps(self._names(names), ensure_ascii=False)

    def _names(self, value: object) -> object:
        if isinstance(value, list):
            return [self._names(each) for each in value]
        return self.sealed_name(value) if isinstance(value, str) else value

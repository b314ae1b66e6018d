"""The kontrolfil: a made-up document, planted in a place by hand, that every run must find.

A run that finds it has opened files, read text, found values and sealed them. It is known by its
content; no findings of it are stored, so that no answer about people can hold it.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from connectors import Excluded
from connectors.addresses import is_remote
from connectors.smb.address import is_share, path_of

if TYPE_CHECKING:
    from scanner.model import Outcome
    from scanner.privacy import Seal

NAME = "Fodspor-kontrolfil.txt"
"""How it is called unless the configuration says otherwise."""
RULE = "kontrolfil"
"""Under which it is counted: no document of anybody."""
BORN = date(1900, 1, 1)
DAYS = 5400
"""Births from 1900 to 1914: a number that a person had, who lives no more (checked 2026)."""

Found = Literal["", "found", "missing", "moved", "changed", "unread", "no_findings"]
"""How a run found it. Empty: none is configured, or the run ended before it could tell. `moved`:
it lies elsewhere in the place; `changed`: another file lies there; `no_findings`: it was read, and
what is in it was not found."""
RED: frozenset[Found] = frozenset({"missing", "moved", "changed", "unread", "no_findings"})

_TEXT = """\
KONTROLFIL / CONTROL FILE
=========================

Denne fil er lavet af Fodspor. Alt i den er opdigtet og handler ikke om nogen.
Lad den ligge: hver natlig gennemgang skal finde den, ellers virker gennemgangen ikke.

This file was made by Fodspor. All in it is made up and about nobody.
Let it lie: every nightly scan must find it, or the scan does not work.

CPR-nr.: {cpr}
E-mail: {email}
"""


@dataclass(frozen=True, slots=True)
class Planted:
    """What is planted on one device: the file's bytes, and the values in it by kind."""

    content: bytes
    values: dict[str, str] = field(repr=False)


def planted(device: str) -> Planted:
    """Return what is planted on a device: always the same, so that nothing has to be kept."""
    from scanner.demo import fake

    digest = hashlib.blake2s(f"kontrolfil {device}".encode()).digest()
    chance = random.Random(int.from_bytes(digest, "big"))
    born = BORN + timedelta(days=chance.randrange(DAYS))
    cpr = fake.cpr(chance, born=born, hyphen=True)
    email = f"kontrolfil-{digest.hex()[:10]}@fodspor.example.com"
    text = _TEXT.format(cpr=cpr, email=email).replace("\n", "\r\n")
    return Planted(
        b"\xef\xbb\xbf" + text.encode(), {"DK_CPR": cpr.replace("-", ""), "EMAIL_ADDRESS": email}
    )


def path_in(root: bytes, name: str) -> bytes:
    """Return the path of a kontrolfil in a place, `name` with slashes between its folders."""
    names = name.split("/")
    if is_share(root):
        return path_of(root, names)
    if is_remote(root):
        return b"/".join((root.rstrip(b"/"), name.encode()))
    return os.fsencode(os.path.join(os.fsdecode(root), *names))


class Control:
    """What one run of a place learns of its kontrolfil, and of copies of it."""

    def __init__(
        self, seal: Seal, device: str, kinds: Collection[str], path: bytes | None = None
    ) -> None:
        self.path = path
        made = planted(device)
        self._size = len(made.content)
        hasher = seal.hasher()
        hasher.update(made.content)
        self._hash = hasher.digest()
        self._wanted = {
            seal.fingerprint(kind, value) for kind, value in made.values.items() if kind in kinds
        }
        self._found: Found = ""
        self._elsewhere = False

    def is_at(self, path: bytes, item: str) -> bool:
        """Whether a document lies where the kontrolfil is to lie."""
        return self.path is not None and path == self.path and not item

    def take(self, outcome: Outcome) -> Excluded | None:
        """Take note of an outcome; return how to count it where it is the kontrolfil or a copy."""
        reading = outcome.readings[0] if outcome.readings else None
        ours = reading is not None and reading.hash == self._hash and not outcome.document.item
        here = self.is_at(outcome.document.path, outcome.document.item)
        if here and reading is None:
            self._found = "unread"
        elif here and not ours:
            self._found = "changed"
        if not ours or reading is None:
            return None
        if here:
            held = {finding.fingerprint for finding in reading.findings}
            whole = self._wanted <= held and reading.status == "read"
            self._found = "found" if whole else "no_findings"
        else:
            self._elsewhere = True
        return Excluded(RULE, 1, outcome.document.size)

    def ended(self, *, whole: bool) -> Found:
        """Return what the run found; `whole`: it met all that lies in the place."""
        if self.path is None or self._found or not whole:
            return self._found
        return "moved" if self._elsewhere else "missing"

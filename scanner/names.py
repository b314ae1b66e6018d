"""Seal and mask the names of places (files, sheets, attachments) that hold an identifier."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from connectors.addresses import parts_of_server
from connectors.owners import is_sid
from detectors import FINDING, MAYBE, Match
from scanner.model import Finding, Place
from scanner.privacy import PAPERS, SPECIAL, Seal, mask, shown

SUSPICIOUS = re.compile(r"@|(?:[0-9](?:[^0-9A-Za-z]{0,3})){6}|[A-Z]{2}[0-9]{2}|<<")
"""What a name must show before detectors look at it: an identifier has an @ or six digits."""
READABLE = SPECIAL | PAPERS | {"PERSON", "DK_ADDRESS"}
"""Kinds that stay readable in a name: people must find the place (docs/privacy.md)."""
_COUNTED = re.compile(r"(?:line|column|page|row|slide|part) [0-9]{1,7}").fullmatch
"""A step that a layout counts itself. Seven digits are no identifier, whoever wrote them."""
SEPARATOR = os.sep.encode()


class Find(Protocol):
    """Finds the matches of a short text, judged on their own evidence."""

    def __call__(self, text: str, /) -> Sequence[Match]: ...


class Names:
    """Seals names under a key. Runs in coordinator and workers, with the same detectors."""

    def __init__(self, seal: Seal, find: Find) -> None:
        self._seal = seal
        self._find = find
        self.sealed = lru_cache(maxsize=50_000)(self._sealed)
        self._suspicious = lru_cache(maxsize=50_000)(self._looks_suspicious)

    def matches(self, name: str) -> Sequence[Match]:
        """Return the matches in a name, of any confidence above 0."""
        if not self._suspicious(name):
            return ()
        return [match for match in self._find(name) if match.confidence > 0]

    def _looks_suspicious(self, name: str) -> bool:
        return SUSPICIOUS.search(name) is not None

    def _sealed(self, name: str) -> str:
        matches = [match for match in self.matches(name) if match.kind not in READABLE]
        if not matches:
            return name
        pieces, end = [], 0
        for match in sorted(matches, key=lambda each: (each.start, -each.end)):
            if match.start >= end:
                pieces += [name[end : match.start], mask(match.kind, match.value)]
            end = max(end, match.end)
        pieces.append(name[end:])
        return self._seal.seal_name(name.encode("utf-8", "surrogateescape"), "".join(pieces))

    def steps(self, place: Place) -> Place:
        """Return the steps of a place, each sealed where it holds an identifier."""
        for step in place:
            if _COUNTED(step) is None:
                return tuple(map(self.sealed, place))
        return place

    def path(self, path: bytes) -> bytes:
        """Return a path as it is stored: components that hold an identifier are sealed."""
        return SEPARATOR.join(
            self.sealed(os.fsdecode(part)).encode("utf-8", "surrogateescape")
            for part in path.split(SEPARATOR)
        )

    def masked(self, name: str) -> str:
        """Return a name as it is shown: one that holds an identifier is masked.

        The number of an account is no value that was found.
        """
        return name if is_sid(name) else shown(self.sealed(name))

    def label(self, name: str) -> str:
        """Return a place's name fit for the index: a path that holds an identifier is masked.

        A keyed number behind it keeps two such places apart.
        """
        raw = os.fsencode(name)
        stored = self.path(raw)
        if stored == raw:
            return name
        return f"{display(stored)} #{self._seal.path_key(raw)[:3].hex()}"

    def in_path(self, path: bytes) -> Iterator[tuple[Match, Place]]:
        """Yield the matches in a path's own name and in those of the folders above it."""
        parts = list(map(os.fsdecode, path.split(SEPARATOR)))
        parts = parts[parts_of_server(path) :]  # where it is says nothing of what lies in it
        for number, part in enumerate(parts):
            place = ("name",) if number == len(parts) - 1 else ("folder name",)
            for match in self.matches(part):
                yield match, place

    def findings(self, path: bytes) -> list[Finding]:
        """Return what a path itself gives away, a finding for each value, place "name"."""
        return self._told(self.in_path(path))

    def in_folders(self, names: Iterable[str]) -> list[Finding]:
        """Return what the names of mail folders give away, place "folder name"."""
        return self._told(
            (match, ("folder name",)) for name in names for match in self.matches(name)
        )

    def _told(self, matches: Iterable[tuple[Match, Place]]) -> list[Finding]:
        found: dict[tuple[str, str], Finding] = {}
        for match, place in matches:
            if match.confidence >= MAYBE:
                found[(match.kind, match.value)] = Finding(
                    match.kind,
                    self._seal.fingerprint(match.kind, match.value),
                    mask(match.kind, match.value),
                    max(match.confidence, FINDING) if match.kind == "DK_CPR" else match.confidence,
                    match.evidence,
                    (place,),
                    1,
                )
        return list(found.values())


def unsealed_path(stored: bytes, seal: Seal) -> bytes:
    """Return the platform's path of a stored one. Raises WrongKey."""
    return SEPARATOR.join(
        os.fsencode(seal.unseal_name(text).decode("utf-8", "surrogateescape"))
        if (text := part.decode("utf-8", "surrogateescape")).startswith("\x00")
        else part
        for part in stored.split(SEPARATOR)
    )


def display(stored: bytes) -> str:
    """Return a stored path fit for eyes: sealed components masked. Needs no key."""
    return os.sep.join(
        shown(part.decode("utf-8", "surrogateescape")) for part in stored.split(SEPARATOR)
    )

"""What a scan does to a document, as a value; and whether an old result still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from typing import Literal

from connectors import Reason
from scanner.extract.readers import READERS
from scanner.judging import DEFAULT, Judging
from scanner.model import Limits, Problem
from scanner.secret import SecretSource

EVERY_RUN: frozenset[Reason] = frozenset({"no_access", "locked", "vanished", "offline"})
"""Problems that are tried again in every run."""
DOUBLING: frozenset[Reason] = frozenset({"timeout", "crash", "memory"})
"""Problems that are tried again in three runs with doubling gaps."""
EXTRAS = {"ocr": "pytesseract"}
"""Which module tells that an extra is installed."""


Look = Literal["off", "beside", "everywhere"]
"""How far names of persons are looked for."""


class RecipeError(Exception):
    """A kind or recogniser that the configuration names cannot work: says which, and why."""


@dataclass(frozen=True, slots=True)
class CustomKind:
    """A kind of the user's own, as written under [[detect.kind]]."""

    name: str
    regex: str
    check: str = ""
    words: tuple[str, ...] = ()
    weight: float | None = None
    ignore_case: bool = False
    strip: str = ""
    level: str = "confidential"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Names, limits and places of secrets: never models or secrets. Hashable, pickles small.

    `reread_before`: a time as the index writes it; what was read until then is read again
    whether it changed or not (`scan --full`). Empty: only what is stale. `special_elsewhere`:
    categories that are not looked for here, but in another place of this configuration.
    """

    key: SecretSource
    kinds: tuple[str, ...] | None = None
    custom: tuple[CustomKind, ...] = ()
    presidio: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    special_elsewhere: tuple[str, ...] = ()
    no_text: tuple[str, ...] = ()
    passwords: tuple[SecretSource, ...] = ()
    names: Look = "beside"
    names_model: str = ""
    limits: Limits = field(default_factory=Limits)
    folder: str | None = None
    index: str | None = None
    reread_before: str = ""
    judging: Judging = DEFAULT


class Freshness:
    """Knows the present detectors, readers and limits; says whether an old result still holds.

    `detectors` is their digest, `passwords` a keyed digest of the password list. `accepted` are
    digests of sets that find the same and more.
    """

    def __init__(
        self, detectors: str, limits: Limits, passwords: str, accepted: Iterable[str] = ()
    ) -> None:
        self.detectors = detectors
        self.accepted = frozenset((detectors, *accepted))
        self._limits = limits
        self._passwords = passwords
        self._labels = frozenset(reader.label for reader in READERS)
        self._types = _digest(sorted(type_ for reader in READERS for type_ in reader.types))
        self._known: dict[tuple[str, str], bool] = {}

    def holds(self, detectors: str, readers: str, mend: str) -> bool:
        """Whether what was read with these (as stored) would be read the same today."""
        if detectors not in self.accepted:
            return False
        key = (readers, mend)
        if (known := self._known.get(key)) is None:
            known = set(readers.split()) <= self._labels and mend == self.mend(
                entry.rpartition("=")[0] for entry in mend.split("|") if entry
            )
            self._known[key] = known
        return known

    def mend(self, problems: Iterable[str]) -> str:
        """Return what could mend problems ("reason" or "reason:detail"), as it is now."""
        return "|".join(f"{name}={self._state(name)}" for name in sorted(set(problems)))

    def mend_of(self, problems: Iterable[Problem]) -> str:
        return self.mend(
            f"{problem.reason}:{problem.detail}" if problem.detail else problem.reason
            for problem in problems
        )

    def _state(self, name: str) -> str:
        reason, _, detail = name.partition(":")
        limits = self._limits
        match reason:
            case "encrypted":
                return self._passwords
            case "too_large":
                return str(limits.max_file_bytes)
            case "limit":
                return str(getattr(limits, detail, ""))
            case "timeout":
                return (
                    f"{limits.deadline_seconds},{limits.deadline_seconds_per_mb},"
                    f"{limits.deadline_ceiling_seconds}"
                )
            case "memory":
                return str(limits.memory_bytes)
            case "missing_extra":
                return str(int(_installed(detail)))
            case "unsupported":
                return self._types
        return ""


@lru_cache
def _installed(extra: str) -> bool:
    module = EXTRAS.get(extra)
    return module is not None and find_spec(module) is not None


def _digest(words: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]


def digest_of(detectors: Iterable[tuple[str, str]]) -> str:
    """Return the digest of a detector set from its names and versions."""
    return _digest(sorted(f"{name}/{version}" for name, version in detectors))

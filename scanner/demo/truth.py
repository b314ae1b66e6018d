"""Record what the demo company holds: every planted value, hard negative, file and copy.

The truth file shows values in clear. It never lies inside a folder that is scanned.
"""

from __future__ import annotations

import ipaddress
import json
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

Expected = Literal["finding", "maybe", "unreadable", "excluded"]
"""What a scan should say of a value. "maybe": either way is right (weak or half-broken)."""

KINDS = (
    "DK_CPR",
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "IBAN_CODE",
    "CREDIT_CARD",
    "DK_BANK_ACCOUNT",
    "PASSPORT_MRZ",
    "DK_PASSPORT",
    "DK_DRIVER_LICENSE",
    "IP_ADDRESS",
    "DK_ADDRESS",
    "DATE_OF_BIRTH",
    "DK_HEALTH_CARD",
)
"""The kinds that the truth is complete for. Other kinds are neither planted nor scored."""


def canonical(kind: str, written: str) -> str:
    """Return the canonical form of a planted value, however it was written.

    Raises ValueError for a kind outside KINDS.
    """
    text = unicodedata.normalize("NFKC", written).strip()
    if kind not in KINDS:
        raise ValueError(f"the demo company plants no {kind}")
    if kind == "EMAIL_ADDRESS":
        return unicodedata.normalize("NFC", text).lower()
    if kind == "IP_ADDRESS":
        return str(ipaddress.ip_address(text))
    if kind == "PASSPORT_MRZ":
        return "".join(text.split()).upper()
    if kind == "DK_CPR":
        return _letters(text.removesuffix(".0")).zfill(10)
    if kind == "PHONE_NUMBER":
        return _phone(text)
    if kind == "DK_ADDRESS":
        return _street(text)
    if kind == "DATE_OF_BIRTH" and text[:4].isdigit():
        return text
    if kind == "DATE_OF_BIRTH":
        return "-".join(reversed(text.replace(".", "-").split("-")))
    if kind == "DK_BANK_ACCOUNT":
        digits = "".join(sign for sign in text if sign.isdigit())
        return digits[:4] + digits[4:].zfill(10)
    return _letters(text)


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum()).upper()


def _street(text: str) -> str:
    """Return "street number[ floor] code" of what `fake.address` makes; of a canonical form, it."""
    words = text.lower().replace("å", "aa").replace("é", "e").replace(",", " ").replace(".", " ")
    kept = words.split()
    while not kept[-1].isdigit():
        kept.pop()
    return " ".join(kept)


def _phone(text: str) -> str:
    digits = "".join(sign for sign in text if sign.isdigit())
    if digits.startswith("00"):
        return "+" + digits[2:]
    return ("+" if text.lstrip("( ").startswith("+") else "+45") + digits


@dataclass(frozen=True, slots=True)
class Mark:
    """One value as it stands in one content; `inner` and `path` lead there from the company.

    `path` is relative to the company's folder, with slashes. `format` names the document's
    format, and after ">" that of the part the value stands in. `where` is in free words.
    """

    kind: str
    value: str = field(repr=False)
    written: str = field(repr=False)
    where: str
    expected: Expected = "finding"
    inner: tuple[str, ...] = field(default=(), repr=False)
    path: str = field(default="", repr=False)
    format: str = ""

    def inside(self, name: str) -> Mark:
        """Return this mark as seen from a container that holds its content under `name`."""
        return replace(self, inner=(name, *self.inner))


@dataclass(frozen=True, slots=True)
class Negative:
    """A number or name that looks like a value of `kind` and is none; `why` says what it is."""

    kind: str
    written: str = field(repr=False)
    why: str
    inner: tuple[str, ...] = field(default=(), repr=False)
    path: str = field(default="", repr=False)

    def inside(self, name: str) -> Negative:
        """Return this negative as seen from a container that holds its content as `name`."""
        return replace(self, inner=(name, *self.inner))


@dataclass(frozen=True, slots=True)
class FileTruth:
    """One file and what may rightly be said of it: any of `statuses`, for any of `reasons`."""

    path: str = field(repr=False)
    format: str
    statuses: tuple[str, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copies:
    """Places of one list. `share` is the part of values that all places have in common with it.

    Exact copies have one content, so their share is 1. For a near copy, `places` holds the list
    first and its copy second, and `share` is values in both over values in either.
    """

    sort: Literal["exact", "near"]
    places: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False)
    share: float = 1.0


@dataclass(slots=True)
class Truth:
    """All of it. `person` holds the values of one customer who is in many places, by kind.

    `people` holds those of everybody who was made, to count persons with.
    """

    seed: int
    planted: list[Mark] = field(default_factory=list, repr=False)
    negatives: list[Negative] = field(default_factory=list, repr=False)
    files: list[FileTruth] = field(default_factory=list, repr=False)
    copies: list[Copies] = field(default_factory=list, repr=False)
    names: list[str] = field(default_factory=list, repr=False)
    person: dict[str, str] = field(default_factory=dict, repr=False)
    people: list[dict[str, str]] = field(default_factory=list, repr=False)

    def values(self) -> set[tuple[str, str]]:
        """Return every distinct (kind, canonical value) that was planted, readable or not."""
        return {(mark.kind, mark.value) for mark in self.planted}

    def save(self, path: Path) -> None:
        """Write the truth as JSON, readable by its owner only."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as stream:
            json.dump(asdict(self), stream, ensure_ascii=False, indent=0)

    @classmethod
    def load(cls, path: Path) -> Truth:
        """Read what `save` wrote."""
        whole = json.loads(path.read_text(encoding="utf-8"))
        copies = [
            Copies(row["sort"], tuple((at, tuple(inner)) for at, inner in row["places"]), share)
            for row in whole["copies"]
            for share in [row["share"]]
        ]
        return cls(
            seed=whole["seed"],
            planted=[Mark(**_tuples(row)) for row in whole["planted"]],
            negatives=[Negative(**_tuples(row)) for row in whole["negatives"]],
            files=[FileTruth(**_tuples(row)) for row in whole["files"]],
            copies=copies,
            names=whole["names"],
            person=whole["person"],
            people=whole["people"],
        )


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def common_share(first: Iterable[object], second: Iterable[object]) -> float:
    """Return how many of the values in either are in both, 0-1."""
    left, right = set(first), set(second)
    return len(left & right) / max(len(left | right), 1)

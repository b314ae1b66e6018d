"""What watch mode tells of a document that was saved. It holds no value and no text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from connectors import Audience
from scanner.risk import Level


class HeldKind(NamedTuple):
    """How much of one kind a document holds.

    `values` are distinct, `hits` all of them; `group` is the law's (detectors.catalogue).
    `where`: the first place, part names outermost first, then the steps in the innermost.
    """

    kind: str
    group: str
    values: int
    hits: int
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flagged:
    """A document that was saved and holds what its place's rules do not allow.

    `document` is its id in the index, `path` what the connector opens, `display` the same as
    answers write it, masked where it holds an identifier. `kinds`: those that are not allowed
    here, the worst first. `forbidden`: a rule says that they may not lie here. `mark` names the
    content: the same document with the same mark is told once. `risk` and `level` are those of
    `kinds` alone. `rule`: the sentence of the configuration that decided, empty without.
    """

    document: int
    place: str
    path: bytes = field(repr=False)
    display: str = field(repr=False)
    owner: str | None
    kinds: tuple[HeldKind, ...]
    risk: float
    level: Level
    readable_by: Audience
    forbidden: bool
    mark: bytes
    saved: datetime  # UTC
    rule: str = ""


class Teller(Protocol):
    """Tells people, through the configured channels. Never called by two threads at once."""

    def tell(self, flagged: Sequence[Flagged], at: datetime) -> None:
        """Take what one burst of saves flagged; send what may be sent at once. Never raises."""
        ...

    def tend(self, at: datetime) -> float:
        """Send what waited, take people's answers; return the seconds until the next call."""
        ...

    def close(self) -> None:
        """Let go of channels; what could not be sent waits on disk for the next start."""
        ...

"""What a live reading tells: the text around values, with each value marked. Never stored.

Hidden from repr, for it holds what no log may.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from connectors import Reason
from scanner.model import Place, Problem

State = Literal["read", "gone", "cloud", "rule", "elsewhere", "no place", "no text", "unread"]
"""How it ended. "gone": nothing lies there now. "cloud": it lies in the cloud alone and is not
fetched. "rule": a rule keeps it closed. "elsewhere": only its own device can read it. "no place":
no place of this configuration leads there. "no text": its type has none. "unread": see
`Live.problem`."""
Role = Literal["text", "value", "hidden"]


class Piece(NamedTuple):
    """A stretch of text. "value": it is one, of `kind`. "hidden": one was here, its text is not."""

    text: str
    role: Role = "text"
    kind: str = ""

    def __repr__(self) -> str:
        return f"Piece({self.role}, {self.kind})"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document with values in it, in order.

    `inner`: names of the parts that it lies in, outermost first; `where`: steps in the innermost.
    `opened`, `closed`: the text goes on before and behind it.
    """

    inner: tuple[str, ...] = field(repr=False)
    where: Place = field(repr=False)
    pieces: tuple[Piece, ...] = field(repr=False)
    opened: bool = False
    closed: bool = False
    part: str = field(default="", repr=False)
    """The part as the index names it (occurrence.inner_path): masked."""


@dataclass(frozen=True, slots=True)
class Live:
    """One document as it is now. `values`: distinct ones found, of what was read at
    least; `cut`: more than is told.

    `changed`: it is not what the last scan read. `modified`: when it was changed, UTC, ISO 8601.
    `problems`: (names of parts, problem) of what in it could not be read. `rule`: which rule.
    """

    state: State
    passages: tuple[Passage, ...] = field(default=(), repr=False)
    values: int = 0
    cut: bool = False
    changed: bool = False
    modified: str = ""
    problem: Problem | None = None
    problems: tuple[tuple[tuple[str, ...], Problem], ...] = field(default=(), repr=False)
    rule: str = ""


def unread(reason: Reason, detail: str = "") -> Live:
    """Return what is told of a document that could not be read."""
    if reason == "vanished":
        return Live("gone")
    return Live("unread", problem=Problem((), reason, detail))

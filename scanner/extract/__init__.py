"""From bytes to text: which reader understands which type, and what a reader is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import BinaryIO, NamedTuple

from connectors import Excluded
from scanner.extract.budget import Budget
from scanner.model import Letter, Part, Problem, Segment

Event = Segment | Part | Problem | Letter | Excluded
"""What a reader gives. A mail's reader gives its Letter before anything else.

Excluded: what a rule keeps closed inside (private mail folders); counted, not read.
"""
Read = Callable[["Source", Budget], Iterator[Event]]


@dataclass(frozen=True, slots=True)
class Source:
    """One content to be read: seekable bytes, and what is known of them.

    `name` is the file's or part's own name (its ending is a hint, never proof), `type` the MIME
    type that `scanner.extract.kind.type_of` decided from the content.
    """

    stream: BinaryIO = field(repr=False)
    size: int
    name: str = field(repr=False)
    type: str


class Withheld(Exception):
    """A reader's word that a rule keeps the content closed: counted under `rule`, not read."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Reader(NamedTuple):
    """A reader's name, version (raise it when it reads more or otherwise), module and types.

    The module holds `read(source, budget) -> Iterator[Event]`, and is imported when first needed.
    """

    name: str
    version: int
    module: str
    types: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.name}/{self.version}"

    def load(self) -> Read:
        """Import the reader. Raises ImportError when what it needs is not installed."""
        read: Read = import_module(self.module).read
        return read

"""Runs made by hand: outcomes without documents, for what a real scan cannot be made to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from connectors import Document, Excluded, Reason, Unreadable
from scanner.extract.readers import READERS
from scanner.index.run import PlaceRun
from scanner.index.store import Index
from scanner.model import Outcome, Problem, Reading
from tests.conftest import Installation

LABEL = next(reader.label for reader in READERS if reader.name == "text")


@dataclass(frozen=True)
class Nowhere:
    """A connector whose documents are never opened."""

    device: str = "device"

    def walk(self) -> Iterator[Document | Unreadable | Excluded]:
        return iter(())

    def exists(self, path: bytes) -> bool:
        return False

    def seconds(self, documents: int, size: int) -> float:
        return 0.0

    def is_private(self, name: str) -> bool:
        return False

    def open(self, document: Document) -> BinaryIO:
        raise Unreadable(document.path, "vanished")


def document(name: str, version: bytes = b"1", size: int = 10) -> Document:
    return Document(Nowhere(), f"/place/{name}".encode(), "", None, size, 0, version)


def read(each: Document, content: bytes = b"") -> Outcome:
    """An outcome that holds nothing but the document itself."""
    digest = (content or each.path).ljust(32, b"\0")[:32]
    reading = Reading((), digest, each.size, "text/plain", "read", (LABEL,), (), ())
    return Outcome(each, "read", (reading,))


def failed(each: Document, reason: Reason, detail: str = "") -> Outcome:
    return Outcome(each, "unread", problem=Problem((), reason, detail))


@contextmanager
def run(installation: Installation, *, full: bool = False) -> Iterator[PlaceRun]:
    """One run over the place "/place"; finished as done."""
    with Index(installation.index_path) as index:
        tools = installation.tools()
        made = PlaceRun(index, tools, device="device", place="place", root=b"/place", full=full)
        yield made
        made.finish("done")

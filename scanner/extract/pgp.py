"""Say of what OpenPGP has encrypted that it is. Opens nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.extract import Event, Source
from scanner.extract.budget import Budget, Trouble


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Raise Trouble("encrypted")."""
    raise Trouble("encrypted")
    yield

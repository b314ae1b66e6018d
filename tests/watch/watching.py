"""A watch within the test's own process: real inotify, a real index, a teller that remembers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from scanner.cli.settling import reading_saves
from scanner.executor import Executor, InProcess
from scanner.flagged import Flagged
from scanner.recipe import Recipe
from scanner.watch.memory import Memory, memory_path
from scanner.watch.place import Watched
from scanner.watch.session import Session, Settings
from scanner.watch.starting import asked, watched
from tests.conftest import Installation

DEADLINE_SECONDS = 60.0


@dataclass
class Remembering:
    """A teller that keeps what it was told; the same content of a document once, as all do."""

    told: list[Flagged] = field(default_factory=list)
    closed: bool = False

    def tell(self, flagged: Sequence[Flagged], at: datetime) -> None:
        known = {(each.document, each.mark) for each in self.told}
        self.told += [each for each in flagged if (each.document, each.mark) not in known]

    def tend(self, at: datetime) -> float:
        return 3600.0

    def close(self) -> None:
        self.closed = True

    @property
    def names(self) -> list[str]:
        return [Path(each.display).name for each in self.told]


class Here:
    """Reads in this process: what is about watching needs no workers."""

    def warm(self, recipe: Recipe) -> None: ...
    def of(self, recipe: Recipe) -> Executor:
        return InProcess(recipe)

    def done(self, recipe: Recipe) -> None: ...
    def end(self, recipe: Recipe) -> None: ...
    def rest(self) -> None: ...
    def close(self) -> None: ...


@dataclass
class Watch:
    """A session that a test turns by hand."""

    session: Session
    teller: Remembering
    said: list[tuple[str, dict[str, object]]]

    def until(self, done: Callable[[], bool]) -> None:
        """Let it watch until something is so; fails after a minute."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not done():
            assert time.monotonic() < deadline, (self.teller.names, self.said)
            self.session.step()
            self.session.rest(0.2)

    def quiet(self) -> None:
        """Let it watch until nothing waits to be read."""
        self.until(
            lambda: (
                not any(p.gatherer.soon(time.monotonic()) or p.gatherer.lost for p in self.places)
            )
        )

    @property
    def places(self) -> Sequence[Watched]:
        return self.session.places

    @property
    def codes(self) -> list[str]:
        return [code for code, _ in self.said]


def session(installation: Installation, **more: object) -> Watch:
    """Return a watch of what the configuration names; `more` are fields of Session."""
    setup = installation.setup()
    targets, _ = asked(setup, ())
    said: list[tuple[str, dict[str, object]]] = []
    teller = Remembering()
    given: dict[str, object] = {
        "index": setup.config.index_path,
        "places": watched(setup, targets, installation.folder),
        "teller": teller,
        "pools": Here(),
        "memory": Memory(memory_path(setup.config.index_path)),
        "says": lambda code, place="", **what: said.append((code, {"place": place, **what})),
        "guard": reading_saves,
        "stop": lambda: False,
        "settings": Settings(
            setup.config.watch.poll_seconds, setup.config.watch.rescan_hours * 3600
        ),
    }
    return Watch(Session(**{**given, **more}), teller, said)  # type: ignore[arg-type]


@contextmanager
def watching(installation: Installation, **more: object) -> Iterator[Watch]:
    """Give a watch that has begun, and end it as an interrupt would."""
    made = session(installation, **more)
    made.session.begin()
    try:
        yield made
    finally:
        made.session.end()

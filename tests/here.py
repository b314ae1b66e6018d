"""A scan in the test's own process: the same pipeline, without workers and without a start."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import tests.derived  # noqa: F401  # else each configuration derives it anew
from scanner.cli.judging import judged
from scanner.executor import Executor, InProcess
from scanner.index.counts import Counts
from scanner.index.store import Index, now
from scanner.messages import words
from scanner.model import Outcome
from scanner.pipeline import scan
from scanner.recipe import Recipe
from scanner.setup import Setup
from scanner.tools import tools_of
from tests.conftest import Installation


@dataclasses.dataclass
class Run:
    """What a scan met, how it ended, and which documents it read: their items."""

    status: str
    counts: Counts
    read: list[str]

    @property
    def met(self) -> tuple[int, int, int]:
        """Documents met, of these unchanged, and gone."""
        return self.counts.met, self.counts.unchanged, self.counts.gone


def scan_here(
    installation: Installation,
    path: Path | str | None = None,
    *,
    full: bool = False,
    stop_after: int = -1,
    executor: Callable[[Recipe], Executor] = InProcess,
) -> Run:
    """Scan the installation's files; `stop_after`: interrupt it after so many outcomes."""
    setup = Setup.find(str(installation.config))
    recipe = setup.recipe(None)
    if full:
        recipe = dataclasses.replace(recipe, reread_before=now())
    read: list[str] = []

    def progress(counts: Counts, outcome: Outcome | None) -> None:
        if outcome is not None and outcome.listing is None:
            read.append(outcome.document.item)

    (target, *_) = setup.targets([str(path or installation.files)])
    with Index(installation.index_path) as index:
        index.claim_key(tools_of(recipe).seal.key_id)
        list(judged(index, [recipe], words("en")))
        summary = scan(
            target,
            recipe,
            index,
            executor(recipe),
            progress=progress,
            stop=lambda: 0 <= stop_after <= len(read),
        )
    if known := tools_of(recipe).__dict__.pop("_known", None):
        known.close()  # else whoever counts descriptors later meets it
    return Run(summary.status, summary.counts, read)

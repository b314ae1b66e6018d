"""Show how a scan goes: a bar on a terminal, a plain line now and then without one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from scanner.index.run import Counts
from scanner.model import Outcome

PLAIN_SECONDS = 10.0
BAR_SECONDS = 0.1

Show = Callable[[Counts, Outcome | None], None]


@contextmanager
def progress(place: str, *, quiet: bool) -> Iterator[Show]:
    """Yield the function to call after each document met or done. Writes to stderr only."""
    if quiet:
        yield lambda counts, outcome: None
    elif sys.stderr.isatty():
        yield from _bar(place)
    else:
        yield _plain(place)


def _plain(place: str) -> Show:
    last = time.monotonic()

    def show(counts: Counts, outcome: Outcome | None) -> None:
        nonlocal last
        if time.monotonic() - last >= PLAIN_SECONDS:
            last = time.monotonic()
            done = sum(counts.statuses.values())
            click.echo(f"{place}: {counts.met} met, {done} done", err=True)

    return show


def _bar(place: str) -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.text import Text

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[found]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(Text(place).plain.replace("[", r"\["), total=None, found="")
        last, found = 0.0, 0

        def show(counts: Counts, outcome: Outcome | None) -> None:
            nonlocal last, found
            if outcome is not None:
                found += any(reading.findings for reading in outcome.readings)
            if time.monotonic() - last >= BAR_SECONDS:
                last = time.monotonic()
                bar.update(
                    task,
                    completed=sum(counts.statuses.values()),
                    total=counts.met,
                    found=f"{found} with findings",
                )

        yield show

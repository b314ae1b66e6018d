"""Show how a scan goes: a bar on a terminal, a plain line now and then without one.

How many documents there are is not known before the walk ends, and the mail archives and folders
that it met are listed. Until then what is told is how
many were met so far, and how many the last whole run met; never a percentage.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from scanner.index.counts import Counts
from scanner.messages import Words
from scanner.model import Outcome

PLAIN_SECONDS = 10.0
"""To the first plain line; each wait is twice the one before, so that a night gives few lines."""
PLAIN_CEILING_SECONDS = 600.0
BAR_SECONDS = 0.1

Show = Callable[[Counts, Outcome | None], None]


@contextmanager
def progress(place: str, words: Words, *, quiet: bool) -> Iterator[Show]:
    """Yield the function to call after each document met or done. Writes to stderr only."""
    if quiet:
        yield lambda counts, outcome: None
    elif sys.stderr.isatty():
        yield from _bar(place, words)
    else:
        yield plain(place, words, lambda line: click.echo(line, err=True))


@contextmanager
def waiting(text: str, *, quiet: bool = False) -> Iterator[None]:
    """Show on a terminal what is waited for, and how long already; nothing without one."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as shown:
        shown.add_task(text, total=None)
        yield


def told(counts: Counts, words: Words) -> str:
    """Return how far a run is: what is done, of how many as far as anyone knows, and findings."""
    numbers = {"done": counts.done, "met": counts.met}
    if counts.all_met:
        done = words.text("progress walked", **numbers)
    elif counts.expected > counts.met:
        done = words.text("progress last time", **numbers, expected=counts.expected)
    else:
        done = words.text("progress so far", **numbers)
    found = words.text("progress found", found=counts.with_findings)
    return f"{done}, {words.size(counts.bytes_done)}, {found}"


def end_of(counts: Counts) -> int | None:
    """Return the number of documents at which a bar would be full; None while nobody knows."""
    if counts.all_met:
        return counts.met
    return counts.expected if counts.expected > counts.met else None


def plain(
    place: str,
    words: Words,
    write: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> Show:
    """Return what writes a line now and then, less often as time goes by."""
    wait = PLAIN_SECONDS
    due = clock() + wait

    def show(counts: Counts, outcome: Outcome | None) -> None:
        nonlocal due, wait
        if clock() >= due:
            wait = min(2 * wait, PLAIN_CEILING_SECONDS)
            due = clock() + wait
            write(f"{place}: {told(counts, words)}")

    return show


def _bar(place: str, words: Words) -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.text import Text

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(Text(place).plain.replace("[", r"\["), total=None, told="")
        last = 0.0

        def show(counts: Counts, outcome: Outcome | None) -> None:
            nonlocal last
            if time.monotonic() - last >= BAR_SECONDS:
                last = time.monotonic()
                bar.update(
                    task, completed=counts.done, total=end_of(counts), told=told(counts, words)
                )

        yield show

"""Print how a scan went, and what one would cost."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from scanner.pipeline import Estimate, Summary

GUESS_BYTES_PER_SECOND = 5_000_000
"""Where nothing was measured yet: office documents and PDF on one core (bench/whole_path.py)."""
GUESS_DOCUMENTS_PER_SECOND = 100


STATUS_NOTES = {
    "interrupted": "what was done is kept; the same command goes on from here",
    "offline": "the place was away or is suddenly empty; nothing in it counts as gone",
}
"""What an end means that is not "done"."""


def print_summary(summaries: Sequence[Summary], index: Path, *, as_json: bool) -> None:
    """Print what each place's run met, and what to type next."""
    for summary in summaries:
        if as_json:
            line = {"place": summary.place, "status": summary.status, "run": summary.run}
            click.echo(json.dumps(line | summary.counts.as_dict()))
        else:
            for text in summary_lines(summary):
                click.echo(text)
    if not as_json:
        click.echo(f"index: {index}")
        click.echo("next:  fodspor report overview · fodspor findings · fodspor report unread")


def summary_lines(summary: Summary) -> Iterator[str]:
    """Yield one run as text. The documents of "outcome" are as many as were met.

    Only an interrupted run leaves some of them, which it names.
    """
    counts = summary.counts
    note = STATUS_NOTES.get(summary.status)
    yield f"{summary.place}: {summary.status}" + (f" ({note})" if note else "")
    read = counts.done - counts.unchanged
    yield (
        f"  documents  {counts.met} met ({size_words(counts.bytes_met)}): {read} looked into,"
        f" {counts.unchanged} unchanged" + (f"; {counts.moved} moved" if counts.moved else "")
    )
    if counts.gone:
        yield f"  gone       {counts.gone} since the last run"
    if counts.met:
        outcomes = [f"{count} {status}" for status, count in _ordered(counts.statuses)]
        left = counts.met - counts.done
        yield f"  outcome    {', '.join([*outcomes, *([f'{left} not begun'] if left else [])])}"
        yield f"  findings   in {counts.with_findings} documents"
    if counts.reasons:
        why = ", ".join(f"{count} {reason}" for reason, count in _ordered(counts.reasons))
        short = sum(counts.statuses[status] for status in ("unread", "partial"))
        several = sum(counts.reasons.values()) > short
        yield f"  not read   {why}" + (" (some documents for several reasons)" if several else "")
    if counts.folders:
        why = ", ".join(f"{count} {reason}" for reason, count in _ordered(counts.folders))
        yield f"  folders    not listed: {why}"
    if counts.excluded:
        rules = ", ".join(
            f"{count} {rule} ({size_words(counts.excluded_bytes[rule])})"
            for rule, count in _ordered(counts.excluded)
        )
        yield f"  left out   {rules}"


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return [(name, count) for name, count in counts.most_common() if count]


def size_words(count: int) -> str:
    """Return bytes as people read them: 308.3 kB."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def expected_seconds(index: Path) -> tuple[float, float] | None:
    """Return (seconds a document, seconds a byte) as measured in the index, or None."""
    if not index.exists():
        return None
    try:
        connection = sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro", uri=True)
        row = connection.execute(
            "SELECT count(*), sum(seconds), sum(size) FROM document WHERE gone_run IS NULL"
        ).fetchone()
        connection.close()
    except sqlite3.Error:
        return None
    if not row or row[0] < 100 or not row[1] or not row[2]:
        return None
    return row[1] / row[0], row[1] / row[2]


def print_estimate(
    place: str, seen: Estimate, measured: tuple[float, float] | None, *, as_json: bool
) -> None:
    """Print what a first run would meet, and its time on one worker."""
    by_count = seen.files * (measured[0] if measured else 1 / GUESS_DOCUMENTS_PER_SECOND)
    by_size = seen.size * (measured[1] if measured else 1 / GUESS_BYTES_PER_SECOND)
    seconds = max(by_count, by_size)
    if as_json:
        line = {
            "place": place,
            "files": seen.files,
            "bytes": seen.size,
            "excluded": seen.excluded,
            "unreadable": seen.unreadable,
            "seconds": round(seconds),
            "measured": measured is not None,
        }
        click.echo(json.dumps(line))
        return
    basis = "as measured in earlier runs" if measured else "a guess: nothing was measured here yet"
    click.echo(
        f"{place}: {seen.files} files, {size_words(seen.size)}; {seen.excluded} left out by rules,"
        f" {seen.unreadable} not listed; about {_duration(seconds)} on one worker ({basis})"
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"

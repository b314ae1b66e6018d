"""Print how a scan went, and what one would cost."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from scanner.pipeline import Estimate, Summary

GUESS_BYTES_PER_SECOND = 5_000_000
"""Where nothing was measured yet: office documents and PDF on one core (bench/whole_path.py)."""
GUESS_DOCUMENTS_PER_SECOND = 100


def print_summary(summaries: Sequence[Summary], index: Path, *, as_json: bool) -> None:
    """Print what each place's run met, and what to type next."""
    for summary in summaries:
        counts = summary.counts
        if as_json:
            line = {"place": summary.place, "status": summary.status, "run": summary.run}
            click.echo(json.dumps(line | counts.as_dict()))
            continue
        click.echo(f"{summary.place}: {summary.status}")
        done = ", ".join(f"{count} {status}" for status, count in _ordered(counts.statuses))
        click.echo(
            f"  documents  {counts.met} met ({_size(counts.bytes_met)}),"
            f" {counts.unchanged} unchanged, {counts.moved} moved, {counts.gone} gone"
        )
        click.echo(f"  outcome    {done or 'none'}")
        if counts.reasons:
            why = ", ".join(f"{count} {reason}" for reason, count in _ordered(counts.reasons))
            click.echo(f"  not read   {why}")
        if counts.excluded:
            rules = ", ".join(
                f"{count} {rule} ({_size(counts.excluded_bytes[rule])})"
                for rule, count in _ordered(counts.excluded)
            )
            click.echo(f"  left out   {rules}")
    if not as_json:
        click.echo(f"index: {index}")
        click.echo("next:  fodspor report overview · fodspor findings · fodspor report unread")


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return [(name, count) for name, count in counts.most_common() if count]


def _size(count: int) -> str:
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
        f"{place}: {seen.files} files, {_size(seen.size)}; {seen.excluded} left out by rules,"
        f" {seen.unreadable} not listed; about {_duration(seconds)} on one worker ({basis})"
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"

"""Print how a scan went, and what one would cost."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from connectors import Lost, Unreadable
from scanner.kontrolfil import RED
from scanner.messages import Words
from scanner.pipeline import Estimate, Summary

GUESS_BYTES_PER_SECOND = 5_000_000
"""Where nothing was measured yet: office documents and PDF on one core (bench/whole_path.py)."""
GUESS_DOCUMENTS_PER_SECOND = 100


NOTED = ("interrupted", "offline")
"""Ends that mean something that is not "done": `summary note STATUS` in the catalogue says what."""
OUTCOMES = ("read", "partial", "unread", "placeholder", "no_text")


def print_summary(
    summaries: Sequence[Summary], index: Path, words: Words, *, as_json: bool
) -> None:
    """Print what each place's run met, and what to type next."""
    if as_json:
        for summary in summaries:
            line = {"place": summary.place, "status": summary.status, "run": summary.run}
            if summary.lost:
                line["lost"] = summary.lost
            click.echo(json.dumps(line | summary.counts.as_dict()))
        return
    for summary in summaries:
        for text in summary_lines(summary, words):
            click.echo(text)
    if len(summaries) > 1:
        statuses: Counter[str] = Counter()
        for summary in summaries:
            statuses.update(summary.counts.statuses)
        met = sum(summary.counts.met for summary in summaries)
        facts = [words.count("summary documents", met), *_outcomes(statuses, words)]
        click.echo(words.text("summary all", documents=" · ".join(facts)))
    click.echo(words.text("summary index", path=str(index)))
    commands = "fodspor report overview · fodspor findings · fodspor report unread"
    click.echo(words.text("summary next", commands=commands))


def summary_lines(summary: Summary, words: Words) -> Iterator[str]:
    """Yield one run as text. The outcomes are as many as the documents that were met.

    Only an interrupted run leaves some of them, which it names.
    """
    counts = summary.counts
    head = words.text(
        "summary place",
        place=summary.place,
        status=words.run_status(summary.status),
        documents=words.count("summary documents", counts.met),
        size=words.size(counts.bytes_met),
    )
    left = ("unbegun", counts.met - counts.done)
    facts = [head, *_outcomes(counts.statuses, words), *_counted([left], words)]
    if summary.status in NOTED:
        facts[0] += f" ({words.text(f'summary note {summary.status}')})"
    changes = [("moved", counts.moved), ("gone", counts.gone)]
    if counts.unchanged:
        looked = counts.done - counts.unchanged
        changes = [("looked", looked), ("unchanged", counts.unchanged), *changes]
    if counts.met:
        changes = [("found", counts.with_findings), *changes]
    facts += _counted(changes, words, zeros=("found", "looked"))
    yield " · ".join(facts)
    lines = []
    if counts.kontrolfil in RED:
        lines.append(words.text(f"kontrolfil {counts.kontrolfil}"))
    if summary.lost:
        lines.append(_lost(summary.lost, words))
    if counts.reasons:
        why = [
            f"{words.reason(reason)} ({words.number(count)})"
            for reason, count in _ordered(counts.reasons)
        ]
        short = sum(counts.statuses[status] for status in ("unread", "partial"))
        if sum(counts.reasons.values()) > short:
            why[-1] += f" {words.text('summary several')}"
        lines.append(words.text("summary not read", reasons=", ".join(why)))
    if counts.folders:
        why = [
            f"{words.reason(reason)} ({words.number(count)})"
            for reason, count in _ordered(counts.folders)
        ]
        lines.append(words.text("summary folders", reasons=", ".join(why)))
    if counts.excluded:
        rules = [
            f"{words.rule(rule)} {words.number(count)} ({words.size(counts.excluded_bytes[rule])})"
            for rule, count in _ordered(counts.excluded)
        ]
        lines.append(words.text("summary excluded", rules=", ".join(rules)))
    if lines:
        yield f"  {' '.join(lines)}"


def _outcomes(statuses: Counter[str], words: Words) -> list[str]:
    return _counted([(name, statuses[name]) for name in OUTCOMES], words)


def _counted(
    facts: Sequence[tuple[str, int]], words: Words, *, zeros: Sequence[str] = ()
) -> list[str]:
    return [
        words.count(f"summary {name}", count) for name, count in facts if count or name in zeros
    ]


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return [(name, count) for name, count in counts.most_common() if count]


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


def print_away(place: str, away: Unreadable, words: Words, *, as_json: bool) -> None:
    """Print that a place is out of reach, and why, instead of an estimate."""
    if as_json:
        lost = {"lost": away.lost} if away.lost else {}
        click.echo(json.dumps({"place": place, "status": "offline", "reason": away.reason} | lost))
        return
    why = _lost(away.lost, words) if away.lost else f"{words.reason(away.reason)}."
    click.echo(f"{place}: {words.run_status('offline')} · {why}")


def _lost(why: Lost, words: Words) -> str:
    told = words.text(f"summary lost {why}")
    return f"{told[:1].upper()}{told[1:]}."


def print_estimate(
    place: str,
    seen: Estimate,
    measured: tuple[float, float] | None,
    words: Words,
    *,
    as_json: bool,
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
    click.echo(
        words.text(
            "estimate",
            place=place,
            documents=words.count("summary documents", seen.files),
            size=words.size(seen.size),
            excluded=seen.excluded,
            unreadable=seen.unreadable,
            time=_duration(seconds, words),
            basis=words.text("estimate measured" if measured else "estimate guess"),
        )
    )


def _duration(seconds: float, words: Words) -> str:
    if seconds < 90:
        return words.text("seconds", number=max(1, round(seconds)))
    if seconds < 5400:
        return words.text("minutes", number=round(seconds / 60))
    return words.text("hours", number=words.decimal(seconds / 3600))

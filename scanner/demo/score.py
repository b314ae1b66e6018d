"""Compare what a scan reported with what the demo company holds: recall and false alarms.

Run: python -m scanner.demo.score TRUTH INSPECT.jsonl, where the second is the output of
`fodspor inspect --json FOLDER` (- for standard input). Prints places and numbers, no values.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.demo.truth import KINDS, FileTruth, Mark, Truth, canonical

FINDING, MAYBE = 0.60, 0.40  # docs/detectors.md: a finding from here, a maybe from there
FAULTS = ("unread", "partial")
FINE = ("read", "no_text", "excluded")


@dataclass(slots=True)
class Tally:
    """Counts of one kind or format. `planted` are values a scan must report as findings.

    Of these, `found` were; `weak` came below the threshold only; `elsewhere` were found in the
    right file, yet in another part of it. `alarms` are findings that are none, `hard` those of
    them that were laid out as traps, `weak_alarms` such as came below the threshold.
    """

    planted: int = 0
    found: int = 0
    weak: int = 0
    elsewhere: int = 0
    alarms: int = 0
    hard: int = 0
    weak_alarms: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0


@dataclass(slots=True)
class Score:
    """The whole comparison. `missed`, `alarms`, `silent` and `loud` name places, never values.

    `silent`: files that cannot be read and for which no problem was reported. `loud`: files with
    a problem where none is due. `reasons`: problems whose reason is none of those expected.
    `opened`: values reported from places that a rule leaves out. `strangers`: lines of files
    that the truth does not know.
    """

    kinds: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    formats: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    missed: list[tuple[str, str, str]] = field(default_factory=list, repr=False)
    alarms: list[tuple[str, str, str]] = field(default_factory=list, repr=False)
    silent: list[str] = field(default_factory=list, repr=False)
    loud: list[str] = field(default_factory=list, repr=False)
    reasons: list[str] = field(default_factory=list, repr=False)
    opened: int = 0
    unlocked: int = 0
    strangers: int = 0

    @property
    def total(self) -> Tally:
        """All kinds together."""
        whole = Tally()
        for tally in self.kinds.values():
            for name in Tally.__slots__:
                setattr(whole, name, getattr(whole, name) + getattr(tally, name))
        return whole


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    key: str = field(repr=False)
    path: str = field(repr=False)
    inner: tuple[str, ...] = field(repr=False)
    confidence: float


def score(lines: Iterable[Mapping[str, Any]], truth: Truth) -> Score:
    """Return how the lines of `inspect --json` compare with the truth.

    Paths may be absolute, relative or masked. A value counts once per file and part. Kinds
    outside truth.KINDS are left out of the count.
    """
    result = Score()
    paths = _Paths(truth.files)
    rows: dict[tuple[str, str, str, tuple[str, ...]], float] = {}
    problems: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if "path" not in line:
            continue  # the last line: the coverage
        path = paths.find(str(line["path"]))
        if path is None:
            result.strangers += 1
        elif "problem" in line:
            problems[path].add(str(line["problem"]).partition(":")[0])
        elif line["kind"] in KINDS:
            kind, value = str(line["kind"]), str(line["value"])
            key = (kind, _key(kind, value), path, _inner(line.get("inner_path")))
            rows[key] = max(rows.get(key, 0.0), float(line["confidence"]))
    seen = [_Row(*key, confidence) for key, confidence in rows.items()]
    _recall(result, truth, seen)
    _alarms(result, truth, seen)
    _statuses(result, truth, problems)
    return result


def _key(kind: str, value: str) -> str:
    try:
        whole = canonical(kind, value)
    except ValueError:
        return value
    return document_number(whole) if kind == "PASSPORT_MRZ" else whole


def document_number(zone: str) -> str:
    """Return the document number of a machine readable zone; detectors may report it alone."""
    if len(zone) == 90:
        return zone[5:14].rstrip("<")
    if len(zone) in (72, 88):
        return zone[len(zone) // 2 :][:9].rstrip("<")
    return zone


def _inner(written: object) -> tuple[str, ...]:
    if not written:
        return ()
    if isinstance(written, list | tuple):
        return tuple(map(str, written))
    return tuple(str(written).split(" › "))


class _Paths:
    """Finds the truth's path that a reported path ends in, masked or not."""

    def __init__(self, files: Iterable[FileTruth]) -> None:
        self._known = {unicodedata.normalize("NFC", file.path): file.path for file in files}
        self._cache: dict[str, str | None] = {}

    def find(self, reported: str) -> str | None:
        if reported not in self._cache:
            self._cache[reported] = self._find(reported)
        return self._cache[reported]

    def _find(self, reported: str) -> str | None:
        steps = unicodedata.normalize("NFC", reported.replace("\\", "/")).split("/")
        for at in range(len(steps)):
            if (tail := "/".join(steps[at:])) in self._known:
                return self._known[tail]
        if "•" not in reported:
            return None
        for known, path in self._known.items():
            tail = "/".join(steps[-len(known.split("/")) :])
            if re.fullmatch(re.sub("•+", ".+", re.escape(tail)), known):
                return path
        return None


def _recall(result: Score, truth: Truth, seen: list[_Row]) -> None:
    exact = {(row.kind, row.key, row.path, row.inner): row.confidence for row in seen}
    anywhere: dict[tuple[str, str, str], float] = {}
    for row in seen:
        at = (row.kind, row.key, row.path)
        anywhere[at] = max(anywhere.get(at, 0.0), row.confidence)
    counted: set[tuple[str, str, str, tuple[str, ...]]] = set()
    for mark in truth.planted:
        key = (mark.kind, _key(mark.kind, mark.value), mark.path, mark.inner)
        if key in counted:
            continue
        reported = anywhere.get(key[:3], 0.0) >= MAYBE
        if mark.expected == "excluded":
            result.opened += reported
        elif mark.expected == "unreadable":
            result.unlocked += reported
        elif mark.expected == "finding":
            counted.add(key)
            _count(result, mark, exact.get(key, 0.0), anywhere.get(key[:3], 0.0))


def _count(result: Score, mark: Mark, exact: float, anywhere: float) -> None:
    found = anywhere >= FINDING
    for tally in (result.kinds[mark.kind], result.formats[mark.format]):
        tally.planted += 1
        tally.found += found
        tally.elsewhere += found and exact < FINDING
        tally.weak += not found and anywhere >= MAYBE
    if not found:
        how = "weak" if anywhere >= MAYBE else "missed"
        result.missed.append((mark.kind, mark.path, f"{mark.format}, {mark.where}: {how}"))


def _alarms(result: Score, truth: Truth, seen: list[_Row]) -> None:
    planted = {(mark.kind, _key(mark.kind, mark.value), mark.path) for mark in truth.planted}
    planted |= {(kind, key, mark.path) for mark in truth.planted for kind, key in _implied(mark)}
    traps = {
        (trap.path, _bare(written)): trap.why
        for trap in truth.negatives
        for written in (trap.written, document_number(trap.written))
    }
    formats = {file.path: file.format for file in truth.files}
    for row in seen:
        if (row.kind, row.key, row.path) in planted or row.confidence < MAYBE:
            continue
        why = traps.get((row.path, _bare(row.key))) or traps.get(
            (row.path, _bare(row.key.removeprefix("+45")))
        )
        for tally in (result.kinds[row.kind], result.formats[formats[row.path]]):
            tally.alarms += row.confidence >= FINDING
            tally.hard += why is not None and row.confidence >= FINDING
            tally.weak_alarms += row.confidence < FINDING
        if row.confidence >= FINDING:
            result.alarms.append((row.kind, row.path, why or "not planted"))


def _bare(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum()).lower()


def _implied(mark: Mark) -> Iterator[tuple[str, str]]:
    """Yield what a planted value holds besides itself: right to report, and not asked for."""
    if mark.kind == "IBAN_CODE" and mark.value.startswith("DK"):
        yield "DK_BANK_ACCOUNT", mark.value[4:]
    if mark.kind == "PASSPORT_MRZ":
        yield "DK_PASSPORT", document_number(mark.value)


def _statuses(result: Score, truth: Truth, problems: Mapping[str, set[str]]) -> None:
    for file in truth.files:
        reported = problems.get(file.path, set())
        may_fail = any(status in FAULTS for status in file.statuses)
        may_pass = any(status in FINE for status in file.statuses)
        if not reported and not may_pass:
            result.silent.append(file.path)
        elif reported and not may_fail:
            result.loud.append(f"{file.path}: {', '.join(sorted(reported))}")
        elif reported and file.reasons and not reported & set(file.reasons):
            result.reasons.append(f"{file.path}: {', '.join(sorted(reported))}")


def show(result: Score, *, places: int = 0) -> None:
    """Print the tables, and up to `places` lines each of what was missed and wrongly reported."""
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=True) if sys.stdout.isatty() else Console(width=120)
    for title, tallies in (("Kind", result.kinds), ("Format", result.formats)):
        table = Table(title=f"Planted values found, by {title.lower()}")
        table.add_column(title)
        for column in ("planted", "found", "recall", "weak", "other part", "false alarms"):
            table.add_column(column, justify="right")
        table.add_column("of these traps", justify="right")
        table.add_column("weak alarms", justify="right")
        lines = sorted(tallies.items()) + ([("all", result.total)] if title == "Kind" else [])
        for name, one in lines:
            numbers = (one.weak, one.elsewhere, one.alarms, one.hard, one.weak_alarms)
            recall = f"{one.recall:.1%}" if one.planted else "-"
            table.add_row(name, str(one.planted), str(one.found), recall, *map(str, numbers))
        console.print(table)
    console.print(
        f"Unreadable files without a word: {len(result.silent)}; problems where none is due: "
        f"{len(result.loud)}; other reasons than expected: {len(result.reasons)}; values from "
        f"left-out folders: {result.opened}; from locked files: {result.unlocked}; lines of "
        f"unknown files: {result.strangers}"
    )
    groups = (("missed", result.missed), ("false alarms", result.alarms))
    for name, entries in groups if places else ():
        for entry, count in Counter(entries).most_common(places):
            print(f"{name}: {' | '.join(entry)} ({count})")
    for name, files in (
        ("silent", result.silent),
        ("loud", result.loud),
        ("reason", result.reasons),
    ):
        for file in files[:places]:
            print(f"{name}: {file}")


def read_lines(path: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a file, or of standard input for "-". Raises ValueError."""
    stream = sys.stdin if path == "-" else open(path, encoding="utf-8")  # noqa: SIM115
    with stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)


def main(arguments: list[str]) -> int:
    """Run as a program: TRUTH INSPECT.jsonl [--places N]."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m scanner.demo.score")
    parser.add_argument("truth", type=Path)
    parser.add_argument("lines", help="output of `fodspor inspect --json FOLDER`, - for stdin")
    parser.add_argument("--places", type=int, default=0, metavar="N", help="also list N places")
    options = parser.parse_args(arguments)
    show(score(read_lines(options.lines), Truth.load(options.truth)), places=options.places)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Write the figures of the last night for Prometheus, as node_exporter's text files are read.

No values, no paths; a place whose name may be a person's has its number instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from scanner.kontrolfil import RED
from scanner.nightly.nights import How
from scanner.nightly.status import PlaceStatus, Status
from scanner.risk import BORDERS, LEVELS

if TYPE_CHECKING:
    from scanner.index.store import Index
    from scanner.setup import Setup

RUNS = ("done", "interrupted", "failed", "offline", "killed", "running", "never")
OUTCOMES = ("read", "partial", "unread", "no_text", "placeholder")
STATES = ("ok", "left", "fault")
Labels = Mapping[str, str]


@dataclass(slots=True)
class Family:
    """One metric, a gauge: its samples by labels."""

    name: str
    help: str
    samples: list[tuple[Labels, float]] = field(default_factory=list)

    def add(self, value: float, **labels: str) -> None:
        self.samples.append((labels, value))

    def one_of(self, known: Iterable[str], held: str, label: str, **labels: str) -> None:
        """Add a sample for each thing that could be: 1 for the one that is, 0 for the others."""
        for each in known:
            self.samples.append(({**labels, label: each}, float(each == held)))

    def lines(self) -> Iterator[str]:
        """Yield it in Prometheus' text format 0.0.4."""
        if not self.samples:
            return
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} gauge"
        for labels, value in self.samples:
            told = ",".join(f'{name}="{escaped(text)}"' for name, text in labels.items())
            number = repr(value) if value % 1 else str(int(value))
            yield f"{self.name}{{{told}}} {number}" if told else f"{self.name} {number}"


def escaped(text: str) -> str:
    """Return a label's value as the format wants it."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def text_of(families: Iterable[Family]) -> str:
    """Return the file."""
    return "".join(f"{line}\n" for family in families for line in family.lines())


def metrics_of(setup: Setup, index: Index, status: Status) -> list[Family]:
    """Return the figures of the last night and of each place's last run."""
    return [*_of_the_night(status), *_of_places(setup, index, status), _size(index.path)]


def _of_the_night(status: Status) -> Iterator[Family]:
    state = Family("fodspor_state", "Whether the nightly scan is well, as fodspor status says it.")
    state.one_of(STATES, str(status.as_dict()["state"]), "state")
    yield state
    put_off = Family("fodspor_nights_put_off", "Nights in a row in which nothing was read.")
    put_off.add(status.put_off)
    yield put_off
    missed = Family("fodspor_nights_missed", "Nights in a row in which no scan began.")
    missed.add(status.missed)
    yield missed
    night = status.night
    if night is None:
        return
    began = Family("fodspor_night_start_timestamp_seconds", "When the last night began.")
    began.add(_seconds(night.started))
    yield began
    if night.ended:
        ended = Family("fodspor_night_end_timestamp_seconds", "When the last night ended.")
        ended.add(_seconds(night.ended))
        yield ended
    how = Family("fodspor_night_ended", "How the last night ended.")
    how.one_of(get_args(How), night.how, "how")
    yield how
    waited = Family("fodspor_night_waited_seconds", "How long the last night waited for mains.")
    waited.add(night.waited_seconds)
    yield waited


def _of_places(setup: Setup, index: Index, status: Status) -> list[Family]:
    start = Family("fodspor_run_start_timestamp_seconds", "When a place's last run began.")
    end = Family("fodspor_run_end_timestamp_seconds", "When a place's last run ended.")
    took = Family("fodspor_run_duration_seconds", "How long a place's last run took.")
    ended = Family("fodspor_run_status", "How a place's last run ended.")
    met = Family("fodspor_run_documents_met", "Documents that a place's last run met.")
    left = Family("fodspor_run_documents_left", "Documents that it left, at least.")
    outcomes = Family("fodspor_documents", "Documents of a place by what became of them.")
    reasons = Family("fodspor_documents_not_read", "Documents not or partly read, by reason.")
    levels = Family("fodspor_documents_with_findings", "Documents with findings, by risk.")
    found = Family("fodspor_kontrolfil_found", "Whether the kontrolfil was found by the last run.")
    for place in status.places:
        name = {"place": label_of(setup, place)}
        ended.one_of(RUNS, place.status, "status", **name)
        if not place.started:
            continue
        start.add(_seconds(place.started), **name)
        if place.ended:
            end.add(_seconds(place.ended), **name)
            took.add(_seconds(place.ended) - _seconds(place.started), **name)
        met.add(place.met, **name)
        left.add(place.left, **name)
        if place.kontrolfil:
            found.add(float(place.kontrolfil not in RED), **name)
        counted, why = _documents(index, place.number)
        for outcome in OUTCOMES:
            outcomes.add(counted[outcome], **name, status=outcome)
        for reason, number in sorted(why.items()):
            reasons.add(number, **name, reason=reason)
        for level, number in _levels(index, place.number):
            levels.add(number, **name, level=level)
    return [start, end, took, ended, met, left, outcomes, reasons, levels, found]


def label_of(setup: Setup, place: PlaceStatus) -> str:
    """Return how a place is called in a label: by its name, where that is nobody's.

    A mailbox is somebody's, so is a place with an owner, and a place that was given by hand is
    named after a path.
    """
    known = next((each for each in setup.config.place if each.name == place.place), None)
    somebodys = known is None or known.imap is not None or known.owner
    if somebodys or setup.employees.find(place.place) is not None:
        return f"place-{place.number}"
    return place.place


def _documents(index: Index, place: int) -> tuple[Counter[str], Counter[str]]:
    statuses: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for status, reason, number in index.connection.execute(
        "SELECT status, coalesce(reason, ''), count(*) FROM document"
        " WHERE place=? AND gone_run IS NULL AND NOT coalesce(folder, 0) GROUP BY 1, 2",
        (place,),
    ):
        statuses[status] += number
        if status in ("unread", "partial"):
            reasons[reason] += number
    return statuses, reasons


def _levels(index: Index, place: int) -> list[tuple[str, int]]:
    borders = (0.0, *BORDERS)
    sums = [f"sum(risk >= {border})" for border in borders[1:]]
    row = index.connection.execute(
        f"SELECT sum(risk > 0), {', '.join(sums)} FROM document"
        " WHERE place=? AND gone_run IS NULL AND NOT coalesce(folder, 0)",
        (place,),
    ).fetchone()
    at_least = [*(int(number or 0) for number in row), 0]
    return [(level, at_least[at] - at_least[at + 1]) for at, level in enumerate(LEVELS)]


def _size(path: Path) -> Family:
    size = Family("fodspor_index_bytes", "Size of the index with its journal.")
    files = (path, path.with_name(f"{path.name}-wal"))
    size.add(sum(file.stat().st_size for file in files if file.exists()))
    return size


def _seconds(stored: str) -> float:
    return datetime.fromisoformat(stored).timestamp()

"""Count what a month brought, for who leads: what lies where, decided, overdue, cases. No names.

What lay there is counted from the index's history at two moments; what was decided and the cases
come from the decisions. Reads each content once, so it takes seconds for each million findings.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from scanner.answers.coverage import Coverage
from scanner.answers.filters import Filters
from scanner.answers.listing import Wanted, walk
from scanner.answers.moments import stored
from scanner.answers.opened import Opened
from scanner.answers.tasks import tasks
from scanner.answers.verdicts import Decided, target_document
from scanner.compromised import COMPROMISED
from scanner.privacy import shown

GROUPS = ("criminal", "special", "confidential", "ordinary")
"""The law's groups, the gravest first."""
_BIT = {group: 1 << at for at, group in enumerate(GROUPS)}
MOST_UNDECIDED = 10_000
"""Documents of high risk looked at for a verdict; beyond, "at least" is told."""


@dataclass(frozen=True, slots=True)
class Between:
    """A number at the beginning and at the end of the month."""

    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class CasesOfType:
    """Cases of one type. `in_time`: of the closed ones; `open` and `late` as of the end."""

    type: str
    opened: int
    closed: int
    in_time: int
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class Span:
    """A month: from `start` to before `end`, stored moments; `until`: the end, or now before it."""

    year: int
    month: int
    start: str
    end: str
    until: str

    @property
    def whole(self) -> bool:
        return self.until == self.end

    def holds(self, moment: str | None) -> bool:
        return moment is not None and self.start <= moment < self.until


@dataclass(frozen=True, slots=True)
class Month:
    """One month. `groups`: documents with each of the law's groups; `places` the same by place.

    `undecided`: documents of high or critical risk without a verdict, now. `cases`, `stolen`: None
    where a part of the index is shown, which has none. `runs`: scans that began, by how they ended.
    """

    span: Span
    documents: Between
    groups: dict[str, Between]
    places: dict[str, dict[str, Between]]
    runs: Counter[str]
    whole_places: int
    all_places: int
    decided: Counter[str]
    tasks: Counter[str]
    undecided: int
    undecided_at_least: bool
    coverage: Coverage = field(repr=False)
    cases: list[CasesOfType] | None = None
    notified: Between | None = None
    """Of the breaches that became known: how many, and of how many the notice went out in time."""
    stolen: int | None = None
    first_run: str = ""
    forgotten: bool = False
    """Whether history has been ended that the beginning of the month would need."""

    def as_dict(self) -> dict[str, Any]:
        def between(each: Between) -> dict[str, int]:
            return {"before": each.before, "after": each.after}

        return {
            "month": f"{self.span.year:04}-{self.span.month:02}",
            "until": self.span.until,
            "documents": between(self.documents),
            "groups": {group: between(each) for group, each in self.groups.items()},
            "places": {
                place: {group: between(each) for group, each in held.items()}
                for place, held in self.places.items()
            },
            "runs": dict(self.runs),
            "places_gone_through": self.whole_places,
            "decided": dict(self.decided),
            "tasks": dict(self.tasks),
            "undecided_high": self.undecided,
            "cases": [
                {
                    "type": each.type,
                    "opened": each.opened,
                    "closed": each.closed,
                    "in_time": each.in_time,
                    "open": each.open,
                    "late": each.late,
                }
                for each in self.cases or ()
            ],
            "breaches": self.notified.before if self.notified else 0,
            "breaches_notified_in_time": self.notified.after if self.notified else 0,
            "devices_stolen": self.stolen or 0,
        }


def span_of(text: str, now: datetime) -> Span:
    """Return the month of "2026-10"; empty: the last whole one. Raises ValueError."""
    today = now.astimezone().date()
    if text:
        year, mark, month = text.partition("-")
        if not (mark and len(year) == 4 and len(month) == 2 and (year + month).isdecimal()):
            raise ValueError(f"{text!r} is no month; write it as 2026-10")
        first = date(int(year), int(month), 1)
    else:
        first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    days = calendar.monthrange(first.year, first.month)[1]
    behind = first + timedelta(days=days)
    if first > today:
        raise ValueError(f"{text!r} has not begun yet")
    start, end = (stored(datetime.combine(each, time()).astimezone()) for each in (first, behind))
    return Span(first.year, first.month, start, end, min(end, stored(now)))


def month_of(
    opened: Opened, span: Span, coverage: Coverage, *, part: bool = False, history_days: int = 0
) -> Month:
    """Return the figures of a month. `part`: the index shows a part of itself.

    `history_days`: how long history is kept; 0: it is not said.
    """
    documents, groups, places = _found(opened, span)
    runs, whole = _runs(opened, span)
    undecided, at_least = _undecided(opened)
    today = opened.moment.astimezone().date().isoformat()
    (first,) = opened.connection.execute("SELECT min(started) FROM run").fetchone()
    cases, notified, stolen = (None, None, None) if part else _cases(opened, span)
    return Month(
        span,
        documents,
        groups,
        places,
        runs,
        whole,
        opened.connection.execute("SELECT count(*) FROM place").fetchone()[0],
        Counter(
            each.decision
            for each in opened.verdicts.all
            if span.holds(each.made) and (not part or _visible(opened, each))
        ),
        Counter(task.state for task in tasks(opened, today, part=part)),
        undecided,
        at_least,
        coverage,
        cases,
        notified,
        stolen,
        first or "",
        bool(history_days) and span.start < stored(opened.moment - timedelta(days=history_days)),
    )


def _visible(opened: Opened, verdict: Decided) -> bool:
    """Whether a verdict is about a document of this part of the index."""
    return (
        verdict.about in ("document", "finding")
        and verdict.document is not None
        and target_document(opened.connection, verdict.document) is not None
    )


class _Moments:
    """What lay there at the two moments, by the runs that saw it come and go."""

    def __init__(self, opened: Opened, span: Span) -> None:
        rows = opened.connection.execute("SELECT id, started FROM run").fetchall()
        # a run that is no longer known was long ago: compacting removes the oldest
        self._later = {number for number, started in rows if started >= span.start}
        self._behind = {number for number, started in rows if started >= span.until}

    def since(self, run: int | None) -> int:
        """Return at which of the moments something first seen by a run was there: bits."""
        if run is None or run not in self._later:
            return 3
        return 0 if run in self._behind else 2

    def until(self, run: int | None) -> int:
        """Return at which of the moments something that a run found gone was still there."""
        if run is None:
            return 3
        return 3 - self.since(run)


def _found(
    opened: Opened, span: Span
) -> tuple[Between, dict[str, Between], dict[str, dict[str, Between]]]:
    """Count documents by place and group at both moments."""
    moments = _Moments(opened, span)
    masks = _masks(opened, moments)
    counts: Counter[tuple[int, int, str]] = Counter()
    for place, before, after in _documents(opened, moments, masks):
        for moment, held in ((0, before), (1, after)):
            if held:
                counts[(place, moment, "")] += 1
            for group, bit in _BIT.items():
                if held & bit:
                    counts[(place, moment, group)] += 1
    devices = opened.devices
    named = {
        number: shown(f"{devices.get(device, device)}: {name}")
        for number, device, name in opened.connection.execute("SELECT id, device, name FROM place")
    }
    summed: Counter[tuple[int, str]] = Counter()
    for (_, moment, group), number in counts.items():
        summed[(moment, group)] += number
    places: dict[str, dict[str, Between]] = {}
    for number, name in sorted(named.items(), key=lambda each: each[1].casefold()):
        mine = {
            group: Between(counts[(number, 0, group)], counts[(number, 1, group)])
            for group in GROUPS
        }
        if any(each.before or each.after for each in mine.values()):
            places[name] = mine
    return (
        Between(summed[(0, "")], summed[(1, "")]),
        {group: Between(summed[(0, group)], summed[(1, group)]) for group in GROUPS},
        places,
    )


def _masks(opened: Opened, moments: _Moments) -> tuple[bytearray, bytearray]:
    """Return the groups that each content held at both moments, by its number."""
    groups = opened.judging.groups()
    (most,) = opened.connection.execute("SELECT coalesce(max(id), 0) FROM content").fetchone()
    before, after = bytearray(most + 1), bytearray(most + 1)
    for content, kind, run in opened.connection.execute(
        "SELECT content, kind, first_run FROM finding f"
        f" WHERE {opened.is_finding('f')} AND {opened.not_ignored('f.fingerprint')}"
    ):
        at, bit = moments.since(run), _BIT[groups.get(kind, "ordinary")]
        if at & 1:
            before[content] |= bit
        if at & 2:
            after[content] |= bit
    return before, after


def _documents(
    opened: Opened, moments: _Moments, masks: tuple[bytearray, bytearray]
) -> Iterator[tuple[int, int, int]]:
    """Yield each document's place, and the groups in it at both moments."""
    names = _names(opened, moments)
    unwanted = opened.unwanted
    document, place, held = 0, 0, [0, 0]
    for number, here, content, first, gone in opened.connection.execute(
        "SELECT o.document, d.place, o.content, o.first_run, o.gone_run FROM occurrence o"
        " CROSS JOIN document d ON d.id=o.document WHERE o.content IS NOT NULL ORDER BY o.document"
    ):
        if number != document:
            if document:
                named = names.pop(document, (0, 0, 0))
                yield place, held[0] | named[1], held[1] | named[2]
            document, place, held = number, here, [0, 0]
        there = moments.since(first) & moments.until(gone)
        for moment in (0, 1):
            if there >> moment & 1:
                mask = masks[moment][content]
                if mask and here in unwanted:
                    mask = _wanted(opened, content, here)
                held[moment] |= mask
    if document:
        named = names.pop(document, (0, 0, 0))
        yield place, held[0] | named[1], held[1] | named[2]
    yield from names.values()  # documents that were never read, with something in their names


def _wanted(opened: Opened, content: int, place: int) -> int:
    """Return the groups in a content, without the kinds that its place does not look for."""
    groups, mask = opened.judging.groups(), 0
    for (kind,) in opened.connection.execute(
        "SELECT DISTINCT kind FROM finding f"
        f" WHERE content=? AND {opened.is_finding('f')} AND {opened.not_ignored('f.fingerprint')}",
        (content,),
    ):
        if kind not in opened.unwanted[place]:
            mask |= _BIT[groups.get(kind, "ordinary")]
    return mask


def _names(opened: Opened, moments: _Moments) -> dict[int, tuple[int, int, int]]:
    """Return what stood in the names of documents: place, groups at both moments."""
    groups = opened.judging.groups()
    found: dict[int, tuple[int, int, int]] = {}
    for number, place, kind, first, gone in opened.connection.execute(
        "SELECT d.id, d.place, n.kind, n.first_run, d.gone_run FROM name_finding n"
        f" CROSS JOIN document d ON d.id=n.document WHERE {opened.is_finding('n')}"
        f" AND {opened.not_ignored('n.fingerprint')}"
    ):
        at, bit = moments.since(first) & moments.until(gone), _BIT[groups.get(kind, "ordinary")]
        _, before, after = found.get(number, (place, 0, 0))
        found[number] = (place, before | bit * (at & 1), after | bit * (at >> 1))
    return found


def _runs(opened: Opened, span: Span) -> tuple[Counter[str], int]:
    rows = opened.connection.execute(
        "SELECT place, status, coalesce(coverage, '{}') FROM run"
        " WHERE number>0 AND started>=? AND started<?",
        (span.start, span.until),
    ).fetchall()
    whole = {place for place, status, coverage in rows if status == "done" and coverage == "{}"}
    return Counter(status for _, status, _ in rows), len(whole)


def _undecided(opened: Opened) -> tuple[int, bool]:
    wanted = Wanted(Filters(judging=opened.judging, risk="high"), undecided=True)
    looked = list(islice(walk(opened, wanted), MOST_UNDECIDED))
    return sum(each is not None for each in looked), len(looked) == MOST_UNDECIDED


def _cases(opened: Opened, span: Span) -> tuple[list[CasesOfType], Between, int]:
    execute = opened.connection.execute
    tables = set()
    if opened.decided:
        tables = {row[0] for row in execute("SELECT name FROM decisions.sqlite_master")}
    if "case_file" not in tables:
        return [], Between(0, 0), 0
    found: dict[str, list[int]] = {}
    known = notified = 0
    for number, kind, begun, came, due, closed in execute(
        "SELECT id, type, begun, opened, due, closed FROM decisions.case_file ORDER BY id"
    ).fetchall():
        if came >= span.until:
            continue
        held = found.setdefault(kind, [0, 0, 0, 0, 0])
        held[0] += span.holds(came)
        ended = closed is not None and closed < span.until
        held[1] += ended and span.holds(closed)
        held[2] += ended and span.holds(closed) and closed <= due
        held[3] += not ended
        held[4] += not ended and due < span.until
        if kind == "breach" and span.holds(begun):
            known += 1
            notified += bool(
                execute(
                    "SELECT 1 FROM decisions.case_line WHERE case_file=? AND what='step'"
                    " AND json_extract(detail, '$.step')='authority' AND at<=? LIMIT 1",
                    (number, due),
                ).fetchone()
            )
    (stolen,) = execute(
        "SELECT count(DISTINCT subject) FROM decisions.audit WHERE action=? AND at>=? AND at<?",
        (COMPROMISED, span.start, span.until),
    ).fetchone()
    types = [CasesOfType(kind, *held) for kind, held in sorted(found.items())]
    return (
        [each for each in types if any((each.opened, each.closed, each.open))],
        Between(known, notified),
        stolen,
    )

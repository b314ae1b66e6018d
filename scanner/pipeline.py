"""Scan a place: walk, filter what is stale, examine, record. There is no second pipeline."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from connectors import Connector, Document, Excluded, Lost, Unreadable
from connectors.employees import Employees
from scanner.executor import Executor, spread
from scanner.index.counts import Counts
from scanner.index.run import PlaceRun
from scanner.index.store import Index, IndexTrouble
from scanner.kontrolfil import RED
from scanner.model import Limits, Outcome
from scanner.places import Root
from scanner.recipe import Recipe
from scanner.tools import tools_of
from scanner.touched import Touched

MAX_LOCKED = 10_000
"""Documents that are kept in mind to be tried again when the others are read."""
Progress = Callable[[Counts, Outcome | None], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A place to scan: its name, its device, its root, and the folder below it that is asked.

    `where` is the same root with its true path; `configured` is false for a folder given by hand.
    `connections`: how many processes may look at it at a time, 0: as many as there are. `login`:
    equal for places that are logged in to as the same account at the same server.
    `employees`: whom the owners that are met are.
    """

    device: str
    place: str
    root: bytes
    connector: Connector
    below: bytes | None = None
    where: Root | None = None
    configured: bool = True
    connections: int = 0
    login: tuple[str, ...] = ()
    employees: Employees = field(default_factory=Employees, repr=False)
    control: bytes | None = None
    """Where the kontrolfil is to lie, in a place that has one."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended: done, interrupted or offline; what it met. `lost`: why it was offline."""

    place: str
    status: str
    counts: Counts
    run: int
    lost: Lost = ""

    @property
    def complete(self) -> bool:
        """Whether everything that was met is read, or of a type that has no text."""
        held = {"read", "no_text"}
        counts = self.counts
        return (
            self.status == "done"
            and counts.kontrolfil not in RED
            and not counts.folders
            and all(status in held for status, count in counts.statuses.items() if count)
        )


def scan(
    target: Target,
    recipe: Recipe,
    index: Index,
    executor: Executor,
    *,
    progress: Progress = lambda counts, outcome: None,
    stop: Callable[[], bool] = lambda: False,
    away: Unreadable | None = None,
    touched: Touched | None = None,
    watch: bool = False,
) -> Summary:
    """Scan one place into the index and return what happened. Runs in the coordinator.

    `stop` is asked between documents: true ends the run cleanly, state kept. Losing the root
    ends it as offline, with nothing closed. `away`: it is known to be lost, and is not asked.
    `watch`: it is watch mode that scans, while other runs may be under way; `touched` is its
    shorter walk, instead of the target's.
    """
    run = PlaceRun(
        index,
        tools_of(recipe),
        device=target.device,
        place=target.place,
        root=target.root,
        below=target.below,
        full=bool(recipe.reread_before),
        employees=target.employees,
        control=target.control,
        touched=touched,
        watch=watch,
    )
    status = "done"
    lost = _Lost()
    try:

        def ends() -> bool:
            return stop() or lost.root is not None

        walk = _until(lost.watched((touched or target.connector).walk, away), ends)
        more: deque[Document] = deque()
        documents = _reported(run, walk, progress)
        for outcome in _persistently(documents, executor, recipe.limits, more, ends):
            if outcome.lost:  # what is under way still comes back, and no more is begun
                lost.at(outcome)
                more.clear()
                continue
            more.extend(run.take(outcome))
            if lost.root is not None:
                more.clear()
            progress(run.counts, outcome)
            if stop():
                more.clear()
        if stop():
            status = "interrupted"
        if lost.root is not None:
            status = "offline"
            run.counts.folders[lost.root.reason] += 1
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    except BaseException:
        status = "failed"
        raise
    finally:
        run.tools.leave()
        try:
            status = run.finish(status)
        except IndexTrouble:
            if status != "failed":
                raise
    return Summary(target.place, status, run.counts, run.id, lost.root.lost if lost.root else "")


def _persistently(
    documents: Iterator[Document],
    executor: Executor,
    limits: Limits,
    more: deque[Document],
    ends: Callable[[], bool],
) -> Iterator[Outcome]:
    """Yield one outcome for every document; what somebody holds open is tried again at the end."""
    locked: deque[Outcome] = deque()
    for outcome in spread(documents, executor, limits, more):
        held = outcome.problem is not None and outcome.problem.reason == "locked"
        if held and len(locked) < MAX_LOCKED:
            locked.append(outcome)
        else:
            yield outcome

    def again() -> Iterator[Document]:
        while locked and not ends():
            yield locked.popleft().document

    yield from spread(again(), executor, limits, more)
    yield from locked


def _reported(
    run: PlaceRun, walk: Iterator[Document | Unreadable | Excluded], progress: Progress
) -> Iterator[Document]:
    def told() -> Iterator[Document | Unreadable | Excluded]:
        for event in walk:
            yield event
            progress(run.counts, None)
        run.counts.walked = True

    yield from run.stale(told())


def _until(
    walk: Iterator[Document | Unreadable | Excluded], stop: Callable[[], bool]
) -> Iterator[Document | Unreadable | Excluded]:
    for event in walk:
        if stop():
            return
        yield event


class _Lost:
    """Remembers that the root went away, so that the documents under way are still recorded."""

    def __init__(self) -> None:
        self.root: Unreadable | None = None

    def at(self, outcome: Outcome) -> None:
        """Take note that a worker found the whole place out of reach."""
        if self.root is None and outcome.problem is not None:
            reason = outcome.problem.reason
            self.root = Unreadable(outcome.document.path, reason, folder=True, lost=outcome.lost)

    def watched(
        self,
        walk: Callable[[], Iterator[Document | Unreadable | Excluded]],
        away: Unreadable | None,
    ) -> Iterator[Document | Unreadable | Excluded]:
        if away is not None:
            self.root = away
            return
        try:
            yield from walk()
        except Unreadable as error:
            self.root = error


class Refused:
    """The logins that a server refused in this run: another try would lock the account."""

    def __init__(self) -> None:
        self._by_login: dict[tuple[str, ...], Unreadable] = {}

    def known(self, target: Target) -> Unreadable | None:
        """Return why a place need not be asked; None where it may be."""
        known = self._by_login.get(target.login)
        if known is None:
            return None
        return Unreadable(target.root, known.reason, folder=True, lost=known.lost)

    def learn(self, target: Target, lost: Lost) -> None:
        """Take note of how a place was lost."""
        if target.login and lost in ("login", "account"):
            self._by_login[target.login] = Unreadable(b"", "no_access", folder=True, lost=lost)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a first run would meet, by metadata alone."""

    files: int
    size: int
    excluded: int
    unreadable: int


def estimate(connector: Connector) -> Estimate:
    """Count what a scan would read, reading nothing. Raises Unreadable when the root is away."""
    files = size = excluded = unreadable = 0
    for event in connector.walk():
        match event:
            case Document():
                messages, held = event.holds
                files += 1 + messages
                size += event.size + held
            case Excluded():
                excluded += event.count
            case Unreadable():
                unreadable += 1
    return Estimate(files, size, excluded, unreadable)

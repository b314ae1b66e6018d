"""Tell the employee: hold what may not be said yet, say it in one word, take the answers."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from scanner.alert.answering import Answering
from scanner.alert.desktop import ANSWERABLE, Answer, NotShown, Showing
from scanner.alert.events import Event
from scanner.alert.held import flagged_of, reading, waiting_of
from scanner.alert.memory import Memory
from scanner.alert.policy import LATER, Habits, is_learning, may_speak, reaches, worst_first
from scanner.alert.state import Waiting
from scanner.alert.wording import Wording
from scanner.flagged import Flagged
from scanner.index.store import Decisions, decisions_path
from scanner.index.verdicts import standing
from scanner.judging import Judging
from scanner.risk import Level

CHANNEL = "employee"
DESKTOP_AGAIN = timedelta(minutes=5)
"""How long after a word that could not be shown the next is tried."""
MAX_WAIT = timedelta(days=30)
"""How long a word waits for a desktop that never comes."""
COUNTED = 200
"""Documents of one word that are looked up again before it; what waits beyond is counted only."""

Again = dict[int, tuple[str, ...]]
"""Why the verdict about a document no longer holds, by its number."""


@dataclass(frozen=True, slots=True)
class Manners:
    """When and of what the employee is told. `began`: when watching began for the first time."""

    habits: Habits
    risk: Level
    began: datetime


class Employee:
    """Whoever sits at this desktop. Methods raise StateTrouble, IndexTrouble, sqlite3.Error."""

    def __init__(
        self,
        *,
        index: Path,
        memory: Memory,
        wording: Wording,
        desktop: Showing,
        answering: Answering,
        manners: Manners,
        judging: Judging,
        log: logging.Logger,
    ) -> None:
        self._index = index
        self._memory = memory
        self._wording = wording
        self._desktop = desktop
        self._answering = answering
        self._manners = manners
        self._judging = judging
        self._log = log
        self._shown: dict[tuple[int, ...], str] = {}
        """The words that can still be answered, by the documents that they are about."""
        self._silent_until: datetime | None = None

    def tell(self, flagged: Sequence[Flagged], again: Again, at: datetime) -> None:
        """Take what a burst flagged; say it now where that is allowed."""
        mine = [
            each
            for each in flagged
            if reaches(each, self._manners.risk)
            and (each.document in again or self._memory.is_new(CHANNEL, each))
        ]
        if mine and is_learning(self._manners.habits, self._manners.began, at):
            self._log.info("the first weeks: %d documents not told to the employee", len(mine))
            return
        self._memory.hold([waiting_of(each, again.get(each.document, ()), at) for each in mine])
        self.speak(at, {each.document: each for each in mine})

    def speak(self, at: datetime, fresh: Mapping[int, Flagged] | None = None) -> None:
        """Show one word about all that waits, if it may be. `fresh`: what was just flagged."""
        first = self._memory.state.next_held()
        if first is None or first > at:
            return
        if self._silent_until is not None and self._silent_until > at:
            return
        manners = self._manners
        if may_speak(manners.habits, manners.began, self._memory.words(), at) is not None:
            return
        told, again = self._ready(fresh or {}, at)
        if not told:
            return
        more = max(self._memory.state.count_held(at) - len(told), 0)
        word = self._wording.word(told, again, more)
        try:
            self._desktop.show(word, folder=self._answering.can_open(told[0]))
        except NotShown as error:
            self._unshown(error, at)
            return
        self._silent_until = None
        self._answering.remember(told[0])
        name = uuid4().hex
        self._shown[word.documents] = name
        self._memory.shown(name, CHANNEL, told, at)
        while len(self._shown) > ANSWERABLE:
            self._memory.answered(self._shown.pop(next(iter(self._shown))))

    def _unshown(self, error: NotShown, at: datetime) -> None:
        if self._silent_until is None:
            self._log.error("notification: %s; words wait until one can be shown", error)
        self._silent_until = at + DESKTOP_AGAIN
        if lost := self._memory.state.expire_held(at - MAX_WAIT):
            self._log.error("%d documents could not be told in %d days", lost, MAX_WAIT.days)

    def _ready(self, fresh: Mapping[int, Flagged], at: datetime) -> tuple[list[Flagged], Again]:
        """Return what one word is about, the named document first, and why again."""
        covered = self._covered(at)
        while waiting := self._memory.ready(at, COUNTED):
            told = worst_first(self._still(waiting, fresh, covered))
            settled = {each.document for each in waiting} - {each.document for each in told}
            if settled:
                self._memory.state.release(settled)
                self._log.info("%d documents were settled before they were told", len(settled))
            if told:
                return told, {each.document: tuple(each.body["again"]) for each in waiting}
        return [], {}

    def _still(
        self, waiting: Sequence[Waiting], fresh: Mapping[int, Flagged], covered: Collection[int]
    ) -> Iterator[Flagged]:
        """Yield what waits and is still to be told: not gone, mended or answered meanwhile."""
        with reading(self._index) as connection:
            for each in waiting:
                if each.document in covered:
                    continue
                found = fresh.get(each.document)
                if found is None or found.mark != each.mark:
                    found = flagged_of(each, connection, self._judging)
                if found is not None:
                    yield found

    def _covered(self, at: datetime) -> Collection[int]:
        path = decisions_path(self._index)
        if not path.exists():
            return ()
        with Decisions(path) as decisions:
            return standing(decisions.connection, at)

    def answers(self, at: datetime) -> Iterator[Event]:
        """Take what was answered, and yield the events of verdicts that were kept."""
        for answer in self._desktop.answers():
            if answer.choice != "later":
                self._answering.take(answer, at)
            self._answered(answer, at)
        yield from self._answering.finish(at)

    def _answered(self, answer: Answer, at: datetime) -> None:
        name = self._shown.pop(answer.documents, None)
        if name is None:
            return
        later = at + LATER if answer.choice == "later" else None
        count = self._memory.answered(name, later)
        if later is not None:
            self._log.info("%d documents are told again later", count)

    @property
    def listening(self) -> bool:
        """Whether an answer may come any moment."""
        return self._answering.asking or self._desktop.awaiting > 0

    def next_word(self, at: datetime) -> datetime | None:
        """Return when a word may be shown next; None where none waits."""
        first = self._memory.state.next_held()
        if first is None:
            return None
        manners, words = self._manners, self._memory.words()
        wait = may_speak(manners.habits, manners.began, words, max(first, at))
        return max(first, wait.until if wait else first, self._silent_until or first)

    def close(self) -> None:
        self._answering.close()
        self._desktop.close()

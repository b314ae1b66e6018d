"""Tell people what was flagged: the lines at once, the others as the policy and the servers let it.

The one broad catch of alerts is here: whatever goes wrong is logged, and watching goes on.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from scanner.alert.answering import Answering
from scanner.alert.desktop import ANSWERABLE, NotShown, Showing
from scanner.alert.events import Event, event_of, line_of, log_line
from scanner.alert.held import flagged_of, reading, waiting_of
from scanner.alert.policy import (
    LATER,
    Habits,
    is_learning,
    may_speak,
    reaches,
    worst_first,
)
from scanner.alert.post import Post
from scanner.alert.state import State, StateTrouble, Waiting
from scanner.alert.wording import Wording
from scanner.flagged import Flagged
from scanner.index.store import Decisions, IndexTrouble, decisions_path
from scanner.index.verdicts import Basis, Change, move_of, reopen, standing
from scanner.judging import Judging
from scanner.log import reason_words
from scanner.risk import LEVELS, Level

EMPLOYEE, OFFICERS = "employee", "officers"
DESKTOP_AGAIN = timedelta(minutes=5)
"""How long after a word that could not be shown the next is tried."""
LISTENING_SECONDS = 2.0
"""How often answers are looked for while a word is shown or a question is open."""
LONGEST_SECONDS = 600.0
SHORTEST_SECONDS = 0.5

UNWRITTEN_EVENTS = 1_000
"""Events kept in memory for officers while the state cannot be written; the log has all."""

Again = dict[int, tuple[str, ...]]


@dataclass(slots=True)
class _Unwritten:
    """What the state could not take: a full disk loses no word and makes none come twice."""

    told: dict[tuple[str, int], bytes] = field(default_factory=dict)
    waiting: dict[int, Waiting] = field(default_factory=dict)
    released: set[int] = field(default_factory=set)
    words: list[datetime] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class AlertTeller:
    """The Teller of watch mode (scanner.flagged): put together by scanner.alert.open_teller."""

    def __init__(
        self,
        *,
        index: Path,
        device: str,
        state: State,
        post: Post,
        wording: Wording,
        desktop: Showing | None,
        answering: Answering,
        habits: Habits,
        risk: Level,
        log_risk: Level,
        judging: Judging,
        stdout: TextIO | None,
        log: logging.Logger,
        began: datetime,
        executor: Executor | None,
    ) -> None:
        self._index = index
        self._device = device
        self._state = state
        self._post = post
        self._wording = wording
        self._desktop = desktop
        self._answering = answering
        self._habits = habits
        self._risk: Level = risk
        self._log_risk: Level = log_risk
        self._judging = judging
        self._stdout = stdout
        self._log = log
        self._began = began
        self._executor = executor
        self._sending: Future[None] | None = None
        self._unwritten = _Unwritten()
        self._shown: dict[tuple[int, ...], list[Waiting]] = {}
        """What the words that can still be answered were about."""
        self._silent_until: datetime | None = None
        self._said: set[str] = set()
        self._trouble = False

    def tell(self, flagged: Sequence[Flagged], at: datetime) -> None:
        self._safely(lambda: self._tell(flagged, at))

    def tend(self, at: datetime) -> float:
        self._trouble = False
        self._safely(lambda: self._write_again(at))
        self._safely(lambda: self._take_answers(at))
        self._safely(lambda: self._speak({}, at))
        self._safely(lambda: self._send(at))
        seconds = LISTENING_SECONDS

        def looked() -> None:
            nonlocal seconds
            seconds = self._seconds(at)

        self._safely(looked)
        if not self._trouble:
            self._said.clear()
        return seconds

    def close(self) -> None:
        self._post.stop()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        self._answering.close()
        if self._desktop is not None:
            self._safely(self._desktop.close)
        self._state.close()

    def _safely(self, doing: Callable[[], None]) -> None:
        """Do something; say what went wrong, once for each kind of trouble in a row."""
        try:
            doing()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # the promise of Teller: it never raises
            self._say(str(error) if isinstance(error, StateTrouble) else reason_words(error))

    def _say(self, trouble: str) -> None:
        self._trouble = True
        if trouble not in self._said:
            self._said.add(trouble)
            self._log.error("alerts: %s", trouble)

    def _tell(self, flagged: Sequence[Flagged], at: datetime) -> None:
        again: Again = {}
        last = {each.document: each for each in flagged}
        try:
            kept = list(self._not_settled(last, again, at))
        except (IndexTrouble, sqlite3.Error) as error:  # rather a word too many
            self._say(f"verdicts could not be looked up: {reason_words(error)}")
            kept = list(last.values())
        if not kept:
            return
        fresh = [each for each in kept if self._is_new(OFFICERS, each, again)]
        self._record(
            [event_of(each, self._device, at, again.get(each.document, ())) for each in fresh], at
        )
        self._note(OFFICERS, fresh, at)
        if self._desktop is None:
            return
        mine = [
            each
            for each in kept
            if reaches(each, self._risk) and self._is_new(EMPLOYEE, each, again)
        ]
        if mine and is_learning(self._habits, self._began, at):
            self._log.info("the first weeks: %d documents not told to the employee", len(mine))
            return
        self._hold([waiting_of(each, again.get(each.document, ()), at) for each in mine])
        self._speak({each.document: each for each in mine}, at)

    def _not_settled(
        self, flagged: Mapping[int, Flagged], again: Again, at: datetime
    ) -> Iterator[Flagged]:
        """Yield what no verdict covers; `again` gets why one that did no longer does."""
        path = decisions_path(self._index)
        if not path.exists():
            yield from flagged.values()
            return
        with Decisions(path) as decisions:
            covered = standing(decisions.connection, at)
            for document, each in flagged.items():
                if document in covered:
                    changes = self._changes(each, covered[document])
                    if not changes:
                        self._state.release((document,))
                        continue
                    reopen(decisions, document, changes)
                    again[document] = changes
                yield each

    def _changes(self, flagged: Flagged, basis: Basis | None) -> tuple[Change, ...]:
        if basis is None:
            return ()
        with reading(self._index) as connection:
            move = move_of(connection, flagged.document)
        kinds = {each.kind: each.values for each in flagged.kinds}
        return basis.changes(Basis(kinds, move, flagged.readable_by))

    def _is_new(self, channel: str, flagged: Flagged, again: Again) -> bool:
        key = (channel, flagged.document)
        if flagged.document in again:
            return True
        told = self._unwritten.told.get(key)
        if told is None:
            try:
                told = self._state.told(channel, flagged.document)
            except StateTrouble as error:
                self._say(str(error))
        return told != flagged.mark

    def _note(self, channel: str, flagged: Iterable[Flagged], at: datetime) -> None:
        """Remember what was told, in memory where the state cannot be written."""
        marks = {each.document: each.mark for each in flagged}
        try:
            self._state.note_told(channel, marks.items(), at)
        except StateTrouble as error:
            self._say(str(error))
            for document, mark in marks.items():
                self._unwritten.told[(channel, document)] = mark

    def _hold(self, waiting: Sequence[Waiting]) -> None:
        try:
            self._state.hold(waiting)
        except StateTrouble as error:
            self._say(str(error))
            self._unwritten.waiting.update((each.document, each) for each in waiting)

    def _put(self, events: Sequence[Event], at: datetime) -> None:
        try:
            self._post.put(events, at)
        except StateTrouble as error:
            self._say(str(error))
            self._unwritten.events.extend(events)
            del self._unwritten.events[:-UNWRITTEN_EVENTS]

    def _write_again(self, at: datetime) -> None:
        """Bring to the state what could not be written before. Raises StateTrouble."""
        held = self._unwritten
        with self._state.change():
            if held.events:
                self._post.put(held.events, at)
            if held.waiting:
                self._state.hold(held.waiting.values())
            for moment in held.words:
                self._state.note_word(moment)
            for (channel, document), mark in held.told.items():
                self._state.note_told(channel, ((document, mark),), at)
            self._state.release(held.released)
        self._unwritten = _Unwritten()

    def _record(self, events: Sequence[Event], at: datetime) -> None:
        """Say events on stdout and in the log, and keep them for those who are away."""
        border = LEVELS.index(self._log_risk)
        for event in events:
            if event["event"] == "flagged" and LEVELS.index(event["level"]) < border:
                continue
            self._log.info("%s", log_line(event))
            self._line(event)
        if events:
            self._put(events, at)

    def _line(self, event: Event) -> None:
        if self._stdout is None:
            return
        try:
            print(line_of(event), file=self._stdout, flush=True)
        except (OSError, ValueError) as error:
            self._stdout = None
            self._log.error("nobody reads the lines any more (%s)", type(error).__name__)

    def _speak(self, fresh: Mapping[int, Flagged], at: datetime) -> None:
        """Show one word about all that waits, if it may be."""
        first = self._state.next_held()
        if self._desktop is None or first is None or first > at:
            return
        if self._silent_until is not None and self._silent_until > at:
            return
        if may_speak(self._habits, self._began, self._words(), at) is not None:
            return
        waiting = [
            each
            for each in self._state.held()
            if each.after <= at and each.document not in self._unwritten.released
        ]
        told = worst_first(self._still(waiting, fresh, at))
        if not told:
            return
        again = {each.document: tuple(each.body["again"]) for each in waiting}
        word = self._wording.word(told, again)
        try:
            self._desktop.show(word, folder=self._answering.can_open(told[0]))
        except NotShown as error:
            if self._silent_until is None:
                self._log.error("notification: %s; words wait until one can be shown", error)
            self._silent_until = at + DESKTOP_AGAIN
            return
        self._silent_until = None
        self._answering.remember(told[0])
        self._shown[word.documents] = [
            each for each in waiting if each.document in {*word.documents}
        ]
        while len(self._shown) > ANSWERABLE:
            self._shown.pop(next(iter(self._shown)))
        try:
            with self._state.change():
                self._state.note_word(at)
                self._state.release(word.documents)
        except StateTrouble as error:
            self._say(str(error))
            self._unwritten.words.append(at)
            self._unwritten.released.update(word.documents)
        self._note(EMPLOYEE, told, at)

    def _words(self) -> list[datetime]:
        return [*self._state.words(), *self._unwritten.words]

    def _still(
        self, waiting: Sequence[Waiting], fresh: Mapping[int, Flagged], at: datetime
    ) -> Iterator[Flagged]:
        """Yield what waits and is still to be told; drop what is gone, mended or settled."""
        dropped = []
        covered = self._covered(at)
        with reading(self._index) as connection:
            for each in waiting:
                found = fresh.get(each.document)
                if found is None or found.mark != each.mark:
                    found = flagged_of(each, connection, self._judging)
                if found is None or each.document in covered:
                    dropped.append(each.document)
                else:
                    yield found
        if dropped:
            self._state.release(dropped)
            self._log.info("%d documents were settled before they were told", len(dropped))

    def _covered(self, at: datetime) -> Collection[int]:
        path = decisions_path(self._index)
        if not path.exists():
            return ()
        with Decisions(path) as decisions:
            return standing(decisions.connection, at)

    def _take_answers(self, at: datetime) -> None:
        if self._desktop is None:
            return
        for answer in self._desktop.answers():
            shown = self._shown.pop(answer.documents, [])
            if answer.choice == "later":
                self._hold([replace(each, after=at + LATER) for each in shown])
                self._log.info("%d documents are told again later", len(shown))
            else:
                self._answering.take(answer, at)
        self._record(self._answering.finish(at), at)

    def _send(self, at: datetime) -> None:
        if self._sending is not None and not self._sending.done():
            return
        due = self._post.due(at)
        if due is None or due > at:
            return
        if self._executor is None:
            self._post.deliver(at)
        else:
            self._sending = self._executor.submit(self._safely, lambda: self._post.deliver(at))

    def _seconds(self, at: datetime) -> float:
        """Return how long there is nothing to do."""
        listening = self._answering.asking or (
            self._desktop is not None and self._desktop.awaiting > 0
        )
        sending = self._sending is not None and not self._sending.done()
        waits = [LISTENING_SECONDS if listening or sending else LONGEST_SECONDS]
        moments = [self._post.due(at), self._next_word(at)]
        waits += [(moment - at).total_seconds() for moment in moments if moment is not None]
        return max(min(waits), SHORTEST_SECONDS)

    def _next_word(self, at: datetime) -> datetime | None:
        first = self._state.next_held()
        if self._desktop is None or first is None:
            return None
        wait = may_speak(self._habits, self._began, self._words(), max(first, at))
        moments = [first, wait.until if wait else first, self._silent_until or first]
        return max(moments)

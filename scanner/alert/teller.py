"""Tell people what was flagged: the lines at once, the others as the policy and the servers let it.

The one broad catch of alerts is here: whatever goes wrong is logged, and watching goes on.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from datetime import datetime
from pathlib import Path
from typing import TextIO

from scanner.alert.employee import Again, Employee
from scanner.alert.events import Event, event_of, line_of, log_line
from scanner.alert.held import reading
from scanner.alert.memory import Memory
from scanner.alert.post import Post
from scanner.alert.state import State, StateTrouble
from scanner.flagged import Flagged
from scanner.index.store import Decisions, IndexTrouble, decisions_path
from scanner.index.verdicts import Basis, Change, path_key_of, reopen, standing
from scanner.log import reason_words
from scanner.risk import LEVELS, Level

CHANNEL = "officers"
LISTENING_SECONDS = 2.0
"""How often answers are looked for while a word is shown, a question open, a message under way."""
LONGEST_SECONDS = 600.0
SHORTEST_SECONDS = 0.5
CHUNK = 500
"""Documents of a burst that are told to officers at a time: what bounds memory."""


class AlertTeller:
    """The Teller of watch mode (scanner.flagged): put together by scanner.alert.open_teller."""

    def __init__(
        self,
        *,
        index: Path,
        device: str,
        state: State,
        post: Post,
        employee: Callable[[Memory], Employee] | None,
        log_risk: Level,
        stdout: TextIO | None,
        log: logging.Logger,
        executor: Executor | None,
    ) -> None:
        """`employee`: makes whom to tell on this desktop, None where nobody is."""
        self._index = index
        self._device = device
        self._state = state
        self._post = post
        self._memory = Memory(state, post, self._say)
        self._employee = employee(self._memory) if employee is not None else None
        self._log_risk: Level = log_risk
        self._stdout = stdout
        self._log = log
        self._executor = executor
        self._sending: Future[None] | None = None
        self._said: set[str] = set()
        self._trouble = False

    def tell(self, flagged: Sequence[Flagged], at: datetime) -> None:
        self._safely(lambda: self._tell(flagged, at))

    def tend(self, at: datetime) -> float:
        self._trouble = False
        self._safely(lambda: self._memory.write_again(at))
        if (employee := self._employee) is not None:
            self._safely(lambda: self._answers(employee, at))
            self._safely(lambda: employee.speak(at))
        self._safely(lambda: self._send(at))
        waits = [LONGEST_SECONDS]
        self._safely(lambda: waits.append(self._seconds(at)))
        if self._trouble:
            return LISTENING_SECONDS
        self._said.clear()
        return max(min(waits), SHORTEST_SECONDS)

    def close(self) -> None:
        self._post.stop()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        if self._employee is not None:
            self._safely(self._employee.close)
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
        fresh = [
            each for each in kept if each.document in again or self._memory.is_new(CHANNEL, each)
        ]
        for start in range(0, len(fresh), CHUNK):
            chunk = fresh[start : start + CHUNK]
            device = self._device
            self._record(
                [event_of(each, device, at, again.get(each.document, ())) for each in chunk], at
            )
            self._memory.note_told(CHANNEL, chunk, at)
        if self._employee is not None and kept:
            self._employee.tell(kept, again, at)

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
                        continue
                    reopen(decisions, document, changes)
                    again[document] = changes
                yield each

    def _changes(self, flagged: Flagged, basis: Basis | None) -> tuple[Change, ...]:
        if basis is None:
            return ()
        with reading(self._index) as connection:
            path_key = path_key_of(connection, flagged.document)
        kinds = {each.kind: each.values for each in flagged.kinds}
        return basis.changes(Basis(kinds, path_key, flagged.readable_by))

    def _record(self, events: Sequence[Event], at: datetime) -> None:
        """Say events on stdout and in the log, and keep them for those who are away."""
        border = LEVELS.index(self._log_risk)
        for event in events:
            if event["event"] == "flagged" and LEVELS.index(event["level"]) < border:
                continue
            self._log.info("%s", log_line(event))
            self._line(event)
        self._memory.put(events, at)

    def _line(self, event: Event) -> None:
        if self._stdout is None:
            return
        try:
            print(line_of(event), file=self._stdout, flush=True)
        except (OSError, ValueError) as error:
            self._stdout = None
            self._log.error("nobody reads the lines any more (%s)", type(error).__name__)

    def _answers(self, employee: Employee, at: datetime) -> None:
        for event in employee.answers(at):
            self._record([event], at)

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
        if self._sending is not None and not self._sending.done():
            return LISTENING_SECONDS
        if self._employee is not None and self._employee.listening:
            return LISTENING_SECONDS
        moments = [
            self._post.due(at),
            self._employee.next_word(at) if self._employee is not None else None,
        ]
        waits = [(moment - at).total_seconds() for moment in moments if moment is not None]
        return min(waits, default=LONGEST_SECONDS)

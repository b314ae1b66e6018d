"""Send what waits in the outbox, in order, again and again until it arrives or is too old."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from scanner.alert.carriers import Carrier
from scanner.alert.events import Event
from scanner.alert.smtp import NotSent
from scanner.alert.state import Parcel, State, Tried
from scanner.risk import LEVELS

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
DOUBLINGS = 8
"""Of the first wait: beyond the longest, so that no number grows without end."""
MAX_AGE = timedelta(days=14)
MAX_PARCELS = 2_000
EVENTS_IN_PARCEL = 100
MESSAGES_AT_ONCE = 50
"""Messages of one channel sent in a row; then the others have their turn."""
LOGGED_TRIES = 10
"""A channel that stays silent is said once, then every so many tries."""


class Post:
    """The outbox of all carriers. `put` is quick; `deliver` may take as long as servers do."""

    def __init__(
        self,
        state: State,
        carriers: Sequence[Carrier],
        log: logging.Logger,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._state = state
        self.carriers = carriers
        self._log = log
        self._jitter = jitter
        self._stopped = False
        self._arrived: set[str] = set()
        """Messages that arrived while the state could not be written: not to be sent again."""

    def stop(self) -> None:
        """Let `deliver` end after the message that is under way."""
        self._stopped = True

    def put(self, events: Sequence[Event], at: datetime) -> None:
        """Keep events for each carrier that they are risky enough for. Raises StateTrouble."""
        for carrier in self.carriers:
            border = LEVELS.index(carrier.risk)
            mine = [
                each
                for each in events
                if each["event"] != "flagged" or LEVELS.index(each["level"]) >= border
            ]
            for start in range(0, len(mine), EVENTS_IN_PARCEL):
                body = {"events": mine[start : start + EVENTS_IN_PARCEL]}
                lost = self._state.post(carrier.name, body, at, MAX_PARCELS)
                self._said_lost(carrier, lost, "too many wait")

    def due(self, at: datetime) -> datetime | None:
        """Return when something can be sent next; None where nothing waits."""
        moments = [
            self._next(carrier, at)
            for carrier in self.carriers
            if self._state.waiting(carrier.name)
        ]
        return min(moments) if moments else None

    def _next(self, carrier: Carrier, at: datetime) -> datetime:
        tried = self._state.tried(carrier.name)
        if tried.due > at + LONGEST_WAIT:  # a clock that was ahead
            return at
        gathered = tried.sent + carrier.gather
        if tried.sent > at:
            gathered = at
        return max(tried.due, gathered)

    def deliver(self, at: datetime) -> None:
        """Send what is due at `at`, the time of the call. Raises StateTrouble, and nothing else."""
        began = time.monotonic()
        for carrier in self.carriers:
            lost = self._state.expire(carrier.name, at - MAX_AGE)
            self._said_lost(carrier, lost, f"older than {MAX_AGE.days} days")
            for _ in range(MESSAGES_AT_ONCE):
                moment = at + timedelta(seconds=time.monotonic() - began)
                if (
                    self._stopped
                    or self._next(carrier, moment) > moment
                    or not self._send(carrier, moment)
                ):
                    break

    def _send(self, carrier: Carrier, at: datetime) -> bool:
        """Send one message; return whether the next may follow."""
        parcels = self._state.parcels(carrier.name, carrier.per_message)
        if not parcels:
            return False
        tried = self._state.tried(carrier.name)
        message = self._message(carrier, parcels)
        try:
            if message not in self._arrived:
                carrier.carry(_events(parcels), message, at)
                self._arrived.add(message)
        except NotSent as error:
            return self._failed(carrier, parcels, tried, error, at)
        except Exception as error:  # a carrier's own mistake stops no other
            from scanner.log import origin

            why = NotSent(f"unexpected {type(error).__name__} at {origin(error)}")
            return self._failed(carrier, parcels, tried, why, at)
        with self._state.change():
            self._state.sent(parcels)
            self._state.note_tried(carrier.name, Tried(0, at, at))
        self._arrived.discard(message)
        if tried.tries:
            self._log.info("%s arrives again, after %d tries", carrier.name, tried.tries + 1)
        return not carrier.gather

    def _message(self, carrier: Carrier, parcels: Sequence[Parcel]) -> str:
        if carrier.per_message == 1:
            return parcels[0].id
        if parcels[0].batch:
            return parcels[0].batch
        name = uuid4().hex
        self._state.batch(parcels, name)
        return name

    def _failed(
        self,
        carrier: Carrier,
        parcels: Sequence[Parcel],
        tried: Tried,
        error: NotSent,
        at: datetime,
    ) -> bool:
        if error.final:
            self._log.error("%s: %s; not sent, and not tried again", carrier.name, error)
            with self._state.change():
                self._state.sent(parcels)
                self._state.note_tried(carrier.name, Tried(0, at, tried.sent))
            return True
        tries = tried.tries + 1
        wait = wait_after(tries, self._jitter())
        self._state.note_tried(carrier.name, Tried(tries, at + wait, tried.sent))
        if tries == 1 or tries % LOGGED_TRIES == 0:
            self._log.warning("%s: %s; kept, tried again (try %d)", carrier.name, error, tries)
        return False

    def _said_lost(self, carrier: Carrier, lost: int, why: str) -> None:
        if lost:
            self._log.error("%s: %d messages dropped unsent: %s", carrier.name, lost, why)


def wait_after(tries: int, share: float) -> timedelta:
    """Return how long to wait after so many tries in a row; `share` 0 to 1 takes up to half off."""
    whole: timedelta = min(FIRST_WAIT * 2 ** min(tries - 1, DOUBLINGS), LONGEST_WAIT)
    return whole * (1 - share / 2)


def _events(parcels: Sequence[Parcel]) -> list[Event]:
    return [event for parcel in parcels for event in parcel.body["events"]]

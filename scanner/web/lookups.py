"""Keep the look-ups of a session while it lasts: fingerprints, masks and what was decided.

In memory alone, and never a searched value. What a session looked up no other session sees.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from scanner.answers.pasted import Reader
from scanner.answers.person import Wanted
from scanner.web.sessions import Clock, hashed

Purpose = Literal["access", "erasure", "objection", "breach", "check"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
MOST_SESSIONS = 200
MOST_LOOKUPS = 100
"""Of one session; the oldest goes."""


InPaths = tuple[tuple[Wanted, tuple[int, ...]], ...]
"""Documents whose path names somebody, by the name."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the officer said of one place. `reason`: why it was rejected, typed() already."""

    confirmed: bool
    reason: str = field(default="", repr=False)


@dataclass(slots=True)
class Lookup:
    """One look-up. `in_paths`: for names, the documents in whose path each stands.

    `searching`: the paths are still searched for names; `unsearched`: that did not succeed.
    `sound`: whether the index was checked for damage; None: that took too long. `decided` is by
    `scanner.web.found.Found.key`. `outside`: systems outside Fodspor, as the officer wrote them.
    """

    mark: str
    made: datetime
    purpose: Purpose
    reference: str = field(repr=False)
    values: tuple[Wanted, ...]
    in_paths: InPaths = ()
    notes: tuple[str, ...] = field(default=(), repr=False)
    sound: bool | None = True
    decided: Mapping[str, Decided] = field(default_factory=dict, repr=False)
    outside: str = field(default="", repr=False)
    searching: Future[InPaths] | None = field(default=None, repr=False)
    unsearched: bool = False

    def settle(self) -> bool:
        """Take over what was found in paths; return whether that is all there is to find."""
        if self.searching is None:
            return True
        if not self.searching.done():
            return False
        if self.searching.cancelled() or self.searching.exception() is not None:
            self.unsearched = True
        else:
            self.in_paths = self.searching.result()
        self.searching = None
        return True

    @property
    def fingerprints(self) -> tuple[bytes, ...]:
        return tuple(value.fingerprint for value in self.values)

    @property
    def masks(self) -> tuple[tuple[str, str], ...]:
        """Kinds and masks of what was looked for, each once."""
        return tuple(dict.fromkeys((value.kind, value.masked) for value in self.values))

    @property
    def confirmed(self) -> int:
        return sum(each.confirmed for each in self.decided.values())


class Lookups:
    """The look-ups of all sessions. May be used by any thread."""

    def __init__(self, clock: Clock, longest: timedelta) -> None:
        self._clock = clock
        self._longest = longest
        self._lock = threading.Lock()
        self._held: dict[bytes, dict[str, Lookup]] = {}
        self._reader: Reader | None = None

    def add(self, token: str, make: Callable[[str, datetime], Lookup]) -> Lookup:
        """Keep what `make` returns for a new mark and the time."""
        at = self._clock()
        lookup = make(secrets.token_hex(8), at)
        with self._lock:
            self._forget(at)
            held = self._held.setdefault(hashed(token), {})
            while len(held) >= MOST_LOOKUPS:
                held.pop(next(iter(held)))
            held[lookup.mark] = lookup
            while len(self._held) > MOST_SESSIONS:
                self._held.pop(next(iter(self._held)))
        return lookup

    def get(self, token: str, mark: str) -> Lookup | None:
        with self._lock:
            self._forget(self._clock())
            return self._held.get(hashed(token), {}).get(mark)

    def all(self, token: str) -> list[Lookup]:
        """Return the look-ups of a session, the latest first."""
        with self._lock:
            self._forget(self._clock())
            return list(reversed(self._held.get(hashed(token), {}).values()))

    def decide(self, lookup: Lookup, keys: tuple[str, ...], decided: Decided | None) -> None:
        """Say something of places; None takes back what was said."""
        with self._lock:
            changed = {key: said for key, said in lookup.decided.items() if key not in keys}
            if decided is not None:
                changed |= dict.fromkeys(keys, decided)
            lookup.decided = changed

    def end(self, token: str) -> None:
        """Forget what a session looked up."""
        with self._lock:
            self._held.pop(hashed(token), None)

    def reader(self, make: Callable[[], Reader]) -> Reader:
        """Return what reads typed values, made once."""
        with self._lock:
            if self._reader is None:
                self._reader = make()
            return self._reader

    def _forget(self, at: datetime) -> None:
        for token, held in list(self._held.items()):
            for mark, lookup in list(held.items()):
                if at - lookup.made >= self._longest:
                    del held[mark]
            if not held:
                del self._held[token]

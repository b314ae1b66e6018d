"""Keep to a pace: so many messages, so many bytes in a second. Counts and waits, no more."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """How fast one connection may go; 0: as fast as it can. Not shared between processes."""

    per_second: float = 0.0
    bytes_per_second: float = 0.0
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    _free_at: float = field(default=0.0, init=False)

    def took(self, messages: int, size: int) -> None:
        """Take note of what was taken, and wait until the next may be."""
        owed = self.seconds(messages, size)
        if owed:
            now = self.clock()
            self._free_at = max(self._free_at, now) + owed
            self.wait(self._free_at - now)

    def seconds(self, messages: int, size: int) -> float:
        """Return how long taking so much must last."""
        by_count = messages / self.per_second if self.per_second else 0.0
        return by_count + (size / self.bytes_per_second if self.bytes_per_second else 0.0)

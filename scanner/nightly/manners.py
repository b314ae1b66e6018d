"""Decide, while a night runs, when it stops, what it puts off, and which place comes first.

Time, power and network are asked through what is passed in. Reads no document.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from connectors.shares import share_of
from scanner.nightly import power as system
from scanner.typed import typed

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.config.schedule import Schedule
    from scanner.index.store import Index
    from scanner.pipeline import Summary, Target

Stopped = Literal["", "window", "battery"]
LOOK_SECONDS = 30
"""How often the power is asked for while documents are read."""
LONGEST_WAIT_HOURS = 8
"""How long a night without a window waits for mains."""
WAIT_SECONDS = 10.0
"""How often it is asked for while the night waits for mains."""

log = logging.getLogger("fodspor")


def utc() -> datetime:
    """Return the time: what a night is given as its clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Manners:
    """What one night may do. `ends`: the end of its window; None without one.

    `stopped` says why it may not go on. `places`: how the run of each place that was reached ended;
    `busy` are places that another process was scanning.
    """

    schedule: Schedule
    ends: datetime | None
    clock: Callable[[], datetime] = utc
    power: Callable[[], system.Power] = system.power
    network: Callable[[], system.Network] = system.network
    stopped: Stopped = ""
    places: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    _look: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether the window has ended."""
        return self.ends is not None and self.clock() >= self.ends

    def stop(self) -> bool:
        """Whether no more may be begun. Asked between documents; once true it stays so."""
        if self.stopped:
            return True
        now = self.clock()
        if self.ends is not None and now >= self.ends:
            self.stopped = "window"
            log.info("night: the window has ended; what is left is read in the next one")
        elif self.schedule.battery != "run" and (self._look is None or now >= self._look):
            self._look = now + timedelta(seconds=LOOK_SECONDS)
            if self.power() == "battery":
                self.stopped = "battery"
                log.info("night: on battery, nothing more is begun")
        return bool(self.stopped)

    def wait_for_mains(self, sleep: Callable[[float], None], asked: Callable[[], bool]) -> float:
        """Wait until the machine is fed, the night is over or `asked`; return the seconds waited.

        `stopped` then says whether reading may begin. Without leave to wait it decides at once.
        """
        began = self.clock()
        give_up = self.ends or began + timedelta(hours=LONGEST_WAIT_HOURS)
        told = False
        while True:
            self.stopped, self._look = "", None
            self.stop()
            on_battery = self.power_is_short()
            if not on_battery or self.schedule.battery == "skip":
                break
            if asked() or self.clock() >= give_up:
                break
            if not told:
                log.info("night: waits for mains")
                told = True
            sleep(WAIT_SECONDS)
        return (self.clock() - began).total_seconds()

    def power_is_short(self) -> bool:
        """Whether the night stopped because the machine runs on battery."""
        return self.stopped == "battery"

    def first_things_first(
        self, targets: Sequence[Target], index: Index, label: Callable[[str], str]
    ) -> list[Target]:
        """Return what is left of the targets: first what was not reached for longest.

        A place counts as reached by a run of all of it, however that ended: a place that needs
        several nights takes turns with the others. Places never reached come as configured.
        """
        reached = {
            (device, name): run
            for device, name, run in index.connection.execute(
                "SELECT p.device, p.name, max(r.id) FROM run r JOIN place p ON p.id=r.place"
                " WHERE coalesce(r.coverage, '{}')='{}' GROUP BY p.id"
            )
        }
        left = [each for each in targets if self._unfinished(each)]
        return sorted(left, key=lambda each: reached.get((each.device, label(each.place)), 0))

    def leaves_out(self, target: Target, config: Config) -> bool:
        """Whether a place is put off because it lies on the network and the line is metered."""
        if self.schedule.metered == "run" or not on_network(target, config):
            return False
        if self.network() != "metered":
            return False
        self.left_out.append(typed(target.place))
        log.info("night: a place on the network is left out, the line is metered")
        return True

    def met_busy(self, target: Target) -> None:
        """Take note that somebody else scans a place: the others are not kept waiting for it."""
        self.busy.append(typed(target.place))
        log.info("night: a place is scanned by another process, and left to the next night")

    def ended(self, asked: Target, summary: Summary) -> None:
        """Take note of how the run of a place ended."""
        self.places[typed(asked.place)] = summary.status

    def unreached(self, targets: Sequence[Target]) -> list[str]:
        """Return the places for which no time was left, by name."""
        names = [typed(target.place) for target in targets]
        return [name for name in names if name not in self.places and name not in self.left_out]

    def _unfinished(self, target: Target) -> bool:
        return self.places.get(typed(target.place), "interrupted") == "interrupted"


def on_network(target: Target, config: Config) -> bool:
    """Whether a place lies on another machine: a server, a mailbox, or a mounted share."""
    for place in config.place:
        if place.name == target.place and place.root is not None:
            return True
    return bool(share_of(target.root))

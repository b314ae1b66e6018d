"""The nightly scan as a scheduler calls it: one at a time, in its window, with its manners."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from scanner.cli import DONE, INTERRUPTED, PUT_OFF, UNREAD

if TYPE_CHECKING:
    from scanner.messages import Words
    from scanner.nightly.manners import Manners
    from scanner.nightly.nights import How, Night
    from scanner.pipeline import Target
    from scanner.setup import Setup


def night(
    setup: Setup,
    targets: Sequence[Target],
    words: Words,
    scan: Callable[[Manners], int],
    *,
    quiet: bool,
    manners: Manners | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Let `scan` run as `manners` allow, keep how the night went, and return the exit code.

    PUT_OFF where nothing was read: another night is under way, the hour or the power is not right.
    """
    from scanner import log as logs
    from scanner.cli.night_report import hand_over, write_metrics
    from scanner.nightly.manners import Manners
    from scanner.nightly.nights import Night, keep, night_lock, stored
    from scanner.platform import LockedError
    from scanner.setup import state_folder

    index = setup.config.index_path
    index.parent.mkdir(parents=True, exist_ok=True)
    manners = manners or Manners(setup.config.schedule, None)
    log = logs.open_log(state_folder() / "logs", uuid.uuid4().hex[:8])
    lock = night_lock(index)
    try:
        lock.acquire()
    except LockedError as error:
        log.warning("night: another one is under way in process %s", error.holder or "?")
        _tell(words.text("night held", process=str(error.holder or "?")), quiet)
        return PUT_OFF
    try:
        hours, now = setup.config.schedule.hours, manners.clock()
        began = Night(stored(now))
        around = hours.around(now) if hours else None
        if hours and around is None:
            keep(index, _ended(began, manners, targets, "outside", PUT_OFF))
            write_metrics(setup, words, log, manners.clock)
            log.warning("night: outside the window, nothing is read")
            when = words.moment(stored(hours.next_start(now)))
            _tell(
                words.text("night outside", window=setup.config.schedule.window, when=when), quiet
            )
            return PUT_OFF
        manners.ends = around[1] if around else None
        keep(index, began)
        log.info("night: begun; %s", f"until {stored(manners.ends)}" if manners.ends else "no end")
        how: How = "failed"
        code, waited = 1, 0.0
        try:
            how, code, waited = _read(manners, scan, sleep)
        finally:
            ended = _ended(began, manners, targets, how, code, waited)
            keep(index, ended)
            log.info("night: ended, %s, exit code %d", ended.how, code)
            failed = write_metrics(setup, words, log, manners.clock)
        for line in _in_words(ended, words):
            _tell(line, quiet)
        if ended.read:
            failed += hand_over(setup, words, log, manners.clock)
        for line in failed:
            click.echo(line, err=True)
            code = UNREAD if code == DONE else code
        return code
    finally:
        lock.release()


def _read(
    manners: Manners, scan: Callable[[Manners], int], sleep: Callable[[float], None]
) -> tuple[How, int, float]:
    """Read, whenever the machine is fed, until all is done or the night is over."""
    from scanner.platform import Interrupts

    waited, code = 0.0, PUT_OFF
    while True:
        with Interrupts() as interrupts:
            waited += manners.wait_for_mains(sleep, lambda: interrupts.asked)
            if interrupts.asked:
                return "interrupted", INTERRUPTED, waited
        if manners.stopped:
            short = manners.power_is_short() or code == PUT_OFF
            return ("battery" if short else "window"), code, waited
        code = scan(manners)
        if code == INTERRUPTED:
            return "interrupted", code, waited
        if not manners.stopped:
            return "done", code, waited
        code = UNREAD
        if not manners.power_is_short():
            return "window", code, waited


def _ended(
    began: Night,
    manners: Manners,
    targets: Sequence[Target],
    how: How,
    code: int,
    waited: float = 0.0,
) -> Night:
    from dataclasses import replace

    from scanner.nightly.nights import stored

    return replace(
        began,
        ended=stored(manners.clock()),
        how=how,
        code=code,
        places=dict(manners.places),
        left_out=list(manners.left_out),
        unreached=manners.unreached(targets),
        waited_seconds=round(waited),
    )


def _in_words(ended: Night, words: Words) -> list[str]:
    lines = []
    if ended.how == "window":
        lines.append(words.text("night window"))
    if ended.how == "battery":
        lines.append(words.text("night battery"))
    if ended.left_out:
        lines.append(words.text("night metered", places=", ".join(ended.left_out)))
    if ended.unreached:
        lines.append(words.text("night unreached", places=", ".join(ended.unreached)))
    return lines


def _tell(line: str, quiet: bool) -> None:
    if not quiet:
        click.echo(line, err=True)

"""Gather what a scheduler's entry must say: which program, when, and what it needs."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scanner.index.store import IndexTrouble
from scanner.nightly.manners import on_network
from scanner.nightly.window import Window

if TYPE_CHECKING:
    from scanner.setup import Setup

SLACK_MINUTES = 60
"""After its window's end a scan may finish its documents so long; then the system ends it."""
OWN_BYTES = 1024**3
"""For the coordinator, besides what each worker may take."""
DOCUMENTS_MINUTES = 30
"""How long a scan that is asked to stop may finish its documents (deadline_ceiling_seconds)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be started. `minutes`: the longest it may run; None: until it is done.

    `command` is a program with its arguments, absolute. `writes`: folders that it writes to;
    nothing else. `network`: whether it talks to other machines. `temporary`: whether a place
    lies in the system's folders for temporary files, so that they must be seen. `account`: whose
    files the configuration and the key are; empty where the system knows no accounts.
    """

    command: tuple[str, ...]
    start: time
    minutes: int | None
    jitter_minutes: int
    catch_up: bool
    battery: Literal["wait", "skip", "run"]
    writes: tuple[str, ...]
    network: bool
    temporary: bool
    memory_bytes: int
    account: str
    device: str
    state: str
    """The state folder of the account, said aloud: schedulers know fewer variables than shells."""
    watch: bool = False
    """Watch mode, which runs all day, instead of the nightly scan."""

    @property
    def name(self) -> str:
        return "fodspor-watch" if self.watch else "fodspor-nightly"

    @property
    def spread_start(self) -> time:
        """The start for schedulers without chance: later by minutes that the device decides."""
        digest = hashlib.blake2s(self.device.encode(), digest_size=4).digest()
        later = int.from_bytes(digest, "big") % (self.jitter_minutes + 1)
        moment = datetime.combine(datetime(2000, 1, 1, tzinfo=UTC), self.start)
        return (moment + timedelta(minutes=later)).time()


def plan_of(setup: Setup, *, watch: bool = False) -> Plan:
    """Return the plan of a configuration. Raises ConfigError without one, or without a device.

    Raises IndexTrouble for a path that no scheduler's file can hold.
    """
    from scanner.config import ConfigError
    from scanner.setup import state_folder

    if setup.path is None:
        raise ConfigError("nothing is set up yet; run 'fodspor init' first")
    config, schedule = setup.config, setup.config.schedule
    verb = ("watch", "--quiet") if watch else ("scan", "--nightly", "--quiet")
    account = _account(setup.path)
    state = _at_home(str(state_folder().absolute()), account)
    writes = [_at_home(folder, account) for folder in _written(setup)]
    roots = [os.path.realpath(os.fsdecode(root.path)) for root in setup.roots()]
    network = any(on_network(each, config) for each in setup.targets(())) if roots else False
    found = Plan(
        (*program(), "--config", str(setup.path.absolute()), *verb),
        schedule.begins,
        None if watch or schedule.hours is None else _minutes(schedule.hours),
        schedule.jitter_minutes,
        schedule.catch_up,
        schedule.battery,
        tuple(dict.fromkeys((*writes, state))),
        network or _tells(config),
        _sees_temporary([*roots, *writes, state]),
        config.worker_count * config.limits.memory_bytes + OWN_BYTES,
        account,
        setup.device(),
        state,
        watch,
    )
    for text in (*found.command, *found.writes, found.state):
        if any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in text):
            raise IndexTrouble("a path has signs that no scheduler's file can hold; rename it")
    return found


def program() -> tuple[str, ...]:
    """Return how this installation is started: its own script, else Python with the module."""
    ending = ".exe" if sys.platform == "win32" else ""
    script = Path(sys.executable).with_name(f"fodspor{ending}")
    if script.exists():
        return (str(script),)
    return (sys.executable, "-m", "scanner.cli")


def _minutes(hours: Window) -> int:
    start = hours.start.hour * 60 + hours.start.minute
    end = hours.end.hour * 60 + hours.end.minute
    return (end - start) % (24 * 60) + SLACK_MINUTES


def _written(setup: Setup) -> Iterator[str]:
    config = setup.config
    yield str(config.index_path.absolute().parent)
    if config.index.deliver:
        yield config.index.deliver
    if config.schedule.report:
        yield config.schedule.report
    if config.schedule.metrics:
        yield str(Path(config.schedule.metrics).parent)


def _tells(config: object) -> bool:
    """Whether something is sent to other machines: by alerts, or by mail."""
    alert = getattr(config, "alert", None)
    return any(bool(getattr(alert, name, None)) for name in ("mail", "webhook", "apprise"))


def _sees_temporary(roots: list[str]) -> bool:
    folders = {os.path.realpath(each) for each in ("/tmp", "/var/tmp", tempfile.gettempdir())}
    return any(
        os.path.commonpath((root, folder)) in (root, folder)
        for root in roots
        for folder in folders
        if Path(root).is_absolute()
    )


def _at_home(folder: str, account: str) -> str:
    """Return a folder of ours as it is for the account, where another one installs for it."""
    if sys.platform == "win32" or not account:
        return folder
    import pwd

    mine, theirs = str(Path.home()), pwd.getpwnam(account).pw_dir
    if folder == mine or folder.startswith(mine.rstrip("/") + "/"):
        return theirs.rstrip("/") + folder[len(mine.rstrip("/")) :]
    return folder


def _account(config: Path) -> str:
    if sys.platform == "win32":
        name, domain = os.environ.get("USERNAME", ""), os.environ.get("USERDOMAIN", "")
        return f"{domain}\\{name}" if domain else name
    import pwd

    try:
        return pwd.getpwuid(config.stat().st_uid).pw_name
    except (OSError, KeyError):
        return ""

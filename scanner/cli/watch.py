"""The command watch: read what is saved, as soon as it is, and have it told."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import FAILED, INTERRUPTED
from scanner.cli.answering import spoken
from scanner.privacy import shown

if TYPE_CHECKING:
    from logging import Logger

    from scanner.flagged import Flagged, Teller
    from scanner.messages import Words
    from scanner.pipeline import Target
    from scanner.setup import Setup
    from scanner.watch.session import Session

QUIET = ("started", "polled share", "usable", "back", "slept", "changed")
"""What is not said with --quiet; the log has it."""
MAX_SHOWN = 10_000
"""Documents whose last line on the terminal is remembered, so that none is shown twice."""
AGAIN_SECONDS = (5.0, 300.0)
"""Until everything is begun anew when the index could not be used; doubling, from and to."""


@click.command()
@click.argument("places", nargs=-1, metavar="[PLACE]…")
@click.option("--json", "as_json", is_flag=True, help="What is flagged as JSON lines.")
@click.option("--quiet", is_flag=True, help="Say only what is amiss.")
@click.pass_obj
def watch(options: dict[str, Any], places: tuple[str, ...], as_json: bool, quiet: bool) -> int:
    """Watch what the config names, or the given folders: flag newly saved files.

    Runs until it is interrupted (exit code 130). 1: another watch of this index is running.
    """
    from scanner import platform
    from scanner.log import last_line, open_log
    from scanner.setup import Setup, state_folder

    setup = Setup.find(options["config"])
    words = spoken(options, setup.config)
    state = state_folder()
    log = open_log(state / "logs", uuid.uuid4().hex[:8])
    lock = setup.config.index_path
    with (
        last_line(log),
        platform.private_temp(state) as folder,
        platform.Interrupts() as interrupts,
        ExitStack() as stack,
    ):
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(platform.FileLock(lock.with_name(f"{lock.name}.watch.lock")))
        except platform.LockedError as error:
            click.echo(words.text("watch running", error=str(error)), err=True)
            return FAILED
        command = _Command(options, places, words, log, folder, as_json, quiet)
        command.run(setup, lambda: interrupts.asked)
    return INTERRUPTED


class _Command:
    """One run of the command: a session after the other, as the configuration changes."""

    def __init__(
        self,
        options: dict[str, Any],
        places: tuple[str, ...],
        words: Words,
        log: Logger,
        folder: Path,
        as_json: bool,
        quiet: bool,
    ) -> None:
        self._options = options
        self._places = places
        self._words = words
        self._log = log
        self._folder = folder
        self._as_json = as_json
        self._quiet = quiet

    def run(self, setup: Setup, stop: Callable[[], bool]) -> None:
        """Watch until `stop`. Raises what is wrong with the first beginning alone."""
        from scanner.config import ConfigError
        from scanner.tools import tools_of

        pause = AGAIN_SECONDS[0]
        changed = _Changed(setup.path)
        session: Session | None = self._session(setup, stop, changed)
        while not stop():
            began = time.monotonic()
            troubled = session is None or self._watched(session)
            if stop():
                return
            tools_of.cache_clear()  # the key may be another one
            pause = AGAIN_SECONDS[0] if time.monotonic() - began > AGAIN_SECONDS[1] else pause
            if troubled:
                _sleep(pause, stop)
                pause = min(2 * pause, AGAIN_SECONDS[1])
            changed = _Changed(setup.path)  # asked first: it may be written while it is read
            try:
                setup = _found(self._options)
                self._words = spoken(self._options, setup.config)
            except ConfigError as error:
                self._says("config", why=str(error))
            session = self._anew(setup, stop, changed)

    def _watched(self, session: Session) -> bool:
        """Watch for one session; whether it ended for trouble."""
        try:
            session.run()
        except Exception as error:  # a bug, a full disk: the watch begins anew
            self._broke(error)
            return True
        return session.troubled

    def _anew(self, setup: Setup, stop: Callable[[], bool], changed: _Changed) -> Session | None:
        from scanner.config import ConfigError
        from scanner.recipe import RecipeError

        try:
            return self._session(setup, stop, changed)
        except (ConfigError, RecipeError) as error:
            self._says("config", why=str(error))
        except Exception as error:
            self._broke(error)
        return None

    def _broke(self, error: Exception) -> None:
        from scanner.log import origin

        self._says("broke", why=f"{type(error).__name__}, {origin(error)}")

    def _session(self, setup: Setup, stop: Callable[[], bool], changed: _Changed) -> Session:
        from scanner.cli.settling import reading_saves
        from scanner.watch.memory import Memory, memory_path
        from scanner.watch.session import Session, Settings
        from scanner.watch.starting import asked, watched

        if setup.note_changes():
            self._log.warning("private folders that the configuration lifts stay closed")
        from scanner.watch.workers import Workers

        config = setup.config
        setup = _with_employees(setup)
        targets, left = asked(setup, self._places)
        for name in left:
            self._says("not watched", name)
        targets = self._settled(setup, targets)
        places = watched(setup, targets, self._folder)
        return Session(
            config.index_path,
            places,
            self._teller(setup),
            Workers(config.worker_count, config.watch.idle_seconds, time.monotonic),
            Memory(memory_path(config.index_path)),
            self._says,
            reading_saves,
            stop,
            changed.asked,
            Settings(config.watch.poll_seconds, config.watch.rescan_hours * 3600),
        )

    def _settled(self, setup: Setup, targets: Sequence[Target]) -> list[Target]:
        """Return the places as the index has them: settled now, unless a scan does it."""
        from dataclasses import replace

        from scanner.cli.settling import settled
        from scanner.index.store import Index, IndexTrouble
        from scanner.tools import tools_of

        found = []
        for target in targets:
            tools = tools_of(setup.recipe_of(target, str(self._folder)))
            try:
                with (
                    Index(setup.config.index_path) as index,
                    settled(target, setup, index, tools, quiet=True) as place,
                ):
                    found.append(place)
            except IndexTrouble:  # it is being scanned, or the session will say what is wrong
                found.append(replace(target, place=tools.names.label(target.place)))
        return found

    def _teller(self, setup: Setup) -> Teller:
        from scanner.alert import open_teller

        config = setup.config
        stdout = sys.stdout if self._as_json else None
        teller = open_teller(config, config.index_path, self._words, stdout=stdout, log=self._log)
        return teller if self._as_json or self._quiet else _Shown(teller, self._words)

    def _says(self, code: str, place: str = "", **more: object) -> None:
        self._log.info("watch %s %s", code, " ".join(f"{k}={v}" for k, v in more.items()))
        if self._quiet and code in QUIET:
            return
        if code == "started":
            text = self._words.count("watch started", int(str(more["places"])))
        else:
            text = self._words.text(f"watch {code}", place=shown(place), **more)
        _echo(text, err=True)


class _Shown:
    """A teller that also prints a line for each flagged document, for whoever sits there."""

    def __init__(self, teller: Teller, words: Words) -> None:
        self._teller = teller
        self._words = words
        self._shown: dict[int, bytes] = {}
        self.tend = teller.tend
        self.close = teller.close

    def tell(self, flagged: Sequence[Flagged], at: datetime) -> None:
        from scanner.alert.neutral import PATH_SIGNS, neutral
        from scanner.alert.wording import held, kinds_of

        for each in flagged:
            if self._shown.get(each.document) == each.mark:
                continue
            self._shown.pop(each.document, None)
            self._shown[each.document] = each.mark
            if len(self._shown) > MAX_SHOWN:
                del self._shown[next(iter(self._shown))]
            line = self._words.text(
                "watch flagged",
                time=at.astimezone().strftime("%H:%M"),
                level=self._words.level(each.level),
                path=neutral(each.display, PATH_SIGNS),
                kinds=held(self._words, kinds_of(each)),
            )
            _echo(line)
        self._teller.tell(flagged, at)


class _Changed:
    """Knows whether the configuration was written since the watch began."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._before = self._now()

    def _now(self) -> int:
        try:
            return self._path.stat().st_mtime_ns if self._path is not None else 0
        except OSError:
            return 0

    def asked(self) -> bool:
        now = self._now()
        return bool(now) and now != self._before


def _echo(text: str, *, err: bool = False) -> None:
    """Say something. A terminal that went or a full disk behind it ends no watch; see the log."""
    with suppress(OSError, ValueError):
        click.echo(text, err=err)


def _with_employees(setup: Setup) -> Setup:
    from scanner.config import ConfigError

    try:
        return setup.with_employees()
    except ConfigError:  # the list is help; the nightly scan says what is wrong with it
        return setup


def _found(options: dict[str, Any]) -> Setup:
    from scanner.setup import Setup

    return Setup.find(options["config"])


def _sleep(seconds: float, stop: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stop():
        time.sleep(0.2)

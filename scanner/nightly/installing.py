"""Put a scheduler's entry in place, compare it with what is there, and take it away whole."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from scanner.nightly import cron, launchd, systemd, windows_task
from scanner.nightly.plan import Plan

Kind = Literal["systemd", "windows", "cron", "launchd"]
State = Literal["none", "same", "other"]
"""What is there: nothing, what would be written, something else."""
COMMAND_SECONDS = 60.0
STAMPS = Path("/var/lib/systemd/timers")
SYSTEM_UNITS = Path("/etc/systemd/system")


class Trouble(Exception):
    """An entry cannot be put in place or taken away: says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a program of the system said: its output and errors. `ok`: whether it did it."""

    ok: bool
    out: bytes
    err: str


Run = Callable[[Sequence[str], bytes], Answered]
"""Runs a program of the system with an input."""


def run(program: Sequence[str], given: bytes = b"") -> Answered:
    """Run a program of the system. One that is not there did not do it."""
    try:
        done = subprocess.run(
            program, input=given, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Answered(False, b"", f"{program[0]}: {type(error).__name__}")
    err = done.stderr.decode("utf-8", errors="replace").strip()
    return Answered(done.returncode == 0, done.stdout, err)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is written: where, what, and what lies there now (None: nothing)."""

    name: str
    text: str
    there: str | None

    @property
    def state(self) -> State:
        if self.there is None:
            return "none"
        return "same" if self.there == self.text else "other"


class Scheduler(Protocol):
    """One way to start something by itself."""

    def entries(self) -> list[Entry]:
        """Return what would be written, beside what is there."""
        ...

    def install(self) -> list[str]:
        """Write it, anew where it differs; return commands that are left to be typed."""
        ...

    def remove(self) -> list[str]:
        """Take it away, all of it; return commands that are left to be typed."""
        ...


def scheduler(
    kind: Kind, plan: Plan, *, system: bool, run: Run = run, home: Path | None = None
) -> Scheduler:
    """Return a scheduler of a plan. `home`: of the account, where that is not the usual one."""
    match kind:
        case "systemd":
            return Systemd(plan, system=system, run=run)
        case "windows":
            return WindowsTask(plan, system=system, run=run)
        case "cron":
            return Crontab(plan, run=run)
        case "launchd":
            return Launchd(plan, run=run, home=home or Path.home())


def usual() -> Kind:
    """Return the scheduler of this system."""
    if sys.platform == "win32":
        return "windows"
    if sys.platform == "darwin":
        return "launchd"
    return "systemd" if Path("/run/systemd/system").is_dir() else "cron"


def fits(kind: Kind) -> bool:
    """Whether a scheduler can be on this system at all."""
    return {"win32": ("windows",), "darwin": ("launchd", "cron")}.get(
        sys.platform, ("systemd", "cron")
    ).count(kind) > 0


@dataclass
class Systemd:
    """Units in the manager of a user, or of the machine."""

    plan: Plan
    system: bool
    run: Run = field(default=run, repr=False)

    @property
    def folder(self) -> Path:
        if self.system:
            return SYSTEM_UNITS
        given = os.environ.get("XDG_CONFIG_HOME")
        return (Path(given) if given else Path.home() / ".config") / "systemd" / "user"

    @property
    def _stamp(self) -> Path:
        """When a persistent timer last ran."""
        given = os.environ.get("XDG_DATA_HOME")
        own = (Path(given) if given else Path.home() / ".local" / "share") / "systemd" / "timers"
        return (STAMPS if self.system else own) / f"stamp-{self.plan.name}.timer"

    @property
    def _link(self) -> Path:
        unit, target = systemd.wanted_by(self.plan, system=self.system)
        return self.folder / f"{target}.wants" / unit

    @property
    def _control(self) -> list[str]:
        return ["systemctl"] if self.system else ["systemctl", "--user"]

    def entries(self) -> list[Entry]:
        told = systemd.units(self.plan, system=self.system)
        found = [_entry(self.folder / name, text) for name, text in told.items()]
        unit = systemd.wanted_by(self.plan, system=self.system)[0]
        lies = f"link to {self.folder / unit}\n"
        there = None
        if self._link.is_symlink():
            there = f"link to {self._link.readlink()}\n"
        return [*found, Entry(str(self._link), lies, there)]

    def install(self) -> list[str]:
        unit = systemd.wanted_by(self.plan, system=self.system)[0]
        for folder in self.plan.writes:
            _made(Path(folder), self.plan.account)
        for name, text in systemd.units(self.plan, system=self.system).items():
            _write(self.folder / name, text.encode())
        self._link.parent.mkdir(parents=True, exist_ok=True)
        if not self._link.is_symlink() or self._link.readlink() != self.folder / unit:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(self.folder / unit)
        reload, start = [*self._control, "daemon-reload"], [*self._control, "restart", unit]
        if self.run(reload, b"").ok and self.run(start, b"").ok:
            return []
        return [" ".join(reload), " ".join(start)]

    def remove(self) -> list[str]:
        names = [*systemd.units(self.plan, system=self.system)]
        there = [name for name in names if (self.folder / name).exists()]
        for name in reversed(there):  # the timer first, so that it starts nothing
            self.run([*self._control, "stop", name], b"")
        for path in (self._link, *(self.folder / name for name in names), self._stamp):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._link.parent.rmdir()  # where it holds nothing else
        reload = [*self._control, "daemon-reload"]
        return [] if not there or self.run(reload, b"").ok else [" ".join(reload)]


@dataclass
class Crontab:
    """A line in the crontab of the account."""

    plan: Plan
    run: Run = field(default=run, repr=False)

    def _read(self) -> str:
        said = self.run(("crontab", "-l"), b"")
        if not said.ok and "no crontab" not in said.err.lower():
            raise Trouble(f"the crontab cannot be read ({said.err}); is cron installed?")
        return said.out.decode("utf-8", errors="surrogateescape") if said.ok else ""

    def _write(self, text: str) -> None:
        given = text.encode("utf-8", errors="surrogateescape")
        said = self.run(("crontab", "-"), given) if text else self.run(("crontab", "-r"), b"")
        if not said.ok:
            raise Trouble(f"the crontab cannot be written ({said.err})")

    def entries(self) -> list[Entry]:
        try:
            there = cron.held(self._read()) or None
        except Trouble:
            there = None
        return [Entry("crontab", cron.block(self.plan), there)]

    def install(self) -> list[str]:
        if self.plan.watch:
            raise Trouble("cron starts nothing that runs all day; use --as systemd")
        before = self._read()
        after = cron.with_block(before, cron.block(self.plan))
        if after != before:
            self._write(after)
        return []

    def remove(self) -> list[str]:
        before = self._read()
        after = cron.without(before)
        if after != before:
            self._write(after)
        return []


@dataclass
class Launchd:
    """An agent of the account."""

    plan: Plan
    run: Run = field(default=run, repr=False)
    home: Path = field(default_factory=Path.home)

    @property
    def _file(self) -> Path:
        return self.home / "Library" / "LaunchAgents" / f"{launchd.label(self.plan)}.plist"

    @property
    def _domain(self) -> str:
        return f"gui/{os.getuid()}" if sys.platform != "win32" else "gui/0"

    def entries(self) -> list[Entry]:
        return [_entry(self._file, launchd.agent(self.plan).decode())]

    def install(self) -> list[str]:
        _write(self._file, launchd.agent(self.plan))
        target = f"{self._domain}/{launchd.label(self.plan)}"
        self.run(("launchctl", "bootout", target), b"")
        load = ("launchctl", "bootstrap", self._domain, str(self._file))
        return [] if self.run(load, b"").ok else [" ".join(load)]

    def remove(self) -> list[str]:
        there = self._file.exists()
        unload = ("launchctl", "bootout", f"{self._domain}/{launchd.label(self.plan)}")
        done = not there or self.run(unload, b"").ok
        self._file.unlink(missing_ok=True)
        return [] if done else [" ".join(unload)]


@dataclass
class WindowsTask:
    """A task of Windows."""

    plan: Plan
    system: bool
    run: Run = field(default=run, repr=False)

    def _held(self) -> bool:
        name = windows_task.task_name(self.plan)
        return self.run(("schtasks", "/Query", "/TN", name), b"").ok

    def entries(self) -> list[Entry]:
        """What is there is shown as Windows tells it: with options that it adds."""
        text = windows_task.task_xml(self.plan, system=self.system).decode("utf-16")
        name = windows_task.task_name(self.plan)
        said = self.run(("schtasks", "/Query", "/TN", name, "/XML"), b"")
        there = said.out.decode("utf-8", errors="replace") if said.ok else None
        return [Entry(name, text.replace("\r\n", "\n"), there)]

    def install(self) -> list[str]:
        name = windows_task.task_name(self.plan)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "task.xml"
            file.write_bytes(windows_task.task_xml(self.plan, system=self.system))
            said = self.run(("schtasks", "/Create", "/TN", name, "/XML", str(file), "/F"), b"")
        if not said.ok:
            raise Trouble(f"the task cannot be registered ({said.err})")
        return []

    def remove(self) -> list[str]:
        name = windows_task.task_name(self.plan)
        if self._held():
            said = self.run(("schtasks", "/Delete", "/TN", name, "/F"), b"")
            if not said.ok:
                raise Trouble(f"the task cannot be removed ({said.err})")
        return []


def _entry(path: Path, text: str) -> Entry:
    try:
        there: str | None = path.read_text("utf-8", errors="replace")
    except OSError:
        there = None
    return Entry(str(path), text, there)


def _made(folder: Path, account: str) -> None:
    """Make a folder that the service writes to: in its view of the disk it could not.

    What is made is the account's alone.
    """
    if folder.exists() or sys.platform == "win32":
        return
    import pwd

    missing = [folder, *(each for each in folder.parents if not each.exists())]
    try:
        for each in reversed(missing):
            each.mkdir(mode=0o700)
            if os.geteuid() == 0 and account:
                owner = pwd.getpwnam(account)
                os.chown(each, owner.pw_uid, owner.pw_gid)
    except (OSError, KeyError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise Trouble(f"{folder} cannot be made ({why}); make it by hand") from None


def _write(path: Path, content: bytes) -> None:
    """Write a file wholly or not at all, and only where it differs."""
    try:
        if path.read_bytes() == content:
            return
    except OSError:
        pass
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        raise Trouble(
            f"{path} cannot be written ({error.strerror or type(error).__name__});"
            " for the machine's scheduler be root, or leave --system out"
        ) from None

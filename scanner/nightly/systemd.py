"""Write the units of systemd: the service, its timer, and the rights they leave it. Starts none."""

from __future__ import annotations

from typing import NamedTuple

from scanner.nightly.plan import DOCUMENTS_MINUTES, Plan

READS_ALL = "CAP_DAC_READ_SEARCH"
TASKS = 512
NOTE = "# Written by 'fodspor schedule install'; change the configuration, and install it again."


class Setting(NamedTuple):
    """One line that takes rights away, and why. `user`: in units of a user too.

    A user's own manager can make no mounts of its own, nor devices or capabilities, without a
    user namespace, in which all other owners of files would be "nobody".
    """

    name: str
    value: str
    why: str
    user: bool


HARDENING = (
    Setting("NoNewPrivileges", "yes", "no program that it starts gains rights", True),
    Setting("LockPersonality", "yes", "it needs one kind of system calls alone", True),
    Setting("RestrictRealtime", "yes", "it has no hurry", True),
    Setting("RestrictSUIDSGID", "yes", "it makes no file that gives rights to others", True),
    Setting("RestrictNamespaces", "yes", "a hostile document finds no further kernel doors", True),
    Setting(
        "SystemCallArchitectures", "native", "calls of other architectures go unfiltered", True
    ),
    Setting(
        "SystemCallFilter", "@system-service", "what services need; no mounts, no modules", True
    ),
    Setting("SystemCallFilter", "~@privileged", "and no change of accounts or owners", True),
    Setting("SystemCallErrorNumber", "EPERM", "a refused call is an error, not a death", True),
    Setting("UMask", "0077", "what it writes is its account's alone", True),
    Setting("ProtectSystem", "strict", "the disk is read-only, access times included", False),
    Setting("ProtectHome", "read-only", "homes are read and never written", False),
    Setting("PrivateDevices", "yes", "no disk is read past its file system", False),
    Setting("ProtectKernelTunables", "yes", "it changes no setting of the kernel", False),
    Setting("ProtectKernelModules", "yes", "it loads none", False),
    Setting("ProtectKernelLogs", "yes", "it reads none", False),
    Setting("ProtectControlGroups", "yes", "its own limits stay", False),
    Setting("ProtectClock", "yes", "the clock decides when it stops", False),
    Setting("ProtectHostname", "yes", "the name stays", False),
    Setting("ProtectProc", "invisible", "other accounts' processes are not its business", False),
    Setting("RemoveIPC", "yes", "it leaves nothing", False),
    Setting("KeyringMode", "private", "keys of others stay with them", False),
    Setting("CapabilityBoundingSet", READS_ALL, "it reads all files, and that is all", False),
)
"""What every unit says; `docs/nightly.md` has the same table."""


def units(plan: Plan, *, system: bool) -> dict[str, str]:
    """Return the files of a plan by name. `system`: for the machine's manager, not a user's."""
    what = "Fodspor watches for saved files" if plan.watch else "Fodspor nightly scan"
    service = [
        NOTE,
        "[Unit]",
        f"Description={what}",
        *(["ConditionACPower=true"] if plan.battery == "skip" and not plan.watch else []),
        *(["StartLimitIntervalSec=10min", "StartLimitBurst=5"] if plan.watch else []),
        "",
        "[Service]",
        "Type=exec",
        f"ExecStart=:{' '.join(map(quoted, _started(plan.command)))}",
        f"Environment={quoted(f'FODSPOR_STATE={plan.state}')}",
        *_life(plan),
        f"MemoryMax={plan.memory_bytes}",
        f"TasksMax={TASKS}",
        *_rights(plan, system=system),
    ]
    if plan.watch:
        target = "multi-user.target" if system else "default.target"
        service += ["", "[Install]", f"WantedBy={target}"]
        return {f"{plan.name}.service": "\n".join(service) + "\n"}
    timer = [
        NOTE,
        "[Unit]",
        "Description=Fodspor nightly scan, when",
        "",
        "[Timer]",
        f"OnCalendar=*-*-* {plan.start:%H:%M}:00",
        f"RandomizedDelaySec={plan.jitter_minutes}min",
        f"Persistent={'true' if plan.catch_up else 'false'}",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return {
        f"{plan.name}.service": "\n".join(service) + "\n",
        f"{plan.name}.timer": "\n".join(timer) + "\n",
    }


def wanted_by(plan: Plan, *, system: bool) -> tuple[str, str]:
    """Return the unit that is started by itself, and the target that starts it."""
    if plan.watch:
        return f"{plan.name}.service", "multi-user.target" if system else "default.target"
    return f"{plan.name}.timer", "timers.target"


def _started(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command as systemd takes it: of a program's own path it allows no quotes."""
    if any(sign in command[0] for sign in "\"'\\"):
        return ("/bin/sh", "-c", 'exec "$0" "$@"', *command)
    return command


def _life(plan: Plan) -> list[str]:
    """Return how it runs and ends: behind all others, in order, and not for ever."""
    lines = ["Nice=10", "IOSchedulingClass=idle", "CPUWeight=20", "IOWeight=20"]
    if plan.watch:
        again = ["Restart=on-failure", "RestartSec=30s", "RestartPreventExitStatus=2"]
        return [*again, "SuccessExitStatus=130", "KillMode=mixed", *lines]
    lines = [
        "SuccessExitStatus=3 75 130",
        "KillMode=mixed",
        f"TimeoutStopSec={DOCUMENTS_MINUTES}min",
        *lines,
    ]
    return [f"RuntimeMaxSec={plan.minutes}min", *lines] if plan.minutes else lines


def _rights(plan: Plan, *, system: bool) -> list[str]:
    lines = [f"{each.name}={each.value}" for each in HARDENING if system or each.user]
    families = "AF_UNIX AF_INET AF_INET6 AF_NETLINK" if plan.network else "AF_UNIX"
    lines.append(f"RestrictAddressFamilies={families}")
    if not system:
        return lines
    if plan.account not in ("", "root"):
        lines += [f"User={plan.account}", f"AmbientCapabilities={READS_ALL}"]
    lines += [f"ReadWritePaths={quoted(f'-{folder}')}" for folder in plan.writes]
    if plan.temporary:  # its own would hide what lies there
        lines.append("ReadWritePaths=/tmp")
    else:
        lines.append("PrivateTmp=yes")
    if not plan.network:
        lines.append("IPAddressDeny=any")
    return lines


def quoted(text: str) -> str:
    """Return a word as a unit holds it (systemd.syntax, Quoting; systemd.unit, Specifiers)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'

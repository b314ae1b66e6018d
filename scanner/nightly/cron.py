"""Write the line of a crontab, put it into one and take it out again. Runs no program."""

from __future__ import annotations

import shlex

from scanner.nightly.plan import Plan

BEGIN = "# fodspor: nightly scan, written by 'fodspor schedule install'"
END = "# fodspor: end"


def block(plan: Plan) -> str:
    """Return the lines of a plan. Chance is none of cron's: the device decides the minutes."""
    at = plan.spread_start
    state = f"FODSPOR_STATE={_escaped(shlex.quote(plan.state))} "
    command = _escaped(shlex.join(plan.command))
    return f"{BEGIN}\n{at.minute} {at.hour} * * *  {state}{command}\n{END}\n"


def _escaped(command: str) -> str:
    """Return a command as a crontab holds it: a percent sign would be a line's end (crontab(5))."""
    return command.replace("%", "\\%")


def without(crontab: str) -> str:
    """Return a crontab without our lines."""
    kept, ours = [], False
    for line in crontab.splitlines(keepends=True):
        if line.rstrip("\n") == BEGIN:
            ours = True
        elif ours and line.rstrip("\n") == END:
            ours = False
        elif not ours:
            kept.append(line)
    return "".join(kept)


def held(crontab: str) -> str:
    """Return our lines of a crontab; empty without any."""
    begin, end = crontab.find(BEGIN), crontab.find(END)
    return crontab[begin : end + len(END) + 1] if 0 <= begin < end else ""


def with_block(crontab: str, lines: str) -> str:
    """Return a crontab with our lines, once, at its end."""
    rest = without(crontab)
    return rest + ("" if not rest or rest.endswith("\n") else "\n") + lines

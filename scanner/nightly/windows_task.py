"""Write the task of Windows' Task Scheduler as XML (schema 1.2). Registers none."""

from __future__ import annotations

import subprocess
from datetime import date, time
from xml.etree import ElementTree

from scanner.nightly.plan import Plan

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
PRIORITY = "7"
"""Below normal, with low priority at the disk and in memory: the default of tasks, said aloud."""
FIRST_DAY = date(2026, 1, 1)


def task_name(plan: Plan) -> str:
    """Return the task's path in the scheduler."""
    return "\\Fodspor\\Watch" if plan.watch else "\\Fodspor\\Nightly"


def task_xml(plan: Plan, *, system: bool) -> bytes:
    """Return the task as schtasks /XML takes it: UTF-16 with its mark.

    `system`: it runs whether or not somebody is logged in (S4U), which wants an administrator.
    """
    task = ElementTree.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    about = _below(task, "RegistrationInfo")
    _below(about, "Description", "Written by 'fodspor schedule install'")
    _below(about, "URI", task_name(plan))
    _trigger(_below(task, "Triggers"), plan)
    principal = _below(_below(task, "Principals"), "Principal")
    principal.set("id", "Author")
    _below(principal, "UserId", plan.account)
    _below(principal, "LogonType", "S4U" if system else "InteractiveToken")
    _below(principal, "RunLevel", "LeastPrivilege")
    _settings(_below(task, "Settings"), plan)
    actions = _below(task, "Actions")
    actions.set("Context", "Author")
    action = _below(actions, "Exec")
    _below(action, "Command", plan.command[0])
    _below(action, "Arguments", subprocess.list2cmdline(plan.command[1:]))
    ElementTree.indent(task)
    text = ElementTree.tostring(task, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\r\n{text}\r\n'.encode("utf-16")


def _trigger(triggers: ElementTree.Element, plan: Plan) -> None:
    if plan.watch:
        trigger = _below(triggers, "LogonTrigger")
        _below(trigger, "Enabled", "true")
        _below(trigger, "UserId", plan.account)
        return
    trigger = _below(triggers, "CalendarTrigger")
    _below(trigger, "Enabled", "true")
    _below(trigger, "StartBoundary", f"{FIRST_DAY.isoformat()}T{_clock(plan.start)}")
    if plan.jitter_minutes:
        _below(trigger, "RandomDelay", _duration(plan.jitter_minutes))
    _below(_below(trigger, "ScheduleByDay"), "DaysInterval", "1")


def _settings(settings: ElementTree.Element, plan: Plan) -> None:
    skips = plan.battery == "skip" and not plan.watch
    told = {
        "MultipleInstancesPolicy": "IgnoreNew",
        "DisallowStartIfOnBatteries": _flag(skips),
        "StopIfGoingOnBatteries": "false",  # it stops by itself, in order
        "AllowHardTerminate": "true",
        "StartWhenAvailable": _flag(plan.catch_up or plan.watch),
        "RunOnlyIfNetworkAvailable": "false",
        "AllowStartOnDemand": "true",
        "Enabled": "true",
        "Hidden": "false",
        "RunOnlyIfIdle": "false",
        "WakeToRun": "false",
        "ExecutionTimeLimit": _duration(plan.minutes) if plan.minutes else "PT0S",
        "Priority": PRIORITY,
    }
    for name, value in told.items():
        _below(settings, name, value)
    if plan.watch:
        again = _below(settings, "RestartOnFailure")
        _below(again, "Interval", "PT1M")
        _below(again, "Count", "5")


def _below(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name)
    child.text = text
    return child


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _clock(at: time) -> str:
    return at.strftime("%H:%M:%S")


def _duration(minutes: int) -> str:
    """Return minutes as XML Schema writes a duration."""
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")

"""Write the agent of macOS' launchd. Loads none."""

from __future__ import annotations

import plistlib
from typing import Any

from scanner.nightly.plan import DOCUMENTS_MINUTES, Plan


def label(plan: Plan) -> str:
    return plan.name.replace("-", ".")


def agent(plan: Plan) -> bytes:
    """Return the property list of a plan. The device decides the minutes of the start."""
    told: dict[str, Any] = {
        "Label": label(plan),
        "ProgramArguments": list(plan.command),
        "ProcessType": "Background",
        "LowPriorityIO": True,
        "Nice": 10,
        "ExitTimeOut": DOCUMENTS_MINUTES * 60,
        "Umask": 0o077,
        "EnvironmentVariables": {"FODSPOR_STATE": plan.state},
    }
    if plan.watch:
        told |= {"RunAtLoad": True, "KeepAlive": {"SuccessfulExit": False}}
    else:
        at = plan.spread_start
        told["StartCalendarInterval"] = {"Hour": at.hour, "Minute": at.minute}
    return plistlib.dumps(told, sort_keys=False)

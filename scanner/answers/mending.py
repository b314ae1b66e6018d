"""Say which line of the configuration mends why something was not read. Changes nothing."""

from __future__ import annotations

from scanner.config import Config

PASSWORDS = "passwords.txt"
"""The file that the advice names, beside the configuration, one password a line."""

RAISED = frozenset({"max_unpacked_bytes", "max_ratio", "max_parts", "memory_bytes"})
"""Limits that a problem's detail may name and the configuration holds."""


def config_line(reason: str, detail: str, config: Config) -> str | None:
    """Return table and line as they are written in the configuration; None: no line mends it.

    A limit is doubled: enough to try, and seen in the run that follows.
    """
    limits = config.limits
    match reason:
        case "encrypted":
            held = [f'{{file = "{each.file}"}}' for each in config.privacy.passwords if each.file]
            listed = ", ".join([*held, f'{{file = "{PASSWORDS}"}}'])
            return f"[privacy] passwords = [{listed}]"
        case "memory":
            return f"[limits] memory_bytes = {2 * limits.memory_bytes}"
        case "timeout":
            return f"[limits] deadline_seconds_per_mb = {2 * limits.deadline_seconds_per_mb}"
        case "too_large":
            return f"[limits] max_file_bytes = {2 * limits.max_file_bytes}"
        case "limit" if detail in RAISED:
            return f"[limits] {detail} = {2 * getattr(limits, detail)}"
    return None

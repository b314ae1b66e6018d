"""Examine hostile files in a process of its own, under the memory limit of a worker.

Run as a module: takes a JSON line {"path", "name", "limits", "wanted"}, answers with one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HANG_SECONDS = 120.0
"""Far more than any of these files takes; what is not back by then hangs."""


@dataclass
class Answer:
    """What a process said of one file. `peak` is the memory it grew by, -1 where not known."""

    found: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[tuple[str, ...], str, str]] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    unpacked: int = 0
    parts: int = 0
    characters: int = 0
    longest: int = 0
    seconds: float = 0.0
    peak: int = -1

    @property
    def reasons(self) -> set[str]:
        return {reason for _, reason, _ in self.problems}

    @property
    def details(self) -> set[str]:
        return {detail for _, _, detail in self.problems if detail}


class Died(AssertionError):
    """The process ended itself, as the platform's memory limit and native code make it."""


class Hermit:
    """The process: started when first asked, started anew after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def examine(self, path: Path, name: str, wanted: list[str], limits: dict[str, Any]) -> Answer:
        """Return the answer. Raises Died or AssertionError, with what happened."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-X", "faulthandler", "-m", "tests.hostile.alone"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        asked = {"path": str(path), "name": name, "wanted": wanted, "limits": limits}
        hung = threading.Timer(HANG_SECONDS, process.kill)
        hung.start()
        try:
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        finally:
            alive = not hung.finished.is_set()
            hung.cancel()
        if not line:
            code = process.wait()
            self.close()
            if alive:
                raise Died(f"died with {code}")
            raise AssertionError(f"hung {HANG_SECONDS} s")
        told = json.loads(line)
        told["problems"] = [(tuple(where), *rest) for where, *rest in told["problems"]]
        return Answer(**told)

    def close(self) -> None:
        if self._process is None:
            return
        with self._process as process:  # closes the pipes, and waits
            self._process = None
            if process.stdin is not None and process.poll() is None:
                process.stdin.close()


def limit_memory(count: int) -> None:
    """Bound the address space of this process, where the platform can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (count, count))


def memory(mark: str) -> int:
    """Return bytes of memory in use (VmRSS) or at the highest (VmHWM), -1 where nobody knows."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return -1
    for line in lines.splitlines():
        if line.startswith(mark):
            return int(line.split()[1]) * 1024
    return -1


def forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def main() -> None:
    """Answer until there are no more questions."""
    from scanner.model import Limits
    from tests.hostile.drain import drain

    limit_memory(Limits().memory_bytes)
    for line in sys.stdin:
        asked = json.loads(line)
        forget_peak()
        before = memory("VmRSS")
        with open(asked["path"], "rb") as stream:
            seen = drain(
                stream, asked["name"], wanted=asked["wanted"], limits=Limits(**asked["limits"])
            )
        peak = memory("VmHWM")
        assert seen.budget is not None
        answer = {
            "found": seen.found,
            "problems": [(p.where, p.reason, p.detail) for p in seen.problems][:500],
            "types": [reading.type for reading in seen.readings][:500],
            "statuses": [reading.status for reading in seen.readings][:500],
            "unpacked": seen.budget.unpacked,
            "parts": seen.budget.parts,
            "characters": seen.characters,
            "longest": seen.longest,
            "seconds": round(seen.seconds, 2),
            "peak": peak - before if peak >= 0 else -1,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

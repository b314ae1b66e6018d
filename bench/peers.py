"""What the benchmarks compare with: ripgrep with the same patterns, a read loop, presidio."""

from __future__ import annotations

import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PATTERNS: dict[str, str] = {
    "DK_CPR": r"\b[0-9]{6}[- ]?[0-9]{4}\b",
    "EMAIL_ADDRESS": r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}",
    "PHONE_NUMBER": r"(?:(?:\+|00)45 ?)?\b[2-9][0-9](?: ?[0-9]{2}){3}\b",
    "IBAN_CODE": r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b",
    "CREDIT_CARD": r"\b[2-6][0-9]{3}(?:[- ]?[0-9]{4}){3}\b",
    "PASSPORT_MRZ": r"[PVACI][A-Z<][A-Z<]{3}[A-Z0-9<]{25,39}",
    "DK_PASSPORT": r"\b[A-Z0-9][0-9]{8}\b",
    "DK_DRIVER_LICENSE": r"\b[0-9]{8}\b",
    "DK_BANK_ACCOUNT": r"\b[0-9]{4}[- ]?[0-9]{6,10}\b",
    "IP_ADDRESS": r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b",
}
"""The built-in kinds as one would write them for ripgrep: the shape alone."""


def ripgrep_seconds(paths: Sequence[Path]) -> float | None:
    """Return the CPU seconds of `rg -j1 -o --no-unicode` over `paths`; None without ripgrep."""
    program = shutil.which("rg")
    if program is None:
        return None
    patterns = [part for pattern in PATTERNS.values() for part in ("-e", pattern)]
    command = [program, "-j1", "-o", "--no-unicode", "--no-config", "--no-ignore", "-uu", *patterns]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(
        [*command, "--", *map(str, paths)], stdout=subprocess.DEVNULL, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode not in (0, 1):
        raise RuntimeError(f"rg ended with {result.returncode}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that `work` takes in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def read(paths: Sequence[Path]) -> int:
    """Read every file; return the bytes."""
    total = 0
    for path in paths:
        with open(path, "rb") as stream:
            total += len(stream.read())
    return total


def presidio_engine() -> Any:
    """Return a presidio AnalyzerEngine with our patterns as recognisers, over a blank pipeline."""
    from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry

    from detectors.presidio import blank_engine

    registry = RecognizerRegistry(supported_languages=["da"])
    for kind, regex in PATTERNS.items():
        pattern = Pattern(kind.lower(), regex, 0.5)
        registry.add_recognizer(
            PatternRecognizer(kind, patterns=[pattern], supported_language="da")
        )
    return AnalyzerEngine(
        registry=registry, nlp_engine=blank_engine("da"), supported_languages=["da"]
    )

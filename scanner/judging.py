"""Say what a kept match counts for by configuration alone: whether it is a finding, and its group.

Changing it reads nothing again: confidences are stored, and what counts is decided anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from detectors import FINDING


@dataclass(frozen=True, slots=True)
class Judging:
    """`finding`: (kind, confidence from which it is a finding), where that is not FINDING.

    `own`: (kind, group) of the configuration's kinds. Both sorted, so that equal ones are equal.
    """

    finding: tuple[tuple[str, float], ...] = ()
    own: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, finding: Mapping[str, float], own: Mapping[str, str]) -> Judging:
        """Return the judging of a configuration. Kinds are capitals, digits and _ (checked)."""
        told = ((kind, float(border)) for kind, border in finding.items() if border != FINDING)
        return cls(tuple(sorted(told)), tuple(sorted(own.items())))

    def border(self, kind: str) -> float:
        """Return the confidence from which a match of a kind is a finding."""
        return dict(self.finding).get(kind, FINDING)

    def is_finding(self, table: str = "") -> str:
        """Return the SQL condition that a row of `finding` or `name_finding` is a finding."""
        column = f"{table}." if table else ""
        if not self.finding:
            return f"{column}confidence >= {FINDING}"
        cases = " ".join(
            "WHEN '{}' THEN {!r}".format(kind.replace("'", "''"), border)
            for kind, border in self.finding
        )
        return f"{column}confidence >= CASE {column}kind {cases} ELSE {FINDING} END"

    def groups(self) -> dict[str, str]:
        """Return the law's group of every kind that is not ordinary; the own ones as told."""
        from detectors.catalogue import LEVELS, PAPER_LEVELS, SPECIAL_LEVELS

        return {**PAPER_LEVELS, **SPECIAL_LEVELS, **LEVELS, **dict(self.own)}

    def as_text(self) -> str:
        """Return it as the index remembers it."""
        return json.dumps({"finding": dict(self.finding), "own": dict(self.own)}, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Judging:
        held = json.loads(text)
        return cls.of(held["finding"], held["own"])

    def differing(self, other: Judging) -> Iterator[str]:
        """Yield the kinds that two of them judge differently, each once."""
        mine, theirs = dict(self.own), dict(other.own)
        told = {kind for kind, _ in (*self.finding, *other.finding)}
        for kind in sorted(told | {*mine, *theirs}):
            if self.border(kind) != other.border(kind) or mine.get(kind) != theirs.get(kind):
                yield kind


DEFAULT = Judging()
"""FINDING for every kind, and no own ones."""

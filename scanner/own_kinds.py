"""Say which contents a change to the configuration's own kinds can concern. Knows no index.

Everything else keeps its result: what a match is worth can be told from its evidence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2s
from typing import Literal

from detectors import MAYBE
from detectors.pattern import Pattern

Sign = Literal["found", "labelled", "unlabelled", "weak", "touching"]
"""What a content holds of a kind: a finding, one with a label, one without; matches too weak to be
kept, or such as share text with others (`Reading.shapes`)."""
Signs = frozenset[Sign]


@dataclass(frozen=True, slots=True)
class OwnKind:
    """An own kind as the index remembers it: digests of its form and words, and its weight."""

    form: str
    weight: float
    checked: bool
    words: frozenset[str]

    @classmethod
    def of(cls, pattern: Pattern) -> OwnKind:
        words = frozenset(blake2s(w.encode(), digest_size=8).hexdigest() for w in pattern.words)
        return cls(pattern.form, pattern.weight, pattern.check is not None, words)


@dataclass(frozen=True, slots=True)
class Described:
    """A detector set: the digest of all but the own kinds, and these."""

    others: str
    own: Mapping[str, OwnKind]

    def as_text(self) -> str:
        """Return it as the index remembers it: no expression and no word stands in it."""
        own = {k: asdict(v) | {"words": sorted(v.words)} for k, v in sorted(self.own.items())}
        return json.dumps({"others": self.others, "own": own}, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Described:
        held = json.loads(text)
        own = {k: OwnKind(**v | {"words": frozenset(v["words"])}) for k, v in held["own"].items()}
        return cls(held["others"], own)

    def concerned(self, after: Described) -> dict[str, Signs] | None:
        """Return the kinds that changed, each with the signs of contents that must be read again.

        None where all must be.
        """
        if self.others != after.others or not self.own.keys() >= after.own.keys():
            return None
        found: dict[str, Signs] = {}
        for kind, before in self.own.items():
            now = after.own.get(kind)
            if now == before:
                continue
            signs = _removed(before) if now is None else _changed(before, now)
            if signs is None:
                return None
            found[kind] = signs
        return found


def _removed(before: OwnKind) -> Signs:
    """A kind that is no more: what was beside its findings, or hidden in them, is found anew."""
    return _signs("found", "weak") if before.checked and before.weight >= MAYBE else _signs("found")


def _changed(before: OwnKind, now: OwnKind) -> Signs | None:
    if before.form != now.form or not before.weight * now.weight:  # 0: no name is sealed for it
        return None
    high = max(before.weight, now.weight)
    if before.checked and high >= MAYBE:  # then its columns' shares decide, which are not kept
        return _signs("found", "weak", "touching")
    signs = _signs("touching")  # which of two is the surer may turn
    if before.weight < MAYBE <= now.weight:
        signs |= _signs("weak")
    if now.weight < MAYBE <= before.weight:
        signs |= _signs("found")  # a weak match says nothing of what stands beside it
    if before.words - now.words:
        signs |= _signs("labelled")  # by this word or by another: not kept
    if now.words - before.words:
        signs |= _signs("unlabelled", "weak")
    return signs


def _signs(*signs: Sign) -> Signs:
    return frozenset(signs)

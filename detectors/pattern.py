"""A detector that is data: an expression, a check, and the words that speak for or against it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from detectors import MAYBE, Column, Match, Shape, Table
from detectors.checks import Check, by_name
from detectors.untrusted import Untrusted
from detectors.words import Words

FEW_ROWS = 10
"""Shapes in one column from which the share that passes the check says something."""
FEW_SHARE = 0.3
"""A share below it looks like chance: one digit modulo 11 or 10 passes 9-10 % of random numbers."""


def nfc(value: str) -> str:
    """Return `value` in Unicode normal form C: the canonical form of kinds without another."""
    return unicodedata.normalize("NFC", value)


@dataclass(frozen=True)
class Pattern:
    r"""Finds `regex`, checks and weighs it; satisfies `Detector` and stands alone.

    The confidence is the sum, cut to 0-1, of `weight`; `check_weight` times what `check` says of
    the canonical value; `label_weight` when one of `words` stands near in front of it or in the
    header of its column (counted once); minus `against_weight` when one of `against` stands nearer.
    A check that refuses gives confidence 0 (it feeds the column's count), and a column of
    FEW_ROWS or more of which few pass costs `column_weight`. With the weights as they are, a check
    alone is a maybe, a label is a finding.

    `regex` must not match the empty text. Its `group` is the value; `normalise` makes it canonical
    and may raise ValueError or return "" for "is none of these". `flags` are those of `re`; ASCII
    by default, because a Unicode \b or \d costs twice and finds nothing more.
    Evidence: check, check:share, label, header, against:word, header-against:word, column:few.
    `untrusted` marks an expression written in a configuration (see `detectors.untrusted`).
    """

    kind: str
    regex: str
    flags: int = int(re.ASCII)
    check: Check | None = None
    normalise: Callable[[str], str] = nfc
    words: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    weight: float = 0.25
    check_weight: float = 0.2
    label_weight: float = 0.4
    against_weight: float = 0.4
    column_weight: float = 0.3
    group: int | str = 0
    revision: int = 1
    untrusted: bool = False

    def __post_init__(self) -> None:
        if self.untrusted:
            _ = self._spans, self._words
            return
        if re.compile(self.regex, self.flags).match(""):
            raise ValueError(f"kind {self.kind}: the regex matches the empty text")

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def name(self) -> str:
        return self.kind.lower()

    @cached_property
    def version(self) -> str:
        state = [f"{each.name}={_plain(getattr(self, each.name))}" for each in fields(self)]
        digest = hashlib.blake2s("\n".join(state).encode("utf-8", "surrogatepass"), digest_size=4)
        return f"{self.revision}.{digest.hexdigest()}"

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.kind,)

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        if self.untrusted:
            return (Shape(self._untrusted.regex, self._untrusted.flags),)
        return (Shape(self.regex, self.flags),)

    def find(self, text: str) -> Iterator[Match]:
        """Yield the matches in `text`, by start, each with its own evidence."""
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, start: int, end: int) -> Iterator[Match]:
        """Yield the matches that lie in text[start:end]; labels are looked for before it too."""
        kind, check, normalise = self.kind, self.check, self.normalise
        before, weigh = self._words.before, self._weighed
        for first, last in self._spans(text, start, end):
            try:
                value = normalise(text[first:last])
            except ValueError:
                continue
            if not value:
                continue
            said: bool | float = True
            if check is not None:
                said = check(value)
                if not said:
                    yield Match(kind, first, last, value, 0.0)
                    continue
            label = before(text, first)
            known = weigh.get((said, label))
            if known is None:
                known = self._weigh(said, label)
            yield Match(kind, first, last, value, known[0], known[1])

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match with what its column says: header words, and how many pass the check."""
        columns: dict[int, tuple[str, bool]] = {}
        for match in matches:
            if match.column < 0:
                yield match
                continue
            says = columns.get(match.column)
            if says is None:
                column = table.columns[match.column]
                says = columns[match.column] = (
                    self._words.within(column.header),
                    self._by_chance(column),
                )
            yield self._judged(match, *says)

    def confidence(self, evidence: Sequence[str]) -> float:
        """Return the confidence that `find` and `judge` give a match with this evidence."""
        found, said = self.weight, [code.partition(":") for code in evidence]
        for code, _, parameter in said:
            if code == "check":
                found += self.check_weight * float(parameter or 1)
            elif code == "label":
                found += self.label_weight
            elif code == "against":
                found -= self.against_weight
        found = _bounded(found)
        codes = {code for code, _, _ in said}
        if "header" in codes:
            found += self.label_weight
        if "header-against" in codes and "against" not in codes:
            found -= self.against_weight
        if "column" in codes:
            found -= self.column_weight
        return _bounded(found)

    @property
    def form(self) -> str:
        """The version of what it matches and how, without `weight` and `words`."""
        return replace(self, weight=0.0, words=()).version

    def _judged(self, match: Match, header: str, chance: bool) -> Match:
        confidence, evidence = match.confidence, match.evidence
        if header == "label" and "label" not in evidence:
            confidence += self.label_weight
            evidence += ("header",)
        elif header.startswith("against:") and "label" not in evidence:
            if not any(code.startswith("against:") for code in evidence):
                confidence -= self.against_weight
            evidence += (f"header-{header}",)
        if chance and header != "label":
            confidence -= self.column_weight
            evidence += ("column:few",)
        if evidence is match.evidence:
            return match
        return match._replace(confidence=_bounded(confidence), evidence=evidence)

    def _by_chance(self, column: Column) -> bool:
        if self.check is None or self.weight + self.check_weight < MAYBE:
            return False  # then `likely` does not count what passes
        shapes = column.shapes.get(self.kind, 0)
        return shapes >= FEW_ROWS and column.likely.get(self.kind, 0) < FEW_SHARE * shapes

    @cached_property
    def _weighed(self) -> dict[tuple[bool | float, str], tuple[float, tuple[str, ...]]]:
        labels = ("", "label", *(f"against:{word}" for word in self.against))
        return {(True, label): self._weigh(True, label) for label in labels}

    def _weigh(self, said: bool | float, label: str) -> tuple[float, tuple[str, ...]]:
        confidence, evidence = self.weight, []
        if self.check is not None:
            confidence += self.check_weight * float(said)
            evidence.append("check" if said is True or said == 1 else f"check:{said:.2f}")
        if label == "label":
            confidence += self.label_weight
        elif label:
            confidence -= self.against_weight
        if label:
            evidence.append(label)
        return _bounded(confidence), tuple(evidence)

    @cached_property
    def _words(self) -> Words:
        return Words(self.words, self.against)

    @cached_property
    def _untrusted(self) -> Untrusted:
        return Untrusted(self.kind, self.regex, ignore_case=bool(self.flags & re.IGNORECASE))

    @cached_property
    def _spans(self) -> Callable[[str, int, int], Iterable[tuple[int, int]]]:
        group = self.group
        if self.untrusted:
            spans = self._untrusted.spans
            return lambda text, start, end: spans(text, start, end, group)
        finditer = re.compile(self.regex, self.flags).finditer
        return lambda text, start, end: [found.span(group) for found in finditer(text, start, end)]


def custom(
    kind: str,
    regex: str,
    *,
    check: str = "",
    words: Sequence[str] = (),
    against: Sequence[str] = (),
    weight: float | None = None,
    ignore_case: bool = False,
    strip: str = "",
) -> Pattern:
    """Return the detector for a [[detect.kind]] of the configuration.

    `check` is a name that `detectors.checks.by_name` knows. `weight` is the confidence without a
    label (default: 0.6 without `words`, else 0.3, so that only labelled values are findings); a
    check does not raise it, it only refuses. `strip` are characters left out of the canonical
    value. Raises ValueError naming the kind and what to do.
    """
    if weight is None:
        weight = 0.3 if words else 0.6
    if not 0 <= weight <= 1:
        raise ValueError(f"kind {kind}: weight {weight} is not between 0 and 1")
    try:
        return Pattern(
            kind=kind,
            regex=regex,
            flags=int(re.ASCII | (re.IGNORECASE if ignore_case else 0)),
            check=by_name(check) if check else None,
            normalise=Stripped(strip) if strip else nfc,
            words=tuple(words),
            against=tuple(against),
            weight=weight,
            check_weight=0.0,
            untrusted=True,
        )
    except ValueError as error:
        said = str(error)
        raise ValueError(said if said.startswith("kind ") else f"kind {kind}: {said}") from None


@dataclass(frozen=True, slots=True)
class Stripped:
    """The canonical form without some characters: `Stripped("- ")("12-34 56")` is "123456"."""

    characters: str

    def __call__(self, value: str) -> str:
        return nfc(value).translate(dict.fromkeys(map(ord, self.characters)))


def _bounded(confidence: float) -> float:
    return round(min(1.0, max(0.0, confidence)), 4)


def _plain(value: object) -> str:
    if callable(value) and hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, Mapping):
        return repr(sorted(value.items()))
    return repr(value)

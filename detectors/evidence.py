"""From evidence codes to confidence, and what a column's header and other cells add to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from detectors import Match, Table
from detectors.vocabulary import Vocabulary

MOST, FEW = 4, 10
"""Shapes of a column from which it can speak for its numbers, and against them."""
MOST_SHARE, FEW_SHARE = 0.5, 0.2
_AGAINST = ("against", "header-against")
_KNOWN = 4096
_new = tuple.__new__  # a third of the time of Match._replace


class Evidence:
    """The weights of one kind, in hundredths by code; a code's parameter has no weight of its own.

    Codes that `judge` may add: header, header-against, and where weighted column:most and
    column:few: how many of the column's shapes passed a check of one in ten or better.
    """

    __slots__ = ("_counts", "_known", "kind", "weights", "words")

    def __init__(
        self, kind: str, weights: Mapping[str, int], words: Vocabulary, *, counts: bool = True
    ) -> None:
        """`counts` False: the detector itself says what the numbers of a column are."""
        self.kind = kind
        self._counts = counts and "column:most" in weights
        self.weights = weights
        self.words = words
        self._known: dict[tuple[str, ...], float] = {}

    def confidence(self, codes: tuple[str, ...]) -> float:
        """Return the sum of the codes' weights, cut to 0.01-0.99."""
        known = self._known.get(codes)
        if known is None:
            weights = self.weights
            total = sum(
                weights[code] if code in weights else weights[code.partition(":")[0]]
                for code in codes
            )
            known = min(max(total, 1), 99) / 100
            if len(self._known) < _KNOWN:
                self._known[codes] = known
        return known

    def match(self, start: int, end: int, value: str, codes: tuple[str, ...]) -> Match:
        """Return the match with the confidence that its codes give."""
        sure = self._known.get(codes)
        if sure is None:
            sure = self.confidence(codes)
        return _new(Match, (self.kind, start, end, value, sure, codes, -1, 1))

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match with what its column says of it."""
        columns: dict[int, tuple[str, str]] = {-1: ("", "")}
        for match in matches:
            says = columns.get(match.column)
            if says is None:
                says = columns[match.column] = self._column_says(match.column, table)
            header, column = says
            codes = match.evidence
            if "label" not in codes:
                if header == "label":
                    codes = (*(code for code in codes if code not in _AGAINST), "header")
                elif header == "against" and "against" not in codes:
                    codes = (*codes, "header-against")
            if column and not ("label" in codes or "header" in codes):
                codes = (*codes, column)
            if codes is match.evidence:
                yield match
            else:
                yield _new(Match, (*match[:4], self.confidence(codes), codes, *match[6:]))

    def _column_says(self, index: int, table: Table) -> tuple[str, str]:
        column = table.columns[index]
        shapes, likely = column.shapes.get(self.kind, 0), column.likely.get(self.kind, 0)
        says = ""
        if self._counts and shapes:
            if likely >= MOST and likely >= MOST_SHARE * shapes:
                says = "column:most"
            elif shapes >= FEW and likely < FEW_SHARE * shapes:
                says = "column:few"
        return self.words.header(column.header), says

"""A part of a detector, as a scan puts it behind the gate: its own shapes, some of its matches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from detectors import Detector, Match, Shape, Table


@dataclass(frozen=True)
class PartOf:
    """The matches of `whole` that `keep` says yes to, each of which holds one of `shapes`.

    It judges as the whole does. See `detectors.Headed`.
    """

    whole: Detector
    shapes: tuple[Shape, ...] = field(repr=False)
    keep: Callable[[Match], bool] = field(repr=False)

    @property
    def name(self) -> str:
        return self.whole.name

    @property
    def version(self) -> str:
        return self.whole.version

    @property
    def kinds(self) -> tuple[str, ...]:
        return self.whole.kinds

    def find(self, text: str) -> Iterator[Match]:
        """Yield what `whole.find` yields and `keep` keeps."""
        return filter(self.keep, self.whole.find(text))

    def judge(self, matches: Sequence[Match], table: Table) -> Iterable[Match]:
        """Judge as the whole detector does."""
        return self.whole.judge(matches, table)

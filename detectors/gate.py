"""Say which detectors must look at a text, and where: one multi-pattern pass before any of them.

The gate may let through too much, never too little: what its detectors find on their windows is
what they would find in the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from detectors import Detector, Match, Shape
from detectors.gate_classes import encode
from detectors.gate_engines import available, start
from detectors.gate_nodes import NoSuperset
from detectors.gate_superset import Superset, derive
from detectors.gate_windows import Plan, Window, merge, plan, snapped, spread

__all__ = ["FindsIn", "Gate", "available"]


@runtime_checkable
class FindsIn(Protocol):
    """A detector that can look at a stretch of a text and see all of the text around it.

    Optional, and faster: windows are then as narrow as a match, and nothing is copied or shifted.
    """

    def find_in(self, text: str, start: int, end: int) -> Iterable[Match]:
        """Yield the matches of `find(text)` that lie in text[start:end], as `find` orders them.

        The gate sees to it that no match of `find(text)` crosses `start` or `end`. What decides
        whether it is a match must lie in text[start:end]; context that only weighs it may not.
        """
        ...


_FindIn = Callable[[str, int, int], Iterable[Match]]


class Gate:
    """Compiled once per process for a set of detectors; not thread-safe, holds no text.

    `engine` names one of `available()` (default: the first). `ungated` names the detectors that
    read all of every text, with the reason.
    """

    def __init__(self, detectors: Sequence[Detector], engine: str | None = None) -> None:
        self.detectors = tuple(detectors)
        self.ungated: dict[str, str] = {}
        supersets: list[Superset] = []
        owners: list[tuple[int, int]] = []  # of each superset: detector, reach of its shape
        whole: set[int] = set()
        for index, detector in enumerate(self.detectors):
            try:
                found = _supersets(detector)
            except NoSuperset as reason:
                self.ungated[detector.name] = str(reason)
                whole.add(index)
                continue
            for shape, superset in found:
                supersets.append(superset)
                owners.append((index, shape.reach))
        self._engine = start(supersets, engine)
        for number, why in self._engine.refused.items():
            index = owners[number][0]
            self.ungated[self.detectors[index].name] = why
            whole.add(index)
        self._whole = tuple(sorted(whole))
        self._owners = [owner for owner, _ in owners]
        self._plans: list[Plan] = [
            plan(self._engine.reach(superset), superset.characters, superset.margin)
            for superset in supersets
        ]
        self._finds_in: list[_FindIn | None] = [
            detector.find_in if isinstance(detector, FindsIn) else None
            for detector in self.detectors
        ]
        self._reach = [0] * len(self.detectors)
        for index, reach in owners:
            self._reach[index] = max(self._reach[index], reach)

    @property
    def engine(self) -> str:
        """The name of the engine in use."""
        return self._engine.name

    def windows(self, text: str) -> list[tuple[int, int, int]]:
        """Return (detector index, start, end), ordered, the windows of one detector apart.

        Code points of `text`, half-open. A detector without a window has no match in `text`.
        """
        return [
            (index, start, end) for index, windows in self._windows(text) for start, end in windows
        ]

    def matches(self, text: str) -> Iterator[tuple[int, Iterable[Match]]]:
        """Yield each detector that may match, by index, with its matches in `text`, by start.

        Consume one detector's matches before asking for the next. Errors of detectors pass through.
        """
        for index, windows in self._windows(text):
            find_in = self._finds_in[index]
            if find_in is not None:
                if len(windows) == 1:
                    yield index, find_in(text, *windows[0])
                else:
                    yield index, _found_in(find_in, text, windows)
            elif windows == [(0, len(text))]:
                yield index, self.detectors[index].find(text)
            else:
                yield index, _found(self.detectors[index], text, windows)

    def find(self, text: str) -> Iterator[tuple[int, Match]]:
        """Yield (detector index, match) for every match in `text`: `matches`, flat."""
        for index, matches in self.matches(text):
            for match in matches:
                yield index, match

    def _windows(self, text: str) -> list[tuple[int, list[Window]]]:
        if not text:
            return []
        size = len(text)
        by_detector: dict[int, list[list[Window]]] = {}
        for number, hits in self._engine.hits(encode(text)):
            windows = spread(text, hits, self._plans[number])
            by_detector.setdefault(self._owners[number], []).append(windows)
        for index in self._whole:
            by_detector[index] = [[(0, size)]]
        out = []
        for index, lists in sorted(by_detector.items()):
            windows = merge([window for each in lists for window in each], size)
            if self._finds_in[index] is None:
                windows = snapped(text, windows, self._reach[index])
            out.append((index, windows))
        return out


def _supersets(detector: Detector) -> list[tuple[Shape, Superset]]:
    if not detector.shapes:
        raise NoSuperset("it gives no shape")
    try:
        found = [(shape, derive(shape.regex, shape.flags)) for shape in detector.shapes]
    except re.error:
        raise NoSuperset("its shape is none that Python's re can read") from None
    if not isinstance(detector, FindsIn) and any(superset.anchored for _, superset in found):
        raise NoSuperset("it asks where the text begins or ends")
    return found


def _found_in(find_in: _FindIn, text: str, windows: Sequence[Window]) -> Iterator[Match]:
    for low, high in windows:
        yield from find_in(text, low, high)


def _found(detector: Detector, text: str, windows: Sequence[Window]) -> Iterator[Match]:
    for low, high in windows:
        for match in detector.find(text[low:high]):
            yield match._replace(start=match.start + low, end=match.end + low)
